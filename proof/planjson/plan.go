package planjson

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/proof/stackjson"
)

// deepest is how far references are followed, through modules and locals.
const deepest = 50

// mostSteps is how many steps are taken for one argument: locals that each name the one
// before twice would grow without bound.
const mostSteps = 20000

// remedy ends every sentence about what a plan does not tell.
const remedy = "it is known in a state: apply it, and prove what `terraform show -json` prints"

// plan is a plan that is being read.
type plan struct {
	*stackjson.Stack
	source *source
	config *tfjson.Config
	// instances are the keys of each resource, nil for one without count and for_each, by
	// the resource's address without its own key; modules are those of module calls.
	instances, modules map[string][]any
	steps              int // taken for the argument that is being followed
}

func readPlan(s *stackjson.Stack, from *tfjson.Plan, beside string) {
	p := &plan{Stack: s, source: readSource(beside), config: from.Config, instances: map[string][]any{}, modules: map[string][]any{}}
	if p.config == nil {
		p.config = &tfjson.Config{}
	}
	if from.Complete != nil && !*from.Complete {
		s.Unknown = append(s.Unknown, "the plan is not complete, as with -target: plan all of it")
	}
	unknown := map[string]any{}
	for _, change := range from.ResourceChanges {
		if change == nil || change.Change == nil {
			continue
		}
		unknown[change.Address] = change.Change.AfterUnknown
		if slices.Contains(change.Change.Actions, "forget") {
			s.Unknown = append(s.Unknown, change.Address+": Terraform forgets it and leaves it in AWS: destroy it, or keep it")
		}
	}
	var all []*tfjson.StateResource
	add := func(values *tfjson.StateValues, want func(*tfjson.StateResource) bool) {
		if values == nil {
			return
		}
		each(values.RootModule, func(r *tfjson.StateResource) {
			if want(r) {
				all = append(all, r)
			}
		})
	}
	add(from.PlannedValues, func(*tfjson.StateResource) bool { return true })
	// What has been read already is in the state before.
	if from.PriorState != nil {
		add(from.PriorState.Values, func(r *tfjson.StateResource) bool { return r.Mode == tfjson.DataResourceMode })
	}
	for _, r := range all {
		p.index(r)
	}
	p.providers()
	for _, r := range all {
		s.Planned = append(s.Planned, p.resource(r, unknown[r.Address]))
	}
	p.outputs(from)
	finish(s)
}

// index notes a resource among the instances of its kind.
func (p *plan) index(r *tfjson.StateResource) {
	at, ok := parseAddress(r.Address)
	if !ok {
		return
	}
	base := at.base()
	p.instances[base] = append(p.instances[base], at.key)
	path := ""
	for _, step := range at.modules {
		call := join(path, "module."+step.name)
		if !slices.Contains(p.modules[call], step.key) {
			p.modules[call] = append(p.modules[call], step.key)
		}
		path = call + keyText(step.key)
	}
}

// providers are those of the plan's configuration, as a stack has them.
func (p *plan) providers() {
	var all []any
	for _, key := range slices.Sorted(maps.Keys(p.config.ProviderConfigs)) {
		c := p.config.ProviderConfigs[key]
		if c == nil || c.FullName != "registry.terraform.io/hashicorp/aws" && c.Name != "aws" {
			continue
		}
		body := map[string]any{}
		for name, e := range c.Expressions {
			if value, ok := constant(e); ok {
				body[name] = escape(value)
			}
		}
		if alias := strings.TrimPrefix(strings.TrimPrefix(key, "aws"), "."); alias != "" {
			body["alias"] = alias
		}
		all = append(all, body)
	}
	if all != nil {
		p.JSON["provider"] = map[string]any{"aws": all}
	}
}

// constant is what an expression says, if it says it without references.
func constant(e *tfjson.Expression) (any, bool) {
	if e == nil || e.ExpressionData == nil || len(e.References) > 0 {
		return nil, false
	}
	if e.NestedBlocks == nil {
		return e.ConstantValue, true
	}
	var blocks []any
	for _, nested := range e.NestedBlocks {
		block := map[string]any{}
		for name, inner := range nested {
			if value, ok := constant(inner); ok {
				block[name] = value
			}
		}
		blocks = append(blocks, block)
	}
	return blocks, true
}

// resource is a resource with what is known and what is not.
func (p *plan) resource(r *tfjson.StateResource, unknown any) stackjson.Resource {
	body := known(r.AttributeValues)
	at, ok := parseAddress(r.Address)
	var c *tfjson.ConfigResource
	if ok {
		c = p.configOf(at)
	}
	unknowns, _ := unknown.(map[string]any)
	for _, name := range slices.Sorted(maps.Keys(unknowns)) {
		if !holds(unknowns[name]) {
			continue
		}
		if value := p.argument(at, c, name, body[name], unknowns[name]); value != nil {
			body[name] = value
		} else {
			delete(body, name)
		}
	}
	if c != nil {
		if key := c.ProviderConfigKey; key != "aws" && strings.HasPrefix(key, "aws") {
			body["provider"] = key
		}
		for _, provisioner := range c.Provisioners {
			if provisioner != nil && provisioner.Type != "file" {
				p.Unknown = append(p.Unknown, fmt.Sprintf("%s: what its provisioner %s runs is not known, and may change anything", r.Address, provisioner.Type))
			}
		}
	}
	one := resource(r, body)
	for _, name := range listed[r.Type] {
		if c != nil && c.Expressions[name] == nil {
			one.Listed = append(one.Listed, name)
		}
	}
	return one
}

