package invariant

import (
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
)

// What is found here.
var (
	applianceMode = catalogue.Add("appliance-mode",
		"A VPC is attached to a transit gateway in several zones, its attachment's subnets lead through a firewall, and the "+
			"attachment is not in appliance mode. The gateway hands packets over in the sender's zone and their answers in the "+
			"other end's, where another endpoint drops them.",
		"Set `appliance_mode_support` of the attachment to `enable`.")
	firewallZone = catalogue.Add("firewall-zone",
		"A subnet's route leads to a firewall's endpoint in another zone, though the firewall has one in the subnet's own. "+
			"Packets pay for crossing zones, and if the other zone fails, this one is cut off with it.",
		"Name the endpoint that is in the zone of the subnets that use the table.")
	firewallWithoutRoute = catalogue.Add("firewall-without-route",
		"No route leads to an endpoint of a firewall or of a gateway load balancer: it is paid for, and sees nothing. "+
			"Violated if none leads to any endpoint of a network firewall, which then guards nothing.",
		"Route what it is to inspect to the endpoint in each zone, both ways, or remove it.")
)

// checkInspection checks that firewalls stand where packets and their answers meet them:
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/asymmetric-routing.html
func (k *checker) checkInspection() {
	for _, g := range k.TransitGateways {
		for _, a := range g.Attachments {
			k.checkAppliance(a)
		}
	}
	for _, v := range k.VPCs {
		for _, s := range v.Subnets {
			k.checkFirewallZone(s)
		}
		k.checkFirewallUse(v)
	}
}

// checkAppliance checks that connections keep to one zone of an attachment behind which
// a firewall stands. In one zone alone there is no choice.
// https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html
func (k *checker) checkAppliance(a *network.Attachment) {
	if a.VPC == nil || a.Appliance {
		return
	}
	zones := map[string]bool{}
	for _, s := range a.Subnets {
		zones[s.Zone] = true
	}
	at := slices.IndexFunc(a.Subnets, func(s *network.Subnet) bool { return inspectingRoute(s) != nil })
	if at < 0 || len(zones) < 2 {
		return
	}
	r := inspectingRoute(a.Subnets[at])
	k.Violation(applianceMode, about(a.Resource, r.Resource), "%s is in %d zones and not in appliance mode, and %s leads what comes from it to the firewall of a zone: "+
		"answers that come by another zone meet another endpoint; set appliance_mode_support", a.Resource, len(zones), r.Resource)
}

// inspectingRoute is a route of the subnet's table to a firewall's endpoint, nil if there
// is none.
func inspectingRoute(s *network.Subnet) *network.Route {
	if s.Table == nil {
		return nil
	}
	for _, r := range s.Table.Routes {
		if r.Target.Endpoint != nil && r.Target.Endpoint.Inspects() {
			return r
		}
	}
	return nil
}

// checkFirewallZone checks that a subnet uses the endpoint of its own zone, where there is
// one. It works with another, so that this is a note.
func (k *checker) checkFirewallZone(s *network.Subnet) {
	if s.Table == nil {
		return
	}
	for _, r := range s.Table.Routes {
		e := r.Target.Endpoint
		if e == nil || !e.Inspects() || in(e, s.Zone) {
			continue
		}
		own := slices.IndexFunc(s.VPC.Endpoints, func(other *network.Endpoint) bool { return sameFirewall(e, other) && in(other, s.Zone) })
		if own >= 0 {
			k.Note(firewallZone, about(r.Resource, s.Resource, e.Resource), "%s leads what %s, in %s, has for %s to the firewall's endpoint in %s, and there is one in %s: name that",
				r.Resource, s.Resource, s.Zone, r.Text, e.Subnets[0].Zone, s.Zone)
		}
	}
}

func in(e *network.Endpoint, zone string) bool {
	return slices.ContainsFunc(e.Subnets, func(s *network.Subnet) bool { return s.Zone == zone })
}

// sameFirewall says whether two endpoints lead to one firewall, or to one service of a
// gateway load balancer.
func sameFirewall(a, b *network.Endpoint) bool {
	if a.Type == network.FirewallEndpoint {
		return a.Resource == b.Resource
	}
	return a.Type == b.Type && a.Resource.Argument("service_name") == b.Resource.Argument("service_name")
}

// checkFirewallUse checks that routes lead to the VPC's firewall endpoints. One whose
// target is not known may do.
func (k *checker) checkFirewallUse(v *network.VPC) {
	used, whole := map[*network.Endpoint]bool{}, map[*config.Resource]bool{}
	for _, t := range v.Tables {
		if len(t.Unknown) > 0 {
			return
		}
		for _, r := range t.Routes {
			if r.Target.Unknown != "" {
				return
			}
			if e := r.Target.Endpoint; e != nil {
				used[e], whole[e.Resource] = true, true
			}
		}
	}
	said := map[*config.Resource]bool{}
	for _, e := range v.Endpoints {
		switch {
		case !e.Inspects() || used[e] || said[e.Resource] || len(e.Subnets) == 0:
		case e.Type == network.FirewallEndpoint && !whole[e.Resource]:
			said[e.Resource] = true
			k.Violation(firewallWithoutRoute, about(e.Resource, v.Resource), "no route leads to an endpoint of %s: it guards nothing", e.Resource)
		default:
			k.Note(firewallWithoutRoute, about(e.Resource, e.Subnets[0].Resource), "no route leads to the endpoint of %s in %s: it is paid for, and sees nothing", e.Resource, e.Subnets[0].Resource)
		}
	}
}
