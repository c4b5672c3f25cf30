package access

import (
	"strings"

	"hubspoke/internal/report/source"
)

// callers are those whom APIs let call them by their routes: anybody, or whoever has a token of an issuer. Callers
// with credentials of AWS are let in by their own policies too, and are not from outside.
func callers(s *source.Source) []edge {
	var all []edge
	for _, r := range s.Made("aws_apigatewayv2_route") {
		e := edge{to: s.Account(r.Account), what: "API " + source.Text(r.Argument("api_id")), may: "calls " + source.Text(r.Argument("route_key"))}
		switch source.Text(r.Argument("authorization_type")) {
		case "", "NONE":
			e.who = "anybody who reaches it"
		case "JWT":
			issuer := "an issuer that is not known"
			if a := source.Target(r.Argument("authorizer_id")); a != nil {
				issuer = source.Text(source.Block(a, "jwt_configuration")["issuer"])
			}
			e.who = "whoever has a token of " + strings.TrimPrefix(issuer, "https://")
		default:
			continue
		}
		all = append(all, e)
	}
	for _, r := range s.Made("aws_api_gateway_method") {
		if authorization := source.Text(r.Argument("authorization")); authorization != "" && authorization != "NONE" {
			continue
		}
		e := edge{to: s.Account(r.Account), what: "API " + source.Text(r.Argument("rest_api_id")), who: "anybody who reaches it", may: "calls " + source.Text(r.Argument("http_method"))}
		if of := source.Target(r.Argument("resource_id")); of != nil && of.Type == "aws_api_gateway_resource" {
			e.may += " …/" + source.Text(of.Argument("path_part"))
		}
		if source.Is(r.Argument("api_key_required")) {
			e.who = "whoever has a key of it"
		}
		all = append(all, e)
	}
	return all
}
