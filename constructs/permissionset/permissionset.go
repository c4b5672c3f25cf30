// Package permissionset makes permission sets of IAM Identity Center with their policies,
// and gives them to groups in accounts.
//
// It makes neither groups nor people, and no policies: those of AWS exist, and one's own
// have to exist in each account before somebody is given a set that names them.
//
// https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
package permissionset

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ssoadminaccountassignment"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ssoadmincustomermanagedpolicyattachment"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ssoadminmanagedpolicyattachment"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ssoadminpermissionsboundaryattachment"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ssoadminpermissionset"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ssoadminpermissionsetinlinepolicy"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/tf"
)

// mostHours is how long a session lasts at most:
// https://docs.aws.amazon.com/singlesignon/latest/userguide/howtosessionduration.html
const mostHours = 12

// Config describes a permission set.
type Config struct {
	// Name is the set's name, which the roles have in the accounts: `AWSReservedSSO_<name>_…`.
	Name string
	// Description says what people need it for. Default: none.
	Description string
	// Account is that of Identity Center. Its partition is that of AWS's policies.
	Account arn.Account
	// InstanceARN is the instance of Identity Center.
	InstanceARN *string
	// Hours is how long a session lasts, 1 to 12.
	Hours int
	// RelayState is the URL at which the console opens. Default: its home page.
	RelayState string
	// Policies are policies of AWS, by path and name. Default: none.
	Policies []string
	// CustomerPolicies are policies of one's own, by name. Default: none.
	CustomerPolicies []string
	// Inline is a policy that is part of the set, as JSON. Default: none.
	Inline string
	// Boundary is a policy of AWS beyond which nothing is allowed, by path and name. Default: none.
	Boundary string
	// CustomerBoundary is one of one's own in its place, by name. Default: none.
	CustomerBoundary string
	// HardToLose keeps Terraform from deleting the set. Default: false.
	HardToLose bool
	// Provider acts in the region of Identity Center. Default: the stack's own.
	Provider cdktf.TerraformProvider
}

// PermissionSet is what the construct made.
type PermissionSet struct {
	// ARN is the set's ARN.
	ARN *string

	config   Config
	attached []cdktf.ITerraformDependable
}

// New makes the set `aws_ssoadmin_permission_set.<id>`, an attachment `<id>_<policy>` for
// each of its policies, `aws_ssoadmin_permission_set_inline_policy.<id>`, and
// `aws_ssoadmin_permissions_boundary_attachment.<id>`.
func New(scope constructs.Construct, id string, config Config) (*PermissionSet, error) {
	if config.Name == "" || config.InstanceARN == nil || !config.Account.Complete() {
		return nil, fmt.Errorf("permission set %q: want a name, an instance of Identity Center and an account", config.Name)
	}
	if config.Hours < 1 || config.Hours > mostHours {
		return nil, fmt.Errorf("permission set %s: a session lasts 1 to %d hours, not %d", config.Name, mostHours, config.Hours)
	}
	arguments := &ssoadminpermissionset.SsoadminPermissionSetConfig{
		Name:            tf.String(config.Name),
		Description:     tf.String(config.Description),
		InstanceArn:     config.InstanceARN,
		SessionDuration: tf.String(fmt.Sprintf("PT%dH", config.Hours)),
		RelayState:      tf.String(config.RelayState),
		Tags:            tf.Tags(config.Name),
		Provider:        config.Provider,
	}
	if config.HardToLose {
		arguments.Lifecycle = tf.HardToLose()
	}
	made := tf.Named(id, ssoadminpermissionset.NewSsoadminPermissionSet(scope, tf.ID("aws_ssoadmin_permission_set", id), arguments))
	set := &PermissionSet{ARN: made.Arn(), config: config}
	set.attach(scope, id)
	set.inline(scope, id)
	set.bound(scope, id)
	return set, nil
}

