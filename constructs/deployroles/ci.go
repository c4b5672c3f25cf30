package deployroles

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"

	"hubspoke/constructs/github"
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
	"hubspoke/internal/workflow"
)

// CIConfig describes a role by which GitHub workflows come in. It may do nothing
// but assume the roles that do the work.
type CIConfig struct {
	// Name is the role's name.
	Name string
	// Description says what the workflows do.
	Description string
	// Account is the account that the role is in.
	Account arn.Account
	// Workflows may assume the role.
	Workflows workflow.Runs
	// Roles are the names of the deploy roles that it may assume, in every one of Accounts, by number.
	Roles, Accounts []string
	// Others are the ARNs of further roles that it may assume.
	Others []string
	// StateRoles are patterns of names of state roles, which are in the role's own account.
	StateRoles []string
}

// NewCI makes the role `aws_iam_role.<id>`.
func NewCI(scope constructs.Construct, id string, config CIConfig) (*Role, error) {
	trust, err := github.Trust(config.Account, config.Workflows)
	if err != nil {
		return nil, fmt.Errorf("role %s: %w", config.Name, err)
	}
	made := tf.Named(id, iamrole.NewIamRole(scope, tf.ID("aws_iam_role", id), &iamrole.IamRoleConfig{
		Name:             tf.String(config.Name),
		Description:      tf.String(config.Description),
		AssumeRolePolicy: trust,
		Tags:             tf.Tags(config.Name),
	}))
	tf.Named(id, iamrolepolicy.NewIamRolePolicy(scope, tf.ID("aws_iam_role_policy", id), &iamrolepolicy.IamRolePolicyConfig{
		Name:   tf.String("assume-deploy-roles"),
		Role:   made.Name(),
		Policy: policy.Document(config.statements()...),
	}))
	return &Role{ARN: made.Arn()}, nil
}

// statements name roles and accounts apart. One ARN for each role and account
// would fill the 10,240 characters of a role's policies at about a hundred accounts;
// so, it takes six hundred. The wildcard alone would let the role follow anybody
// who gives a role of their account the same name; the condition does not.
//
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-resourceaccount
func (c CIConfig) statements() []policy.Statement {
	var roles, states []string
	for _, name := range c.Roles {
		roles = append(roles, c.Account.Of("*").Role(name))
	}
	for _, name := range c.StateRoles {
		states = append(states, c.Account.Role(name))
	}
	statements := []policy.Statement{{
		Sid: "DeployRoles", Action: []string{"sts:AssumeRole"}, Resource: roles,
		Condition: policy.Condition{"StringEquals": {"aws:ResourceAccount": c.Accounts}},
	}, {
		Sid: "StateRoles", Action: []string{"sts:AssumeRole"}, Resource: states,
	}}
	if len(c.Others) > 0 {
		statements = append(statements, policy.Statement{Sid: "OtherRoles", Action: []string{"sts:AssumeRole"}, Resource: c.Others})
	}
	return statements
}
