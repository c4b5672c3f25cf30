package estate

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"hubspoke/internal/subnet"
	"hubspoke/internal/yamldoc"
)

// validateDatabases checks every spoke's database, if it has one.
func (e *Estate) validateDatabases() {
	for _, s := range e.Spokes {
		if s.Database == nil {
			continue
		}
		d, db := e.spokes[s.Name], s.Database
		e.validateDatabasePlace(d, s)
		e.validateDatabaseNames(d, s)
		validatePostgreSQLVersion(d, db.Version)
		validateDatabaseClass(d, "database.instance_class", db.InstanceClass)
		e.validateReadReplicas(d, s)
		validateStorage(d, db)
		validateWindows(d, db)
		validateParameters(d, db)
		validateAlarms(d, db)
	}
}

// minDatabaseZones is how many zones a DB subnet group has:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
const minDatabaseZones = 2

// validateDatabasePlace checks that there are subnets for the database, and somebody
// who uses it.
func (e *Estate) validateDatabasePlace(d *yamldoc.Document, s *Spoke) {
	if s.Cluster == nil && !d.Incomplete("cluster") {
		d.Errorf("database", "it admits the nodes of the spoke's cluster and nothing else, and there is none: give the spoke a cluster")
	}
	if !s.Network.DatabaseSubnets && d.Has("network.database_subnets") {
		d.Errorf("network.database_subnets", "the database is in these subnets: leave the key out, or say true")
		return
	}
	if d.Incomplete("network") || e.settings.Incomplete("zones") || e.settings.Incomplete("region") {
		return
	}
	plan, err := e.AddressPlan(s.Name, s.Network)
	if err != nil {
		return // validateRange says why
	}
	if zones := len(Subnets(plan, subnet.Database)); zones < minDatabaseZones {
		remedy := fmt.Sprintf("set network.az_count to %d", minDatabaseZones)
		if s.Network.Explicit() {
			remedy = fmt.Sprintf("name ranges in %d zones under network.subnets.database", minDatabaseZones)
		}
		d.Errorf("database", "the network has database subnets in %d of its zones, and RDS wants %d or more, even for an instance without a standby, so that it can move to another zone: %s",
			zones, minDatabaseZones, remedy)
	}
}

// The names that RDS and PostgreSQL take:
//   - https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
//   - https://www.postgresql.org/docs/current/predefined-roles.html
var (
	instanceName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	sqlName      = regexp.MustCompile(`^[a-z][a-z0-9_]{0,62}$`)
)

// maxInstanceName leaves room for what RDS itself adds to the names of snapshots.
const maxInstanceName = 63

// reservedUsers are names that PostgreSQL or RDS keep for themselves.
var reservedUsers = regexp.MustCompile(`^(admin|master|public|user|pg_.*|rds.*)$`)

func (e *Estate) validateDatabaseNames(d *yamldoc.Document, s *Spoke) {
	validateInstanceName(d, "database", e.DatabaseName(s.Name))
	validateRoleName(d, "database", e.DatabaseMonitoringRole(s.Name))
	if name := s.Database.Name; name != "" && !sqlName.MatchString(name) {
		d.Errorf("database.name", "%q is not the name of a database: up to 63 lower-case letters, digits and underscores, beginning with a letter", name)
	}
	switch user := s.Database.Username; {
	case !sqlName.MatchString(user):
		d.Errorf("database.username", "%q is not the name of a user: up to 63 lower-case letters, digits and underscores, beginning with a letter", user)
	case reservedUsers.MatchString(user):
		d.Errorf("database.username", "%q is a name that PostgreSQL or RDS keeps for itself", user)
	}
}

func validateInstanceName(d *yamldoc.Document, at, name string) {
	switch {
	case !instanceName.MatchString(name):
		d.Errorf(at, "the instance would be called %s, and RDS takes no name with two hyphens in a row or one at the end", name)
	case len(name) > maxInstanceName:
		d.Errorf(at, "the instance would be called %s, which has %d characters: RDS takes %d", name, len(name), maxInstanceName)
	}
}

var postgreSQLVersion = regexp.MustCompile(`^([0-9]+)(\.[0-9]+)?$`)

