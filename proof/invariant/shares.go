package invariant

import (
	"regexp"
	"slices"
	"strings"

	"hubspoke/proof/config"
)

// What is found here.
var (
	shareNotOffered = catalogue.Add("share-not-offered",
		"An account accepts the invitation to a resource share that does not invite it. The accepter's apply fails, since "+
			"there is no invitation. Unproven if a state or a plan does not say which account accepts.",
		"Associate the account as a principal (`aws_ram_principal_association`) in the share's account. If the share is "+
			"with the whole organisation, remove the accepter: there are no invitations then.")
	shareWithoutResource = catalogue.Add("share-without-resource",
		"A resource share has no resource in it: it shares nothing.",
		"Associate what is to be shared (`aws_ram_resource_association`), or remove the share.")
	notShared = catalogue.Add("not-shared",
		"A resource of another account is used, such as a transit gateway to attach to, and no resource share gives it to "+
			"the account that uses it. AWS answers as if it did not exist. Unproven if a state or a plan does not say in which "+
			"account one of the two is.",
		"In the owner's account, associate the resource with a share (`aws_ram_resource_association`) and the using "+
			"account with the same share (`aws_ram_principal_association`).")
	shareNotAccepted = catalogue.Add("share-not-accepted",
		"An account is invited to a resource share and does not accept. Until it does, what is shared does not exist for "+
			"it.",
		"Add an `aws_ram_resource_share_accepter` in that account, and let what uses the resource depend on it. In an "+
			"organisation with sharing enabled in RAM, set `allow_external_principals` of the share to false instead: there "+
			"are no invitations then.")
	attachmentNotAccepted = catalogue.Add("attachment-not-accepted",
		"A VPC of another account is attached to a transit gateway that does not accept attachments by itself, and "+
			"nothing accepts this one. It stays `pendingAcceptance`: it can be neither associated nor routed to. Unproven if a "+
			"state or a plan does not say in which account one of the two is.",
		"Add an `aws_ec2_transit_gateway_vpc_attachment_accepter` in the gateway's account, or set "+
			"`auto_accept_shared_attachments` of the gateway to `enable`.")
)

// use is a resource that uses a resource of another account, or one of an account that is not known.
type use struct{ user, used *config.Resource }

// known says whether both accounts are.
func (u use) known() bool { return u.user.Account != "" && u.used.Account != "" }

// sharedUses are the types of resources that use what is shared, with the
// argument that names it.
var sharedUses = map[string]string{
	"aws_ec2_transit_gateway_vpc_attachment":               "transit_gateway_id",
	"aws_route53_resolver_firewall_rule_group_association": "firewall_rule_group_id",
	"aws_route53_resolver_query_log_config_association":    "resolver_query_log_config_id",
	"aws_route53_resolver_rule_association":                "resolver_rule_id",
	"aws_route53profiles_association":                      "profile_id",
	"aws_instance":                                         "subnet_id",
	"aws_network_interface":                                "subnet_id",
}

// shares is what the stacks share through AWS Resource Access Manager.
type shares struct {
	byResource map[*config.Resource][]*config.Resource // shares by the resource that is in them
	principals map[*config.Resource][]string           // by share
	accepters  map[*config.Resource][]*config.Resource // by share
	unknown    map[*config.Resource]bool               // shares with a principal that is not known
}

func (k *checker) readShares() shares {
	s := shares{
		byResource: map[*config.Resource][]*config.Resource{}, principals: map[*config.Resource][]string{},
		accepters: map[*config.Resource][]*config.Resource{}, unknown: map[*config.Resource]bool{},
	}
	for _, r := range k.config.All("aws_ram_resource_association") {
		if shared, share := ref(r, "resource_arn"), ref(r, "resource_share_arn"); shared != nil && share != nil {
			s.byResource[shared] = append(s.byResource[shared], share)
		}
	}
	for _, r := range k.config.All("aws_ram_principal_association") {
		share := ref(r, "resource_share_arn")
		if principal, ok := r.Argument("principal").(string); ok {
			s.principals[share] = append(s.principals[share], principal)
		} else {
			s.unknown[share] = true
		}
	}
	for _, r := range k.config.All("aws_ram_resource_share_accepter") {
		share := ref(r, "share_arn")
		// The principal association names the share too, for those who wait for it.
		if share != nil && share.Type == "aws_ram_principal_association" {
			share = ref(share, "resource_share_arn")
		}
		if share == nil {
			continue
		}
		s.accepters[share] = append(s.accepters[share], r)
	}
	return s
}

