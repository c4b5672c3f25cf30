package estate

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// orbit is an organisation: a hub with a network, and two spokes that know of each other.
var orbit = map[string]string{
	"estate.yaml": `project: orbit
region: ap-southeast-3
zones: [apse3-az1, apse3-az2, apse3-az3]
accounts:
  management: "999999999999"
  hub: "111111111111"
  dev: "222222222222"
  prod: "333333333333"
segments: {shared: {}, dev: {reaches: [shared]}, prod: {reaches: [shared]}}
dns:
  public_zones: [orbit.example]
  private_zones: {orbit.internal: {visible_to: [hub, dev, prod]}}
  firewall: {allow_only: {prod: [pypi.org]}}
github: {repository: orbit/infra}
state: {bootstrap_in_bucket: true, bootstrap_profiles: {prod: orbit-prod}}
`,
	"hub.yaml": `network: {cidr: 10.0.0.0/16, nat: single}
segment: shared
`,
	"dev.yaml": `network: {cidr: 10.1.0.0/16, az_count: 2, nat: single}
segment: dev
cluster: {namespaces: {shop: {}}}
services:
  orders: {namespace: shop, service: orders, port: 8443, domain: orders.orbit.example, consumers: [prod]}
`,
	"prod.yaml": `network: {cidr: 10.2.0.0/16, az_count: 2, nat: single}
segment: prod
private_endpoints: {dev.orders: {slot: 1}}
apis:
  public: {open: true, routes: {"ANY /orders": dev.orders}}
`,
	"intents.yaml": `- deny: {from: dev, to: prod}
- allow: {from: [dev.private, prod.private], to: hub.private}
- deny: {from: "*", from_except: [hub, prod], to: prod}
- deny: {from: internet, to: "*.private"}
`,
	"organization.yaml": `id: o-abcdefghij
email: aws+{account}@orbit.example
administrators: [arn:aws:iam::999999999999:role/organization]
units:
  infrastructure: [hub]
  workloads/development: [dev]
  workloads/production: [prod]
  suspended: []
`,
}

