// Package emulator runs an AWS on this machine, so that a whole estate can be deployed, changed
// and destroyed without an account: moto (https://docs.getmoto.org), a Python package, with its
// gaps filled by what is in the folder test/emulator.
//
// It listens on loopback alone, and forgets everything when it ends.
package emulator

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"hubspoke/internal/tail"
)

// MotoVersion is the version of moto whose gaps are filled. Another one has other gaps.
const MotoVersion = "5.2.1"

// Folder is where the Python programs are, below the folder of the project.
const Folder = "test/emulator"

// ErrMissing says that the machine has no Python, or not the moto that is needed, and what to do.
var ErrMissing = errors.New("the emulator needs Python 3.10 or newer, and moto " + MotoVersion + ": python3 -m pip install 'moto[server]==" + MotoVersion + "'")

// Credentials are what AWS gives to whoever may ask it.
type Credentials struct {
	AccessKeyID     string `json:"access_key_id"`
	SecretAccessKey string `json:"secret_access_key"`
	SessionToken    string `json:"session_token,omitempty"`
}

// Emulator is one that runs.
type Emulator struct {
	// Endpoint is its address, for all services.
	Endpoint string
	// Region is where the estate is.
	Region string
	// Administrator is the first user, with all permissions in the account that bootstraps.
	Administrator Credentials
	// People is a session of a role that the estate names as administrators of its organisation, empty without one.
	People Credentials
	// Operators is a session of a role of state.administrators, empty where a workflow deploys.
	Operators Credentials
	// Profiles are those of administrators of accounts, by the name of a profile of the AWS CLI's configuration.
	Profiles map[string]Credentials

	process *exec.Cmd
	ended   chan struct{}
	stdin   io.Closer
	scratch string
}

// Python is a Python that has moto. The error is [ErrMissing] if there is none.
func Python(ctx context.Context) (string, error) {
	python, err := exec.LookPath("python3")
	if err != nil {
		return "", ErrMissing
	}
	var complaint tail.Tail
	command := exec.CommandContext(ctx, python, "-c", "import flask, flask_cors, moto; print(moto.__version__)")
	command.Stderr = &complaint
	said, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("%w\n%s: %w", ErrMissing, python, errors.Join(err, complaint.Err()))
	}
	if version := strings.TrimSpace(string(said)); version != MotoVersion {
		return "", fmt.Errorf("%w\n%s has moto %s", ErrMissing, python, version)
	}
	return python, nil
}

// Start starts an emulator with what there is before a deployment. The project is the folder
// that holds [Folder]. What the emulator cannot do, it writes to log.
func Start(ctx context.Context, project string, world World, log io.Writer) (*Emulator, error) {
	python, err := Python(ctx)
	if err != nil {
		return nil, err
	}
	program := filepath.Join(project, filepath.FromSlash(Folder))
	if _, err := os.Stat(filepath.Join(program, "__main__.py")); err != nil {
		return nil, fmt.Errorf("the emulator is part of the project: run it where %s is: %w", Folder, err)
	}
	scratch, err := os.MkdirTemp("", "hubspoke-emulator-")
	if err != nil {
		return nil, err
	}
	e := &Emulator{Region: world.Region, scratch: scratch}
	if err := e.run(ctx, python, program, world, log); err != nil {
		return nil, errors.Join(err, e.Stop())
	}
	return e, nil
}

func (e *Emulator) run(ctx context.Context, python, program string, world World, log io.Writer) error {
	said, err := json.Marshal(world)
	if err != nil {
		return err
	}
	ready := filepath.Join(e.scratch, "ready.json")
	process := exec.Command(python, program, "--ready", ready)
	// Nothing that the user has set for AWS or for moto is for this one.
	process.Env = slices.DeleteFunc(os.Environ(), func(v string) bool { return strings.HasPrefix(v, "AWS_") || strings.HasPrefix(v, "MOTO_") })
	process.Env = append(process.Env, "PYTHONDONTWRITEBYTECODE=1")
	var complaint tail.Tail
	process.Stdout, process.Stderr = log, io.MultiWriter(log, &complaint)
	detach(process)
	stdin, err := process.StdinPipe()
	if err != nil {
		return err
	}
	if err := process.Start(); err != nil {
		return err
	}
	e.process, e.stdin, e.ended = process, stdin, make(chan struct{})
	go func() {
		process.Wait()
		close(e.ended)
	}()
	if _, err := stdin.Write(append(said, '\n')); err != nil {
		return fmt.Errorf("the emulator ended: %w", err)
	}
	if err := e.await(ctx, ready); err != nil {
		return errors.Join(err, complaint.Err())
	}
	return nil
}

