package network

import (
	"fmt"
	"net/netip"
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/packet"
)

func (b *builder) makeInterfaces() {
	b.makeInstances()
	b.makeClusters()
	b.makeDatabases()
	b.makeLoadBalancers()
	b.makeScaling()
	b.makePlaced()
	b.makeLinks()
	b.each("aws_network_interface", func(r *config.Resource, in block) {
		b.addInterfaces(in, OtherInterface, r.Name, b.subnetList(in, "subnet_id"), b.groupsOf(in, "security_groups"))
	})
	b.each("aws_efs_mount_target", func(r *config.Resource, in block) {
		b.addInterfaces(in, OtherInterface, r.Name, b.subnetList(in, "subnet_id"), b.groupsOf(in, "security_groups"))
	})
	b.each("aws_lambda_function", func(r *config.Resource, in block) {
		if c := in.first("vpc_config"); c.get("subnet_ids") != nil {
			b.addInterfaces(in, Function, r.Name, b.subnetsOf(c, "subnet_ids"), b.groupsOf(c, "security_group_ids"))
		}
	})
	for _, v := range b.VPCs {
		for _, e := range v.Endpoints {
			if e.Type == InterfaceEndpoint {
				in := blockOf(e.Resource, &b.Unknown)
				all := b.addInterfaces(in, EndpointAddress, e.Service, e.Subnets, e.Groups)
				b.fixEndpoint(in, all)
			}
		}
	}
	b.attachGroups()
	b.attachAddresses()
}

// fixEndpoint gives the interfaces of an endpoint the addresses that it asks for. AWS chooses the
// others, and a plan does not know them.
func (b *builder) fixEndpoint(in block, all []*Interface) {
	if _, written := in.get("subnet_configuration").([]any); !written {
		return
	}
	for _, c := range in.blocks("subnet_configuration") {
		subnet, _ := c.get("subnet_id").(config.Ref)
		address, _ := c.get("ipv4").(string)
		for _, i := range all {
			if i.Subnet == b.subnets[subnet.Resource] {
				fixAddress(c, i, address)
			}
		}
	}
}

// attached are the interfaces that an argument names: a network interface's own, or an
// instance's by its primary one.
func (b *builder) attached(in block, name string, attributes ...string) []*Interface {
	r := in.ref(name, attributes...)
	if r == nil {
		return nil
	}
	var found []*Interface
	for _, i := range b.Interfaces {
		if i.Resource == r {
			found = append(found, i)
		}
	}
	if len(found) == 0 {
		in.note("%s: %s is not a network interface that is known", name, r)
	}
	return found
}

func (b *builder) attachGroups() {
	b.each("aws_network_interface_sg_attachment", func(r *config.Resource, in block) {
		g := b.group(in, "security_group_id", in.get("security_group_id"))
		for _, i := range b.attached(in, "network_interface_id", "id", "primary_network_interface_id") {
			if g != nil {
				i.Groups = append(slices.Clone(i.Groups), g)
			}
		}
	})
}

// attachAddresses gives interfaces their Elastic IP addresses.
func (b *builder) attachAddresses() {
	give := func(in block, instance, networkInterface string) {
		var all []*Interface
		switch {
		case in.isSet(instance):
			all = b.attached(in, instance)
		case in.isSet(networkInterface):
			all = b.attached(in, networkInterface, "id", "primary_network_interface_id")
		}
		for _, i := range all {
			i.Public = true
		}
	}
	b.each("aws_eip", func(r *config.Resource, in block) { give(in, "instance", "network_interface") })
	b.each("aws_eip_association", func(r *config.Resource, in block) {
		if !in.isSet("instance_id") && !in.isSet("network_interface_id") {
			in.note("a public address of what is not known")
		}
		give(in, "instance_id", "network_interface_id")
	})
}

func (b *builder) subnetList(in block, name string) []*Subnet {
	if s := b.subnet(in, name); s != nil {
		return []*Subnet{s}
	}
	return nil
}

// addInterfaces adds an interface in every subnet. Without a group, it has the VPC's
// default one.
func (b *builder) addInterfaces(in block, kind InterfaceKind, name string, subnets []*Subnet, groups []*Group) []*Interface {
	if len(subnets) == 0 {
		in.note("its subnets are not known")
	}
	var added []*Interface
	for _, s := range subnets {
		g := groups
		if len(g) == 0 {
			g = []*Group{b.defaultGroup(s.VPC)}
		}
		g = within(s.VPC, g)
		added = append(added, &Interface{
			Resource: in.resource, Kind: kind, Name: name, VPC: s.VPC, Subnet: s,
			Addresses: packet.Prefix(s.CIDR), Groups: g,
		})
	}
	b.Interfaces = append(b.Interfaces, added...)
	return added
}

