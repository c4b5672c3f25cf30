package spokeservice

import (
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/stacks"
)

// Outputs are what the consumers' stacks, and people, want to know of a spoke's services.
type Outputs struct {
	ServiceNames output.Map `output:"service_names" doc:"The endpoint services' names, by which endpoints connect to them, by service."`
	ServiceIDs   output.Map `output:"service_ids" doc:"The endpoint services' ids, with which their connections are accepted, by service."`
}

// Read returns the outputs of a spoke's services, as the stack reads them.
func Read(s *base.Stack, spoke string) Outputs {
	return output.Read[Outputs](s.Remote(stacks.SpokeService.Of(spoke)))
}
