package cluster

import (
	"cmp"

	"hubspoke/internal/yamldoc"
)

// ApplyDefaults gives the cluster those defaults that follow from what it states.
// [yamldoc.ApplyDefaults] gives it the others, before and after: the default node pools
// have defaults themselves.
func (c *Config) ApplyDefaults() {
	c.SystemNodes.applyDefaults()
	for name, g := range c.NodeGroups {
		g.applyDefaults()
		c.NodeGroups[name] = g
	}
	for name, i := range c.Identities {
		i.Kind = cmp.Or(i.Kind, c.Identity)
		c.Identities[name] = i
	}
	if c.NodePools == nil {
		c.NodePools = defaultNodePools()
		yamldoc.ApplyDefaults(c)
	}
}

func (g *NodeGroup) applyDefaults() {
	if len(g.InstanceTypes) == 0 {
		g.InstanceTypes = []string{"m7g.large"}
		if g.Architecture == AMD64 {
			g.InstanceTypes = []string{"m5.large"}
		}
	}
	g.DesiredSize = cmp.Or(g.DesiredSize, *g.MinSize)
	g.MaxSize = cmp.Or(g.MaxSize, g.DesiredSize+1)
}

func defaultNodePools() map[string]NodePool {
	return map[string]NodePool{
		"graviton": {Architecture: ARM64, InstanceTypes: sizes("c7g", "m7g", "r7g"), CPULimit: 1000},
		"amd64":    {Architecture: AMD64, InstanceTypes: sizes("c5", "m5", "r5"), CPULimit: 2000},
	}
}

// sizes are the instance types of some families that are large enough for
// several pods and small enough to be replaced without notice.
func sizes(families ...string) []string {
	var types []string
	for _, family := range families {
		types = append(types, family+".large", family+".xlarge", family+".2xlarge")
	}
	return types
}
