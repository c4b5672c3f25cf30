package review

import (
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/internal/compare"
	"hubspoke/proof/stackjson"
)

// wholeStack is a stack with what no resource shows.
const wholeStack = `{
  "provider": {"aws": [
    {"region": "eu-west-1", "allowed_account_ids": ["111111111111"], "assume_role": [{"role_arn": "arn:aws:iam::111111111111:role/apply", "session_name": "a"}], "default_tags": [{"tags": {"A": "b"}}]},
    {"alias": "far", "region": "us-east-1", "allowed_account_ids": ["111111111111"]}]},
  "terraform": {"backend": {"s3": {"bucket": "b", "key": "k"}}, "required_providers": {"aws": {"source": "hashicorp/aws", "version": "5.100.0"}}},
  "output": {"id": {"value": "one"}, "keys": {"value": {"a": "1"}}, "token": {"value": "hidden-before", "sensitive": true}},
  "resource": {"aws_kms_key": {"k": {"description": "d", "enable_key_rotation": true, "lifecycle": {"ignore_changes": ["policy"]}}}}
}`

func changed(t *testing.T, old, now string) (before, after compare.Output) {
	t.Helper()
	if !strings.Contains(wholeStack, old) {
		t.Fatalf("the stack has no %s", old)
	}
	read := func(text string) compare.Output {
		s, err := stackjson.Parse("s", "s.json", []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		return compare.Output{Stacks: []*stackjson.Stack{s}}
	}
	return read(wholeStack), read(strings.Replace(wholeStack, old, now, 1))
}

func TestWhatNoResourceShowsIsTold(t *testing.T) {
	tests := []struct {
		name, old, now string
		want           string // the block, and a colon and a part of the danger if there is one
	}{
		{"another role", `role/apply`, `role/other`, "provider aws: works as somebody else"},
		{"any account", `"allowed_account_ids": ["111111111111"], "assume`, `"assume`, "provider aws: works as somebody else"},
		{"another session", `"session_name": "a"`, `"session_name": "b"`, "provider aws"},
		{"another tag", `"A": "b"`, `"A": "c"`, "provider aws"},
		{"another region of an alias", `us-east-1`, `us-west-2`, "provider aws.far: works as somebody else"},
		{"another state", `"key": "k"`, `"key": "other"`, "backend s3: the state is looked for elsewhere"},
		{"no backend", `"backend": {"s3": {"bucket": "b", "key": "k"}}, `, ``, "backend s3: the state is looked for elsewhere"},
		{"another provider", `hashicorp/aws`, `other/aws`, "required provider aws: another program"},
		{"another version", `5.100.0`, `5.99.0`, "required provider aws"},
		{"an output goes", `"id": {"value": "one"}, `, ``, "output id"},
		{"an output more", `"id": {`, `"more": {"value": 1}, "id": {`, ""},
		{"a key of an output more", `"a": "1"`, `"a": "1", "b": "2"`, ""},
		{"a key of an output less", `{"a": "1"}`, `{"b": "2"}`, "output keys"},
		{"a secret output", `hidden-before`, `hidden-after`, "output token"},
		{"an import", `"output":`, `"import": [{"to": "aws_kms_key.k", "id": "x"}], "output":`, "import of aws_kms_key.k"},
		{"a program", `"output":`, `"data": {"external": {"x": {"program": ["sh"]}}}, "output":`, "data.external.x: runs a program"},
		{"a look-up more", `"output":`, `"data": {"aws_vpc": {"x": {"id": "vpc-1"}}}, "output":`, ""},
		{"another provider of a resource", `"description":`, `"provider": "aws.far", "description":`, "aws_kms_key.k: looked for in 111111111111, us-east-1"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			all := beside(changed(t, test.old, test.now))
			if test.want == "" {
				if len(all) > 0 {
					t.Errorf("told: %+v", all)
				}
				return
			}
			what, danger, dangerous := strings.Cut(test.want, ": ")
			if len(all) != 1 || all[0].What != what || (all[0].Danger != "") != dangerous || !strings.Contains(all[0].Danger, danger) {
				t.Fatalf("%+v, want %s", all, test.want)
			}
			if text := all[0].markdown() + all[0].Danger; strings.Contains(text, "hidden") {
				t.Errorf("a secret is shown: %s", text)
			}
		})
	}
}

