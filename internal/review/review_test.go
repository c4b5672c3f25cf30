package review

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"hubspoke/internal/compare"
	"hubspoke/proof"
	"hubspoke/proof/stackjson"
)

// policy is a change of the policy of a bucket.
func policy(before, after string) []compare.Change {
	body := func(statements string) map[string]any {
		return map[string]any{"policy": `{"Version":"2012-10-17","Statement":[` + statements + `]}`}
	}
	return []compare.Change{{Stack: "hub", Address: "aws_s3_bucket_policy.b", Type: "aws_s3_bucket_policy", Account: "111111111111", Was: body(before), Is: body(after)}}
}

func TestPoliciesAreWidenedAndNarrowed(t *testing.T) {
	statement := func(principal, actions, condition string) string {
		text := `{"Effect":"Allow","Principal":{"AWS":` + principal + `},"Action":` + actions + `,"Resource":"*"`
		if condition != "" {
			text += `,"Condition":` + condition
		}
		return text + "}"
	}
	one := `"arn:aws:iam::222222222222:root"`
	two := `["arn:aws:iam::222222222222:root","arn:aws:iam::333333333333:root"]`
	deny := `{"Effect":"Deny","Principal":"*","Action":"s3:*","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"false"}}}`
	tests := []struct {
		name, before, after string
		joined, left        []string
		want                string
		dangerous           bool
	}{
		{"the same in another order", statement(two, `["s3:GetObject","s3:PutObject"]`, ""), statement(two, `["s3:PutObject","s3:GetObject"]`, ""), nil, nil, "", false},
		{"a pattern covers its actions", statement(one, `"s3:*"`, ""), statement(one, `["s3:*","s3:GetObject"]`, ""), nil, nil, "", false},
		{"an account more", statement(one, `"s3:GetObject"`, ""), statement(two, `"s3:GetObject"`, ""), nil, nil, "policy permits more: 333333333333: s3:GetObject", true},
		{"an account that joins", statement(one, `"s3:GetObject"`, ""), statement(two, `"s3:GetObject"`, ""), []string{"333333333333"}, nil, "policy permits more: 333333333333: s3:GetObject", false},
		{"an account less", statement(two, `"s3:GetObject"`, ""), statement(one, `"s3:GetObject"`, ""), nil, nil, "policy permits less: 333333333333: s3:GetObject", true},
		{"an account that left", statement(two, `"s3:GetObject"`, ""), statement(one, `"s3:GetObject"`, ""), nil, []string{"333333333333"}, "policy permits less: 333333333333: s3:GetObject", false},
		{"an action more", statement(one, `"s3:GetObject"`, ""), statement(one, `["s3:GetObject","s3:DeleteObject"]`, ""), nil, nil, "policy permits more: 222222222222: s3:DeleteObject", true},
		{"a condition less", statement(one, `"s3:GetObject"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`), statement(one, `"s3:GetObject"`, ""), nil, nil, "policy permits more: 222222222222: s3:GetObject", true},
		{"a condition more", statement(one, `"s3:GetObject"`, ""), statement(one, `"s3:GetObject"`, `{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`), nil, nil, "policy permits less: 222222222222: s3:GetObject", false},
		{"a value of a condition more", statement(`"*"`, `"s3:GetObject"`, `{"StringEquals":{"k":["a"]}}`), statement(`"*"`, `"s3:GetObject"`, `{"StringEquals":{"k":["a","b"]}}`), nil, nil, "policy permits more: *: s3:GetObject, also if StringEquals k b", true},
		{"what was denied is not", deny, "", nil, nil, "policy permits more: *: denied s3:*, if Bool aws:SecureTransport false", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := permissions(policy(test.before, test.after), test.joined, test.left)
			text, dangerous := "", false
			for _, p := range got {
				text, dangerous = text+p.String(), dangerous || p.Dangerous
			}
			if text != test.want || dangerous != test.dangerous {
				t.Errorf("%q, dangerous: %t; want %q, %t", text, dangerous, test.want, test.dangerous)
			}
		})
	}
}

