package estate

import (
	"slices"
	"strings"
	"testing"
)

// withBackup makes acme an organisation whose production is backed up, and makes further
// edits.
func withBackup(edits ...edit) []edit {
	return append([]edit{
		{"estate.yaml", "organization:\n  arn: arn:aws:organizations::444444444444:organization/o-abcdefghij\n  resource_sharing: true\n", ""},
		{"estate.yaml", "  audit: \"444444444444\"\n", "  audit: \"444444444444\"\n  management: \"555555555555\"\n  backup: \"666666666666\"\n"},
		{"organization.yaml", "", `id: o-abcdefghij
administrators: ["arn:aws:iam::555555555555:role/admin-*"]
backup:
  account: backup
  units: [workloads]
  other_region: ap-southeast-1
  lock:
    least_days: 14
units:
  infrastructure: [hub, audit, backup]
  workloads/production: [prod]
  workloads/development: [dev]
email: aws+{account}@acme.example
`},
	}, edits...)
}

func backup(old, new string) []edit { return withBackup(edit{"organization.yaml", old, new}) }

var badBackups = []struct {
	name  string
	edits []edit
	want  string
}{
	{"a misspelt key", backup("  other_region:", "  other_regoin:"), `acme/organization.yaml:6: backup.other_regoin: unknown key (did you mean "other_region"?)`},
	{"no account and no units", backup("  account: backup\n  units: [workloads]\n", ""), `
acme/organization.yaml:3: backup.account: missing
acme/organization.yaml:3: backup.units: missing`},
	{"no unit", backup("units: [workloads]", "units: []"), `acme/organization.yaml:5: backup.units: names nothing: want 1 or more: without one nothing is backed up`},
	{"an account that there is not", backup("account: backup", "account: backups"), `acme/organization.yaml:4: backup.account: there is no account "backups" in estate.yaml: it has audit, backup, dev, hub, management, prod (did you mean "backup"?)`},
	{"copies in the management account", backup("account: backup", "account: management"), `acme/organization.yaml:4: backup.account: the management account administers nothing but the organisation: name a member account`},
	{"copies in the log archive", backup("account: backup", "account: audit"), `acme/organization.yaml:4: backup.account: audit has other things to do: copies are safe in an account that holds nothing else`},
	{"copies beside what they are copies of", backup("account: backup", "account: prod"), `
acme/organization.yaml:4: backup.account: prod has other things to do: copies are safe in an account that holds nothing else
acme/organization.yaml:5: backup.units[0]: prod stands there, which keeps the copies: its own backups would be copied to itself`},
	{"the account of the copies is backed up", backup("units: [workloads]", "units: [workloads, infrastructure]"), `acme/organization.yaml:5: backup.units[1]: backup stands there, which keeps the copies: its own backups would be copied to itself`},
	{"a unit that there is not", backup("units: [workloads]", "units: [workload]"), `acme/organization.yaml:5: backup.units[0]: there is no unit "workload": units has infrastructure, workloads, workloads/development, workloads/production (did you mean "workloads"?)`},
	{"the same region twice", backup("other_region: ap-southeast-1", "other_region: ap-southeast-3"), `acme/organization.yaml:6: backup.other_region: ap-southeast-3 is the estate's own region: copies there would be lost with it`},
	{"copies that the vault refuses", backup("  lock:\n", "  copy_days: 13\n  lock:\n"), `acme/organization.yaml:7: backup.copy_days: copies live 13 days, but the vaults keep at least 14: every copy job would fail`},
	{"backups that the vault refuses", backup("least_days: 14", "least_days: 36"), `acme/organization.yaml:3: backup.keep_days: backups live 35 days, but the vaults keep at least 36: every backup job would fail`},
	{"backups for no day", backup("  lock:\n", "  keep_days: 0\n  lock:\n"), `acme/organization.yaml:7: backup.keep_days: want a number from 1 to 36500, not 0: AWS Backup keeps what expires for so many days`},
	{"an hour that there is not", backup("  lock:\n", "  hour: 24\n  lock:\n"), `acme/organization.yaml:7: backup.hour: want a number from 0 to 23, not 24: the hours of a day`},
	{"a lock of no such mode", backup("    least_days: 14\n", "    mode: strict\n"), `acme/organization.yaml:8: backup.lock.mode: "strict" is not one of governance, compliance`},
	{"a lock for ever without a word", backup("    least_days: 14\n", "    mode: compliance\n"), `acme/organization.yaml:8: backup.lock.mode: nobody can ever take such a lock away, or delete what is in the vault before its time: say by compliance_after_days, 3 or more, how long you want to be able to`},
	{"a lock for ever at once", backup("    least_days: 14\n", "    mode: compliance\n    compliance_after_days: 2\n"), `acme/organization.yaml:9: backup.lock.compliance_after_days: want a number from 3 to 36500, not 2: AWS Backup gives three days at least to think better of it`},
	{"days of a lock that is none for ever", backup("    least_days: 14\n", "    compliance_after_days: 3\n"), `acme/organization.yaml:8: backup.lock.compliance_after_days: a governance lock can always be taken away: leave it out, or set mode to compliance`},
	{"a spoke of no organisation", []edit{{"dev.yaml", "", "backup: false\n"}}, `acme/dev.yaml:15: backup: nothing is backed up: backups are those of organization.yaml, under backup`},
	{"a spoke of an organisation without backups", withBackup(edit{"organization.yaml", "backup:\n  account: backup\n  units: [workloads]\n  other_region: ap-southeast-1\n  lock:\n    least_days: 14\n", ""}, edit{"dev.yaml", "", "backup: true\n"}), `acme/dev.yaml:15: backup: nothing is backed up: backups are those of organization.yaml, under backup`},
	{"a workload's role of that name", withBackup(edit{"prod.yaml", "", "cluster:\n  service_cidr: 10.200.0.0/20\n  namespaces: {shop: {}}\n  identities:\n    backup-jobs: {namespace: shop, service_account: shop, pull_images: true}\n"}), `acme/prod.yaml:13: cluster.identities.backup-jobs: the role would be called acme-prod-backup-jobs, like one that the spoke has anyway`},
}

