package invariant

import (
	"net/netip"
	"slices"
	"strings"

	"hubspoke/internal/wildcard"
	"hubspoke/proof/config"
)

// binds says whether a value of a condition's key says whose principals are let in: not if
// the account, the organisation or what else tells them apart is a pattern itself.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
func binds(key, value string) bool {
	switch key {
	case "aws:principalarn", "aws:sourcearn":
		parts := strings.SplitN(value, ":", 6)
		if len(parts) < 6 {
			return !pattern(value)
		}
		// The ARN of a bucket has no account, and its name is its own.
		return !pattern(parts[4]) && (parts[4] != "" || !pattern(parts[5]))
	case "aws:principalorgpaths", "aws:sourceorgpaths":
		organization, _, _ := strings.Cut(value, "/")
		return !pattern(organization)
	case "aws:sourceip", "aws:vpcsourceip":
		prefix, err := netip.ParsePrefix(value)
		return err != nil || prefix.Bits() > 0
	}
	return !pattern(value)
}

// bound says whether a condition of the statement says whose principals it lets in.
func (s statement) bound() bool {
	return slices.ContainsFunc(binding, func(key string) bool { return s.boundBy(key, binds) })
}

// boundBy says whether all values of a condition's key bind it: any of them will do for AWS.
func (s statement) boundBy(key string, binds func(key, value string) bool) bool {
	values := s.conditions[key]
	return len(values) > 0 && !slices.ContainsFunc(values, func(value string) bool { return !binds(key, value) })
}

// sharedIssuers are identity providers that serve everybody, with the claims that tell their
// customers apart. A provider of one's own, such as a cluster's, vouches for one's own alone.
//
// https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_oidc_secure-by-default.html
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html
var sharedIssuers = map[string][]string{
	"accounts.google.com":                 {"aud", "oaud", "sub"},
	"agent.buildkite.com":                 {"sub"},
	"app.terraform.io":                    {"sub"},
	"cognito-identity.amazonaws.com":      {"aud", "sub"},
	"gitlab.com":                          {"sub"},
	"graph.facebook.com":                  {"app_id", "id"},
	"oidc.vercel.com":                     {"sub"},
	"token.actions.githubusercontent.com": {"sub", "repository", "repository_id", "repository_owner", "repository_owner_id"},
	"www.amazon.com":                      {"app_id", "user_id"},
}

// bindsClaim says whether the value of a claim names somebody: in `repo:owner/name:…`, the
// owner at least.
func bindsClaim(_, value string) bool {
	kind, rest, parted := strings.Cut(value, ":")
	if !parted {
		kind, rest = "", value
	}
	if at := strings.IndexAny(rest, "/:"); at >= 0 {
		rest = rest[:at]
	}
	return rest != "" && !pattern(kind) && !pattern(rest)
}

// issuer is the name of the provider of identities that a principal is, empty if it cannot be
// told.
func issuer(principal any) string {
	text, _ := principal.(string)
	if ref, ok := principal.(config.Ref); ok && ref.Resource.Type == "aws_iam_openid_connect_provider" {
		text, _ = ref.Resource.Argument("url").(string)
		if text == "" {
			text, _ = ref.Resource.Argument("arn").(string)
		}
	}
	if _, name, ok := strings.Cut(text, ":oidc-provider/"); ok {
		text = name
	}
	return strings.ToLower(strings.TrimSuffix(strings.TrimPrefix(text, "https://"), "/"))
}

// checkIssuer checks that a provider of identities that serves everybody does not let
// everybody in.
func (k *checker) checkIssuer(r *config.Resource, s statement, principal any) {
	name := issuer(principal)
	host, _, _ := strings.Cut(name, "/")
	claims := sharedIssuers[host]
	if claims == nil || slices.ContainsFunc(claims, func(claim string) bool {
		return s.boundBy(name+":"+claim, bindsClaim) || s.boundBy(host+":"+claim, bindsClaim)
	}) {
		return
	}
	k.Violation(openToEverybody, about(r), "%s lets in everybody to whom %s gives an identity, and no condition says whom: name the owner in one on %s:%s",
		r, host, name, claims[0])
}

// assumes says whether a statement is about an action of those that assume a role.
func (s statement) assumes(action string) bool {
	about := func(value any) bool {
		text, known := value.(string)
		return !known || wildcard.Matches(strings.ToLower(text), action)
	}
	if len(s.notActions) > 0 {
		return !slices.ContainsFunc(s.notActions, about)
	}
	return slices.ContainsFunc(s.actions, about)
}

// refuses says whether the role's trust policy denies an identity what it may allow: a Deny
// comes first. What its conditions keep out is not known here, but for a principal's ARN.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
func (i *identity) refuses(other *identity) bool {
	is := func(principal any) bool {
		_, unknown := principal.(config.Unknown)
		return !unknown && other.is(principal)
	}
	return slices.ContainsFunc(i.trust, func(s statement) bool {
		switch {
		case s.allows || !s.assumes("sts:assumerole"):
			return false
		case s.conditioned && !s.byARN(other.arn):
			return false
		case s.others:
			return !slices.ContainsFunc(s.exempt["AWS"], other.is)
		}
		return slices.ContainsFunc(s.principals["AWS"], is)
	})
}

// byARN says whether the one condition of a statement is on the principal's ARN, and holds.
func (s statement) byARN(arn string) bool {
	return s.onARN && slices.ContainsFunc(s.arns, func(a string) bool { return wildcard.Matches(a, arn) })
}

// checkRefusals finds roles that deny everybody what they allow.
func (k *checker) checkRefusals(i *identity) {
	for _, action := range []string{"sts:assumerole", "sts:assumerolewithwebidentity", "sts:assumerolewithsaml"} {
		refused := slices.ContainsFunc(i.trust, func(s statement) bool {
			return !s.allows && !s.conditioned && s.assumes(action) && slices.Contains(s.principals["AWS"], any("*"))
		})
		allowed := slices.ContainsFunc(i.trust, func(s statement) bool { return s.allows && s.assumes(action) })
		if refused && allowed {
			k.Violation(roleNotAdmitted, about(i.Resource), "%s lets in nobody: a statement of its trust policy denies everybody %s, and comes before what allows it", i, action)
			return
		}
	}
}