func loadOrbit(t testing.TB, edits ...edit) *Estate {
	t.Helper()
	e, err := load(editedFiles(t, orbit, edits...), "orbit", "orbit")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// Every way in which an organisation can be wrong, with all that is said about it.
var badOrganizations = []struct {
	name  string
	edits []edit
	want  string
}{
	// Accounts.
	{"no management account", []edit{{"estate.yaml", "  management: \"999999999999\"\n", ""}}, "orbit/estate.yaml:4: accounts.management: the estate is an organisation, and no account is named \"management\": add `management: \"<12 digits>\"`"},
	{"a management account that is to be made", []edit{{"estate.yaml", `"999999999999"`, "new"}}, `orbit/estate.yaml:5: accounts.management: the management account is there before its organisation is: write its number`},
	{"a new account without an organisation", []edit{{"organization.yaml", "", ""}, {"estate.yaml", `"222222222222"`, "new"}, {"estate.yaml", `  management: "999999999999"` + "\n", ""}}, `orbit/estate.yaml:6: accounts.dev: "new" is not an account number: those have 12 digits: only an estate with organization.yaml makes accounts`},
	{"numbers without an organisation", []edit{{"organization.yaml", "id: o-abcdefghij\n", ""}}, "orbit/organization.yaml:1: id: missing: an organisation that is not there yet has no accounts, and estate.yaml has numbers of dev, hub, prod: write its id, or `new` in place of the numbers"},
	{"a malformed id", []edit{{"organization.yaml", "o-abcdefghij", "o-X"}}, `orbit/organization.yaml:1: id: "o-X" is not an organisation's id, o- and 10 to 32 lower-case letters and digits`},
	{"another organisation", []edit{{"estate.yaml", "github:", "organization: {arn: arn:aws:organizations::999999999999:organization/o-abcdefghij}\ngithub:"}}, `orbit/estate.yaml:14: organization: organization.yaml says which organisation it is: leave this out`},
	// Promises about policies.
	{"policies promise what nobody can read", []edit{{"intents.yaml", "", "- forbid: {who: anyone, who_except: aply, do: [cloudtrail:StopLoging], in: workload}\n"}}, "orbit/intents.yaml:5: [4].forbid.do[0]: cloudtrail:StopLoging is no action of cloudtrail (did you mean cloudtrail:StopLogging? If it is newer than 2026-09, write cloudtrail:StopLoging*)\n" +
		`orbit/intents.yaml:5: [4].forbid.in[0]: "workload" is neither a unit nor an account: *, infrastructure, suspended, workloads, workloads/development, workloads/production, dev, hub, management, prod (did you mean "workloads"?)` + "\n" +
		`orbit/intents.yaml:5: [4].forbid.who_except[0]: "aply" is no role: apply, bootstrap, break-glass, plan, or one by its name, role/aply (did you mean "apply"?)`},
	{"workloads in the management account", []edit{{"management.yaml", "", orbitManagement}}, `orbit/management.yaml:1: the management account is for the organisation alone: workloads stand in accounts that policies bind`},

	// Addresses and names.
	{"no address", []edit{{"organization.yaml", "email: aws+{account}@orbit.example\n", "emails: {hub: a@orbit.example, dev: b@orbit.example}\n"}}, `orbit/organization.yaml:1: email: missing: no account is without an address, and prod has none: write email, in which {account} stands for its name, or emails.prod`},
	{"one address twice", []edit{{"organization.yaml", "aws+{account}@", "aws+dev@"}}, `
orbit/organization.yaml:2: email: no two AWS accounts have the same address: dev and hub would both have aws+dev@orbit.example: let {account} in it stand for the name, or write emails.hub
orbit/organization.yaml:2: email: no two AWS accounts have the same address: hub and prod would both have aws+dev@orbit.example: let {account} in it stand for the name, or write emails.prod
`},
	{"an address in other letters", []edit{{"organization.yaml", "", "emails: {prod: AWS+dev@orbit.example}\n"}}, `orbit/organization.yaml:9: emails.prod: no two AWS accounts have the same address: dev and prod would both have AWS+dev@orbit.example: write another one`},
	{"a long address", []edit{{"organization.yaml", "aws+{account}@", "aws-account-of-the-company-with-the-very-long-name+{account}@"}}, `
orbit/organization.yaml:2: email: the address of dev, aws-account-of-the-company-with-the-very-long-name+dev@orbit.example, has 68 characters: AWS takes 6 to 64
orbit/organization.yaml:2: email: the address of hub, aws-account-of-the-company-with-the-very-long-name+hub@orbit.example, has 68 characters: AWS takes 6 to 64
orbit/organization.yaml:2: email: the address of prod, aws-account-of-the-company-with-the-very-long-name+prod@orbit.example, has 69 characters: AWS takes 6 to 64
`},
	{"an address of nobody", []edit{{"organization.yaml", "", "emails: {prd: a@orbit.example}\n"}}, `orbit/organization.yaml:9: emails.prd: there is no account "prd" in estate.yaml: it has dev, hub, management, prod (did you mean "prod"?)`},
	{"an address of the management account", []edit{{"organization.yaml", "", "emails: {management: a@orbit.example}\n"}}, `orbit/organization.yaml:9: emails.management: the management account is not made here, and keeps what it has: leave this out`},
	{"one name twice", []edit{{"organization.yaml", "", "names: {dev: Shop, prod: Shop}\n"}}, `orbit/organization.yaml:9: names: dev and prod would both be called "Shop", and nobody could tell them apart in the console`},
	{"a name that Terraform would read", []edit{{"organization.yaml", "", "names: {dev: \"${x}\"}\n"}}, `orbit/organization.yaml:9: names.dev: "${x}" is not the name of an AWS account, of 1 to 50 printable ASCII characters, without one that Terraform would read`},

	// Units.
	{"an account in two units", []edit{{"organization.yaml", "suspended: []", "suspended: [prod]"}}, `orbit/organization.yaml:7: units["workloads/production"][0]: prod stands in suspended already`},
	{"an account in no unit", []edit{{"organization.yaml", "production: [prod]", "production: []"}}, `orbit/organization.yaml:4: units: no unit has prod: policies of the root alone would bind what stands in none`},
	{"the management account in a unit", []edit{{"organization.yaml", "suspended: []", "suspended: [management]"}}, `orbit/organization.yaml:8: units.suspended[0]: the management account stands at the root: service control policies do not bind it anywhere`},
	{"an unknown account in a unit", []edit{{"organization.yaml", "suspended: []", "suspended: [prd]"}}, `orbit/organization.yaml:8: units.suspended[0]: there is no account "prd" in estate.yaml: it has dev, hub, management, prod (did you mean "prod"?)`},
	{"a unit too deep", []edit{{"organization.yaml", "suspended: []", "a/b/c/d/e/f: []"}}, `orbit/organization.yaml:8: units["a/b/c/d/e/f"]: a/b/c/d/e/f has 6 levels: AWS takes 5`},
	{"a unit in capitals", []edit{{"organization.yaml", "suspended: []", "Suspended: []"}}, `orbit/organization.yaml:8: units.Suspended: "Suspended" is not the path of a unit: names of lower-case letters, digits and hyphens, with / between them`},
	{"a long name of a unit", []edit{{"organization.yaml", "suspended: []", strings.Repeat("a", 129) + ": []"}}, `orbit/organization.yaml:8: units.` + strings.Repeat("a", 129) + `: "` + strings.Repeat("a", 129) + `" has 129 characters, and the name of a unit 128 at most`},

	// Who deploys, and what is delegated.
	{"an administrator from elsewhere", []edit{{"organization.yaml", "::999999999999:role", "::111111111111:role"}}, `orbit/organization.yaml:3: administrators[0]: arn:aws:iam::111111111111:role/organization is in account 111111111111: administrators come through the management account, 999999999999`},
	{"every role an administrator", []edit{{"organization.yaml", "role/organization", "role/*"}}, `orbit/organization.yaml:3: administrators[0]: arn:aws:iam::999999999999:role/* is every role of the management account: name those of administrators`},
	{"the management account as a delegate", []edit{{"organization.yaml", "", "identity: {account: management, permission_sets: {look: {policies: [ViewOnlyAccess]}}}\n"}}, `orbit/organization.yaml:9: identity.account: the management account administers nothing but the organisation: name a member account`},
	{"an unknown delegate", []edit{{"organization.yaml", "", "security: {account: prd}\n"}}, `orbit/organization.yaml:9: security.account: there is no account "prd" in estate.yaml: it has dev, hub, management, prod (did you mean "prod"?)`},
	{"a kind of policies that the guardrails have", []edit{{"organization.yaml", "", "policy_types: [TAG_POLICY]\n"}}, `orbit/organization.yaml:9: policy_types[0]: "TAG_POLICY" is not a kind of policy that Terraform's provider can switch on and the guardrails do not: those are BACKUP_POLICY, CHATBOT_POLICY`},

	// What is there already.
	{"a unit that is none, and one twice", []edit{{"organization.yaml", "", "adopted:\n  units:\n    workload: {id: ou-ab12-aaaaaaaa}\n    workloads: {id: ou-ab12-aaaaaaaa}\n"}}, `
orbit/organization.yaml:11: adopted.units.workload: there is no unit "workload": units has infrastructure, suspended, workloads, workloads/development, workloads/production (did you mean "workloads"?)
orbit/organization.yaml:12: adopted.units.workloads.id: ou-ab12-aaaaaaaa is workload already
`},
	{"a malformed id of a unit", []edit{{"organization.yaml", "", "adopted: {units: {workloads: {id: r-ab12}}}\n"}}, `orbit/organization.yaml:9: adopted.units.workloads.id: "r-ab12" is not the id of an organizational unit, ou-…`},
	{"delegations of others", []edit{{"organization.yaml", "", "identity: {account: dev, permission_sets: {look: {policies: [ViewOnlyAccess]}}}\nadopted:\n  delegates:\n    sso.amazonaws.com: prod\n    macie.amazonaws.com: prod\n"}}, `
orbit/organization.yaml:12: adopted.delegates["sso.amazonaws.com"]: sso.amazonaws.com is delegated to prod, and this estate would delegate it to dev: name the one account in both places, or take the delegation away first
orbit/organization.yaml:13: adopted.delegates["macie.amazonaws.com"]: macie.amazonaws.com is not delegated by this estate: leave it out, and it stays as it is
`},
	{"something adopted of nothing", []edit{
		{"organization.yaml", "id: o-abcdefghij\n", ""}, {"organization.yaml", "", "adopted: {units: {workloads: {id: ou-ab12-aaaaaaaa}}}\n"},
		{"estate.yaml", `"111111111111"`, "new"}, {"estate.yaml", `"222222222222"`, "new"}, {"estate.yaml", `"333333333333"`, "new"},
	}, `orbit/organization.yaml:8: adopted: organization.yaml has no id, so that nothing is there to be adopted: write the organisation's id`},
	{"a key of another group among the contacts", []edit{{"organization.yaml", "", "contacts:\n  off:\n    workloads: {backups: why}\n"}}, `orbit/organization.yaml:10: contacts.off: "off" is not a kind of contact that AWS knows: those are billing, operations, security`},
	{"a unit that is none in two places", []edit{{"organization.yaml", "", "guardrails:\n  off:\n    workload: {backups: why}\n  suspended: workload\n"}}, `orbit/organization.yaml:11: guardrails.off.workload: there is no unit "workload": units has infrastructure, suspended, workloads, workloads/development, workloads/production (did you mean "workloads"?); so do orbit/organization.yaml:12`},
	{"a contact without a number", []edit{{"organization.yaml", "", "contacts: {security: {name: a, title: a, email: a@orbit.example, phone: none}}\n"}}, `orbit/organization.yaml:9: contacts.security.phone: "none" is not a telephone number of up to 25 digits, spaces and + ( ) -`},
}

const orbitManagement = "network: {cidr: 10.3.0.0/16, az_count: 2, nat: single}\nsegment: dev\n"

func TestAWrongOrganizationIsRefused(t *testing.T) {
	loadOrbit(t)
	for _, test := range badOrganizations {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(editedFiles(t, orbit, test.edits...), "orbit", "orbit")
			got := fmt.Sprint(err)
			if want := strings.Trim(test.want, "\n"); got != want {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			var list Errors
			if err != nil && !errors.As(err, &list) {
				t.Errorf("the error is a %T", err)
			}
		})
	}
}

