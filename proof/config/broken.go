package config

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Broken is what Terraform would refuse: a reference to what is not there, or to
// itself.
type Broken struct {
	// Resource is where it stands, nil for an output.
	Resource *Resource
	Why      string
}

// Broken finds all that is broken in the configuration, whether or not anything
// depends on it, sorted. Of a state that no stack here writes nothing is known,
// and nothing is broken: see [Stack.Reads].
func (c *Config) Broken() []Broken {
	var all []Broken
	find := func(r *Resource, value any) {
		Each(value, func(leaf any) {
			if u, ok := leaf.(Unknown); ok && (u.broken || u.absent) {
				all = append(all, Broken{r, u.Why})
			}
		})
	}
	for _, s := range c.Stacks {
		for _, r := range s.Resources {
			for _, name := range r.Arguments() {
				find(r, r.evaluated(name))
			}
			s.checkMeta(r, func(why string) { all = append(all, Broken{r, why}) })
		}
		for _, value := range s.outputs {
			find(nil, s.evaluate(value))
		}
	}
	name := func(b Broken) string {
		if b.Resource == nil {
			return ""
		}
		return b.Resource.String()
	}
	slices.SortStableFunc(all, func(a, b Broken) int {
		return cmp.Or(cmp.Compare(a.Why, b.Why), cmp.Compare(name(a), name(b)))
	})
	return slices.Compact(all)
}

// checkMeta checks the arguments that name other blocks without a template.
func (s *Stack) checkMeta(r *Resource, broken func(why string)) {
	if alias, ok := r.body["provider"].(string); ok && strings.Contains(alias, ".") {
		alias = strings.TrimSuffix(strings.TrimPrefix(alias, "${"), "}")
		if _, ok := s.providers[alias]; !ok {
			broken(fmt.Sprintf("%s: there is no provider %s", s.Name, alias))
		}
	}
	names, _ := r.body["depends_on"].([]any)
	for _, item := range names {
		address, ok := item.(string)
		switch {
		case !ok, strings.HasPrefix(address, "module."), strings.Contains(address, "${"):
		case s.byAddress[address] == nil:
			broken(fmt.Sprintf("%s: there is no %s", s.Name, address))
		}
	}
}
