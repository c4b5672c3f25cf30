package estate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/estate/organization"
)

const peopleYAML = `id: o-abcdefghij
email: aws+{account}@acme.example
administrators: ["arn:aws:iam::999999999999:role/admin"]
units:
  security: [audit, people]
  infrastructure: [hub]
  workloads/production: [prod]
  workloads/development: [dev]
identity:
  account: people
  region: ap-southeast-3
  permission_sets:
    owner:
      policies: [AdministratorAccess]
      reason: deploys in the management account
    investigate:
      policies: [SecurityAudit, ViewOnlyAccess]
      hours: 4
    developer:
      policies: [ReadOnlyAccess]
      inline: developer.json
      boundary: PowerUserAccess
  assignments:
    owners:
      owner: {accounts: [management]}
    security team:
      investigate: {everywhere: true}
    developers:
      developer:
        units: [workloads/development]
        accounts: [dev]
billing:
  notify: [finance@acme.example]
  budget: 1000
  accounts:
    dev: {budget: 200, stop: true}
    prod: {budget: 500}
`

const developerJSON = `{
  "Version": "2012-10-17",
  "Statement": [
    {"Effect": "Allow", "Action": "eks:DescribeCluster", "Resource": "*"}
  ]
}
`

// peopled is acme as an organisation that says who may do what, and who is told of costs,
// with some edits.
func peopled(edits ...edit) []edit {
	return append([]edit{
		{"estate.yaml", "organization:\n  arn: arn:aws:organizations::444444444444:organization/o-abcdefghij\n  resource_sharing: true\n", ""},
		{"estate.yaml", "  audit:", "  management: \"999999999999\"\n  people: \"777777777777\"\n  audit:"},
		{"organization.yaml", "", peopleYAML},
		{"developer.json", "", developerJSON},
	}, edits...)
}

// org changes a place of organization.yaml.
func org(from, to string) []edit { return peopled(edit{"organization.yaml", from, to}) }

