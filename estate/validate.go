package estate

import (
	"hubspoke/internal/yamldoc"

	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// validate checks what the files say against each other and against AWS's own
// rules. Each problem is recorded in the document where it has to be mended.
func (e *Estate) validate() {
	e.validateProject()
	e.validateZones()
	e.validateAccounts()
	e.validateAddressSpace()
	e.validateSegments()
	e.validateOrganization()
	e.validateState()
	e.validateLogs()
	e.validateGitHub()
	e.validateTags()
	e.validateHub()
	e.validateNetworks()
	e.validateDNS()
	e.validateOnPremises()
	e.validateRegistry()
	roles := map[string]string{}
	for _, s := range e.Spokes {
		e.validateSpoke(s, roles)
	}
	e.validateDatabases()
	e.validateClusters()
	e.validateStandalone()
	if e.intents != nil {
		e.Intents.Validate(e.intents, e.intentNames())
	}
}

// Names that become parts of AWS names, which are lower case and short enough
// that the longest of them, a role's, stays within 64 characters.
var (
	projectName = regexp.MustCompile(`^[a-z][a-z0-9-]{1,19}$`)
	accountName = regexp.MustCompile(`^[a-z][a-z0-9-]{0,19}$`)
	label       = regexp.MustCompile(`^[a-z][a-z0-9-]{0,29}$`)
)

func (e *Estate) validateProject() {
	if !projectName.MatchString(e.Project) {
		e.settings.Errorf("project", "%q is not a name of 2 to 20 lower-case letters, digits and hyphens that begins with a letter", e.Project)
	}
}

func (e *Estate) validateZones() {
	d := e.settings
	known, ok := regionZones[e.Region]
	if !ok {
		d.Errorf("region", "%q is not a region that the address plan knows%s; it knows %s", e.Region,
			yamldoc.Suggest(e.Region, sortedKeys(regionZones)), strings.Join(sortedKeys(regionZones), ", "))
		return
	}
	for i, zone := range e.Zones {
		at := yamldoc.Index("zones", i)
		if slices.Index(e.Zones, zone) < i {
			d.Errorf(at, "%q is named twice", zone)
		} else if !slices.Contains(known, zone) {
			d.Errorf(at, "%q is not a zone id of %s: those are %s", zone, e.Region, strings.Join(known, ", "))
		}
	}
	if len(e.Zones) < 2 {
		d.Errorf("zones", "name two zones or more: EKS, RDS subnet groups and resolver endpoints all need two")
	}
}

var accountNumber = regexp.MustCompile(`^[0-9]{12}$`)

// reservedNames begin the names of the hub's own roles. An account called like
// that would have roles with the same names there.
var reservedNames = regexp.MustCompile(`^(ci|hub|plan|push|state)(-|$)`)

func (e *Estate) validateAccounts() {
	d := e.settings
	seen := map[string]string{}
	if _, ok := e.Accounts[HubAccount]; !ok {
		d.Errorf("accounts", "no account is named %q", HubAccount)
	}
	for _, name := range e.AccountNames() {
		number, ok := e.Accounts[name]
		if !ok {
			continue
		}
		at := yamldoc.Child("accounts", name)
		switch {
		case !accountName.MatchString(name):
			d.Errorf(at, "%q is not an account name of up to 20 lower-case letters, digits and hyphens that begins with a letter", name)
		case name != HubAccount && reservedNames.MatchString(name):
			d.Errorf(at, "%q begins like the hub's own names: choose one that does not begin with ci, hub, plan, push or state", name)
		}
		if !accountNumber.MatchString(number) {
			d.Errorf(at, "%q is not an account number: those have 12 digits", number)
			continue
		}
		if other, ok := seen[number]; ok {
			d.Errorf(at, "account number %s is that of %s already", number, other)
		}
		seen[number] = name
	}
	for _, s := range e.Spokes {
		if _, ok := e.Accounts[s.Name]; !ok && accountName.MatchString(s.Name) {
			d.Errorf("accounts", "%s has no account number here: add `%s: \"<12 digits>\"`", e.spokes[s.Name].File, s.Name)
		}
	}
}

// privateSpace is RFC 1918.
var privateSpace = []netip.Prefix{
	netip.MustParsePrefix("10.0.0.0/8"),
	netip.MustParsePrefix("172.16.0.0/12"),
	netip.MustParsePrefix("192.168.0.0/16"),
}

func inside(p netip.Prefix, ranges []netip.Prefix) bool {
	return slices.ContainsFunc(ranges, func(r netip.Prefix) bool { return r.Bits() <= p.Bits() && r.Contains(p.Addr()) })
}

// validateCIDR checks one range on its own and says whether others may be
// compared with it.
func validateCIDR(d *yamldoc.Document, at string, p netip.Prefix) bool {
	switch {
	case !p.IsValid():
		return false
	case !p.Addr().Is4():
		d.Errorf(at, "%s is not an IPv4 range", p)
	case p != p.Masked():
		d.Errorf(at, "%s has host bits set: write %s", p, p.Masked())
	case !inside(p, privateSpace):
		d.Errorf(at, "%s is not private address space (RFC 1918: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)", p)
	default:
		return true
	}
	return false
}

func (e *Estate) validateAddressSpace() {
	validateRanges(e.settings, "address_space", e.AddressSpace)
}

// validateRanges checks a list of ranges of which no two may overlap.
func validateRanges(d *yamldoc.Document, at string, ranges []netip.Prefix) {
	for i, p := range ranges {
		validateCIDR(d, yamldoc.Index(at, i), p)
		for j, q := range ranges[:i] {
			if p.Overlaps(q) {
				d.Errorf(yamldoc.Index(at, i), "%s overlaps %s (%s)", p, yamldoc.Index(at, j), q)
			}
		}
	}
}

// validateSegments checks the routing domains of the transit gateway, which is part
// of the hub's network: whoever has the one names the other.
func (e *Estate) validateSegments() {
	d := e.settings
	switch {
	case e.HasHubNetwork() && !d.Has("segments") && !d.Broken("segments"):
		d.Reject(d.Line("segments"), "segments", "missing")
		return
	case !e.HasHubNetwork() && d.Has("segments"):
		d.Errorf("segments", "segments are route tables of a transit gateway, and the hub has none: give hub.yaml a network, or leave them out")
	case !e.HasHubNetwork() && e.Segmentation == Mesh:
		d.Errorf("segmentation", "a mesh is one of a transit gateway, and the hub has none: give hub.yaml a network")
	}
	for _, name := range sortedKeys(e.Segments) {
		at := yamldoc.Child("segments", name)
		if !label.MatchString(name) {
			e.settings.Errorf(at, "%q is not a segment name of up to 30 lower-case letters, digits and hyphens that begins with a letter", name)
		}
		reaches := yamldoc.Child(at, "reaches")
		for i, other := range e.Segments[name].Reaches {
			if slices.Index(e.Segments[name].Reaches, other) < i {
				e.settings.Errorf(yamldoc.Index(reaches, i), "%q is named twice", other)
			} else {
				e.validateSegment(e.settings, yamldoc.Index(reaches, i), other)
			}
		}
	}
}

// validateSegment checks the name of a segment wherever one is used.
func (e *Estate) validateSegment(d *yamldoc.Document, at, name string) {
	if _, ok := e.Segments[name]; ok || e.settings.Broken("segments") || !e.HasHubNetwork() {
		return
	}
	d.Errorf(at, "there is no segment %q in estate.yaml: it has %s%s", name, strings.Join(sortedKeys(e.Segments), ", "), yamldoc.Suggest(name, sortedKeys(e.Segments)))
}

// validateAccount checks the name of an account wherever one is used.
func (e *Estate) validateAccount(d *yamldoc.Document, at, name string) {
	if _, ok := e.Accounts[name]; ok || e.settings.Broken("accounts") {
		return
	}
	d.Errorf(at, "there is no account %q in estate.yaml: it has %s%s", name, strings.Join(sortedKeys(e.Accounts), ", "), yamldoc.Suggest(name, sortedKeys(e.Accounts)))
}

var organizationARN = regexp.MustCompile(`^arn:aws[a-z-]*:organizations::[0-9]{12}:organization/o-[a-z0-9]{10,32}$`)

func (e *Estate) validateOrganization() {
	o := e.Organization
	if o.ARN != "" && !organizationARN.MatchString(o.ARN) {
		e.settings.Errorf("organization.arn", "%q is not an organisation's ARN, arn:aws:organizations::<management account>:organization/o-…", o.ARN)
	}
	if o.ResourceSharing && o.ARN == "" {
		e.settings.Errorf("organization.resource_sharing", "sharing within the organisation needs organization.arn")
	}
}

var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	folderPath = regexp.MustCompile(`^[A-Za-z0-9._-]+(/[A-Za-z0-9._-]+)*$`)
	roleName   = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)
	roleARN    = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}):role/([\w+=,.@/*-]+)$`)
)

func (e *Estate) validateState() {
	s, d := e.State, e.settings
	if !bucketName.MatchString(s.Bucket) && d.Has("state.bucket") {
		d.Errorf("state.bucket", "%q is not a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens", s.Bucket)
	}
	if !folderPath.MatchString(s.Path) || slices.Contains(strings.Split(s.Path, "/"), "..") {
		d.Errorf("state.path", "%q is not a folder below the one that holds cdktf.out, written with /", s.Path)
	}
	if !roleName.MatchString(s.BootstrapRole) {
		d.Errorf("state.bootstrap_role", "%q is not the name of an IAM role", s.BootstrapRole)
	}
	for i, arn := range s.Administrators {
		e.validateAdministrator(yamldoc.Index("state.administrators", i), arn)
	}
	if e.GitHub.Repository == "" && len(s.Administrators) == 0 && !d.Incomplete("github") && !d.Incomplete("state.administrators") {
		d.Errorf("state", "nobody could assume the deploy roles: name github.repository or state.administrators")
	}
}

func (e *Estate) validateAdministrator(at, arn string) {
	hub := e.Accounts[HubAccount]
	m := roleARN.FindStringSubmatch(arn)
	switch {
	case m == nil:
		e.settings.Errorf(at, "%q is not the ARN of a role, arn:aws:iam::<hub account>:role/…", arn)
	case m[1] != hub && !e.settings.Incomplete("accounts"):
		e.settings.Errorf(at, "%s is in account %s: administrators come through the hub account, %s", arn, m[1], hub)
	case strings.Trim(m[2], "*/") == "":
		e.settings.Errorf(at, "%s is every role of the hub account: name those of administrators", arn)
	}
}

