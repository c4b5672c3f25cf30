package dns

import (
	"fmt"
	"testing"

	"hubspoke/proof/network"
)

// names gives a VPC rules of DNS Firewall, in their order.
func (e *world) names(v *network.VPC, rules ...network.NameRule) {
	for i, r := range rules {
		r.Resource = e.resource(v.Resource.Stack.Name, "aws_route53_resolver_firewall_rule", fmt.Sprintf("r%d", i+1))
		v.NameRules = append(v.NameRules, r)
	}
}

func blocks(domains ...string) network.NameRule {
	return network.NameRule{Domains: domains, Blocks: true}
}
func passes(domains ...string) network.NameRule { return network.NameRule{Domains: domains} }
func trusts(domains ...string) network.NameRule {
	return network.NameRule{Domains: domains, Trusts: true}
}

// managed is a rule with a list that AWS keeps.
func managed(r network.NameRule) network.NameRule {
	r.Unknown = "which names are in the list is not known"
	return r
}

// What a name leads to is looked at too, unless the rule that let the name pass trusts it.
func TestWhatANameLeadsToMeetsTheRules(t *testing.T) {
	for _, test := range []struct {
		name  string
		rules []network.NameRule
		want  string
	}{
		{"no rule", nil, "10.0.0.1"},
		{"the name is blocked", []network.NameRule{blocks("a.corp.test")}, "not found"},
		{"what it leads to is blocked", []network.NameRule{blocks("b.corp.test")}, "not found"},
		{"the name passes, and what it leads to is looked at", []network.NameRule{passes("a.corp.test"), blocks("*")}, "not found"},
		{"the name is trusted", []network.NameRule{trusts("a.corp.test"), blocks("*")}, "10.0.0.1"},
		{"the name is trusted after it was blocked", []network.NameRule{blocks("*"), trusts("a.corp.test")}, "not found"},
		{"another name is trusted", []network.NameRule{trusts("c.corp.test"), blocks("b.corp.test")}, "not found"},
		{"what it leads to is trusted, which nobody asked for", []network.NameRule{trusts("b.corp.test"), blocks("c.corp.test")}, "unknown"},
		{"only names below are blocked", []network.NameRule{blocks("*.a.corp.test")}, "10.0.0.1"},
		{"names above are blocked with all below", []network.NameRule{blocks("*.corp.test")}, "not found"},
	} {
		e := newWorld()
		v := e.vpc("hub", "10.0.0.0/16")
		z := e.zone("corp.test", v)
		e.record(z, "a.corp.test", "CNAME", "b.corp.test")
		e.record(z, "b.corp.test", "A", host(1))
		e.names(v, test.rules...)
		t.Run(test.name, func(t *testing.T) { expect(t, Resolve(e.Model, v, "a.corp.test"), test.want) })
	}
}

// A list whose names are not known leaves open what a rule does, and not what the rules
// before it do, nor what all rules do alike.
func TestAListThatIsNotKnownLeavesOpenWhatItDoes(t *testing.T) {
	whole := network.NameRule{Unknown: "no stack here makes the group", Whole: true}
	for _, test := range []struct {
		name  string
		rules []network.NameRule
		want  string
	}{
		{"it blocks", []network.NameRule{managed(blocks())}, "unknown"},
		{"it reports", []network.NameRule{managed(passes())}, "10.0.0.1"},
		{"it blocks what an earlier rule lets pass", []network.NameRule{passes("*.corp.test"), managed(blocks())}, "10.0.0.1"},
		{"it blocks what an earlier rule blocks", []network.NameRule{blocks("*.corp.test"), managed(blocks())}, "not found"},
		{"it blocks what a later rule lets pass", []network.NameRule{managed(blocks()), passes("*.corp.test")}, "unknown"},
		{"it blocks what a later rule blocks", []network.NameRule{managed(blocks()), blocks("*.corp.test")}, "not found"},
		{"it reports what a later rule blocks", []network.NameRule{managed(passes()), blocks("*.corp.test")}, "unknown"},
		{"a group that is not known comes first", []network.NameRule{whole, blocks("*.corp.test")}, "unknown"},
		{"a group that is not known comes last", []network.NameRule{blocks("*.corp.test"), whole}, "not found"},
	} {
		e := newWorld()
		v := e.vpc("hub", "10.0.0.0/16")
		e.record(e.zone("corp.test", v), "a.corp.test", "A", host(1))
		e.names(v, test.rules...)
		t.Run(test.name, func(t *testing.T) { expect(t, Resolve(e.Model, v, "a.corp.test"), test.want) })
	}
}

// A VPC whose rules let a name pass forwards it to one with rules of its own, to which it is
// a first name.
func TestWhoIsForwardedToAsksItsOwnRules(t *testing.T) {
	e := newWorld()
	hub, dev := e.vpc("hub", "10.0.0.0/16"), e.vpc("dev", "10.1.0.0/16")
	e.record(e.zone("corp.test", hub), "a.corp.test", "A", host(1))
	e.resolver(hub, true, "10.0.0.20", "10.0.1.20")
	e.rule("corp.test", e.resolver(dev, false), []string{"10.0.0.20"}, dev)
	e.names(dev, trusts("*"))
	expect(t, Resolve(e.Model, dev, "a.corp.test"), "10.0.0.1")
	e.names(hub, blocks("*.corp.test"))
	expect(t, Resolve(e.Model, dev, "a.corp.test"), "not found")
}