// await reads what the emulator writes when it answers.
func (e *Emulator) await(ctx context.Context, ready string) error {
	for {
		text, err := os.ReadFile(ready)
		if err == nil {
			var answer struct {
				Endpoint      string      `json:"endpoint"`
				Administrator Credentials `json:"administrator"`
				People        Credentials `json:"people"`
				Operators     Credentials `json:"operators"`

				Profiles map[string]Credentials `json:"profiles"`
			}
			if err := json.Unmarshal(text, &answer); err != nil {
				return err
			}
			e.Endpoint, e.Administrator, e.People, e.Operators = answer.Endpoint, answer.Administrator, answer.People, answer.Operators
			e.Profiles = answer.Profiles
			return e.writeProfiles()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-e.ended:
			return fmt.Errorf("the emulator ended before it answered: %s", e.process.ProcessState)
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// profiles is the file of the AWS CLI's configuration, which has no other profiles than the estate's.
func (e *Emulator) profiles() string { return filepath.Join(e.scratch, "config") }

func (e *Emulator) writeProfiles() error {
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(e.Profiles)) {
		fmt.Fprintf(&text, "[profile %s]\naws_access_key_id = %s\naws_secret_access_key = %s\n", name, e.Profiles[name].AccessKeyID, e.Profiles[name].SecretAccessKey)
	}
	return os.WriteFile(e.profiles(), []byte(text.String()), 0o600)
}

// Ended is closed when the emulator has ended, by Stop or by itself. Whoever asks it then waits long for nothing.
func (e *Emulator) Ended() <-chan struct{} { return e.ended }

// Stop ends the emulator, and what it holds.
func (e *Emulator) Stop() error {
	if e.stdin != nil {
		e.stdin.Close() // with its input it ends by itself
	}
	if e.process != nil && e.process.Process != nil {
		e.process.Process.Kill()
	}
	return os.RemoveAll(e.scratch)
}

// Environment makes Terraform, and every other client of AWS, ask the emulator with these credentials.
func (e *Emulator) Environment(c Credentials) map[string]string {
	return map[string]string{
		"AWS_ENDPOINT_URL":          e.Endpoint,
		"AWS_ACCESS_KEY_ID":         c.AccessKeyID,
		"AWS_SECRET_ACCESS_KEY":     c.SecretAccessKey,
		"AWS_SESSION_TOKEN":         c.SessionToken,
		"AWS_REGION":                e.Region,
		"AWS_DEFAULT_REGION":        e.Region, // what the AWS CLI's version 1 and boto3 read instead
		"AWS_EC2_METADATA_DISABLED": "true",
		// Nothing of the user's own may say who they are, or where AWS is.
		"AWS_PROFILE": "", "AWS_ROLE_ARN": "", "AWS_WEB_IDENTITY_TOKEN_FILE": "",
		"AWS_CONFIG_FILE":             e.profiles(),
		"AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
		// Accounts are a part of S3 Control's host name. What is no loopback address goes
		// to the proxy, which is the emulator.
		"AWS_ENDPOINT_URL_S3_CONTROL": "http://s3-control." + e.Region + ".amazonaws.com",
		"HTTP_PROXY":                  e.Endpoint,
		"NO_PROXY":                    "127.0.0.1",
		// Python takes these before those.
		"http_proxy": e.Endpoint,
		"no_proxy":   "127.0.0.1",
	}
}

// A Fault is what the emulator does to some requests instead of answering them.
type Fault struct {
	// Kind is "throttled", "error" (a 500), "refused" (a permission is missing), "slow" (answered after
	// Seconds), "lost" (done, and answered with a 500), "cut" (done, and the connection closed without an answer) or
	// "late" (done, and answered after Seconds).
	Kind string `json:"kind"`
	// Service and Operation say which requests: the service by the name that they are signed for, and the operation
	// by the name that is in the request, else by method and path. Empty are all.
	Service   string `json:"service,omitempty"`
	Operation string `json:"operation,omitempty"`
	// Skip is how many of them are answered first, Count how many then are not.
	Skip  int `json:"skip,omitempty"`
	Count int `json:"count"`
	// Seconds is how long they wait before that. Default: not at all.
	Seconds float64 `json:"seconds,omitempty"`
}

// Order makes faults happen, instead of those that were ordered before.
func (e *Emulator) Order(faults ...Fault) error {
	if faults == nil {
		faults = []Fault{}
	}
	return e.post("faults", faults)
}

func (e *Emulator) post(what string, said any) error {
	body, err := json.Marshal(said)
	if err != nil {
		return err
	}
	answer, err := http.Post(e.Endpoint+"/emulator/"+what, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusNoContent {
		return fmt.Errorf("the emulator refuses to change its %s: %s", what, answer.Status)
	}
	return nil
}

// Pending are the faults that have not happened yet.
func (e *Emulator) Pending() ([]Fault, error) {
	var faults []Fault
	return faults, e.ask("faults", &faults)
}

// Calls is how often each operation was asked for, by service and operation with a blank between.
func (e *Emulator) Calls() (map[string]int, error) {
	var calls map[string]int
	return calls, e.ask("calls", &calls)
}

// Inventory is what there is in accounts, by Terraform's name of its type: the ids, one for each thing. Only
// what Terraform's stacks make much of is looked at, and what AWS makes by itself is left out.
func (e *Emulator) Inventory(accounts []string) (map[string][]string, error) {
	var held map[string][]string
	return held, e.ask("inventory?region="+e.Region+"&accounts="+strings.Join(accounts, ","), &held)
}

func (e *Emulator) ask(what string, answer any) error {
	response, err := http.Get(e.Endpoint + "/emulator/" + what)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	return json.NewDecoder(response.Body).Decode(answer)
}
