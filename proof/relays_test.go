package proof

import (
	"strings"
	"testing"

	"hubspoke/proof/intent"
)

// balanced is a VPC on the internet with a load balancer in front of a machine, beside another
// machine that has the same group and is in another tier.
const balanced = `"resource": {
	"aws_vpc": {"main": {"cidr_block": "10.1.0.0/16"}},
	"aws_internet_gateway": {"main": {"vpc_id": "${aws_vpc.main.id}"}},
	"aws_subnet": {
		"public": {"vpc_id": "${aws_vpc.main.id}", "cidr_block": "10.1.0.0/24", "availability_zone_id": "euc1-az1", "tags": {"Tier": "public"}},
		"app": {"vpc_id": "${aws_vpc.main.id}", "cidr_block": "10.1.1.0/24", "availability_zone_id": "euc1-az1", "tags": {"Tier": "app"}},
		"data": {"vpc_id": "${aws_vpc.main.id}", "cidr_block": "10.1.2.0/24", "availability_zone_id": "euc1-az1", "tags": {"Tier": "data"}}},
	"aws_route_table": {"public": {"vpc_id": "${aws_vpc.main.id}", "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "${aws_internet_gateway.main.id}"}]}},
	"aws_route_table_association": {"public": {"subnet_id": "${aws_subnet.public.id}", "route_table_id": "${aws_route_table.public.id}"}},
	"aws_security_group": {
		"web": {"name": "web", "vpc_id": "${aws_vpc.main.id}", "ingress": [{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["0.0.0.0/0"]}], "egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]},
		"app": {"name": "app", "vpc_id": "${aws_vpc.main.id}", "ingress": [{"protocol": "tcp", "from_port": 8080, "to_port": 9090, "cidr_blocks": ["10.1.0.0/24"]}], "egress": [{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}]}},
	"aws_instance": {
		"app": {"subnet_id": "${aws_subnet.app.id}", "vpc_security_group_ids": ["${aws_security_group.app.id}"], "private_ip": "10.1.1.10"},
		"data": {"subnet_id": "${aws_subnet.data.id}", "vpc_security_group_ids": ["${aws_security_group.app.id}"]}},
	"aws_lb": {"web": {"load_balancer_type": "application", "subnets": ["${aws_subnet.public.id}"], "security_groups": ["${aws_security_group.web.id}"]}},
	"aws_lb_target_group": {"web": {"port": 8080, "protocol": "HTTP", "target_type": "TYPE", "vpc_id": "${aws_vpc.main.id}"},
		"other": {"port": 9090, "protocol": "HTTP", "vpc_id": "${aws_vpc.main.id}"}},
	"aws_lb_listener": {"web": {"load_balancer_arn": "${aws_lb.web.arn}", "port": 443, "protocol": "HTTPS", "default_action": [ACTION]}},
	"aws_lb_target_group_attachment": {"app": {"target_group_arn": "${aws_lb_target_group.web.arn}", "target_id": "TARGET"}}MORE}`

const forward = `{"type": "forward", "target_group_arn": "${aws_lb_target_group.web.arn}"}`

