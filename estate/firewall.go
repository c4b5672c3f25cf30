package estate

import (
	"io/fs"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"

	"hubspoke/estate/internal/format"
	"hubspoke/internal/quota"
	"hubspoke/internal/suricata"
	"hubspoke/internal/yamldoc"
)

// Firewall stands in the egress VPC, and is kept by AWS. It sees what VPCs with
// `nat: central` send to the internet and, if it is told to, what spokes of different
// segments say to each other. Not what passes no transit gateway, and no query of the
// VPC's own resolver: https://docs.aws.amazon.com/network-firewall/latest/developerguide/architectures.html
type Firewall struct {
	// Mode is what becomes of what nothing allows: `alert` logs it and lets it pass, as do the managed groups with what they find; `enforce` logs it and drops it. The estate's own rules say for themselves what they do. Begin with `alert`, and read the log before `enforce`.
	Mode FirewallMode `yaml:"mode" jsonschema:"required" example:"alert"`
	// Inspect is what is sent through the firewall: `internet`, what VPCs with `nat: central` have for it, and `between-segments`, what spokes of different segments that `reaches` connects say to each other. What spokes and the hub's VPC say to each other is not. Default: `internet`.
	Inspect []Inspected `yaml:"inspect" jsonschema:"minItems=1,uniqueItems=true" why:"a firewall that inspects nothing is only paid for" default:"[internet]"`
	// Allow are the names that every VPC may ask the internet for, over TLS or HTTP: `example.com` means that name alone, `.example.com` it and all below. Default: none.
	Allow []string `yaml:"allow" jsonschema:"uniqueItems=true" format:"allowed-name" example:"[.amazonaws.com, api.github.com]"`
	// AllowFor are further names, by the account whose VPC alone may ask for them. Default: none.
	AllowFor map[string][]string `yaml:"allow_for" jsonschema:"minItems=1,uniqueItems=true" keys:"account-name" format:"allowed-name" why:"an account without names needs no line" example:"{dev: [.pypi.org]}"`
	// ManagedRules are rule groups that AWS keeps, by name without `StrictOrder`: `MalwareDomains`. Default: none.
	ManagedRules []string `yaml:"managed_rules" jsonschema:"uniqueItems=true" format:"managed-rules" example:"[AttackInfrastructure, BotNetCommandAndControlDomains, MalwareDomains]"`
	// Rules is a file in the estate's folder with rules of its own for Suricata, one a line, which come before all others: the first that matches decides. `$HOME_NET` is the VPCs that are inspected, `$EXTERNAL_NET` everything else. Default: none.
	Rules string `yaml:"rules" format:"rules-file" example:"firewall.rules"`
	// Changeable lets the firewall be deleted, and its zones change. Say so in the deployment that changes `az_count`, or in one before the firewall goes, and take it back after. Default: false, and AWS refuses both.
	Changeable bool `yaml:"changeable" default:"false"`
}

// FirewallMode is what becomes of what a firewall's rules are against, be it packets or
// queries for names.
type FirewallMode string

// The values of [FirewallMode].
const (
	FirewallEnforces FirewallMode = "enforce"
	FirewallAlerts   FirewallMode = "alert"
)

// Values lists what a file may say.
func (FirewallMode) Values() []string {
	return []string{string(FirewallEnforces), string(FirewallAlerts)}
}

// Inspected is traffic that a firewall sees.
type Inspected string

// The values of [Inspected].
const (
	InspectInternet        Inspected = "internet"
	InspectBetweenSegments Inspected = "between-segments"
)

// Values lists what a file may say.
func (Inspected) Values() []string {
	return []string{string(InspectInternet), string(InspectBetweenSegments)}
}

// OwnRules is what the file of the firewall's own rules says, one rule a line and without
// comments; "" if there is none.
func (e *Estate) OwnRules() string { return e.ownRules }

// firewall is the egress VPC's, nil if there is none.
func (e *Estate) firewall() *Firewall {
	if e.Hub.Egress == nil {
		return nil
	}
	return e.Hub.Egress.Firewall
}

// Inspects says whether a firewall sees a kind of traffic.
func (e *Estate) Inspects(what Inspected) bool {
	f := e.firewall()
	return f != nil && slices.Contains(f.Inspect, what)
}

