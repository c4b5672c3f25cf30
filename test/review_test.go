package test

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/cost"
	"hubspoke/internal/estateproof"
	"hubspoke/internal/review"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
)

// side is an estate as reviewed.
func (e *synthesis) side() review.Side {
	in := estateproof.Input(e.Estate, "", stacks.Names(stacks.Of(e.Estate)), e.stacks)
	names := map[string]string{}
	for name, number := range e.Accounts {
		names[number] = name
	}
	return review.Side{Output: e.output(), Input: in, Costs: cost.Options{Accounts: names, Extended: e.InExtendedSupport}, Present: e.Accounts, Retired: e.Retire}
}

// reviewed is the review of a change.
func reviewed(t *testing.T, before, after *synthesis) *review.Review {
	t.Helper()
	r, err := review.Of(before.side(), after.side(), review.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// mutated is a synthesized estate of which one resource is changed.
func mutated(t *testing.T, e *synthesis, stack, kind, name string, change func(body map[string]any)) *synthesis {
	t.Helper()
	other := *e
	other.stacks = slices.Clone(e.stacks)
	i := slices.IndexFunc(other.stacks, func(s *stackjson.Stack) bool { return s.Name == stack })
	text, err := json.Marshal(e.stacks[i].JSON)
	if err != nil {
		t.Fatal(err)
	}
	s, err := stackjson.Parse(stack, stack, text)
	if err != nil {
		t.Fatal(err)
	}
	all := s.JSON["resource"].(map[string]any)
	named, _ := all[kind].(map[string]any)
	if named == nil {
		named = map[string]any{}
		all[kind] = named
	}
	body, _ := named[name].(map[string]any)
	if body == nil {
		body = map[string]any{}
		named[name] = body
	}
	change(body)
	other.stacks[i] = s
	return &other
}

// replaced is a change of a text of an argument.
func replacedText(t *testing.T, argument, from, to string) func(map[string]any) {
	return func(body map[string]any) {
		before, _ := body[argument].(string)
		after := strings.ReplaceAll(before, from, to)
		if before == after {
			t.Fatalf("%s has no %s any more: mend this test", argument, from)
		}
		body[argument] = after
	}
}

// seeded are changes that a reviewer must not overlook, each with what must stand in which
// section, and what must not stand anywhere.
var seeded = []struct {
	name  string
	edits []edit
	// stack and the rest change a resource of the second state, where edits cannot.
	stack, kind, resource string
	change                func(t *testing.T) func(map[string]any)
	want                  map[string][]string
	never                 []string
}{
	{name: "cidr", edits: []edit{{"dev.yaml", `10\.1\.0\.0/16`, "10.9.0.0/16"}},
		want: map[string][]string{"⚠️ Dangerous": {"`dev-network/aws_vpc.main` — replaced", "aws_subnet.private_apse3_az1` — replaced"}}},
	{name: "zone", edits: []edit{{"dev.yaml", `az_count: 2`, `az_count: 3`}},
		want: map[string][]string{"Stacks": {"| dev | dev-network |"}}, never: []string{"**opened**"}},
	{name: "nat-per-zone", edits: []edit{{"dev.yaml", `nat: single`, `nat: one_per_az`}},
		want: map[string][]string{"Fixed charges": {"| dev | NAT gateway | +1 |"}}, never: []string{"**opened**"}},
	{name: "spoke-removed", edits: []edit{without("staging.yaml"), without("intents.yaml"), {"estate.yaml", `(?m)^  staging: "333333333333"\n`, ""},
		{"estate.yaml", `(?m)^  staging:\n    reaches: \[shared\]\n`, ""}, {"estate.yaml", `(?m)^    staging\.piksel\.internal:\n.*\n`, ""}, {"estate.yaml", `hub, dev, staging, prod`, `hub, dev, prod`},
		{"hub.yaml", `(?m)^        staging: \{from: .*\n`, ""}},
		want: map[string][]string{"⚠️ Dangerous": {"`staging-eks` — left behind", "removed: "}, "Reachability": {"| closed | hub.private | staging."}, "Order": {"destroy"}}},
	{name: "segment-edge", edits: []edit{{"estate.yaml", `  dev:\n    reaches: \[shared\]\n  staging:\n    reaches: \[shared\]`, "  dev:\n    reaches: [shared, staging]\n  staging:\n    reaches: [shared, dev]"}},
		want: map[string][]string{
			"⚠️ Dangerous": {"violated: deny dev -&gt; staging, prod by transit-gateway"},
			"Reachability": {"| **opened** | dev.private | staging."},
			"Layers":       {"dev.private, public → prod.private, public: no longer stopped by network ACL of the sender", "now: a NAT gateway"},
			"Intents":      {"**violated**"}}},
	{name: "group-open-to-the-world", stack: "dev-eks", kind: "aws_vpc_security_group_ingress_rule", resource: "seeded",
		change: func(*testing.T) func(map[string]any) {
			return func(body map[string]any) {
				body["security_group_id"], body["cidr_ipv4"], body["ip_protocol"], body["from_port"], body["to_port"] = "${aws_security_group.cluster_nodes.id}", "0.0.0.0/0", "tcp", 22.0, 22.0
			}
		},
		want: map[string][]string{"⚠️ Dangerous": {"`dev-eks/aws_vpc_security_group_ingress_rule.seeded` — admits 0.0.0.0/0"},
			"Reachability": {"| **opened** | hub.private | dev.", "| tcp/22 | `dev-eks/aws_vpc_security_group_ingress_rule.seeded` |"}}},
	{name: "acl", stack: "dev-network", kind: "aws_network_acl", resource: "private",
		change: func(*testing.T) func(map[string]any) {
			return func(body map[string]any) {
				for _, rule := range body["egress"].([]any) {
					if r := rule.(map[string]any); r["cidr_block"] == "10.0.0.0/8" {
						r["action"] = "allow"
					}
				}
			}
		},
		want: map[string][]string{"Layers": {"dev.private → prod.private, public; staging.private, public: no longer stopped by network ACL of the sender"}, "Stacks": {"| dev | dev-network |  | 1 |"}}, never: []string{"**opened**"}},
	{name: "trust-policy", stack: "bootstrap", kind: "aws_iam_role", resource: "apply_dev",
		change: func(t *testing.T) func(map[string]any) {
			return replacedText(t, "assume_role_policy", `"Statement":[`, `"Statement":[{"Effect":"Allow","Principal":{"AWS":["arn:aws:iam::999999999999:root"]},"Action":["sts:AssumeRole"]},`)
		},
		want: map[string][]string{"⚠️ Dangerous": {"`bootstrap/aws_iam_role.apply_dev` — assume\\_role\\_policy permits more: 999999999999: sts:AssumeRole"}, "Permissions": {"permits more: 999999999999"}}},
	{name: "key-policy", stack: "hub-logs", kind: "aws_kms_key", resource: "logs",
		change: func(t *testing.T) func(map[string]any) {
			return replacedText(t, "policy", `"333333333333",`, ``)
		},
		want: map[string][]string{"⚠️ Dangerous": {"`hub-logs/aws_kms_key.logs` — policy permits less"}, "Permissions": {"`hub-logs/aws_kms_key.logs`: policy permits less: delivery.logs.amazonaws.com"}}},
	{name: "gateway-option", stack: "hub-network", kind: "aws_ec2_transit_gateway", resource: "main",
		change: func(*testing.T) func(map[string]any) {
			return func(body map[string]any) { body["default_route_table_association"] = "enable" }
		},
		want: map[string][]string{"⚠️ Dangerous": {"`hub-network/aws_ec2_transit_gateway.main` — replaced: default\\_route\\_table\\_association changes from disable to enable"}}},
	{name: "repository-deleted", edits: []edit{{"hub.yaml", `(?s)    piksel/jupyter:.*branch_days: 30\n        any_days: 60\n`, ""}},
		want: map[string][]string{"⚠️ Dangerous": {"`hub-registry/aws_ecr_repository.piksel_jupyter` — lost"}}},
}

// Each change stands in the section where a reviewer looks for it.
func TestAReviewShowsWhatAChangeDoes(t *testing.T) {
	before := synthesized(t, "piksel")
	files := map[string]string{}
	check := func(name string, after *synthesis, want map[string][]string, never []string) *review.Review {
		r := reviewed(t, before, after)
		var text bytes.Buffer
		if err := r.Markdown(&text); err != nil {
			t.Fatal(err)
		}
		files[name+".md"] = text.String()
		for title, lines := range want {
			section := sectionOf(text.String(), title)
			for _, line := range lines {
				if !strings.Contains(section, line) {
					t.Errorf("%s: %q is not under %q:\n%s", name, line, title, section)
				}
			}
		}
		for _, line := range never {
			if strings.Contains(text.String(), line) {
				t.Errorf("%s: %q stands in\n%s", name, line, &text)
			}
		}
		return r
	}
	for _, s := range seeded {
		var after *synthesis
		if s.change != nil {
			after = mutated(t, before, s.stack, s.kind, s.resource, s.change(t))
		} else {
			after = edited(t, "piksel", s.edits...)
		}
		check(s.name, after, s.want, s.never)
	}
	grown := check("spoke-added", withNewSpoke(t), map[string][]string{"Fixed charges": {"| qa | NAT gateway |"}}, []string{"| closed |"})
	if grown.Headline.Replace+grown.Headline.Destroy > 0 {
		t.Errorf("a spoke more replaces or destroys: %+v", grown.Headline)
	}
	if len(grown.Dangerous) > 0 {
		t.Errorf("a spoke more is dangerous: %+v", grown.Dangerous)
	}
	for _, p := range grown.Reachability.Opened {
		if !strings.HasPrefix(p.From, "qa.") && !strings.HasPrefix(p.To, "qa.") {
			t.Errorf("a spoke more opens %+v", p)
		}
	}
	if same := check("nothing", before, nil, []string{"Dangerous", "Stacks"}); same.Fails(review.FailOnOpened) || !same.Unchanged() {
		t.Errorf("an estate differs from itself: %+v", same.Headline)
	}
	dir := filepath.Join("testdata", "review")
	if *update {
		rewrite(t, dir, files)
		return
	}
	matches(t, dir, files)
}

// sectionOf is the text below a title, up to the next one.
func sectionOf(text, title string) string {
	for _, begin := range []string{"### " + title + "\n", "<summary>" + title} {
		if _, rest, ok := strings.Cut(text, begin); ok {
			end := len(rest)
			for _, next := range []string{"\n### ", "\n<details>"} {
				if i := strings.Index(rest, next); i >= 0 && i < end {
					end = i
				}
			}
			return rest[:end]
		}
	}
	return ""
}

// Whatever is secret is in no form of a review.
func TestAReviewShowsNothingSecret(t *testing.T) {
	const secret = "hunter2-is-secret"
	before := synthesized(t, "piksel")
	for _, argument := range []string{"password", "secret_string"} {
		after := mutated(t, before, "dev-network", "aws_db_instance", "seeded", func(body map[string]any) { body[argument] = secret })
		again := mutated(t, after, "dev-network", "aws_db_instance", "seeded", func(body map[string]any) { body[argument] = secret + "-2" })
		for _, r := range []*review.Review{reviewed(t, before, after), reviewed(t, after, again), reviewed(t, again, before)} {
			var text bytes.Buffer
			for _, write := range []func() error{func() error { return r.Markdown(&text) }, func() error { return r.Text(&text) }, func() error { return r.JSON(&text) }} {
				if err := write(); err != nil {
					t.Fatal(err)
				}
			}
			if strings.Contains(text.String(), secret) {
				t.Errorf("%s is shown", argument)
			}
		}
	}
}
