package test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/internal/fakeaws"
	"hubspoke/internal/madeup"
	"hubspoke/internal/offlineplan"
	"hubspoke/internal/review"
	"hubspoke/internal/runner"
	"hubspoke/proof/stackjson"
)

// A plan against a made-up state does what a plan does against a state that an apply has written.
// The latter is testdata/applied: Terraform and the real provider applied the stack to an emulator
// of AWS, whose ids, ARNs and computed values are not those that are made up. Both plans are by
// the same provider, and compared by action, address and what forces a replacement.
func TestAPlanAgainstAMadeUpStateIsThatAgainstAnAppliedOne(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir()) // states that are made up by other code are no proof of this
	const stack = "service-network"
	before := synthesized(t, "privatelink")
	zone := edited(t, "privatelink", edit{"service.yaml", `az_count: 2`, `az_count: 3`})
	changes := []struct {
		name  string
		after *synthesis
		// replaces is how many resources go, at least: a comparison of nothing shows nothing.
		replaces, changes int
	}{
		{"a zone, and an option of the gateway's attachment", mutated(t, zone, stack, "aws_ec2_transit_gateway_vpc_attachment", attachmentOf(t, zone.stack(stack)), func(body map[string]any) {
			body["appliance_mode_support"] = "enable"
		}), 0, 3},
		{"another CIDR", edited(t, "privatelink", edit{"service.yaml", `10\.2\.0\.0/16`, `10.9.0.0/16`}), 10, 10},
	}
	installation, err := runner.Install(t.Context(), before.stacks)
	if errors.Is(err, runner.ErrNotFound) {
		missing(t, err.Error())
	}
	if err != nil {
		t.Fatal(err)
	}
	defer installation.Close()
	applied := appliedState(t, stack)
	if same := applied.plan(t, installation, before, stack); len(same) > 0 {
		t.Fatalf("%s was applied as it was then; apply it anew, since it has changed: %q", stack, same)
	}
	for _, c := range changes {
		t.Run(c.name, func(t *testing.T) {
			planner, err := offlineplan.New(t.Context(), withTexts(before), withTexts(c.after), before.Accounts[before.EntryAccount()], "aws")
			if err != nil {
				t.Fatal(err)
			}
			defer planner.Close()
			plans, failed := planner.Changed(t.Context(), []string{stack})
			for _, err := range failed {
				t.Fatal(err)
			}
			got, want := effects(plans[stack]), applied.plan(t, installation, c.after, stack)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("- against the applied state, + against the made-up one:\n%s", diff)
			}
			replaces := 0
			for _, line := range want {
				if strings.HasPrefix(line, "replace ") {
					replaces++
				}
			}
			if replaces < c.replaces || len(want) < c.changes {
				t.Errorf("%d resources are replaced of %d that change: mend this test\n%q", replaces, len(want), want)
			}
		})
	}
}

func attachmentOf(t *testing.T, s *stackjson.Stack) string {
	t.Helper()
	for _, r := range s.Resources() {
		if r.Type == "aws_ec2_transit_gateway_vpc_attachment" {
			return r.Name
		}
	}
	t.Fatalf("%s has no attachment any more: mend this test", s.Name)
	return ""
}

// withTexts are an estate's stacks with the text that Terraform reads.
func withTexts(e *synthesis) []*stackjson.Stack {
	var all []*stackjson.Stack
	for _, s := range e.stacks {
		copied := *s
		copied.Text = []byte(compact(s.JSON))
		all = append(all, &copied)
	}
	return all
}

// effects are what a plan does, and why it replaces something. The review leaves out what
// differs in marks of sensitivity alone.
func effects(plan *tfjson.Plan) []string {
	var all []string
	for _, r := range review.PlanOf("", plan).Resources {
		all = append(all, fmt.Sprintf("%s %s %s", r.Effect, r.Address, r.Why))
	}
	slices.Sort(all)
	return all
}

// appliedStack is a stack's state and those that it reads, as `terraform show -json` prints a
// state: of the others, their outputs.
type appliedStack struct {
	state map[string]any
	reads map[string][]byte // by the name of the data source
}

func appliedState(t *testing.T, stack string) *appliedStack {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("testdata", "applied", stack+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var shown tfjson.State
	if err := json.Unmarshal(text, &shown); err != nil {
		t.Fatal(err)
	}
	a := &appliedStack{reads: map[string][]byte{}}
	var resources []any
	for _, r := range shown.Values.RootModule.Resources {
		if r.Mode == tfjson.DataResourceMode {
			if outputs, ok := r.AttributeValues["outputs"].(map[string]any); ok {
				a.reads[r.Name] = stateFile(t, outputs, nil)
			}
			continue
		}
		instance := map[string]any{"schema_version": r.SchemaVersion, "attributes": r.AttributeValues}
		if r.Index != nil {
			instance["index_key"] = r.Index
		}
		resources = append(resources, map[string]any{"mode": "managed", "type": r.Type, "name": r.Name,
			"provider": `provider["` + r.ProviderName + `"]`, "instances": []any{instance}})
	}
	outputs := map[string]any{}
	for name, o := range shown.Values.Outputs {
		outputs[name] = o.Value
	}
	a.state = map[string]any{"outputs": outputs, "resources": resources}
	return a
}

// stateFile is a state as Terraform's backend keeps it.
func stateFile(t *testing.T, outputs map[string]any, resources any) []byte {
	t.Helper()
	typed := map[string]any{}
	for name, value := range outputs {
		typed[name] = map[string]any{"value": value, "type": madeup.TypeOf(value)}
	}
	if resources == nil {
		resources = []any{}
	}
	text, err := json.Marshal(map[string]any{"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "applied", "outputs": typed, "resources": resources})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// plan is what a stack would do to the applied state.
func (a *appliedStack) plan(t *testing.T, installation *runner.Installation, e *synthesis, name string) []string {
	t.Helper()
	aws := fakeaws.Start()
	defer aws.Close()
	s := *e.stack(name)
	s.Text = []byte(compact(s.JSON))
	for _, r := range s.RemoteStates() {
		bucket, _ := r.Config["bucket"].(string)
		key, _ := r.Config["key"].(string)
		aws.PutObject(bucket, key, a.reads[r.Name])
	}
	_, backend := s.Backend()
	aws.PutObject(backend["bucket"].(string), backend["key"].(string), stateFile(t, a.state["outputs"].(map[string]any), a.state["resources"]))
	folder, err := installation.Scratch(&s, aws.Environment(e.Accounts[e.EntryAccount()]))
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(folder.Path)
	if override := madeup.Destroyable(&s); override != nil {
		write(t, filepath.Join(folder.Path, "applied_override.tf.json"), string(override))
	}
	if err := folder.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	plan, err := folder.PlanJSON(t.Context(), tfexec.Refresh(false), tfexec.Lock(false))
	if err != nil {
		t.Fatal(err)
	}
	return effects(plan)
}
