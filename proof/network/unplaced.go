package network

import (
	"slices"

	"hubspoke/proof/config"
)

// What joins two parts of a network, and names one of them in words that are not
// understood, is not left out as if nobody had written it: the part that it does name is
// not known, and where it names none, none is that it may mean. So a subnet does not fall
// back to the main route table because its association cannot be read.

// open says whether a value may be the id of anything: an expression that is not
// evaluated. An id that no stack here makes, and what is looked up, are of something else;
// and what is not there is found elsewhere.
func open(value any) bool {
	switch v := value.(type) {
	case config.Unknown:
		return !v.Refused()
	case config.Text:
		return true
	case []any:
		return slices.ContainsFunc(v, open)
	}
	return false
}

// refused says whether a value names what is not there.
func refused(value any) bool {
	u, ok := value.(config.Unknown)
	return ok && u.Refused()
}

// mayBeIn are the VPCs that something may be in whose VPC is not understood: all of its
// account's.
func (b *builder) mayBeIn(in block) []*VPC {
	var all []*VPC
	for _, v := range b.VPCs {
		if v.Account == in.resource.Account || v.Account == "" || in.resource.Account == "" {
			all = append(all, v)
		}
	}
	return all
}

// unclear notes in VPCs that something of theirs is not known, once for each resource.
func unclear(vpcs []*VPC, r *config.Resource, why string) {
	for _, v := range vpcs {
		if !slices.ContainsFunc(v.Unknown, func(u Unknown) bool { return u.Resource == r }) {
			v.Unknown = append(v.Unknown, Unknown{r, why})
		}
	}
}

// unclearTables makes the tables of subnets unknown that an association may be about: of
// the one subnet, or of those in the VPCs that have no other table than the main one.
func (b *builder) unclearTables(r *config.Resource, s *Subnet, vpcs []*VPC) {
	u := Unknown{r, "which route table a subnet uses is not known, since the association is not understood"}
	if s != nil {
		s.Table = &RouteTable{VPC: s.VPC, Unknown: []Unknown{u}}
		return
	}
	for _, v := range vpcs {
		b.unclearOf[v] = append(b.unclearOf[v], u)
	}
}

// settleTables gives the subnets that have no table of their own one that is not known,
// where an association that is not understood may be theirs. If none is left, it is not
// known whose table it changes.
func (b *builder) settleTables() {
	for _, v := range b.VPCs {
		why := b.unclearOf[v]
		if len(why) == 0 {
			continue
		}
		table, any := &RouteTable{VPC: v, Unknown: why}, false
		for _, s := range v.Subnets {
			if s.Table == v.Main {
				s.Table, any = table, true
			}
		}
		if !any {
			unclear([]*VPC{v}, why[0].Resource, why[0].Why)
		}
	}
}

// associateTable puts a subnet, or all of a VPC that have no other, under a table.
func (b *builder) associateTable(r *config.Resource, in block) {
	if in.isSet("gateway_id") && !in.isSet("subnet_id") {
		in.note("the route table of a gateway is not modelled")
		return
	}
	t, s := b.table(in), b.subnet(in, "subnet_id")
	if t != nil && s != nil {
		if s.Table != s.VPC.Main && s.Table != t {
			t.Unknown = append(t.Unknown, Unknown{r, "the subnet has another route table too"})
		}
		if t.VPC != s.VPC {
			t.Unknown = append(t.Unknown, Unknown{r, "the route table belongs to another VPC than the subnet"})
		}
		s.Table = t
		return
	}
	in.note("an association that is not understood: which table a subnet uses is not known")
	switch {
	case s != nil:
		b.unclearTables(r, s, nil)
	case t != nil && open(in.get("subnet_id")):
		b.unclearTables(r, nil, []*VPC{t.VPC})
	case open(in.get("subnet_id")):
		b.unclearTables(r, nil, b.mayBeIn(in))
	}
}

// associateMainTable makes a table the one of all subnets that have no other.
func (b *builder) associateMainTable(r *config.Resource, in block) {
	v, t := b.vpc(in), b.table(in)
	if t != nil && v == nil && open(in.get("vpc_id")) {
		v = t.VPC // it can be of no other
	}
	if v != nil && t != nil {
		for _, s := range v.Subnets {
			if s.Table == v.Main {
				s.Table = t
			}
		}
		v.Main = t
		return
	}
	in.note("an association of a main route table that is not understood")
	if v != nil {
		b.unclearTables(r, nil, []*VPC{v})
	} else if open(in.get("vpc_id")) {
		b.unclearTables(r, nil, b.mayBeIn(in))
	}
}