// InspectedBetween says whether what the VPCs of two segments say to each other goes by the
// firewall. With the hub's segment it never does: every call of AWS's APIs by the hub's
// endpoints would be inspected, and paid for.
func (e *Estate) InspectedBetween(one, other string) bool {
	return e.Inspects(InspectBetweenSegments) && one != other && one != e.Hub.Segment && other != e.Hub.Segment && e.Reaches(one, other)
}

// InspectedPeers are the accounts that an account's VPC exchanges packets with by way of
// the firewall, sorted.
func (e *Estate) InspectedPeers(account string) []string {
	return slices.DeleteFunc(e.NetworkAccounts(), func(peer string) bool {
		return !e.InspectedBetween(e.Segment(account), e.Segment(peer))
	})
}

// BehindEgress are the accounts whose VPC the egress VPC hands packets to: those that reach
// the internet through it, and those whose packets to each other its firewall sees. The hub
// first, then spokes by name.
func (e *Estate) BehindEgress() []string {
	return slices.DeleteFunc(e.NetworkAccounts(), func(account string) bool {
		return e.Network(account).NAT != NATCentral && len(e.InspectedPeers(account)) == 0
	})
}

// HomeNetworks are the ranges that the firewall's rules call HOME_NET: those of all VPCs
// whose packets it sees, in the order of [Estate.BehindEgress].
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/rule-variables.html
func (e *Estate) HomeNetworks() []netip.Prefix {
	var ranges []netip.Prefix
	for _, account := range e.BehindEgress() {
		if e.Inspects(InspectInternet) || len(e.InspectedPeers(account)) > 0 {
			ranges = append(ranges, e.Network(account).CIDR)
		}
	}
	return ranges
}

// managedRuleGroups are the rule groups that AWS keeps for firewalls with strict order, with
// how much of a policy's capacity each takes, as far as AWS says it; 0 is not known.
//
//   - https://docs.aws.amazon.com/network-firewall/latest/developerguide/nwfw-managed-rule-groups.html
//   - https://aws.github.io/aws-security-services-best-practices/guides/network-firewall/
var managedRuleGroups = map[string]int{
	"AbusedLegitBotNetCommandAndControlDomains": 200,
	"AbusedLegitMalwareDomains":                 200,
	"AttackInfrastructure":                      15000,
	"BotNetCommandAndControlDomains":            200,
	"MalwareDomains":                            200,
	"ThreatSignaturesBotnet":                    0,
	"ThreatSignaturesBotnetWeb":                 0,
	"ThreatSignaturesBotnetWindows":             3400,
	"ThreatSignaturesDoS":                       200,
	"ThreatSignaturesEmergingEvents":            0,
	"ThreatSignaturesExploits":                  0,
	"ThreatSignaturesFUP":                       0,
	"ThreatSignaturesIOC":                       0,
	"ThreatSignaturesMalware":                   0,
	"ThreatSignaturesMalwareCoinmining":         0,
	"ThreatSignaturesMalwareMobile":             4000,
	"ThreatSignaturesMalwareWeb":                3300,
	"ThreatSignaturesPhishing":                  4200,
	"ThreatSignaturesScanners":                  0,
	"ThreatSignaturesSuspect":                   0,
	"ThreatSignaturesWebAttacks":                1400,
}

// The capacities of the firewall's own rule groups. AWS never changes that of a group: a
// larger one is another group. So they are what an estate may grow to.
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/nwfw-rule-group-capacity.html
const (
	// OwnRulesCapacity is that of the group with the estate's own rules.
	OwnRulesCapacity = 1000
	// AllowCapacity is that of the group with the allowed names.
	AllowCapacity = 2000
	// rulesForName are those that a name comes to: TLS and HTTP.
	rulesForName = 2
	// otherRules are at most those of the group beside its names: what is dropped that has none, and what spokes of different segments may say.
	otherRules = 500
)

