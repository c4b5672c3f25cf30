// Package database makes an RDS for PostgreSQL instance in the database subnets of a
// VPC: with a standby in another zone and read replicas if asked, its own key, TLS
// forced by its parameter group, IAM authentication, logs, monitoring and alarms.
//
// Its security group admits PostgreSQL from one other group and sends nothing. The
// instance is hard to lose: it has deletion protection and takes a final snapshot.
//
// The password of the master user is in Secrets Manager, and in no state or plan. RDS
// manages it, unless there are read replicas, which RDS does not take together with
// that; then it is set here, and stays until its version is raised.
//
// It makes no databases, users or tables, neither a proxy nor copies in other regions.
//
//   - https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_PostgreSQL.html
//   - https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html#rds-secrets-manager-limitations
package database

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dbinstance"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dbparametergroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dbsubnetgroup"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/key"
	"hubspoke/constructs/securitygroup"
	"hubspoke/internal/arn"
	"hubspoke/internal/tf"
)

// Port is where PostgreSQL listens.
const Port = 5432

// minZones is how many RDS wants in a subnet group:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
const minZones = 2

// Config describes a database.
type Config struct {
	// Name is the instance's name, which its parts' names begin with.
	Name string
	// Account is the database's own.
	Account arn.Account
	// VPCID is the VPC of the subnets.
	VPCID *string
	// Subnets are subnets in two zones or more, by zone id.
	Subnets map[string]*string
	// ClientGroup is the security group that is admitted.
	ClientGroup *securitygroup.Group
	// Version is the PostgreSQL version: a major one, `17`, whose minor versions RDS chooses and upgrades to by itself, or a minor one, `17.7`, which stays until this does. An upgrade to another major version takes a minor one, which RDS offers as a target.
	Version string
	// Class is the instance class, `db.m7g.large`.
	Class string
	// MultiAZ keeps a standby in another zone.
	MultiAZ bool
	// Replicas are read replicas by name.
	Replicas map[string]Replica
	// PasswordVersion is the version of the password that is set here, if there are replicas.
	PasswordVersion int
	// DatabaseName is a database to make beside `postgres`. Default: none.
	DatabaseName string
	// Username is the name of the master user.
	Username string
	// StorageGiB and MaxStorageGiB are the size of the volume at first and at most; it does not grow if they are the same.
	StorageGiB, MaxStorageGiB int
	// BackupRetentionDays is how far back one can restore.
	BackupRetentionDays int
	// BackupWindow and MaintenanceWindow are in UTC, `18:00-19:00` and `sun:19:30-sun:20:30`.
	BackupWindow, MaintenanceWindow string
	// Parameters are parameters of PostgreSQL beside those that force TLS.
	Parameters map[string]string
	// KeyAlias is the alias of the key that encrypts storage, backups, password, logs and Performance Insights.
	KeyAlias string
	// MonitoringRole is the name of the role with which RDS reports what it measures in the operating system.
	MonitoringRole string
	// RetentionDays is how long the logs are kept.
	RetentionDays int
	// Alarms says when an alarm is raised.
	Alarms Alarms
	// BackupTag is a tag of the instance, with the value `true`, by which backups find it, its replicas excepted. Default: none.
	BackupTag string
	// CopiesIn is another account, which copies snapshots of the instance and so uses its key. Default: none.
	CopiesIn arn.Account
}

// Replica describes a read replica.
type Replica struct {
	// Class is the instance class.
	Class string
	// ConnectionsAlarm is the number of connections that raises the alarm.
	ConnectionsAlarm int
}

// Database is what the construct made.
type Database struct {
	// Address is the DNS name of the instance.
	Address *string
	// ReplicaAddresses are the DNS names of the read replicas, by name.
	ReplicaAddresses map[string]*string
	// ResourceID is the part of the ARN of a database user that names the instance, `db-…`.
	ResourceID *string
	// SecretARN is the secret with the master user's name and password.
	SecretARN *string
	// Group is the security group.
	Group *securitygroup.Group
}

// database is a database in the making.
type database struct {
	Config
	scope      constructs.Construct
	id         string
	key        *key.Key
	parameters *string
	monitoring *string
	// logs are the log groups, which RDS would otherwise make without key and retention.
	logs []cdktf.ITerraformDependable
}