func TestALoadBalancerLeadsToItsTargets(t *testing.T) {
	t.Parallel()
	const (
		id      = "${aws_instance.app.id}"
		other   = `, "aws_lb_listener_rule": {"other": {"listener_arn": "${aws_lb_listener.web.arn}", "action": [{"type": "forward", "target_group_arn": "${aws_lb_target_group.other.arn}"}], "condition": [{"path_pattern": [{"values": ["/x"]}]}]}}`
		another = `, "aws_alb_target_group_attachment": {"data": {"target_group_arn": "${aws_lb_target_group.other.arn}", "target_id": "${aws_instance.data.id}"}}`
	)
	tests := []struct {
		name, kind, target, action, more string
		// reached are the tiers that may be reached through it.
		reached string
	}{
		{"a machine", "instance", id, forward, "", "app"},
		{"a machine by its address", "ip", "10.1.1.10", forward, "", "app"},
		{"an address that nothing is known to have", "ip", "10.1.2.99", forward, "", "data"},
		{"an address of no subnet", "ip", "10.9.9.9", forward, "", "app data"},
		{"an answer of its own", "instance", id, `{"type": "fixed-response"}`, "", ""},
		{"several groups", "instance", id, `{"type": "forward", "forward": [{"target_group": [{"arn": "${aws_lb_target_group.web.arn}"}, {"arn": "${aws_lb_target_group.other.arn}"}]}]}`, another, "app data"},
		{"another group by a rule", "instance", id, forward, other + another, "app data"},
		{"another group by a rule, of which the targets are not known", "instance", id, forward, other, "app data"},
		{"a group that nobody's rule names", "instance", id, forward, another, "app"},
		{"targets of an autoscaling group", "instance", id, forward, `, "aws_autoscaling_attachment": {"more": {"autoscaling_group_name": "x", "lb_target_group_arn": "${aws_lb_target_group.web.arn}"}}`, "app data"},
		{"a target that is looked up", "instance", "${data.aws_instance.x.id}", forward, "", "app data"},
		{"a group that is looked up", "instance", id, `{"type": "forward", "target_group_arn": "${data.aws_lb_target_group.x.arn}"}`, "", "app data"},
		{"a listener of what is not known", "instance", id, forward, `, "aws_alb_listener": {"more": {"load_balancer_arn": "${element([aws_lb.web.arn], 0)}", "port": 80, "protocol": "HTTP", "default_action": [{"type": "redirect"}]}}`, "app data"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			blocks := strings.NewReplacer("TYPE", test.kind, "TARGET", test.target, "ACTION", test.action, "MORE", test.more).Replace(balanced)
			in := input(t, blocks+`, "data": {"aws_instance": {"x": {}}, "aws_lb_target_group": {"x": {}}}`)
			p := Of(in)
			for _, tier := range []string{"app", "data"} {
				for _, to := range []string{"app." + tier, "app.instance." + tier} {
					r := p.deny(intent.Flow{From: intent.Parties{"internet"}, To: intent.Parties{to}})
					// The address in the other tier may be the machine's there.
					want := strings.Contains(test.reached, tier)
					if got := r.Status != Proven; got != want {
						t.Errorf("%s may be reached: %t, want %t: %s %v", to, got, want, r.Summary, r.Cases)
					}
				}
			}
		})
	}
}

// calling is an API with a link to the load balancer.
const calling = `,
	"aws_apigatewayv2_api": {"public": {"name": "public", "protocol_type": "HTTP"BODY}},
	"aws_apigatewayv2_vpc_link": {"web": {"name": "web", "subnet_ids": ["${aws_subnet.data.id}"], "security_group_ids": ["${aws_security_group.web.id}"]}},
	"aws_apigatewayv2_integration": {"web": {"api_id": "${aws_apigatewayv2_api.public.id}", "integration_type": "HTTP_PROXY", "connection_type": "VPC_LINK",
		"connection_id": "${aws_apigatewayv2_vpc_link.web.id}", "integration_uri": "URI"}},
	"aws_apigatewayv2_route": {"web": {"api_id": "${aws_apigatewayv2_api.public.id}", "route_key": "$default", "target": "integrations/${aws_apigatewayv2_integration.web.id}"}}`

