package estate

import (
	"slices"
	"strings"

	"hubspoke/internal/yamldoc"
)

// This file says what a firewall would keep from the VPCs behind it: names that what the
// estate makes in them asks the internet for, and names that DNS Firewall answers for none.

// warnNeeds warns of names that a VPC behind the firewall needs from the internet, and that
// none of the firewall's lists has. The estate's own rules may let them pass.
func (e *Estate) warnNeeds(f *Firewall) {
	for _, account := range e.CentralAccounts() {
		allowed := slices.Concat(f.Allow, f.AllowFor[account])
		var missing []string
		for _, n := range e.needs(account) {
			if !e.isPrivate(account, n.name) && !slices.ContainsFunc(allowed, func(a string) bool { return allows(a, n.name) }) {
				missing = append(missing, n.name+" ("+n.reason+")")
			}
		}
		slices.Sort(missing)
		if missing = slices.Compact(missing); len(missing) > 0 {
			e.hub.Warnf("egress.firewall.allow_for", "the VPC of %s asks the internet for %s, and neither allow nor allow_for.%s has them: name them, or make sure that rules let them pass", account, strings.Join(missing, ", "), account)
		}
	}
}

// allows says whether an entry of a firewall's list lets a name through.
func allows(entry, name string) bool {
	if below, ok := strings.CutPrefix(entry, "."); ok {
		return isBelow(name, below)
	}
	return entry == name
}

// isPrivate says that a name leads an account's VPC to an endpoint, to what is within it or
// to what is within reach, and never to the internet.
func (e *Estate) isPrivate(account, name string) bool {
	var private []string
	if e.ReachesHub(account) {
		for _, service := range e.ZonedEndpoints() {
			private = append(private, e.EndpointZone(service).Name)
		}
	}
	for _, endpoint := range e.OwnEndpoints(account) {
		private = append(private, e.serviceNames(endpoint.Service)...)
	}
	private = append(private, e.serviceNames("s3")...)
	if e.RuntimeMonitoring() {
		private = append(private, "guardduty-data."+e.Region+".amazonaws.com") // GuardDuty makes an endpoint in each VPC
	}
	private = append(private, "s3.dualstack."+e.Region+".amazonaws.com", internalNames(e.Region), e.Region+".eks.amazonaws.com", e.Region+".rds.amazonaws.com")
	private = append(private, e.VisibleZones(account)...)
	private = append(private, sortedKeys(e.OnPremises.Domains)...)
	return slices.ContainsFunc(private, func(p string) bool { return isBelow(name, strings.TrimPrefix(p, "*.")) })
}

// warnUnresolved warns of names that the firewall lets through and that DNS Firewall answers
// for none.
func (e *Estate) warnUnresolved(f *Firewall) {
	d := e.DNS.Firewall
	if d == nil {
		return
	}
	warn := func(at string, names []string) {
		for i, name := range names {
			bare := strings.TrimPrefix(name, ".")
			if j := slices.IndexFunc(d.Block, func(domain string) bool { return isBelow(bare, domain) }); j >= 0 {
				e.hub.Warnf(yamldoc.Index(at, i), "no VPC resolves it: dns.firewall.block in estate.yaml has %s", d.Block[j])
			}
		}
	}
	warn("egress.firewall.allow", f.Allow)
	for _, account := range sortedKeys(f.AllowFor) {
		at := yamldoc.Child("egress.firewall.allow_for", account)
		warn(at, f.AllowFor[account])
		if !d.Restricts(account) {
			continue
		}
		resolved := e.AllowedNames(account)
		for i, name := range f.AllowFor[account] {
			bare := strings.TrimPrefix(name, ".")
			if !slices.ContainsFunc(resolved, func(domain string) bool { return isBelow(bare, domain) }) {
				e.hub.Warnf(yamldoc.Index(at, i), "%s does not resolve it: dns.firewall.allow_only.%s in estate.yaml has not %s", account, account, bare)
			}
		}
	}
}
