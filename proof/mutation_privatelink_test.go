package proof

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/yamldoc"
	"hubspoke/proof/finding"
	"hubspoke/proof/intent"
)

// The golden files of privatelink are those of an API before a service of another account.
const goldenPrivateLink = "../test/testdata/golden/privatelink"

// privateLinkIntents are what that is for.
const privateLinkIntents = `
- deny: {from: internet, to: [gateway, service]}
- deny: {from: [gateway, service], to: internet}
- deny: {from: gateway, to: service}
- deny: {from: gateway, to: service, by: transit-gateway}
- deny: {from: service, to: gateway, by: transit-gateway}
- allow: {from: internet, to: gateway.api.public}
- allow: {from: gateway.api.public, to: service.endpoint-service.orders, via: private-endpoint}
- allow: {from: gateway.api.public, to: service.nodes, port: 8443, via: private-endpoint}
- only: {from: [gateway.api.public, gateway.instance.probe], to: service.endpoint-service.orders, port: 443}
- only: {from: [service.endpoint-service.orders, service.nodes], to: service.nodes, port: 8443}
`

// provePrivateLink proves those intents, and what holds in any network.
func provePrivateLink(t *testing.T, c change) *Report {
	t.Helper()
	return proveWith(t, privateLinkIntents, c)
}

// proveWith proves other intents.
func proveWith(t *testing.T, intents string, c change) *Report {
	t.Helper()
	s := readFrom(t, goldenPrivateLink)
	c(s)
	in := Input{Name: "privatelink", Stacks: s.list(), IntentsFile: "intents.yaml", Accounts: map[string]string{
		"hub": "111111111111", "gateway": "222222222222", "service": "333333333333",
	}}
	document := yamldoc.Decode("intents.yaml", []byte(intents), &in.Intents)
	in.Intents.Locate(document)
	in.Intents.Validate(document, intent.Names{Accounts: []string{"gateway", "hub", "service"}})
	if err := document.Errors.Sorted(); err != nil {
		t.Fatal(err)
	}
	return Of(in).Prove()
}

// Parts of the two stacks that make the way.
const (
	consumer = "gateway-api resource "
	provider = "service-service resource "
)

// opens adds a rule to a group that admits addresses to port 443.
func opens(stack, name, group, cidr string) change {
	return put(stack+"aws_vpc_security_group_ingress_rule "+name, `{"security_group_id": "${aws_security_group.`+group+`.id}", "cidr_ipv4": "`+cidr+`", "ip_protocol": "tcp", "from_port": 443, "to_port": 443}`)
}

// otherLink adds a link with a group, and has the integration use it.
func otherLink(group string) change {
	return put(consumer+"aws_apigatewayv2_vpc_link other", `{"name": "other", "security_group_ids": ["${aws_security_group.`+group+`.id}"],
		"subnet_ids": ["${data.terraform_remote_state.gateway_network.outputs.private_subnet_ids[\"apse3-az1\"]}"]}`).
		then(replace(consumer+"aws_apigatewayv2_integration", "aws_apigatewayv2_vpc_link.apis", "aws_apigatewayv2_vpc_link.other"))
}

// unused has nothing use the link that there was.
var unused = drop(consumer + "aws_apigatewayv2_vpc_link apis")

// online gives the VPC of the service an internet gateway, and private subnets a route to it
// and network ACLs that admit the internet.
func online(s stacks) {
	const network = "service-network resource "
	put(network+"aws_internet_gateway main", `{"vpc_id": "${aws_vpc.main.id}"}`)(s)
	for name := range s.at(network + "aws_route_table") {
		if strings.HasPrefix(name, "private") {
			put(network+"aws_route "+name+"_out", `{"route_table_id": "${aws_route_table.`+name+`.id}", "destination_cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.main.id}"}`)(s)
		}
	}
	drop(network + "aws_network_acl private")(s)
}

// unawaited has targets wait for nobody's acceptance.
func unawaited(s stacks) {
	for _, attachment := range s.at(consumer + "aws_lb_target_group_attachment") {
		delete(attachment.(map[string]any), "depends_on")
	}
}

