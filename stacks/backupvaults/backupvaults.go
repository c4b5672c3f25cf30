// Package backupvaults makes the vault that the accounts of the organisation copy their
// backups into, in an account that has nothing else, and the role that copies one back.
//
// It has one in the estate's region. What an account keeps in another region is its own:
// a copy of an RDS snapshot goes to another account or to another region, not to both.
package backupvaults

import (
	"hubspoke/constructs/backupplan"
	"hubspoke/constructs/backupvault"
	"hubspoke/estate/organization"
	"hubspoke/internal/base"
)

// New fills the stack.
func New(s *base.Stack) error {
	e := s.Estate
	lock := e.Org.Backup.Lock
	config := backupvault.Config{
		Name:           e.BackupVault(),
		Account:        e.Account(s.Account),
		KeyAlias:       e.BackupKeyAlias(),
		Administrators: e.BackupAdministrators(s.Account),
		Destroyer:      e.BackupDestroyer(s.Account),
		Organization:   e.Org.ID,
		Roles:          roles(s),
		LeastDays:      lock.LeastDays,
	}
	if lock.Mode == organization.Compliance {
		config.ComplianceAfterDays = lock.ComplianceAfterDays
	}
	if _, err := backupvault.New(s.Scope, "copies", config); err != nil {
		return err
	}
	_, err := backupplan.NewRole(s.Scope, "copies", backupplan.RoleConfig{Name: e.BackupRole(s.Account), Account: e.Account(s.Account)})
	return err
}

// roles are those that copy: AWS Backup's own, which nobody else can make, and by its account
// that which it works with in each account that is backed up, for anybody could make one of
// its name in another.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/using-service-linked-roles.html
func roles(s *base.Stack) []string {
	e := s.Estate
	all := []string{e.Account(s.Account).Of("*").Role("aws-service-role/backup.amazonaws.com/AWSServiceRoleForBackup")}
	for _, account := range e.BackedUp() {
		all = append(all, e.RoleARN(account, e.BackupRole(account)))
	}
	return all
}