// logRetention are the retention periods that CloudWatch Logs knows, in days:
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
var logRetention = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

func (e *Estate) validateLogs() {
	l, d := e.Logs, e.settings
	e.validateAccount(d, "logs.account", l.Account)
	if !slices.Contains(logRetention, l.RetentionDays) {
		d.Errorf("logs.retention_days", "CloudWatch Logs does not know %d days: it knows %s", l.RetentionDays, join(logRetention))
	}
	if l.ObjectLockDays > 36500 {
		d.Errorf("logs.object_lock_days", "%d is not a number of days from 1 to 36500", l.ObjectLockDays)
	}
	if !slices.Contains(logRetention, l.FlowLogDays) && d.Has("logs.flow_log_days") {
		d.Errorf("logs.flow_log_days", "CloudWatch Logs does not know %d days: it knows %s", l.FlowLogDays, join(logRetention))
	}
	if d.Incomplete("logs") {
		return
	}
	if l.ExpireAfterDays <= l.ArchiveAfterDays {
		d.Errorf("logs.expire_after_days", "objects expire after %d days, so they cannot be archived after %d", l.ExpireAfterDays, l.ArchiveAfterDays)
	}
	if l.ExpireAfterDays < l.ObjectLockDays {
		d.Errorf("logs.object_lock_days", "objects are locked for %d days but expire after %d", l.ObjectLockDays, l.ExpireAfterDays)
	}
}

