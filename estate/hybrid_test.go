package estate

import (
	"net/netip"
	"strings"
	"testing"
)

// onPremises adds keys to on_premises, and makes further edits.
func onPremises(keys string, edits ...edit) []edit {
	return append([]edit{{"estate.yaml", "on_premises:\n", "on_premises:\n" + keys}}, edits...)
}

// vpns are VPNs of the estate, one a line.
func vpns(lines ...string) string { return "  vpns:\n    " + strings.Join(lines, "\n    ") + "\n" }

const (
	office = "office: {address: 203.0.113.10, asn: 65010}"
	direct = "  direct_connect: {gateway_id: 5f294f92-bafb-4011-916d-9b0b12345678, attachment_id: tgw-attach-0123456789abcdef0, allowed_prefixes: [10.0.0.0/8]"
)

var badHybrid = []struct {
	name  string
	edits []edit
	want  string
}{
	{"a private address", onPremises(vpns("office: {address: 10.1.0.10, asn: 65010}")), `acme/estate.yaml:27: on_premises.vpns.office.address: 10.1.0.10 is not a public address: the tunnels come over the internet, so name the device's own, or that of the NAT device before it`},
	{"an address of a carrier's NAT", onPremises(vpns("office: {address: 100.64.0.10, asn: 65010}")), `acme/estate.yaml:27: on_premises.vpns.office.address: 100.64.0.10 is not a public address: the tunnels come over the internet, so name the device's own, or that of the NAT device before it`},
	{"an IPv6 address", onPremises(vpns(`office: {address: "2001:db8::1", asn: 65010}`)), `acme/estate.yaml:27: on_premises.vpns.office.address: "2001:db8::1" is not an IPv4 address like 192.168.0.10`},
	{"no address", onPremises(vpns("office: {asn: 65010}")), `acme/estate.yaml:27: on_premises.vpns.office.address: missing: write one, such as address: 203.0.113.10`},
	{"BGP without an ASN", onPremises(vpns("office: {address: 203.0.113.10}")), "acme/estate.yaml:27: on_premises.vpns.office: with BGP the device has an ASN: name it as asn, such as 65010, or say `routing: static`"},
	{"static routing with an ASN", onPremises(vpns("office: {address: 203.0.113.10, asn: 65010, routing: static}")), `acme/estate.yaml:27: on_premises.vpns.office.asn: a device with an ASN speaks BGP, and routing is static: leave one of the two out`},
	{"the transit gateway's ASN", onPremises(vpns("office: {address: 203.0.113.10, asn: 64600}"), edit{"hub.yaml", "asn: 64512", "asn: 64600"}), `acme/estate.yaml:27: on_premises.vpns.office.asn: 64600 is the transit gateway's own (transit_gateway.asn in hub.yaml): the device needs another one, such as 65010`},
	{"Amazon's ASN", onPremises(vpns("office: {address: 203.0.113.10, asn: 7224}")), `acme/estate.yaml:27: on_premises.vpns.office.asn: 7224 is Amazon's own: name the device's own, or a private one, 64512 to 65534 or 4200000000 to 4294967294`},
	{"an ASN for documentation", onPremises(vpns("office: {address: 203.0.113.10, asn: 64500}")), `acme/estate.yaml:27: on_premises.vpns.office.asn: 64500 is for documentation only (RFC 5398): name the device's own, or a private one, 64512 to 65534 or 4200000000 to 4294967294`},
	{"a reserved ASN", onPremises(vpns("office: {address: 203.0.113.10, asn: 65535}")), `acme/estate.yaml:27: on_premises.vpns.office.asn: 65535 is reserved (IANA): name the device's own, or a private one, 64512 to 65534 or 4200000000 to 4294967294`},
	{"an ASN in place of large ones", onPremises(vpns("office: {address: 203.0.113.10, asn: 23456}")), `acme/estate.yaml:27: on_premises.vpns.office.asn: 23456 is what routers without large numbers see in place of one (RFC 6793): name the device's own, or a private one, 64512 to 65534 or 4200000000 to 4294967294`},
	{"an ASN that there is not", onPremises(vpns("office: {address: 203.0.113.10, asn: 4294967295}")), `acme/estate.yaml:27: on_premises.vpns.office.asn: want a number from 1 to 4294967294, not 4294967295: those are the numbers that BGP has`},
	{"a routing that there is not", onPremises(vpns("office: {address: 203.0.113.10, asn: 65010, routing: ospf}")), `acme/estate.yaml:27: on_premises.vpns.office.routing: "ospf" is not one of bgp, static`},
	{"a misspelt key", onPremises(vpns("office: {address: 203.0.113.10, asn: 65010, cidr: [192.168.0.0/16]}")), `acme/estate.yaml:27: on_premises.vpns.office.cidr: unknown key (did you mean "cidrs"?)`},
	{"a name that is too long", onPremises(vpns("an-office-with-a-very-long-name-x: {address: 203.0.113.10, asn: 65010}")), `acme/estate.yaml:27: on_premises.vpns.an-office-with-a-very-long-name-x: "an-office-with-a-very-long-name-x" is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen`},
	{"the same device twice", onPremises(vpns(office+"\n    again: {address: 203.0.113.10, asn: 65010, cidrs: []}"), edit{"estate.yaml", "asn: 65010}\n", "asn: 65010, cidrs: [192.168.0.0/16]}\n"}), `acme/estate.yaml:27: on_premises.vpns.office: on_premises.vpns.again has the same address and ASN, and so is the same customer gateway to AWS, whose two tunnels are one connection: name another device, or one VPN with all ranges`},
	{"the same device twice, without an ASN and with AWS's own default", onPremises(vpns("office: {address: 203.0.113.10, routing: static, cidrs: [192.168.0.0/16]}", "again: {address: 203.0.113.10, asn: 65000, cidrs: []}")), `acme/estate.yaml:27: on_premises.vpns.office: on_premises.vpns.again has the same address and ASN, and so is the same customer gateway to AWS, whose two tunnels are one connection: name another device, or one VPN with all ranges`},
	{"two VPNs, and nobody says which range goes where", onPremises(vpns(office, "branch: {address: 203.0.113.20, asn: 65020}")), `acme/estate.yaml:27: on_premises.vpns.office: there are other ways to on-premises, and each range goes one: say under cidrs which of on_premises.cidrs go by this one, or [] if it stands by
acme/estate.yaml:28: on_premises.vpns.branch: there are other ways to on-premises, and each range goes one: say under cidrs which of on_premises.cidrs go by this one, or [] if it stands by`},
	{"a range goes two ways", onPremises(vpns("branch: {address: 203.0.113.20, asn: 65020, cidrs: [192.168.0.0/16]}", "office: {address: 203.0.113.10, asn: 65010, cidrs: [192.168.0.0/16]}")), `acme/estate.yaml:28: on_premises.vpns.office.cidrs[0]: 192.168.0.0/16 goes by on_premises.vpns.branch already, and a static route of a transit gateway has one target: leave it out of one of the two`},
	{"a range that is not on-premises", onPremises(vpns("office: {address: 203.0.113.10, asn: 65010, cidrs: [192.168.0.0/20]}")), `acme/estate.yaml:27: on_premises.vpns.office.cidrs[0]: 192.168.0.0/20 is none of on_premises.cidrs (192.168.0.0/16): name one of those, or add it there`},
	{"no range on-premises", onPremises(vpns(office), edit{"estate.yaml", "  cidrs: [192.168.0.0/16]\n", ""}, edit{"estate.yaml", "  domains:\n    corp.example: [192.168.0.10]\n", ""}), `acme/estate.yaml:26: on_premises.vpns: no packet goes this way: name the ranges behind it in on_premises.cidrs`},
	{"an unknown segment", onPremises("  reached_by: [dew]\n" + vpns(office)), `acme/estate.yaml:26: on_premises.reached_by[0]: there is no segment "dew" in estate.yaml: it has dev, prod, shared (did you mean "dev"?)`},
	{"the hub's segment", onPremises("  reached_by: [shared]\n" + vpns(office)), `acme/estate.yaml:26: on_premises.reached_by[0]: shared is the hub's segment, which reaches on-premises anyway: leave it out`},
	{"a segment twice", onPremises("  reached_by: [dev, dev]\n" + vpns(office)), `acme/estate.yaml:26: on_premises.reached_by[1]: "dev" is named twice, first on line 26`},
	{"segments without a way", onPremises("  reached_by: [dev]\n"), `acme/estate.yaml:26: on_premises.reached_by: no way leads to on-premises: name vpns or direct_connect, or leave this out`},
	{"a segment of the name", onPremises(vpns(office), edit{"estate.yaml", "  shared: {}", "  shared: {}\n  on-premises: {}"}), `acme/estate.yaml:13: segments.on-premises: on-premises is the route table of the ways to on-premises: choose another name for the segment`},
	{"Direct Connect to nothing", onPremises("  direct_connect: {}\n"), `acme/estate.yaml:26: on_premises.direct_connect: it names no gateway: give it the gateway_id of a Direct Connect gateway, or the attachment_id of one that is associated already`},
	{"Direct Connect that announces nothing", onPremises("  direct_connect: {gateway_id: 5f294f92-bafb-4011-916d-9b0b12345678}\n"), `acme/estate.yaml:26: on_premises.direct_connect: it announces nothing to on-premises: name allowed_prefixes, such as [10.0.0.0/8]`},
	{"the id of something else", onPremises("  direct_connect: {gateway_id: dxgw-1, attachment_id: tgw-0123456789abcdef0, allowed_prefixes: [10.0.0.0/8]}\n"), `acme/estate.yaml:26: on_premises.direct_connect.attachment_id: "tgw-0123456789abcdef0" is not the id of a transit gateway's attachment, such as tgw-attach-0123456789abcdef0
acme/estate.yaml:26: on_premises.direct_connect.gateway_id: "dxgw-1" is not the id of a Direct Connect gateway, such as 5f294f92-bafb-4011-916d-9b0b12345678`},
	{"prefixes of an association that is made elsewhere", onPremises("  direct_connect: {attachment_id: tgw-attach-0123456789abcdef0, allowed_prefixes: [10.0.0.0/8]}\n"), `acme/estate.yaml:26: on_premises.direct_connect.allowed_prefixes: they belong to the association with the Direct Connect gateway, which is not made here: name its gateway_id, or leave them out`},
	{"ranges before the attachment is known", onPremises("  direct_connect: {gateway_id: 5f294f92-bafb-4011-916d-9b0b12345678, allowed_prefixes: [10.0.0.0/8], cidrs: [192.168.0.0/16]}\n"), `acme/estate.yaml:26: on_premises.direct_connect.cidrs: packets go to the attachment, which is not known yet: name attachment_id too, or leave these out until then`},
	{"a prefix with host bits", onPremises(strings.Replace(direct, "10.0.0.0/8", "10.0.0.1/8", 1) + "}\n"), `acme/estate.yaml:26: on_premises.direct_connect.allowed_prefixes[0]: 10.0.0.1/8 has host bits set: write 10.0.0.0/8`},
	{"a public prefix", onPremises(strings.Replace(direct, "10.0.0.0/8", "10.0.0.0/8, 203.0.113.0/24", 1) + "}\n"), `acme/estate.yaml:26: on_premises.direct_connect.allowed_prefixes[1]: 203.0.113.0/24 is not private address space (RFC 1918: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)`},
	{"a prefix that is on-premises", onPremises(strings.Replace(direct, "10.0.0.0/8", "10.0.0.0/8, 192.168.0.0/20", 1) + "}\n"), `acme/estate.yaml:26: on_premises.direct_connect.allowed_prefixes[1]: 192.168.0.0/20 is on-premises itself (192.168.0.0/16): announce ranges of VPCs`},
	{"more prefixes than AWS announces", onPremises(strings.Replace(direct, "10.0.0.0/8", announced(201), 1) + "}\n"), `acme/estate.yaml:26: on_premises.direct_connect.allowed_prefixes: want at most 200, not 201: AWS announces so many for a transit gateway`},
	{"a VPN beside Direct Connect says nothing of ranges", onPremises(vpns(office) + direct + "}\n"), `acme/estate.yaml:27: on_premises.vpns.office: there are other ways to on-premises, and each range goes one: say under cidrs which of on_premises.cidrs go by this one, or [] if it stands by`},
	{"a range goes by a VPN and by Direct Connect", onPremises(vpns("office: {address: 203.0.113.10, asn: 65010, cidrs: [192.168.0.0/16]}") + direct + ", cidrs: [192.168.0.0/16]}\n"), `acme/estate.yaml:28: on_premises.direct_connect.cidrs[0]: 192.168.0.0/16 goes by on_premises.vpns.office already, and a static route of a transit gateway has one target: leave it out of one of the two`},
	{"more ranges than the ACL of a spoke can name", onPremises("  reached_by: [dev]\n"+vpns(office), edit{"estate.yaml", "[192.168.0.0/16]", "[" + ranges(7) + "]"}, edit{"estate.yaml", "[192.168.0.10]", "[172.16.0.10]"},
		edit{"dev.yaml", "  nat: none", "  nat: none\n  routes:\n    a: {cidr: 192.168.0.0/24, via: pcx-01234567}\n    b: {cidr: 192.168.1.0/24, via: pcx-01234567}\n    c: {cidr: 192.168.2.0/24, via: pcx-01234567}"}), `acme/dev.yaml:6: network.routes: with on_premises.cidrs and the estate's own these are 11 ranges, and the network ACLs of a VPC can name 10: put neighbouring ranges together, or take the segment out of on_premises.reached_by`},
}