// loadFirewallRules reads the firewall's file of rules, if the hub's file names one.
func (e *Estate) loadFirewallRules(files fs.FS, dir string) {
	const at = "egress.firewall.rules"
	f := e.firewall()
	if f == nil || f.Rules == "" || e.hub.Broken(at) {
		return
	}
	text, document := readNamed(files, dir, f.Rules, e.hub.Section(at))
	if document == nil {
		return
	}
	e.rules = document
	rules, problems := suricata.Parse(string(text))
	e.ownRules = suricata.Plain(string(text))
	for _, p := range problems {
		e.rules.Reject(p.Line, "", "%s", p.Text)
	}
	for _, r := range rules {
		if r.ByFirstPacket() {
			e.rules.Reject(r.Line, "", "a rule about addresses and ports alone decides with the first packet of a connection, before any rule that stands above it and knows a request: add flow:to_server")
		}
	}
	if size := len(e.ownRules); size > quota.FirewallRulesText.Default {
		e.rules.Reject(1, "", "%d bytes, and AWS takes %d in a rule group: shorten them", size, quota.FirewallRulesText.Default)
	}
	if len(rules) == 0 && len(problems) == 0 {
		e.hub.Errorf(at, "%s has no rules: AWS takes no empty rule group; write one, or leave the key out", filepath.Join(dir, f.Rules))
	}
	if len(rules) > OwnRulesCapacity {
		e.rules.Reject(rules[OwnRulesCapacity].Line, "", "%d rules, and their group has room for %d, for ever: leave some out", len(rules), OwnRulesCapacity)
	}
}

// validateFirewall checks the firewall against those whose packets it sees.
func (e *Estate) validateFirewall() {
	const at = "egress.firewall"
	f, d := e.firewall(), e.hub
	if f == nil || d.Broken(at) {
		return
	}
	e.validateAllowedNames(f)
	if d.Incomplete(at+".inspect") || e.settings.Incomplete("segments") {
		return
	}
	if slices.Contains(f.Inspect, InspectInternet) && len(e.CentralAccounts()) == 0 {
		d.Errorf(at+".inspect", "no VPC says `nat: central`, so that nothing passes the firewall on its way to the internet: say it in one, or leave firewall out")
	}
	if slices.Contains(f.Inspect, InspectBetweenSegments) && !slices.ContainsFunc(e.Spokes, func(s *Spoke) bool { return len(e.InspectedPeers(s.Name)) > 0 }) {
		d.Errorf(at+".inspect", "between-segments is what spokes of two segments say to each other, and under segments in estate.yaml no segment of a spoke reaches that of another (the hub's, %s, is left out): leave it out", e.Hub.Segment)
	}
	if n := len(e.segmentPairs()) * rulesForPair; n > otherRules {
		d.Errorf(at+".inspect", "%d rules for what spokes of different segments may say to each other, and the rule group has room for %d: let fewer VPCs reach each other", n, otherRules)
	}
	if f.Mode == FirewallEnforces && slices.Contains(f.Inspect, InspectInternet) && len(f.Allow)+len(f.AllowFor) == 0 && f.Rules == "" && !d.Incomplete(at) {
		d.Errorf(yamldoc.Child(at, "mode"), "enforce drops everything: allow and allow_for name nothing, and there are no rules; name what may leave, or say alert")
	}
}

// validateAllowedNames checks the names that VPCs may ask for.
func (e *Estate) validateAllowedNames(f *Firewall) {
	const allow, allowFor = "egress.firewall.allow", "egress.firewall.allow_for"
	d := e.hub
	if !slices.Contains(f.Inspect, InspectInternet) && len(f.Inspect) > 0 {
		for _, at := range []string{allow, allowFor} {
			if d.Has(at) {
				d.Errorf(at, "these are names on the internet, and inspect leaves that out: add internet to it, or leave the names out")
			}
		}
		return
	}
	e.warnCovered(allow, f.Allow, nil)
	if !d.Incomplete("endpoints") && !e.settings.Incomplete("dns") && !e.settings.Incomplete("segments") && !e.settings.Incomplete("region") {
		e.warnNeeds(f)
		e.warnUnresolved(f)
	}
	n := len(f.Allow)
	for _, account := range sortedKeys(f.AllowFor) {
		at := yamldoc.Child(allowFor, account)
		if format.AccountName.Find(account) == nil {
			continue // decoding has said so
		}
		n += len(f.AllowFor[account])
		e.validateAccount(d, at, account)
		_, known := e.Accounts[account]
		switch v := e.vpcOf(account); {
		case v == nil && known && !e.misnamed[account]:
			d.Errorf(at, "%s has no VPC that would ask for names: leave the line out", account)
		case v != nil && v.network.NAT != NATCentral && !v.doc.Broken("network") && !v.doc.Broken("network.nat"):
			d.Errorf(at, "the VPC of %s does not reach the internet through the firewall: say `nat: central` in %s, or leave the line out", account, filepath.Base(v.doc.File))
		}
		e.warnCovered(at, f.AllowFor[account], f.Allow)
	}
	if most := (AllowCapacity - otherRules) / rulesForName; n > most {
		d.Errorf(allow, "%d names, and their rule group has room for %d, for ever: let .example.com stand for all below example.com", n, most)
	}
}

