// Package eks makes EKS clusters: the control plane in private subnets, its key
// and log group, the security groups between control plane and nodes, managed
// node groups, EKS add-ons, and the access entries that say who may use the
// Kubernetes API.
//
// The API has a private endpoint; a public one only for named ranges. Who creates
// the cluster gets no access by that. Nodes are not reachable by SSH or Session
// Manager: `kubectl debug node` is the way in, for those whom an access entry
// admits. It makes no objects inside the cluster, since a plan cannot know what
// does not exist yet, and neither roles of workloads nor anything of Karpenter's
// but the role of its nodes.
//
// The cluster is hard to lose. EKS has a deletion protection of its own, which the
// pinned provider does not know yet.
//
// https://docs.aws.amazon.com/eks/latest/userguide/clusters.html
package eks

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ekscluster"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicyattachment"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/key"
	"hubspoke/constructs/loggroup"
	"hubspoke/constructs/savedquery"
	"hubspoke/constructs/securitygroup"
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// minSubnets is how many EKS wants, in different zones:
// https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
const minSubnets = 2

// logTypes are all that the control plane can write. The audit log says who did
// what, authenticator which role became which user:
// https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
var logTypes = []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}

// Config describes a cluster.
type Config struct {
	// Name is the cluster's name.
	Name string
	// Version is the Kubernetes version of control plane and managed nodes, `1.35`.
	Version string
	// Account is the cluster's own.
	Account arn.Account
	// VPCID is the VPC of all subnets.
	VPCID *string
	// ControlPlaneSubnetIDs are where EKS puts the control plane's interfaces: private subnets in two zones or more. EKS takes other subnets later, but no other zones, neither more nor fewer.
	ControlPlaneSubnetIDs []*string
	// NodeSubnetIDs are where the managed nodes are, private too, in any zones. Others replace every node group.
	NodeSubnetIDs []*string
	// ServiceCIDR is the range of the addresses of Services, which exist in the cluster alone, `172.20.0.0/16`. It cannot be changed.
	ServiceCIDR netip.Prefix
	// PublicAccess are the ranges that may reach the API from the internet. Default: none, and no public endpoint.
	PublicAccess []netip.Prefix
	// Clients are ranges outside the cluster that may reach the private endpoint, by name.
	Clients map[string]netip.Prefix
	// Egress are the ranges that nodes may reach. Their VPC is among them, or they reach neither the API nor each other. Default: everything.
	Egress []netip.Prefix
	// Role and NodeRole are the names of the roles of the cluster and of its managed nodes.
	Role, NodeRole string
	// Pull says which images nodes pull beside those of their own account and of EKS.
	Pull Pull
	// Sessions lets people open shells on managed nodes. Default: nobody can.
	Sessions *Sessions
	// Mesh says that istiod runs in the cluster, whose webhooks the control plane calls.
	Mesh bool
	// ControlPlane and Nodes are security groups that are made elsewhere, with all their rules. Default: the cluster makes its own.
	ControlPlane, Nodes *securitygroup.Group
	// NodeGroupIDs are security groups that managed nodes have beside the cluster's own group of nodes.
	NodeGroupIDs []*string
	// KeyAlias is the alias of the key that encrypts the Kubernetes API's data and the logs.
	KeyAlias string
	// LogGroup is where EKS writes the control plane's logs, `/aws/eks/<name>/cluster`. RetentionDays is how long they are kept.
	LogGroup      string
	RetentionDays int
	// Tags are put on instances and volumes, which the provider's default tags do not reach.
	Tags map[string]string
}

// Cluster is what the construct made. Its methods make what belongs to it.
type Cluster struct {
	// Config is what the cluster was made from.
	Config Config
	// Name is the cluster's name, for resources that must wait for it.
	Name *string
	// ARN and Endpoint are the cluster's and its API's.
	ARN, Endpoint *string
	// CertificateAuthority is the certificate by which clients know the API, in base64.
	CertificateAuthority *string
	// IssuerURL is the cluster's OpenID Connect issuer, `https://…`.
	IssuerURL *string
	// ControlPlane and Nodes are the security groups of the two sides.
	ControlPlane, Nodes *securitygroup.Group

	scope    constructs.Construct
	id       string
	provider *string
	nodeRole *NodeRole
	// early are the add-ons that nodes wait for, and nodes the group that other add-ons wait for.
	early []cdktf.ITerraformDependable
	nodes cdktf.ITerraformDependable
}