// An account that is yet to be made is in nobody's way: the others are as if it were not
// there, but for the organisation, which makes it.
func TestAnAccountWithoutANumberIsLeftOut(t *testing.T) {
	e := loadOrbit(t, edit{"estate.yaml", `"333333333333"`, "new"})
	if e.Spoke("prod") != nil || e.HasNumber("prod") || !slices.Equal(e.AccountNames(), []string{"hub", "dev", "management"}) {
		t.Errorf("prod has stacks: %v", e.AccountNames())
	}
	if got := e.MemberAccounts(); !slices.Equal(got, []string{"dev", "hub", "prod"}) {
		t.Errorf("the organisation has the accounts %v", got)
	}
	if got := e.DNS.PrivateZones["orbit.internal"].VisibleTo; !slices.Equal(got, []string{"dev", "hub"}) {
		t.Errorf("the zone is visible to %v", got)
	}
	if len(e.State.BootstrapProfiles) != 0 || e.DNS.Firewall != nil || len(e.Spoke("dev").Services) != 0 {
		t.Errorf("something is left of prod: %v, %v, %v", e.State.BootstrapProfiles, e.DNS.Firewall, e.Spoke("dev").Services)
	}
	var promises []string
	for _, i := range e.Intents {
		promises = append(promises, fmt.Sprint(i.Line))
		if i.Allow != nil && !slices.Equal(i.Allow.From, []string{"dev.private"}) {
			t.Errorf("promised of %v", i.Allow.From)
		}
	}
	if !slices.Equal(promises, []string{"2", "4"}) {
		t.Errorf("checked are the promises of the lines %v", promises)
	}
	warned(t, e, `orbit/estate.yaml:8: accounts.prod: prod has no number yet, and no stack but organization: deploy that, then write the number that its output account_numbers shows`)
	warned(t, e, `orbit/intents.yaml:1: accounts without a number have no network yet, and what is promised of them is not checked: that of line 1, 2, 3`)
}

