package backupplan

import (
	"strings"
	"testing"

	"hubspoke/internal/arn"
)

func TestPlansThatAreRefused(t *testing.T) {
	vault := "vault"
	right := Config{
		Name: "acme-dev-backup", Account: arn.Account{Partition: "aws", Region: "eu-central-1", Number: "111111111111"}, Role: "acme-dev-backup-jobs",
		Tag: "Backup", Vault: &vault, VaultARN: &vault, Copies: map[string]*string{"account": &vault}, KeepDays: 1, CopyDays: 1, StartMinutes: 60,
	}
	if err := right.check(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Config){
		"want a name":                     func(c *Config) { c.Tag = "" },
		"want a vault":                    func(c *Config) { c.VaultARN = nil },
		"how many days":                   func(c *Config) { c.CopyDays = 0 },
		"60 minutes or more to begin in":  func(c *Config) { c.StartMinutes = 59 },
		"an hour of the day, and 60 minu": func(c *Config) { c.Hour = 24 },
	} {
		c := right
		change(&c)
		if _, err := New(nil, "x", c); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", want, err)
		}
	}
}
