package planjson

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"hubspoke/proof/stackjson"
)

// computed are the attributes that AWS gives to a resource and other resources name.
var computed = []string{
	"id", "arn", "default_security_group_id", "default_route_table_id", "main_route_table_id", "default_network_acl_id",
	"association_default_route_table_id", "propagation_default_route_table_id", "prefix_list_id", "primary_network_interface_id",
	"allocation_id", "zone_id", "transit_gateway_attachment_id",
}

// shortest is how long an id of AWS is at least. Names may be shorter.
const shortest = 4

// owner is a resource that AWS gave an id to.
type owner struct {
	stack, kind string
	stackjson.Reference
	// after are the addresses of what it came after, as a state says.
	after []any
}

func ownerFrom(s *stackjson.Stack, r stackjson.Resource, attribute string) owner {
	after, _ := r.Body["depends_on"].([]any)
	return owner{s.Name, r.Type, stackjson.Reference{Address: r.Path, Attribute: attribute, Stack: s.Name}, after}
}

// Link leads ids back to the resources that have them, in all stacks: a text that stands
// where an id is wanted and is that of exactly one resource becomes a reference to it. A
// text that is nobody's stays what it is.
func Link(stacks []*stackjson.Stack) {
	owners := map[string][]owner{}
	for _, s := range stacks {
		for _, r := range s.Planned {
			for _, name := range computed {
				id, ok := r.Body[name].(string)
				if !ok || r.Data || id == "" || accountNumber.MatchString(id) || name != "id" && name != "arn" && authored(r.Type, name) || id == r.Body["target_id"] {
					continue
				}
				owners[id] = append(owners[id], ownerFrom(s, r, name))
			}
		}
	}
	maps.Copy(owners, lookedUp(stacks, owners))
	unlistPolicies(stacks, owners)
	unlistAddresses(stacks)
	maps.Copy(owners, firewallEndpoints(stacks, owners))
	maps.Copy(owners, dnsNames(stacks))
	for _, s := range stacks {
		for _, r := range s.Planned {
			for _, name := range slices.Sorted(maps.Keys(r.Body)) {
				if name != "id" && name != "arn" && (!slices.Contains(computed, name) || authored(r.Type, name)) {
					r.Body[name] = linked(r.Body[name], name, owners, ownerFrom(s, r, ""))
				}
			}
		}
		if s.Planned == nil {
			continue
		}
		for _, output := range object(s.JSON["output"]) {
			if o := object(output); o != nil {
				o["value"] = linked(o["value"], "output_id", owners, owner{})
			}
		}
	}
	unlist(stacks)
}

// looksUp are the data sources by which stacks name what AWS, or somebody else, has made.
var looksUp = []string{"aws_vpc", "aws_subnet", "aws_ec2_transit_gateway_dx_gateway_attachment"}

// lookedUp are what stacks look up, by the ids of those that no stack makes. Where several look one up, it
// is the lookup of the first: all are of the same thing.
func lookedUp(stacks []*stackjson.Stack, made map[string][]owner) map[string][]owner {
	looked := map[string][]owner{}
	for _, s := range stacks {
		for _, r := range s.Planned {
			id, _ := r.Body["id"].(string)
			if r.Data && slices.Contains(looksUp, r.Type) && len(id) >= shortest && made[id] == nil && looked[id] == nil {
				looked[id] = []owner{ownerFrom(s, r, "id")}
			}
		}
	}
	return looked
}

// firewallEndpoints are the endpoints of network firewalls by their ids. A state tells each
// with its subnet, which has to be in a state too.
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/networkfirewall_firewall#attribute-reference
func firewallEndpoints(stacks []*stackjson.Stack, owners map[string][]owner) map[string][]owner {
	endpoints := map[string][]owner{}
	for _, s := range stacks {
		for _, r := range s.Planned {
			if r.Data || r.Type != "aws_networkfirewall_firewall" {
				continue
			}
			for _, status := range stackjson.List(r.Body["firewall_status"]) {
				for _, state := range stackjson.List(object(status)["sync_states"]) {
					for _, attachment := range stackjson.List(object(state)["attachment"]) {
						endpoint, _ := object(attachment)["endpoint_id"].(string)
						id, _ := object(attachment)["subnet_id"].(string)
						subnet := ownerOf(owners[id], owner{})
						if len(endpoint) < shortest || subnet == nil {
							continue
						}
						attribute := stackjson.FirewallEndpoint(subnet.Stack + "/" + subnet.Address)
						endpoints[endpoint] = append(endpoints[endpoint], ownerFrom(s, r, attribute))
					}
				}
			}
		}
	}
	return endpoints
}

