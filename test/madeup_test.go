package test

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"hubspoke/estate"
	"hubspoke/internal/arn"
	"hubspoke/internal/madeup"
	"hubspoke/internal/runner"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

// outputs are the made-up values of a stack's outputs.
func (e *synthesis) outputs(s *stackjson.Stack) map[string]any {
	values := map[string]any{}
	account := e.Accounts[e.listed(s.Name).Account]
	for name, value := range s.Outputs() {
		values[name] = madeup.Resolve(e.in(account), value)
	}
	return values
}

// in is an account in the region of the estate.
func (e *synthesis) in(account string) arn.Account { return e.Account(estate.HubAccount).Of(account) }

// formedIDs are the kinds of resources of whose ids the provider asks a form where others
// take them.
var formedIDs = []string{"aws_launch_template", "aws_organizations_account", "aws_organizations_organization", "aws_organizations_organizational_unit", "aws_organizations_policy", "aws_securityhub_configuration_policy"}

// madeUpState is a state file that holds nothing but the outputs of a stack.
func (e *synthesis) madeUpState(s *stackjson.Stack) []byte {
	outputs := map[string]any{}
	for name, value := range e.outputs(s) {
		outputs[name] = map[string]any{"value": value, "type": madeup.TypeOf(value)}
	}
	text, err := json.Marshal(map[string]any{
		"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "made-up", "outputs": outputs, "resources": []any{},
	})
	if err != nil {
		panic(err) // strings, lists and maps of strings always encode
	}
	return text
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
	return runner.Case{Stack: s, Override: madeup.Destroyable(s), Test: test}
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
			m := madeup.Attribute.FindStringSubmatch(mapping.(map[string]any)["subnet_id"].(string))
			id := madeup.Value(e.in(account), m[1], m[2], m[3]+m[4])
			overrides = append(overrides, map[string]any{"target": m[1] + "." + m[2], "values": map[string]any{"id": id}})
			states = append(states, map[string]any{
				"availability_zone": "made-up-" + m[2],
				"attachment":        []any{map[string]any{"subnet_id": id, "endpoint_id": "vpce-" + strings.TrimPrefix(id.(string), "subnet-")}},
			})
		}
		overrides = append(overrides, map[string]any{"target": r.Address(), "values": map[string]any{
			"firewall_status": []any{map[string]any{"sync_states": states}},
			"arn":             madeup.ARN(e.in(account), r.Type, hex.EncodeToString([]byte(r.Name+"0123456789abcdef"))),
		}})
	}
	return overrides
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
		for _, m := range madeup.Attribute.FindAllStringSubmatch(text, -1) {
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
				set(kind, name, nested(mocks[kind][name], rest, madeup.Value(e.in(account), m[1], m[2], m[3]+m[4])))
			case rest == "" && (name == "arn" || strings.HasSuffix(name, "_arn") || name == "name_servers" || name == "group_id" || name == "id" && slices.Contains(formedIDs, kind)):
				set(kind, name, madeup.Value(e.in(account), m[1], m[2], m[3]+m[4]))
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