var (
	// The numbers behind @ are in the tokens of repositories made or moved since
	// July 2026: https://docs.github.com/en/actions/reference/security/oidc
	gitHubRepository = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:@[0-9]+)?/[A-Za-z0-9._-]+(?:@[0-9]+)?$`)
	gitRef           = regexp.MustCompile(`^refs/(heads|tags)/([\w./*-]+)$`)
)

func (e *Estate) validateGitHub() {
	if e.settings.Has("github") {
		validateRepository(e.settings, "github.repository", e.GitHub.Repository)
	}
	validateRef(e.settings, "github.apply_ref", e.GitHub.ApplyRef)
	if strings.Contains(e.GitHub.ApplyRef, "*") {
		e.settings.Errorf("github.apply_ref", "%q has a wildcard: name the one branch or tag that may apply", e.GitHub.ApplyRef)
	}
}

func validateRepository(d *yamldoc.Document, at, name string) {
	if !gitHubRepository.MatchString(name) {
		d.Errorf(at, "%q is not one GitHub repository, owner/name: a wildcard would admit repositories of others", name)
	}
}

func validateRef(d *yamldoc.Document, at, ref string) {
	m := gitRef.FindStringSubmatch(ref)
	switch {
	case m == nil:
		d.Errorf(at, "%q is not a git reference such as refs/heads/main or refs/tags/v*", ref)
	case m[1] == "heads" && strings.Trim(m[2], "*/") == "":
		d.Errorf(at, "%q is every branch: name one", ref)
	}
}

