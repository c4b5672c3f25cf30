package estate

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"hubspoke/estate/internal/format"
	"hubspoke/estate/internal/ipv4"
	"hubspoke/internal/awsservice"
	"hubspoke/internal/yamldoc"
)

// validate checks what the files say against each other and against AWS's own
// rules. Each problem is recorded in the document where it has to be mended.
func (e *Estate) validate() {
	if e.lacksHubNetwork() {
		return
	}
	e.validateZones()
	e.validateAccounts()
	validateRanges(e.settings, "address_space", e.AddressSpace)
	e.validateSegments()
	e.validateOrganization()
	e.validateSecurity()
	e.validateBackup()
	e.validateSettings()
	e.validateSessions()
	e.validateHub()
	e.validateEndpoints()
	e.validateNetworks()
	e.validateEgress()
	e.validateDNS()
	e.validateDNSFirewall()
	e.validateOnPremises()
	e.validateHybrid()
	e.Hub.Registry.Validate(e.hub.Section("registry"))
	e.validateScanning()
	e.validateShield()
	roles := map[string]string{}
	for _, s := range e.Spokes {
		e.validateSpoke(s, roles)
	}
	e.validateOverlays()
	e.validateSegmentNames()
	e.validateRecordZones()
	e.validateSections()
	e.validateStandalone()
	e.validatePrivateLink()
	e.validateAPIs()
	e.validateHistory()
	// What intents say of an account whose file was not read cannot be judged.
	if e.intents != nil && !e.settings.Broken("accounts") && len(e.misnamed) == 0 {
		e.Intents.Validate(e.intents, e.intentNames())
	}
	e.validateQuotas()
}

func (e *Estate) validateZones() {
	known, ok := regionZones[e.Region]
	if !ok {
		return
	}
	for i, zone := range e.Zones {
		if !slices.Contains(known, zone) {
			e.settings.Errorf(yamldoc.Index("zones", i), "%q is not a zone id of %s: those are %s", zone, e.Region, strings.Join(known, ", "))
		}
	}
}

// reservedNames begin the names of the hub's own roles. An account called like
// that would have roles with the same names there.
var reservedNames = regexp.MustCompile(`^(ci|hub|plan|push|state)(-|$)`)

// Reserved says that no account but the hub may have a name, because it means something
// else already.
func Reserved(name string) bool {
	return reservedNames.MatchString(name) || slices.Contains(otherParties, name)
}

// otherParties are the words by which intents, and the routes of a VPC, name what is in
// no account.
var otherParties = []string{"internet", "on-premises", EgressVPC}

func (e *Estate) validateAccounts() {
	d := e.settings
	seen := map[string]string{}
	for _, name := range e.AccountNames() {
		number, ok := e.Accounts[name]
		if !ok {
			continue
		}
		at := yamldoc.Child("accounts", name)
		if name != HubAccount && reservedNames.MatchString(name) {
			d.Errorf(at, "%q begins like the hub's own names: choose one that does not begin with ci, hub, plan, push or state", name)
		}
		switch {
		case slices.Contains(otherParties, name):
			d.Errorf(at, "%q is what routes and intents call what is in no account: choose another name", name)
		case awsservice.Known(name):
			d.Warnf(at, "intents that name %s mean this account, and can say nothing of the AWS service of that name", name)
		}
		if other, ok := seen[number]; ok && number != NewAccount {
			d.Errorf(at, "account number %s is that of %s already", number, other)
		}
		seen[number] = name
	}
	if _, ok := e.Accounts[HubAccount]; !ok {
		e.missingAccount(HubAccount, fmt.Sprintf("no account is named %q: add `hub: \"<12 digits>\"`", HubAccount))
	}
	for _, s := range e.Spokes {
		if _, ok := e.Accounts[s.Name]; !ok && e.isStray(s) {
			e.Accounts[s.Name] = ""
			e.spokes[s.Name] = yamldoc.Unreadable(e.spokes[s.Name].File, 1, "every .yaml file here is a spoke's, and this one has neither an account in estate.yaml nor a network: move it out of the folder")
		} else if !ok && format.AccountName.Match(s.Name) {
			e.missingAccount(s.Name, fmt.Sprintf("%s has no account number here: add `%s: \"<12 digits>\"`", e.spokes[s.Name].File, s.Name))
		}
	}
}

