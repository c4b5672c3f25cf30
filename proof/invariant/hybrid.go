package invariant

import (
	"hubspoke/proof/network"
)

// What is found here.
var (
	sharedWithOnPremises = catalogue.Add("shared-with-on-premises",
		"A VPN or Direct Connect is associated with a route table of the transit gateway that VPCs have too. What comes from "+
			"on-premises gets wherever those VPCs get: to others, and by a default route to the internet. A note, unless another one "+
			"of the gateway has a table without VPCs, as was probably meant here.",
		"Associate it with a table for what comes from on-premises, which leads to the VPCs that exchange traffic with it and "+
			"nowhere else.")
	announcedRoutes = catalogue.Add("announced-routes",
		"A VPN or Direct Connect is propagated into a route table that VPCs have. Whoever configures the device at its other end "+
			"decides where packets of those VPCs go: a prefix that is longer than a VPC's takes that VPC's packets. A note, unless the "+
			"table has static routes to such an attachment too, which were probably to be all.",
		"Give the table static routes for the ranges of on-premises, and remove the propagation. A static route has one target: "+
			"where announcements have to decide between several ways, restrict them on the device and by the prefixes that are allowed.")
)

// checkOnPremises checks what VPNs and Direct Connect may do in the tables of VPCs.
func (k *checker) checkOnPremises() {
	for _, g := range k.TransitGateways {
		apart := false
		for _, a := range g.Attachments {
			apart = apart || isOnPremises(a) && a.Table != nil && len(vpcsOf(a.Table)) == 0
		}
		for _, a := range g.Attachments {
			if !isOnPremises(a) || a.Table == nil {
				continue
			}
			if vpcs := vpcsOf(a.Table); len(vpcs) > 0 {
				report := k.Note
				if apart {
					report = k.Violation
				}
				report(sharedWithOnPremises, about(a.Resource, tableResource(a.Table), vpcs[0].Resource),
					"%s is associated with %s, as is %s: what comes from on-premises reaches all that this VPC reaches; associate it with a table of its own",
					a.Resource, tableName(a.Table), vpcs[0].Resource)
			}
		}
		for _, t := range tables(g) {
			k.checkAnnounced(t)
		}
	}
}

// checkAnnounced checks that announcements from on-premises do not decide about packets of
// VPCs.
func (k *checker) checkAnnounced(t *network.GatewayTable) {
	vpcs := vpcsOf(t)
	if len(vpcs) == 0 {
		return
	}
	report := k.Note
	for _, r := range t.Routes {
		if r.Attachment != nil && isOnPremises(r.Attachment) {
			report = k.Violation
		}
	}
	for _, p := range t.Propagations {
		if isOnPremises(p.Attachment) {
			report(announcedRoutes, about(p.Resource, p.Attachment.Resource, tableResource(t)),
				"%s lets whoever is behind %s decide where packets of %s go: route the ranges of on-premises by static routes, and remove it",
				p.Resource, p.Attachment.Resource, vpcs[0].Resource)
		}
	}
}

// isOnPremises says that an attachment is a VPN's or Direct Connect's. One that only its id
// names may be that of a VPC which is not here.
func isOnPremises(a *network.Attachment) bool {
	return a.VPC == nil && (a.Resource.Type == "aws_vpn_connection" || a.Resource.Type == "aws_dx_gateway_association")
}

// vpcsOf are the attachments of VPCs that are associated with a table.
func vpcsOf(t *network.GatewayTable) []*network.Attachment {
	var all []*network.Attachment
	for _, a := range associated(t) {
		if a.VPC != nil {
			all = append(all, a)
		}
	}
	return all
}

// checkReturnToOnPremises checks that a VPC which a VPN or Direct Connect reaches has a route
// back in some table, to the ranges behind it that are known.
func (k *checker) checkReturnToOnPremises(a, b *network.Attachment) {
	if len(a.External) == 0 || len(b.VPC.Tables) == 0 || mayRoute(b.VPC, a.External) || routeThrough(b.VPC, b.Gateway, a.External) != nil {
		return
	}
	k.Violation(missingReturnRoute, about(b.VPC.Resource, a.Resource, wayTo(a.Table, b)),
		"%s reaches %s, but no route table there has a route back to what is behind it: if the two are not to talk, remove %s, and if they are, add one",
		a.Resource, b.VPC.Resource, wayTo(a.Table, b))
}
