package invariant

import (
	"regexp"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
)

// What is found here.
var (
	foreignAccount = catalogue.Add("foreign-account",
		"A policy, a share or a permission lets in an account in which no stack here works and that nobody has named, or an "+
			"organisation where another one is named as often: what is done there, and by whom, is not known. A note if a condition binds it: `sts:ExternalId`, by which a service of "+
			"somebody else knows its customers, or an organisation's id; and for a share with the one organisation that is named.",
		"Correct the number. If the account is yours, name it among the accounts, or add its stacks. If it is somebody "+
			"else's, let it in by a condition on `sts:ExternalId` (a role) or `aws:PrincipalOrgID`, and by a role's ARN rather than as a whole.")
	openToEverybody = catalogue.Add("open-to-everybody",
		"A policy lets in every principal of every AWS account (`*`, or an `Allow` for all but some by `NotPrincipal`), or "+
			"everybody to whom a public provider such as GitHub gives an identity, and no condition says whom. One whose "+
			"account or owner is a wildcard says nothing.",
		"Name the accounts or roles; or add a condition on `aws:PrincipalOrgID`, `aws:PrincipalAccount` or "+
			"`aws:SourceAccount`, and for a provider on its `sub`, with the owner written out.")
	subnetShared = catalogue.Add("subnet-shared",
		"A subnet is shared with another account, which may put network interfaces with groups of its own into it. A note "+
			"if stacks here work in that account; unproven if none does, or if the share is with an organisation: what is in "+
			"the subnet is not all known.",
		"Nothing, if that is meant; add the stacks of the account that uses the subnet. Otherwise take the subnet out of the "+
			"share.")
)

// letIn are the arguments by which types of resources let accounts in, without a policy.
var letIn = map[string]string{
	"aws_ami_launch_permission":                    "account_id",
	"aws_cloudwatch_event_permission":              "principal",
	"aws_db_snapshot":                              "shared_accounts",
	"aws_dx_gateway_association_proposal":          "dx_gateway_owner_account_id",
	"aws_eks_access_entry":                         "principal_arn",
	"aws_eks_access_policy_association":            "principal_arn",
	"aws_ecr_replication_configuration":            "replication_configuration",
	"aws_kms_grant":                                "grantee_principal",
	"aws_lambda_layer_version_permission":          "principal",
	"aws_lambda_permission":                        "principal",
	"aws_opensearch_authorize_vpc_endpoint_access": "account",
	"aws_ram_principal_association":                "principal",
	"aws_redshift_endpoint_authorization":          "account",
	"aws_snapshot_create_volume_permission":        "account_id",
	"aws_vpc_endpoint_service":                     "allowed_principals",
	"aws_vpc_endpoint_service_allowed_principal":   "principal_arn",
}

// policyArguments are the arguments that hold policies with principals.
var policyArguments = []string{"assume_role_policy", "policy", "access_policy", "access_policies", "policy_document", "resource_policy"}

// binding are the keys of conditions that say whose principals are let in, where the
// principal itself does not. aws:SourceOwner is the older form of aws:SourceAccount, in the policy that SNS gives to every topic.
//   - https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
var binding = []string{
	"aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount", "aws:sourcearn",
	"aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip", "kms:calleraccount",
	"s3:dataaccesspointaccount", "elasticfilesystem:accessedviamounttarget",
}

var accountNumber = regexp.MustCompile(`^[0-9]{12}$`)

// accountIn is the account that a principal belongs to, empty where it names none.
func accountIn(principal string) string {
	if accountNumber.MatchString(principal) {
		return principal
	}
	if account := config.AccountOf(principal); accountNumber.MatchString(account) {
		return account
	}
	return ""
}

// isForeign says whether an account is one in which no stack works and that nobody named.
func (k *checker) isForeign(account string) bool {
	return account != "" && !k.accounts[account] && !k.known[account] && len(k.accounts) > 0
}

// checkForeign checks whom the stacks let in from outside of their accounts.
func (k *checker) checkForeign() {
	for _, s := range k.config.Stacks {
		for _, r := range s.Resources {
			if r.Data {
				continue
			}
			if argument := letIn[r.Type]; argument != "" {
				k.checkLetIn(r, argument)
			}
			// A policy of an endpoint takes rights away, and gives none.
			if strings.HasPrefix(r.Type, "aws_vpc_endpoint") {
				continue
			}
			for _, argument := range policyArguments {
				if r.Argument(argument) == nil {
					continue
				}
				statements, _ := k.policy(r, argument)
				for _, statement := range statements {
					k.checkOutsiders(r, statement)
				}
			}
		}
	}
	k.checkOrganizations()
	k.checkSharedSubnets()
}

