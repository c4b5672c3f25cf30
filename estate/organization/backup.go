package organization

import (
	"hubspoke/internal/yamldoc"
)

// Backup is where the backups of accounts are kept beside the accounts themselves.
type Backup struct {
	// Account holds the copies, and nothing else: who takes over an account that is backed up reaches them from there neither to change nor to delete.
	Account string `yaml:"account" jsonschema:"required" format:"account-name"`
	// Units are the organizational units whose accounts are backed up, with those below them. A spoke says `backup: false` to be none of them.
	Units []string `yaml:"units" jsonschema:"required,minItems=1,uniqueItems=true" format:"unit-path" example:"[workloads/production]" why:"without one nothing is backed up"`
	// OtherRegion is where each account keeps copies of its own backups, beside the region of the estate. Guardrails let accounts do nothing else there, unless `guardrails.regions` names it. Default: none, and the copies are those of `account` alone.
	OtherRegion string `yaml:"other_region" format:"any-region" example:"ap-southeast-2"`
	// Hour is the hour of the day, in UTC, from which on backups begin, within three hours. RDS takes none while its own backup and maintenance windows are open, or in the hour before. Default: 14.
	Hour *int `yaml:"hour" jsonschema:"minimum=0,maximum=23" default:"14" why:"the hours of a day"`
	// KeepDays is how long an account keeps its backups itself. Default: 35.
	KeepDays int `yaml:"keep_days" jsonschema:"minimum=1,maximum=36500" default:"35" why:"AWS Backup keeps what expires for so many days"`
	// CopyDays is how long copies are kept, in `account` and in `other_region`. Default: 90.
	CopyDays int `yaml:"copy_days" jsonschema:"minimum=1,maximum=36500" default:"90" why:"AWS Backup keeps what expires for so many days"`
	// RestoreTests restores the newest backup of each database once a week, in the database's own subnets, and deletes it again an hour later. Default: true.
	RestoreTests *bool `yaml:"restore_tests" default:"true"`
	// Lock is AWS Backup Vault Lock, which keeps backups from being deleted before their time.
	Lock Lock `yaml:"lock"`
}

// Lock is AWS Backup Vault Lock on the vaults.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
type Lock struct {
	// Mode is `governance` (default), a lock that whoever may administer the vault can take away again; or `compliance`, a lock on the vault of `account` that nobody can ever take away or shorten, AWS included. The other vaults have a governance lock in any case.
	Mode LockMode `yaml:"mode" default:"governance"`
	// LeastDays is the shortest time that the vaults take backups for. Another number makes another lock, which a compliance lock never lets happen. Default: 7.
	LeastDays int `yaml:"least_days" jsonschema:"minimum=1,maximum=36500" default:"7" why:"AWS Backup keeps what expires for so many days"`
	// ComplianceAfterDays is for how many days a compliance lock can still be taken away, from its first deployment on. Default: none, and it has to be stated with that mode.
	ComplianceAfterDays int `yaml:"compliance_after_days" jsonschema:"minimum=3,maximum=36500" why:"AWS Backup gives three days at least to think better of it"`
}

// LockMode is how firmly a lock holds.
type LockMode string

// The values of [LockMode].
const (
	Governance LockMode = "governance"
	Compliance LockMode = "compliance"
)

// Values lists what a file may say.
func (LockMode) Values() []string { return []string{string(Governance), string(Compliance)} }

// Validate checks the section by itself: whether its times fit each other. A backup that is
// to live for less than the lock of its vault allows is never made.
func (b *Backup) Validate(s yamldoc.Section) {
	lock := s.Key("lock")
	for _, kept := range []struct {
		key, what, jobs string
		days            int
	}{
		{"keep_days", "backups", "backup", b.KeepDays},
		{"copy_days", "copies", "copy", b.CopyDays},
	} {
		if at := s.Key(kept.key); kept.days < b.Lock.LeastDays && !at.Broken() && !lock.Key("least_days").Broken() {
			at.Errorf("%s live %d days, but the vaults keep at least %d: every %s job would fail", kept.what, kept.days, b.Lock.LeastDays, kept.jobs)
		}
	}
	after := lock.Key("compliance_after_days")
	switch compliance := b.Lock.Mode == Compliance; {
	case lock.Key("mode").Broken() || after.Broken():
	case compliance && b.Lock.ComplianceAfterDays == 0:
		lock.Key("mode").Errorf("nobody can ever take such a lock away, or delete what is in the vault before its time: say by compliance_after_days, 3 or more, how long you want to be able to")
	case !compliance && b.Lock.ComplianceAfterDays != 0:
		after.Errorf("a governance lock can always be taken away: leave it out, or set mode to compliance")
	}
}
