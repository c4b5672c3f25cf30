package estate

import (
	"regexp"
	"strconv"
)

// PostgreSQL is a spoke's RDS for PostgreSQL instance, with its read replicas. It is
// called `<project>-<spoke>`, and admits the nodes of the spoke's cluster alone.
type PostgreSQL struct {
	// Version is the PostgreSQL version: a major one, `17` (default), whose minor versions RDS chooses and upgrades to in the maintenance window, or a minor one, `17.7`, to begin with.
	Version string `yaml:"version"`
	// InstanceClass is the size of the instance. Default: `db.m7g.large`.
	InstanceClass string `yaml:"instance_class"`
	// MultiAZ keeps a standby in another zone, to which RDS fails over by itself. Default: false.
	MultiAZ bool `yaml:"multi_az"`
	// ReadReplicas are further instances that answer queries, by name; the instance is called `<project>-<spoke>-<name>`. RDS manages no password for an instance that has replicas: see `password_version`.
	ReadReplicas map[string]ReadReplica `yaml:"read_replicas"`
	// PasswordVersion is raised to give the master user another password, where there are read replicas. Without them RDS manages the password, and changes it every week. Default: 1.
	PasswordVersion int `yaml:"password_version"`
	// Name is the name of a database that RDS makes, beside `postgres`. It cannot be changed. Default: none.
	Name string `yaml:"name"`
	// Username is the name of the master user. It cannot be changed. Default: `postgres`.
	Username string `yaml:"username"`
	// StorageGiB is the size of the gp3 volume at first, 20 to 65536. Default: 100.
	StorageGiB int `yaml:"storage_gib" jsonschema:"minimum=20,maximum=65536"`
	// MaxStorageGiB is the size up to which RDS enlarges the volume by itself when less than a tenth is free. The same as `storage_gib` keeps it from growing. Default: five times `storage_gib`.
	MaxStorageGiB int `yaml:"max_storage_gib" jsonschema:"maximum=65536"`
	// BackupRetentionDays is how far back the database can be restored to any second, 1 to 35. Default: 14.
	BackupRetentionDays int `yaml:"backup_retention_days" jsonschema:"minimum=1,maximum=35"`
	// BackupWindow is when the daily backup begins, in UTC, half an hour or longer. Default: `18:00-19:00`.
	BackupWindow string `yaml:"backup_window"`
	// MaintenanceWindow is when RDS upgrades the instance and makes changes that interrupt it, in UTC, half an hour or longer and not during the backup. Default: `sun:19:30-sun:20:30`.
	MaintenanceWindow string `yaml:"maintenance_window"`
	// Parameters are parameters of PostgreSQL beside those that force TLS, by name. Static ones wait for the next reboot.
	Parameters map[string]string `yaml:"parameters"`
	// Alarms says when CloudWatch raises an alarm about the instance or a replica, and whom it tells.
	Alarms PostgreSQLAlarms `yaml:"alarms"`
}

// ReadReplica is a copy of a database in the same region that answers queries.
type ReadReplica struct {
	// InstanceClass is the size of the replica. Default: that of the database.
	InstanceClass string `yaml:"instance_class"`
}

// PostgreSQLAlarms says when CloudWatch raises an alarm about a database.
type PostgreSQLAlarms struct {
	// Topics are the ARNs of the SNS topics that are told. Default: none, and the alarms are seen in CloudWatch alone.
	Topics []string `yaml:"topics"`
	// CPUPercent is the use of the processors, for a quarter of an hour, that raises the alarm. Default: 80.
	CPUPercent int `yaml:"cpu_percent" jsonschema:"minimum=1,maximum=100"`
	// Connections is the number of connections that raises the alarm. Default: about four fifths of what PostgreSQL takes: of `max_connections`, or of what RDS chooses for the memory of the instance.
	Connections int `yaml:"connections"`
	// FreeStorageGiB is the free space that raises the alarm: RDS has not enlarged the volume then, or must not. Default: a twentieth of `storage_gib`, 1 or more.
	FreeStorageGiB int `yaml:"free_storage_gib"`
}

// DefaultPostgreSQLVersion is the version of a database that names none.
const DefaultPostgreSQLVersion = "17"

// postgreSQLVersions are the major versions that RDS supports for a year and more
// without asking extra:
// https://docs.aws.amazon.com/AmazonRDS/latest/PostgreSQLReleaseNotes/postgresql-release-calendar.html
var postgreSQLVersions = []string{"15", "16", "17", "18"}

func (d *PostgreSQL) applyDefaults() {
	def(&d.Version, DefaultPostgreSQLVersion)
	def(&d.InstanceClass, "db.m7g.large")
	for name, r := range d.ReadReplicas {
		def(&r.InstanceClass, d.InstanceClass)
		d.ReadReplicas[name] = r
	}
	def(&d.PasswordVersion, 1)
	def(&d.Username, "postgres")
	def(&d.StorageGiB, 100)
	def(&d.MaxStorageGiB, defaultMaxStorage(d.StorageGiB))
	def(&d.BackupRetentionDays, 14)
	def(&d.BackupWindow, "18:00-19:00")
	def(&d.MaintenanceWindow, "sun:19:30-sun:20:30")
	def(&d.Alarms.CPUPercent, 80)
	def(&d.Alarms.FreeStorageGiB, max(1, d.StorageGiB/20))
}

// What a gp3 volume of RDS for PostgreSQL can be:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html#gp3-storage
const minStorageGiB, maxStorageGiB = 20, 65536

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

// databaseClass takes the name of an instance class apart: series and size.
// RDS for PostgreSQL offers further series in Multi-AZ DB clusters alone.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Support.html
var databaseClass = regexp.MustCompile(`^db\.([tmrx])[0-9][a-z]*\.(micro|small|medium|large|([0-9]*)xlarge)$`)

// classMemoryGiB is the memory of an instance class, which follows from its name; 0
// if it has not the form of one.
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Concepts.DBInstanceClass.Summary.html
func classMemoryGiB(class string) int {
	m := databaseClass.FindStringSubmatch(class)
	if m == nil || m[1] != "t" && (m[2] == "micro" || m[2] == "small") {
		return 0
	}
	// For each size what a class of the series m has, and how much more the others have.
	memory := map[string]int{"micro": 1, "small": 2, "medium": 4, "large": 8, "xlarge": 16}[m[2]]
	if n, err := strconv.Atoi(m[3]); err == nil {
		memory = 16 * n
	}
	return memory * map[string]int{"t": 1, "m": 1, "r": 2, "x": 4}[m[1]]
}

// DatabaseName is the name of a spoke's database instance.
func (e *Estate) DatabaseName(spoke string) string { return e.Prefix(spoke) }

// DatabaseKeyAlias is the alias of the key that encrypts a spoke's database.
func (e *Estate) DatabaseKeyAlias(spoke string) string {
	return "alias/" + e.Prefix(spoke) + "-database"
}

// databaseMonitoring is the last part of the name of a database's monitoring role.
const databaseMonitoring = "database-monitoring"

// DatabaseMonitoringRole is the name of the role with which RDS writes what it
// measures in the operating system of a spoke's database.
func (e *Estate) DatabaseMonitoringRole(spoke string) string {
	return e.WorkloadRole(spoke, databaseMonitoring)
}
