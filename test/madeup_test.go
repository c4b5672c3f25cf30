package test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"hubspoke/estate"
	"hubspoke/internal/runner"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

// What AWS would say after an apply is made up here: values of the right shape,
// the same in every run, and different for different resources, so that the
// provider's own checks of formats have something to check.

// attribute matches a reference to an attribute of a resource, perhaps deep in
// it: aws_vpc_endpoint.sts.dns_entry[0].dns_name.
var attribute = regexp.MustCompile(`\b(aws_\w+)\.(\w+)\.(\w+)((?:\[[^\]]*\]|\.\w+)*)`)

// outputs are the made-up values of a stack's outputs.
func (e *synthesis) outputs(s *stackjson.Stack) map[string]any {
	values := map[string]any{}
	account := e.Accounts[e.listed(s.Name).Account]
	for name, value := range s.Outputs() {
		values[name] = e.resolve(account, value)
	}
	return values
}

// resolve replaces the references in a value by what they might refer to.
func (e *synthesis) resolve(account string, value any) any {
	switch v := value.(type) {
	case map[string]any:
		resolved := map[string]any{}
		for key, item := range v {
			resolved[key] = e.resolve(account, item)
		}
		return resolved
	case []any:
		resolved := make([]any, len(v))
		for i, item := range v {
			resolved[i] = e.resolve(account, item)
		}
		return resolved
	case string:
		if m := attribute.FindStringSubmatch(v); m != nil && reference.FindString(v) == v {
			return e.madeUp(account, m)
		}
		return reference.ReplaceAllStringFunc(v, func(r string) string {
			if m := attribute.FindStringSubmatch(r); m != nil {
				return fmt.Sprint(e.madeUp(account, m))
			}
			return r
		})
	}
	return value
}

// idPrefixes begin the ids of resources whose ids are told apart by them.
var idPrefixes = map[string]string{
	"aws_customer_gateway":                            "cgw-",
	"aws_ec2_transit_gateway":                         "tgw-",
	"aws_ec2_transit_gateway_route_table":             "tgw-rtb-",
	"aws_ec2_transit_gateway_vpc_attachment":          "tgw-attach-",
	"aws_launch_template":                             "lt-",
	"aws_organizations_policy":                        "p-",
	"aws_network_interface":                           "eni-",
	"aws_route53_resolver_endpoint":                   "rslvr-in-",
	"aws_route53_resolver_firewall_domain_list":       "rslvr-fdl-",
	"aws_route53_resolver_firewall_rule_group":        "rslvr-frg-",
	"aws_route53_resolver_query_log_config":           "rqlc-",
	"aws_route53_resolver_rule":                       "rslvr-rr-",
	"aws_security_group":                              "sg-",
	"aws_subnet":                                      "subnet-",
	"aws_vpc":                                         "vpc-",
	"aws_vpc_endpoint":                                "vpce-",
	"aws_vpc_endpoint_service":                        "vpce-svc-",
	"aws_vpn_connection":                              "vpn-",
	"aws_vpc_dhcp_options":                            "dopt-",
	"aws_route_table":                                 "rtb-",
	"aws_nat_gateway":                                 "nat-",
	"aws_internet_gateway":                            "igw-",
	"aws_ec2_transit_gateway_vpc_attachment_accepter": "tgw-attach-",
}

// formedIDs are the kinds of resources of whose ids the provider asks a form where others
// take them.
var formedIDs = []string{"aws_launch_template", "aws_organizations_account", "aws_organizations_organization", "aws_organizations_organizational_unit", "aws_organizations_policy", "aws_securityhub_configuration_policy"}

// services are the names that ARNs have for the services of some resources,
// where it is not the second word of the resource's type.
var services = map[string]string{
	"accessanalyzer":  "access-analyzer",
	"cloudwatch":      "logs",
	"db":              "rds",
	"default":         "ec2",
	"instance":        "ec2",
	"lb":              "elasticloadbalancing",
	"nat":             "ec2",
	"network":         "ec2",
	"networkfirewall": "network-firewall",
	"route53":         "route53",
	"security":        "ec2",
	"subnet":          "ec2",
	"vpc":             "ec2",
}

