package config

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/proof/stackjson"
)

// read reads stacks by name.
func read(t testing.TB, files ...string) *Config {
	t.Helper()
	var stacks []*stackjson.Stack
	for i := 0; i < len(files); i += 2 {
		s, err := stackjson.Parse(files[i], files[i], []byte(files[i+1]))
		if err != nil {
			t.Fatal(err)
		}
		stacks = append(stacks, s)
	}
	return Of(stacks)
}

const hub = `{
	"terraform": {"backend": {"s3": {"bucket": "b", "key": "hub"}}},
	"provider": {"aws": [{"region": "r", "allowed_account_ids": ["111111111111"]}]},
	"resource": {"aws_vpc": {"main": {"cidr_block": "10.0.0.0/16"}}},
	"output": {"vpc_id": {"value": "${aws_vpc.main.id}"}, "ids": {"value": {"az1": "${aws_vpc.main.id}"}}, "text": {"value": "plain"}}
}`

// spoke is a stack that reads the hub's, and has a resource with an argument.
func spoke(argument, more string) string {
	return `{
		"terraform": {"backend": {"s3": {"bucket": "b", "key": "spoke"}}},
		"provider": {"aws": [{"region": "r", "allowed_account_ids": ["222222222222"]},
			{"alias": "hub", "region": "r", "assume_role": [{"role_arn": "arn:aws:iam::111111111111:role/deploy"}]}]},
		"data": {"terraform_remote_state": {
			"hub": {"backend": "s3", "config": {"bucket": "b", "key": "hub"}},
			"gone": {"backend": "s3", "config": {"bucket": "b", "key": "gone"}}}},
		"resource": {"aws_eip": {"it": {"x": ` + argument + `, "block": [{"a": 1, "b": ["c"]}]}, "other": {"provider": "aws.hub", "name": "n"}}}` + more + `}`
}

// value is a value for people: what is known as Go writes it, and the rest in its
// own words.
func value(v any) string {
	switch v := v.(type) {
	case Ref:
		return "ref " + v.String()
	case Text:
		return "text " + v.String()
	case Unknown:
		return "unknown " + v.Why
	}
	return fmt.Sprintf("%#v", v)
}

