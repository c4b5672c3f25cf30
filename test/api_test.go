package test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"hubspoke/proof/stackjson"
)

// twoServices gives the provider a second service, for which the consumer has no endpoint yet.
var twoServices = edit{"service.yaml", `(?s)    consumers: \[gateway\]\n`, `$0  returns:
    namespace: shop
    service: returns
    port: 8444
    domain: returns.privatelink.example.com
    consumers: [gateway]
`}

// A route, an API, and an endpoint more, with or without a route to it, are additions: no
// resource of another loses anything.
func TestMoreOfAnAPIMovesNothing(t *testing.T) {
	before := edited(t, "privatelink", twoServices)
	endpoint := edit{"gateway.yaml", `  service\.orders: \{slot: 1\}\n`, "$0  service.returns: {slot: 2}\n"}
	route := edit{"gateway.yaml", `      ANY /orders/.*\n`, "$0      ANY /returns/{proxy+}: service.returns\n"}
	for name, test := range map[string]struct {
		edits []edit
		// more are the types of which there are more then, and how many.
		more map[string]int
	}{
		"a route":     {[]edit{{"gateway.yaml", `      ANY /orders/.*\n`, "$0      GET /orders: service.orders\n"}}, map[string]int{"aws_apigatewayv2_route": 1}},
		"an API":      {[]edit{{"gateway.yaml", `apis:\n`, "$0  partners: {iam: true, routes: {'GET /orders': service.orders}}\n"}}, map[string]int{"aws_apigatewayv2_api": 1, "aws_apigatewayv2_route": 1, "aws_cloudwatch_log_group": 1}},
		"an endpoint": {[]edit{endpoint}, map[string]int{"aws_vpc_endpoint": 1, "aws_vpc_endpoint_connection_accepter": 1}},
		"a REST API":  {[]edit{{"gateway.yaml", `apis:\n`, "$0  shop: {kind: rest, iam: true, waf: {}, routes: {'GET /orders': service.orders}}\n"}}, map[string]int{"aws_api_gateway_rest_api": 1, "aws_api_gateway_vpc_link": 1, "aws_wafv2_web_acl": 1, "aws_cloudwatch_log_group": 2}},
		"a private API with keys": {[]edit{
			{"hub.yaml", `\[sts,`, "[execute-api, sts,"},
			{"gateway.yaml", `apis:\n`, "$0  shop: {kind: rest, private: true, iam: true, keys: {partner: {}, other: {quota: {requests: 5}}}, routes: {'GET /orders': service.orders}}\n"},
		}, map[string]int{"aws_api_gateway_rest_api": 1, "aws_api_gateway_rest_api_policy": 1, "aws_api_gateway_api_key": 2, "aws_api_gateway_usage_plan": 2}},
		"an endpoint with a route": {[]edit{endpoint, route}, map[string]int{"aws_vpc_endpoint": 1, "aws_lb": 1, "aws_lb_target_group_attachment": 2, "aws_apigatewayv2_route": 1}},
	} {
		t.Run(name, func(t *testing.T) {
			after := edited(t, "privatelink", append([]edit{twoServices}, test.edits...)...)
			stays(t, before, after)
			for _, f := range fates(t, before, after) {
				t.Errorf("does not stay as it is: %s", f)
			}
			for _, s := range before.stacks {
				for _, problem := range shrunk(stackjson.Strip(s.JSON), stackjson.Strip(after.stack(s.Name).JSON)) {
					t.Errorf("%s: %s", s.Name, problem)
				}
			}
			for kind, want := range test.more {
				if got := count(after, "gateway-api", kind) - count(before, "gateway-api", kind); got != want {
					t.Errorf("%d %s more, want %d", got, kind, want)
				}
			}
		})
	}
}

// Whoever waits for the connection to be accepted does so before it gets requests: the
// accepter acts in the provider's account, and the addresses become targets after it.
func TestAddressesBecomeTargetsWhenTheConnectionIsAccepted(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		for _, s := range e.stacks {
			if !strings.HasSuffix(s.Name, "-api") {
				continue
			}
			resources := map[string]stackjson.Resource{}
			for _, r := range s.Resources() {
				resources[r.Address()] = r
			}
			for _, r := range s.Resources() {
				switch r.Type {
				case "aws_vpc_endpoint":
					accepter, ok := resources["aws_vpc_endpoint_connection_accepter."+r.Name]
					if !ok || accepter.Body["provider"] == nil {
						t.Errorf("%s: nobody accepts %s in another account", s.Name, r.Address())
					}
				case "aws_lb_target_group_attachment":
					waits, _ := r.Body["depends_on"].([]any)
					if len(waits) != 1 || !strings.HasPrefix(waits[0].(string), "aws_vpc_endpoint_connection_accepter.") {
						t.Errorf("%s: %s waits for %v, want an accepter", s.Name, r.Address(), waits)
					}
				}
			}
		}
	})
}

