// Package proof proves what an estate promises about its network from what was
// synthesized, before there is anything in AWS.
//
// It reads the Terraform JSON of all stacks (package config), makes a model of
// the network that they describe (network), computes what reaches what (reach)
// and what names resolve to (dns), and compares that with the estate's intents
// and with what must hold in any network (invariant).
// docs/network-proof.md says what is modelled, and what is not.
package proof

import (
	"cmp"
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"hubspoke/estate"
	"hubspoke/proof/config"
	"hubspoke/proof/dns"
	"hubspoke/proof/intent"
	"hubspoke/proof/invariant"
	"hubspoke/proof/network"
	"hubspoke/proof/reach"
	"hubspoke/proof/stackjson"
)

// Proof answers questions about an estate's network.
type Proof struct {
	estate *estate.Estate
	// expected are the names of the stacks that the estate has.
	expected []string
	config   *config.Config
	network  *network.Network
	analysis *reach.Analysis
	// accountNames are what parties may begin with.
	accountNames intent.Names
	// names are the names of accounts, by number.
	names map[string]string
	// answered are the answers of DNS, by who asks for what.
	answered map[question]dns.Answer
	// found are the places of parties, by their names.
	found map[string][]place
	// apart says of VPCs whether transit gateways keep them so.
	apart map[vpcPair]Case
}

// Of prepares the proof of an estate from its synthesized stacks, and the names of those
// that it should have. The estate gives the accounts their names; all else comes from
// the stacks.
func Of(e *estate.Estate, expected []string, stacks []*stackjson.Stack) *Proof {
	p := &Proof{estate: e, expected: expected, config: config.Of(stacks), names: map[string]string{}, answered: map[question]dns.Answer{}, found: map[string][]place{}, apart: map[vpcPair]Case{}}
	p.network = network.Build(p.config)
	p.analysis = reach.Of(p.network)
	for name, number := range e.Accounts {
		p.names[number] = name
		p.accountNames.Accounts = append(p.accountNames.Accounts, name)
	}
	slices.Sort(p.accountNames.Accounts)
	return p
}

// Prove checks all intents, which stand in the file, and all invariants.
func (p *Proof) Prove(file string) *Report {
	r := &Report{Estate: p.estate.Name, Status: Proven, Model: p.count()}
	for _, promise := range p.estate.Intents {
		result := p.intent(promise)
		result.File, result.Line = file, promise.Line
		r.Intents = append(r.Intents, result)
	}
	r.Invariants = p.invariants()
	if len(r.Intents) == 0 {
		r.Invariants = append(r.Invariants, Finding{
			Code: "nothing-promised", Status: Unproven, Sentence: "the estate has no intents.yaml, or nothing in it: write what the network promises",
		})
	}
	r.conclude()
	return r
}

// conclude draws the report's conclusion. Something that was not understood, such as
// a stack that is not here, may change any answer that is good.
func (r *Report) conclude() {
	r.Status = Proven
	doubtful := 0
	for _, f := range r.Invariants {
		r.Status = worse(r.Status, f.Status)
		if f.Status == Unproven {
			doubtful++
		}
	}
	for i := range r.Intents {
		if result := &r.Intents[i]; result.Status == Proven && doubtful > 0 {
			result.Status = Unproven
			result.Summary += fmt.Sprintf("; but not understood: %s, see below, and that may change it", plural(doubtful, "thing"))
		}
		r.Status = worse(r.Status, r.Intents[i].Status)
	}
}

// count says how much there is in the model.
func (p *Proof) count() []Count {
	subnets, tables, routes := 0, 0, 0
	for _, v := range p.network.VPCs {
		subnets += len(v.Subnets)
		tables += len(v.Tables)
		for _, t := range v.Tables {
			routes += len(t.Routes)
		}
	}
	return []Count{
		{"stack", len(p.config.Stacks)},
		{"VPC", len(p.network.VPCs)},
		{"subnet", subnets},
		{"route table", tables},
		{"route", routes},
		{"transit gateway", len(p.network.TransitGateways)},
		{"security group", len(p.network.Groups)},
		{"interface", len(p.network.Interfaces)},
		{"zone", len(p.network.Zones)},
	}
}

