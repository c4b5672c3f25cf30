// Package review says what a change of an estate does to all of its stacks: what is
// dangerous, what it opens and closes, who may do more than before, what it costs and what
// becomes of each resource. It reads two synthesized outputs, and needs neither AWS nor Terraform.
//
// What would be lost or replaced is [compare]'s word, who reaches whom is the proof's, and
// charges are those of [cost]: a review puts them side by side.
package review

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/compare"
	"hubspoke/internal/cost"
	"hubspoke/proof"
)

// SchemaVersion is that of the JSON. It is raised when a field is taken away or means something else.
const SchemaVersion = 1

// Side is one of the two states of the estate.
type Side struct {
	// Output is what was synthesized.
	Output compare.Output
	// Input is what there is to prove about it.
	Input proof.Input
	// Costs are what its stacks do not say of charges.
	Costs cost.Options
	// Present are the numbers of the accounts that the estate has, by name.
	Present map[string]string
	// Entry is the number of the account in which whoever deploys is signed in, and Partition AWS's, for plans.
	Entry, Partition string
	// Retired are the stacks of which the estate says that they are.
	Retired []string
}

// Options are what a review is asked for beside two sides.
type Options struct {
	// Plans are what plans of Terraform's say, by stack: real ones, or such of a state that is made up.
	Plans map[string]*Planned
	// Plan makes plans of the stacks with these names, if it is set, and says why of those of which there is none.
	Plan func(before, after Side, names []string) (map[string]*Planned, map[string]error, error)
	// Guessed says that names and intents of the state before are those of the state after.
	Guessed bool
}

// Review is what a change does.
type Review struct {
	SchemaVersion int      `json:"schema_version"`
	Estate        string   `json:"estate"`
	Headline      Headline `json:"headline"`
	// Dangerous is what should not be deployed without a second pair of eyes.
	Dangerous []Danger `json:"dangerous"`
	// Reachability is who reaches whom, as far as that changes.
	Reachability *proof.Delta `json:"reachability"`
	// Permissions are what policies permit more, or less, than before.
	Permissions []Permission `json:"permissions"`
	// Beside is what changes and is no resource: providers, backends, outputs, imports.
	Beside   []Beside  `json:"beside_resources"`
	Intents  []Intent  `json:"intents"`
	Findings []Finding `json:"findings"`
	Cost     Cost      `json:"cost"`
	Stacks   []Stack   `json:"stacks"`
	// Order is how to deploy the change, and Readers are outputs that go although a stack which is not deployed yet reads them.
	Order   []string `json:"order"`
	Readers []string `json:"removed_outputs,omitempty"`
	// Drift is what plans of real states found changed outside of Terraform.
	Drift []Drift `json:"drift,omitempty"`
	// NotLookedAt are limits of this review.
	NotLookedAt []string `json:"not_looked_at"`
}

// Headline is the review in numbers.
type Headline struct {
	Accounts int `json:"accounts"`
	Stacks   int `json:"stacks"`
	Counts
	Opened int `json:"opened"`
	Closed int `json:"closed"`
	// Month is the change of fixed charges a month, in US dollars.
	Month float64 `json:"usd_a_month"`
}

// Counts are resources by what becomes of them. What is replaced is in none of the others.
type Counts struct {
	Create  int `json:"create"`
	Change  int `json:"change"`
	Replace int `json:"replace"`
	Destroy int `json:"destroy"`
	Forget  int `json:"forget,omitempty"`
}

// Danger is a change that may lose data, take down what runs, or let somebody in.
type Danger struct {
	Where string `json:"where"`
	Why   string `json:"why"`
	// Advice says what to do instead, "" for nothing in particular.
	Advice string `json:"advice,omitempty"`
}

// Intent is a promise whose status changes.
type Intent struct {
	Intent  string `json:"intent"`
	File    string `json:"file,omitempty"`
	Line    int    `json:"line,omitempty"`
	Before  string `json:"before,omitempty"`
	After   string `json:"after,omitempty"`
	Summary string `json:"summary,omitempty"`
	// Was is the promise as it was, of one whose words change.
	Was string `json:"was,omitempty"`
	// Weaker says of a promise whose words change that it may promise less.
	Weaker bool `json:"weaker,omitempty"`
	// What is `violated`, `unproven`, `proven`, `added`, `removed` or `changed`.
	What string `json:"what"`
}

// Finding is what the proof finds beside intents, and did not before, or not any more.
type Finding struct {
	Kind     string `json:"kind"`
	Sentence string `json:"sentence"`
	Gone     bool   `json:"gone,omitempty"`
}

// Cost is the change of fixed charges.
type Cost struct {
	Before float64    `json:"usd_a_month_before"`
	After  float64    `json:"usd_a_month_after"`
	Items  []CostItem `json:"items"`
}

