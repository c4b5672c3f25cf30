package config

import (
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hubspoke/proof/stackjson"
)

// Order is which of two resources Terraform changes first.
type Order int

// What is known of an order.
const (
	// AnyOrder is what nothing decides: either may come first, or both at once.
	AnyOrder Order = iota
	Before
	After
)

// Order says whether the resource is made before another one or after it. Within a stack,
// depends_on and references decide, from resource to resource. From stack to stack it is the
// states that a stack reads: who deploys it has deployed those before. Which states somebody's state was read from it
// does not tell, but both are there: to each of the two the other one has come before.
//
// https://developer.hashicorp.com/terraform/language/meta-arguments/depends_on
func (r *Resource) Order(other *Resource) Order {
	if r.Stack != other.Stack {
		switch {
		case r.Stack.source.Deployed && other.Stack.source.Deployed, r.Stack.readsSooner(other.Stack):
			return After
		case other.Stack.readsSooner(r.Stack):
			return Before
		}
		return AnyOrder
	}
	switch {
	case r.awaits(other):
		return After
	case other.awaits(r):
		return Before
	}
	return AnyOrder
}

// readsSooner says whether the stack reads another one's state, or that of a stack that does.
func (s *Stack) readsSooner(other *Stack) bool {
	if s.sooner == nil {
		s.sooner = map[*Stack]bool{}
		for queue := []*Stack{s}; len(queue) > 0; queue = queue[1:] {
			next, _ := queue[0].Reads()
			for _, n := range next {
				if !s.sooner[n] {
					s.sooner[n] = true
					queue = append(queue, n)
				}
			}
		}
	}
	return s.sooner[other]
}

// awaits says whether the resource is made after another one of its stack.
func (r *Resource) awaits(other *Resource) bool {
	seen := map[*Resource]bool{r: true}
	for queue := []*Resource{r}; len(queue) > 0; queue = queue[1:] {
		for _, next := range queue[0].named() {
			if next == other {
				return true
			}
			if !seen[next] {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	return false
}

// named are the resources of its stack that a resource names, by what it comes to or as it
// is written: a reference to a name that is known beforehand is one too.
func (r *Resource) named() []*Resource {
	var all []*Resource
	for _, to := range r.References() {
		if to.Stack == r.Stack {
			all = append(all, to)
		}
	}
	locals := map[string]bool{}
	var visit func(value any, plain bool)
	visit = func(value any, plain bool) {
		switch v := value.(type) {
		case []any:
			for _, item := range v {
				visit(item, plain)
			}
		case map[string]any:
			for _, item := range v {
				visit(item, plain)
			}
		case string:
			// One of a plan or a state may have modules and keys in its address.
			if to := r.Stack.byAddress[v]; plain && to != nil && !slices.Contains(all, to) {
				all = append(all, to)
				return
			}
			for _, t := range traversals(v, plain) {
				if to := r.Stack.byAddress[address(t)]; to != nil && !slices.Contains(all, to) {
					all = append(all, to)
				}
				if t.RootName() == "local" && len(t) > 1 && !locals[name(t[1])] {
					locals[name(t[1])] = true
					visit(object(r.Stack.source.JSON["locals"])[name(t[1])], false)
				}
			}
		}
	}
	for argument, value := range r.body {
		visit(value, argument == "depends_on")
	}
	return all
}

// traversals are what a text refers to. A plain one is a reference without braces.
func traversals(text string, plain bool) []hcl.Traversal {
	if plain && !strings.Contains(text, "${") {
		if t, problems := hclsyntax.ParseTraversalAbs([]byte(text), "", hcl.InitialPos); !problems.HasErrors() {
			return []hcl.Traversal{t}
		}
		return nil
	}
	if !strings.Contains(text, "${") && !strings.Contains(text, "%{") || stackjson.TooDeep(text) {
		return nil
	}
	expression, problems := hclsyntax.ParseTemplate([]byte(text), "", hcl.InitialPos)
	if problems.HasErrors() {
		return nil
	}
	return expression.Variables()
}

// address is the address of the resource that a reference begins with.
func address(t hcl.Traversal) string {
	steps := 2
	if t.RootName() == "data" {
		steps = 3
	}
	if len(t) < steps {
		return ""
	}
	words := []string{t.RootName()}
	for _, step := range t[1:steps] {
		words = append(words, name(step))
	}
	return strings.Join(words, ".")
}
