// Package secret makes secrets of AWS Secrets Manager, without a value: people put that in,
// and it is in no plan and no state.
//
// The policy of a secret keeps principals of other accounts out, whatever else admits them,
// and lets roles alone read the value that it names. Others of the account may put in a
// new one, and look after the secret, as far as IAM lets them.
//
// It makes neither the key nor a rotation.
//
//   - https://docs.aws.amazon.com/secretsmanager/latest/userguide/intro.html
//   - https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_resource-policies.html
package secret

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/secretsmanagersecret"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/secretsmanagersecretpolicy"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// recoveryDays is for how long a secret that somebody deletes can be called back, the
// longest time that there is. Its name is taken for as long.
const recoveryDays = 30

// nameSize is how long a name may be:
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
const nameSize = 512

// Config describes a secret.
type Config struct {
	// Name is the secret's name, `acme-dev/stripe`.
	Name string
	// Account is the secret's own.
	Account arn.Account
	// KeyARN is the key that encrypts it.
	KeyARN *string
	// Readers are the ARNs of the roles that read the value, which need not exist yet. Default: nobody does.
	Readers []string
}

// Secret is what the construct made.
type Secret struct {
	// ARN is the secret's ARN.
	ARN *string
}

// New makes the secret `aws_secretsmanager_secret.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Secret, error) {
	switch {
	case config.Name == "" || !config.Account.Complete() || config.KeyARN == nil:
		return nil, fmt.Errorf("secret %q: want a name, an account and a key", config.Name)
	case len(config.Name) > nameSize:
		return nil, fmt.Errorf("secret %s: a name of %d characters, Secrets Manager takes %d", config.Name, len(config.Name), nameSize)
	}
	made := tf.Named(id, secretsmanagersecret.NewSecretsmanagerSecret(scope, tf.ID("aws_secretsmanager_secret", id), &secretsmanagersecret.SecretsmanagerSecretConfig{
		Name:                 tf.String(config.Name),
		Description:          tf.String("People put the value in: aws secretsmanager put-secret-value"),
		KmsKeyId:             config.KeyARN,
		RecoveryWindowInDays: tf.Number(recoveryDays),
		Tags:                 tf.Tags(config.Name),
		Lifecycle:            tf.HardToLose(),
	}))
	tf.Named(id, secretsmanagersecretpolicy.NewSecretsmanagerSecretPolicy(scope, tf.ID("aws_secretsmanager_secret_policy", id), &secretsmanagersecretpolicy.SecretsmanagerSecretPolicyConfig{
		SecretArn:         made.Arn(),
		Policy:            policy.Document(config.statements()...),
		BlockPublicPolicy: true,
	}))
	return &Secret{ARN: made.Arn()}, nil
}

// statements refuse, and allow nothing: that is IAM's. In the policy of a secret the
// resource `*` is the secret itself.
func (c Config) statements() []policy.Statement {
	var butReaders policy.Condition
	if len(c.Readers) > 0 {
		butReaders = policy.Condition{"ArnNotEquals": {"aws:PrincipalArn": c.Readers}}
	}
	return []policy.Statement{{
		Sid: "OnlyThisAccount", Effect: "Deny", Principal: policy.Principal{Anyone: true},
		Action: []string{"secretsmanager:*"}, Resource: []string{"*"},
		Condition: policy.Condition{"StringNotEquals": {"aws:PrincipalAccount": {c.Account.Number}}},
	}, {
		Sid: "OnlyReadersHaveTheValue", Effect: "Deny", Principal: policy.Principal{Anyone: true},
		Action: []string{"secretsmanager:GetSecretValue"}, Resource: []string{"*"},
		Condition: butReaders,
	}}
}
