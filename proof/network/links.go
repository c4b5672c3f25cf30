package network

import (
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/packet"
)

// makeLinks adds the interfaces by which services of AWS come into a VPC for people who are
// not in it.
func (b *builder) makeLinks() {
	// Whoever calls an API is passed on from the interfaces of its link: where to, makeAPIs says.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vpc-links.html
	b.each("aws_apigatewayv2_vpc_link", func(r *config.Resource, in block) {
		b.addInterfaces(in, OtherInterface, r.Name, b.subnetsOf(in, "subnet_ids"), b.groupsOf(in, "security_group_ids"))
	})
	// The link of a REST API is to a network load balancer, by PrivateLink: makeRESTAPIs says for whom.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-nlb-for-vpclink-using-console.html
	b.each("aws_api_gateway_vpc_link", func(r *config.Resource, in block) {
		for _, balancer := range in.refs("target_arns", "arn", "id") {
			if len(b.interfacesOf(balancer)) == 0 {
				in.note("the load balancer %s is not known", balancer)
			}
		}
	})
	// Whom IAM lets open a tunnel, from wherever on the internet, comes from this interface, to
	// what its groups let it reach:
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/connect-with-ec2-instance-connect-endpoint.html
	b.each("aws_ec2_instance_connect_endpoint", func(r *config.Resource, in block) {
		all := b.addInterfaces(in, ConnectEndpoint, r.Name, b.subnetList(in, "subnet_id"), b.groupsOf(in, "security_group_ids"))
		b.Relays = append(b.Relays, Relay{Resource: r, From: all, To: all})
		for _, i := range all {
			i.Exposed = []packet.Range{packet.Addresses}
			if in.bool("preserve_client_ip", false) {
				b.wayInto(i.VPC, r, "who comes by it keeps an address that is not of this VPC: set preserve_client_ip to false to have its groups decide")
			}
		}
	})
	b.makeLattice()
}

// makeLattice notes where VPC Lattice leads in and out. It carries requests between VPCs
// without routes, by policies that are not modelled.
// https://docs.aws.amazon.com/vpc-lattice/latest/ug/what-is-vpc-lattice.html
func (b *builder) makeLattice() {
	const why = "VPC Lattice leads into this VPC or out of it, without routes, for whom its policies let: which packets that is is not known"
	for kind, argument := range map[string]string{
		"aws_vpclattice_service_network_vpc_association": "vpc_identifier",
		"aws_vpclattice_resource_gateway":                "vpc_id",
	} {
		b.each(kind, func(r *config.Resource, in block) { b.latticeVPC(in, argument, why) })
	}
	b.each("aws_vpclattice_target_group", func(r *config.Resource, in block) {
		for _, c := range in.blocks("config") {
			b.latticeVPC(c, "vpc_identifier", why)
		}
	})
}

func (b *builder) latticeVPC(in block, argument, why string) {
	switch v := b.vpcs[in.ref(argument)]; {
	case v != nil:
		b.wayInto(v, in.resource, why)
	case in.isSet(argument):
		in.note("VPC Lattice leads into a VPC that is not known")
	}
}

// waysOf are types that lead into the VPCs, or the gateways, that they name, in ways that the
// model does not know. What is asked about those is unproven, and nothing else is.
var waysOf = []string{
	"aws_directory_service_directory",
	"aws_ec2_transit_gateway_connect",
	"aws_ec2_transit_gateway_peering_attachment",
	"aws_ec2_transit_gateway_peering_attachment_accepter",
	"aws_networkmanager_vpc_attachment",
	"aws_vpc_route_server",
	"aws_vpc_route_server_vpc_association",
	"aws_verifiedaccess_endpoint",
	"aws_workspaces_directory",
}

// noteWays gives ways that the model does not know to what they concern: VPCs, by themselves
// or by what is in them, and transit gateways. One that concerns nothing that is known may
// concern anything.
func (b *builder) noteWays() {
	for _, kind := range waysOf {
		b.each(kind, func(r *config.Resource, in block) {
			why := "the model knows no " + kind + ", which leads into this network or out of it: look at it by hand"
			vpcs, gateways, whole := b.concerned(r)
			for _, v := range vpcs {
				b.wayInto(v, r, why)
			}
			for _, g := range gateways {
				g.Unknown = append(g.Unknown, Unknown{r, why})
			}
			if !whole || len(vpcs)+len(gateways) == 0 {
				in.note("the model knows no %s, and what it concerns is not known", kind)
			}
		})
	}
}

// concerned are the VPCs and transit gateways that a resource refers to, by way of others
// that do too; whole says whether all that it names is known.
func (b *builder) concerned(r *config.Resource) (vpcs []*VPC, gateways []*TransitGateway, whole bool) {
	whole = !slices.ContainsFunc(r.Arguments(), func(name string) bool { return mayHoldNetwork(r.Argument(name)) })
	seen := map[*config.Resource]bool{r: true}
	for queue := r.References(); len(queue) > 0; queue = queue[1:] {
		to := queue[0]
		switch {
		case seen[to]:
			continue
		case b.vpcs[to] != nil:
			vpcs = append(vpcs, b.vpcs[to])
		case b.gateways[to] != nil:
			gateways = append(gateways, b.gateways[to])
		case b.subnets[to] != nil:
			vpcs = append(vpcs, b.subnets[to].VPC)
		case to.Data:
			whole = false
		default:
			queue = append(queue, to.References()...)
		}
		seen[to] = true
	}
	return vpcs, gateways, whole
}

// makeDirectConnect attaches Direct Connect gateways. What is behind one is on-premises, and
// is as far known as static routes name it.
// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-dcg-attachments.html
func (b *builder) makeDirectConnect() {
	b.each("aws_dx_gateway_association", func(r *config.Resource, in block) {
		ref, ok := in.get("associated_gateway_id").(config.Ref)
		if !ok {
			in.note("Direct Connect leads to a gateway that is not known: %v", in.get("associated_gateway_id"))
			return
		}
		g := b.gateways[ref.Resource]
		if g == nil { // A virtual private gateway is on-premises by itself.
			if ref.Resource.Type != "aws_vpn_gateway" {
				in.note("Direct Connect leads to %s, which is not a gateway that is known", ref)
			}
			return
		}
		a := &Attachment{Resource: r, Gateway: g}
		if g.DefaultAssociation {
			a.Table, a.Association = g.Default, r
		}
		g.Attachments = append(g.Attachments, a)
		b.attachments[config.Ref{Resource: r, Attribute: "transit_gateway_attachment_id"}] = a
		a.nameless = !b.nameDirectConnect(a, in.get("dx_gateway_id"))
	})
}

// nameDirectConnect finds the data sources by which others name the attachment, which AWS
// makes, and says whether there are any.
func (b *builder) nameDirectConnect(a *Attachment, gateway any) bool {
	named := false
	for _, s := range b.config.Stacks {
		for _, d := range s.Resources {
			if !d.Data || d.Type != "aws_ec2_transit_gateway_dx_gateway_attachment" || d.Argument("dx_gateway_id") != gateway {
				continue
			}
			if to, _ := d.Argument("transit_gateway_id").(config.Ref); to.Resource == a.Gateway.Resource {
				b.attachments[config.Ref{Resource: d, Attribute: "id"}] = a
				named = true
			}
		}
	}
	return named
}
