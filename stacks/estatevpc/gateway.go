package estatevpc

import (
	"net/netip"
	"slices"

	"hubspoke/constructs/attachment"
	"hubspoke/constructs/vpc"
	"hubspoke/estate"
	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
)

// RouteToInternet sends what the private subnets of an account have for the internet to
// the transit gateway, if the account shares the egress VPC. The routes have the names
// that those to a NAT gateway of its own would have: changing from one to the other
// changes them in place.
func RouteToInternet(e *estate.Estate, account string, v *vpc.VPC, attached *attachment.Attachment) {
	if e.Network(account).NAT == estate.NATCentral {
		attached.Route("internet", netip.MustParsePrefix("0.0.0.0/0"), v.Subnets(subnet.Private)...)
	}
}

// Propagations are the route tables of the transit gateway that lead to an account's VPC,
// by the names of their segments and sorted: those of segments that reach its own, but
// through a firewall, and, if the egress VPC hands packets to it, the one for what comes
// from there.
func Propagations(e *estate.Estate, account string) []string {
	var tables []string
	for _, segment := range tf.Keys(e.Segments) {
		if e.Reaches(segment, e.Segment(account)) && !e.InspectedBetween(segment, e.Segment(account)) {
			tables = append(tables, segment)
		}
	}
	if slices.Contains(e.BehindEgress(), account) {
		tables = append(tables, estate.Inspection)
	}
	return tables
}
