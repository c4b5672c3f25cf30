// Package stackjson reads the Terraform JSON of stacks as plain data, whoever wrote it:
// those of CDKTF are found where it puts them, any others in folders of their own.
//
// https://developer.hashicorp.com/terraform/language/syntax/json
package stackjson

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// File is the name of a stack's Terraform JSON in its folder.
const File = "cdk.tf.json"

// Stack is a synthesized stack.
type Stack struct {
	Name string
	// Text is the file as it was written or, of a stack with several files, the first.
	Text []byte
	// JSON is the content of all files.
	JSON map[string]any
	// Variables are the values that files beside the stack give to its variables, as
	// they are: nothing in them is evaluated.
	Variables map[string]any
	// Planned are the resources of a plan or a state, where Terraform has expanded what
	// JSON would say; nil for a stack that is read as it is written. Their values may hold
	// a [Reference], a [Text] or an [Unknown].
	Planned []Resource
	// Deployed says that it is a state: what is in it is there.
	Deployed bool
	// Unknown are sentences about what a plan leaves open as a whole.
	Unknown []string
	// Account is the account in which it works where neither it nor AWS says so: see [Stack.Place].
	Account string
}

// Reference is a value that is known once another resource of the stack exists.
type Reference struct {
	// Address is the resource's full address: `module.hub.aws_subnet.private[0]`.
	Address string
	// Attribute is the attribute's path: `id`.
	Attribute string
	// Stack is the name of the stack that has the resource, "" for the same one.
	Stack string
}

// Text is a string with references in it. Its parts are strings and References.
type Text []any

// FirewallEndpoint is the attribute of a network firewall that is the id of its endpoint in
// a subnet, which is named with its stack.
func FirewallEndpoint(subnet string) string {
	return "firewall_status[0].sync_states[" + subnet + "].attachment[0].endpoint_id"
}

// Unknown is a value that a plan does not tell, and why.
type Unknown struct{ Why string }

// Resource is a resource or a data source of a stack.
type Resource struct {
	Type, Name string
	Data       bool
	Body       map[string]any
	// Path is the address with modules and index, of a planned resource: "" for others.
	Path string
	// Listed are the arguments that AWS fills, where they are not written, with what other
	// resources say: the routes of a route table.
	Listed []string
}

// RemoteState is a data source that reads the state of another stack.
type RemoteState struct {
	// Name is the data source's name: the producer's, with underscores.
	Name    string
	Backend string
	Config  map[string]any
	// Workspace is the workspace whose state is read, nil for the default one.
	Workspace any
}

// Resources are the stack's resources and data sources, sorted by address.
func (s *Stack) Resources() []Resource {
	if s.Planned != nil {
		return s.Planned
	}
	var all []Resource
	for _, block := range []string{"data", "resource"} {
		types := object(s.JSON[block])
		for _, kind := range keys(types) {
			named := object(types[kind])
			for _, name := range keys(named) {
				all = append(all, Resource{Type: kind, Name: name, Data: block == "data", Body: object(named[name])})
			}
		}
	}
	return all
}

// Place says in which account the stack works: what is made by its provider without an alias, if that does not say so itself.
func (s *Stack) Place(account string) bool {
	for _, c := range List(object(s.JSON["provider"])["aws"]) {
		configuration := object(c)
		if configuration["alias"] == nil && (configuration["allowed_account_ids"] != nil || configuration["assume_role"] != nil || configuration["assume_role_with_web_identity"] != nil) {
			return false
		}
	}
	s.Account = account
	return true
}

// Address is the resource's address in Terraform.
func (r Resource) Address() string {
	if r.Path != "" {
		return r.Path
	}
	if r.Data {
		return "data." + r.Type + "." + r.Name
	}
	return r.Type + "." + r.Name
}

// Outputs are the values of the stack's outputs, by name.
func (s *Stack) Outputs() map[string]any {
	values := map[string]any{}
	for name, output := range object(s.JSON["output"]) {
		values[name] = object(output)["value"]
	}
	return values
}

