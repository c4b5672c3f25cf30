package proof

import (
	"net/netip"
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// vpcPair is a sender's and a receiver's VPC.
type vpcPair struct{ from, to *network.VPC }

// separated is the case of a transit gateway's route tables alone, for senders and
// receivers in VPCs. From the table of the sender's attachment, no route for any of
// the receiver's addresses may lead to the receiver's VPC, nor to one from whose own
// table another does: the VPCs between them may route back into the gateway.
func (p *Proof) separated(from, to place) Case {
	if from.subnet() == nil || to.subnet() == nil || from.subnet().VPC == to.subnet().VPC {
		return Case{Status: Unproven, Answer: "a transit gateway separates VPCs, and these are not in two of them"}
	}
	pair := vpcPair{from.subnet().VPC, to.subnet().VPC}
	if c, ok := p.separations[pair]; ok {
		return c
	}
	c := p.crossed(pair)
	p.separations[pair] = c
	return c
}

// crossed walks from table to table.
func (p *Proof) crossed(pair vpcPair) Case {
	type stop struct {
		attachment *network.Attachment
		way        []Step
	}
	var open []stop
	seen := map[*network.Attachment]bool{}
	for _, g := range p.network.TransitGateways {
		for _, a := range g.Attachments {
			if a.VPC == pair.from {
				seen[a] = true
				open = append(open, stop{a, []Step{{"into the transit gateway by attachment " + a.Resource.Name, a.Resource.String()}}})
			}
		}
	}
	for ; len(open) > 0; open = open[1:] {
		at := open[0]
		if at.attachment.Table == nil {
			continue
		}
		if unknown := at.attachment.Table.Unknown; len(unknown) > 0 {
			return Case{Status: Unproven, Answer: unknown[0].String()}
		}
		for _, next := range attachmentsFor(at.attachment.Table, pair.to.CIDRs) {
			way := append(slices.Clone(at.way), Step{"a route of its table leads to attachment " + next.to.Resource.Name, next.by.String()})
			if next.to.VPC == pair.to {
				return Case{Status: Violated, Answer: "the transit gateway would pass it on", Path: way}
			}
			if !seen[next.to] {
				seen[next.to] = true
				open = append(open, stop{next.to, way})
			}
		}
	}
	return Case{Status: Proven}
}

// lead is a way out of a table, and what makes it.
type lead struct {
	to *network.Attachment
	by *config.Resource
}

// attachmentsFor are the attachments to which a table leads for any of the ranges.
func attachmentsFor(t *network.GatewayTable, ranges []netip.Prefix) []lead {
	overlaps := func(r packet.Range) bool {
		return slices.ContainsFunc(ranges, func(p netip.Prefix) bool {
			return r.Overlaps(packet.Prefix(p))
		})
	}
	var all []lead
	for _, propagation := range t.Propagations {
		if v := propagation.Attachment.VPC; v == nil || slices.ContainsFunc(v.CIDRs, func(c netip.Prefix) bool { return overlaps(packet.Prefix(c)) }) {
			all = append(all, lead{propagation.Attachment, propagation.Resource})
		}
	}
	for _, route := range t.Routes {
		if route.Attachment != nil && overlaps(route.Destination) {
			all = append(all, lead{route.Attachment, route.Resource})
		}
	}
	return all
}