// isStray says that a file is none of a spoke's, but notes or values of something else: it
// has nothing that a spoke must have, not even in the wrong place.
func (e *Estate) isStray(s *Spoke) bool {
	d := e.spokes[s.Name]
	return e.Accounts != nil && !d.Broken("") && !d.Has("network") && !d.Has("segment") && !d.Has("cluster")
}

// missingAccount reports an account that the estate must have, and then takes it for
// one whose number is not known: whatever names it is right.
func (e *Estate) missingAccount(name, problem string) {
	d := e.settings
	if d.Broken("accounts") {
		return
	}
	d.Reject(d.Line("accounts"), yamldoc.Child("accounts", name), "%s", problem)
	if e.Accounts == nil {
		e.Accounts = map[string]string{}
	}
	e.Accounts[name] = ""
}

// validateCIDR checks one range on its own and says whether others may be
// compared with it.
func validateCIDR(d *yamldoc.Document, at string, p netip.Prefix) bool {
	switch {
	case !p.IsValid():
		return false
	case p != p.Masked():
		d.Errorf(at, "%s has host bits set: write %s", p, p.Masked())
	case !ipv4.Inside(p, ipv4.PrivateSpace()):
		d.Errorf(at, "%s is not private address space (RFC 1918: 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16)", p)
	default:
		return true
	}
	return false
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
}

// validateSegmentNames checks the names of segments wherever one is used.
func (e *Estate) validateSegmentNames() {
	if e.settings.Broken("segments") || !e.HasHubNetwork() {
		return
	}
	unknown := uses{}
	use := func(d *yamldoc.Document, at, name string) {
		if _, ok := e.Segments[name]; !ok && !d.Broken(at) {
			unknown.add(name, d, at)
		}
	}
	for _, name := range sortedKeys(e.Segments) {
		for i, other := range e.Segments[name].Reaches {
			use(e.settings, yamldoc.Index(yamldoc.Child(yamldoc.Child("segments", name), "reaches"), i), other)
		}
	}
	use(e.hub, "segment", e.Hub.Segment)
	for i, name := range e.OnPremises.ReachedBy {
		use(e.settings, yamldoc.Index("on_premises.reached_by", i), name)
	}
	for _, s := range e.Spokes {
		use(e.spokes[s.Name], "segment", s.Segment)
	}
	known := sortedKeys(e.Segments)
	unknown.report(func(name string) string {
		return fmt.Sprintf("there is no segment %q in estate.yaml: it has %s%s", name, strings.Join(known, ", "), yamldoc.Suggest(name, known))
	})
}

// uses are the places that name something that there is not, by name.
type uses map[string][]mention

type mention struct {
	doc *yamldoc.Document
	at  string
}

func (u uses) add(name string, d *yamldoc.Document, at string) {
	u[name] = append(u[name], mention{d, at})
}

// report has one message for each name, at the first place that has it.
func (u uses) report(problem func(name string) string) {
	for _, name := range sortedKeys(u) {
		also := ""
		for i, use := range u[name][1:] {
			also += []string{"; so do ", ", "}[min(i, 1)] + fmt.Sprintf("%s:%d", use.doc.File, use.doc.Line(use.at))
		}
		first := u[name][0]
		first.doc.Errorf(first.at, "%s%s", problem(name), also)
	}
}

