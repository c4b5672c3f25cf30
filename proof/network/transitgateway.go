package network

import (
	"net/netip"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/packet"
)

func (b *builder) makeTransitGateways() {
	b.each("aws_ec2_transit_gateway", func(r *config.Resource, in block) {
		g := &TransitGateway{Resource: r}
		in.unknown = &g.Unknown
		// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/ec2_transit_gateway
		g.DefaultAssociation = in.text("default_route_table_association") != "disable"
		g.DefaultPropagation = in.text("default_route_table_propagation") != "disable"
		g.GroupReferences = in.text("security_group_referencing_support") == "enable"
		g.Default = &GatewayTable{Gateway: g}
		b.gateways[r] = g
		b.TransitGateways = append(b.TransitGateways, g)
	})
	b.each("aws_ec2_transit_gateway_route_table", func(r *config.Resource, in block) {
		g := b.gateways[in.ref("transit_gateway_id")]
		if g == nil {
			in.note("a route table of a transit gateway that is not known")
			return
		}
		t := &GatewayTable{Resource: r, Gateway: g}
		b.gatewayTables[r] = t
		g.Tables = append(g.Tables, t)
	})
	b.makeVPCAttachments()
	b.makeVPNAttachments()
	b.makeDirectConnect()
	b.makeGatewayRoutes()
}

func (b *builder) makeVPCAttachments() {
	b.each("aws_ec2_transit_gateway_vpc_attachment", func(r *config.Resource, in block) {
		g, v := b.gateways[in.ref("transit_gateway_id")], b.vpc(in)
		if g == nil || v == nil {
			b.unclearAttachment(r, in, g, v)
			return
		}
		a := &Attachment{Resource: r, Gateway: g, VPC: v, Subnets: b.subnetsOf(in, "subnet_ids")}
		named, _ := in.get("subnet_ids").([]any)
		a.MoreSubnets = len(a.Subnets) < len(named) || open(in.get("subnet_ids"))
		a.NoGroupReferences = in.text("security_group_referencing_support") == "disable"
		a.Appliance = in.text("appliance_mode_support") == "enable"
		// In another account than the gateway's, the attachment cannot refuse.
		own := r.Account == g.Resource.Account
		if g.DefaultAssociation && (!own || in.bool("transit_gateway_default_route_table_association", true)) {
			a.Table, a.Association = g.Default, r
		}
		if g.DefaultPropagation && (!own || in.bool("transit_gateway_default_route_table_propagation", true)) {
			g.Default.Propagations = append(g.Default.Propagations, Propagation{r, a})
		}
		b.attachments[config.Ref{Resource: r, Attribute: "id"}] = a
		g.Attachments = append(g.Attachments, a)
	})
	b.each("aws_ec2_transit_gateway_vpc_attachment_accepter", func(r *config.Resource, in block) {
		if a := b.attachments[config.Ref{Resource: in.ref("transit_gateway_attachment_id"), Attribute: "id"}]; a != nil {
			if !in.bool("transit_gateway_default_route_table_association", true) && a.Table == a.Gateway.Default {
				a.Table, a.Association = nil, nil
			}
			b.attachments[config.Ref{Resource: r, Attribute: "id"}] = a
		}
	})
}

// makeVPNAttachments adds what leads out of AWS.
func (b *builder) makeVPNAttachments() {
	b.each("aws_vpn_connection", func(r *config.Resource, in block) {
		if !in.isSet("transit_gateway_id") {
			return
		}
		g := b.gateways[in.ref("transit_gateway_id")]
		if g == nil {
			in.note("a VPN to a transit gateway that is not known")
			return
		}
		a := &Attachment{Resource: r, Gateway: g}
		if g.DefaultAssociation {
			a.Table, a.Association = g.Default, r
		}
		b.attachments[config.Ref{Resource: r, Attribute: "transit_gateway_attachment_id"}] = a
		g.Attachments = append(g.Attachments, a)
	})
}

// attachment is the attachment that an argument names, of the table's gateway if only its
// id says what it is.
func (b *builder) attachment(in block, t *GatewayTable) *Attachment {
	named := in.get("transit_gateway_attachment_id")
	if id, ok := named.(string); ok && t != nil && strings.HasPrefix(id, "tgw-attach-") {
		return b.attachmentByID(in.resource, id, t.Gateway)
	}
	ref, ok := named.(config.Ref)
	if !ok || b.attachments[ref] == nil {
		in.note("the attachment is not known: %v", named)
		return nil
	}
	return b.attachments[ref]
}

