package incident

import (
	"context"
	"encoding/json"
	"net"
	"os"
	"os/exec"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/reporttest"
)

// fake is a fake of AWS on loopback, for one test, and returns the environment of whoever is to
// take it for AWS.
func fake(t *testing.T) []string {
	t.Helper()
	needPython(t, "awscli", "boto3", "moto.server", "flask_cors")
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := listener.Addr().String()
	listener.Close()
	_, port, _ := net.SplitHostPort(address)
	ctx, stop := context.WithCancel(context.Background())
	server := exec.CommandContext(ctx, "python3", "-m", "moto.server", "-H", "127.0.0.1", "-p", port)
	server.Env = append(os.Environ(), "MOTO_ACCOUNT_ID=222222222222")
	if err := server.Start(); err != nil {
		stop()
		t.Fatal(err)
	}
	t.Cleanup(func() {
		stop()
		_ = server.Wait()
	})
	for end := time.Now().Add(time.Minute); ; {
		connection, err := net.Dial("tcp", address)
		if err == nil {
			connection.Close()
			break
		}
		if time.Now().After(end) {
			t.Fatal("the fake of AWS does not answer")
		}
		time.Sleep(100 * time.Millisecond)
	}
	return append(os.Environ(), "AWS_ENDPOINT_URL=http://"+address, "AWS_ACCESS_KEY_ID=none", "AWS_SECRET_ACCESS_KEY=none", "AWS_DEFAULT_REGION=ap-southeast-3", "HOME="+t.TempDir())
}

// python runs one of the scripts in testdata, and reads the JSON that it prints.
func python(t *testing.T, env []string, result any, args ...string) {
	t.Helper()
	command := exec.Command("python3", args...)
	command.Env = env
	out, err := command.Output()
	if err != nil {
		why := ""
		if exit, ok := err.(*exec.ExitError); ok {
			why = string(exit.Stderr)
		}
		t.Fatalf("%s: %v\n%s", args[0], err, why)
	}
	if err := json.Unmarshal(out, result); err != nil {
		t.Fatalf("%s: %v\n%s", args[0], err, out)
	}
}

// run runs the steps of a section that a test chooses, in one shell, against the fake.
func run(t *testing.T, env []string, set map[string]string, s *document.Section, chosen func(i int, step document.Step) bool) {
	t.Helper()
	script := "set -eu\n"
	for name, value := range set {
		script += name + "='" + value + "'\n"
	}
	n := 0
	for i, step := range s.Steps {
		if chosen(i, step) {
			script += strings.Join(step.Commands, "\n") + "\n"
			n++
		}
	}
	if n == 0 {
		t.Fatalf("%s: no step was chosen", s.Title)
	}
	command := exec.Command("sh", "-c", script)
	command.Env, command.Dir = env, t.TempDir()
	if out, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s\n%s", s.Title, err, script, out)
	}
}

func sectionOf(t *testing.T, d *document.Document, title string) *document.Section {
	t.Helper()
	i := slices.IndexFunc(d.Sections, func(s *document.Section) bool { return s.Title == title })
	if i < 0 {
		t.Fatalf("there is no section %s", title)
	}
	return d.Sections[i]
}

type state struct {
	Groups []struct {
		Name    string
		In, Out int
	}
	Profiles, Snapshots, Associated, Propagated int
	Protected, DNS                              bool
	ACLs                                        []string
	Trust                                       []struct {
		Effect string
		Action any
	}
	Policies map[string][]struct {
		Effect    string
		Condition map[string]map[string]string
	}
}

