package review

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"slices"
	"strings"

	"hubspoke/internal/words"
	"hubspoke/proof"
)

// Marker begins a review in Markdown. A pipeline finds its earlier comment by it.
const Marker = "<!-- hubspoke review"

// limit is how many characters a review in Markdown has at most: a comment on GitHub has 65,536.
const limit = 65_000

// JSON writes the review for programs.
func (r *Review) JSON(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(r)
}

// ReachabilityJSON writes who reaches whom alone, for programs.
func (r *Review) ReachabilityJSON(out io.Writer) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	encoder.SetEscapeHTML(false)
	return encoder.Encode(struct {
		SchemaVersion int `json:"schema_version"`
		*proof.Delta
	}{SchemaVersion, r.Reachability})
}

// Markdown writes the review as a comment on a pull request. What does not fit is left out from
// the end: first details of stacks, then other sections. The headline stays, and of what is
// dangerous as much as fits.
func (r *Review) Markdown(out io.Writer) error {
	_, err := io.WriteString(out, r.markdown(limit))
	return err
}

func (r *Review) markdown(limit int) string {
	const left = "\n_Left out, because a comment has no room for it: %s. `estate review --format text` has all of it._\n"
	text := []rune(fmt.Sprintf("%s %s -->\n## %s\n\n", Marker, clean(r.Estate), r.Headline.line(r.Unchanged())))
	room := limit - len(text) - 600 // for what is said of what is left out
	var omitted []string
	all := r.sections()
	for _, s := range all {
		if s.kept {
			room -= len([]rune(s.text()))
		}
	}
	for _, s := range all {
		piece := []rune(s.text())
		if len(piece) == 0 {
			continue
		}
		if s.kept {
			text = append(text, piece...)
			continue
		}
		if len(piece) > room {
			if !s.cut || len([]rune(s.some(room))) > room {
				omitted = append(omitted, s.title)
				continue
			}
			piece = []rune(s.some(room))
			omitted = append(omitted, "a part of “"+s.title+"”")
		}
		text = append(text, piece...)
		room -= len(piece)
	}
	if len(omitted) > 0 {
		if len(omitted) > 8 {
			omitted = append(omitted[:8], words.Count(len(omitted)-8, "more section"))
		}
		text = append(text, []rune(fmt.Sprintf(left, strings.Join(omitted, ", ")))...)
	}
	return string(text)
}

// line is the headline.
func (h Headline) line(unchanged bool) string {
	if unchanged {
		return "No changes"
	}
	parts := []string{words.Count(h.Accounts, "account"), words.Count(h.Stacks, "stack"), h.counts(),
		fmt.Sprintf("opens %s", words.Count(h.Opened, "flow")), fmt.Sprintf("closes %d", h.Closed), dollars(h.Month) + "/month"}
	return strings.Join(parts, " · ")
}

// counts are as people write them: what is replaced is not counted as made and destroyed as well.
func (c Counts) counts() string {
	text := fmt.Sprintf("+%d ~%d ±%d −%d", c.Create, c.Change, c.Replace, c.Destroy)
	if c.Forget > 0 {
		text += fmt.Sprintf(" (forgets %d)", c.Forget)
	}
	return text
}

func dollars(usd float64) string {
	if usd < 0 {
		return fmt.Sprintf("−$%.2f", -usd)
	}
	return fmt.Sprintf("+$%.2f", usd)
}

// section is a part of a review: lines below a title, perhaps as a table or folded.
type section struct {
	title  string
	intro  string
	header []string // of a table
	rows   []string
	folded bool
	// cut says that as many rows are shown as there is room for.
	cut bool
	// kept says that it has its room before all others.
	kept bool
}

func (s section) text() string { return s.with(s.rows, 0) }

// some is the section with as many rows as fit.
func (s section) some(room int) string {
	size, n := len([]rune(s.with(nil, 1)))+200, 0
	for _, row := range s.rows {
		if size += len([]rune(row)) + 1; size > room {
			break
		}
		n++
	}
	return s.with(s.rows[:n], len(s.rows)-n)
}

func (s section) with(rows []string, left int) string {
	if len(rows) == 0 && s.intro == "" && left == 0 {
		return ""
	}
	var b strings.Builder
	if s.folded {
		fmt.Fprintf(&b, "<details><summary>%s</summary>\n\n", s.title)
	} else {
		fmt.Fprintf(&b, "### %s\n\n", s.title)
	}
	if s.intro != "" {
		fmt.Fprintf(&b, "%s\n\n", s.intro)
	}
	if s.header != nil && len(rows) > 0 {
		fmt.Fprintf(&b, "| %s |\n|%s\n", strings.Join(s.header, " | "), strings.Repeat("---|", len(s.header)))
	}
	for _, row := range rows {
		b.WriteString(row + "\n")
	}
	if left > 0 {
		fmt.Fprintf(&b, "\n… and %d more\n", left)
	}
	if s.folded {
		b.WriteString("\n</details>\n")
	}
	b.WriteString("\n")
	return b.String()
}

