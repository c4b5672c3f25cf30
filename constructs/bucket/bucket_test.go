package bucket

import (
	"strings"
	"testing"

	"hubspoke/internal/arn"
)

func TestABucketThatCannotBeIsRefused(t *testing.T) {
	key := "arn:aws:kms:ap-southeast-3:111111111111:key/1"
	good := Config{Name: "logs", Account: arn.Account{Partition: "aws", Region: "ap-southeast-3", Number: "111111111111"}, KeyARN: &key, ArchiveAfterDays: 90, ExpireAfterDays: 400}
	if err := good.check(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Name = "" }, "want a name"},
		{func(c *Config) { c.Account.Partition = "" }, "an account"},
		{func(c *Config) { c.KeyARN = nil }, "and a key"},
		{func(c *Config) { c.ObjectLockDays = -1 }, "not negative"},
		{func(c *Config) { c.ArchiveAfterDays = 400 }, "cannot be archived after 400"},
	} {
		c := good
		test.change(&c)
		if err := c.check(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: got error %v, want one with %q", c, err, test.want)
		}
	}
	never := good
	never.ExpireAfterDays = 0
	if err := never.check(); err != nil {
		t.Errorf("archived and never deleted: %v", err)
	}
}
