package estate

import (
	"slices"
	"strconv"
	"strings"

	"hubspoke/internal/yamldoc"
)

// BackupTag is the tag, with the value `true`, of what is backed up in an account that has
// backups. The estate's databases have it, and people give it to what they make themselves.
const BackupTag = "Backup"

// KeepsCopies is the account that keeps copies of backups; "" if none does, or as long as
// it has no number.
func (e *Estate) KeepsCopies() string {
	if e.Org == nil || e.Org.Backup == nil || e.Accounts[e.Org.Backup.Account] == "" {
		return ""
	}
	return e.Org.Backup.Account
}

// BackedUp are the accounts whose data is backed up, sorted.
func (e *Estate) BackedUp() []string {
	if e.KeepsCopies() == "" {
		return nil
	}
	var accounts []string
	for _, unit := range e.Org.Backup.Units {
		accounts = append(accounts, e.Org.Below(unit)...)
	}
	return slices.DeleteFunc(sorted(accounts), func(account string) bool {
		return e.Accounts[account] == "" || !e.wantsBackup(account)
	})
}

// IsBackedUp says that the data of an account is backed up.
func (e *Estate) IsBackedUp(account string) bool { return slices.Contains(e.BackedUp(), account) }

// wantsBackup says that no spoke's file excepts the account.
func (e *Estate) wantsBackup(account string) bool {
	spoke := e.Spoke(account)
	return spoke == nil || *spoke.Backup
}

// BackupVault is the name of the backup vaults of all accounts. It is one name, since
// CloudWatch counts copies by the name of a vault.
func (e *Estate) BackupVault() string { return e.Project + "-backup" }

// BackupKeyAlias is the alias of the key of a backup vault.
func (e *Estate) BackupKeyAlias() string { return "alias/" + e.BackupVault() }

// BackupRole is the name of the role with which AWS Backup works in an account.
func (e *Estate) BackupRole(account string) string { return e.Prefix(account) + "-" + backupJobs }

// BackupAdministrators are the ARNs of the roles that alone may change the policy and the lock
// of an account's vaults, and the policies of their keys: that of Terraform, and
// BackupDestroyer.
func (e *Estate) BackupAdministrators(account string) []string {
	roles := []string{e.RoleARN(account, e.ApplyRole())}
	if destroyer := e.BackupDestroyer(account); destroyer != "" {
		roles = append(roles, destroyer)
	}
	return roles
}

// BackupDestroyer is the ARN of the role that alone may take away what keeps an account's
// backups, the one for the day on which nobody can come in otherwise; "" if there is none.
func (e *Estate) BackupDestroyer(account string) string {
	if e.Org.BreakGlass == nil {
		return ""
	}
	return e.RoleARN(account, e.BreakGlassRole())
}

// backupJobs is the last part of the name of the role of AWS Backup.
const backupJobs = "backup-jobs"

// validateBackup checks the backups of organization.yaml against the other files.
func (e *Estate) validateBackup() {
	for _, spoke := range e.Spokes {
		if d := e.spokes[spoke.Name]; d.Has("backup") && (e.org == nil || !e.org.Broken("") && e.Org.Backup == nil) {
			d.Errorf("backup", "nothing is backed up: backups are those of organization.yaml, under backup")
		}
	}
	if e.Org == nil || e.Org.Backup == nil {
		return
	}
	b, s := e.Org.Backup, e.org.Section("backup")
	b.Validate(s)
	e.validateBackupAccount(s)
	e.validateBackupRegion(s)
	for _, account := range e.BackedUp() {
		if spoke := e.Spoke(account); spoke != nil && spoke.Database != nil {
			e.warnBackupHour(spoke)
		}
	}
}

// validateBackupAccount checks that copies stand apart from what they are copies of.
func (e *Estate) validateBackupAccount(s yamldoc.Section) {
	account := e.Org.Backup.Account
	at := s.Key("account")
	if account == "" || at.Broken() {
		return
	}
	if account == HubAccount || account == e.Logs.Account || e.Spoke(account) != nil {
		at.Errorf("%s has other things to do: copies are safe in an account that holds nothing else", account)
	}
	for i, unit := range e.Org.Backup.Units {
		if slices.Contains(e.Org.Below(unit), account) {
			s.Key("units").Item(i).Errorf("%s stands there, which keeps the copies: its own backups would be copied to itself", account)
		}
	}
}

// validateBackupRegion checks that the other region is another one. Guardrails let accounts
// keep copies there whether or not they let them do anything else.
func (e *Estate) validateBackupRegion(s yamldoc.Section) {
	if at := s.Key("other_region"); e.Org.Backup.OtherRegion == e.Region && !at.Broken() {
		at.Errorf("%s is the estate's own region: copies there would be lost with it", e.Region)
	}
}

// startHours is within how many hours AWS Backup begins with what is due.
const startHours = 3

// BackupStartMinutes is within how many minutes of the hour AWS Backup begins.
const BackupStartMinutes = startHours * 60

// warnBackupHour warns of backups that RDS would refuse for as long as AWS Backup tries to
// begin: it takes none in the hour before its own backup, nor during it.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
func (e *Estate) warnBackupHour(spoke *Spoke) {
	from, to, ok := strings.Cut(spoke.Database.BackupWindow, "-")
	opens, ok2 := minuteOfDay(from)
	closes, ok3 := minuteOfDay(to)
	if !ok || !ok2 || !ok3 || e.org.Broken("backup.hour") {
		return
	}
	const day = 24 * 60
	refused := func(minute int) bool {
		return (minute-(opens-60)+day)%day < (closes-opens+day)%day+60
	}
	for minute := range BackupStartMinutes {
		if !refused((*e.Org.Backup.Hour*60 + minute) % day) {
			return
		}
	}
	e.org.Warnf("backup.hour", "RDS refuses backups of %s in the hour before database.backup_window and during it, %s, which is all the %d hours in which they could begin: choose another hour",
		spoke.Name, spoke.Database.BackupWindow, startHours)
}

// minuteOfDay reads a time such as 18:30.
func minuteOfDay(text string) (int, bool) {
	hour, minute, _ := strings.Cut(text, ":")
	h, err := strconv.Atoi(hour)
	m, err2 := strconv.Atoi(minute)
	return h*60 + m, err == nil && err2 == nil
}