// associateACL puts a subnet under a network ACL.
func (b *builder) associateACL(r *config.Resource, in block) {
	a, s := b.acls[in.ref("network_acl_id")], b.subnet(in, "subnet_id")
	if a != nil && s != nil {
		s.ACL = a
		return
	}
	const why = "an association of a network ACL that is not understood"
	in.note(why)
	switch {
	case s != nil:
		s.ACL = &ACL{Resource: r, VPC: s.VPC, Unknown: []Unknown{{r, why}}}
	case a != nil && open(in.get("subnet_id")):
		unclear([]*VPC{a.VPC}, r, why)
	case open(in.get("subnet_id")):
		unclear(b.mayBeIn(in), r, why)
	}
}

// unclearACLs notes a rule that may be one of any ACL.
func (b *builder) unclearACLs(r *config.Resource, in block) {
	const why = "a rule of a network ACL that is not known"
	in.note(why)
	if open(in.get("network_acl_id")) {
		for _, v := range b.mayBeIn(in) {
			for _, a := range v.ACLs {
				a.Unknown = append(a.Unknown, Unknown{r, why})
			}
		}
	}
}

// unclearRoutes notes a route that may be one of any table.
func (b *builder) unclearRoutes(r *config.Resource, in block) {
	const why = "a route in a table that is not known"
	in.note(why)
	if !open(in.get("route_table_id")) {
		return
	}
	for _, v := range b.mayBeIn(in) {
		for _, t := range append([]*RouteTable{v.Main}, v.Tables...) {
			if !slices.Contains(t.Unknown, Unknown{r, why}) {
				t.Unknown = append(t.Unknown, Unknown{r, why})
			}
		}
	}
}

// unclearRules notes a rule that may be one of any group.
func (b *builder) unclearRules(r *config.Resource, in block) {
	if !open(in.get("security_group_id")) {
		return
	}
	vpcs := b.mayBeIn(in)
	for _, g := range b.Groups {
		if slices.Contains(vpcs, g.VPC) {
			g.Unknown = append(g.Unknown, Unknown{r, "a rule of a group that is not known"})
		}
	}
}

// unclearGateways notes what may concern any attachment of transit gateways: of the one,
// or of all where none is known.
func (b *builder) unclearGateways(r *config.Resource, g *TransitGateway, why string) {
	for _, other := range b.TransitGateways {
		if g == nil || g == other {
			other.Unknown = append(other.Unknown, Unknown{r, why})
		}
	}
}

// unclearAttachment notes an attachment of which the gateway or the VPC is not known.
func (b *builder) unclearAttachment(r *config.Resource, in block, g *TransitGateway, v *VPC) {
	const why = "an attachment of a transit gateway or a VPC that is not known"
	in.note(why)
	switch {
	case v != nil:
		unclear([]*VPC{v}, r, why)
	case open(in.get("vpc_id")):
		b.unclearGateways(r, g, why)
	}
}

// unclearAssociation notes what concerns an attachment and a table of a gateway, of which
// one or both are not known.
func (b *builder) unclearAssociation(r *config.Resource, in block, a *Attachment, t *GatewayTable) {
	const why = "which attachment it concerns, and which table, is not known"
	switch {
	case t != nil && open(in.get("transit_gateway_attachment_id")):
		b.unclearGateways(r, t.Gateway, why)
	case a != nil && !refused(in.get("transit_gateway_route_table_id")):
		b.unclearGateways(r, a.Gateway, why)
	case a == nil && t == nil && open(in.get("transit_gateway_attachment_id")) && open(in.get("transit_gateway_route_table_id")):
		b.unclearGateways(r, nil, why)
	}
}

// openGroup stands for the groups of an interface that are not understood.
func openGroup(in block, name string) *Group {
	return &Group{Resource: in.resource, Name: "one that is not known", Unknown: []Unknown{{in.resource, name + " is not known"}}}
}

// within are groups of an interface in a VPC, where those that are not known are too.
func within(v *VPC, groups []*Group) []*Group {
	if !slices.ContainsFunc(groups, func(g *Group) bool { return g.VPC == nil }) {
		return groups
	}
	groups = slices.Clone(groups)
	for i, g := range groups {
		if g.VPC == nil {
			here := *g
			here.VPC = v
			groups[i] = &here
		}
	}
	return groups
}

// has says whether blocks are written within a resource, which AWS would list too where
// they are resources of their own: see [stackjson.Resource.Listed].
func (b block) has(name string) bool {
	value := b.get(name)
	return value != nil && !open(value) && !b.resource.Listed(name)
}
