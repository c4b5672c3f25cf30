package scaffold

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"hubspoke/estate"
	"hubspoke/internal/yamldoc"
)

// SpokeOptions are what a person decides about a further spoke.
type SpokeOptions struct {
	// Dir is the folder of the estate.
	Dir string
	// Name is the name of the spoke, and of its account.
	Name string
	// Like is the spoke that it is made after.
	Like string
	// CIDR is the range of its VPC. Default: the first range in the address space that is free, of the size of the other's.
	CIDR string
	// Account is its account number. Default: a placeholder.
	Account string
}

// AddSpoke drafts a further spoke of an estate, made after another one. Its file is a
// copy of the other's; estate.yaml gets its account, its segment and its zones; and
// wherever intents.yaml speaks of the other spoke, it speaks of this one too. If
// anything is wrong with the options, the error is of type [estate.Errors] and says
// all that is, each under the name of the command's argument.
func AddSpoke(o SpokeOptions) (*Draft, error) {
	e, err := estate.Load(o.Dir)
	if err != nil {
		return nil, err
	}
	r, errs := o.renaming(e)
	if err := errs.Sorted(); err != nil {
		return nil, err
	}
	read := func(name string) *text {
		content, readErr := os.ReadFile(filepath.Join(o.Dir, name))
		t, parseErr := parse(content)
		err = errors.Join(err, readErr, parseErr)
		return t
	}
	settings, hub, spoke := read("estate.yaml"), read("hub.yaml"), read(o.Like+".yaml")
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	if err := r.settings(settings); err != nil {
		return nil, cannotEdit(o.Dir, "estate.yaml", err)
	}
	files["estate.yaml"] = []byte(settings.String())
	if err := r.hub(hub); err != nil {
		return nil, cannotEdit(o.Dir, "hub.yaml", err)
	}
	if len(hub.edits) > 0 {
		files["hub.yaml"] = []byte(hub.String())
	}
	if e.IsOrganization() {
		organization := read("organization.yaml")
		if err != nil {
			return nil, err
		}
		if err := r.unit(organization); err != nil {
			return nil, cannotEdit(o.Dir, "organization.yaml", err)
		}
		files["organization.yaml"] = []byte(organization.String())
	}
	notes, err := r.spoke(spoke)
	if err != nil {
		return nil, cannotEdit(o.Dir, o.Like+".yaml", err)
	}
	files[o.Name+".yaml"] = []byte(spoke.String())
	if len(e.Intents) > 0 {
		intents := read("intents.yaml")
		if err != nil {
			return nil, err
		}
		if err := r.intents(intents); err != nil {
			return nil, cannotEdit(o.Dir, "intents.yaml", err)
		}
		files["intents.yaml"] = []byte(intents.String())
	}
	d, err := draft(o.Dir, files)
	var wrong estate.Errors
	if errors.As(err, &wrong) {
		return nil, explain(wrong, o.argument, false).Sorted()
	} else if err != nil {
		return nil, err
	}
	if Placeholder(r.newNumber) {
		notes = append([]string{fmt.Sprintf("estate.yaml: %s is a placeholder for the account number of %s: put your own there", r.newNumber, o.Name)}, notes...)
	}
	for _, note := range notes {
		d.Notes = append(d.Notes, filepath.Join(o.Dir, note))
	}
	return d, nil
}

// cannotEdit says that a file is written in a way that is valid, but that cannot be
// added to.
func cannotEdit(dir, name string, err error) error {
	return fmt.Errorf("%s cannot be added to as it is written: %w: write it in lines of its own", filepath.Join(dir, name), err)
}

// argument is the argument that a value of the files was taken from.
func (o SpokeOptions) argument(e *estate.Error) string {
	switch {
	case o.CIDR != "" && e.Path == "network.cidr":
		return "--cidr"
	case o.Account != "" && strings.HasPrefix(e.Path, "accounts") && strings.Contains(e.Message, o.Account):
		return "--account"
	case e.Path == yamldoc.Child("accounts", o.Name):
		return "NAME"
	}
	return ""
}

// renaming is what changes on the way from a spoke to one like it.
type renaming struct {
	estate               *estate.Estate
	old, new             string
	oldNumber, newNumber string
	oldCIDR, newCIDR     netip.Prefix
	// zones are the names of zones that have the spoke's name in them, and what they become.
	zones map[string]string
	// prefix finds what AWS names of the old spoke begin with.
	prefix *regexp.Regexp
}

