package cluster

import (
	"fmt"
	"maps"
	"slices"

	"hubspoke/internal/yamldoc"
)

// SampleWorkload is a part of the sample application, by what it takes of a cluster.
type SampleWorkload struct {
	Name string
	// Architectures are those of the nodes that it runs on: it takes the first that there are.
	Architectures []Architecture
	// MilliCPU and MemoryMiB are what each of its pods requests.
	MilliCPU, MemoryMiB int
	// Least and Most are numbers of pods, between which load decides.
	Least, Most int
}

// SampleSurge is how many pods of a workload there may be beyond the most while a new
// version comes.
const SampleSurge = 1

// The workloads of the sample application: each of the three ways to choose an
// architecture once.
var (
	SampleBackend  = SampleWorkload{Name: "backend", Architectures: []Architecture{ARM64}, MilliCPU: 100, MemoryMiB: 128, Least: 2, Most: 6}
	SampleFrontend = SampleWorkload{Name: "frontend", Architectures: []Architecture{AMD64}, MilliCPU: 50, MemoryMiB: 64, Least: 2, Most: 6}
	SampleWorker   = SampleWorkload{Name: "worker", Architectures: []Architecture{ARM64, AMD64}, MilliCPU: 250, MemoryMiB: 256, Least: 1, Most: 4}
)

// validateSamples refuses a sample application whose pods could not all be created, or
// would wait for nodes that nobody launches.
func (c *Config) validateSamples(s yamldoc.Section) {
	workloads := []SampleWorkload{SampleBackend, SampleFrontend, SampleWorker}
	milliCPU, memoryMiB, pods := 0, 0, 0
	for _, w := range workloads {
		most := w.Most + SampleSurge
		milliCPU, memoryMiB, pods = milliCPU+most*w.MilliCPU, memoryMiB+most*w.MemoryMiB, pods+most
	}
	for _, name := range slices.Sorted(maps.Keys(c.Namespaces)) {
		n, at := c.Namespaces[name], s.Key("namespaces", name)
		if !n.Sample {
			continue
		}
		for _, quota := range []struct {
			key        string
			have, want int
			need       string
		}{
			{"cpu", n.CPU, up(milliCPU, 1000), fmt.Sprintf("%d mCPU", milliCPU)},
			{"memory_gib", n.MemoryGiB, up(memoryMiB, 1024), fmt.Sprintf("%d MiB", memoryMiB)},
			{"pods", n.Pods, pods, fmt.Sprintf("%d pods", pods)},
		} {
			if key := at.Key(quota.key); quota.have < quota.want && !key.Broken() {
				key.Errorf("%d is too little for the sample application, which grows to %s: give the namespace %d or more", quota.have, quota.need, quota.want)
			}
		}
		c.validateSampleNodes(s, at.Key("sample"), workloads)
	}
}

func (c *Config) validateSampleNodes(s, at yamldoc.Section, workloads []SampleWorkload) {
	if s.Key("node_pools").Incomplete() {
		return
	}
	for _, w := range workloads {
		if !slices.ContainsFunc(slices.Collect(maps.Values(c.NodePools)), func(p NodePool) bool { return slices.Contains(w.Architectures, p.Architecture) }) {
			at.Errorf("the %s of the sample application runs on %s, and no node pool has that architecture", w.Name, w.Architectures[0])
		}
	}
}

// up is how many units there are, a begun one counted in.
func up(n, unit int) int { return (n + unit - 1) / unit }