func TestArgumentsAreEvaluated(t *testing.T) {
	const more = `, "locals": {"a": "l", "n": 7, "loop": "${local.loop}", "one": "${local.two}", "two": ["${local.one}"], "list": ["p", {"q": "r"}]},
		"variable": {"v": {"default": "w"}, "none": {}}`
	tests := []struct{ argument, want string }{
		{`"plain"`, `"plain"`},
		{`null`, `<nil>`},
		{`12`, `12`},
		{`"a$${b}"`, `"a${b}"`},
		{`"${\"q\"}"`, `"q"`},
		{`"${1}"`, `1`},
		{`"${true}"`, `true`},
		{`"${null}"`, `<nil>`},
		{`"${local.a}"`, `"l"`},
		{`"${(local.a)}-${local.n}"`, `"l-7"`},
		{`"${local.list[1].q}"`, `"r"`},
		{`"${local.list[1][\"q\"]}"`, `"r"`},
		{`"${var.v}"`, `"w"`},
		{`"${[local.a, 1]}"`, `[]interface {}{"l", 1}`},
		{`{"//": "a comment", "k": "${local.a}"}`, `map[string]interface {}{"k":"l"}`},
		{`"${aws_eip.other.id}"`, `ref spoke/aws_eip.other.id`},
		{`"${aws_eip.other.name}"`, `"n"`},
		{`"${aws_eip.it.block[0].a}"`, `1`},
		{`"${aws_eip.it.block[0].arn}"`, `ref spoke/aws_eip.it.block[0].arn`},
		{`"arn/${aws_eip.other.id}/${local.a}"`, `text arn/{spoke/aws_eip.other.id}/l`},
		{`"${data.terraform_remote_state.hub.outputs.vpc_id}"`, `ref hub/aws_vpc.main.id`},
		{`"${data.terraform_remote_state.hub.outputs.ids[\"az1\"]}"`, `ref hub/aws_vpc.main.id`},
		{`"${data.terraform_remote_state.hub.outputs.ids.az1}"`, `ref hub/aws_vpc.main.id`},
		{`"${data.terraform_remote_state.hub.outputs.text}!"`, `"plain!"`},

		// What cannot be told is not guessed.
		{`"${upper(local.a)}"`, `unknown spoke: the function upper is not evaluated`},
		{`"a${upper(local.a)}b"`, `text a{spoke: the function upper is not evaluated}b`},
		{`"${local.a == 1}"`, `unknown spoke: an expression of this kind is not evaluated (*hclsyntax.BinaryOpExpr)`},
		{`"${aws_eip.other[*].id}"`, `unknown spoke: an expression of this kind is not evaluated (*hclsyntax.SplatExpr)`},
		{`"${each.key}"`, `unknown spoke: the reference each.key is not evaluated`},
		{`"${module.m.x}"`, `unknown spoke: the reference module.m.x is not evaluated`},
		{`"${var.none}"`, `unknown spoke: the variable none has no default`},
		{`"${data.terraform_remote_state.gone.outputs.x}"`, `unknown spoke: the stack whose state terraform_remote_state.gone reads is not here`},
		{`"${data.terraform_remote_state.hub.outputs}"`, `unknown spoke: all outputs of hub at once are not evaluated`},

		// What Terraform would refuse says why.
		{`"${"`, `unknown spoke: ${ is not a template: Missing expression`},
		{`"${local.loop}"`, `unknown spoke: ${local.loop} refers to itself`},
		{`"${local.one}"`, `[]interface {}{config.Unknown{Why:"spoke: ${local.one} refers to itself", absent:false, broken:true}}`},
		{`"${local.none}"`, `unknown spoke: there is no local.none`},
		{`"${var.gone}"`, `unknown spoke: the variable gone has no default`},
		{`"${aws_eip.gone.id}"`, `unknown spoke: there is no aws_eip.gone`},
		{`"${data.aws_x.gone.id}"`, `unknown spoke: there is no data.aws_x.gone`},
		{`"${data.terraform_remote_state.hub.outputs.gone}"`, `unknown spoke: hub has no output gone`},
		{`"${data.terraform_remote_state.typo.outputs.x}"`, `unknown spoke: there is no data source terraform_remote_state.typo`},
		{`"${data.terraform_remote_state.hub.outputs.ids[\"az9\"]}"`, `unknown spoke: there is nothing at [az9]`},
		{`"${local.list[9]}"`, `unknown spoke: there is nothing at [9]`},
		{`"${aws_eip.it.x}"`, `unknown spoke: ${aws_eip.it.x} refers to itself`},
	}
	for _, test := range tests {
		t.Run(test.argument, func(t *testing.T) {
			c := read(t, "hub", hub, "spoke", spoke(test.argument, more))
			if got := value(c.All("aws_eip")[0].Argument("x")); got != test.want {
				t.Errorf("got  %s\nwant %s", got, test.want)
			}
		})
	}
}

