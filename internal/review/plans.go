package review

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/internal/compare"
	"hubspoke/proof/stackjson"
)

// Planned is what a plan of a stack would do, and found.
type Planned struct {
	// Account is the name or number of the account, "" if nobody knows.
	Account   string
	Resources []Resource
	Drift     []Drift
}

// ReadPlan reads a plan as `terraform show -json` prints it. The stack's name is that of the
// file, without what comes after its first dot.
func ReadPlan(file string) (stack string, planned *Planned, err error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return "", nil, err
	}
	stack, _, _ = strings.Cut(filepath.Base(file), ".")
	var plan tfjson.Plan
	if err := json.Unmarshal(text, &plan); err != nil {
		return "", nil, fmt.Errorf("%s is no plan as `terraform show -json` prints it: %w", file, err)
	}
	return stack, PlanOf(stack, &plan), nil
}

// PlanOf is what a plan would do with the managed resources of a stack.
func PlanOf(stack string, plan *tfjson.Plan) *Planned {
	p := &Planned{}
	for _, c := range plan.ResourceChanges {
		if c.Mode != tfjson.ManagedResourceMode || c.Change == nil {
			continue
		}
		one := Resource{Address: c.Address}
		if c.PreviousAddress != "" && c.PreviousAddress != c.Address {
			one.Moved = c.PreviousAddress
		}
		switch actions := c.Change.Actions; {
		case actions.Replace():
			one.Effect, one.Why = compare.Replace, replacing(c)
		case actions.Create():
			one.Effect = compare.Create
		case actions.Delete():
			one.Effect = compare.Delete
		case actions.Forget():
			one.Effect = compare.Forget
		case actions.Update():
			one.Effect = compare.Update
		case one.Moved != "":
			one.Effect = compare.Update
		default:
			continue
		}
		if one.Effect == compare.Update || one.Effect == compare.Replace {
			one.Arguments = differing(c.Type, c.Change)
			// Only marks of what is sensitive differ.
			if one.Effect == compare.Update && len(one.Arguments) == 0 && one.Moved == "" {
				continue
			}
		}
		p.Resources = append(p.Resources, one)
	}
	for _, c := range plan.ResourceDrift {
		if c.Mode != tfjson.ManagedResourceMode || c.Change == nil || c.Change.Actions.NoOp() {
			continue
		}
		what := "is gone"
		if !c.Change.Actions.Delete() {
			var names []string
			before, _ := c.Change.Before.(map[string]any)
			after, _ := c.Change.After.(map[string]any)
			for _, a := range differing(c.Type, c.Change) {
				// An apply writes null where the next read writes an empty list: nobody changed that.
				if !stackjson.Empty(before[a.Path]) || !stackjson.Empty(after[a.Path]) {
					names = append(names, a.Path)
				}
			}
			if len(names) == 0 {
				continue
			}
			what = strings.Join(names, ", ") + " changed"
		}
		p.Drift = append(p.Drift, Drift{stack, c.Address, what})
	}
	return p
}

// replacing says which arguments replace a resource.
func replacing(c *tfjson.ResourceChange) string {
	var names []string
	for _, p := range c.Change.ReplacePaths {
		var parts []string
		steps, _ := p.([]any)
		for _, step := range steps {
			parts = append(parts, fmt.Sprint(step))
		}
		names = append(names, strings.Join(parts, "."))
	}
	slices.Sort(names)
	if len(names) == 0 {
		return "it is tainted, or told to be replaced"
	}
	return strings.Join(slices.Compact(names), ", ") + " forces it"
}

// differing are the arguments that a planned change changes. What is sensitive, or not known
// before it is applied, has no value.
func differing(kind string, c *tfjson.Change) []Argument {
	before, _ := c.Before.(map[string]any)
	after, _ := c.After.(map[string]any)
	unknown, _ := c.AfterUnknown.(map[string]any)
	var all []Argument
	keys := map[string]bool{}
	for _, m := range []map[string]any{before, after, unknown} {
		for key := range m {
			keys[key] = true
		}
	}
	for key := range keys {
		open := marked(unknown[key])
		if !open && encoded(before[key]) == encoded(after[key]) {
			continue
		}
		one := Argument{Path: key, Sensitive: sensitive(kind, key) || holdsSecret(kind, key) || marks(c.BeforeSensitive, key) || marks(c.AfterSensitive, key) ||
			secretName.MatchString(encoded(before[key])+encoded(after[key]))}
		if !one.Sensitive {
			one.Before, one.After = brief(encoded(before[key])), brief(encoded(after[key]))
			if open {
				one.After = "(known after apply)"
			}
		}
		all = append(all, one)
	}
	slices.SortFunc(all, func(a, b Argument) int { return strings.Compare(a.Path, b.Path) })
	return all
}

// marked says that a value, or a part of it, is marked as true.
func marked(value any) bool {
	switch v := value.(type) {
	case bool:
		return v
	case map[string]any:
		for _, item := range v {
			if marked(item) {
				return true
			}
		}
	case []any:
		return slices.ContainsFunc(v, marked)
	}
	return false
}

// marks says that an argument is marked in a value of marks: all of it, or something within.
func marks(value any, key string) bool {
	if all, ok := value.(bool); ok {
		return all
	}
	object, _ := value.(map[string]any)
	return marked(object[key])
}

func encoded(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	}
	text, _ := json.Marshal(value)
	return string(text)
}

// brief is a value that is short enough to be shown, "" for others.
func brief(text string) string {
	if len(text) > longest || secretName.MatchString(text) {
		return ""
	}
	return text
}
