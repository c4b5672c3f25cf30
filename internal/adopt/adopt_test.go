package adopt

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"hubspoke/estate"
	"hubspoke/stacks"
)

// acme is an organisation as somebody made it by hand: names with capitals and spaces, an
// account in the root, one that is closed, a service and policies of its own.
var acme = map[string]string{
	"organization.json": `{"Organization": {"Id": "o-acmeacmeac", "Arn": "x", "FeatureSet": "ALL", "MasterAccountId": "999999999999"}}`,
	"roots.json":        `{"Roots": [{"Id": "r-ab12", "PolicyTypes": [{"Type": "SERVICE_CONTROL_POLICY", "Status": "ENABLED"}, {"Type": "BACKUP_POLICY", "Status": "ENABLED"}, {"Type": "S3_POLICY", "Status": "ENABLED"}]}]}`,
	"services.json":     `{"EnabledServicePrincipals": [{"ServicePrincipal": "sso.amazonaws.com"}, {"ServicePrincipal": "ram.amazonaws.com"}, {"ServicePrincipal": "reporting.trustedadvisor.amazonaws.com"}]}`,
	"accounts.json": `{"Accounts": [
		{"Id": "999999999999", "Name": "Acme", "Email": "aws@acme.example", "Status": "ACTIVE"},
		{"Id": "111111111111", "Name": "Shared Services", "Email": "aws+shared@acme.example", "Status": "ACTIVE"},
		{"Id": "222222222222", "Name": "Production: the whole of the shop", "Email": "odd+prod@acme.example", "Status": "ACTIVE"},
		{"Id": "333333333333", "Name": "CI", "Email": "aws+ci@acme.example", "Status": "ACTIVE"},
		{"Id": "444444444444", "Name": "shared-services", "Email": "aws+shared2@acme.example", "Status": "ACTIVE"},
		{"Id": "555555555555", "Name": "old", "Email": "aws+old@acme.example", "Status": "SUSPENDED"}]}`,
	"accounts-in-r-ab12.json":           `{"Accounts": [{"Id": "999999999999"}, {"Id": "444444444444"}]}`,
	"units-in-r-ab12.json":              `{"OrganizationalUnits": [{"Id": "ou-ab12-aaaaaaaa", "Name": "Workloads"}, {"Id": "ou-ab12-bbbbbbbb", "Name": "2nd unit"}]}`,
	"accounts-in-ou-ab12-aaaaaaaa.json": `{"Accounts": [{"Id": "111111111111"}]}`,
	"units-in-ou-ab12-aaaaaaaa.json":    `{"OrganizationalUnits": [{"Id": "ou-ab12-cccccccc", "Name": "production"}]}`,
	"accounts-in-ou-ab12-bbbbbbbb.json": `{"Accounts": [{"Id": "333333333333"}, {"Id": "555555555555"}]}`,
	"units-in-ou-ab12-bbbbbbbb.json":    `{"OrganizationalUnits": []}`,
	"accounts-in-ou-ab12-cccccccc.json": `{"Accounts": [{"Id": "222222222222"}]}`,
	"units-in-ou-ab12-cccccccc.json":    `{"OrganizationalUnits": []}`,
	"delegated-to-333333333333.json":    `{"DelegatedServices": [{"ServicePrincipal": "sso.amazonaws.com"}]}`,
}

