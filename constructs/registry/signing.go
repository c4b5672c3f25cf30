package registry

import (
	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/signersigningprofile"

	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// signingMonths is how long a signature is valid, the longest time there is. A shorter one
// would end the life of a release that still runs.
// https://docs.aws.amazon.com/signer/latest/developerguide/gs-profile.html
const signingMonths = 135

// signingProfile makes the profile by which Notation signs images with AWS Signer, and
// returns its ARN. AWS's root certificate is the same for every customer: whoever verifies
// must name this ARN as the one identity to be trusted.
//
// A profile that is destroyed is cancelled: it signs no more, and its name is never free again.
//
// https://docs.aws.amazon.com/signer/latest/developerguide/image-signing-steps.html
func (c Config) signingProfile(scope constructs.Construct, id string) *string {
	if c.SigningProfile == "" {
		return nil
	}
	return tf.Named(id, signersigningprofile.NewSignerSigningProfile(scope, tf.ID("aws_signer_signing_profile", id), &signersigningprofile.SignerSigningProfileConfig{
		Name:                    tf.String(c.SigningProfile),
		PlatformId:              jsii.String("Notation-OCI-SHA384-ECDSA"),
		SignatureValidityPeriod: &signersigningprofile.SignerSigningProfileSignatureValidityPeriod{Value: tf.Number(signingMonths), Type: jsii.String("MONTHS")},
		Tags:                    tf.Tags(c.SigningProfile),
		Lifecycle:               tf.HardToLose(),
	})).Arn()
}

// sign lets a push role sign what it pushes, if AWS Signer does that.
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssigner.html
func (c Config) sign() []policy.Statement {
	if c.SigningProfile == "" {
		return nil
	}
	return []policy.Statement{{
		Sid: "Sign", Action: []string{"signer:GetSigningProfile", "signer:SignPayload"},
		Resource: []string{c.Account.ARN("signer", "/signing-profiles/"+c.SigningProfile)},
	}}
}
