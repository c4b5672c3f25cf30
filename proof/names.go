package proof

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/awsservice"
	"hubspoke/proof/config"
	"hubspoke/proof/dns"
	"hubspoke/proof/intent"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
	"hubspoke/proof/reach"
)

type question struct {
	vpc  *network.VPC
	name string
}

// ask is what clients in the VPC get for a name: an answer of each name server that
// they were told.
func (p *Proof) ask(v *network.VPC, name string) []dns.Answer {
	q := question{v, name}
	answers, ok := p.answers[q]
	if !ok {
		answers = dns.Ask(p.network, v, name, p.mayReach)
		p.answers[q] = answers
	}
	return answers
}

// reached says whether a name server is reached from some place of a VPC, whatever
// AWS chooses.
func (p *Proof) reached(f dns.Flow) bool {
	return p.queries(f, ephemeral, func(r *reach.Result) bool {
		return !r.Sent.Empty() && r.Sent.Subtract(r.Always).Empty()
	})
}

// mayReach says whether a name server may answer somebody in a VPC.
func (p *Proof) mayReach(f dns.Flow) bool { return p.answering(f) != Violated }

// answering is Proven of a name server that answers somebody in a VPC by some choice of
// AWS, Violated of one that answers nobody, and Unproven where the model cannot tell, as
// of servers that are not in the configuration.
func (p *Proof) answering(f dns.Flow) Status {
	if f.Inbound == nil {
		return Unproven
	}
	if known, ok := p.answered[f]; ok {
		return known
	}
	status := Violated
	// Who looks for a name chooses the port to ask from.
	if p.queries(f, func(place) packet.Range { return packet.Ports }, func(r *reach.Result) bool {
		if !r.Unknown.Empty() {
			status = Unproven
		}
		return !r.Ever.Empty()
	}) {
		status = Proven
	}
	p.answered[f] = status
	return status
}

// queries says whether the queries of a flow fare as wanted from some place, and its
// ports, to some address of the server, by UDP or TCP. What is not in the configuration
// is not reached.
func (p *Proof) queries(f dns.Flow, ports func(place) packet.Range, wanted func(*reach.Result) bool) bool {
	if f.Inbound == nil {
		return false
	}
	var from []place
	if f.Outbound != nil {
		for _, i := range f.Outbound.Interfaces {
			from = append(from, p.interfacePlace(i))
		}
	} else {
		for _, s := range f.From.Subnets {
			from = append(from, p.workload(s))
		}
	}
	for _, i := range f.Inbound.Interfaces {
		if a, ok := i.Address(); f.To.IsValid() && (!ok || a != f.To) {
			continue
		}
		for _, t := range f.Traffic() {
			for _, s := range from {
				query := reach.Query{From: s.Place, To: p.interfacePlace(i).Place, Packets: packet.Set{t.Box()}, SourcePorts: ports(s)}
				if p.analysis.MayReach(query.From, query.To) && wanted(p.analysis.Ask(query)) {
					return true
				}
			}
		}
	}
	return false
}

// vpcs are the VPCs of places.
func vpcs(places []place) []*network.VPC {
	var all []*network.VPC
	for _, p := range places {
		if v := p.subnet().VPC; !slices.Contains(all, v) {
			all = append(all, v)
		}
	}
	return all
}

