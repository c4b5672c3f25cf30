// Package hubnetwork makes the network that all accounts share: the hub VPC, the
// transit gateway, the central endpoints and the resolver endpoints.
package hubnetwork

import (
	"maps"
	"net/netip"
	"slices"

	"hubspoke/constructs/attachment"
	"hubspoke/constructs/endpoints"
	"hubspoke/constructs/gatewayassociation"
	"hubspoke/constructs/resolver"
	"hubspoke/constructs/share"
	"hubspoke/constructs/transitgateway"
	"hubspoke/constructs/vpc"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
	"hubspoke/stacks/estatevpc"
)

// New fills the stack.
func New(s *base.Stack) error {
	e := s.Estate
	hub, err := estatevpc.New(s, nil)
	if err != nil {
		return err
	}
	v := hub.VPC
	gateway, err := transitGateway(s, v)
	if err != nil {
		return err
	}
	central, err := endpoints.NewInterface(s.Scope, "endpoints", endpoints.InterfaceConfig{
		Name:     s.Prefix(),
		Region:   e.Region,
		VPCID:    v.ID,
		Subnets:  v.Subnets(subnet.Private),
		Services: e.CentralEndpoints(),
		Clients:  clients(e),
		Accounts: e.AccountNumbers(),
	})
	if err != nil {
		return err
	}
	inboundAddresses, err := inbound(s, v)
	if err != nil {
		return err
	}
	rules, err := outbound(s, v)
	if err != nil {
		return err
	}
	if e.SharesInOrganization() {
		if err := shareWithOrganization(s, gateway, rules); err != nil {
			return err
		}
	}
	if e.Hub.Probe {
		if _, err := estatevpc.Probe(s, v); err != nil {
			return err
		}
	}
	outputs := Outputs{
		SubnetOutputs:     hub.Outputs(),
		VPCID:             v.ID,
		TransitGatewayID:  gateway.ID,
		RouteTableIDs:     output.MapOf(gateway.RouteTableIDs),
		PrivateAPIsID:     central.IDs[estate.PrivateAPIs],
		EndpointDNSNames:  output.MapOf(central.DNSNames),
		EndpointZoneIDs:   output.MapOf(central.DNSZoneIDs),
		InboundAddresses:  output.MapOf(inboundAddresses),
		ForwardingRuleIDs: output.MapOf(rules.RuleIDs),
	}
	if e.InvitesSpokes() {
		outputs.TransitGatewayARN, outputs.ForwardingRuleARNs = gateway.ARN, output.MapOf(rules.RuleARNs)
	}
	output.Write(s.Scope, outputs)
	return nil
}

// transitGateway makes the gateway and attaches the hub VPC to it: associated
// with the hub's segment, propagated to every segment that reaches it, and with
// routes to every spoke that it reaches.
func transitGateway(s *base.Stack, v *vpc.VPC) (*transitgateway.Gateway, error) {
	e := s.Estate
	gateway, err := transitgateway.New(s.Scope, "main", transitgateway.Config{
		Name:     e.Project,
		ASN:      e.Hub.TransitGateway.ASN,
		Segments: segments(e),
	})
	if err != nil {
		return nil, err
	}
	hub, err := attachment.New(s.Scope, "hub", attachment.Config{
		Name: s.Prefix(), GatewayID: gateway.ID, VPC: v,
	})
	if err != nil {
		return nil, err
	}
	if err := associate(s, gateway, hub); err != nil {
		return nil, err
	}
	workloads := append(v.Subnets(subnet.Public), v.Subnets(subnet.Private)...)
	for _, peer := range e.Peers(estate.HubAccount) {
		hub.Route(peer, e.Network(peer).CIDR, workloads...)
	}
	// The resolver endpoints talk to name servers and clients there, whoever makes the way.
	estatevpc.RouteToOnPremises(e, v, hub)
	estatevpc.RouteToInternet(e, estate.HubAccount, v, hub)
	return gateway, nil
}

// segments are the gateway's route tables with their blackholes: the whole private
// address space, but for a range that is exactly that of a VPC or network which
// the segment reaches. A static route would win over the propagated one:
// https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation-overview
func segments(e *estate.Estate) map[string][]netip.Prefix {
	segments := map[string][]netip.Prefix{}
	for segment := range e.Segments {
		wanted := announced(e)
		for _, account := range e.NetworkAccounts() {
			if e.Reaches(segment, e.Segment(account)) {
				wanted = append(wanted, e.Network(account).CIDR)
			}
		}
		segments[segment] = blackholes(wanted)
	}
	if e.Hub.Egress != nil {
		central := announced(e)
		for _, account := range e.BehindEgress() {
			central = append(central, e.Network(account).CIDR)
		}
		segments[estate.Inspection] = blackholes(central)
	}
	if e.IsHybrid() {
		var reached []netip.Prefix
		for _, account := range e.OnPremisesAccounts() {
			reached = append(reached, e.Network(account).CIDR)
		}
		segments[estate.OnPremisesTable] = blackholes(reached)
	}
	return segments
}

