package compare

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// weakened are changes, each with what is said to protect less after it. To Terraform that is a
// change like any other. Each has a harmless twin, of which nothing is said.
type weakened map[string]struct{ before, after, want string }

func (w weakened) check(t *testing.T) {
	t.Helper()
	for name, test := range w {
		t.Run(name, func(t *testing.T) {
			c := Outputs(outputOf(t, map[string]string{"s": test.before}), outputOf(t, map[string]string{"s": test.after}), nil)
			got := ""
			for _, f := range c.Findings {
				if f.Kind == Weaker {
					got += f.Where() + ": " + f.Why
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			var text bytes.Buffer
			if err := c.Text(&text, "before"); err != nil {
				t.Fatal(err)
			}
			if said := strings.Contains(text.String(), "\nprotects less than before:\n  s/"); said != (test.want != "") || c.Refused() {
				t.Errorf("refused %v, text:\n%s", c.Refused(), &text)
			}
		})
	}
}

func TestGuardrailsThatBindLessAreSaid(t *testing.T) {
	guardrail := func(body string, at ...string) string {
		var attached []string
		for i, target := range at {
			attached = append(attached, fmt.Sprintf(`"a%d": {"policy_id": "${aws_organizations_policy.p.id}", "target_id": "${data.terraform_remote_state.organization.outputs.%s}"}`, i, target))
		}
		return fmt.Sprintf(`{"resource": {"aws_organizations_policy": {"p": {"type": "SERVICE_CONTROL_POLICY", "content": %q}}, "aws_organizations_policy_attachment": {%s}}}`,
			`{"Statement": [{"Sid": "KeepLogs", "Effect": "Deny", `+body+`}]}`, strings.Join(attached, ", "))
	}
	const (
		root, work, prod, security = "root_id", `unit_ids[\"workloads\"]`, `unit_ids[\"workloads/production\"]`, `unit_ids[\"security\"]`
		stop                       = `"Action": ["a:Stop", "a:Delete"], "Condition": {"ArnNotLike": {"aws:PrincipalArn": ["apply"]}}`
		policy                     = "s/aws_organizations_policy.p: KeepLogs "
	)
	weakened{
		"a guardrail off for a unit":    {guardrail(stop, root), guardrail(stop, security), policy + "bound the root, and binds only security"},
		"a guardrail off":               {guardrail(stop, root), `{}`, policy + "binds nobody any more; it bound the root"},
		"a guardrail off for one below": {guardrail(stop, work, security), guardrail(stop, prod, security), policy + "bound security, workloads, and binds only security, workloads/production"},
		"a guardrail for more":          {guardrail(stop, prod), guardrail(stop, work), ""},
		"a guardrail for all":           {guardrail(stop, prod, security), guardrail(stop, root), ""},
		"an action less":                {guardrail(stop, root), guardrail(strings.Replace(stop, `"a:Stop", `, "", 1), root), policy + "forbids a:Stop no more"},
		"an action more":                {guardrail(stop, root), guardrail(strings.Replace(stop, `"a:Stop"`, `"a:Stop", "a:Put"`, 1), root), ""},
		"every action":                  {guardrail(stop, root), guardrail(strings.Replace(stop, `"a:Stop"`, `"*"`, 1), root), ""},
		"one more who is exempt":        {guardrail(stop, root), guardrail(strings.Replace(stop, `"apply"`, `"apply", "me"`, 1), root), policy + "exempts me too, by ArnNotLike aws:PrincipalArn"},
		"one less who is exempt":        {guardrail(strings.Replace(stop, `"apply"`, `"apply", "me"`, 1), root), guardrail(stop, root), ""},
		"a condition":                   {guardrail(`"Action": "*"`, root), guardrail(`"Action": "*", "Condition": {"Bool": {"a:b": "true"}}`, root), policy + "holds only with Bool a:b true"},
		"no condition":                  {guardrail(stop, root), guardrail(`"Action": ["a:Stop", "a:Delete"]`, root), ""},
	}.check(t)
}

func TestPermissionSetsThatAllowMoreAreSaid(t *testing.T) {
	set := func(more string) string {
		return `{"resource": {"aws_ssoadmin_permission_set": {"s": {"name": "s"}, "other": {"name": "o"}}` + more + `}}`
	}
	const ref = `"permission_set_arn": "${aws_ssoadmin_permission_set.s.arn}"`
	inline := func(policy string) string {
		return set(fmt.Sprintf(`, "aws_ssoadmin_permission_set_inline_policy": {"s": {%s, "inline_policy": %q}}`, ref, policy))
	}
	attached := func(arns ...string) string {
		var all []string
		for _, arn := range arns {
			all = append(all, fmt.Sprintf(`"s_%s": {%s, "managed_policy_arn": %q}`, arn, ref, arn))
		}
		return set(`, "aws_ssoadmin_managed_policy_attachment": {` + strings.Join(all, ", ") + `}`)
	}
	bounded := func(arn string) string {
		return set(fmt.Sprintf(`, "aws_ssoadmin_permissions_boundary_attachment": {"s": {%s, "permissions_boundary": {"managed_policy_arn": %q}}}`, ref, arn))
	}
	const (
		boundary = "s/aws_ssoadmin_permissions_boundary_attachment.s: "
		own      = "s/aws_ssoadmin_permission_set_inline_policy.s: its own policy allows "
	)
	weakened{
		"a policy more of a set":            {attached("ReadOnlyAccess"), attached("ReadOnlyAccess", "AdministratorAccess"), "s/aws_ssoadmin_managed_policy_attachment.s_AdministratorAccess: a set that is there already gets the policy AdministratorAccess"},
		"a policy less of a set":            {attached("ReadOnlyAccess", "AdministratorAccess"), attached("ReadOnlyAccess"), ""},
		"a new set":                         {`{}`, attached("AdministratorAccess"), ""},
		"an action more of a set":           {inline(`{"Statement": [{"Effect": "Allow", "Action": "a:Get"}]}`), inline(`{"Statement": [{"Effect": "Allow", "Action": ["a:Get", "a:Put"]}]}`), own + "a:Put"},
		"another resource of a set":         {inline(`{"Statement": [{"Effect": "Allow", "Action": "a:Get", "Resource": "x"}]}`), inline(`{"Statement": [{"Effect": "Allow", "Action": "a:Get", "Resource": "*"}]}`), own + "a:Get (with another resource or condition)"},
		"what a set is not denied any more": {inline(`{"Statement": [{"Effect": "Deny", "Action": "a:Put"}]}`), inline(`{"Statement": []}`), own + "a:Put (which it denied)"},
		"an action less of a set":           {inline(`{"Statement": [{"Effect": "Allow", "Action": ["a:Get", "a:Put"]}]}`), inline(`{"Statement": [{"Effect": "Allow", "Action": "a:Get"}]}`), ""},
		"another boundary":                  {bounded("Power"), bounded("Admin"), boundary + `its boundary changes from {"managed_policy_arn":"Power"} to {"managed_policy_arn":"Admin"}`},
		"no boundary":                       {bounded("Power"), set(""), boundary + "the set has no boundary any more"},
		"a first boundary":                  {set(""), bounded("Power"), ""},
		"a set that is gone":                {bounded("Power"), `{"resource": {"aws_ssoadmin_permission_set": {"other": {"name": "o"}}}}`, ""},
	}.check(t)
}

func TestWhatWatchesAndKeepsIsMissed(t *testing.T) {
	const (
		user    = `{"resource": {"aws_iam_user": {"a": {"name": "a", "path": "/break-glass/"}, "b": {"name": "b", "path": "/"}}}}`
		feature = `{"resource": {"aws_guardduty_organization_configuration_feature": {"a": {"name": "RUNTIME_MONITORING", "auto_enable": "%s"}}}}`
	)
	weakened{
		"a user for the day that nobody is in": {user, `{"resource": {"aws_iam_user": {"b": {"name": "b", "path": "/"}}}}`, "s/aws_iam_user.a: one person less comes in when nobody else can, and a user who is made again later has neither password nor second factor"},
		"another user":                         {user, `{"resource": {"aws_iam_user": {"a": {"name": "a", "path": "/break-glass/"}}}}`, ""},
		"a plan of GuardDuty":                  {fmt.Sprintf(feature, "ALL"), fmt.Sprintf(feature, "NONE"), "s/aws_guardduty_organization_configuration_feature.a: GuardDuty does not watch by RUNTIME_MONITORING any more"},
		"a plan of GuardDuty on":               {fmt.Sprintf(feature, "NONE"), fmt.Sprintf(feature, "ALL"), ""},
		"what is backed up":                    {`{"resource": {"aws_backup_selection": {"a": {"name": "a"}}}}`, `{}`, "s/aws_backup_selection.a: what it selects is not backed up any more"},
	}.check(t)
}

func TestWhatWasImportedKeepsItsID(t *testing.T) {
	of := func(id string) Output {
		return outputOf(t, map[string]string{"organization": `{"import": [{"to": "aws_organizations_organization.this", "id": "` + id + `"}], "resource": {"aws_organizations_organization": {"this": {}}}}`})
	}
	c := Outputs(of("o-aaaaaaaaaa"), of("o-bbbbbbbbbb"), nil)
	var text bytes.Buffer
	if err := c.Text(&text, "before"); err != nil {
		t.Fatal(err)
	}
	const want = `
would be looked for where it is not:
  organization/aws_organizations_organization.this: its id changes from o-aaaaaaaaaa to o-bbbbbbbbbb, and the state has the former
`
	if !c.Refused() || !strings.Contains(text.String(), want) || !strings.HasSuffix(text.String(), "\norder: none, as long as ids are others than those in the states\n") {
		t.Errorf("refused %v, text:\n%s", c.Refused(), &text)
	}
	created := outputOf(t, map[string]string{"organization": `{"resource": {"aws_organizations_organization": {"this": {}}}}`})
	if c := Outputs(created, of("o-aaaaaaaaaa"), nil); c.Refused() {
		t.Errorf("an id that is written after the organisation was made is refused: %q", findings(c))
	}
}

// Nobody is told to have the pipeline deploy what it leaves out.
func TestThoseDeployWhoMay(t *testing.T) {
	after := map[string][]string{
		"bootstrap": {"organization"}, "guardrails": {"organization", "bootstrap"}, "identity": {"bootstrap"}, "people": {"identity"}, "hub": {"bootstrap"}, "dev": {"hub"},
	}
	of := func(changed string) Output {
		all := map[string]string{"organization": `{}`}
		for name := range after {
			all[name] = `{}`
		}
		for _, name := range strings.Fields(changed) {
			all[name] = `{"resource": {"aws_sqs_queue": {"a": {}}}}`
		}
		o := outputOf(t, all)
		o.After, o.ByPeople = after, []string{"guardrails", "people"}
		return o
	}
	for changed, want := range map[string]string{
		"hub dev":    "order: the usual one, `make deploy`",
		"guardrails": "order: the usual one\n  1. by somebody who may:\n     make deploy STACKS=guardrails",
		"organization bootstrap guardrails identity people hub dev": "order: the usual one\n  1. by somebody who may:\n     make deploy STACKS=organization\n  2. by somebody who may:\n     make deploy STACKS=bootstrap\n" +
			"  3. by somebody who may:\n     make deploy STACKS=guardrails\n  4. make deploy\n  5. by somebody who may:\n     make deploy STACKS=people",
		"guardrails people": "order: the usual one\n  1. by somebody who may:\n     make deploy STACKS=\"guardrails people\" ARGS=--in-order",
		"people dev":        "order: the usual one\n  1. make deploy\n  2. by somebody who may:\n     make deploy STACKS=people",
	} {
		c := Outputs(of(""), of(changed), nil)
		var text bytes.Buffer
		if err := c.Text(&text, "before"); err != nil {
			t.Fatal(err)
		}
		if _, got, _ := strings.Cut(text.String(), "\n\n"); got != want+"\n" {
			t.Errorf("%s: got\n%s\nwant\n%s", changed, got, want)
		}
	}
}
