package invariant

import (
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
)

// What is found here.
var (
	notAwaited = catalogue.Add("not-awaited",
		"Something needs what another account permits (an authorization of a hosted zone, an accepted share or attachment, "+
			"an admitted principal), and nothing makes Terraform wait for it: neither a reference nor `depends_on`, directly or "+
			"by way of others. Terraform makes both at once, and the apply fails by chance; if the permission is in a stack that "+
			"reads this one, it always fails. Unproven if they are in two stacks of which neither reads the other: whether the "+
			"order is right is for whoever deploys them to know.",
		"Add `depends_on` with what is named; from stack to stack, read the state of the stack that permits, or put both "+
			"into one stack.")
)

// permit is something that must be there before what uses it.
type permit struct {
	user *config.Resource
	// by are the resources that permit it, any of which will do.
	by   []*config.Resource
	what string
	// loose says that the two may be in stacks of which neither reads the other: the
	// order is then that of whoever deploys them.
	loose bool
}

// checkWaiting checks that what takes two accounts is done in the order in which AWS takes it.
func (k *checker) checkWaiting() {
	for _, p := range slices.Concat(k.zonePermits(), k.sharePermits(), k.attachmentPermits(), k.endpointPermits()) {
		if len(p.by) > 0 {
			k.checkPermit(p)
		}
	}
}

func (k *checker) checkPermit(p permit) {
	before, apart := p.by[0], false
	for _, by := range p.by {
		switch p.user.Order(by) {
		case config.After:
			return
		case config.AnyOrder:
			before, apart = by, apart || by.Stack != p.user.Stack
		}
	}
	resources := about(p.user, before)
	switch {
	case apart && p.loose:
	case apart:
		k.Doubt(notAwaited, resources, "%s needs %s, %s, and neither of their stacks reads the other: that %s comes first is not known; read its state",
			p.user, p.what, before, before.Stack.Name)
	case before.Stack != p.user.Stack:
		k.Violation(notAwaited, resources, "%s needs %s, %s, which is in a stack that is deployed after this one, since it reads it: put both into one stack",
			p.user, p.what, before)
	default:
		k.Violation(notAwaited, resources, "%s needs %s, and does not wait for it: add %s to its depends_on", p.user, p.what, before.Address())
	}
}

// zonePermits are the authorizations of zones, which come before associations.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-associate-vpcs-different-accounts.html
func (k *checker) zonePermits() []permit {
	var all []permit
	for _, z := range k.Zones {
		for _, a := range z.Associations {
			if a.Resource == z.Resource || a.VPC.Account == z.Resource.Account {
				continue
			}
			p := permit{user: a.Resource, what: "the authorization of its zone"}
			for _, authorization := range z.Authorizations {
				if authorization.VPC == a.VPC {
					p.by = append(p.by, authorization.Resource)
				}
			}
			all = append(all, p)
		}
	}
	return all
}

// sharePermits are the invitations to shares, which come before their acceptance, and that
// before what uses the share. Where there are no invitations, it is the principals.
// https://docs.aws.amazon.com/ram/latest/userguide/working-with-shared-invitations.html
func (k *checker) sharePermits() []permit {
	var all []permit
	s := k.readShares()
	principals := map[*config.Resource][]*config.Resource{}
	for _, r := range k.config.All("aws_ram_principal_association") {
		principals[ref(r, "resource_share_arn")] = append(principals[ref(r, "resource_share_arn")], r)
	}
	for share, accepters := range s.accepters {
		for _, a := range accepters {
			p := permit{user: a, what: "the invitation"}
			for _, r := range principals[share] {
				if r.Argument("principal") == a.Account {
					p.by = append(p.by, r)
				}
			}
			all = append(all, p)
		}
	}
	for _, u := range k.uses() {
		for _, share := range s.byResource[u.used] {
			accepted := permit{user: u.user, what: "the share that it uses", loose: true}
			for _, a := range s.accepters[share] {
				if a.Account == u.user.Account {
					accepted.by = append(accepted.by, a)
				}
			}
			if len(accepted.by) == 0 {
				accepted.by = principals[share]
			}
			all = append(all, accepted)
		}
	}
	return all
}

// attachmentPermits are the acceptances of attachments, before which the gateway's tables
// do not take them. https://docs.aws.amazon.com/vpc/latest/tgw/acccept-tgw-attach.html
func (k *checker) attachmentPermits() []permit {
	accepters := map[*config.Resource][]*config.Resource{}
	for _, r := range k.config.All("aws_ec2_transit_gateway_vpc_attachment_accepter") {
		if a := ref(r, "transit_gateway_attachment_id"); a != nil {
			accepters[a] = append(accepters[a], r)
		}
	}
	var all []permit
	add := func(user *config.Resource, a *network.Attachment) {
		if a != nil && user != nil && user != a.Resource && a.Gateway.Resource.Argument("auto_accept_shared_attachments") != "enable" {
			all = append(all, permit{user: user, by: accepters[a.Resource], what: "the acceptance of the attachment"})
		}
	}
	for _, g := range k.TransitGateways {
		for _, a := range g.Attachments {
			add(a.Association, a)
		}
		for _, t := range tables(g) {
			for _, p := range t.Propagations {
				add(p.Resource, p.Attachment)
			}
			for _, r := range t.Routes {
				add(r.Resource, r.Attachment)
			}
		}
	}
	return all
}

// endpointPermits are the principals that an endpoint service admits, and its acceptance of
// endpoints, before which an endpoint has no private DNS.
// https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html
func (k *checker) endpointPermits() []permit {
	var all []permit
	for _, v := range k.VPCs {
		for _, e := range v.Endpoints {
			service, ok := e.Resource.Argument("service_name").(config.Ref)
			if !ok || !foreign(service.Resource, e.Resource) || slices.ContainsFunc(texts(service.Resource, "allowed_principals"), admits(e)) {
				continue
			}
			p := permit{user: e.Resource, what: "its account among the principals of the service"}
			for _, r := range k.config.All("aws_vpc_endpoint_service_allowed_principal") {
				text, _ := r.Argument("principal_arn").(string)
				if ref(r, "vpc_endpoint_service_id") == service.Resource && admits(e)(text) {
					p.by = append(p.by, r)
				}
			}
			all = append(all, p)
		}
	}
	for _, kind := range []struct{ user, argument, accepter, accepts string }{
		{"aws_vpc_endpoint_private_dns", "vpc_endpoint_id", "aws_vpc_endpoint_connection_accepter", "vpc_endpoint_id"},
		{"aws_vpc_peering_connection_options", "vpc_peering_connection_id", "aws_vpc_peering_connection_accepter", "vpc_peering_connection_id"},
	} {
		for _, user := range k.config.All(kind.user) {
			p := permit{user: user, what: "the acceptance of what it changes"}
			for _, r := range k.config.All(kind.accepter) {
				if to := ref(user, kind.argument); to != nil && (to == ref(r, kind.accepts) || to == r) {
					p.by = append(p.by, r)
				}
			}
			all = append(all, p)
		}
	}
	return all
}

// texts are the texts of a list that a resource's argument holds.
func texts(r *config.Resource, name string) []string {
	var all []string
	list, _ := r.Argument(name).([]any)
	for _, item := range list {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}
