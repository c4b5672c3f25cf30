// Package dns answers what a name resolves to when it is asked in a VPC, before
// anything is deployed: which zone, resolver rule or endpoint answers, and with
// the addresses of what. [Problems] finds what is wrong with names whatever
// anyone wants of them.
//
// It does what Route 53 Resolver does at the VPC's second address, for queries
// for IPv4 addresses: resolver rules, private zones, the zones that interface
// endpoints with private DNS make, private cluster endpoints, and else public
// DNS. Of public DNS it knows the public zones of the configuration and the names
// of AWS services; every other name is on the internet. It knows no records but
// those of the configuration: what programs write into a zone later, it does not
// see. Routing policies, DNSSEC and Route 53 Profiles are not modelled; of DNS Firewall, the
// domain lists that a stack makes are. What is unknown of a zone, a rule or DHCP options makes the answers
// that depend on it unknown; what is unknown of a VPC or of the whole network is
// the caller's to weigh.
//
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver.html
package dns

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// Kind is what a name leads to.
type Kind string

// The kinds of answers.
const (
	// Endpoint is an interface endpoint.
	Endpoint Kind = "endpoint"
	// Interface is the network interfaces of another resource.
	Interface Kind = "interface"
	// Addresses are addresses that a record states.
	Addresses Kind = "addresses"
	// Service is the public addresses of an AWS service.
	Service Kind = "service"
	// Internet is public addresses of anyone.
	Internet Kind = "internet"
	// NotFound is the answer that the name has no IPv4 address: NXDOMAIN, or an
	// answer without data. A client that gets it asks no other server.
	NotFound Kind = "not found"
	// Silent is no answer at all, so that a client asks another server.
	Silent Kind = "silent"
	// Failed is SERVFAIL: a loop, or servers that are not reached.
	Failed Kind = "failed"
	// Unknown is an answer that the configuration does not decide.
	Unknown Kind = "unknown"
)

// Answer is what a name resolves to.
type Answer struct {
	Name string
	// VPC is where it was asked.
	VPC *network.VPC
	// Server is who answered: the VPC's own resolver where nobody else was asked.
	Server Server
	To     Target
	// By is how the answer came about, in order.
	By []Step
	// Needs are the paths over which servers are asked.
	Needs []Flow
}

// Target is what a name leads to. Two targets with the same Kind, Endpoint,
// Service and Addresses are the same to a client.
type Target struct {
	Kind       Kind
	Endpoint   *network.Endpoint
	Interfaces []*network.Interface
	// Addresses are all addresses that a client may get, whatever the kind; none
	// where there is no answer.
	Addresses []packet.Range
	// Service is named as in the names of its endpoints: `ecr.api`.
	Service string
	// Why says what is wrong or missing: for not found, silent, failed and unknown.
	Why string
}

// Same says whether a client gets the same answer.
func (t Target) Same(other Target) bool {
	return t.Kind == other.Kind && t.Endpoint == other.Endpoint && t.Service == other.Service &&
		slices.Equal(t.Addresses, other.Addresses)
}

func (t Target) String() string {
	switch t.Kind {
	case Endpoint:
		return fmt.Sprintf("endpoint %s", t.Endpoint.Resource)
	case Interface:
		return fmt.Sprintf("interfaces of %s", t.Interfaces[0].Resource)
	case Addresses:
		var ranges []string
		for _, r := range t.Addresses {
			ranges = append(ranges, packet.Between(r))
		}
		return strings.Join(ranges, ", ")
	case Service:
		return "public addresses of " + t.Service
	case Internet:
		return "public addresses"
	}
	return fmt.Sprintf("%s (%s)", t.Kind, t.Why)
}

// Step is a part of how an answer came about.
type Step struct {
	Resource *config.Resource // nil for what no resource describes
	Text     string
}

func (s Step) String() string {
	if s.Resource == nil {
		return s.Text
	}
	return s.Resource.String() + ": " + s.Text
}

// Flow is the queries to a server: UDP and TCP to port 53 of its address. They
// come from a client in the VPC or, if it is set, from an outbound endpoint.
type Flow struct {
	From     *network.VPC
	Outbound *network.ResolverEndpoint
	// To is the server's address. Where it is not set, any of Inbound's will do.
	To netip.Addr
	// Inbound is the endpoint that has the address, nil for a server that is not in
	// the configuration.
	Inbound *network.ResolverEndpoint
}

// Traffic is the protocols and ports of the queries.
func (Flow) Traffic() []packet.Traffic {
	return []packet.Traffic{
		{Protocol: packet.One(packet.UDP), Port: packet.One(53)},
		{Protocol: packet.One(packet.TCP), Port: packet.One(53)},
	}
}

// Reached says whether a server is reached.
type Reached func(Flow) bool

// Resolve is what the VPC's own resolver, AmazonProvidedDNS, answers. Servers to
// which it forwards are taken to be reached; they are the answer's Needs.
func Resolve(n *network.Model, vpc *network.VPC, name string) Answer {
	return begin(n, nil).answer(vpc, name, func(q *query, name string) Target { return q.vpcResolver(vpc, name) })
}

// ResolveAttribute is Resolve for a name that AWS makes up, such as that of a
// load balancer or a cluster: the attribute of the resource that has it.
func ResolveAttribute(n *network.Model, vpc *network.VPC, attribute config.Ref) Answer {
	q := begin(n, nil)
	if vpc == nil || attribute.Resource == nil {
		return Answer{Name: "?", VPC: vpc, To: unknown("asked of no VPC or of no resource")}
	}
	to := q.resource(vpc, attribute)
	return Answer{Name: attribute.String(), VPC: vpc, To: to, By: q.steps, Needs: q.needs}
}

