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
func (a *Analysis) MayReach(from, to Place) bool { return a.MayReachFrom(from)(&to) }

// MayReachFrom is [Analysis.MayReach] from one place to any. Who asks about many pairs
// asks it once for each sender.
func (a *Analysis) MayReachFrom(from Place) func(to *Place) bool {
	var reached *arrivals
	return func(to *Place) bool {
		subnet := to.Subnet
		if to.Interface != nil {
			subnet = to.Interface.Subnet
		}
		if from.subnet() == nil || subnet == nil || a.mayRelay(to) {
			return true
		}
		if reached == nil {
			reached = a.arrivals(a.FromSubnet(from.subnet(), from.public()))
		}
		return reached.unknown || reached.in[subnet]
	}
}

func (a *Analysis) arrivals(f *Flood) *arrivals {
	if reached := a.arrived[f]; reached != nil {
		return reached
	}
	reached := &arrivals{in: map[*network.Subnet]bool{}}
	for _, o := range f.Outcomes {
		switch {
		case o.kind == unknown:
			reached.unknown = true
		case o.kind == arrived && o.At.Subnet != nil:
			reached.in[o.At.Subnet] = true
		}
	}
	a.arrived[f] = reached
	return reached
}