// attach attaches the policies. The provider provisions the set anew wherever somebody has
// it, each time.
func (p *PermissionSet) attach(scope constructs.Construct, id string) {
	for _, policy := range p.config.Policies {
		name := tf.Name(id, policy)
		p.attached = append(p.attached, tf.Named(name, ssoadminmanagedpolicyattachment.NewSsoadminManagedPolicyAttachment(scope, tf.ID("aws_ssoadmin_managed_policy_attachment", name), &ssoadminmanagedpolicyattachment.SsoadminManagedPolicyAttachmentConfig{
			InstanceArn:      p.config.InstanceARN,
			PermissionSetArn: p.ARN,
			ManagedPolicyArn: tf.String(p.config.Account.ManagedPolicy(policy)),
			Provider:         p.config.Provider,
		})))
	}
	for _, policy := range p.config.CustomerPolicies {
		name := tf.Name(id, policy)
		p.attached = append(p.attached, tf.Named(name, ssoadmincustomermanagedpolicyattachment.NewSsoadminCustomerManagedPolicyAttachment(scope, tf.ID("aws_ssoadmin_customer_managed_policy_attachment", name), &ssoadmincustomermanagedpolicyattachment.SsoadminCustomerManagedPolicyAttachmentConfig{
			InstanceArn:                    p.config.InstanceARN,
			PermissionSetArn:               p.ARN,
			CustomerManagedPolicyReference: &ssoadmincustomermanagedpolicyattachment.SsoadminCustomerManagedPolicyAttachmentCustomerManagedPolicyReference{Name: tf.String(policy)},
			Provider:                       p.config.Provider,
		})))
	}
}

// inline writes the policy that is part of the set. IAM's own variables look like
// Terraform's expressions, and are none.
func (p *PermissionSet) inline(scope constructs.Construct, id string) {
	if p.config.Inline == "" {
		return
	}
	p.attached = append(p.attached, tf.Named(id, ssoadminpermissionsetinlinepolicy.NewSsoadminPermissionSetInlinePolicy(scope, tf.ID("aws_ssoadmin_permission_set_inline_policy", id), &ssoadminpermissionsetinlinepolicy.SsoadminPermissionSetInlinePolicyConfig{
		InstanceArn:      p.config.InstanceARN,
		PermissionSetArn: p.ARN,
		InlinePolicy:     tf.Literal(p.config.Inline),
		Provider:         p.config.Provider,
	})))
}

// bound gives the set its boundary. Another one is there once the old one is gone: AWS keeps
// one of a set, and removing the old one would remove whichever is there.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
func (p *PermissionSet) bound(scope constructs.Construct, id string) {
	boundary := &ssoadminpermissionsboundaryattachment.SsoadminPermissionsBoundaryAttachmentPermissionsBoundary{}
	switch {
	case p.config.Boundary != "":
		boundary.ManagedPolicyArn = tf.String(p.config.Account.ManagedPolicy(p.config.Boundary))
	case p.config.CustomerBoundary != "":
		boundary.CustomerManagedPolicyReference = &ssoadminpermissionsboundaryattachment.SsoadminPermissionsBoundaryAttachmentPermissionsBoundaryCustomerManagedPolicyReference{Name: tf.String(p.config.CustomerBoundary)}
	default:
		return
	}
	p.attached = append(p.attached, tf.Named(id, ssoadminpermissionsboundaryattachment.NewSsoadminPermissionsBoundaryAttachment(scope, tf.ID("aws_ssoadmin_permissions_boundary_attachment", id), &ssoadminpermissionsboundaryattachment.SsoadminPermissionsBoundaryAttachmentConfig{
		InstanceArn:         p.config.InstanceARN,
		PermissionSetArn:    p.ARN,
		PermissionsBoundary: boundary,
		Provider:            p.config.Provider,
	})))
}

// Assign gives the set to a group in an account: `aws_ssoadmin_account_assignment.<id>`.
// It comes after the set's policies, so that nobody has the set without its boundary.
// Terraform takes it away before them in turn: a set that loses a policy is provisioned
// anew wherever somebody has it, and fails where the assignment is just going
// (https://github.com/hashicorp/terraform-provider-aws/issues/33337).
func (p *PermissionSet) Assign(scope constructs.Construct, id string, groupID *string, account string) {
	tf.Named(id, ssoadminaccountassignment.NewSsoadminAccountAssignment(scope, tf.ID("aws_ssoadmin_account_assignment", id), &ssoadminaccountassignment.SsoadminAccountAssignmentConfig{
		InstanceArn:      p.config.InstanceARN,
		PermissionSetArn: p.ARN,
		PrincipalId:      groupID,
		PrincipalType:    jsii.String("GROUP"),
		TargetId:         tf.String(account),
		TargetType:       jsii.String("AWS_ACCOUNT"),
		Provider:         p.config.Provider,
		DependsOn:        tf.DependsOn(p.attached...),
	}))
}
