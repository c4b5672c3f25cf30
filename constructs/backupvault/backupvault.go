// Package backupvault makes a vault of AWS Backup with a key of its own: one that an
// account keeps its backups in, or one that other accounts copy theirs into.
//
// It is hard to lose, and so is what is in it. A lock keeps a backup until its time is
// over, and the vault's policy lets nobody delete one or shorten its time. A few roles alone
// may change that policy and the lock, unless it is one for compliance: that nobody may.
//
// It makes no plan, and nothing is backed up by it.
//
//   - https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
//   - https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
package backupvault

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/backupvault"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/backupvaultlockconfiguration"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/backupvaultpolicy"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/key"
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// nameSize is how long the name of a vault may be:
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupVault.html
const nameSize = 50

// Config describes a vault.
type Config struct {
	// Provider acts in the vault's account and region; nil is the stack's own.
	Provider cdktf.TerraformProvider
	// Name is the vault's name.
	Name string
	// Account is the vault's, in its region.
	Account arn.Account
	// KeyAlias is the alias of the key that encrypts the vault.
	KeyAlias string
	// Administrators are the ARNs of the roles that alone may change the vault's policy and its lock, and the key's policy.
	Administrators []string
	// Destroyer is the ARN of the role that alone may disable and delete the key, without which nobody reads a backup. Default: none may, before an administrator has changed the key's policy.
	Destroyer string
	// Organization is the id of the organisation whose accounts copy into the vault, by Roles. Default: none of them does.
	Organization string
	// Roles are patterns of the ARNs of roles in other accounts that use the key to copy into the vault or out of it.
	Roles []string
	// Peer is an account that gets copies of what is in the vault, and gives them back. Default: none.
	Peer arn.Account
	// LeastDays is the shortest time that the vault takes backups for.
	LeastDays int
	// ComplianceAfterDays is in how many days the lock becomes one that nobody can take away. Default: never.
	ComplianceAfterDays int
}

// Vault is what the construct made.
type Vault struct {
	// Name and ARN are the vault's, known only after apply: who uses them waits for the vault.
	Name, ARN *string
}

// New makes the vault `aws_backup_vault.<id>`, and its key, policy and lock with the same
// name.
func New(scope constructs.Construct, id string, config Config) (*Vault, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("backup vault %q: %w", config.Name, err)
	}
	encryption, err := key.New(scope, id, key.Config{
		Provider:    config.Provider,
		Alias:       config.KeyAlias,
		Description: "Backups in the vault " + config.Name,
		Account:     config.Account,
		Statements:  config.keyStatements(),
	})
	if err != nil {
		return nil, err
	}
	vault := tf.Named(id, backupvault.NewBackupVault(scope, tf.ID("aws_backup_vault", id), &backupvault.BackupVaultConfig{
		Provider:  config.Provider,
		Name:      tf.String(config.Name),
		KmsKeyArn: encryption.ARN,
		Tags:      tf.Tags(config.Name),
		Lifecycle: tf.HardToLose(),
	}))
	tf.Named(id, backupvaultpolicy.NewBackupVaultPolicy(scope, tf.ID("aws_backup_vault_policy", id), &backupvaultpolicy.BackupVaultPolicyConfig{
		Provider:        config.Provider,
		BackupVaultName: vault.Name(),
		Policy:          policy.Document(config.statements()...),
	}))
	lock := &backupvaultlockconfiguration.BackupVaultLockConfigurationConfig{
		Provider:         config.Provider,
		BackupVaultName:  vault.Name(),
		MinRetentionDays: tf.Number(config.LeastDays),
	}
	if config.ComplianceAfterDays > 0 {
		lock.ChangeableForDays = tf.Number(config.ComplianceAfterDays)
		// AWS will refuse it once it holds for good; until then a plan does.
		lock.Lifecycle = tf.HardToLose()
	}
	tf.Named(id, backupvaultlockconfiguration.NewBackupVaultLockConfiguration(scope, tf.ID("aws_backup_vault_lock_configuration", id), lock))
	return &Vault{Name: vault.Name(), ARN: vault.Arn()}, nil
}

func (c Config) check() error {
	switch {
	case c.Name == "" || c.KeyAlias == "" || !c.Account.Complete():
		return fmt.Errorf("want a name, a key's alias and an account")
	case len(c.Name) > nameSize:
		return fmt.Errorf("a name of %d characters, AWS Backup takes %d", len(c.Name), nameSize)
	case len(c.Administrators) == 0 || c.LeastDays < 1:
		return fmt.Errorf("want a role that administers it, and for how long it keeps backups at least")
	case (c.Organization == "") != (len(c.Roles) == 0):
		return fmt.Errorf("want both an organisation and roles of its accounts, or neither")
	}
	return nil
}