func (o SpokeOptions) renaming(e *estate.Estate) (renaming, estate.Errors) {
	var errs estate.Errors
	wrong := func(argument, format string, args ...any) {
		errs = append(errs, &estate.Error{File: argument, Message: fmt.Sprintf(format, args...)})
	}
	var spokes []string
	for _, s := range e.Spokes {
		spokes = append(spokes, s.Name)
	}
	if slices.Contains(reserved, o.Name) {
		wrong("NAME", "%q is the name of another file of the estate: choose a name such as qa", o.Name)
	} else if number, ok := e.Accounts[o.Name]; ok {
		wrong("NAME", "%s has an account %s already, %s: choose another name", filepath.Join(o.Dir, "estate.yaml"), o.Name, number)
	}
	if slices.Contains(e.NewAccounts(), o.Name) {
		wrong("NAME", "%s has an account %s already, which is yet to be made: choose another name", filepath.Join(o.Dir, "estate.yaml"), o.Name)
	}
	r := renaming{estate: e, old: o.Like, new: o.Name, newNumber: o.Account, zones: map[string]string{}}
	if r.newNumber == "" {
		r.newNumber = placeholders(1, e.AccountNumbers())[0]
	}
	like := e.Spoke(o.Like)
	if like == nil {
		wrong("--like", "there is no spoke %q: there are %s%s", o.Like, strings.Join(spokes, ", "), yamldoc.Suggest(o.Like, spokes))
	} else {
		errs = append(errs, o.ownThings(like)...)
		r.oldNumber, r.oldCIDR = e.Accounts[o.Like], like.Network.CIDR
		r.prefix = regexp.MustCompile(`\b` + regexp.QuoteMeta(e.Prefix(o.Like)) + `\b`)
	}
	if o.CIDR != "" {
		p, err := netip.ParsePrefix(o.CIDR)
		r.newCIDR = p
		switch {
		case err != nil || !p.Addr().Is4():
			wrong("--cidr", "%q is not an IPv4 range like 10.4.0.0/16", o.CIDR)
		case p != p.Masked():
			wrong("--cidr", "%s has host bits set: write %s", p, p.Masked())
		case like != nil && like.Network.Explicit() && p.Bits() != like.Network.CIDR.Bits():
			wrong("--cidr", "%s names its subnets one by one, which move with the VPC: choose a /%d, as %s has", o.Like, like.Network.CIDR.Bits(), o.Like)
		}
	} else if like != nil {
		var ok bool
		if r.newCIDR, ok = free(e.AddressSpace, o.taken(e), like.Network.CIDR.Bits()); !ok {
			wrong("--cidr", "no /%d is free in the address space: widen address_space in %s, or name a smaller range", like.Network.CIDR.Bits(), filepath.Join(o.Dir, "estate.yaml"))
		}
	}
	for _, zone := range slices.Concat(slices.Sorted(maps.Keys(e.DNS.PrivateZones)), e.DNS.PublicZones) {
		private, isPrivate := e.DNS.PrivateZones[zone]
		if other := relabelled(zone, o.Like, o.Name); other != zone && (!isPrivate || slices.Contains(private.VisibleTo, o.Like)) {
			r.zones[zone] = other
		}
	}
	return r, errs
}

// taken are the ranges that a further VPC must not overlap.
func (o SpokeOptions) taken(e *estate.Estate) []netip.Prefix {
	taken := slices.Clone(e.OnPremises.CIDRs)
	for _, account := range e.NetworkAccounts() {
		taken = append(taken, e.Network(account).CIDR)
	}
	return taken
}

// ownThings refuses to make a spoke after one whose file names what exists once, by
// its id.
func (o SpokeOptions) ownThings(like *estate.Spoke) estate.Errors {
	var named []string
	n, g := like.Network, like.SecurityGroups
	if n.Existing != nil {
		named = append(named, "network.existing")
	}
	if len(n.Routes) > 0 {
		named = append(named, "network.routes")
	}
	if g != nil && len(g.AdditionalSecurityGroupIDs) > 0 {
		named = append(named, "security_groups.additional_security_group_ids")
	}
	if g != nil && g.BastionSecurityGroupID != "" {
		named = append(named, "security_groups.bastion_security_group_id")
	}
	if len(named) == 0 {
		return nil
	}
	return estate.Errors{{File: "--like", Message: fmt.Sprintf("%s names things of its own VPC by their ids, which no other VPC can use (%s): choose another spoke, or write %s by hand",
		filepath.Join(o.Dir, like.Name+".yaml"), strings.Join(named, ", "), o.Name+".yaml")}}
}

