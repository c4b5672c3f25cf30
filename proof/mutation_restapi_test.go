package proof

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// restAPI puts a REST API, shop, before the service beside the HTTP API, by a link to the same
// load balancer, whose groups do not apply to it. Its methods ask who calls.
func restAPI(s stacks) {
	for path, body := range map[string]string{
		"aws_api_gateway_rest_api shop": `{"name": "shop", "endpoint_configuration": {"types": ["REGIONAL"]}}`,
		"aws_api_gateway_resource shop": `{"rest_api_id": "${aws_api_gateway_rest_api.shop.id}", "parent_id": "${aws_api_gateway_rest_api.shop.root_resource_id}", "path_part": "{proxy+}"}`,
		"aws_api_gateway_method shop":   `{"rest_api_id": "${aws_api_gateway_rest_api.shop.id}", "resource_id": "${aws_api_gateway_resource.shop.id}", "http_method": "ANY", "authorization": "AWS_IAM"}`,
		"aws_api_gateway_vpc_link shop": `{"name": "shop", "target_arns": ["${aws_lb.service_orders.arn}"]}`,
		"aws_api_gateway_integration shop": `{"rest_api_id": "${aws_api_gateway_rest_api.shop.id}", "resource_id": "${aws_api_gateway_resource.shop.id}", "http_method": "${aws_api_gateway_method.shop.http_method}",
			"type": "HTTP_PROXY", "integration_http_method": "ANY", "connection_type": "VPC_LINK", "connection_id": "${aws_api_gateway_vpc_link.shop.id}", "uri": "https://orders.privatelink.example.com/{proxy}"}`,
		"aws_api_gateway_deployment shop": `{"rest_api_id": "${aws_api_gateway_rest_api.shop.id}", "depends_on": ["aws_api_gateway_integration.shop"]}`,
		"aws_api_gateway_stage shop":      `{"rest_api_id": "${aws_api_gateway_rest_api.shop.id}", "deployment_id": "${aws_api_gateway_deployment.shop.id}", "stage_name": "live"}`,
	} {
		put(consumer+path, body)(s)
	}
	put(linkEnforced, `"off"`)(s)
}

const (
	linkEnforced = consumer + "aws_lb service_orders enforce_security_group_inbound_rules_on_private_link_traffic"
	shopCalls    = consumer + "aws_api_gateway_integration shop "
)

// restIntents are what that is for, beside what the HTTP API is for.
var restIntents = strings.NewReplacer("from: [gateway.api.public, gateway.instance.probe]", "from: [gateway.api.public, gateway.api.shop, gateway.instance.probe]").Replace(privateLinkIntents) + `
- allow: {from: internet, to: gateway.api.shop}
- allow: {from: gateway.api.shop, to: service.endpoint-service.orders, via: private-endpoint}
- allow: {from: gateway.api.shop, to: service.nodes, port: 8443, via: private-endpoint}
`

const (
	toShop      = "allow internet -> gateway.api.shop"
	shopService = "allow gateway.api.shop -> service.endpoint-service.orders via private-endpoint"
	shopNodes   = "allow gateway.api.shop -> service.nodes tcp/8443 via private-endpoint"
	onlyBoth    = "only gateway.api.public, gateway.api.shop, gateway.instance.probe -> service.endpoint-service.orders tcp/443"
)

// secondAPI adds another REST API, which leads by the same link.
func secondAPI(s stacks) {
	put(consumer+"aws_api_gateway_rest_api other", `{"name": "other"}`)(s)
	put(consumer+"aws_api_gateway_integration other", `{"rest_api_id": "${aws_api_gateway_rest_api.other.id}", "resource_id": "${aws_api_gateway_rest_api.other.root_resource_id}", "http_method": "GET",
		"type": "HTTP_PROXY", "connection_type": "VPC_LINK", "connection_id": "${aws_api_gateway_vpc_link.shop.id}", "uri": "https://orders.privatelink.example.com/"}`)(s)
}

var deployed = put(consumer+"aws_api_gateway_deployment other", `{"rest_api_id": "${aws_api_gateway_rest_api.other.id}"}`)

