package identityaccess

import (
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/stacks"
)

// Outputs are what the stack of the management account knows of the delegated
// administrator's.
type Outputs struct {
	GroupIDs output.Map `output:"group_ids,people" doc:"The groups, by name."`
}

// Read returns the outputs of the stack, as another one reads them.
func Read(s *base.Stack) Outputs {
	return output.Read[Outputs](s.Remote(stacks.IdentityAccess.Name()))
}
