package guardrails

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/awsaction"
)

// Request is something that somebody wants to do in an account.
type Request struct {
	// Account is the one whose resources it is about.
	Account *Target
	// Member says that whoever asks belongs to the account too, so that policies of service control bind him.
	Member bool
	// Action is an action, `s3:PutObject`, and Resource the ARN of a resource, or a pattern of those: `*` for any.
	Action, Resource string
	// Context is what is known of the request.
	Context Context
}

// Decision is what the policies say to a request.
type Decision struct {
	// Denied says whether one of them denies it.
	Denied Answer
	// By is what decides, nil where nothing does.
	By *Statement
	// Policy is what By is in, or what cannot be read.
	Policy *Policy
	// Why says what is open, or is not so.
	Why string
}

// Decide evaluates the policies from the root to the request's account.
func (o *Organization) Decide(r Request) Decision {
	if r.Account.Number == o.Management && o.Management != "" {
		return Decision{Why: "policies of an organisation do not bind its management account"}
	}
	open := Decision{}
	maybe := func(d Decision) {
		if open.Denied == No {
			d.Denied = Maybe
			open = d
		}
	}
	resources := o.byResources(r.Action)
	consider := func(p *Policy, in *Target) *Decision {
		switch {
		case p.Type == serviceControl && !r.Member, p.Type == resourceControl && resources == No, p.Type != serviceControl && p.Type != resourceControl:
			return nil
		case o.enabled(p.Type) == No:
			return nil
		case p.unread:
			maybe(Decision{Policy: p, Why: p.Name + " is not understood"})
			return nil
		}
		for _, s := range p.Statements {
			if !s.denies {
				continue
			}
			holds, why := o.meets(s, r)
			if in == nil {
				holds, why = min(holds, Maybe), "it is not known where the policy is attached"
			}
			if p.Type == resourceControl {
				holds = min(holds, resources)
			}
			if o.enabled(p.Type) == Maybe {
				holds = min(holds, Maybe)
			}
			switch holds {
			case Yes:
				return &Decision{Denied: Yes, By: s, Policy: p}
			case Maybe:
				maybe(Decision{By: s, Policy: p, Why: why})
			}
		}
		return nil
	}
	for t := r.Account; t != nil; t = t.Above {
		for _, p := range t.Policies {
			if d := consider(p, t); d != nil {
				return *d
			}
		}
		if t.lost {
			maybe(Decision{Why: fmt.Sprintf("what %s stands in is not known", t)})
		}
		if d := o.unlisted(t, r); d != nil {
			maybe(*d)
		}
	}
	for _, p := range o.loose {
		if d := consider(p, nil); d != nil {
			return *d
		}
	}
	return open
}

// unlisted is what lists of allowed actions come to. Beside FullAWSAccess, which AWS attaches to
// everything, they are in vain. Whoever writes one means to detach that, which no resource
// does: then what no list of a level names is denied.
func (o *Organization) unlisted(t *Target, r Request) *Decision {
	var lists *Policy
	for _, p := range t.Policies {
		if p.Type != serviceControl || !r.Member {
			continue
		}
		for _, s := range p.Statements {
			if s.denies {
				continue
			}
			lists = p
			if holds, _ := o.meets(s, r); holds == Yes {
				return nil
			}
		}
	}
	if lists == nil {
		return nil
	}
	return &Decision{Policy: lists, Why: fmt.Sprintf("%s allows some actions at %s, and this is none of them: whether FullAWSAccess is attached there still is not known", lists.Name, t)}
}

// byResources says whether policies of resource control are about an action.
func (o *Organization) byResources(action string) Answer {
	service, _, _ := strings.Cut(action, ":")
	return answer(awsaction.InResourcePolicies(service))
}

// meets says whether a statement is about a request, and if that is not known, why.
func (o *Organization) meets(s *Statement, r Request) (Answer, string) {
	holds := o.about(s, r.Action)
	if holds == No {
		return No, ""
	}
	why := ""
	lower := func(to Answer, because string) {
		if to < holds {
			holds, why = to, because
		}
	}
	if s.narrow {
		lower(Maybe, "it names principals, which AWS refuses")
	}
	on, because := Yes, "it depends on the resource"
	if len(s.resources) > 0 {
		on = best(s.resources, r.Resource)
	}
	if len(s.notResources) > 0 {
		on = not(best(s.notResources, r.Resource))
	}
	lower(on, because)
	for _, c := range s.conditions {
		lower(c.holds(r.Context), "it depends on "+c.written)
		if holds == No {
			return No, ""
		}
	}
	return holds, why
}

// about says whether a statement is about an action. It is asked often.
func (o *Organization) about(s *Statement, action string) Answer {
	of := o.matches[action]
	if of == nil {
		of = map[*Statement]Answer{}
		o.matches[action] = of
	}
	holds, ok := of[s]
	if !ok {
		name := strings.ToLower(action)
		holds = best(s.actions, name)
		if len(s.notActions) > 0 {
			holds = not(best(s.notActions, name))
		}
		of[s] = holds
	}
	return holds
}

// best is the relation of the pattern that matches most.
func best(patterns []string, text string) Answer {
	most := No
	for _, p := range patterns {
		if most = max(most, relation(p, text)); most == Yes {
			break
		}
	}
	return most
}

// actionsOf are actions that stand for all that a pattern names: of those about which all
// statements agree, one. Beside those that AWS has there is one that it may have some day.
func (o *Organization) actionsOf(pattern string) []string {
	if all, ok := o.actions[pattern]; ok {
		return all
	}
	var named []string
	service, name, _ := strings.Cut(pattern, ":")
	switch {
	case pattern == "*":
		for _, service := range awsaction.Services() {
			named = append(named, o.namedBy(service, "*")...)
		}
		named = append(named, "anything:NewSomeDay")
	case strings.ContainsAny(pattern, "*?"):
		named = append(o.namedBy(service, name), instance(pattern))
	default:
		named = []string{pattern}
	}
	var statements []*Statement
	for _, p := range slices.Concat(o.Policies, o.loose) {
		statements = append(statements, p.Statements...)
	}
	alike := map[string]bool{}
	var all []string
	for _, action := range named {
		key := make([]byte, len(statements), len(statements)+1)
		for i, s := range statements {
			key[i] = byte(o.about(s, action))
		}
		key = append(key, byte(o.byResources(action)))
		if !alike[string(key)] {
			alike[string(key)] = true
			all = append(all, action)
		}
	}
	o.actions[pattern] = all
	return all
}

// namedBy are the actions of a service that a pattern names, or one of them if no policy tells
// actions of the service apart.
func (o *Organization) namedBy(service, pattern string) []string {
	if o.apart == nil {
		o.apart = map[string]bool{}
		for _, p := range slices.Concat(o.Policies, o.loose) {
			for _, s := range p.Statements {
				for _, action := range slices.Concat(s.actions, s.notActions) {
					if of, name, _ := strings.Cut(action, ":"); strings.ContainsAny(of, "*?"+hole) && action != "*" {
						o.apart["*"] = true
					} else if name != "*" && action != "*" {
						o.apart[of] = true
					}
				}
			}
		}
	}
	all := awsaction.Matching(service, pattern)
	if len(all) > 1 && !o.apart["*"] && !o.apart[strings.ToLower(service)] {
		all = all[:1]
	}
	for i := range all {
		all[i] = service + ":" + all[i]
	}
	return all
}