func TestWhatIsBrokenIsFoundWhereverItStands(t *testing.T) {
	c := read(t, "hub", hub, "spoke", spoke(`["${aws_eip.gone.id}", "a${aws_eip.gone.id}", "${data.terraform_remote_state.gone.outputs.x}"]`,
		`, "output": {"x": {"value": "${aws_vpc.gone.id}"}}`))
	body := c.All("aws_eip")[1].body
	body["depends_on"] = []any{"aws_eip.it", "aws_eip.away", "module.m"}
	body["provider"] = "aws.nobody"
	var got []string
	for _, b := range c.Broken() {
		where := "an output"
		if b.Resource != nil {
			where = b.Resource.String()
		}
		got = append(got, where+": "+b.Why)
	}
	want := []string{
		"spoke/aws_eip.other: spoke: there is no aws_eip.away",
		"spoke/aws_eip.it: spoke: there is no aws_eip.gone",
		"an output: spoke: there is no aws_vpc.gone",
		"spoke/aws_eip.other: spoke: there is no provider aws.nobody",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestAResourceIsMadeInItsProvidersAccount(t *testing.T) {
	c := read(t, "hub", hub, "spoke", spoke(`1`, ""))
	got := map[string]string{}
	for _, r := range append(c.All("aws_eip"), c.All("aws_vpc")...) {
		got[r.String()] = r.Account
	}
	want := map[string]string{"hub/aws_vpc.main": "111111111111", "spoke/aws_eip.it": "222222222222", "spoke/aws_eip.other": "111111111111"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"111111111111", "222222222222"}, c.Accounts()); diff != "" {
		t.Error(diff)
	}
}

func TestStacksReadEachOtherByState(t *testing.T) {
	c := read(t, "hub", hub, "spoke", spoke(`1`, ""))
	stacks, missing := c.Stacks[1].Reads()
	if len(stacks) != 1 || stacks[0] != c.Stacks[0] {
		t.Errorf("it reads %v, want hub", stacks)
	}
	if diff := cmp.Diff([]string{"gone"}, missing); diff != "" {
		t.Error(diff)
	}
}

func TestRolesThatTerraformAssumesAreKnown(t *testing.T) {
	c := read(t, "s", `{
		"terraform": {"backend": {"s3": {"bucket": "b", "key": "k", "role_arn": "arn:aws:iam::1:role/old"}}},
		"provider": {"aws": [{"assume_role": {"role_arn": "${aws_iam_role.r.arn}"}}, {"alias": "plain"}]},
		"data": {"terraform_remote_state": {"x": {"backend": "s3", "config": {"bucket": "b", "key": "x", "assume_role": {"role_arn": "arn:aws:iam::1:role/new"}}}}},
		"resource": {"aws_iam_role": {"r": {"name": "r"}}}}`)
	var got []string
	for _, a := range c.Stacks[0].Assumptions() {
		got = append(got, a.By+": "+fmt.Sprint(a.Role))
	}
	want := []string{"provider aws: s/aws_iam_role.r.arn", "the backend: arn:aws:iam::1:role/old", "data.terraform_remote_state.x: arn:aws:iam::1:role/new"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNotReadIsSaid(t *testing.T) {
	c := read(t, "a", `{"module": {"m": {"source": "./m"}}, "resource": {"aws_eip": {"e": {"count": 2}, "f": {"for_each": {}}}},
		"terraform": {"backend": {"local": {"path": "p"}}}}`, "b", `{"terraform": {"backend": {"local": {"path": "p"}}}}`)
	want := []string{
		"a/aws_eip.e: count is not expanded",
		"a/aws_eip.f: for_each is not expanded",
		"a: what is in modules is not read",
		"b: its state is at the same place as that of a: file:p",
	}
	if diff := cmp.Diff(want, c.Unknown); diff != "" {
		t.Error(diff)
	}
}

// What would exhaust the stack or the memory is refused before it does.
func TestBottomlessExpressionsEnd(t *testing.T) {
	doubled := `"l0": "x"`
	for i := range 60 {
		doubled += fmt.Sprintf(`, "l%d": ["${local.l%d}", "${local.l%[2]d}"]`, i+1, i)
	}
	chain := `"c0": "x"`
	for i := range 5000 {
		chain += fmt.Sprintf(`, "c%d": "${local.c%d}"`, i+1, i)
	}
	tests := map[string]struct{ argument, locals string }{
		"brackets":       {`"${` + strings.Repeat("(", 1<<20) + `"`, `"a": 1`},
		"lists":          {`"${` + strings.Repeat("[", 1<<20) + `"`, `"a": 1`},
		"operators":      {`"${` + strings.Repeat("!", 1<<20) + `true}"`, `"a": 1`},
		"conditions":     {`"${` + strings.Repeat("1 ? 1 : ", 1<<17) + `1}"`, `"a": 1`},
		"few operators":  {`"${` + strings.Repeat("!", 1<<16) + `x.y.z}"`, `"a": 1`},
		"few conditions": {`"${` + strings.Repeat("1 ? 1 : ", 1<<15) + `1}"`, `"a": 1`},
		"indices":        {`"${local.a` + strings.Repeat("[local.a]", 1<<16) + `}"`, `"a": 1`},
		"a long text":    {`"${local.a}` + strings.Repeat("x", 1<<21) + `"`, `"a": 1`},
		"doubled values": {`"${local.l60}"`, doubled},
		"a long chain":   {`"${local.c5000}"`, chain},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			c := read(t, "s", spoke(test.argument, `, "locals": {`+test.locals+`}`))
			if v, ok := c.All("aws_eip")[0].Argument("x").(Unknown); !ok {
				t.Errorf("it comes to %T, want Unknown", v)
			}
		})
	}
}

func FuzzExpression(f *testing.F) {
	for _, seed := range []string{"plain", "${aws_eip.other.id}", "a${local.a}b", "${local.x}", "${aws_eip.it.x}", "${aws_eip.it.block[0].b[0]}",
		"${data.terraform_remote_state.hub.outputs.ids[\"az1\"]}", "%{if true}a%{endif}", "$${", "${{a = 1}[\"a\"]}", "${[for x in [1]: x]}",
		"${aws_eip.other[0].id}", "${local.a[local.n]}", "${-1}", "${1e400}", "${data.x}", "${data}", "${local}", "${aws_eip.other[\"a\"][1].b}", "${<<A\nb\nA\n}"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		c := read(t, "hub", hub, "spoke", spoke(`1`, `, "locals": {"a": ["l"], "n": 0}`))
		r := c.All("aws_eip")[0]
		r.body["x"] = text
		object(r.Stack.source.JSON["locals"])["x"] = text
		_ = value(r.Argument("x"))
		c.Broken()
	})
}

