package test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"

	"hubspoke/estate"
	"hubspoke/internal/fakeaws"
	"hubspoke/internal/order"
	"hubspoke/internal/runner"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

// Every stack passes what Terraform itself can say without an AWS account:
// whether it is valid, which is looked at in both of what follows, whether it can be applied with made-up answers of AWS, and
// what the real provider plans, with a backend, roles and states of other stacks
// as when it is deployed: of those stacks that together have everything that a plan can judge, see [planned].
func TestTerraformAcceptsEveryStack(t *testing.T) {
	installation := terraformFor(t)
	aws := fakeaws.Start()
	t.Cleanup(aws.Close)
	for _, name := range tf.Keys(estates) {
		e := synthesized(t, name)
		for _, s := range e.stacks {
			placeState(t, aws, e, s)
		}
		for _, spoke := range e.Spokes {
			if v, ok := existingVPC(spoke); ok {
				aws.PutVPC(e.Accounts[spoke.Name], v)
			}
		}
		for _, account := range e.Sessions.Existing {
			aws.PutSessionPreferences(e.Accounts[account], savedPreferences)
		}
		if e.IsOrganization() {
			aws.PutOrganization(existingOrganization(e))
		}
	}
	chosen := planned(t)
	compared := comparedAsHCL(t)
	t.Run("all", func(t *testing.T) {
		for _, name := range tf.Keys(estates) {
			e := synthesized(t, name)
			t.Run("apply/"+name, func(t *testing.T) {
				t.Parallel()
				mockedApplies(t, installation, e)
			})
			for _, s := range e.stacks {
				if !chosen[name][s.Name] {
					continue
				}
				t.Run("plan/"+name+"/"+s.Name, func(t *testing.T) {
					t.Parallel()
					plan(t, installation, aws, e, s, compared[name][s.Name])
				})
			}
		}
	})
	for _, request := range aws.Refused() {
		t.Errorf("a plan called AWS: %s", request)
	}
}