// checkShares checks that what is used in another account than its own is shared
// with that account, and that the account accepts:
// https://docs.aws.amazon.com/ram/latest/userguide/working-with-shared-invitations.html
func (k *checker) checkShares() {
	s := k.readShares()
	for _, u := range k.uses() {
		k.checkUse(s, u)
	}
	for _, share := range k.config.All("aws_ram_resource_share") {
		for _, a := range s.accepters[share] {
			switch {
			case s.unknown[share] || slices.Contains(s.principals[share], a.Account):
			case a.Account == "" && len(s.principals[share]) > 0:
				k.Doubt(shareNotOffered, about(a, share), "%s accepts an invitation to %s, and in which account it does is not known: %s", a, share, sayAccount)
			default:
				k.Violation(shareNotOffered, about(a, share),
					"%s accepts an invitation to %s, which invites the account %s not: associate the account as a principal, or remove the accepter",
					a, share, a.Account)
			}
		}
		shared := false
		for _, in := range s.byResource {
			shared = shared || slices.Contains(in, share)
		}
		if !shared && !k.named(share) {
			k.Note(shareWithoutResource, about(share), "%s shares nothing: no resource is associated with it", share)
		}
	}
	for _, g := range k.TransitGateways {
		for _, a := range g.Attachments {
			if a.VPC != nil && a.Resource.Account != g.Resource.Account {
				k.checkAttachmentAccepted(a.Resource, g.Resource)
			}
		}
	}
}

// named says whether some association names the share, with a resource that is
// not of these stacks.
func (k *checker) named(share *config.Resource) bool {
	return slices.ContainsFunc(k.config.All("aws_ram_resource_association"), func(r *config.Resource) bool {
		return ref(r, "resource_share_arn") == share
	})
}

// uses are the uses of resources across accounts.
func (k *checker) uses() []use {
	var all []use
	for _, s := range k.config.Stacks {
		for _, r := range s.Resources {
			argument, ok := sharedUses[r.Type]
			if !ok || r.Data {
				continue
			}
			if used := ref(r, argument); used != nil && used.Account != r.Account && !used.Data {
				all = append(all, use{r, used})
			}
		}
	}
	return all
}

func (k *checker) checkUse(s shares, u use) {
	sharing := s.byResource[u.used]
	if !u.known() {
		k.checkUnplaced(s, u)
		return
	}
	if len(sharing) == 0 {
		k.Violation(notShared, about(u.user, u.used), "%s uses %s, which is in another account (%s) and in no resource share: share it with the account %s",
			u.user, u.used, u.used.Account, u.user.Account)
		return
	}
	var invited *config.Resource
	for _, share := range sharing {
		switch {
		case s.unknown[share], slices.ContainsFunc(s.principals[share], organization):
			return // shared without an invitation, or not for us to say
		case slices.Contains(s.principals[share], u.user.Account):
			invited = share
		}
	}
	switch {
	case invited == nil:
		k.Violation(notShared, about(u.user, u.used, sharing[0]), "%s uses %s, but %s does not share it with the account %s: associate the account as a principal",
			u.user, u.used, sharing[0], u.user.Account)
	case invited.Argument("allow_external_principals") == false:
		// Within an organisation that shares, there are no invitations.
	case !slices.ContainsFunc(s.accepters[invited], func(a *config.Resource) bool { return a.Account == u.user.Account }):
		k.Violation(shareNotAccepted, about(u.user, invited), "%s uses %s through %s, which nobody accepts in the account %s: add an accepter there, "+
			"or allow no external principals if the organisation shares by itself", u.user, u.used, invited, u.user.Account)
	}
}

