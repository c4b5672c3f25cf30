package environments

import (
	"fmt"
	"net/netip"
	"slices"
)

// vpc is a VPC of the estate with the document that describes it.
type vpc struct {
	name    string
	network Network
	doc     *document
}

func (e *Estate) vpcs() []vpc {
	all := []vpc{{HubAccount, e.Hub.Network, e.hub}}
	for _, s := range e.Spokes {
		all = append(all, vpc{s.Name, s.Network, e.spokes[s.Name]})
	}
	return all
}

// validateNetworks checks every VPC, and every pair of them: two VPCs with
// overlapping ranges cannot both be attached to the gateway.
func (e *Estate) validateNetworks() {
	var before []vpc
	for _, v := range e.vpcs() {
		e.validateShape(v)
		if !validateCIDR(v.doc, "network.cidr", v.network.CIDR) {
			continue
		}
		e.validateRange(v)
		for _, other := range before {
			if v.network.CIDR.Overlaps(other.network.CIDR) {
				v.doc.errorf("network.cidr", "%s overlaps %s (%s)", v.network.CIDR, other.name, other.network.CIDR)
			}
		}
		for _, p := range e.OnPremises.CIDRs {
			if v.network.CIDR.Overlaps(p) {
				v.doc.errorf("network.cidr", "%s overlaps on-premises %s (on_premises.cidrs in estate.yaml)", v.network.CIDR, p)
			}
		}
		before = append(before, v)
	}
}

// validateShape checks what does not depend on the VPC's range.
func (e *Estate) validateShape(v vpc) {
	n := v.network
	if n.AZCount < 2 || n.AZCount > 3 {
		v.doc.errorf("network.az_count", "%d is not 2 or 3: one zone is no availability, and EKS and RDS subnet groups need two", n.AZCount)
	} else if zones := len(e.Zones); n.AZCount > zones && zones > 1 {
		v.doc.errorf("network.az_count", "%d zones are more than the %d that zones in estate.yaml names", n.AZCount, zones)
	}
	for _, tier := range []struct {
		name   string
		length int
		most   int
	}{
		{"public", n.PrefixLengths.Public, 28},
		// A private subnet has a /28 of addresses that are given by hand.
		{"private", n.PrefixLengths.Private, 26},
		{"database", n.PrefixLengths.Database, 28},
	} {
		if tier.length < 16 || tier.length > tier.most {
			v.doc.errorf("network.prefix_lengths."+tier.name, "/%d is not a subnet size from /16 to /%d", tier.length, tier.most)
		}
	}
}

func (e *Estate) validateRange(v vpc) {
	n, at := v.network, "network.cidr"
	if n.CIDR.Bits() < 16 || n.CIDR.Bits() > 28 {
		v.doc.errorf(at, "%s is not a VPC size: AWS takes /16 to /28", n.CIDR)
		return
	}
	if !inside(n.CIDR, e.AddressSpace) && !e.settings.broken("address_space") {
		v.doc.errorf(at, "%s lies outside the estate's address_space (%v)", n.CIDR, e.AddressSpace)
	}
	if v.doc.broken("network.prefix_lengths") {
		return
	}
	if _, err := e.AddressPlan(v.name, n); err != nil {
		v.doc.errorf(at, "too small for its tiers: %v", err)
	}
}

func (e *Estate) validateOnPremises() {
	d := e.settings
	for i, p := range e.OnPremises.CIDRs {
		at := index("on_premises.cidrs", i)
		validateCIDR(d, at, p)
		for j, q := range e.OnPremises.CIDRs[:i] {
			if p.IsValid() && q.IsValid() && p.Overlaps(q) {
				d.errorf(at, "%s overlaps on_premises.cidrs[%d] (%s)", p, j, q)
			}
		}
	}
	for _, domain := range sortedKeys(e.OnPremises.Domains) {
		at := child("on_premises.domains", domain)
		validateDomain(d, at, domain)
		if _, ok := e.DNS.PrivateZones[domain]; ok || slices.Contains(e.DNS.PublicZones, domain) {
			d.errorf(at, "%s is a zone of this estate: a forwarding rule would hide it", domain)
		}
		servers := e.OnPremises.Domains[domain]
		if len(servers) == 0 {
			d.errorf(at, "name the addresses of the servers that answer for %s", domain)
		}
		for i, server := range servers {
			if problem := e.notOnPremises(server); problem != "" {
				d.errorf(index(at, i), "%s %s", server, problem)
			}
		}
	}
}

// notOnPremises says why an address cannot be an on-premises name server. A rule
// that forwards into a VPC of the estate is a loop, or a detour.
func (e *Estate) notOnPremises(server netip.Addr) string {
	if !server.IsValid() || !server.Is4() {
		return "is not an IPv4 address"
	}
	for _, v := range e.vpcs() {
		if v.network.CIDR.IsValid() && v.network.CIDR.Contains(server) {
			return fmt.Sprintf("lies in the VPC of %s (%s): queries forwarded there would loop", v.name, v.network.CIDR)
		}
	}
	if len(e.OnPremises.CIDRs) > 0 && !slices.ContainsFunc(e.OnPremises.CIDRs, func(p netip.Prefix) bool { return p.Contains(server) }) {
		return "lies in none of on_premises.cidrs"
	}
	return ""
}
