package estate

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/guardrail"
)

// unified is acme as an organisation of its own, with two units of workloads, one of them in parts.
var unified = func() map[string]string {
	files := maps.Clone(acme)
	files["estate.yaml"] = strings.Replace(files["estate.yaml"], `accounts:
  hub: "111111111111"
`, `accounts:
  management: "999999999999"
  hub: "111111111111"
`, 1)
	files["estate.yaml"] = strings.Replace(files["estate.yaml"], `organization:
  arn: arn:aws:organizations::444444444444:organization/o-abcdefghij
  resource_sharing: true
`, "", 1)
	files["organization.yaml"] = `id: o-abcdefghij
email: aws+{account}@acme.example
administrators: ["arn:aws:iam::999999999999:role/organization"]
units:
  security: [audit]
  infrastructure: [hub]
  workloads: [prod]
  workloads/sandbox: [dev]
  suspended: []
`
	return files
}()

func loadUnified(t testing.TB, edits ...edit) *Estate {
	t.Helper()
	e, err := load(editedFiles(t, unified, edits...), "acme", "acme")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// guarded are edits that append a section of guardrails.
func guarded(section string) []edit {
	return []edit{{"organization.yaml", "", "guardrails:\n" + section}}
}

// attachments are the policies of an organisation, each with what it is attached to.
func attachments(e *Estate) string {
	var lines []string
	for _, p := range e.OrganizationPolicies() {
		var targets []string
		for _, t := range p.Targets {
			targets = append(targets, cmp.Or(t.Unit+t.Account, "root"))
		}
		lines = append(lines, p.Name+": "+strings.Join(targets, " "))
	}
	return strings.Join(lines, "\n")
}

func TestGuardrailsAreAttachedToTheRoot(t *testing.T) {
	want := `boundaries: root
controls: root
workloads: root
instances: root
perimeter: root
ai: root
tags: root
suspended: suspended`
	if got := attachments(loadUnified(t)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// A unit does without a guardrail, and no other one does.
func TestWhatAUnitDoesWithoutIsAttachedEverywhereElse(t *testing.T) {
	e := loadUnified(t, guarded("  off:\n    workloads/sandbox: {backups: volatile, public-access: a demo}\n    infrastructure: {backups: none there}\n")...)
	want := `workloads-backups: security suspended prod
workloads-public-access: infrastructure security suspended prod
instances-public-access: infrastructure security suspended prod
boundaries: root
controls: root
workloads: root
instances: root
perimeter: root
ai: root
tags: root
suspended: suspended`
	if got := attachments(e); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for _, p := range e.OrganizationPolicies() {
		if p.Left == "" && strings.Contains(p.Content, "backup:") {
			t.Errorf("%s has what it was to leave", p.Name)
		}
		if (p.Left != "") != strings.HasPrefix(p.Name, p.Left+"-") {
			t.Errorf("%s left %q", p.Name, p.Left)
		}
	}
	// A policy is there if anything is in it.
	e = loadUnified(t, guarded("  off:\n    '*': {perimeter: later, confused-deputy: later, tls: later}\n")...)
	if strings.Contains(attachments(e), "perimeter") {
		t.Errorf("the whole organisation does without, and has\n%s", attachments(e))
	}
}

// What an organisation's policies say does not depend on how many accounts there are, and where
// they are attached does not either.
func TestGuardrailsDoNotGrowWithAccounts(t *testing.T) {
	told := func(accounts int) string {
		e := loadUnified(t, guarded("  off:\n    infrastructure: {tls: none}\n")...)
		for i := range accounts {
			name := fmt.Sprintf("more%d", i)
			e.Accounts[name] = fmt.Sprintf("%012d", 500000000000+i)
			e.Org.Units["workloads/sandbox"] = append(e.Org.Units["workloads/sandbox"], name)
		}
		all := attachments(e)
		for _, p := range e.OrganizationPolicies() {
			all += "\n" + p.Content
		}
		return all
	}
	few := told(0)
	for _, accounts := range []int{1, 100, 300} {
		if got := told(accounts); got != few {
			t.Errorf("%d accounts change policies:\n%s\nwas\n%s", accounts, got, few)
		}
	}
}

func TestPoliciesOfOnesOwnAreAttachedAsTheyAre(t *testing.T) {
	e := loadUnified(t, append(guarded("  own:\n    none: {file: scp/none.json, units: [workloads, security]}\n    closed: {file: closed.json, type: resource-control, units: ['*']}\n"),
		edit{"scp/none.json", "", "{\n \"Version\": \"2012-10-17\",\n \"Statement\": {\"Effect\": \"Deny\", \"Action\": \"s3:*\", \"Resource\": \"*\"}}\n"},
		edit{"closed.json", "", `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}}`})...)
	if want := "own-closed: root\nown-none: security workloads"; !strings.HasSuffix(attachments(e), want) {
		t.Errorf("got\n%s\nwant\n%s", attachments(e), want)
	}
	for _, p := range e.OrganizationPolicies() {
		if p.Name == "own-none" && (p.Content != `{"Version":"2012-10-17","Statement":{"Effect":"Deny","Action":"s3:*","Resource":"*"}}` || p.Type != guardrail.ServiceControl) {
			t.Errorf("got %s %s", p.Type, p.Content)
		}
		if p.Name == "own-closed" && p.Type != guardrail.ResourceControl {
			t.Errorf("got %s", p.Type)
		}
	}
}

func TestWhatIsWrongWithGuardrailsIsTold(t *testing.T) {
	names := strings.Join(guardrail.Names(), ", ")
	policies := func(n, size int) []edit {
		var section strings.Builder
		section.WriteString("  own:\n")
		edits := []edit{{"p.json", "", fmt.Sprintf(`{"Version": "2012-10-17", "Statement": {"Sid": "%s", "Effect": "Deny", "Action": "s3:*", "Resource": "*"}}`, strings.Repeat("x", size))}}
		for i := range n {
			fmt.Fprintf(&section, "    p%d: {file: p.json, units: ['*']}\n", i)
		}
		return append(guarded(section.String()), edits...)
	}
	for _, test := range []struct {
		name  string
		edits []edit
		want  string
	}{
		{"a unit that is none", guarded("  off:\n    workload: {backups: why}\n"), `acme/organization.yaml:12: guardrails.off.workload: there is no unit "workload": units has infrastructure, security, suspended, workloads, workloads/sandbox (did you mean "workloads"?)`},
		{"a guardrail that is none", guarded("  off:\n    workloads: {backup: why}\n"), `acme/organization.yaml:12: guardrails.off.workloads.backup: there is no guardrail backup: those are ` + names + ` (did you mean "backups"?)`},
		{"no reason", guarded("  off:\n    workloads: {backups: ''}\n"), `acme/organization.yaml:12: guardrails.off.workloads.backups: empty: give it a value, or leave the key out`},
		{"a reason without words", guarded("  off:\n    workloads: {backups: [x]}\n"), `acme/organization.yaml:12: guardrails.off.workloads.backups: want a text, not a list`},
		{"off above already", guarded("  off:\n    workloads: {backups: why}\n    workloads/sandbox: {backups: why}\n"), `acme/organization.yaml:13: guardrails.off["workloads/sandbox"].backups: backups is off in workloads already, and so in all below it`},
		{"off everywhere already", guarded("  off:\n    '*': {backups: why}\n    workloads: {backups: why}\n"), `acme/organization.yaml:13: guardrails.off.workloads.backups: backups is off in the whole organisation already, and so in all below it`},
		{"a path that is none", guarded("  off:\n    Workloads: {backups: why}\n"), `acme/organization.yaml:12: guardrails.off.Workloads: "Workloads" is not the path of a unit, or * for the whole organisation`},
		{"a suspended unit that is none", guarded("  suspended: suspend\n"), `acme/organization.yaml:11: guardrails.suspended: there is no unit "suspend": units has infrastructure, security, suspended, workloads, workloads/sandbox (did you mean "suspended"?)`},
		{"the hub is suspended", guarded("  suspended: infrastructure\n"), `acme/organization.yaml:6: units.infrastructure: the hub stands in a unit where everything but deployment is denied: the roles of workloads there could do nothing`},
		{"regions without the estate's", guarded("  regions: [eu-central-1]\n"), `acme/organization.yaml:11: guardrails.regions: they leave out ap-southeast-3, where the estate is: nothing could be deployed`},
		{"a region that is none", guarded("  regions: [ap-southeast-3, ap-southeast-33]\n"), `acme/organization.yaml:11: guardrails.regions[1]: "ap-southeast-33" is not the name of an AWS region, such as ap-southeast-1`},
		{"a region that AWS has not", guarded("  regions: [ap-southeast-3, ap-southwest-3]\n"), `acme/organization.yaml:11: guardrails.regions[1]: ap-southwest-3 is not a region (did you mean "ap-southeast-3"?)`},
		{"no regions", guarded("  regions: []\n"), `acme/organization.yaml:11: guardrails.regions: names nothing: want 1 or more: nothing could be made anywhere`},
		{"an account of the estate's own outside", guarded("  outside: {'222222222222': us}\n"), `acme/organization.yaml:11: guardrails.outside["222222222222"]: 222222222222 is the estate's own account dev: what is in the organisation needs no exception`},
		{"an account without a name outside", guarded("  outside: {'555555555555': ' '}\n"), `acme/organization.yaml:11: guardrails.outside["555555555555"]: empty: give it a value, or leave the key out`},
		{"images of others alone", guarded("  image_providers: ['555555555555']\n"), `acme/organization.yaml:11: guardrails.image_providers: the nodes of clusters, bastions and probes have images of Amazon's: name amazon too`},
		{"a policy that is not there", guarded("  own:\n    none: {file: scp/none.json, units: [workloads]}\n"), `acme/organization.yaml:12: guardrails.own.none.file: cannot read acme/scp/none.json: it does not exist`},
		{"a policy outside the folder", guarded("  own:\n    none: {file: ../none.json, units: [workloads]}\n"), `acme/organization.yaml:12: guardrails.own.none.file: "../none.json" is not the path of a file in the estate's folder that ends in .json, such as scp/no-gpu.json`},
		{"a policy for a unit that is none", append(guarded("  own:\n    none: {file: p.json, units: [work]}\n"), policies(0, 1)[1]), `acme/organization.yaml:12: guardrails.own.none.units[0]: there is no unit "work": units has infrastructure, security, suspended, workloads, workloads/sandbox (did you mean "workloads"?)`},
		{"a misspelt action", append(guarded("  own:\n    a: {file: p.json, units: [workloads]}\n    b: {file: p.json, units: [security]}\n"), edit{"p.json", "", "{\"Version\": \"2012-10-17\", \"Statement\": [{\n\"Effect\": \"Deny\",\n\"Action\": \"s3:PutObjekt\", \"Resource\": \"*\"}]}"}),
			`acme/p.json:3: s3:PutObjekt is no action of s3 (did you mean s3:PutObject? If it is newer than 2026-09, write s3:PutObjekt*)`},
		{"a policy that is too long", policies(1, 10200), `acme/organization.yaml:12: guardrails.own.p0: 10294 of 10240 characters of a service control policy are used (those of own-p0): AWS gives nobody more: write two policies, or name several actions by one with a wildcard`},
		{"too many policies about resources", append(guarded("  own:\n    a: {file: r.json, type: resource-control, units: ['*']}\n    b: {file: r.json, type: resource-control, units: ['*']}\n    c: {file: r.json, type: resource-control, units: ['*']}\n    d: {file: r.json, type: resource-control, units: ['*']}\n"),
			edit{"r.json", "", `{"Version": "2012-10-17", "Statement": {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}}`}),
			`acme/organization.yaml:10: guardrails: 6 of 5 resource control policies attached to a unit are used (AWS's own and those of the root): AWS gives nobody more: attach policies of your own to other units, or write several into one`},
		{"too many policies", policies(7, 1), `acme/organization.yaml:10: guardrails: 11 of 10 service control policies attached to a unit are used (AWS's own and those of the root): AWS gives nobody more: attach policies of your own to other units, or write several into one`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(editedFiles(t, unified, test.edits...), "acme", "acme")
			if err == nil {
				t.Fatalf("loads, want:\n%s", test.want)
			}
			if got := err.Error(); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestGuardrailsWarnOfWhatMayBeWrong(t *testing.T) {
	for _, test := range []struct {
		edits []edit
		want  string
	}{
		{append(guarded("  own:\n    a: {file: p.json, units: [workloads]}\n"), edit{"p.json", "", "{\"Version\": \"2012-10-17\", \"Statement\": {\"Effect\": \"Deny\",\n\"Action\": \"telepathy:*\", \"Resource\": \"*\"}}"}),
			"acme/p.json:2: telepathy is no service that AWS had in 2026-09: a policy about one that does not exist does nothing"},
		{[]edit{{"estate.yaml", "  bootstrap_role: Bootstrap", "  bootstrap_role: Bootstrap\n  bootstrap_profiles: {dev: dev}"}},
			"acme/estate.yaml:35: state.bootstrap_profiles.dev: the guardrail deployment lets Bootstrap alone change the roles of Terraform: the profile has to be of that role, or of acme-break-glass"},
		{[]edit{{"organization.yaml", "  suspended: []\n", ""}},
			"acme/organization.yaml:4: units: no unit is for accounts that are to be closed, or that somebody took over, and the guardrail that denies everything there is not made: add `suspended: []`, or name such a unit under guardrails.suspended"},
	} {
		e := loadUnified(t, test.edits...)
		if !slices.ContainsFunc(e.Warnings, func(w *Error) bool { return w.Error() == test.want }) {
			t.Errorf("got\n%s\nwant\n%s", e.Warnings.Error(), test.want)
		}
	}
}
