package backupplan

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/backuprestoretestingplan"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/backuprestoretestingselection"

	"hubspoke/internal/tf"
)

// Database is an RDS instance that is restored to see whether it can be.
type Database struct {
	// ARN is the instance's.
	ARN string
	// SubnetGroup is the name of the DB subnet group that it is restored into. AWS Backup would take the default VPC, which nobody has.
	SubnetGroup string
}

const (
	// testDays is how far back the backup may be that is restored: the newest of a week.
	testDays = 7
	// testHours is how long what was restored is kept, for people to look at it.
	testHours = 1
	// testStartHours is within how many hours the test begins.
	testStartHours = 3
	// halfADay is how far the test is from the backups.
	halfADay = 12
)

// restoreTests restore the newest backup of each database on Sundays. AWS Backup deletes
// what it has restored. The instance gets the default security group of the VPC, which
// admits nobody.
//
//   - https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
//   - https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing-inferred-metadata.html
func (c Config) restoreTests(scope constructs.Construct, id string, role *Role) {
	if len(c.Databases) == 0 {
		return
	}
	plan := tf.Named(id, backuprestoretestingplan.NewBackupRestoreTestingPlan(scope, tf.ID("aws_backup_restore_testing_plan", id), &backuprestoretestingplan.BackupRestoreTestingPlanConfig{
		Name:               tf.String(alphanumeric(c.Name)),
		ScheduleExpression: tf.String(fmt.Sprintf("cron(0 %d ? * SUN *)", (c.Hour+halfADay)%24)),
		StartWindowHours:   tf.Number(testStartHours),
		RecoveryPointSelection: []*backuprestoretestingplan.BackupRestoreTestingPlanRecoveryPointSelection{{
			Algorithm:           tf.String("LATEST_WITHIN_WINDOW"),
			IncludeVaults:       tf.Tokens(c.VaultARN),
			RecoveryPointTypes:  tf.Strings("SNAPSHOT"),
			SelectionWindowDays: tf.Number(testDays),
		}},
		Tags: tf.Tags(c.Name),
	}))
	for _, name := range tf.Keys(c.Databases) {
		database, part := c.Databases[name], tf.Name(id, name)
		tf.Named(part, backuprestoretestingselection.NewBackupRestoreTestingSelection(scope, tf.ID("aws_backup_restore_testing_selection", part), &backuprestoretestingselection.BackupRestoreTestingSelectionConfig{
			Name:                     tf.String(alphanumeric(name)),
			RestoreTestingPlanName:   plan.Name(),
			ProtectedResourceType:    tf.String("RDS"),
			ProtectedResourceArns:    tf.Strings(database.ARN),
			IamRoleArn:               role.ARN,
			RestoreMetadataOverrides: tf.Map(map[string]string{"dbSubnetGroupName": database.SubnetGroup}),
			ValidationWindowHours:    tf.Number(testHours),
			DependsOn:                tf.DependsOn(role.attached...),
		}))
	}
}