func TestACommentHasRoomForWhatIsDangerous(t *testing.T) {
	r := &Review{Estate: "e", Reachability: &proof.Delta{}, Headline: Headline{Stacks: 1}, NotLookedAt: []string{"much"}}
	for i := range 20 {
		r.Dangerous = append(r.Dangerous, Danger{Where: fmt.Sprintf("stack/aws_vpc.v%d", i), Why: "replaced"})
	}
	var many Stack
	for i := range 5000 {
		many.add(Resource{Address: fmt.Sprintf("aws_subnet.number_%d", i), Effect: compare.Create})
	}
	many.Name = "huge"
	r.Stacks = []Stack{many}
	var text bytes.Buffer
	if err := r.Markdown(&text); err != nil {
		t.Fatal(err)
	}
	if n := utf8.RuneCount(text.Bytes()); n > limit || n < limit/2 {
		t.Errorf("%d characters", n)
	}
	for _, want := range []string{Marker, "aws_vpc.v19", "Left out, because a comment has no room", "… and"} {
		if !strings.Contains(text.String(), want) {
			t.Errorf("no %q", want)
		}
	}
	// Many small sections take no more room than there is.
	for i := range 400 {
		one := many
		one.Name, one.Resources = fmt.Sprintf("stack-%d", i), many.Resources[:5]
		r.Stacks = append(r.Stacks, one)
	}
	text.Reset()
	if err := r.Markdown(&text); err != nil {
		t.Fatal(err)
	}
	if n := utf8.RuneCount(text.Bytes()); n > limit {
		t.Errorf("%d characters", n)
	}
	// Even what is dangerous may be too much: as much of it as fits is there.
	for i := range 5000 {
		r.Dangerous = append(r.Dangerous, Danger{Where: fmt.Sprintf("stack/aws_eip.e%d", i), Why: "lost"})
	}
	text.Reset()
	if err := r.Markdown(&text); err != nil {
		t.Fatal(err)
	}
	if n := utf8.RuneCount(text.Bytes()); n > limit || !strings.Contains(text.String(), "aws_vpc.v19") {
		t.Errorf("%d characters", n)
	}
}