// clean is text that Markdown and HTML show as it is: nothing of it is markup.
func clean(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	text = strings.NewReplacer("|", "\\|", "`", "'", "@", "&#64;", "*", "\\*", "_", "\\_", "[", "\\[", "]", "\\]", "~", "\\~").Replace(html.EscapeString(text))
	return strings.ReplaceAll(text, "--&gt;", "- -&gt;")
}

// code is text in a fixed font.
func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + strings.NewReplacer("`", "'", "|", "\\|", "\n", " ", "\r", " ").Replace(text) + "`"
}

func row(cells ...string) string { return "| " + strings.Join(cells, " | ") + " |" }

// sections are the parts of the review in the order in which a reviewer needs them.
func (r *Review) sections() []section {
	all := []section{
		{title: "⚠️ Dangerous", rows: each(r.Dangerous, Danger.markdown), cut: true},
		{title: "Reachability", rows: r.passages(), header: []string{"", "from", "to", "packets", "since"}, cut: true},
		{title: "Layers", intro: layersIntro(r.Reachability.Layers), rows: each(folded(r.Reachability.Layers), layerRow), cut: true},
		{title: "Permissions", rows: permissionRows(r.Permissions), cut: true},
		{title: "Beside resources", rows: each(r.Beside, Beside.markdown), cut: true},
		{title: "Intents", rows: slices.Concat(each(r.Intents, Intent.markdown), each(r.Findings, Finding.markdown)), cut: true},
		{title: "Fixed charges", intro: r.costIntro(), rows: each(r.Cost.Items, CostItem.markdown), header: []string{"account", "item", "number", "a month"}, cut: true},
		{title: "Stacks", rows: each(r.Stacks, Stack.markdown), header: []string{"account", "stack", "create", "change", "replace", "destroy"}, cut: true},
		{title: "Order", rows: each(slices.Concat(r.Order, r.Readers), bullet), cut: true},
		{title: "Changed outside of Terraform", rows: each(r.Drift, Drift.markdown), cut: true},
		{title: "Not looked at", rows: each(r.NotLookedAt, bullet), kept: true},
	}
	for _, s := range r.Stacks {
		all = append(all, section{title: fmt.Sprintf("%s (%s): %s", clean(s.Name), clean(s.Account), s.counts()), rows: each(s.Resources, Resource.markdown), folded: true, cut: true})
	}
	return all
}

func each[T any](all []T, say func(T) string) []string {
	var lines []string
	for _, one := range all {
		lines = append(lines, say(one))
	}
	return lines
}

func bullet(text string) string { return "- " + clean(text) }

func (d Danger) markdown() string {
	text := fmt.Sprintf("- %s — %s", code(d.Where), clean(d.Why))
	if d.Where == "" {
		text = "- " + clean(d.Why)
	}
	if d.Advice != "" {
		text += "<br>→ " + clean(d.Advice)
	}
	return text
}

// passages are what opens, what closes and what cannot be told, in one table.
func (r *Review) passages() []string {
	var rows []string
	for _, group := range []struct {
		word string
		all  []proof.Passage
	}{{"**opened**", r.Reachability.Opened}, {"closed", r.Reachability.Closed}, {"cannot be told", r.Reachability.Doubtful}} {
		for _, p := range byAccount(group.all) {
			rows = append(rows, row(group.word, clean(p.From), clean(p.To), clean(p.Packets), code(p.Because)))
		}
	}
	return rows
}

// byAccount joins what differs in nothing but the tiers of the receiver.
func byAccount(all []proof.Passage) []proof.Passage {
	type alike struct{ from, to, packets, because string }
	at := map[alike]int{}
	var joined []proof.Passage
	for _, p := range all {
		vpc, rest, _ := strings.Cut(p.To, ".")
		key := alike{p.From, vpc, p.Packets, p.Because}
		if i, ok := at[key]; ok && rest != "" {
			joined[i].To += ", " + rest
			continue
		}
		at[key] = len(joined)
		joined = append(joined, p)
	}
	return joined
}

func layersIntro(all []proof.Layer) string {
	if len(all) == 0 {
		return ""
	}
	return "Still closed, by other controls than before."
}

