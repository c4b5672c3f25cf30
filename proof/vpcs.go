package proof

import (
	"cmp"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/finding"
	"hubspoke/proof/network"
)

// NamedVPC is the name of a VPC, for intents and reports: `egress` in `egress.public`.
type NamedVPC struct {
	// Name is what it is called. It has no dot.
	Name string
	// Account is the name or the number of its account. Default: any.
	Account string
	// Tag is its tag Name, "" for any.
	Tag string
	// CIDR is one of its ranges, and Address the stack and the address of its resource
	// (`hub-network/aws_vpc.main`). Where both are set, both must fit; where neither is,
	// all VPCs of the account have the name.
	CIDR    netip.Prefix
	Address string
	// Transit says that it hands on what others send, and holds no workloads: an egress
	// or inspection VPC. `*` does not mean it in what is demanded (`allow`, `resolve`,
	// `closed`, the parties of `only`), and does in what packets are forbidden.
	Transit bool
}

// is says whether the name is that of the VPC.
func (n NamedVPC) is(v *network.VPC, account string) bool {
	return (n.Account == "" || n.Account == account || n.Account == v.Account) &&
		(!n.CIDR.IsValid() || slices.Contains(v.CIDRs, n.CIDR)) && (n.Address == "" || n.Address == v.Resource.String()) &&
		(n.Tag == "" || tagName(v) == n.Tag)
}

// VPCsOf is how many VPCs of the network a name is for.
func (p *Proof) VPCsOf(n NamedVPC) int {
	count := 0
	for _, v := range p.network.VPCs {
		if n.is(v, p.account(v)) {
			count++
		}
	}
	return count
}

// HasSubnet says whether a name, as in [Tiers], is a subnet's.
func (p *Proof) HasSubnet(name string) bool {
	return slices.ContainsFunc(p.network.VPCs, func(v *network.VPC) bool {
		return slices.ContainsFunc(v.Subnets, func(s *network.Subnet) bool { return isCalled(s.Resource, name) })
	})
}

func tagName(v *network.VPC) string {
	tags, _ := v.Resource.Argument("tags").(map[string]any)
	name, _ := tags["Name"].(string)
	return name
}

// nameVPCs gives every VPC a name: the one that it was given; or its account's, if it is
// the only one there without a name; or its tag Name; or that of its resource. Two VPCs
// share a name only if they were given it.
func (p *Proof) nameVPCs() {
	p.vpcNames, p.transit = map[*network.VPC]string{}, map[*network.VPC]bool{}
	taken := map[string]bool{"internet": true, "on-premises": true, "": true}
	for name := range p.input.Accounts {
		taken[name] = true
	}
	unnamed := map[string]int{}
	for _, v := range p.network.VPCs {
		for _, n := range p.input.VPCs {
			if n.is(v, p.account(v)) {
				p.vpcNames[v], p.transit[v], taken[n.Name] = n.Name, n.Transit, true
			}
		}
		if p.vpcNames[v] == "" {
			unnamed[v.Account]++
		}
	}
	for _, v := range p.network.VPCs {
		account := p.account(v)
		switch {
		case p.vpcNames[v] != "":
		case unnamed[v.Account] == 1 && !slices.ContainsFunc(p.network.VPCs, func(o *network.VPC) bool { return p.vpcNames[o] == account }):
			p.vpcNames[v] = account
		default:
			p.vpcNames[v] = free(taken, ownName(v), account)
		}
		taken[p.vpcNames[v]] = true
	}
	for _, v := range p.network.VPCs {
		if name := p.vpcNames[v]; !slices.Contains(p.names.Accounts, name) {
			p.names.VPCs = append(p.names.VPCs, name)
		}
	}
	slices.Sort(p.names.VPCs)
	p.names.VPCs = slices.Compact(p.names.VPCs)
}

// ownName is what a VPC is called in its configuration.
func ownName(v *network.VPC) string {
	tag := tagName(v)
	// The first dot of a party ends the VPC's name, and a range has a slash.
	return strings.NewReplacer(".", "-", "/", "-", " ", "-", ",", "-", "*", "-").Replace(cmp.Or(tag, v.Resource.Name))
}

// free is a name that nothing has yet: the VPC's own, or one with its account's before
// it.
func free(taken map[string]bool, own, account string) string {
	name := own
	for i := 1; taken[name]; i++ {
		name = account + "-" + own
		if i > 1 {
			name += "-" + strconv.Itoa(i)
		}
	}
	return name
}

// called is the name of the VPC.
func (p *Proof) called(v *network.VPC) string { return p.vpcNames[v] }

// belongs says whether the first word of a party means the VPC: its name, or `*`; or its
// account's, where no VPC of the account has that name.
func (p *Proof) belongs(v *network.VPC, label string) bool {
	switch {
	case label == "*", p.vpcNames[v] == label:
		return true
	case p.account(v) != label:
		return false
	}
	return !slices.ContainsFunc(p.network.VPCs, func(o *network.VPC) bool { return o.Account == v.Account && p.vpcNames[o] == label })
}

// findUnnamed doubts names that were given to VPCs which no stack makes: what is said
// about them would be about nothing.
func (p *Proof) findUnnamed(found *finding.List) {
	for _, n := range p.input.VPCs {
		known := slices.ContainsFunc(p.network.VPCs, func(v *network.VPC) bool { return n.is(v, p.account(v)) })
		looked := slices.ContainsFunc(p.network.LookedUp, func(r *config.Resource) bool {
			return n.Account == "" || r.Account == n.Account || p.accounts[r.Account] == n.Account
		})
		if !known && !looked {
			found.Doubt(vpcNotFound, nil, "no stack here makes the VPC of %s that is called %s: correct its range or address, or supply its stack", n.Account, n.Name)
		}
	}
}
