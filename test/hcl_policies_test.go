package test

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-exec/tfexec"

	"hubspoke/internal/madeup"
	"hubspoke/internal/runner"
	"hubspoke/internal/tf"
	"hubspoke/internal/versions"
)

// foundByDefault are arguments that AWS fills and whose absence from a state would replace the
// resource.
var foundByDefault = map[string]map[string]any{
	"aws_iam_role": {"path": "/", "max_session_duration": 3600},
	"aws_kms_key":  {"key_usage": "ENCRYPT_DECRYPT", "customer_master_key_spec": "SYMMETRIC_DEFAULT", "is_enabled": true},
}

// In HCL a policy's keys come out in another order than in JSON. The provider compares what
// policies mean, so that whoever goes on with the HCL changes nothing: each argument that
// has a policy is planned with its keys in order, against a state that has it as it was.
func TestTheProviderComparesPoliciesByTheirMeaning(t *testing.T) {
	installation := terraformFor(t)
	resources, states := map[string]any{}, []any{}
	policies := map[string][]string{}
	for _, name := range tf.Keys(estates) {
		e := synthesized(t, name)
		for _, s := range e.stacks {
			for _, r := range s.Resources() {
				body, _ := madeup.Resolve(e.in("999999999999"), r.Body).(map[string]any)
				found := policiesIn(body)
				if r.Data || len(found) == 0 || policies[r.Type] != nil {
					continue
				}
				policies[r.Type] = found
				body = maps.Clone(body)
				for _, meta := range []string{"//", "provider", "depends_on", "lifecycle"} {
					delete(body, meta)
				}
				if body["instance_arn"] != nil { // read from AWS, which nobody has made up
					body["instance_arn"] = "arn:aws:sso:::instance/ssoins-0123456789abcdef"
				}
				states = append(states, stateOf(r.Type, body))
				for _, argument := range found {
					body[argument] = inOrder(body[argument])
				}
				resources[r.Type] = map[string]any{"this": body}
			}
		}
	}
	if len(policies) < 15 {
		t.Fatalf("policies of %v alone: mend this test", tf.Keys(policies))
	}
	folder, err := installation.ScratchFiles("policies", map[string][]byte{
		"main.tf.json": encoded(t, map[string]any{
			"terraform": map[string]any{"required_providers": map[string]any{"aws": map[string]any{"source": "hashicorp/aws", "version": versions.AWSProvider}}},
			"provider": map[string]any{"aws": map[string]any{"region": "eu-central-1", "access_key": "made-up", "secret_key": "made-up",
				"skip_credentials_validation": true, "skip_requesting_account_id": true, "skip_metadata_api_check": true}},
			"resource": resources,
		}),
		"terraform.tfstate": encoded(t, map[string]any{"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "made-up", "outputs": map[string]any{}, "resources": states}),
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := folder.Plan(t.Context(), tfexec.Refresh(false), tfexec.Out(runner.PlanFile)); err != nil {
		t.Fatal(err)
	}
	plan, err := folder.Show(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, change := range plan.ResourceChanges {
		before, _ := change.Change.Before.(map[string]any)
		after, _ := change.Change.After.(map[string]any)
		for _, argument := range policies[change.Type] {
			seen++
			if change.Change.Actions.Replace() || before[argument] == nil || before[argument] != after[argument] {
				t.Errorf("%s.%s would change (%v):\n%v\n%v", change.Type, argument, change.Change.Actions, before[argument], after[argument])
			}
		}
	}
	if want := slices.Concat(slices.Collect(maps.Values(policies))...); seen != len(want) {
		t.Errorf("%d policies are planned, want %d", seen, len(want))
	}
}

// policiesIn are the arguments of a resource that hold policies, if all that it holds is known.
func policiesIn(body map[string]any) (arguments []string) {
	for name, value := range body {
		text, _ := value.(string)
		if unknown := strings.ReplaceAll(text, "$${", ""); strings.Contains(unknown, "${") {
			return nil
		}
		var policy map[string]any
		if json.Unmarshal([]byte(text), &policy) == nil && policy["Statement"] != nil {
			arguments = append(arguments, name)
		}
	}
	return arguments
}

// stateOf is a resource in a state file, with its plain arguments.
func stateOf(kind string, body map[string]any) any {
	attributes := maps.Clone(foundByDefault[kind])
	if attributes == nil {
		attributes = map[string]any{}
	}
	attributes["id"] = "made-up"
	for name, value := range body {
		switch v := value.(type) {
		case string:
			attributes[name] = strings.ReplaceAll(v, "$${", "${")
		case bool, float64:
			attributes[name] = v
		}
	}
	return map[string]any{
		"mode": "managed", "type": kind, "name": "this", "provider": `provider["registry.terraform.io/hashicorp/aws"]`,
		"instances": []any{map[string]any{"schema_version": 0, "attributes": attributes}},
	}
}

func encoded(t *testing.T, value any) []byte {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
