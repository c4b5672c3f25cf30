package test

import (
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/internal/compare"
	"hubspoke/internal/runner"
	"hubspoke/internal/subnet"
	"hubspoke/internal/suricata"
	"hubspoke/internal/tf"
)

// firewallRules are the rules of an estate's firewall as synthesized, in the order in which
// they are read, and what they call HOME_NET. AWS's managed groups are not among them.
func firewallRules(t *testing.T, e *synthesis) ([]suricata.Rule, suricata.Networks) {
	t.Helper()
	resources := e.stack("hub-egress").JSON["resource"].(map[string]any)
	policy := resources["aws_networkfirewall_firewall_policy"].(map[string]any)["main"].(map[string]any)["firewall_policy"].(map[string]any)
	texts := map[int]string{}
	for _, reference := range policy["stateful_rule_group_reference"].([]any) {
		r := reference.(map[string]any)
		name, ok := strings.CutPrefix(r["resource_arn"].(string), "${aws_networkfirewall_rule_group.")
		if !ok {
			continue // AWS's
		}
		group := resources["aws_networkfirewall_rule_group"].(map[string]any)[strings.TrimSuffix(name, ".arn}")].(map[string]any)["rule_group"].(map[string]any)
		texts[int(r["priority"].(float64))] = group["rules_source"].(map[string]any)["rules_string"].(string)
	}
	var rules []suricata.Rule
	for _, priority := range slices.Sorted(maps.Keys(texts)) {
		parsed, problems := suricata.Parse(strings.NewReplacer("$${", "${", "%%{", "%{").Replace(texts[priority]))
		for _, p := range problems {
			t.Errorf("group of priority %d, line %d: %s", priority, p.Line, p.Text)
		}
		rules = append(rules, parsed...)
	}
	networks := suricata.Networks{}
	for _, variable := range policy["policy_variables"].(map[string]any)["rule_variables"].([]any) {
		v := variable.(map[string]any)
		for _, cidr := range v["ip_set"].(map[string]any)["definition"].([]any) {
			networks[v["key"].(string)] = append(networks[v["key"].(string)], netip.MustParsePrefix(cidr.(string)))
		}
	}
	return rules, networks
}

// stopped says whether a connection goes nowhere: by a rule, or because no rule lets it
// through and the policy then drops it.
func stopped(d suricata.Decision) bool {
	return d == suricata.Dropped || d == suricata.Undecided
}

