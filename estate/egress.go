package estate

import (
	"fmt"
	"net/netip"
	"slices"

	"hubspoke/internal/subnet"
	"hubspoke/internal/yamldoc"
)

// Egress is a VPC of the hub's account that other VPCs reach the internet through. It
// holds NAT gateways and no workloads, so that no account but the hub has any:
// https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/centralized-egress-to-internet.html
type Egress struct {
	// CIDR is the VPC's range, /16 to /23 of the address space: 24 subnets of sixteen addresses, for all zones that a region may ever have.
	CIDR netip.Prefix `yaml:"cidr" jsonschema:"required" example:"10.255.0.0/23"`
	// AZCount is how many of the estate's zones the VPC uses, lowest zone first, with a NAT gateway in each. A VPC with `nat: central` in a further zone would send its packets across zones, so it has as many at least. Default: as many as the largest of those VPCs uses.
	AZCount int `yaml:"az_count" jsonschema:"minimum=1,maximum=3" why:"VPCs have three zones at most"`
	// Firewall is a firewall that stands between those VPCs and the NAT gateways, with an endpoint in each zone. Default: none, and everything may leave.
	Firewall *Firewall `yaml:"firewall"`
}

// EgressVPC is what the VPC of the hub's egress is called: in AWS names, in address plans
// and in intents. No account can have the name.
const EgressVPC = "egress"

// Inspection is the route table of the transit gateway that decides about what comes back
// from the egress VPC. No segment can have the name.
const Inspection = "inspection"

// The egress VPC has slots of one size for each of its tiers, so that a tier that is not
// in use yet has its place.
const (
	egressPrefix = 28
	largestVPC   = 23 // three tiers of eight slots each, and room
)

var egressTiers = []subnet.Tier{subnet.Attachment, subnet.Firewall, subnet.Public}

// CentralAccounts are the accounts whose VPC reaches the internet through the egress VPC:
// the hub first, if it is one, then spokes by name.
func (e *Estate) CentralAccounts() []string {
	return slices.DeleteFunc(e.NetworkAccounts(), func(account string) bool { return e.Network(account).NAT != NATCentral })
}

// CentralSegments are the segments with such a VPC, sorted.
func (e *Estate) CentralSegments() []string {
	var segments []string
	for _, account := range e.CentralAccounts() {
		segments = append(segments, e.Segment(account))
	}
	slices.Sort(segments)
	return slices.Compact(segments)
}

// EgressZones are the zones that the egress VPC uses, lowest slot first.
func (e *Estate) EgressZones() []string {
	return e.UsedZones(Network{AZCount: e.Hub.Egress.AZCount})
}

// EgressPlan is every slot of the egress VPC, used or reserved, in the order of their
// addresses; none, if there is no such VPC. Without a firewall its subnets are reserved.
func (e *Estate) EgressPlan() []Slot {
	if e.Hub.Egress == nil {
		return nil
	}
	var plan []Slot
	used := e.EgressZones()
	for t, tier := range egressTiers {
		for i, zone := range regionZones[e.Region] {
			cidr, ok := nth(e.Hub.Egress.CIDR.Addr(), egressPrefix, t*maxZones+i)
			if !ok {
				continue
			}
			plan = append(plan, Slot{
				VPC: EgressVPC, Tier: tier, Zone: zone, CIDR: cidr, Hosts: hosts(cidr),
				Used: (tier != subnet.Firewall || e.Hub.Egress.Firewall != nil) && slices.Contains(used, zone),
			})
		}
	}
	return plan
}

// applyEgressDefaults gives the egress VPC the zones of those who use it.
func (e *Estate) applyEgressDefaults() {
	if e.Hub.Egress == nil || e.hub.Has("egress.az_count") {
		return
	}
	for _, account := range e.BehindEgress() {
		e.Hub.Egress.AZCount = max(e.Hub.Egress.AZCount, len(e.UsedZones(e.Network(account))))
	}
	def(&e.Hub.Egress.AZCount, e.Hub.Network.AZCount)
}

// validateEgress checks the egress VPC, and those who use it.
func (e *Estate) validateEgress() {
	e.validateCentral()
	x, d := e.Hub.Egress, e.hub
	if x == nil || d.Broken("egress") {
		return
	}
	if !e.HasHubNetwork() {
		d.Errorf("egress", "VPCs reach it through the hub's transit gateway, and the hub has no network: give it one, or leave egress out")
		return
	}
	if _, ok := e.Segments[Inspection]; ok {
		e.settings.Errorf(yamldoc.Child("segments", Inspection), "%s is the route table of the egress VPC: choose another name for the segment", Inspection)
	}
	if len(e.CentralAccounts()) == 0 {
		d.Warnf("egress", "its NAT gateways are paid for, and no VPC uses them: say `nat: central` in one, or leave egress out")
	}
	if d.Has("egress.az_count") && x.AZCount > len(e.Zones) && len(e.Zones) > 0 {
		d.Errorf("egress.az_count", "%d zones are more than the %d that zones in estate.yaml names", x.AZCount, len(e.Zones))
	}
	e.validateEgressRange(x.CIDR)
	e.validateFirewall()
	if d.Incomplete("egress.az_count") || e.settings.Incomplete("zones") {
		return
	}
	for _, account := range e.BehindEgress() {
		for _, zone := range e.UsedZones(e.Network(account)) {
			if !slices.Contains(e.EgressZones(), zone) {
				d.Errorf("egress.az_count", "%s uses the zone %s, where the egress VPC has no NAT gateway: let it have as many zones", account, zone)
			}
		}
	}
}

// validateEgressRange checks the range of the egress VPC against all others.
func (e *Estate) validateEgressRange(cidr netip.Prefix) {
	d, at := e.hub, "egress.cidr"
	if d.Broken(at) || !validateCIDR(d, at, cidr) {
		return
	}
	if cidr.Bits() < minVPC || cidr.Bits() > largestVPC {
		d.Errorf(at, "%s is not one of /%d to /%d, in which the egress VPC has room for three tiers in every zone", cidr, minVPC, largestVPC)
	}
	e.validateWithin(d, at, cidr)
	e.validateApart(d, at, cidr, e.vpcs())
}

// validateCentral checks that who reaches the internet through the egress VPC can.
func (e *Estate) validateCentral() {
	for _, v := range e.vpcs() {
		if v.network.NAT != NATCentral || v.doc.Broken("network.nat") {
			continue
		}
		switch {
		case !e.HasHubNetwork():
			v.doc.Errorf("network.nat", "central is through the hub's transit gateway, and the hub has no network: say single or one_per_az")
		case e.Hub.Egress == nil && !e.hub.Broken("egress"):
			v.doc.Errorf("network.nat", "central is through the hub's egress VPC, and hub.yaml has none: give it `egress: {cidr: %s}`", e.egressExample())
		}
	}
}

// egressExample is a range of the address space for an egress VPC that nothing has yet, the
// highest of its first range.
func (e *Estate) egressExample() string {
	for _, space := range e.AddressSpace {
		if space.Bits() > largestVPC {
			continue
		}
		for p := netip.PrefixFrom(last(space), largestVPC).Masked(); space.Contains(p.Addr()); {
			if !slices.ContainsFunc(e.vpcs(), func(v vpc) bool { return v.network.CIDR.IsValid() && v.network.CIDR.Overlaps(p) }) {
				return p.String()
			}
			if p.Addr() == space.Addr() {
				break
			}
			p = netip.PrefixFrom(address(number(p.Addr())-1), largestVPC).Masked()
		}
	}
	return fmt.Sprintf("a /%d", largestVPC)
}
