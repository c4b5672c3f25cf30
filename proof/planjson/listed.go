package planjson

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"hubspoke/proof/stackjson"
)

// listed are blocks that AWS lists in a state where nobody writes them, with what other
// resources say: the routes of a table that are aws_route.
var listed = map[string][]string{
	"aws_route_table": {"route"}, "aws_default_route_table": {"route"},
	"aws_security_group": {"ingress", "egress"}, "aws_default_security_group": {"ingress", "egress"},
	"aws_network_acl": {"ingress", "egress"}, "aws_ec2_managed_prefix_list": {"entry"}, "aws_route53_zone": {"vpc"},
}

// listing is a type of resources that AWS lists in another, and its arguments by the names
// that they have there.
type listing struct {
	of, argument string // the argument with the other one's id
	block        func(body map[string]any) string
	names        map[string]string
}

var parts = map[string]listing{
	"aws_route": {"aws_route_table", "route_table_id", func(map[string]any) string { return "route" },
		map[string]string{"cidr_block": "destination_cidr_block", "ipv6_cidr_block": "destination_ipv6_cidr_block", "destination_prefix_list_id": "destination_prefix_list_id"}},
	"aws_network_acl_rule": {"aws_network_acl", "network_acl_id", func(body map[string]any) string {
		if body["egress"] == true {
			return "egress"
		}
		return "ingress"
	}, map[string]string{"rule_no": "rule_number"}},
	"aws_ec2_managed_prefix_list_entry": {"aws_ec2_managed_prefix_list", "prefix_list_id", func(map[string]any) string { return "entry" }, map[string]string{"cidr": "cidr"}},
}

// unlist takes what resources of their own say out of the lists of others, in which AWS
// says it once more. What is left in a list is in AWS, whoever put it there.
func unlist(stacks []*stackjson.Stack) {
	at := map[place]*stackjson.Resource{}
	for _, s := range stacks {
		for i := range s.Planned {
			at[place{s.Name, s.Planned[i].Path}] = &s.Planned[i]
		}
	}
	for _, s := range stacks {
		for _, r := range s.Planned {
			p, ok := parts[r.Type]
			if !ok || r.Data {
				continue
			}
			ref, ok := r.Body[p.argument].(stackjson.Reference)
			if !ok {
				continue
			}
			stack := ref.Stack
			if stack == "" {
				stack = s.Name
			}
			whole, block := at[place{stack, ref.Address}], p.block(r.Body)
			if whole == nil || !slices.Contains(whole.Listed, block) {
				continue
			}
			items, ok := whole.Body[block].([]any)
			if !ok {
				continue
			}
			if items = slices.DeleteFunc(slices.Clone(items), func(item any) bool { return p.says(r.Body, object(item)) }); len(items) > 0 {
				whole.Body[block] = items
			} else {
				delete(whole.Body, block)
			}
		}
	}
}

// says whether a block is what the resource says.
func (p listing) says(body, block map[string]any) bool {
	some := false
	for inner, outer := range p.names {
		own, listed := body[outer], block[inner]
		if stackjson.Empty(own) && stackjson.Empty(listed) {
			continue
		}
		if !reflect.DeepEqual(own, listed) && fmt.Sprint(own) != fmt.Sprint(listed) {
			return false
		}
		some = true
	}
	return some
}

// ownPolicies are the policies that are resources of their own, with the argument that names what they are of. A state has
// them there too, or the one that AWS gave it before.
var ownPolicies = map[string]string{
	"aws_api_gateway_rest_api_policy":  "rest_api_id",
	"aws_kms_key_policy":               "key_id",
	"aws_s3_bucket_policy":             "bucket",
	"aws_secretsmanager_secret_policy": "secret_arn",
	"aws_sns_topic_policy":             "arn",
	"aws_sqs_queue_policy":             "queue_url",
	"aws_vpc_endpoint_policy":          "vpc_endpoint_id",
}

// unlistPolicies takes policies that are resources of their own out of what they are of.
func unlistPolicies(stacks []*stackjson.Stack, owners map[string][]owner) {
	replaced := map[place]bool{}
	for _, s := range stacks {
		for _, r := range s.Planned {
			id, _ := r.Body[ownPolicies[r.Type]].(string)
			whole := slices.DeleteFunc(slices.Clone(owners[id]), func(o owner) bool { return o.kind != strings.TrimSuffix(r.Type, "_policy") })
			if of := ownerOf(whole, ownerFrom(s, r, "")); of != nil && !r.Data {
				replaced[place{of.Stack, of.Address}] = true
			}
		}
	}
	for _, s := range stacks {
		for _, r := range s.Planned {
			if replaced[place{s.Name, r.Path}] {
				delete(r.Body, "policy")
			}
		}
	}
}

// unlistAddresses takes out of addresses where they are, if another resource says that it has them: once an address is read
// again, its state names the interface of the NAT gateway or of the load balancer that it was given to. Interfaces of load
// balancers are AWS's own: nobody's stack makes them, and no state tells which they are.
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/eip#attribute-reference
func unlistAddresses(stacks []*stackjson.Stack) {
	type holder struct{ allocation, at string }
	const anywhere = ""
	given, made := map[holder]bool{}, map[string]bool{}
	give := func(allocation, at any) {
		id, _ := allocation.(string)
		where, ok := at.(string)
		if ok && id != "" {
			given[holder{id, where}] = true
		}
	}
	for _, s := range stacks {
		for _, r := range s.Planned {
			switch {
			case r.Data:
			case r.Type == "aws_network_interface":
				id, _ := r.Body["id"].(string)
				made[id] = true
			case r.Type == "aws_lb", r.Type == "aws_alb":
				for _, mapping := range stackjson.List(r.Body["subnet_mapping"]) {
					give(object(mapping)["allocation_id"], anywhere)
				}
			case r.Type == "aws_nat_gateway", r.Type == "aws_eip_association":
				for _, allocation := range append([]any{r.Body["allocation_id"]}, stackjson.List(r.Body["secondary_allocation_ids"])...) {
					give(allocation, r.Body["network_interface_id"])
					give(allocation, r.Body["instance_id"])
				}
			}
		}
	}
	for _, s := range stacks {
		for _, r := range s.Planned {
			if r.Data || r.Type != "aws_eip" {
				continue
			}
			allocation, _ := r.Body["allocation_id"].(string)
			for _, at := range []string{"network_interface", "instance"} {
				where, ok := r.Body[at].(string)
				if ok && (given[holder{allocation, where}] || at == "network_interface" && !made[where] && r.Body["instance"] == nil && given[holder{allocation, anywhere}]) {
					delete(r.Body, at)
				}
			}
		}
	}
}

// place is where a resource is.
type place struct{ stack, address string }

// openPolicy says whether a policy is the one that AWS gives to an endpoint that has none
// of its own: it lets everybody do everything.
// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html#default-endpoint-policy
func openPolicy(value any) bool {
	text, ok := value.(string)
	var policy struct{ Statement any }
	if !ok || json.Unmarshal([]byte(text), &policy) != nil {
		return false
	}
	statement := object(policy.Statement)
	if list, ok := policy.Statement.([]any); ok && len(list) == 1 {
		statement = object(list[0])
	}
	return len(statement) == 4 && statement["Effect"] == "Allow" && statement["Action"] == "*" && statement["Resource"] == "*" && statement["Principal"] == "*"
}