// warnCovered warns of names that others allow already, of the same list or for all.
func (e *Estate) warnCovered(at string, names, everywhere []string) {
	for i, name := range names {
		for _, other := range append(slices.Clone(everywhere), names...) {
			below := strings.HasPrefix(other, ".") && strings.HasSuffix("."+strings.TrimPrefix(name, "."), other)
			if below && other != name || slices.Contains(everywhere, name) && other == name {
				e.hub.Warnf(yamldoc.Index(at, i), "%s is allowed by %s already: leave it out", name, other)
				break
			}
		}
	}
}

// vpcOf is an account's VPC with its file, nil if it has none.
func (e *Estate) vpcOf(account string) *vpc {
	for _, v := range e.vpcs() {
		if v.name == account {
			return &v
		}
	}
	return nil
}

// managedCapacity is what the managed groups take of a policy's capacity at least.
func (f *Firewall) managedCapacity() int {
	sum := 0
	for _, name := range f.ManagedRules {
		sum += managedRuleGroups[name]
	}
	return sum
}

// firewallUses are those of the firewall's policy.
func (e *Estate) firewallUses() []Use {
	f := e.firewall()
	if f == nil {
		return nil
	}
	at := e.hub.Section("egress.firewall.managed_rules")
	groups, capacity := 1+len(f.ManagedRules), AllowCapacity+f.managedCapacity()
	if f.Rules != "" {
		groups, capacity = groups+1, capacity+OwnRulesCapacity
	}
	return []Use{
		{Quota: quota.FirewallRuleGroups, Used: groups, at: at,
			By: "one for each of managed_rules, one for the names, and one for the estate's own rules", Remedy: "leave some of managed_rules out"},
		{Quota: quota.FirewallPolicyRules, Used: capacity, at: at,
			By: "the estate's own groups and those of managed_rules whose size AWS says", Remedy: "leave out the large ones: AttackInfrastructure alone takes 15000"},
	}
}

// segmentPair is two spokes of different segments that reach each other through the
// firewall.
type segmentPair struct{ one, other string }

// rulesForPair are those that a pair comes to: TCP, UDP and ICMP.
const rulesForPair = 3

// segmentPairs are all such pairs, each once.
func (e *Estate) segmentPairs() []segmentPair {
	var pairs []segmentPair
	for _, s := range e.Spokes {
		for _, peer := range e.InspectedPeers(s.Name) {
			if s.Name < peer {
				pairs = append(pairs, segmentPair{s.Name, peer})
			}
		}
	}
	return pairs
}

// FirewallRules are the rules of the firewall that follow from what the estate allows, in
// order and one a line. They come after the estate's own and after the managed ones.
func (e *Estate) FirewallRules() string {
	f := e.firewall()
	taken := map[int]bool{}
	var rules []string
	if slices.Contains(f.Inspect, InspectInternet) {
		rules = append(rules, suricata.Allow("$HOME_NET", "$EXTERNAL_NET", f.Allow, taken)...)
		for _, account := range sortedKeys(f.AllowFor) {
			rules = append(rules, suricata.Allow(e.Network(account).CIDR.String(), "$EXTERNAL_NET", f.AllowFor[account], taken)...)
		}
	}
	for _, pair := range e.segmentPairs() {
		rules = append(rules, suricata.Between(e.Network(pair.one).CIDR, e.Network(pair.other).CIDR, taken)...)
	}
	rules = append(rules, suricata.WithoutNames("$HOME_NET", "any", f.Mode == FirewallEnforces, taken)...)
	return strings.Join(rules, "\n") + "\n"
}

var _ = yamldoc.NewFormat(yamldoc.Format{Name: "managed-rules",
	Wanted: "a rule group that AWS keeps, without StrictOrder at its end",
	Values: sortedKeys(managedRuleGroups)})
