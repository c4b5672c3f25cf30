package reach

import (
	"hubspoke/proof/network"
)

// transit goes to a transit gateway, by the attachment's subnet in the zone of the
// sender: there is no other way in.
// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html
//
// Where the attachment has a subnet of its own, that subnet's ACL is asked for what
// comes in; where it is in the sender's, the one ACL is asked for both.
// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html
func (w *walk) transit(at *network.Subnet, gateway *network.TransitGateway, f flow) {
	if f.empty() {
		return
	}
	if len(gateway.Unknown) > 0 {
		w.undecided(f, gateway.Unknown[0].String())
		return
	}
	attachment := w.analysis.joined[gatewayVPC{gateway, at.VPC}]
	if attachment == nil {
		f.trail = f.trail.add(step{kind: TransitGatewayHop, gateway: gateway.Resource})
		w.drop(f, "the VPC is not attached to the transit gateway that the route leads to")
		return
	}
	for _, s := range attachment.Subnets {
		if s.Zone == at.Zone {
			w.enterGateway(attachment, s.Zone, w.enter(s, f))
			return
		}
	}
	f.trail = f.trail.add(step{kind: AttachmentHop, attachment: attachment})
	if attachment.MoreSubnets {
		w.undecided(f, "which subnets "+name(attachment.Resource)+" has is not known")
		return
	}
	w.drop(f, "the attachment has no subnet in the sender's zone, "+at.Zone)
}

// enterGateway goes by the route table of the attachment that packets come from.
// The zone is empty for what comes from outside of AWS.
func (w *walk) enterGateway(from *network.Attachment, zone string, f flow) {
	if f.empty() {
		return
	}
	f.trail = f.trail.add(step{kind: AttachmentHop, attachment: from})
	if len(from.Gateway.Unknown) > 0 {
		w.undecided(f, from.Gateway.Unknown[0].String())
		return
	}
	if from.Table == nil {
		w.drop(f, "the attachment is not associated with a route table of the transit gateway")
		return
	}
	routing := w.analysis.gatewayRouting(from.Table)
	if routing.unknown != "" {
		w.undecided(f, routing.unknown)
		return
	}
	for _, r := range routing.routes {
		part := f.narrow(f.seen.Intersect(r.packets))
		if part.empty() {
			continue
		}
		part.trail = part.trail.add(step{kind: GatewayTableHop, gatewayTable: from.Table, gatewayRoute: r.route})
		if next := r.route.attachment(); next != nil {
			w.leaveGateway(next, zone, part)
		} else {
			w.drop(part, "a blackhole route takes it")
		}
	}
	none := f.narrow(f.seen.Intersect(routing.none))
	none.trail = none.trail.add(step{kind: GatewayTableHop, gatewayTable: from.Table})
	w.drop(none, "the route table of the transit gateway has no route for it")
}

// leaveGateway hands packets to an attachment: in the zone that they came from,
// if the attachment has a subnet there, else in any; in appliance mode always in any,
// the same one for a connection's packets and answers.
// https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-az-overview
func (w *walk) leaveGateway(to *network.Attachment, zone string, f flow) {
	if to.VPC == nil {
		f.trail = f.trail.add(step{kind: AttachmentHop, attachment: to, leaving: true})
		w.arrive(f, Location{Kind: Outside, Attachment: to})
		return
	}
	choices := to.Subnets
	if !to.Appliance {
		for _, s := range to.Subnets {
			if s.Zone == zone {
				choices = []*network.Subnet{s}
				break
			}
		}
	}
	if to.MoreSubnets && (to.Appliance || len(choices) != 1 || choices[0].Zone != zone) {
		w.undecided(f, "which subnets "+name(to.Resource)+" has is not known")
		return
	}
	if len(choices) == 0 {
		w.drop(f, "the attachment has no subnet")
	}
	for _, s := range choices {
		next := f
		next.trail = next.trail.add(step{kind: AttachmentHop, attachment: to, leaving: true, subnet: s})
		w.from(s, next)
	}
}