// use is what a copy does with the keys of both vaults, and of what is copied.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/encryption.html#copy-encryption
var use = []string{"kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"}

// ShareKey lets an account copy what a key encrypts. Snapshots of RDS and EBS keep the key
// of what they are snapshots of, so theirs admits the account of the copies; the services
// go on to use it by grants, which nobody else may make.
//
//   - https://docs.aws.amazon.com/aws-backup/latest/devguide/create-cross-account-backup.html
//   - https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/share-encrypted-snapshot.html
func ShareKey(account arn.Account) []policy.Statement {
	return []policy.Statement{{
		Sid: "BackupsAreCopied", Principal: policy.Account(account), Action: use, Resource: []string{"*"},
	}, {
		Sid: "BackupsAreCopiedByGrants", Principal: policy.Account(account), Action: []string{"kms:CreateGrant"}, Resource: []string{"*"},
		Condition: policy.Condition{"Bool": {"kms:GrantIsForAWSResource": {"true"}}},
	}}
}

// keyStatements keep the key, and let copies in and out. Where accounts of an organisation
// copy, they may by the roles alone with which AWS Backup does.
func (c Config) keyStatements() []policy.Statement {
	kept := policy.Statement{
		Sid: "NobodyDeletesTheKey", Effect: "Deny", Principal: policy.Principal{Anyone: true},
		Action: []string{"kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:ScheduleKeyDeletion"}, Resource: []string{"*"},
	}
	if c.Destroyer != "" {
		kept.Condition = policy.Condition{"ArnNotEquals": {"aws:PrincipalArn": []string{c.Destroyer}}}
	}
	statements := []policy.Statement{kept, {
		Sid: "FewAdministerTheKey", Effect: "Deny", Principal: policy.Principal{Anyone: true},
		Action: []string{"kms:PutKeyPolicy"}, Resource: []string{"*"},
		Condition: policy.Condition{"ArnNotEquals": {"aws:PrincipalArn": c.Administrators}},
	}}
	if c.Peer.Number != "" {
		statements = append(statements, ShareKey(c.Peer)...)
	}
	if c.Organization != "" {
		roles := policy.Condition{
			"StringEquals": {"aws:PrincipalOrgID": {c.Organization}},
			"ArnLike":      {"aws:PrincipalArn": c.Roles},
		}
		statements = append(statements, policy.Statement{
			Sid: "AccountsCopy", Principal: policy.Principal{Anyone: true}, Action: use, Resource: []string{"*"}, Condition: roles,
		}, policy.Statement{
			Sid: "AccountsCopyByGrants", Principal: policy.Principal{Anyone: true}, Action: []string{"kms:CreateGrant"}, Resource: []string{"*"},
			Condition: policy.Condition{
				"StringEquals": roles["StringEquals"], "ArnLike": roles["ArnLike"], "Bool": {"kms:GrantIsForAWSResource": {"true"}},
			},
		})
	}
	return statements
}

// statements are the policy of the vault. AWS Backup deletes what has expired itself, and
// asks no policy. A policy of a vault takes no wildcard as an action, and `*` as the
// resource is the vault and what is in it:
// https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html
func (c Config) statements() []policy.Statement {
	statements := []policy.Statement{{
		Sid: "NobodyDeletesBackups", Effect: "Deny", Principal: policy.Principal{Anyone: true},
		Action:   []string{"backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"},
		Resource: []string{"*"},
	}, {
		Sid: "FewAdminister", Effect: "Deny", Principal: policy.Principal{Anyone: true},
		Action: []string{
			"backup:DeleteBackupVaultAccessPolicy", "backup:DeleteBackupVaultLockConfiguration",
			"backup:PutBackupVaultAccessPolicy", "backup:PutBackupVaultLockConfiguration",
		},
		Resource:  []string{"*"},
		Condition: policy.Condition{"ArnNotEquals": {"aws:PrincipalArn": c.Administrators}},
	}}
	copyInto := policy.Statement{Action: []string{"backup:CopyIntoBackupVault"}, Resource: []string{"*"}}
	if c.Peer.Number != "" {
		copyInto.Sid, copyInto.Principal = "CopiesComeBack", policy.Account(c.Peer)
		statements = append(statements, copyInto)
	}
	if c.Organization != "" {
		copyInto.Sid, copyInto.Principal = "AccountsCopyIn", policy.Principal{Anyone: true}
		copyInto.Condition = policy.Condition{"StringEquals": {"aws:PrincipalOrgID": {c.Organization}}}
		statements = append(statements, copyInto)
	}
	return statements
}
