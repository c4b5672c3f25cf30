package network

import (
	"slices"

	"hubspoke/proof/config"
	"hubspoke/proof/packet"
)

// makeAPIs adds the HTTP APIs, and where their integrations lead: by a VPC link to the load
// balancer of a listener. Where it is not known what a link is for, whoever calls an API may
// be passed on to anything that the link reaches.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-integrations-private.html
func (b *builder) makeAPIs(balancers map[*config.Resource]*Relay) {
	b.modelled["aws_apigatewayv2_integration"], b.modelled["aws_apigatewayv2_route"] = true, true
	apis := map[*config.Resource]*API{}
	open := map[*config.Resource]bool{} // links of which it is not known what they are for
	links := b.config.All("aws_apigatewayv2_vpc_link")
	for _, r := range b.config.All("aws_apigatewayv2_api") {
		a := &API{Resource: r, Closed: b.closedAPI(r)}
		if r.Argument("body") != nil || !plain(r) {
			a.Unknown = "what its definition leads to is not read"
			for _, link := range links {
				open[link] = open[link] || link.Account == r.Account
			}
		}
		apis[r] = a
		b.APIs = append(b.APIs, a)
	}
	type through struct{ api, link *config.Resource }
	relays := map[through]*Relay{}
	var order []through
	used := map[*config.Resource]bool{}
	for _, r := range b.config.All("aws_apigatewayv2_integration") {
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
		api := b.apiOf(r, apis)
		way, ok := b.integrated(r, balancers)
		if api == nil || !ok {
			open[link.Resource] = true
			if api != nil {
				api.Unknown = "what " + r.String() + " leads to is not known"
			}
			continue
		}
		used[link.Resource] = true
		if !b.routed(r) {
			continue
		}
		at := through{api.Resource, link.Resource}
		if relays[at] == nil {
			relays[at] = &Relay{Resource: api.Resource, API: api, To: b.interfacesOf(link.Resource), Known: true}
			order = append(order, at)
		}
		relays[at].Ways = append(relays[at].Ways, way)
	}
	for _, at := range order {
		b.Relays = append(b.Relays, *relays[at])
	}
	for _, link := range links {
		if used[link] && !open[link] {
			continue
		}
		all := b.interfacesOf(link)
		for _, i := range all {
			i.Exposed = []packet.Range{packet.Addresses}
		}
		b.Relays = append(b.Relays, Relay{Resource: link, From: all, To: all})
	}
}

// apiOf is the API that an integration is of.
func (b *builder) apiOf(integration *config.Resource, apis map[*config.Resource]*API) *API {
	of, _ := integration.Argument("api_id").(config.Ref)
	return apis[of.Resource]
}

// integrated is where an integration leads, by the listener that it names.
func (b *builder) integrated(r *config.Resource, balancers map[*config.Resource]*Relay) (Way, bool) {
	listener, ok := r.Argument("integration_uri").(config.Ref)
	if !ok || !plain(r) {
		return Way{}, false
	}
	of, _ := listener.Resource.Argument("load_balancer_arn").(config.Ref)
	port, numbered := portOf(listener.Resource)
	if balancers[of.Resource] == nil || !numbered {
		return Way{}, false
	}
	to := Backend{Resource: r, Interfaces: balancers[of.Resource].From, Ports: packet.One(port)}
	return Way{Resource: r, Port: 443, Backends: []Backend{to}}, true
}

// routed says whether a route may lead to an integration.
func (b *builder) routed(integration *config.Resource) bool {
	return slices.ContainsFunc(b.config.All("aws_apigatewayv2_route"), func(route *config.Resource) bool {
		found := false
		switch target := route.Argument("target").(type) {
		case config.Text:
			config.Each(target, func(leaf any) {
				ref, _ := leaf.(config.Ref)
				_, unknown := leaf.(config.Unknown)
				found = found || unknown || ref.Resource == integration
			})
		case nil:
		default:
			return true
		}
		return found
	})
}

// closedAPI is why nobody reaches an API: its own name leads nowhere, and it has no other.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-disable-default-endpoint.html
func (b *builder) closedAPI(r *config.Resource) string {
	if disabled := r.Argument("disable_execute_api_endpoint"); disabled != true && disabled != "true" {
		return ""
	}
	for _, mapping := range b.config.All("aws_apigatewayv2_api_mapping") {
		switch of := mapping.Argument("api_id").(type) {
		case string: // of what no stack here makes
		case config.Ref:
			if of.Resource == r {
				return ""
			}
		default:
			return ""
		}
	}
	return "its own endpoint is disabled, and it has no domain"
}