// New makes the cluster `aws_eks_cluster.<id>` with its key, log group, role and
// security groups, but no nodes yet.
func New(scope constructs.Construct, id string, config Config) (*Cluster, error) {
	if config.Name == "" || config.Version == "" || config.VPCID == nil || !config.ServiceCIDR.IsValid() || !config.Account.Complete() {
		return nil, fmt.Errorf("cluster %q: want a name, a version, a VPC, a range of services and an account", config.Name)
	}
	if n := len(config.ControlPlaneSubnetIDs); n < minSubnets {
		return nil, fmt.Errorf("cluster %s: %d subnets of the control plane, and EKS wants %d in different zones", config.Name, n, minSubnets)
	}
	if len(config.NodeSubnetIDs) == 0 {
		return nil, fmt.Errorf("cluster %s: want subnets of the nodes", config.Name)
	}
	encryption, err := config.key(scope, id)
	if err != nil {
		return nil, err
	}
	logs, err := loggroup.New(scope, id, loggroup.Config{Name: config.LogGroup, RetentionDays: config.RetentionDays, KeyARN: encryption.ARN})
	if err != nil {
		return nil, err
	}
	if _, err := savedquery.New(scope, id, savedquery.Config{Folder: config.Name + "/audit", LogGroup: logs.Name, Queries: queries}); err != nil {
		return nil, err
	}
	role, policies := config.role(scope, id)
	c := &Cluster{Config: config, scope: scope, id: id}
	if err := c.groups(); err != nil {
		return nil, err
	}
	// Without its permissions the control plane can make no interfaces, and can leave
	// some behind; a log group that it finds missing it would make itself, without key
	// and retention.
	c.controlPlane(role, encryption, policies, logs.Resource)
	c.nodeRole, err = NewNodeRole(scope, "managed_nodes", NodeRoleConfig{
		Name: config.NodeRole, Description: "Managed nodes of " + config.Name, Account: config.Account, Pull: config.Pull, Sessions: config.Sessions,
	})
	if err != nil {
		return nil, err
	}
	return c, nil
}

// controlPlane makes the cluster itself.
func (c *Cluster) controlPlane(role iamrole.IamRole, encryption *key.Key, after ...cdktf.ITerraformDependable) {
	cluster := tf.Named(c.id, ekscluster.NewEksCluster(c.scope, tf.ID("aws_eks_cluster", c.id), &ekscluster.EksClusterConfig{
		Name:    tf.String(c.Config.Name),
		Version: tf.String(c.Config.Version),
		RoleArn: role.Arn(),
		AccessConfig: &ekscluster.EksClusterAccessConfig{
			AuthenticationMode:                      jsii.String("API"),
			BootstrapClusterCreatorAdminPermissions: false,
		},
		VpcConfig: c.Config.vpc(c.ControlPlane),
		KubernetesNetworkConfig: &ekscluster.EksClusterKubernetesNetworkConfig{
			ServiceIpv4Cidr: tf.CIDR(c.Config.ServiceCIDR),
		},
		EncryptionConfig: &ekscluster.EksClusterEncryptionConfig{
			Provider:  &ekscluster.EksClusterEncryptionConfigProvider{KeyArn: encryption.ARN},
			Resources: tf.Strings("secrets"),
		},
		EnabledClusterLogTypes: tf.Strings(logTypes...),
		// The add-ons below take the place of those that EKS would put in unmanaged.
		BootstrapSelfManagedAddons: false,
		// A new version is a change like any other, that somebody reviews. The other
		// policy lets EKS upgrade the control plane at the end of standard support;
		// with this one, EKS asks six times the price from then on, for a year:
		// https://docs.aws.amazon.com/eks/latest/userguide/view-upgrade-policy.html
		UpgradePolicy: &ekscluster.EksClusterUpgradePolicy{SupportType: jsii.String("EXTENDED")},
		Tags:          tf.Tags(c.Config.Name),
		DependsOn:     tf.DependsOn(after...),
		Lifecycle:     tf.HardToLose(),
	}))
	c.Name, c.ARN, c.Endpoint = cluster.Name(), cluster.Arn(), cluster.Endpoint()
	c.CertificateAuthority = cluster.CertificateAuthority().Get(jsii.Number(0)).Data()
	c.IssuerURL = cluster.Identity().Get(jsii.Number(0)).Oidc().Get(jsii.Number(0)).Issuer()
}

