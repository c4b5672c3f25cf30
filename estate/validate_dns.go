package estate

import (
	"slices"
	"strings"

	"hubspoke/estate/internal/format"
	"hubspoke/internal/yamldoc"
)

func (e *Estate) validateDNS() {
	d := e.settings
	if !e.HasHubNetwork() && d.Has("dns") {
		d.Errorf("dns", "zones are made with the hub's VPC, and the hub has no network: give hub.yaml one, or leave this out")
		return
	}
	addresses := format.Addresses{}
	for i, zone := range e.DNS.PublicZones {
		at := yamldoc.Index("dns.public_zones", i)
		if !d.Broken(at) {
			addresses.Check(d.Section(at), zone)
		}
	}
	endpoints := map[string]string{}
	for _, service := range e.ZonedEndpoints() {
		endpoints[e.EndpointZone(service).Name] = service
	}
	addresses = format.Addresses{}
	for _, zone := range sortedKeys(e.DNS.PrivateZones) {
		at := yamldoc.Child("dns.private_zones", zone)
		addresses.Check(d.Section(at), zone)
		if service, ok := endpoints[zone]; ok {
			d.Errorf(at, "%s is the zone of the central endpoint of %s already", zone, service)
		} else {
			e.validateHiding(at, zone)
		}
		e.validateVisibility(at, e.DNS.PrivateZones[zone].VisibleTo)
	}
}

// validateHiding checks what a private zone answers for beside its own records: in the VPCs
// that it is visible to, it answers for every name below it that no longer zone is for, and
// says of those which it has not that there are none.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
func (e *Estate) validateHiding(at, zone string) {
	d := e.settings
	var hidden []string
	for _, public := range e.DNS.PublicZones {
		if strings.HasSuffix("."+public, "."+zone) {
			hidden = append(hidden, public)
		}
	}
	switch names := strings.Join(hidden, " and "); {
	case slices.Contains(hidden, zone):
		// One name for two zones is something that people do on purpose.
		d.Warnf(at, "it hides the public zone %s in the VPCs of visible_to: what shall be seen there stands in the private zone too", names)
	case len(hidden) > 0:
		d.Errorf(at, "it would hide the public zone %s in the VPCs of visible_to: name a zone that no public one is below", names)
	}
	if name, service := e.hides(zone); name != "" {
		d.Errorf(at, "%s would hide %s, by which clients know %s: a service of AWS gets a private zone by an endpoint in hub.yaml", zone, name, service)
	}
}

func (e *Estate) validateVisibility(at string, accounts []string) {
	d := e.settings
	at = yamldoc.Child(at, "visible_to")
	for i, account := range accounts {
		if account != HubAccount && e.Spoke(account) == nil && !e.misnamed[account] {
			d.Errorf(yamldoc.Index(at, i), "there is no spoke %q: visible_to names hub and spokes%s", account, yamldoc.Suggest(account, sortedKeys(e.spokes)))
		}
	}
	if !slices.Contains(accounts, HubAccount) && !d.Incomplete(at) {
		d.Errorf(at, "name hub too: Route 53 makes a private zone with a VPC of the zone's own account")
	}
}