// dnsNames are the resources that an alias record leads to, and services that an endpoint does, by the names that AWS gives them.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html
func dnsNames(stacks []*stackjson.Stack) map[string][]owner {
	names := map[string][]owner{}
	for _, s := range stacks {
		for _, r := range s.Planned {
			add := func(name any, attribute string) {
				if text, _ := name.(string); text != "" && !r.Data {
					names[text] = append(names[text], ownerFrom(s, r, attribute))
				}
			}
			switch r.Type {
			case "aws_vpc_endpoint":
				for i, entry := range stackjson.List(r.Body["dns_entry"]) {
					add(object(entry)["dns_name"], fmt.Sprintf("dns_entry[%d].dns_name", i))
				}
			case "aws_lb", "aws_alb":
				add(r.Body["dns_name"], "dns_name")
			case "aws_vpc_endpoint_service":
				add(r.Body["service_name"], "service_name")
			}
		}
	}
	return names
}

var accountNumber = regexp.MustCompile(`^[0-9]{12}$`)

// authored says whether people write an attribute of a type, that AWS says of others.
func authored(kind, name string) bool {
	switch name {
	case "default_security_group_id", "main_route_table_id", "association_default_route_table_id", "propagation_default_route_table_id":
		return false
	case "default_route_table_id", "default_network_acl_id":
		return kind != "aws_vpc"
	case "prefix_list_id":
		return kind != "aws_vpc_endpoint"
	case "primary_network_interface_id":
		return kind != "aws_instance"
	case "allocation_id":
		return kind != "aws_eip"
	case "zone_id":
		return kind != "aws_route53_zone"
	case "transit_gateway_attachment_id":
		return kind != "aws_vpn_connection"
	}
	return false
}

// linked is a value with references in place of ids. self is who has it.
func linked(value any, name string, owners map[string][]owner, self owner) any {
	switch v := value.(type) {
	case string:
		if kind := named[name]; kind != "" {
			// The name of a role says nothing across roots: another account has one of that name, whose state may not be here.
			alone := strings.HasPrefix(kind, "aws_iam_") && !strings.HasPrefix(v, "arn:")
			if found := ownerOf(slices.DeleteFunc(slices.Clone(owners[v]), func(o owner) bool { return o.kind != kind || alone && o.stack != self.stack }), self); found != nil {
				return *found
			}
			return v
		}
		if id, ok := strings.CutPrefix(v, integrations); ok && name == "target" {
			if found := ownerOf(slices.DeleteFunc(slices.Clone(owners[id]), func(o owner) bool { return o.kind != "aws_apigatewayv2_integration" }), self); found != nil {
				return stackjson.Text{integrations, *found}
			}
		}
		if len(v) < shortest || !wantsID(name) && !slices.Contains(plainIDs, name) || strings.HasSuffix(name, "owner_id") || strings.HasSuffix(name, "account_id") {
			return v
		}
		if found := ownerOf(owners[v], self); found != nil {
			return *found
		}
	case []any:
		for i := range v {
			v[i] = linked(v[i], name, owners, self)
		}
	case map[string]any:
		for key := range v {
			at := key
			switch {
			case name == "output_id":
				at = name
			case name == "alias" && key == "name":
				at = "alias_id" // of a record: the DNS name of a resource
			case key == "id":
				at = name + "_id" // launch_template { id } is that of a launch template
			}
			v[key] = linked(v[key], at, owners, self)
		}
	}
	return value
}

// plainIDs are arguments that hold ids, and are not called so.
var plainIDs = []string{"public_ip", "subnet", "vpc", "security_group", "subnet_mapping", "integration_uri"}

// named are arguments with the name of a resource, or its ARN, and the type that it is of. What has a name has it for its id,
// and so may others have, in other accounts.
var named = map[string]string{"role": "aws_iam_role", "user": "aws_iam_user", "group": "aws_iam_group", "service_name": "aws_vpc_endpoint_service"}

// integrations is what the target of an HTTP API's route begins with, before an integration's id:
// https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html
const integrations = "integrations/"

// ownerOf is the one resource with an id: one that is beside itself, such as the policy of
// an endpoint or who accepts an attachment, has the id of what it belongs to. Where several
// have it, it is the one that self came after, if it came after one alone. What is put at a target (target_id) and has its id
// owns none: of an organisation's root there is no other resource.
func ownerOf(all []owner, self owner) *stackjson.Reference {
	var ids []owner
	for _, o := range all {
		if o.stack != self.stack || o.Address != self.Address {
			ids = append(ids, o)
		}
	}
	before := slices.DeleteFunc(slices.Clone(ids), func(o owner) bool { return o.stack != self.stack || !slices.Contains(self.after, any(o.Address)) })
	if len(before) > 0 {
		ids = before
	}
	if own := slices.DeleteFunc(slices.Clone(ids), func(o owner) bool { return o.Attribute != "id" }); len(own) > 0 {
		ids = own
	}
	if len(ids) == 0 {
		return nil
	}
	first := slices.MinFunc(ids, func(a, b owner) int { return len(a.kind) - len(b.kind) })
	for _, o := range ids {
		same := o.stack == first.stack && o.Address == first.Address
		if !same && (o.kind == first.kind || !strings.HasPrefix(o.kind, first.kind)) {
			return nil
		}
	}
	return &first.Reference
}

func object(value any) map[string]any {
	o, _ := value.(map[string]any)
	return o
}
