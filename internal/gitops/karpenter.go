package gitops

import (
	"fmt"
	"maps"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"hubspoke/estate"
	estatecluster "hubspoke/estate/cluster"
	"hubspoke/internal/awstag"
	"hubspoke/internal/subnet"
)

const karpenterGroup = "karpenter.k8s.aws"

// Karpenter's objects, as far as the bundle uses them. Its own Go types would bring
// its controllers along. The tests check ours against its published schemas.
//
//   - https://karpenter.sh/docs/concepts/nodepools/
//   - https://karpenter.sh/docs/concepts/nodeclasses/
type (
	nodePool struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              nodePoolSpec `json:"spec"`
	}
	nodePoolSpec struct {
		Template   nodeClaimTemplate `json:"template"`
		Limits     map[string]string `json:"limits"`
		Disruption disruption        `json:"disruption"`
		Weight     int               `json:"weight,omitempty"`
	}
	nodeClaimTemplate struct {
		Spec nodeClaimSpec `json:"spec"`
	}
	nodeClaimSpec struct {
		NodeClassRef nodeClassRef  `json:"nodeClassRef"`
		Requirements []requirement `json:"requirements"`
		ExpireAfter  string        `json:"expireAfter"`
	}
	nodeClassRef struct {
		Group string `json:"group"`
		Kind  string `json:"kind"`
		Name  string `json:"name"`
	}
	requirement struct {
		Key      string   `json:"key"`
		Operator string   `json:"operator"`
		Values   []string `json:"values"`
	}
	disruption struct {
		ConsolidationPolicy string   `json:"consolidationPolicy"`
		ConsolidateAfter    string   `json:"consolidateAfter"`
		Budgets             []budget `json:"budgets"`
	}
	budget struct {
		Nodes string `json:"nodes"`
	}

	nodeClass struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              nodeClassSpec `json:"spec"`
	}
	nodeClassSpec struct {
		Role                       string               `json:"role,omitempty"`
		InstanceProfile            string               `json:"instanceProfile,omitempty"`
		AMISelectorTerms           []selectorTerm       `json:"amiSelectorTerms"`
		SubnetSelectorTerms        []selectorTerm       `json:"subnetSelectorTerms"`
		SecurityGroupSelectorTerms []selectorTerm       `json:"securityGroupSelectorTerms"`
		AssociatePublicIPAddress   bool                 `json:"associatePublicIPAddress"`
		BlockDeviceMappings        []blockDeviceMapping `json:"blockDeviceMappings"`
		MetadataOptions            metadataOptions      `json:"metadataOptions"`
		Kubelet                    *kubelet             `json:"kubelet,omitempty"`
		Tags                       map[string]string    `json:"tags"`
	}
	selectorTerm struct {
		Alias string            `json:"alias,omitempty"`
		ID    string            `json:"id,omitempty"`
		Tags  map[string]string `json:"tags,omitempty"`
	}
	blockDeviceMapping struct {
		DeviceName string `json:"deviceName"`
		RootVolume bool   `json:"rootVolume"`
		EBS        volume `json:"ebs"`
	}
	volume struct {
		VolumeType          string `json:"volumeType"`
		VolumeSize          string `json:"volumeSize"`
		Encrypted           bool   `json:"encrypted"`
		DeleteOnTermination bool   `json:"deleteOnTermination"`
	}
	metadataOptions struct {
		HTTPEndpoint            string `json:"httpEndpoint"`
		HTTPProtocolIPv6        string `json:"httpProtocolIPv6"`
		HTTPPutResponseHopLimit int    `json:"httpPutResponseHopLimit"`
		HTTPTokens              string `json:"httpTokens"`
	}
	kubelet struct {
		MaxPods int `json:"maxPods"`
	}
)

// nodePools are the cluster's node pools, each with a node class of its name.
func (c cluster) nodePools() []object {
	var objects []object
	for _, name := range slices.Sorted(maps.Keys(c.NodePools)) {
		objects = append(objects, c.nodeClass(name), c.nodePool(name))
	}
	return objects
}