// otherAPI adds an API with a route, which needs an authorizer, to what the first one leads to.
func otherAPI(closed string) change {
	return put(consumer+"aws_apigatewayv2_api other", `{"name": "other", "protocol_type": "HTTP", "disable_execute_api_endpoint": `+closed+`}`).
		then(put(consumer+"aws_apigatewayv2_integration other", `{"api_id": "${aws_apigatewayv2_api.other.id}", "connection_id": "${aws_apigatewayv2_vpc_link.apis.id}", "connection_type": "VPC_LINK",
			"integration_type": "HTTP_PROXY", "integration_method": "ANY", "integration_uri": "${aws_lb_listener.service_orders.arn}"}`))
}

func otherRoute() change {
	return put(consumer+"aws_apigatewayv2_route other", `{"api_id": "${aws_apigatewayv2_api.other.id}", "route_key": "$default", "authorization_type": "AWS_IAM", "target": "integrations/${aws_apigatewayv2_integration.other.id}"}`)
}

const enforced = provider + "aws_lb orders enforce_security_group_inbound_rules_on_private_link_traffic"

const (
	toService = "allow gateway.api.public -> service.endpoint-service.orders via private-endpoint"
	toNodes   = "allow gateway.api.public -> service.nodes tcp/8443 via private-endpoint"
	onlyAPI   = "only gateway.api.public, gateway.instance.probe -> service.endpoint-service.orders tcp/443"
	onlyNodes = "only service.endpoint-service.orders, service.nodes -> service.nodes tcp/8443"
)

var brokenPrivateLink = []struct {
	name   string
	change change
	caught string
}{
	{"nobody accepts the endpoint", drop(consumer + "aws_vpc_endpoint_connection_accepter"), "endpoint-not-accepted"},
	{"nobody accepts the endpoint, and nothing arrives", drop(consumer + "aws_vpc_endpoint_connection_accepter"), toService},
	{"another account is admitted", put(provider+"aws_vpc_endpoint_service orders allowed_principals", `["arn:aws:iam::111111111111:root"]`), "endpoint-not-allowed"},
	{"another account is admitted, and nothing arrives", put(provider+"aws_vpc_endpoint_service orders allowed_principals", `["arn:aws:iam::111111111111:root"]`), toService},
	{"the group of the load balancer before the endpoint admits the world", opens(consumer, "world", "service_orders_front", "0.0.0.0/0"), onlyAPI},
	{"the group of the endpoint admits the world", opens(consumer, "world", "service_orders", "0.0.0.0/0"), onlyAPI},
	{"the group of the service admits its own VPC", opens(provider, "own", "orders", "10.2.0.0/16"), onlyAPI},
	{"the groups of the service apply to what comes by endpoints", put(enforced, `"on"`), toService},
	{"the groups of the service apply, as they do unless it is said", drop(enforced), toNodes},
	{"the groups of the service apply, and admit other addresses", put(enforced, `"on"`).then(opens(provider, "consumer", "orders", "10.3.0.0/16")), toService},
	{"a target has an address that the endpoint has not", replace(consumer+"aws_lb_target_group_attachment", "10.1.64.22", "10.1.64.23"), toService},
	{"a target has an address that nothing has", replace(consumer+"aws_lb_target_group_attachment", "10.1.64.22", "10.1.64.23"), "target-without-interface"},
	{"the endpoint is in a zone that the service is not in", replace(provider+"aws_lb orders", `"${data.terraform_remote_state.service_network.outputs.private_subnet_ids[\"apse3-az1\"]}",`, ""), "endpoint-zone-not-served"},
	{"the listener of the service is without TLS, as are its pods", replace(provider+"aws_lb_listener", `"protocol":"TLS"`, `"protocol":"TCP"`).
		then(replace(provider+"aws_lb_target_group", `"protocol":"HTTPS"`, `"protocol":"HTTP"`)), "service-listener-without-tls"},
	{"the API leads to another link", otherLink("service_orders").then(unused), toService},
	{"a link is left of which nobody knows what it is for", otherLink("apis"), onlyAPI},
	{"the load balancer of the service is public", put(provider+"aws_lb orders internal", `false`), "balancer-without-gateway"},
	{"the load balancer of the service is public, its VPC on the internet, and its group open", put(provider+"aws_lb orders internal", `false`).then(opens(provider, "world", "orders", "0.0.0.0/0")).then(online), onlyAPI},
	{"the load balancer before the endpoint is public", put(consumer+"aws_lb service_orders internal", `false`), "balancer-without-gateway"},
	{"the API has no name", drop(consumer + "aws_apigatewayv2_api_mapping public"), "allow internet -> gateway.api.public"},
	{"no route leads to the service", drop(consumer + "aws_apigatewayv2_route"), toService},
	{"another API leads there too", otherAPI("false").then(otherRoute()), onlyAPI},
	{"the load balancer listens at another port than the endpoint", put(consumer+"aws_lb_target_group_attachment service_orders_apse3_az1 port", `8443`), toService},
	{"nodes do not admit the service's load balancer", drop(provider + "aws_vpc_security_group_ingress_rule nodes_from_orders"), toNodes},
	{"nodes admit everybody", opens(provider, "world", "orders", "10.0.0.0/8").then(replace(provider+"aws_vpc_security_group_ingress_rule world", "${aws_security_group.orders.id}", `${data.terraform_remote_state.service_eks.outputs.pods_group_id}`)).
		then(put(provider+"aws_vpc_security_group_ingress_rule world from_port", `8443`)).then(put(provider+"aws_vpc_security_group_ingress_rule world to_port", `8443`)), onlyNodes},
	{"the load balancer of the service may open connections to anything, so that it is not known what it does", put(provider+"aws_vpc_security_group_egress_rule everywhere",
		`{"security_group_id": "${aws_security_group.orders.id}", "cidr_ipv4": "0.0.0.0/0", "ip_protocol": "-1"}`), "deny gateway -> service"},
	{"an autoscaling group adds targets that nobody knows", put(provider+"aws_autoscaling_attachment others", `{"autoscaling_group_name": "others", "lb_target_group_arn": "${aws_lb_target_group.orders.arn}"}`), toNodes},
	{"the connection is accepted at another service", put(provider+"aws_vpc_endpoint_service other", `{"acceptance_required": true, "network_load_balancer_arns": []}`).
		then(put("service-service output service_ids value", `{"orders": "${aws_vpc_endpoint_service.other.id}"}`)), "accepter-in-vain"},
}

