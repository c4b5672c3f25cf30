package vpclink

import (
	"strings"
	"testing"

	"hubspoke/constructs/privateendpoint"
)

// AWS takes names of 32 characters, and says so in the middle of an apply.
func TestALoadBalancerWithALongNameIsRefused(t *testing.T) {
	id := "x"
	config := FrontConfig{
		Name: strings.Repeat("a", 33), Label: "a", VPCID: &id, SubnetIDs: map[string]*string{"euc1-az1": &id},
		Link: &Link{}, Endpoint: &privateendpoint.Endpoint{},
	}
	if _, err := NewFront(nil, "x", config); err == nil || !strings.Contains(err.Error(), "at most 32 characters") {
		t.Errorf("got %v", err)
	}
}
