package estate

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"hubspoke/internal/awsservice"
	"hubspoke/internal/yamldoc"
)

// DNSFirewall says what DNS Firewall answers, and what it does not. A name under `block` and `allow_only` means
// itself and every name below it.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall.html
type DNSFirewall struct {
	// Mode is what becomes of a query that the rules are against: `enforce` (default) answers that there is no such name, `alert` answers it, and only says so in the query logs. AWS advises the latter for as long as nobody knows what rules meet.
	Mode FirewallMode `yaml:"mode" default:"enforce"`
	// Block are the names that no VPC resolves, with all below them: a domain, or a top-level domain. It comes before `allow_only`.
	Block []string `yaml:"block" jsonschema:"uniqueItems=true" format:"firewall-domain" example:"[evil.example, zip]"`
	// AllowOnly are the names that a spoke's VPC resolves, by spoke, and all below them; it resolves no others. What the VPC itself needs is always among them: the names of its endpoints and of AWS's services that nodes call, S3, its private zones, the domains that are forwarded on-premises, those of its cluster and its database, and those of its APIs if it has a probe.
	AllowOnly map[string][]string `yaml:"allow_only" jsonschema:"uniqueItems=true" keys:"account-name" format:"firewall-domain" example:"{dev: [pypi.org, pythonhosted.org]}"`
	// Managed are lists that AWS keeps, whose names no VPC resolves, by what they are of: `aggregate`, `botnet`, `guardduty`, `malware`. Their ids differ from region to region: `aws route53resolver list-firewall-domain-lists --region <region>` lists them.
	Managed map[string]string `yaml:"managed" keys:"managed-domain-list" format:"domain-list-id" example:"{aggregate: rslvr-fdl-0123456789abcdef}"`
	// FailOpen answers queries while DNS Firewall itself does not answer. Default: false, as AWS has it: then nothing resolves for so long, private names included.
	FailOpen bool `yaml:"fail_open" default:"false"`
}

// managedDomainLists are the lists that AWS keeps, as files call them:
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-managed-domain-lists.html
var managedDomainLists = map[string]string{
	"aggregate": "AWSManagedDomainsAggregateThreatList",
	"botnet":    "AWSManagedDomainsBotnetCommandandControl",
	"guardduty": "AWSManagedDomainsAmazonGuardDutyThreatList",
	"malware":   "AWSManagedDomainsMalwareDomainList",
}

var (
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "managed-domain-list",
		Wanted: "a domain list that AWS keeps",
		Values: sortedKeys(managedDomainLists)})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "domain-list-id",
		Wanted:  "the id of a domain list, such as rslvr-fdl-0123456789abcdef: `aws route53resolver list-firewall-domain-lists --region <region>` lists them",
		Pattern: regexp.MustCompile(`^rslvr-fdl-[0-9a-z]+$`), MaxLength: 64, Example: "rslvr-fdl-0123456789abcdef"})
	// What DNS Firewall takes, without an asterisk: letters, digits, hyphens.
	// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-user-managed-domain-lists.html
	firewallDomain = yamldoc.NewFormat(yamldoc.Format{Name: "firewall-domain",
		Wanted:  "a domain in lower case, without a final dot, and without . or *. before it: it means all names below it too",
		Pattern: regexp.MustCompile(`^(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$`), MaxLength: 253})
)

// sort puts the lists into one order; their own has no meaning.
func (f *DNSFirewall) sort() {
	if f == nil {
		return
	}
	slices.Sort(f.Block)
	for _, names := range f.AllowOnly {
		slices.Sort(names)
	}
}

// BlocksForAll says whether there are rules for the VPCs of all accounts.
func (f *DNSFirewall) BlocksForAll() bool { return f != nil && len(f.Block)+len(f.Managed) > 0 }

// Restricts says whether a spoke's VPC resolves only some names.
func (f *DNSFirewall) Restricts(spoke string) bool {
	if f == nil {
		return false
	}
	_, ok := f.AllowOnly[spoke]
	return ok
}