// mockedApplies applies all stacks of an estate with mocked providers.
func mockedApplies(t *testing.T, installation *runner.Installation, e *synthesis) {
	var cases []runner.Case
	for _, s := range e.stacks {
		cases = append(cases, e.mockedApply(s))
	}
	problems, err := installation.Test(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range e.stacks {
		t.Run(s.Name, func(t *testing.T) {
			if err := problems[s.Name]; err != nil {
				t.Errorf("cannot be applied:\n%v", err)
			}
		})
	}
}

// plan plans a stack with the real provider, which validates it before, and, if asked to, once
// more as HCL.
func plan(t *testing.T, installation *runner.Installation, aws *fakeaws.Server, e *synthesis, s *stackjson.Stack, asHCL bool) {
	ctx := t.Context()
	environment := aws.Environment(e.Accounts[e.EntryAccount()])
	if len(e.State.BootstrapProfiles) > 0 {
		environment["AWS_CONFIG_FILE"] = bootstrapProfiles(t, e)
	}
	folder, err := installation.Scratch(s, environment)
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Init(ctx); err != nil {
		t.Fatalf("init: %v", err)
	}
	changes, err := folder.Plan(ctx, tfexec.Out(runner.PlanFile))
	if err != nil {
		t.Fatalf("cannot be planned:\n%v", err)
	}
	if asHCL {
		plansTheSameAsHCL(t, installation, environment, s, folder)
	}
	want := runner.Changes{Add: resources(s) - len(stackjson.List(s.JSON["import"]))}
	switch imports := stackjson.List(s.JSON["import"]); {
	case s.Name == order.Organization:
		want.Change = moved(e) // and nothing else becomes of what is there already
	case imports != nil:
		want.Change = len(imports) // session preferences, which become those of the estate
	}
	if changes != want {
		t.Errorf("the plan has %s, and the stack %s", changes, want)
	}
	t.Logf("%d resources", want.Add)
}

// bootstrapProfiles is a configuration of the AWS CLI with the profiles that an estate's
// bootstrap names, as somebody of the management account has them: each assumes a role
// in its account with the credentials of the environment.
func bootstrapProfiles(t *testing.T, e *synthesis) string {
	t.Helper()
	var text strings.Builder
	for _, account := range tf.Keys(e.State.BootstrapProfiles) {
		fmt.Fprintf(&text, "[profile %s]\nrole_arn = %s\ncredential_source = Environment\n",
			e.State.BootstrapProfiles[account], e.RoleARN(account, "OrganizationAccountAccessRole"))
	}
	path := filepath.Join(t.TempDir(), "config")
	write(t, path, text.String())
	return path
}

// What a newcomer meets first: the role that AWS Organizations makes does not let the hub
// in. The error is explained where people look for its words.
func TestTheErrorOfARoleThatDoesNotTrustTheHubIsExplained(t *testing.T) {
	installation := terraformFor(t)
	e := synthesized(t, "mesh")
	aws := fakeaws.Start()
	t.Cleanup(aws.Close)
	t.Parallel()
	aws.Distrust(e.RoleARN("blue", "OrganizationAccountAccessRole"))
	folder, err := installation.Scratch(e.stack("bootstrap"), aws.Environment(e.Accounts[estate.HubAccount]))
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	_, err = folder.Plan(t.Context())
	if err == nil {
		t.Fatal("bootstrap is planned, though a role lets nobody in")
	}
	explained, readErr := os.ReadFile("../docs/troubleshooting.md")
	if readErr != nil {
		t.Fatal(readErr)
	}
	for _, words := range []string{"Cannot assume IAM Role", "is not authorized to perform: sts:AssumeRole on resource: arn:aws:iam::"} {
		if !strings.Contains(err.Error(), words) || !strings.Contains(string(explained), words) {
			t.Errorf("%q is not in both docs/troubleshooting.md and Terraform's error:\n%v", words, err)
		}
	}
}

// resources is the number of the stack's resources, without data sources.
func resources(s *stackjson.Stack) int {
	n := 0
	for _, r := range s.Resources() {
		if !r.Data {
			n++
		}
	}
	return n
}

// withStates is an AWS that has the states of all stacks of an estate, until the test ends.
func withStates(t *testing.T, e *synthesis) *fakeaws.Server {
	t.Helper()
	aws := fakeaws.Start()
	t.Cleanup(aws.Close)
	for _, s := range e.stacks {
		placeState(t, aws, e, s)
	}
	return aws
}

// placeState puts the made-up state of a stack where the others read it.
func placeState(t *testing.T, aws *fakeaws.Server, e *synthesis, s *stackjson.Stack) {
	t.Helper()
	for _, reader := range e.stacks {
		for _, r := range reader.RemoteStates() {
			if r.Name == tf.Name(s.Name) {
				bucket, _ := r.Config["bucket"].(string)
				key, _ := r.Config["key"].(string)
				aws.PutObject(bucket, key, e.madeUpState(s))
			}
		}
	}
}

// Terraform and the providers of all estates under test, installed once.
var installed struct {
	once         sync.Once
	installation *runner.Installation
	err          error
}

// terraformFor is Terraform for a test. Where there is none, the test is skipped,
// unless REQUIRE_TERRAFORM is set.
func terraformFor(t *testing.T) *runner.Installation {
	t.Helper()
	var stacks []*stackjson.Stack
	for _, name := range tf.Keys(estates) {
		stacks = append(stacks, synthesized(t, name).stacks...)
	}
	installed.once.Do(func() {
		installed.installation, installed.err = runner.Install(context.Background(), stacks)
	})
	if errors.Is(installed.err, runner.ErrNotFound) {
		missing(t, installed.err.Error())
	}
	if installed.err != nil {
		t.Fatal(installed.err)
	}
	return installed.installation
}

func closeTerraform() {
	if installed.installation != nil {
		installed.installation.Close()
	}
}

// missing skips a test for which the machine lacks something, or fails where
// everything is expected to run.
func missing(t *testing.T, what string) {
	t.Helper()
	if os.Getenv("REQUIRE_TERRAFORM") != "" {
		t.Fatalf("%s (REQUIRE_TERRAFORM is set)", what)
	}
	t.Skip(what)
}

// The tests above are worth what they refuse.
func TestTerraformRefusesBrokenStacks(t *testing.T) {
	installation := terraformFor(t)
	e := synthesized(t, "mesh")
	good := string(e.stack("hub-network").Text)
	for _, broken := range []struct{ name, from, to, want string }{
		{"an unknown reference", `${aws_vpc.main.id}`, `${aws_vpc.other.id}`, "undeclared resource"},
		{"another account's credentials", `"` + e.Accounts["hub"] + `"`, `"999999999999"`, "account"},
		// Nothing of it is planned: only validation sees it.
		{"a mistake in what is not made", `"resource": {`, `"resource": {"aws_sqs_queue": {"unused": {"count": 0, "delay_seconds": -1}},`, "delay_seconds"},
		{"a wrong address range", `10.0.0.0/16"`, `10.0.0.1/16"`, "10.0.0.1/16"},
	} {
		t.Run(broken.name, func(t *testing.T) {
			t.Parallel()
			text := strings.ReplaceAll(good, broken.from, broken.to)
			if text == good {
				t.Fatalf("hub-network has no %s any more: mend this test", broken.from)
			}
			aws := fakeaws.Start()
			t.Cleanup(aws.Close)
			folder, err := installation.Scratch(&stackjson.Stack{Name: "broken", Text: []byte(text)}, aws.Environment(e.Accounts["hub"]))
			if err != nil {
				t.Fatal(err)
			}
			err = folder.Init(t.Context())
			if err == nil {
				_, err = folder.Plan(t.Context())
			}
			if err == nil || !strings.Contains(fmt.Sprint(err), broken.want) {
				t.Errorf("error %v, want one that speaks of %q", err, broken.want)
			}
		})
	}
}

// A test that shares its process with others fails alone, and for the same reasons
// as by itself.
func TestTerraformRefusesBrokenApplies(t *testing.T) {
	installation := terraformFor(t)
	e := synthesized(t, "mesh")
	good := e.stack("hub-network")
	cases := []runner.Case{e.mockedApply(e.stack("blue-network"))}
	want := map[string]string{}
	broken := func(name, problem string, change func(c *runner.Case)) {
		c := e.mockedApply(good)
		stack := stackjson.Stack{Name: name, Text: c.Stack.Text}
		if err := json.Unmarshal(stack.Text, &stack.JSON); err != nil {
			t.Fatal(err)
		}
		c.Stack = &stack
		change(&c)
		cases = append(cases, c)
		want[name] = problem
	}
	resource := func(c *runner.Case, kind, name string, body map[string]any) {
		c.Stack.JSON["resource"].(map[string]any)[kind] = map[string]any{name: body}
	}
	broken("reference", "undeclared resource", func(c *runner.Case) {
		resource(c, "aws_eip", "broken", map[string]any{"instance": "${aws_instance.none.id}"})
	})
	broken("range", "delay_seconds", func(c *runner.Case) {
		resource(c, "aws_sqs_queue", "broken", map[string]any{"delay_seconds": -1})
	})
	broken("argument", "delay", func(c *runner.Case) {
		resource(c, "aws_sqs_queue", "broken", map[string]any{"delay": 1})
	})
	broken("state", "not_there", func(c *runner.Case) {
		resource(c, "aws_sqs_queue", "broken", map[string]any{"name": "${data.terraform_remote_state.hub_logs.outputs.not_there}"})
	})
	broken("destroy", "prevent_destroy", func(c *runner.Case) { c.Override = nil })

	problems, err := installation.Test(t.Context(), cases)
	if err != nil {
		t.Fatal(err)
	}
	if err := problems["blue-network"]; err != nil {
		t.Errorf("the stack that is as it was fails with the others:\n%v", err)
	}
	for _, name := range tf.Keys(want) {
		if err := problems[name]; err == nil || !strings.Contains(err.Error(), want[name]) {
			t.Errorf("%s: error %v, want one that speaks of %q", name, err, want[name])
		}
	}
}