// sayAccount is what to do where an account is not known.
const sayAccount = "say where its root works (`roots` of --accounts), or let its provider say it (`allowed_account_ids`)"

// checkUnplaced checks a use of which it is not known whether it is in another account. That it needs no share, or has the one
// that it needs, nobody can say, but where the share is with everybody who could use it.
func (k *checker) checkUnplaced(s shares, u use) {
	for _, share := range s.byResource[u.used] {
		if s.unknown[share] || slices.ContainsFunc(s.principals[share], organization) {
			return
		}
	}
	unplaced := u.user
	if u.user.Account != "" {
		unplaced = u.used
	}
	k.Doubt(notShared, about(u.user, u.used), "%s uses %s, and in which account %s is, is not known, nor so whether it has to be shared: %s", u.user, u.used, unplaced, sayAccount)
}

// organization says whether a principal is an organisation or a unit of one.
func organization(principal string) bool {
	return strings.HasPrefix(principal, "arn:") && strings.Contains(principal, ":organizations::")
}

// organizationOf is the id of an organisation in a principal or in a condition's value, empty
// where there is none: arn:aws:organizations::111111111111:ou/o-a1b2c3d4e5/ou-ab12-11111111.
// https://docs.aws.amazon.com/organizations/latest/APIReference/API_Organization.html
func organizationOf(text string) string { return organizationID.FindString(text) }

var organizationID = regexp.MustCompile(`\bo-[a-z0-9]{10,32}\b`)

// checkOrganizations says which organisations get what. An organisation is somebody else's if
// another is named more often; if it is ours, its manager's account is one that is known.
func (k *checker) checkOrganizations() {
	named := map[string]int{}
	for _, read := range k.policies {
		for _, s := range read.statements {
			for _, key := range []string{"aws:principalorgid", "aws:principalorgpaths", "aws:sourceorgid", "aws:sourceorgpaths", "aws:resourceorgid"} {
				for _, value := range s.conditions[key] {
					named[organizationOf(value)]++
				}
			}
		}
	}
	associations := slices.DeleteFunc(slices.Clone(k.config.All("aws_ram_principal_association")), func(r *config.Resource) bool {
		principal, _ := r.Argument("principal").(string)
		named[organizationOf(principal)]++
		return !organization(principal)
	})
	delete(named, "")
	for _, r := range associations {
		principal, _ := r.Argument("principal").(string)
		id, account := organizationOf(principal), config.AccountOf(principal)
		another := false
		for other, times := range named {
			another = another || other != id && times >= named[id]
		}
		what := names(k.sharedBy(ref(r, "resource_share_arn")))
		if what == "" {
			what = "what is in the share"
		}
		switch {
		case k.accounts[account] || k.known[account]:
		case another:
			k.Doubt(foreignAccount, about(r), "%s gives %s to %s, and another organisation is named here: if both are yours, name the account that "+
				"manages it (%s) among the accounts", r, what, principal, account)
		default:
			k.Note(foreignAccount, about(r), "%s gives %s to all accounts of %s, managed by an account in which no stack here works", r, what, principal)
		}
	}
}

// checkAttachmentAccepted checks that the gateway's account accepts an attachment.
// https://docs.aws.amazon.com/vpc/latest/tgw/acccept-tgw-attach.html
func (k *checker) checkAttachmentAccepted(a, gateway *config.Resource) {
	if gateway.Argument("auto_accept_shared_attachments") == "enable" {
		return
	}
	accepted := slices.ContainsFunc(k.config.All("aws_ec2_transit_gateway_vpc_attachment_accepter"), func(r *config.Resource) bool {
		return ref(r, "transit_gateway_attachment_id") == a
	})
	switch {
	case accepted:
	case !use{a, gateway}.known():
		k.Doubt(attachmentNotAccepted, about(a, gateway), "%s may wait to be accepted by the account of %s: whether that is another one is not known: %s", a, gateway, sayAccount)
	default:
		k.Violation(attachmentNotAccepted, about(a, gateway), "%s waits to be accepted: %s does not accept attachments by itself, and no accepter in its account does",
			a, gateway)
	}
}
