package picture

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/words"
	"hubspoke/proof"
	"hubspoke/proof/config"
	"hubspoke/proof/network"
)

// Of is the picture of a network under a name. Accounts whose VPCs are the same but for names and
// addresses are drawn as one, unless all is asked for.
func Of(name string, p *proof.Proof, all bool) *Picture {
	r := &reader{
		Picture: &Picture{Name: name}, proof: p, model: p.Network(),
		accounts: map[string]*Account{}, vpcs: map[*network.VPC]*VPC{}, subnets: map[*network.Subnet]*Subnet{},
		tied: map[tieKey]*Tie{},
	}
	for _, v := range r.model.VPCs {
		r.addVPC(v)
	}
	r.addLookedUp()
	r.fillSubnets()
	r.addTransitGateways()
	r.addPeerings()
	r.addPrivateLink()
	r.Unplaced = len(r.model.Unknown)
	r.order()
	if !all {
		r.fold()
	}
	return r.Picture
}

// reader makes a picture of a model.
type reader struct {
	*Picture
	proof    *proof.Proof
	model    *network.Model
	accounts map[string]*Account // by number and region
	vpcs     map[*network.VPC]*VPC
	subnets  map[*network.Subnet]*Subnet
	tied     map[tieKey]*Tie
}

// account is the account of a number in a region.
func (r *reader) account(number, region string) *Account {
	key := number + " " + region
	if r.accounts[key] == nil {
		r.accounts[key] = &Account{Name: r.proof.AccountName(number), Number: number, Region: region}
		r.Accounts = append(r.Accounts, r.accounts[key])
	}
	return r.accounts[key]
}

// outside is what is behind VPNs and Direct Connect.
func (r *reader) outside() *Account {
	const key = "on-premises"
	if r.accounts[key] == nil {
		r.accounts[key] = &Account{Name: key, Central: true, Outside: true}
		r.Accounts = append(r.Accounts, r.accounts[key])
	}
	return r.accounts[key]
}

func (r *reader) addVPC(v *network.VPC) {
	drawn := &VPC{Name: r.proof.VPCName(v), Resource: v.Resource.String()}
	for _, cidr := range v.CIDRs {
		drawn.CIDRs = append(drawn.CIDRs, cidr.String())
	}
	if v.InternetGateway != nil {
		drawn.Internet = v.InternetGateway.String()
	}
	if v.VPNGateway != nil {
		drawn.OnPremises = v.VPNGateway.String()
	}
	r.addSubnets(drawn, v)
	drawn.Notes = r.notes(v)
	r.vpcs[v] = drawn
	account := r.account(v.Account, v.Region)
	account.VPCs = append(account.VPCs, drawn)
}

// addSubnets sorts the subnets of a VPC into tiers and zones. Tiers are in the order of their
// lowest addresses.
func (r *reader) addSubnets(drawn *VPC, v *network.VPC) {
	subnets := slices.SortedFunc(slices.Values(v.Subnets), func(a, b *network.Subnet) int {
		return cmp.Or(a.CIDR.Addr().Compare(b.CIDR.Addr()), cmp.Compare(a.Resource.String(), b.Resource.String()))
	})
	for _, s := range subnets {
		if !slices.Contains(drawn.Zones, s.Zone) {
			drawn.Zones = append(drawn.Zones, s.Zone)
		}
	}
	slices.Sort(drawn.Zones)
	for _, s := range subnets {
		at := slices.IndexFunc(drawn.Tiers, func(t *Tier) bool { return t.Name == s.Tier })
		if at < 0 {
			at = len(drawn.Tiers)
			drawn.Tiers = append(drawn.Tiers, &Tier{Name: s.Tier, Subnets: make([]*Subnet, len(drawn.Zones))})
		}
		zone := slices.Index(drawn.Zones, s.Zone)
		cell := drawn.Tiers[at].Subnets[zone]
		if cell == nil {
			cell = &Subnet{}
			drawn.Tiers[at].Subnets[zone] = cell
		}
		cell.CIDRs = append(cell.CIDRs, s.CIDR.String())
		cell.Resources = append(cell.Resources, s.Resource.String())
		cell.Public = cell.Public || public(s)
		r.subnets[s] = cell
	}
}

// public says that a route of the subnet leads to an internet gateway.
func public(s *network.Subnet) bool {
	return s.Table != nil && slices.ContainsFunc(s.Table.Routes, func(r *network.Route) bool { return r.Target.InternetGateway != nil })
}