// folded joins pairs of one sender, and then those of one receiver, that lose and gain the same:
// in an estate of a hundred spokes, one network ACL is about them all.
func folded(all []proof.Layer) []proof.Layer {
	by := func(all []proof.Layer, fixed, other func(*proof.Layer) *string) []proof.Layer {
		at := map[string]int{}
		var joined []proof.Layer
		var names [][]string
		for _, l := range all {
			key := strings.Join([]string{*fixed(&l), l.Because, strings.Join(l.Lost, ","), strings.Join(l.Gained, ",")}, "\x00")
			i, ok := at[key]
			if !ok {
				at[key] = len(joined)
				joined, names = append(joined, l), append(names, []string{*other(&l)})
				continue
			}
			names[i] = append(names[i], *other(&l))
			if len(l.Left) < len(joined[i].Left) {
				joined[i].Left = l.Left
			}
		}
		for i := range joined {
			const few = 3
			if n := len(names[i]); n > few {
				*other(&joined[i]) = fmt.Sprintf("%s and %d more", strings.Join(names[i][:few], "; "), n-few)
			} else {
				*other(&joined[i]) = strings.Join(names[i], "; ")
			}
		}
		return joined
	}
	from := func(l *proof.Layer) *string { return &l.From }
	to := func(l *proof.Layer) *string { return &l.To }
	return by(by(all, from, to), to, from)
}

func layerRow(l proof.Layer) string {
	text := fmt.Sprintf("- %s → %s: %s", clean(l.From), clean(l.To), clean(l.String()))
	if l.Because != "" {
		text += ", since " + code(l.Because)
	}
	if l.Now != "" {
		text += "<br>before: " + clean(l.Before) + "; now: " + clean(l.Now)
	}
	return text
}

// permissionRows say once what becomes of several policies.
func permissionRows(all []Permission) []string {
	places, order := map[string][]string{}, []string{}
	for _, p := range all {
		text := p.String()
		if places[text] == nil {
			order = append(order, text)
		}
		places[text] = append(places[text], p.Where)
	}
	var rows []string
	for _, text := range order {
		where := places[text]
		names := code(where[0])
		if len(where) == 2 {
			names += " and " + code(where[1])
		} else if len(where) > 2 {
			names += fmt.Sprintf(" and %d more", len(where)-1)
		}
		rows = append(rows, "- "+names+": "+clean(text))
	}
	return rows
}

func (i Intent) markdown() string {
	text := fmt.Sprintf("- **%s** %s", clean(i.What), code(clipped(i.Intent)))
	if i.Was != "" {
		text += ", was " + code(clipped(i.Was))
	}
	if i.File != "" {
		text += " (" + clean(at(i)) + ")"
	}
	if i.Summary != "" && i.What != string(proof.Proven) {
		text += ": " + clean(i.Summary)
	}
	return text
}

// clipped is a text of bearable length.
func clipped(text string) string {
	const most = 120
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

func (f Finding) markdown() string {
	if f.Gone {
		return "- found no more: " + code(f.Kind) + " " + clean(f.Sentence)
	}
	return "- found: " + code(f.Kind) + " " + clean(f.Sentence)
}

func (r *Review) costIntro() string {
	if len(r.Cost.Items) == 0 {
		return ""
	}
	return fmt.Sprintf("From $%.2f to $%.2f a month, without what is paid by use.", r.Cost.Before, r.Cost.After)
}

func (i CostItem) markdown() string {
	month := dollars(i.Month)
	if i.Unpriced {
		month = "not priced"
	}
	return row(clean(i.Account), clean(i.Item), fmt.Sprintf("%+g", i.Count), month)
}

func (s Stack) markdown() string {
	return row(clean(s.Account), clean(s.Name), count(s.Create), count(s.Change), count(s.Replace), count(s.Destroy))
}

func count(n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprint(n)
}

func (d Drift) markdown() string { return "- " + code(d.Stack+"/"+d.Address) + " " + clean(d.What) }

func (x Resource) markdown() string {
	text := fmt.Sprintf("- %s %s", x.Effect, code(x.Address))
	if x.Moved != "" {
		text += ", was " + code(x.Moved)
	}
	if x.Why != "" {
		text += ": " + clean(x.Why)
	}
	for _, a := range x.Arguments {
		text += "<br>" + code(a.Path) + a.values()
	}
	return text
}

// values are what an argument was and is, as far as they are shown.
func (a Argument) values() string {
	switch {
	case a.Sensitive:
		return " (sensitive)"
	case a.Before == "" && a.After == "":
		return " changes"
	case a.Before == "":
		return ": " + code(a.After)
	case a.After == "":
		return ": no longer " + code(a.Before)
	}
	return ": " + code(a.Before) + " → " + code(a.After)
}
