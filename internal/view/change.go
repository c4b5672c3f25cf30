package view

import (
	"hubspoke/internal/compare"
	"hubspoke/proof"
	"hubspoke/proof/stackjson"
)

// Change is what is different from a network as it was, as `estate review` finds it.
type Change struct {
	*proof.Delta
	// Resources are those of which something becomes, by stack and address.
	Resources []Resource `json:"resources"`
}

// Resource is what becomes of a resource. Its arguments are left out: they may be secret.
type Resource struct {
	Stack   string         `json:"stack"`
	Address string         `json:"address"`
	Effect  compare.Effect `json:"effect"`
	// Why says what replaces it.
	Why string `json:"why,omitempty"`
}

// Earlier is a network as it was: what was synthesized then, and its proof.
type Earlier struct {
	Stacks []*stackjson.Stack
	Proof  *proof.Proof
}

// Compare says what is different between two networks.
func Compare(before, after Earlier) *Change {
	change := &Change{Delta: proof.Differ(before.Proof, after.Proof)}
	for _, c := range compare.Changes(compare.Output{Stacks: before.Stacks}, compare.Output{Stacks: after.Stacks}, nil) {
		change.Resources = append(change.Resources, Resource{c.Stack, c.Address, c.Effect, c.Why})
	}
	return change
}
