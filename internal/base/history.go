package base

import (
	"github.com/aws/jsii-runtime-go"

	"hubspoke/internal/tf"
)

// WriteHistory tells Terraform what became of resources that the stack does not make
// any more: which it makes under another address, and which are to stay in AWS without
// Terraform. It comes when all others are made. CDKTF has no constructs for it:
//
//   - https://developer.hashicorp.com/terraform/language/block/moved
//   - https://developer.hashicorp.com/terraform/language/block/removed
func (s *Stack) WriteHistory() {
	// The id of a resource is its address.
	makes := func(address string) bool { return s.Scope.Node().TryFindChild(&address) != nil }
	var moved, removed []map[string]any
	renamed := s.Estate.Moved(s.Name, makes)
	for _, from := range tf.Keys(renamed) {
		moved = append(moved, map[string]any{"from": from, "to": renamed[from]})
	}
	for _, from := range s.Estate.Retired(s.Name, makes) {
		removed = append(removed, map[string]any{"from": from, "lifecycle": map[string]any{"destroy": false}})
	}
	if len(moved) > 0 {
		s.Scope.AddOverride(jsii.String("moved"), moved)
	}
	if len(removed) > 0 {
		s.Scope.AddOverride(jsii.String("removed"), removed)
	}
}
