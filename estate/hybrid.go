package estate

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"hubspoke/estate/internal/ipv4"
	"hubspoke/internal/yamldoc"
)

// VPN is a Site-to-Site VPN connection: two tunnels from the transit gateway to a device
// on-premises.
// https://docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html
type VPN struct {
	// Address is the public IPv4 address of the device, or of the NAT device before it. AWS moves the connection to another one in place, and its tunnels are down meanwhile.
	Address netip.Addr `yaml:"address" jsonschema:"required" example:"203.0.113.10"`
	// ASN is the device's autonomous system number, by which it speaks BGP, 1 to 4294967294. A connection with static routing has none.
	ASN int `yaml:"asn" jsonschema:"minimum=1,maximum=4294967294" why:"those are the numbers that BGP has"`
	// Routing is how the device learns the ranges of VPCs, and which of the two tunnels is up: `bgp` (default), or `static`, for devices that cannot. AWS replaces the connection if it changes: other addresses, other keys.
	Routing VPNRouting `yaml:"routing" default:"bgp"`
	// CIDRs are those of `on_premises.cidrs` that packets reach by this connection. Each goes one way, so that several ways share them out. An empty list is a connection that stands by: its tunnels are up, and carry nothing. Default: all of them, if there is no other way.
	CIDRs []netip.Prefix `yaml:"cidrs" jsonschema:"uniqueItems=true" example:"[192.168.0.0/20]"`
}

// VPNRouting is how the device at the other end of a VPN learns its routes.
type VPNRouting string

// The values of [VPNRouting].
const (
	BGPRouting    VPNRouting = "bgp"
	StaticRouting VPNRouting = "static"
)

// Values lists what a file may say.
func (VPNRouting) Values() []string { return []string{string(BGPRouting), string(StaticRouting)} }

// DirectConnect is a Direct Connect gateway that the transit gateway is associated with.
// The gateway and its transit virtual interfaces are made elsewhere.
// https://docs.aws.amazon.com/directconnect/latest/UserGuide/direct-connect-transit-gateways.html
type DirectConnect struct {
	// GatewayID is the Direct Connect gateway of the hub's account to associate with the transit gateway, whose ASN must be another one than the transit gateway's. Default: none, and the association is made elsewhere, as with a gateway of another account.
	GatewayID string `yaml:"gateway_id" format:"direct-connect-gateway-id"`
	// AllowedPrefixes are announced to on-premises, as they stand here. Every VPC that exchanges traffic with it lies in one. They belong to the association, and are left out if that is made elsewhere.
	AllowedPrefixes []netip.Prefix `yaml:"allowed_prefixes" jsonschema:"maxItems=200,uniqueItems=true" why:"AWS announces so many for a transit gateway" example:"[10.0.0.0/8]"`
	// AttachmentID is the transit gateway's attachment that the association makes. Nobody knows it before, so it is added after the first deployment; until then no packets go this way.
	AttachmentID string `yaml:"attachment_id" format:"transit-gateway-attachment-id"`
	// CIDRs are those of `on_premises.cidrs` that packets reach this way. Default: all that no VPN names.
	CIDRs []netip.Prefix `yaml:"cidrs" jsonschema:"uniqueItems=true" example:"[10.0.0.0/16]"`
}

// OnPremisesTable is the route table of the transit gateway that decides about what comes
// from on-premises. No segment can have the name.
const OnPremisesTable = "on-premises"

// DirectConnectWay is what the way by Direct Connect is called. VPNs are called `vpn-` and
// their name.
const DirectConnectWay = "direct-connect"

// Way is one of the ways to on-premises.
type Way struct {
	// Name is [DirectConnectWay], or that of a VPN, which VPN then is too.
	Name, VPN string
	// CIDRs are the ranges of on-premises that go this way, sorted.
	CIDRs []netip.Prefix
}

// IsHybrid says that the estate makes a way to on-premises, or a part of one.
func (e *Estate) IsHybrid() bool {
	return e.HasHubNetwork() && (len(e.OnPremises.VPNs) > 0 || e.OnPremises.DirectConnect != nil)
}

// Ways are the ways to on-premises: VPNs by name, then Direct Connect as soon as its
// attachment is known.
func (e *Estate) Ways() []Way {
	var ways []Way
	for _, name := range sortedKeys(e.OnPremises.VPNs) {
		ways = append(ways, Way{Name: "vpn-" + name, VPN: name, CIDRs: e.OnPremises.VPNs[name].CIDRs})
	}
	if d := e.OnPremises.DirectConnect; d != nil && d.AttachmentID != "" {
		ways = append(ways, Way{Name: DirectConnectWay, CIDRs: d.CIDRs})
	}
	return ways
}

