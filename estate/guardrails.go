package estate

import (
	"io/fs"
	"maps"
	"slices"
	"strings"

	"hubspoke/estate/organization"
	"hubspoke/internal/guardrail"
	"hubspoke/internal/quota"
	"hubspoke/internal/yamldoc"
)

// This file says which policies the organisation has: those of package guardrail, written from
// the estate, and the estate's own.

// OrganizationPolicy is a policy of the organisation, and what it is attached to.
type OrganizationPolicy struct {
	// Name is what the estate calls it, `controls` or `own-no-gpu`: its resources, and with the project before it AWS's name.
	Name string
	// Description says what is in it.
	Description string
	// Type is what kind of policy it is, as AWS calls it.
	Type guardrail.Type
	// Content is the policy.
	Content string
	// Targets are what it is attached to.
	Targets []organization.Target
	// Left is the name of the policy that its guardrail is no part of, since some unit does without it; "" if it is none of these. That policy changes after this one.
	Left string
}

// guardrails are what the policies are written from.
func (e *Estate) guardrails() guardrail.Config {
	g := e.Org.Guardrails
	c := guardrail.Config{
		Anywhere: e.Account("").In("*").Of("*"), Organization: e.Org.ID, Regions: e.fullRegions(),
		Plan: e.PlanRole(), Apply: e.ApplyRole(), BreakGlass: e.BreakGlassRole(), Bootstrap: e.State.BootstrapRole,
		States: []string{e.StateRole("*"), e.PlanStateRole("*")}, CI: []string{e.CIPlanRole(), e.CIApplyRole()},
		StateBuckets: []string{e.Account(HubAccount).Bucket(e.State.Bucket), e.Account(HubAccount).Bucket(e.StateAccessLogs())}, StateKey: e.StateKeyAlias(),
		LogAccount: e.Accounts[e.Logs.Account],
		Outside:    slices.Sorted(maps.Keys(g.Outside)), ImageProviders: slices.Sorted(slices.Values(g.ImageProviders)),
		Tags: sorted(append([]string{"Environment", "ManagedBy", "Project", "Stack"}, sortedKeys(e.Tags)...)),
	}
	if !slices.Contains(c.Regions, usEast1) {
		c.GlobalRegion = usEast1
	}
	if b := e.Org.Backup; b != nil {
		c.BackupKey = e.BackupKeyAlias()
		if b.OtherRegion != "" && !slices.Contains(c.Regions, b.OtherRegion) {
			c.BackupRegion = b.OtherRegion
		}
	}
	c.IdentityHere = e.HasIdentity() && slices.Contains([]string{c.GlobalRegion, c.BackupRegion}, e.IdentityRegion())
	if account := e.SecurityAccount(); account != "" && len(e.Org.Security.Notify) > 0 {
		in := e.Account(account).In("*")
		c.Findings = []string{in.ARN("events", "rule/"+e.SecurityTopic()+"-*"), in.ARN("sns", e.SecurityTopic()+"*")}
	}
	for _, kind := range append(e.LogKinds(), AccessLogs) {
		c.LogBuckets = append(c.LogBuckets, e.Account(e.Logs.Account).Bucket(e.LogBucket(kind)))
	}
	// Every group of the estate's has its project's name after what it is of.
	for _, kind := range []string{"aws/eks", "probe", "sessions", "trail", "vpc", "vpn"} {
		c.LogGroups = append(c.LogGroups, c.Anywhere.LogGroup("/"+kind+"/"+e.Project+"-*"))
	}
	return c
}

// fullRegions are the regions in which accounts may use everything, sorted: not that of AWS's
// global services, and not that of copies of backups, unless the estate names them.
func (e *Estate) fullRegions() []string {
	regions := e.Org.Guardrails.Regions
	if len(regions) == 0 {
		regions = []string{e.Region}
	}
	return sorted(regions)
}

