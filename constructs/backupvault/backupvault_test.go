package backupvault

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
)

var account = arn.Account{Partition: "aws", Region: "eu-central-1", Number: "111111111111"}

func copies() Config {
	return Config{
		Name: "acme-backup", Account: account, KeyAlias: "alias/acme-backup", Administrators: []string{account.Role("acme-apply")},
		Organization: "o-abcdefghij", Roles: []string{"arn:aws:iam::*:role/acme-*-backup-jobs"}, LeastDays: 7,
	}
}

func TestVaultsThatAreRefused(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"want a name":               func(c *Config) { c.Name = "" },
		"AWS Backup takes 50":       func(c *Config) { c.Name = strings.Repeat("x", 51) },
		"want a role":               func(c *Config) { c.Administrators = nil },
		"how long it keeps backups": func(c *Config) { c.LeastDays = 0 },
		"or neither":                func(c *Config) { c.Roles = nil },
	} {
		c := copies()
		change(&c)
		if _, err := New(nil, "x", c); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Whoever may write to a vault may not take anything out of it, and whoever may not
// administer it cannot change that.
func TestNobodyDeletesWhatIsInAVault(t *testing.T) {
	own := copies()
	own.Organization, own.Roles, own.Peer = "", nil, account.Of("222222222222")
	for _, c := range []Config{copies(), own} {
		denied := map[string]policy.Condition{}
		for _, s := range c.statements() {
			for _, action := range s.Action {
				switch {
				case s.Effect == "Deny" && s.Principal.Anyone:
					denied[action] = s.Condition
				case action != "backup:CopyIntoBackupVault":
					t.Errorf("the policy allows %s", action)
				case s.Principal.Anyone && s.Condition["StringEquals"]["aws:PrincipalOrgID"] == nil:
					t.Error("everybody copies into the vault")
				}
				if strings.Contains(action, "*") {
					t.Errorf("a policy of a vault takes no wildcard, as in %s", action)
				}
			}
		}
		for _, action := range []string{"backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"} {
			if condition, ok := denied[action]; !ok || condition != nil {
				t.Errorf("%s is denied: %v, but for %v", action, ok, condition)
			}
		}
		for _, action := range []string{"backup:PutBackupVaultAccessPolicy", "backup:DeleteBackupVaultAccessPolicy", "backup:PutBackupVaultLockConfiguration", "backup:DeleteBackupVaultLockConfiguration"} {
			if got := denied[action]["ArnNotEquals"]["aws:PrincipalArn"]; !slices.Equal(got, c.Administrators) {
				t.Errorf("%s is denied to all but %v", action, got)
			}
		}
	}
}

// Of accounts of the organisation those that are named use the key, and the vault takes what any of them copies.
func TestTheKeyOfCopiesIsForNamedRoles(t *testing.T) {
	c := copies()
	for _, s := range slices.Concat(c.statements(), c.keyStatements()) {
		if s.Effect != "Deny" && s.Condition["StringEquals"]["aws:PrincipalOrgID"] == nil {
			t.Errorf("%s admits others than the organisation", s.Sid)
		}
	}
	for _, s := range c.keyStatements() {
		if s.Effect != "Deny" && !slices.Equal(s.Condition["ArnLike"]["aws:PrincipalArn"], c.Roles) {
			t.Errorf("%s: whoever wants to uses the key", s.Sid)
		}
	}
}

// Without the key nobody reads a backup, so that it is kept as backups are.
func TestNobodyDeletesTheKeyOfAVault(t *testing.T) {
	const destroyer = "arn:aws:iam::888888888888:role/acme-break-glass"
	for _, test := range []struct {
		destroyer string
		exempt    []string
	}{{"", nil}, {destroyer, []string{destroyer}}} {
		c := copies()
		c.Destroyer = test.destroyer
		denied := map[string]policy.Condition{}
		for _, s := range c.keyStatements() {
			if s.Effect == "Deny" && s.Principal.Anyone {
				for _, action := range s.Action {
					denied[action] = s.Condition
				}
			}
		}
		for _, action := range []string{"kms:DeleteImportedKeyMaterial", "kms:DisableKey", "kms:ScheduleKeyDeletion"} {
			condition, ok := denied[action]
			if got := condition["ArnNotEquals"]["aws:PrincipalArn"]; !ok || !slices.Equal(got, test.exempt) || len(condition) > len(test.exempt) {
				t.Errorf("%s is denied: %t, but to %v", action, ok, got)
			}
		}
		if got := denied["kms:PutKeyPolicy"]["ArnNotEquals"]["aws:PrincipalArn"]; !slices.Equal(got, c.Administrators) {
			t.Errorf("the key's policy is for %v", got)
		}
	}
}