func (b *builder) makeInstances() { b.each("aws_instance", b.makeInstance) }

// makeInstance adds the interface of an instance, or of a request for one.
func (b *builder) makeInstance(r *config.Resource, in block) {
	// In a VPC, security_groups holds ids too.
	groups := append(b.groupsOf(in, "vpc_security_group_ids"), b.groupsOf(in, "security_groups")...)
	template := b.template(in)
	if len(groups) == 0 {
		groups = template.groups
	}
	all := b.addInterfaces(in, Instance, r.Name, b.subnetList(in, "subnet_id"), groups)
	b.checkVersion(r, template, all)
	for _, i := range all {
		i.Public = in.bool("associate_public_ip_address", template.public(i.Subnet))
		fixAddress(in, i, in.text("private_ip"))
	}
}

// fixAddress gives the interface the address that it has by configuration.
func fixAddress(in block, i *Interface, address string) {
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

// launchTemplate is what a launch template says about interfaces.
type launchTemplate struct {
	groups []*Group
	// public tells of a subnet whether its instances get public addresses.
	public func(*Subnet) bool
	// version is set if instances are started with another version than the one that the
	// stacks hold: its groups may be others.
	version any
}

// checkVersion notes where instances are that are started with a version that is not known.
func (b *builder) checkVersion(r *config.Resource, t launchTemplate, started []*Interface) {
	for _, i := range started {
		if t.version != nil {
			b.wayInto(i.VPC, r, fmt.Sprintf("it is started with version %v of its launch template, whose groups may be others than those that the stacks hold: name $Latest, $Default or the template's latest_version", t.version))
		}
	}
}

// otherVersion is the version that is named, if it may be another than the one of the stacks. A state says its number, and
// that of the template's latest version, whose values it holds.
func otherVersion(in block, template *config.Resource) any {
	switch v := in.get("version").(type) {
	case nil:
		return nil
	case config.Ref:
		if v.Resource == template && (v.Attribute == "latest_version" || v.Attribute == "default_version") {
			return nil
		}
		return v
	default:
		if v == "$Latest" || v == "$Default" || fmt.Sprint(v) == fmt.Sprint(template.Argument("latest_version")) {
			return nil
		}
		return v
	}
}

// template is the launch template that a resource names by its id or its name.
func (b *builder) template(in block) launchTemplate {
	t := launchTemplate{public: func(s *Subnet) bool { return s.PublicOnLaunch }}
	if !in.isSet("launch_template") {
		return t
	}
	in = in.first("launch_template")
	var found *config.Resource
	if in.isSet("id") {
		found = in.ref("id")
	} else if name := in.text("name"); name != "" {
		for _, r := range b.config.All("aws_launch_template") {
			if r.Stack == in.resource.Stack && r.Argument("name") == name {
				found = r
			}
		}
	}
	if found == nil {
		in.note("the launch template is not known")
		return t
	}
	t.version = otherVersion(in, found)
	template := blockOf(found, in.unknown)
	t.groups = b.groupsOf(template, "vpc_security_group_ids")
	for _, i := range template.blocks("network_interfaces") {
		t.groups = append(t.groups, b.groupsOf(i, "security_groups")...)
		if i.isSet("associate_public_ip_address") {
			public := i.bool("associate_public_ip_address", false)
			t.public = func(*Subnet) bool { return public }
		}
	}
	return t
}

func (b *builder) makeClusters() {
	b.each("aws_eks_cluster", func(r *config.Resource, in block) {
		c := in.first("vpc_config")
		groups := b.groupsOf(c, "security_group_ids")
		if g := b.clusterGroup(r); g != nil {
			groups = append(groups, g)
		}
		// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/eks_cluster
		var exposed []packet.Range
		if c.bool("endpoint_public_access", true) {
			if exposed = c.prefixes("public_access_cidrs"); len(c.list("public_access_cidrs")) == 0 {
				exposed = []packet.Range{packet.Addresses}
			}
		}
		for _, i := range b.addInterfaces(in, ControlPlane, r.Name, b.subnetsOf(c, "subnet_ids"), groups) {
			i.Exposed = exposed
		}
	})
	b.each("aws_eks_node_group", func(r *config.Resource, in block) {
		template := b.template(in)
		groups := template.groups
		// Without groups in a launch template, nodes have the cluster's:
		// https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
		if len(groups) == 0 {
			if cluster := b.cluster(in); cluster != nil {
				if g := b.clusterGroup(cluster); g != nil {
					groups = []*Group{g}
				}
			}
		}
		if g := b.remoteAccess(in); g != nil {
			groups = append(slices.Clone(groups), g)
		}
		all := b.addInterfaces(in, Nodes, r.Name, b.subnetsOf(in, "subnet_ids"), groups)
		b.checkVersion(r, template, all)
		for _, i := range all {
			i.Public = template.public(i.Subnet)
		}
	})
}

// remoteAccess is the group that EKS makes for a node group with an SSH key: from
// everywhere, unless it names groups. nil without a key.
// https://docs.aws.amazon.com/eks/latest/APIReference/API_RemoteAccessConfig.html
func (b *builder) remoteAccess(in block) *Group {
	access := in.first("remote_access")
	if !access.isSet("ec2_ssh_key") {
		return nil
	}
	g := &Group{Resource: in.resource, Name: "the remote access group of " + in.resource.String()}
	if subnets := b.subnetsOf(in, "subnet_ids"); len(subnets) > 0 {
		g.VPC = subnets[0].VPC
	}
	ssh := packet.Traffic{Protocol: packet.One(packet.TCP), Port: packet.One(22)}
	for _, source := range b.groupsOf(access, "source_security_group_ids") {
		g.Ingress = append(g.Ingress, GroupRule{Resource: in.resource, Group: source, Traffic: ssh})
	}
	if len(access.list("source_security_group_ids")) == 0 {
		g.Ingress = []GroupRule{{Resource: in.resource, Peers: []packet.Range{packet.Addresses}, Traffic: ssh}}
	}
	return g
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
				return b.subnetsOf(blockOf(g, in.unknown), "subnet_ids")
			}
		}
		return nil
	}
	b.each("aws_db_instance", func(r *config.Resource, in block) {
		subnets := groupSubnets(in)
		// A replica in the same region is in its source's subnets.
		if source, ok := in.get("replicate_source_db").(config.Ref); ok && len(subnets) == 0 {
			subnets = groupSubnets(blockOf(source.Resource, in.unknown))
		} else if name, ok := in.get("replicate_source_db").(string); ok && len(subnets) == 0 {
			for _, other := range b.config.All("aws_db_instance") {
				if other.Stack == r.Stack && other.Argument("identifier") == name {
					subnets = groupSubnets(blockOf(other, in.unknown))
				}
			}
		}
		for _, i := range b.addInterfaces(in, DatabaseInstance, r.Name, subnets, b.groupsOf(in, "vpc_security_group_ids")) {
			i.Public = in.bool("publicly_accessible", false)
		}
	})
	b.each("aws_rds_cluster", func(r *config.Resource, in block) {
		b.addInterfaces(in, DatabaseInstance, r.Name, groupSubnets(in), b.groupsOf(in, "vpc_security_group_ids"))
	})
	b.each("aws_rds_cluster_instance", func(r *config.Resource, in block) {
		if !in.bool("publicly_accessible", false) {
			return
		}
		cluster := in.get("cluster_identifier")
		ref, _ := cluster.(config.Ref)
		found := false
		for _, i := range b.Interfaces {
			if i.Resource.Type != "aws_rds_cluster" {
				continue
			}
			if ref.Resource == i.Resource || ref.Resource == nil && i.Resource.Argument("cluster_identifier") == cluster {
				i.Public, found = true, true
			}
		}
		if !found {
			in.note("the cluster of a database instance with a public address is not known")
		}
	})
}

func (b *builder) makeLoadBalancers() {
	for _, kind := range []string{"aws_lb", "aws_alb"} {
		b.each(kind, b.makeLoadBalancer)
	}
	// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/elb
	b.each("aws_elb", b.makeLoadBalancer)
}

func (b *builder) makeLoadBalancer(r *config.Resource, in block) {
	subnets := b.subnetsOf(in, "subnets")
	for _, mapping := range in.blocks("subnet_mapping") {
		subnets = append(subnets, b.subnetList(mapping, "subnet_id")...)
	}
	groups := b.groupsOf(in, "security_groups")
	for _, i := range b.addInterfaces(in, LoadBalancer, r.Name, subnets, groups) {
		i.Public = !in.bool("internal", false)
		// Groups are an option of a network load balancer.
		if len(groups) == 0 && in.text("load_balancer_type") == "network" {
			i.Groups = nil
		}
	}
}