// OrganizationPolicies are the policies of the organisation: first those of guardrails that some unit
// does without, then the others, then the one that suspends, then the estate's own.
func (e *Estate) OrganizationPolicies() []OrganizationPolicy {
	c := e.guardrails()
	type key struct {
		kind guardrail.Type
		name string
	}
	var order []key
	parts, names := map[key][]guardrail.Part{}, map[key][]string{}
	var all []OrganizationPolicy
	for _, g := range c.All() {
		targets := e.targets(g.Name)
		for _, p := range g.Parts {
			if len(targets) == 0 {
				continue // off everywhere
			}
			if targets[0] != (organization.Target{}) {
				all = append(all, OrganizationPolicy{
					Name: p.Policy + "-" + g.Name, Description: described([]string{g.Name}), Type: p.Type,
					Content: guardrail.Content([]guardrail.Part{p}), Targets: targets, Left: p.Policy,
				})
				continue
			}
			k := key{p.Type, p.Policy}
			if parts[k] == nil {
				order = append(order, k)
			}
			parts[k], names[k] = append(parts[k], p), append(names[k], g.Name)
		}
	}
	for _, k := range order {
		all = append(all, OrganizationPolicy{
			Name: k.name, Description: described(names[k]), Type: k.kind,
			Content: guardrail.Content(parts[k]), Targets: []organization.Target{{}},
		})
	}
	if unit := e.Org.SuspendedUnit(); unit != "" {
		all = append(all, OrganizationPolicy{
			Name: guardrail.Suspended, Description: "Guardrails: nothing but deployment", Type: guardrail.ServiceControl,
			Content: c.SuspendedContent(), Targets: []organization.Target{{Unit: unit}},
		})
	}
	return append(all, e.ownPolicies()...)
}

func described(names []string) string { return "Guardrails: " + strings.Join(names, ", ") }

// targets are what a guardrail is attached to, without accounts that have no number yet.
func (e *Estate) targets(name string) []organization.Target {
	return slices.DeleteFunc(e.Org.Targets(name), func(t organization.Target) bool { return t.Account != "" && e.Accounts[t.Account] == "" })
}

func (e *Estate) ownPolicies() []OrganizationPolicy {
	var all []OrganizationPolicy
	for _, name := range sortedKeys(e.Org.Guardrails.Own) {
		own := e.Org.Guardrails.Own[name]
		p := OrganizationPolicy{Name: "own-" + name, Description: own.File, Type: own.Type.Kind(), Content: e.ownContents[name]}
		for _, unit := range sorted(own.Units) {
			if unit == organization.All {
				unit = ""
			}
			p.Targets = append(p.Targets, organization.Target{Unit: unit})
		}
		all = append(all, p)
	}
	return all
}

// loadOwnPolicies reads the files of the estate's own policies.
func (e *Estate) loadOwnPolicies(files fs.FS, dir string) {
	if e.Org == nil {
		return
	}
	e.ownContents = map[string]string{}
	at := e.org.Section("guardrails").Key("own")
	read := map[string]bool{}
	for _, name := range sortedKeys(e.Org.Guardrails.Own) {
		own := e.Org.Guardrails.Own[name]
		if own.File == "" || at.Key(name, "file").Broken() {
			continue
		}
		text, d := readNamed(files, dir, own.File, at.Key(name, "file"))
		if d == nil {
			continue
		}
		content, problems := guardrail.Check(text, own.Type.Kind())
		e.ownContents[name] = content
		if read[own.File+string(own.Type)] {
			continue // two policies of one file have the same mistakes
		}
		read[own.File+string(own.Type)] = true
		for _, p := range problems {
			if p.Doubtful {
				d.Warnings = append(d.Warnings, &yamldoc.Error{File: d.File, Line: p.Line, Message: p.Text})
			} else {
				d.Reject(p.Line, "", "%s", p.Text)
			}
		}
		e.policies = append(e.policies, d)
	}
}