func validatePostgreSQLVersion(d *yamldoc.Document, version string) {
	m := postgreSQLVersion.FindStringSubmatch(version)
	if m == nil || !slices.Contains(postgreSQLVersions, m[1]) {
		d.Errorf("database.version", "%q is not a PostgreSQL version that RDS is known to support for a year and more: those are %s, or a minor version of one such as %s.7",
			version, strings.Join(postgreSQLVersions, ", "), DefaultPostgreSQLVersion)
	}
}

func validateDatabaseClass(d *yamldoc.Document, at, class string) {
	if classMemoryGiB(class) == 0 {
		d.Errorf(at, "%q is not an instance class of RDS for PostgreSQL, such as db.t4g.medium, db.m7g.large or db.r7g.xlarge", class)
	}
}

// maxReadReplicas is an RDS quota:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Limits.html
const maxReadReplicas = 15

func (e *Estate) validateReadReplicas(d *yamldoc.Document, s *Spoke) {
	db, at := s.Database, "database.read_replicas"
	for _, name := range sortedKeys(db.ReadReplicas) {
		at := yamldoc.Child(at, name)
		if !label.MatchString(name) {
			d.Errorf(at, "%q is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter", name)
		} else {
			validateInstanceName(d, at, e.DatabaseName(s.Name)+"-"+name)
		}
		validateDatabaseClass(d, yamldoc.Child(at, "instance_class"), db.ReadReplicas[name].InstanceClass)
	}
	if n := len(db.ReadReplicas); n > maxReadReplicas {
		d.Errorf(at, "%d replicas: RDS takes %d", n, maxReadReplicas)
	}
	if len(db.ReadReplicas) == 0 && d.Has("database.password_version") && !d.Incomplete(at) {
		d.Errorf("database.password_version", "RDS manages the password of a database without read replicas, and changes it every week: leave the key out")
	}
}

// validateStorage checks the volume, how far it grows, and its backups:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
func validateStorage(d *yamldoc.Document, db *PostgreSQL) {
	if days := db.BackupRetentionDays; days > 35 {
		d.Errorf("database.backup_retention_days", "%d is not a number of days from 1 to 35", days)
	}
	size, most := "database.storage_gib", "database.max_storage_gib"
	if db.StorageGiB < minStorageGiB || db.StorageGiB > maxStorageGiB {
		d.Errorf(size, "%d GiB is not a gp3 volume of %d to %d GiB", db.StorageGiB, minStorageGiB, maxStorageGiB)
		return
	}
	switch least := leastGrowth(db.StorageGiB); {
	case d.Broken(size):
	case db.MaxStorageGiB > maxStorageGiB:
		d.Errorf(most, "%d GiB are more than the %d that a gp3 volume can have", db.MaxStorageGiB, maxStorageGiB)
	case db.MaxStorageGiB < least && db.MaxStorageGiB != db.StorageGiB:
		d.Errorf(most, "RDS enlarges a volume by a tenth or more: with %d GiB at first, let it have %d or more, or %d to keep it as it is", db.StorageGiB, least, db.StorageGiB)
	}
}

// What RDS takes as windows, in UTC:
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
var (
	timeOfDay         = `([01][0-9]|2[0-3]):([0-5][0-9])`
	weekday           = `(mon|tue|wed|thu|fri|sat|sun)`
	backupWindow      = regexp.MustCompile(`^` + timeOfDay + `-` + timeOfDay + `$`)
	maintenanceWindow = regexp.MustCompile(`^` + weekday + `:` + timeOfDay + `-` + weekday + `:` + timeOfDay + `$`)
)

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

const (
	minutesPerDay   = 24 * 60
	minutesPerWeek  = 7 * minutesPerDay
	minWindow       = 30
	maxMaintenance  = minutesPerDay
	windowInMinutes = "half an hour or longer, in UTC"
)

// window is a time of the week, or of every day, in minutes since it began.
type window struct{ start, length int }

