// Package accountbackup backs up the data of an account: its vaults, and the plan by which
// AWS Backup fills them and has copies in the account that keeps them.
//
// What is backed up has the tag `Backup` with the value `true`. Of the estate's own things
// that is a spoke's database; people give it to theirs.
package accountbackup

import (
	"hubspoke/constructs/backupplan"
	"hubspoke/constructs/backupvault"
	"hubspoke/estate"
	"hubspoke/internal/base"
)

// New fills the stack.
func New(s *base.Stack) error {
	e, b := s.Estate, s.Estate.Org.Backup
	copies := e.Account(e.KeepsCopies())
	config := backupvault.Config{
		Name:           e.BackupVault(),
		Account:        e.Account(s.Account),
		KeyAlias:       e.BackupKeyAlias(),
		Administrators: e.BackupAdministrators(s.Account),
		Destroyer:      e.BackupDestroyer(s.Account),
		Peer:           copies,
		LeastDays:      b.Lock.LeastDays,
	}
	vault, err := backupvault.New(s.Scope, "main", config)
	if err != nil {
		return err
	}
	// The name of the vault of the other account is known before it is there.
	account := copies.ARN("backup", "backup-vault:"+e.BackupVault())
	plan := backupplan.Config{
		Name:         s.Prefix() + "-backup",
		Account:      e.Account(s.Account),
		Role:         e.BackupRole(s.Account),
		Tag:          estate.BackupTag,
		Vault:        vault.Name,
		VaultARN:     vault.ARN,
		Copies:       map[string]*string{"account": &account},
		KeepDays:     b.KeepDays,
		CopyDays:     b.CopyDays,
		Hour:         *b.Hour,
		StartMinutes: estate.BackupStartMinutes,
		Topics:       e.Alarms.Topics,
	}
	if b.OtherRegion != "" {
		config.Provider, config.Account = s.ProviderIn(s.Account, b.OtherRegion), e.Account(s.Account).In(b.OtherRegion)
		// What is copied from here comes back within the account.
		config.Peer.Number = ""
		other, err := backupvault.New(s.Scope, "other_region", config)
		if err != nil {
			return err
		}
		plan.Copies["region"] = other.ARN
	}
	if spoke := e.Spoke(s.Account); spoke != nil && spoke.Database != nil {
		plan.Always = true
		if *b.RestoreTests {
			name := e.DatabaseName(s.Account)
			plan.Databases = map[string]backupplan.Database{"database": {
				ARN: e.Account(s.Account).ARN("rds", "db:"+name), SubnetGroup: name,
			}}
		}
	}
	_, err = backupplan.New(s.Scope, "main", plan)
	return err
}
