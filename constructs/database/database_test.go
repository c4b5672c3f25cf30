package database

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/constructs/securitygroup"
	"hubspoke/internal/arn"
)

func config() Config {
	a, b := "subnet-a", "subnet-b"
	return Config{
		Name: "p-dev", Account: arn.Account{Partition: "aws", Region: "ap-southeast-3", Number: "222222222222"},
		Subnets: map[string]*string{"apse3-az1": &a, "apse3-az2": &b}, ClientGroup: &securitygroup.Group{},
		Version: "17.7", Username: "postgres", StorageGiB: 100, MaxStorageGiB: 500,
		Replicas: map[string]Replica{"reports": {}, "audit": {}},
	}
}

func TestASubnetGroupInOneZoneIsRefusedWithTheReason(t *testing.T) {
	c := config()
	if err := c.check(); err != nil {
		t.Fatal(err)
	}
	delete(c.Subnets, "apse3-az2")
	if err := c.check(); err == nil || !strings.Contains(err.Error(), "subnets in 1 zones, and RDS wants 2") {
		t.Errorf("got %v", err)
	}
}

func TestWhatADatabaseCannotDoWithoutIsAskedFor(t *testing.T) {
	for name, change := range map[string]func(*Config){
		"clients":       func(c *Config) { c.ClientGroup = nil },
		"a name":        func(c *Config) { c.Name = "" },
		"a master user": func(c *Config) { c.Username = "" },
		"a version":     func(c *Config) { c.Version = "" },
	} {
		c := config()
		change(&c)
		if c.check() == nil {
			t.Errorf("no error without %s", name)
		}
	}
}

func TestTheParameterGroupIsThatOfTheMajorVersion(t *testing.T) {
	for version, want := range map[string]string{"17": "postgres17", "17.7": "postgres17", "18": "postgres18"} {
		if got := (Config{Version: version}).family(); got != want {
			t.Errorf("%s: got %s, want %s", version, got, want)
		}
	}
}

func TestInstancesAreNamedInOneOrder(t *testing.T) {
	if got, want := config().instances(), []string{"p-dev", "p-dev-audit", "p-dev-reports"}; !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestAVolumeThatMustNotGrowHasNoLimit(t *testing.T) {
	d := &database{Config: config()}
	if got := d.growth(); got == nil || *got != 500 {
		t.Errorf("got %v, want 500", got)
	}
	d.MaxStorageGiB = d.StorageGiB
	if got := d.growth(); got != nil {
		t.Errorf("got %v for a volume that keeps its size", *got)
	}
}
