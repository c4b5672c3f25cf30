package controllerpolicy

import (
	"hubspoke/internal/awstag"
	"hubspoke/internal/policy"
)

// Karpenter lets Karpenter launch and end instances for the cluster, which have the
// role nodeRole, and read the queue that tells it about interruptions.
//
// It follows the reference of Karpenter 1.15. It is narrower in that instances go
// only into subnets and groups with the cluster's discovery tag, or subnets of given
// ids, which node classes select by; and wider in that the first spot instance of an account can make EC2's
// service-linked role for them, which otherwise somebody has to remember.
//
//   - https://karpenter.sh/v1.15/reference/cloudformation/#controller-authorization
//   - https://karpenter.sh/v1.15/troubleshooting/#missing-service-linked-role
func (c Cluster) Karpenter(nodeRole, queue string) []policy.Statement {
	var statements []policy.Statement
	statements = append(statements, c.launch()...)
	statements = append(statements, c.instances()...)
	statements = append(statements, c.instanceProfiles(nodeRole)...)
	return append(statements, c.discovery(queue)...)
}

// karpenterMakes are the EC2 resources that Karpenter makes, all at once.
var karpenterMakes = []string{
	"fleet/*", "instance/*", "launch-template/*", "network-interface/*", "spot-instances-request/*", "volume/*",
}

var launchActions = []string{"ec2:CreateFleet", "ec2:RunInstances"}

// launch is about what instances are launched with: it exists before.
func (c Cluster) launch() []policy.Statement {
	statements := []policy.Statement{{
		Sid:      "LaunchFromImagesAndReservations",
		Action:   launchActions,
		Resource: append(c.amazonARNs("ec2", "image/*", "snapshot/*"), c.arns("ec2", "capacity-reservation/*", "placement-group/*")...),
	}}
	statements = append(statements, c.launchInNetwork()...)
	return append(statements, policy.Statement{
		Sid:       "LaunchFromOwnTemplates",
		Action:    launchActions,
		Resource:  c.arns("ec2", "launch-template/*"),
		Condition: c.launched(),
	}, policy.Statement{
		Sid:      "FirstSpotInstanceOfTheAccount",
		Action:   []string{"iam:CreateServiceLinkedRole"},
		Resource: []string{c.Account.IAM("role/aws-service-role/spot.amazonaws.com/*")},
		Condition: policy.Condition{"StringEquals": {
			"iam:AWSServiceName": {"spot.amazonaws.com"},
		}},
	})
}

// launchInNetwork is about the subnets and groups of instances. Those of the estate's
// making have the discovery tag. A subnet that was there before has none, and is not
// tagged, since it is somebody else's: the policy names it. Its account is the
// cluster's, as that of its VPC is.
func (c Cluster) launchInNetwork() []policy.Statement {
	tagged := []string{"security-group/*"}
	if !c.OnlyGiven {
		tagged = append(tagged, "subnet/*")
	}
	statements := []policy.Statement{{
		Sid:       "LaunchInTheClustersNetwork",
		Action:    launchActions,
		Resource:  c.arns("ec2", tagged...),
		Condition: policy.Condition{"StringEquals": {"aws:ResourceTag/" + awstag.Discovery: {c.Name}}},
	}}
	if len(c.GivenSubnets) == 0 {
		return statements
	}
	var given []string
	for _, id := range c.GivenSubnets {
		given = append(given, "subnet/"+id)
	}
	return append(statements, policy.Statement{
		Sid: "LaunchInGivenSubnets", Action: launchActions, Resource: c.arns("ec2", given...),
	})
}

// instances is about what Karpenter makes, which it tags as the cluster's when it
// makes it, and about what has these tags.
func (c Cluster) instances() []policy.Statement {
	requested := map[string][]string{
		"aws:RequestTag/" + c.clusterTag():    {"owned"},
		"aws:RequestTag/eks:eks-cluster-name": {c.Name},
	}
	anyPool := map[string][]string{"aws:RequestTag/karpenter.sh/nodepool": {"*"}}
	return []policy.Statement{{
		Sid:       "MakeInstances",
		Action:    []string{"ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:RunInstances"},
		Resource:  c.arns("ec2", karpenterMakes...),
		Condition: policy.Condition{"StringEquals": requested, "StringLike": anyPool},
	}, {
		Sid:      "TagThemAsTheyAreMade",
		Action:   []string{"ec2:CreateTags"},
		Resource: c.arns("ec2", karpenterMakes...),
		Condition: policy.Condition{
			"StringEquals": merge(requested, map[string][]string{
				"ec2:CreateAction": {"CreateFleet", "CreateLaunchTemplate", "RunInstances"},
			}),
			"StringLike": anyPool,
		},
	}, {
		Sid:      "NameOwnInstances",
		Action:   []string{"ec2:CreateTags"},
		Resource: c.arns("ec2", "instance/*"),
		Condition: merge(c.launched(), policy.Condition{
			"StringEqualsIfExists":      {"aws:RequestTag/eks:eks-cluster-name": {c.Name}},
			"ForAllValues:StringEquals": {"aws:TagKeys": {"Name", "eks:eks-cluster-name", "karpenter.sh/nodeclaim"}},
		}),
	}, {
		Sid:       "EndOwnInstances",
		Action:    []string{"ec2:DeleteLaunchTemplate", "ec2:RebootInstances", "ec2:TerminateInstances"},
		Resource:  c.arns("ec2", "instance/*", "launch-template/*"),
		Condition: c.launched(),
	}}
}

