package network

import (
	"net/netip"
	"strings"

	"hubspoke/proof/config"
)

func (b *builder) makeVPCs() {
	b.each("aws_vpc", func(r *config.Resource, in block) {
		v := &VPC{Resource: r, Account: r.Account, Region: r.Region}
		in.unknown = &v.Unknown
		if cidr, ok := in.prefix("cidr_block"); ok {
			v.CIDRs = []netip.Prefix{cidr}
		} else {
			in.note("its addresses are not known")
		}
		if in.get("ipv6_cidr_block") != nil || in.get("ipv6_ipam_pool_id") != nil || in.bool("assign_generated_ipv6_cidr_block", false) {
			in.note("IPv6 is not modelled")
		}
		// The defaults are those of the resource:
		// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/vpc
		v.DNSSupport = in.bool("enable_dns_support", true)
		v.DNSHostnames = in.bool("enable_dns_hostnames", false)
		v.Main = &RouteTable{VPC: v}
		b.vpcs[r] = v
		b.VPCs = append(b.VPCs, v)
		b.addDefaultGroup(v)
	})
	b.each("aws_vpc_ipv4_cidr_block_association", func(r *config.Resource, in block) {
		if v := b.vpc(in); v != nil {
			if cidr, ok := in.prefix("cidr_block"); ok {
				v.CIDRs = append(v.CIDRs, cidr)
			} else {
				v.Unknown = append(v.Unknown, Unknown{r, "its addresses are not known"})
			}
		}
	})
}

// vpc is the VPC that the block's vpc_id names.
func (b *builder) vpc(in block) *VPC {
	r := in.ref("vpc_id")
	if r == nil {
		return nil
	}
	if b.vpcs[r] == nil {
		in.note("%s is not a VPC that a stack here makes", r)
	}
	return b.vpcs[r]
}

func (b *builder) makeSubnets() {
	b.each("aws_subnet", func(r *config.Resource, in block) {
		v := b.vpc(in)
		cidr, ok := in.prefix("cidr_block")
		if v == nil || !ok {
			in.note("a subnet that belongs to no known VPC or has no known range")
			return
		}
		zone := in.text("availability_zone_id")
		if zone == "" {
			zone = in.text("availability_zone")
		}
		s := &Subnet{
			Resource: r, VPC: v, CIDR: cidr, Zone: zone, Tier: tier(r, zone),
			Table: v.Main, PublicOnLaunch: in.bool("map_public_ip_on_launch", false),
		}
		b.subnets[r] = s
		v.Subnets = append(v.Subnets, s)
	})
}

// tier is the subnet's tag Tier or, failing that, its name without the zone.
func tier(r *config.Resource, zone string) string {
	if tags, ok := r.Argument("tags").(map[string]any); ok {
		if tier, ok := tags["Tier"].(string); ok {
			return tier
		}
	}
	suffix := strings.ReplaceAll(zone, "-", "_")
	return strings.Trim(strings.TrimSuffix(strings.TrimSuffix(r.Name, suffix), zone), "_-")
}

// subnetsOf are the subnets that a list names.
func (b *builder) subnetsOf(in block, name string) []*Subnet {
	var subnets []*Subnet
	for _, r := range in.refs(name) {
		if s := b.subnets[r]; s != nil {
			subnets = append(subnets, s)
		} else {
			in.note("%s: %s is not a known subnet", name, r)
		}
	}
	return subnets
}

// subnet is the subnet that an argument names.
func (b *builder) subnet(in block, name string) *Subnet {
	r := in.ref(name)
	if r == nil {
		return nil
	}
	if b.subnets[r] == nil {
		in.note("%s: %s is not a known subnet", name, r)
	}
	return b.subnets[r]
}

func (b *builder) makeDHCP() {
	options := map[*config.Resource]*DHCPOptions{}
	b.each("aws_vpc_dhcp_options", func(r *config.Resource, in block) {
		o := &DHCPOptions{Resource: r}
		in.unknown = &o.Unknown
		o.Servers = in.texts("domain_name_servers")
		options[r] = o
	})
	b.each("aws_vpc_dhcp_options_association", func(r *config.Resource, in block) {
		v, o := b.vpc(in), options[in.ref("dhcp_options_id")]
		if v != nil && o != nil {
			v.DHCP = o
		} else {
			in.note("an association of DHCP options that is not understood")
		}
	})
}
