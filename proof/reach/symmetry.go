package reach

import (
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// Asymmetry is packets whose answers go by other gateways than they did. What keeps
// track of connections on the way, such as a firewall, sees half of them.
type Asymmetry struct {
	// Packets are in the sender's terms.
	Packets packet.Set
	// Forward and Return are the ways of one of them and its answer, where they part.
	Forward, Return []Hop
}

// gatewayPassed is what a path and the path back should have in common.
type gatewayPassed struct {
	attachment *network.Attachment
	peering    *network.Peering
	firewall   *network.Endpoint
	gateway    *config.Resource
}

// Asymmetries are the ways there and back that do not pass the same attachments,
// peering connections, firewall endpoints and gateways in reverse. That the two
// directions enter and leave a transit gateway in different zones is not one of them,
// unless a firewall stands there.
func (r *Result) Asymmetries() []Asymmetry {
	var all []Asymmetry
	for _, d := range r.record().deliveries {
		for i, forward := range d.stageSteps() {
			for _, back := range d.returns[i] {
				steps := back.steps()
				if !sameChoice(forward, steps) {
					continue
				}
				reversed := passed(steps)
				slices.Reverse(reversed)
				if slices.Equal(passed(forward), reversed) {
					continue
				}
				stage := answerStage{sent: d.flow.original, index: i}
				all = append(all, Asymmetry{
					Packets: stage.original(back.flow.original).Simplify(),
					Forward: d.path().Forward,
					Return:  back.hops(),
				})
			}
		}
	}
	return all
}

// stageSteps are the steps of the way forward, divided at the NAT gateways.
func (d delivery) stageSteps() [][]step {
	var steps []step
	if d.entrance != nil {
		steps = append(steps, *d.entrance)
	}
	stages := [][]step{steps}
	for _, s := range d.flow.trail.steps() {
		if s.kind == NATHop {
			stages = append(stages, nil)
			continue
		}
		last := len(stages) - 1
		stages[last] = append(stages[last], s)
	}
	return stages
}

func passed(steps []step) []gatewayPassed {
	var all []gatewayPassed
	for _, s := range steps {
		switch s.kind {
		case AttachmentHop:
			all = append(all, gatewayPassed{attachment: s.attachment})
		case PeeringHop:
			all = append(all, gatewayPassed{peering: s.peering})
		case FirewallHop, EndpointHop:
			all = append(all, gatewayPassed{firewall: s.endpoint})
		case InternetGatewayHop, VPNGatewayHop:
			all = append(all, gatewayPassed{gateway: s.gateway})
		}
	}
	return all
}

// sameChoice says whether the two ways can be those of one connection: appliance
// mode chooses one zone for both directions.
// https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-appliance-scenario.html
func sameChoice(forward, back []step) bool {
	chosen := map[*network.Attachment]*network.Subnet{}
	for _, s := range slices.Concat(forward, back) {
		if s.kind != AttachmentHop || !s.leaving || !s.attachment.Appliance {
			continue
		}
		if other, ok := chosen[s.attachment]; ok && other != s.subnet {
			return false
		}
		chosen[s.attachment] = s.subnet
	}
	return true
}
