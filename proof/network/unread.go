package network

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// noteUnread notes what stands in a resource, was not asked for by anything that makes the
// model, and is not among the arguments that are known to change nothing in it: an
// argument of a newer provider, a block that the model does not know, a dynamic block.
func (b *builder) noteUnread() {
	for _, s := range b.config.Stacks {
		for _, r := range s.Resources {
			if r.Data || len(r.Asked()) == 0 && !slices.Contains(readByInvariants, r.Type) {
				continue
			}
			u := unreadOf(r)
			for _, name := range r.Arguments() {
				if !config.IsMeta(name) && !u.settled(name) {
					u.argument("", name, r.Argument(name))
				}
			}
			for _, path := range r.Ignored() {
				u.ignored(path)
			}
			for _, why := range u.found {
				b.about(r, b.places(r), why)
			}
			for _, why := range u.added {
				b.about(r, b.adding(r), why)
			}
		}
	}
	b.noteKept()
	b.noteUnguarded()
}

// noteUnguarded notes VPCs with subnets of which it is not known whether a network ACL
// guards them: the ACL alone would say so to nobody.
func (b *builder) noteUnguarded() {
	for _, v := range b.VPCs {
		for _, a := range v.ACLs {
			for _, u := range a.Unknown {
				if u.Resource == a.Resource && strings.HasPrefix(u.Why, "subnet_ids") {
					v.Unknown = append(v.Unknown, u)
				}
			}
		}
	}
}

// unread finds the arguments of a resource that nobody asked for.
type unread struct {
	asked []string
	// allowed are the arguments that need not be asked for, of a type that was reviewed.
	allowed  map[string]allowance
	reviewed bool
	kind     string
	// found are sentences about what may be anything, and added about what can only be more
	// of what is there.
	found, added []string
}

func unreadOf(r *config.Resource) *unread {
	allowed, reviewed := allowances()[r.Type]
	return &unread{asked: r.Asked(), allowed: allowed, reviewed: reviewed, kind: r.Type}
}

// settled says whether an argument of the resource itself is understood, whatever its
// value: most are, and need not be evaluated for this.
func (u *unread) settled(name string) bool {
	if slices.Contains(harmlessEverywhere, name) {
		return true
	}
	if a, allowed := u.allowed[name]; allowed {
		return a.values == nil
	}
	return slices.Contains(u.asked, name) && !u.looksInto(name)
}

// argument looks at an argument, or the blocks of a name.
func (u *unread) argument(within, name string, value any) {
	path := within + name
	allowance, allowed := u.allowed[path]
	switch {
	case name == "//" || isUnset(value) || within == "" && slices.Contains(harmlessEverywhere, name):
	case name == "dynamic":
		u.dynamic(within, value)
	case allowed && (allowance.values == nil || is(value, allowance.values)):
	case u.looksInto(path):
		u.blocks(path+".", value)
	case slices.Contains(u.asked, path) && !allowed:
	case allowed:
		u.found = append(u.found, fmt.Sprintf("%s = %v is not modelled", path, value))
	case u.reviewed:
		u.found = append(u.found, fmt.Sprintf("the argument %s is not read, and what it changes is not known", path))
	}
}

// blocks looks at the arguments within the blocks of a name.
func (u *unread) blocks(within string, value any) {
	for _, item := range stackjson.List(value) {
		object, ok := item.(map[string]any)
		if !ok {
			u.found = append(u.found, fmt.Sprintf("%s is not known: %v", strings.TrimSuffix(within, "."), item))
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(object)) {
			u.argument(within, name, object[name])
		}
	}
}

// dynamic notes the blocks that Terraform makes of a list.
// https://developer.hashicorp.com/terraform/language/expressions/dynamic-blocks
func (u *unread) dynamic(within string, value any) {
	for _, item := range stackjson.List(value) {
		object, ok := item.(map[string]any)
		if !ok {
			u.added = append(u.added, "dynamic blocks are not expanded")
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(object)) {
			if a, allowed := u.allowed[within+name]; name != "timeouts" && !(allowed && a.inert()) {
				u.added = append(u.added, fmt.Sprintf("dynamic blocks are not expanded: %s is not known", within+name))
			}
		}
	}
}

// ignored notes an argument of which Terraform ignores what is written here later: a plan
// is empty, and something else is in AWS.
func (u *unread) ignored(path string) {
	first, _, _ := strings.Cut(path, ".")
	for at := path; at != ""; at = at[:max(strings.LastIndexByte(at, '.'), 0)] {
		if a, allowed := u.allowed[at]; allowed && a.inert() {
			return
		}
	}
	if u.reviewed && !slices.Contains(harmlessEverywhere, first) && !slices.Contains(ignorable[u.kind], first) {
		u.found = append(u.found, fmt.Sprintf("ignore_changes: a later change of %s never arrives, so that what is written may not be what is there", path))
	}
}

