package eks

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawseksaddonversion"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/eksaddon"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/tf"
)

// The EKS add-ons that a cluster has, by EKS's names.
const (
	CoreDNS          = "coredns"
	EBSCSIDriver     = "aws-ebs-csi-driver"
	GuardDutyAgent   = "aws-guardduty-agent"
	KubeProxy        = "kube-proxy"
	MetricsServer    = "metrics-server"
	PodIdentityAgent = "eks-pod-identity-agent"
	SecretsStore     = "aws-secrets-store-csi-driver-provider"
	VPCCNI           = "vpc-cni"
)

// AddOns are the options of the cluster's add-ons.
type AddOns struct {
	// Versions pins add-ons to a version, by name. The others have EKS's default for the cluster's version, which Terraform asks for in each plan: so they move with the cluster, and never unseen.
	Versions map[string]string
	// Identities are the roles of the add-ons that have one, by name: VPCCNI and EBSCSIDriver.
	Identities map[string]Identity
	// PrefixDelegation gives nodes their pods' addresses in blocks of 16.
	PrefixDelegation bool
	// NameServers are those that CoreDNS asks for names outside of the cluster, in this order: the next one if one fails. Without any, it chooses at random among those that the VPC's DHCP options give the nodes.
	NameServers []string
	// IgnoreNetworkPolicies leaves network policies to somebody else.
	IgnoreNetworkPolicies bool
	// GuardDuty adds the agent of GuardDuty's runtime monitoring.
	GuardDuty bool
	// Secrets adds the Secrets Store CSI driver with AWS's provider. It has no role: it reads secrets with those of the pods that mount them.
	Secrets bool
}

// Identity is how an add-on gets its role.
type Identity struct {
	// RoleARN is the role's ARN.
	RoleARN *string
	// PodIdentity names the service account that EKS associates with the role. If it is empty, the service account is annotated with the role, which is IRSA.
	PodIdentity string
}

// tolerate lets pods onto the nodes that have CriticalAddOns, which are the only
// ones before Karpenter makes others. metrics-server would not go there by itself.
var tolerate = []map[string]string{{"key": CriticalAddOns.Key, "operator": "Exists"}}

// AddOnsForNodes makes the add-ons without which nodes do not become ready. Call it
// before AddNodes.
//
// The VPC CNI runs with the pod identity agent on each node, and asks it for
// credentials until it has them; both share the node's network and so do not wait
// for each other.
//
//   - https://docs.aws.amazon.com/eks/latest/userguide/workloads-add-ons-available-eks.html
//   - https://docs.aws.amazon.com/eks/latest/userguide/add-ons-iam.html
func (c *Cluster) AddOnsForNodes(a AddOns) error {
	for _, name := range tf.Keys(a.Versions) {
		switch name {
		case CoreDNS, EBSCSIDriver, GuardDutyAgent, KubeProxy, MetricsServer, PodIdentityAgent, SecretsStore, VPCCNI:
		default:
			return fmt.Errorf("cluster %s: it has no add-on %s whose version could be pinned", c.Config.Name, name)
		}
	}
	agent := c.addOn(a, PodIdentityAgent, nil)
	c.early = append(c.early, agent, c.addOn(a, KubeProxy, nil), c.addOn(a, VPCCNI, a.vpcCNI(), agent))
	return nil
}

// AddOnsOnNodes makes the add-ons that are only healthy once they run on a node.
// Call it after AddNodes.
func (c *Cluster) AddOnsOnNodes(a AddOns) error {
	c.addOn(a, CoreDNS, a.coreDNS(), c.nodes)
	c.addOn(a, EBSCSIDriver, map[string]any{"controller": map[string]any{"tolerations": tolerate}}, c.nodes)
	c.addOn(a, MetricsServer, map[string]any{"tolerations": tolerate}, c.nodes)
	if a.Secrets {
		// https://docs.aws.amazon.com/secretsmanager/latest/userguide/ascp-eks-installation.html
		c.addOn(a, SecretsStore, nil, c.nodes)
	}
	if !a.GuardDuty {
		return nil
	}
	endpoint, err := c.guardDutyEndpoint()
	if err != nil {
		return err
	}
	c.addOn(a, GuardDutyAgent, nil, endpoint, c.nodes)
	return nil
}