// What an estate allows, its firewall lets through, for those whom it is allowed; and
// nothing else.
func TestAFirewallAllowsWhatTheEstateSaysAndNoMore(t *testing.T) {
	outside := netip.MustParseAddr("198.51.100.9")
	tried := 0
	eachEstate(t, func(t *testing.T, e *synthesis) {
		if e.Hub.Egress == nil || e.Hub.Egress.Firewall == nil {
			return
		}
		rules, networks := firewallRules(t, e)
		f := e.Hub.Egress.Firewall
		asks := func(account, application, name string) suricata.Decision {
			d, _ := suricata.Decide(rules, networks, suricata.Connection{
				From: e.Network(account).CIDR.Addr().Next(), To: outside, Port: 443, Protocol: "tcp", Application: application, Name: name,
			})
			return d
		}
		for _, account := range e.CentralAccounts() {
			for _, application := range []string{"tls", "http"} {
				for _, allowed := range slices.Concat(f.Allow, f.AllowFor[account]) {
					names, strangers := []string{strings.TrimPrefix(allowed, ".")}, []string{allowed + ".evil.test", "not" + strings.TrimPrefix(allowed, ".")}
					if strings.HasPrefix(allowed, ".") {
						names = append(names, "a"+allowed, "a.b"+allowed)
					} else {
						strangers = append(strangers, "a."+allowed)
					}
					for _, name := range names {
						tried++
						if got := asks(account, application, name); got != suricata.Passed {
							t.Errorf("%s asks for %s over %s: %s, and it is allowed", account, name, application, got)
						}
					}
					for _, name := range strangers {
						if slices.ContainsFunc(f.AllowFor[account], func(a string) bool { return a == name }) {
							continue
						}
						if got := asks(account, application, name); !stopped(got) {
							t.Errorf("%s asks for %s over %s: %s, and nobody allowed it", account, name, application, got)
						}
					}
				}
				for other, names := range f.AllowFor {
					for _, name := range names {
						if other == account || slices.Contains(f.AllowFor[account], name) {
							continue
						}
						if got := asks(account, application, strings.TrimPrefix(name, ".")); !stopped(got) {
							t.Errorf("%s asks for %s, which %s alone may: %s", account, name, other, got)
						}
					}
				}
			}
			for _, protocol := range []string{"udp", "icmp"} {
				d, _ := suricata.Decide(rules, networks, suricata.Connection{From: e.Network(account).CIDR.Addr().Next(), To: outside, Port: 53, Protocol: protocol})
				if want := (suricata.Dropped); f.Mode == estate.FirewallEnforces && d != want {
					t.Errorf("%s sends %s to the internet: %s, want %s", account, protocol, d, want)
				}
			}
			if !slices.ContainsFunc(networks["HOME_NET"], func(p netip.Prefix) bool { return p == e.Network(account).CIDR }) {
				t.Errorf("HOME_NET is %v, and %s is %s: no rule about HOME_NET sees it", networks["HOME_NET"], account, e.Network(account).CIDR)
			}
		}
	})
	if tried < 20 {
		t.Errorf("%d names tried", tried)
	}
}

// The estate's own rules of innovate, which say what no list of names can.
func TestOwnRulesComeFirst(t *testing.T) {
	e := synthesized(t, "innovate")
	rules, networks := firewallRules(t, e)
	partner, anybody := netip.MustParseAddr("203.0.113.40"), netip.MustParseAddr("198.51.100.9")
	from := func(account string) netip.Addr { return e.Network(account).CIDR.Addr().Next() }
	for _, test := range []struct {
		c    suricata.Connection
		want suricata.Decision
	}{
		{suricata.Connection{From: from("prod"), To: partner, Port: 22, Protocol: "tcp"}, suricata.Passed},
		{suricata.Connection{From: from("dev"), To: partner, Port: 22, Protocol: "tcp"}, suricata.Undecided},
		{suricata.Connection{From: from("prod"), To: anybody, Port: 22, Protocol: "tcp"}, suricata.Undecided},
		{suricata.Connection{From: from("dev"), To: anybody, Port: 587, Protocol: "tcp"}, suricata.Dropped},
	} {
		if got, r := suricata.Decide(rules, networks, test.c); got != test.want {
			t.Errorf("%+v: %s by %+v, want %s", test.c, got, r, test.want)
		}
	}
}

// Both modes let the same things pass; `alert` only drops nothing of itself.
func TestAlertingDropsNothing(t *testing.T) {
	alerting := edited(t, "innovate", edit{"hub.yaml", `mode: enforce`, `mode: alert`}, edit{"hub.yaml", `    rules: firewall.rules\n`, ``})
	policy := alerting.stack("hub-egress").JSON["resource"].(map[string]any)["aws_networkfirewall_firewall_policy"].(map[string]any)["main"].(map[string]any)["firewall_policy"].(map[string]any)
	for _, action := range policy["stateful_default_actions"].([]any) {
		if !strings.HasPrefix(action.(string), "aws:alert") {
			t.Errorf("by default %v", action)
		}
	}
	managed := 0
	for _, reference := range policy["stateful_rule_group_reference"].([]any) {
		r := reference.(map[string]any)
		if !strings.Contains(r["resource_arn"].(string), ":aws-managed:") {
			continue
		}
		managed++
		if override, ok := r["override"].(map[string]any); !ok || override["action"] != "DROP_TO_ALERT" {
			t.Errorf("%v drops", r["resource_arn"])
		}
	}
	if managed == 0 {
		t.Error("there is no managed group")
	}
	rules, _ := firewallRules(t, alerting)
	for _, r := range rules {
		if r.Action == "drop" || r.Action == "reject" {
			t.Errorf("a rule drops: %+v", r)
		}
	}
}

