// Package spokeshare gives a spoke what the hub has for all spokes: the transit
// gateway, the rules that forward on-premises domains, the query log and the rules of DNS
// Firewall. It shares them with the spoke's account alone, and accepts the shares there, in one apply.
//
// An estate whose organisation shares without invitations has no such stack: there
// the hub's own stacks share with the organisation.
//
// docs/decisions/sharing.md says why each spoke has shares of its own.
package spokeshare

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/share"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/tf"
	"hubspoke/stacks/hubdns"
	"hubspoke/stacks/hubnetwork"
)

// New fills the stack.
func New(s *base.Stack) error {
	hub := s.Provider(estate.HubAccount)
	network := hubnetwork.Read(s)
	shared := map[string]*string{"transit_gateway": network.TransitGatewayARN}
	for _, domain := range tf.Keys(s.Estate.OnPremises.Domains) {
		shared[tf.Name("rule", domain)] = network.ForwardingRuleARNs.Get(domain)
	}
	if err := give(s, hub, "network", shared); err != nil {
		return err
	}
	// A share of its own: from these an account cannot leave.
	names, rules := hubdns.Read(s), s.Estate.DNS.Firewall
	kept := map[string]*string{"query_log": names.QueryLogConfigARN}
	if rules.BlocksForAll() {
		kept["dns_firewall"] = names.FirewallGroupARN
	}
	if rules.Restricts(s.Account) {
		kept["allow_only"] = names.AllowOnlyGroupARNs.Get(s.Account)
	}
	return give(s, hub, "query-log", kept)
}

// give shares resources of the hub, by a name for each, with the stack's account,
// which accepts them.
func give(s *base.Stack, hub cdktf.TerraformProvider, kind string, resources map[string]*string) error {
	id := tf.Name(kind)
	made, err := share.New(s.Scope, id, share.Config{
		Provider:   hub,
		Name:       s.Prefix() + "-" + kind,
		Principals: map[string]string{s.Account: s.Number()},
		Resources:  resources,
	})
	if err != nil {
		return err
	}
	_, err = share.NewAccepter(s.Scope, id, share.AccepterConfig{ShareARN: made.ARN, After: made.Associations})
	return err
}