// reservedTags are those that every resource gets anyway.
var reservedTags = []string{"Name", "Project", "Environment", "Stack", "ManagedBy"}

// What AWS takes as tags. IAM does not tell keys apart that differ in case only.
// A resource has up to 50; some are left for the ones that stacks add.
//
//   - https://docs.aws.amazon.com/tag-editor/latest/userguide/reference.html
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/id_tags.html#case-sensitivity
var tagText = regexp.MustCompile(`^[\p{L}\p{N} _.:/=+@-]*$`)

const maxTags = 40

func (e *Estate) validateTags() {
	d, seen := e.settings, map[string]string{}
	for _, key := range reservedTags {
		seen[strings.ToLower(key)] = key
	}
	for _, key := range sortedKeys(e.Tags) {
		at, lower := yamldoc.Child("tags", key), strings.ToLower(key)
		if other := seen[lower]; slices.Contains(reservedTags, other) {
			d.Errorf(at, "%q is set on every resource already", other)
		} else if other != "" {
			d.Errorf(at, "%q and %q differ in case only, which IAM ignores", key, other)
		} else {
			seen[lower] = key
		}
		if strings.HasPrefix(lower, "aws:") || !tagText.MatchString(key) || !tagText.MatchString(e.Tags[key]) ||
			utf8.RuneCountInString(key) > 128 || utf8.RuneCountInString(e.Tags[key]) > 256 {
			d.Errorf(at, "AWS takes keys of up to 128 characters that do not begin with aws:, and values of up to 256: letters, digits, spaces and _ . : / = + - @")
		}
	}
	if len(e.Tags) > maxTags {
		d.Errorf("tags", "%d tags: AWS takes 50, of which %d may be chosen here", len(e.Tags), maxTags)
	}
}

// hubNetworkKeys are the keys of hub.yaml that say something about its network.
var hubNetworkKeys = []string{"endpoints", "inbound_resolver", "probe", "segment", "transit_gateway"}

// spokeNetworkKeys are the keys of a network that the hub's, which all others reach,
// does not have.
var spokeNetworkKeys = []string{"enable_vpc_endpoints", "endpoints", "existing", "private_only", "routes"}

// validateHub checks what hub.yaml says beside its ranges and its registry.
func (e *Estate) validateHub() {
	d := e.hub
	if !e.HasHubNetwork() {
		for _, key := range hubNetworkKeys {
			if d.Has(key) {
				d.Errorf(key, "the hub has no network: give it one, or leave this out")
			}
		}
		return
	}
	e.validateHubNetwork()
}

func (e *Estate) validateHubNetwork() {
	d := e.hub
	for _, key := range spokeNetworkKeys {
		if at := yamldoc.Child("network", key); d.Has(at) {
			d.Errorf(at, "only the network of a spoke has this")
		}
	}
	e.validateSegment(d, "segment", e.Hub.Segment)
	asn := e.Hub.TransitGateway.ASN
	if (asn < 64512 || asn > 65534) && (asn < 4200000000 || asn > 4294967294) {
		d.Errorf("transit_gateway.asn", "%d is not a private ASN: 64512 to 65534, or 4200000000 to 4294967294", asn)
	}
	validateServices(d, "endpoints", e.Hub.Endpoints)
	count := e.Hub.InboundResolver.ZoneCount
	switch {
	case count < 2 || count > 3:
		d.Errorf("inbound_resolver.zone_count", "%d is not 2 or 3: an inbound endpoint has addresses in two zones or more", count)
	case count > e.Hub.Network.AZCount && !d.Broken("network.az_count"):
		d.Errorf("inbound_resolver.zone_count", "%d zones are more than the %d that network.az_count gives the hub VPC", count, e.Hub.Network.AZCount)
	}
	e.validateProbe(d, e.Hub.Probe, HubAccount)
}

// validateServices checks a list of services that get an interface endpoint.
func validateServices(d *yamldoc.Document, path string, services []string) {
	for i, service := range services {
		at := yamldoc.Index(path, i)
		switch {
		case slices.Index(services, service) < i:
			d.Errorf(at, "%q is named twice", service)
		case service == "s3":
			d.Errorf(at, "s3 needs no interface endpoint: every VPC has its own gateway endpoint, which is free")
		case !isEndpointService(service):
			d.Errorf(at, "the private DNS name of %q is not known%s; known are %s", service, yamldoc.Suggest(service, EndpointServices()), strings.Join(EndpointServices(), ", "))
		}
	}
}

