// Package planrecord keeps what was reviewed of a plan, and says whether another plan does
// no more than that.
//
// A record is a plan as `terraform show -json` prints it, of which only the changes are left,
// and no value that is marked as sensitive: what a person who may read the log of the plan
// has seen. It can be kept where a plan cannot, which holds secrets as a state does.
// https://developer.hashicorp.com/terraform/internals/json-format#plan-representation
package planrecord

import (
	"encoding/json"
	"fmt"
	"reflect"

	tfjson "github.com/hashicorp/terraform-json"
)

// What stands for a sensitive value, and for one that a plan changes.
const (
	sensitive        = "(sensitive)"
	sensitiveChanged = "(sensitive, changes)"
)

// Read reads a plan, or the record of one.
func Read(text []byte) (*tfjson.Plan, error) {
	var plan tfjson.Plan
	if err := json.Unmarshal(text, &plan); err != nil {
		return nil, fmt.Errorf("this is no plan as `terraform show -json` prints it: %w", err)
	}
	return &plan, nil
}

// Of is the record of a plan.
func Of(plan *tfjson.Plan) *tfjson.Plan {
	record := &tfjson.Plan{
		FormatVersion: plan.FormatVersion, TerraformVersion: plan.TerraformVersion,
		ResourceChanges: []*tfjson.ResourceChange{}, OutputChanges: map[string]*tfjson.Change{},
	}
	for _, c := range plan.ResourceChanges {
		if does(c) {
			record.ResourceChanges = append(record.ResourceChanges, redactedChange(c))
		}
	}
	for _, c := range plan.ResourceDrift {
		if c.Change != nil {
			record.ResourceDrift = append(record.ResourceDrift, redactedChange(c))
		}
	}
	for name, c := range plan.OutputChanges {
		if c != nil && !c.Actions.NoOp() {
			record.OutputChanges[name] = redacted(c)
		}
	}
	return record
}

// does says whether a change is one that an apply makes: it does something, or gives what is
// there another address, or takes it into the state.
func does(c *tfjson.ResourceChange) bool {
	return c.Mode == tfjson.ManagedResourceMode && c.Change != nil &&
		(!c.Change.Actions.NoOp() || c.Change.Importing != nil || moved(c))
}

func moved(c *tfjson.ResourceChange) bool {
	return c.PreviousAddress != "" && c.PreviousAddress != c.Address
}

func redactedChange(c *tfjson.ResourceChange) *tfjson.ResourceChange {
	out := *c
	out.Change = redacted(c.Change)
	return &out
}

// redacted is a change without its sensitive values. One that changes still does.
func redacted(c *tfjson.Change) *tfjson.Change {
	out := *c
	out.Before = without(c.Before, c.BeforeSensitive, c.Before)
	out.After = without(c.After, c.AfterSensitive, c.Before)
	out.GeneratedConfig = ""
	return &out
}

// without is a value with what is marked in it replaced. What stands there says whether it
// differs from the value before.
func without(value, marks, before any) any {
	switch m := marks.(type) {
	case bool:
		switch {
		case !m || value == nil:
		case reflect.DeepEqual(value, before):
			return sensitive
		default:
			return sensitiveChanged
		}
	case map[string]any:
		if object, ok := value.(map[string]any); ok {
			was, _ := before.(map[string]any)
			out := map[string]any{}
			for k, v := range object {
				out[k] = without(v, m[k], was[k])
			}
			return out
		}
	case []any:
		if list, ok := value.([]any); ok {
			was, _ := before.([]any)
			out := make([]any, len(list))
			for i, v := range list {
				out[i] = without(v, at(m, i), at(was, i))
			}
			return out
		}
	}
	return value
}

func at(list []any, i int) any {
	if i < len(list) {
		return list[i]
	}
	return nil
}
