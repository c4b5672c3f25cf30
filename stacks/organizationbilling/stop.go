package organizationbilling

import (
	"strings"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/organizationspolicy"

	"hubspoke/internal/base"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// tagID makes a Terraform name of the key of a tag.
var tagID = strings.NewReplacer(" ", "_", ":", "_", "@", "_", "+", "_", "=", "_")

// spends are the actions that start what costs money by the hour, or much at once. What is
// there already runs on, and may be looked at, changed and deleted. Services start
// instances with roles of their own, which no policy of an organisation binds: a group of
// Auto Scaling still replaces one that ends.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps.html
var spends = []string{
	"autoscaling:CreateAutoScalingGroup", "autoscaling:SetDesiredCapacity", "autoscaling:UpdateAutoScalingGroup",
	"bedrock:CreateModelCustomizationJob", "bedrock:CreateProvisionedModelThroughput", "bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream",
	"ec2:AllocateAddress", "ec2:AllocateHosts", "ec2:CreateCapacityReservation", "ec2:CreateFleet", "ec2:CreateNatGateway", "ec2:CreateTransitGateway",
	"ec2:CreateVolume", "ec2:CreateVpcEndpoint", "ec2:PurchaseHostReservation", "ec2:PurchaseReservedInstancesOffering", "ec2:RequestSpotFleet",
	"ec2:RequestSpotInstances", "ec2:RunInstances", "ec2:StartInstances",
	"ecs:CreateCluster", "ecs:CreateService", "ecs:RunTask",
	"eks:CreateCluster", "eks:CreateFargateProfile", "eks:CreateNodegroup",
	"elasticache:CreateCacheCluster", "elasticache:CreateReplicationGroup", "elasticache:CreateServerlessCache",
	"elasticloadbalancing:CreateLoadBalancer",
	"elasticmapreduce:RunJobFlow",
	"es:CreateDomain",
	"kafka:CreateCluster", "kafka:CreateClusterV2",
	"rds:CreateDBCluster", "rds:CreateDBInstance", "rds:CreateDBInstanceReadReplica", "rds:PurchaseReservedDBInstancesOffering",
	"rds:RestoreDBClusterFromSnapshot", "rds:RestoreDBInstanceFromDBSnapshot", "rds:StartDBCluster", "rds:StartDBInstance",
	"redshift:CreateCluster", "redshift:ResumeCluster",
	"sagemaker:CreateEndpoint", "sagemaker:CreateNotebookInstance", "sagemaker:CreateProcessingJob", "sagemaker:CreateTrainingJob", "sagemaker:StartNotebookInstance",
	"savingsplans:CreateSavingsPlan",
}

// stop is the policy that stops an account, and the role that attaches it.
type stop struct{ policyID, roleARN *string }

// newStop makes the policy, which nothing has at first, and the role with which AWS Budgets
// attaches it to some accounts.
func newStop(s *base.Stack, accounts []string) stop {
	const id = "stop"
	e := s.Estate
	made := tf.Named(id, organizationspolicy.NewOrganizationsPolicy(s.Scope, tf.ID("aws_organizations_policy", id), &organizationspolicy.OrganizationsPolicyConfig{
		Name:        tf.String(e.Project + "-stop"),
		Description: tf.String("Attached by AWS Budgets to an account whose budget is spent: nobody starts what costs money."),
		Type:        tf.String("SERVICE_CONTROL_POLICY"),
		Content:     policy.Document(policy.Statement{Sid: "StartNothingThatCosts", Effect: "Deny", Action: spends, Resource: []string{"*"}}),
		Tags:        tf.Tags(e.Project + "-stop"),
	}))
	role := tf.Named("budget_actions", iamrole.NewIamRole(s.Scope, tf.ID("aws_iam_role", "budget_actions"), &iamrole.IamRoleConfig{
		Name:             tf.String(e.BudgetRole()),
		Description:      tf.String("AWS Budgets attaches the policy " + e.Project + "-stop to accounts with it."),
		AssumeRolePolicy: assumedByBudgets(s),
		Tags:             tf.Tags(e.BudgetRole()),
	}))
	resources := []string{*made.Arn()}
	for _, account := range accounts {
		resources = append(resources, e.Account(s.Account).In("").ARN("organizations", "account/"+e.Org.ID+"/"+e.Accounts[account]))
	}
	tf.Named("budget_actions", iamrolepolicy.NewIamRolePolicy(s.Scope, tf.ID("aws_iam_role_policy", "budget_actions"), &iamrolepolicy.IamRolePolicyConfig{
		Name: tf.String("attach"),
		Role: role.Name(),
		Policy: policy.Document(policy.Statement{
			Sid:      "AttachThatPolicy",
			Action:   []string{"organizations:AttachPolicy", "organizations:DetachPolicy"},
			Resource: resources,
		}),
	}))
	return stop{policyID: made.Id(), roleARN: role.Arn()}
}

// assumedByBudgets lets AWS Budgets have the role, for budgets of this account.
// https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-controls.html
func assumedByBudgets(s *base.Stack) *string {
	account := s.Estate.Account(s.Account)
	return policy.Document(policy.Statement{
		Sid:       "AssumedByBudgets",
		Principal: policy.Service("budgets.amazonaws.com"),
		Action:    []string{"sts:AssumeRole"},
		Condition: policy.Condition{
			"ArnLike":      {"aws:SourceArn": {account.In("").ARN("budgets", "budget/*")}},
			"StringEquals": {"aws:SourceAccount": {account.Number}},
		},
	})
}
