package estate

import (
	"reflect"
	"slices"
	"strings"
	"testing"

	"hubspoke/estate/database"
	"hubspoke/internal/subnet"
)

// database is a database in which everything is stated that a file can state. It
// begins on line 74 of prod.yaml, behind the cluster.
const databaseYAML = `database:
  version: "17.7"
  instance_class: db.r7g.xlarge
  multi_az: true
  read_replicas:
    reports:
      instance_class: db.t4g.medium
  password_version: 2
  name: shop
  username: owner
  storage_gib: 200
  max_storage_gib: 800
  backup_retention_days: 35
  backup_window: 18:00-19:00
  maintenance_window: sun:20:00-sun:21:00
  parameters:
    work_mem: "65536"
  alarms:
    topics: ["arn:aws:sns:ap-southeast-3:333333333333:alarms"]
    cpu_percent: 90
    connections: 1000
    free_storage_gib: 20
`

// stored is acme with that cluster and database in prod, and some edits of them.
func stored(edits ...edit) []edit {
	return clustered(append([]edit{{"prod.yaml", "", databaseYAML}}, edits...)...)
}

// with replaces a text in prod.yaml.
func with(from, to string) []edit { return stored(edit{"prod.yaml", from, to}) }

// Every way in which a database can be wrong, with all that is said about it.
var badDatabases = []struct {
	name  string
	edits []edit
	want  string
}{
	{"no cluster", []edit{{"prod.yaml", "", "database: {}\n"}}, `acme/prod.yaml:9: database: it admits the nodes of the spoke's cluster and nothing else, and there is none: give the spoke a cluster`},
	{"a database in the hub", []edit{{"hub.yaml", "", "database: {}\n"}}, `acme/hub.yaml:33: database: unknown key here: it belongs in a spoke's file`},
	{"no subnets for it", with("  nat: one_per_az", "  nat: one_per_az\n  database_subnets: false"), `acme/prod.yaml:6: network.database_subnets: the database is in these subnets: leave the key out, or say true`},
	{"ranges for it in one zone", stored(edit{"prod.yaml", "  az_count: 3\n  nat: one_per_az", `  subnets:
    public: {apse3-az1: 10.2.0.0/26, apse3-az2: 10.2.0.64/26}
    private: {apse3-az1: 10.2.10.0/24, apse3-az2: 10.2.20.0/24}
    attachment: {apse3-az1: 10.2.1.0/28, apse3-az2: 10.2.1.16/28}
    database: {apse3-az1: 10.2.100.0/24}`}), `acme/prod.yaml:77: database: the network has database subnets in 1 of its zones, and RDS wants 2 or more, even for an instance without a standby, so that it can move to another zone: name ranges in 2 zones under network.subnets.database`},
	{"a version that is none", with(`"17.7"`, `"17.x"`), `acme/prod.yaml:75: database.version: "17.x" is not a PostgreSQL version that RDS is known to support for a year and more: those are 15, 16, 17, 18, or a minor version of one such as 17.7`},
	{"a version that is too old", with(`"17.7"`, `"12"`), `acme/prod.yaml:75: database.version: "12" is not a PostgreSQL version that RDS is known to support for a year and more: those are 15, 16, 17, 18, or a minor version of one such as 17.7`},
	{"a version that is a number", with(`"17.7"`, `17`), `acme/prod.yaml:75: database.version: want a text, not the number 17: put it in quotes`},
	{"classes that are none", with("db.r7g.xlarge", "r7g.xlarge"), `acme/prod.yaml:76: database.instance_class: "r7g.xlarge" is not an instance class of RDS for PostgreSQL, such as db.t4g.medium, db.m7g.large or db.r7g.xlarge`},
	{"a replica of a class that is none", with("db.t4g.medium", "db.m7g.micro"), `acme/prod.yaml:80: database.read_replicas.reports.instance_class: "db.m7g.micro" is not an instance class of RDS for PostgreSQL, such as db.t4g.medium, db.m7g.large or db.r7g.xlarge`},
	{"replicas with names that are none", with("    reports:", "    Search: {}\n    two--hyphens: {}\n    reports:"), `
acme/prod.yaml:79: database.read_replicas.Search: "Search" is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen
acme/prod.yaml:80: database.read_replicas.two--hyphens: the instance would be called acme-prod-two--hyphens, and RDS takes no name with two hyphens in a row or one at the end
`},
	{"too many replicas", with("    reports:\n      instance_class: db.t4g.medium\n", replicas(16)), `acme/prod.yaml:78: database.read_replicas: want at most 15, not 16: a quota of RDS`},
	{"a version of a password that RDS manages", with("  read_replicas:\n    reports:\n      instance_class: db.t4g.medium\n", ""), `acme/prod.yaml:78: database.password_version: RDS manages the password of a database without read replicas, and changes it every week: leave the key out`},
	{"names that are none", stored(edit{"prod.yaml", "name: shop", "name: my-shop"}, edit{"prod.yaml", "username: owner", "username: pg_owner"}), `
acme/prod.yaml:82: database.name: "my-shop" is not a name in PostgreSQL: up to 63 lower-case letters, digits and underscores, beginning with a letter
acme/prod.yaml:83: database.username: "pg_owner" is a name that PostgreSQL or RDS keeps for itself
`},
	{"names that are reserved", stored(edit{"prod.yaml", "name: shop", "name: catalog"}, edit{"prod.yaml", "username: owner", "username: user"}), `
acme/prod.yaml:82: database.name: "catalog" is a word that SQL or RDS keeps for itself, which RDS takes as no database's name
acme/prod.yaml:83: database.username: "user" is a name that PostgreSQL or RDS keeps for itself
`},
	{"a user that is none", with("username: owner", "username: Owner"), `acme/prod.yaml:83: database.username: "Owner" is not a name in PostgreSQL: up to 63 lower-case letters, digits and underscores, beginning with a letter`},
	{"a volume that is too small", with("storage_gib: 200", "storage_gib: 10"), `acme/prod.yaml:84: database.storage_gib: want a number from 20 to 65536, not 10: gp3 volumes of RDS have these sizes, in GiB`},
	{"a volume that cannot grow by a tenth", with("max_storage_gib: 800", "max_storage_gib: 210"), `acme/prod.yaml:85: database.max_storage_gib: RDS enlarges a volume by a tenth or more: with 200 GiB at first, let it have 220 or more, or 200 to keep it as it is`},
	{"a volume that grows too far", with("max_storage_gib: 800", "max_storage_gib: 70000"), `acme/prod.yaml:85: database.max_storage_gib: want a number from 1 to 65536, not 70000: no gp3 volume of RDS has more GiB`},
	{"no backups", with("backup_retention_days: 35", "backup_retention_days: 0"), `acme/prod.yaml:86: database.backup_retention_days: want a number from 1 to 35, not 0: RDS keeps backups for so many days`},
	{"backups for too long", with("backup_retention_days: 35", "backup_retention_days: 36"), `acme/prod.yaml:86: database.backup_retention_days: want a number from 1 to 35, not 36: RDS keeps backups for so many days`},
	{"a backup window that is none", with("backup_window: 18:00-19:00", "backup_window: 6pm"), `acme/prod.yaml:87: database.backup_window: "6pm" is not a time of day such as 18:00-19:00, half an hour or longer, in UTC`},
	{"a backup window that is too short", with("18:00-19:00", "18:00-18:20"), `acme/prod.yaml:87: database.backup_window: "18:00-18:20" is not a time of day such as 18:00-19:00, half an hour or longer, in UTC`},
	{"a maintenance window that is none", with("sun:20:00-sun:21:00", "sunday:20:00-21:00"), `acme/prod.yaml:88: database.maintenance_window: "sunday:20:00-21:00" is not a time of the week such as sun:19:30-sun:20:30, half an hour or longer, in UTC and shorter than a day`},
	{"maintenance all week", with("sun:20:00-sun:21:00", "mon:20:00-sun:21:00"), `acme/prod.yaml:88: database.maintenance_window: "mon:20:00-sun:21:00" is not a time of the week such as sun:19:30-sun:20:30, half an hour or longer, in UTC and shorter than a day`},
	{"maintenance during the backup", with("sun:20:00-sun:21:00", "tue:18:30-tue:20:00"), `acme/prod.yaml:88: database.maintenance_window: tue:18:30-tue:20:00 meets the backup window, 18:00-19:00: RDS wants them apart`},
	{"parameters that are none", with(`    work_mem: "65536"`, "    WorkMem: \"1\"\n    rds.force_ssl: \"0\"\n    work_mem: \"${x}\""), `
acme/prod.yaml:90: database.parameters.WorkMem: "WorkMem" is not the name of a parameter of PostgreSQL, such as work_mem
acme/prod.yaml:91: database.parameters["rds.force_ssl"]: TLS 1.2 or newer is always forced: leave the parameter out
acme/prod.yaml:92: database.parameters.work_mem: "${x}" holds what Terraform would evaluate
`},
	{"topics that are none", with(`["arn:aws:sns:ap-southeast-3:333333333333:alarms"]`, `[alarms, "arn:aws:sns:ap-southeast-3:333333333333:a", "arn:aws:sns:ap-southeast-3:333333333333:a"]`), `
acme/prod.yaml:92: database.alarms.topics[0]: "alarms" is not the ARN of an SNS topic, arn:aws:sns:<region>:<account>:…
acme/prod.yaml:92: database.alarms.topics[2]: "arn:aws:sns:ap-southeast-3:333333333333:a" is named twice, first on line 92
`},
	{"a topic of another region", with("arn:aws:sns:ap-southeast-3:", "arn:aws:sns:ap-southeast-1:"), `acme/prod.yaml:92: database.alarms.topics[0]: the topic is in ap-southeast-1: alarms tell those of their own region, ap-southeast-3`},
	{"more than all processors", with("cpu_percent: 90", "cpu_percent: 900"), `acme/prod.yaml:93: database.alarms.cpu_percent: want a number from 1 to 100, not 900: it is a percentage`},
	{"an alarm that never ends", with("free_storage_gib: 20", "free_storage_gib: 200"), `acme/prod.yaml:95: database.alarms.free_storage_gib: 200 GiB are never free in a volume of 200 GiB: the alarm would never end`},
	{"an identity with the database's role", with("    shop:\n      namespace: shop", "    database-monitoring:\n      namespace: shop"), `acme/prod.yaml:43: cluster.identities.database-monitoring: the role would be called acme-prod-database-monitoring, like one that the spoke has anyway`},
}

