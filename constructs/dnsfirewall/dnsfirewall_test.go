package dnsfirewall

import (
	"fmt"
	"strings"
	"testing"

	"hubspoke/internal/tf"
)

// A domain of a list is itself alone, and a name that people write down is everything below
// it as well.
func TestANameIsItselfAndAllBelow(t *testing.T) {
	for _, test := range []struct {
		domains []string
		want    string
	}{
		{[]string{"evil.example"}, "*.evil.example. evil.example."},
		{[]string{"zip", "a.zip", "zip"}, "*.a.zip. *.zip. a.zip. zip."},
		{[]string{Everything}, "*."},
		{[]string{Everything, "zip"}, "*. *.zip. zip."},
	} {
		if got := strings.Join((Rule{Domains: test.domains}).list(), " "); got != test.want {
			t.Errorf("%v: got %s, want %s", test.domains, got, test.want)
		}
	}
}

func TestRulesThatAWSWouldRefuseAreRefused(t *testing.T) {
	rule := func(edits ...func(*Rule)) Rule {
		r := Rule{Name: "blocked", Priority: 100, Action: Block, Domains: []string{"evil.example"}}
		for _, edit := range edits {
			edit(&r)
		}
		return r
	}
	many := make([]string, 501)
	for i := range many {
		many[i] = fmt.Sprintf("n%d.example", i)
	}
	for _, test := range []struct {
		name  string
		rules []Rule
		want  string
	}{
		{"no rule", nil, "want a name and rules"},
		{"no name", []Rule{rule(func(r *Rule) { r.Name = "" })}, "want a name, an action"},
		{"no action", []Rule{rule(func(r *Rule) { r.Action = "" })}, "want a name, an action"},
		{"no priority", []Rule{rule(func(r *Rule) { r.Priority = 0 })}, "a priority above 0"},
		{"no domains", []Rule{rule(func(r *Rule) { r.Domains = nil })}, "either domains or a list"},
		{"domains and a list", []Rule{rule(func(r *Rule) { r.ListID = "rslvr-fdl-1" })}, "either domains or a list"},
		{"two of a priority", []Rule{rule(), rule(func(r *Rule) { r.Name = "other" })}, "rules blocked and other have the priority 100 both"},
		{"too many domains", []Rule{rule(func(r *Rule) { r.Domains = many })}, "has 1002 domains, and AWS takes 1000 at once"},
	} {
		if _, err := New(nil, "x", Config{Name: "names", Rules: test.rules}); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %q", test.name, err, test.want)
		}
	}
	if err := (Config{Name: "names", Rules: []Rule{rule(func(r *Rule) { r.Domains = many[:500] })}}).check(); err != nil {
		t.Errorf("as many domains as AWS takes: %v", err)
	}
}

func TestAGroupsPlaceIsOneThatAWSHas(t *testing.T) {
	for _, place := range []int{-1, 0, 100, 9900} {
		_, err := NewVPC(nil, "x", VPCConfig{Name: "dev", VPCID: tf.String("vpc-1"), Groups: []Association{{Name: "all", GroupID: tf.String("rslvr-frg-1"), Priority: place}}})
		if err == nil || !strings.Contains(err.Error(), "101 to 9899") {
			t.Errorf("%d: %v", place, err)
		}
	}
}
