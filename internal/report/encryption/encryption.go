// Package encryption reports what of an estate holds data, by which key it is encrypted, who
// may use that key, and what is encrypted on its way.
//
// Data is content: objects, rows, messages, logs, images, secrets, volumes. What only
// configures a service, such as a route or a rule of a firewall, is none, though AWS keeps it too.
package encryption

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/source"
	"hubspoke/internal/words"
	"hubspoke/proof/config"
)

// by is whose key encrypts something.
type by int

const (
	// none is no encryption at all.
	none by = iota
	// awsOwned is a key of AWS that no account sees.
	awsOwned
	// awsManaged is a key that AWS makes in the account for a service, `aws/ebs`.
	awsManaged
	// customer is a key that the estate makes, with a policy of its own.
	customer
	// foreign is a key that no stack makes.
	foreign
)

// holding is what a resource says of the data that it holds.
type holding struct {
	resource *config.Resource
	what     string // in a word or two: `objects`
	by       by
	key      *config.Resource
	named    string // how the key is called, where the estate does not make it
	transit  string // "" where nothing is to be said
	gaps     []string
}

// encrypted says by which key: value is what the resource names, and without one it is the
// service's own, with this name.
func (h *holding) encrypted(value any, service string) *holding {
	switch key := source.Target(value); {
	case key != nil && key.Type == "aws_kms_key" && !key.Data:
		h.by, h.key = customer, key
	case key != nil && key.Type == "aws_kms_alias" && !key.Data:
		return h.encrypted(key.Argument("target_key_id"), service)
	case value == nil && strings.HasPrefix(service, "aws/"):
		h.by, h.named = awsManaged, service
	case value == nil:
		h.by, h.named = awsOwned, service
	case strings.Contains(source.Text(value), "alias/aws/"):
		_, name, _ := strings.Cut(source.Text(value), "alias/")
		h.by, h.named = awsManaged, name
	default:
		h.by, h.named = foreign, source.Text(value)
	}
	return h
}

// unencrypted says that there is no encryption, and why that is a gap.
func (h *holding) unencrypted(why string) *holding {
	h.by = none
	h.gaps = append(h.gaps, why)
	return h
}

// onlyTLS says what a policy beside the resource says of requests without TLS.
func (h *holding) onlyTLS(policy *config.Resource) *holding {
	if policy == nil {
		h.gaps = append(h.gaps, "no policy refuses requests without TLS")
		return h
	}
	statements, err := source.Policy(policy.Argument("policy"))
	switch {
	case err != nil:
		h.gaps = append(h.gaps, err.Error())
	case source.OnlyTLS(statements):
		h.transit = "TLS only"
	default:
		h.gaps = append(h.gaps, "its policy does not refuse requests without TLS")
	}
	return h
}

// Of is the report on an estate.
func Of(s *source.Source) *document.Document {
	d := &document.Document{
		Title: "Encryption of " + s.Estate.Name,
		About: []string{
			"Everything in the synthesized stacks that holds data, by whose key it is encrypted, and who may use that key. " +
				"It is what Terraform is told to make: what people have changed in AWS, and what was never in a stack, is not seen. " +
				"Volumes that controllers in clusters make later are encrypted by the account's default.",
		},
	}
	var all []*holding
	unclassed := map[string]int{}
	for _, r := range s.Made() {
		switch read := holders[r.Type]; {
		case read != nil:
			if h := read(s, r); h != nil {
				h.resource = r
				all = append(all, h)
			}
		case !slices.Contains(holdsNothing, r.Type) && !slices.Contains(channelTypes(), r.Type):
			unclassed[r.Type]++
		}
	}
	gaps(s, d, all, unclassed)
	held(s, d, "Under keys of the estate", customer, all,
		"A key of the estate has a policy of its own: who may not use the key cannot read the data, whatever else lets them in.")
	held(s, d, "Under keys that no stack makes", foreign, all, "Their policies and their rotation are not known here.")
	held(s, d, "Under keys of AWS", awsManaged, all,
		"AWS makes these keys in the account, rotates them every year, and has a policy for them that nobody changes: whoever may use the service may read the data. Snapshots and backups under them cannot be shared with another account.")
	held(s, d, "Under keys that AWS owns", awsOwned, all,
		"Encrypted at rest by keys that no account sees: nobody is kept out by them who may use the service.")
	keys(s, d, all)
	transit(s, d)
	return d
}

// gaps is the section that comes first.
func gaps(s *source.Source, d *document.Document, all []*holding, unclassed map[string]int) {
	section := d.Section("Gaps").Table("stack", "account", "what", "gap")
	for _, h := range all {
		for _, gap := range h.gaps {
			section.Row(h.resource.Stack.Name, s.Where(h.resource), h.resource.Address(), gap)
		}
	}
	for _, r := range s.Made("aws_kms_key") {
		if !rotates(r) {
			section.Row(r.Stack.Name, s.Where(r), r.Address(), "the key is not rotated")
		}
	}
	for _, r := range s.Made(channelTypes()...) {
		if said, gap := channels[r.Type](s, r); gap != "" {
			section.Row(r.Stack.Name, s.Where(r), r.Address(), said+": "+gap)
		}
	}
	for _, kind := range sorted(unclassed) {
		section.Row("", "", kind, fmt.Sprintf("%s of a type of which this report does not know whether it holds data", words.Count(unclassed[kind], "resource")))
	}
	if len(section.Rows) == 0 {
		section.Text = []string{"None."}
	}
}

// held is a section of what is encrypted by one kind of key. Where a stack has many of a type, alike
// in everything, they are one row.
func held(s *source.Source, d *document.Document, title string, by by, all []*holding, about string) {
	type row struct {
		cells     []string
		addresses []string
	}
	var rows []*row
	byText := map[string]*row{}
	for _, h := range all {
		if h.by != by {
			continue
		}
		cells := []string{h.resource.Stack.Name, s.Where(h.resource), h.resource.Type, h.what, keyName(s, h), h.transit}
		text := strings.Join(cells, "\n")
		if byText[text] == nil {
			byText[text] = &row{cells: cells}
			rows = append(rows, byText[text])
		}
		byText[text].addresses = append(byText[text].addresses, h.resource.Address())
	}
	if len(rows) == 0 {
		return
	}
	section := d.Section(title, about).Table("stack", "account", "what", "holds", "key", "in transit")
	for _, r := range rows {
		if len(r.addresses) > few {
			section.Row(append([]string{r.cells[0], r.cells[1], fmt.Sprintf("%s (%d)", r.cells[2], len(r.addresses))}, r.cells[3:]...)...)
			continue
		}
		for _, address := range r.addresses {
			section.Row(append([]string{r.cells[0], r.cells[1], address}, r.cells[3:]...)...)
		}
	}
}

// few are as many things alike as are still named one by one.
const few = 6

func keyName(s *source.Source, h *holding) string {
	if h.key == nil {
		return h.named
	}
	return s.KeyName(h.key)
}