// resolve proves what answers a name.
func (p *Proof) resolve(r intent.Resolution) Result {
	result := Result{Intent: fmt.Sprintf("resolve %s from %s -> %s", r.Name, but(r.From, r.FromExcept), r.To), Status: Proven}
	// Who hands on what others send asks for no names, whatever is wanted of those.
	failed := unreadable
	if r.To == nothing {
		failed = vacant
	}
	from, err := p.needing(r.From, r.FromExcept)
	if err != nil {
		return failed(result.Intent, err)
	}
	matches, err := p.matcher(r.To)
	if err != nil {
		return unreadable(result.Intent, err)
	}
	var c collected
	for _, v := range vpcs(from) {
		answers := p.ask(v, r.Name)
		if r.To == nothing {
			// What is not to be seen must not be found by asking elsewhere.
			answers = dns.AskAll(p.network, v, r.Name, p.mayReach)
		}
		for _, answer := range answers {
			one := Case{Status: Violated, Answer: answer.To.String(), Path: namePath(answer)}
			doubtful := func(f dns.Flow) bool { return p.answering(f) == Unproven }
			switch {
			case answer.To.Kind == dns.Unknown:
				one.Status = Unproven
			case matches(answer):
				one.Status = Proven
			case slices.ContainsFunc(answer.Needs, doubtful):
				one.Status = Unproven
			}
			c.add(p.called(v), r.Name, one, func() string { return asks(p.called(v), answer) })
		}
	}
	result = c.into(result, "each is the one that was promised")
	result.Summary = strings.Replace(result.Summary, "pair", "answer", 1)
	return result
}

// asks says who asks whom for which name.
func asks(vpc string, answer dns.Answer) string {
	if answer.Server.Text == "" {
		return vpc + " asks for " + answer.Name
	}
	return vpc + " asks " + answer.Server.Text + " for " + answer.Name
}

// nothing is the answer of an intent that there is no such name.
const nothing = "nothing"

func namePath(answer dns.Answer) []Step {
	var steps []Step
	for _, s := range answer.By {
		step := Step{Text: s.Text}
		if s.Resource != nil {
			step.Resource = s.Resource.String()
		}
		steps = append(steps, step)
	}
	return steps
}

// matcher says whether an answer is the one that is wanted.
func (p *Proof) matcher(to string) (func(dns.Answer) bool, error) {
	if to == nothing {
		return func(a dns.Answer) bool { return a.To.Kind == dns.NotFound && !atApex(a) }, nil
	}
	if zone, ok := strings.CutPrefix(to, "zone "); ok {
		zones := map[*config.Resource]bool{}
		for _, z := range p.network.Zones {
			// A zone's name is the same with a dot at the end, and in capitals.
			if z.Name == strings.ToLower(strings.TrimSuffix(zone, ".")) {
				zones[z.Resource] = true
			}
		}
		if len(zones) == 0 {
			return nil, fmt.Errorf("%s matches nothing: no stack here makes such a zone", to)
		}
		return func(a dns.Answer) bool {
			return slices.ContainsFunc(a.By, func(s dns.Step) bool { return zones[s.Resource] })
		}, nil
	}
	wanted, err := p.places(intent.Parties{to})
	if err != nil {
		return nil, err
	}
	return func(a dns.Answer) bool { return leadsTo(a.To, wanted) }, nil
}

// atApex says whether the answer is about a zone's own name, which exists even
// without an address.
func atApex(a dns.Answer) bool {
	return slices.ContainsFunc(a.By, func(s dns.Step) bool {
		return s.Resource != nil && s.Resource.Type == "aws_route53_zone" && s.Resource.Argument("name") == a.Name
	})
}

// leadsTo says whether all that a client may get is at the places.
func leadsTo(t dns.Target, wanted []place) bool {
	if len(t.Interfaces) > 0 {
		for _, i := range t.Interfaces {
			if !slices.ContainsFunc(wanted, func(w place) bool { return w.Interface == i || w.Subnet == i.Subnet }) {
				return false
			}
		}
		return true
	}
	return slices.ContainsFunc(wanted, func(w place) bool {
		switch {
		case w.Service != "":
			return t.Kind == dns.Service && t.Service == w.Service
		case w.Internet && w.Addresses == nil:
			return t.Kind == dns.Internet || t.Kind == dns.Service
		case w.Addresses != nil && len(t.Addresses) > 0:
			return !slices.ContainsFunc(t.Addresses, func(r packet.Range) bool {
				return !slices.ContainsFunc(w.Addresses, func(at packet.Range) bool { return at.Low <= r.Low && r.High <= at.High })
			})
		}
		return false
	})
}