// relabelled is a domain name with one label in place of another.
func relabelled(name, from, to string) string {
	labels := strings.Split(name, ".")
	for i, l := range labels {
		if l == from {
			labels[i] = to
		}
	}
	return strings.Join(labels, ".")
}

// word is a name that stands for the spoke itself, wherever one is expected.
func (r renaming) word(s string) string {
	if s == r.old {
		return r.new
	}
	return r.value(s)
}

// value is what any text of the spoke's becomes: its account number, what its AWS names
// begin with, its zones and its addresses are those of the new one.
func (r renaming) value(s string) string {
	for zone, other := range r.zones {
		if s == zone || strings.HasSuffix(s, "."+zone) || s == "zone "+zone {
			return strings.TrimSuffix(s, zone) + other
		}
	}
	if p, err := netip.ParsePrefix(s); err == nil {
		if p == r.oldCIDR {
			return r.newCIDR.String()
		}
		if p.Addr().Is4() && p.Bits() >= r.oldCIDR.Bits() && r.oldCIDR.Contains(p.Addr()) && r.newCIDR.Bits() == r.oldCIDR.Bits() {
			return moved(p, r.oldCIDR, r.newCIDR).String()
		}
		return s
	}
	s = strings.ReplaceAll(s, r.oldNumber, r.newNumber)
	return r.prefix.ReplaceAllLiteralString(s, r.estate.Prefix(r.new))
}

// settings adds the spoke to estate.yaml.
func (r renaming) settings(t *text) error {
	accounts, _ := t.entry("accounts")
	if err := t.change(t.added(accounts, fmt.Sprintf("%s: %q", scalar(r.new), r.newNumber))); err != nil {
		return err
	}
	if err := r.segments(t); err != nil {
		return err
	}
	if public, ok := t.entry("dns", "public_zones"); ok {
		for _, zone := range r.estate.DNS.PublicZones {
			if other := r.zones[zone]; other != "" && !slices.Contains(r.estate.DNS.PublicZones, other) {
				if err := t.change(t.joined(public, other)); err != nil {
					return err
				}
			}
		}
	}
	if err := r.allowOnly(t); err != nil {
		return err
	}
	if err := r.reachedBy(t); err != nil {
		return err
	}
	return r.privateZones(t)
}

// reachedBy lets the spoke exchange traffic with on-premises, as its like does.
func (r renaming) reachedBy(t *text) error {
	segments, ok := t.entry("on_premises", "reached_by")
	if !ok || !r.ownSegment() || !lists(segments, r.old) || lists(segments, r.new) {
		return nil
	}
	return t.change(t.joined(segments, r.new))
}

// unit puts the spoke's account into the unit that its like stands in.
func (r renaming) unit(t *text) error {
	accounts, _ := t.entry("units", r.estate.Org.UnitOf(r.old))
	return t.change(t.joined(accounts, r.new))
}

// hub lets the spoke ask the internet for the names that its like may ask for.
func (r renaming) hub(t *text) error { return r.entryLike(t, "egress", "firewall", "allow_for") }

// allowOnly lets the spoke resolve no other names than its like does.
func (r renaming) allowOnly(t *text) error { return r.entryLike(t, "dns", "firewall", "allow_only") }

// entryLike gives the spoke the entry in a map by account that its like has.
func (r renaming) entryLike(t *text, path ...string) error {
	spokes, ok := t.entry(path...)
	if !ok {
		return nil
	}
	entry, ok := t.entry(append(slices.Clone(path), r.old)...)
	if _, there := t.entry(append(slices.Clone(path), r.new)...); !ok || there {
		return nil
	}
	return t.change(t.copied(spokes, entry, func(s string) string {
		if s == r.old {
			return r.new
		}
		return s
	}))
}

// ownSegment says that the spoke has a segment of its own name, as its like has.
func (r renaming) ownSegment() bool { return r.estate.Spoke(r.old).Segment == r.old }

