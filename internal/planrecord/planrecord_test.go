package planrecord

import (
	"encoding/json"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
)

// plan is one with these changes, as Terraform prints it.
func plan(t *testing.T, changes ...string) *tfjson.Plan {
	t.Helper()
	p, err := Read([]byte(`{"format_version": "1.2", "terraform_version": "1.11.4", "variables": {"x": {"value": "hunter2"}},
		"resource_changes": [` + strings.Join(changes, ",") + `], "output_changes": {"id": {"actions": ["create"], "after_unknown": true}}}`))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func change(address, rest string) string {
	return `{"address": "` + address + `", "mode": "managed", "type": "a", "name": "b", "change": {` + rest + `}}`
}

const (
	created  = `"actions": ["create"], "before": null, "after": {"name": "a", "tags": ["x"]}, "after_unknown": {"id": true, "tags": [false]}`
	password = `"actions": ["update"], "before": {"password": "hunter1", "name": "a", "pin": "hunter3"}, "after": {"password": "hunter2", "name": "b", "pin": "hunter3"},
		"before_sensitive": {"password": true, "pin": true}, "after_sensitive": {"password": true, "pin": true}`
)

func TestARecordHasNoSensitiveValue(t *testing.T) {
	record := Of(plan(t, change("a.b", password), `{"address": "data.a.b", "mode": "data", "change": {"actions": ["read"], "before": null, "after": {"x": "hunter4"}}}`))
	text, err := json.Marshal(record)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(text), "hunter") {
		t.Errorf("%s", text)
	}
	// It is read as a plan, and its record is itself.
	again, err := Read(text)
	if err != nil {
		t.Fatal(err)
	}
	if twice, err := json.Marshal(Of(again)); err != nil || string(twice) != string(text) {
		t.Errorf("%v\n%s\n%s", err, text, twice)
	}
	after := again.ResourceChanges[0].Change.After.(map[string]any)
	if after["password"] != sensitiveChanged || after["pin"] != sensitive || after["name"] != "b" {
		t.Errorf("%v", after)
	}
}

func TestWhatWasReviewedIsAppliedAndNothingElse(t *testing.T) {
	for name, c := range map[string]struct {
		reviewed, planned []string
		want              string // "" if it may be applied
	}{
		"the same":              {[]string{change("a.b", created)}, []string{change("a.b", created)}, ""},
		"the rest of it":        {[]string{change("a.b", created), change("a.c", created)}, []string{change("a.c", created)}, ""},
		"nothing any more":      {[]string{change("a.b", created)}, nil, ""},
		"what is known by now":  {[]string{change("a.b", created)}, []string{change("a.b", strings.Replace(strings.Replace(created, `"name": "a"`, `"name": "a", "id": "7"`, 1), `"id": true`, `"id": false`, 1))}, ""},
		"what stays":            {nil, []string{change("a.b", `"actions": ["no-op"], "before": {}, "after": {}`)}, ""},
		"a secret":              {[]string{change("a.b", password)}, []string{change("a.b", password)}, ""},
		"something more":        {nil, []string{change("a.b", created)}, "is created, and nothing was to become of it"},
		"another value":         {[]string{change("a.b", created)}, []string{change("a.b", strings.Replace(created, `"x"`, `"y"`, 1))}, "becomes something else"},
		"one more in a list":    {[]string{change("a.b", created)}, []string{change("a.b", strings.Replace(created, `["x"]`, `["x", "z"]`, 1))}, "becomes something else"},
		"an argument more":      {[]string{change("a.b", created)}, []string{change("a.b", strings.Replace(created, `"name"`, `"public": true, "name"`, 1))}, "becomes something else"},
		"a replacement instead": {[]string{change("a.b", password)}, []string{change("a.b", strings.Replace(password, `"update"`, `"delete", "create"`, 1))}, "is replaced, and was reviewed as: is changed"},
		"a deletion instead":    {[]string{change("a.b", password)}, []string{change("a.b", `"actions": ["delete"], "before": {}, "after": null`)}, "is destroyed"},
		"drift since":           {[]string{change("a.b", password)}, []string{change("a.b", strings.Replace(password, `"name": "a"`, `"name": "c"`, 1))}, "is not what it was"},
		"a secret that changes": {
			[]string{change("a.b", strings.Replace(password, "hunter2", "hunter1", 1))}, []string{change("a.b", password)}, "becomes something else",
		},
		"a deposed object": {
			[]string{change("a.b", created)}, []string{change("a.b", created), strings.Replace(change("a.b", `"actions": ["delete"], "before": {}, "after": null`), `"mode"`, `"deposed": "1234", "mode"`, 1)}, "is destroyed",
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := strings.Join(Beyond(Of(plan(t, c.reviewed...)), plan(t, c.planned...)), "\n")
			if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestAnOutputThatNobodyReviewedIsTold(t *testing.T) {
	reviewed, planned := plan(t), plan(t)
	planned.OutputChanges["more"] = &tfjson.Change{Actions: tfjson.Actions{tfjson.ActionCreate}, After: "x"}
	planned.OutputChanges["id"].After, planned.OutputChanges["id"].AfterUnknown = "7", false // known by now
	if got := Beyond(reviewed, planned); len(got) != 1 || !strings.Contains(got[0], "output more") {
		t.Errorf("%v", got)
	}
}
