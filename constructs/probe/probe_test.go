package probe

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

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

func TestTheProgramLogsALineForEachCheck(t *testing.T) {
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
	run := exec.Command(strings.TrimSpace(string(real)), "probe.py", "region", "/probe/x", "group", "x")
	run.Env = append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"))
	output, err := run.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	// A refused connection was answered: the packet went there and back.
	want := "ok resolves: 127.0.0.1\nok answers: refused\nFAILED silent where it must be: 127.0.0.1 refused, 127.0.0.2 refused\nFAILED elsewhere: 127.0.0.1\n"
	if string(output) != want {
		t.Errorf("printed:\n%swant:\n%s", output, want)
	}
	logged, err := os.ReadFile(filepath.Join(bin, "logged"))
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(want) {
		if !strings.Contains(string(logged), strings.TrimSpace(line)) {
			t.Errorf("the log lacks %q: %s", line, logged)
		}
	}
}

func TestTheProgramFitsIntoUserData(t *testing.T) {
	text, err := Config{Name: strings.Repeat("n", 50), LogGroup: strings.Repeat("g", 50), Account: arn.Account{Region: "ap-southeast-3"}}.userData()
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
}