// holds says whether anything is unknown in a part of after_unknown.
func holds(unknown any) bool {
	switch v := unknown.(type) {
	case bool:
		return v
	case []any:
		return slices.ContainsFunc(v, holds)
	case map[string]any:
		for _, item := range v {
			if holds(item) {
				return true
			}
		}
	}
	return false
}

// argument is the value of an argument that is not known, nil where AWS alone says it.
func (p *plan) argument(at address, c *tfjson.ConfigResource, name string, value, unknown any) any {
	if c == nil {
		return stackjson.Unknown{Why: fmt.Sprintf("%s.%s is not in the plan's configuration; %s", at, name, remedy)}
	}
	e := c.Expressions[name]
	if e != nil && e.ExpressionData == nil {
		e = nil
	}
	written, dynamic := p.source.argument(p.moduleFolder(at.modules), c, name)
	switch {
	case dynamic:
		return stackjson.Unknown{Why: fmt.Sprintf("%s.%s: dynamic blocks are of a number that a plan does not tell; %s", at, name, remedy)}
	case e == nil && !mayBeDynamic[c.Type+"."+name]:
		return nil
	case e == nil && p.source.has(p.moduleFolder(at.modules), c):
		return nil
	case e == nil:
		return stackjson.Unknown{Why: fmt.Sprintf("%s.%s may be made of dynamic blocks: lay the plan beside its *.tf files, or prove a state", at, name)}
	}
	p.steps = 0
	scope := scope{plan: p, at: at}
	if len(e.NestedBlocks) == 0 {
		if unknown != true && value != nil && !listOfAll(unknown) {
			return stackjson.Unknown{Why: fmt.Sprintf("%s.%s is known in part; %s", at, name, remedy)}
		}
		return scope.argument(name, e, written)
	}
	return scope.nested(name, e, written, value, unknown)
}

// mayBeDynamic are blocks that AWS says too where nobody writes them, so that a plan that
// does not know them may have none, or dynamic ones of an unknown number.
var mayBeDynamic = map[string]bool{
	"aws_security_group.ingress": true, "aws_security_group.egress": true, "aws_route_table.route": true,
	"aws_network_acl.ingress": true, "aws_network_acl.egress": true, "aws_default_route_table.route": true,
	"aws_default_security_group.ingress": true, "aws_default_security_group.egress": true, "aws_ec2_managed_prefix_list.entry": true,
}

// listOfAll says whether every item of a list is unknown.
func listOfAll(unknown any) bool {
	list, ok := unknown.([]any)
	return ok && !slices.ContainsFunc(list, func(item any) bool { return item != true })
}

// nested fills the blocks of a name with what is written. Which of several is which is told
// by their constants, and does not matter where they are alike but for what is not known.
func (s scope) nested(name string, e *tfjson.Expression, written *written, value, unknown any) any {
	values, _ := value.([]any)
	unknowns, _ := unknown.([]any)
	order, ok := paired(values, unknowns, e.NestedBlocks)
	if !ok || written != nil && written.dynamic {
		return stackjson.Unknown{Why: fmt.Sprintf("%s.%s: which of several blocks is which is not in a plan; %s", s.at, name, remedy)}
	}
	var all []any
	for i, at := range order {
		all = append(all, s.block(e.NestedBlocks[at], written.block(at, len(order)), values[i], unknowns[i]))
	}
	return all
}

// paired says for each block of a plan which one that is written it is.
func paired(values, unknowns []any, written []map[string]*tfjson.Expression) (order []int, ok bool) {
	if len(values) != len(written) || len(unknowns) != len(values) || len(values) == 0 {
		return nil, false
	}
	indistinct := alike(values) && alike(unknowns)
	for i := range values {
		var fitting []int
		for at, block := range written {
			if indistinct && at == i || !indistinct && fits(block, values[i], unknowns[i]) {
				fitting = append(fitting, at)
			}
		}
		if len(fitting) != 1 || slices.Contains(order, fitting[0]) {
			return nil, false
		}
		order = append(order, fitting[0])
	}
	return order, true
}

// alike says whether all items are the same.
func alike(items []any) bool {
	return !slices.ContainsFunc(items, func(item any) bool { return !reflect.DeepEqual(item, items[0]) })
}

// fits says whether a block of a plan may be one that is written, by its constants.
func fits(written map[string]*tfjson.Expression, value, unknown any) bool {
	for key, e := range written {
		said, ok := constant(e)
		if ok && len(e.NestedBlocks) == 0 && (holds(object(unknown)[key]) || fmt.Sprint(object(value)[key]) != fmt.Sprint(said)) {
			return false
		}
	}
	return true
}