// New makes the instance `aws_db_instance.<id>` and the replicas
// `aws_db_instance.<id>_<replica>`.
func New(scope constructs.Construct, id string, config Config) (*Database, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("database %s: %w", config.Name, err)
	}
	d := &database{Config: config, scope: scope, id: id}
	var err error
	if d.key, err = d.newKey(); err != nil {
		return nil, err
	}
	group, err := d.group()
	if err != nil {
		return nil, err
	}
	if d.logs, err = d.logGroups(); err != nil {
		return nil, err
	}
	d.parameters, d.monitoring = d.parameterGroup(), d.monitoringRole()
	primary := d.primary(group)
	made := &Database{
		Address: primary.Address(), ResourceID: primary.ResourceId(), SecretARN: d.secret(primary),
		Group: group, ReplicaAddresses: map[string]*string{},
	}
	if err := d.alarms(d.id, d.Name, primary.Identifier(), d.Alarms); err != nil {
		return nil, err
	}
	for _, name := range tf.Keys(config.Replicas) {
		replica, err := d.replica(name, primary, group)
		if err != nil {
			return nil, err
		}
		made.ReplicaAddresses[name] = replica.Address()
	}
	return made, nil
}

func (c Config) check() error {
	if len(c.Subnets) < minZones {
		return fmt.Errorf("subnets in %d zones, and RDS wants %d in a subnet group, so that the instance can move", len(c.Subnets), minZones)
	}
	if c.ClientGroup == nil {
		return errors.New("want the security group of its clients")
	}
	if c.Name == "" || c.Username == "" || c.Version == "" || !c.Account.Complete() {
		return errors.New("want a name, a master user, a version and an account")
	}
	return nil
}

// group admits the clients. It sends nothing: answers need no rule.
func (d *database) group() (*securitygroup.Group, error) {
	return securitygroup.New(d.scope, d.id, securitygroup.Config{
		Name:        d.Name + "-database",
		Description: "RDS database instances",
		VPCID:       d.VPCID,
		Ingress: []securitygroup.Rule{{
			Name: "from_nodes", Description: "PostgreSQL from application pods", Group: d.ClientGroup, Protocol: "tcp", Port: Port,
		}},
	})
}

// pinned says that the version is a minor one. RDS must then upgrade nothing by itself:
// the next apply would ask for the older version, and RDS goes back to none.
func (c Config) pinned() bool { return strings.Contains(c.Version, ".") }

// family is the parameter group family of the major version, `postgres17`.
func (c Config) family() string {
	major, _, _ := strings.Cut(c.Version, ".")
	return "postgres" + major
}

// parameterGroup forces TLS. A major version has a group of its own, under a name of
// its own, since the instance has the old one until it is upgraded, in its maintenance
// window. RDS deletes no group that an instance has, so Terraform only forgets it: the
// group costs nothing.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html
func (d *database) parameterGroup() *string {
	parameters := []*dbparametergroup.DbParameterGroupParameter{
		{Name: tf.String("rds.force_ssl"), Value: tf.String("1")},
		{Name: tf.String("ssl_min_protocol_version"), Value: tf.String("TLSv1.2")},
	}
	for _, name := range tf.Keys(d.Parameters) {
		value := d.Parameters[name]
		parameters = append(parameters, &dbparametergroup.DbParameterGroupParameter{
			Name: &name, Value: &value,
			// RDS refuses any other way for static parameters.
			ApplyMethod: tf.String("pending-reboot"),
		})
	}
	name := d.Name + "-" + d.family()
	return tf.Named(d.id, dbparametergroup.NewDbParameterGroup(d.scope, tf.ID("aws_db_parameter_group", d.id), &dbparametergroup.DbParameterGroupConfig{
		Name:        tf.String(name),
		Family:      tf.String(d.family()),
		Description: tf.String("Parameters of " + d.Name),
		Parameter:   parameters,
		SkipDestroy: tf.Bool(true),
		Tags:        tf.Tags(name),
		Lifecycle:   tf.ReplacedFirst(),
	})).Name()
}

func (d *database) subnetGroup() *string {
	var ids []*string
	for _, zone := range tf.Keys(d.Subnets) {
		ids = append(ids, d.Subnets[zone])
	}
	return tf.Named(d.id, dbsubnetgroup.NewDbSubnetGroup(d.scope, tf.ID("aws_db_subnet_group", d.id), &dbsubnetgroup.DbSubnetGroupConfig{
		Name:        tf.String(d.Name),
		Description: tf.String("Database subnets of " + d.Name),
		SubnetIds:   tf.Tokens(ids...),
		Tags:        tf.Tags(d.Name),
	})).Name()
}