// Each change that breaks a promise has one beside it that looks alike, and breaks none.
var restChanges = []struct {
	name     string
	broken   change
	caught   string
	harmless change
}{
	{"groups apply to the link", put(linkEnforced, `"on"`), shopService,
		opens(consumer, "nobody", "service_orders_front", "198.18.0.0/24")},
	{"the integration calls another port", put(shopCalls+"uri", `"http://orders.privatelink.example.com/{proxy}"`), shopService, put(shopCalls+"uri", `"https://orders.privatelink.example.com/v1/{proxy}"`)},
	{"the integration calls what is public", drop(shopCalls + "connection_id"), shopNodes, put(shopCalls+"timeout_milliseconds", `5000`)},
	{"another API leads there too", change(secondAPI).then(deployed), onlyBoth, secondAPI},
	{"a link that nobody knows the use of", put(consumer+"aws_api_gateway_vpc_link other", `{"name": "other", "target_arns": ["${aws_lb.service_orders.arn}"]}`), onlyBoth,
		put(consumer+"aws_api_gateway_vpc_link shop description", `"of the shop"`)},
	{"the API has no name", put(consumer+"aws_api_gateway_rest_api shop disable_execute_api_endpoint", `true`), toShop,
		put(consumer+"aws_api_gateway_rest_api shop disable_execute_api_endpoint", `true`).
			then(put(consumer+"aws_api_gateway_base_path_mapping shop", `{"api_id": "${aws_api_gateway_rest_api.shop.id}", "stage_name": "live", "domain_name": "shop.example.com"}`))},
	{"the API is not deployed", drop(consumer + "aws_api_gateway_stage").then(drop(consumer + "aws_api_gateway_deployment")), toShop, put(consumer+"aws_api_gateway_stage shop stage_name", `"prod"`)},
	{"a definition that is not read", put(consumer+"aws_api_gateway_rest_api shop body", `"{}"`), shopService, put(consumer+"aws_api_gateway_rest_api shop description", `"of the shop"`)},
}

func restFailures(t *testing.T, c change) []string {
	t.Helper()
	return ofPrivateLink(proveWith(t, restIntents, change(restAPI).then(c)))
}

func TestEveryBrokenRESTAPIIsCaught(t *testing.T) {
	t.Parallel()
	for _, failed := range restFailures(t, func(stacks) {}) {
		t.Errorf("flagged as it is: %s", failed)
	}
	for _, test := range restChanges {
		t.Run(test.name, func(t *testing.T) {
			if failed := restFailures(t, test.broken); !slices.Contains(failed, test.caught) {
				t.Errorf("not caught by %q, but by:\n%s", test.caught, strings.Join(failed, "\n"))
			}
			for _, failed := range restFailures(t, test.harmless) {
				t.Errorf("the harmless one is flagged: %s", failed)
			}
		})
	}
}

// privateAPI makes that API private: it is called by an endpoint of the hub, which its policy
// admits.
func privateAPI(s stacks) {
	put("hub-network resource aws_vpc_endpoint execute_api", `{"vpc_id": "${aws_vpc.main.id}", "vpc_endpoint_type": "Interface", "service_name": "com.amazonaws.ap-southeast-3.execute-api",
		"private_dns_enabled": false, "subnet_ids": ["${aws_subnet.private_apse3_az1.id}", "${aws_subnet.private_apse3_az2.id}"], "security_group_ids": ["${aws_security_group.endpoints.id}"]}`)(s)
	put("hub-network output execute_api", `{"value": "${aws_vpc_endpoint.execute_api.id}"}`)(s)
	put("gateway-api data terraform_remote_state hub_network", `{"backend": "s3", "config": {"bucket": "privatelink-terraform-state-111111111111", "key": "privatelink/hub-network.tfstate", "region": "ap-southeast-3"}}`)(s)
	put(shopAt+"endpoint_configuration", `{"types": ["PRIVATE"], "vpc_endpoint_ids": ["`+hubEndpoint+`"]}`)(s)
	admit(byEndpoint("Allow", "StringEquals"), byEndpoint("Deny", "StringNotEquals"))(s)
}

const (
	shopAt      = consumer + "aws_api_gateway_rest_api shop "
	shopPolicy  = consumer + "aws_api_gateway_rest_api_policy shop"
	hubEndpoint = "${data.terraform_remote_state.hub_network.outputs.execute_api}"
	anyEndpoint = `{"Effect": "Allow", "Principal": "*", "Action": "execute-api:Invoke", "Resource": "execute-api:/*"}`
)