// Every zone's packets meet the firewall's endpoint of that zone, out and back. Whatever
// crossed would meet another host of the firewall, which knows nothing of the connection.
func TestEveryZoneMeetsItsOwnEndpoint(t *testing.T) {
	e := synthesized(t, "innovate")
	routes := e.stack("hub-egress").JSON["resource"].(map[string]any)["aws_route"].(map[string]any)
	for _, zone := range e.EgressZones() {
		z := tf.Name(zone)
		ends := "== aws_subnet.firewall_" + z + ".id])}"
		want := []string{string(subnet.Attachment) + "_" + z + "_to_internet"}
		for _, account := range e.CentralAccounts() {
			want = append(want, string(subnet.Public)+"_"+z+"_to_"+tf.Name(account))
		}
		for _, name := range want {
			route, ok := routes[name].(map[string]any)
			if !ok {
				t.Errorf("there is no route %s", name)
			} else if endpoint, _ := route["vpc_endpoint_id"].(string); !strings.HasSuffix(endpoint, ends) {
				t.Errorf("%s leads to %s", name, endpoint)
			}
		}
		if out := routes["firewall_"+z+"_to_internet"].(map[string]any); out["nat_gateway_id"] != "${aws_nat_gateway.nat_"+z+".id}" {
			t.Errorf("what has passed in %s leaves by %v", zone, out)
		}
	}
}

// between has the firewall see what dev and staging say to each other, which then reach
// each other, and what they have for the internet.
func between(inspect string, edits ...edit) []edit {
	return central(append([]edit{
		{"hub.yaml", `  cidr: 10\.255\.0\.0/23`, "$0\n  firewall:\n    mode: enforce\n    allow: [.example.com]\n    inspect: [" + inspect + "]"},
		{"estate.yaml", `  dev:\n    reaches: \[shared\]`, "  dev:\n    reaches: [shared, staging]"},
		without("intents.yaml"),
	}, edits...)...)
}

// What goes between segments by the firewall is led there by both, and neither has the
// direct way any more. Who does not meet them is as far away as before.
func TestBetweenSegmentsGoesByTheFirewall(t *testing.T) {
	for _, inspect := range []string{"internet, between-segments", "between-segments"} {
		t.Run(inspect, func(t *testing.T) {
			edits := between(inspect)
			if inspect == "between-segments" {
				edits = append(edits, edit{"hub.yaml", `    allow: \[\.example\.com\]\n`, ""})
			}
			e := piksel(t, edits...)
			routes := e.stack("hub-egress").JSON["resource"].(map[string]any)["aws_ec2_transit_gateway_route"].(map[string]any)
			for _, name := range []string{"dev_to_staging", "staging_to_dev"} {
				if routes[name] == nil {
					t.Errorf("there is no route %s to the egress VPC", name)
				}
			}
			for _, name := range []string{"dev_to_prod", "prod_to_dev", "dev_to_hub", "shared_to_dev"} {
				if routes[name] != nil {
					t.Errorf("%s goes by the egress VPC", name)
				}
			}
			for stack, propagation := range map[string]string{"dev-link": "dev_to_staging", "staging-link": "staging_to_dev"} {
				made := e.stack(stack).JSON["resource"].(map[string]any)["aws_ec2_transit_gateway_route_table_propagation"].(map[string]any)
				if made[propagation] != nil {
					t.Errorf("%s has the direct way, %s", stack, propagation)
				}
				if back := strings.Split(propagation, "_")[0] + "_to_inspection"; made[back] == nil {
					t.Errorf("%s is not led back to by the firewall: no %s", stack, back)
				}
			}
			rules, networks := firewallRules(t, e)
			connection := func(from, to string) suricata.Connection {
				return suricata.Connection{From: e.Network(from).CIDR.Addr().Next(), To: e.Network(to).CIDR.Addr().Next(), Port: 5432, Protocol: "tcp"}
			}
			if got, _ := suricata.Decide(rules, networks, connection("dev", "staging")); got != suricata.Passed {
				t.Errorf("dev to staging: %s", got)
			}
			if got, _ := suricata.Decide(rules, networks, connection("dev", "prod")); !stopped(got) {
				t.Errorf("dev to prod: %s", got)
			}
		})
	}
}