// The commands do what the runbook says, on a fake of AWS that has what piksel's dev has.
func TestTheCommandsIsolate(t *testing.T) {
	t.Parallel()
	env := fake(t)
	d := Of(reporttest.Reviewed(t, "piksel"))
	const region = "ap-southeast-3"
	names := `{"vpc": "piksel-dev", "other": "piksel-prod", "tables": ["piksel-shared", "piksel-dev", "piksel-prod"], "associated": "piksel-dev", "propagated": ["piksel-shared"], "role": "piksel-dev-probe"}`
	var made map[string]string
	python(t, env, &made, "testdata/before.py", region, names)
	ids, err := json.Marshal(made)
	if err != nil {
		t.Fatal(err)
	}
	look := func() (s state) {
		python(t, env, &s, "testdata/after.py", region, string(ids), names)
		return s
	}
	before := look()
	if before.Associated != 1 || before.Propagated != 1 || before.Profiles != 1 || before.Groups[0].Name != "open" || before.Snapshots != 0 {
		t.Fatalf("what is to be isolated is not there: %+v", before)
	}

	set := map[string]string{"instance": made["instance"], "role": "piksel-dev-probe"}
	run(t, env, set, sectionOf(t, d, "Isolate an instance"), func(_ int, step document.Step) bool {
		return !strings.HasPrefix(step.Text, "Back") && (!strings.HasPrefix(step.Text, "If it is in") || strings.Contains(step.Text, "piksel-dev:"))
	})
	run(t, env, set, sectionOf(t, d, "Isolate a role"), func(_ int, step document.Step) bool {
		return !strings.HasPrefix(step.Text, "Back") && !strings.HasPrefix(step.Text, "See")
	})
	isolated := look()
	if len(isolated.Groups) != 1 || isolated.Groups[0].Name != "piksel-quarantine" || isolated.Groups[0].In != 0 || isolated.Groups[0].Out != 0 {
		t.Errorf("the instance's groups: %+v", isolated.Groups)
	}
	if isolated.Profiles != 0 || !isolated.Protected || isolated.Snapshots == 0 {
		t.Errorf("the instance has its role, may be deleted, or has no snapshot: %+v", isolated)
	}
	revoked := isolated.Policies[sid]
	if len(isolated.Trust) != 1 || isolated.Trust[0].Effect != "Deny" || len(revoked) != 1 || revoked[0].Effect != "Deny" || revoked[0].Condition["DateLessThan"]["aws:TokenIssueTime"] == "" {
		t.Errorf("the role's trust is %+v, its policies are %+v", isolated.Trust, isolated.Policies)
	}

	spoke := sectionOf(t, d, "Isolate a spoke")
	first := slices.IndexFunc(spoke.Steps, func(step document.Step) bool { return strings.HasPrefix(step.Text, "The VPC piksel-dev.") })
	run(t, env, nil, spoke, func(i int, step document.Step) bool {
		return i == first || i == first+1 || strings.HasPrefix(step.Text, "Close the subnets of piksel-dev.")
	})
	apart := look()
	if !before.DNS || apart.DNS {
		t.Errorf("names are looked up, by which data gets out: before %t, after %t", before.DNS, apart.DNS)
	}
	if apart.Associated != 0 || apart.Propagated != 0 || !reflect.DeepEqual(apart.ACLs, []string{"piksel-quarantine"}) {
		t.Errorf("the spoke is not apart: %+v", apart)
	}
}

// The account is moved into the unit in which everything is denied, wherever that is.
func TestTheCommandsFreezeAnAccount(t *testing.T) {
	t.Parallel()
	env := fake(t)
	s := reporttest.Reviewed(t, "innovate")
	s.Estate.Org.Guardrails.Suspended = "workloads/frozen"
	const organisation = `
import boto3, json
o = boto3.client("organizations", "us-east-1")
o.create_organization(FeatureSet="ALL")
root = o.list_roots()["Roots"][0]["Id"]
above = o.create_organizational_unit(ParentId=root, Name="workloads")["OrganizationalUnit"]["Id"]
unit = o.create_organizational_unit(ParentId=above, Name="frozen")["OrganizationalUnit"]["Id"]
account = o.create_account(AccountName="dev", Email="dev@example.com")["CreateAccountStatus"]["AccountId"]
print(json.dumps({"unit": unit, "account": account}))`
	var made map[string]string
	python(t, env, &made, "-c", organisation)
	run(t, env, map[string]string{"number": made["account"]}, sectionOf(t, Of(s), "Freeze an account"), func(i int, _ document.Step) bool { return i == 0 })
	var parent string
	python(t, env, &parent, "-c", `
import boto3, json, sys
print(json.dumps(boto3.client("organizations", "us-east-1").list_parents(ChildId=sys.argv[1])["Parents"][0]["Id"]))`, made["account"])
	if parent != made["unit"] {
		t.Errorf("the account is in %s, and not in %s", parent, made["unit"])
	}
}
