package estate

import (
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"

	"hubspoke/estate/internal/format"
	"hubspoke/estate/internal/ipv4"
	"hubspoke/internal/yamldoc"
)

// vpc is a VPC of the estate with the document that describes it.
type vpc struct {
	name    string
	network Network
	doc     *yamldoc.Document
}

func (e *Estate) vpcs() []vpc {
	var all []vpc
	if e.HasHubNetwork() {
		all = append(all, vpc{HubAccount, e.Hub.Network, e.hub})
	}
	for _, s := range e.Spokes {
		all = append(all, vpc{s.Name, s.Network, e.spokes[s.Name]})
	}
	return all
}

// validateNetworks checks every VPC, and every pair of them: two VPCs with
// overlapping ranges cannot both be attached to the gateway. Those that stand alone
// may overlap, as long as nothing connects them.
func (e *Estate) validateNetworks() {
	var before []vpc
	for _, v := range e.vpcs() {
		sized := e.validateShape(v)
		if !validateCIDR(v.doc, "network.cidr", v.network.CIDR) {
			continue
		}
		e.validateRange(v, sized)
		e.validateApart(v.doc, "network.cidr", v.network.CIDR, before)
		before = append(before, v)
	}
}

// validateApart checks a range against those of VPCs that are attached to the gateway
// too, and against what is on-premises.
func (e *Estate) validateApart(d *yamldoc.Document, at string, cidr netip.Prefix, others []vpc) {
	for _, other := range others {
		if e.HasHubNetwork() && cidr.Overlaps(other.network.CIDR) {
			d.Errorf(at, "%s overlaps %s (%s, %s:%d)", cidr, other.name, other.network.CIDR,
				filepath.Base(other.doc.File), other.doc.Line("network.cidr"))
		}
	}
	for _, p := range e.OnPremises.CIDRs {
		if cidr.Overlaps(p) {
			d.Errorf(at, "%s overlaps on-premises %s (on_premises.cidrs in estate.yaml)", cidr, p)
		}
	}
}

// validateWithin checks that a range is one of the estate's.
func (e *Estate) validateWithin(d *yamldoc.Document, at string, cidr netip.Prefix) {
	if !ipv4.Inside(cidr, e.AddressSpace) && !e.settings.Incomplete("address_space") {
		d.Errorf(at, "%s lies outside the estate's address_space (%s)", cidr, join(e.AddressSpace))
	}
}

// validateShape checks what does not depend on the VPC's range, and says whether
// the sizes of its subnets are known, so that a plan can be made with them.
func (e *Estate) validateShape(v vpc) bool {
	n := v.network
	if n.Explicit() {
		return true
	}
	oneZone := n.AZCount == 1 && n.PrivateOnly
	if n.AZCount < 2 && !oneZone {
		v.doc.Errorf("network.az_count", "%d is not 2 or 3: one zone is no availability, and EKS and RDS subnet groups need two", n.AZCount)
	} else if zones := len(e.Zones); n.AZCount > zones && zones > 1 {
		v.doc.Errorf("network.az_count", "%d zones are more than the %d that zones in estate.yaml names", n.AZCount, zones)
	}
	return !v.doc.Incomplete("network.prefix_lengths")
}

// validateRange checks a range that is valid on its own against what the VPC
// and the estate make of it.
func (e *Estate) validateRange(v vpc, sized bool) {
	n, at := v.network, "network.cidr"
	if n.CIDR.Bits() < minVPC || n.CIDR.Bits() > maxVPC {
		v.doc.Errorf(at, "%s is not a VPC size: AWS takes /%d to /%d", n.CIDR, minVPC, maxVPC)
		return
	}
	e.validateWithin(v.doc, at, n.CIDR)
	if n.Explicit() {
		e.validateSubnets(v)
		return
	}
	if !sized {
		return
	}
	if _, err := e.AddressPlan(v.name, n); err != nil {
		v.doc.Errorf(at, "%s is too small for its tiers: %v; %s", n.CIDR, err, e.fitting(n))
	}
}

// maxRanges is how many ranges outside a VPC its network ACLs can name: an ACL
// has 20 rules in each direction, and the public tier's needs the others.
// https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
const maxRanges = 10

func (e *Estate) validateOnPremises() {
	d := e.settings
	validateRanges(d, "on_premises.cidrs", e.OnPremises.CIDRs)
	if n := len(e.AddressSpace) + len(e.OnPremises.CIDRs); n > maxRanges {
		at := "on_premises.cidrs"
		if !d.Has(at) {
			at = "address_space"
		}
		d.Errorf(at, "address_space and on_premises.cidrs are %d ranges, and the network ACLs of the hub VPC can name %d: put neighbouring ranges together", n, maxRanges)
	}
	if !e.HasHubNetwork() && d.Has("on_premises.domains") {
		d.Errorf("on_premises.domains", "the hub's outbound resolver asks for these names, and the hub has no network: give hub.yaml one, or leave them out")
	}
	addresses := format.Addresses{}
	for _, domain := range sortedKeys(e.OnPremises.Domains) {
		at := yamldoc.Child("on_premises.domains", domain)
		addresses.Check(d.Section(at), domain)
		if _, ok := e.DNS.PrivateZones[domain]; ok || slices.Contains(e.DNS.PublicZones, domain) {
			d.Errorf(at, "%s is a zone of this estate: a forwarding rule would hide it", domain)
		}
		servers := e.OnPremises.Domains[domain]
		for i, server := range servers {
			if problem := e.notOnPremises(server); problem != "" {
				d.Errorf(yamldoc.Index(at, i), "%s %s", server, problem)
			}
		}
	}
}

// notOnPremises says why an address cannot be an on-premises name server. A rule
// that forwards into a VPC of the estate is a loop, or a detour.
func (e *Estate) notOnPremises(server netip.Addr) string {
	if !server.IsValid() {
		return "" // decoding says why
	}
	for _, v := range e.vpcs() {
		if v.network.CIDR.Contains(server) {
			return fmt.Sprintf("lies in the VPC of %s (%s): queries forwarded there would loop", v.name, v.network.CIDR)
		}
	}
	// The network ACLs admit those ranges, and no other private one.
	if !e.settings.Incomplete("on_premises.cidrs") && !slices.ContainsFunc(e.OnPremises.CIDRs, func(p netip.Prefix) bool { return p.Contains(server) }) {
		return "lies in none of on_premises.cidrs"
	}
	return ""
}