// invariants are what the parts of the proof find without any intent, violations
// first.
func (p *Proof) invariants() []Finding {
	var findings []Finding
	add := func(code string, status Status, sentence string, resources []*config.Resource) {
		f := Finding{Code: code, Status: status, Sentence: sentence}
		for _, r := range resources {
			f.Resources = append(f.Resources, r.String())
		}
		findings = append(findings, f)
	}
	severity := map[bool]Status{true: Proven, false: Violated}
	for _, f := range invariant.Check(p.network, p.config, p.analysis) {
		add(f.Code, severity[f.Severity == invariant.Note], f.Sentence, f.Resources)
	}
	for _, f := range dns.Problems(p.network, p.reached) {
		add(f.Code, severity[f.Note], f.Text, f.Resources)
	}
	p.compareStacks(add)
	p.noteLookedUp(add)
	for _, u := range p.network.Unknown {
		add("not-understood", Unproven, u.String(), nil)
	}
	order := []Status{Violated, Unproven, Proven}
	slices.SortStableFunc(findings, func(a, b Finding) int {
		return cmp.Compare(slices.Index(order, a.Status), slices.Index(order, b.Status))
	})
	return findings
}

// compareStacks finds stacks that were not synthesized, or are left over from
// another time: what is said about the rest is not about the estate then.
func (p *Proof) compareStacks(add func(string, Status, string, []*config.Resource)) {
	there := map[string]bool{}
	for _, s := range p.config.Stacks {
		there[s.Name] = true
	}
	for _, name := range p.expected {
		if !there[name] {
			add("stack-not-synthesized", Unproven, fmt.Sprintf("the estate's stack %s is not here: run `make synth`", name), nil)
		}
		delete(there, name)
	}
	for _, account := range p.estate.NetworkAccounts() {
		if cidr := p.estate.Network(account).CIDR; !p.hasVPC(account, cidr) {
			add("stale-synthesis", Unproven, fmt.Sprintf("the VPC of %s is %s in the estate, and there is none such here: run `make synth`", account, cidr), nil)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(there)) {
		add("foreign-stack", Unproven, fmt.Sprintf("the stack %s is none of the estate's: run `make synth`, or choose the estate's own folder", name), nil)
	}
}

// hasVPC says whether a stack makes the VPC of an account, or looks one up.
func (p *Proof) hasVPC(account string, cidr netip.Prefix) bool {
	number := p.estate.Accounts[account]
	return slices.ContainsFunc(p.network.VPCs, func(v *network.VPC) bool {
		return v.Account == number && slices.Contains(v.CIDRs, cidr)
	}) || slices.ContainsFunc(p.network.LookedUp, func(r *config.Resource) bool { return r.Account == number })
}

// noteLookedUp says which stacks are about a VPC that they look up.
func (p *Proof) noteLookedUp(add func(string, Status, string, []*config.Resource)) {
	number := map[string]int{}
	for _, r := range p.network.LookedUp {
		number[r.Stack.Name]++
	}
	for _, name := range slices.Sorted(maps.Keys(number)) {
		add("vpc-looked-up", Proven, fmt.Sprintf("%s: %s in a VPC that is looked up: its subnets, routes and network ACLs "+
			"are not in the stacks, and nothing is proven about it", name, plural(number[name], "resource")), nil)
	}
}

// intent checks one intent.
func (p *Proof) intent(i intent.Intent) Result {
	switch {
	case i.Deny != nil:
		return p.deny(*i.Deny)
	case i.Allow != nil:
		return p.allow(*i.Allow)
	case i.Only != nil:
		return p.only(*i.Only)
	case i.Resolve != nil:
		return p.resolve(*i.Resolve)
	case i.Closed != nil:
		return p.closed(*i.Closed)
	}
	return unreadable("an intent without content", fmt.Errorf("it promises nothing"))
}

// unreadable is the result of an intent whose words match nothing: an empty
// promise would hold whatever is the case.
func unreadable(intent string, err error) Result {
	return Result{Intent: intent, Status: Unproven, Summary: err.Error()}
}
