package backupplan

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicyattachment"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// managedPolicies are what AWS Backup may do with what it backs up, copies and restores.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html
var managedPolicies = map[string]string{
	"backup":     "service-role/AWSBackupServiceRolePolicyForBackup",
	"restores":   "service-role/AWSBackupServiceRolePolicyForRestores",
	"s3_backup":  "AWSBackupServiceRolePolicyForS3Backup",
	"s3_restore": "AWSBackupServiceRolePolicyForS3Restore",
}

// RoleConfig describes a role that AWS Backup works with in an account.
type RoleConfig struct {
	// Name is the role's name.
	Name string
	// Account is the role's own.
	Account arn.Account
}

// Role is a role that AWS Backup works with. People hand it over when they restore or copy
// a backup by hand.
type Role struct {
	// ARN is the role's ARN.
	ARN *string

	attached []cdktf.ITerraformDependable
}

// NewRole makes the role `aws_iam_role.<id>`.
func NewRole(scope constructs.Construct, id string, config RoleConfig) (*Role, error) {
	if config.Name == "" || !config.Account.Complete() {
		return nil, fmt.Errorf("role of AWS Backup %q: want a name and an account", config.Name)
	}
	role := tf.Named(id, iamrole.NewIamRole(scope, tf.ID("aws_iam_role", id), &iamrole.IamRoleConfig{
		Name:             tf.String(config.Name),
		Description:      tf.String("AWS Backup makes, copies and restores backups"),
		AssumeRolePolicy: policy.AssumedBy("backup.amazonaws.com", config.Account),
		Tags:             tf.Tags(config.Name),
	}))
	made := &Role{ARN: role.Arn()}
	for _, key := range tf.Keys(managedPolicies) {
		name := tf.Name(id, key)
		made.attached = append(made.attached, tf.Named(name, iamrolepolicyattachment.NewIamRolePolicyAttachment(scope, tf.ID("aws_iam_role_policy_attachment", name), &iamrolepolicyattachment.IamRolePolicyAttachmentConfig{
			Role:      role.Name(),
			PolicyArn: tf.String(config.Account.ManagedPolicy(managedPolicies[key])),
		})))
	}
	return made, nil
}