func TestGuardsThatAreSwitchedOffAreTold(t *testing.T) {
	body := func(pairs ...any) map[string]any {
		all := map[string]any{}
		for i := 0; i < len(pairs); i += 2 {
			all[pairs[i].(string)] = pairs[i+1]
		}
		return all
	}
	tests := []struct {
		name, kind string
		was, is    map[string]any
		want       string
	}{
		{"a trail is stopped, which by default runs", "aws_cloudtrail", body(), body("enable_logging", false), "enable_logging is no longer true"},
		{"a trail is started", "aws_cloudtrail", body("enable_logging", false), body(), ""},
		{"a flag goes", "aws_s3_bucket_public_access_block", body("block_public_policy", true), body(), "block_public_policy"},
		{"a block goes", "aws_launch_template", body("metadata_options", []any{map[string]any{"http_tokens": "required"}}), body(), "metadata_options.http_tokens"},
		{"a boundary goes", "aws_iam_role", body("permissions_boundary", "arn:x"), body(), "permissions_boundary"},
		{"what is ignored", "aws_kms_key", body(), body("lifecycle", map[string]any{"ignore_changes": []any{"policy"}}), "ignore_changes has policy"},
		{"what is ignored no more", "aws_kms_key", body("lifecycle", []any{map[string]any{"ignore_changes": "all"}}), body(), ""},
		{"a program", "aws_kms_key", body(), body("provisioner", []any{map[string]any{"local-exec": map[string]any{"command": "x"}}}), "provisioner runs a program"},
		{"a flow log goes", "aws_flow_log", body("vpc_id", "x"), nil, "is gone"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			c := compare.Change{Type: test.kind, Was: test.was, Is: test.is, Effect: compare.Update}
			if test.is == nil {
				c.Effect = compare.Delete
			}
			if got := strings.Join(switchedOff(c), "; "); (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestWhatIsIgnoredFromNowOnIsAChange(t *testing.T) {
	before, after := changed(t, `["policy"]`, `["policy", "description"]`)
	all := compare.Changes(before, after, nil)
	if len(all) != 1 || !slices.ContainsFunc(all[0].Arguments, func(a compare.Argument) bool { return a.Path == "lifecycle.ignore_changes" }) {
		t.Fatalf("%+v", all)
	}
	if got := switchedOff(all[0]); len(got) != 1 || !strings.Contains(got[0], "has description:") {
		t.Errorf("%q", got)
	}
}

func TestEveryAddressIsToldHoweverItIsWritten(t *testing.T) {
	for argument, nets := range map[string][]string{"cidr_ipv4": {"0.0.0.0/0", "0.0.0.0/1", "128.0.0.0/1"}, "cidr_ipv6": {"::/0"}} {
		for _, net := range nets {
			c := compare.Change{Type: "aws_vpc_security_group_ingress_rule", Was: map[string]any{argument: "10.0.0.0/8"}, Is: map[string]any{argument: net}}
			if got := opened(c); got != "admits "+net {
				t.Errorf("%s: %q", net, got)
			}
		}
	}
	if got := opened(compare.Change{Type: "aws_vpc_security_group_ingress_rule", Was: map[string]any{}, Is: map[string]any{"cidr_ipv6": "2001:db8::/32"}}); got != "" {
		t.Error(got)
	}
}

func TestSecretsInValuesAreNotShown(t *testing.T) {
	for _, value := range []string{"postgres://u:hidden@db/x", "AKIAABCDEFGHIJKLMNOP", "-----BEGIN RSA PRIVATE KEY-----"} {
		c := compare.Change{Type: "aws_instance", Arguments: []compare.Argument{{Path: "tags.Note", After: value}}}
		if got := shownArguments(c); !got[0].Sensitive || got[0].After != "" {
			t.Errorf("%+v", got)
		}
		planned := differing("aws_instance", &tfjson.Change{Before: map[string]any{}, After: map[string]any{"tags": map[string]any{"Note": value}}})
		if len(planned) != 1 || !planned[0].Sensitive || planned[0].After != "" {
			t.Errorf("of a plan: %+v", planned)
		}
	}
}
