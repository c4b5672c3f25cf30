package database

import (
	"fmt"
	"strings"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicyattachment"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/alarm"
	"hubspoke/constructs/backupvault"
	"hubspoke/constructs/key"
	"hubspoke/constructs/loggroup"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// logTypes are what RDS for PostgreSQL publishes:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Concepts.PostgreSQL.html
var logTypes = []string{"postgresql", "upgrade"}

const (
	// monitoringSeconds is how often RDS measures the operating system.
	monitoringSeconds = 60
	// insightsDays is how long Performance Insights keeps what it sees, at no charge.
	insightsDays = 7
)

// Alarms says when CloudWatch raises an alarm about an instance.
type Alarms struct {
	// Topics are the ARNs of the SNS topics that are told, of the alarm and of its end.
	Topics []string
	// CPUPercent, Connections and FreeStorageGiB are the limits.
	CPUPercent, Connections, FreeStorageGiB int
}

// instances are the names of all instances, sorted.
func (c Config) instances() []string {
	names := []string{c.Name}
	for _, replica := range tf.Keys(c.Replicas) {
		names = append(names, c.Name+"-"+replica)
	}
	return names
}

// logGroup is where RDS writes an instance's logs. RDS chooses the name.
func logGroup(instance, kind string) string { return "/aws/rds/instance/" + instance + "/" + kind }

// newKey makes the database's key. RDS and Secrets Manager use it by grants and by
// permissions of who calls them; CloudWatch Logs must be admitted.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Encryption.Keys.html
func (d *database) newKey() (*key.Key, error) {
	var groups []string
	for _, instance := range d.instances() {
		for _, kind := range logTypes {
			groups = append(groups, logGroup(instance, kind))
		}
	}
	statements := []policy.Statement{loggroup.KeyStatement("DatabaseLogs", d.Account, groups...)}
	if d.CopiesIn.Number != "" {
		statements = append(statements, backupvault.ShareKey(d.CopiesIn)...)
	}
	return key.New(d.scope, d.id, key.Config{
		Alias:       d.KeyAlias,
		Description: "Database " + d.Name + ": storage, backups, password, logs and Performance Insights",
		Account:     d.Account,
		Statements:  statements,
	})
}

func (d *database) logGroups() ([]cdktf.ITerraformDependable, error) {
	var groups []cdktf.ITerraformDependable
	for _, instance := range d.instances() {
		for _, kind := range logTypes {
			id := tf.Name(d.id, strings.TrimPrefix(instance[len(d.Name):], "-"), kind)
			group, err := loggroup.New(d.scope, id, loggroup.Config{
				Name: logGroup(instance, kind), RetentionDays: d.RetentionDays, KeyARN: d.key.ARN,
			})
			if err != nil {
				return nil, err
			}
			groups = append(groups, group.Resource)
		}
	}
	return groups, nil
}

// monitoringRole is what RDS writes with into the log group RDSOSMetrics, which all
// databases of the account share.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html
func (d *database) monitoringRole() *string {
	var instances []string
	for _, name := range d.instances() {
		instances = append(instances, d.Account.ARN("rds", "db:"+name))
	}
	id := tf.Name(d.id, "monitoring")
	role := tf.Named(id, iamrole.NewIamRole(d.scope, tf.ID("aws_iam_role", id), &iamrole.IamRoleConfig{
		Name:        tf.String(d.MonitoringRole),
		Description: tf.String("Enhanced monitoring of the database " + d.Name),
		AssumeRolePolicy: policy.Document(policy.Statement{
			Sid:       "AssumedByMonitoring",
			Principal: policy.Service("monitoring.rds.amazonaws.com"),
			Action:    []string{"sts:AssumeRole"},
			Condition: policy.Condition{
				"ArnEquals":    {"aws:SourceArn": instances},
				"StringEquals": {"aws:SourceAccount": {d.Account.Number}},
			},
		}),
		Tags: tf.Tags(d.MonitoringRole),
	}))
	attached := tf.Named(id, iamrolepolicyattachment.NewIamRolePolicyAttachment(d.scope, tf.ID("aws_iam_role_policy_attachment", id), &iamrolepolicyattachment.IamRolePolicyAttachmentConfig{
		Role:      role.Name(),
		PolicyArn: tf.String(d.Account.ManagedPolicy("service-role/AmazonRDSEnhancedMonitoringRole")),
	}))
	// RDS refuses a role that cannot write yet.
	d.logs = append(d.logs, attached)
	return role.Arn()
}

// metric is one that raises an alarm.
type metric struct {
	id, name, description string
	comparison            alarm.Comparison
	threshold             int
}

// alarms watch one instance. One that reports nothing does not answer either.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html
func (d *database) alarms(id, name string, instance *string, limits Alarms) error {
	for _, m := range []metric{
		{"connections", "DatabaseConnections", fmt.Sprintf("More than %d connections", limits.Connections), alarm.Above, limits.Connections},
		{"cpu", "CPUUtilization", fmt.Sprintf("Processors busy for more than %d %%", limits.CPUPercent), alarm.Above, limits.CPUPercent},
		{"storage", "FreeStorageSpace", fmt.Sprintf("Less than %d GiB free: RDS has not enlarged the volume, or must not", limits.FreeStorageGiB), alarm.Below, limits.FreeStorageGiB << 30},
	} {
		if _, err := alarm.New(d.scope, tf.Name(id, m.id), alarm.Config{
			Name:         name + "-" + m.id,
			Description:  m.description + " (" + name + ")",
			Namespace:    "AWS/RDS",
			Metric:       m.name,
			Dimensions:   map[string]*string{"DBInstanceIdentifier": instance},
			Statistic:    "Average",
			Comparison:   m.comparison,
			Threshold:    m.threshold,
			Periods:      3,
			SilenceIsBad: true,
			Topics:       limits.Topics,
		}); err != nil {
			return err
		}
	}
	return nil
}
