package estate

import (
	"regexp"
	"slices"
	"strings"
)

// domainName is a DNS name of two labels or more, in the form in which Route 53
// takes it: lower case, no final dot.
var domainName = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

func validateDomain(d *document, at, name string) {
	if !domainName.MatchString(name) || len(name) > 253 {
		d.errorf(at, "%q is not a domain name in lower case and without a final dot", name)
	}
}

// uniqueAddresses returns a check that names differ in more than what a
// Terraform address cannot hold.
func (d *document) uniqueAddresses() func(at, name string) {
	names := map[string]string{}
	return func(at, name string) {
		id := strings.NewReplacer("/", "_", ".", "_", "-", "_").Replace(name)
		if other, ok := names[id]; ok {
			d.errorf(at, "%s and %s would have the same Terraform address", name, other)
		}
		names[id] = name
	}
}

func (e *Estate) validateDNS() {
	d := e.settings
	if !e.HasHubNetwork() && d.has("dns") {
		d.errorf("dns", "zones are made with the hub's VPC, and the hub has no network: give hub.yaml one, or leave this out")
		return
	}
	unique := d.uniqueAddresses()
	for i, zone := range e.DNS.PublicZones {
		at := index("dns.public_zones", i)
		validateDomain(d, at, zone)
		if slices.Index(e.DNS.PublicZones, zone) < i {
			d.errorf(at, "%q is named twice", zone)
			continue
		}
		unique(at, zone)
	}
	endpoints := map[string]string{}
	for _, service := range e.CentralEndpoints() {
		endpoints[e.EndpointZone(service).Name] = service
	}
	unique = d.uniqueAddresses()
	for _, zone := range sortedKeys(e.DNS.PrivateZones) {
		at := child("dns.private_zones", zone)
		validateDomain(d, at, zone)
		unique(at, zone)
		if service, ok := endpoints[zone]; ok {
			d.errorf(at, "%s is the zone of the central endpoint of %s already", zone, service)
		}
		e.validateVisibility(at, e.DNS.PrivateZones[zone].VisibleTo)
	}
}

func (e *Estate) validateVisibility(at string, accounts []string) {
	d := e.settings
	at = child(at, "visible_to")
	for i, account := range accounts {
		if account != HubAccount && e.Spoke(account) == nil {
			d.errorf(index(at, i), "there is no spoke %q: visible_to names hub and spokes%s", account, suggest(account, sortedKeys(e.spokes)))
		}
		if slices.Index(accounts, account) < i {
			d.errorf(index(at, i), "%q is named twice", account)
		}
	}
	if !slices.Contains(accounts, HubAccount) && !d.incomplete(at) {
		d.errorf(at, "name hub too: Route 53 makes a private zone with a VPC of the zone's own account")
	}
}
