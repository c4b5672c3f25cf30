package config

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/proof/stackjson"
)

func TestFilesBesideAStackWinOverDefaults(t *testing.T) {
	const text = `{
		"variable": {"a": {"default": "d"}, "b": {"default": "d"}, "none": {}, "given": {"sensitive": true}, "strict": {"default": "d", "nullable": false}, "open": {"default": "d"}, "list": [{"default": ["x"]}]},
		"locals": {"b": "${var.b}"},
		"resource": {"aws_eip": {"it": {"a": "${var.a}", "b": "${local.b}", "none": "${var.none}", "given": "${var.given.x[1]}", "strict": "${var.strict}", "open": "${var.open}", "list": "${var.list[0]}"}}}}`
	s, err := stackjson.Parse("s", "s", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	s.Variables = map[string]any{"b": "${aws_eip.it.id}", "given": map[string]any{"x": []any{1.0, "y"}}, "strict": nil, "open": nil, "undeclared": "z"}
	r := Of([]*stackjson.Stack{s}).Stacks[0].Resources[0]
	want := map[string]string{
		"a": `"d"`, "b": `"${aws_eip.it.id}"`, "none": "unknown s: the variable none has no default", "given": `"y"`, "strict": `"d"`, "open": "<nil>", "list": `"x"`,
	}
	for name, want := range want {
		if got := value(r.Argument(name)); got != want {
			t.Errorf("%s is %s, want %s", name, got, want)
		}
	}
}

func TestAWorkspaceHasAStateOfItsOwn(t *testing.T) {
	reader := func(more string) string {
		return `{"data": {"terraform_remote_state": {"it": {"backend": "s3", "config": {"bucket": "b", "key": "hub", "workspace_key_prefix": "${local.prefix}"}` + more + `}}},
			"locals": {"prefix": "w", "name": "prod"},
			"resource": {"aws_eip": {"it": {"x": "${data.terraform_remote_state.it.outputs.text}", "y": "${data.terraform_remote_state.it.outputs.more}"}}}}`
	}
	const inWorkspace = `{"terraform": {"backend": {"s3": {"bucket": "b", "key": "w/prod/hub"}}}, "output": {"text": {"value": "of prod"}}}`
	const gone = "unknown spoke: the stack whose state terraform_remote_state.it reads is not here"
	tests := []struct{ name, more, x, y string }{
		{"none", ``, `"plain"`, "unknown spoke: hub has no output more"},
		{"the default one", `, "workspace": "default"`, `"plain"`, "unknown spoke: hub has no output more"},
		{"one that a stack here writes", `, "workspace": "${local.name}"`, `"of prod"`, "unknown spoke: prod has no output more"},
		{"one that none writes", `, "workspace": "qa"`, gone, gone},
		{"one that is not known", `, "workspace": "${terraform.workspace}"`, gone, gone},
		{"defaults for what is not there", `, "defaults": {"text": "no", "more": "${local.name}"}`, `"plain"`, `"prod"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := read(t, "hub", hub, "prod", inWorkspace, "spoke", reader(test.more))
			r := c.All("aws_eip")[0]
			if x, y := value(r.Argument("x")), value(r.Argument("y")); x != test.x || y != test.y {
				t.Errorf("got %s and %s, want %s and %s", x, y, test.x, test.y)
			}
		})
	}
}

func TestStatesThatCannotBeToldApartAreNobodys(t *testing.T) {
	for backend, text := range map[string]string{
		"s3": `{"bucket": "b", "key": "${var.key}"}`, "local": `{"path": "${var.key}"}`, "remote": `{"organization": "o"}`,
	} {
		c := read(t, "a", `{"terraform": {"backend": {"`+backend+`": `+text+`}}}`, "b", `{"terraform": {"backend": {"`+backend+`": `+text+`}}}`)
		if len(c.Unknown) > 0 || c.Stacks[0].State() != "" {
			t.Errorf("%s: %v, %q", backend, c.Unknown, c.Stacks[0].State())
		}
	}
}

func TestProvidersAreFoundHoweverTheyAreWritten(t *testing.T) {
	const text = `{
		"variable": {"region": {"default": "v"}},
		"locals": {"ids": ["222222222222"], "role": "arn:aws:iam::333333333333:role/deploy"},
		"terraform": {"required_providers": [{"mine": {"source": "HashiCorp/aws"}, "other": "1.0"}]},
		"provider": {"aws": [{"region": "${var.region}", "allowed_account_ids": "${local.ids}"}, {"alias": "b", "region": "b", "assume_role": {"role_arn": "${local.role}"}}],
			"mine": {"region": "m", "allowed_account_ids": ["444444444444"]}},
		"resource": {"aws_eip": {"a": {}, "b": {"provider": "aws.b"}, "c": {"provider": "${aws.b}"}, "d": {"provider": "mine"}, "e": {"provider": "other"},
			"f": {"provider": "aws.each[each.key]"}}, "random_id": {"r": {}}, "awscc_ec2_vpc": {"v": {}}}}`
	c := read(t, "s", text)
	got := map[string]string{}
	for _, r := range c.Stacks[0].Resources {
		got[r.Address()] = r.Account + " " + r.Region
	}
	want := map[string]string{
		"aws_eip.a": "222222222222 v", "aws_eip.b": "333333333333 b", "aws_eip.c": "333333333333 b", "aws_eip.d": "444444444444 m", "aws_eip.e": " ",
		"aws_eip.f": " ", "random_id.r": " ", "awscc_ec2_vpc.v": " ",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	unknown := []string{
		"s: aws_eip.e: its provider other is hashicorp/other, and what that makes of it is not known",
		"s: aws_eip.f: which provider makes it is not known: aws.each[each.key]",
	}
	if diff := cmp.Diff(unknown, c.Unknown); diff != "" {
		t.Error(diff)
	}
	if broken := c.Broken(); len(broken) > 0 && !strings.Contains(broken[0].Why, "aws.each") {
		t.Errorf("broken: %v", broken)
	}
}

func TestWhatTerraformLeavesInAWSIsKept(t *testing.T) {
	const text = `{
		"removed": [{"from": "aws_vpc.a", "lifecycle": {"destroy": false}}, {"from": "aws_vpc.b", "lifecycle": {"destroy": true}}, {"from": "aws_vpc.c"},
			{"from": "module.m[0].module.n[\"k\"].aws_vpc.d[1]", "lifecycle": [{"destroy": "false"}]}, {"from": "module.m", "lifecycle": {"destroy": "${var.x}"}}],
		"import": {"to": "${aws_eip.it}", "id": "x"},
		"resource": {"aws_eip": {"it": {"lifecycle": {"ignore_changes": ["a", "${b[0].c}", "d[\"e\"]", "${f(1)}"]}}, "all": {"lifecycle": [{"ignore_changes": "all"}]}}}}`
	c := read(t, "s", text)
	var got []string
	for _, k := range c.Kept {
		resource := "none"
		if k.Resource != nil {
			resource = k.Resource.String()
		}
		got = append(got, k.Address+" is of "+k.Type+", "+resource)
	}
	want := []string{"aws_vpc.a is of aws_vpc, none", "aws_vpc.c is of aws_vpc, none", `module.m[0].module.n["k"].aws_vpc.d[1] is of aws_vpc, none`, "module.m is of , none", "aws_eip.it is of aws_eip, s/aws_eip.it"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	resources := c.All("aws_eip")
	if diff := cmp.Diff([][]string{{"all"}, {"a", "b.c", "d.e", "all"}}, [][]string{resources[0].Ignored(), resources[1].Ignored()}); diff != "" {
		t.Error(diff)
	}
}
