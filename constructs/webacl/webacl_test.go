package webacl

import (
	"testing"

	"hubspoke/internal/awstag"
)

// Without Block every rule counts: none refuses anything.
func TestWithoutBlockNothingIsRefused(t *testing.T) {
	for _, block := range []bool{false, true} {
		rules := Config{Name: "x", Rate: 100, Block: block}.rules()
		if len(rules) != 1+len(managed) {
			t.Fatalf("%d rules", len(rules))
		}
		if refuses := rules[0].Action.Block != nil; refuses != block {
			t.Errorf("with Block %t the limit refuses: %t", block, refuses)
		}
		for _, rule := range rules[1:] {
			if refuses := rule.OverrideAction.None != nil; refuses != block {
				t.Errorf("with Block %t %s refuses: %t", block, *rule.Name, refuses)
			}
		}
	}
}

// AWS takes log groups by the beginning of their names alone.
func TestALogGroupOfAnotherNameIsRefused(t *testing.T) {
	id := "x"
	if err := (Config{Name: "x", ResourceARN: &id, Rate: 100, LogGroup: "/waf/x", RetentionDays: 1}).check(); err == nil {
		t.Error("taken")
	}
}

// What stands before nothing is paid for, and what stands before two is changed for both.
func TestAnACLIsForAResourceOrForACluster(t *testing.T) {
	arn := "x"
	config := Config{Name: "x", Rate: 100, LogGroup: LogPrefix + "x", RetentionDays: 1}
	for _, c := range []Config{config, {Name: "x", ResourceARN: &arn, Cluster: "x", Rate: 100, LogGroup: LogPrefix + "x", RetentionDays: 1}} {
		if c.check() == nil {
			t.Errorf("%+v is taken", c)
		}
	}
	config.Cluster = "shop"
	if tag := (*config.tags())[awstag.Cluster("shop")]; tag == nil || *tag != "shared" {
		t.Errorf("tags %v", *config.tags())
	}
}

func TestTheLimitIsForWhoCalls(t *testing.T) {
	if limit := (Config{Rate: 100}).limit(); limit["aggregate_key_type"] != "IP" || limit["forwarded_ip_config"] != nil {
		t.Errorf("%v", limit)
	}
	forwarded := (Config{Rate: 100, ClientHeader: "X-Forwarded-For"}).limit()
	if config, _ := forwarded["forwarded_ip_config"].(map[string]any); forwarded["aggregate_key_type"] != "FORWARDED_IP" || config["header_name"] != "X-Forwarded-For" || config["fallback_behavior"] != "MATCH" {
		t.Errorf("%v", forwarded)
	}
}
