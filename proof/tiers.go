package proof

import (
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
)

// Tiers are the rule by which subnets are of a tier, in a network that has no names of its
// own for them. What names says holds before the tag, and the tag before the routes.
type Tiers struct {
	// Tag is the key of the tag with the tier. Default: Tier.
	Tag string
	// Names are subnets of tiers, by the tag Name, or by address with or without the root
	// and the index: `network/aws_subnet.private[0]`, `aws_subnet.private`.
	Names map[string][]string
}

// tiered sorts all subnets. One without a name or a tag is `public` if its table leads to
// an internet gateway, `private` if it leads to a NAT gateway, `isolated` if to neither,
// and `unknown` if that cannot be told.
func (t *Tiers) tiered(m *network.Model) {
	if t == nil {
		return
	}
	for _, v := range m.VPCs {
		for _, s := range v.Subnets {
			s.Tier = t.of(s)
		}
	}
}

func (t *Tiers) of(s *network.Subnet) string {
	key := t.Tag
	if key == "" {
		key = "Tier"
	}
	for tier, names := range t.Names {
		if slices.ContainsFunc(names, func(name string) bool { return isCalled(s.Resource, name) }) {
			return tier
		}
	}
	if tags, ok := s.Resource.Argument("tags").(map[string]any); ok {
		if tier, ok := tags[key].(string); ok && tier != "" {
			return tier
		}
	}
	return byRoutes(s.Table)
}

func byRoutes(t *network.RouteTable) string {
	switch leads := func(to func(network.Target) bool) bool {
		return slices.ContainsFunc(t.Routes, func(r *network.Route) bool { return to(r.Target) })
	}; {
	case leads(func(to network.Target) bool { return to.InternetGateway != nil }):
		return "public"
	case len(t.Unknown) > 0, leads(func(to network.Target) bool { return to.MaybeInternet }):
		return "unknown"
	case leads(func(to network.Target) bool { return to.NAT != nil }):
		return "private"
	}
	return "isolated"
}

// isCalled says whether a name is a resource's: its tag Name, its address with or without
// its stack, or that without the last index.
func isCalled(r *config.Resource, name string) bool {
	if tags, ok := r.Argument("tags").(map[string]any); ok && tags["Name"] == name {
		return true
	}
	for _, address := range []string{r.Address(), r.String()} {
		if address == name || withoutIndex(address) == name {
			return true
		}
	}
	return false
}

func withoutIndex(address string) string {
	if address[len(address)-1] != ']' {
		return address
	}
	for i := len(address) - 1; i > 0; i-- {
		if address[i] == '[' {
			return address[:i]
		}
	}
	return address
}
