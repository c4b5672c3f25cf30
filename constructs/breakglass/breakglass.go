// Package breakglass makes the way into an organisation's accounts for the day on which
// people cannot come in otherwise, because IAM Identity Center, or the identity provider
// behind it, is away: IAM users of the account that owns the organisation, and a role in
// every account that they may assume, with a second factor.
//
// It makes no credentials: no password, no access key, no device. Whatever it made would
// be in Terraform's state, and whoever reads that would be in. A person gives each user a
// password, and the user gives themselves a device; until then the user can do nothing.
//
// Nor does it tell anybody that the glass is broken: that is an alarm on the trail.
//
//   - https://docs.aws.amazon.com/wellarchitected/latest/security-pillar/sec_permissions_emergency_process.html
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_examples_iam_mfa-selfmanage.html
package breakglass

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamgroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamgrouppolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicyattachment"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamuser"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamusergroupmembership"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// Users are IAM users, as ARNs have them.
type Users struct {
	// Account is the account that they are in.
	Account arn.Account
	// Path is the path of all of them, and of their group: `/break-glass/`.
	Path string
	// Names are their names.
	Names []string
}

// ARNs are those of the users.
func (u Users) ARNs() []string {
	var arns []string
	for _, name := range u.Names {
		arns = append(arns, u.Account.IAM("user"+u.Path+name))
	}
	return arns
}

// Everything are the users and groups of the path, as a pattern of each.
func (u Users) Everything() []string {
	return []string{u.Account.IAM("user" + u.Path + "*"), u.Account.IAM("group" + u.Path + "*")}
}

// Config describes the users.
type Config struct {
	// Provider acts in their account; nil is the stack's own.
	Provider cdktf.TerraformProvider
	// Name is that of their group, and of the role that they may assume.
	Name string
	// Users are the users.
	Users Users
	// Organization is the id of the organisation in whose accounts they may assume the role.
	Organization string
}

// Group is the users' group.
type Group struct {
	// ARN is the group's ARN.
	ARN *string
}

// New makes the group `aws_iam_group.<id>` with its policy, and each user
// `aws_iam_user.<id>_<name>`.
func New(scope constructs.Construct, id string, config Config) (*Group, error) {
	if config.Name == "" || config.Organization == "" || !config.Users.Account.Complete() || len(config.Users.Names) == 0 {
		return nil, fmt.Errorf("break-glass users %q: want a name, an organisation, an account and users", config.Name)
	}
	group := tf.Named(id, iamgroup.NewIamGroup(scope, tf.ID("aws_iam_group", id), &iamgroup.IamGroupConfig{
		Provider: config.Provider,
		Name:     tf.String(config.Name),
		Path:     tf.String(config.Users.Path),
	}))
	tf.Named(id, iamgrouppolicy.NewIamGroupPolicy(scope, tf.ID("aws_iam_group_policy", id), &iamgrouppolicy.IamGroupPolicyConfig{
		Provider: config.Provider,
		Name:     jsii.String("break-glass"),
		Group:    group.Name(),
		Policy:   policy.Document(config.statements()...),
	}))
	for _, name := range config.Users.Names {
		config.user(scope, tf.Name(id, name), name, group)
	}
	return &Group{ARN: group.Arn()}, nil
}

// user makes a user. What a person gave them by hand goes with them, or taking the user
// out would fail.
func (c Config) user(scope constructs.Construct, id, name string, group iamgroup.IamGroup) {
	user := tf.Named(id, iamuser.NewIamUser(scope, tf.ID("aws_iam_user", id), &iamuser.IamUserConfig{
		Provider:     c.Provider,
		Name:         tf.String(name),
		Path:         tf.String(c.Users.Path),
		ForceDestroy: true,
		Tags:         tf.Tags(name),
	}))
	tf.Named(id, iamusergroupmembership.NewIamUserGroupMembership(scope, tf.ID("aws_iam_user_group_membership", id), &iamusergroupmembership.IamUserGroupMembershipConfig{
		Provider: c.Provider,
		User:     user.Name(),
		Groups:   tf.Tokens(group.Name()),
	}))
}

// themselves is the user who asks. The dollar sign is doubled because Terraform would
// take the variable, which is IAM's, for an expression of its own.
const themselves = "$${aws:username}"