func filesOf(texts map[string]string) fstest.MapFS {
	files := fstest.MapFS{}
	for name, text := range texts {
		files[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return files
}

func TestWhatIsFoundIsWritten(t *testing.T) {
	found, err := Read(filesOf(acme))
	if err != nil {
		t.Fatal(err)
	}
	e := found.Write(map[string]string{"111111111111": "hub"})
	want, err := os.ReadFile("testdata/organization.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), e.Organization); diff != "" {
		t.Errorf("organization.yaml (-want +got):\n%s", diff)
	}
	const accounts = "accounts:\n  aws-ci: \"333333333333\"\n  hub: \"111111111111\"\n  management: \"999999999999\"\n  production-the-whole: \"222222222222\"\n  shared-services: \"444444444444\"\n"
	if e.Accounts != accounts {
		t.Errorf("accounts:\n%s\nwant\n%s", e.Accounts, accounts)
	}
	if want := []string{
		"555555555555 (old) is SUSPENDED, and left out",
		"shared-services stood in the root, where no unit has them: a deployment moves them into the unit arrivals, unless you write them into another one",
		"policies of the kind S3_POLICY are switched on, which this version of Terraform's provider does not know: every deployment of organization would switch them off: see with `aws organizations list-policies --filter S3_POLICY` which there are, and do without them before",
	}; !slices.Equal(e.Problems, want) {
		t.Errorf("to do: %q", e.Problems)
	}
	loaded, err := estate.LoadFS(filesOf(map[string]string{
		"estate.yaml":       "project: acme\nregion: eu-central-1\nzones: [euc1-az1, euc1-az2]\ngithub: {repository: acme/infra}\nlogs: {account: shared-services}\n" + e.Accounts,
		"hub.yaml":          "registry: {}\n",
		"organization.yaml": e.Organization,
	}), "acme")
	if err != nil {
		t.Fatalf("what is printed does not load: %v", err)
	}
	if kept := []string{"reporting.trustedadvisor.amazonaws.com", "sso.amazonaws.com", "ram.amazonaws.com"}; slices.ContainsFunc(kept, func(s string) bool { return !slices.Contains(loaded.Org.TrustedServices(), s) }) {
		t.Errorf("a service would be switched off: %q", loaded.Org.TrustedServices())
	}
	if !slices.Contains(loaded.Org.EnabledPolicyTypes(), "BACKUP_POLICY") || len(stacks.Of(loaded)) < 5 {
		t.Errorf("kinds of policies %q, stacks %v", loaded.Org.EnabledPolicyTypes(), stacks.Of(loaded))
	}
}

func TestWhatIsMissingIsSaid(t *testing.T) {
	for _, test := range []struct{ file, text, want string }{
		{"accounts.json", "", "accounts.json: it cannot be read: write it with the commands that `estate adopt` prints"},
		{"units-in-ou-ab12-cccccccc.json", "", "units-in-ou-ab12-cccccccc.json: it cannot be read: write it with the commands that `estate adopt` prints"},
		{"accounts-in-ou-ab12-cccccccc.json", `{"Accounts": []}`, "no file accounts-in-… says where these accounts stand: 222222222222"},
		{"roots.json", `{"Roots": []}`, "organization.json and roots.json have no organisation with one root: write them with the commands that `estate adopt` prints"},
		{"units-in-ou-ab12-cccccccc.json", `{"OrganizationalUnits": [{"Id": "ou-ab12-aaaaaaaa"}]}`, "units-in-ou-ab12-cccccccc.json: the unit ou-ab12-aaaaaaaa stands in another one too"},
	} {
		texts := map[string]string{}
		for name, text := range acme {
			texts[name] = text
		}
		if texts[test.file] = test.text; test.text == "" {
			delete(texts, test.file)
		}
		if _, err := Read(filesOf(texts)); err == nil || err.Error() != test.want {
			t.Errorf("%s: error %v, want %s", test.file, err, test.want)
		}
	}
}

func TestWhatAccountsAreCalledIsChecked(t *testing.T) {
	found, err := Read(filesOf(acme))
	if err != nil {
		t.Fatal(err)
	}
	for want, call := range map[string]map[string]string{
		"": {"hub": "111111111111", "prod": "222222222222"},
		"--call hub=123456789012: the organisation has no such account: it has 111111111111, 222222222222, 333333333333, 444444444444, 555555555555, 999999999999": {"hub": "123456789012"},
		"--call prod=111111111111: the account is called hub already: give it one name":                                                                            {"hub": "111111111111", "prod": "111111111111"},
		"--call hub=999999999999: the management account is 999999999999, and keeps the name management: leave it out":                                             {"hub": "999999999999"},
		"--call management=111111111111: the management account is 999999999999, and keeps the name management: leave it out":                                      {"management": "111111111111"},
		"--call old=555555555555: the account is SUSPENDED, and no part of the estate: leave it out":                                                               {"old": "555555555555"},
		"--call Prod=222222222222: no name of an account: take up to 20 lower-case letters, digits and hyphens, and none that the estate has for something else":   {"Prod": "222222222222"},
	} {
		got := ""
		if _, err := found.Called(call); err != nil {
			got = err.Error()
		}
		if got != want {
			t.Errorf("%v: error %q, want %q", call, got, want)
		}
	}
}

// The guardrail that denies everything is for the unit that the organisation has for it,
// whatever that is called.
func TestTheUnitOfSuspendedAccountsIsKnown(t *testing.T) {
	for name, want := range map[string]struct{ path, todo string }{
		"Suspended Accounts": {"suspended-accounts", "in the unit suspended-accounts everything will be denied but deployment: aws-ci, which it has, cannot be used then"},
		"Quarantine":         {"quarantine", "in the unit quarantine everything will be denied but deployment: aws-ci, which it has, cannot be used then"},
		"Suspended":          {"", "in the unit suspended everything will be denied but deployment: aws-ci, which it has, cannot be used then"},
		"Sandbox":            {"", ""},
	} {
		texts := map[string]string{}
		for file, text := range acme {
			texts[file] = strings.Replace(text, `"2nd unit"`, `"`+name+`"`, 1)
		}
		found, err := Read(filesOf(texts))
		if err != nil {
			t.Fatal(err)
		}
		e := found.Write(nil)
		section := ""
		if want.path != "" {
			section = "\n# Where everything is denied but deployment.\nguardrails:\n  suspended: " + want.path + "\n"
		}
		if strings.Contains(e.Organization, "guardrails:") != (section != "") || !strings.Contains(e.Organization, section) {
			t.Errorf("%s: organization.yaml\n%s", name, e.Organization)
		}
		if slices.ContainsFunc(e.Problems, func(p string) bool { return strings.Contains(p, "everything will be denied") }) != (want.todo != "") || want.todo != "" && !slices.Contains(e.Problems, want.todo) {
			t.Errorf("%s: to do %q", name, e.Problems)
		}
	}
}

// Who has no permission for one of the questions is not left with files that look complete.
func TestTheCommandsStopWhereTheyFail(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	for _, fails := range []string{"describe-organization", "list-delegated-administrators", "list-roots", "list-organizational-units-for-parent"} {
		dir := t.TempDir()
		stub := "#!" + shell + "\ncase \"$*\" in *" + fails + "*) echo 'AccessDenied' >&2; exit 254;; esac\n"
		if err := os.WriteFile(filepath.Join(dir, "aws"), []byte(stub), 0o755); err != nil {
			t.Fatal(err)
		}
		run := exec.Command(shell, "-c", Commands)
		run.Dir, run.Env = dir, append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
		if output, err := run.CombinedOutput(); err == nil || !strings.Contains(string(output), "AccessDenied") {
			t.Errorf("%s fails: %v, %s", fails, err, output)
		}
	}
}

// The script asks a stand-in for the AWS CLI what the test above has in its files.
func TestTheCommandsWriteWhatIsRead(t *testing.T) {
	shell, err := exec.LookPath("sh")
	if err != nil {
		t.Skip("no shell")
	}
	dir := t.TempDir()
	var cases strings.Builder
	for name, text := range acme {
		operation, id := map[string]string{"organization.json": "describe-organization", "roots.json": "list-roots", "accounts.json": "list-accounts", "services.json": "list-aws-service-access-for-organization"}[name], ""
		for prefix, of := range map[string]string{accountsIn: "list-accounts-for-parent --parent-id ", unitsIn: "list-organizational-units-for-parent --parent-id ", delegatedTo: "list-delegated-services-for-account --account-id "} {
			if after, ok := strings.CutPrefix(name, prefix); ok {
				operation, id = of, strings.TrimSuffix(after, ".json")
			}
		}
		fmt.Fprintf(&cases, "'organizations %s%s') cat <<'END'\n%s\nEND\n;;\n", operation, id, text)
	}
	// What --query finds, as text.
	for asked, ids := range map[string]string{
		"list-delegated-administrators --query DelegatedAdministrators[].Id":                                 "333333333333",
		"list-organizational-units-for-parent --parent-id r-ab12 --query OrganizationalUnits[].Id":           "ou-ab12-aaaaaaaa ou-ab12-bbbbbbbb",
		"list-organizational-units-for-parent --parent-id ou-ab12-aaaaaaaa --query OrganizationalUnits[].Id": "ou-ab12-cccccccc",
		"list-roots --query Roots[0].Id": "r-ab12",
	} {
		fmt.Fprintf(&cases, "'organizations %s --output text') echo '%s' ;;\n", asked, ids)
	}
	stub := "#!" + shell + "\ncase \"$*\" in\n" + cases.String() + "esac\n"
	if err := os.WriteFile(filepath.Join(dir, "aws"), []byte(stub), 0o755); err != nil {
		t.Fatal(err)
	}
	run := exec.Command(shell, "-c", Commands)
	run.Dir, run.Env = dir, append(os.Environ(), "PATH="+dir+string(os.PathListSeparator)+os.Getenv("PATH"))
	if output, err := run.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	got, err := Read(os.DirFS(filepath.Join(dir, "adopted")))
	if err != nil {
		t.Fatal(err)
	}
	want, err := Read(filesOf(acme))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("the files of the script (-want +got):\n%s", diff)
	}
}

func TestNamesAreUnlikeAndFit(t *testing.T) {
	for name, want := range map[string]string{"Prod": "prod", "R&D": "r-d", "7 Seas": "account-7-seas", "": "account", "a-very-long-name-of-an-account": "a-very-long-name-of", "日本": "account"} {
		if got := plain(name, "account", longestAccount); got != want {
			t.Errorf("%q is called %q, want %q", name, got, want)
		}
	}
	taken := func(name string) bool { return name == "twenty-characters-ab" || name == "twenty-characters-2" }
	if got := unique("twenty-characters-ab", longestAccount, taken); got != "twenty-characters-3" {
		t.Errorf("got %q", got)
	}
}
