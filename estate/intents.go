package estate

import (
	"slices"

	"hubspoke/internal/subnet"
	"hubspoke/proof/intent"
)

// intentNames are what intents.yaml may name. What is wrong elsewhere is said there: a
// spoke without an account number has its name all the same, and the tiers of a network
// that cannot be read are not known here.
func (e *Estate) intentNames() intent.Names {
	names := intent.Names{Accounts: append(sortedKeys(e.Accounts), HubAccount), Tiers: map[string][]string{}}
	for _, s := range e.Spokes {
		names.Accounts = append(names.Accounts, s.Name)
	}
	slices.Sort(names.Accounts)
	names.Accounts = slices.Compact(names.Accounts)
	for _, account := range names.Accounts {
		names.Tiers[account] = nil
	}
	for _, v := range e.vpcs() {
		if v.doc.Wrong("network") {
			delete(names.Tiers, v.name)
			continue
		}
		for _, tier := range subnet.Tiers() {
			if v.network.has(tier) {
				names.Tiers[v.name] = append(names.Tiers[v.name], string(tier))
			}
		}
	}
	names.Running = map[string]map[intent.PartyKind][]string{}
	for _, account := range names.Accounts {
		if running := e.running(account); running != nil {
			names.Running[account] = running
		}
	}
	if !e.settings.Wrong("dns") && !e.hubWrong("endpoints") {
		names.Zones = e.zones()
	}
	names.NoOnPremises = !e.IsHybrid() && !e.settings.Wrong("on_premises") && !slices.ContainsFunc(e.vpcs(), func(v vpc) bool {
		return v.doc.Wrong("network") || len(v.network.Routes) > 0 || v.network.Existing != nil
	})
	if e.IsOrganization() {
		names.Units, names.Roles = append([]string{}, e.Org.UnitPaths()...), sortedKeys(e.RoleWords())
		for _, unit := range e.Org.UnitPaths() { // what is wrong with these is said there
			names.Members = append(names.Members, e.Org.Units[unit]...)
		}
	}
	if e.Hub.Egress != nil {
		names.VPCs = []string{EgressVPC}
		for _, tier := range egressTiers {
			names.Tiers[EgressVPC] = append(names.Tiers[EgressVPC], string(tier))
		}
	}
	return names
}

// RoleWords are the names of the roles that every account has, by the words that intents have for
// them; none in an estate without an organisation, of which intents say nothing of the kind.
func (e *Estate) RoleWords() map[string]string {
	if !e.IsOrganization() {
		return nil
	}
	return map[string]string{"apply": e.ApplyRole(), "plan": e.PlanRole(), "break-glass": e.BreakGlassRole(), "bootstrap": e.State.BootstrapRole}
}

// running is what runs in an account, by the words of intents; nil where that cannot be
// told. What the stacks of an estate do not make, such as the load balancers of a cluster's
// controllers, is not in the proof either.
func (e *Estate) running(account string) map[intent.PartyKind][]string {
	some := func(is bool) []string {
		if is {
			return []string{"*"}
		}
		return nil
	}
	running := map[intent.PartyKind][]string{intent.PartyLoadBalancer: nil, intent.PartyInstance: nil}
	if e.HasProbe(account) {
		running[intent.PartyInstance] = append(running[intent.PartyInstance], "probe")
	}
	s := e.Spoke(account)
	if s == nil {
		running[intent.PartyResolver] = some(account == HubAccount && e.HasHubNetwork())
		if account == HubAccount && e.HasHubNetwork() && !e.hubWrong("endpoints") {
			running[intent.PartyEndpoint] = e.CentralEndpoints()
		}
		running[intent.PartyNodes], running[intent.PartyControlPlane], running[intent.PartyDatabase] = nil, nil, nil
		running[intent.PartyAPI], running[intent.PartyEndpointService] = nil, nil
		return running
	}
	if s.Network.Existing != nil || e.spokes[s.Name].Wrong("cluster") || e.spokes[s.Name].Wrong("database") || e.spokes[s.Name].Wrong("network") ||
		e.spokes[s.Name].Wrong("services") || e.spokes[s.Name].Wrong("apis") {
		return nil
	}
	if s.Bastion != nil {
		running[intent.PartyInstance] = append(running[intent.PartyInstance], "bastion")
	}
	if e.spokes[s.Name].Wrong("") && len(s.Services)+len(s.APIs) == 0 {
		// What is wrong may be where they stand, or the key above them.
		return nil
	}
	running[intent.PartyAPI], running[intent.PartyEndpointService] = sortedKeys(s.APIs), sortedKeys(s.Services)
	running[intent.PartyLoadBalancer] = some(len(s.Services) > 0 || len(s.APIs) > 0)
	running[intent.PartyResolver] = nil
	running[intent.PartyNodes], running[intent.PartyControlPlane] = some(s.Cluster != nil), some(s.Cluster != nil)
	running[intent.PartyDatabase] = some(s.Database != nil)
	if len(s.PrivateEndpoints) > 0 {
		running[intent.PartyEndpoint] = append(running[intent.PartyEndpoint], "*") // these are named by AWS
	}
	for _, endpoint := range e.OwnEndpoints(s.Name) {
		running[intent.PartyEndpoint] = append(running[intent.PartyEndpoint], endpoint.Service)
	}
	if s.Cluster != nil {
		// A cluster that GuardDuty watches has an endpoint for what its agents report.
		running[intent.PartyEndpoint] = append(running[intent.PartyEndpoint], "guardduty-data")
	}
	return running
}

// hubWrong says that a section of hub.yaml is wrong, if there is one.
func (e *Estate) hubWrong(section string) bool { return e.hub != nil && e.hub.Wrong(section) }

// zones are all hosted zones that the estate makes, sorted.
func (e *Estate) zones() []string {
	zones := slices.Concat(e.DNS.PublicZones, sortedKeys(e.DNS.PrivateZones))
	if e.HasHubNetwork() {
		for _, service := range e.ZonedEndpoints() {
			zones = append(zones, e.EndpointZone(service).Name)
		}
	}
	slices.Sort(zones)
	return slices.Compact(zones)
}

// has says whether the network has subnets of a tier.
func (n Network) has(tier subnet.Tier) bool {
	switch {
	case n.Explicit():
		return len(n.zones(tier)) > 0
	case tier == subnet.Public:
		return !n.PrivateOnly
	case tier == subnet.Database:
		return n.DatabaseSubnets
	}
	return true
}
