package incident

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/logs"
	"hubspoke/internal/report/reporttest"
	"hubspoke/internal/report/reviews"
)

// needPython is for tests that ask the AWS CLI or a fake of AWS, which are written in Python. Where one of the
// modules is not there, the test is skipped, unless REQUIRE_MOTO is set.
func needPython(t *testing.T, modules ...string) {
	t.Helper()
	if out, err := exec.Command("python3", "-c", "import "+strings.Join(modules, ", ")).CombinedOutput(); err != nil {
		what := "python3 with " + strings.Join(modules, ", ") + " is not on this machine (pip install awscli 'moto[server]'): " + strings.TrimSpace(string(out))
		if os.Getenv("REQUIRE_MOTO") != "" {
			t.Fatalf("%s (REQUIRE_MOTO is set)", what)
		}
		t.Skip(what)
	}
}

// aws stands for the AWS CLI in a shell: it notes what it is called with, each argument and each call
// with an end of its own, and prints an id.
const aws = `#!/bin/sh
{ printf '%s\037' "$@"; printf '\036'; } >>"$CALLS"
echo i-0123456789abcdef0
`

// variables are what people set before they run a command, in the forms that AWS takes.
var variables = map[string]string{
	"instance": "i-0123456789abcdef0", "role": "some-role", "who": "somebody", "device": "arn:aws:iam::111111111111:mfa/device", "code": "123456", "message": "It burns.",
	"digest": "sha256:" + strings.Repeat("0", 64), "alias": "alias/key", "user": "somebody", "number": "222222222222", "query": "name", "group": "/group", "region": "eu-central-1",
	"object": "key", "marker": "version", "bucket": "some-bucket", "prefix": "prefix/", "evidence": "evidence", "account": "222222222222", "stack": "dev-network",
	"access_key": "ASIA0000000000000000", "tag": "v1", "node": "node", "pod": "pod", "namespace": "default",
}

// shell runs a section's commands as people would, one shell for all, with what stands for the AWS CLI,
// and returns the calls of that.
func shell(t *testing.T, s *document.Section) (calls [][]string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"aws": aws, "kubectl": "#!/bin/sh\ncat >/dev/null\n", "make": "#!/bin/sh\n", "go": "#!/bin/sh\n", "jq": "#!/bin/sh\ncat >/dev/null\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	file, err := filepath.Abs("incident.go") // any that is not empty
	if err != nil {
		t.Fatal(err)
	}
	script := "set -eu\nfile=" + file + "\n"
	for name, value := range variables {
		script += name + "='" + value + "'\n"
	}
	for _, step := range s.Steps {
		script += strings.Join(step.Commands, "\n") + "\n"
	}
	command := exec.Command("sh", "-c", script)
	command.Dir = dir
	command.Stdin = strings.NewReader("")
	command.Env = append(os.Environ(), "PATH="+dir+":"+os.Getenv("PATH"), "CALLS="+filepath.Join(dir, "calls"))
	if out, err := command.CombinedOutput(); err != nil {
		t.Errorf("%s: the shell refuses the commands: %v\n%s", s.Title, err, out)
	}
	text, _ := os.ReadFile(filepath.Join(dir, "calls"))
	for call := range strings.SplitSeq(strings.TrimSuffix(string(text), "\x1e"), "\x1e") {
		if args := strings.Split(strings.TrimSuffix(call, "\x1f"), "\x1f"); len(args) > 1 {
			calls = append(calls, args)
		}
	}
	return calls
}

// shapes are commands by what does not differ from one resource to the next, so that each is asked about once.
func shapes(calls [][]string) map[string][]string {
	all := map[string][]string{}
	for _, args := range calls {
		key := ""
		for i, arg := range args {
			if i < 2 || strings.HasPrefix(arg, "--") {
				key += arg + " "
			}
		}
		all[key] = args
	}
	return all
}

