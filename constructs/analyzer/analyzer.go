// Package analyzer makes analyzers of IAM Access Analyzer whose zone of trust is a whole
// organisation: what they report is what strangers to it may reach, or, of the other kind,
// what nobody has used. The analyzer of one account, which reports its neighbours too, is
// that of package baseline.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html
package analyzer

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/accessanalyzeranalyzer"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/tf"
)

// Config describes an analyzer.
type Config struct {
	// Name is the analyzer's name.
	Name string
	// UnusedDays makes it one of unused access: what nobody has used for so many days. IAM has no regions, so that one is enough. Default: it is one of external access, in the region of the provider.
	UnusedDays int
	// Provider acts in the administrator's account and the region. Default: the stack's own.
	Provider cdktf.TerraformProvider
}

// Analyzer is what the construct made.
type Analyzer struct {
	// ARN is the analyzer's ARN.
	ARN *string
}

// New makes the analyzer `aws_accessanalyzer_analyzer.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Analyzer, error) {
	if config.Name == "" || config.UnusedDays < 0 {
		return nil, fmt.Errorf("analyzer %s: want a name, and days that are not negative", id)
	}
	kind := "ORGANIZATION"
	var unused *accessanalyzeranalyzer.AccessanalyzerAnalyzerConfiguration
	if config.UnusedDays > 0 {
		kind = "ORGANIZATION_UNUSED_ACCESS"
		unused = &accessanalyzeranalyzer.AccessanalyzerAnalyzerConfiguration{
			UnusedAccess: &accessanalyzeranalyzer.AccessanalyzerAnalyzerConfigurationUnusedAccess{UnusedAccessAge: tf.Number(config.UnusedDays)},
		}
	}
	made := tf.Named(id, accessanalyzeranalyzer.NewAccessanalyzerAnalyzer(scope, tf.ID("aws_accessanalyzer_analyzer", id), &accessanalyzeranalyzer.AccessanalyzerAnalyzerConfig{
		Provider:      config.Provider,
		AnalyzerName:  tf.String(config.Name),
		Type:          tf.String(kind),
		Configuration: unused,
		Tags:          tf.Tags(config.Name),
	}))
	return &Analyzer{ARN: made.Arn()}, nil
}