// AllowedNames are all that the VPC of a restricted spoke resolves, with all below them: what
// it needs, and what the file allows, sorted.
func (e *Estate) AllowedNames(spoke string) []string {
	names := slices.Clone(e.DNS.Firewall.AllowOnly[spoke])
	for _, n := range e.needs(spoke) {
		names = append(names, n.name)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// OwnNames are what the VPCs of the estate need, all together and sorted. What AWS's lists
// have must not keep anything from them.
func (e *Estate) OwnNames() []string {
	var names []string
	for _, account := range e.NetworkAccounts() {
		for _, n := range e.needs(account) {
			names = append(names, n.name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// need is a name that a VPC cannot do without, with those below it.
type need struct{ name, reason string }

// needs are the names that what is in an account's VPC asks for by itself:
//
//   - https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
//   - https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
//   - https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Overview.Endpoints.html
//   - https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
//   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/dual-stack-endpoints.html
func (e *Estate) needs(account string) []need {
	var all []need
	add := func(reason string, names ...string) {
		for _, name := range names {
			if name != "" {
				all = append(all, need{strings.TrimPrefix(name, "*."), reason})
			}
		}
	}
	if e.ReachesHub(account) {
		for _, service := range e.CentralEndpoints() {
			add("the central endpoint of "+service, e.EndpointZone(service).Name)
		}
	}
	for _, endpoint := range append(slices.Clone(ownEndpoints), e.OwnEndpoints(account)...) {
		add("of "+endpoint.Service, e.serviceNames(endpoint.Service)...)
	}
	add("of s3", append(e.serviceNames("s3"), "s3.dualstack."+e.Region+".amazonaws.com")...)
	if e.RuntimeMonitoring() {
		add("of GuardDuty's agents", "guardduty-data."+e.Region+".amazonaws.com")
	}
	add("the names of instances", internalNames(e.Region))
	for _, zone := range e.VisibleZones(account) {
		add("a private zone", zone)
	}
	for _, domain := range sortedKeys(e.OnPremises.Domains) {
		add("forwarded on-premises", domain)
	}
	s := e.Spoke(account)
	if s == nil {
		return all
	}
	for _, c := range s.calls() {
		if service := c.endpoint(); service != "" {
			add("of "+service, e.serviceNames(service)...)
		}
	}
	if s.Probe && s.Network.NAT != NATNone {
		for _, name := range sortedKeys(s.APIs) {
			add("the API "+name+", which the probe asks", s.APIs[name].Domain)
		}
	}
	if s.Cluster != nil {
		add("the API of the cluster", e.Region+".eks.amazonaws.com")
		add("the repository of the cluster's bundle", repositoryHost(s.Cluster.Bundle.Repository))
		if s.Cluster.VerifyImages != "" {
			add("who verifies images", verificationNeeds...)
		}
		if s.Network.NAT != NATNone {
			// Karpenter makes instance profiles, and the load balancer controller looks for web
			// ACLs and protections, where there is a way to those who have no endpoint:
			// https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
			add("Karpenter's instance profiles", "iam.amazonaws.com")
			add("the load balancer controller", "wafv2."+e.Region+".amazonaws.com", "waf-regional."+e.Region+".amazonaws.com", "shield.us-east-1.amazonaws.com")
		}
	}
	if len(s.RecordRoles) > 0 {
		// Route 53 has one API for all regions: https://docs.aws.amazon.com/general/latest/gr/r53.html
		add("who writes records", "route53.amazonaws.com")
	}
	if s.Database != nil {
		add("the database", e.Region+".rds.amazonaws.com")
	}
	return all
}

// repositoryURL is a URL of a Git repository, or what ssh takes for one: its group is the host.
var repositoryURL = regexp.MustCompile(`^(?:[a-z+]+://)?(?:[^@/]*@)?([^@:/]+)[:/]`)

// repositoryHost is the host of a Git repository; "" if it has none, or an address for it.
func repositoryHost(repository string) string {
	m := repositoryURL.FindStringSubmatch(strings.ToLower(repository))
	if m == nil || !firewallDomain.Match(m[1]) {
		return ""
	}
	if _, err := netip.ParseAddr(m[1]); err == nil {
		return ""
	}
	return m[1]
}

// serviceNames are the names of a service, by which the estate or this program knows it.
func (e *Estate) serviceNames(service string) []string {
	if name, ok := e.EndpointNames[service]; ok {
		return []string{name}
	}
	return awsservice.Names(service, e.Region)
}

// internalNames is the domain of the names that AWS gives to instances.
func internalNames(region string) string {
	if region == "us-east-1" {
		return "ec2.internal"
	}
	return region + ".compute.internal"
}

// isBelow says whether a name is a domain, or below it.
func isBelow(name, domain string) bool { return strings.HasSuffix("."+name, "."+domain) }

// validateDNSFirewall checks that the rules neither keep from the VPCs what they need, nor
// contradict each other.
func (e *Estate) validateDNSFirewall() {
	f, at := e.DNS.Firewall, e.settings.Section("dns").Key("firewall")
	if !e.HasHubNetwork() || f == nil || at.Broken() {
		return
	}
	if len(f.Block)+len(f.Managed)+len(f.AllowOnly) == 0 && !at.Incomplete() {
		at.Errorf("it has no rules: name domains under block or allow_only, or lists of AWS under managed, or leave it out")
	}
	if !e.settings.Broken("region") {
		e.validateBlocked(at.Key("block"), f.Block)
	}
	for _, spoke := range sortedKeys(f.AllowOnly) {
		e.validateAllowOnly(at.Key("allow_only", spoke), spoke)
	}
	lists := map[string]string{}
	for _, label := range sortedKeys(f.Managed) {
		id := f.Managed[label]
		if other, ok := lists[id]; ok {
			at.Key("managed", label).Errorf("%s is the list of %s already", id, other)
		}
		lists[id] = label
	}
}

// validateBlocked checks that no VPC needs a name that is blocked, or one below it.
func (e *Estate) validateBlocked(at yamldoc.Section, blocked []string) {
	needs := map[string][]need{}
	for _, account := range e.NetworkAccounts() {
		needs[account] = e.needs(account)
	}
	for i, domain := range blocked {
		for _, account := range e.NetworkAccounts() {
			j := slices.IndexFunc(needs[account], func(n need) bool { return isBelow(n.name, domain) })
			if j < 0 {
				continue
			}
			n := needs[account][j]
			at.Item(i).Errorf("it would block %s (%s), which the VPC of %s needs: name a domain that is not above it", n.name, n.reason, account)
			break // one is enough
		}
	}
}

// validateAllowOnly checks what a spoke alone resolves.
func (e *Estate) validateAllowOnly(at yamldoc.Section, spoke string) {
	f := e.DNS.Firewall
	switch {
	case spoke == HubAccount:
		at.Errorf("the hub's VPC resolves names for networks on-premises too: name a spoke")
		return
	case e.Spoke(spoke) == nil:
		if !e.misnamed[spoke] {
			at.Errorf("there is no spoke %q%s", spoke, yamldoc.Suggest(spoke, sortedKeys(e.spokes)))
		}
		return
	case e.AsksInbound(spoke) && !e.settings.Broken("segments"):
		at.Errorf("%s may ask the hub's inbound resolver, which resolves what the hub's VPC does: with `resolver_order: amazon-only` it asks its own alone", spoke)
	}
	for i, name := range f.AllowOnly[spoke] {
		if j := slices.IndexFunc(f.Block, func(domain string) bool { return isBelow(name, domain) }); j >= 0 {
			at.Item(i).Errorf("%s is blocked for all VPCs, by %s under block, which comes first: take it out of one of the two", name, f.Block[j])
		}
	}
}
