package proof

import "hubspoke/proof/network"

// vpcPair is a sender's and a receiver's VPC.
type vpcPair struct{ from, to *network.VPC }

// separated is the case of gateways' routing alone, for senders and receivers in VPCs.
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

func (p *Proof) crossed(pair vpcPair) Case {
	found := p.analysis.Separated(pair.from, pair.to)
	switch {
	case found.Joined:
		return Case{Status: Violated, Answer: "routes of gateways lead there, whatever else stops it", Path: hops(found.Way)}
	case found.Unknown != "":
		return Case{Status: Unproven, Answer: "whether routes of gateways lead there cannot be told: " + found.Unknown, Path: hops(found.Way)}
	}
	return Case{Status: Proven}
}
