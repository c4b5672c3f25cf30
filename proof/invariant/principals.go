package invariant

import (
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/wildcard"
	"hubspoke/proof/config"
)

// What is found here.
var (
	policyNotRead = catalogue.Add("policy-not-read",
		"A role's trust policy is not known before it is deployed, or is not a policy document. Who may assume the role "+
			"is not checked.",
		"Write it as JSON of literals and references. If it has to come from elsewhere, check it in AWS: IAM Access "+
			"Analyzer shows whom a role lets in from outside.")
	unknownPrincipal = catalogue.Add("unknown-principal",
		"A policy lets in whom no stack here makes: a role or an identity provider of one of these accounts, or a service "+
			"that is not called like one. AWS refuses a policy that names a role that does not exist "+
			"(MalformedPolicyDocument). A note if a condition on `aws:PrincipalArn` names it: AWS does not check those, and "+
			"nobody is let in until the role is there.",
		"Make the role or the provider first, or correct the name. For a role that is made later, let in its account "+
			"(its `root`) with a condition on `aws:PrincipalArn`.")
)

// checkPrincipals checks that whom a policy lets in exists: AWS refuses a policy
// that names a role that does not, and a condition that names one lets nobody in.
func (k *checker) checkPrincipals() {
	for _, s := range k.config.Stacks {
		for _, r := range s.Resources {
			if r.Data {
				continue
			}
			for _, argument := range []string{"assume_role_policy", "policy"} {
				if r.Argument(argument) == nil {
					continue
				}
				statements, err := k.policy(r, argument)
				if err != nil && argument == "assume_role_policy" {
					k.Note(policyNotRead, about(r), "whom %s trusts is not known: %v", r, err)
				}
				for _, statement := range statements {
					k.checkStatement(r, statement)
				}
			}
		}
	}
}

// exists says whether a pattern of an ARN can be one of the roles. Roles of IAM
// Identity Center and those that services make for themselves have paths that AWS
// reserves, and are not for a stack to make.
func (all *identities) exists(arn string) bool {
	for _, reserved := range []string{":role/aws-reserved/", ":role/aws-service-role/"} {
		if strings.Contains(arn, reserved) {
			return true
		}
	}
	if len(all.byARN[arn]) > 0 {
		return true
	}
	// Of two texts that differ, one matches the other only if it is a pattern.
	among := all.patterns
	if pattern(arn) {
		among = all.list
	}
	return slices.ContainsFunc(among, func(i *identity) bool { return wildcard.Matches(arn, i.arn) || wildcard.Matches(i.arn, arn) })
}

func (k *checker) checkStatement(r *config.Resource, s statement) {
	if !s.allows {
		return
	}
	for _, principal := range s.principals["AWS"] {
		if text, ok := principal.(string); ok {
			k.checkAWSPrincipal(r, text, s.arns)
		}
	}
	for _, principal := range s.principals["Federated"] {
		if text, ok := principal.(string); ok {
			k.checkFederated(r, text)
		}
	}
	for _, principal := range s.principals["Service"] {
		if text, ok := principal.(string); ok && !strings.HasSuffix(text, ".amazonaws.com") && !strings.HasSuffix(text, ".amazonaws.com.cn") {
			k.Violation(unknownPrincipal, about(r), "%s lets in the service %q: AWS's services are named like ec2.amazonaws.com", r, text)
		}
	}
}

func (k *checker) checkAWSPrincipal(r *config.Resource, principal string, conditions []string) {
	account := principal
	if strings.HasPrefix(principal, "arn:") {
		account = config.AccountOf(principal)
	}
	if k.accounts[account] && strings.Contains(principal, ":role/") && !k.identities.exists(principal) {
		k.Violation(unknownPrincipal, about(r), "%s lets in %s, which no stack here makes: AWS refuses a principal that does not exist; "+
			"make it first, or let in the account with a condition on aws:PrincipalArn", r, principal)
		return
	}
	for _, arn := range conditions {
		if k.accounts[config.AccountOf(arn)] && !k.identities.exists(arn) {
			k.expected[arn] = append(k.expected[arn], r)
		}
	}
}

// noteExpected notes whom conditions let in, and no stack here makes: they may be
// made elsewhere, such as a role of administrators.
func (k *checker) noteExpected() {
	for _, arn := range slices.Sorted(maps.Keys(k.expected)) {
		k.Note(unknownPrincipal, k.expected[arn], "%s is let in by %s, and no stack here makes it: that it exists is not checked", arn, names(k.expected[arn]))
	}
}

// checkFederated checks that a provider of identities that is named by its ARN
// is there.
func (k *checker) checkFederated(r *config.Resource, principal string) {
	if !k.accounts[config.AccountOf(principal)] {
		return
	}
	_, name, ok := strings.Cut(principal, ":oidc-provider/")
	for _, provider := range k.config.All("aws_iam_saml_provider") {
		called, known := provider.Argument("name").(string)
		if provider.Account == config.AccountOf(principal) && (!known || strings.HasSuffix(principal, ":saml-provider/"+called)) {
			return
		}
	}
	for _, provider := range k.config.All("aws_iam_openid_connect_provider") {
		url, known := provider.Argument("url").(string)
		if provider.Account == config.AccountOf(principal) && ok && known && strings.TrimPrefix(url, "https://") == name {
			return
		}
	}
	k.Violation(unknownPrincipal, about(r), "%s lets in identities of %s, and no stack here makes that provider in the account %s: make it, or correct the ARN",
		r, principal, config.AccountOf(principal))
}
