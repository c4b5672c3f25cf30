package eks

import (
	"fmt"

	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/eksnodegroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/launchtemplate"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/tf"
)

// maxNodeGroupPrefix is what the 63 characters of a node group's name leave when
// Terraform adds its 26:
// https://registry.terraform.io/providers/hashicorp/aws/latest/docs/resources/eks_node_group
const maxNodeGroupPrefix = 37

// NodeGroup describes a managed node group.
type NodeGroup struct {
	// Name is the group's name, which all its nodes have in the label `node-group`.
	Name string
	// Image is `al2023` or `bottlerocket`, Architecture `arm64` or `amd64`.
	Image, Architecture string
	// InstanceTypes are what EC2 chooses from, all of that architecture; unless it is spot capacity, in this order.
	InstanceTypes []string
	// Spot takes spare capacity, which EC2 may take back within two minutes.
	Spot bool
	// MinSize, DesiredSize and MaxSize are numbers of nodes. DesiredSize only matters at first.
	MinSize, DesiredSize, MaxSize int
	// DiskGiB is the size of the volume that holds images and pods' files.
	DiskGiB int
	// Labels are the nodes' Kubernetes labels.
	Labels map[string]string
	// Taints keep pods away that do not tolerate them.
	Taints []Taint
}

// Taint is a Kubernetes taint.
type Taint struct {
	// Key and Value are what a toleration names.
	Key, Value string
	// Effect is `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
	Effect string
}

// CriticalAddOns is the taint of nodes that only pods run on which the cluster
// itself needs. Those tolerate it as EKS delivers them, or are told to below.
var CriticalAddOns = Taint{Key: "CriticalAddonsOnly", Value: "true", Effect: "NoSchedule"}

// effects are EKS's names for Kubernetes's:
// https://docs.aws.amazon.com/eks/latest/userguide/node-taints-managed-node-groups.html
var effects = map[string]string{
	"NoSchedule":       "NO_SCHEDULE",
	"PreferNoSchedule": "PREFER_NO_SCHEDULE",
	"NoExecute":        "NO_EXECUTE",
}

// images are EKS's names for images and their architecture:
// https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html
var images = map[[2]string]string{
	{"al2023", "arm64"}:       "AL2023_ARM_64_STANDARD",
	{"al2023", "amd64"}:       "AL2023_x86_64_STANDARD",
	{"bottlerocket", "arm64"}: "BOTTLEROCKET_ARM_64",
	{"bottlerocket", "amd64"}: "BOTTLEROCKET_x86_64",
}

// AddNodes makes the node group `aws_eks_node_group.<name>` and its launch template.
// It waits for the add-ons without which nodes do not become ready. The first
// group is the one that add-ons in turn wait for.
//
// Most settings of a group cannot be changed. Its replacement is there before its
// nodes go, and so cannot have the same name: the name that EKS shows ends in
// what Terraform adds.
//
// https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
func (c *Cluster) AddNodes(config NodeGroup) error {
	image, ok := images[[2]string{config.Image, config.Architecture}]
	if !ok {
		return fmt.Errorf("node group %s: no image %s for %s", config.Name, config.Image, config.Architecture)
	}
	if len(config.Name)+1 > maxNodeGroupPrefix {
		return fmt.Errorf("node group %s: a name has %d characters at most", config.Name, maxNodeGroupPrefix-1)
	}
	taints, err := config.taints()
	if err != nil {
		return err
	}
	name := tf.Name(config.Name)
	template := c.launchTemplate(name, config)
	capacity := "ON_DEMAND"
	if config.Spot {
		capacity = "SPOT"
	}
	group := tf.Named(name, eksnodegroup.NewEksNodeGroup(c.scope, tf.ID("aws_eks_node_group", name), &eksnodegroup.EksNodeGroupConfig{
		ClusterName:         c.Name,
		NodeGroupNamePrefix: tf.String(config.Name + "-"),
		NodeRoleArn:         c.nodeRole.ARN,
		SubnetIds:           tf.Tokens(c.Config.NodeSubnetIDs...),
		Version:             tf.String(c.Config.Version),
		AmiType:             tf.String(image),
		InstanceTypes:       tf.Strings(config.InstanceTypes...),
		CapacityType:        tf.String(capacity),
		LaunchTemplate: &eksnodegroup.EksNodeGroupLaunchTemplate{
			Id: template.Id(), Version: cdktf.Token_AsString(template.LatestVersion(), nil),
		},
		ScalingConfig: &eksnodegroup.EksNodeGroupScalingConfig{
			MinSize: tf.Number(config.MinSize), DesiredSize: tf.Number(config.DesiredSize), MaxSize: tf.Number(config.MaxSize),
		},
		UpdateConfig: &eksnodegroup.EksNodeGroupUpdateConfig{MaxUnavailablePercentage: tf.Number(33)},
		Labels:       config.labels(),
		Taint:        taints,
		Tags:         tf.Tags(c.Config.Name + "-" + config.Name),
		DependsOn:    tf.DependsOn(append(c.nodeRole.policies, c.early...)...),
		Lifecycle: &cdktf.TerraformResourceLifecycle{
			CreateBeforeDestroy: tf.Bool(true),
			// Autoscaling moves it.
			IgnoreChanges: tf.Strings("scaling_config[0].desired_size"),
		},
	}))
	if c.nodes == nil {
		c.nodes = group
	}
	return nil
}

