package eks

import (
	"errors"

	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/eksaccessentry"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/eksaccesspolicyassociation"

	"hubspoke/internal/tf"
)

// AccessEntry gives an IAM role access to the Kubernetes API.
type AccessEntry struct {
	// RoleARN is the ARN of a role that exists.
	RoleARN string
	// Policy is an EKS access policy, `AmazonEKSViewPolicy`. Either this or Groups, or both.
	Policy string
	// Namespaces limits the policy to some namespaces. Default: the whole cluster.
	Namespaces []string
	// Groups are Kubernetes groups, which role bindings in the cluster refer to.
	Groups []string
}

// Admit makes the access entry `aws_eks_access_entry.<name>`.
// https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
func (c *Cluster) Admit(name string, config AccessEntry) error {
	if config.Policy == "" && len(config.Groups) == 0 {
		return errors.New("access entry " + name + ": want a policy or groups")
	}
	id := tf.Name(name)
	entry := &eksaccessentry.EksAccessEntryConfig{
		ClusterName:  c.Name,
		PrincipalArn: tf.String(config.RoleARN),
		Type:         jsii.String("STANDARD"),
		Tags:         tf.Tags(c.Config.Name + "-" + name),
	}
	if len(config.Groups) > 0 {
		entry.KubernetesGroups = set(config.Groups)
	}
	made := tf.Named(id, eksaccessentry.NewEksAccessEntry(c.scope, tf.ID("aws_eks_access_entry", id), entry))
	if config.Policy == "" {
		return nil
	}
	scope := &eksaccesspolicyassociation.EksAccessPolicyAssociationAccessScope{Type: jsii.String("cluster")}
	if len(config.Namespaces) > 0 {
		scope.Type, scope.Namespaces = jsii.String("namespace"), set(config.Namespaces)
	}
	tf.Named(id, eksaccesspolicyassociation.NewEksAccessPolicyAssociation(c.scope, tf.ID("aws_eks_access_policy_association", id), &eksaccesspolicyassociation.EksAccessPolicyAssociationConfig{
		ClusterName: c.Name,
		// Of the entry, since EKS takes no policy for whom it does not know.
		PrincipalArn: made.PrincipalArn(),
		PolicyArn:    tf.String(c.Config.Account.In("").Of("aws").ARN("eks", "cluster-access-policy/"+config.Policy)),
		AccessScope:  scope,
	}))
	return nil
}

// AdmitNodes makes the access entry `aws_eks_access_entry.<name>` of a role whose
// nodes EKS does not manage, such as Karpenter's. For the role of managed nodes
// EKS makes one itself, and a principal can have only one: that is why the two
// have different roles.
// https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
func (c *Cluster) AdmitNodes(name string, role *NodeRole) {
	id := tf.Name(name)
	tf.Named(id, eksaccessentry.NewEksAccessEntry(c.scope, tf.ID("aws_eks_access_entry", id), &eksaccessentry.EksAccessEntryConfig{
		ClusterName:  c.Name,
		PrincipalArn: role.ARN,
		Type:         jsii.String("EC2_LINUX"),
		Tags:         tf.Tags(c.Config.Name + "-" + name),
	}))
}