// block fills one block.
func (s scope) block(expressions map[string]*tfjson.Expression, written *written, value, unknown any) any {
	block, _ := value.(map[string]any)
	filled := map[string]any{}
	for key, item := range block {
		if !stackjson.Empty(item) {
			filled[key] = item
		}
	}
	inner, _ := unknown.(map[string]any)
	for _, key := range slices.Sorted(maps.Keys(inner)) {
		expression := expressions[key]
		if !holds(inner[key]) || expression == nil || expression.ExpressionData == nil {
			continue
		}
		if len(expression.NestedBlocks) > 0 {
			filled[key] = s.nested(key, expression, written.in(key), block[key], inner[key])
			continue
		}
		filled[key] = s.argument(key, expression, written.in(key))
	}
	return filled
}

// outputs are what the plan says of outputs, and where they come from.
func (p *plan) outputs(from *tfjson.Plan) {
	outputs := map[string]any{}
	if p.config.RootModule != nil {
		for name, o := range p.config.RootModule.Outputs {
			p.steps = 0
			if o != nil && o.Expression != nil && o.Expression.ExpressionData != nil {
				outputs[name] = map[string]any{"value": scope{plan: p}.argument(name, o.Expression, p.source.output(p.source.root(), name))}
			}
		}
	}
	if from.PlannedValues != nil {
		for name, o := range from.PlannedValues.Outputs {
			if o != nil && o.Value != nil {
				outputs[name] = map[string]any{"value": escape(o.Value)}
			}
		}
	}
	p.JSON["output"] = outputs
}

// configOf is the configuration of a resource.
func (p *plan) configOf(at address) *tfjson.ConfigResource {
	m := p.module(at.modules)
	if m == nil {
		return nil
	}
	for _, r := range m.Resources {
		if r != nil && r.Type == at.kind && r.Name == at.name && (r.Mode == tfjson.DataResourceMode) == at.data {
			return r
		}
	}
	return nil
}

// module is the configuration of a module, nil if the plan has none.
func (p *plan) module(steps []step) *tfjson.ConfigModule {
	m := p.config.RootModule
	for _, s := range steps {
		if m == nil || m.ModuleCalls[s.name] == nil {
			return nil
		}
		m = m.ModuleCalls[s.name].Module
	}
	return m
}

// moduleFolder is the folder with the source of a module, "" if it is not there.
func (p *plan) moduleFolder(steps []step) string {
	folder, m := p.source.root(), p.config.RootModule
	for _, s := range steps {
		if m == nil || m.ModuleCalls[s.name] == nil || folder == "" {
			return ""
		}
		folder = p.source.below(folder, m.ModuleCalls[s.name].Source)
		m = m.ModuleCalls[s.name].Module
	}
	return folder
}

// step is a module call on the way to a resource.
type step struct {
	name string
	key  any
}

// address is a resource's address, taken apart.
type address struct {
	modules    []step
	data       bool
	kind, name string
	key        any // nil, a float64 or a string
}

func parseAddress(text string) (address, bool) {
	t, problems := hclsyntax.ParseTraversalAbs([]byte(text), "", hcl.InitialPos)
	if problems.HasErrors() || len(text) > 4096 {
		return address{}, false
	}
	return addressOf(t)
}

// addressOf takes an address with nothing after it apart.
func addressOf(t hcl.Traversal) (address, bool) {
	a, rest, ok := cutAddress(nil, t)
	return a, ok && len(rest) == 0
}

// cutAddress takes the address off the beginning of a reference.
func cutAddress(modules []step, t hcl.Traversal) (a address, rest hcl.Traversal, ok bool) {
	a.modules = slices.Clone(modules)
	word := func() string {
		if len(t) == 0 {
			return ""
		}
		name := ""
		switch s := t[0].(type) {
		case hcl.TraverseRoot:
			name = s.Name
		case hcl.TraverseAttr:
			name = s.Name
		}
		t = t[1:]
		return name
	}
	key := func() any {
		if len(t) == 0 {
			return nil
		}
		index, ok := t[0].(hcl.TraverseIndex)
		if !ok {
			return nil
		}
		t = t[1:]
		return literal(index.Key)
	}
	first := word()
	for first == "module" {
		name := word()
		a.modules = append(a.modules, step{name, key()})
		first = word()
	}
	if a.data = first == "data"; a.data {
		first = word()
	}
	a.kind, a.name = first, word()
	a.key = key()
	return a, t, a.kind != "" && a.name != ""
}

// base is the address without the resource's own key.
func (a address) base() string {
	path := ""
	for _, s := range a.modules {
		path = join(path, "module."+s.name+keyText(s.key))
	}
	name := a.kind + "." + a.name
	if a.data {
		name = "data." + name
	}
	return join(path, name)
}

func (a address) String() string { return a.base() + keyText(a.key) }

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

func keyText(key any) string {
	switch k := key.(type) {
	case float64:
		return fmt.Sprintf("[%v]", k)
	case string:
		return fmt.Sprintf("[%q]", k)
	}
	return ""
}
