package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/replacement"
	"hubspoke/proof/stackjson"
)

// sayOrWait is what to do about a clash of two that can be one resource.
const sayOrWait = "say in estate.yaml that they are the same, by `renamed`; or take the old one away, deploy, and add the new one then"

// clashes are the resources that a stack deletes and makes again under another address,
// which for AWS are the same thing: it refuses the new one until the old one is gone,
// and Terraform orders the two by chance. Whoever says `renamed` has one resource. To
// retire the old one does not help: it stays there.
//
// Two that change places, or one that becomes what another was, clash as well, and no
// name helps.
//
// What is renamed shows more of the same, since parts of AWS's key are references: the
// routes in a table that has another name. So it begins with those that the estate
// should rename for another reason, and looks until there are no more.
//
// Two stacks never share such a thing: it is in the account, or the cluster, of one.
func (c *comparison) clashes(name string, renamed map[string]string) []Finding {
	was, is := c.was[name].renamed(renamed), c.is[name]
	found := map[string]Finding{}
	for {
		old := map[string]string{}
		for a, r := range was.resources {
			if key := keyOf(r); key != "" && key != keyOf(is.resources[a]) {
				old[key] = a
			}
		}
		more := map[string]string{}
		for _, a := range slices.Sorted(maps.Keys(is.resources)) {
			r := is.resources[a]
			from, same := old[keyOf(r)]
			if !same || from == a {
				continue
			}
			f := Finding{Kind: Clash, Stack: name, Address: from, Why: fmt.Sprintf("%s is the same thing to AWS (%s)", a, named(r)), Advice: sayOrWait}
			_, stays := is.resources[from]
			_, there := was.resources[a]
			switch {
			case !alike(was.resources[from], r):
				f.Why, f.Advice = fmt.Sprintf("%s takes its place (%s), and AWS has room for one of them there", a, named(r)), replacement.Room(r.Type)
			case !stays && !there:
				f.RenamedTo, more[from] = r.Name, a
			}
			found[from] = f
		}
		if len(more) == 0 {
			return slices.Collect(maps.Values(found))
		}
		was = was.renamed(more)
	}
}

// inUse are the resources that stacks would stop using and begin to use under another
// address in one go, which no order allows. If they are one resource, there is nothing
// to order.
func (c *comparison) inUse(name string) []Finding {
	var findings []Finding
	for consumer := range c.is {
		stops := c.stops(consumer, name)
		if c.was[consumer] == nil || stops == nil || c.starts(consumer, name) == nil {
			continue
		}
		for _, a := range c.was[name].sources(*stops) {
			if to := c.successor(name, a); to != "" {
				findings = append(findings, Finding{Kind: Clash, Stack: name, Address: a, RenamedTo: to, Advice: sayOrWait,
					Why: fmt.Sprintf("%s uses it until it is deployed, and then %s, if that is the same", consumer, to)})
			}
		}
	}
	return findings
}

// keyOf is what names a resource to AWS, with its type and its provider, which is its
// account; "" if AWS takes any number of them.
func keyOf(r stackjson.Resource) string {
	arguments := replacement.Key(r.Type)
	if arguments == nil || r.Data {
		return ""
	}
	key := []string{replacement.KeyType(r.Type), at(r.Body, "provider")}
	for _, argument := range arguments {
		key = append(key, replacement.KeyPart(r.Type, argument, at(r.Body, argument)))
	}
	return strings.Join(key, "\x00")
}

// alike says whether two resources that have one key can be one resource of Terraform's, with
// another address alone.
func alike(a, b stackjson.Resource) bool { return a.Type == b.Type && named(a) == named(b) }

// named is the key in words.
func named(r stackjson.Resource) string {
	var parts []string
	for _, argument := range replacement.Key(r.Type) {
		if value := at(r.Body, argument); value != "" {
			parts = append(parts, argument+" "+shown(value))
		}
	}
	return strings.Join(parts, ", ")
}
