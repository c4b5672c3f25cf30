// Package baseline sets what holds for a whole AWS account, whatever is made in
// it later: new EBS volumes are encrypted, no S3 bucket is public, passwords are
// strong, and IAM Access Analyzer reports what is shared with strangers.
//
// EBS encryption and the analyzer are settings of one Region, that of the
// provider. Volumes are encrypted with the account's aws/ebs key unless whoever
// makes them names another. It switches on no service that is paid for by use
// (GuardDuty, Security Hub, Config).
//
// https://docs.aws.amazon.com/securityhub/latest/userguide/cis-aws-foundations-benchmark.html
package baseline

import (
	"errors"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/accessanalyzeranalyzer"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ebsencryptionbydefault"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamaccountpasswordpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/s3accountpublicaccessblock"

	"hubspoke/internal/tf"
)

// The numbers of the CIS AWS Foundations Benchmark. Its later versions leave the
// age and the kinds of characters out; earlier ones and auditors ask for them.
const (
	minimumPasswordLength = 14
	rememberedPasswords   = 24
	maxPasswordAgeDays    = 90
)

// Config describes the settings of an account.
type Config struct {
	// Analyzer is the name of the Access Analyzer.
	Analyzer string
}

// Baseline is what the construct made.
type Baseline struct {
	// AnalyzerARN is the ARN of the Access Analyzer.
	AnalyzerARN *string
}

// New makes the settings. Each is `<type>.<id>`, since an account has only one.
func New(scope constructs.Construct, id string, config Config) (*Baseline, error) {
	if config.Analyzer == "" {
		return nil, errors.New("baseline: want a name for the analyzer")
	}
	tf.Named(id, ebsencryptionbydefault.NewEbsEncryptionByDefault(scope, tf.ID("aws_ebs_encryption_by_default", id), &ebsencryptionbydefault.EbsEncryptionByDefaultConfig{
		Enabled: true,
	}))
	tf.Named(id, s3accountpublicaccessblock.NewS3AccountPublicAccessBlock(scope, tf.ID("aws_s3_account_public_access_block", id), &s3accountpublicaccessblock.S3AccountPublicAccessBlockConfig{
		BlockPublicAcls:       true,
		BlockPublicPolicy:     true,
		IgnorePublicAcls:      true,
		RestrictPublicBuckets: true,
	}))
	passwordPolicy(scope, id)
	analyzer := tf.Named(id, accessanalyzeranalyzer.NewAccessanalyzerAnalyzer(scope, tf.ID("aws_accessanalyzer_analyzer", id), &accessanalyzeranalyzer.AccessanalyzerAnalyzerConfig{
		AnalyzerName: tf.String(config.Analyzer),
		// The account is the zone of trust: what is shared with another account of the estate is reported too.
		Type: jsii.String("ACCOUNT"),
		Tags: tf.Tags(config.Analyzer),
	}))
	return &Baseline{AnalyzerARN: analyzer.Arn()}, nil
}

// passwordPolicy is for IAM users, of which there should be none; it keeps the
// exception from being a weak one. An expired password can still be changed by its
// user: with a hard expiry, the last administrator could lock themselves out.
func passwordPolicy(scope constructs.Construct, id string) {
	tf.Named(id, iamaccountpasswordpolicy.NewIamAccountPasswordPolicy(scope, tf.ID("aws_iam_account_password_policy", id), &iamaccountpasswordpolicy.IamAccountPasswordPolicyConfig{
		MinimumPasswordLength:      tf.Number(minimumPasswordLength),
		PasswordReusePrevention:    tf.Number(rememberedPasswords),
		MaxPasswordAge:             tf.Number(maxPasswordAgeDays),
		RequireLowercaseCharacters: true,
		RequireUppercaseCharacters: true,
		RequireNumbers:             true,
		RequireSymbols:             true,
		AllowUsersToChangePassword: true,
		HardExpiry:                 false,
	}))
}