// Ask is what clients in the VPC get: an answer of each name server in the VPC's DHCP
// options that gives one. Which of them a client takes is its own choice: glibc asks
// the first one, systemd-resolved stays with any that works, and CoreDNS forwards to
// one at random. If no server answers there is one answer, which is Silent. A nil
// reached takes all servers to be reached.
//
//   - https://docs.aws.amazon.com/vpc/latest/userguide/DHCPOptionSetConcepts.html
//   - https://www.freedesktop.org/software/systemd/man/latest/systemd-resolved.service.html
//   - https://coredns.io/plugins/forward/
func Ask(n *network.Model, vpc *network.VPC, name string, reached Reached) []Answer {
	if vpc == nil {
		return []Answer{Resolve(n, vpc, name)}
	}
	servers, why := Servers(n, vpc)
	if why != "" {
		return []Answer{{Name: name, VPC: vpc, To: unknown("%s", why)}}
	}
	var answers []Answer
	silent := Answer{Name: name, VPC: vpc, To: Target{Kind: Silent, Why: "no name server of " + vpc.Resource.String() + " answers"}}
	for _, s := range servers {
		a := ask(n, vpc, s, name, reached)
		if a.To.Kind != Silent {
			answers = append(answers, a)
			continue
		}
		silent.By, silent.Needs = append(silent.By, a.By...), append(silent.Needs, a.Needs...)
	}
	if len(answers) == 0 {
		return []Answer{silent}
	}
	return answers
}

// AskAll is what a workload of the VPC can find out about a name, whatever name
// servers it was told: the answers of [Ask], that of the VPC's own resolver, which is
// there for all who run in the VPC, and those of all inbound endpoints that are reached
// from it. Servers that are not in the configuration are left out, unless the VPC's DHCP
// options name them.
func AskAll(n *network.Model, vpc *network.VPC, name string, reached Reached) []Answer {
	answers := Ask(n, vpc, name, reached)
	if vpc == nil {
		return answers
	}
	others := []Server{{Text: amazonProvidedDNS, Amazon: true}}
	for _, e := range n.ResolverEndpoints {
		if e.Inbound && e.VPC != nil {
			others = append(others, Server{Text: e.Resource.String(), Inbound: e})
		}
	}
	for _, s := range others {
		if slices.ContainsFunc(answers, func(a Answer) bool { return a.Server.Amazon == s.Amazon && a.Server.Inbound == s.Inbound }) {
			continue
		}
		if a := ask(n, vpc, s, name, reached); a.To.Kind != Silent {
			answers = append(answers, a)
		}
	}
	return answers
}

// ask is what one server answers to a client in the VPC.
func ask(n *network.Model, vpc *network.VPC, s Server, name string, reached Reached) Answer {
	a := begin(n, reached).answer(vpc, name, func(q *query, name string) Target { return q.server(vpc, s, name) })
	a.Server = s
	return a
}

// query is one question on its way.
type query struct {
	network *network.Model
	reached Reached
	steps   []Step
	needs   []Flow
	asked   map[question]bool // those not answered yet
	// chain is what DNS Firewall knows of the name that is followed, by VPC.
	chain map[*network.VPC]chain
	// unfiltered leaves DNS Firewall out.
	unfiltered bool
}

// question is a name that is asked in a VPC or, while it is followed, a record.
type question struct {
	vpc    *network.VPC
	name   string
	record *network.Record
}

func begin(n *network.Model, reached Reached) *query {
	return &query{network: n, reached: reached, asked: map[question]bool{}, chain: map[*network.VPC]chain{}}
}

func (q *query) answer(vpc *network.VPC, name string, ask func(*query, string) Target) Answer {
	a := Answer{Name: name, VPC: vpc, Server: Server{Text: amazonProvidedDNS, Amazon: true}}
	canonical, ok := canonical(name)
	switch {
	case vpc == nil:
		a.To = unknown("asked of no VPC")
	case !ok:
		a.To = unknown("%q is not a domain name", name)
	default:
		a.Name = canonical
		a.To = ask(q, canonical)
	}
	a.By, a.Needs = q.steps, q.needs
	return a
}

func (q *query) step(r *config.Resource, format string, args ...any) {
	q.steps = append(q.steps, Step{r, fmt.Sprintf(format, args...)})
}

func unknown(format string, args ...any) Target {
	return Target{Kind: Unknown, Why: fmt.Sprintf(format, args...)}
}

func notFound(format string, args ...any) Target {
	return Target{Kind: NotFound, Why: fmt.Sprintf(format, args...)}
}

func failed(format string, args ...any) Target {
	return Target{Kind: Failed, Why: fmt.Sprintf(format, args...)}
}

// canonical is a name in lower case without the dot at the end; ok is false for
// what cannot be a domain name.
//
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DomainNameFormat.html
func canonical(name string) (_ string, ok bool) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if name == "" || len(name) > 254 {
		return "", false
	}
	for label := range strings.SplitSeq(name, ".") {
		if label == "" || len(label) > 63 || strings.ContainsFunc(label, func(r rune) bool { return r <= ' ' || r > '~' }) {
			return "", false
		}
	}
	return name, true
}

// below says whether a name is the domain or below it. All names are below the
// root, which is empty.
func below(name, domain string) bool {
	return domain == "" || name == domain || strings.HasSuffix(name, "."+domain)
}

// labels is the number of a domain's labels: of two domains that a name is below,
// the more specific one has more.
func labels(domain string) int {
	if domain == "" {
		return 0
	}
	return 1 + strings.Count(domain, ".")
}