func (c cluster) nodePool(name string) *nodePool {
	pool := c.NodePools[name]
	limits := map[string]string{"cpu": fmt.Sprint(pool.CPULimit)}
	if pool.MemoryLimitGiB > 0 {
		limits["memory"] = fmt.Sprintf("%dGi", pool.MemoryLimitGiB)
	}
	return &nodePool{
		TypeMeta:   metav1.TypeMeta{APIVersion: "karpenter.sh/v1", Kind: "NodePool"},
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: nodePoolSpec{
			Template: nodeClaimTemplate{Spec: nodeClaimSpec{
				NodeClassRef: nodeClassRef{Group: karpenterGroup, Kind: "EC2NodeClass", Name: name},
				Requirements: []requirement{
					in("kubernetes.io/arch", pool.Architecture),
					in("kubernetes.io/os", "linux"),
					// Of what a pod allows, Karpenter takes spot first, and on-demand where EC2 has
					// no spot capacity.
					in("karpenter.sh/capacity-type", pool.CapacityTypes...),
					in("node.kubernetes.io/instance-type", pool.InstanceTypes...),
				},
				ExpireAfter: fmt.Sprintf("%dh", pool.ExpireAfterHours),
			}},
			Limits: limits,
			Disruption: disruption{
				ConsolidationPolicy: "WhenEmptyOrUnderutilized",
				ConsolidateAfter:    fmt.Sprintf("%dm", pool.ConsolidateAfterMinutes),
				Budgets:             []budget{{Nodes: "10%"}},
			},
			Weight: pool.Weight,
		},
	}
}

func in[S ~string](key string, values ...S) requirement {
	r := requirement{Key: key, Operator: "In"}
	for _, v := range values {
		r.Values = append(r.Values, string(v))
	}
	return r
}

// discovery selects by the tag that subnets and groups of the estate's making have.
func (c cluster) discovery() selectorTerm {
	return selectorTerm{Tags: map[string]string{awstag.Discovery: c.name}}
}

// nodeSubnets selects the private subnets: those of the estate's making by their tag,
// and by their ids those that were there before, which have no tags of its.
func (c cluster) nodeSubnets() []selectorTerm {
	var terms []selectorTerm
	ids, all := c.estate.Given(c.spoke.Name, subnet.Private)
	if !all {
		terms = append(terms, c.discovery())
	}
	for _, id := range ids {
		terms = append(terms, selectorTerm{ID: id})
	}
	return terms
}

func (c cluster) nodeClass(name string) *nodeClass {
	tags := c.tags("karpenter")
	tags["Name"] = c.name + "-" + name
	// The EBS CSI driver may attach volumes only to instances of its own cluster:
	// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEBSCSIDriverEKSClusterScopedPolicy.html
	tags["ebs.csi.aws.com/cluster-name"] = c.name
	class := &nodeClass{
		TypeMeta:   metav1.TypeMeta{APIVersion: karpenterGroup + "/v1", Kind: "EC2NodeClass"},
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: nodeClassSpec{
			Role:                       c.estate.NodeRole(c.spoke.Name),
			AMISelectorTerms:           []selectorTerm{{Alias: string(estatecluster.AL2023) + "@" + c.NodeImageRelease}},
			SubnetSelectorTerms:        c.nodeSubnets(),
			SecurityGroupSelectorTerms: []selectorTerm{c.discovery()},
			BlockDeviceMappings: []blockDeviceMapping{{
				DeviceName: "/dev/xvda", RootVolume: true,
				EBS: volume{
					VolumeType: "gp3", VolumeSize: fmt.Sprintf("%dGi", c.NodePools[name].DiskGiB),
					Encrypted: true, DeleteOnTermination: true,
				},
			}},
			// One hop, so that the node's credentials stay the node's.
			MetadataOptions: metadataOptions{
				HTTPEndpoint: "enabled", HTTPProtocolIPv6: "disabled", HTTPPutResponseHopLimit: 1, HTTPTokens: "required",
			},
			Tags: tags,
		},
	}
	if c.spoke.Network.NAT == estate.NATNone {
		// From a role Karpenter makes an instance profile, by way of IAM, which has no
		// endpoint in a VPC:
		// https://karpenter.sh/docs/concepts/nodeclasses/#specinstanceprofile
		class.Spec.Role, class.Spec.InstanceProfile = "", c.estate.NodeRole(c.spoke.Name)
	}
	if c.PrefixDelegation {
		// Karpenter counts addresses, not prefixes. This is what AWS recommends for nodes
		// with less than 30 vCPUs:
		// https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html#determine-max-pods
		class.Spec.Kubelet = &kubelet{MaxPods: 110}
	}
	return class
}