// Terraform takes what no estate under test has: a firewall between segments.
func TestTerraformAcceptsAFirewallBetweenSegments(t *testing.T) {
	installation := terraformFor(t)
	e := piksel(t, between("internet, between-segments")...)
	var cases []runner.Case
	for _, name := range []string{"hub-network", "hub-egress", "dev-link"} {
		cases = append(cases, e.mockedApply(e.stack(name)))
	}
	problems, err := installation.Test(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	for stack, err := range problems {
		if err != nil {
			t.Errorf("%s cannot be applied: %v", stack, err)
		}
	}
}

// AWS refuses to change a protected firewall in the middle of an apply: `check --against`
// says so before, and how to go about it.
func TestAProtectedFirewallIsNotChangedByAccident(t *testing.T) {
	fewer := []edit{{"hub.yaml", `cidr: 10\.255\.254\.0/23\n  az_count: 3`, "cidr: 10.255.254.0/23\n  az_count: 2"}, {"prod.yaml", `az_count: 3`, `az_count: 2`}, {"hub.yaml", `az_count: 3`, `az_count: 2`}}
	none := []edit{{"hub.yaml", `(?s)  firewall:\n.*rules: firewall\.rules\n`, ``}, without("intents.yaml")}
	changeable := edit{"hub.yaml", `mode: enforce`, "$0\n    changeable: true"}
	for _, test := range []struct {
		name          string
		before, after []edit
		want          string
	}{
		{"a zone more", fewer, nil, "subnet_mapping changes, and AWS changes it only while subnet_change_protection is false"},
		{"a zone more, and changeable at once", fewer, []edit{changeable}, ""},
		{"a zone more as it is protected again", append(slices.Clone(fewer), changeable), nil, "subnet_mapping changes, and AWS changes it only while subnet_change_protection is false"},
		{"the firewall goes", nil, none, "AWS deletes it only once delete_protection is false"},
		{"the firewall goes after it was changeable", []edit{changeable}, none, ""},
		{"another rule", nil, []edit{{"hub.yaml", `      - sts\.amazonaws\.com\n`, ``}}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := compared(edited(t, "innovate", test.before...), edited(t, "innovate", test.after...))
			got := ""
			for _, f := range c.Findings {
				if f.Kind == compare.Stopped && f.Address == "aws_networkfirewall_firewall.main" {
					got = f.Why
				}
			}
			if got != test.want {
				t.Errorf("%q, want %q: %q", got, test.want, told(c))
			}
		})
	}
}

