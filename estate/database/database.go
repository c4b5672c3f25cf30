// Package database is the section `database` of a spoke's file: an RDS for PostgreSQL
// instance with its read replicas.
package database

import (
	"cmp"
	"strconv"
)

// PostgreSQL is a spoke's RDS for PostgreSQL instance, with its read replicas. It is
// called `<project>-<spoke>`, and admits the nodes of the spoke's cluster alone.
type PostgreSQL struct {
	// Version is the PostgreSQL version: a major one, `17` (default), whose minor versions RDS chooses and upgrades to in the maintenance window, or a minor one, `17.7`, which stays until the file says otherwise. A database that exists is upgraded by a minor one, which RDS must offer as a target.
	Version string `yaml:"version" format:"postgresql-version" default:"'17'"`
	// InstanceClass is the size of the instance. Default: `db.m7g.large`.
	InstanceClass string `yaml:"instance_class" format:"instance-class" default:"db.m7g.large"`
	// MultiAZ keeps a standby in another zone, to which RDS fails over by itself. Default: false.
	MultiAZ bool `yaml:"multi_az" default:"false"`
	// ReadReplicas are further instances that answer queries, by name; the instance is called `<project>-<spoke>-<name>`. RDS manages no password for an instance that has replicas: see `password_version`.
	ReadReplicas map[string]ReadReplica `yaml:"read_replicas" jsonschema:"maxProperties=15" keys:"label" why:"a quota of RDS" example:"{reports: {instance_class: db.t4g.medium}}"`
	// PasswordVersion is raised to give the master user another password, where there are read replicas. Without them RDS manages the password, and changes it every week. Default: 1.
	PasswordVersion int `yaml:"password_version" default:"1"`
	// Name is the name of a database that RDS makes, beside `postgres`. It cannot be changed. Default: none.
	Name string `yaml:"name" format:"database-name" example:"shop"`
	// Username is the name of the master user. It cannot be changed. Default: `postgres`.
	Username string `yaml:"username" format:"database-user" default:"postgres"`
	// StorageGiB is the size of the gp3 volume at first, 20 to 65536. Default: 100.
	StorageGiB int `yaml:"storage_gib" jsonschema:"minimum=20,maximum=65536" default:"100" why:"gp3 volumes of RDS have these sizes, in GiB"`
	// MaxStorageGiB is the size up to which RDS enlarges the volume by itself when less than a tenth is free. The same as `storage_gib` keeps it from growing. Default: five times `storage_gib`.
	MaxStorageGiB int `yaml:"max_storage_gib" jsonschema:"maximum=65536" why:"no gp3 volume of RDS has more GiB"`
	// BackupRetentionDays is how far back the database can be restored to any second, 1 to 35. Default: 14.
	BackupRetentionDays int `yaml:"backup_retention_days" jsonschema:"maximum=35" default:"14" why:"RDS keeps backups for so many days"`
	// BackupWindow is when the daily backup begins, in UTC, half an hour or longer. Default: `18:00-19:00`.
	BackupWindow string `yaml:"backup_window" format:"backup-window" default:"18:00-19:00"`
	// MaintenanceWindow is when RDS upgrades the instance and makes changes that interrupt it, in UTC, half an hour or longer and not during the backup. Default: `sun:19:30-sun:20:30`.
	MaintenanceWindow string `yaml:"maintenance_window" format:"maintenance-window" default:"sun:19:30-sun:20:30"`
	// Parameters are parameters of PostgreSQL beside those that force TLS, by name. Static ones wait for the next reboot.
	Parameters map[string]string `yaml:"parameters" keys:"postgresql-parameter" example:"{work_mem: '65536'}"`
	// Alarms says when CloudWatch raises an alarm about the instance or a replica, and whom it tells.
	Alarms Alarms `yaml:"alarms"`
}

// ReadReplica is a copy of a database in the same region that answers queries.
type ReadReplica struct {
	// InstanceClass is the size of the replica. Default: that of the database.
	InstanceClass string `yaml:"instance_class" format:"instance-class"`
}