// looksInto says whether arguments within the blocks of a name are known one by one.
func (u *unread) looksInto(path string) bool {
	return u.allowed[path+"."].within ||
		slices.ContainsFunc(u.asked, func(asked string) bool {
			return len(asked) > len(path) && asked[len(path)] == '.' && asked[:len(path)] == path
		})
}

// isUnset says whether an argument has no value: as a plan writes that, too.
func isUnset(value any) bool {
	switch v := value.(type) {
	case nil:
		return true
	case string:
		return v == ""
	case []any:
		return !slices.ContainsFunc(v, func(item any) bool { return !isUnset(item) })
	case map[string]any:
		for _, item := range v {
			if !isUnset(item) {
				return false
			}
		}
		return true
	}
	return false
}

// is says whether a value, or each of a list, is one of some.
func is(value any, values []string) bool {
	for _, item := range stackjson.List(value) {
		switch item.(type) {
		case string, bool, float64:
		default:
			return false
		}
		if !slices.Contains(values, fmt.Sprint(item)) {
			return false
		}
	}
	return true
}

// noteKept notes parts of a network that are in AWS otherwise than the stacks say.
func (b *builder) noteKept() {
	for _, k := range b.config.Kept {
		switch {
		case k.Type != "" && isBystander(k.Type):
		case k.Resource != nil:
			b.about(k.Resource, b.places(k.Resource), k.Why)
		default:
			b.Unknown = append(b.Unknown, Unknown{Why: k.Stack.Name + ": " + k.Address + ": " + k.Why})
		}
	}
}

// about notes what is not known about a resource, in the parts of the model that it
// concerns; of one that concerns none, or cannot be placed, in the model itself.
func (b *builder) about(r *config.Resource, places []*[]Unknown, why string) {
	if len(places) == 0 {
		places = []*[]Unknown{&b.Unknown}
	}
	for _, place := range places {
		*place = append(*place, Unknown{r, why})
	}
}

// adding are the places of what can only add to a resource. More rules of a group admit
// more, and stop nothing that the others admit: they concern those who hold it, if anybody
// here does.
func (b *builder) adding(r *config.Resource) []*[]Unknown {
	g := b.groups[config.Ref{Resource: r, Attribute: "id"}]
	if g != nil && slices.ContainsFunc(b.Interfaces, func(i *Interface) bool { return slices.Contains(i.Groups, g) }) {
		return []*[]Unknown{&g.Unknown}
	}
	return b.places(r)
}

// places are where the model keeps what is not known about a resource.
func (b *builder) places(r *config.Resource) []*[]Unknown {
	if own := b.part(r); own != nil {
		return []*[]Unknown{own}
	}
	// A network interface, a machine, a database: it concerns its VPCs.
	var places []*[]Unknown
	for _, i := range b.Interfaces {
		if i.Resource == r && !slices.Contains(places, &i.VPC.Unknown) {
			places = append(places, &i.VPC.Unknown)
		}
	}
	if len(places) > 0 {
		return places
	}
	// What belongs to another part says so.
	for _, argument := range []string{
		"route_table_id", "security_group_id", "network_acl_id", "transit_gateway_route_table_id", "resolver_rule_id", "vpc_endpoint_id",
		"subnet_id", "vpc_id", "transit_gateway_id",
	} {
		if ref, ok := r.Argument(argument).(config.Ref); ok && ref.Resource != r && ref.Attribute == "id" {
			if of := b.part(ref.Resource); of != nil {
				return []*[]Unknown{of}
			}
		}
	}
	return nil
}

// part is what the model keeps about a part of it, nil for another resource. What is not
// known about a zone concerns every VPC: that it is a private one may be part of that.
func (b *builder) part(r *config.Resource) *[]Unknown {
	id := config.Ref{Resource: r, Attribute: "id"}
	switch {
	case b.vpcs[r] != nil:
		return &b.vpcs[r].Unknown
	case b.subnets[r] != nil:
		return &b.subnets[r].VPC.Unknown
	case b.tables[r] != nil:
		return &b.tables[r].Unknown
	case b.acls[r] != nil:
		return &b.acls[r].Unknown
	case b.groups[id] != nil:
		return &b.groups[id].VPC.Unknown
	case b.gateways[r] != nil:
		return &b.gateways[r].Unknown
	case b.gatewayTables[r] != nil:
		return &b.gatewayTables[r].Unknown
	case b.endpoints[r] != nil:
		return &b.endpoints[r].VPC.Unknown
	}
	for _, rule := range b.ResolverRules {
		if rule.Resource == r {
			return &rule.Unknown
		}
	}
	return nil
}
