// Package inspector has Amazon Inspector look for vulnerabilities in every account of an
// organisation, in one region, from the account that administers it.
//
// AWS takes the administrator's own account and those of others in calls of their own: the
// first is the enabler's, for the others the organisation's configuration speaks.
//
// https://docs.aws.amazon.com/inspector/latest/user/managing-multiple-accounts.html
package inspector

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/inspector2enabler"
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
	// Provider acts in the account and its region. Default: the stack's own.
	Provider cdktf.TerraformProvider
}

// Inspector is what the construct made.
type Inspector struct {
	// ID is the id of the organisation's configuration.
	ID *string
}

// New makes `aws_inspector2_enabler.<id>`, and then
// `aws_inspector2_organization_configuration.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Inspector, error) {
	if !config.Account.Complete() || len(config.Resources) == 0 {
		return nil, fmt.Errorf("inspector %s: want the administrator's account, and what is scanned", id)
	}
	scanned := func(resource string) bool { return slices.Contains(config.Resources, resource) }
	if scanned("lambda-code") && !scanned("lambda") {
		return nil, fmt.Errorf("inspector %s: Inspector scans the code of functions (lambda-code) with what they depend on (lambda) alone", id)
	}
	var types []string
	for _, resource := range config.Resources {
		types = append(types, strings.ToUpper(strings.ReplaceAll(resource, "-", "_")))
	}
	slices.Sort(types)
	enabler := tf.Named(id, inspector2enabler.NewInspector2Enabler(scope, tf.ID("aws_inspector2_enabler", id), &inspector2enabler.Inspector2EnablerConfig{
		Provider:      config.Provider,
		AccountIds:    tf.Strings(config.Account.Number),
		ResourceTypes: tf.Strings(types...),
	}))
	organization := tf.Named(id, inspector2organizationconfiguration.NewInspector2OrganizationConfiguration(scope, tf.ID("aws_inspector2_organization_configuration", id), &inspector2organizationconfiguration.Inspector2OrganizationConfigurationConfig{
		Provider: config.Provider,
		AutoEnable: &inspector2organizationconfiguration.Inspector2OrganizationConfigurationAutoEnable{
			Ec2:        scanned("ec2"),
			Ecr:        scanned("ecr"),
			Lambda:     scanned("lambda"),
			LambdaCode: scanned("lambda-code"),
		},
		DependsOn: tf.DependsOn(enabler),
	}))
	return &Inspector{ID: organization.Id()}, nil
}
