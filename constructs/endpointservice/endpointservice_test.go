package endpointservice

import (
	"strings"
	"testing"

	"github.com/aws/jsii-runtime-go"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/securitygroup"
)

// whole is a config that lacks nothing.
func whole() Config {
	return Config{
		Name: "acme-prod-orders", TargetGroup: "acme-prod-orders", VPCID: jsii.String("vpc-1"),
		Subnets: map[string]*string{"euc1-az1": jsii.String("subnet-1")}, Nodes: &securitygroup.Group{ID: jsii.String("sg-1")},
		Port: 8443, HealthPath: "/healthz", Domain: "orders.example.com", ZoneProvider: struct{ cdktf.TerraformProvider }{}, ZoneID: jsii.String("Z1"),
		Principals: []string{"arn:aws:iam::222222222222:root"},
	}
}

// AWS would say so only when it is applied, and of some of it never.
func TestAServiceThatLacksSomethingIsRefused(t *testing.T) {
	if err := whole().check(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*Config){
		"names of at most 32 characters": func(c *Config) { c.TargetGroup = strings.Repeat("x", 33) },
		"subnets in it":                  func(c *Config) { c.Subnets = nil },
		"the security group of":          func(c *Config) { c.Nodes = nil },
		"the port of the pods":           func(c *Config) { c.Port = 0 },
		"what they are asked for":        func(c *Config) { c.HealthPath = "" },
		"the public zone":                func(c *Config) { c.ZoneID = nil },
		"who may connect":                func(c *Config) { c.Principals = nil },
	} {
		c := whole()
		change(&c)
		if err := c.check(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
}
