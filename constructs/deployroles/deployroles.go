// Package deployroles makes the IAM roles by which Terraform acts: in each account
// one to plan with and one to apply with, in the account of the state two more for
// each account's state, and those by which a CI system comes in.
//
// A run has three identities at a time. It enters as a person or as a CI role;
// from there its provider assumes the plan or the apply role of an account, and its
// backend the state role that goes with it. None of them can do another's work, and
// nothing that plans can write a state: who writes states decides what is applied.
//
// It makes no users, no permission sets and no boundaries for the roles that an
// apply creates: what it may do at all in an account is for the organisation's
// service control policies to say.
//
// https://docs.aws.amazon.com/prescriptive-guidance/latest/terraform-aws-provider-best-practices/security.html
package deployroles

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicyattachment"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// Config describes the plan and the apply role of one account.
type Config struct {
	// Provider acts in the account; nil is the stack's own.
	Provider cdktf.TerraformProvider
	// Plan and Apply are the names of the roles.
	Plan, Apply string
	// PlanTrust and ApplyTrust say who may assume them.
	PlanTrust, ApplyTrust Trust
	// Account is the account that the roles are in.
	Account arn.Account
	// Protected are further roles of the account that an apply must leave alone, as patterns of names.
	Protected []string
	// Parameters are the paths of the parameters of Systems Manager that the account's stacks make, as patterns: `/probe/*`. A plan reads them.
	Parameters []string
	// Secrets are the names of the secrets that the account's stacks write a version of. A plan reads these, password and all, since the provider does.
	Secrets []string
	// Guard are further statements of the apply role's policy.
	Guard []policy.Statement
}

// Trust is who may assume a role: principals of some accounts, by pattern.
type Trust []policy.Trusted

// Roles are what New made.
type Roles struct {
	// Plan and Apply are the two roles.
	Plan, Apply *Role
}

// Role is one of the roles that the package makes.
type Role struct {
	// ARN is the role's ARN.
	ARN *string
}

// New makes the roles `aws_iam_role.plan_<id>` and `aws_iam_role.apply_<id>`.
func New(scope constructs.Construct, id string, config Config) (*Roles, error) {
	plan := role{
		name: config.Plan, description: "Terraform reads the account",
		trust: config.PlanTrust, provider: config.Provider,
	}
	if err := plan.make(scope, tf.Name("plan", id)); err != nil {
		return nil, err
	}
	plan.attach(config.Account.ManagedPolicy("ReadOnlyAccess"))
	plan.policy("read-no-data", config.dataReads()...)

	apply := role{
		name: config.Apply, description: "Terraform changes the account",
		trust: config.ApplyTrust, provider: config.Provider,
	}
	if err := apply.make(scope, tf.Name("apply", id)); err != nil {
		return nil, err
	}
	apply.attach(config.Account.ManagedPolicy("AdministratorAccess"))
	apply.policy("leave-alone", config.guard()...)
	return &Roles{Plan: plan.made(), Apply: apply.made()}, nil
}

// role is a role that is assumed from a trusted account, as it is being made.
type role struct {
	name, description string
	trust             Trust
	provider          cdktf.TerraformProvider

	scope    constructs.Construct
	id       string
	resource iamrole.IamRole
}

func (r *role) make(scope constructs.Construct, id string) error {
	trust, err := r.trust.document()
	if err != nil {
		return fmt.Errorf("role %s: %w", r.name, err)
	}
	r.scope, r.id = scope, id
	r.resource = tf.Named(id, iamrole.NewIamRole(scope, tf.ID("aws_iam_role", id), &iamrole.IamRoleConfig{
		Provider:         r.provider,
		Name:             tf.String(r.name),
		Description:      tf.String(r.description),
		AssumeRolePolicy: trust,
		Tags:             tf.Tags(r.name),
	}))
	return nil
}

func (r *role) made() *Role { return &Role{ARN: r.resource.Arn()} }

// attach gives the role a policy that AWS manages, by its ARN.
func (r *role) attach(managed string) {
	tf.Named(r.id, iamrolepolicyattachment.NewIamRolePolicyAttachment(r.scope, tf.ID("aws_iam_role_policy_attachment", r.id), &iamrolepolicyattachment.IamRolePolicyAttachmentConfig{
		Provider:  r.provider,
		Role:      r.resource.Name(),
		PolicyArn: jsii.String(managed),
	}))
}

// policy gives the role a policy of its own.
func (r *role) policy(name string, statements ...policy.Statement) {
	tf.Named(r.id, iamrolepolicy.NewIamRolePolicy(r.scope, tf.ID("aws_iam_role_policy", r.id), &iamrolepolicy.IamRolePolicyConfig{
		Provider: r.provider,
		Name:     tf.String(name),
		Role:     r.resource.Name(),
		Policy:   policy.Document(statements...),
	}))
}