// validateSpoke checks what a spoke's file says beside its network; roles holds
// the record roles of the spokes before it.
func (e *Estate) validateSpoke(s *Spoke, roles map[string]string) {
	d := e.spokes[s.Name]
	if !accountName.MatchString(s.Name) {
		d.Errorf("", "the file's name is the account's: up to 20 lower-case letters, digits and hyphens, beginning with a letter")
	}
	switch {
	case e.HasHubNetwork() && !d.Has("segment") && !d.Broken("segment"):
		d.Errorf("segment", "missing")
	case !e.HasHubNetwork() && d.Has("segment"):
		d.Errorf("segment", "a segment is of a transit gateway, and the hub has none: give hub.yaml a network, or leave it out")
	}
	e.validateSegment(d, "segment", s.Segment)
	for _, workload := range sortedKeys(s.RecordRoles) {
		at := yamldoc.Child("record_roles", workload)
		if !label.MatchString(workload) {
			d.Errorf(at, "%q is not a workload name of up to 30 lower-case letters, digits and hyphens that begins with a letter", workload)
		}
		role := e.RecordRole(s.Name, workload)
		validateRoleName(d, at, role)
		if other, ok := roles[role]; ok {
			d.Errorf(at, "the role would be called %s, like that of %s", role, other)
		}
		roles[role] = d.File
		zones := s.RecordRoles[workload].Zones
		if len(zones) == 0 {
			d.Errorf(yamldoc.Child(at, "zones"), "name a zone: a role for no zone has no use")
		}
		for i, zone := range zones {
			e.validateRecords(d, yamldoc.Index(yamldoc.Child(at, "zones"), i), s.Name, zone)
			if slices.Index(zones, zone) < i {
				d.Errorf(yamldoc.Index(yamldoc.Child(at, "zones"), i), "%q is named twice", zone)
			}
		}
	}
	e.validateProbe(d, s.Probe, s.Name)
}

// validateRecords checks a zone that a workload of a spoke writes records in.
func (e *Estate) validateRecords(d *yamldoc.Document, at, spoke, zone string) {
	known := append(sortedKeys(e.DNS.PrivateZones), e.DNS.PublicZones...)
	private, isPrivate := e.DNS.PrivateZones[zone]
	switch {
	case e.settings.Incomplete("dns"):
	case !slices.Contains(known, zone):
		d.Errorf(at, "there is no zone %q in estate.yaml%s", zone, yamldoc.Suggest(zone, known))
	case isPrivate && !slices.Contains(private.VisibleTo, spoke) && !slices.Contains(e.DNS.PublicZones, zone):
		d.Errorf(at, "%s is not visible to %s: name %s under its visible_to in estate.yaml, or name a zone of %s's own", zone, spoke, spoke, spoke)
	}
}

// validateRoleName checks the one limit that a name put together from valid
// parts can still break:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func validateRoleName(d *yamldoc.Document, at, name string) {
	if len(name) > 64 {
		d.Errorf(at, "the role would be called %s, which has %d characters: IAM takes 64", name, len(name))
	}
}

// probeEndpoints are what Session Manager and the probe's log need where there
// is no way to the internet:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-prereqs.html
var probeEndpoints = []string{"ssm", "ssmmessages", "logs"}

func (e *Estate) validateProbe(d *yamldoc.Document, probe bool, account string) {
	if !probe || e.Network(account).NAT != NATNone || e.HasOwnEndpoints(account) || !e.HasHubNetwork() || e.settings.Incomplete("segments") || e.hub.Incomplete("endpoints") {
		return
	}
	_, known := e.Segments[e.Segment(account)]
	_, hubKnown := e.Segments[e.Hub.Segment]
	if known && hubKnown && !e.ReachesHub(account) {
		d.Errorf("probe", "without NAT the probe reaches Session Manager and its log only through the hub, which segment %q does not reach", e.Segment(account))
		return
	}
	for _, service := range probeEndpoints {
		if !slices.Contains(e.CentralEndpoints(), service) {
			d.Errorf("probe", "without NAT the probe reaches Session Manager and its log only through endpoints: add %s to endpoints in hub.yaml", strings.Join(probeEndpoints, ", "))
			return
		}
	}
}

func join[T any](values []T) string {
	texts := make([]string, len(values))
	for i, v := range values {
		texts[i] = fmt.Sprint(v)
	}
	return strings.Join(texts, ", ")
}
