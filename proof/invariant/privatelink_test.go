package invariant

// serve puts a load balancer behind the service that the stack two offers, in its first zone,
// with a group that admits nobody, and has the endpoint of one use that.
func (e estate) serve() {
	e.offer(`{"acceptance_required": true, "allowed_principals": ["arn:aws:iam::222222222222:root"], "network_load_balancer_arns": ["${aws_lb.api.arn}"]}`)
	e.add("two/aws_security_group.api", `{"vpc_id": "${aws_vpc.main.id}"}`)
	e.add("two/aws_lb.api", `{"load_balancer_type": "network", "internal": true, "subnets": ["${aws_subnet.private_apse3_az1.id}"],
		"security_groups": ["${aws_security_group.api.id}"], "enforce_security_group_inbound_rules_on_private_link_traffic": "off"}`)
	e.add("two/aws_lb_target_group.api", `{"vpc_id": "${aws_vpc.main.id}", "port": 443, "protocol": "TLS", "target_type": "ip"}`)
	e.add("two/aws_lb_listener.api", `{"load_balancer_arn": "${aws_lb.api.arn}", "port": 443, "protocol": "TLS", "default_action": [{"type": "forward", "target_group_arn": "${aws_lb_target_group.api.arn}"}]}`)
	e.add("two/aws_lb_target_group_attachment.api", `{"target_group_arn": "${aws_lb_target_group.api.arn}", "target_id": "${aws_instance.api.id}"}`)
	e.add("two/aws_instance.api", `{"subnet_id": "${aws_subnet.private_apse3_az1.id}", "vpc_security_group_ids": ["${aws_security_group.api.id}"]}`)
	e.stack("two")["output"].(map[string]any)["id"] = map[string]any{"value": "${aws_vpc_endpoint_service.api.id}"}
	e.provide("one", "two")
	e.add("one/aws_vpc_endpoint_connection_accepter.api", `{"provider": "aws.two", "vpc_endpoint_id": "${aws_vpc_endpoint.api.id}", "vpc_endpoint_service_id": "${data.terraform_remote_state.two.outputs.id}"}`)
}

// provide gives a stack the provider of another one beside its own.
func (e estate) provide(stack, other string) {
	providers := e.stack(stack)["provider"].(map[string]any)
	theirs := map[string]any{"alias": other}
	for name, value := range e.stack(other)["provider"].(map[string]any)["aws"].([]any)[0].(map[string]any) {
		theirs[name] = value
	}
	providers["aws"] = append(providers["aws"].([]any), theirs)
}

// call puts a load balancer and an API before the endpoint of one.
func (e estate) call() {
	e.serve()
	e.set("one/aws_vpc_endpoint.api", "subnet_configuration", []any{map[string]any{"subnet_id": "${aws_subnet.private_apse3_az1.id}", "ipv4": "10.1.16.30"}})
	e.add("one/aws_lb.front", `{"load_balancer_type": "network", "internal": true, "subnets": ["${aws_subnet.private_apse3_az1.id}"], "security_groups": ["${aws_security_group.app.id}"]}`)
	e.add("one/aws_lb_target_group.front", `{"vpc_id": "${aws_vpc.main.id}", "port": 443, "protocol": "TCP", "target_type": "ip"}`)
	e.add("one/aws_lb_listener.front", `{"load_balancer_arn": "${aws_lb.front.arn}", "port": 443, "protocol": "TCP", "default_action": [{"type": "forward", "target_group_arn": "${aws_lb_target_group.front.arn}"}]}`)
	e.add("one/aws_lb_target_group_attachment.front", `{"target_group_arn": "${aws_lb_target_group.front.arn}", "target_id": "10.1.16.30"}`)
	e.add("one/aws_apigatewayv2_api.api", `{"name": "api", "protocol_type": "HTTP"}`)
	e.add("one/aws_apigatewayv2_vpc_link.api", `{"name": "api", "subnet_ids": ["${aws_subnet.private_apse3_az1.id}"], "security_group_ids": ["${aws_security_group.app.id}"]}`)
	e.add("one/aws_apigatewayv2_integration.api", `{"api_id": "${aws_apigatewayv2_api.api.id}", "integration_type": "HTTP_PROXY", "connection_type": "VPC_LINK",
		"connection_id": "${aws_apigatewayv2_vpc_link.api.id}", "integration_uri": "${aws_lb_listener.front.arn}", "tls_config": [{"server_name_to_verify": "api.example.com"}]}`)
	e.add("one/aws_apigatewayv2_route.api", `{"api_id": "${aws_apigatewayv2_api.api.id}", "route_key": "$default", "authorization_type": "AWS_IAM", "target": "integrations/${aws_apigatewayv2_integration.api.id}"}`)
}

