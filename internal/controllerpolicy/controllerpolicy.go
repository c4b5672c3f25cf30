// Package controllerpolicy holds what the controllers of an EKS cluster may do in AWS.
// It makes no resources: package workloadrole puts these statements into roles.
//
// They are the policies that the controllers' own documentation gives, narrowed to
// one cluster, one region and one account as far as AWS can tell these apart. Where
// AWS manages a policy, keeps it in step with the add-on that uses it, and scopes
// it as well as we could, that one is taken.
package controllerpolicy

import (
	"slices"
	"strings"

	"hubspoke/internal/arn"
	"hubspoke/internal/awstag"
	"hubspoke/internal/policy"
)

// Cluster is the cluster that the controllers run in.
type Cluster struct {
	// Account is the cluster's.
	Account arn.Account
	// Name is the cluster's name.
	Name string
	// GivenSubnets are the ids of those of its subnets that were there before the estate, and have no tags of its.
	GivenSubnets []string
	// OnlyGiven says that it has no others. Default: false, and it has subnets with its discovery tag.
	OnlyGiven bool
	// FindsACLs lets the load balancer controller find web ACLs by their names. Default: false, and it takes their ARNs alone.
	FindsACLs bool
}

// arns are ARNs of one service in the cluster's region and account.
func (c Cluster) arns(service string, resources ...string) []string {
	var arns []string
	for _, r := range resources {
		arns = append(arns, c.Account.ARN(service, r))
	}
	return arns
}

// amazonARNs are ARNs of what Amazon or anybody may own, in the cluster's region.
func (c Cluster) amazonARNs(service string, resources ...string) []string {
	var arns []string
	for _, r := range resources {
		arns = append(arns, c.Account.Of("").ARN(service, r))
	}
	return arns
}

func (c Cluster) clusterARN() string { return c.Account.ARN("eks", "cluster/"+c.Name) }

// inRegion is the condition of calls that have no resource to name.
func (c Cluster) inRegion() policy.Condition {
	return policy.Condition{"StringEquals": {"aws:RequestedRegion": {c.Account.Region}}}
}

// clusterTag is the tag of what belongs to a cluster, with the value `owned`.
func (c Cluster) clusterTag() string { return awstag.Cluster(c.Name) }

// EBSCSI is the managed policy of the EBS CSI driver, by name. It scopes the driver
// to one cluster's volumes and snapshots, by comparing their tag
// ebs.csi.aws.com/cluster-name with the tag eks-cluster-name of the driver's
// credentials, and lets it attach them to instances with either the tag
// eks:cluster-name, which those of managed node groups have, or
// ebs.csi.aws.com/cluster-name, which those of Karpenter must be given. The driver
// tags volumes so from its version 1.58 on, if it is an EKS add-on.
//
//   - https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEBSCSIDriverEKSClusterScopedPolicy.html
//   - https://github.com/kubernetes-sigs/aws-ebs-csi-driver/issues/2918
func EBSCSI(account arn.Account) map[string]string {
	return managed(account, "AmazonEBSCSIDriverEKSClusterScopedPolicy")
}

// VPCCNI is the managed policy of the VPC CNI, by name. The project documents a
// narrower one too, which relies on tags that each node's plugin must have put on
// interfaces before it first may use them; if one is missing, pods of that node get
// no addresses. The account has no other cluster that it would protect.
//
//   - https://docs.aws.amazon.com/eks/latest/userguide/cni-iam-role.html
//   - https://github.com/aws/amazon-vpc-cni-k8s/blob/master/docs/iam-policy.md
func VPCCNI(account arn.Account) map[string]string {
	return managed(account, "AmazonEKS_CNI_Policy")
}

func managed(account arn.Account, name string) map[string]string {
	return map[string]string{name: account.ManagedPolicy(name)}
}

// ExternalDNS lets ExternalDNS assume the role that writes its records, which is in
// the account of the zones, and nothing else. The credentials of a pod identity
// carry session tags on to that role, which needs sts:TagSession:
// https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
func ExternalDNS(recordRole string) []policy.Statement {
	return []policy.Statement{{
		Sid:      "AssumeTheRecordRole",
		Action:   []string{"sts:AssumeRole", "sts:TagSession"},
		Resource: []string{recordRole},
	}}
}

// MountSecrets lets a workload's pods have secrets as files: AWS's provider of the Secrets
// Store CSI driver reads them with the workload's role, and looks first whether one has
// changed. A secret is named by its ARN, or by its name in the account, to which Secrets
// Manager adds a hyphen and six characters.
//
//   - https://github.com/aws/secrets-store-csi-driver-provider-aws#usage
//   - https://docs.aws.amazon.com/secretsmanager/latest/userguide/auth-and-access_iam-policies.html
func MountSecrets(account arn.Account, secrets []string) policy.Statement {
	var resources []string
	for _, secret := range secrets {
		if !strings.HasPrefix(secret, "arn:") {
			secret = account.ARN("secretsmanager", "secret:"+secret+"-??????")
		}
		resources = append(resources, secret)
	}
	slices.Sort(resources)
	return policy.Statement{
		Sid: "MountSecrets", Action: []string{"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue"}, Resource: slices.Compact(resources),
	}
}

// DecryptSecrets lets a workload have the values of secrets, by name, that are encrypted
// with a key of the account: through Secrets Manager, which says by the encryption context
// whose value it is. The key is another stack's, and its policy leaves it to IAM.
// https://docs.aws.amazon.com/secretsmanager/latest/userguide/security-encryption.html
func DecryptSecrets(account arn.Account, secrets []string) policy.Statement {
	return policy.Statement{
		Sid: "DecryptSecrets", Action: []string{"kms:Decrypt"}, Resource: []string{account.ARN("kms", "key/*")},
		Condition: policy.Condition{
			"StringEquals": {"kms:ViaService": {"secretsmanager." + account.Region + ".amazonaws.com"}},
			"StringLike":   {"kms:EncryptionContext:SecretARN": MountSecrets(account, secrets).Resource},
		},
	}
}

// PullImages lets a workload read repositories through the ECR API. Pods' images
// need none of this: the node's role pulls them.
//
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/security_iam_id-based-policy-examples.html
func PullImages(repositories ...string) []policy.Statement {
	return []policy.Statement{policy.ECRLogIn(), {
		Sid: "PullImages", Action: policy.ECRPullActions(), Resource: repositories,
	}}
}
