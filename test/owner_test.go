package test

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/internal/order"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
)

// eachOrganization calls a function with the estates that are organisations.
func eachOrganization(t *testing.T, check func(t *testing.T, e *synthesis)) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		if e.IsOrganization() && !e.OnlyOrganization() {
			check(t, e)
		}
	})
}

// A second trail would deliver, and cost, every event twice; none would record nothing.
func TestAnOrganizationHasOneTrail(t *testing.T) {
	eachOrganization(t, func(t *testing.T, e *synthesis) {
		var trails []string
		for _, s := range e.stacks {
			for _, r := range s.Resources() {
				if r.Type == "aws_cloudtrail" {
					trails = append(trails, s.Name)
					if r.Body["is_organization_trail"] != true || r.Body["is_multi_region_trail"] != true || r.Body["enable_log_file_validation"] != true {
						t.Errorf("%s: %s records one account, or one region, or is not signed", s.Name, r.Address())
					}
				}
			}
		}
		if !slices.Equal(trails, []string{stacks.Baseline.Of(estate.ManagementAccount)}) {
			t.Errorf("there are trails in %v", trails)
		}
	})
}

// What an account recorded by itself, it goes on recording until the organisation does.
func TestTheOrganizationsTrailComesFirst(t *testing.T) {
	eachOrganization(t, func(t *testing.T, e *synthesis) {
		management := stacks.Baseline.Of(estate.ManagementAccount)
		for _, s := range e.list {
			if s.Kind == stacks.Baseline && s.Name != management && !slices.Contains(s.Earlier(), management) {
				t.Errorf("%s does not come after %s", s.Name, management)
			}
			if s.Name == management && !slices.Contains(s.Earlier(), stacks.HubLogs.Name()) {
				t.Errorf("%s does not come after the bucket that it delivers to", s.Name)
			}
		}
	})
}

// Who deploys what comes first has credentials of the account that owns the organisation:
// what AWS puts into other accounts trusts that account alone.
func TestBootstrapEntersByTheManagementAccount(t *testing.T) {
	eachOrganization(t, func(t *testing.T, e *synthesis) {
		entered := map[string]string{}
		for _, p := range e.stack(stacks.Bootstrap.Name()).JSON["provider"].(map[string]any)["aws"].([]any) {
			body := p.(map[string]any)
			account := body["allowed_account_ids"].([]any)[0].(string)
			entered[account] = ""
			if roles, ok := body["assume_role"].([]any); ok {
				entered[account] = roles[0].(map[string]any)["role_arn"].(string)
			}
		}
		for _, account := range e.AccountNames() {
			want := e.RoleARN(account, e.State.BootstrapRole)
			if account == estate.ManagementAccount {
				want = ""
			}
			if got, ok := entered[e.Accounts[account]]; !ok || got != want {
				t.Errorf("%s is entered by %q, want %q", account, got, want)
			}
		}
	})
}

// Policies of the organisation do not bind its owner, and so nobody comes there to apply,
// or to write a state that is applied there, from an account that they bind. Nor into the
// account that administers Identity Center, as long as somebody has something in the first.
func TestNobodyComesIntoTheManagementAccountFromAnother(t *testing.T) {
	seen := map[string]bool{}
	eachOrganization(t, func(t *testing.T, e *synthesis) {
		roles := rolesOf(e.stack(stacks.Bootstrap.Name()))
		for _, account := range e.AccountsAppliedByPeople() {
			seen[account] = true
			id := strings.ReplaceAll(account, "-", "_")
			for _, r := range roles {
				if r.id != "apply_"+id && r.id != "state_"+id && (r.id != "break_glass_"+id || account != estate.ManagementAccount) {
					continue
				}
				if len(r.admits) != 1 || !slices.Equal(r.admits[0].Principal.AWS, values{e.Account(estate.ManagementAccount).Root()}) {
					t.Errorf("%s admits %v", r.id, r.trust)
				}
				for _, other := range roles {
					if other.mayAssume(r) {
						t.Errorf("%s may assume %s", other.id, r.id)
					}
				}
			}
		}
		for _, s := range e.list {
			people := slices.Contains(stacks.ByPeople(e.Estate), s.Name) || order.BeforeRoles(s.Name)
			if e.AppliedByPeople(s.Account) && !people {
				t.Errorf("a pipeline deploys %s, in %s", s.Name, s.Account)
			}
		}
	})
	if !seen[estate.ManagementAccount] || !seen["identity"] {
		t.Errorf("this test has lost its subject: %v", seen)
	}
}