// validateGuardrails checks the guardrails against the rest of the estate.
func (e *Estate) validateGuardrails() {
	s, g := e.org.Section("guardrails"), e.Org.Guardrails
	if s.Broken() || e.org.Incomplete("units") {
		return
	}
	e.Org.ValidateGuardrails(s)
	if at := s.Key("regions"); len(g.Regions) > 0 && !at.Incomplete() && !e.settings.Broken("region") {
		e.validateRegions(at)
	}
	for _, number := range sortedKeys(g.Outside) {
		for _, account := range e.AccountNames() {
			if e.Accounts[account] == number {
				s.Key("outside", number).Errorf("%s is the estate's own account %s: what is in the organisation needs no exception", number, account)
			}
		}
	}
	if at := s.Key("image_providers"); len(g.ImageProviders) > 0 && !slices.Contains(g.ImageProviders, "amazon") && !at.Incomplete() {
		at.Errorf("the nodes of clusters, bastions and probes have images of Amazon's: name amazon too")
	}
	if unit := e.Org.SuspendedUnit(); unit != "" && slices.Contains(e.Org.Below(unit), HubAccount) {
		e.org.Errorf(yamldoc.Child("units", unit), "the hub stands in a unit where everything but deployment is denied: the roles of workloads there could do nothing")
	}
	if e.Org.SuspendedUnit() == "" {
		e.org.Warnf("units", "no unit is for accounts that are to be closed, or that somebody took over, and the guardrail that denies everything there is not made: add `suspended: []`, or name such a unit under guardrails.suspended")
	}
	if _, off := g.Off[organization.All]["deployment"]; !off {
		for _, account := range sortedKeys(e.State.BootstrapProfiles) {
			if account != ManagementAccount {
				e.settings.Warnf(yamldoc.Child("state.bootstrap_profiles", account), "the guardrail deployment lets %s alone change the roles of Terraform: the profile has to be of that role, or of %s", e.State.BootstrapRole, e.BreakGlassRole())
			}
		}
	}
}

// validateRegions checks the regions against those that the estate itself uses.
func (e *Estate) validateRegions(at yamldoc.Section) {
	regions := e.Org.Guardrails.Regions
	for i, region := range regions {
		validateRegion(at.Item(i), region)
	}
	if !slices.Contains(regions, e.Region) {
		at.Errorf("they leave out %s, where the estate is: nothing could be deployed", e.Region)
	}
}

// organizationUses are the quotas that the organisation's policies use.
func (e *Estate) organizationUses() []Use {
	if e.Org == nil {
		return nil
	}
	uses := e.accountUses()
	if e.OnlyOrganization() {
		return uses
	}
	at := e.org.Section("guardrails")
	attached := map[guardrail.Type]map[organization.Target]int{guardrail.ServiceControl: {}, guardrail.ResourceControl: {}}
	for _, p := range e.OrganizationPolicies() {
		use := Use{Quota: p.Type.Size(), Used: len([]rune(p.Content)), at: at, By: "those of " + p.Name, Remedy: "name several actions by one with a wildcard"}
		if own, ok := strings.CutPrefix(p.Name, "own-"); ok {
			use.at, use.Remedy = at.Key("own", own), "write two policies, or name several actions by one with a wildcard"
		}
		uses = append(uses, use)
		for _, target := range p.Targets {
			if attached[p.Type] != nil {
				attached[p.Type][target]++
			}
		}
	}
	for kind, q := range map[guardrail.Type]quota.Quota{guardrail.ServiceControl: quota.ServiceControlPolicies, guardrail.ResourceControl: quota.ResourceControlPolicies} {
		most, where := 0, "the root"
		for _, t := range slices.SortedFunc(maps.Keys(attached[kind]), func(a, b organization.Target) int {
			return strings.Compare(a.Unit+a.Account, b.Unit+b.Account)
		}) {
			if n := attached[kind][t]; n > most {
				most, where = n, t.Unit+t.Account
				if where == "" {
					where = "the root"
				}
			}
		}
		uses = append(uses, Use{Quota: q, Used: most + 1, at: at, By: "AWS's own and those of " + where,
			Remedy: "attach policies of your own to other units, or write several into one"})
	}
	slices.SortStableFunc(uses, func(a, b Use) int { return strings.Compare(a.Quota.Key, b.Quota.Key) })
	return uses
}