// notes are the endpoints of a VPC and the names that it forwards. What is one of many VPCs'
// names is not among them: notes of VPCs that are alike are the same.
func (r *reader) notes(v *network.VPC) []Note {
	var notes []Note
	for kind, title := range []string{"interface endpoints", "gateway endpoints"} {
		note, seen := Note{}, []string{}
		for _, e := range v.Endpoints {
			if wanted := []network.EndpointType{network.InterfaceEndpoint, network.GatewayEndpoint}[kind]; e.Type != wanted || r.serviceOf(e) != nil {
				continue
			}
			seen = append(seen, cmp.Or(e.Service, "not known"))
			note.Resources = append(note.Resources, e.Resource.String())
		}
		if len(seen) > 0 {
			slices.Sort(seen)
			note.Text = title + ": " + strings.Join(slices.Compact(seen), ", ")
			notes = append(notes, note)
		}
	}
	return append(notes, r.forwarded(v)...)
}

// forwarded are the names that a VPC's resolver sends elsewhere.
func (r *reader) forwarded(v *network.VPC) []Note {
	note, domains := Note{}, []string{}
	for _, rule := range r.model.ResolverRules {
		for _, a := range rule.Associations {
			if a.VPC == v && rule.Forward {
				domains = append(domains, rule.Domain)
				note.Resources = append(note.Resources, rule.Resource.String(), a.Resource.String())
			}
		}
	}
	if len(domains) == 0 {
		return nil
	}
	slices.Sort(domains)
	note.Text = "forwards names of: " + strings.Join(domains, ", ")
	return []Note{note}
}

// added are the types of what stands in VPCs that are looked up, by what people call it.
var added = []struct{ kind, one string }{
	{"aws_vpc_endpoint", "endpoint"}, {"aws_eks_cluster", "EKS cluster"}, {"aws_eks_node_group", "node group"}, {"aws_db_instance", "database"},
	{"aws_instance", "instance"}, {"aws_lb", "load balancer"}, {"aws_nat_gateway", "NAT gateway"}, {"aws_internet_gateway", "internet gateway"},
}

// addLookedUp adds VPCs that the stacks look up, with what they add to them.
func (r *reader) addLookedUp() {
	seen := map[string]bool{}
	for _, s := range r.proof.Configuration().Stacks {
		for _, v := range s.Resources {
			key := fmt.Sprint(v.Account, v.Region, v.Argument("id"), v.Argument("tags"), v.Argument("filter"))
			if !v.Data || v.Type != "aws_vpc" || seen[key] {
				continue
			}
			notes := r.addedTo(v.Account)
			if len(notes) == 0 {
				continue // of a VPC that another stack makes
			}
			seen[key] = true
			account := r.account(v.Account, v.Region)
			account.VPCs = append(account.VPCs, &VPC{
				Name: account.Name, Resource: v.String(), LookedUp: true,
				Notes: append([]Note{{Text: "exists already: its subnets and routes are not in the stacks", Resources: []string{v.String()}}}, notes...),
			})
		}
	}
}

// addedTo is what stacks add to VPCs of an account that they look up.
func (r *reader) addedTo(account string) []Note {
	var notes []Note
	for _, a := range added {
		var resources []string
		for _, found := range r.model.LookedUp {
			if found.Type == a.kind && found.Account == account {
				resources = append(resources, found.String())
			}
		}
		if len(resources) > 0 {
			notes = append(notes, Note{Text: words.Count(len(resources), a.one), Resources: resources})
		}
	}
	return notes
}

// order puts accounts, their VPCs and ties into the order of names.
func (r *reader) order() {
	r.sortTies()
	slices.SortStableFunc(r.Accounts, func(a, b *Account) int {
		return cmp.Or(rank(a)-rank(b), strings.Compare(a.Name, b.Name), strings.Compare(a.Region, b.Region))
	})
	for _, a := range r.Accounts {
		slices.SortStableFunc(a.VPCs, func(x, y *VPC) int {
			return cmp.Or(lookedUp(x)-lookedUp(y), strings.Compare(x.Name, y.Name), strings.Compare(x.Resource, y.Resource))
		})
	}
}

// rank is lower for what is drawn before others.
func rank(a *Account) int {
	switch {
	case a.Outside:
		return 0
	case a.Central:
		return 1
	}
	return 2
}

func lookedUp(v *VPC) int {
	if v.LookedUp {
		return 1
	}
	return 0
}

// tieKey is what is the same for all resources that make one tie.
type tieKey struct {
	kind TieKind
	vpc  *VPC
	lane *Lane
	text string
}

// tie connects a VPC with a lane. Several resources that connect the two in the same way are one
// tie.
func (r *reader) tie(kind TieKind, v *VPC, lane *Lane, text string, resource *config.Resource) {
	if v == nil || lane == nil || resource == nil {
		return
	}
	key := tieKey{kind, v, lane, text}
	if r.tied[key] == nil {
		r.tied[key] = &Tie{Kind: kind, VPC: v, Lane: lane, Text: text}
		r.Ties = append(r.Ties, r.tied[key])
	}
	if t := r.tied[key]; !slices.Contains(t.Resources, resource.String()) {
		t.Resources = append(t.Resources, resource.String())
	}
}