// OnPremisesSegments are the segments whose VPCs exchange traffic with on-premises, by ways
// that the estate makes: the hub's, and those that the estate names, sorted.
func (e *Estate) OnPremisesSegments() []string {
	if !e.IsHybrid() {
		return nil
	}
	segments := append(slices.Clone(e.OnPremises.ReachedBy), e.Hub.Segment)
	slices.Sort(segments)
	return slices.Compact(segments)
}

// ReachesOnPremises says whether an account's VPC exchanges traffic with on-premises, by
// ways that the estate makes.
func (e *Estate) ReachesOnPremises(account string) bool {
	return slices.Contains(e.OnPremisesSegments(), e.Segment(account))
}

// OnPremisesAccounts are the accounts with such a VPC: the hub first, then spokes by name.
func (e *Estate) OnPremisesAccounts() []string {
	return slices.DeleteFunc(e.NetworkAccounts(), func(account string) bool { return !e.ReachesOnPremises(account) })
}

// StaticRoutes are the destinations of the static routes that lead to a range. A range that
// is one of the private blocks has two: each table of the transit gateway has a blackhole of
// that very size, and they win over it without taking its place.
func StaticRoutes(p netip.Prefix) []netip.Prefix {
	if !slices.Contains(PrivateSpace(), p) {
		return []netip.Prefix{p}
	}
	half := p.Bits() + 1
	return []netip.Prefix{netip.PrefixFrom(p.Addr(), half), netip.PrefixFrom(address(number(p.Addr())+1<<(32-half)), half)}
}

// applyHybridDefaults shares the ranges out where the files do not.
func (e *Estate) applyHybridDefaults() {
	ways := e.Ways()
	for _, name := range sortedKeys(e.OnPremises.VPNs) {
		if v := e.OnPremises.VPNs[name]; len(ways) == 1 && !e.statesRanges(vpnPath(name)) {
			v.CIDRs = slices.Clone(e.OnPremises.CIDRs)
			e.OnPremises.VPNs[name] = v
		}
	}
	if d := e.OnPremises.DirectConnect; d != nil && d.AttachmentID != "" && !e.statesRanges(directConnectPath) {
		d.CIDRs = slices.DeleteFunc(slices.Clone(e.OnPremises.CIDRs), func(p netip.Prefix) bool {
			for _, v := range e.OnPremises.VPNs {
				if slices.Contains(v.CIDRs, p) {
					return true
				}
			}
			return false
		})
	}
}

const directConnectPath = "on_premises.direct_connect"

func vpnPath(name string) string { return yamldoc.Child("on_premises.vpns", name) }

// statesRanges says that the file shares ranges out to a way, or tries to.
func (e *Estate) statesRanges(way string) bool {
	at := yamldoc.Child(way, "cidrs")
	return e.settings.Has(at) || e.settings.Broken(at)
}

// validateHybrid checks the ways to on-premises, and who uses them.
func (e *Estate) validateHybrid() {
	d := e.settings
	if !e.HasHubNetwork() {
		for _, key := range []string{"reached_by", "vpns", "direct_connect"} {
			if at := yamldoc.Child("on_premises", key); d.Has(at) {
				d.Errorf(at, "the way to on-premises begins at the hub's transit gateway, and the hub has no network: give hub.yaml one, or leave this out")
			}
		}
		return
	}
	if !e.IsHybrid() {
		if d.Has("on_premises.reached_by") && !d.Broken("on_premises.vpns") && !d.Broken(directConnectPath) {
			d.Errorf("on_premises.reached_by", "no way leads to on-premises: name vpns or direct_connect, or leave this out")
		}
		return
	}
	if _, ok := e.Segments[OnPremisesTable]; ok {
		d.Errorf(yamldoc.Child("segments", OnPremisesTable), "%s is the route table of the ways to on-premises: choose another name for the segment", OnPremisesTable)
	}
	for i, segment := range e.OnPremises.ReachedBy {
		if segment == e.Hub.Segment {
			d.Errorf(yamldoc.Index("on_premises.reached_by", i), "%s is the hub's segment, which reaches on-premises anyway: leave it out", segment)
		}
	}
	if len(e.OnPremises.CIDRs) == 0 && !d.Broken("on_premises.cidrs") {
		at := directConnectPath
		if len(e.OnPremises.VPNs) > 0 {
			at = "on_premises.vpns"
		}
		d.Errorf(at, "no packet goes this way: name the ranges behind it in on_premises.cidrs")
	}
	devices := map[string]string{}
	for _, name := range sortedKeys(e.OnPremises.VPNs) {
		e.validateVPN(vpnPath(name), e.OnPremises.VPNs[name], devices)
	}
	e.validateDirectConnect()
	e.validateWays()
	e.validateReach()
}