// launched is the condition that Karpenter made the resource for this cluster.
func (c Cluster) launched() policy.Condition {
	return policy.Condition{
		"StringEquals": {"aws:ResourceTag/" + c.clusterTag(): {"owned"}},
		"StringLike":   {"aws:ResourceTag/karpenter.sh/nodepool": {"*"}},
	}
}

// instanceProfiles lets Karpenter give its instances the nodes' role and no other,
// by profiles of its own.
func (c Cluster) instanceProfiles(nodeRole string) []policy.Statement {
	profiles := []string{c.Account.IAM("instance-profile/*")}
	own := func(key string) map[string][]string {
		return map[string][]string{
			key + "/" + c.clusterTag():             {"owned"},
			key + "/topology.kubernetes.io/region": {c.Account.Region},
		}
	}
	const request, resource = "aws:RequestTag", "aws:ResourceTag"
	requested := merge(own(request), map[string][]string{request + "/eks:eks-cluster-name": {c.Name}})
	return []policy.Statement{{
		Sid:       "PassTheNodesRole",
		Action:    []string{"iam:PassRole"},
		Resource:  []string{nodeRole},
		Condition: policy.Condition{"StringEquals": {"iam:PassedToService": {"ec2.amazonaws.com", "ec2.amazonaws.com.cn"}}},
	}, {
		Sid:      "MakeInstanceProfiles",
		Action:   []string{"iam:CreateInstanceProfile"},
		Resource: profiles,
		Condition: policy.Condition{
			"StringEquals": requested,
			"StringLike":   {request + "/karpenter.k8s.aws/ec2nodeclass": {"*"}},
		},
	}, {
		Sid:      "TagOwnInstanceProfiles",
		Action:   []string{"iam:TagInstanceProfile"},
		Resource: profiles,
		Condition: policy.Condition{
			"StringEquals": merge(own(resource), requested),
			"StringLike": {
				request + "/karpenter.k8s.aws/ec2nodeclass":  {"*"},
				resource + "/karpenter.k8s.aws/ec2nodeclass": {"*"},
			},
		},
	}, {
		Sid:      "ChangeOwnInstanceProfiles",
		Action:   []string{"iam:AddRoleToInstanceProfile", "iam:DeleteInstanceProfile", "iam:RemoveRoleFromInstanceProfile"},
		Resource: profiles,
		Condition: policy.Condition{
			"StringEquals": own(resource),
			"StringLike":   {resource + "/karpenter.k8s.aws/ec2nodeclass": {"*"}},
		},
	}, {
		Sid: "ReadInstanceProfiles", Action: []string{"iam:GetInstanceProfile"}, Resource: profiles,
	}, {
		Sid: "ListInstanceProfiles", Action: []string{"iam:ListInstanceProfiles"}, Resource: []string{"*"},
	}}
}

// discovery is what Karpenter reads: the cluster, its queue, and what EC2 offers.
func (c Cluster) discovery(queue string) []policy.Statement {
	return []policy.Statement{{
		Sid: "FindTheCluster", Action: []string{"eks:DescribeCluster"}, Resource: []string{c.clusterARN()},
	}, {
		Sid:      "HearOfInterruptions",
		Action:   []string{"sqs:DeleteMessage", "sqs:GetQueueUrl", "sqs:ReceiveMessage"},
		Resource: []string{queue},
	}, {
		Sid:       "HearOfZonalShifts",
		Action:    []string{"arc-zonal-shift:GetManagedResource"},
		Resource:  []string{"*"},
		Condition: policy.Condition{"StringEquals": {"arc-zonal-shift:ResourceIdentifier": {c.clusterARN()}}},
	}, {
		Sid: "SeeWhatThereIs",
		Action: []string{
			"ec2:DescribeCapacityReservations", "ec2:DescribeImages", "ec2:DescribeInstanceStatus",
			"ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstanceTypes", "ec2:DescribeInstances",
			"ec2:DescribeLaunchTemplates", "ec2:DescribePlacementGroups", "ec2:DescribeSecurityGroups",
			"ec2:DescribeSpotPriceHistory", "ec2:DescribeSubnets",
		},
		Resource:  []string{"*"},
		Condition: c.inRegion(),
	}, {
		Sid: "FindImages", Action: []string{"ssm:GetParameter"}, Resource: c.amazonARNs("ssm", "parameter/aws/service/*"),
	}, {
		// The price list is public, and in few regions.
		Sid: "ReadPrices", Action: []string{"pricing:GetProducts"}, Resource: []string{"*"},
	}}
}

// merge is a map with the entries of both, in which no key is twice.
func merge[M ~map[string]V, V any](a, b M) M {
	merged := M{}
	for _, m := range []M{a, b} {
		for key, value := range m {
			merged[key] = value
		}
	}
	return merged
}
