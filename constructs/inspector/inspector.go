// Package inspector has Amazon Inspector look for vulnerabilities in every account of an
// organisation, in one region, from the account that administers it.
//
// Each account is associated with the administrator and then switched on, by resources of its
// own, so that one more only adds some: the provider takes the administrator's account and those
// of members in calls of their own. What an organisation switches on by itself is off. That is
// done for accounts that join later alone, never for those that are there, and an account that
// AWS has associated is refused when Terraform does so too.
//
//   - https://docs.aws.amazon.com/inspector/latest/user/managing-multiple-accounts.html
//   - https://docs.aws.amazon.com/inspector/v2/APIReference/API_AssociateMember.html
//   - https://github.com/hashicorp/terraform-provider-aws/pull/33935
package inspector

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/inspector2enabler"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/inspector2memberassociation"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/inspector2organizationconfiguration"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/tf"
)

// Config describes what Inspector scans.
type Config struct {
	// Account is the administrator's, in the region.
	Account arn.Account
	// Resources are what is scanned: `ec2`, `ecr`, `lambda`, `lambda-code`.
	Resources []string
	// Members are the numbers of the other accounts, by name. Default: none.
	Members map[string]string
	// Associated are the names of those members that are associated already. Default: none.
	Associated []string
	// Provider acts in the account and its region. Default: the stack's own.
	Provider cdktf.TerraformProvider
}

// Inspector is what the construct made.
type Inspector struct {
	// ID is the id of the organisation's configuration.
	ID *string
}

// New makes `aws_inspector2_enabler.<id>`, then
// `aws_inspector2_organization_configuration.<id>` and, for each member,
// `aws_inspector2_member_association.<id>_<member>` and `aws_inspector2_enabler.<id>_<member>`.
func New(scope constructs.Construct, id string, config Config) (*Inspector, error) {
	if !config.Account.Complete() || len(config.Resources) == 0 {
		return nil, fmt.Errorf("inspector %s: want the administrator's account, and what is scanned", id)
	}
	scanned := func(resource string) bool { return slices.Contains(config.Resources, resource) }
	if scanned("lambda-code") && !scanned("lambda") {
		return nil, fmt.Errorf("inspector %s: Inspector scans the code of functions (lambda-code) with what they depend on (lambda) alone", id)
	}
	types := ResourceTypes(config.Resources)
	enabler := tf.Named(id, inspector2enabler.NewInspector2Enabler(scope, tf.ID("aws_inspector2_enabler", id), &inspector2enabler.Inspector2EnablerConfig{
		Provider:      config.Provider,
		AccountIds:    tf.Strings(config.Account.Number),
		ResourceTypes: tf.Strings(types...),
	}))
	organization := tf.Named(id, inspector2organizationconfiguration.NewInspector2OrganizationConfiguration(scope, tf.ID("aws_inspector2_organization_configuration", id), &inspector2organizationconfiguration.Inspector2OrganizationConfigurationConfig{
		Provider: config.Provider,
		AutoEnable: &inspector2organizationconfiguration.Inspector2OrganizationConfigurationAutoEnable{
			Ec2: false, Ecr: false, Lambda: false, LambdaCode: false,
		},
		DependsOn: tf.DependsOn(enabler),
	}))
	for _, member := range tf.Keys(config.Members) {
		config.member(scope, tf.Name(id, member), config.Members[member], slices.Contains(config.Associated, member), types, organization)
	}
	return &Inspector{ID: organization.Id()}, nil
}

// ResourceTypes are what AWS calls what is scanned, sorted.
func ResourceTypes(resources []string) []string {
	var types []string
	for _, resource := range resources {
		types = append(types, strings.ToUpper(strings.ReplaceAll(resource, "-", "_")))
	}
	slices.Sort(types)
	return types
}

// member has an account scanned, once the organisation's configuration is there: an account
// that joins in between would be switched on by AWS.
func (c Config) member(scope constructs.Construct, id, number string, associated bool, types []string, after cdktf.ITerraformDependable) {
	if !associated {
		after = tf.Named(id, inspector2memberassociation.NewInspector2MemberAssociation(scope, tf.ID("aws_inspector2_member_association", id), &inspector2memberassociation.Inspector2MemberAssociationConfig{
			Provider:  c.Provider,
			AccountId: tf.String(number),
			DependsOn: tf.DependsOn(after),
		}))
	}
	tf.Named(id, inspector2enabler.NewInspector2Enabler(scope, tf.ID("aws_inspector2_enabler", id), &inspector2enabler.Inspector2EnablerConfig{
		Provider:      c.Provider,
		AccountIds:    tf.Strings(number),
		ResourceTypes: tf.Strings(types...),
		DependsOn:     tf.DependsOn(after),
	}))
}
