package guardrails

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/quota"
	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// The resources that an organisation is made of.
const (
	organizationType = "aws_organizations_organization"
	unitType         = "aws_organizations_organizational_unit"
	accountType      = "aws_organizations_account"
	policyType       = "aws_organizations_policy"
	attachmentType   = "aws_organizations_policy_attachment"
)

// The types of policies that are evaluated.
const (
	serviceControl  = "SERVICE_CONTROL_POLICY"
	resourceControl = "RESOURCE_CONTROL_POLICY"
)

// Organization is an organisation as stacks make it.
type Organization struct {
	// Resource makes it.
	Resource *config.Resource
	// ID is its id, `o-…`, made up where no import and no state says it.
	ID string
	// Management is the number of the management account, which no policy binds.
	Management string
	// Root is what everything stands under.
	Root *Target
	// Units are the units by path, in order, and Accounts the member accounts in order of their names.
	Units    []*Target
	Accounts []*Target
	// Policies are all policies, of whatever type.
	Policies []*Policy
	// Doubts are what could not be read, each with what it is about.
	Doubts []Doubt

	config   *config.Config
	targets  map[*config.Resource]*Target
	byNumber map[string]*Target
	// loose are policies that may be attached anywhere, as far as is known.
	loose []*Policy
	// matches are the statements that are about an action.
	matches map[string]map[*Statement]Answer
	// actions are those of patterns that intents name.
	actions map[string][]string
	// apart are the services whose actions policies tell apart, `*` for all.
	apart map[string]bool
	// deeds is filled when it is asked for, and unlistedTypes with it: types whose calls are not known.
	deeds         []Deed
	unlistedTypes map[string]bool
	// homes are the regions of accounts, by number.
	homes map[string]string
}

// Doubt is something that is not understood.
type Doubt struct {
	About *config.Resource
	Why   string
}

// Target is what policies are attached to: the root, a unit or an account.
type Target struct {
	// Name is a unit's path or an account's name, "" for the root.
	Name string
	// Number is an account's number, "" if it is not known.
	Number string
	// Resource makes it.
	Resource *config.Resource
	// Above is what it stands in, nil for the root, and for what stands where nobody knows.
	Above *Target
	// Policies are those attached to the target itself.
	Policies []*Policy
	lost     bool // stands where nobody knows
}

// String names the target in a sentence.
func (t *Target) String() string {
	switch {
	case t.Name != "":
		return t.Name
	case t.Number != "":
		return t.Number
	}
	return "the root"
}

// Within says whether the target is another one or stands below it.
func (t *Target) Within(other *Target) bool {
	for ; t != nil; t = t.Above {
		if t == other {
			return true
		}
	}
	return false
}

// Policy is a policy of an organisation.
type Policy struct {
	// Name is the name of its resource, or its id where none makes it.
	Name string
	// Type is AWS's name of its type.
	Type       string
	Resource   *config.Resource
	Statements []*Statement
	// Size is how many characters it has.
	Size int
	// Targets are what it is attached to.
	Targets []*Target
	unread  bool
}

// Read reads the organisation that stacks make, nil if they make none. The names are those of
// accounts, by number.
func Read(c *config.Config, names map[string]string) *Organization {
	all := c.All(organizationType)
	if len(all) == 0 {
		return nil
	}
	o := &Organization{
		Resource: all[0], ID: "o-this", Management: all[0].Account, Root: &Target{Resource: all[0]}, config: c,
		targets: map[*config.Resource]*Target{}, byNumber: map[string]*Target{}, matches: map[string]map[*Statement]Answer{}, actions: map[string][]string{},
	}
	if id := idOf(c, all[0]); id != "" {
		o.ID = id
	}
	if len(all) > 1 {
		o.doubt(all[1], "there are two organisations: what is said is about %s", all[0])
	}
	for _, r := range c.All(unitType) {
		o.unit(r, nil)
	}
	slices.SortFunc(o.Units, func(a, b *Target) int { return strings.Compare(a.Name, b.Name) })
	for _, r := range c.All(accountType) {
		o.account(r, names)
	}
	slices.SortFunc(o.Accounts, func(a, b *Target) int { return strings.Compare(a.Name, b.Name) })
	policies := map[*config.Resource]*Policy{}
	for _, r := range c.All(policyType) {
		p := o.policy(r)
		policies[r] = p
		o.Policies = append(o.Policies, p)
	}
	for _, r := range c.All(attachmentType) {
		o.attach(r, policies)
	}
	for _, k := range c.Destroyed {
		if k.Type == attachmentType || k.Type == policyType {
			o.doubt(nil, "%s destroys %s, which may be what is in force now: plan what the organisation has after that, and prove the plan", k.Stack.Name, k.Address)
			o.unsettled()
		}
	}
	return o
}