// Every way in which people's permissions and costs can be wrong, with all that is said
// about it.
var badPeople = []struct {
	name  string
	edits []edit
	want  string
}{
	// Identity Center.
	{"administered from management", org("account: people", "account: management"), `acme/organization.yaml:10: identity.account: the management account administers nothing but the organisation: name a member account`},
	{"an account that is not there", org("account: people", "account: peple"), `acme/organization.yaml:10: identity.account: there is no account "peple" in estate.yaml: it has audit, dev, hub, management, people, prod (did you mean "people"?)`},
	{"no account", org("  account: people\n", ""), `acme/organization.yaml:9: identity.account: missing`},
	{"groups from nowhere", org("account: people", "account: people\n  groups: extern"), `acme/organization.yaml:11: identity.groups: "extern" is not one of managed, external (did you mean "external"?)`},

	// Permission sets.
	{"a set of a long name", org("    investigate:\n      policies", "    investigate-whatever-may-be-investigated:\n      policies"), `
acme/organization.yaml:16: identity.permission_sets.investigate-whatever-may-be-investigated: "investigate-whatever-may-be-investigated" is not a permission set's name, up to 32 letters, digits, hyphens, dots and underscores that begin with a letter
acme/organization.yaml:27: identity.assignments["security team"].investigate: there is no permission set "investigate": permission_sets has developer, investigate-whatever-may-be-investigated, owner (did you mean "investigate-whatever-may-be-investigated"?)
`},
	{"a set that allows nothing", org("      policies: [SecurityAudit, ViewOnlyAccess]\n", ""), `acme/organization.yaml:16: identity.permission_sets.investigate: allows nothing: name policies, customer_policies, or a file under inline`},
	{"administrators without a reason", org("      reason: deploys in the management account\n", ""), `acme/organization.yaml:13: identity.permission_sets.owner: who has it may do anything: say why under reason`},
	{"sessions of a day", org("hours: 4", "hours: 24"), `acme/organization.yaml:18: identity.permission_sets.investigate.hours: want a number from 1 to 12, not 24: sessions of Identity Center last 12 hours at most`},
	{"two boundaries", org("boundary: PowerUserAccess", "boundary: PowerUserAccess\n      customer_boundary: mine"), `acme/organization.yaml:23: identity.permission_sets.developer.customer_boundary: a permission set has one boundary, and boundary names it already`},
	{"a policy by its ARN", org("[ReadOnlyAccess]", "['arn:aws:iam::aws:policy/ReadOnlyAccess']"), `acme/organization.yaml:20: identity.permission_sets.developer.policies[0]: "arn:aws:iam::aws:policy/ReadOnlyAccess" is not the name of a policy of AWS, such as SecurityAudit, with its path if it has one`},
	{"a policy named twice", org("[SecurityAudit, ViewOnlyAccess]", "[SecurityAudit, SecurityAudit]"), `acme/organization.yaml:17: identity.permission_sets.investigate.policies[1]: "SecurityAudit" is named twice, first on line 17`},
	{"more policies than a set takes", org("[SecurityAudit, ViewOnlyAccess]", "["+prefixes(21)+"]"), `acme/organization.yaml:16: identity.permission_sets.investigate: 21 of 20 policies of AWS and of one's own in a permission set are used (policies and customer_policies): AWS gives nobody more: put several into one of your own`},
	{"a console elsewhere", org("hours: 4", "relay_state: https://console.example.com/"), `acme/organization.yaml:18: identity.permission_sets.investigate.relay_state: "https://console.example.com/" is not a URL of AWS's console, https://…console.aws.amazon.com/…, of up to 240 characters`},
	{"two sets that Terraform takes for one", org("    developer:\n      policies", "    invest.igate: {policies: [SecurityAudit]}\n    invest-igate: {policies: [SecurityAudit]}\n    developer:\n      policies"), `acme/organization.yaml:19: identity.permission_sets["invest.igate"]: invest.igate and invest-igate would be one permission set to Terraform, which knows no difference between blanks, dots, hyphens and _: rename one`},

	// The file of an inline policy.
	{"no such file", peopled(edit{"developer.json", "", ""}), `acme/organization.yaml:21: identity.permission_sets.developer.inline: cannot read acme/developer.json: it does not exist`},
	{"not JSON", peopled(edit{"developer.json", `"Resource": "*"}`, `"Resource": "*"},`}), `acme/developer.json:5: not a policy in JSON: invalid character ']' looking for beginning of value`},
	{"not a policy", peopled(edit{"developer.json", "Statement", "Statements"}), `acme/developer.json:1: not a policy: it has no Version, or no Statement`},
	{"a principal", peopled(edit{"developer.json", `"Effect": "Allow",`, `"Effect": "Allow", "Principal": "*",`}), `acme/developer.json:4: a permission set's policy names no principal: it is that of those who have the set`},
	{"a policy that is too long", peopled(edit{"developer.json", "eks:DescribeCluster", strings.Repeat("x", 10240)}), `acme/developer.json:1: 10324 characters without white space, and Identity Center takes 10240: make it a policy of the accounts, and name that under customer_policies`},
	{"a file elsewhere", org("inline: developer.json", "inline: ../developer.json"), `acme/organization.yaml:21: identity.permission_sets.developer.inline: "../developer.json" is not the name of a file beside organization.yaml that ends in .json`},

	// Assignments.
	{"a set that is not there", org("      investigate: {everywhere", "      investigat: {everywhere"), `acme/organization.yaml:27: identity.assignments["security team"].investigat: there is no permission set "investigat": permission_sets has developer, investigate, owner (did you mean "investigate"?)`},
	{"a unit that is not there", org("units: [workloads/development]", "units: [workloads/devlopment]"), `acme/organization.yaml:30: identity.assignments.developers.developer.units[0]: there is no unit "workloads/devlopment": units has infrastructure, security, workloads, workloads/development, workloads/production (did you mean "workloads/development"?)`},
	{"an account that is not there, in an assignment", org("accounts: [dev]", "accounts: [devv]"), `acme/organization.yaml:31: identity.assignments.developers.developer.accounts[0]: there is no account "devv" in estate.yaml: it has audit, dev, hub, management, people, prod (did you mean "dev"?)`},
	{"no account at all", org("{everywhere: true}", "{everywhere: false}"), "acme/organization.yaml:27: identity.assignments[\"security team\"].investigate: names no account: say units, accounts, or `everywhere: true`"},
	{"a group without a set", org("    owners:\n      owner: {accounts: [management]}\n", "    owners: {}\n"), `acme/organization.yaml:24: identity.assignments.owners: names no permission set: say which the group has, or leave it out`},
	{"a set in management and elsewhere", org("{accounts: [management]}", "{accounts: [management, dev]}"), `acme/organization.yaml:25: identity.assignments.owners.owner: somebody has owner in the management account too, and AWS lets the delegated administrator manage sets outside management only: make a second one`},
	{"two groups that Terraform takes for one", org("    developers:\n", "    security-team:\n      developer: {accounts: [dev]}\n    developers:\n"), `acme/organization.yaml:28: identity.assignments.security-team: security-team and security team would be one group to Terraform, which knows no difference between blanks, dots, hyphens and _: rename one`},
	{"a region that nobody may use", org("region: ap-southeast-3", "region: eu-west-1"), `acme/organization.yaml:11: identity.region: guardrails.regions denies eu-west-1: nobody could administer IAM Identity Center there; name it there too`},

	// Costs.
	{"nobody is told", org("notify: [finance@acme.example]", "notify: []"), `acme/organization.yaml:33: billing.notify: names nothing: want 1 or more: somebody has to be told, and AWS Budgets tells 10 at most`},
	{"not an address", org("[finance@acme.example]", "[finance]"), `acme/organization.yaml:33: billing.notify[0]: "finance" is not an e-mail address`},
	{"no budget", org("  budget: 1000\n", ""), `acme/organization.yaml:32: billing.budget: missing`},
	{"a budget of an account that is not there", org("    prod: {budget: 500}", "    prd: {budget: 500}"), `acme/organization.yaml:37: billing.accounts.prd: there is no account "prd" in estate.yaml: it has audit, dev, hub, management, people, prod (did you mean "prod"?)`},
	{"a budget above that of all", org("    prod: {budget: 500}", "    prod: {budget: 5000}"), `acme/organization.yaml:37: billing.accounts.prod.budget: 5000 is more than the whole organisation's 1000`},
	{"an alarm below the budget", org("  budget: 1000\n", "  budget: 1000\n  alarm: 900\n"), `acme/organization.yaml:35: billing.alarm: 900 rings before the budget of 1000 is spent: let it be more, or leave it out`},
	{"what all need is stopped", org("    prod: {budget: 500}", "    prod: {budget: 500}\n    hub: {budget: 100, stop: true}\n    audit: {budget: 100, stop: true}\n    people: {budget: 100, stop: true}\n    management: {budget: 100, stop: true}"), `
acme/organization.yaml:38: billing.accounts.hub.stop: stopping hub would stop the network of all others, and deployments with it
acme/organization.yaml:39: billing.accounts.audit.stop: stopping audit would stop the logs
acme/organization.yaml:40: billing.accounts.people.stop: stopping people would stop people's access
acme/organization.yaml:41: billing.accounts.management.stop: stopping management would stop nothing: policies do not bind it
`},
	{"a monitor of another account", org("  budget: 1000\n", "  budget: 1000\n  anomaly: {monitor: 'arn:aws:ce::111111111111:anomalymonitor/01234567-89ab-cdef-0123-456789abcdef'}\n"), `acme/organization.yaml:35: billing.anomaly.monitor: it is of another account than management, 999999999999, which sees what all accounts cost`},
	{"a tag with a blank at its end", org("  budget: 1000\n", "  budget: 1000\n  cost_tags: ['Project ']\n"), `acme/organization.yaml:35: billing.cost_tags[0]: "Project " is not the key of a tag, up to 128 letters, digits, spaces and + - = . _ : / @`},
}