func validateWindows(d *yamldoc.Document, db *PostgreSQL) {
	backup, daily := parseBackupWindow(db.BackupWindow)
	if !daily || backup.length < minWindow {
		d.Errorf("database.backup_window", "%q is not a time of day such as 18:00-19:00, %s", db.BackupWindow, windowInMinutes)
		return
	}
	at := "database.maintenance_window"
	maintenance, weekly := parseMaintenanceWindow(db.MaintenanceWindow)
	switch {
	case !weekly || maintenance.length < minWindow || maintenance.length >= maxMaintenance:
		d.Errorf(at, "%q is not a time of the week such as sun:19:30-sun:20:30, %s and shorter than a day", db.MaintenanceWindow, windowInMinutes)
	case backup.meets(maintenance) && !d.Broken("database.backup_window"):
		d.Errorf(at, "%s meets the backup window, %s: RDS wants them apart", db.MaintenanceWindow, db.BackupWindow)
	}
}

// meets says whether a daily window and a weekly one have a minute in common.
func (daily window) meets(weekly window) bool {
	for day := -1; day <= len(weekdays)+1; day++ {
		start := daily.start + day*minutesPerDay
		if start < weekly.start+weekly.length && weekly.start < start+daily.length {
			return true
		}
	}
	return false
}

func parseBackupWindow(text string) (window, bool) {
	m := backupWindow.FindStringSubmatch(text)
	if m == nil {
		return window{}, false
	}
	start, end := minutes(m[1], m[2]), minutes(m[3], m[4])
	return window{start, (end - start + minutesPerDay) % minutesPerDay}, true
}

func parseMaintenanceWindow(text string) (window, bool) {
	m := maintenanceWindow.FindStringSubmatch(text)
	if m == nil {
		return window{}, false
	}
	start := slices.Index(weekdays, m[1])*minutesPerDay + minutes(m[2], m[3])
	end := slices.Index(weekdays, m[4])*minutesPerDay + minutes(m[5], m[6])
	return window{start, (end - start + minutesPerWeek) % minutesPerWeek}, true
}

// minutes are those since midnight, of texts that are numbers.
func minutes(hour, minute string) int {
	h, _ := strconv.Atoi(hour)
	m, _ := strconv.Atoi(minute)
	return 60*h + m
}

var parameterName = regexp.MustCompile(`^[a-z][a-z0-9_.]*$`)

// terraformTemplate is what Terraform would put something else in the place of.
var terraformTemplate = regexp.MustCompile(`[$%]\{`)

// ownParameters are those by which TLS is forced.
var ownParameters = []string{"rds.force_ssl", "ssl", "ssl_min_protocol_version"}

func validateParameters(d *yamldoc.Document, db *PostgreSQL) {
	for _, name := range sortedKeys(db.Parameters) {
		switch at := yamldoc.Child("database.parameters", name); {
		case !parameterName.MatchString(name):
			d.Errorf(at, "%q is not the name of a parameter of PostgreSQL, such as work_mem", name)
		case slices.Contains(ownParameters, name):
			d.Errorf(at, "TLS 1.2 or newer is always forced: leave the parameter out")
		case terraformTemplate.MatchString(db.Parameters[name]):
			d.Errorf(at, "%q holds what Terraform would evaluate", db.Parameters[name])
		}
	}
}

var topicARN = regexp.MustCompile(`^arn:aws[a-z-]*:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]{1,256}(\.fifo)?$`)

func validateAlarms(d *yamldoc.Document, db *PostgreSQL) {
	a, at := db.Alarms, "database.alarms"
	for i, topic := range a.Topics {
		switch at := yamldoc.Index(yamldoc.Child(at, "topics"), i); {
		case !topicARN.MatchString(topic):
			d.Errorf(at, "%q is not the ARN of an SNS topic, arn:aws:sns:<region>:<account>:…", topic)
		case slices.Index(a.Topics, topic) < i:
			d.Errorf(at, "%s is named twice", topic)
		}
	}
	if a.CPUPercent > 100 {
		d.Errorf(yamldoc.Child(at, "cpu_percent"), "%d is not a percentage", a.CPUPercent)
	}
	if free := yamldoc.Child(at, "free_storage_gib"); a.FreeStorageGiB >= db.StorageGiB && !d.Broken("database.storage_gib") {
		d.Errorf(free, "%d GiB are never free in a volume of %d GiB: the alarm would never end", a.FreeStorageGiB, db.StorageGiB)
	}
}
