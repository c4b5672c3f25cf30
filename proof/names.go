package proof

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/awsservice"
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

// ask is what a client in the VPC gets for a name.
func (p *Proof) ask(v *network.VPC, name string) dns.Answer {
	q := question{v, name}
	if answer, ok := p.answers[q]; ok {
		return answer
	}
	answer := dns.Ask(p.network, v, name, p.reached)
	p.answers[q] = answer
	return answer
}

// reached says whether a name server is reached from some place of a VPC.
func (p *Proof) reached(f dns.Flow) bool {
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
		if a, ok := i.Address(); !ok || a != f.To {
			continue
		}
		for _, t := range f.Traffic() {
			for _, s := range from {
				if p.allowed(s, p.interfacePlace(i), packet.Set{t.Box()}, nil).Status == Proven {
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
	result := Result{Intent: fmt.Sprintf("resolve %s from %s -> %s", r.Name, strings.Join(r.From, ", "), r.To), Status: Proven}
	from, err := p.places(r.From)
	if err != nil {
		return unreadable(result.Intent, err)
	}
	matches, err := p.matcher(r.To)
	if err != nil {
		return unreadable(result.Intent, err)
	}
	var c collected
	for _, v := range vpcs(from) {
		answer := p.ask(v, r.Name)
		one := Case{Status: Violated, Answer: answer.To.String(), Path: namePath(answer)}
		switch {
		case answer.To.Kind == dns.Unknown:
			one.Status = Unproven
		case matches(answer):
			one.Status = Proven
		}
		c.add(p.account(v), r.Name, one, func() string { return p.account(v) + " asks for " + r.Name })
	}
	result = c.into(result, "the answer is the same in all of them")
	result.Summary = strings.Replace(result.Summary, "pair", "VPC", 1)
	return result
}

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
	if to == "nothing" {
		return func(a dns.Answer) bool { return a.To.Kind == dns.NotFound && !atApex(a) }, nil
	}
	if zone, ok := strings.CutPrefix(to, "zone "); ok {
		if !slices.ContainsFunc(p.network.Zones, func(z *network.Zone) bool { return z.Name == zone }) {
			return nil, fmt.Errorf("%s matches nothing: no stack here makes such a zone", to)
		}
		return func(a dns.Answer) bool {
			return slices.ContainsFunc(a.By, func(s dns.Step) bool {
				return s.Resource != nil && s.Resource.Type == "aws_route53_zone" && s.Resource.Argument("name") == zone
			})
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
		Intent: fmt.Sprintf("closed %s for %s", strings.Join(c.Services, ", "), strings.Join(c.For, ", ")), Status: Proven,
	}
	from, err := p.places(c.For)
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
				all.add(f.party, name, p.reachedPrivately(f, name), func() string { return f.name() + " uses " + name })
			}
		}
	}
	result = all.into(result, "all names lead to endpoints that are reached")
	result.Summary = strings.Replace(result.Summary, "pair", "name", 1)
	return result
}

// anyLabel stands for any label where a name has one of its own for each account.
const anyLabel = "111111111111"

// reachedPrivately is the case of one place and one name of a service.
func (p *Proof) reachedPrivately(from place, name string) Case {
	answer := p.ask(from.subnet().VPC, name)
	c := Case{Status: Proven, Path: namePath(answer)}
	https := packet.Set{packet.All.With(packet.Protocol, packet.One(packet.TCP)).With(packet.DestinationPort, packet.One(443))}
	switch answer.To.Kind {
	case dns.Unknown:
		c.Status, c.Answer = Unproven, answer.To.String()
	case dns.Endpoint:
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