// registryServices are the services that a registry's images come from: the layers are in
// S3. https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
var registryServices = []string{"ecr.api", "ecr.dkr", "s3"}

// closed proves that services are reached without the internet.
func (p *Proof) closed(c intent.Closure) Result {
	result := Result{
		Intent: fmt.Sprintf("closed %s for %s", strings.Join(c.Services, ", "), but(c.For, c.ForExcept)), Status: Proven,
	}
	from, err := p.needing(c.For, c.ForExcept)
	if err != nil {
		return unreadable(result.Intent, err)
	}
	var services []string
	for _, s := range c.Services {
		if s == "ecr" {
			services = append(services, registryServices...)
		} else {
			services = append(services, s)
		}
	}
	var all collected
	for _, f := range from {
		for _, s := range services {
			names := awsservice.Names(s, f.subnet().VPC.Region)
			if len(names) == 0 {
				return unreadable(result.Intent, fmt.Errorf("the names of %s are not known", s))
			}
			for _, name := range names {
				name = strings.Replace(name, "*", anyLabel, 1)
				for _, answer := range p.ask(f.subnet().VPC, name) {
					all.add(f.party, name, p.reachedPrivately(f, s, answer), func() string { return f.name() + " uses " + name })
				}
			}
		}
	}
	result = all.into(result, "all names lead to endpoints that are reached")
	result.Summary = strings.Replace(result.Summary, "pair", "name", 1)
	return result
}

// anyLabel stands for any label where a name has one of its own for each account.
const anyLabel = "111111111111"

// reachedPrivately is the case of one place and what a name server answers it for a name of
// a service. An endpoint of another service, or of another region's, does not know what is
// asked of it.
func (p *Proof) reachedPrivately(from place, service string, answer dns.Answer) Case {
	c := Case{Status: Proven, Path: namePath(answer)}
	https := packet.Set{packet.All.With(packet.Protocol, packet.One(packet.TCP)).With(packet.DestinationPort, packet.One(443))}
	switch answer.To.Kind {
	case dns.Unknown:
		c.Status, c.Answer = Unproven, answer.To.String()
	case dns.Endpoint:
		if e := answer.To.Endpoint; e.Service != service || e.VPC.Region != from.subnet().VPC.Region {
			c.Status, c.Answer = Violated, fmt.Sprintf("%s, which is for %s in %s, and not for this service here", answer.To, e.Service, cmp.Or(e.VPC.Region, "a region that is not known"))
			return c
		}
		if len(answer.To.Interfaces) == 0 {
			c.Status, c.Answer = Violated, answer.To.String()+", which has no address"
			return c
		}
		for _, i := range answer.To.Interfaces {
			one := p.allowed(from, p.interfacePlace(i), https, nil)
			c.explain = continued(c.Path, one, answer.To.String()+": ")
			if c.Status = one.Status; c.Status != Proven {
				return c
			}
		}
	case dns.Service:
		if network.ServiceRange(answer.To.Service) == network.OtherServices {
			c.Status, c.Answer = Violated, "no endpoint answers to this name, which leads to public addresses, over the internet"
			return c
		}
		to := place{Place: reach.Place{Service: answer.To.Service}, party: answer.To.Service}
		one := p.allowed(from, to, https, []intent.Waypoint{intent.ViaGatewayEndpoint})
		c.Status, c.explain = one.Status, continued(c.Path, one, answer.To.String()+": ")
	default:
		c.Status, c.Answer = Violated, answer.To.String()
	}
	return c
}

// continued explains a case by another one that begins where a path ends.
func continued(path []Step, other Case, prefix string) func(*Case) {
	return func(c *Case) {
		other := other.explained()
		c.Answer, c.Packets, c.Return = prefix+other.Answer, other.Packets, other.Return
		c.Path = slices.Concat(path, other.Path)
	}
}
