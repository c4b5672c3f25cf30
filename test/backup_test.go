package test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hubspoke/proof/stackjson"
)

// backedUpDatabase is innovate with a database in production, which is backed up, and in
// staging, which is not.
func backedUpDatabase(t *testing.T, edits ...edit) *synthesis {
	t.Helper()
	const database = "cluster: {}\ndatabase:\n  read_replicas: {reports: {}}\n"
	return edited(t, "innovate", append([]edit{
		{"prod.yaml", `(?m)\z`, database},
		{"staging.yaml", `(?m)\z`, database},
	}, edits...)...)
}

// only is the one resource of a type in a stack, or the one with a name.
func only(t *testing.T, s *stackjson.Stack, address string) map[string]any {
	t.Helper()
	for _, r := range s.Resources() {
		if r.Address() == address {
			return r.Body
		}
	}
	t.Fatalf("%s has no %s", s.Name, address)
	return nil
}

// A database of an account that is backed up says so by its tag, is copied with its key, and
// is restored every week. One of another account has nothing of that.
func TestADatabaseIsBackedUpWhereItsAccountIs(t *testing.T) {
	e := backedUpDatabase(t)
	for account, want := range map[string]bool{"prod": true, "staging": false} {
		data := e.stack(account + "-data")
		for address, want := range map[string]bool{"aws_db_instance.database": want, "aws_db_instance.database_reports": false} {
			tags := only(t, data, address)["tags"].(map[string]any)
			if got := tags["Backup"] == "true"; got != want {
				t.Errorf("%s %s: tagged %v, want %v", account, address, got, want)
			}
		}
		if got := strings.Contains(fmt.Sprint(only(t, data, "aws_kms_key.database")["policy"]), "arn:aws:iam::888888888888:root"); got != want {
			t.Errorf("%s: the account of the copies uses the key: %v, want %v", account, got, want)
		}
	}
	backup := e.stack("prod-backup")
	test := only(t, backup, "aws_backup_restore_testing_selection.main_database")
	if got := fmt.Sprint(test["protected_resource_arns"], test["restore_metadata_overrides"]); got != "[arn:aws:rds:ap-southeast-1:555555555555:db:innovate-prod] map[dbSubnetGroupName:innovate-prod]" {
		t.Errorf("what is restored, and where to: %s", got)
	}
	if only(t, e.stack("prod-data"), "aws_db_subnet_group.database")["name"] != "innovate-prod" {
		t.Error("what is restored goes into a subnet group that is not the database's")
	}
	only(t, backup, "aws_cloudwatch_metric_alarm.main_backup_missing")
}

// Each backup is copied twice: into the vault of the other account, in the same region, and
// into the account's own in the other region. No copy is for both at once, which RDS does not
// do, and what is copied into is there, with a lock that lets the copies live.
func TestEveryBackupHasTwoCopiesInVaultsThatTakeThem(t *testing.T) {
	e := synthesized(t, "innovate")
	backup, copies := e.stack("prod-backup"), e.stack("backup-vaults")
	rule := only(t, backup, "aws_backup_plan.main")["rule"].([]any)[0].(map[string]any)
	var destinations []string
	for _, action := range rule["copy_action"].([]any) {
		destinations = append(destinations, action.(map[string]any)["destination_vault_arn"].(string))
	}
	want := []string{"arn:aws:backup:ap-southeast-1:888888888888:backup-vault:innovate-backup", "${aws_backup_vault.other_region.arn}"}
	if !slices.Equal(destinations, want) {
		t.Errorf("copies go to %v, want %v", destinations, want)
	}
	if name := only(t, copies, "aws_backup_vault.copies")["name"]; name != "innovate-backup" {
		t.Errorf("the vault of the copies is %v", name)
	}
	if provider := only(t, backup, "aws_backup_vault.other_region")["provider"]; provider != "aws.prod_ap_southeast_2" {
		t.Errorf("the vault of the other region is made by %v", provider)
	}
	days := func(body map[string]any, keys ...string) float64 {
		for _, key := range keys[:len(keys)-1] {
			body = body[key].(map[string]any)
		}
		return body[keys[len(keys)-1]].(float64)
	}
	least := days(only(t, backup, "aws_backup_vault_lock_configuration.main"), "min_retention_days")
	if kept := days(rule, "lifecycle", "delete_after"); kept < least {
		t.Errorf("backups live %v days, and the vault keeps %v", kept, least)
	}
	for _, s := range []struct {
		stack   *stackjson.Stack
		address string
	}{{backup, "aws_backup_vault_lock_configuration.other_region"}, {copies, "aws_backup_vault_lock_configuration.copies"}} {
		least := days(only(t, s.stack, s.address), "min_retention_days")
		for _, action := range rule["copy_action"].([]any) {
			if kept := days(action.(map[string]any), "lifecycle", "delete_after"); kept < least {
				t.Errorf("copies live %v days, and %s keeps %v", kept, s.address, least)
			}
		}
	}
}