// The AWS CLI itself takes every command of the runbooks: its verbs, its parameters, their forms.
func TestTheAWSCommandLineTakesEveryCommand(t *testing.T) {
	t.Parallel()
	needPython(t, "awscli")
	var calls [][]string
	for _, estate := range []string{"innovate", "piksel", "options"} {
		s := reporttest.Reviewed(t, estate)
		for _, d := range []*document.Document{Of(s), logs.Of(s), reviews.Of(s)} {
			for _, section := range d.Sections {
				if len(section.Steps) > 0 {
					calls = append(calls, shell(t, section)...)
				}
			}
		}
	}
	asked := shapes(calls)
	if len(asked) < 40 {
		t.Errorf("%d commands were found, which cannot be all", len(asked))
	}
	for call, why := range parse(t, asked) {
		t.Errorf("the AWS CLI refuses %s: %s", call, why)
	}
}

// parse asks the AWS CLI about calls, and returns what it refuses, with why.
func parse(t *testing.T, calls map[string][]string) map[string]string {
	t.Helper()
	var lines []string
	for _, args := range calls {
		line, err := json.Marshal(args)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, string(line))
	}
	command := exec.Command("python3", "testdata/parse.py")
	command.Stdin = strings.NewReader(strings.Join(lines, "\n") + "\n")
	command.Env = append(os.Environ(), "AWS_ACCESS_KEY_ID=none", "AWS_SECRET_ACCESS_KEY=none", "AWS_DEFAULT_REGION=eu-central-1", "AWS_MAX_ATTEMPTS=1", "AWS_EC2_METADATA_DISABLED=true", "HOME="+t.TempDir())
	var errs bytes.Buffer
	command.Stderr = &errs
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, &errs)
	}
	answers := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(answers) != len(lines) {
		t.Fatalf("%d answers to %d commands:\n%s", len(answers), len(lines), out)
	}
	wrong := map[string]string{}
	for i, line := range lines {
		var why string
		if err := json.Unmarshal([]byte(answers[i]), &why); err != nil {
			t.Fatal(err)
		}
		if why != "" {
			wrong[line] = why
		}
	}
	return wrong
}

// The test above is worth what it refuses.
func TestTheAWSCommandLineRefusesWhatIsWrong(t *testing.T) {
	needPython(t, "awscli")
	for _, call := range []string{
		"ec2 isolate-instance --instance-id i-0",
		"ec2 describe-vpcs --region eu-central-1 --vpc-names vpc-0",
		"iam put-role-policy --role-name r --policy-name p",
		"ec2 revoke-security-group-egress --group-id sg-0 --ip-permissions Protocol=-1",
	} {
		if len(parse(t, map[string][]string{call: strings.Fields(call)})) == 0 {
			t.Errorf("%s is taken", call)
		}
	}
}

// position is where the first of a section's commands is that says something.
func position(t *testing.T, s *document.Section, says string) int {
	t.Helper()
	i := 0
	for _, step := range s.Steps {
		for _, command := range step.Commands {
			if strings.Contains(command, says) {
				return i
			}
			i++
		}
	}
	t.Fatalf("%s: no command says %s", s.Title, says)
	return 0
}

// Evidence is lost, and somebody slips through, if these come the other way around.
func TestTheOrderOfWhatIsDone(t *testing.T) {
	d := Of(reporttest.Reviewed(t, "piksel"))
	for _, test := range []struct{ section, first, then string }{
		{"Isolate a role", "update-assume-role-policy", sid},
		{"Isolate an instance", "--disable-api-termination", "modify-network-interface-attribute"},
		{"Isolate an instance", "detach-instances", "modify-network-interface-attribute"},
		{"Isolate an instance", "create-snapshots", "terminate-instances"},
		{"Isolate a spoke", "replace-network-acl-association", "--no-enable-dns-support"},
		{"Isolate a spoke", "--no-enable-dns-hostnames", "--no-enable-dns-support"},
		{"Isolate a node or a pod of a cluster", "karpenter.sh/do-not-disrupt", "drain"},
	} {
		s := sectionOf(t, d, test.section)
		if position(t, s, test.first) >= position(t, s, test.then) {
			t.Errorf("%s: %s comes after %s", test.section, test.first, test.then)
		}
	}
}
