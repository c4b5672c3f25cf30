// Package workloadrole makes the IAM role of one Kubernetes service account of an
// EKS cluster: by EKS Pod Identity, or by IRSA, IAM roles for service accounts.
//
// The role's trust policy names one cluster, one namespace and one service account,
// each by its full name. It makes neither the service account nor, for IRSA, the
// cluster's OpenID Connect provider; and an EKS add-on that is told its role makes
// its own pod identity association.
//
//   - https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
//   - https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
package workloadrole

import (
	"errors"
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ekspodidentityassociation"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicyattachment"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/quota"
	"hubspoke/internal/tf"
)

// Kind is how the service account gets the role.
type Kind string

// The values of [Kind].
const (
	PodIdentity Kind = "pod-identity"
	IRSA        Kind = "irsa"
)

// Config describes a role.
type Config struct {
	// Name is the role's name, at most 64 characters.
	Name string
	// Description says what the workload does.
	Description string
	// Account is the cluster's.
	Account arn.Account
	// ClusterName, Namespace and ServiceAccount name the one service account that has the role.
	ClusterName, Namespace, ServiceAccount string
	// Kind is how the service account gets the role.
	Kind Kind
	// Issuer is the URL of the cluster's OpenID Connect issuer, and ProviderARN that of the account's provider for it. For IRSA.
	Issuer, ProviderARN *string
	// Associate makes the pod identity association, in Cluster, the cluster's name once it exists. An EKS add-on makes its own.
	Associate bool
	Cluster   *string
	// Statements are what the role may do.
	Statements []policy.Statement
	// ManagedPolicies are the ARNs of managed policies, by the policies' names.
	ManagedPolicies map[string]string
}

// Role is what the construct made.
type Role struct {
	// Name and ARN are the role's.
	Name string
	ARN  *string
}

// nameSize is how long a role's name may be:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const nameSize = 64

// New makes the role `aws_iam_role.<id>` and what it may do.
func New(scope constructs.Construct, id string, config Config) (*Role, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("workload role %s: %w", config.Name, err)
	}
	role := tf.Named(id, iamrole.NewIamRole(scope, tf.ID("aws_iam_role", id), &iamrole.IamRoleConfig{
		Name:             tf.String(config.Name),
		Description:      tf.String(config.Description),
		AssumeRolePolicy: config.trust(),
		Tags:             config.tags(),
	}))
	if len(config.Statements) > 0 {
		tf.Named(id, iamrolepolicy.NewIamRolePolicy(scope, tf.ID("aws_iam_role_policy", id), &iamrolepolicy.IamRolePolicyConfig{
			Name:   jsii.String("permissions"),
			Role:   role.Name(),
			Policy: policy.Document(config.Statements...),
		}))
	}
	for _, key := range tf.Keys(config.ManagedPolicies) {
		name := tf.Name(id, key)
		tf.Named(name, iamrolepolicyattachment.NewIamRolePolicyAttachment(scope, tf.ID("aws_iam_role_policy_attachment", name), &iamrolepolicyattachment.IamRolePolicyAttachmentConfig{
			Role:      role.Name(),
			PolicyArn: tf.String(config.ManagedPolicies[key]),
		}))
	}
	if config.Associate {
		tf.Named(id, ekspodidentityassociation.NewEksPodIdentityAssociation(scope, tf.ID("aws_eks_pod_identity_association", id), &ekspodidentityassociation.EksPodIdentityAssociationConfig{
			ClusterName:    config.Cluster,
			Namespace:      tf.String(config.Namespace),
			ServiceAccount: tf.String(config.ServiceAccount),
			RoleArn:        role.Arn(),
			Tags:           tf.Tags(config.Name),
		}))
	}
	return &Role{Name: config.Name, ARN: role.Arn()}, nil
}

