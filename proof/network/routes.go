package network

import (
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/packet"
)

func (b *builder) makeTables() {
	for _, kind := range []string{"aws_route_table", "aws_default_route_table"} {
		b.each(kind, func(r *config.Resource, in block) {
			var v *VPC
			if kind == "aws_route_table" {
				v = b.vpc(in)
			} else {
				v = b.vpcs[in.ref("default_route_table_id", "default_route_table_id", "main_route_table_id")]
			}
			if v == nil {
				in.note("a route table that belongs to no known VPC")
				return
			}
			t := &RouteTable{Resource: r, VPC: v}
			if kind == "aws_default_route_table" {
				t = v.Main
				t.Resource = r
			}
			b.tables[r] = t
			v.Tables = append(v.Tables, t)
		})
	}
	b.each("aws_main_route_table_association", b.associateMainTable)
	b.each("aws_route_table_association", b.associateTable)
	b.settleTables()
}

// table is the route table that the block's route_table_id names.
func (b *builder) table(in block) *RouteTable {
	if ref, ok := in.get("route_table_id").(config.Ref); ok && b.vpcs[ref.Resource] != nil {
		if slices.Contains([]string{"main_route_table_id", "default_route_table_id"}, ref.Attribute) {
			return b.vpcs[ref.Resource].Main
		}
	}
	return b.tables[in.ref("route_table_id")]
}

func (b *builder) makeRoutes() {
	b.findExternalIDs()
	for _, kind := range []string{"aws_route_table", "aws_default_route_table"} {
		b.each(kind, func(r *config.Resource, in block) {
			if t := b.tables[r]; t != nil {
				b.addInlineRoutes(t, r)
			}
		})
	}
	b.each("aws_route", func(r *config.Resource, in block) {
		t := b.table(in)
		if t == nil {
			b.unclearRoutes(r, in)
			return
		}
		t.Separate = true
		in.unknown = &t.Unknown
		b.addRoute(t, r, in, "destination_cidr_block", "destination_prefix_list_id", "destination_ipv6_cidr_block")
	})
	b.each("aws_vpn_gateway_route_propagation", func(r *config.Resource, in block) {
		if t := b.table(in); t != nil {
			t.Unknown = append(t.Unknown, Unknown{r, "routes that a virtual private gateway propagates are not known"})
		}
	})
	for _, v := range b.VPCs {
		for _, e := range v.Endpoints {
			if e.Type != GatewayEndpoint {
				continue
			}
			for _, t := range e.Tables {
				t.Routes = append(t.Routes, &Route{
					Resource: e.Resource, Table: t, Destinations: []packet.Range{ServiceRange(e.Service)},
					Text: "the prefix list of " + e.Service, Target: Target{Endpoint: e},
				})
			}
		}
	}
}

func (b *builder) addInlineRoutes(t *RouteTable, r *config.Resource) {
	in := blockOf(r, &t.Unknown)
	t.Inline = t.Inline || in.has("route")
	for _, route := range in.blocks("route") {
		b.addRoute(t, r, route, "cidr_block", "destination_prefix_list_id", "ipv6_cidr_block")
	}
	if len(in.list("propagating_vgws")) > 0 {
		in.note("routes that a virtual private gateway propagates are not known")
	}
}

// addRoute adds a route to its table. IPv6 routes are left out: a VPC that has
// such addresses is unknown as a whole.
func (b *builder) addRoute(t *RouteTable, r *config.Resource, in block, cidr, list, ipv6 string) {
	route := &Route{Resource: r, Table: t, Target: b.target(t, in)}
	switch {
	case in.get(cidr) != nil && in.get(cidr) != "":
		p, ok := in.prefix(cidr)
		if !ok {
			return
		}
		route.Destinations, route.Text = []packet.Range{packet.Prefix(p)}, p.String()
	case in.get(list) != nil && in.get(list) != "":
		route.Destinations, route.Text = b.prefixList(in, list, in.get(list)), "a prefix list"
	case in.get(ipv6) != nil && in.get(ipv6) != "":
		return
	default:
		in.note("a route without a destination")
		return
	}
	if route.Target.ID != "" {
		route.Target = b.externalTarget(route)
	}
	t.Routes = append(t.Routes, route)
}

// target is where a route leads.
func (b *builder) target(t *RouteTable, in block) Target {
	none := func(name string) Target {
		return Target{Unknown: "the target of the route, " + name + ", is not modelled", Unmodelled: true}
	}
	var unknown []Unknown
	in.unknown = &unknown
	for _, name := range []string{"egress_only_gateway_id", "network_interface_id", "carrier_gateway_id", "local_gateway_id", "core_network_arn"} {
		if v := in.get(name); v != nil && v != "" {
			return none(name)
		}
	}
	if in.get("gateway_id") == "local" {
		return Target{Local: true}
	}
	if id := externalID(in); id != "" {
		return Target{OnPremises: in.resource, ID: id}
	}
	var target Target
	switch {
	case in.isSet("gateway_id"):
		r := in.ref("gateway_id")
		switch {
		case r == nil:
		case b.internet[r] && t.VPC.InternetGateway == r:
			target.InternetGateway = r
		case b.internet[r]:
			target.Unknown = r.String() + " is not the internet gateway of this VPC"
		case r.Type == "aws_vpn_gateway":
			target.OnPremises = r
		}
	case in.isSet("nat_gateway_id"):
		target.NAT = b.nats[in.ref("nat_gateway_id")]
	case in.isSet("transit_gateway_id"):
		target.TransitGateway = b.gateways[in.ref("transit_gateway_id")]
	case in.isSet("vpc_peering_connection_id"):
		target.Peering = b.peerings[in.ref("vpc_peering_connection_id", "id", "vpc_peering_connection_id")]
	case in.isSet("vpc_endpoint_id"):
		if ref, ok := in.get("vpc_endpoint_id").(config.Ref); ok && b.firewallEndpoints[ref] != nil {
			target.Endpoint = b.firewallEndpoints[ref]
		} else {
			target.Endpoint = b.endpoints[in.ref("vpc_endpoint_id")]
		}
	}
	if target == (Target{}) {
		target = b.noTarget(in)
		for _, u := range unknown {
			if !target.Unmodelled {
				target.Unknown += ": " + u.Why
			}
		}
	}
	return target
}

