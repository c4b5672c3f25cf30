package proof

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/yamldoc"
	"hubspoke/proof/intent"
)

// Ask answers a question such as `dev.private -> prod.private tcp/5432`: who is
// reached, over which path, and what stops it otherwise. Without a protocol it
// is about all packets. The report's status is Proven if all of them arrive and
// are answered.
func (p *Proof) Ask(question string) (*Report, error) {
	flow, err := parse(question)
	if err != nil {
		return nil, err
	}
	from, to, err := p.ends(flow)
	if err != nil {
		return nil, err
	}
	var c collected
	c.collect(from, to, func(a, b place) Case { return p.allowed(a, b, packets(flow), nil) })
	if c.pairs == 0 {
		return nil, fmt.Errorf("%q: senders and receivers are the same", question)
	}
	result := c.into(Result{Intent: describe(flow), Status: Proven, Asked: true}, "every packet arrives, and is answered")
	r := &Report{Estate: p.input.Name, Model: p.count(), Intents: []Result{result}}
	for _, f := range p.findings() {
		if f.Status == Unproven {
			r.Invariants = append(r.Invariants, f)
		}
	}
	r.conclude()
	return r, nil
}

// parse reads a question.
func parse(question string) (intent.Flow, error) {
	var f intent.Flow
	wrong := func(format string, args ...any) (intent.Flow, error) {
		return intent.Flow{}, fmt.Errorf("%q is not a question: %s; want FROM -> TO, and then a protocol with a port if it matters: dev.private -> prod.private tcp/5432",
			question, fmt.Sprintf(format, args...))
	}
	before, after, arrow := strings.Cut(question, "->")
	from, words := strings.Fields(before), strings.Fields(after)
	switch {
	case !arrow:
		return wrong("there is no -> in it")
	case len(from) == 0:
		return wrong("nobody stands before ->")
	case len(from) > 1:
		return wrong("one sender stands before ->, not %q", strings.Join(from, " "))
	case len(words) == 0:
		return wrong("nobody stands after ->")
	case len(words) > 2:
		return wrong("%q is too much: after the receiver stands one word such as tcp/443", strings.Join(words[2:], " "))
	}
	f.From, f.To = intent.Parties{from[0]}, intent.Parties{words[0]}
	if len(words) == 1 {
		return f, nil
	}
	protocol, port, hasPort := strings.Cut(words[1], "/")
	f.Protocol = intent.Protocol(protocol)
	known := f.Protocol.Values()
	if new(intent.PortRange).UnmarshalText([]byte(protocol)) == nil {
		return wrong("%q is a port without a protocol: write tcp/%[1]s or udp/%[1]s", protocol)
	}
	if !slices.Contains(known, protocol) {
		return wrong("%q is not one of %s%s", protocol, strings.Join(known, ", "), yamldoc.Suggest(protocol, known))
	}
	if !hasPort {
		return f, nil
	}
	if f.Protocol != intent.ProtocolTCP && f.Protocol != intent.ProtocolUDP {
		return wrong("%s has no ports: leave /%s out", protocol, port)
	}
	var ports intent.PortRange
	if err := ports.UnmarshalText([]byte(port)); err != nil {
		return wrong("%q is not %s", port, ports.Wanted())
	}
	f.Port = intent.Ports{ports}
	return f, nil
}