func TestBadBackups(t *testing.T) {
	for _, test := range badBackups {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(edited(t, test.edits...), "acme", "acme")
			if want := strings.TrimSpace(test.want); err == nil || err.Error() != want {
				t.Errorf("got\n%v\nwant\n%s", err, want)
			}
		})
	}
}

func TestWhoIsBackedUp(t *testing.T) {
	for name, test := range map[string]struct {
		edits []edit
		want  []string
	}{
		"all accounts of a unit, and of those below": {withBackup(), []string{"dev", "prod"}},
		"a unit below":             {backup("units: [workloads]", "units: [workloads/production]"), []string{"prod"}},
		"a unit named twice over":  {backup("units: [workloads]", "units: [workloads, workloads/production]"), []string{"dev", "prod"}},
		"a spoke that says no":     {withBackup(edit{"dev.yaml", "", "backup: false\n"}), []string{"prod"}},
		"no organisation":          {nil, nil},
		"an account to be created": {withBackup(edit{"estate.yaml", `"666666666666"`, "new"}), nil},
	} {
		e, err := load(edited(t, test.edits...), "acme", "acme")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := e.BackedUp(); !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", name, got, test.want)
		}
	}
}

func TestDefaultsOfBackupsAreTheDocumentedOnes(t *testing.T) {
	e, err := load(edited(t, backup("  lock:\n    least_days: 14\n", "")...), "acme", "acme")
	if err != nil {
		t.Fatal(err)
	}
	b := e.Org.Backup
	if *b.Hour != 14 || b.KeepDays != 35 || b.CopyDays != 90 || !*b.RestoreTests || b.Lock.Mode != "governance" || b.Lock.LeastDays != 7 {
		t.Errorf("got %+v", b)
	}
	// Where accounts keep copies, they may do something.
	if got := e.GuardrailRegions(); !slices.Equal(got, []string{"ap-southeast-1", "ap-southeast-3", "us-east-1"}) {
		t.Errorf("the regions are %v", got)
	}
}

// RDS takes no backup for others in the hour before its own, nor during it.
func TestBackupsThatRDSWouldRefuseAreWarnedOf(t *testing.T) {
	for name, test := range map[string]struct {
		hour, window string
		warns        bool
	}{
		"before":                {"14", "18:00-19:00", false},
		"begins outside":        {"16", "18:00-20:30", false},
		"wholly inside":         {"17", "18:00-20:30", true},
		"over midnight":         {"23", "23:30-02:00", true},
		"after it, at midnight": {"0", "18:00-19:00", false},
	} {
		database := "cluster:\n  service_cidr: 10.200.0.0/20\ndatabase:\n  backup_window: " + test.window + "\n  maintenance_window: sun:10:00-sun:11:00\n"
		e, err := load(edited(t, append(backup("  lock:\n", "  hour: "+test.hour+"\n  lock:\n"), edit{"prod.yaml", "", database})...), "acme", "acme")
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := strings.Contains(e.Warnings.Error(), "backup.hour: RDS refuses backups of prod"); got != test.warns {
			t.Errorf("%s: warned %v, want %v: %v", name, got, test.warns, e.Warnings)
		}
	}
}

// A region of copies is for copies: whoever may use everything there has said so.
func TestTheRegionOfCopiesIsForCopies(t *testing.T) {
	for _, test := range []struct {
		name       string
		edits      []edit
		full, kept string
	}{
		{"not named", withBackup(), "ap-southeast-3", "ap-southeast-1"},
		{"beside regions that are named", backup("backup:\n", "guardrails: {regions: [ap-southeast-3, eu-central-1]}\nbackup:\n"), "ap-southeast-3 eu-central-1", "ap-southeast-1"},
		{"named", backup("backup:\n", "guardrails: {regions: [ap-southeast-3, ap-southeast-1]}\nbackup:\n"), "ap-southeast-1 ap-southeast-3", ""},
		{"none", backup("  other_region: ap-southeast-1\n", ""), "ap-southeast-3", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			e := loadEdited(t, test.edits...)
			c := e.guardrails()
			if got := strings.Join(c.Regions, " "); got != test.full || c.BackupRegion != test.kept || c.GlobalRegion != "us-east-1" {
				t.Errorf("all of %s, copies in %q, global services in %q", got, c.BackupRegion, c.GlobalRegion)
			}
			if other := e.Org.Backup.OtherRegion; other != "" && (!slices.Contains(e.GuardrailRegions(), other) || !slices.Contains(e.EnabledRegions(), "ap-southeast-3")) {
				t.Errorf("nobody is in %s: %v", other, e.GuardrailRegions())
			}
		})
	}
}