// segments adds a segment for the spoke, if the other one has its own.
func (r renaming) segments(t *text) error {
	segments, ok := t.entry("segments")
	if !ok || !r.ownSegment() {
		return nil
	}
	for _, segment := range t.entries(segments) {
		reaches, ok := t.entry("segments", segment.key.Value, "reaches")
		if segment.key.Value == r.old {
			if _, there := r.estate.Segments[r.new]; !there {
				if err := t.change(t.copied(segments, segment, r.word)); err != nil {
					return err
				}
			}
		} else if ok && lists(reaches, r.old) && !lists(reaches, r.new) {
			if err := t.change(t.joined(reaches, r.new)); err != nil {
				return err
			}
		}
	}
	return nil
}

// privateZones adds the spoke's own zones, and lets it see what the other one sees.
func (r renaming) privateZones(t *text) error {
	zones, ok := t.entry("dns", "private_zones")
	if !ok {
		return nil
	}
	for _, zone := range t.entries(zones) {
		visible, _ := t.entry("dns", "private_zones", zone.key.Value, "visible_to")
		var err error
		switch other := r.zones[zone.key.Value]; {
		case !lists(visible, r.old):
		case other == "":
			err = t.change(t.joined(visible, r.new))
		default:
			existing, there := t.entry("dns", "private_zones", other, "visible_to")
			if !there {
				err = t.change(t.copied(zones, zone, r.word))
			} else if !lists(existing, r.new) {
				err = t.change(t.joined(existing, r.new))
			}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// lists says that a list has an item.
func lists(b block, item string) bool {
	for _, s := range scalars(b.value) {
		if s.Value == item {
			return true
		}
	}
	return false
}

// privateLink are the sections of a spoke's file that no other spoke can have too: a domain is one service's or
// one API's, and an endpoint takes the provider's leave.
var privateLink = []string{"services", "private_endpoints", "apis"}

// spoke turns the other spoke's file into the new one's. The notes say what a person
// should look at.
func (r renaming) spoke(t *text) ([]string, error) {
	segment, _ := t.entry("segment")
	bundle, _ := t.entry("cluster", "bundle", "path")
	var notes []string
	note := func(format string, args ...any) {
		notes = append(notes, fmt.Sprintf("%s.yaml: ", r.new)+fmt.Sprintf(format, args...))
	}
	left := regexp.MustCompile(`\b` + regexp.QuoteMeta(r.old) + `\b`)
	var out []block
	for _, section := range privateLink {
		if b, ok := t.entry(section); ok && !b.flow {
			out = append(out, b)
			t.edits = append(t.edits, t.without(b))
			note("%s of %s.yaml are left out: what one spoke serves to another, or uses of it, has names and permissions of its own", section, r.old)
		}
	}
	for _, s := range scalars(t.root) {
		if slices.ContainsFunc(out, func(b block) bool { return b.first <= s.Line-1 && s.Line-1 <= b.last }) {
			continue
		}
		rename := r.value
		switch s {
		case segment.value:
			rename = r.word
		case bundle.value:
			rename = r.path
		}
		edits, err := t.renamed(scalars(s), rename)
		if err := t.change(edits, err); err != nil {
			return nil, err
		}
		switch other := rename(s.Value); {
		case other != s.Value && strings.Contains(s.Value, r.oldNumber):
			note("%s must be in the new account", other)
		case other == s.Value && (s == bundle.value || strings.HasPrefix(s.Value, "arn:") && !strings.Contains(s.Value, "::aws:")):
			note("%s stands in %s.yaml too: both would use the same", s.Value, r.old)
		case left.MatchString(other):
			note("%q still speaks of %s", other, r.old)
		}
	}
	at := 0
	if strings.HasPrefix(string(t.bytes), "# yaml-language-server:") {
		at = t.lines[1]
	}
	blank := "\n"
	if at == 0 {
		blank = ""
	}
	t.edits = append(t.edits, edit{at, at, fmt.Sprintf("%s# Made after %s.yaml, whose comments these are.\n", blank, r.old)})
	return notes, nil
}

// path is a folder in a repository, where one of its names is the spoke's.
func (r renaming) path(s string) string {
	names := strings.Split(s, "/")
	for i := range names {
		names[i] = r.word(names[i])
	}
	return strings.Join(names, "/")
}
