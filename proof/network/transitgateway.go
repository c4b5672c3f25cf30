package network

import (
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

// attachment is the attachment that an argument names.
func (b *builder) attachment(in block) *Attachment {
	ref, ok := in.get("transit_gateway_attachment_id").(config.Ref)
	if !ok || b.attachments[ref] == nil {
		in.note("the attachment is not known: %v", in.get("transit_gateway_attachment_id"))
		return nil
	}
	return b.attachments[ref]
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
		a, t := b.attachment(in), b.gatewayTable(in)
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
		if a, t := b.attachment(in), b.gatewayTable(in); a != nil && t != nil {
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
			if route.Attachment = b.attachment(in); route.Attachment == nil {
				return
			}
			if route.Attachment.VPC == nil {
				route.Attachment.External = append(route.Attachment.External, route.Destination)
			}
		}
		t.Routes = append(t.Routes, route)
	})
}
