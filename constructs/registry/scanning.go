package registry

import (
	"errors"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecrregistryscanningconfiguration"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ecrrepository"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/inspector2enabler"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/inspector"
	"hubspoke/internal/tf"
)

// Scanning is how the images of a registry are scanned.
type Scanning struct {
	// Enhanced has Amazon Inspector scan. Default: ECR itself does, once for each push.
	Enhanced bool
	// OnPush has Inspector scan once, when an image is pushed. Default: continuously.
	OnPush bool
	// Continuous are filters of the repositories that are scanned continuously, with OnPush.
	Continuous []string
	// Inspector is what Inspector is switched on for in the account. Default: nothing, since somebody else has switched it on.
	Inspector []string
}

func (s Scanning) check() error {
	switch {
	case !s.Enhanced && (s.OnPush || len(s.Continuous)+len(s.Inspector) > 0):
		return errors.New("ECR's own scanning is always on push, and has nothing to do with Inspector")
	case !s.OnPush && len(s.Continuous) > 0:
		return errors.New("all repositories are scanned continuously already")
	}
	return nil
}

const everything = "*"

type (
	scanRule   = ecrregistryscanningconfiguration.EcrRegistryScanningConfigurationRule
	scanFilter = ecrregistryscanningconfiguration.EcrRegistryScanningConfigurationRuleRepositoryFilter
)

// scanning makes the registry's setting. The two ways are a setting of the registry and one of
// Inspector at once: ECR's basic scanning switches Inspector's off, and Inspector, where it is
// switched on for images, makes the registry's enhanced. So Inspector comes first.
//
//   - https://docs.aws.amazon.com/inspector/latest/user/activate-scans.html
//   - https://docs.aws.amazon.com/inspector/latest/user/deactivate-scans.html
func (c Config) scanning(scope constructs.Construct, id string) {
	kind := "BASIC"
	var after []cdktf.ITerraformDependable
	if c.Scanning.Enhanced {
		kind = "ENHANCED"
		if len(c.Scanning.Inspector) > 0 {
			after = append(after, tf.Named(id, inspector2enabler.NewInspector2Enabler(scope, tf.ID("aws_inspector2_enabler", id), &inspector2enabler.Inspector2EnablerConfig{
				AccountIds: tf.Strings(c.Account.Number), ResourceTypes: tf.Strings(inspector.ResourceTypes(c.Scanning.Inspector)...),
			})))
		}
	}
	tf.Named(id, ecrregistryscanningconfiguration.NewEcrRegistryScanningConfiguration(scope, tf.ID("aws_ecr_registry_scanning_configuration", id), &ecrregistryscanningconfiguration.EcrRegistryScanningConfigurationConfig{
		ScanType: jsii.String(kind), Rule: c.Scanning.rules(), DependsOn: tf.DependsOn(after...),
	}))
}

// rules are about all repositories, those that ECR makes for a cache among them. Where both are
// about one, ECR scans it continuously:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-enhanced-enabling.html
func (s Scanning) rules() []scanRule {
	if s.Enhanced && !s.OnPush {
		return []scanRule{scanned("CONTINUOUS_SCAN", everything)}
	}
	rules := []scanRule{scanned("SCAN_ON_PUSH", everything)}
	if len(s.Continuous) > 0 {
		rules = append(rules, scanned("CONTINUOUS_SCAN", s.Continuous...))
	}
	return rules
}

func scanned(frequency string, filters ...string) scanRule {
	var all []scanFilter
	for _, filter := range filters {
		all = append(all, scanFilter{Filter: tf.String(filter), FilterType: jsii.String("WILDCARD")})
	}
	return scanRule{ScanFrequency: tf.String(frequency), RepositoryFilter: all}
}

// ofRepository is the setting that a repository had before there was one for the registry, and
// which still says of basic scanning what the registry's says. Where Inspector scans, what AWS
// answers there depends on Inspector, and Terraform would set it back for ever: then there is
// none, of which the provider says nothing in its plans.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-scanning-filters.html
func (s Scanning) ofRepository() *ecrrepository.EcrRepositoryImageScanningConfiguration {
	if s.Enhanced {
		return nil
	}
	return &ecrrepository.EcrRepositoryImageScanningConfiguration{ScanOnPush: true}
}
