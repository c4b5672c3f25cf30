// Package organizationguardrails makes the policies of the organisation, and attaches them: what nobody
// in its accounts may do, and what nobody from outside may.
//
// It acts in the management account, which none of them binds. What they say, package
// guardrail writes from the estate. It makes no units, which stack organization does, and
// touches no policy that it has not made, AWS's own FullAWSAccess among them.
package organizationguardrails

import (
	"github.com/aws/jsii-runtime-go"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/organizationpolicy"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/tf"
	"hubspoke/stacks/organization"
)

// New fills the stack.
func New(s *base.Stack) error {
	organization := organization.Read(s)
	left := map[string][]cdktf.ITerraformDependable{}
	for _, p := range s.Estate.OrganizationPolicies() {
		config := organizationpolicy.Config{
			Name:        s.Estate.Project + "-" + p.Name,
			Type:        string(p.Type),
			Description: p.Description,
			Content:     p.Content,
			Size:        p.Type.Size(),
			Targets:     targets(s, p, organization),
			After:       left[string(p.Type)+p.Name], // what leaves it is in force elsewhere before it does
		}
		made, err := organizationpolicy.New(s.Scope, tf.Name(p.Name), config)
		if err != nil {
			return err
		}
		if p.Left != "" {
			key := string(p.Type) + p.Left
			left[key] = append(left[key], made.Attachments...)
		}
	}
	return nil
}

// targets are what a policy is attached to, named after where that is.
func targets(s *base.Stack, p estate.OrganizationPolicy, organization organization.Outputs) map[string]*string {
	ids := map[string]*string{}
	for _, t := range p.Targets {
		switch {
		case t.Account != "":
			ids["account-"+t.Account] = jsii.String(s.Estate.Accounts[t.Account])
		case t.Unit != "":
			ids["in-"+t.Unit] = organization.UnitIDs.Get(t.Unit)
		default:
			ids["at-root"] = organization.RootID
		}
	}
	return ids
}