// What an API asks of its callers, it asks on every route; and a name of AWS's own is no way
// past a domain.
func TestEveryRouteAsksForWhatItsAPISays(t *testing.T) {
	want := map[string]string{"privatelink gateway-api public": "JWT", "options apps-two-api partners": "NONE", "options apps-two-api internal": "AWS_IAM"}
	closed := map[string]bool{"privatelink gateway-api public": true, "options apps-two-api partners": true, "options apps-two-api internal": false}
	for _, name := range []string{"privatelink", "options"} {
		e := synthesized(t, name)
		for _, s := range e.stacks {
			for _, r := range s.Resources() {
				switch r.Type {
				case "aws_apigatewayv2_api":
					if got := r.Body["disable_execute_api_endpoint"] == true; got != closed[name+" "+s.Name+" "+r.Name] {
						t.Errorf("%s: %s: AWS's own name is closed: %v", s.Name, r.Address(), got)
					}
				case "aws_apigatewayv2_route":
					api := strings.TrimSuffix(strings.TrimPrefix(r.Body["api_id"].(string), "${aws_apigatewayv2_api."), ".id}")
					if got, want := r.Body["authorization_type"], want[name+" "+s.Name+" "+api]; got != want {
						t.Errorf("%s: %s asks for %v, want %s", s.Name, r.Address(), got, want)
					}
					if (r.Body["authorizer_id"] != nil) != (r.Body["authorization_type"] == "JWT") {
						t.Errorf("%s: %s: the authorizer is %v", s.Name, r.Address(), r.Body["authorizer_id"])
					}
				}
			}
		}
	}
}

// A private API's policy admits the hub's endpoint and refuses all else, before the API is
// deployed; the endpoint has no zone, by which others' names would be gone; and what asks for a
// key asks so on every route, and has no value of it anywhere.
func TestAPrivateAPIIsCalledByTheHubsEndpointAlone(t *testing.T) {
	e := synthesized(t, "options")
	var found []string
	for _, s := range e.stacks {
		for _, r := range s.Resources() {
			switch {
			case r.Type == "aws_route53_zone" && strings.Contains(text(r.Body["name"]), "execute-api"):
				t.Errorf("%s: %s hides APIs that are not private", s.Name, r.Address())
			case r.Type == "aws_vpc_endpoint" && r.Name == "execute_api" && r.Body["private_dns_enabled"] != false:
				t.Errorf("%s: %s hides APIs that are not private", s.Name, r.Address())
			case r.Type == "aws_api_gateway_api_key" && r.Body["value"] != nil:
				t.Errorf("%s: %s has a value", s.Name, r.Address())
			case r.Type == "aws_api_gateway_method":
				stock := strings.HasPrefix(r.Name, "stock_")
				if (r.Body["api_key_required"] == true) != stock {
					t.Errorf("%s: %s asks for a key: %v", s.Name, r.Address(), r.Body["api_key_required"])
				}
			case r.Type == "aws_api_gateway_rest_api_policy":
				found = append(found, r.Name)
				var document struct{ Statement []statement }
				if err := json.Unmarshal([]byte(unquoteReferences(text(r.Body["policy"]))), &document); err != nil {
					t.Fatal(err)
				}
				for i, want := range []struct{ effect, operator string }{{"Allow", "StringEquals"}, {"Deny", "StringNotEquals"}} {
					got := document.Statement[i]
					if named := got.Condition[want.operator]["aws:SourceVpce"]; got.Effect != want.effect || len(got.Condition) != 1 || len(named) != 1 || !strings.Contains(named[0], "private_apis_endpoint_id") {
						t.Errorf("statement %d is %+v, want %s with %s", i, got, want.effect, want.operator)
					}
				}
			case r.Type == "aws_api_gateway_deployment" && r.Name == "stock":
				waits, _ := r.Body["depends_on"].([]any)
				if !slices.Contains(waits, any("aws_api_gateway_rest_api_policy.stock")) {
					t.Errorf("it is deployed after %v", waits)
				}
			}
		}
	}
	if !slices.Equal(found, []string{"stock"}) {
		t.Errorf("APIs with policies: %v", found)
	}
}