func TestBadInputAboutPeopleAndCostsIsTold(t *testing.T) {
	for _, test := range badPeople {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(edited(t, test.edits...), "acme", "acme")
			if err == nil {
				t.Fatalf("loads, want:\n%s", test.want)
			}
			if got := err.Error(); got != strings.TrimSpace(test.want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

// Who may do anything in the account of Identity Center gets into management by a group.
func TestWaysIntoManagementAreTold(t *testing.T) {
	const administers = "    security team:\n      investigate: {everywhere: true}\n      all: {accounts: [people]}\n"
	set := edit{"organization.yaml", "    developer:\n      policies", "    all: {policies: [AdministratorAccess], reason: mends}\n    developer:\n      policies"}
	give := edit{"organization.yaml", "    security team:\n      investigate: {everywhere: true}\n", administers}
	for _, test := range []struct {
		name, want string
		edits      []edit
	}{
		{"as it should be", "", nil},
		{"others administer the account", "acme/organization.yaml:29: identity.assignments[\"security team\"].all: who may do anything in people can put themselves into a group that has a permission set in management: leave people out, or give it to those who have one there", []edit{set, give}},
		{"nobody is in management", "", []edit{set, give, {"organization.yaml", "owner: {accounts: [management]}", "owner: {accounts: [audit]}"}}},
		{"the account has a network", "acme/organization.yaml:10: identity.account: people alone deploy the stacks of dev, since whoever applies there gets into management: give Identity Center an account that has nothing else", []edit{{"organization.yaml", "account: people", "account: dev"}, {"organization.yaml", ", stop: true", ""}}},
		{"the same, where workflows may do that anyway", "", []edit{{"organization.yaml", "account: people", "account: dev"}, {"organization.yaml", ", stop: true", ""}, {"organization.yaml", "id: o-abcdefghij", "applied_by: ci\nid: o-abcdefghij"}}},
	} {
		var got []string
		for _, warning := range loadEdited(t, peopled(test.edits...)...).Warnings {
			if text := warning.Error(); strings.Contains(text, ": identity.") {
				got = append(got, text)
			}
		}
		if text := strings.Join(got, "\n"); text != test.want {
			t.Errorf("%s:\ngot  %s\nwant %s", test.name, text, test.want)
		}
	}
}

// Everywhere leaves out management, what is named twice counts once, and an account
// without a number waits.
func TestAssignmentsAreOfAccounts(t *testing.T) {
	want := []organization.Assignment{
		{Group: "developers", Set: "developer", Account: "dev"},
		{Group: "owners", Set: "owner", Account: "management"},
		{Group: "security team", Set: "investigate", Account: "audit"},
		{Group: "security team", Set: "investigate", Account: "dev"},
		{Group: "security team", Set: "investigate", Account: "hub"},
		{Group: "security team", Set: "investigate", Account: "people"},
		{Group: "security team", Set: "investigate", Account: "prod"},
	}
	if diff := cmp.Diff(want, loadEdited(t, peopled()...).Assignments()); diff != "" {
		t.Error(diff)
	}
	growing := peopled(edit{"estate.yaml", "  audit:", "  qa: new\n  audit:"}, edit{"organization.yaml", "[audit, people]", "[audit, people, qa]"})
	if diff := cmp.Diff(want, loadEdited(t, growing...).Assignments()); diff != "" {
		t.Errorf("with an account that has no number: %s", diff)
	}
}

func TestDefaultsOfPeopleAndCostsAreTheDocumentedOnes(t *testing.T) {
	e := loadEdited(t, org("  region: ap-southeast-3\n  permission_sets", "  permission_sets")...)
	i, b := e.Org.Identity, e.Org.Billing
	if e.IdentityRegion() != "ap-southeast-3" || i.Groups != organization.ManagedGroups || i.PermissionSets["owner"].Hours != 1 {
		t.Errorf("region %s, groups %s, %d hours", e.IdentityRegion(), i.Groups, i.PermissionSets["owner"].Hours)
	}
	if b.Alarm != 1200 || b.Anomaly.Above != 100 {
		t.Errorf("alarm %d, anomaly %d", b.Alarm, b.Anomaly.Above)
	}
	if got := i.PermissionSets["developer"].InlineText; got != `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"eks:DescribeCluster","Resource":"*"}]}` {
		t.Errorf("the inline policy is %s", got)
	}
}

func TestJobFunctionsHaveTheirPath(t *testing.T) {
	for name, want := range map[string]string{
		"ViewOnlyAccess": "job-function/ViewOnlyAccess", "SecurityAudit": "SecurityAudit", "service-role/X": "service-role/X",
	} {
		if got := organization.ManagedPolicy(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}

// Where people may use global services alone they may use Identity Center too, if it is there.
func TestPeopleMayUseIdentityCenterWhereItIs(t *testing.T) {
	for region, here := range map[string]bool{"ap-southeast-3": false, "us-east-1": true} {
		e := loadEdited(t, org("region: ap-southeast-3", "region: "+region)...)
		if got := e.guardrails().IdentityHere; got != here {
			t.Errorf("in %s: %t", region, got)
		}
	}
}
