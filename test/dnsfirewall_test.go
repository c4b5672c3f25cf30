package test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/estate"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
)

// named are the resources of a type in a stack, by name.
func named(e *synthesis, stack, kind string) map[string]map[string]any {
	all := map[string]map[string]any{}
	for _, r := range e.stack(stack).Resources() {
		if r.Type == kind && !r.Data {
			all[r.Name] = r.Body
		}
	}
	return all
}

// rulesStack is the stack that puts an account's VPC behind the rules.
func rulesStack(account string) string {
	if account == estate.HubAccount {
		return stacks.HubDNS.Name()
	}
	return stacks.SpokeNetwork.Of(account)
}

// An estate that has rules about names has them for every VPC, with the failure mode that it
// wants, and the rules of one that resolves few names before those for all.
func TestEveryVPCIsBehindTheRulesAboutNames(t *testing.T) {
	seen := 0
	eachEstate(t, func(t *testing.T, e *synthesis) {
		f := e.DNS.Firewall
		for _, account := range e.NetworkAccounts() {
			groups := named(e, rulesStack(account), "aws_route53_resolver_firewall_rule_group_association")
			want := 0
			if f.BlocksForAll() {
				want++
			}
			if f.Restricts(account) {
				want++
			}
			if len(groups) != want {
				t.Errorf("%s has %d rule groups, want %d", account, len(groups), want)
			}
			if want == 2 && groups["names_all"]["priority"].(float64) <= groups["names_allow_only"]["priority"].(float64) {
				t.Errorf("%s asks the rules for all before its own, and they let pass what other VPCs need", account)
			}
			if want == 0 {
				continue
			}
			seen++
			mode := map[bool]string{true: "ENABLED", false: "DISABLED"}[f.FailOpen]
			if got := named(e, rulesStack(account), "aws_route53_resolver_firewall_config")["names"]["firewall_fail_open"]; got != mode {
				t.Errorf("%s: fail open is %v, want %s", account, got, mode)
			}
		}
	})
	if seen < 5 {
		t.Errorf("%d VPCs are behind rules: this test has lost its subject", seen)
	}
}

// firewalled is piksel with other rules about names.
func firewalled(t *testing.T, firewall string) *synthesis {
	t.Helper()
	return piksel(t, edit{"estate.yaml", `\n  firewall:\n.*\n.*\n`, "\n  firewall: {" + firewall + "}\n"})
}

// Who only wants to know what rules would meet breaks nothing.
func TestRulesThatReportBlockNothing(t *testing.T) {
	e := firewalled(t, "mode: alert, block: [evil.example], managed: {malware: rslvr-fdl-0123}, allow_only: {dev: []}")
	actions := map[string]string{}
	for name, r := range named(e, "hub-dns", "aws_route53_resolver_firewall_rule") {
		actions[name] = fmt.Sprint(r["action"])
		if r["block_response"] != nil {
			t.Errorf("%s has an answer for what it does not block", name)
		}
	}
	want := map[string]string{"names_blocked": "ALERT", "names_own": "ALLOW", "names_malware": "ALERT", "names_dev_blocked": "ALERT", "names_dev_allowed": "ALLOW", "names_dev_others": "ALERT"}
	if diff := cmp.Diff(want, actions); diff != "" {
		t.Errorf("unexpected actions:\n%s", diff)
	}
}

// What AWS puts into its lists must not cut the estate off from itself, and a list that is
// added takes no other's place: AWS refuses two rules of one priority, also for a moment.
func TestListsOfAWSHaveTheirOwnPlaces(t *testing.T) {
	places := func(lists string) map[string]float64 {
		places := map[string]float64{}
		for name, r := range named(firewalled(t, "block: [evil.example], managed: {"+lists+"}"), "hub-dns", "aws_route53_resolver_firewall_rule") {
			places[name] = r["priority"].(float64)
		}
		return places
	}
	few := places("malware: rslvr-fdl-1")
	all := places("aggregate: rslvr-fdl-2, botnet: rslvr-fdl-3, guardduty: rslvr-fdl-4, malware: rslvr-fdl-1")
	taken := map[float64]string{}
	for _, name := range tf.Keys(all) {
		if before, ok := few[name]; ok && before != all[name] {
			t.Errorf("%s moves from %v to %v", name, before, all[name])
		}
		if other, ok := taken[all[name]]; ok {
			t.Errorf("%s and %s have one place", name, other)
		}
		taken[all[name]] = name
		if name != "names_blocked" && name != "names_own" && all[name] < all["names_own"] {
			t.Errorf("%s comes before the estate's own names", name)
		}
	}
	if len(all) != 6 {
		t.Errorf("%d rules, want one for each list, one for what is blocked, and one for the estate's own names", len(all))
	}
}

// A name more is a line more in a list, and nothing else.
func TestANameMoreChangesOneListInPlace(t *testing.T) {
	before := synthesized(t, "piksel")
	after := piksel(t, edit{"estate.yaml", `dns\.google, `, "${0}evil.example, "})
	stays(t, before, after)
	changed := 0
	for _, s := range before.stacks {
		now := map[string]map[string]any{}
		for _, r := range after.stack(s.Name).Resources() {
			now[r.Address()] = r.Body
		}
		for _, r := range s.Resources() {
			if cmp.Equal(r.Body, now[r.Address()]) {
				continue
			}
			changed++
			if r.Address() != "aws_route53_resolver_firewall_domain_list.names_blocked" {
				t.Errorf("%s: %s changes", s.Name, r.Address())
			}
		}
	}
	if changed != 1 {
		t.Errorf("%d resources change, want 1", changed)
	}
}