// announced are so many ranges of 10.0.0.0/8.
func announced(n int) string {
	var all []string
	for i := range n {
		all = append(all, netip.PrefixFrom(address(10<<24+uint32(i)<<8), 24).String())
	}
	return strings.Join(all, ", ")
}

func TestBadWaysToOnPremisesAreToldWithFileAndLine(t *testing.T) {
	for _, test := range badHybrid {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(edited(t, test.edits...), "acme", "acme")
			if err == nil {
				t.Fatalf("loads, want:\n%s", test.want)
			}
			if got := err.Error(); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func TestAStandaloneEstateHasNoWayToOnPremises(t *testing.T) {
	const want = "lone/estate.yaml:6: on_premises.vpns: the way to on-premises begins at the hub's transit gateway, and the hub has no network: give hub.yaml one, or leave this out"
	files := editedFiles(t, lone, edit{"estate.yaml", "on_premises: {cidrs: [172.16.0.0/14]}", "on_premises:\n  vpns: {office: {address: 203.0.113.10, asn: 65010}}\n  cidrs: [172.16.0.0/14]"})
	if _, err := load(files, "lone", "lone"); err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestUnusedWaysToOnPremisesAreWarnedAbout(t *testing.T) {
	for _, test := range []struct {
		name  string
		edits []edit
		want  string
	}{
		{"a range that goes nowhere", onPremises(vpns("office: {address: 203.0.113.10, asn: 65010, cidrs: []}")), "acme/estate.yaml:28: on_premises.cidrs[0]: no way leads to 192.168.0.0/16: packets for it end at the transit gateway; name it under cidrs of a VPN or of direct_connect"},
		{"an attachment that is not known yet", onPremises("  direct_connect: {gateway_id: 5f294f92-bafb-4011-916d-9b0b12345678, allowed_prefixes: [10.0.0.0/8]}\n"), "acme/estate.yaml:26: on_premises.direct_connect: no packet goes this way yet: after the first deployment add the attachment_id, which docs/operations.md says how to find"},
		{"two gateways with one ASN", onPremises(direct + "}\n"), "acme/estate.yaml:26: on_premises.direct_connect.gateway_id: AWS refuses the association if the Direct Connect gateway has the transit gateway's ASN, and 64512 is the default of both: look at what `aws directconnect describe-direct-connect-gateways` says"},
		{"a VPC that nothing announces", onPremises("  reached_by: [dev]\n" + strings.Replace(direct, "10.0.0.0/8", "10.0.0.0/16", 1) + "}\n"), "acme/estate.yaml:27: on_premises.direct_connect.allowed_prefixes: on-premises does not learn the way to dev (10.1.0.0/16) by Direct Connect: none of them covers it"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := loadEdited(t, test.edits...).Warnings.Error(); !strings.Contains(got, test.want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

// Where nobody shares the ranges out, a single way has them all, and Direct Connect what VPNs
// leave.
func TestRangesOfOnPremisesAreSharedOut(t *testing.T) {
	two := edit{"estate.yaml", "[192.168.0.0/16]", "[192.168.0.0/16, 172.16.0.0/12]"}
	for _, test := range []struct {
		name  string
		edits []edit
		want  string
	}{
		{"one VPN", onPremises(vpns(office), two), "vpn-office 172.16.0.0/12 192.168.0.0/16"},
		{"one VPN, and Direct Connect without an attachment yet", onPremises(vpns(office)+"  direct_connect: {gateway_id: 5f294f92-bafb-4011-916d-9b0b12345678, allowed_prefixes: [10.0.0.0/8]}\n", two), "vpn-office 172.16.0.0/12 192.168.0.0/16"},
		{"Direct Connect", onPremises(direct+"}\n", two), "direct-connect 172.16.0.0/12 192.168.0.0/16"},
		{"Direct Connect beside a VPN", onPremises(vpns("office: {address: 203.0.113.10, asn: 65010, cidrs: [172.16.0.0/12]}")+direct+"}\n", two), "vpn-office 172.16.0.0/12; direct-connect 192.168.0.0/16"},
		{"Direct Connect beside a VPN that stands by", onPremises(vpns("office: {address: 203.0.113.10, asn: 65010, cidrs: []}")+direct+"}\n", two), "vpn-office; direct-connect 172.16.0.0/12 192.168.0.0/16"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var ways []string
			for _, way := range loadEdited(t, test.edits...).Ways() {
				text := way.Name
				for _, p := range way.CIDRs {
					text += " " + p.String()
				}
				ways = append(ways, text)
			}
			if got := strings.Join(ways, "; "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestVPNsSpeakBGPByDefault(t *testing.T) {
	if got := loadEdited(t, onPremises(vpns(office))...).OnPremises.VPNs["office"].Routing; got != BGPRouting {
		t.Errorf("got %s", got)
	}
}

// A route that is as long as a blackhole of its table would have to take its place, which is
// made by another stack.
func TestStaticRoutesAreLongerThanBlackholes(t *testing.T) {
	for text, want := range map[string]string{
		"10.0.0.0/8": "10.0.0.0/9 10.128.0.0/9", "172.16.0.0/12": "172.16.0.0/13 172.24.0.0/13", "192.168.0.0/16": "192.168.0.0/17 192.168.128.0/17",
		"192.168.0.0/20": "192.168.0.0/20", "172.16.0.0/16": "172.16.0.0/16",
	} {
		var got []string
		for _, p := range StaticRoutes(netip.MustParsePrefix(text)) {
			got = append(got, p.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
