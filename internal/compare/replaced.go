package compare

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"hubspoke/internal/replacement"
	"hubspoke/proof/stackjson"
)

// cause is why a resource would be replaced.
type cause struct {
	// argument is the argument that replaces it, from its value before to that after.
	argument, from, to string
	// follows is what it refers to that is replaced itself, `<stack>/<address>`; "" if the argument itself has changed.
	follows string
}

// replacements finds all resources that a plan would replace: those of which an
// argument changes that replaces them and, until there are no more, those in which such
// an argument refers to one of these, in the same stack or another.
func (c *comparison) replacements() {
	for {
		found := false
		// In order: which of several reasons is found first is what is told.
		for _, name := range slices.Sorted(maps.Keys(c.is)) {
			now := c.is[name]
			if c.was[name] == nil {
				continue
			}
			for _, a := range slices.Sorted(maps.Keys(now.resources)) {
				r := now.resources[a]
				old, stays := c.was[name].resources[a]
				if !stays || r.Data || c.replaced[name][a] != nil {
					continue
				}
				if why := c.replaces(now, old, r); why != nil {
					if c.replaced[name] == nil {
						c.replaced[name] = map[string]*cause{}
					}
					c.replaced[name][a], found = why, true
				}
			}
		}
		if !found {
			return
		}
	}
}

// replaces is why a resource would be replaced, nil if it would not.
func (c *comparison) replaces(now *stack, old, r stackjson.Resource) *cause {
	ignored := stackjson.List(lifecycle(r.Body, "ignore_changes"))
	var follows *cause
	for _, argument := range replacement.Arguments(r.Type) {
		block, _, _ := strings.Cut(argument, ".")
		if slices.Contains(ignored, any(block)) || slices.Contains(ignored, any("all")) {
			continue
		}
		from, to := at(old.Body, argument), at(r.Body, argument)
		if from != to && c.was.expanded(from) != c.is.expanded(to) {
			return &cause{argument: argument, from: from, to: to}
		}
		if origin := c.origin(now, to); origin != "" && follows == nil {
			follows = &cause{argument: argument, follows: origin}
		}
	}
	for _, argument := range replacement.OnlyGrows(r.Type, r.Body) {
		was, wasList := old.Body[argument].([]any)
		is, isList := r.Body[argument].([]any)
		from, to := text(was), text(is)
		switch same := c.was.expanded(from) == c.is.expanded(to); {
		case !wasList || !isList || same:
		case len(is) == len(was):
			return &cause{argument: argument, from: from, to: to}
		case len(is) < len(was):
			return &cause{argument: argument, from: strconv.Itoa(len(was)), to: strconv.Itoa(len(is))}
		}
	}
	return follows
}

// expanded is a text in which references to outputs are what those outputs are made of.
func (s side) expanded(value string) string {
	return remote.ReplaceAllStringFunc(value, func(reference string) string {
		for _, o := range reads(reference) {
			if of := s[o.stack]; of != nil && of.values[o] != "" {
				return o.stack + " " + of.values[o]
			}
		}
		return reference
	})
}

// origin is a replaced resource that a value of a stack refers to, or "".
func (c *comparison) origin(now *stack, value string) string {
	for _, a := range now.references(value) {
		if c.replaced[now.Name][a] != nil {
			return now.Name + "/" + a
		}
	}
	for _, o := range reads(value) {
		producer := c.is[o.stack]
		if producer == nil {
			continue
		}
		for _, a := range producer.sources(o) {
			if c.replaced[o.stack][a] != nil {
				return o.stack + "/" + a
			}
		}
	}
	return ""
}

// remade are the findings about what a stack replaces.
func (c *comparison) remade(name string) []Finding {
	var findings []Finding
	for _, a := range slices.Sorted(maps.Keys(c.replaced[name])) {
		why, r := c.replaced[name][a], c.is[name].resources[a]
		f := Finding{Kind: Remade, Stack: name, Address: a, Why: why.String(), Follows: c.root(why)}
		if lifecycle(r.Body, "create_before_destroy") == true {
			f.Why += ", the new one before the old one goes"
		}
		foundation := replacement.Foundation(r.Type)
		switch {
		case hardToLose(r):
			f.Kind, f.Advice = Stopped, "put back what changed, or make another one beside it and move over"
		case foundation != "":
			f.Kind = Replaced
			if why.follows == "" {
				f.Advice = foundation
			}
		}
		findings = append(findings, f)
	}
	return findings
}

// root is where the replacement of others began for whose sake a resource is replaced.
func (c *comparison) root(why *cause) string {
	root := ""
	for why.follows != "" {
		root = why.follows
		name, a, _ := strings.Cut(root, "/")
		why = c.replaced[name][a]
	}
	return root
}

func (c *cause) String() string {
	if c.follows != "" {
		return fmt.Sprintf("%s is of %s, which is replaced", c.argument, c.follows)
	}
	return fmt.Sprintf("%s changes from %s to %s", c.argument, shown(c.from), shown(c.to))
}

// shown is a value in a sentence.
func shown(value string) string {
	const longest = 80
	switch r := []rune(value); {
	case value == "":
		return "nothing"
	case len(r) > longest:
		return string(r[:longest]) + "…"
	}
	return value
}
