package estate

// applyDefaults fills in what a cluster's section leaves out, except what the
// nodes' architecture decides.
func (c *Cluster) applyDefaults() {
	def(&c.Version, DefaultKubernetesVersion)
	def(&c.Identity, PodIdentity)
	def(&c.GitOps, ArgoCD)
	c.SystemNodes.applyDefaults()
	for name, g := range c.NodeGroups {
		g.applyDefaults()
		c.NodeGroups[name] = g
	}
	for name, i := range c.Identities {
		def(&i.Kind, c.Identity)
		c.Identities[name] = i
	}
	if c.NodePools == nil {
		c.NodePools = defaultNodePools()
	}
	for name, p := range c.NodePools {
		p.applyDefaults()
		c.NodePools[name] = p
	}
	for name, n := range c.Namespaces {
		def(&n.PodSecurity, Restricted)
		def(&n.CPU, 16)
		def(&n.MemoryGiB, 32)
		def(&n.Pods, 100)
		c.Namespaces[name] = n
	}
}

func (g *NodeGroup) applyDefaults() {
	def(&g.Architecture, ARM64)
	def(&g.Image, AL2023)
	if len(g.InstanceTypes) == 0 {
		g.InstanceTypes = []string{"m7g.large"}
		if g.Architecture == AMD64 {
			g.InstanceTypes = []string{"m5.large"}
		}
	}
	def(&g.Capacity, OnDemand)
	def(&g.MinSize, 2)
	def(&g.DesiredSize, g.MinSize)
	def(&g.MaxSize, g.DesiredSize+1)
	def(&g.DiskGiB, 50)
}

func (p *NodePool) applyDefaults() {
	if len(p.CapacityTypes) == 0 {
		p.CapacityTypes = []Capacity{Spot, OnDemand}
	}
	def(&p.ConsolidateAfterMinutes, 5)
	def(&p.ExpireAfterHours, 720)
	def(&p.DiskGiB, 50)
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