// CostItem is an item of which an account has more or fewer.
type CostItem struct {
	Account string  `json:"account"`
	Item    string  `json:"item"`
	Count   float64 `json:"count"`
	Month   float64 `json:"usd_a_month"`
	// Unpriced says that the table has no price.
	Unpriced bool `json:"not_priced,omitempty"`
}

// Stack is what becomes of the resources of a stack in one account.
type Stack struct {
	Name    string `json:"name"`
	Account string `json:"account"`
	Counts
	Resources []Resource `json:"resources"`
	// Certain says that a plan says so, and not a table of what was tried.
	Certain bool `json:"certain"`
}

// Resource is what becomes of one resource.
type Resource struct {
	Address string         `json:"address"`
	Effect  compare.Effect `json:"effect"`
	Moved   string         `json:"moved_from,omitempty"`
	Why     string         `json:"why,omitempty"`
	// Arguments are those that differ. What is sensitive has no values.
	Arguments []Argument `json:"arguments,omitempty"`
}

// Argument is an argument that differs, with its values as far as they may be shown.
type Argument struct {
	Path      string `json:"path"`
	Before    string `json:"before,omitempty"`
	After     string `json:"after,omitempty"`
	Sensitive bool   `json:"sensitive,omitempty"`
}

// Drift is a resource that is not as Terraform left it.
type Drift struct {
	Stack   string `json:"stack"`
	Address string `json:"address"`
	What    string `json:"what"`
}

// Of reviews the change from one side to another.
func Of(before, after Side, options Options) (*Review, error) {
	r := &Review{SchemaVersion: SchemaVersion, Estate: after.Input.Name, Order: []string{}}
	changes := compare.Changes(before.Output, after.Output, after.Retired)
	comparison := compare.Outputs(before.Output, after.Output, after.Retired)
	failed := map[string]error{}
	if options.Plan != nil && len(comparison.Changed) > 0 {
		var err error
		if options.Plans, failed, err = options.Plan(before, after, comparison.Changed); err != nil {
			return nil, err
		}
	}
	proofs := prove(before.Input, after.Input)
	r.Reachability = proofs.delta
	r.Intents, r.Findings = intents(proofs.before, proofs.after)
	r.Permissions = permissions(changes, joined(before.Present, after.Present), joined(after.Present, before.Present))
	r.Beside = beside(before.Output, after.Output)
	var err error
	if r.Cost, err = costs(before, after); err != nil {
		return nil, err
	}
	r.stacks(changes, after, options.Plans)
	r.drift(options.Plans)
	r.dangers(comparison, changes)
	r.order(comparison)
	r.Readers = readers(before.Output, after.Output)
	r.headline(comparison)
	r.limits(options)
	for _, name := range slices.Sorted(maps.Keys(failed)) {
		r.NotLookedAt = append(r.NotLookedAt, fmt.Sprintf("%s has no plan: %s", name, firstLine(failed[name])))
	}
	return r, nil
}

// firstLine is what an error begins with. What Terraform says after it may quote the stack.
func firstLine(err error) string {
	const most = 200
	line, _, _ := strings.Cut(strings.TrimSpace(err.Error()), "\n")
	if r := []rune(line); len(r) > most {
		return string(r[:most]) + "…"
	}
	return line
}

// joined are the numbers of accounts that the estate did not have.
func joined(before, after map[string]string) []string {
	was := slices.Collect(maps.Values(before))
	return slices.DeleteFunc(slices.Sorted(maps.Values(after)), func(number string) bool { return slices.Contains(was, number) })
}

// proven are the proofs of both sides, and how they differ.
type proven struct {
	before, after *proof.Report
	delta         *proof.Delta
}

// prove proves both sides at once: neither knows of the other.
func prove(before, after proof.Input) proven {
	var p proven
	was := make(chan *proof.Proof)
	go func() {
		one := proof.Of(before)
		p.before = one.Prove()
		was <- one
	}()
	is := proof.Of(after)
	p.after = is.Prove()
	p.delta = proof.Differ(<-was, is)
	return p
}

// Unchanged says that nothing at all becomes of the estate.
func (r *Review) Unchanged() bool {
	return r.Headline.Stacks == 0 && len(r.Intents) == 0 && len(r.Findings) == 0 && len(r.Drift) == 0
}

// FailOn is what makes a review fail a pipeline.
type FailOn string

// What a review may fail on.
const (
	FailOnDangerous FailOn = "dangerous"
	FailOnOpened    FailOn = "opened"
	FailOnNone      FailOn = "none"
)

// Fails says whether a review fails: opened is dangerous too, and anything that arrives where it did not.
func (r *Review) Fails(on FailOn) bool {
	switch on {
	case FailOnDangerous:
		return len(r.Dangerous) > 0
	case FailOnOpened:
		return len(r.Dangerous) > 0 || len(r.Reachability.Opened) > 0
	}
	return false
}
