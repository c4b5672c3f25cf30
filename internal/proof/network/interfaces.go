package network

import (
	"net/netip"

	"hubspoke/internal/proof/config"
	"hubspoke/internal/proof/packet"
)

func (b *builder) makeInterfaces() {
	b.makeInstances()
	b.makeClusters()
	b.makeDatabases()
	b.makeLoadBalancers()
	b.each("aws_network_interface", func(r *config.Resource, in block) {
		b.add(in, OtherInterface, r.Name, b.subnetList(in, "subnet_id"), b.groupsOf(in, "security_groups"))
	})
	b.each("aws_efs_mount_target", func(r *config.Resource, in block) {
		b.add(in, OtherInterface, r.Name, b.subnetList(in, "subnet_id"), b.groupsOf(in, "security_groups"))
	})
	b.each("aws_lambda_function", func(r *config.Resource, in block) {
		if c := in.first("vpc_config"); c.get("subnet_ids") != nil {
			b.add(in, Function, r.Name, b.subnetsOf(c, "subnet_ids"), b.groupsOf(c, "security_group_ids"))
		}
	})
	for _, v := range b.VPCs {
		for _, e := range v.Endpoints {
			if e.Type == InterfaceEndpoint {
				b.add(of(e.Resource, &b.Unknown), EndpointAddress, e.Service, e.Subnets, e.Groups)
			}
		}
	}
}

func (b *builder) subnetList(in block, name string) []*Subnet {
	if s := b.subnet(in, name); s != nil {
		return []*Subnet{s}
	}
	return nil
}

// add adds an interface in every subnet. Without a group, it has the VPC's
// default one.
func (b *builder) add(in block, kind InterfaceKind, name string, subnets []*Subnet, groups []*Group) []*Interface {
	if len(subnets) == 0 {
		in.note("its subnets are not known")
	}
	var added []*Interface
	for _, s := range subnets {
		g := groups
		if len(g) == 0 {
			g = []*Group{b.defaultGroup(s.VPC)}
		}
		added = append(added, &Interface{
			Resource: in.resource, Kind: kind, Name: name, VPC: s.VPC, Subnet: s,
			Addresses: packet.Prefix(s.CIDR), Groups: g,
		})
	}
	b.Interfaces = append(b.Interfaces, added...)
	return added
}

func (b *builder) makeInstances() {
	public := map[*config.Resource]bool{}
	b.each("aws_eip", func(r *config.Resource, in block) {
		if set(in, "instance") {
			public[in.ref("instance")] = true
		}
	})
	b.each("aws_eip_association", func(r *config.Resource, in block) {
		if set(in, "instance_id") {
			public[in.ref("instance_id")] = true
		}
	})
	b.each("aws_instance", func(r *config.Resource, in block) {
		groups := b.groupsOf(in, "vpc_security_group_ids")
		if len(groups) == 0 && set(in, "launch_template") {
			groups = b.templateGroups(in.first("launch_template"))
		}
		for _, i := range b.add(in, Instance, r.Name, b.subnetList(in, "subnet_id"), groups) {
			i.Public = public[r] || in.bool("associate_public_ip_address", i.Subnet.PublicOnLaunch)
			fix(in, i, in.text("private_ip"))
		}
	})
}

// fix gives the interface the address that it has by configuration.
func fix(in block, i *Interface, address string) {
	if address == "" {
		return
	}
	a, err := netip.ParseAddr(address)
	if err != nil || !i.Subnet.CIDR.Contains(a) {
		in.note("the address %q is not one of its subnet, %s", address, i.Subnet.CIDR)
		return
	}
	i.Addresses = packet.One(packet.Address(a))
}

// templateGroups are the groups of a launch template, which is named by its id or
// its name.
func (b *builder) templateGroups(in block) []*Group {
	template := in.ref
	var found *config.Resource
	if set(in, "id") {
		found = template("id")
	} else if name := in.text("name"); name != "" {
		for _, r := range b.config.All("aws_launch_template") {
			if r.Stack == in.resource.Stack && r.Argument("name") == name {
				found = r
			}
		}
	}
	if found == nil {
		in.note("the launch template is not known")
		return nil
	}
	t := of(found, in.unknown)
	groups := b.groupsOf(t, "vpc_security_group_ids")
	for _, i := range t.blocks("network_interfaces") {
		groups = append(groups, b.groupsOf(i, "security_groups")...)
	}
	return groups
}

