// Package stacks composes an estate: one Terraform stack for each thing that
// changes and fails on its own. Each stack is a package below this one.
package stacks

import (
	"fmt"
	"slices"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/environments"
	"hubspoke/internal/stack"
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
var makers = map[environments.Kind]func(*stack.Stack) error{
	environments.Bootstrap:    bootstrap.New,
	environments.HubLogs:      hublogs.New,
	environments.HubNetwork:   hubnetwork.New,
	environments.HubDNS:       hubdns.New,
	environments.HubRegistry:  hubregistry.New,
	environments.Baseline:     baseline.New,
	environments.SpokeNetwork: spokenetwork.New,
	environments.SpokeLink:    spokelink.New,
	environments.SpokeEKS:     spokeeks.New,
	environments.SpokeData:    spokedata.New,
}

// Compose makes every stack of the estate in app, and tells CDKTF their order.
func Compose(app cdktf.App, e *environments.Estate) error {
	made := map[string]*stack.Stack{}
	for _, spec := range e.Stacks() {
		s := stack.New(app, e, spec)
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