// All others stand on the hub and on the account of the logs: taking their numbers back takes
// everything out of what is planned.
func TestAnAccountThatOthersRelyOnIsWarnedOf(t *testing.T) {
	e := loadOrbit(t, edit{"estate.yaml", `hub: "111111111111"`, "hub: new"})
	warned(t, e, "orbit/estate.yaml:6: accounts.hub: hub has no number yet, and all other accounts rely on it: the estate has no stack but organization, and those that are deployed already are in no plan. Deploy organization, then write the number that its output account_numbers shows")
}

// What is promised of policies is checked once there are policies.
func TestPromisesOfPoliciesWaitForThem(t *testing.T) {
	acts := edit{"intents.yaml", "", "- may: {who: apply, do: deploy, in: \"*\"}\n- forbid: {who: root, do: \"*\", in: [workloads, prod]}\n"}
	if e := loadOrbit(t, acts); len(e.Intents) != 6 {
		t.Errorf("checked are %d promises", len(e.Intents))
	}
	e := loadOrbit(t, acts, edit{"estate.yaml", "bootstrap_in_bucket: true, ", ""})
	if len(e.Intents) != 4 {
		t.Errorf("checked are %d promises", len(e.Intents))
	}
	warned(t, e, "orbit/intents.yaml:1: organization-guardrails is no stack yet, and what is promised of it is not checked: that of line 5, 6")
}

