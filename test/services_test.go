package test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/proof/stackjson"
)

// ofType are the resources of a type that a stack has.
func ofType(s *stackjson.Stack, kind string) []stackjson.Resource {
	return slices.DeleteFunc(slices.Clone(s.Resources()), func(r stackjson.Resource) bool { return r.Type != kind })
}

// Nothing but PrivateLink leads into a service, and to it nobody but its consumers.
func TestAServiceIsReachedByItsConsumersAlone(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		for _, spoke := range e.Spokes {
			if len(spoke.Services) == 0 {
				continue
			}
			stack := e.stack(spoke.Name + "-service")
			for name, service := range spoke.Services {
				var balancer, made map[string]any
				for _, r := range ofType(stack, "aws_lb") {
					if r.Body["name"] == e.ServiceName(estate.ServiceRef{Spoke: spoke.Name, Name: name}) {
						balancer = r.Body
					}
				}
				for _, r := range ofType(stack, "aws_vpc_endpoint_service") {
					if r.Body["tags"].(map[string]any)["Name"] == balancer["name"] {
						made = r.Body
					}
				}
				if balancer["internal"] != true || balancer["enforce_security_group_inbound_rules_on_private_link_traffic"] != "off" || balancer["enable_cross_zone_load_balancing"] != true {
					t.Errorf("%s.%s: its load balancer is %v", spoke.Name, name, balancer)
				}
				groups, _ := balancer["security_groups"].([]any)
				if len(groups) != 1 {
					t.Fatalf("%s.%s: its load balancer has the groups %v", spoke.Name, name, groups)
				}
				for _, r := range ofType(stack, "aws_vpc_security_group_ingress_rule") {
					if group := strings.TrimSuffix(groups[0].(string), ".id}"); strings.HasPrefix(fmt.Sprint(r.Body["security_group_id"]), group+".") {
						t.Errorf("%s.%s: its load balancer admits %v", spoke.Name, name, r.Body)
					}
				}
				var principals []any
				for _, consumer := range service.Consumers {
					principals = append(principals, "arn:"+e.Partition()+":iam::"+e.Accounts[consumer]+":root")
				}
				if made["acceptance_required"] != true || fmt.Sprint(made["allowed_principals"]) != fmt.Sprint(principals) {
					t.Errorf("%s.%s: %v may connect, want %v to ask for it", spoke.Name, name, made, principals)
				}
			}
		}
	})
}

// A load balancer sends to the nodes on the port of the pods, and the nodes admit it on the same.
func TestAServiceHasOnePort(t *testing.T) {
	e := synthesized(t, "privatelink")
	stack := e.stack("service-service")
	out, in := ofType(stack, "aws_vpc_security_group_egress_rule"), ofType(stack, "aws_vpc_security_group_ingress_rule")
	if len(out) != 1 || len(in) != 1 {
		t.Fatalf("%d and %d rules, want one in each direction", len(out), len(in))
	}
	for _, rule := range []map[string]any{out[0].Body, in[0].Body} {
		if fmt.Sprintf("%v %v %v", rule["from_port"], rule["to_port"], rule["ip_protocol"]) != "8443 8443 tcp" {
			t.Errorf("%v", rule)
		}
	}
	if out[0].Body["referenced_security_group_id"] != in[0].Body["security_group_id"] || out[0].Body["security_group_id"] != in[0].Body["referenced_security_group_id"] {
		t.Errorf("it sends by %v, and is admitted by %v", out[0].Body, in[0].Body)
	}
}

// Alarms and messages are for somebody.
func TestServicesTellNobodyWhereNobodyIsNamed(t *testing.T) {
	silent := edited(t, "privatelink", edit{"estate.yaml", `alarms:\n  topics: .*\n`, ""})
	for _, kind := range []string{"aws_cloudwatch_metric_alarm", "aws_vpc_endpoint_connection_notification"} {
		if n := count(silent, "service-service", kind); n != 0 {
			t.Errorf("%d resources %s", n, kind)
		}
		if count(synthesized(t, "privatelink"), "service-service", kind) == 0 {
			t.Errorf("with topics there is no %s", kind)
		}
	}
}
