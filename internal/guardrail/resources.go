package guardrail

import (
	"slices"

	"hubspoke/internal/policy"
)

// This file has what limits what anybody may do to the resources of accounts.

// resourceServices are those whose resources are closed to strangers. sts:AssumeRoleWithWebIdentity and
// sts:AssumeRoleWithSAML are not among the actions of STS: whoever calls them belongs to an identity provider
// and to no organisation, so that GitHub, clusters and Identity Center would stand outside. For them the trust
// policies of roles are right, and `identities` keeps providers out that nobody knows.
// https://github.com/aws-samples/data-perimeter-policy-examples/tree/main/resource_control_policies
func resourceServices() []string {
	return []string{
		"kms:*", "s3:*", "secretsmanager:*", "sqs:*",
		"sts:AssumeRole", "sts:DecodeAuthorizationMessage", "sts:GetAccessKeyInfo", "sts:GetFederationToken", "sts:GetServiceBearerToken", "sts:GetSessionToken", "sts:SetContext",
	}
}

// loadBalancerAccounts are AWS's own accounts that write the access logs of load balancers in regions from
// before August 2022; in later ones a service does.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
var loadBalancerAccounts = map[string]string{
	"af-south-1": "098369216593", "ap-east-1": "754344448648", "ap-northeast-1": "582318560864", "ap-northeast-2": "600734575887",
	"ap-northeast-3": "383597477331", "ap-south-1": "718504428378", "ap-southeast-1": "114774131450", "ap-southeast-2": "783225319266",
	"ap-southeast-3": "589379963580", "ca-central-1": "985666609251", "eu-central-1": "054676820928", "eu-north-1": "897822967062",
	"eu-south-1": "635631232127", "eu-west-1": "156460612806", "eu-west-2": "652711504416", "eu-west-3": "009996457667",
	"me-south-1": "076674570225", "sa-east-1": "507241528517", "us-east-1": "127311923021", "us-east-2": "033677994240",
	"us-west-1": "027434742980", "us-west-2": "797873946194",
}

// LoadBalancerAccounts are AWS's own accounts that write the access logs of load balancers in
// some regions: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/enable-access-logging.html
func LoadBalancerAccounts(regions []string) []string {
	var accounts []string
	for _, region := range regions {
		if account, ok := loadBalancerAccounts[region]; ok {
			accounts = append(accounts, account)
		}
	}
	return accounts
}

// onlyTheOrganization closes resources to whoever is not of the organisation, whatever their own policies
// say. A caller who is nobody has no key, and so is denied too; a service of AWS is none of the organisation, and
// is the next statement's concern.
func (c Config) onlyTheOrganization() policy.Statement {
	outside := append(slices.Clone(c.Outside), LoadBalancerAccounts(c.Regions)...)
	but := map[string][]string{"aws:PrincipalOrgID": {c.Organization}}
	if len(outside) > 0 {
		slices.Sort(outside)
		but["aws:PrincipalAccount"] = slices.Compact(outside)
	}
	return policy.Statement{
		Sid: "OnlyTheOrganisation", Action: resourceServices(),
		Condition: policy.Condition{
			"BoolIfExists":            {"aws:PrincipalIsAWSService": {"false"}},
			"StringNotEqualsIfExists": but,
		},
	}
}

// onlyForTheOrganization keeps services of AWS from acting on resources for an account of somebody else.
// Services that say for nobody are not meant.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
func (c Config) onlyForTheOrganization() policy.Statement {
	but := map[string][]string{"aws:SourceOrgID": {c.Organization}}
	if len(c.Outside) > 0 {
		but["aws:SourceAccount"] = c.Outside
	}
	return policy.Statement{
		Sid: "OnlyForTheOrganisation", Action: resourceServices(),
		Condition: policy.Condition{
			"Bool":                    {"aws:PrincipalIsAWSService": {"true"}},
			"Null":                    {"aws:SourceAccount": {"false"}},
			"StringNotEqualsIfExists": but,
		},
	}
}

func onlyOverTLS() policy.Statement {
	return policy.Statement{
		Sid: "OnlyOverTLS", Action: []string{"kms:*", "s3:*", "secretsmanager:*", "sqs:*", "sts:*"},
		Condition: policy.Condition{"Bool": {"aws:SecureTransport": {"false"}}},
	}
}
