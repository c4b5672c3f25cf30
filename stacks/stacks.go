// Package stacks composes an estate: one Terraform stack for each thing that
// changes and fails on its own. Each stack is a package below this one.
package stacks

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/stacks/baseline"
	"hubspoke/stacks/bootstrap"
	"hubspoke/stacks/hubdns"
	"hubspoke/stacks/hublogs"
	"hubspoke/stacks/hubnetwork"
	"hubspoke/stacks/hubregistry"
	"hubspoke/stacks/spokedata"
	"hubspoke/stacks/spokeeks"
	"hubspoke/stacks/spokelink"
	"hubspoke/stacks/spokenetwork"
)

// makers fill a stack of each kind.
var makers = map[estate.Kind]func(*base.Stack) error{
	estate.Bootstrap:    bootstrap.New,
	estate.HubLogs:      hublogs.New,
	estate.HubNetwork:   hubnetwork.New,
	estate.HubDNS:       hubdns.New,
	estate.HubRegistry:  hubregistry.New,
	estate.Baseline:     baseline.New,
	estate.SpokeNetwork: spokenetwork.New,
	estate.SpokeLink:    spokelink.New,
	estate.SpokeEKS:     spokeeks.New,
	estate.SpokeData:    spokedata.New,
}

// Compose makes every stack of the estate in app, and tells CDKTF their order.
func Compose(app cdktf.App, e *estate.Estate) error {
	made := map[string]*base.Stack{}
	for _, spec := range e.Stacks() {
		s := base.New(app, e, spec)
		if err := makers[spec.Kind](s); err != nil {
			return fmt.Errorf("%s: %w", spec.Name, err)
		}
		for _, earlier := range slices.Concat(spec.Reads, spec.After) {
			s.Scope.AddDependency(made[earlier].Scope)
		}
		made[spec.Name] = s
	}
	return nil
}