// warned fails unless an estate has a warning.
func warned(t *testing.T, e *Estate, want string) {
	t.Helper()
	if got := e.Warnings.Error(); !slices.Contains(strings.Split(got, "\n"), want) {
		t.Errorf("warnings\n%s\nwant among them\n%s", got, want)
	}
}

// Whose service is not there yet has no way to it, and no API before it.
func TestAServiceOfAnAccountWithoutANumberIsNotUsed(t *testing.T) {
	e := loadOrbit(t, edit{"estate.yaml", `"222222222222"`, "new"})
	if s := e.Spoke("prod"); len(s.PrivateEndpoints) != 0 || len(s.APIs) != 0 {
		t.Errorf("prod has %v, %v", s.PrivateEndpoints, s.APIs)
	}
}

// Before the hub and the account of the logs have numbers, there is the organisation alone.
func TestTheFirstDeploymentIsTheOrganization(t *testing.T) {
	for _, test := range []struct {
		name  string
		edits []edit
		only  bool
	}{
		{"nothing is there", []edit{{"organization.yaml", "id: o-abcdefghij\n", ""}, {"estate.yaml", `"111111111111"`, "new"}, {"estate.yaml", `"222222222222"`, "new"}, {"estate.yaml", `"333333333333"`, "new"}}, true},
		{"the hub is not there", []edit{{"estate.yaml", `"111111111111"`, "new"}}, true},
		{"the account of the logs is not there", []edit{{"estate.yaml", `"222222222222"`, "new"}, {"estate.yaml", "github:", "logs: {account: dev}\ngithub:"}}, true},
		{"a spoke is not there", []edit{{"estate.yaml", `"222222222222"`, "new"}}, false},
	} {
		e := loadOrbit(t, test.edits...)
		if e.OnlyOrganization() != test.only {
			t.Errorf("%s: the organisation alone: %v", test.name, e.OnlyOrganization())
		}
	}
}

func TestStacksThatWaitForTheOrganizationsStateAreNamed(t *testing.T) {
	e := loadOrbit(t, edit{"estate.yaml", "bootstrap_in_bucket: true, ", ""}, edit{"organization.yaml", "", "security: {account: dev}\n"})
	warned(t, e, `orbit/estate.yaml:15: state: the state of organization is in a folder, where the stacks that read it do not find it, and there are none: organization-guardrails, security-services. `+
		`Deploy bootstrap, set state.bootstrap_in_bucket, and move both states into the bucket`)
}

