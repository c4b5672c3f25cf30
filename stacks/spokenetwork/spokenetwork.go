// Package spokenetwork makes the VPC of a spoke, or takes one that is there already.
// If the hub has a network, it attaches the VPC to the hub's transit gateway: which
// networks it then reaches is up to the gateway's route tables, in the spoke's link
// stack. Otherwise the VPC stands alone, with what it needs in itself.
package spokenetwork

import (
	"hubspoke/constructs/attachment"
	"hubspoke/constructs/dhcp"
	"hubspoke/constructs/dnsfirewall"
	"hubspoke/constructs/querylog"
	"hubspoke/constructs/resolver"
	"hubspoke/constructs/securitygroup"
	"hubspoke/constructs/vpc"
	"hubspoke/estate"
	"hubspoke/internal/awstag"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
	"hubspoke/stacks/estatevpc"
	"hubspoke/stacks/hubdns"
	"hubspoke/stacks/hubnetwork"
)

// New fills the stack.
func New(s *base.Stack) error {
	v, err := estatevpc.New(s, subnetTags(s.Estate.ClusterName(s.Account)))
	if err != nil {
		return err
	}
	outputs := Outputs{SubnetOutputs: v.Outputs(), VPCID: v.ID}
	if s.Estate.HasHubNetwork() {
		err = join(s, v.VPC, &outputs)
	} else {
		err = standAlone(s, v, &outputs)
	}
	if err != nil {
		return err
	}
	output.Write(s.Scope, outputs)
	return nil
}

// join attaches the VPC to the hub's gateway, and makes it resolve names as the hub
// does.
func join(s *base.Stack, v *vpc.VPC, outputs *Outputs) error {
	e := s.Estate
	hub := hubnetwork.Read(s)
	attached, err := attachment.New(s.Scope, "hub", attachment.Config{
		Name: s.Prefix(), GatewayID: hub.TransitGatewayID, Shared: true, VPC: v,
	})
	if err != nil {
		return err
	}
	routes(s, v, attached)
	if _, err := dhcp.New(s.Scope, "main", dhcp.Config{
		Name: s.Prefix(), VPCID: v.ID, NameServers: nameServers(e, s.Account),
	}); err != nil {
		return err
	}
	for _, domain := range tf.Keys(e.OnPremises.Domains) {
		if _, err := resolver.NewAssociation(s.Scope, tf.Name(domain), resolver.AssociationConfig{
			RuleID: hub.ForwardingRuleIDs.Get(domain), VPCID: v.ID,
		}); err != nil {
			return err
		}
	}
	if err := logQueries(s, v); err != nil {
		return err
	}
	if err := firewall(s, v); err != nil {
		return err
	}
	group, err := admitDNS(s, v)
	if err != nil {
		return err
	}
	if e.Spoke(s.Account).Probe {
		probe, err := estatevpc.Probe(s, v, group.ID)
		if err != nil {
			return err
		}
		if len(e.ConsumedServices(s.Account)) > 0 {
			outputs.ProbeGroupID = probe.GroupID
		}
	}
	outputs.AttachmentID = attached.ID
	if e.Spoke(s.Account).Cluster != nil {
		outputs.DNSGroupID = group.ID
	}
	return nil
}

// subnetTags are how the load balancer controller and Karpenter find subnets:
//
//   - https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html
//   - https://karpenter.sh/docs/concepts/nodeclasses/#specsubnetselectorterms
func subnetTags(cluster string) map[subnet.Tier]map[string]string {
	return map[subnet.Tier]map[string]string{
		subnet.Public:  {awstag.PublicLoadBalancers: "1"},
		subnet.Private: {awstag.InternalLoadBalancers: "1", awstag.Discovery: cluster},
	}
}

// routes lead to every VPC that the spoke's segment reaches. Where that is the
// hub's, public subnets have them too: their instances find AWS's APIs at its
// endpoints. Database subnets have none. To on-premises, private subnets alone have some.
func routes(s *base.Stack, v *vpc.VPC, attached *attachment.Attachment) {
	e := s.Estate
	subnets := v.Subnets(subnet.Private)
	if e.ReachesHub(s.Account) {
		subnets = append(v.Subnets(subnet.Public), subnets...)
	}
	for _, peer := range e.Peers(s.Account) {
		attached.Route(peer, e.Network(peer).CIDR, subnets...)
	}
	if e.ReachesOnPremises(s.Account) {
		estatevpc.RouteToOnPremises(e, v, attached)
	}
	estatevpc.RouteToInternet(e, s.Account, v, attached)
}

// nameServers are those of the DHCP options, in the estate's order.
func nameServers(e *estate.Estate, account string) []string {
	if !e.AsksInbound(account) {
		return []string{dhcp.AmazonProvidedDNS}
	}
	var hub []string
	for _, a := range e.InboundAddresses() {
		hub = append(hub, a.String())
	}
	if e.DNS.ResolverOrder == estate.HubFirst {
		return append(hub, dhcp.AmazonProvidedDNS)
	}
	return append([]string{dhcp.AmazonProvidedDNS}, hub...)
}

// logQueries sends what the VPC's resolver is asked to the hub's central bucket.
func logQueries(s *base.Stack, v *vpc.VPC) error {
	_, err := querylog.NewAssociation(s.Scope, "main", querylog.AssociationConfig{
		QueryLogID: hubdns.Read(s).QueryLogConfigID, VPCID: v.ID,
	})
	return err
}

// firewall puts the VPC behind the hub's rules about names: those for all, and after them, if
// the spoke resolves some names alone, its own.
func firewall(s *base.Stack, v *vpc.VPC) error {
	rules, names := s.Estate.DNS.Firewall, hubdns.Read(s)
	var groups []dnsfirewall.Association
	if rules.BlocksForAll() {
		groups = append(groups, dnsfirewall.Association{Name: "all", GroupID: names.FirewallGroupID, Priority: hubdns.ForAllPlace})
	}
	if rules.Restricts(s.Account) {
		groups = append(groups, dnsfirewall.Association{Name: "allow-only", GroupID: names.AllowOnlyGroupIDs.Get(s.Account), Priority: hubdns.AllowOnlyPlace})
	}
	if len(groups) == 0 {
		return nil
	}
	_, err := dnsfirewall.NewVPC(s.Scope, "names", dnsfirewall.VPCConfig{
		Name: s.Prefix(), VPCID: v.ID, Groups: groups, FailOpen: rules.FailOpen,
	})
	return err
}

// admitDNS makes the group that admits DNS from the hub, for the probe and the
// cluster's nodes. A spoke with neither has none: without a member, a group would
// only look like protection. Karpenter gives its nodes the groups with its tag.
func admitDNS(s *base.Stack, v *vpc.VPC) (*securitygroup.Group, error) {
	e, spoke := s.Estate, s.Estate.Spoke(s.Account)
	if !spoke.Probe && spoke.Cluster == nil {
		return nil, nil
	}
	config := securitygroup.Config{
		Name:        s.Prefix() + "-dns-from-hub",
		Description: "Admits DNS from the hub VPC",
		VPCID:       v.ID,
		Ingress:     securitygroup.DNS("", "DNS from the hub VPC", e.Hub.Network.CIDR),
	}
	if spoke.Cluster != nil {
		config.Tags = map[string]string{awstag.Discovery: e.ClusterName(s.Account)}
	}
	return securitygroup.New(s.Scope, "dns_from_hub", config)
}