// remarkablePrivateLink are changes that are noted, and break no promise.
var remarkablePrivateLink = []struct {
	name   string
	change change
	noted  string
}{
	{"a route needs no authorizer", put(consumer+"aws_apigatewayv2_route public_any_orders_proxy_a0b39b authorization_type", `"NONE"`), "route-without-authorizer"},
	{"the listener of the service is without TLS, and its pods may have it", replace(provider+"aws_lb_listener", `"protocol":"TLS"`, `"protocol":"TCP"`), "service-listener-without-tls"},
}

var harmlessPrivateLink = []struct {
	name   string
	change change
}{
	{"nothing", func(stacks) {}},
	{"no acceptance is required, and none given", drop(consumer + "aws_vpc_endpoint_connection_accepter").
		then(put(provider+"aws_vpc_endpoint_service orders acceptance_required", `false`)).
		then(unawaited)},
	{"another account is admitted too", put(provider+"aws_vpc_endpoint_service orders allowed_principals", `["arn:aws:iam::222222222222:root", "arn:aws:iam::111111111111:root"]`)},
	{"the account is admitted by a resource of its own", put(provider+"aws_vpc_endpoint_service orders allowed_principals", `[]`).
		then(put(provider+"aws_vpc_endpoint_service_allowed_principal gateway", `{"vpc_endpoint_service_id": "${aws_vpc_endpoint_service.orders.id}", "principal_arn": "arn:aws:iam::222222222222:root"}`))},
	{"the group of the load balancer before the endpoint admits the link twice", put(consumer+"aws_vpc_security_group_ingress_rule again",
		`{"security_group_id": "${aws_security_group.service_orders_front.id}", "referenced_security_group_id": "${aws_security_group.apis.id}", "ip_protocol": "tcp", "from_port": 443, "to_port": 443}`)},
	{"the group of the endpoint admits addresses that nobody has", opens(consumer, "nobody", "service_orders", "198.18.0.0/24")},
	{"the group of the service admits addresses from which nothing gets there", opens(provider, "nobody", "orders", "10.1.0.0/16")},
	{"the groups of the service apply, and admit the addresses of the consumer", put(enforced, `"on"`).then(opens(provider, "consumer", "orders", "10.1.0.0/16"))},
	{"endpoint and target have another address", replace(consumer+"aws_lb_target_group_attachment", "10.1.64.22", "10.1.64.25").then(replace(consumer+"aws_vpc_endpoint", "10.1.64.22", "10.1.64.25"))},
	{"the endpoint is in one zone", replace(consumer+"aws_vpc_endpoint", `"${data.terraform_remote_state.gateway_network.outputs.private_subnet_ids[\"apse3-az1\"]}",`, "").
		then(replace(consumer+"aws_vpc_endpoint", `{"ipv4":"10.1.64.22","subnet_id":"${data.terraform_remote_state.gateway_network.outputs.private_subnet_ids[\"apse3-az1\"]}"},`, "")).
		then(drop(consumer + "aws_lb_target_group_attachment service_orders_apse3_az1"))},
	{"the service has another certificate", replace(provider+"aws_lb_listener", "${aws_acm_certificate_validation.orders.certificate_arn}", "arn:aws:acm:ap-southeast-3:333333333333:certificate/1")},
	{"the API leads to another link with the same group", otherLink("apis").then(unused)},
	{"the load balancer of the service says that it is internal in words", put(provider+"aws_lb orders internal", `"true"`)},
	{"the API has its own name as well", put(consumer+"aws_apigatewayv2_api public disable_execute_api_endpoint", `false`)},
	{"two routes lead to the service", put(consumer+"aws_apigatewayv2_route more", `{"api_id": "${aws_apigatewayv2_api.public.id}", "route_key": "GET /more", "authorization_type": "AWS_IAM", "target": "integrations/${aws_apigatewayv2_integration.public_service_orders.id}"}`)},
	{"another API leads there, and has no name", otherAPI("true").then(otherRoute())},
	{"nodes admit more of themselves", put(provider+"aws_vpc_security_group_ingress_rule more", `{"security_group_id": "${data.terraform_remote_state.service_eks.outputs.pods_group_id}",
		"referenced_security_group_id": "${data.terraform_remote_state.service_eks.outputs.pods_group_id}", "ip_protocol": "tcp", "from_port": 8443, "to_port": 8443}`)},
	{"the load balancer of the service opens connections to another port of the nodes", put(provider+"aws_vpc_security_group_egress_rule more",
		`{"security_group_id": "${aws_security_group.orders.id}", "referenced_security_group_id": "${data.terraform_remote_state.service_eks.outputs.pods_group_id}", "ip_protocol": "tcp", "from_port": 8443, "to_port": 8443}`)},
	{"an alarm watches the targets", put(provider+"aws_cloudwatch_metric_alarm more", `{"alarm_name": "more", "comparison_operator": "LessThanThreshold", "evaluation_periods": 1, "dimensions": {"TargetGroup": "${aws_lb_target_group.orders.arn_suffix}"}}`)},
}

