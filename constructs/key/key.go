// Package key makes KMS keys: symmetric, rotated every year, with an alias by
// which people and configurations know them.
//
// The account's root stands in the key policy, so that the account's IAM policies
// decide who uses and administers the key; services and other accounts are
// admitted by further statements. It makes neither grants nor multi-Region keys.
//
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policies.html
package key

import (
	"fmt"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/kmsalias"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/kmskey"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// deletionWindowDays is how long a deleted key can be called back, the longest
// time that KMS offers. What it encrypted is gone with it.
const deletionWindowDays = 30

// Config describes a key.
type Config struct {
	// Alias is the key's name, `alias/…`.
	Alias string
	// Description says what the key encrypts.
	Description string
	// Account is the key's own; its root administers the key through IAM.
	Account arn.Account
	// Statements admit services and other accounts. In a key policy the resource `*` is the key itself.
	Statements []policy.Statement
	// Provider acts in the key's account and region. Default: the stack's own.
	Provider cdktf.TerraformProvider
}

// Key is what the construct made.
type Key struct {
	// ARN is the key's ARN.
	ARN *string
}

// New makes the key `aws_kms_key.<id>` and its alias `aws_kms_alias.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Key, error) {
	if !strings.HasPrefix(config.Alias, "alias/") {
		return nil, fmt.Errorf("key %s: the alias %q must begin with alias/", id, config.Alias)
	}
	if !config.Account.Complete() {
		return nil, fmt.Errorf("key %s: want an account", config.Alias)
	}
	key := tf.Named(id, kmskey.NewKmsKey(scope, tf.ID("aws_kms_key", id), &kmskey.KmsKeyConfig{
		Provider:             config.Provider,
		Description:          tf.String(config.Description),
		EnableKeyRotation:    true,
		DeletionWindowInDays: tf.Number(deletionWindowDays),
		Policy:               policy.Document(policy.Key(config.Account, config.Statements...)...),
		Tags:                 tf.Tags(strings.TrimPrefix(config.Alias, "alias/")),
		Lifecycle:            tf.HardToLose(),
	}))
	tf.Named(id, kmsalias.NewKmsAlias(scope, tf.ID("aws_kms_alias", id), &kmsalias.KmsAliasConfig{
		Provider:    config.Provider,
		Name:        tf.String(config.Alias),
		TargetKeyId: key.KeyId(),
	}))
	return &Key{ARN: key.Arn()}, nil
}
