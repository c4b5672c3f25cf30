package network

import (
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/packet"
	"hubspoke/proof/stackjson"
)

// makeRESTAPIs adds the REST APIs, and where their integrations lead: by a VPC link of the
// first kind to the load balancer of that. The link has no interfaces in a VPC: it comes by
// PrivateLink. Where it is not known what a link is for, whoever calls an API may reach its load
// balancer.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/vpc-links-v1.html
func (b *builder) makeRESTAPIs(balancers map[*config.Resource]*Relay) {
	b.modelled["aws_api_gateway_integration"], b.modelled["aws_api_gateway_rest_api_policy"] = true, true
	links := b.config.All("aws_api_gateway_vpc_link")
	used, open := map[*config.Resource]bool{}, map[*config.Resource]bool{}
	apis := map[*config.Resource]*API{}
	b.each("aws_api_gateway_rest_api", func(r *config.Resource, in block) {
		a := &API{Resource: r, Closed: b.closedREST(r)}
		if r.Argument("body") != nil || !plain(r) {
			a.Unknown = "what its definition leads to is not read"
			for _, link := range links {
				open[link] = open[link] || link.Account == r.Account
			}
		}
		for _, endpoint := range in.blocks("endpoint_configuration") {
			switch types := stackjson.List(endpoint.get("types")); {
			case slices.Equal(types, []any{"PRIVATE"}):
				b.enterPrivate(a)
			case !regional(types):
				endpoint.note("from where a REST API is called that is not for the internet is not known")
			}
		}
		apis[r] = a
		b.APIs = append(b.APIs, a)
	})
	for _, r := range b.config.All("aws_api_gateway_integration") {
		link, ok := r.Argument("connection_id").(config.Ref)
		if !ok {
			// One without a connection calls what is public, or a function.
			if r.Argument("connection_id") != nil {
				for _, l := range links {
					open[l] = true
				}
			}
			continue
		}
		of, _ := r.Argument("rest_api_id").(config.Ref)
		api, balancer := apis[of.Resource], balancers[b.linked(link.Resource)]
		port, ok := calledAt(r)
		if api == nil || balancer == nil || !ok || !plain(r) {
			open[link.Resource] = true
			if api != nil {
				api.Unknown = "what " + r.String() + " leads to is not known"
			}
			continue
		}
		used[link.Resource] = true
		if !admitsLink(balancer, port) {
			api.Unknown = "the security groups of " + balancer.Resource.String() + " apply to what comes by its link, which has addresses of AWS's own: set enforce_security_group_inbound_rules_on_private_link_traffic to off"
		}
		relay := Relay{Resource: api.Resource, API: api, From: b.entrances(api), To: balancer.To, Known: balancer.Known}
		for _, way := range balancer.Ways {
			if way.Port == port {
				relay.Ways = append(relay.Ways, Way{Resource: r, Port: 443, Backends: way.Backends})
			}
		}
		b.Relays = append(b.Relays, relay)
	}
	for _, link := range links {
		if used[link] && !open[link] {
			continue
		}
		for _, i := range b.interfacesOf(b.linked(link)) {
			i.Exposed = []packet.Range{packet.Addresses}
		}
	}
}

// entrances are the interfaces at which a private API may be called.
func (b *builder) entrances(api *API) []*Interface {
	var all []*Interface
	for _, e := range slices.Concat(api.Entrances, api.MayEntrances) {
		all = append(all, b.interfacesOf(e.Resource)...)
	}
	return all
}

// linked is the load balancer that a link is to, nil if that is not known: AWS takes one.
func (b *builder) linked(link *config.Resource) *config.Resource {
	targets := stackjson.List(link.Argument("target_arns"))
	if len(targets) != 1 || !plain(link) {
		return nil
	}
	to, _ := targets[0].(config.Ref)
	return to.Resource
}

// calledAt is the port that an integration calls, by its address. The host decides which name
// is asked for, and not where that is.
func calledAt(integration *config.Resource) (uint32, bool) {
	uri, ok := integration.Argument("uri").(string)
	scheme, rest, cut := strings.Cut(uri, "://")
	host, _, _ := strings.Cut(rest, "/")
	if !ok || !cut || strings.Contains(host, ":") || strings.Contains(host, "{") {
		return 0, false
	}
	port, known := map[string]uint32{"http": 80, "https": 443}[scheme]
	return port, known
}

// admitsLink says whether groups of a load balancer let in what comes by a link, from
// wherever in AWS that is.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-nlb-for-vpclink-using-console.html
func admitsLink(balancer *Relay, port uint32) bool {
	groups := admitted(balancer)
	if groups == nil {
		return true
	}
	all := packet.Set{packet.All.With(packet.Protocol, packet.One(packet.TCP)).With(packet.DestinationPort, packet.One(port))}
	return all.Subtract(*groups).Empty()
}

// regional says whether an API of some types is for the internet.
func regional(types []any) bool {
	return len(types) > 0 && !slices.ContainsFunc(types, func(kind any) bool { return kind != "REGIONAL" && kind != "EDGE" })
}

// closedREST is why nobody reaches an API: it has no stage, or its own name leads nowhere, and
// it has no other.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html
func (b *builder) closedREST(r *config.Resource) string {
	if !b.mayBeOf(r, "aws_api_gateway_stage", "rest_api_id") && !b.mayBeOf(r, "aws_api_gateway_deployment", "rest_api_id") {
		return "it is not deployed"
	}
	if disabled := r.Argument("disable_execute_api_endpoint"); disabled != true && disabled != "true" {
		return ""
	}
	if b.mayBeOf(r, "aws_api_gateway_base_path_mapping", "api_id") || b.mayBeOf(r, "aws_apigatewayv2_api_mapping", "api_id") {
		return ""
	}
	return "its own endpoint is disabled, and it has no domain"
}

// mayBeOf says whether any resource of a type names another, or may.
func (b *builder) mayBeOf(r *config.Resource, kind, argument string) bool {
	return slices.ContainsFunc(b.config.All(kind), func(part *config.Resource) bool {
		switch of := part.Argument(argument).(type) {
		case string: // of what no stack here makes
			return false
		case config.Ref:
			return of.Resource == r
		}
		return true
	})
}