// standardASN is the number of a device that names none, by which AWS tells devices apart:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateCustomerGateway.html
const standardASN = 65000

// validateVPN checks one VPN; devices are those of the VPNs before it.
func (e *Estate) validateVPN(at string, v VPN, devices map[string]string) {
	d := e.settings
	address, asn := yamldoc.Child(at, "address"), yamldoc.Child(at, "asn")
	if v.Address.IsValid() && !d.Broken(address) && !ipv4.Public(v.Address) {
		d.Errorf(address, "%s is not a public address: the tunnels come over the internet, so name the device's own, or that of the NAT device before it", v.Address)
	}
	switch {
	case d.Broken(asn) || d.Broken(yamldoc.Child(at, "routing")):
		return
	case v.Routing == StaticRouting && v.ASN != 0:
		d.Errorf(asn, "a device with an ASN speaks BGP, and routing is static: leave one of the two out")
	case v.Routing == BGPRouting && v.ASN == 0:
		d.Errorf(at, "with BGP the device has an ASN: name it as asn, such as 65010, or say `routing: static`")
		return
	case v.ASN != 0 && v.ASN == e.Hub.TransitGateway.ASN:
		d.Errorf(asn, "%d is the transit gateway's own (transit_gateway.asn in hub.yaml): the device needs another one, such as 65010", v.ASN)
	case v.ASN != 0:
		if why := e.reservedASN(v.ASN); why != "" {
			d.Errorf(asn, "%d is %s: name the device's own, or a private one, 64512 to 65534 or 4200000000 to 4294967294", v.ASN, why)
		}
	}
	device := fmt.Sprint(v.Address, " ", cmp.Or(v.ASN, standardASN))
	if other, ok := devices[device]; ok && v.Address.IsValid() {
		d.Errorf(at, "%s has the same address and ASN, and so is the same customer gateway to AWS, whose two tunnels are one connection: name another device, or one VPN with all ranges", other)
	}
	devices[device] = at
}

// reservedASN says what a number is that no device can have, "" for others.
//
//   - https://docs.aws.amazon.com/vpn/latest/s2svpn/cgw-options.html
//   - https://www.iana.org/assignments/as-numbers/as-numbers.xhtml
func (e *Estate) reservedASN(asn int) string {
	amazon := map[int]string{7224: e.Region, 9059: "eu-west-1", 10124: "ap-northeast-1", 17943: "ap-southeast-1"}
	switch region, ok := amazon[asn]; {
	case ok && region == e.Region:
		return "Amazon's own"
	case asn == 23456:
		return "what routers without large numbers see in place of one (RFC 6793)"
	case asn >= 64496 && asn <= 64511, asn >= 65536 && asn <= 65551:
		return "for documentation only (RFC 5398)"
	case asn == 65535, asn >= 65552 && asn <= 131071:
		return "reserved (IANA)"
	}
	return ""
}

// standardGatewayASN is the number of a transit gateway, and of a Direct Connect gateway, that
// nobody gives another one:
// https://docs.aws.amazon.com/directconnect/latest/UserGuide/create-transit-vif-for-gateway.html
const standardGatewayASN = 64512

// validateDirectConnect checks the association with a Direct Connect gateway.
func (e *Estate) validateDirectConnect() {
	d, x := e.settings, e.OnPremises.DirectConnect
	if x == nil || d.Broken(directConnectPath) {
		return
	}
	gateway, attachment, prefixes := yamldoc.Child(directConnectPath, "gateway_id"), yamldoc.Child(directConnectPath, "attachment_id"), yamldoc.Child(directConnectPath, "allowed_prefixes")
	made := x.GatewayID != "" || d.Broken(gateway)
	switch {
	case !made && x.AttachmentID == "" && !d.Broken(attachment):
		d.Errorf(directConnectPath, "it names no gateway: give it the gateway_id of a Direct Connect gateway, or the attachment_id of one that is associated already")
	case !made && d.Has(prefixes):
		d.Errorf(prefixes, "they belong to the association with the Direct Connect gateway, which is not made here: name its gateway_id, or leave them out")
	case made && len(x.AllowedPrefixes) == 0 && !d.Broken(prefixes):
		d.Errorf(directConnectPath, "it announces nothing to on-premises: name allowed_prefixes, such as [%s]", join(e.AddressSpace))
	}
	if x.AttachmentID == "" && !d.Broken(attachment) {
		if at := yamldoc.Child(directConnectPath, "cidrs"); d.Has(at) {
			d.Errorf(at, "packets go to the attachment, which is not known yet: name attachment_id too, or leave these out until then")
		} else if made {
			d.Warnf(directConnectPath, "no packet goes this way yet: after the first deployment add the attachment_id, which docs/operations.md says how to find")
		}
	}
	if asn := e.Hub.TransitGateway.ASN; x.GatewayID != "" && asn == standardGatewayASN && !e.hub.Broken("transit_gateway.asn") {
		d.Warnf(gateway, "AWS refuses the association if the Direct Connect gateway has the transit gateway's ASN, and %d is the default of both: look at what `aws directconnect describe-direct-connect-gateways` says", asn)
	}
	for i, p := range x.AllowedPrefixes {
		at := yamldoc.Index(prefixes, i)
		if d.Broken(at) || !validateCIDR(d, at, p) {
			continue
		}
		if inside := slices.IndexFunc(e.OnPremises.CIDRs, func(own netip.Prefix) bool { return ipv4.Inside(p, []netip.Prefix{own}) }); inside >= 0 {
			d.Errorf(at, "%s is on-premises itself (%s): announce ranges of VPCs", p, e.OnPremises.CIDRs[inside])
		}
	}
}