// A lock for ever is on one vault alone, in the account that has nothing else.
func TestComplianceIsForTheVaultOfCopies(t *testing.T) {
	e := edited(t, "innovate", edit{"organization.yaml", `least_days: 14`, "least_days: 14\n    mode: compliance\n    compliance_after_days: 7"})
	lock := only(t, e.stack("backup-vaults"), "aws_backup_vault_lock_configuration.copies")
	if lifecycle, _ := lock["lifecycle"].(map[string]any); lock["changeable_for_days"] != 7.0 || lifecycle["prevent_destroy"] != true {
		t.Errorf("the lock is %v", lock)
	}
	for _, name := range []string{"main", "other_region"} {
		if lock := only(t, e.stack("prod-backup"), "aws_backup_vault_lock_configuration."+name); lock["changeable_for_days"] != nil {
			t.Errorf("the lock of %s is %v", name, lock)
		}
	}
}

// Another account that is backed up adds stacks, and of those that are it changes whom the key of
// the copies admits: its role, in both statements.
func TestAnotherAccountThatIsBackedUpMovesNothing(t *testing.T) {
	before := synthesized(t, "innovate")
	after := edited(t, "innovate", edit{"organization.yaml", `units: \[workloads/production\]`, "units: [workloads]"})
	stays(t, before, after)
	roles := strings.NewReplacer(`,"arn:aws:iam::333333333333:role/innovate-dev-backup-jobs"`, "", `,"arn:aws:iam::444444444444:role/innovate-staging-backup-jobs"`, "")
	for _, name := range []string{"backup-vaults", "prod-backup"} {
		got, want := fmt.Sprint(after.stack(name).JSON), fmt.Sprint(before.stack(name).JSON)
		if admits := got != want; admits != (name == "backup-vaults") || roles.Replace(got) != want {
			t.Errorf("%s is another: %s, was %s", name, got, want)
		}
	}
	without := edited(t, "innovate", edit{"organization.yaml", `units: \[workloads/production\]`, "units: [workloads]"}, edit{"dev.yaml", `(?m)\z`, "backup: false\n"})
	for name, want := range map[string]bool{"staging-backup": true, "dev-backup": false} {
		if got := slices.ContainsFunc(without.stacks, func(s *stackjson.Stack) bool { return s.Name == name }); got != want {
			t.Errorf("there is %s: %v, want %v", name, got, want)
		}
	}
}

// Without the other region there is one copy, restore tests may be off, and the hour is what
// the file says.
func TestBackupsWithoutWhatTheyCanDoWithout(t *testing.T) {
	e := backedUpDatabase(t, edit{"organization.yaml", `  other_region: ap-southeast-2\n`, "  hour: 0\n  restore_tests: false\n"})
	backup := e.stack("prod-backup")
	for _, r := range backup.Resources() {
		if strings.Contains(r.Address(), "other_region") || strings.Contains(r.Address(), "restore_testing") {
			t.Errorf("there is %s", r.Address())
		}
	}
	rule := only(t, backup, "aws_backup_plan.main")["rule"].([]any)[0].(map[string]any)
	if rule["schedule"] != "cron(0 0 * * ? *)" || len(rule["copy_action"].([]any)) != 1 {
		t.Errorf("the rule is %v", rule)
	}
}
