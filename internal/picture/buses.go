package picture

import (
	"cmp"
	"maps"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// addTransitGateways makes a bus of each transit gateway, with a lane for each route table.
func (r *reader) addTransitGateways() {
	for _, g := range r.model.TransitGateways {
		bus := &Bus{Kind: TransitGateway, Name: named(g.Resource), Resource: g.Resource.String()}
		r.Buses = append(r.Buses, bus)
		r.account(g.Resource.Account, g.Resource.Region).Central = true
		lanes := map[*network.GatewayTable]*Lane{}
		for _, t := range r.tables(g) {
			lane := &Lane{Name: "default"}
			if t.Resource != nil {
				lane.Name, lane.Resource = t.Resource.Name, t.Resource.String()
			}
			lanes[t] = lane
			bus.Lanes = append(bus.Lanes, lane)
		}
		for _, a := range g.Attachments {
			r.addAttachment(a, lanes)
		}
		for t, lane := range lanes {
			r.addRoutes(t, lane)
		}
	}
}

// tables are the route tables of a transit gateway: its default one if anything is in it.
func (r *reader) tables(g *network.TransitGateway) []*network.GatewayTable {
	tables := slices.Clone(g.Tables)
	used := len(g.Default.Propagations)+len(g.Default.Routes) > 0 ||
		slices.ContainsFunc(g.Attachments, func(a *network.Attachment) bool { return a.Table == g.Default })
	if used {
		tables = append(tables, g.Default)
	}
	return tables
}

// end is the drawn VPC of an attachment, or the network behind a VPN or Direct Connect.
func (r *reader) end(a *network.Attachment) *VPC {
	if a.VPC != nil {
		return r.vpcs[a.VPC]
	}
	outside := r.outside()
	resource := a.Resource.String()
	for _, v := range outside.VPCs {
		if v.Resource == resource {
			return v
		}
	}
	v := &VPC{Name: outsideName(a), Resource: resource}
	for _, to := range a.External {
		if text := packet.Between(to); !slices.Contains(v.CIDRs, text) {
			v.CIDRs = append(v.CIDRs, text)
		}
	}
	outside.VPCs = append(outside.VPCs, v)
	return v
}

func outsideName(a *network.Attachment) string {
	switch a.Resource.Type {
	case "aws_vpn_connection":
		return "VPN " + a.Resource.Name
	case "aws_dx_gateway_association":
		return "Direct Connect" // a gateway has one association with a transit gateway
	}
	return cmp.Or(a.ID, a.Resource.Name)
}

func (r *reader) addAttachment(a *network.Attachment, lanes map[*network.GatewayTable]*Lane) {
	v := r.end(a)
	if v == nil {
		return
	}
	if a.Table == nil {
		v.Notes = append(v.Notes, Note{Text: "attached to a transit gateway, and associated with no route table", Resources: []string{a.Resource.String()}})
		return
	}
	r.tie(Associated, v, lanes[a.Table], "", a.Association)
}

// addRoutes adds what a table has routes to.
func (r *reader) addRoutes(t *network.GatewayTable, lane *Lane) {
	var drops []string
	to := map[string][]string{}
	for _, p := range t.Propagations {
		r.tie(Propagated, r.end(p.Attachment), lane, "", p.Resource)
	}
	for _, route := range t.Routes {
		if route.Blackhole {
			drops = append(drops, route.Text)
			continue
		}
		v := r.end(route.Attachment)
		if v == nil {
			continue
		}
		to[v.Name] = append(to[v.Name], route.Text)
		r.tie(Routed, v, lane, route.Text, route.Resource)
	}
	for _, name := range slices.Sorted(maps.Keys(to)) {
		slices.Sort(to[name])
		lane.Notes = append(lane.Notes, strings.Join(to[name], ", ")+" to "+name)
	}
	if len(drops) > 0 {
		slices.Sort(drops)
		lane.Notes = append(lane.Notes, "drops "+strings.Join(drops, ", "))
	}
}

// addPeerings makes one bus of all peerings.
func (r *reader) addPeerings() {
	bus := &Bus{Kind: Peering, Name: "peerings"}
	for _, p := range r.model.Peerings {
		lane := &Lane{Name: p.Resource.Name, Resource: p.Resource.String()}
		if !p.Accepted {
			lane.Notes = append(lane.Notes, "not accepted here")
		}
		bus.Lanes = append(bus.Lanes, lane)
		r.tie(Peered, r.vpcs[p.Requester], lane, "", p.Resource)
		r.tie(Peered, r.vpcs[p.Accepter], lane, "", p.Resource)
	}
	if len(bus.Lanes) > 0 {
		r.Buses = append(r.Buses, bus)
	}
}

// addPrivateLink makes one bus of all endpoint services.
func (r *reader) addPrivateLink() {
	bus := &Bus{Kind: PrivateLink, Name: "endpoint services"}
	lanes := map[*network.EndpointService]*Lane{}
	for _, s := range r.model.EndpointServices {
		lane := &Lane{Name: s.Resource.Name, Resource: s.Resource.String()}
		lanes[s] = lane
		bus.Lanes = append(bus.Lanes, lane)
		if len(s.Balancers) == 0 {
			lane.Notes = append(lane.Notes, "its load balancer is not known")
		}
		for _, i := range s.Balancers {
			r.tie(Offers, r.vpcs[i.VPC], lane, "", s.Resource)
		}
	}
	for _, v := range r.model.VPCs {
		for _, e := range v.Endpoints {
			if s := r.serviceOf(e); s != nil {
				r.tie(Uses, r.vpcs[v], lanes[s], "", e.Resource)
			}
		}
	}
	if len(bus.Lanes) > 0 {
		r.Buses = append(r.Buses, bus)
	}
	if len(r.model.TransitGateways) > 0 {
		return
	}
	// Where there is no transit gateway, those who offer something are in the middle.
	for _, t := range r.Ties {
		for _, a := range r.Accounts {
			if t.Kind == Offers && slices.Contains(a.VPCs, t.VPC) {
				a.Central = true
			}
		}
	}
}

// serviceOf is the endpoint service that an endpoint leads to, nil if no stack here makes it.
func (r *reader) serviceOf(e *network.Endpoint) *network.EndpointService {
	ref, ok := e.Resource.Argument("service_name").(config.Ref)
	if !ok {
		return nil
	}
	for _, s := range r.model.EndpointServices {
		if s.Resource == ref.Resource {
			return s
		}
	}
	return nil
}

// sortTies makes the order of ties that of their VPCs, kinds and lanes: maps have none.
func (r *reader) sortTies() {
	slices.SortStableFunc(r.Ties, func(a, b *Tie) int {
		return cmp.Or(strings.Compare(a.VPC.Resource, b.VPC.Resource), strings.Compare(string(a.Kind), string(b.Kind)),
			strings.Compare(a.Lane.Resource, b.Lane.Resource), strings.Compare(a.Text, b.Text))
	})
}

// named is a resource's tag Name or, failing that, its name.
func named(r *config.Resource) string {
	tags, _ := r.Argument("tags").(map[string]any)
	name, _ := tags["Name"].(string)
	return cmp.Or(name, r.Name)
}
