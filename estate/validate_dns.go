package estate

import (
	"slices"

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
	for _, service := range e.CentralEndpoints() {
		endpoints[e.EndpointZone(service).Name] = service
	}
	addresses = format.Addresses{}
	for _, zone := range sortedKeys(e.DNS.PrivateZones) {
		at := yamldoc.Child("dns.private_zones", zone)
		addresses.Check(d.Section(at), zone)
		if service, ok := endpoints[zone]; ok {
			d.Errorf(at, "%s is the zone of the central endpoint of %s already", zone, service)
		}
		e.validateVisibility(at, e.DNS.PrivateZones[zone].VisibleTo)
	}
}

func (e *Estate) validateVisibility(at string, accounts []string) {
	d := e.settings
	at = yamldoc.Child(at, "visible_to")
	for i, account := range accounts {
		if account != HubAccount && e.Spoke(account) == nil {
			d.Errorf(yamldoc.Index(at, i), "there is no spoke %q: visible_to names hub and spokes%s", account, yamldoc.Suggest(account, sortedKeys(e.spokes)))
		}
	}
	if !slices.Contains(accounts, HubAccount) && !d.Incomplete(at) {
		d.Errorf(at, "name hub too: Route 53 makes a private zone with a VPC of the zone's own account")
	}
}
