// Package organization makes the AWS organisation, its units and its accounts, and lets
// services and accounts administer it.
//
// A person deploys it, with credentials of the management account, before anything else:
// the accounts of all other stacks are made here. Its state is a local file, until
// state.bootstrap_in_bucket moves it.
//
// What exists is imported: the organisation if the estate has its id, an account if it has
// its number, a unit and a delegation if organization.yaml says so under adopted.
package organization

import (
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamorganizationsfeatures"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/organizationsorganization"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/organizationsorganizationalunit"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ramsharingwithorganization"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/estate/organization"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/tf"
)

// maker makes the stack: what has been made already, and what is to be imported.
type maker struct {
	*base.Stack
	organization cdktf.TerraformResource
	imports      []map[string]any
	providers    map[string]cdktf.TerraformProvider
}

// New fills the stack.
func New(s *base.Stack) error {
	m := &maker{Stack: s, providers: map[string]cdktf.TerraformProvider{}}
	org := m.makeOrganization()
	root := org.Roots().Get(jsii.Number(0)).Id()
	units := m.makeUnits(root)
	accounts := m.makeAccounts(root, units)
	ready := m.enableRegions(accounts)
	m.tellContacts(accounts)
	m.delegate(accounts, ready)
	if m.imports != nil {
		// CDKTF knows no import blocks without a configuration of their own:
		// https://developer.hashicorp.com/terraform/language/import
		s.Scope.AddOverride(jsii.String("import"), m.imports)
	}
	numbers := map[string]*string{}
	for account, made := range accounts {
		numbers[account] = made.Id()
	}
	output.Write(s.Scope, Outputs{OrganizationID: org.Id(), RootID: root, UnitIDs: output.MapOf(units), AccountNumbers: output.MapOf(numbers)})
	return nil
}

// adopt has Terraform import a resource that exists. Of one that it has imported, or made,
// it takes no notice of that any more.
func (m *maker) adopt(address, id string) {
	m.imports = append(m.imports, map[string]any{"to": address, "id": id})
}

// makeOrganization makes the organisation, with all features: only then are there policies.
// Its two lists are all that is switched on: Terraform switches off what is not in them.
//
// Root credentials of member accounts are the organisation's to remove, and its sessions
// act as root where nothing else will do:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_root-user.html#id_root-user-access-management
func (m *maker) makeOrganization() organizationsorganization.OrganizationsOrganization {
	config := m.Estate.Org
	org := tf.Named("this", organizationsorganization.NewOrganizationsOrganization(m.Scope, tf.ID("aws_organizations_organization", "this"), &organizationsorganization.OrganizationsOrganizationConfig{
		FeatureSet:                 jsii.String("ALL"),
		AwsServiceAccessPrincipals: tf.Strings(config.TrustedServices()...),
		EnabledPolicyTypes:         tf.Strings(config.EnabledPolicyTypes()...),
		Lifecycle:                  tf.HardToLose(),
	}))
	m.organization = org
	if config.ID != "" {
		m.adopt("aws_organizations_organization.this", config.ID)
	}
	tf.Named("this", iamorganizationsfeatures.NewIamOrganizationsFeatures(m.Scope, tf.ID("aws_iam_organizations_features", "this"), &iamorganizationsfeatures.IamOrganizationsFeaturesConfig{
		EnabledFeatures: tf.Strings("RootCredentialsManagement", "RootSessions"),
		DependsOn:       tf.DependsOn(org),
	}))
	tf.Named("this", ramsharingwithorganization.NewRamSharingWithOrganization(m.Scope, tf.ID("aws_ram_sharing_with_organization", "this"), &ramsharingwithorganization.RamSharingWithOrganizationConfig{
		DependsOn: tf.DependsOn(org),
	}))
	return org
}

// makeUnits makes the organizational units, each in the one above it, and returns their
// ids by path.
func (m *maker) makeUnits(root *string) map[string]*string {
	units := map[string]*string{}
	for _, path := range m.Estate.Org.UnitPaths() {
		parent := root
		if above := organization.Above(path); above != "" {
			parent = units[above]
		}
		id := tf.Name(path)
		units[path] = tf.Named(id, organizationsorganizationalunit.NewOrganizationsOrganizationalUnit(m.Scope, tf.ID("aws_organizations_organizational_unit", id), &organizationsorganizationalunit.OrganizationsOrganizationalUnitConfig{
			Name:      tf.String(m.Estate.Org.UnitName(path)),
			ParentId:  parent,
			Lifecycle: kept(),
		})).Id()
		if adopted, ok := m.Estate.Org.Adopted.Units[path]; ok {
			m.adopt("aws_organizations_organizational_unit."+id, adopted.ID)
		}
	}
	return units
}

// kept is the lifecycle of what may have been there before: it is hard to lose, and keeps
// the tags and the further attributes that somebody else has given it.
func kept(attributes ...string) *cdktf.TerraformResourceLifecycle {
	lifecycle := tf.HardToLose()
	lifecycle.IgnoreChanges = tf.Strings(append(attributes, "tags", "tags_all")...)
	return lifecycle
}