// idOf is the id of a resource that is imported by it, or that a state tells; "" if it is not known.
func idOf(c *config.Config, r *config.Resource) string {
	if id := c.Imported(r); id != "" {
		return id
	}
	id, _ := r.Argument("id").(string)
	return id
}

func (o *Organization) doubt(about *config.Resource, format string, args ...any) {
	o.Doubts = append(o.Doubts, Doubt{about, fmt.Sprintf(format, args...)})
}

// unit is the target of a unit's resource. Seen are those below it, since units may refer to each other.
func (o *Organization) unit(r *config.Resource, seen []*config.Resource) *Target {
	if t := o.targets[r]; t != nil {
		return t
	}
	t := &Target{Resource: r}
	t.Name, _ = r.Argument("name").(string)
	if t.Name == "" {
		t.Name = r.Name
	}
	if slices.Contains(seen, r) {
		t.lost = true
		o.doubt(r, "it stands in itself")
		return t
	}
	t.Above, t.lost = o.above(r, append(seen, r))
	if t.Above != nil && t.Above.Name != "" {
		t.Name = t.Above.Name + "/" + t.Name
	}
	o.targets[r] = t
	o.Units = append(o.Units, t)
	return t
}

// above is what a unit or an account stands in: the root, unless it says otherwise.
func (o *Organization) above(r *config.Resource, seen []*config.Resource) (above *Target, lost bool) {
	value := r.Argument("parent_id")
	if value == nil && r.Type == accountType {
		return o.Root, false
	}
	if t := o.target(value, seen); t != nil && t.Number == "" {
		return t, t.lost
	}
	o.doubt(r, "what it stands in is not known (parent_id), nor which policies it has from there")
	return nil, true
}

// target is what an id is of, nil if that is not known.
func (o *Organization) target(value any, seen []*config.Resource) *Target {
	switch v := value.(type) {
	case config.Ref:
		switch {
		case v.Resource == nil:
		case v.Resource.Type == organizationType && strings.HasPrefix(v.Attribute, "roots"):
			return o.Root
		case v.Resource.Type == organizationType && strings.HasPrefix(v.Attribute, "master_account_id"):
			return o.byNumber[o.Management]
		case v.Resource.Type == unitType && v.Attribute == "id" && !v.Resource.Data:
			return o.unit(v.Resource, seen)
		case v.Resource.Type == accountType && v.Attribute == "id" && !v.Resource.Data:
			return o.targets[v.Resource]
		}
	case string:
		if strings.HasPrefix(v, "r-") {
			return o.Root
		}
		for r, t := range o.targets {
			if id := o.config.Imported(r); id != "" && id == v {
				return t
			}
		}
		return o.byNumber[v]
	}
	return nil
}