func (k *checker) checkLetIn(r *config.Resource, argument string) {
	config.Each(r.Argument(argument), func(leaf any) {
		text, _ := leaf.(string)
		switch account := accountIn(text); {
		case text == "*" && r.Type != "aws_cloudwatch_event_permission":
			k.Violation(openToEverybody, about(r), "%s lets in every AWS account: name those that are meant", r)
		// An organisation is of the account that manages it, which need not be among them.
		case !k.isForeign(account) || organization(text):
		case r.Type == "aws_ram_principal_association":
			what := names(k.sharedBy(ref(r, "resource_share_arn")))
			if what == "" {
				what = "what is in the share"
			}
			k.Doubt(foreignAccount, about(r), "%s gives %s to the account %s, in which no stack here works: what that does with it is not known", r, what, account)
		default:
			k.Doubt(foreignAccount, about(r), "%s lets in the account %s, in which no stack here works: name it among the accounts if it is yours", r, account)
		}
	})
}

// byEndpoints says that a policy is of a private API, and refuses what comes by endpoints that it
// does not name: AWS advises to write it as an Allow for everybody, and a Deny.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-resource-policies-examples.html
func (k *checker) byEndpoints(r *config.Resource) bool {
	of := r
	if r.Type == "aws_api_gateway_rest_api_policy" {
		of = ref(r, "rest_api_id")
	}
	return slices.ContainsFunc(k.APIs, func(api *network.API) bool {
		return api.Resource == of && api.Private && !api.Anybody && !api.MayAnybody
	})
}

// checkOutsiders checks whom a statement of a policy lets in.
func (k *checker) checkOutsiders(r *config.Resource, s statement) {
	if !s.allows {
		return
	}
	bound := s.bound()
	for _, principal := range s.principals["Federated"] {
		k.checkIssuer(r, s, principal)
	}
	for _, principal := range slices.Concat(s.principals["AWS"], s.principals["Federated"]) {
		text, _ := principal.(string)
		switch account := accountIn(text); {
		case text == "*" && !bound && k.byEndpoints(r):
		case text == "*" && !bound:
			k.Violation(openToEverybody, about(r), "%s lets in everybody, of every AWS account, and no condition says whom: name accounts or roles", r)
		case !k.isForeign(account):
		case s.conditions["sts:externalid"] != nil || s.conditions["aws:principalorgid"] != nil || s.conditions["aws:principalorgpaths"] != nil:
			k.Note(foreignAccount, about(r), "%s lets in %s, of an account in which no stack here works, bound by a condition", r, text)
		default:
			k.Doubt(foreignAccount, about(r), "%s lets in %s, of an account in which no stack here works: name the account if it is yours, "+
				"or bind it by a condition on sts:ExternalId", r, text)
		}
	}
	if s.others && !bound {
		k.Violation(openToEverybody, about(r), "%s lets in everybody but some (NotPrincipal), and no condition says whom: name whom it is for", r)
	}
	// Where everybody is let in by conditions, those say who it is.
	if slices.Contains(s.principals["AWS"], any("*")) {
		for _, key := range []string{"aws:principalaccount", "aws:principalarn", "aws:sourceaccount", "aws:sourceowner", "aws:sourcearn", "kms:calleraccount"} {
			for _, value := range s.conditions[key] {
				if account := accountIn(value); k.isForeign(account) {
					k.Doubt(foreignAccount, about(r), "%s lets in %s by a condition, and no stack here works in that account: name it if it is yours", r, value)
				}
			}
		}
	}
}

// sharedBy are the resources in a share.
func (k *checker) sharedBy(share *config.Resource) []*config.Resource {
	var all []*config.Resource
	for _, r := range k.config.All("aws_ram_resource_association") {
		if shared := ref(r, "resource_arn"); shared != nil && share != nil && ref(r, "resource_share_arn") == share {
			all = append(all, shared)
		}
	}
	return all
}

// checkSharedSubnets says who may put what into subnets that are shared.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
func (k *checker) checkSharedSubnets() {
	for _, r := range k.config.All("aws_ram_principal_association") {
		for _, shared := range k.sharedBy(ref(r, "resource_share_arn")) {
			if k.subnets[shared] == nil {
				continue
			}
			principal, known := r.Argument("principal").(string)
			const text = "%s shares %s with %s, which may put interfaces into it: "
			switch account := accountIn(principal); {
			case !known:
				k.Doubt(subnetShared, about(r, shared), text+"who that is, and what it puts there, is not known", r, shared, "whom AWS will say")
			case organization(principal):
				k.Doubt(subnetShared, about(r, shared), text+"what the accounts of the organisation put there is not known", r, shared, principal)
			case k.accounts[account]:
				k.Note(subnetShared, about(r, shared), text+"what stacks here put there is known", r, shared, account)
			default:
				k.Doubt(subnetShared, about(r, shared), text+"no stack here works in that account", r, shared, principal)
			}
		}
	}
}
