package database

import (
	"maps"
	"regexp"
	"slices"
	"strconv"

	"hubspoke/estate/internal/format"
	"hubspoke/internal/yamldoc"
)

// Validate checks what a database's section says, beside what its tags ask. The instance
// will be called by the given name; "" if that is not known.
func (d *PostgreSQL) Validate(s yamldoc.Section, instance string) {
	validateInstanceName(s, instance)
	d.validateReadReplicas(s, instance)
	d.validateStorage(s)
	d.validateWindows(s)
	d.validateParameters(s.Key("parameters"))
	if len(d.Alarms.Topics) == 0 {
		alarms := s.Key("alarms")
		alarms.Warnf("%d alarms tell nobody, and are seen in CloudWatch alone: name SNS topics under %s", alarmsOfAnInstance*(1+len(d.ReadReplicas)), alarms.Key("topics").Path())
	}
	free := s.Key("alarms", "free_storage_gib")
	if d.Alarms.FreeStorageGiB >= d.StorageGiB && !s.Key("storage_gib").Broken() {
		free.Errorf("%d GiB are never free in a volume of %d GiB: the alarm would never end", d.Alarms.FreeStorageGiB, d.StorageGiB)
	}
}

// alarmsOfAnInstance are those of its processors, its connections and its storage.
const alarmsOfAnInstance = 3

// instanceName is what RDS takes, without its length:
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
var instanceName = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// maxInstanceName leaves room for what RDS itself adds to the names of snapshots.
const maxInstanceName = 63

func validateInstanceName(s yamldoc.Section, name string) {
	switch {
	case name == "":
	case !instanceName.MatchString(name):
		s.Errorf("the instance would be called %s, and RDS takes no name with two hyphens in a row or one at the end", name)
	case len(name) > maxInstanceName:
		s.Errorf("the instance would be called %s, which has %d characters: RDS takes %d", name, len(name), maxInstanceName)
	}
}

func (d *PostgreSQL) validateReadReplicas(s yamldoc.Section, instance string) {
	replicas := s.Key("read_replicas")
	for _, name := range slices.Sorted(maps.Keys(d.ReadReplicas)) {
		if instance != "" && format.Label.Match(name) {
			validateInstanceName(replicas.Key(name), instance+"-"+name)
		}
	}
	version := s.Key("password_version")
	if len(d.ReadReplicas) == 0 && version.Has() && !replicas.Incomplete() {
		version.Errorf("RDS manages the password of a database without read replicas, and changes it every week: leave the key out")
	}
}

// validateStorage checks how far the volume grows:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PIOPS.Autoscaling.html
func (d *PostgreSQL) validateStorage(s yamldoc.Section) {
	least := leastGrowth(d.StorageGiB)
	if d.MaxStorageGiB < least && d.MaxStorageGiB != d.StorageGiB && !s.Key("storage_gib").Broken() {
		s.Key("max_storage_gib").Errorf("RDS enlarges a volume by a tenth or more: with %d GiB at first, let it have %d or more, or %d to keep it as it is", d.StorageGiB, least, d.StorageGiB)
	}
}

var weekdays = []string{"mon", "tue", "wed", "thu", "fri", "sat", "sun"}

const (
	minutesPerDay  = 24 * 60
	minutesPerWeek = 7 * minutesPerDay
	minWindow      = 30
	maxMaintenance = minutesPerDay
)

// window is a time of the week, or of every day, in minutes since it began.
type window struct{ start, length int }

func (d *PostgreSQL) validateWindows(s yamldoc.Section) {
	backup, daily := parseBackupWindow(d.BackupWindow)
	if daily && backup.length < minWindow {
		s.Key("backup_window").Errorf("%q is not %s", d.BackupWindow, backupWindow.Wanted)
		return
	}
	at := s.Key("maintenance_window")
	maintenance, weekly := parseMaintenanceWindow(d.MaintenanceWindow)
	switch {
	case !daily || !weekly:
	case maintenance.length < minWindow || maintenance.length >= maxMaintenance:
		at.Errorf("%q is not %s", d.MaintenanceWindow, maintenanceWindow.Wanted)
	case backup.meets(maintenance) && !s.Key("backup_window").Broken():
		at.Errorf("%s meets the backup window, %s: RDS wants them apart", d.MaintenanceWindow, d.BackupWindow)
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
	m := backupWindow.Find(text)
	if m == nil {
		return window{}, false
	}
	start, end := minutes(m[1], m[2]), minutes(m[3], m[4])
	return window{start, (end - start + minutesPerDay) % minutesPerDay}, true
}

func parseMaintenanceWindow(text string) (window, bool) {
	m := maintenanceWindow.Find(text)
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

// terraformTemplate is what Terraform would put something else in the place of.
var terraformTemplate = regexp.MustCompile(`[$%]\{`)

// ownParameters are those by which TLS is forced.
var ownParameters = []string{"rds.force_ssl", "ssl", "ssl_min_protocol_version"}

func (d *PostgreSQL) validateParameters(s yamldoc.Section) {
	for _, name := range slices.Sorted(maps.Keys(d.Parameters)) {
		switch at := s.Key(name); {
		case slices.Contains(ownParameters, name):
			at.Errorf("TLS 1.2 or newer is always forced: leave the parameter out")
		case terraformTemplate.MatchString(d.Parameters[name]):
			at.Errorf("%q holds what Terraform would evaluate", d.Parameters[name])
		}
	}
}