// statements let a user into the accounts with a second factor and, before there is one,
// do what it takes to have one. The last of them holds against whatever else somebody
// allows the user.
func (c Config) statements() []policy.Statement {
	own := []string{c.Users.Account.IAM("user" + c.Users.Path + themselves)}
	withDevice := policy.Condition{"Bool": {"aws:MultiFactorAuthPresent": {"true"}}}
	role := c.Users.Account.Of("*").Role(c.Name)
	enroll := []string{"iam:EnableMFADevice", "iam:GetMFADevice", "iam:ListMFADevices", "iam:ResyncMFADevice"}
	password := []string{"iam:ChangePassword", "iam:GetUser"}
	return []policy.Statement{{
		Sid: "BreakTheGlass", Action: []string{"sts:AssumeRole"}, Resource: []string{role},
		Condition: policy.Condition{
			"Bool":         withDevice["Bool"],
			"StringEquals": {"aws:ResourceOrgID": {c.Organization}},
		},
	}, {
		Sid: "HaveADevice", Action: enroll, Resource: own,
	}, {
		Sid: "MakeADevice", Action: []string{"iam:CreateVirtualMFADevice"}, Resource: []string{c.Users.Account.IAM("mfa/*")},
	}, {
		Sid: "HaveAnotherDevice", Action: []string{"iam:DeactivateMFADevice"}, Resource: own, Condition: withDevice,
	}, {
		Sid: "ChangeThePassword", Action: password, Resource: own,
	}, {
		Sid: "KnowTheRules", Action: []string{"iam:GetAccountPasswordPolicy", "iam:ListVirtualMFADevices"}, Resource: []string{"*"},
	}, {
		Sid: "NothingElseWithoutADevice", Effect: "Deny", Resource: []string{"*"},
		NotAction: append(append([]string{
			"iam:CreateVirtualMFADevice", "iam:GetAccountPasswordPolicy", "iam:ListVirtualMFADevices", "sts:GetSessionToken",
		}, enroll...), password...),
		Condition: policy.Condition{"BoolIfExists": {"aws:MultiFactorAuthPresent": {"false"}}},
	}}
}

// RoleConfig describes the role in one account.
type RoleConfig struct {
	// Provider acts in the account; nil is the stack's own.
	Provider cdktf.TerraformProvider
	// Name is the role's name, the same in every account.
	Name string
	// Account is the account that the role is in.
	Account arn.Account
	// Users may assume it.
	Users Users
}

// Role is the role.
type Role struct {
	// ARN is the role's ARN.
	ARN *string
}

// NewRole makes the role `aws_iam_role.<id>`. It may do everything in its account, but
// what policies of the organisation keep even administrators from.
func NewRole(scope constructs.Construct, id string, config RoleConfig) (*Role, error) {
	if config.Name == "" || !config.Account.Complete() || !config.Users.Account.Complete() || len(config.Users.Names) == 0 {
		return nil, fmt.Errorf("break-glass role %q: want a name, an account and users", config.Name)
	}
	role := tf.Named(id, iamrole.NewIamRole(scope, tf.ID("aws_iam_role", id), &iamrole.IamRoleConfig{
		Provider:         config.Provider,
		Name:             tf.String(config.Name),
		Description:      jsii.String("People come in when they cannot otherwise"),
		AssumeRolePolicy: policy.Document(config.trust()),
		Tags:             tf.Tags(config.Name),
	}))
	tf.Named(id, iamrolepolicyattachment.NewIamRolePolicyAttachment(scope, tf.ID("aws_iam_role_policy_attachment", id), &iamrolepolicyattachment.IamRolePolicyAttachmentConfig{
		Provider:  config.Provider,
		Role:      role.Name(),
		PolicyArn: tf.String(config.Account.ManagedPolicy("AdministratorAccess")),
	}))
	return &Role{ARN: role.Arn()}, nil
}

// trust admits the users by their ARNs and not as principals: IAM refuses a principal
// that does not exist yet, and the role is there before the users are.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-multifactorauthpresent
func (c RoleConfig) trust() policy.Statement {
	return policy.Statement{
		Sid:       "AssumedWithASecondFactor",
		Principal: policy.Account(c.Users.Account),
		Action:    []string{"sts:AssumeRole"},
		Condition: policy.Condition{
			"ArnEquals": {"aws:PrincipalArn": c.Users.ARNs()},
			"Bool":      {"aws:MultiFactorAuthPresent": {"true"}},
		},
	}
}
