// Package backupplan makes the plan by which AWS Backup backs up an account's data once a
// day: what has a tag, into a vault of the account, with copies elsewhere.
//
// With it come the role that does the work, the account's choice of the services that are
// backed up, alarms for what fails and for a day without a backup, and a weekly restore of
// databases, which shows that a backup is one.
//
// It makes no vaults, and no continuous backups: those of RDS are RDS's own.
//
//   - https://docs.aws.amazon.com/aws-backup/latest/devguide/about-backup-plans.html
//   - https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html
package backupplan

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/backupplan"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/backupregionsettings"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/backupselection"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/alarm"
	"hubspoke/internal/arn"
	"hubspoke/internal/tf"
)

// Config describes a plan.
type Config struct {
	// Name is what the plan and its parts are called.
	Name string
	// Account is the account that is backed up.
	Account arn.Account
	// Role is the name of the role that AWS Backup works with.
	Role string
	// Tag is the tag of what is backed up, with the value `true`.
	Tag string
	// Vault is the name of the vault that backups go to, and VaultARN its ARN.
	Vault, VaultARN *string
	// Copies are the ARNs of the vaults that get a copy of each backup, by what they are: `account`. Default: none.
	Copies map[string]*string
	// KeepDays and CopyDays are how long backups and copies live.
	KeepDays, CopyDays int
	// Hour is the hour of the day, in UTC, from which on backups begin, within StartMinutes.
	Hour, StartMinutes int
	// Databases are the RDS instances that are restored once a week, by name. Default: nothing is.
	Databases map[string]Database
	// Always says that there is something to back up, so that a day without a backup is wrong. Default: there may be nothing.
	Always bool
	// Topics are the ARNs of the SNS topics that are told of what fails. Default: none.
	Topics []string
}

// Plan is what the construct made.
type Plan struct {
	// RoleARN is the role that AWS Backup works with.
	RoleARN *string
}

// services are those whose tagged resources are backed up. What is not named is as it was.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html
var services = []string{"Aurora", "DynamoDB", "EBS", "EC2", "EFS", "RDS", "S3"}

// New makes the plan `aws_backup_plan.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Plan, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("backup plan %q: %w", config.Name, err)
	}
	role, err := NewRole(scope, id, RoleConfig{Name: config.Role, Account: config.Account})
	if err != nil {
		return nil, err
	}
	config.settings(scope, id)
	plan := config.plan(scope, id)
	tf.Named(id, backupselection.NewBackupSelection(scope, tf.ID("aws_backup_selection", id), &backupselection.BackupSelectionConfig{
		Name:       tf.String(config.Name),
		PlanId:     plan.Id(),
		IamRoleArn: role.ARN,
		SelectionTag: []*backupselection.BackupSelectionSelectionTag{{
			Type: tf.String("STRINGEQUALS"), Key: tf.String(config.Tag), Value: tf.String("true"),
		}},
		DependsOn: tf.DependsOn(role.attached...),
	}))
	config.restoreTests(scope, id, role)
	if err := config.alarms(scope, id); err != nil {
		return nil, err
	}
	return &Plan{RoleARN: role.ARN}, nil
}

func (c Config) check() error {
	switch {
	case c.Name == "" || c.Role == "" || c.Tag == "" || !c.Account.Complete():
		return errors.New("want a name, a role, a tag and an account")
	case c.Vault == nil || c.VaultARN == nil:
		return errors.New("want a vault that backups go to")
	case c.KeepDays < 1 || len(c.Copies) > 0 && c.CopyDays < 1:
		return errors.New("want how many days backups and copies live")
	case c.Hour < 0 || c.Hour > 23 || c.StartMinutes < 60:
		// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_BackupRuleInput.html
		return errors.New("want an hour of the day, and 60 minutes or more to begin in")
	}
	return nil
}

// settings switch services on, without which AWS Backup passes over what has the tag. AWS
// adds services, and the provider reads all that there are: it would plan to take those away
// which are not here, so what is read is ignored, and the first apply alone says what is on.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html
func (c Config) settings(scope constructs.Construct, id string) {
	on := map[string]any{}
	for _, service := range services {
		on[service] = true
	}
	tf.Named(id, backupregionsettings.NewBackupRegionSettings(scope, tf.ID("aws_backup_region_settings", id), &backupregionsettings.BackupRegionSettingsConfig{
		ResourceTypeOptInPreference: &on,
		Lifecycle:                   &cdktf.TerraformResourceLifecycle{IgnoreChanges: tf.Strings("resource_type_opt_in_preference")},
	}))
}

