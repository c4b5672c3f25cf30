// Package organization makes the AWS organisation, its units and its accounts.
//
// A person deploys it, with credentials of the management account, before anything else:
// the accounts of all other stacks are made here. Its state is a local file, until
// state.bootstrap_in_bucket moves it.
package organization

import (
	"strings"

	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/organizationsorganization"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/organizationsorganizationalunit"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/estate/organization"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/tf"
)

// New fills the stack.
func New(s *base.Stack) error {
	e := s.Estate
	org := organizationsorganization.NewOrganizationsOrganization(s.Scope, tf.ID("aws_organizations_organization", "this"), &organizationsorganization.OrganizationsOrganizationConfig{
		FeatureSet: jsii.String("ALL"),
		Lifecycle:  &cdktf.TerraformResourceLifecycle{PreventDestroy: jsii.Bool(true)},
	})
	root := org.Roots().Get(jsii.Number(0)).Id()
	units := map[string]*string{}
	for _, path := range e.Org.UnitPaths() {
		parent := root
		if above := organization.Above(path); above != "" {
			parent = units[above]
		}
		units[path] = unit(s.Scope, path, parent)
	}
	output.Write(s.Scope, Outputs{RootID: root, UnitIDs: output.MapOf(units)})
	return nil
}

// unit makes an organizational unit. It has the last name of its path.
func unit(scope cdktf.TerraformStack, path string, parent *string) *string {
	id := tf.Name(path)
	made := tf.Named(id, organizationsorganizationalunit.NewOrganizationsOrganizationalUnit(scope, tf.ID("aws_organizations_organizational_unit", id), &organizationsorganizationalunit.OrganizationsOrganizationalUnitConfig{
		Name:      tf.String(path[strings.LastIndex(path, "/")+1:]),
		ParentId:  parent,
		Lifecycle: &cdktf.TerraformResourceLifecycle{PreventDestroy: jsii.Bool(true)},
	}))
	return made.Id()
}