func TestAnOrganizationTrustsWhatItsSectionsNeed(t *testing.T) {
	plain := loadOrbit(t, edit{"organization.yaml", "", "services: [reporting.trustedadvisor.amazonaws.com, ram.amazonaws.com]\n"})
	if want := []string{"account.amazonaws.com", "cloudtrail.amazonaws.com", "iam.amazonaws.com", "ram.amazonaws.com", "reporting.trustedadvisor.amazonaws.com", "tagpolicies.tag.amazonaws.com"}; !slices.Equal(plain.Org.TrustedServices(), want) {
		t.Errorf("trusted are %q", plain.Org.TrustedServices())
	}
	if got := plain.OrganizationARN(); got != "arn:aws:organizations::999999999999:organization/o-abcdefghij" {
		t.Errorf("its ARN is %s", got)
	}
	if !plain.SharesInOrganization() || plain.InvitesSpokes() {
		t.Error("spokes are invited to what the organisation shares by itself")
	}
	if got := plain.EnabledRegions(); !slices.Equal(got, []string{"ap-southeast-3"}) {
		t.Errorf("enabled are %q", got)
	}
	if want := []string{"enable ap-southeast-3, which an account has on request alone: in all other accounts `organization` does"}; !slices.Equal(plain.ByHand(), want) {
		t.Errorf("by hand: %q", plain.ByHand())
	}
}

// No organization.yaml panics, every error says which file it is in, and what loads has
// nothing of an account that is yet to be made.
func FuzzOrganization(f *testing.F) {
	f.Add(orbit["organization.yaml"], orbit["estate.yaml"])
	f.Add(orbit["organization.yaml"], strings.Replace(orbit["estate.yaml"], `"333333333333"`, "new", 1))
	for _, test := range badOrganizations {
		files := editedFiles(f, orbit, test.edits...)
		if organization, ok := files["organization.yaml"]; ok {
			f.Add(string(organization.Data), string(files["estate.yaml"].Data))
		}
	}
	f.Fuzz(func(t *testing.T, organization, settings string) {
		files := mapFS(orbit)
		files["organization.yaml"].Data, files["estate.yaml"].Data = []byte(organization), []byte(settings)
		e, err := load(files, "orbit", "orbit")
		var list Errors
		switch {
		case err == nil:
			for _, account := range e.NewAccounts() {
				if e.Spoke(account) != nil || e.HasNumber(account) {
					t.Errorf("%s is there", account)
				}
			}
		case !errors.As(err, &list):
			t.Errorf("the error is a %T: %v", err, err)
		default:
			for _, one := range list {
				if !strings.HasPrefix(one.File, "orbit") {
					t.Errorf("no file: %v", one)
				}
			}
		}
	})
}

// AWS makes ten accounts for a new organisation. It is said before one more is made, and not
// of accounts that are there.
func TestAnOrganizationIsToldHowManyAccountsAWSMakes(t *testing.T) {
	grown := func(number string, edits ...edit) string {
		accounts, names := "", ""
		for i := range 7 {
			accounts += fmt.Sprintf("  more%d: %s\n", i, strings.ReplaceAll(number, "N", fmt.Sprint(i)))
			names += fmt.Sprintf(", more%d", i)
		}
		return loadOrbit(t, append([]edit{{"estate.yaml", "segments:", accounts + "segments:"}, {"organization.yaml", "[hub]", "[hub" + names + "]"}}, edits...)...).Warnings.Warning()
	}
	const told = "orbit/estate.yaml:4: accounts: 11 of 10 accounts of an organisation are used (one for each account; those that were closed within 90 days, and those that the estate does not name, come to them): keep workloads of a kind in one account; or ask AWS for more, and state what it gives under quotas.accounts in estate.yaml\n"
	if got := grown("new"); !strings.Contains(got, told) {
		t.Errorf("got:\n%s\nwant:\n%s", got, told)
	}
	if got := grown("new", edit{"organization.yaml", "id: o-abcdefghij\n", ""},
		edit{"estate.yaml", `"111111111111"`, "new"}, edit{"estate.yaml", `"222222222222"`, "new"}, edit{"estate.yaml", `"333333333333"`, "new"}); !strings.Contains(got, told) {
		t.Errorf("without an id yet: got:\n%s\nwant:\n%s", got, told)
	}
	if got := grown("new", edit{"estate.yaml", "segments:", "quotas: {accounts: 50}\nsegments:"}); strings.Contains(got, "accounts of an organisation are used") {
		t.Errorf("11 of 50 are warned about:\n%s", got)
	}
	if got := grown(`"44444444444N"`); strings.Contains(got, "accounts of an organisation are used") {
		t.Errorf("accounts that are there are warned about:\n%s", got)
	}
}
