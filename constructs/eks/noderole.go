package eks

import (
	"fmt"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iaminstanceprofile"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// NodeRoleConfig describes the role of nodes.
type NodeRoleConfig struct {
	// Name is the role's name.
	Name string
	// Description says whose nodes.
	Description string
	// Account is the role's own.
	Account arn.Account
	// InstanceProfile makes an instance profile of the same name. Karpenter makes its own, unless it cannot reach IAM.
	InstanceProfile bool
	// Pull says which images nodes pull beside those of their own account and of EKS.
	Pull Pull
	// Sessions lets people open shells on nodes. Default: nobody can.
	Sessions *Sessions
}

// Sessions are shells on nodes, by Session Manager. IAM says who may start them. A shell
// is root's: whoever has one reads the secrets of every pod on the node.
//
// The agent is part of the EKS images of Amazon Linux 2023, and of Bottlerocket's
// control container:
//
//   - https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager.html
//   - https://github.com/bottlerocket-os/bottlerocket-control-container
type Sessions struct {
	// Statements are what a node's agent does beside keeping the connection, if the account's session preferences encrypt sessions, or log them.
	Statements []policy.Statement
}

// Pull is a registry of another account, which admits this one.
type Pull struct {
	// Account is the registry's.
	Account arn.Account
	// Caches are the prefixes of the registry's pull-through cache, `quay.io`.
	Caches []string
}

// NodeRole is a role of nodes.
type NodeRole struct {
	// ARN is the role's ARN.
	ARN *string

	// policies are what a node needs before it starts.
	policies []cdktf.ITerraformDependable
}

// NewNodeRole makes the role `aws_iam_role.<id>`: what a kubelet and the pod
// identity agent need, pulling images, and sessions if they are asked for. The VPC CNI
// has a role of its own.
//
// AWS's policy for pulling names no registry. EKS add-ons come from registries of
// AWS that differ by region, and every other registry must admit the node itself.
//
//   - https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
//   - https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html
func NewNodeRole(scope constructs.Construct, id string, config NodeRoleConfig) (*NodeRole, error) {
	if config.Name == "" || !config.Account.Complete() {
		return nil, fmt.Errorf("role of nodes %q: want a name, and an account with partition and region", config.Name)
	}
	role := tf.Named(id, iamrole.NewIamRole(scope, tf.ID("aws_iam_role", id), &iamrole.IamRoleConfig{
		Name:             tf.String(config.Name),
		Description:      tf.String(config.Description),
		AssumeRolePolicy: policy.AssumedByInstances(),
		Tags:             tf.Tags(config.Name),
	}))
	made := &NodeRole{ARN: role.Arn(), policies: []cdktf.ITerraformDependable{
		attach(scope, tf.Name(id, "worker"), role, config.Account, "AmazonEKSWorkerNodePolicy"),
		attach(scope, tf.Name(id, "pull"), role, config.Account, "AmazonEC2ContainerRegistryPullOnly"),
	}}
	if config.InstanceProfile {
		tf.Named(id, iaminstanceprofile.NewIamInstanceProfile(scope, tf.ID("aws_iam_instance_profile", id), &iaminstanceprofile.IamInstanceProfileConfig{
			Name: tf.String(config.Name),
			Role: role.Name(),
			Tags: tf.Tags(config.Name),
		}))
	}
	if len(config.Pull.Caches) > 0 {
		made.policies = append(made.policies, config.fillCache(scope, id, role))
	}
	if config.Sessions != nil {
		made.policies = append(made.policies, config.keepSessions(scope, tf.Name(id, "sessions"), role)...)
	}
	return made, nil
}

// keepSessions lets a node's agent keep the connection to Session Manager.
func (c NodeRoleConfig) keepSessions(scope constructs.Construct, id string, role iamrole.IamRole) []cdktf.ITerraformDependable {
	made := []cdktf.ITerraformDependable{attach(scope, id, role, c.Account, "AmazonSSMManagedInstanceCore")}
	if len(c.Sessions.Statements) > 0 {
		made = append(made, tf.Named(id, iamrolepolicy.NewIamRolePolicy(scope, tf.ID("aws_iam_role_policy", id), &iamrolepolicy.IamRolePolicyConfig{
			Name:   jsii.String("log-sessions"),
			Role:   role.Name(),
			Policy: policy.Document(c.Sessions.Statements...),
		})))
	}
	return made
}

// fillCache lets a node be the first to ask for an image: the registry then makes
// a repository in the node's name. Both accounts have to allow that.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-iam.html
func (c NodeRoleConfig) fillCache(scope constructs.Construct, id string, role iamrole.IamRole) cdktf.ITerraformDependable {
	var repositories []string
	for _, prefix := range slices.Sorted(slices.Values(c.Pull.Caches)) {
		repositories = append(repositories, c.Pull.Account.ARN("ecr", "repository/"+prefix+"/*"))
	}
	return tf.Named(id, iamrolepolicy.NewIamRolePolicy(scope, tf.ID("aws_iam_role_policy", id), &iamrolepolicy.IamRolePolicyConfig{
		Name: jsii.String("fill-cache"),
		Role: role.Name(),
		Policy: policy.Document(policy.Statement{
			Sid: "FillCache", Action: []string{"ecr:BatchImportUpstreamImage", "ecr:CreateRepository"}, Resource: repositories,
		}),
	}))
}