// vpc says where the API answers. Nodes and clients in the VPC use the private
// endpoint in any case, whose name resolves to the control plane's interfaces:
// https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
func (c Config) vpc(group *securitygroup.Group) *ekscluster.EksClusterVpcConfig {
	config := &ekscluster.EksClusterVpcConfig{
		SubnetIds:             tf.Tokens(c.ControlPlaneSubnetIDs...),
		SecurityGroupIds:      tf.Tokens(group.ID),
		EndpointPrivateAccess: true,
		EndpointPublicAccess:  len(c.PublicAccess) > 0,
	}
	if len(c.PublicAccess) > 0 {
		var ranges []string
		for _, p := range c.PublicAccess {
			ranges = append(ranges, p.String())
		}
		config.PublicAccessCidrs = set(ranges)
	}
	return config
}

// key makes the key of the API's data and of the logs. EKS uses it through a grant
// that whoever creates the cluster makes; CloudWatch Logs must be admitted.
// https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html
func (c Config) key(scope constructs.Construct, id string) (*key.Key, error) {
	return key.New(scope, id, key.Config{
		Alias:       c.KeyAlias,
		Description: "Kubernetes API data and control plane logs of " + c.Name,
		Account:     c.Account,
		Statements:  []policy.Statement{loggroup.KeyStatement("ControlPlaneLogs", c.Account, c.LogGroup)},
	})
}

// role is what EKS acts with in the account. No other cluster can make it do so:
//
//   - https://docs.aws.amazon.com/eks/latest/userguide/cluster-iam-role.html
//   - https://docs.aws.amazon.com/eks/latest/userguide/cross-service-confused-deputy-prevention.html
func (c Config) role(scope constructs.Construct, id string) (iamrole.IamRole, cdktf.ITerraformDependable) {
	role := tf.Named(id, iamrole.NewIamRole(scope, tf.ID("aws_iam_role", id), &iamrole.IamRoleConfig{
		Name:        tf.String(c.Role),
		Description: tf.String("Control plane of " + c.Name),
		AssumeRolePolicy: policy.Document(policy.Statement{
			Sid:       "AssumedByEKS",
			Principal: policy.Service("eks.amazonaws.com"),
			Action:    []string{"sts:AssumeRole"},
			Condition: policy.Condition{
				"ArnLike":      {"aws:SourceArn": {c.Account.ARN("eks", "cluster/"+c.Name)}},
				"StringEquals": {"aws:SourceAccount": {c.Account.Number}},
			},
		}),
		Tags: tf.Tags(c.Role),
	}))
	return role, attach(scope, tf.Name(id, "eks"), role, c.Account, "AmazonEKSClusterPolicy")
}

// set is an argument whose order means nothing to AWS, and so nothing here.
func set(values []string) *[]*string { return tf.Strings(slices.Sorted(slices.Values(values))...) }

// attach gives a role a managed policy of AWS.
func attach(scope constructs.Construct, name string, role iamrole.IamRole, account arn.Account, policy string) cdktf.ITerraformDependable {
	return tf.Named(name, iamrolepolicyattachment.NewIamRolePolicyAttachment(scope, tf.ID("aws_iam_role_policy_attachment", name), &iamrolepolicyattachment.IamRolePolicyAttachmentConfig{
		Role:      role.Name(),
		PolicyArn: tf.String(account.ManagedPolicy(policy)),
	}))
}
