// Package config reads the Terraform JSON of several stacks as one configuration:
// references are followed within a stack and, through outputs and
// terraform_remote_state, from stack to stack, to the resource that they name.
//
// It evaluates what CDKTF writes: literals, templates, references and their
// indices, and variables with a default and locals. What it does not, function
// calls, count, for_each and modules among it, becomes [Unknown] and is never
// guessed.
//
// https://developer.hashicorp.com/terraform/language/syntax/json
package config

import (
	"fmt"
	"maps"
	"slices"

	"hubspoke/proof/stackjson"
)

// Config is the configuration of all stacks together.
type Config struct {
	Stacks []*Stack
	// Unknown are the parts that could not be read as a whole, such as a module.
	Unknown []string
	// Kept are things that may be in AWS in another way than a stack says.
	Kept []Kept
	// Destroyed are what stacks say that they have no more, and Terraform destroys.
	Destroyed []Kept

	byState map[string]*Stack
	byType  map[string][]*Resource
}

// Stack is one Terraform state.
type Stack struct {
	Name      string
	Resources []*Resource

	config    *Config
	source    *stackjson.Stack
	providers map[string]provider
	byAddress map[string]*Resource
	outputs   map[string]any
	known     map[string]any    // what references came to
	states    map[string]string // where the states are that data sources read, by their names
	open      map[string]bool
	// reads and sooner are set once they have been asked for.
	reads  *reads
	sooner map[*Stack]bool
}

// reads are the stacks that a stack reads, and the names of what it reads of others.
type reads struct {
	stacks  []*Stack
	missing []string
}

// provider is where a provider configuration makes its resources.
type provider struct {
	name            string // as [Stack.providerOf] says it, "" for none that the stack has
	account, region string
	configuration   map[string]any
}

// Resource is a resource or a data source.
type Resource struct {
	Stack      *Stack
	Type, Name string
	Data       bool
	// Account is the number of the account that it is made in, and Region the
	// region; empty where the provider does not say.
	Account, Region string

	path      string // the address of one with modules or an index
	body      map[string]any
	arguments map[string]any
	listed    []string
	provider  provider
	// references and refs are set once they have been asked for.
	references []*Resource
	asked      []string
	refs       []Ref
}

// Address is the resource's address within its stack.
func (r *Resource) Address() string {
	return stackjson.Resource{Type: r.Type, Name: r.Name, Data: r.Data, Path: r.path}.Address()
}

// String is the resource's stack and address: `dev-network/aws_vpc.main`.
func (r *Resource) String() string { return r.Stack.Name + "/" + r.Address() }

// MarshalText writes the resource as String does.
func (r *Resource) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Of makes a configuration of stacks that were read.
func Of(stacks []*stackjson.Stack) *Config {
	c := &Config{byState: map[string]*Stack{}, byType: map[string][]*Resource{}}
	for _, source := range stacks {
		s := &Stack{
			Name: source.Name, config: c, source: source,
			providers: map[string]provider{}, byAddress: map[string]*Resource{},
			outputs: source.Outputs(), known: map[string]any{}, states: map[string]string{}, open: map[string]bool{},
		}
		s.checkSections()
		for _, why := range source.Unknown {
			c.Unknown = append(c.Unknown, s.Name+": "+why)
		}
		for _, r := range source.Resources() {
			s.add(r)
		}
		if len(object(source.JSON["module"])) > 0 {
			c.Unknown = append(c.Unknown, fmt.Sprintf("%s: what is in modules is not read", s.Name))
		}
		if key := s.State(); key != "" {
			if other := c.byState[key]; other != nil {
				c.Unknown = append(c.Unknown, fmt.Sprintf("%s: its state is at the same place as that of %s: %s", s.Name, other.Name, key))
			}
			c.byState[key] = s
		}
		c.Stacks = append(c.Stacks, s)
	}
	// All stacks are there now: providers may refer to others.
	for _, s := range c.Stacks {
		s.readProviders()
		for _, r := range s.Resources {
			r.provider = s.providers[s.providerOf(r)]
			r.Account, r.Region = r.provider.account, r.provider.region
		}
		s.checkKept()
	}
	c.place()
	return c
}