// byEndpoint is a statement about what comes by the hub's endpoint.
func byEndpoint(effect, operator string) string {
	return byIts("aws:SourceVpce", effect, operator, hubEndpoint)
}

func byIts(key, effect, operator, value string) string {
	return `{"Effect": "` + effect + `", "Principal": "*", "Action": ["execute-api:Invoke"], "Resource": ["${aws_api_gateway_rest_api.shop.execution_arn}/*"], "Condition": {"` + operator + `": {"` + key + `": ["` + value + `"]}}}`
}

// admit gives the API a policy.
func admit(statements ...string) change {
	policy, err := json.Marshal(`{"Version": "2012-10-17", "Statement": [` + strings.Join(statements, ", ") + `]}`)
	if err != nil {
		panic(err)
	}
	return put(shopPolicy, `{"rest_api_id": "${aws_api_gateway_rest_api.shop.id}", "policy": `+string(policy)+`}`)
}

var privateIntents = strings.Replace(restIntents, toShopIntent, `- deny: {from: internet, to: gateway.api.shop}
- allow: {from: [gateway.private, service.private, hub.private], to: gateway.api.shop}`, 1)

const (
	toShopIntent = "- allow: {from: internet, to: gateway.api.shop}"
	notToShop    = "deny internet -> gateway.api.shop"
	estateToShop = "allow gateway.private, service.private, hub.private -> gateway.api.shop"
)

var privateChanges = []struct {
	name     string
	broken   change
	caught   string
	harmless change
}{
	{"the API is for the internet", put(shopAt+"endpoint_configuration", `{"types": ["REGIONAL"]}`), notToShop, put(shopAt+"endpoint_configuration", `{"types": ["PRIVATE"]}`)},
	{"it has no policy", drop(shopPolicy), estateToShop, admit(byEndpoint("Allow", "StringEquals"))},
	{"the policy admits everybody", admit(anyEndpoint), notToShop, admit(anyEndpoint, byEndpoint("Deny", "StringNotEquals"))},
	{"the policy admits everybody, which is found whatever is promised", admit(anyEndpoint), "private-api-for-anybody", admit(byEndpoint("Deny", "StringNotEquals"), anyEndpoint)},
	{"the policy refuses the endpoint", admit(anyEndpoint, byEndpoint("Deny", "StringEquals")), estateToShop, admit(byIts("aws:SourceVpc", "Allow", "StringEquals", "${data.terraform_remote_state.hub_network.outputs.vpc_id}"))},
	{"the policy admits another endpoint", admit(byIts("aws:SourceVpce", "Allow", "StringEquals", "vpce-0123456789abcdef0")), notToShop, admit(byEndpoint("Allow", "StringEquals"), byEndpoint("Deny", "StringNotEquals"), byIts("aws:SourceVpce", "Deny", "StringNotEquals", hubEndpoint))},
	{"the policy asks for what is not known", admit(byIts("aws:SourceIp", "Allow", "IpAddress", "10.0.0.0/8")), estateToShop, change(func(stacks) {})},
	{"the endpoint admits nobody", drop("hub-network resource aws_vpc_security_group_ingress_rule"), estateToShop, put("hub-network resource aws_vpc_endpoint execute_api policy", `"{}"`)},
}

func TestEveryBrokenPrivateAPIIsCaught(t *testing.T) {
	t.Parallel()
	failures := func(t *testing.T, c change) []string {
		t.Helper()
		return ofPrivateLink(proveWith(t, privateIntents, change(restAPI).then(privateAPI).then(c)))
	}
	for _, failed := range failures(t, func(stacks) {}) {
		t.Errorf("flagged as it is: %s", failed)
	}
	for _, test := range privateChanges {
		t.Run(test.name, func(t *testing.T) {
			if failed := failures(t, test.broken); !slices.Contains(failed, test.caught) {
				t.Errorf("not caught by %q, but by:\n%s", test.caught, strings.Join(failed, "\n"))
			}
			for _, failed := range failures(t, test.harmless) {
				t.Errorf("the harmless one is flagged: %s", failed)
			}
		})
	}
}