// Alarms says when CloudWatch raises an alarm about a database.
type Alarms struct {
	// Topics are the ARNs of the SNS topics that are told. Default: those of `alarms` in estate.yaml; without any, the alarms are seen in CloudWatch alone.
	Topics []string `yaml:"topics" jsonschema:"uniqueItems=true" format:"topic-arn"`
	// CPUPercent is the use of the processors, for a quarter of an hour, that raises the alarm. Default: 80.
	CPUPercent int `yaml:"cpu_percent" jsonschema:"maximum=100" default:"80" why:"it is a percentage"`
	// Connections is the number of connections that raises the alarm. Default: about four fifths of what PostgreSQL takes: of `max_connections`, or of what RDS chooses for the memory of the instance.
	Connections int `yaml:"connections"`
	// FreeStorageGiB is the free space that raises the alarm: RDS has not enlarged the volume then, or must not. Default: a twentieth of `storage_gib`, 1 or more.
	FreeStorageGiB int `yaml:"free_storage_gib"`
}

// postgreSQLVersions are the major versions that RDS supports for a year and more
// without asking extra:
// https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
var postgreSQLVersions = []string{"15", "16", "17", "18"}

// ApplyDefaults gives the database those defaults that follow from what it states.
// [yamldoc.ApplyDefaults] has given it the others.
func (d *PostgreSQL) ApplyDefaults() {
	for name, r := range d.ReadReplicas {
		r.InstanceClass = cmp.Or(r.InstanceClass, d.InstanceClass)
		d.ReadReplicas[name] = r
	}
	d.MaxStorageGiB = cmp.Or(d.MaxStorageGiB, defaultMaxStorage(d.StorageGiB))
	d.Alarms.FreeStorageGiB = cmp.Or(d.Alarms.FreeStorageGiB, max(1, d.StorageGiB/20))
}

// maxStorageGiB is the largest gp3 volume of RDS for PostgreSQL:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
const maxStorageGiB = 65536

// leastGrowth is the smallest limit that RDS takes for a volume that it may enlarge:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
func leastGrowth(size int) int { return (size*11 + 9) / 10 }

// defaultMaxStorage lets a volume grow to five times its size, as far as volumes go.
func defaultMaxStorage(size int) int {
	if size > maxStorageGiB || leastGrowth(size) > maxStorageGiB {
		return size
	}
	return min(5*size, maxStorageGiB)
}

// maxMaxConnections is the most that RDS takes as `max_connections`.
const maxMaxConnections = 262143

// ConnectionsAlarm is the number of connections from which on an instance of that
// class raises an alarm; 0 if the class is none.
//
// RDS takes `max_connections` from the memory that it leaves to PostgreSQL, which is
// about a tenth less than the class has. So seven tenths of what the whole memory
// would give are nearly four fifths of what there is.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html#RDS_Limits.MaxConnections
func (d *PostgreSQL) ConnectionsAlarm(class string) int {
	if d.Alarms.Connections > 0 {
		return d.Alarms.Connections
	}
	if stated, err := strconv.Atoi(d.Parameters["max_connections"]); err == nil && stated > 0 {
		return min(stated, maxMaxConnections) * 4 / 5
	}
	const bytesPerConnection, most = 9531392, 5000
	return min(classMemoryGiB(class)<<30/bytesPerConnection, most) * 7 / 10
}

// classMemoryGiB is the memory of an instance class, which follows from its name; 0
// if it has not the form of one.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
func classMemoryGiB(class string) int {
	m := databaseClass.Find(class)
	if m == nil {
		return 0
	}
	series, size := m[1]+m[3], m[2]+m[4]
	// For each size what a class of the series m has, and how much more the others have.
	memory := map[string]int{"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16}[size]
	if n, err := strconv.Atoi(m[5]); err == nil {
		memory = 16 * n
	}
	return memory * map[string]int{"t": 1, "m": 1, "r": 2, "x": 4}[series]
}
