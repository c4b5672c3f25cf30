package proof

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/words"
	"hubspoke/proof/guardrails"
	"hubspoke/proof/intent"
)

// act proves what somebody may do in accounts of the organisation, or may not.
func (p *Proof) act(kind string, a intent.Act) Result {
	r := Result{Intent: kind + " " + a.String(), Status: Proven}
	if p.organization == nil {
		return unreadable(r.Intent, fmt.Errorf("no stack here makes an organisation: its policies are not known"))
	}
	in, err := p.accountsIn(a)
	if err != nil {
		return unreadable(r.Intent, err)
	}
	asked, broken, open := p.organization.Check(guardrails.Promise{
		Forbidden: kind == "forbid", Who: a.Actors, Except: a.WhoExcept, Do: a.Do, On: a.On, In: in, Regions: a.Region, With: a.With, Roles: p.input.Roles,
	})
	r.Summary = fmt.Sprintf("%s in %s", words.Count(asked, "request"), words.Count(len(in), "account"))
	if asked == 0 {
		return unreadable(r.Intent, fmt.Errorf("nobody asks for anything: no stack works there, or all are excepted"))
	}
	if kind == "may" {
		r.Summary += "; no more is asked than whether policies of the organisation stop them"
	}
	for _, failed := range []struct {
		status Status
		cases  []guardrails.Case
	}{{Violated, broken}, {Unproven, open}} {
		if len(failed.cases) > 0 && r.Status == Proven {
			r.Status = failed.status
			r.Summary += fmt.Sprintf("; %d of them not as promised", len(broken)+len(open))
		}
		told := map[string]bool{}
		for _, c := range failed.cases {
			// Of those that differ in nothing but the account, one is shown.
			key := fmt.Sprint(c.Request.Action, c.Region, c.Decision.Answer())
			if len(r.Cases) < maxCases && !told[key] {
				told[key] = true
				r.Cases = append(r.Cases, shown(failed.status, c))
			}
		}
	}
	return r
}

// shown is a request as reports show it.
func shown(status Status, c guardrails.Case) Case {
	s := Case{Status: status, Question: c.String(), Answer: c.Decision.Answer()}
	if c.Decision.Policy != nil && c.Decision.Policy.Resource != nil {
		s.Path = []Step{{Text: "decided by", Resource: c.Decision.Policy.Resource.String()}}
	}
	return s
}

// accountsIn are the accounts that an act is about.
func (p *Proof) accountsIn(a intent.Act) ([]*guardrails.Target, error) {
	o := p.organization
	named := func(names intent.Parties) ([]*guardrails.Target, error) {
		var all []*guardrails.Target
		for _, name := range names {
			before := len(all)
			for _, account := range o.Accounts {
				if name == "*" || account.Name == name || account.Resource.Name == strings.ReplaceAll(name, "-", "_") || slices.ContainsFunc(o.Units, func(u *guardrails.Target) bool { return u.Name == name && account.Within(u) }) {
					all = append(all, account)
				}
			}
			if name == p.accounts[o.Management] && name != "" {
				all = append(all, &guardrails.Target{Name: name, Number: o.Management})
			}
			if len(all) == before && !slices.ContainsFunc(o.Units, func(u *guardrails.Target) bool { return u.Name == name }) {
				return nil, fmt.Errorf("%s is no account that the organisation's stacks make or import", name)
			}
		}
		return all, nil
	}
	in, err := named(a.In)
	if err != nil {
		return nil, err
	}
	except, err := named(a.InExcept)
	if err != nil {
		return nil, err
	}
	in = slices.DeleteFunc(in, func(t *guardrails.Target) bool { return slices.Contains(except, t) })
	var once []*guardrails.Target
	for _, t := range in {
		if !slices.Contains(once, t) {
			once = append(once, t)
		}
	}
	return once, nil
}
