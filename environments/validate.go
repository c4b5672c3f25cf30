package environments

import (
	"maps"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// validate checks what the files say against each other and against AWS's own
// rules. Each problem is recorded in the document where it has to be mended.
func (e *Estate) validate() {
	e.settings.checking, e.hub.checking = true, true
	for _, d := range e.spokes {
		d.checking = true
	}
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
	for _, s := range e.Spokes {
		e.validateSpoke(s)
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
		e.settings.errorf("project", "%q is not a name of 2 to 20 lower-case letters, digits and hyphens that begins with a letter", e.Project)
	}
}

func (e *Estate) validateZones() {
	d := e.settings
	known, ok := regionZones[e.Region]
	if !ok {
		d.errorf("region", "%q is not a region that the address plan knows%s; it knows %s", e.Region,
			suggest(e.Region, sortedKeys(regionZones)), strings.Join(sortedKeys(regionZones), ", "))
		return
	}
	for i, zone := range e.Zones {
		at := index("zones", i)
		if !slices.Contains(known, zone) {
			d.errorf(at, "%q is not a zone id of %s: those are %s", zone, e.Region, strings.Join(known, ", "))
		}
		if slices.Index(e.Zones, zone) < i {
			d.errorf(at, "%q is named twice", zone)
		}
	}
	if len(e.Zones) < 2 {
		d.errorf("zones", "name two zones or more: EKS, RDS subnet groups and resolver endpoints all need two")
	}
}

var accountNumber = regexp.MustCompile(`^[0-9]{12}$`)

func (e *Estate) validateAccounts() {
	d := e.settings
	seen := map[string]string{}
	for _, name := range sortedKeys(e.Accounts) {
		number, at := e.Accounts[name], child("accounts", name)
		if !accountName.MatchString(name) {
			d.errorf(at, "%q is not an account name of up to 20 lower-case letters, digits and hyphens that begins with a letter", name)
		}
		if !accountNumber.MatchString(number) {
			d.errorf(at, "%q is not an account number: those have 12 digits", number)
			continue
		}
		if other, ok := seen[number]; ok {
			d.errorf(at, "account number %s is that of %s already", number, other)
		}
		seen[number] = name
	}
	if _, ok := e.Accounts[HubAccount]; !ok {
		d.errorf("accounts", "no account is named %q", HubAccount)
	}
	for _, s := range e.Spokes {
		if _, ok := e.Accounts[s.Name]; !ok {
			d.errorf("accounts", "%s has no account number here: add `%s: \"<12 digits>\"`", e.spokes[s.Name].file, s.Name)
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
func validateCIDR(d *document, at string, p netip.Prefix) bool {
	switch {
	case !p.IsValid():
		return false
	case !p.Addr().Is4():
		d.errorf(at, "%s is not an IPv4 range", p)
	case p != p.Masked():
		d.errorf(at, "%s has host bits set: write %s", p, p.Masked())
	case !inside(p, privateSpace):
		d.errorf(at, "%s is not private address space (RFC 1918: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)", p)
	default:
		return true
	}
	return false
}

func (e *Estate) validateAddressSpace() {
	for i, p := range e.AddressSpace {
		at := index("address_space", i)
		validateCIDR(e.settings, at, p)
		for j, q := range e.AddressSpace[:i] {
			if p.Overlaps(q) {
				e.settings.errorf(at, "%s overlaps address_space[%d] (%s)", p, j, q)
			}
		}
	}
}

func (e *Estate) validateSegments() {
	for _, name := range sortedKeys(e.Segments) {
		at := child("segments", name)
		if !label.MatchString(name) {
			e.settings.errorf(at, "%q is not a segment name of up to 30 lower-case letters, digits and hyphens that begins with a letter", name)
		}
		for i, other := range e.Segments[name].Reaches {
			e.validateSegment(e.settings, index(child(at, "reaches"), i), other)
			if slices.Index(e.Segments[name].Reaches, other) < i {
				e.settings.errorf(index(child(at, "reaches"), i), "%q is named twice", other)
			}
		}
	}
}

// validateSegment checks the name of a segment wherever one is used.
func (e *Estate) validateSegment(d *document, at, name string) {
	if _, ok := e.Segments[name]; ok || name == "" || e.settings.broken("segments") {
		return
	}
	d.errorf(at, "there is no segment %q in estate.yaml: it has %s%s", name, strings.Join(sortedKeys(e.Segments), ", "), suggest(name, sortedKeys(e.Segments)))
}

// validateAccount checks the name of an account wherever one is used.
func (e *Estate) validateAccount(d *document, at, name string) {
	if _, ok := e.Accounts[name]; ok || name == "" || e.settings.broken("accounts") {
		return
	}
	d.errorf(at, "there is no account %q in estate.yaml: it has %s%s", name, strings.Join(sortedKeys(e.Accounts), ", "), suggest(name, sortedKeys(e.Accounts)))
}

var organizationARN = regexp.MustCompile(`^arn:aws[a-z-]*:organizations::[0-9]{12}:organization/o-[a-z0-9]{10,32}$`)

func (e *Estate) validateOrganization() {
	o := e.Organization
	if o.ARN != "" && !organizationARN.MatchString(o.ARN) {
		e.settings.errorf("organization.arn", "%q is not an organisation's ARN, arn:aws:organizations::<management account>:organization/o-…", o.ARN)
	}
	if o.ResourceSharing && o.ARN == "" {
		e.settings.errorf("organization.resource_sharing", "sharing within the organisation needs organization.arn")
	}
}

var (
	bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)
	rolePath   = regexp.MustCompile(`^[\w+=,.@-]{1,64}$`)
	roleARN    = regexp.MustCompile(`^arn:aws[a-z-]*:iam::([0-9]{12}):role/[\w+=,.@/*-]+$`)
)

func (e *Estate) validateState() {
	s, d := e.State, e.settings
	if s.Backend == BackendS3 && d.has("state.bucket") && !bucketName.MatchString(s.Bucket) {
		d.errorf("state.bucket", "%q is not a bucket name of 3 to 63 lower-case letters, digits, dots and hyphens", s.Bucket)
	}
	if strings.HasPrefix(s.Path, "/") || slices.Contains(strings.Split(s.Path, "/"), "..") {
		d.errorf("state.path", "%q must be a folder below the one that holds cdktf.out", s.Path)
	}
	if !rolePath.MatchString(s.BootstrapRole) {
		d.errorf("state.bootstrap_role", "%q is not the name of an IAM role", s.BootstrapRole)
	}
	for i, arn := range s.Administrators {
		m := roleARN.FindStringSubmatch(arn)
		switch {
		case m == nil:
			d.errorf(index("state.administrators", i), "%q is not the ARN of a role, arn:aws:iam::<hub account>:role/…", arn)
		case m[1] != e.Accounts[HubAccount]:
			d.errorf(index("state.administrators", i), "%s is in account %s: administrators come through the hub account, %s", arn, m[1], e.Accounts[HubAccount])
		}
	}
}

// logRetention are the retention periods that CloudWatch Logs knows, in days:
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
var logRetention = []int{1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653}

func (e *Estate) validateLogs() {
	l, d := e.Logs, e.settings
	e.validateAccount(d, "logs.account", l.Account)
	if !slices.Contains(logRetention, l.RetentionDays) {
		d.errorf("logs.retention_days", "CloudWatch Logs does not know %d days: it knows %s", l.RetentionDays, join(logRetention))
	}
	if l.ObjectLockDays > 36500 {
		d.errorf("logs.object_lock_days", "%d is not a number of days from 1 to 36500", l.ObjectLockDays)
	}
	if l.ExpireAfterDays <= l.ArchiveAfterDays {
		d.errorf("logs.expire_after_days", "objects would expire after %d days, before they are archived after %d", l.ExpireAfterDays, l.ArchiveAfterDays)
	}
	if l.ExpireAfterDays < l.ObjectLockDays {
		d.errorf("logs.object_lock_days", "objects are locked for %d days but expire after %d", l.ObjectLockDays, l.ExpireAfterDays)
	}
}

var (
	gitHubRepository = regexp.MustCompile(`^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?/[A-Za-z0-9._-]+$`)
	gitRef           = regexp.MustCompile(`^refs/(heads|tags)/[\w./*-]+$`)
)

func (e *Estate) validateGitHub() {
	if e.GitHub.Repository != "" || e.settings.has("github") {
		validateRepository(e.settings, "github.repository", e.GitHub.Repository)
	}
	validateRef(e.settings, "github.apply_ref", e.GitHub.ApplyRef)
	if strings.Contains(e.GitHub.ApplyRef, "*") {
		e.settings.errorf("github.apply_ref", "%q has a wildcard: name the one branch or tag that may apply", e.GitHub.ApplyRef)
	}
}

func validateRepository(d *document, at, name string) {
	if !gitHubRepository.MatchString(name) {
		d.errorf(at, "%q is not one GitHub repository, owner/name: a wildcard would admit repositories of others", name)
	}
}

func validateRef(d *document, at, ref string) {
	if !gitRef.MatchString(ref) || ref == "refs/heads/*" {
		d.errorf(at, "%q is not a git reference such as refs/heads/main or refs/tags/v*", ref)
	}
}

// reservedTags are those that every resource gets anyway.
var reservedTags = []string{"Name", "Project", "Environment", "Stack", "ManagedBy"}

func (e *Estate) validateTags() {
	for _, key := range sortedKeys(e.Tags) {
		if slices.Contains(reservedTags, key) {
			e.settings.errorf(child("tags", key), "%q is set on every resource already", key)
		}
		if strings.HasPrefix(strings.ToLower(key), "aws:") || len(key) > 128 || len(e.Tags[key]) > 256 {
			e.settings.errorf(child("tags", key), "AWS takes keys of up to 128 characters that do not begin with aws:, and values of up to 256")
		}
	}
}

func (e *Estate) validateHub() {
	d := e.hub
	e.validateSegment(d, "segment", e.Hub.Segment)
	asn := e.Hub.TransitGateway.ASN
	if (asn < 64512 || asn > 65534) && (asn < 4200000000 || asn > 4294967294) {
		d.errorf("transit_gateway.asn", "%d is not a private ASN: 64512 to 65534, or 4200000000 to 4294967294", asn)
	}
	for i, service := range e.Hub.Endpoints {
		at := index("endpoints", i)
		if service == "s3" || service == "dynamodb" {
			d.errorf(at, "%s needs no interface endpoint: every VPC has its own gateway endpoint for S3, which is free", service)
		} else if _, ok := endpointNames[service]; !ok {
			d.errorf(at, "the private DNS name of %q is not known%s; known are %s", service, suggest(service, EndpointServices()), strings.Join(EndpointServices(), ", "))
		}
		if slices.Index(e.Hub.Endpoints, service) < i {
			d.errorf(at, "%q is named twice", service)
		}
	}
	count := e.Hub.InboundResolver.ZoneCount
	switch {
	case count < 2 || count > 3:
		d.errorf("inbound_resolver.zone_count", "%d is not 2 or 3: an inbound endpoint has addresses in two zones or more", count)
	case count > e.Hub.Network.AZCount:
		d.errorf("inbound_resolver.zone_count", "%d zones are more than the %d that network.az_count gives the hub VPC", count, e.Hub.Network.AZCount)
	}
	e.validateProbe(d, e.Hub.Probe, e.Hub.Network)
}

func (e *Estate) validateSpoke(s *Spoke) {
	d := e.spokes[s.Name]
	if s.Name == HubAccount || !accountName.MatchString(s.Name) {
		d.errorf("", "the file's name is the account's: up to 20 lower-case letters, digits and hyphens, beginning with a letter")
	}
	e.validateSegment(d, "segment", s.Segment)
	for _, workload := range sortedKeys(s.RecordRoles) {
		at := child("record_roles", workload)
		if !label.MatchString(workload) {
			d.errorf(at, "%q is not a workload name of up to 30 lower-case letters, digits and hyphens that begins with a letter", workload)
		}
		validateRoleName(d, at, e.RecordRole(s.Name, workload))
		zones := s.RecordRoles[workload].Zones
		if len(zones) == 0 {
			d.errorf(child(at, "zones"), "name a zone: a role for no zone has no use")
		}
		for i, zone := range zones {
			if _, ok := e.DNS.PrivateZones[zone]; !ok && !slices.Contains(e.DNS.PublicZones, zone) && !e.settings.broken("dns") {
				known := slices.Sorted(maps.Keys(e.DNS.PrivateZones))
				known = append(known, e.DNS.PublicZones...)
				d.errorf(index(child(at, "zones"), i), "there is no zone %q in estate.yaml%s", zone, suggest(zone, known))
			}
		}
	}
	e.validateProbe(d, s.Probe, s.Network)
}

// validateRoleName checks the one limit that a name put together from valid
// parts can still break:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func validateRoleName(d *document, at, name string) {
	if len(name) > 64 {
		d.errorf(at, "the role would be called %s, which has %d characters: IAM takes 64", name, len(name))
	}
}

// probeEndpoints are what Session Manager and the probe's log need where there
// is no way to the internet:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-prereqs.html
var probeEndpoints = []string{"ssm", "ssmmessages", "logs"}

func (e *Estate) validateProbe(d *document, probe bool, n Network) {
	if !probe || n.NAT != NATNone || d.broken("network.nat") || e.hub.broken("endpoints") {
		return
	}
	for _, service := range probeEndpoints {
		if !slices.Contains(e.CentralEndpoints(), service) {
			d.errorf("probe", "without NAT the probe reaches Session Manager and its log only through endpoints: add %s to endpoints in hub.yaml", strings.Join(probeEndpoints, ", "))
			return
		}
	}
}

func join(numbers []int) string {
	texts := make([]string, len(numbers))
	for i, n := range numbers {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ", ")
}
