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
