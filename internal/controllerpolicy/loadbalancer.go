package controllerpolicy

import "hubspoke/internal/policy"

// loadBalancerTag is what the controller tags all it makes with; its value is the
// cluster's name.
const loadBalancerTag = "elbv2.k8s.aws/cluster"

// LoadBalancerController lets the AWS Load Balancer Controller make load balancers
// for the cluster.
//
// It follows the policy of the controller's version 2.13. That one asks that
// resources have the controller's tag; here the tag has to name this cluster. What
// that one allows everywhere is limited to the region and account: listeners and
// rules, because TargetGroupBindings and Gateways may use load balancers that the
// controller did not make, and to groups with the cluster's tag: rules that let a
// load balancer reach the nodes.
//
//   - https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/installation/#configure-iam
//   - https://github.com/kubernetes-sigs/aws-load-balancer-controller/blob/main/docs/install/iam_policy.json
func (c Cluster) LoadBalancerController() []policy.Statement {
	statements := []policy.Statement{{
		Sid:       "FirstLoadBalancerOfTheAccount",
		Action:    []string{"iam:CreateServiceLinkedRole"},
		Resource:  []string{c.Account.IAM("role/aws-service-role/elasticloadbalancing.amazonaws.com/*")},
		Condition: policy.Condition{"StringEquals": {"iam:AWSServiceName": {"elasticloadbalancing.amazonaws.com"}}},
	}}
	statements = append(statements, c.lookAround()...)
	statements = append(statements, c.loadBalancerGroups()...)
	statements = append(statements, c.loadBalancers()...)
	return append(statements, c.listeners()...)
}

// own is the condition that the controller made the resource for this cluster, and
// made is that it is making it now.
func (c Cluster) own() map[string][]string {
	return map[string][]string{"aws:ResourceTag/" + loadBalancerTag: {c.Name}}
}

func (c Cluster) made() map[string][]string {
	return map[string][]string{"aws:RequestTag/" + loadBalancerTag: {c.Name}}
}

// retag is the condition of changes to the tags of what is the cluster's already,
// of all but the tag that says so.
func (c Cluster) retag() policy.Condition {
	return policy.Condition{
		"StringEquals": c.own(),
		"Null":         {"aws:RequestTag/" + loadBalancerTag: {"true"}},
	}
}

// lookAround is what the controller reads, and the web ACLs, shields, certificates
// and user pools that an Ingress may name.
func (c Cluster) lookAround() []policy.Statement {
	return []policy.Statement{{
		Sid: "SeeTheNetwork",
		Action: []string{
			"ec2:DescribeAccountAttributes", "ec2:DescribeAddresses", "ec2:DescribeAvailabilityZones", "ec2:DescribeCoipPools",
			"ec2:DescribeInstances", "ec2:DescribeInternetGateways", "ec2:DescribeIpamPools", "ec2:DescribeNetworkInterfaces",
			"ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeTags",
			"ec2:DescribeVpcPeeringConnections", "ec2:DescribeVpcs", "ec2:GetCoipPoolUsage", "ec2:GetSecurityGroupsForVpc",
		},
		Resource:  []string{"*"},
		Condition: c.inRegion(),
	}, {
		Sid: "SeeLoadBalancers",
		Action: []string{
			"elasticloadbalancing:DescribeCapacityReservation", "elasticloadbalancing:DescribeListenerAttributes",
			"elasticloadbalancing:DescribeListenerCertificates", "elasticloadbalancing:DescribeListeners",
			"elasticloadbalancing:DescribeLoadBalancerAttributes", "elasticloadbalancing:DescribeLoadBalancers",
			"elasticloadbalancing:DescribeRules", "elasticloadbalancing:DescribeSSLPolicies", "elasticloadbalancing:DescribeTags",
			"elasticloadbalancing:DescribeTargetGroupAttributes", "elasticloadbalancing:DescribeTargetGroups",
			"elasticloadbalancing:DescribeTargetHealth", "elasticloadbalancing:DescribeTrustStores",
		},
		Resource:  []string{"*"},
		Condition: c.inRegion(),
	}, {
		Sid: "FindCertificatesAndUserPools",
		Action: []string{
			"acm:DescribeCertificate", "acm:ListCertificates", "cognito-idp:DescribeUserPoolClient",
			"iam:GetServerCertificate", "iam:ListServerCertificates",
		},
		Resource: []string{"*"},
	}, {
		Sid:       "UseWebACLs",
		Action:    c.webACLActions(),
		Resource:  []string{"*"},
		Condition: c.inRegion(),
	}, {
		// Shield is one service for all regions.
		Sid:      "UseShield",
		Action:   []string{"shield:CreateProtection", "shield:DeleteProtection", "shield:DescribeProtection", "shield:GetSubscriptionState"},
		Resource: []string{"*"},
	}}
}

