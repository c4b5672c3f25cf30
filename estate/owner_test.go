package estate

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/policy"
	"hubspoke/internal/quota"
)

// owned is acme as an organisation, in whose management account people deploy.
func owned() map[string]string {
	files := maps.Clone(acme)
	files["estate.yaml"] = strings.NewReplacer(
		"  audit: \"444444444444\"\n", "  audit: \"444444444444\"\n  management: \"999999999999\"\n",
		"organization:\n  arn: arn:aws:organizations::444444444444:organization/o-abcdefghij\n  resource_sharing: true\n", "alarms:\n  topics: [arn:aws:sns:ap-southeast-3:111111111111:alarms]\n",
	).Replace(files["estate.yaml"])
	files["organization.yaml"] = `id: o-abcdefghij
administrators: ["arn:aws:iam::999999999999:role/organization-*"]
units:
  security: [audit]
  workloads: [hub, dev, prod]
break_glass:
  users: [second, first]
email: aws+{account}@acme.example
`
	return files
}

func loadOwned(t *testing.T, edits ...edit) *Estate {
	t.Helper()
	e, err := load(editedFiles(t, owned(), edits...), "acme", "acme")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestBadInputAboutTheOwnerIsToldWithFileAndLine(t *testing.T) {
	for _, test := range []struct {
		name  string
		edits []edit
		want  string
	}{
		{"an administrator of another account", []edit{{"organization.yaml", "iam::999999999999", "iam::111111111111"}},
			`acme/organization.yaml:2: administrators[0]: arn:aws:iam::111111111111:role/organization-* is in account 111111111111: administrators come through the management account, 999999999999`},
		{"every role of the account", []edit{{"organization.yaml", "role/organization-*", "role/*"}},
			`acme/organization.yaml:2: administrators[0]: arn:aws:iam::999999999999:role/* is every role of the management account: name those of administrators`},
		{"a repository that is not there", []edit{{"organization.yaml", "units:", "applied_by: ci\nunits:"}, {"estate.yaml", "github:\n  repository: acme/infra\n  apply_ref: refs/heads/main\n", ""}},
			`acme/organization.yaml:3: applied_by: nothing deploys this estate but people: name github.repository in estate.yaml, or leave this out`},
		{"somebody else applies", []edit{{"organization.yaml", "units:", "applied_by: nobody\nunits:"}},
			`acme/organization.yaml:3: applied_by: "nobody" is not one of people, ci`},
		{"one user", []edit{{"organization.yaml", "[second, first]", "[first]"}},
			`acme/organization.yaml:7: break_glass.users: want 2 or more, not 1: one person may be ill, and few should hold a key to everything`},
		{"eleven users", []edit{{"organization.yaml", "[second, first]", "[a, b, c, d, e, f, g, h, i, j, k]"}},
			`acme/organization.yaml:7: break_glass.users: want at most 10, not 11: one person may be ill, and few should hold a key to everything`},
		{"a user's name that is none", []edit{{"organization.yaml", "second", `"no name"`}},
			`acme/organization.yaml:7: break_glass.users[0]: "no name" is not the name of an IAM user`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(editedFiles(t, owned(), test.edits...), "acme", "acme")
			if got := fmt.Sprint(err); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func TestWarningsAboutTheOwner(t *testing.T) {
	for _, test := range []struct {
		name  string
		edits []edit
		want  string
	}{
		{"as it should be", nil, ""},
		{"the role that AWS Organizations makes", []edit{{"estate.yaml", "bootstrap_role: Bootstrap", "bootstrap_role: OrganizationAccountAccessRole"}}, ""},
		{"logs in the hub", []edit{{"estate.yaml", "account: audit", "account: hub"}},
			"acme/estate.yaml:39: logs.account: whoever administers hub may delete what all accounts have done: keep the logs in an account that is for them alone"},
		{"an alarm that nobody hears", []edit{{"estate.yaml", "alarms:\n  topics: [arn:aws:sns:ap-southeast-3:111111111111:alarms]\n", ""}},
			"acme/organization.yaml:6: break_glass: nobody is told when it is used: name alarms.topics in estate.yaml"},
	} {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, warning := range loadOwned(t, test.edits...).Warnings {
				if text := warning.Error(); strings.Contains(text, "logs.account") || strings.Contains(text, "break_glass") || strings.Contains(text, "bootstrap_role") {
					got = append(got, text)
				}
			}
			if text := strings.Join(got, "\n"); text != test.want {
				t.Errorf("got  %s\nwant %s", text, test.want)
			}
		})
	}
}

// Policies of the organisation do not bind the account that owns it, so that who applies
// there can do anything anywhere. Nobody does who comes through another account.
func TestWhoMayDeployInTheManagementAccount(t *testing.T) {
	const (
		admins, owners       = "arn:aws:iam::111111111111:role/admin-*", "arn:aws:iam::999999999999:role/organization-*"
		ciPlan, ciApply      = "arn:aws:iam::111111111111:role/acme-ci-plan", "arn:aws:iam::111111111111:role/acme-ci-apply"
		organization, byHand = "organization.yaml", "units:"
		people               = "identity:\n  account: audit\n  permission_sets: {owner: {policies: [AdministratorAccess], reason: deploys}}\n  assignments: {owners: {owner: {accounts: [%s]}}}\n"
	)
	into := func(account string) edit {
		return edit{organization, "units:", fmt.Sprintf(people, account) + "units:"}
	}
	for _, test := range []struct {
		name        string
		edits       []edit
		account     string
		apply, plan []string
	}{
		{"people", nil, "management", []string{owners}, []string{ciPlan, ciApply, admins, owners}},
		{"workflows", []edit{{organization, byHand, "applied_by: ci\n" + byHand}}, "management", []string{ciApply, owners}, []string{ciPlan, ciApply, admins, owners}},
		{"another account", nil, "dev", []string{ciApply, admins}, []string{ciPlan, ciApply, admins}},
		{"the account from which people get into management", []edit{into("management")}, "audit", []string{owners}, []string{ciPlan, ciApply, admins, owners}},
		{"the same, where workflows may do that anyway", []edit{into("management"), {organization, byHand, "applied_by: ci\n" + byHand}}, "audit", []string{ciApply, admins}, []string{ciPlan, ciApply, admins}},
		{"one from which nobody gets there", []edit{into("dev")}, "audit", []string{ciApply, admins}, []string{ciPlan, ciApply, admins}},
	} {
		e := loadOwned(t, test.edits...)
		arns := func(trusted []policy.Trusted) (all []string) {
			for _, t := range trusted {
				all = append(all, t.ARNs...)
			}
			return all
		}
		if got := arns(e.ApplyTrust(test.account)); !slices.Equal(got, test.apply) {
			t.Errorf("%s: %v apply", test.name, got)
		}
		if got := arns(e.PlanTrust(test.account)); !slices.Equal(got, test.plan) {
			t.Errorf("%s: %v plan", test.name, got)
		}
	}
}

// What the archive's policies say of an organisation does not grow with its accounts.
func TestTheArchiveTakesHundredsOfAccounts(t *testing.T) {
	var sizes []string
	for _, n := range []int{0, 100, 300} {
		var accounts, names strings.Builder
		for i := range n {
			fmt.Fprintf(&accounts, "  a%d: \"%012d\"\n", i, 500000000000+i)
			fmt.Fprintf(&names, ", a%d", i)
		}
		e := loadOwned(t, edit{"estate.yaml", "  dev: \"222222222222\"\n", "  dev: \"222222222222\"\n" + accounts.String()},
			edit{"organization.yaml", "[hub, dev, prod]", "[hub, dev, prod" + names.String() + "]"})
		var size []int
		for _, use := range e.archiveUses() {
			if use.Used > use.Quota.Default/4 {
				t.Errorf("with %d more accounts: %d of %d %s", n, use.Used, use.Quota.Default, use.Quota.Name)
			}
			size = append(size, use.Used)
		}
		sizes = append(sizes, fmt.Sprint(size))
		for _, use := range e.roleUses() {
			if use.Quota == quota.TrustPolicy && use.Used > use.Quota.Default/2 {
				t.Errorf("with %d more accounts a trust policy has %d characters", n, use.Used)
			}
		}
	}
	if sizes[0] != sizes[1] || sizes[1] != sizes[2] {
		t.Errorf("the policies of the archive grow: %v", sizes)
	}
}

func TestTheOrderOfPeopleMeansNothing(t *testing.T) {
	if got := loadOwned(t).Org.BreakGlass.Users; !slices.Equal(got, []string{"first", "second"}) {
		t.Errorf("got %v", got)
	}
}