func TestAnAPILeadsWhereItsIntegrationsDo(t *testing.T) {
	t.Parallel()
	const listener = "${aws_lb_listener.web.arn}"
	promise := func(kind string) intent.Flow {
		ports := intent.Ports{{First: 8080, Last: 8080}}
		if kind == "22" {
			ports = intent.Ports{{First: 22, Last: 22}}
		}
		return intent.Flow{From: intent.Parties{"app.api.public"}, To: intent.Parties{"app.instance.app"}, Port: ports}
	}
	tests := []struct {
		name, body, uri, more string
		// called is whether the internet reaches it, allowed whether it reaches the machine
		// at its port, and denied whether it reaches the other one.
		called, allowed, denied Status
	}{
		{"a listener", "", listener, "", Proven, Proven, Proven},
		{"the API says that it is open", `, "disable_execute_api_endpoint": false`, listener, "", Proven, Proven, Proven},
		{"the API has no name", `, "disable_execute_api_endpoint": true`, listener, "", Violated, Proven, Proven},
		{"the API has a domain", `, "disable_execute_api_endpoint": true`, listener, `, "aws_apigatewayv2_api_mapping": {"d": {"api_id": "${aws_apigatewayv2_api.public.id}", "domain_name": "api.example.com", "stage": "x"}}`, Proven, Proven, Proven},
		{"another API has a domain", `, "disable_execute_api_endpoint": true`, listener, `, "aws_apigatewayv2_api_mapping": {"d": {"api_id": "abc", "domain_name": "api.example.com", "stage": "x"}}`, Violated, Proven, Proven},
		{"a listener that no stack here makes", "", "arn:aws:elasticloadbalancing:eu-central-1:1:listener/x", "", Proven, Unproven, Unproven},
		{"a definition in another language", `, "body": "{}"`, listener, "", Proven, Unproven, Unproven},
		{"a network ACL stops what the link sends", "", listener, `, "aws_network_acl": {"data": {"vpc_id": "${aws_vpc.main.id}", "subnet_ids": ["${aws_subnet.data.id}"], "ingress": [], "egress": []}}`, Proven, Violated, Proven},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			more := strings.NewReplacer("BODY", test.body, "URI", test.uri).Replace(calling) + test.more
			p := Of(input(t, strings.NewReplacer("TYPE", "instance", "TARGET", "${aws_instance.app.id}", "ACTION", forward, "MORE", more).Replace(balanced)))
			if r := p.allow(intent.Flow{From: intent.Parties{"internet"}, To: intent.Parties{"app.api.public"}}); r.Status != test.called {
				t.Errorf("called: %s, want %s: %v", r.Status, test.called, r.Cases)
			}
			if r := p.allow(promise("8080")); r.Status != test.allowed {
				t.Errorf("allowed: %s, want %s: %v", r.Status, test.allowed, r.Cases)
			}
			if r := p.allow(promise("22")); r.Status == Proven {
				t.Error("it reaches the machine at another port")
			}
			if r := p.deny(intent.Flow{From: intent.Parties{"app.api.public"}, To: intent.Parties{"app.instance.data", "app.data"}}); r.Status != test.denied {
				t.Errorf("denied: %s, want %s: %v", r.Status, test.denied, r.Cases)
			}
		})
	}
}

// The link of a REST API leads to its load balancer at whichever port that listens.
func TestALinkOfARESTAPILeadsToAnyListener(t *testing.T) {
	t.Parallel()
	blocks := strings.NewReplacer("TYPE", "instance", "TARGET", "${aws_instance.app.id}", "ACTION", forward, `"port": 443, "protocol": "HTTPS"`, `"port": 80, "protocol": "TCP"`,
		`"load_balancer_type": "application"`, `"load_balancer_type": "network", "internal": true`,
		"MORE", `, "aws_api_gateway_vpc_link": {"web": {"name": "web", "target_arns": ["${aws_lb.web.arn}"]}}`).Replace(balanced)
	p := Of(input(t, blocks))
	for to, want := range map[string]Status{"app.instance.app": Unproven, "app.instance.data": Proven, "app.data": Proven} {
		if r := p.deny(intent.Flow{From: intent.Parties{"internet"}, To: intent.Parties{to}}); r.Status != want {
			t.Errorf("deny internet -> %s is %s, want %s: %v", to, r.Status, want, r.Cases)
		}
	}
}

// A tier was called `api` before APIs were parties: it is meant where there is one.
func TestATierMayBeCalledAPI(t *testing.T) {
	t.Parallel()
	blocks := strings.NewReplacer("TYPE", "instance", "TARGET", "${aws_instance.app.id}", "ACTION", forward, "MORE", strings.NewReplacer("BODY", "", "URI", "${aws_lb_listener.web.arn}").Replace(calling)).Replace(balanced)
	for _, test := range []struct{ blocks, party, want string }{
		{blocks, "app.api", "app.api.public"},
		{blocks, "app.api.public", "app.api.public"},
		{strings.Replace(blocks, `"Tier": "data"`, `"Tier": "api"`, 1), "app.api", "app.api"},
		{strings.Replace(blocks, `"Tier": "data"`, `"Tier": "api"`, 1), "app.api.public", "app.api.public"},
	} {
		places, err := Of(input(t, test.blocks)).places(intent.Parties{test.party})
		if err != nil || len(places) != 1 || places[0].party != test.want {
			t.Errorf("%s is %v, %v, want %s", test.party, places, err, test.want)
		}
	}
}