// Users who break the glass have no credentials that Terraform knows, and nobody else
// has users.
func TestStacksMakeNoCredentials(t *testing.T) {
	eachStack(t, credentials)
}

func credentials(s *stackjson.Stack) []string {
	var problems []string
	for _, r := range s.Resources() {
		switch {
		case slices.Contains([]string{"aws_iam_access_key", "aws_iam_user_login_profile", "aws_iam_virtual_mfa_device", "aws_iam_service_specific_credential", "aws_iam_user_ssh_key"}, r.Type):
			problems = append(problems, r.Address()+" would be in the state")
		case r.Type == "aws_iam_user" && r.Body["path"] != estate.BreakGlassPath:
			problems = append(problems, r.Address()+" is a user")
		}
	}
	return problems
}

func TestCredentialsAreSeen(t *testing.T) {
	s, err := stackjson.Parse("one", "one.json", []byte(`{"resource": {"aws_iam_access_key": {"key": {"user": "u"}},
		"aws_iam_user": {"robot": {"name": "robot"}, "person": {"name": "p", "path": "/break-glass/"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Join(credentials(s), ", "); got != "aws_iam_access_key.key would be in the state, aws_iam_user.robot is a user" {
		t.Errorf("got %s", got)
	}
}

// The glass can be broken in every account, or in none, and an apply mends it nowhere.
func TestTheGlassIsInEveryAccount(t *testing.T) {
	eachOrganization(t, func(t *testing.T, e *synthesis) {
		if e.Org.BreakGlass == nil {
			return
		}
		roles := map[string]*role{}
		for _, r := range rolesOf(e.stack(stacks.Bootstrap.Name())) {
			roles[r.id] = r
		}
		for _, account := range e.AccountNames() {
			id := strings.ReplaceAll(account, "-", "_")
			glass := roles["break_glass_"+id]
			if glass == nil || glass.name != e.BreakGlassRole() || !strings.Contains(glass.trust, `"Bool":{"aws:MultiFactorAuthPresent":["true"]}`) {
				t.Errorf("%s has no role %s that asks for a second factor", account, e.BreakGlassRole())
			}
			denied := slices.ContainsFunc(roles["apply_"+id].policies, func(s statement) bool {
				return s.Effect == "Deny" && matchesAny(s.Action, "iam:UpdateAssumeRolePolicy") && matchesAny(s.Resource, e.RoleARN(account, e.BreakGlassRole()))
			})
			if !denied {
				t.Errorf("an apply in %s may change who breaks the glass", account)
			}
		}
	})
}

// An alarm about all accounts that always rings is heard by nobody, and the root user and the
// way in for emergencies ring at once. Who looks finds the account by a query.
func TestAlarmsOfAnOrganizationCanBeHeard(t *testing.T) {
	e := synthesized(t, "innovate")
	s := e.stack("management-baseline")
	for id, most := range map[string]float64{"unauthorized_calls": 100, "sign_in_failed": 10, "root_used": 0, "glass_broken": 0, "trail_changed": 0} {
		if got := resourceOf(t, s, "aws_cloudwatch_metric_alarm.account_"+id).Body["threshold"]; got != most {
			t.Errorf("%s rings above %v, want %v", id, got, most)
		}
	}
	if got := resourceOf(t, synthesized(t, "piksel").stack("dev-baseline"), "aws_cloudwatch_metric_alarm.account_unauthorized_calls").Body["threshold"]; got != 0.0 {
		t.Errorf("that of one account rings above %v", got)
	}
	queries := namedOf(s, "aws_cloudwatch_query_definition")
	for _, id := range []string{"account_trail_refused_calls", "account_trail_sign_ins", "account_trail_changes"} {
		if text, _ := queries[id].Body["query_string"].(string); !strings.Contains(text, "by recipientAccountId") {
			t.Errorf("%s does not say which account: %q", id, text)
		}
	}
	pattern, _ := resourceOf(t, s, "aws_cloudwatch_log_metric_filter.account_glass_broken").Body["pattern"].(string)
	if want := `(($.eventName=ConsoleLogin)&&($.errorMessage="Failed authentication")&&($.userIdentity.accountId="` + e.Accounts[estate.ManagementAccount] + `"))`; !strings.Contains(pattern, want) {
		t.Errorf("somebody who tries the users' passwords is not told: %s", pattern)
	}
}