// madeUp is a value for a reference that [attribute] matched.
func (e *synthesis) madeUp(account string, m []string) any {
	kind, name, path := m[1], m[2], m[3]+m[4]
	last := path[strings.LastIndexAny(path, ".]")+1:]
	if last == "" {
		last = m[3]
	}
	sum := sha256.Sum256([]byte(account + kind + name))
	digits := hex.EncodeToString(sum[:])
	switch {
	case kind == "aws_organizations_organization" && m[3] == "roots":
		return "r-" + digits[:4]
	case kind == "aws_organizations_organization" && last == "id":
		return "o-" + digits[:10]
	case kind == "aws_organizations_organizational_unit" && last == "id":
		return "ou-" + digits[:4] + "-" + digits[4:12]
	case kind == "aws_organizations_account" && last == "id":
		return numberOf(sum)
	case last == "arn" || strings.HasSuffix(last, "_arn"):
		return e.madeUpARN(account, kind, digits)
	case last == "transit_gateway_attachment_id":
		return "tgw-attach-" + digits[:17]
	case last == "name_servers":
		return []any{"ns-1.awsdns-01.com", "ns-2.awsdns-02.net", "ns-3.awsdns-03.org", "ns-4.awsdns-04.co.uk"}
	case last == "zone_id" || last == "hosted_zone_id":
		return "Z" + strings.ToUpper(digits[:20])
	case last == "dns_name":
		return "vpce-" + digits[:17] + ".service." + e.Region + ".vpce.amazonaws.com"
	case last == "issuer":
		return "https://oidc.eks." + e.Region + ".amazonaws.com/id/" + strings.ToUpper(digits[:32])
	case last == "prefix_list_id":
		return "pl-" + digits[:8]
	case last == "key_id" || last == "group_id" || last == "id" && kind == "aws_securityhub_configuration_policy":
		return uuid(digits)
	case (last == "id" || last == "bucket" || last == "name") && kind == "aws_s3_bucket":
		return "made-up-" + digits[:17]
	}
	return idPrefixes[kind] + digits[:17]
}

// numberOf is the number of an account that is made.
func numberOf(sum [sha256.Size]byte) string {
	return fmt.Sprintf("%012d", binary.BigEndian.Uint64(sum[:])%1_000_000_000_000)
}

func (e *synthesis) madeUpARN(account, kind, digits string) string {
	word := strings.Split(kind, "_")[1]
	service, ok := services[word]
	if !ok {
		service = word
	}
	at := e.Account(estate.HubAccount).Of(account)
	switch kind {
	case "aws_s3_bucket":
		return at.Bucket("made-up-" + digits[:17])
	case "aws_kms_key":
		return at.ARN("kms", "key/"+uuid(digits))
	case "aws_cloudwatch_log_group":
		return at.LogGroup("made-up-" + digits[:17])
	case "aws_route53_zone":
		return at.In("").Of("").ARN("route53", "hostedzone/Z"+strings.ToUpper(digits[:20]))
	}
	if service == "iam" {
		at = at.In("")
	}
	return at.ARN(service, strings.ReplaceAll(strings.TrimPrefix(kind, "aws_"), "_", "-")+"/"+uuid(digits))
}

func uuid(digits string) string {
	return fmt.Sprintf("%s-%s-%s-%s-%s", digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32])
}

// madeUpState is a state file that holds nothing but the outputs of a stack.
func (e *synthesis) madeUpState(s *stackjson.Stack) []byte {
	outputs := map[string]any{}
	for name, value := range e.outputs(s) {
		outputs[name] = map[string]any{"value": value, "type": typeOf(value)}
	}
	text, err := json.Marshal(map[string]any{
		"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "made-up", "outputs": outputs, "resources": []any{},
	})
	if err != nil {
		panic(err) // strings, lists and maps of strings always encode
	}
	return text
}

// typeOf is the type of an output as state files write it.
func typeOf(value any) any {
	switch v := value.(type) {
	case map[string]any:
		types := map[string]any{}
		for key, item := range v {
			types[key] = typeOf(item)
		}
		return []any{"object", types}
	case []any:
		types := make([]any, len(v))
		for i, item := range v {
			types[i] = typeOf(item)
		}
		return []any{"tuple", types}
	}
	return "string"
}

// mockedApply is a Terraform test that applies the stack with mocked providers
// and made-up states of other stacks. It destroys at its end what it made; for that,
// what is hard to lose must not be so for once.
// https://developer.hashicorp.com/terraform/language/tests/mocking
func (e *synthesis) mockedApply(s *stackjson.Stack) runner.Case {
	resources := map[string]any{}
	for kind, defaults := range e.mocks(s) {
		resources[kind] = map[string]any{"defaults": defaults}
	}
	providers := map[string]any{}
	for provider, aliases := range s.Aliases() {
		var mocks []any
		for _, alias := range aliases {
			mock := map[string]any{}
			if alias != "" {
				mock["alias"] = alias
			}
			if len(resources) > 0 {
				mock["mock_resource"] = resources
			}
			mocks = append(mocks, mock)
		}
		providers[provider] = mocks
	}
	named := producers(e.stacks)
	var overrides []any
	for _, r := range s.RemoteStates() {
		outputs := map[string]any{}
		if producer, ok := named[r.Name]; ok {
			outputs = e.outputs(producer)
		}
		overrides = append(overrides, map[string]any{
			"target": "data.terraform_remote_state." + r.Name, "values": map[string]any{"outputs": outputs},
		})
	}
	overrides = append(overrides, e.lookedUp(s)...)
	test := map[string]any{
		"mock_provider": providers,
		"run":           map[string]any{"apply": map[string]any{"command": "apply"}},
	}
	if overrides != nil {
		test["override_data"] = overrides
	}
	if firewalls := e.firewalls(s); firewalls != nil {
		test["override_resource"] = firewalls
	}
	return runner.Case{Stack: s, Override: destroyable(s), Test: test}
}