// instance is what the primary and the replicas have in common.
func (d *database) instance(name, class string, group *securitygroup.Group) *dbinstance.DbInstanceConfig {
	return &dbinstance.DbInstanceConfig{
		Identifier:                         tf.String(name),
		InstanceClass:                      tf.String(class),
		StorageType:                        tf.String("gp3"),
		MaxAllocatedStorage:                d.growth(),
		StorageEncrypted:                   true,
		VpcSecurityGroupIds:                tf.Tokens(group.ID),
		PubliclyAccessible:                 false,
		ParameterGroupName:                 d.parameters,
		IamDatabaseAuthenticationEnabled:   true,
		AutoMinorVersionUpgrade:            !d.pinned(),
		MaintenanceWindow:                  tf.String(d.MaintenanceWindow),
		CopyTagsToSnapshot:                 true,
		EnabledCloudwatchLogsExports:       tf.Strings(logTypes...),
		MonitoringInterval:                 tf.Number(monitoringSeconds),
		MonitoringRoleArn:                  d.monitoring,
		PerformanceInsightsEnabled:         true,
		PerformanceInsightsRetentionPeriod: tf.Number(insightsDays),
		PerformanceInsightsKmsKeyId:        d.key.ARN,
		Tags:                               tf.Tags(name),
		DependsOn:                          tf.DependsOn(d.logs...),
	}
}

// followsRDS keeps an instance whose version is a major one from being told any version
// after it was made: as a target, RDS takes the major version for its default minor one,
// which may be older than what the instance has, or no target for it. So an instance that
// has another major version is to be upgraded to an exact one first, and a plan says so.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_UpgradeDBInstance.PostgreSQL.html
func (d *database) followsRDS() *cdktf.TerraformResourceLifecycle {
	lifecycle := tf.HardToLose()
	lifecycle.IgnoreChanges = tf.Strings("engine_version")
	lifecycle.Postcondition = &[]*cdktf.Postcondition{{
		Condition: tf.String(fmt.Sprintf(`${startswith(self.engine_version_actual, "%s.")}`, d.Version)),
		ErrorMessage: tf.String(fmt.Sprintf("%s is not PostgreSQL %s. If it waits for its maintenance window, deploy after that. "+
			"Otherwise name the exact version to upgrade to, such as %[2]s.4: aws rds describe-db-engine-versions says which ones RDS takes (docs/operations.md, A new major version of PostgreSQL).", d.Name, d.Version)),
	}}
	return lifecycle
}

// growth is how far RDS enlarges the volumes; nothing, if it must not.
func (d *database) growth() *float64 {
	if d.MaxStorageGiB <= d.StorageGiB {
		return nil
	}
	return tf.Number(d.MaxStorageGiB)
}

// primary makes the instance that takes writes. Changes that interrupt it wait for
// the maintenance window.
func (d *database) primary(group *securitygroup.Group) dbinstance.DbInstance {
	config := d.instance(d.Name, d.Class, group)
	config.Engine = tf.String("postgres")
	config.EngineVersion = tf.String(d.Version)
	// Which major version it is, the estate says, and somebody reviews.
	config.AllowMajorVersionUpgrade = true
	config.Lifecycle = tf.HardToLose()
	if !d.pinned() {
		config.Lifecycle = d.followsRDS()
	}
	config.DbName = tf.String(d.DatabaseName)
	config.Port = tf.Number(Port)
	if d.BackupTag != "" {
		config.Tags = tf.Tags(d.Name, map[string]string{d.BackupTag: "true"})
	}
	config.MultiAz = d.MultiAZ
	config.AllocatedStorage = tf.Number(d.StorageGiB)
	config.KmsKeyId = d.key.ARN
	config.DbSubnetGroupName = d.subnetGroup()
	config.Username = tf.String(d.Username)
	d.setPassword(config)
	config.BackupRetentionPeriod = tf.Number(d.BackupRetentionDays)
	config.BackupWindow = tf.String(d.BackupWindow)
	// What is left when somebody deletes the instance all the same.
	config.DeletionProtection = true
	config.DeleteAutomatedBackups = false
	config.SkipFinalSnapshot = false
	config.FinalSnapshotIdentifier = tf.String(d.Name + "-final")
	return tf.Named(d.id, dbinstance.NewDbInstance(d.scope, tf.ID("aws_db_instance", d.id), config))
}

// replica makes a read replica. Key, subnets, users and major version are the
// primary's; it can be made anew, so nothing that keeps an instance from being lost is for it.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PostgreSQL.Replication.ReadReplicas.html
func (d *database) replica(name string, primary dbinstance.DbInstance, group *securitygroup.Group) (dbinstance.DbInstance, error) {
	replica := d.Replicas[name]
	config := d.instance(d.Name+"-"+name, replica.Class, group)
	config.ReplicateSourceDb = primary.Identifier()
	config.SkipFinalSnapshot = true
	id := tf.Name(d.id, name)
	instance := tf.Named(id, dbinstance.NewDbInstance(d.scope, tf.ID("aws_db_instance", id), config))
	alarms := d.Alarms
	alarms.Connections = replica.ConnectionsAlarm
	return instance, d.alarms(id, d.Name+"-"+name, instance.Identifier(), alarms)
}