// externalID is the id by which a route names a gateway or a connection that
// somebody else has made, "" for none.
func externalID(in block) string {
	for name, prefix := range map[string]string{"gateway_id": "vgw-", "vpc_peering_connection_id": "pcx-", "transit_gateway_id": "tgw-"} {
		if id, ok := in.get(name).(string); ok && strings.HasPrefix(id, prefix) {
			return id
		}
	}
	return ""
}

// findExternalIDs finds which VPCs have routes to the same id.
func (b *builder) findExternalIDs() {
	var unread []Unknown // makeRoutes says what cannot be read
	count := func(t *RouteTable, in block) {
		id := externalID(in)
		if id == "" || t == nil {
			return
		}
		if b.externalIDs[id] == nil {
			b.externalIDs[id] = map[*VPC]bool{}
		}
		b.externalIDs[id][t.VPC] = true
	}
	for _, kind := range []string{"aws_route_table", "aws_default_route_table"} {
		for _, r := range b.config.All(kind) {
			for _, route := range blockOf(r, &unread).blocks("route") {
				count(b.tables[r], route)
			}
		}
	}
	for _, r := range b.config.All("aws_route") {
		in := blockOf(r, &unread)
		count(b.table(in), in)
	}
}

// externalTarget is the target of a route to what no stack here makes: a network
// on-premises, unless it may be a way to another VPC of the model or to the internet.
func (b *builder) externalTarget(r *Route) Target {
	unknown := func(why string) Target {
		return Target{ID: r.Target.ID, Unknown: "what is behind " + r.Target.ID + ", which no stack here makes, is not known: " + why, Unmodelled: true}
	}
	if len(b.externalIDs[r.Target.ID]) > 1 {
		return unknown("several VPCs have routes to it")
	}
	for _, destination := range r.Destinations {
		if slices.ContainsFunc(Internet, destination.Overlaps) {
			return unknown("the route is for public addresses")
		}
		for _, v := range b.VPCs {
			for _, cidr := range v.CIDRs {
				if v != r.Table.VPC && destination.Overlaps(packet.Prefix(cidr)) {
					return unknown("the route is for addresses of " + v.Resource.String())
				}
			}
		}
	}
	return r.Target
}

func (b *builder) makeGateways() {
	b.each("aws_internet_gateway", func(r *config.Resource, in block) {
		b.internet[r] = true
		if v := b.vpc(in); v != nil {
			v.InternetGateway = r
		}
	})
	b.each("aws_internet_gateway_attachment", func(r *config.Resource, in block) {
		if v := b.vpc(in); v != nil {
			v.InternetGateway = in.ref("internet_gateway_id")
		}
	})
	b.each("aws_vpn_gateway", func(r *config.Resource, in block) {
		if in.isSet("vpc_id") {
			b.attachVPNGateway(in, r)
		}
	})
	b.each("aws_vpn_gateway_attachment", func(r *config.Resource, in block) {
		gateway := r // unless a stack here makes it
		if ref, ok := in.get("vpn_gateway_id").(config.Ref); ok {
			gateway = ref.Resource
		}
		b.attachVPNGateway(in, gateway)
	})
	b.each("aws_nat_gateway", func(r *config.Resource, in block) {
		if s := b.subnet(in, "subnet_id"); s != nil {
			b.nats[r] = &NATGateway{Resource: r, Subnet: s, Public: in.text("connectivity_type") != "private"}
		}
	})
}

// attachVPNGateway notes that packets may come into the VPC by the gateway, whether
// or not a route leads to it.
func (b *builder) attachVPNGateway(in block, gateway *config.Resource) {
	if v := b.vpc(in); v != nil {
		v.VPNGateway = gateway
	} else {
		in.note("a virtual private gateway of a VPC that is not known")
	}
}

func (b *builder) makePeerings() {
	b.each("aws_vpc_peering_connection", func(r *config.Resource, in block) {
		p := &Peering{Resource: r, Requester: b.vpc(in), Accepter: b.vpcs[in.ref("peer_vpc_id")]}
		if p.Requester == nil || p.Accepter == nil {
			in.note("a peering of a VPC that is not known")
			return
		}
		// A peering accepts itself within one account and region:
		// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/vpc_peering_connection
		near := p.Requester.Account == p.Accepter.Account && p.Requester.Region == p.Accepter.Region
		p.Accepted = near && in.bool("auto_accept", false)
		b.peerings[r] = p
		b.Peerings = append(b.Peerings, p)
	})
	b.each("aws_vpc_peering_connection_accepter", func(r *config.Resource, in block) {
		if p := b.peerings[in.ref("vpc_peering_connection_id")]; p != nil {
			p.Accepted = p.Accepted || in.bool("auto_accept", false)
			b.peerings[r] = p
		}
	})
}
