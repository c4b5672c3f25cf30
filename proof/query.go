package proof

import (
	"fmt"
	"strings"

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
	r := &Report{Estate: p.estate.Name, Model: p.count(), Intents: []Result{result}}
	for _, f := range p.invariants() {
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
	wrong := fmt.Errorf("%q is not a question: want FROM -> TO, and then a protocol with a port if it matters: dev.private -> prod.private tcp/5432", question)
	from, rest, ok := strings.Cut(question, "->")
	words := strings.Fields(rest)
	if !ok || strings.TrimSpace(from) == "" || len(words) == 0 || len(words) > 2 {
		return f, wrong
	}
	f.From, f.To = intent.Parties{strings.TrimSpace(from)}, intent.Parties{words[0]}
	if len(words) == 1 {
		return f, nil
	}
	protocol, port, hasPort := strings.Cut(words[1], "/")
	f.Protocol = intent.Protocol(protocol)
	if protocol != "tcp" && protocol != "udp" && protocol != "icmp" && protocol != "all" {
		return f, wrong
	}
	if hasPort {
		var ports intent.PortRange
		if err := ports.UnmarshalText([]byte(port)); err != nil || protocol == "icmp" || protocol == "all" {
			return f, wrong
		}
		f.Port = intent.Ports{ports}
	}
	return f, nil
}
