package planrecord

import (
	"fmt"
	"maps"
	"reflect"
	"slices"

	tfjson "github.com/hashicorp/terraform-json"
)

// Beyond says what a plan does that was not reviewed, a line for each resource and output;
// none if it does what was reviewed, or the rest of it, as after an apply that failed half
// way. What was not known when it was reviewed may be anything: nobody has reviewed it as
// something else.
func Beyond(reviewed, planned *tfjson.Plan) []string {
	planned, reviewed = Of(planned), Of(reviewed)
	seen := map[string]*tfjson.ResourceChange{}
	for _, c := range reviewed.ResourceChanges {
		seen[key(c)] = c
	}
	var lines []string
	for _, c := range planned.ResourceChanges {
		if why := beyond(seen[key(c)], c); why != "" {
			lines = append(lines, c.Address+": "+why)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(planned.OutputChanges)) {
		c, was := planned.OutputChanges[name], reviewed.OutputChanges[name]
		switch {
		case was == nil:
			lines = append(lines, "output "+name+": changes, and did not when it was reviewed")
		case !agrees(was.After, c.After, was.AfterUnknown):
			lines = append(lines, "output "+name+": becomes another value than was reviewed")
		}
	}
	return lines
}

// key tells the changes of a plan apart: an address has another for each deposed object.
func key(c *tfjson.ResourceChange) string { return c.Address + " " + c.DeposedKey }

// beyond is why a change is not the one that was reviewed, "" if it is.
func beyond(was, is *tfjson.ResourceChange) string {
	if was == nil {
		return fmt.Sprintf("%s, and nothing was to become of it when it was reviewed", verb(is.Change.Actions))
	}
	switch {
	case !slices.Equal(was.Change.Actions, is.Change.Actions):
		return fmt.Sprintf("%s, and was reviewed as: %s", verb(is.Change.Actions), verb(was.Change.Actions))
	case was.PreviousAddress != is.PreviousAddress:
		return "comes from another address than was reviewed"
	case !reflect.DeepEqual(was.Change.Importing, is.Change.Importing):
		return "takes something else into the state than was reviewed"
	case !reflect.DeepEqual(was.Change.Before, is.Change.Before):
		return "is not what it was when the change was reviewed"
	case !agrees(was.Change.After, is.Change.After, was.Change.AfterUnknown):
		return "becomes something else than was reviewed"
	}
	return ""
}

func verb(actions tfjson.Actions) string {
	switch {
	case actions.Replace():
		return "is replaced"
	case actions.Create():
		return "is created"
	case actions.Update():
		return "is changed"
	case actions.Delete():
		return "is destroyed"
	case actions.Forget():
		return "is forgotten"
	}
	return "stays as it is"
}

// agrees says whether a value is the one that was reviewed, but for what was not known then.
func agrees(was, is, unknown any) bool {
	switch u := unknown.(type) {
	case bool:
		if u {
			return true
		}
	case map[string]any:
		old, ok := was.(map[string]any)
		now, also := is.(map[string]any)
		if !ok || !also {
			break
		}
		names := maps.Clone(old)
		maps.Copy(names, now)
		for name := range names {
			if !agrees(old[name], now[name], u[name]) {
				return false
			}
		}
		return true
	case []any:
		old, ok := was.([]any)
		now, also := is.([]any)
		if !ok || !also || len(now) != max(len(old), len(u)) {
			break
		}
		for i := range now {
			if !agrees(at(old, i), now[i], at(u, i)) {
				return false
			}
		}
		return true
	}
	return reflect.DeepEqual(was, is)
}
