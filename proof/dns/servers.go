package dns

import (
	"net/netip"

	"hubspoke/proof/network"
)

// Server is a name server that the clients of a VPC ask.
type Server struct {
	// Text is how the DHCP options name it.
	Text string
	// Amazon says that it is the VPC's own resolver.
	Amazon bool
	// Address is where it is otherwise, and Inbound the inbound endpoint that has
	// the address, nil for a server that is not in the configuration. Without an
	// address it is Inbound at any of its addresses.
	Address netip.Addr
	Inbound *network.ResolverEndpoint
}

// amazonProvidedDNS is how DHCP options name the VPC's own resolver.
const amazonProvidedDNS = "AmazonProvidedDNS"

// Servers are the name servers that clients of the VPC ask, in their order. why
// is set if they are not known.
//
// https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
func Servers(n *network.Model, vpc *network.VPC) (servers []Server, why string) {
	if vpc.DHCP == nil {
		return []Server{{Text: amazonProvidedDNS, Amazon: true}}, ""
	}
	if len(vpc.DHCP.Unknown) > 0 {
		return nil, vpc.DHCP.Unknown[0].String()
	}
	for _, text := range vpc.DHCP.Servers {
		if text == amazonProvidedDNS {
			servers = append(servers, Server{Text: text, Amazon: true})
			continue
		}
		a, err := netip.ParseAddr(text)
		if err != nil || !a.Is4() {
			return nil, vpc.DHCP.Resource.String() + ": " + text + " is neither AmazonProvidedDNS nor an IPv4 address"
		}
		s := Server{Text: text, Address: a, Amazon: amazon(vpc, a)}
		if !s.Amazon {
			s.Inbound = begin(n, nil).inbound(a)
		}
		servers = append(servers, s)
	}
	if len(servers) == 0 {
		return nil, vpc.DHCP.Resource.String() + " names no name servers"
	}
	return servers, ""
}

// amazon says whether an address is that of the VPC's own resolver: a link-local
// one, or the third of the VPC's first range.
//
// https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html#AmazonDNS
func amazon(vpc *network.VPC, a netip.Addr) bool {
	if a == netip.AddrFrom4([4]byte{169, 254, 169, 253}) {
		return true
	}
	return len(vpc.CIDRs) > 0 && a == vpc.CIDRs[0].Masked().Addr().Next().Next()
}

// server is what one server answers to a client in the VPC.
func (q *query) server(vpc *network.VPC, s Server, name string) Target {
	if s.Amazon {
		q.step(vpc.Resource, "AmazonProvidedDNS is asked")
		return q.vpcResolver(vpc, name)
	}
	flow := Flow{From: vpc, To: s.Address, Inbound: s.Inbound}
	q.needs = append(q.needs, flow)
	if q.reached != nil && !q.reached(flow) {
		q.step(vpc.Resource, "%s is not reached", s.Text)
		return Target{Kind: Silent, Why: s.Text + " is not reached"}
	}
	if s.Inbound == nil {
		q.step(vpc.Resource, "%s is asked", s.Text)
		return unknown("%s answers, and is not in the configuration", s.Text)
	}
	q.step(s.Inbound.Resource, "%s is asked, and answers as in %s", s.Text, s.Inbound.VPC.Resource)
	return q.vpcResolver(s.Inbound.VPC, name)
}