func (s *Stack) add(source stackjson.Resource) {
	r := &Resource{Stack: s, Type: source.Type, Name: source.Name, Data: source.Data, path: source.Path, body: source.Body, listed: source.Listed}
	s.checkMetaArguments(r)
	s.Resources = append(s.Resources, r)
	s.byAddress[r.Address()] = r
	if !r.Data {
		s.config.byType[r.Type] = append(s.config.byType[r.Type], r)
	}
}

// readProviders finds each provider's account in what it is allowed to work in.
func (s *Stack) readProviders() {
	for name, configurations := range object(s.source.JSON["provider"]) {
		list, ok := configurations.([]any)
		if !ok {
			list = []any{configurations}
		}
		for _, configuration := range list {
			body := object(configuration)
			if body["dynamic"] != nil {
				s.unknown("dynamic blocks are not expanded: whom the provider %s works for is not known", name)
			}
			key := name
			if alias, ok := body["alias"].(string); ok {
				key += "." + alias
			}
			p := provider{name: key}
			p.region, _ = s.evaluate(body["region"]).(string)
			if ids, ok := s.evaluate(body["allowed_account_ids"]).([]any); ok && len(ids) == 1 {
				p.account, _ = ids[0].(string)
			}
			p.configuration = body
			if p.account == "" {
				if roles := assumed(body); len(roles) > 0 {
					role, _ := s.evaluate(roles[len(roles)-1]).(string)
					p.account = AccountOf(role)
				}
			}
			s.providers[key] = p
		}
	}
}

// All are the resources of a type in all stacks, in the order of stacks and names. They
// are the configuration's own list, which is not to be changed.
func (c *Config) All(kind string) []*Resource { return slices.Clip(c.byType[kind]) }

// Reads are the stacks whose state the stack reads, and what it reads without
// knowing the stack. They are not to be changed.
func (s *Stack) Reads() (stacks []*Stack, missing []string) {
	if s.reads == nil {
		s.reads = new(reads)
		for _, r := range s.source.RemoteStates() {
			if producer := s.config.byState[s.remoteState(r)]; producer != nil {
				s.reads.stacks = append(s.reads.stacks, producer)
			} else {
				s.reads.missing = append(s.reads.missing, r.Name)
			}
		}
	}
	return s.reads.stacks, s.reads.missing
}

// Outputs are the values of the stack's outputs, by name.
func (s *Stack) Outputs() map[string]any {
	values := map[string]any{}
	for name, value := range s.outputs {
		values[name] = s.evaluate(value)
	}
	return values
}

// Argument is the value of the resource's argument, nil where it is not set. It is not
// to be changed.
func (r *Resource) Argument(name string) any {
	if value, ok := r.arguments[name]; ok {
		return value
	}
	value, another := r.Stack.evaluated(r.body[name])
	if another {
		if r.arguments == nil {
			r.arguments = map[string]any{}
		}
		r.arguments[name] = value
	}
	return value
}

// Listed says whether AWS says an argument that may not be written, with what is in other
// resources: see [stackjson.Resource].
func (r *Resource) Listed(name string) bool { return slices.Contains(r.listed, name) }

// Arguments are the names of the arguments that are set, sorted.
func (r *Resource) Arguments() []string { return slices.Sorted(maps.Keys(r.body)) }

// References are the resources that the resource's arguments refer to, each once,
// in a fixed order.
func (r *Resource) References() []*Resource {
	if r.references == nil {
		r.references = []*Resource{}
		for _, ref := range r.Refs() {
			if !slices.Contains(r.references, ref.Resource) {
				r.references = append(r.references, ref.Resource)
			}
		}
	}
	return r.references
}

// Refs are the Refs in the resource's arguments, in a fixed order.
func (r *Resource) Refs() []Ref {
	if r.refs == nil {
		r.refs = []Ref{}
		for _, name := range r.Arguments() {
			Each(r.evaluated(name), func(leaf any) {
				if ref, ok := leaf.(Ref); ok {
					r.refs = append(r.refs, ref)
				}
			})
		}
	}
	return r.refs
}

// evaluated is the value of an argument in which there was something to evaluate, nil
// of any other: in most, nothing can be unknown, broken or a Ref.
func (r *Resource) evaluated(name string) any {
	value := r.Argument(name)
	if _, ok := r.arguments[name]; ok {
		return value
	}
	return nil
}

func object(value any) map[string]any {
	o, _ := value.(map[string]any)
	return o
}
