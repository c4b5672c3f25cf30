// Package compose makes the stacks of an estate: those that package stacks lists, each
// by the package of its kind.
package compose

import (
	"fmt"

	"github.com/aws/jsii-runtime-go"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/order"
	"hubspoke/internal/output"
	"hubspoke/stacks"
	"hubspoke/stacks/accountbackup"
	"hubspoke/stacks/backupvaults"
	"hubspoke/stacks/baseline"
	"hubspoke/stacks/bootstrap"
	"hubspoke/stacks/hubdns"
	"hubspoke/stacks/hubegress"
	"hubspoke/stacks/hubhybrid"
	"hubspoke/stacks/hublogs"
	"hubspoke/stacks/hubnetwork"
	"hubspoke/stacks/hubregistry"
	"hubspoke/stacks/identityaccess"
	"hubspoke/stacks/organization"
	"hubspoke/stacks/organizationbilling"
	"hubspoke/stacks/organizationguardrails"
	"hubspoke/stacks/securityservices"
	"hubspoke/stacks/spokeapi"
	"hubspoke/stacks/spokedata"
	"hubspoke/stacks/spokeeks"
	"hubspoke/stacks/spokelink"
	"hubspoke/stacks/spokenetwork"
	"hubspoke/stacks/spokesecrets"
	"hubspoke/stacks/spokeservice"
	"hubspoke/stacks/spokeshare"
)

// makers are what fills the stacks of each kind, and the names of the outputs that
// they write.
var makers = map[stacks.Kind]maker{
	stacks.Bootstrap:              {bootstrap.New, output.Names[bootstrap.Outputs]()},
	stacks.Organization:           {organization.New, output.Names[organization.Outputs]()},
	stacks.OrganizationGuardrails: {organizationguardrails.New, nil},
	stacks.HubLogs:                {hublogs.New, output.Names[hublogs.Outputs]()},
	stacks.HubNetwork:             {hubnetwork.New, output.Names[hubnetwork.Outputs]()},
	stacks.HubEgress:              {hubegress.New, output.Names[hubegress.Outputs]()},
	stacks.HubHybrid:              {hubhybrid.New, output.Names[hubhybrid.Outputs]()},
	stacks.HubDNS:                 {hubdns.New, output.Names[hubdns.Outputs]()},
	stacks.HubRegistry:            {hubregistry.New, output.Names[hubregistry.Outputs]()},
	stacks.SpokeShare:             {spokeshare.New, nil},
	stacks.Baseline:               {baseline.New, output.Names[baseline.Outputs]()},
	stacks.SpokeNetwork:           {spokenetwork.New, output.Names[spokenetwork.Outputs]()},
	stacks.SpokeLink:              {spokelink.New, nil},
	stacks.SpokeEKS:               {spokeeks.New, output.Names[spokeeks.Outputs]()},
	stacks.SpokeData:              {spokedata.New, output.Names[spokedata.Outputs]()},
	stacks.SpokeAPI:               {spokeapi.New, output.Names[spokeapi.Outputs]()},
	stacks.SpokeService:           {spokeservice.New, output.Names[spokeservice.Outputs]()},
	stacks.SecurityServices:       {securityservices.New, nil},
	stacks.IdentityAccess:         {identityaccess.New, output.Names[identityaccess.Outputs]()},
	stacks.IdentityManagement:     {identityaccess.NewManagement, nil},
	stacks.OrganizationBilling:    {organizationbilling.New, nil},
	stacks.SpokeSecrets:           {spokesecrets.New, output.Names[spokesecrets.Outputs]()},
	stacks.BackupVaults:           {backupvaults.New, nil},
	stacks.AccountBackup:          {accountbackup.New, nil},
}

type maker struct {
	fill    func(*base.Stack) error
	outputs map[string]bool
}

// Outputs returns the names of the outputs that stacks of a kind may write, each with
// whether it is for people; none, if the kind writes none.
func Outputs(kind stacks.Kind) map[string]bool { return makers[kind].outputs }

// Write makes every stack of the estate and has CDKTF write them, and a manifest of
// them, into the folder outdir. It needs jsii's kernel, and panics where that does.
func Write(e *estate.Estate, outdir string) error {
	all, err := stacks.Order(stacks.Of(e))
	if err != nil {
		return err
	}
	// The default is to write the stack traces of constructs into the JSON, and
	// with them paths of this machine.
	app := cdktf.NewApp(&cdktf.AppConfig{Outdir: &outdir, StackTraces: jsii.Bool(false)})
	if err := compose(app, e, all, makers); err != nil {
		return err
	}
	app.Synth()
	return nil
}

// compose makes stacks in app, which are in an order of deployment, and tells CDKTF
// that order.
func compose(app cdktf.App, e *estate.Estate, all []stacks.Stack, makers map[stacks.Kind]maker) error {
	made := map[string]*base.Stack{}
	for _, stack := range all {
		s := base.New(app, e, base.Config{
			Name: stack.Name, Account: stack.Account, Reads: stack.Reads,
			BeforeRoles: order.BeforeRoles(stack.Name), KeepsLogs: stack.Kind == stacks.HubLogs, LogsQueries: stack.Kind == stacks.HubDNS,
		})
		if err := makers[stack.Kind].fill(s); err != nil {
			return fmt.Errorf("%s: %w", stack.Name, err)
		}
		s.WriteHistory()
		for _, earlier := range stack.Earlier() {
			s.Scope.AddDependency(made[earlier].Scope)
		}
		made[stack.Name] = s
	}
	return nil
}