// attachmentByID is an attachment of a gateway that no stack here makes. A Direct Connect
// gateway's is known by nothing but its id, as long as no data source finds it: one that
// is associated here, and that nobody names, is taken for it. What is behind the others is
// on-premises too, as far as routes for private addresses that no VPC here has lead there.
func (b *builder) attachmentByID(r *config.Resource, id string, g *TransitGateway) *Attachment {
	if a := b.madeElsewhere[id]; a != nil {
		return a
	}
	var a *Attachment
	for _, nameless := range g.Attachments {
		if nameless.nameless && a == nil {
			nameless.nameless, a = false, nameless
		}
	}
	if a == nil {
		a = &Attachment{Resource: r, Gateway: g}
		g.Attachments = append(g.Attachments, a)
	}
	a.ID = id
	b.madeElsewhere[id] = a
	return a
}

// beyond says why what is behind an attachment that no stack here makes is not known, for a
// route that leads there; "" if it is on-premises.
func (b *builder) beyond(a *Attachment, to packet.Range) string {
	if a.ID == "" {
		return ""
	}
	if slices.ContainsFunc(Internet, to.Overlaps) {
		return "what is behind " + a.ID + ", which no stack here makes, is not known: the route is for public addresses"
	}
	for _, v := range b.VPCs {
		if slices.ContainsFunc(v.CIDRs, func(cidr netip.Prefix) bool { return to.Overlaps(packet.Prefix(cidr)) }) {
			return "what is behind " + a.ID + ", which no stack here makes, is not known: the route is for addresses of " + v.Resource.String()
		}
	}
	return ""
}

func (b *builder) gatewayTable(in block) *GatewayTable {
	ref, _ := in.get("transit_gateway_route_table_id").(config.Ref)
	if g := b.gateways[ref.Resource]; g != nil && ref.Attribute == "association_default_route_table_id" {
		return g.Default
	}
	t := b.gatewayTables[in.ref("transit_gateway_route_table_id")]
	if t == nil {
		in.note("the transit gateway's route table is not known")
	}
	return t
}

func (b *builder) makeGatewayRoutes() {
	b.each("aws_ec2_transit_gateway_route_table_association", func(r *config.Resource, in block) {
		t := b.gatewayTable(in)
		a := b.attachment(in, t)
		if a == nil || t == nil {
			b.unclearAssociation(r, in, a, t)
			return
		}
		if a.Table != nil && a.Association != r && !in.bool("replace_existing_association", false) {
			t.Unknown = append(t.Unknown, Unknown{r, "the attachment is associated already, by " + a.Association.String()})
		}
		a.Table, a.Association = t, r
	})
	b.each("aws_ec2_transit_gateway_route_table_propagation", func(r *config.Resource, in block) {
		t := b.gatewayTable(in)
		if a := b.attachment(in, t); a != nil && t != nil {
			t.Propagations = append(t.Propagations, Propagation{r, a})
			if a.VPC == nil {
				t.Unknown = append(t.Unknown, Unknown{r, "routes that a VPN announces are not known"})
			}
		} else {
			b.unclearAssociation(r, in, a, t)
		}
	})
	b.each("aws_ec2_transit_gateway_route", func(r *config.Resource, in block) {
		t := b.gatewayTable(in)
		if t == nil {
			if open(in.get("transit_gateway_route_table_id")) {
				b.unclearGateways(r, nil, "which route table it is in is not known")
			}
			return
		}
		in.unknown = &t.Unknown
		p, ok := in.prefix("destination_cidr_block")
		if !ok {
			return
		}
		route := GatewayRoute{Resource: r, Destination: packet.Prefix(p), Text: p.String(), Blackhole: in.bool("blackhole", false)}
		if !route.Blackhole {
			if route.Attachment = b.attachment(in, t); route.Attachment == nil {
				return
			}
			if why := b.beyond(route.Attachment, route.Destination); why != "" {
				in.note("%s", why)
				return
			}
			if route.Attachment.VPC == nil {
				route.Attachment.External = append(route.Attachment.External, route.Destination)
			}
		}
		t.Routes = append(t.Routes, route)
	})
	b.noteUnplaced()
}

// noteUnplaced notes attachments that only an id names, and that nobody here associates with
// a table: who made them may have.
func (b *builder) noteUnplaced() {
	for _, g := range b.TransitGateways {
		for _, a := range g.Attachments {
			if a.ID != "" && a.Table == nil {
				g.Unknown = append(g.Unknown, Unknown{a.Resource, "which route table " + a.ID + " is associated with is not known: no stack here makes it"})
			}
		}
	}
}