func replicas(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("    replica-" + string(rune('a'+i)) + ": {}\n")
	}
	return b.String()
}

func TestBadDatabasesAreToldWithFileAndLine(t *testing.T) {
	for _, test := range badDatabases {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(edited(t, test.edits...), "acme", "acme")
			if err == nil {
				t.Fatal("no error")
			}
			if got := err.Error(); got != strings.TrimSpace(test.want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func TestTheDatabaseOfTheTestsIsGood(t *testing.T) {
	e := loadEdited(t, stored()...)
	if got := e.Spoke("prod").Database.ReadReplicas["reports"].InstanceClass; got != "db.t4g.medium" {
		t.Errorf("the replica is a %s", got)
	}
}

func TestGoodDatabasesAreTaken(t *testing.T) {
	for name, edits := range map[string][]edit{
		"a volume that does not grow":       with("max_storage_gib: 800", "max_storage_gib: 200"),
		"the largest volume":                stored(edit{"prod.yaml", "  storage_gib: 200\n  max_storage_gib: 800", "  storage_gib: 65536"}),
		"backups over midnight":             with("18:00-19:00", "23:30-00:30"),
		"maintenance over the week's end":   with("sun:20:00-sun:21:00", "sun:23:30-mon:00:30"),
		"maintenance right behind a backup": with("sun:20:00-sun:21:00", "sun:19:00-sun:20:00"),
		"a formula for a parameter":         with(`"65536"`, `"GREATEST({DBInstanceClassMemory/63963136*1024},65536)"`),
		"a prefix of log lines":             with(`work_mem: "65536"`, `log_line_prefix: "%t:%r:%u@%d:[%p]:"`),
		"subnets that are asked for":        with("  nat: one_per_az", "  nat: one_per_az\n  database_subnets: true"),
	} {
		t.Run(name, func(t *testing.T) { loadEdited(t, edits...) })
	}
}

func TestAnEmptyDatabaseHasTheDocumentedDefaults(t *testing.T) {
	e := loadEdited(t, clustered(edit{"prod.yaml", "", "database: {}\n"})...)
	got := *e.Spoke("prod").Database
	want := database.PostgreSQL{
		Version: "17", InstanceClass: "db.m7g.large", PasswordVersion: 1, Username: "postgres",
		StorageGiB: 100, MaxStorageGiB: 500, BackupRetentionDays: 14,
		BackupWindow: "18:00-19:00", MaintenanceWindow: "sun:19:30-sun:20:30",
		Alarms: database.Alarms{CPUPercent: 80, FreeStorageGiB: 5},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// A subnet for a database has its place since the VPC exists, so that the subnets
// come where there was nothing before.
func TestADatabaseGetsSubnetsAndMovesNothing(t *testing.T) {
	before, after := loadEdited(t, clustered()...), loadEdited(t, stored()...)
	if subnets := Subnets(before.Plan("prod"), subnet.Database); len(subnets) > 0 {
		t.Errorf("without a database there are subnets for it: %v", subnets)
	}
	var zones []string
	for _, s := range Subnets(after.Plan("prod"), subnet.Database) {
		zones = append(zones, s.Zone)
	}
	if !slices.Equal(zones, after.UsedZones(after.Network("prod"))) {
		t.Errorf("database subnets in %v", zones)
	}
	was := before.Plan("prod")
	for i, slot := range after.Plan("prod") {
		if slot.CIDR != was[i].CIDR || slot.Tier != was[i].Tier || slot.Zone != was[i].Zone {
			t.Errorf("%v is where %v was", slot, was[i])
		}
	}
}