// RemoteStates are the states that the stack reads, sorted by name.
func (s *Stack) RemoteStates() []RemoteState {
	named := object(object(s.JSON["data"])["terraform_remote_state"])
	var all []RemoteState
	for _, name := range keys(named) {
		all = append(all, remoteState(name, object(named[name])))
	}
	return all
}

// RemoteState is what the stack's data source of that name reads.
func (s *Stack) RemoteState(name string) RemoteState {
	return remoteState(name, object(object(object(s.JSON["data"])["terraform_remote_state"])[name]))
}

func remoteState(name string, body map[string]any) RemoteState {
	backend, _ := body["backend"].(string)
	return RemoteState{Name: name, Backend: backend, Config: object(body["config"]), Workspace: body["workspace"]}
}

// Backend is the type of the stack's own backend and its configuration.
func (s *Stack) Backend() (string, map[string]any) {
	backends := object(s.Terraform()["backend"])
	for _, kind := range keys(backends) {
		return kind, object(backends[kind])
	}
	return "", nil
}

// Terraform is the stack's `terraform` block.
func (s *Stack) Terraform() map[string]any { return object(s.JSON["terraform"]) }

// Aliases are the provider configurations of the stack: for each provider its
// aliases, "" for the default one.
func (s *Stack) Aliases() map[string][]string {
	aliases := map[string][]string{}
	for provider, configurations := range object(s.JSON["provider"]) {
		list, ok := configurations.([]any)
		if !ok {
			list = []any{configurations}
		}
		for _, c := range list {
			alias, _ := object(c)["alias"].(string)
			aliases[provider] = append(aliases[provider], alias)
		}
		slices.Sort(aliases[provider])
	}
	return aliases
}

// MadeIn is the number of the account in which a resource is made, and the region, as far as
// the AWS provider that makes it says so: the account if it allows no other.
func (s *Stack) MadeIn(r Resource) (account, region string) {
	reference, _ := r.Body["provider"].(string)
	_, alias, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(reference, "${"), "}"), ".")
	for _, c := range List(object(s.JSON["provider"])["aws"]) {
		configuration := object(c)
		if name, _ := configuration["alias"].(string); name != alias {
			continue
		}
		region, _ = configuration["region"].(string)
		if numbers, ok := configuration["allowed_account_ids"].([]any); ok && len(numbers) == 1 {
			account, _ = numbers[0].(string)
		}
		return account, region
	}
	return "", ""
}

// Strip returns the value without the comments that CDKTF writes for itself
// under the key `//`.
func Strip(value any) any {
	switch v := value.(type) {
	case map[string]any:
		stripped := map[string]any{}
		for key, item := range v {
			if key != "//" {
				stripped[key] = Strip(item)
			}
		}
		return stripped
	case []any:
		stripped := make([]any, len(v))
		for i, item := range v {
			stripped[i] = Strip(item)
		}
		return stripped
	}
	return value
}

// Bare lets go of what Terraform does not go by, the stack's text and the comments in it:
// two fifths of the memory that it takes.
func (s *Stack) Bare() {
	s.Text = nil
	uncomment(s.JSON)
}

// uncomment removes from a value what [Strip] leaves out.
func uncomment(value any) {
	switch v := value.(type) {
	case map[string]any:
		delete(v, "//")
		for _, item := range v {
			uncomment(item)
		}
	case []any:
		for _, item := range v {
			uncomment(item)
		}
	}
}

// Strings calls visit for every string in the value, keys of objects included,
// in a fixed order, with the path that leads there.
func Strings(value any, visit func(path, text string)) { walk(value, "", visit) }

func walk(value any, path string, visit func(path, text string)) {
	switch v := value.(type) {
	case string:
		visit(path, v)
	case map[string]any:
		for _, key := range keys(v) {
			visit(path, key)
			at := key
			if path != "" {
				at = path + "." + key
			}
			walk(v[key], at, visit)
		}
	case []any:
		for i, item := range v {
			walk(item, fmt.Sprintf("%s[%d]", path, i), visit)
		}
	}
}

func object(value any) map[string]any {
	o, _ := value.(map[string]any)
	return o
}

func keys(o map[string]any) []string { return slices.Sorted(maps.Keys(o)) }
