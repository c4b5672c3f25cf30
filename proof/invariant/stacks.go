package invariant

import (
	"slices"
	"strings"

	"hubspoke/proof/config"
)

// What is found here.
var (
	sharedState = catalogue.Add("shared-state",
		"Two stacks have one backend: the same bucket and key, or the same path. Terraform takes its state for all that "+
			"there is, so that each apply of one stack destroys what the other has made.",
		"Give each stack a `key` (or `path`) of its own. If one of them has been applied, do not apply the other before "+
			"that.")
	missingStack = catalogue.Add("missing-stack",
		"A `terraform_remote_state` reads a state that no stack here writes. What comes from it is not known, nor is what "+
			"depends on it.",
		"Add the stack to the folder that is proven, by synthesizing all stacks and not some; or correct `bucket` and "+
			"`key` of the data source.")
	brokenReference = catalogue.Add("broken-reference",
		"An expression names a resource, a local or an output that is not there, or comes back to itself. Terraform's "+
			"plan fails on it.",
		"Correct the reference. If it goes through an output of another stack, that stack has to write the output, and is "+
			"deployed first.")
	stackCycle = catalogue.Add("stack-cycle",
		"Stacks read each other's states in a circle. Whichever is deployed first needs outputs that are not there yet.",
		"Move what needs both sides into a stack that reads both; or give one side a value that is known beforehand, such "+
			"as a name or a range, instead of the other's output.")
)

// checkStacks checks that stacks can be deployed one after the other, each with
// a state of its own, and that what they read is there.
func (k *checker) checkStacks() {
	states := map[string]*config.Stack{}
	for _, s := range k.config.Stacks {
		if state := s.State(); state != "" {
			if other := states[state]; other != nil {
				k.Violation(sharedState, nil, "%s and %s have one state, %s: each would remove what the other makes; give each its own key",
					other.Name, s.Name, state)
			}
			states[state] = s
		}
		if _, missing := s.Reads(); len(missing) > 0 {
			for _, r := range s.Resources {
				if r.Data && r.Type == "terraform_remote_state" && slices.Contains(missing, r.Name) {
					k.Violation(missingStack, about(r), "%s reads a state that no stack here writes: add the stack, or correct the place of the state", r)
				}
			}
		}
	}
	k.checkCycles()
	broken := map[string][]*config.Resource{}
	var reasons []string
	for _, b := range k.config.Broken() {
		if _, ok := broken[b.Why]; !ok {
			reasons = append(reasons, b.Why)
		}
		broken[b.Why] = append(broken[b.Why], about(b.Resource)...)
	}
	for _, why := range reasons {
		if len(broken[why]) > 0 {
			k.Violation(brokenReference, broken[why], "%s, and %s needs it", why, names(broken[why]))
		} else {
			k.Violation(brokenReference, nil, "%s, and an output needs it", why)
		}
	}
}

// checkCycles finds stacks that read each other, each cycle once: it is told from
// its first stack, by name.
func (k *checker) checkCycles() {
	reads := map[*config.Stack][]*config.Stack{}
	for _, s := range k.config.Stacks {
		reads[s], _ = s.Reads()
	}
	done := map[*config.Stack]bool{}
	var path []*config.Stack
	var visit func(s *config.Stack)
	visit = func(s *config.Stack) {
		if at := slices.Index(path, s); at >= 0 {
			var text strings.Builder
			for _, on := range path[at:] {
				text.WriteString(on.Name + " reads ")
			}
			k.Violation(stackCycle, nil, "%s%s: no order deploys them; let one of them do without the other's outputs", text.String(), s.Name)
			return
		}
		if done[s] {
			return
		}
		path = append(path, s)
		for _, next := range reads[s] {
			visit(next)
		}
		path = path[:len(path)-1]
		done[s] = true
	}
	for _, s := range k.config.Stacks {
		visit(s)
	}
}