var privateLinkMistakes = []struct {
	name   string
	change func(e estate)
	want   string
}{
	{"a service, and an endpoint that uses it", func(e estate) { e.serve() }, ""},
	{"an API before an endpoint", func(e estate) { e.call() }, ""},
	{"a connection is accepted at another service", func(e estate) {
		e.serve()
		e.add("two/aws_vpc_endpoint_service.other", `{"acceptance_required": true, "network_load_balancer_arns": ["${aws_lb.api.arn}"]}`)
		e.stack("two")["output"].(map[string]any)["id"] = map[string]any{"value": "${aws_vpc_endpoint_service.other.id}"}
	}, "accepter-in-vain endpoint-not-accepted"},
	{"a connection is accepted that needs not be", func(e estate) {
		e.serve()
		e.set("two/aws_vpc_endpoint_service.api", "acceptance_required", false)
	}, "accepter-in-vain?"},
	{"an endpoint is in a zone that its service is not in", func(e estate) {
		e.serve()
		e.set("one/aws_vpc_endpoint.api", "subnet_ids", []any{"${aws_subnet.private_apse3_az1.id}", "${aws_subnet.private_apse3_az2.id}"})
	}, "endpoint-zone-not-served"},
	{"the load balancer of a service has no group", func(e estate) {
		e.serve()
		e.set("two/aws_lb.api", "security_groups", nil)
	}, "service-balancer-without-group?"},
	{"the listener of a service is for TCP", func(e estate) {
		e.serve()
		e.set("two/aws_lb_listener.api", "protocol", "TCP")
	}, "service-listener-without-tls?"},
	{"the listener of a service is for TCP, and its targets speak HTTP, which nobody says to be otherwise", func(e estate) {
		e.serve()
		e.set("two/aws_lb_listener.api", "protocol", "TCP")
		e.set("two/aws_lb_target_group.api", "health_check", []any{map[string]any{"protocol": "HTTP"}})
	}, "service-listener-without-tls?"},
	{"the listener of a service is for TCP, and its targets speak HTTP, where an API expects TLS", func(e estate) {
		e.call()
		e.set("two/aws_lb_listener.api", "protocol", "TCP")
		e.set("two/aws_lb_target_group.api", "health_check", []any{map[string]any{"protocol": "HTTP"}})
	}, "service-listener-without-tls"},
	{"the listener of a service is for TCP, and its targets are asked for their health at another port", func(e estate) {
		e.call()
		e.set("two/aws_lb_listener.api", "protocol", "TCP")
		e.set("two/aws_lb_target_group.api", "health_check", []any{map[string]any{"protocol": "HTTP", "port": "8080"}})
	}, "service-listener-without-tls?"},
	{"a target has an address that nothing is known to have", func(e estate) {
		e.call()
		e.set("one/aws_lb_target_group_attachment.front", "target_id", "10.1.16.31")
	}, "target-without-interface?"},
	{"a target beside an endpoint's address has one that nothing is known to have", func(e estate) {
		e.call()
		e.add("one/aws_lb_target_group_attachment.more", `{"target_group_arn": "${aws_lb_target_group.front.arn}", "target_id": "10.1.16.31"}`)
	}, "target-without-interface"},
	{"a route has no authorizer", func(e estate) {
		e.call()
		e.set("one/aws_apigatewayv2_route.api", "authorization_type", "NONE")
	}, "route-without-authorizer?"},
	{"a private API is for endpoints of anybody", func(e estate) {
		e.add("one/aws_api_gateway_rest_api.stock", `{"name": "stock", "endpoint_configuration": {"types": ["PRIVATE"]}, "policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"execute-api:Invoke\",\"Resource\":\"execute-api:/*\"}]}"}`)
	}, "open-to-everybody private-api-for-anybody"},
	{"a private API is for one endpoint, by what AWS advises", func(e estate) {
		e.add("one/aws_api_gateway_rest_api.stock", `{"name": "stock", "endpoint_configuration": {"types": ["PRIVATE"]}}`)
		e.add("one/aws_api_gateway_rest_api_policy.stock", `{"rest_api_id": "${aws_api_gateway_rest_api.stock.id}", "policy": "{\"Statement\":[{\"Effect\":\"Allow\",\"Principal\":\"*\",\"Action\":\"execute-api:Invoke\",\"Resource\":\"execute-api:/*\"},{\"Effect\":\"Deny\",\"Principal\":\"*\",\"Action\":\"execute-api:Invoke\",\"Resource\":\"execute-api:/*\",\"Condition\":{\"StringNotEquals\":{\"aws:SourceVpc\":\"${aws_vpc.main.id}\"}}}]}"}`)
	}, ""},
	{"a load balancer is internet-facing in a VPC without a gateway to it", func(e estate) {
		e.serve()
		e.set("two/aws_lb.api", "internal", false)
		e.drop("two/aws_internet_gateway.main")
		e.drop("two/aws_nat_gateway.main")
		e.drop("two/aws_eip.nat_main")
		for _, zone := range []string{"1", "2"} {
			e.drop("two/aws_route.private_apse3_az" + zone + "_to_internet")
			e.drop("two/aws_route.public_apse3_az" + zone + "_to_internet")
		}
	}, "balancer-without-gateway"},
	{"a load balancer is internet-facing in a VPC with a gateway to it", func(e estate) {
		e.call()
		e.set("one/aws_lb.front", "internal", false)
	}, ""},
}
