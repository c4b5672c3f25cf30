// Package organizationpolicy makes a policy of AWS Organizations and attaches it to the root,
// to organizational units and to accounts.
//
// The type of the policy has to be switched on in the organisation, which this package does
// not. It writes no policies: whoever calls it brings the document, in the form in which it
// is to stay, for the provider compares texts and no meanings.
//
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies.html
package organizationpolicy

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/organizationspolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/organizationspolicyattachment"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/quota"
	"hubspoke/internal/tf"
)

// Config describes a policy.
type Config struct {
	// Name is the policy's name, of which an organisation has one of each type.
	Name string
	// Type is what AWS calls its type, `SERVICE_CONTROL_POLICY`.
	Type string
	// Description says what the policy is for. Default: nothing.
	Description string
	// Content is the policy, without white space, which would count.
	Content string
	// Size is how long it may be.
	Size quota.Quota
	// Targets are the ids of the root, of units or of accounts that it is attached to, by a name for each.
	Targets map[string]*string
	// After is what must exist first. Default: nothing.
	After []cdktf.ITerraformDependable
}

// Policy is what the construct made.
type Policy struct {
	// ID is the policy's id, `p-…`.
	ID *string
	// Attachments are what puts it into force.
	Attachments []cdktf.ITerraformDependable
}

// longestName and longestDescription are how long these may be.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_CreatePolicy.html
const (
	longestName        = 128
	longestDescription = 512
)

// New makes the policy `aws_organizations_policy.<id>` and
// `aws_organizations_policy_attachment.<id>_<target>` for each target.
func New(scope constructs.Construct, id string, config Config) (*Policy, error) {
	if config.Name == "" || config.Type == "" || config.Content == "" || len(config.Targets) == 0 {
		return nil, fmt.Errorf("organisation policy %q: want a name, a type, a content, and something to attach it to", config.Name)
	}
	if len(config.Name) > longestName || len(config.Description) > longestDescription {
		return nil, fmt.Errorf("organisation policy %s: AWS takes %d characters of a name, and %d of a description", config.Name, longestName, longestDescription)
	}
	if size := len([]rune(config.Content)); size > config.Size.Default {
		return nil, fmt.Errorf("organisation policy %s: %d of %d %s", config.Name, size, config.Size.Default, config.Size.Name)
	}
	after := tf.DependsOn(config.After...)
	made := tf.Named(id, organizationspolicy.NewOrganizationsPolicy(scope, tf.ID("aws_organizations_policy", id), &organizationspolicy.OrganizationsPolicyConfig{
		Name:        tf.String(config.Name),
		Type:        tf.String(config.Type),
		Description: tf.String(config.Description),
		Content:     tf.String(config.Content),
		Tags:        tf.Tags(config.Name),
		DependsOn:   after,
	}))
	policy := &Policy{ID: made.Id()}
	for _, target := range tf.Keys(config.Targets) {
		name := tf.Name(id, target)
		policy.Attachments = append(policy.Attachments, tf.Named(name, organizationspolicyattachment.NewOrganizationsPolicyAttachment(scope, tf.ID("aws_organizations_policy_attachment", name), &organizationspolicyattachment.OrganizationsPolicyAttachmentConfig{
			PolicyId: made.Id(),
			TargetId: config.Targets[target],
		})))
	}
	return policy, nil
}