// loadBalancerGroups is about security groups: those of load balancers, which the
// controller makes, and the rules of the nodes' group that admit them.
func (c Cluster) loadBalancerGroups() []policy.Statement {
	groups := c.arns("ec2", "security-group/*")
	return []policy.Statement{{
		Sid:      "AdmitLoadBalancersToNodes",
		Action:   []string{"ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupIngress"},
		Resource: groups,
		Condition: policy.Condition{"StringEquals": {
			"aws:ResourceTag/" + c.clusterTag(): {"owned", "shared"},
		}},
	}, {
		Sid: "MakeGroupsInVPCs", Action: []string{"ec2:CreateSecurityGroup"}, Resource: c.arns("ec2", "vpc/*"),
	}, {
		Sid:       "MakeGroups",
		Action:    []string{"ec2:CreateSecurityGroup"},
		Resource:  groups,
		Condition: policy.Condition{"StringEquals": c.made()},
	}, {
		Sid:      "TagGroupsAsTheyAreMade",
		Action:   []string{"ec2:CreateTags"},
		Resource: groups,
		Condition: policy.Condition{"StringEquals": merge(c.made(), map[string][]string{
			"ec2:CreateAction": {"CreateSecurityGroup"},
		})},
	}, {
		Sid: "RetagOwnGroups", Action: []string{"ec2:CreateTags", "ec2:DeleteTags"}, Resource: groups, Condition: c.retag(),
	}, {
		Sid:       "ChangeOwnGroups",
		Action:    []string{"ec2:AuthorizeSecurityGroupIngress", "ec2:DeleteSecurityGroup", "ec2:RevokeSecurityGroupIngress"},
		Resource:  groups,
		Condition: policy.Condition{"StringEquals": c.own()},
	}}
}

// loadBalancers is about load balancers and target groups.
func (c Cluster) loadBalancers() []policy.Statement {
	balancers := c.arns("elasticloadbalancing", "loadbalancer/app/*/*", "loadbalancer/net/*/*", "targetgroup/*/*")
	return []policy.Statement{{
		Sid:       "MakeLoadBalancers",
		Action:    []string{"elasticloadbalancing:CreateLoadBalancer", "elasticloadbalancing:CreateTargetGroup"},
		Resource:  balancers,
		Condition: policy.Condition{"StringEquals": c.made()},
	}, {
		Sid:      "TagLoadBalancersAsTheyAreMade",
		Action:   []string{"elasticloadbalancing:AddTags"},
		Resource: balancers,
		Condition: policy.Condition{"StringEquals": merge(c.made(), map[string][]string{
			"elasticloadbalancing:CreateAction": {"CreateLoadBalancer", "CreateTargetGroup"},
		})},
	}, {
		Sid:       "RetagOwnLoadBalancers",
		Action:    []string{"elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"},
		Resource:  balancers,
		Condition: c.retag(),
	}, {
		Sid: "ChangeOwnLoadBalancers",
		Action: []string{
			"elasticloadbalancing:DeleteLoadBalancer", "elasticloadbalancing:DeleteTargetGroup",
			"elasticloadbalancing:ModifyCapacityReservation", "elasticloadbalancing:ModifyIpPools",
			"elasticloadbalancing:ModifyListenerAttributes", "elasticloadbalancing:ModifyLoadBalancerAttributes",
			"elasticloadbalancing:ModifyTargetGroup", "elasticloadbalancing:ModifyTargetGroupAttributes",
			"elasticloadbalancing:SetIpAddressType", "elasticloadbalancing:SetSecurityGroups", "elasticloadbalancing:SetSubnets",
		},
		Resource:  c.arns("elasticloadbalancing", "*"),
		Condition: policy.Condition{"StringEquals": c.own()},
	}, {
		Sid:      "RegisterTargets",
		Action:   []string{"elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets"},
		Resource: c.arns("elasticloadbalancing", "targetgroup/*/*"),
	}}
}

// listeners is about listeners and their rules.
func (c Cluster) listeners() []policy.Statement {
	listeners := c.arns("elasticloadbalancing",
		"listener/app/*/*/*", "listener/net/*/*/*", "listener-rule/app/*/*/*", "listener-rule/net/*/*/*")
	return []policy.Statement{{
		Sid: "ChangeListeners",
		Action: []string{
			"elasticloadbalancing:AddListenerCertificates", "elasticloadbalancing:CreateListener", "elasticloadbalancing:CreateRule",
			"elasticloadbalancing:DeleteListener", "elasticloadbalancing:DeleteRule", "elasticloadbalancing:ModifyListener",
			"elasticloadbalancing:ModifyRule", "elasticloadbalancing:RemoveListenerCertificates",
			"elasticloadbalancing:SetRulePriorities", "elasticloadbalancing:SetWebAcl",
		},
		Resource: append(c.arns("elasticloadbalancing", "loadbalancer/app/*/*", "loadbalancer/net/*/*"), listeners...),
	}, {
		Sid: "TagListeners", Action: []string{"elasticloadbalancing:AddTags", "elasticloadbalancing:RemoveTags"}, Resource: listeners,
	}}
}

// webACLActions are what the controller does with web ACLs. It finds one by its name in the list
// of all, which the policy in its documentation leaves out.
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/#wafv2-acl-name
func (c Cluster) webACLActions() []string {
	actions := []string{
		"waf-regional:AssociateWebACL", "waf-regional:DisassociateWebACL", "waf-regional:GetWebACL", "waf-regional:GetWebACLForResource",
		"wafv2:AssociateWebACL", "wafv2:DisassociateWebACL", "wafv2:GetWebACL", "wafv2:GetWebACLForResource",
	}
	if c.FindsACLs {
		actions = append(actions, "wafv2:ListWebACLs")
	}
	return actions
}
