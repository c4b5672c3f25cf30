// Package compliance reports which controls of AWS Foundational Security Best Practices and of the CIS
// AWS Foundations Benchmark an estate meets by what is synthesized, and what else of it answers them.
package compliance

import (
	_ "embed"
	"encoding/csv"
	"fmt"
	"strings"
	"sync"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/source"
	"hubspoke/internal/words"
	"hubspoke/proof/config"
)

// Where the table of controls is from, and when it was looked up: Security Hub's lists of what it checks for each
// standard, in copies of these pages, which may have been older.
const (
	fsbpSource = "https://docs.aws.amazon.com/securityhub/latest/userguide/fsbp-standard.html"
	cisSource  = "https://docs.aws.amazon.com/securityhub/latest/userguide/cis-aws-foundations-benchmark.html"
	asOf       = "2026-11-27"
)

// control is one that Security Hub knows.
type control struct {
	id, title string
	fsbp, cis bool
}

//go:embed controls.csv
var table string

// controls are those of services that estates make things of, in the order of the table.
var controls = sync.OnceValue(func() []control {
	rows, err := csv.NewReader(strings.NewReader(table)).ReadAll()
	if err != nil {
		panic(fmt.Sprintf("controls.csv: %v", err))
	}
	var all []control
	for _, row := range rows[1:] {
		all = append(all, control{id: row[0], fsbp: row[1] == "yes", cis: row[2] == "yes", title: row[3]})
	}
	return all
})

// standards is what the control is of, as a column says it.
func (c control) standards() string {
	var all []string
	if c.fsbp {
		all = append(all, "FSBP")
	}
	if c.cis {
		all = append(all, "CIS")
	}
	return strings.Join(all, ", ")
}

// result is what a check says: what meets the control and what does not, by resource or account.
type result struct{ met, unmet []string }

// say adds something that meets the control, or does not.
func (r *result) say(ok bool, what string) {
	if ok {
		r.met = append(r.met, what)
	} else {
		r.unmet = append(r.unmet, what)
	}
}

// Of is the report on an estate.
func Of(s *source.Source) *document.Document {
	d := &document.Document{
		Title: "Compliance of " + s.Estate.Name,
		About: []string{
			"Which controls of AWS Foundational Security Best Practices v1.0.0 (FSBP) and of the CIS AWS Foundations Benchmark v3.0.0 (CIS) the synthesized stacks meet. Ids and titles are those of Security Hub, " +
				"from its lists for [FSBP](" + fsbpSource + ") and [CIS](" + cisSource + "), looked up on " + asOf + " in copies that may be older.",
			"The checks here are of what Terraform is told to make, and are no substitute for Security Hub, which looks at the account as it is. Of the controls in the lists, those of services that no estate makes anything of are not in the table: " +
				"nothing is said of them. What is in the table and not looked at is listed as that.",
		},
	}
	var unmet, met, none, byhand, unseen [][]string
	for _, c := range controls() {
		check := checks[c.id]
		switch {
		case byHand[c.id] != "":
			byhand = append(byhand, []string{c.id, c.standards(), c.title, byHand[c.id]})
			continue
		case check == nil:
			unseen = append(unseen, []string{c.id, c.standards(), c.title})
			continue
		}
		r := check(s)
		switch {
		case len(r.unmet) > 0:
			unmet = append(unmet, []string{c.id, c.standards(), c.title, list(r.unmet), words.Count(len(r.met), "other"), because[c.id]})
		case len(r.met) > 0:
			met = append(met, []string{c.id, c.standards(), c.title, list(r.met), answers(s, c.id)})
		default:
			none = append(none, []string{c.id, c.standards(), c.title})
		}
	}
	d.Section("In short").Table("not met", "met", "nothing to meet", "by hand", "not looked at").
		Row(fmt.Sprint(len(unmet)), fmt.Sprint(len(met)), fmt.Sprint(len(none)), fmt.Sprint(len(byhand)), fmt.Sprint(len(unseen)))
	section(d, "Not met", "The last column says why an estate may mean it so; whether this one does, you know.", unmet, "control", "standard", "title", "by", "met by", "why it may be meant")
	section(d, "Met", "What else of the estate answers the control: guardrails of the organisation, and findings of the proof, which fail if it is no longer so.", met, "control", "standard", "title", "by", "and")
	alarms(s, d)
	section(d, "Nothing to meet", "The stacks make nothing that the control is about.", none, "control", "standard", "title")
	section(d, "By hand", "Only AWS, or somebody, knows.", byhand, "control", "standard", "title", "how")
	section(d, "Not looked at", "Nobody has written a check for these yet. Security Hub has one.", unseen, "control", "standard", "title")
	return d
}

func section(d *document.Document, title, about string, rows [][]string, columns ...string) {
	s := d.Section(title, about).Table(columns...)
	for _, row := range rows {
		s.Row(row...)
	}
	if len(rows) == 0 {
		s.Text = []string{"None."}
	}
}

// list are resources, the first ones by name.
func list(all []string) string {
	const few = 4
	if len(all) <= few {
		return strings.Join(all, "\n")
	}
	return strings.Join(all[:few], "\n") + fmt.Sprintf("\nand %d more", len(all)-few)
}

// answers are what else of an estate answers a control: guardrails, where it has them, and findings,
// by their names.
func answers(s *source.Source, id string) string {
	var all []string
	if len(s.Made("aws_organizations_policy")) > 0 {
		for _, name := range guardrailsFor[id] {
			all = append(all, "guardrail "+name)
		}
	}
	for _, code := range findingsFor[id] {
		all = append(all, "finding "+code)
	}
	return strings.Join(all, "\n")
}

// alarms is the section on what the CIS benchmark wants to be told of, which Security Hub does not check for
// this version: alarms say in their description which item they are for.
func alarms(s *source.Source, d *document.Document) {
	section := d.Section("Alarms", "Items of section 4 of the CIS benchmark v3.0.0, by the alarms that name them. Accounts without one are in no trail's log group, or in that of the organisation.").
		Table("item", "alarm is about", "accounts", "tells somebody")
	var order []string
	accounts, told := map[string][]string{}, map[string]bool{}
	for _, r := range s.Made("aws_cloudwatch_metric_alarm") {
		text := source.Text(r.Argument("alarm_description"))
		about, item, ok := strings.Cut(strings.TrimSuffix(text, ")"), " (CIS ")
		if !ok {
			continue
		}
		key := item + "\x00" + about
		if accounts[key] == nil {
			order, told[key] = append(order, key), true
		}
		accounts[key] = append(accounts[key], s.Account(r.Account))
		actions, _ := r.Argument("alarm_actions").([]any)
		told[key] = told[key] && len(actions) > 0
	}
	sortItems(order)
	for _, key := range order {
		item, about, _ := strings.Cut(key, "\x00")
		section.Row(item, about, strings.Join(accounts[key], ", "), map[bool]string{true: "yes", false: "no"}[told[key]])
	}
	if len(order) == 0 {
		section.Text = []string{"None: alarms are made where `alarms.topics` says who is told."}
	}
}

// each checks every resource of some types.
func each(kinds []string, ok func(*source.Source, *config.Resource) bool) func(*source.Source) result {
	return func(s *source.Source) (all result) {
		for _, r := range s.Made(kinds...) {
			all.say(ok(s, r), r.String())
		}
		return all
	}
}