// validateAccount checks the name of an account wherever one is used.
func (e *Estate) validateAccount(d *yamldoc.Document, at, name string) {
	if _, ok := e.Accounts[name]; ok || e.settings.Broken("accounts") {
		return
	}
	d.Errorf(at, "there is no account %q in estate.yaml: it has %s%s", name, strings.Join(sortedKeys(e.Accounts), ", "), yamldoc.Suggest(name, sortedKeys(e.Accounts)))
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

// lacksHubNetwork reports a hub whose network was forgotten: estate.yaml has its segments,
// and hub.yaml what else there is to say of it. Everything that is of it would be wrong.
func (e *Estate) lacksHubNetwork() bool {
	d, stated := e.hub, []string(nil)
	for _, key := range hubNetworkKeys {
		if d.Has(key) {
			stated = append(stated, key)
		}
	}
	if d.Has("network") || d.Broken("network") || !e.settings.Has("segments") || len(stated) == 0 {
		return false
	}
	d.Reject(d.Line(""), "network", "missing: %s here, and segments in estate.yaml, say something about the hub's network: give it one, or leave them out", strings.Join(stated, ", "))
	return true
}

func (e *Estate) validateHubNetwork() {
	d := e.hub
	for _, key := range spokeNetworkKeys {
		if at := yamldoc.Child("network", key); d.Has(at) {
			d.Errorf(at, "only the network of a spoke has this")
		}
	}
	asn := e.Hub.TransitGateway.ASN
	if asn > 65534 && asn < 4200000000 {
		d.Errorf("transit_gateway.asn", "%d is not a private ASN: 64512 to 65534, or 4200000000 to 4294967294", asn)
	}
	if count := e.Hub.InboundResolver.ZoneCount; count > e.Hub.Network.AZCount && !d.Broken("network.az_count") {
		d.Errorf("inbound_resolver.zone_count", "%d zones are more than the %d that network.az_count gives the hub VPC", count, e.Hub.Network.AZCount)
	}
	e.validateProbe(d, e.Hub.Probe, HubAccount)
}

// validateSpoke checks what a spoke's file says beside its network; roles holds
// the record roles of the spokes before it.
func (e *Estate) validateSpoke(s *Spoke, roles map[string]string) {
	d := e.spokes[s.Name]
	if !format.AccountName.Match(s.Name) {
		d.Errorf("", "the file's name is the account's: up to 20 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen")
	}
	switch {
	case e.HasHubNetwork() && !d.Has("segment") && !d.Broken("segment"):
		which := ""
		if names := sortedKeys(e.Segments); len(names) > 0 {
			which = ": name one of those in estate.yaml, " + strings.Join(names, ", ")
		}
		d.Reject(d.Line("segment"), "segment", "missing%s", which)
	case !e.HasHubNetwork() && d.Has("segment"):
		d.Errorf("segment", "a segment is of a transit gateway, and the hub has none: give hub.yaml a network, or leave it out")
	}
	for _, workload := range sortedKeys(s.RecordRoles) {
		at := yamldoc.Child("record_roles", workload)
		role := e.RecordRole(s.Name, workload)
		validateRoleName(d.Section(at), role)
		if other, ok := roles[role]; ok {
			d.Errorf(at, "the role would be called %s, like that of %s", role, other)
		}
		roles[role] = d.File
	}
	e.validateProbe(d, s.Probe, s.Name)
}

// validateRecordZones checks the zones that workloads of spokes write records in.
func (e *Estate) validateRecordZones() {
	if e.settings.Incomplete("dns") {
		return
	}
	known, unknown := append(sortedKeys(e.DNS.PrivateZones), e.DNS.PublicZones...), uses{}
	for _, s := range e.Spokes {
		d := e.spokes[s.Name]
		for _, workload := range sortedKeys(s.RecordRoles) {
			for i, zone := range s.RecordRoles[workload].Zones {
				at := yamldoc.Index(yamldoc.Child(yamldoc.Child("record_roles", workload), "zones"), i)
				private, isPrivate := e.DNS.PrivateZones[zone]
				switch {
				case d.Broken(at):
				case !slices.Contains(known, zone):
					unknown.add(zone, d, at)
				case e.settings.Wrong(yamldoc.Child(yamldoc.Child("dns.private_zones", zone), "visible_to")), e.misnamed[strings.ToLower(s.Name)]:
				case isPrivate && !slices.Contains(private.VisibleTo, s.Name) && !slices.Contains(e.DNS.PublicZones, zone):
					d.Errorf(at, "%s is not visible to %s: name %s under its visible_to in estate.yaml, or name a zone of %s's own", zone, s.Name, s.Name, s.Name)
				}
			}
		}
	}
	unknown.report(func(zone string) string {
		return fmt.Sprintf("there is no zone %q in estate.yaml%s", zone, yamldoc.Suggest(zone, known))
	})
}

// probeEndpoints are what Session Manager and the probe's log need where there
// is no way to the internet:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-prereqs.html
var probeEndpoints = []string{"ssm", "ssmmessages", "logs"}

// sessionEndpoints are what sessions take beside, by the preferences of an account, to be
// encrypted and logged.
var sessionEndpoints = []string{"kms", "logs"}

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