// Terraform leaves an endpoint's protocols as they are where nothing is said, so that who
// never spoke of HTTPS changes nothing, and who does not want it any more has to say so.
func TestQueriesByHTTPSAreSwitchedOffByName(t *testing.T) {
	for doh, want := range map[string]string{"  doh: true\n": "[Do53 DoH]", "  doh: false\n": "[Do53]", "": "<nil>"} {
		e := synthesized(t, "piksel")
		if want != "[Do53 DoH]" {
			e = piksel(t, edit{"estate.yaml", `  doh: true\n`, doh})
		}
		if got := fmt.Sprint(named(e, "hub-network", "aws_route53_resolver_endpoint")["inbound"]["protocols"]); got != want {
			t.Errorf("%q: the protocols are %s, want %s", doh, got, want)
		}
		admits := slices.ContainsFunc(e.stack("hub-network").Resources(), func(r stackjson.Resource) bool {
			return r.Type == "aws_vpc_security_group_ingress_rule" && strings.HasPrefix(r.Name, "inbound_https_") && r.Body["from_port"] == 443.0
		})
		if admits != strings.Contains(want, "DoH") {
			t.Errorf("%q: whether queries by HTTPS are admitted is %t", doh, admits)
		}
	}
}

// AWS deletes no rule group that a VPC is associated with.
func TestVPCsLetGoOfRulesBeforeTheHubDeletesThem(t *testing.T) {
	for _, test := range []struct {
		name, estate  string
		before, edits []edit
		first         []string
	}{
		{"all rules", "piksel", nil, []edit{{"estate.yaml", `\n  firewall:\n.*\n.*\n`, "\n"}, {"intents.yaml", `- resolve: .*(dns\.google|zip), .*\n`, ""}},
			[]string{"dev-network", "staging-network", "prod-network"}},
		{"those of one spoke", "mesh", []edit{{"estate.yaml", `allow_only: .*`, "$0\n    block: [evil.example]"}, without("intents.yaml")},
			[]edit{{"estate.yaml", `    allow_only: .*\n`, ""}}, []string{"green-network"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			before := edited(t, test.estate, test.before...)
			c := compared(before, edited(t, test.estate, slices.Concat(test.before, test.edits)...))
			if c.Refused() || len(c.Split) > 0 {
				t.Errorf("refused: %q, %q", told(c), c.Split)
			}
			var order []string
			for _, step := range c.Steps {
				order = append(order, step.Stacks...)
			}
			last := slices.Index(order, "hub-dns")
			for _, stack := range test.first {
				if at := slices.Index(order, stack); at < 0 || at > last {
					t.Errorf("%s is not deployed before hub-dns: %v", stack, order)
				}
			}
		})
	}
}

// A rule that blocks is there after the names that its group allows, and gone before them: a
// VPC that is behind the group already would be without them in between.
func TestWhatIsAllowedIsThereBeforeTheRestIsBlocked(t *testing.T) {
	seen := 0
	eachEstate(t, func(t *testing.T, e *synthesis) {
		if e.stack("hub-dns") == nil {
			return
		}
		rules := named(e, "hub-dns", "aws_route53_resolver_firewall_rule")
		for name, allows := range rules {
			for other, blocks := range rules {
				if allows["action"] != "ALLOW" || blocks["action"] == "ALLOW" || allows["firewall_rule_group_id"] != blocks["firewall_rule_group_id"] ||
					allows["priority"].(float64) > blocks["priority"].(float64) {
					continue
				}
				seen++
				waits, _ := blocks["depends_on"].([]any)
				if !slices.Contains(waits, any("aws_route53_resolver_firewall_rule."+name)) {
					t.Errorf("%s does not wait for %s", other, name)
				}
			}
		}
	})
	if seen < 3 {
		t.Errorf("%d rules come after one that allows: this test has lost its subject", seen)
	}
}

// Before AWS's lists the group for all lets pass what any VPC of the estate needs. A spoke
// that resolves few names alone decides before that, so that it resolves nothing of others.
func TestListsOfAWSOpenNothingForWhoResolvesFewNames(t *testing.T) {
	e := edited(t, "piksel", edit{"estate.yaml", `    fail_open: true`, "    allow_only: {dev: [pypi.org]}\n    managed: {malware: rslvr-fdl-4567}"},
		edit{"intents.yaml", `\z`, "\n- resolve: {from: dev, name: x.staging.piksel.internal, to: nothing}\n- resolve: {from: dev, name: archive.example.org, to: nothing}\n"})
	promises(t, e)
	rules := named(e, "hub-dns", "aws_route53_resolver_firewall_rule")
	if rules["names_own"] == nil || rules["names_dev_blocked"] == nil || rules["names_dev_others"] == nil {
		t.Errorf("the rules are %v", tf.Keys(rules))
	}
	places := named(e, "dev-network", "aws_route53_resolver_firewall_rule_group_association")
	if places["names_allow_only"]["priority"].(float64) >= places["names_all"]["priority"].(float64) {
		t.Error("the group for all comes first")
	}
}