// announced are the ranges of on-premises for which a table may learn a route, where
// somebody else makes the way there. The ways of the estate have static routes, which are
// longer than any blackhole.
func announced(e *estate.Estate) []netip.Prefix {
	if e.IsHybrid() {
		return nil
	}
	return slices.Clone(e.OnPremises.CIDRs)
}

// blackholes are the private address space but for ranges that are wanted.
func blackholes(wanted []netip.Prefix) []netip.Prefix {
	return slices.DeleteFunc(estate.PrivateSpace(), func(p netip.Prefix) bool { return slices.Contains(wanted, p) })
}

// associate places the hub's attachment in its segment's table, and propagates it
// to every segment that reaches it.
func associate(s *base.Stack, gateway *transitgateway.Gateway, hub *attachment.Attachment) error {
	e := s.Estate
	propagations := map[string]*string{}
	for _, segment := range estatevpc.Propagations(e, estate.HubAccount) {
		propagations[segment] = gateway.RouteTableIDs[segment]
	}
	_, err := gatewayassociation.New(s.Scope, estate.HubAccount, gatewayassociation.Config{
		AttachmentID: hub.ID,
		RouteTableID: gateway.RouteTableIDs[e.Hub.Segment],
		Propagations: propagations,
	})
	return err
}

// clients are the ranges that may use what the hub shares: the whole address space. Which
// VPCs of it reach the hub, the gateway's route tables say, and they are exact. A rule for
// each VPC would end at the 60 that a security group has at first, and change the hub's
// groups with every spoke.
func clients(e *estate.Estate) map[string]netip.Prefix {
	clients := map[string]netip.Prefix{}
	for _, p := range e.AddressSpace {
		clients[p.String()] = p
	}
	return clients
}

// askers are the networks that the inbound endpoint answers: the hub's and what is
// on-premises, and the spokes' where they are told of it.
func askers(e *estate.Estate) map[string]netip.Prefix {
	askers := map[string]netip.Prefix{estate.HubAccount: e.Hub.Network.CIDR}
	if slices.ContainsFunc(e.Spokes, func(s *estate.Spoke) bool { return e.AsksInbound(s.Name) }) {
		maps.Copy(askers, clients(e))
	}
	for _, p := range e.OnPremises.CIDRs {
		askers[estatevpc.OnPremises(p)] = p
	}
	return askers
}

// inbound makes the endpoint, and returns its addresses by zone.
func inbound(s *base.Stack, v *vpc.VPC) (map[string]*string, error) {
	e := s.Estate
	var addresses []resolver.Address
	byZone := map[string]*string{}
	for i, ip := range e.InboundAddresses() {
		at := v.Subnets(subnet.Private)[i]
		addresses = append(addresses, resolver.Address{Subnet: at, IP: ip})
		byZone[at.Zone] = tf.String(ip.String())
	}
	_, err := resolver.NewInbound(s.Scope, "inbound", resolver.InboundConfig{
		Name: s.Prefix(), VPCID: v.ID, Addresses: addresses, Clients: askers(e), Protocols: protocols(e), Topics: e.Alarms.Topics,
	})
	return byZone, err
}

// protocols are those that the inbound endpoint answers by, none if the estate does not say.
// Terraform leaves an endpoint as it is where nothing is said, so that who switches HTTPS off
// has to say so.
func protocols(e *estate.Estate) []resolver.Protocol {
	switch doh := e.DNS.DoH; {
	case doh == nil:
		return nil
	case *doh:
		return []resolver.Protocol{resolver.Do53, resolver.DoH}
	}
	return []resolver.Protocol{resolver.Do53}
}

// outbound makes the endpoint and rules for on-premises domains, if there are any.
func outbound(s *base.Stack, v *vpc.VPC) (*resolver.Outbound, error) {
	e := s.Estate
	if len(e.OnPremises.Domains) == 0 {
		return &resolver.Outbound{}, nil
	}
	var addresses []resolver.Address
	for _, at := range v.Subnets(subnet.Private)[:2] {
		addresses = append(addresses, resolver.Address{Subnet: at})
	}
	return resolver.NewOutbound(s.Scope, "outbound", resolver.OutboundConfig{
		Name: s.Prefix(), VPCID: v.ID, Addresses: addresses, Domains: e.OnPremises.Domains, Topics: e.Alarms.Topics,
	})
}

// shareWithOrganization shares the gateway and the rules with all accounts of the
// organisation.
func shareWithOrganization(s *base.Stack, gateway *transitgateway.Gateway, rules *resolver.Outbound) error {
	resources := map[string]*string{"transit_gateway": gateway.ARN}
	for _, domain := range tf.Keys(rules.RuleARNs) {
		resources[tf.Name("rule", domain)] = rules.RuleARNs[domain]
	}
	_, err := share.New(s.Scope, "network", share.Config{
		Name: s.Prefix() + "-network", Organization: s.Estate.OrganizationARN(), Resources: resources,
	})
	return err
}
