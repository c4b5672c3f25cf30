package config

import (
	"fmt"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hubspoke/proof/stackjson"
)

// reference follows a reference of a plan or a state, as it does one that is written.
func (s *Stack) reference(to stackjson.Reference) any {
	owner := s
	if to.Stack != "" {
		owner = nil
		for _, other := range s.config.Stacks {
			if other.Name == to.Stack {
				owner = other
			}
		}
		if owner == nil {
			return Unknown{Why: fmt.Sprintf("%s: there is no stack %s", s.Name, to.Stack)}
		}
		// Such a reference is an id that stands in the state of whoever has it.
		if r := owner.byAddress[to.Address]; r != nil {
			return Ref{r, to.Attribute}
		}
	}
	path, problems := hclsyntax.ParseTraversalAbs([]byte("it."+to.Attribute), owner.Name, hcl.InitialPos)
	if problems.HasErrors() {
		return Unknown{Why: fmt.Sprintf("%s: %s is not an attribute of %s", owner.Name, to.Attribute, to.Address)}
	}
	if reader, ok := strings.CutPrefix(to.Address, "data.terraform_remote_state."); ok {
		read := hcl.Traversal{hcl.TraverseRoot{Name: "data"}, hcl.TraverseAttr{Name: "terraform_remote_state"}, hcl.TraverseAttr{Name: reader}}
		return owner.traversal(append(read, path[1:]...))
	}
	return owner.attribute(to.Address, path[1:])
}
