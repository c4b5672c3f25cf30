// Package recordrole makes the role by which a workload of another account, such
// as ExternalDNS or cert-manager, writes records in some hosted zones of this one.
//
// The workload's own role is made where the workload runs, and must be allowed to
// assume this one.
//
//   - https://kubernetes-sigs.github.io/external-dns/latest/docs/tutorials/aws/
//   - https://cert-manager.io/docs/configuration/acme/dns01/route53/
package recordrole

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// Config describes a role.
type Config struct {
	// Name is the role's name.
	Name string
	// Account is the workload's account.
	Account arn.Account
	// AssumedBy is the ARN of the workload's role, which need not exist yet.
	AssumedBy string
	// ExternalID is what the workload has to name when it assumes the role.
	ExternalID string
	// ZoneARNs are the hosted zones whose records the workload may change.
	ZoneARNs []*string
}

// Role is what the construct made.
type Role struct {
	// ARN is the role's ARN.
	ARN *string
}

// New makes the role `aws_iam_role.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Role, error) {
	if !config.Account.Complete() || config.AssumedBy == "" || config.ExternalID == "" {
		return nil, fmt.Errorf("record role %s: want an account, a role that assumes it and an external id", config.Name)
	}
	if len(config.ZoneARNs) == 0 {
		return nil, fmt.Errorf("record role %s: no zones", config.Name)
	}
	role := tf.Named(id, iamrole.NewIamRole(scope, tf.ID("aws_iam_role", id), &iamrole.IamRoleConfig{
		Name:             tf.String(config.Name),
		Description:      tf.String("Writes records for " + config.AssumedBy),
		AssumeRolePolicy: config.trust(),
		Tags:             tf.Tags(config.Name),
	}))
	tf.Named(id, iamrolepolicy.NewIamRolePolicy(scope, tf.ID("aws_iam_role_policy", id), &iamrolepolicy.IamRolePolicyConfig{
		Name:   jsii.String("write-records"),
		Role:   role.Name(),
		Policy: config.permissions(),
	}))
	return &Role{ARN: role.Arn()}, nil
}

// trust names the account and conditions the role, because IAM refuses a
// principal that does not exist yet, and turns one that was made anew into an id
// that matches nobody. Credentials from EKS Pod Identity carry session tags on to
// every role that is assumed with them, which needs sts:TagSession:
//
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html#principal-roles
//   - https://docs.aws.amazon.com/eks/latest/userguide/pod-id-abac.html
func (c Config) trust() *string {
	return policy.Document(policy.Statement{
		Sid:       "AssumedByTheWorkload",
		Principal: policy.Account(c.Account),
		Action:    []string{"sts:AssumeRole", "sts:TagSession"},
		Condition: policy.Condition{
			"ArnEquals":    {"aws:PrincipalArn": {c.AssumedBy}},
			"StringEquals": {"sts:ExternalId": {c.ExternalID}},
		},
	})
}

// permissions let the workload find zones, and change records in its own. The
// calls that list have no narrower resource, or are made for all zones at once.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonroute53.html
func (c Config) permissions() *string {
	var zones []string
	for _, arn := range c.ZoneARNs {
		zones = append(zones, *arn)
	}
	return policy.Document(policy.Statement{
		Sid:      "RecordsOfItsZones",
		Action:   []string{"route53:ChangeResourceRecordSets", "route53:ListResourceRecordSets"},
		Resource: zones,
	}, policy.Statement{
		Sid: "FindZones",
		Action: []string{
			"route53:ListHostedZones", "route53:ListHostedZonesByName",
			"route53:ListTagsForResource", "route53:ListTagsForResources",
		},
		Resource: []string{"*"},
	}, policy.Statement{
		Sid:      "SeeThatChangesAreInEffect",
		Action:   []string{"route53:GetChange"},
		Resource: []string{c.Account.In("").Of("").ARN("route53", "change/*")},
	})
}