// validateWays checks that every range goes one way. A static route of a transit gateway
// has one target, and equal paths at once are there among announced routes alone:
// https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-ecmp
func (e *Estate) validateWays() {
	d := e.settings
	if d.Incomplete("on_premises.cidrs") {
		return
	}
	ways, taken, shared := e.Ways(), map[netip.Prefix]string{}, true
	for _, way := range ways {
		path := directConnectPath
		if way.VPN != "" {
			path = vpnPath(way.VPN)
		}
		if d.Broken(path) {
			shared = false
			continue
		}
		if way.VPN != "" && len(ways) > 1 && !e.statesRanges(path) {
			shared = false
			d.Errorf(path, "there are other ways to on-premises, and each range goes one: say under cidrs which of on_premises.cidrs go by this one, or [] if it stands by")
		}
		for i, p := range way.CIDRs {
			at := path
			if e.statesRanges(path) {
				at = yamldoc.Index(yamldoc.Child(path, "cidrs"), i)
			}
			switch other, ok := taken[p]; {
			case !p.IsValid():
			case !slices.Contains(e.OnPremises.CIDRs, p):
				d.Errorf(at, "%s is none of on_premises.cidrs (%s): name one of those, or add it there", p, join(e.OnPremises.CIDRs))
			case ok:
				d.Errorf(at, "%s goes by %s already, and a static route of a transit gateway has one target: leave it out of one of the two", p, other)
			default:
				taken[p] = path
			}
		}
		if d.Broken(yamldoc.Child(path, "cidrs")) {
			shared = false
		}
	}
	if !shared || len(ways) == 0 {
		return
	}
	for i, p := range e.OnPremises.CIDRs {
		if at := yamldoc.Index("on_premises.cidrs", i); taken[p] == "" && !d.Broken(at) {
			d.Warnf(at, "no way leads to %s: packets for it end at the transit gateway; name it under cidrs of a VPN or of direct_connect", p)
		}
	}
}

// validateReach checks the VPCs that exchange traffic with on-premises.
func (e *Estate) validateReach() {
	d := e.settings
	if d.Incomplete("on_premises.cidrs") || d.Incomplete("on_premises.reached_by") || d.Incomplete("segments") || d.Incomplete("address_space") {
		return
	}
	for _, account := range e.OnPremisesAccounts() {
		v := e.vpcs()[slices.Index(e.NetworkAccounts(), account)]
		if v.doc.Incomplete("network") || v.doc.Broken("segment") {
			continue
		}
		if account != HubAccount {
			e.validateReachable(v)
		}
		if x := e.OnPremises.DirectConnect; x != nil && len(x.AllowedPrefixes) > 0 && !d.Incomplete(directConnectPath) && !ipv4.Inside(v.network.CIDR, x.AllowedPrefixes) {
			d.Warnf(yamldoc.Child(directConnectPath, "allowed_prefixes"), "on-premises does not learn the way to %s (%s) by Direct Connect: none of them covers it", account, v.network.CIDR)
		}
	}
}

// validateReachable checks that the network ACLs of a spoke can name all that it exchanges
// traffic with.
func (e *Estate) validateReachable(v vpc) {
	// One range outside is named anyway: the hub's, or those of the address space, which
	// validateOnPremises has counted with on-premises.
	n := len(v.network.Routes) + len(e.OnPremises.CIDRs)
	if peers := e.Peers(v.name); slices.ContainsFunc(peers, func(p string) bool { return p != HubAccount }) {
		n += len(e.AddressSpace)
	} else {
		n += len(peers)
	}
	if n > maxRanges && len(v.network.Routes) > 0 {
		v.doc.Errorf("network.routes", "with on_premises.cidrs and the estate's own these are %d ranges, and the network ACLs of a VPC can name %d: put neighbouring ranges together, or take the segment out of on_premises.reached_by", n, maxRanges)
	}
}
