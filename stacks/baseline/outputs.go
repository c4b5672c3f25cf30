package baseline

import (
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/stacks"
)

// Outputs are what an account's baseline tells its other stacks.
type Outputs struct {
	LogKeyARN *string `output:"log_key_arn" doc:"The key that encrypts the account's log groups."`
}

// Read returns the outputs of the baseline of the stack's own account, as the stack reads
// them.
func Read(s *base.Stack) Outputs {
	return output.Read[Outputs](s.Remote(stacks.Baseline.Of(s.Account)))
}