// account reads a member account. It has the name by which its number is known, or which its resource says.
func (o *Organization) account(r *config.Resource, names map[string]string) {
	t := &Target{Resource: r, Number: idOf(o.config, r)}
	said, _ := r.Argument("name").(string)
	t.Name = names[t.Number]
	for number, name := range names {
		if t.Number == "" && (strings.EqualFold(name, said) || strings.ReplaceAll(name, "-", "_") == r.Name) {
			t.Number, t.Name = number, name
		}
	}
	if t.Name == "" {
		t.Name = said
	}
	if t.Name == "" {
		t.Name = r.Name
	}
	t.Above, t.lost = o.above(r, nil)
	o.targets[r] = t
	o.Accounts = append(o.Accounts, t)
	if t.Number != "" && o.byNumber[t.Number] == nil {
		o.byNumber[t.Number] = t
	}
}

func (o *Organization) policy(r *config.Resource) *Policy {
	p := &Policy{Name: r.Name, Type: serviceControl, Resource: r}
	if kind := r.Argument("type"); kind != nil {
		p.Type, _ = kind.(string)
	}
	content := r.Argument("content")
	if text, err := o.written(content); err == nil {
		p.Size = len([]rune(text))
	}
	if p.Type != serviceControl && p.Type != resourceControl && p.Type != "" {
		return p
	}
	if err := o.readStatements(p, content); err != nil {
		p.unread = true
		o.doubt(r, "%v: it may deny anything, and may deny nothing", err)
	}
	return p
}

// attach reads an attachment. One whose target is not known may be anywhere.
func (o *Organization) attach(r *config.Resource, policies map[*config.Resource]*Policy) {
	var p *Policy
	switch v := r.Argument("policy_id").(type) {
	case config.Ref:
		p = policies[v.Resource]
	case string:
		if v == "p-FullAWSAccess" || v == "p-RCPFullAWSAccess" {
			return // it is there anyway
		}
		i := slices.IndexFunc(o.Policies, func(p *Policy) bool { return o.config.Imported(p.Resource) == v })
		if i >= 0 {
			p = o.Policies[i]
		}
	}
	if p == nil {
		o.doubt(r, "which policy it attaches is not known")
		o.unsettled()
		return
	}
	t := o.target(r.Argument("target_id"), nil)
	switch {
	case t != nil:
		t.Policies, p.Targets = append(t.Policies, p), append(p.Targets, t)
	case r.Argument("target_id") == o.Management && o.Management != "":
		p.Targets = append(p.Targets, &Target{Name: "the management account", Number: o.Management})
	default:
		o.doubt(r, "what it attaches a policy to is not known: it may be in force anywhere")
		o.loose = append(o.loose, p)
	}
}

// unsettled adds a policy of which nothing is known, which may be in force anywhere.
func (o *Organization) unsettled() {
	o.loose = append(o.loose, &Policy{Name: "a policy that is not known", Type: serviceControl, unread: true}, &Policy{Name: "a policy that is not known", Type: resourceControl, unread: true})
}

// enabled says whether a type of policies is switched on: No if the organisation has a list without it.
func (o *Organization) enabled(kind string) Answer {
	value := o.Resource.Argument("enabled_policy_types")
	if value == nil {
		return No
	}
	list, ok := value.([]any)
	if !ok {
		return Maybe
	}
	return answer(slices.Contains(list, any(kind)))
}

// room is the quotas of a type of policies: its characters, and how many may be attached to
// one target, AWS's own included.
func room(kind string) (size, attached quota.Quota) {
	switch kind {
	case serviceControl:
		return quota.ServiceControlPolicy, quota.ServiceControlPolicies
	case resourceControl:
		return quota.ResourceControlPolicy, quota.ResourceControlPolicies
	case "DECLARATIVE_POLICY_EC2":
		return quota.DeclarativePolicy, quota.Quota{}
	case "AISERVICES_OPT_OUT_POLICY":
		return quota.AIOptOutPolicy, quota.Quota{}
	case "TAG_POLICY":
		return quota.TagPolicy, quota.Quota{}
	}
	return quota.Quota{}, quota.Quota{}
}

// list are the texts of a list that is known.
func list(value any) []string {
	var all []string
	for _, item := range stackjson.List(value) {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}
