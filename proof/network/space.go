package network

import (
	"net/netip"

	"hubspoke/proof/packet"
)

// The public addresses of AWS services are AWS's to change, so no real ones stand
// in the model. Each service has a range out of 240.0.0.0/4 instead, which no one
// uses: https://www.rfc-editor.org/rfc/rfc1112#section-4
//
// So 0.0.0.0/0 covers a service and a gateway endpoint's prefix list covers its
// own, while a range of public addresses in a rule covers none: what only such a
// range lets through is not proven to be reached.
var gatewayServices = map[string]netip.Prefix{
	"s3":       netip.MustParsePrefix("240.0.0.0/24"),
	"dynamodb": netip.MustParsePrefix("240.0.1.0/24"),
}

// OtherServices is the range of all services without a gateway endpoint.
var OtherServices = packet.Prefix(netip.MustParsePrefix("240.1.0.0/16"))

// ServiceRange is the range that stands for the public addresses of an AWS
// service, named as in the names of its endpoints: `s3`, `ecr.api`.
func ServiceRange(service string) packet.Range {
	if p, ok := gatewayServices[service]; ok {
		return packet.Prefix(p)
	}
	return OtherServices
}

// reserved are the ranges that an internet gateway has no route for:
// https://www.iana.org/assignments/iana-ipv4-special-registry
var reserved = []netip.Prefix{
	netip.MustParsePrefix("0.0.0.0/8"),
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("100.64.0.0/10"),
	netip.MustParsePrefix("127.0.0.0/8"),
	netip.MustParsePrefix("169.254.0.0/16"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
	netip.MustParsePrefix("198.18.0.0/15"),
	netip.MustParsePrefix("224.0.0.0/4"),
}

// Internet is the public addresses, those that stand for AWS services included.
var Internet = internet()

func internet() []packet.Range {
	ranges := []packet.Range{packet.Addresses}
	for _, p := range reserved {
		ranges = packet.Without(ranges, packet.Prefix(p))
	}
	// What is left of 240.0.0.0/4 belongs to nobody.
	for _, r := range []packet.Range{
		{Low: packet.Address(netip.MustParseAddr("240.0.2.0")), High: packet.Address(netip.MustParseAddr("240.0.255.255"))},
		{Low: packet.Address(netip.MustParseAddr("240.2.0.0")), High: packet.Addresses.High},
	} {
		ranges = packet.Without(ranges, r)
	}
	return ranges
}