// ofPrivateLink are the failures but for what these intents leave open: the ways between the
// hub and both others.
func ofPrivateLink(r *Report) []string {
	return slices.DeleteFunc(failures(r), func(f string) bool { return f == notPromised.Code() })
}

func TestEveryBrokenPrivateLinkIsCaught(t *testing.T) {
	t.Parallel()
	for _, test := range brokenPrivateLink {
		t.Run(test.name, func(t *testing.T) {
			if failed := ofPrivateLink(provePrivateLink(t, test.change)); !slices.Contains(failed, test.caught) {
				t.Errorf("not caught by %q, but by:\n%s", test.caught, strings.Join(failed, "\n"))
			}
		})
	}
}

func TestHarmlessChangesOfPrivateLinkAreNotFlagged(t *testing.T) {
	t.Parallel()
	for _, test := range harmlessPrivateLink {
		t.Run(test.name, func(t *testing.T) {
			for _, f := range ofPrivateLink(provePrivateLink(t, test.change)) {
				t.Errorf("flagged: %s", f)
			}
		})
	}
}

func TestWhatIsRemarkableInPrivateLinkIsNoted(t *testing.T) {
	t.Parallel()
	noted := func(r *Report, code string) bool {
		return slices.ContainsFunc(r.Invariants, func(f finding.Finding) bool { return f.Kind.Code() == code && f.Note() })
	}
	before := provePrivateLink(t, func(stacks) {})
	for _, test := range remarkablePrivateLink {
		t.Run(test.name, func(t *testing.T) {
			r := provePrivateLink(t, test.change)
			if !noted(r, test.noted) || noted(before, test.noted) {
				t.Errorf("%s is noted: %t, and without the change: %t", test.noted, noted(r, test.noted), noted(before, test.noted))
			}
			for _, f := range ofPrivateLink(r) {
				t.Errorf("flagged: %s", f)
			}
		})
	}
}