// firewalls give each firewall of a stack an endpoint in each of its subnets. What it says
// of one names the subnet, so the subnets have ids of their own too, where otherwise
// Terraform makes up another in every run.
func (e *synthesis) firewalls(s *stackjson.Stack) []any {
	account := e.Accounts[e.listed(s.Name).Account]
	var overrides []any
	for _, r := range s.Resources() {
		mappings, ok := r.Body["subnet_mapping"].([]any)
		if r.Type != "aws_networkfirewall_firewall" || !ok {
			continue
		}
		var states []any
		for _, mapping := range mappings {
			m := attribute.FindStringSubmatch(mapping.(map[string]any)["subnet_id"].(string))
			id := e.madeUp(account, m)
			overrides = append(overrides, map[string]any{"target": m[1] + "." + m[2], "values": map[string]any{"id": id}})
			states = append(states, map[string]any{
				"availability_zone": "made-up-" + m[2],
				"attachment":        []any{map[string]any{"subnet_id": id, "endpoint_id": "vpce-" + strings.TrimPrefix(id.(string), "subnet-")}},
			})
		}
		overrides = append(overrides, map[string]any{"target": r.Address(), "values": map[string]any{
			"firewall_status": []any{map[string]any{"sync_states": states}},
			"arn":             e.madeUpARN(account, r.Type, hex.EncodeToString([]byte(r.Name+"0123456789abcdef"))),
		}})
	}
	return overrides
}

// destroyable overrides what keeps the stack's resources from being destroyed, if
// there is something.
// https://developer.hashicorp.com/terraform/language/files/override
func destroyable(s *stackjson.Stack) []byte {
	resources := map[string]map[string]any{}
	for _, r := range s.Resources() {
		if lifecycle, ok := r.Body["lifecycle"].(map[string]any); ok && lifecycle["prevent_destroy"] == true {
			if resources[r.Type] == nil {
				resources[r.Type] = map[string]any{}
			}
			resources[r.Type][r.Name] = map[string]any{"lifecycle": map[string]any{"prevent_destroy": false}}
		}
	}
	if len(resources) == 0 {
		return nil
	}
	text, err := json.Marshal(map[string]any{"resource": resources})
	if err != nil {
		panic(err) // maps of strings and truth values always encode
	}
	return text
}

// mocks are the attributes that the stack's own resources take from each other
// and for which Terraform's random text would not do: those with a format, and
// elements of lists, which are empty otherwise.
func (e *synthesis) mocks(s *stackjson.Stack) map[string]map[string]any {
	account := e.Accounts[e.listed(s.Name).Account]
	mocks := map[string]map[string]any{}
	set := func(kind, name string, value any) {
		if mocks[kind] == nil {
			mocks[kind] = map[string]any{}
		}
		mocks[kind][name] = value
	}
	stated := map[string][]string{}
	for _, r := range s.Resources() {
		stated[r.Type] = append(stated[r.Type], tf.Keys(r.Body)...)
		if version, ok := r.Body["engine_version"].(string); ok {
			set(r.Type, "engine_version_actual", version+".4") // a postcondition asks for it
		}
	}
	stackjson.Strings(s.JSON, func(_, text string) {
		for _, m := range attribute.FindAllStringSubmatch(text, -1) {
			kind, name, rest := m[1], m[3], m[4]
			if slices.Contains(stated[kind], name) {
				continue // a mock would contradict the configuration
			}
			switch {
			case name == "firewall_status": // see firewalls
			case name == "domain_validation_options":
				set(kind, name, []any{map[string]any{
					"domain_name": "made-up.example", "resource_record_name": "_1.made-up.example.", "resource_record_type": "CNAME", "resource_record_value": "_2.acm-validations.aws.",
				}})
			case strings.HasPrefix(rest, "[") && strings.Contains(rest, "."):
				set(kind, name, nested(mocks[kind][name], rest, e.madeUp(account, m)))
			case rest == "" && (name == "arn" || strings.HasSuffix(name, "_arn") || name == "name_servers" || name == "group_id" || name == "id" && slices.Contains(formedIDs, kind)):
				set(kind, name, e.madeUp(account, m))
			}
		}
	})
	return mocks
}

// nested puts a value where a path such as [0].oidc[0].issuer leads, in what there
// is already.
func nested(there any, path string, value any) any {
	if path == "" {
		return value
	}
	if strings.HasPrefix(path, "[") {
		list, ok := there.([]any)
		if !ok {
			list = []any{nil}
		}
		return []any{nested(list[0], path[strings.Index(path, "]")+1:], value)}
	}
	object, ok := there.(map[string]any)
	if !ok {
		object = map[string]any{}
	}
	name, rest := path[1:], ""
	if i := strings.IndexAny(name, ".["); i >= 0 {
		name, rest = name[:i], name[i:]
	}
	object[name] = nested(object[name], rest, value)
	return object
}
