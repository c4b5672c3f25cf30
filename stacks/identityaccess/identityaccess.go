// Package identityaccess gives people their way into the accounts, by IAM Identity Center:
// groups, permission sets, and who has which of them where.
//
// It makes two kinds of stacks. That of the delegated administrator has the groups and
// everything outside the management account; AWS lets nobody but the management account
// itself give somebody something there, and so that is a stack of its own. Neither enables
// Identity Center, which a person does, and neither makes people.
//
// https://docs.aws.amazon.com/singlesignon/latest/userguide/delegated-admin.html
package identityaccess

import (
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawsidentitystoregroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawsssoadmininstances"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/identitystoregroup"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/permissionset"
	"hubspoke/estate/organization"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/tf"
)

// center is IAM Identity Center, as a stack reaches it.
type center struct {
	*base.Stack
	// provider acts in its region, instanceARN and storeID are those of its instance and its directory.
	provider             cdktf.TerraformProvider
	instanceARN, storeID *string
}

// New fills the stack of the delegated administrator.
func New(s *base.Stack) error {
	c := centerOf(s)
	groups := map[string]*string{}
	for _, name := range tf.Keys(s.Estate.Org.Identity.Assignments) {
		groups[name] = c.group(name)
	}
	output.Write(s.Scope, Outputs{GroupIDs: output.MapOf(groups)})
	return c.give(false, func(group string) *string { return groups[group] })
}

// NewManagement fills the stack of the management account.
func NewManagement(s *base.Stack) error {
	return centerOf(s).give(true, Read(s).GroupIDs.Get)
}

// centerOf looks up the one instance that the organisation has. A region has no other, and
// which it is stands in no file.
func centerOf(s *base.Stack) *center {
	c := &center{Stack: s, provider: s.ProviderIn(s.Account, s.Estate.IdentityRegion())}
	const id = "this"
	found := tf.Named(id, dataawsssoadmininstances.NewDataAwsSsoadminInstances(s.Scope, tf.ID("data.aws_ssoadmin_instances", id), &dataawsssoadmininstances.DataAwsSsoadminInstancesConfig{
		Provider: c.provider,
		Lifecycle: &cdktf.TerraformResourceLifecycle{Postcondition: &[]*cdktf.Postcondition{{
			Condition:    "${length(self.arns) == 1}",
			ErrorMessage: tf.String("IAM Identity Center is not enabled in " + s.Estate.IdentityRegion() + ", or this account does not administer it: a person enables it in the console of the management account, and the stack organization delegates it."),
		}}},
	}))
	c.instanceARN = cdktf.Token_AsString(cdktf.Fn_Element(found.Arns(), jsii.Number(0)), nil)
	c.storeID = cdktf.Token_AsString(cdktf.Fn_Element(found.IdentityStoreIds(), jsii.Number(0)), nil)
	return c
}

// group is the id of a group, which is made here or looked up. One that is made holds whom
// people have put into it.
func (c *center) group(name string) *string {
	id := organization.GroupID(name)
	if c.Estate.Org.Identity.Groups == organization.ExternalGroups {
		return tf.Named(id, dataawsidentitystoregroup.NewDataAwsIdentitystoreGroup(c.Scope, tf.ID("data.aws_identitystore_group", id), &dataawsidentitystoregroup.DataAwsIdentitystoreGroupConfig{
			IdentityStoreId: c.storeID,
			AlternateIdentifier: &dataawsidentitystoregroup.DataAwsIdentitystoreGroupAlternateIdentifier{
				UniqueAttribute: &dataawsidentitystoregroup.DataAwsIdentitystoreGroupAlternateIdentifierUniqueAttribute{
					AttributePath: jsii.String("DisplayName"), AttributeValue: tf.String(name),
				},
			},
			Provider: c.provider,
		})).GroupId()
	}
	return tf.Named(id, identitystoregroup.NewIdentitystoreGroup(c.Scope, tf.ID("aws_identitystore_group", id), &identitystoregroup.IdentitystoreGroupConfig{
		IdentityStoreId: c.storeID,
		DisplayName:     tf.String(name),
		Description:     jsii.String("Made by hubspoke; its members are not."),
		Provider:        c.provider,
		Lifecycle:       tf.HardToLose(),
	})).GroupId()
}

// give makes the permission sets that are for the management account, or all others, and
// gives them to groups.
func (c *center) give(inManagement bool, group func(name string) *string) error {
	i := c.Estate.Org.Identity
	sets := map[string]*permissionset.PermissionSet{}
	for _, name := range tf.Keys(i.PermissionSets) {
		if i.InManagement(name) != inManagement {
			continue
		}
		made, err := permissionset.New(c.Scope, organization.GroupID(name), c.set(name, i.PermissionSets[name]))
		if err != nil {
			return err
		}
		sets[name] = made
	}
	for _, a := range c.Estate.Assignments() {
		if set := sets[a.Set]; set != nil {
			set.Assign(c.Scope, a.ID(), group(a.Group), c.Estate.Accounts[a.Account])
		}
	}
	return nil
}

func (c *center) set(name string, p organization.PermissionSet) permissionset.Config {
	config := permissionset.Config{
		Name:             name,
		Description:      p.Reason,
		Account:          c.Estate.Account(c.Account),
		InstanceARN:      c.instanceARN,
		Hours:            p.Hours,
		RelayState:       p.RelayState,
		CustomerPolicies: p.CustomerPolicies,
		Inline:           p.InlineText,
		CustomerBoundary: p.CustomerBoundary,
		HardToLose:       p.Administers(),
		Provider:         c.provider,
	}
	for _, policy := range p.Policies {
		config.Policies = append(config.Policies, organization.ManagedPolicy(policy))
	}
	if p.Boundary != "" {
		config.Boundary = organization.ManagedPolicy(p.Boundary)
	}
	return config
}