func (b *builder) makeClusters() {
	b.each("aws_eks_cluster", func(r *config.Resource, in block) {
		c := in.first("vpc_config")
		groups := b.groupsOf(c, "security_group_ids")
		if g := b.clusterGroup(r); g != nil {
			groups = append(groups, g)
		}
		b.add(in, ControlPlane, r.Name, b.subnetsOf(c, "subnet_ids"), groups)
	})
	b.each("aws_eks_node_group", func(r *config.Resource, in block) {
		var groups []*Group
		if set(in, "launch_template") {
			groups = b.templateGroups(in.first("launch_template"))
		}
		// Without groups in a launch template, nodes have the cluster's:
		// https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
		if len(groups) == 0 {
			if cluster := b.cluster(in); cluster != nil {
				if g := b.clusterGroup(cluster); g != nil {
					groups = []*Group{g}
				}
			}
		}
		b.add(in, Nodes, r.Name, b.subnetsOf(in, "subnet_ids"), groups)
	})
}

// cluster is the cluster of a node group, whose name is often known beforehand.
func (b *builder) cluster(in block) *config.Resource {
	if name, ok := in.get("cluster_name").(string); ok {
		for _, r := range b.config.All("aws_eks_cluster") {
			if r.Account == in.resource.Account && r.Argument("name") == name {
				return r
			}
		}
		in.note("there is no cluster %q", name)
		return nil
	}
	return in.ref("cluster_name", "name", "id")
}

func (b *builder) clusterGroup(cluster *config.Resource) *Group {
	return b.groups[config.Ref{Resource: cluster, Attribute: "cluster_security_group_id"}]
}

func (b *builder) makeDatabases() {
	groupSubnets := func(in block) []*Subnet {
		value := in.get("db_subnet_group_name")
		ref, _ := value.(config.Ref)
		name, named := value.(string)
		for _, g := range b.config.All("aws_db_subnet_group") {
			if ref.Resource == g || named && g.Argument("name") == name && g.Account == in.resource.Account {
				return b.subnetsOf(of(g, in.unknown), "subnet_ids")
			}
		}
		return nil
	}
	b.each("aws_db_instance", func(r *config.Resource, in block) {
		subnets := groupSubnets(in)
		// A replica in the same region is in its source's subnets.
		if source, ok := in.get("replicate_source_db").(config.Ref); ok && len(subnets) == 0 {
			subnets = groupSubnets(of(source.Resource, in.unknown))
		} else if name, ok := in.get("replicate_source_db").(string); ok && len(subnets) == 0 {
			for _, other := range b.config.All("aws_db_instance") {
				if other.Stack == r.Stack && other.Argument("identifier") == name {
					subnets = groupSubnets(of(other, in.unknown))
				}
			}
		}
		for _, i := range b.add(in, DatabaseInstance, r.Name, subnets, b.groupsOf(in, "vpc_security_group_ids")) {
			i.Public = in.bool("publicly_accessible", false)
		}
	})
	b.each("aws_rds_cluster", func(r *config.Resource, in block) {
		b.add(in, DatabaseInstance, r.Name, groupSubnets(in), b.groupsOf(in, "vpc_security_group_ids"))
	})
}

func (b *builder) makeLoadBalancers() {
	b.each("aws_lb", func(r *config.Resource, in block) {
		subnets := b.subnetsOf(in, "subnets")
		for _, mapping := range in.blocks("subnet_mapping") {
			subnets = append(subnets, b.subnetList(mapping, "subnet_id")...)
		}
		groups := b.groupsOf(in, "security_groups")
		for _, i := range b.add(in, LoadBalancer, r.Name, subnets, groups) {
			i.Public = !in.bool("internal", false)
			// Groups are an option of a network load balancer.
			if len(groups) == 0 && in.text("load_balancer_type") == "network" {
				i.Groups = nil
			}
		}
	})
}