// A network that moves to the egress VPC, or from it, always has a way: the stacks that make
// the new one go before it, and those that take the old one away after.
func TestWhoChangesOverAlwaysHasAWay(t *testing.T) {
	devsNames := edit{"hub.yaml", `(?m)^      dev:\n(        - .*\n)+`, "      staging:\n        - example.com\n"}
	own := []edit{{"dev.yaml", `nat: central`, `nat: single`}, devsNames, without("intents.yaml")}
	hubsOwn := []edit{{"hub.yaml", `nat: central`, `nat: single`}, without("intents.yaml")}
	none := []edit{{"hub.yaml", `nat: central`, `nat: single`}, {"dev.yaml", `nat: central`, `nat: single`}, {"staging.yaml", `nat: central`, `nat: single`}, {"prod.yaml", `nat: central`, `nat: single`},
		{"hub.yaml", `(?s)\n# The way out of all VPCs.*rules: firewall\.rules\n`, "\n"}, without("intents.yaml")}
	changeable := edit{"hub.yaml", `mode: enforce`, "$0\n    changeable: true"}
	meeting := []edit{{"estate.yaml", `  dev:\n    reaches: \[shared\]`, "  dev:\n    reaches: [shared, staging]"}, without("intents.yaml")}
	for _, test := range []struct {
		name          string
		before, after []edit
		order         [][2]string
		stopped       bool
	}{
		{"to the egress VPC", own, nil, [][2]string{{"hub-egress", "dev-network"}, {"dev-link", "dev-network"}}, false},
		{"back from there", nil, own, [][2]string{{"dev-network", "hub-egress"}, {"dev-network", "dev-link"}}, false},
		{"the hub's own VPC", hubsOwn, nil, [][2]string{{"hub-egress", "hub-network"}}, false},
		{"the hub's own VPC, back", nil, hubsOwn, [][2]string{{"hub-network", "hub-egress"}}, false},
		{"no egress VPC any more", []edit{changeable}, none, [][2]string{{"dev-network", "hub-egress"}, {"prod-network", "hub-egress"}, {"staging-link", "hub-network"}}, false},
		{"no egress VPC, and the firewall is protected", nil, none, nil, true},
		{"two segments by the firewall", meeting, append(slices.Clone(meeting), edit{"hub.yaml", `mode: enforce`, "$0\n    inspect: [internet, between-segments]"}), [][2]string{{"hub-egress", "dev-link"}, {"hub-egress", "staging-link"}}, false},
		{"two segments past the firewall", append(slices.Clone(meeting), edit{"hub.yaml", `mode: enforce`, "$0\n    inspect: [internet, between-segments]"}), meeting, [][2]string{{"dev-link", "hub-egress"}, {"staging-link", "hub-egress"}}, false},
	} {
		t.Run(test.name, func(t *testing.T) {
			before, after := edited(t, "innovate", test.before...), edited(t, "innovate", test.after...)
			c := compared(before, after)
			var order []string
			for _, s := range c.Steps {
				order = append(order, s.Stacks...)
			}
			for _, pair := range test.order {
				first, second := slices.Index(order, pair[0]), slices.Index(order, pair[1])
				if first < 0 || second < 0 || first > second {
					t.Errorf("%s does not come before %s in %q, split %q", pair[0], pair[1], order, c.Split)
				}
			}
			stopped := slices.ContainsFunc(c.Findings, func(f compare.Finding) bool { return f.Kind == compare.Stopped })
			if stopped != test.stopped {
				t.Errorf("stopped: want %v, got %q", test.stopped, told(c))
			}
			if test.order != nil {
				report(t, usedTooLong(before, after, order))
			}
		})
	}
}

// AWS changes no number of a transit gateway that VPNs are attached to.
func TestAGatewaysNumberIsHeldByVPNs(t *testing.T) {
	number := edit{"hub.yaml", `asn: 4200000001`, `asn: 4200000002`}
	c := compared(synthesized(t, "options"), edited(t, "options", number))
	if !slices.ContainsFunc(c.Findings, func(f compare.Finding) bool {
		return f.Kind == compare.Stopped && f.Address == "aws_ec2_transit_gateway.main"
	}) {
		t.Errorf("%q", told(c))
	}
	if c := compared(synthesized(t, "piksel"), piksel(t, edit{"hub.yaml", `asn: 64512`, `asn: 64513`})); c.Refused() {
		t.Errorf("where nothing is attached: %q", told(c))
	}
}
