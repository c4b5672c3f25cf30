package cluster

import "testing"

// The numbers are those of awslabs/amazon-eks-ami's eni-max-pods.txt, which has the pods
// of all interfaces without their first addresses, and two: a node has an interface for
// each of the first column.
func TestTheAddressesOfANodeAreThoseOfItsInterfaces(t *testing.T) {
	for name, want := range map[string]struct{ interfaces, pods, vcpus int }{
		"t3.nano":      {2, 4, 2},
		"t4g.medium":   {3, 17, 2},
		"t4g.large":    {3, 35, 2},
		"t3.xlarge":    {4, 58, 4},
		"m7g.medium":   {2, 8, 1},
		"m7g.large":    {3, 29, 2},
		"m7g.xlarge":   {4, 58, 4},
		"c5.2xlarge":   {4, 58, 8},
		"m7g.4xlarge":  {8, 234, 16},
		"m7g.12xlarge": {8, 234, 48},
		"m7g.16xlarge": {15, 737, 64},
		"c5.24xlarge":  {15, 737, 96},
		"m7g.metal":    {15, 737, 64},
	} {
		if got := want.interfaces*(perInterface(name)-1) + 2; got != want.pods {
			t.Errorf("%s: %d addresses an interface are %d pods, want %d", name, perInterface(name), got, want.pods)
		}
		if got := vCPUs(name); got != want.vcpus {
			t.Errorf("%s: %d vCPUs, want %d", name, got, want.vcpus)
		}
	}
	if got := vCPUs("c7i.metal-48xl"); got != 192 {
		t.Errorf("c7i.metal-48xl: %d vCPUs", got)
	}
}

func TestNodesHoldMoreAddressesThanTheyUse(t *testing.T) {
	c := Config{
		SystemNodes: NodeGroup{InstanceTypes: []string{"m7g.large", "m6g.large"}, MaxSize: 6},
		NodeGroups:  map[string]NodeGroup{"batch": {InstanceTypes: []string{"c7g.xlarge"}, MaxSize: 2}},
		NodePools: map[string]NodePool{
			"a": {InstanceTypes: []string{"m7g.large", "m7g.2xlarge"}, CPULimit: 1000},
			"b": {InstanceTypes: []string{"m5.2xlarge", "m5.large"}, CPULimit: 2000},
		},
	}
	if got, want := c.GroupAddresses(), (Addresses{6*20 + 2*30, 6*20 + 2*30}); got != want {
		t.Errorf("groups hold %v, want %v", got, want)
	}
	// 3000/8 nodes of 30, or 3000/2 of 20.
	if got, cpus := c.PoolAddresses(); got != (Addresses{11250, 30000}) || cpus != 3000 {
		t.Errorf("pools hold %v with %d vCPUs", got, cpus)
	}
	c.PrefixDelegation = true
	if got, _ := c.PoolAddresses(); got != (Addresses{375 * 33, 1500 * 33}) {
		t.Errorf("pools hold %v in blocks", got)
	}
}