func TestTagsAreThoseOfTheProviderAndTheResource(t *testing.T) {
	c := read(t, "one", `{
		"provider": {"aws": [
			{"region": "r", "default_tags": [{"tags": {"Owner": "all", "Team": "${local.team}"}}]},
			{"alias": "bare", "region": "r"},
			{"alias": "block", "region": "r", "default_tags": {"tags": {"Owner": "block"}}},
			{"alias": "merged", "region": "r", "default_tags": [{"tags": "${merge({}, {})}"}]}]},
		"locals": {"team": "red"},
		"resource": {"aws_vpc": {
			"own": {"tags": {"Owner": "me", "Name": "n"}},
			"none": {},
			"merged": {"tags": "${merge({}, {})}"},
			"bare": {"provider": "aws.bare", "tags": {"Name": "n"}},
			"block": {"provider": "aws.block"},
			"unknown": {"provider": "aws.merged", "tags": {"Name": "n"}}}}}`)
	known := map[string]map[string]any{
		"own":   {"Owner": "me", "Name": "n", "Team": "red"},
		"none":  {"Owner": "all", "Team": "red"},
		"bare":  {"Name": "n"},
		"block": {"Owner": "block"},
	}
	for _, r := range c.All("aws_vpc") {
		tags, ok := r.Tags()
		want, isKnown := known[r.Name]
		if ok != isKnown {
			t.Errorf("%s: known is %t", r.Name, ok)
		}
		if diff := cmp.Diff(want, tags); isKnown && diff != "" {
			t.Errorf("%s: %s", r.Name, diff)
		}
	}
	// What one resource has of its own stays its own.
	if diff := cmp.Diff(map[string]map[string]any{
		"aws": {"Owner": "all", "Team": "red"}, "aws.block": {"Owner": "block"},
	}, c.Stacks[0].DefaultTags()); diff != "" {
		t.Error(diff)
	}
}