func TestNamesAreNoMarkup(t *testing.T) {
	r := &Review{Estate: "a --> <b>", Reachability: &proof.Delta{Opened: []proof.Passage{{From: "<script>", To: "x|y", Packets: "@all", Because: "a`b|c"}}}, Headline: Headline{Stacks: 1}}
	var text bytes.Buffer
	if err := r.Markdown(&text); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script>", "<b>", "@all", " x|y", "a`b"} {
		if strings.Contains(text.String(), bad) {
			t.Errorf("%q in\n%s", bad, &text)
		}
	}
}

const aPlan = `{"format_version":"1.2","terraform_version":"1.11.0","resource_changes":[
 {"address":"aws_subnet.a","mode":"managed","type":"aws_subnet","name":"a","provider_name":"p","change":{"actions":["delete","create"],"before":{"cidr_block":"10.0.0.0/24"},"after":{"cidr_block":"10.0.1.0/24"},"after_unknown":{"id":true},"replace_paths":[["cidr_block"]]}},
 {"address":"aws_db_instance.d","mode":"managed","type":"aws_db_instance","name":"d","provider_name":"p","change":{"actions":["update"],"before":{"password":"hunter2","tags":{"a":"hunter2"}},"after":{"password":"hunter3","tags":{"a":"hunter3"}},"after_unknown":{},"before_sensitive":{"tags":{"a":true}},"after_sensitive":{}}},
 {"address":"aws_ssm_parameter.s","mode":"managed","type":"aws_ssm_parameter","name":"s","provider_name":"p","change":{"actions":["update"],"before":{"name":"n"},"after":{"name":"n"},"after_unknown":{}}}],
 "resource_drift":[{"address":"aws_vpc.v","mode":"managed","type":"aws_vpc","name":"v","provider_name":"p","change":{"actions":["update"],"before":{"enable_dns_support":true},"after":{"enable_dns_support":false},"after_unknown":{}}},
 {"address":"aws_eip.e","mode":"managed","type":"aws_eip","name":"e","provider_name":"p","change":{"actions":["delete"],"before":{},"after":null,"after_unknown":{}}}]}`

func TestPlansOfAPipelineAreRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "dev-network.json")
	if err := os.WriteFile(file, []byte(aPlan), 0o600); err != nil {
		t.Fatal(err)
	}
	stack, planned, err := ReadPlan(file)
	if err != nil || stack != "dev-network" {
		t.Fatal(stack, err)
	}
	want := &Planned{
		Resources: []Resource{
			{Address: "aws_subnet.a", Effect: compare.Replace, Why: "cidr_block forces it", Arguments: []Argument{{Path: "cidr_block", Before: "10.0.0.0/24", After: "10.0.1.0/24"}, {Path: "id", After: "(known after apply)"}}},
			{Address: "aws_db_instance.d", Effect: compare.Update, Arguments: []Argument{{Path: "password", Sensitive: true}, {Path: "tags", Sensitive: true}}},
		},
		Drift: []Drift{{"dev-network", "aws_vpc.v", "enable_dns_support changed"}, {"dev-network", "aws_eip.e", "is gone"}},
	}
	if diff := cmp.Diff(want, planned); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
	if err := os.WriteFile(file, []byte(`{"a": 1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, _, err := ReadPlan(file); err == nil {
		t.Error("anything is a plan")
	}
}

func TestAnOutputThatADeployedReaderHasIsNamed(t *testing.T) {
	parse := func(name, text string) *stackjson.Stack {
		s := &stackjson.Stack{Name: name}
		if err := json.Unmarshal([]byte(text), &s.JSON); err != nil {
			t.Fatal(err)
		}
		return s
	}
	maker := parse("hub-a", `{"output": {"vpc": {"value": "v"}, "vpc_id": {"value": "v"}}}`)
	less := parse("hub-a", `{"output": {"vpc_id": {"value": "v"}}}`)
	reader := parse("dev", `{"resource": {"aws_eip": {"e": {"tags": {"a": "${data.terraform_remote_state.hub_a.outputs.vpc_id}", "b": "${data.terraform_remote_state.hub_a.outputs.vpc}"}}}}}`)
	other := parse("dev", `{"resource": {"aws_eip": {"e": {"tags": {"a": "${data.terraform_remote_state.hub_a.outputs.vpc_id}"}}}}}`)
	output := func(all ...*stackjson.Stack) compare.Output { return compare.Output{Stacks: all} }
	for want, after := range map[string]compare.Output{
		"dev first, then hub-a": output(less, other),
		"dev still reads it":    output(less, reader),
		"destroy dev first":     output(less),
	} {
		got := readers(output(maker, reader), after)
		if len(got) != 1 || !strings.HasSuffix(got[0], want) || !strings.Contains(got[0], "its output vpc,") {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := readers(output(maker, reader), output(maker, other)); got != nil {
		t.Errorf("nothing is gone: %q", got)
	}
}

func TestWhatAReviewFailsOn(t *testing.T) {
	opens := &Review{Reachability: &proof.Delta{Opened: []proof.Passage{{}}}}
	dangerous := &Review{Reachability: &proof.Delta{}, Dangerous: []Danger{{}}}
	for _, test := range []struct {
		r    *Review
		on   FailOn
		want bool
	}{{opens, FailOnDangerous, false}, {opens, FailOnOpened, true}, {opens, FailOnNone, false}, {dangerous, FailOnDangerous, true}, {dangerous, FailOnOpened, true}, {dangerous, FailOnNone, false}} {
		if got := test.r.Fails(test.on); got != test.want {
			t.Errorf("%s: %t", test.on, got)
		}
	}
}

func TestAPromiseWithOtherWordsIsChanged(t *testing.T) {
	report := func(intents ...string) *proof.Report {
		r := &proof.Report{}
		for _, i := range intents {
			r.Intents = append(r.Intents, proof.Result{Intent: i, Status: proof.Proven})
		}
		return r
	}
	for _, test := range []struct {
		was, is, what string
		weaker        bool
	}{
		{"deny a -> b, c", "deny a -> b, c, d", "changed", false},
		{"deny a -> b, c", "deny a -> b", "changed", true},
		{"deny * -> b", "deny * but c -> b", "changed", true},
		{"allow a -> b", "allow a, c -> b", "changed", false},
	} {
		got, _ := intents(report(test.was), report(test.is))
		if len(got) != 1 || got[0].What != test.what || got[0].Weaker != test.weaker || got[0].Was != test.was {
			t.Errorf("%+v, want %+v", got, test)
		}
	}
	if got, _ := intents(report("deny a -> b"), report("allow c -> d")); len(got) != 2 || got[1].What != "removed" {
		t.Errorf("%+v", got)
	}
}
