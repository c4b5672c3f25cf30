package database

import (
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dbinstance"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/secretsmanagersecret"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/secretsmanagersecretversion"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/tf"
)

// setPassword lets RDS manage the password, or sets one: 122 random bits that
// Terraform makes anew in every run, and that only a new version makes it use. Of
// write-only arguments Terraform keeps nothing.
//
//   - https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html
//   - https://developer.hashicorp.com/terraform/language/resources/ephemeral/write-only
func (d *database) setPassword(config *dbinstance.DbInstanceConfig) {
	if len(d.Replicas) == 0 {
		config.ManageMasterUserPassword = true
		config.MasterUserSecretKmsKeyId = d.key.ARN
		return
	}
	// The one local value is the same in the instance and in the secret.
	cdktf.NewTerraformLocal(d.scope, tf.String("local."+d.id+"_password"), "${uuid()}").OverrideLogicalId(tf.String(d.id + "_password"))
	config.PasswordWo = tf.String("${local." + d.id + "_password}")
	config.PasswordWoVersion = tf.Number(d.PasswordVersion)
}

// SecretName is the name of the secret that keeps the password of a database with read
// replicas.
func SecretName(database string) string { return database + "-database" }

// secret is the ARN of the secret with the password.
func (d *database) secret(primary dbinstance.DbInstance) *string {
	if len(d.Replicas) == 0 {
		return primary.MasterUserSecret().Get(jsii.Number(0)).SecretArn()
	}
	return d.ownSecret(primary)
}

// ownSecret keeps the password that is set here, in the form that RDS gives to
// secrets of its own. It is written after the instance has taken the password. Should
// a run end in between, the next version of the password mends it.
//
// The secret goes at once with the last replica, since the password is then RDS's, and
// its name is free for the next first replica: with a recovery window it would be taken
// for as long. Nothing is lost with it that a new version of the password does not make.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_secret_json_structure.html
func (d *database) ownSecret(primary dbinstance.DbInstance) *string {
	name := SecretName(d.Name)
	secret := tf.Named(d.id, secretsmanagersecret.NewSecretsmanagerSecret(d.scope, tf.ID("aws_secretsmanager_secret", d.id), &secretsmanagersecret.SecretsmanagerSecretConfig{
		Name:        tf.String(name),
		Description: tf.String("Master user of the database " + d.Name),
		KmsKeyId:    d.key.ARN,
		Tags:        tf.Tags(name),

		RecoveryWindowInDays: jsii.Number(0),
	}))
	tf.Named(d.id, secretsmanagersecretversion.NewSecretsmanagerSecretVersion(d.scope, tf.ID("aws_secretsmanager_secret_version", d.id), &secretsmanagersecretversion.SecretsmanagerSecretVersionConfig{
		SecretId:              secret.Id(),
		SecretStringWo:        jsii.String(`${jsonencode({"username" = "` + d.Username + `", "password" = local.` + d.id + `_password})}`),
		SecretStringWoVersion: tf.Number(d.PasswordVersion),
		DependsOn:             tf.DependsOn(primary),
		// Whoever asks gets the old version until there is the new one.
		Lifecycle: tf.ReplacedFirst(),
	}))
	return secret.Arn()
}
