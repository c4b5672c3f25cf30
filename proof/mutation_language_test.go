package proof

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/proof/finding"
	"hubspoke/proof/intent"
)

// another gives a spoke a subnet in a tier of no name that promises know, with a way to
// the internet that is the public tables'.
func another(table string) change {
	return all(
		put("prod-network resource aws_subnet dmz_apse3_az1", `{"vpc_id": "${aws_vpc.main.id}", "cidr_block": "10.3.40.0/24", "availability_zone_id": "apse3-az1", "tags": {"Tier": "dmz"}}`),
		put("prod-network resource aws_route_table_association dmz_apse3_az1", `{"subnet_id": "${aws_subnet.dmz_apse3_az1.id}", "route_table_id": "${aws_route_table.`+table+`_apse3_az1.id}"}`))
}

// lonely is a VPC in a spoke's account, without or with a way to the internet.
func lonely(public bool) change {
	c := all(
		put("prod-network resource aws_vpc extra", `{"cidr_block": "10.90.0.0/16"}`),
		put("prod-network resource aws_subnet extra", `{"vpc_id": "${aws_vpc.extra.id}", "cidr_block": "10.90.1.0/24", "availability_zone_id": "apse3-az1", "tags": {"Tier": "lab"}}`),
		put("prod-network resource aws_route_table extra", `{"vpc_id": "${aws_vpc.extra.id}"}`),
		put("prod-network resource aws_route_table_association extra", `{"subnet_id": "${aws_subnet.extra.id}", "route_table_id": "${aws_route_table.extra.id}"}`))
	if !public {
		return c
	}
	return all(c,
		put("prod-network resource aws_internet_gateway extra", `{"vpc_id": "${aws_vpc.extra.id}"}`),
		put("prod-network resource aws_route extra_to_internet", `{"destination_cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.extra.id}", "route_table_id": "${aws_route_table.extra.id}"}`))
}

func TestWhatNobodySpeaksOfIsFound(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		change change
		caught string // "" for what is harmless
	}{
		{"the internet reaches a tier of an unknown name", another("public"), "not-promised: internet reaches what no intent speaks of: internet -> prod.dmz"},
		{"the internet reaches a new VPC", lonely(true), "not-promised: internet reaches what no intent speaks of: internet -> extra.lab"},
		{"a new VPC without any way", lonely(false), ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			r := prove(t, test.change)
			found := slices.ContainsFunc(r.Invariants, func(f finding.Finding) bool {
				return f.Status == Unproven && strings.HasPrefix(f.Kind.Code()+": "+f.Sentence, test.caught)
			})
			if test.caught != "" && !found {
				t.Errorf("not caught: %v", r.Invariants)
			}
			silent := !slices.ContainsFunc(r.Invariants, func(f finding.Finding) bool { return f.Kind == notPromised })
			if test.caught == "" && !silent {
				t.Errorf("flagged: %v", r.Invariants)
			}
		})
	}
}

func TestEgressHoldsWhateverLeaves(t *testing.T) {
	t.Parallel()
	const fence = "egress of * but *.public via nat-gateway"
	for _, test := range []struct {
		name   string
		change change
		caught bool
	}{
		{"a new tier leaves without NAT", another("public"), true},
		{"a new tier leaves by NAT", another("private"), false},
		{"a VPC of its own leaves without NAT", lonely(true), true},
		{"a VPC of its own has no way", lonely(false), false},
		{"all private tables lead to the internet gateway", all(direct("dev", "1"), direct("dev", "2")), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := slices.Contains(failures(prove(t, test.change)), fence); got != test.caught {
				t.Errorf("caught is %t, want %t", got, test.caught)
			}
		})
	}
}

// A promise about a part of the internet speaks of that part.
func TestAPromiseAboutARangeSpeaksOfTheRange(t *testing.T) {
	t.Parallel()
	without := func(text string) func(Input) Input {
		return func(in Input) Input {
			in.Intents = slices.DeleteFunc(slices.Clone(in.Intents), func(i intent.Intent) bool {
				return i.Allow != nil && describe(*i.Allow) == text
			})
			return in
		}
	}
	const public = "internet -> *.public tcp/80,443"
	from := func(ranges ...string) intent.Intent {
		return intent.Intent{Allow: &intent.Flow{From: ranges, To: intent.Parties{"*.public"}, Port: intent.Ports{{First: 443, Last: 443}}}}
	}
	for name, test := range map[string]struct {
		add  intent.Intent
		open bool
	}{
		"all of it":                          {from("internet"), false},
		"a range, and the rest is open":      {from("203.0.113.0/24"), true},
		"its two halves":                     {from("0.0.0.0/1", "128.0.0.0/1"), false},
		"one half":                           {from("0.0.0.0/1"), true},
		"a port that is denied, and no more": {intent.Intent{Deny: &intent.Flow{From: intent.Parties{"internet"}, To: intent.Parties{"*.public"}, Port: intent.Ports{{First: 23, Last: 23}}}}, true},
	} {
		t.Run(name, func(t *testing.T) {
			in := without(public)(piksel(t, read(t)))
			in.Intents = append(in.Intents, test.add)
			r := Of(in).Prove()
			open := slices.ContainsFunc(r.Invariants, func(f finding.Finding) bool {
				return f.Kind == notPromised && strings.Contains(f.Sentence, "internet -> dev.public")
			})
			if open != test.open {
				t.Errorf("found is %t: %v", open, r.Invariants)
			}
			for _, i := range r.Intents[:5] {
				if i.Status != Proven {
					t.Errorf("%s: %s, though what nobody speaks of changes no answer", i.Status, i.Intent)
				}
			}
		})
	}
}
