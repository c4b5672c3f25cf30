package probe

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/internal/arn"
)

// aws stands in for the AWS command line: it answers with the checks, and keeps
// what it is given to log.
const aws = `#!/bin/sh
case "$1 $2" in
"ssm get-parameters-by-path") cat "$(dirname "$0")/parameters" ;;
*)
  for argument in "$@"; do
    case "$argument" in file://*) cat "${argument#file://}" > "$(dirname "$0")/logged" ;; esac
  done ;;
esac
`

const parameters = `{"Parameters": [
  {"Name": "/probe/x/c", "Value": "{\"name\":\"silent where it must be\",\"kind\":\"silent\",\"hosts\":[\"127.0.0.1\",\"127.0.0.2\"],\"port\":1}"},
  {"Name": "/probe/x/a", "Value": "{\"name\":\"resolves\",\"kind\":\"resolve\",\"host\":\"localhost\",\"within\":\"127.0.0.0/8\"}"},
  {"Name": "/probe/x/b", "Value": "{\"name\":\"answers\",\"kind\":\"connect\",\"host\":\"127.0.0.1\",\"port\":1}"},
  {"Name": "/probe/x/d", "Value": "{\"name\":\"elsewhere\",\"kind\":\"resolve\",\"host\":\"localhost\",\"within\":\"10.0.0.0/8\"}"}
]}`

// run runs a program of the probe, in a folder with stand-ins for what it calls, with those
// checks and with further environment variables. It returns what was printed, after it has
// seen that the same was logged.
func run(t *testing.T, parameters string, env []string, program ...string) string {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("python3, which the program is written in, is not installed")
	}
	bin := t.TempDir()
	for name, text := range map[string]string{"aws": aws, "parameters": parameters} {
		if err := os.WriteFile(filepath.Join(bin, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	// Not through a version manager's wrapper, which would look for aws elsewhere.
	real, err := exec.Command(python, "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		t.Fatal(err)
	}
	run := exec.Command(strings.TrimSpace(string(real)), append(program, "region", "/probe/x", "group", "x")...)
	run.Env = append(os.Environ(), append(env, "PYTHONDONTWRITEBYTECODE=1", "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))...)
	output, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	var logged []struct {
		Timestamp int64
		Message   string
	}
	text, err := os.ReadFile(filepath.Join(bin, "logged"))
	if err == nil {
		err = json.Unmarshal(text, &logged)
	}
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, event := range logged {
		lines = append(lines, event.Message+"\n")
	}
	if diff := cmp.Diff(string(output), strings.Join(lines, "")); diff != "" {
		t.Errorf("what was logged is not what was printed (-printed +logged):\n%s", diff)
	}
	return string(output)
}

func TestTheProgramLogsALineForEachCheck(t *testing.T) {
	// A refused connection was answered: the packet went there and back.
	want := "ok resolves: 127.0.0.1\nok answers: refused\nFAILED silent where it must be: 127.0.0.1 refused, 127.0.0.2 refused\nFAILED elsewhere: 127.0.0.1\n"
	for _, program := range []string{"probe.py", "ask.py"} {
		if got := run(t, parameters, nil, program); got != want {
			t.Errorf("%s printed:\n%swant:\n%s", program, got, want)
		}
	}
}

func TestTheProgramFitsIntoUserData(t *testing.T) {
	config := Config{Name: strings.Repeat("n", 50), LogGroup: strings.Repeat("g", 50), Account: arn.Account{Region: "ap-southeast-3"}}
	without, err := config.userData()
	if err != nil {
		t.Fatal(err)
	}
	config.Checks = []Check{Ask("id", "name", "host", "/", 200, 399)}
	text, err := config.userData()
	if err != nil {
		t.Fatal(err)
	}
	// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-add-user-data.html
	if len(text) > 16*1024 {
		t.Errorf("user data of %d bytes, and EC2 takes 16 KB", len(text))
	}
	if strings.Contains(text, "${") || strings.Contains(text, "%{") {
		t.Error("Terraform would read a part of the program as a template")
	}
	// Who asks nobody is not replaced for the sake of those who do.
	if strings.Contains(without, "ask.py") || !strings.Contains(text, "ExecStart=/opt/probe/ask.py ") {
		t.Error("the program that asks is not where something is asked, and there alone")
	}
}
