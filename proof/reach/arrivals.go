package reach

import "hubspoke/proof/network"

// arrivals are the subnets where something of a flood arrives.
type arrivals struct {
	in map[*network.Subnet]bool
	// unknown says that something of it meets what is not known.
	unknown bool
}

// MayReach says whether any packet at all may come from one place to another,
// whatever their groups. It is much faster than [Analysis.Ask], and false only if
// Ask would find nothing in Forward and Unknown. It knows subnets alone: between
// other places, and where others may carry something, it is always true.
func (a *Analysis) MayReach(from, to Place) bool {
	if from.subnet() == nil || to.subnet() == nil || a.mayRelay(to) {
		return true
	}
	f := a.FromSubnet(from.subnet(), from.public())
	reached := a.arrived[f]
	if reached == nil {
		reached = &arrivals{in: map[*network.Subnet]bool{}}
		for _, o := range f.Outcomes {
			switch {
			case o.kind == unknown:
				reached.unknown = true
			case o.kind == arrived && o.At.Subnet != nil:
				reached.in[o.At.Subnet] = true
			}
		}
		a.arrived[f] = reached
	}
	return reached.unknown || reached.in[to.subnet()]
}