// vpcCNI is the configuration of the VPC CNI. Truth is text in its schema:
//
//   - https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy-configure.html
//   - https://docs.aws.amazon.com/eks/latest/userguide/cni-increase-ip-addresses-procedure.html
func (a AddOns) vpcCNI() map[string]any {
	configuration := map[string]any{}
	if !a.IgnoreNetworkPolicies {
		configuration["enableNetworkPolicy"] = "true"
	}
	if a.PrefixDelegation {
		configuration["env"] = map[string]string{"ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1"}
	}
	return configuration
}

// VPCResolver is the address of the VPC's own resolver, which is the same in every VPC:
// https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html
const VPCResolver = "169.254.169.253"

// coreDNS is the configuration of CoreDNS. A Corefile replaces the add-on's whole own
// one, which is this one but for its line `forward . /etc/resolv.conf`:
//
//   - https://aws.amazon.com/blogs/containers/recent-changes-to-the-coredns-add-on/
//   - https://coredns.io/plugins/forward/
func (a AddOns) coreDNS() map[string]any {
	configuration := map[string]any{"tolerations": tolerate}
	if len(a.NameServers) > 0 {
		configuration["corefile"] = fmt.Sprintf(corefile, strings.Join(a.NameServers, " "))
	}
	return configuration
}

const corefile = `.:53 {
    errors
    health {
        lameduck 5s
    }
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
        pods insecure
        fallthrough in-addr.arpa ip6.arpa
    }
    prometheus :9153
    forward . %s {
        policy sequential
    }
    cache 30
    loop
    reload
    loadbalance
}
`

// leastEBSCSI is the first minor version 1.x of the EBS CSI driver that tags volumes with
// the cluster's name, by which its role's policy knows them:
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEBSCSIDriverEKSClusterScopedPolicy.html
const leastEBSCSI = 58

// version is the pinned version of an add-on, or what `data.aws_eks_addon_version.<name>`
// says. EKS itself leaves add-ons as they are when the cluster gets another version:
// https://docs.aws.amazon.com/eks/latest/userguide/updating-an-add-on.html
func (c *Cluster) version(a AddOns, name string) *string {
	if pinned := a.Versions[name]; pinned != "" {
		return &pinned
	}
	config := &dataawseksaddonversion.DataAwsEksAddonVersionConfig{
		AddonName:         tf.String(name),
		KubernetesVersion: tf.String(c.Config.Version),
	}
	if name == EBSCSIDriver {
		config.Lifecycle = &cdktf.TerraformResourceLifecycle{Postcondition: &[]*cdktf.Postcondition{{
			Condition: tf.String(fmt.Sprintf(`${tonumber(try(regex("^v1[.]([0-9]+)[.]", self.version)[0], %d)) >= %[1]d}`, leastEBSCSI)),
			ErrorMessage: tf.String(fmt.Sprintf("EKS's default version of %s for Kubernetes %s does not tag volumes with the cluster's name, which its role asks for: pin v1.%d or later under add_on_versions.",
				name, c.Config.Version, leastEBSCSI)),
		}}}
	}
	address := tf.Name(name)
	return tf.Named(address, dataawseksaddonversion.NewDataAwsEksAddonVersion(c.scope, tf.ID("data.aws_eks_addon_version", address), config)).Version()
}

// addOn makes the add-on `aws_eks_addon.<name>`. What somebody changed about it by
// hand, the next change from here undoes.
func (c *Cluster) addOn(a AddOns, name string, configuration map[string]any, after ...cdktf.ITerraformDependable) eksaddon.EksAddon {
	config := &eksaddon.EksAddonConfig{
		ClusterName:              c.Name,
		AddonName:                tf.String(name),
		AddonVersion:             c.version(a, name),
		ResolveConflictsOnCreate: jsii.String("OVERWRITE"),
		ResolveConflictsOnUpdate: jsii.String("OVERWRITE"),
		Tags:                     tf.Tags(c.Config.Name + "-" + name),
		DependsOn:                tf.DependsOn(after...),
	}
	if len(configuration) > 0 {
		text, err := json.Marshal(configuration)
		if err != nil {
			panic(err) // strings, lists and maps of strings always encode
		}
		config.ConfigurationValues = tf.String(string(text))
	}
	switch identity := a.Identities[name]; {
	case identity.PodIdentity != "":
		config.PodIdentityAssociation = []eksaddon.EksAddonPodIdentityAssociation{{
			RoleArn: identity.RoleARN, ServiceAccount: tf.String(identity.PodIdentity),
		}}
	case identity.RoleARN != nil:
		config.ServiceAccountRoleArn = identity.RoleARN
	}
	address := tf.Name(name)
	return tf.Named(address, eksaddon.NewEksAddon(c.scope, tf.ID("aws_eks_addon", address), config))
}
