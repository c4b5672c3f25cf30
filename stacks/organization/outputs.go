package organization

import (
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/stacks"
)

// Outputs are what the stacks that stand on the organisation know of it.
type Outputs struct {
	OrganizationID *string    `output:"organization_id,people" doc:"The organisation, for id in organization.yaml."`
	AccountNumbers output.Map `output:"account_numbers,people" doc:"The accounts, by name, for accounts in estate.yaml in place of new."`
	RootID         *string    `output:"root_id,people" doc:"The root, under which all units and accounts are."`
	UnitIDs        output.Map `output:"unit_ids,people" doc:"The organizational units, by path."`
}

// Read returns the outputs of the stack, as another one reads them.
func Read(s *base.Stack) Outputs {
	return output.Read[Outputs](s.Remote(stacks.Organization.Name()))
}
