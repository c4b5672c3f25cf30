package network

import (
	"slices"
	"strings"

	"hubspoke/proof/config"
)

func (b *builder) makeEndpoints() {
	b.each("aws_vpc_endpoint", func(r *config.Resource, in block) {
		v := b.vpc(in)
		if v == nil {
			in.note("an endpoint of a VPC that is not known")
			return
		}
		in.unknown = &v.Unknown
		e := &Endpoint{Resource: r, VPC: v, Type: EndpointType(in.text("vpc_endpoint_type")), Service: service(r)}
		if e.Type == "" {
			e.Type = GatewayEndpoint
		}
		if e.Service == "" {
			in.note("the endpoint's service is not known")
		}
		if region := in.text("service_region"); region != "" && region != v.Region {
			in.note("whether %s is the VPC's own region, %q, is not known", region, v.Region)
		}
		if in.resource.Region == "" && e.Service != r.Argument("service_name") {
			in.note("whether its service is of its own region is not known, since its provider names no region")
		}
		for _, t := range in.refs("route_table_ids") {
			if b.tables[t] != nil {
				e.Tables = append(e.Tables, b.tables[t])
			} else {
				in.note("route_table_ids: %s is not a known route table", t)
			}
		}
		e.Subnets = b.subnetsOf(in, "subnet_ids")
		e.Groups = b.groupsOf(in, "security_group_ids")
		if e.Type == InterfaceEndpoint && len(e.Groups) == 0 {
			e.Groups = []*Group{b.defaultGroup(v)}
		}
		e.PrivateDNS = in.bool("private_dns_enabled", false)
		e.Policy = in.get("policy") != nil
		b.endpoints[r] = e
		v.Endpoints = append(v.Endpoints, e)
	})
	b.attachEndpoints()
	b.makeFirewallEndpoints()
}

// makeFirewallEndpoints makes the endpoints of network firewalls, one in each subnet.
// What a firewall does with packets is for package invariant. Where its subnets cannot all
// be read, it may have an endpoint in any.
func (b *builder) makeFirewallEndpoints() {
	b.each("aws_networkfirewall_firewall", func(r *config.Resource, in block) {
		v := b.vpc(in)
		if v == nil {
			in.note("a firewall of a VPC that is not known")
			b.unreadFirewalls[r] = true
			return
		}
		var unread []Unknown
		in.unknown = &unread
		for _, mapping := range in.blocks("subnet_mapping") {
			s := b.subnet(mapping, "subnet_id")
			if s == nil {
				continue
			}
			e := &Endpoint{Resource: r, VPC: v, Type: FirewallEndpoint, Service: "network-firewall", Subnets: []*Subnet{s}}
			b.firewallEndpoints[config.FirewallEndpoint(r, s.Resource)] = e
			v.Endpoints = append(v.Endpoints, e)
		}
		v.Unknown = append(v.Unknown, unread...)
		b.unreadFirewalls[r] = len(unread) > 0 || r.Argument("dynamic") != nil
	})
}

// attachEndpoints gives endpoints what other resources say about them.
func (b *builder) attachEndpoints() {
	b.each("aws_vpc_endpoint_route_table_association", func(r *config.Resource, in block) {
		e, t := b.endpoints[in.ref("vpc_endpoint_id")], b.table(in)
		if e != nil && t != nil {
			if !slices.Contains(e.Tables, t) {
				e.Tables = append(e.Tables, t)
			}
		} else {
			in.note("an endpoint's route that is not understood")
		}
	})
	b.each("aws_vpc_endpoint_subnet_association", func(r *config.Resource, in block) {
		if e, s := b.endpoints[in.ref("vpc_endpoint_id")], b.subnet(in, "subnet_id"); e != nil && s != nil && !slices.Contains(e.Subnets, s) {
			e.Subnets = append(e.Subnets, s)
		}
	})
	b.each("aws_vpc_endpoint_policy", func(r *config.Resource, in block) {
		if e := b.endpoints[in.ref("vpc_endpoint_id")]; e != nil {
			e.Policy = true
		}
	})
	b.each("aws_vpc_endpoint_security_group_association", func(r *config.Resource, in block) {
		e, g := b.endpoints[in.ref("vpc_endpoint_id")], b.group(in, "security_group_id", in.get("security_group_id"))
		if e == nil || g == nil {
			return
		}
		if in.bool("replace_default_association", false) {
			e.Groups = nil
		}
		e.Groups = append(e.Groups, g)
	})
}

// service is `ecr.api` of com.amazonaws.ap-southeast-3.ecr.api, and the whole name of a
// service that is not one of AWS, or of another region than the endpoint's: names of the
// endpoint's region do not lead to that.
func service(r *config.Resource) string {
	switch name := r.Argument("service_name").(type) {
	case string:
		region, service := ServiceName(name)
		if region == "" || r.Region != "" && region != r.Region {
			return name
		}
		return service
	case config.Ref:
		return name.String()
	}
	return ""
}

// ServiceName is the region and the end of the name of a service of AWS, both empty for
// another one: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
func ServiceName(name string) (region, service string) {
	name = strings.TrimPrefix(name, "cn.")
	if parts := strings.SplitN(name, ".", 4); len(parts) == 4 && parts[0] == "com" && parts[1] == "amazonaws" && parts[2] != "vpce" {
		return parts[2], parts[3]
	}
	return "", ""
}

func (b *builder) groupsOf(in block, name string) []*Group {
	var groups []*Group
	for _, item := range in.list(name) {
		if g := b.group(in, name, item); g != nil {
			groups = append(groups, g)
		} else {
			groups = append(groups, openGroup(in, name))
		}
	}
	if open(in.get(name)) && len(groups) == 0 {
		groups = append(groups, openGroup(in, name))
	}
	return groups
}

func (b *builder) makeEndpointServices() {
	services := map[*config.Resource]*EndpointService{}
	b.each("aws_vpc_endpoint_service", func(r *config.Resource, in block) {
		s := &EndpointService{Resource: r, AcceptanceRequired: in.bool("acceptance_required", true), Principals: in.texts("allowed_principals")}
		services[r] = s
		b.EndpointServices = append(b.EndpointServices, s)
	})
	b.each("aws_vpc_endpoint_service_allowed_principal", func(r *config.Resource, in block) {
		if s := services[in.ref("vpc_endpoint_service_id")]; s != nil {
			s.Principals = append(s.Principals, in.text("principal_arn"))
		}
	})
	b.each("aws_vpc_endpoint_connection_accepter", func(r *config.Resource, in block) {
		s, e := services[in.ref("vpc_endpoint_service_id")], in.ref("vpc_endpoint_id")
		if s != nil && e != nil {
			s.Accepted = append(s.Accepted, config.Ref{Resource: e, Attribute: "id"})
		}
	})
}