// plan has one rule. Copies of RDS snapshots go to another region or to another account,
// and not to both at once, so each copy is of the backup itself and not of a copy.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/recov-point-create-a-copy.html
func (c Config) plan(scope constructs.Construct, id string) backupplan.BackupPlan {
	rule := &backupplan.BackupPlanRule{
		RuleName:        tf.String("daily"),
		TargetVaultName: c.Vault,
		Schedule:        tf.String(fmt.Sprintf("cron(0 %d * * ? *)", c.Hour)),
		StartWindow:     tf.Number(c.StartMinutes),
		Lifecycle:       &backupplan.BackupPlanRuleLifecycle{DeleteAfter: tf.Number(c.KeepDays)},
	}
	var copies []*backupplan.BackupPlanRuleCopyAction
	for _, key := range tf.Keys(c.Copies) {
		copies = append(copies, &backupplan.BackupPlanRuleCopyAction{
			DestinationVaultArn: c.Copies[key],
			Lifecycle:           &backupplan.BackupPlanRuleCopyActionLifecycle{DeleteAfter: tf.Number(c.CopyDays)},
		})
	}
	if len(copies) > 0 {
		rule.CopyAction = copies
	}
	return tf.Named(id, backupplan.NewBackupPlan(scope, tf.ID("aws_backup_plan", id), &backupplan.BackupPlanConfig{
		Name: tf.String(c.Name),
		Rule: []*backupplan.BackupPlanRule{rule},
		Tags: tf.Tags(c.Name),
	}))
}

const (
	// hourSeconds is the period of the alarms.
	hourSeconds = 3600
	// silentHours is how long there may be no backup: a day, and the time in which one may begin and has to be done.
	silentHours = 36
)

// failures are the jobs that nobody may miss, by the last part of the alarm's name. AWS
// counts them by the name of a vault, of which a copy has two: so all vaults have one name. By
// what it counts restores its documentation does not say for certain: those are found by a query,
// whatever their dimensions are. A backup that could not be deleted when its time was over is one
// that costs, and a policy that says more than it should.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/cloudwatch.html
var failures = map[string]struct{ metric, what string }{
	"backup-failed":  {"NumberOfBackupJobsFailed", "A backup has failed"},
	"backup-expired": {"NumberOfBackupJobsExpired", "A backup has not begun in its time"},
	"copy-failed":    {"NumberOfCopyJobsFailed", "A copy of a backup has failed"},
	"not-deleted":    {"NumberOfRecoveryPointsExpired", "A backup could not be deleted after its time"},
}

// restoreFailed is how many restores have failed, by whichever dimensions AWS counts them.
const restoreFailed = `SELECT SUM(NumberOfRestoreJobsFailed) FROM "AWS/Backup"`

func (c Config) alarms(scope constructs.Construct, id string) error {
	vault := map[string]*string{"BackupVaultName": c.Vault}
	for _, key := range tf.Keys(failures) {
		f := failures[key]
		if _, err := alarm.New(scope, tf.Name(id, key), alarm.Config{
			Name: c.Name + "-" + key, Description: f.what + " (" + c.Name + "): AWS Backup lists it under Jobs, with the reason",
			Namespace: "AWS/Backup", Metric: f.metric, Dimensions: vault,
			Statistic: "Sum", Comparison: alarm.Above, Periods: 1, PeriodSeconds: hourSeconds, Topics: c.Topics,
		}); err != nil {
			return err
		}
	}
	if _, err := alarm.New(scope, tf.Name(id, "restore-failed"), alarm.Config{
		Name: c.Name + "-restore-failed", Description: "A backup could not be restored (" + c.Name + "): AWS Backup lists it under Jobs, with the reason",
		Query: restoreFailed, Comparison: alarm.Above, Periods: 1, PeriodSeconds: hourSeconds, Topics: c.Topics,
	}); err != nil {
		return err
	}
	if !c.Always {
		return nil
	}
	_, err := alarm.New(scope, tf.Name(id, "backup-missing"), alarm.Config{
		Name: c.Name + "-backup-missing", Description: fmt.Sprintf("No backup for %d hours (%s)", silentHours, c.Name),
		Namespace: "AWS/Backup", Metric: "NumberOfBackupJobsCompleted", Dimensions: vault,
		Statistic: "Sum", Comparison: alarm.Below, Threshold: 1, Periods: silentHours, PeriodSeconds: hourSeconds,
		SilenceIsBad: true, Topics: c.Topics,
	})
	return err
}

// alphanumeric is a name for those few things whose names take no hyphens.
func alphanumeric(name string) string { return strings.ReplaceAll(name, "-", "_") }