// labels have the group's own name among them, since the label that EKS puts on
// nodes changes with every replacement of the group.
func (n NodeGroup) labels() *map[string]*string {
	labels := map[string]*string{"node-group": &n.Name}
	for key, value := range n.Labels {
		labels[key] = &value
	}
	return &labels
}

func (n NodeGroup) taints() ([]eksnodegroup.EksNodeGroupTaint, error) {
	var taints []eksnodegroup.EksNodeGroupTaint
	for _, t := range n.Taints {
		effect, ok := effects[t.Effect]
		if !ok {
			return nil, fmt.Errorf("node group %s: taint %s: no effect %q", n.Name, t.Key, t.Effect)
		}
		taints = append(taints, eksnodegroup.EksNodeGroupTaint{
			Key: tf.String(t.Key), Value: tf.String(t.Value), Effect: tf.String(effect),
		})
	}
	return taints, nil
}

// launchTemplate leaves the image to EKS, which replaces it with each version, and
// with the image the user data and how many pods fit.
//
// Pods cannot reach the instance's metadata, and so not the credentials of the
// node's role: the answer may take one hop, and a pod's network is a second. Pod
// identity and IRSA need no metadata; the agents that do share the node's network.
// The EBS CSI driver then asks the Kubernetes API.
//
//   - https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
//   - https://docs.aws.amazon.com/eks/latest/best-practices/identity-and-access-management.html
func (c *Cluster) launchTemplate(name string, config NodeGroup) launchtemplate.LaunchTemplate {
	title := c.Config.Name + "-" + config.Name
	return tf.Named(name, launchtemplate.NewLaunchTemplate(c.scope, tf.ID("aws_launch_template", name), &launchtemplate.LaunchTemplateConfig{
		Name:                 tf.String(title),
		UpdateDefaultVersion: true,
		MetadataOptions: &launchtemplate.LaunchTemplateMetadataOptions{
			HttpEndpoint:            jsii.String("enabled"),
			HttpTokens:              jsii.String("required"),
			HttpPutResponseHopLimit: tf.Number(1),
		},
		BlockDeviceMappings: config.volumes(),
		VpcSecurityGroupIds: tf.Tokens(append([]*string{c.Nodes.ID}, c.Config.NodeGroupIDs...)...),
		TagSpecifications: []launchtemplate.LaunchTemplateTagSpecifications{
			{ResourceType: jsii.String("instance"), Tags: tf.Tags(title, c.Config.Tags)},
			{ResourceType: jsii.String("volume"), Tags: tf.Tags(title, c.Config.Tags)},
			{ResourceType: jsii.String("network-interface"), Tags: tf.Tags(title, c.Config.Tags)},
		},
		Tags: tf.Tags(title),
	}))
}

// volumes are the root volume and, where the image has one, the volume that holds
// what changes. Bottlerocket's root volume is read-only and as large as its image:
// https://bottlerocket.dev/en/os/latest/concepts/restricted-filesystem/
func (n NodeGroup) volumes() []launchtemplate.LaunchTemplateBlockDeviceMappings {
	if n.Image == "bottlerocket" {
		return []launchtemplate.LaunchTemplateBlockDeviceMappings{volume("/dev/xvda", 0), volume("/dev/xvdb", n.DiskGiB)}
	}
	return []launchtemplate.LaunchTemplateBlockDeviceMappings{volume("/dev/xvda", n.DiskGiB)}
}

func volume(device string, size int) launchtemplate.LaunchTemplateBlockDeviceMappings {
	ebs := &launchtemplate.LaunchTemplateBlockDeviceMappingsEbs{
		Encrypted:           jsii.String("true"),
		VolumeType:          jsii.String("gp3"),
		DeleteOnTermination: jsii.String("true"),
	}
	if size > 0 {
		ebs.VolumeSize = tf.Number(size)
	}
	return launchtemplate.LaunchTemplateBlockDeviceMappings{DeviceName: tf.String(device), Ebs: ebs}
}