func (c Config) check() error {
	switch {
	case c.Name == "" || !c.Account.Complete():
		return errors.New("want a name, and an account with partition and region")
	case len(c.Name) > nameSize:
		return fmt.Errorf("a name of %d characters, IAM takes %d", len(c.Name), nameSize)
	case c.ClusterName == "" || c.Namespace == "" || c.ServiceAccount == "":
		return errors.New("want a cluster, a namespace and a service account: without one of them, the role would be for several")
	case len(c.Statements) == 0 && len(c.ManagedPolicies) == 0:
		return errors.New("it may do nothing")
	case len(c.ManagedPolicies) > quota.RoleManagedPolicies.Max:
		return fmt.Errorf("%d managed policies, IAM takes %d", len(c.ManagedPolicies), quota.RoleManagedPolicies.Max)
	}
	if size := len(*policy.Document(c.Statements...)); size > quota.RoleInlinePolicies.Max {
		return fmt.Errorf("a policy of %d characters, IAM takes %d", size, quota.RoleInlinePolicies.Max)
	}
	switch c.Kind {
	case PodIdentity:
		if c.Associate && c.Cluster == nil {
			return errors.New("want the cluster to associate it in")
		}
	case IRSA:
		if c.Issuer == nil || c.ProviderARN == nil {
			return errors.New("want the issuer and the provider of the cluster's service accounts")
		}
		if c.Associate {
			return errors.New("only pod identity has associations: with IRSA the service account is annotated with the role")
		}
	default:
		return fmt.Errorf("%q is neither %s nor %s", c.Kind, PodIdentity, IRSA)
	}
	return nil
}

// tags carry the cluster's name beside the role's. Managed policies such as that of
// the EBS CSI driver compare it, as aws:PrincipalTag/eks-cluster-name, with the tags
// of resources. Pod identity tags each session with it; IRSA does not.
//
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEBSCSIDriverEKSClusterScopedPolicy.html
func (c Config) tags() *map[string]*string {
	return tf.Tags(c.Name, map[string]string{"eks-cluster-name": c.ClusterName})
}

func (c Config) trust() *string {
	if c.Kind == PodIdentity {
		return policy.Document(c.podIdentityTrust())
	}
	// IAM names the provider's claims without the scheme of its URL.
	issuer := cdktf.Token_AsString(cdktf.Fn_Replace(c.Issuer, jsii.String("https://"), jsii.String("")), nil)
	return policy.Document(c.irsaTrust(*issuer, *c.ProviderARN))
}

// podIdentityTrust admits EKS, when it acts for the service account. EKS says for
// whom by the session tags that it requests, and no pod has a say in them; the
// cluster's ARN has the account in it. Without the conditions, anyone who may
// associate roles in any cluster of the account could give this one to a service
// account of their own.
//
//   - https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
//   - https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
func (c Config) podIdentityTrust() policy.Statement {
	return policy.Statement{
		Sid:       "AssumedByTheServiceAccount",
		Principal: policy.Service("pods.eks.amazonaws.com"),
		Action:    []string{"sts:AssumeRole", "sts:TagSession"},
		Condition: policy.Condition{"StringEquals": {
			"aws:RequestTag/eks-cluster-arn":            {c.clusterARN()},
			"aws:RequestTag/kubernetes-namespace":       {c.Namespace},
			"aws:RequestTag/kubernetes-service-account": {c.ServiceAccount},
		}},
	}
}

// irsaTrust admits the service account's own token. The issuer is the cluster's, and
// no other cluster has it.
//
// It is known only after apply, and stands in the document as a reference that
// Terraform resolves before IAM sees it. The provider's data source for policy
// documents would do the same, but hide the policy from review until then.
//
// https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
func (c Config) irsaTrust(issuer, provider string) policy.Statement {
	return policy.Statement{
		Sid:       "AssumedByTheServiceAccount",
		Principal: policy.Principal{Federated: []string{provider}},
		Action:    []string{"sts:AssumeRoleWithWebIdentity"},
		Condition: policy.Condition{"StringEquals": {
			issuer + ":aud": {"sts.amazonaws.com"},
			issuer + ":sub": {"system:serviceaccount:" + c.Namespace + ":" + c.ServiceAccount},
		}},
	}
}

func (c Config) clusterARN() string { return c.Account.ARN("eks", "cluster/"+c.ClusterName) }
