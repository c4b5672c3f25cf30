package guardrails

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/arn"
)

// The words for who asks, beside the names of roles.
const (
	// Anyone is every role and every user of the account, whoever they are.
	Anyone = "anyone"
	// Root is the account's root user with credentials of its own.
	Root = "root"
	// Outsider is whoever is not of the organisation, and nobody at all.
	Outsider = "outsider"
	// Provider is whom an identity provider vouches for, to assume a role.
	Provider = "provider"
	// Service is a service of AWS that acts for an account of the organisation.
	Service = "service"
	// ForeignService is a service of AWS that acts for somebody else.
	ForeignService = "foreign-service"
)

// actor is somebody who asks.
type actor struct {
	name   string
	member bool
	keys   Context
}

// stranger is an account outside of the organisation, and foreign the organisation that it is of.
const (
	stranger = "000000000000"
	foreign  = "o-stranger000"
)

// member are the keys of a request by a principal of the account, about what is in it.
func (o *Organization) member(account *Target, arn string) Context {
	return Context{
		"aws:principalarn": Is(arn), "aws:principalaccount": Is(number(account)), "aws:principalorgid": Is(o.ID),
		"aws:principalisawsservice": Is("false"), "aws:securetransport": Is("true"), "aws:assumedroot": absent,
		"aws:sourceaccount": absent, "aws:sourceorgid": absent, "aws:sourcearn": absent,
		"aws:resourceaccount": Is(number(account)), "aws:resourceorgid": Is(o.ID),
	}
}

// at is an account in a region, to write ARNs.
func (o *Organization) at(number, region string) arn.Account {
	return arn.Account{Partition: o.partition(), Region: region, Number: number}
}

func number(account *Target) string {
	if account.Number == "" {
		return "*"
	}
	return account.Number
}

// actors are those in an account whom a word stands for: a role by its name or what it is called
// in roles, or one of [Words].
func (o *Organization) actors(word string, account *Target, roles map[string]string) []actor {
	outside := Context{
		"aws:principalisawsservice": Is("false"), "aws:securetransport": Is("true"), "aws:assumedroot": absent,
		"aws:sourceaccount": absent, "aws:sourceorgid": absent, "aws:sourcearn": absent,
		"aws:resourceaccount": Is(number(account)), "aws:resourceorgid": Is(o.ID),
		"aws:principalarn": absent, "aws:principalaccount": absent, "aws:principalorgid": absent,
	}
	with := func(more Context) Context {
		all := maps.Clone(outside)
		maps.Copy(all, more)
		return all
	}
	at := o.at(number(account), "")
	switch word {
	case Root:
		return []actor{{"root", true, o.member(account, at.Root())}}
	case Outsider:
		arn := Is(at.Of(stranger).Role("stranger"))
		return []actor{
			{"a role of a stranger's organisation", false, with(Context{"aws:principalarn": arn, "aws:principalaccount": Is(stranger), "aws:principalorgid": Is(foreign)})},
			{"a role of a stranger's account", false, with(Context{"aws:principalarn": arn, "aws:principalaccount": Is(stranger)})},
			{"nobody in particular", false, outside},
		}
	case Provider:
		return []actor{{"whom a provider vouches for", false, outside}}
	case Service, ForeignService:
		of, organization := number(account), o.ID
		if word == ForeignService {
			of, organization = stranger, foreign
		}
		return []actor{{"a service for " + of, false, with(Context{
			"aws:principalisawsservice": Is("true"), "aws:sourceaccount": Is(of), "aws:sourceorgid": Is(organization), "aws:sourcearn": Is(o.at(of, "*").ARN("*", "*")),
		})}}
	case Anyone:
		var all []actor
		for _, arn := range o.arns(account) {
			all = append(all, actor{arn[strings.LastIndex(arn, ":")+1:], true, o.member(account, arn)})
		}
		return all
	}
	keys := o.member(account, at.Role(o.roleName(word, roles)))
	keys["ec2:roledelivery"] = absent // roles of people and of Terraform are no instance's
	return []actor{{"role/" + o.roleName(word, roles), true, keys}}
}

// roleName is the name of the role that a word stands for.
func (o *Organization) roleName(word string, roles map[string]string) string {
	if name, ok := roles[word]; ok {
		return name
	}
	return strings.TrimPrefix(word, "role/")
}

// arns are principals of an account that stand for all of them: some that no policy names, and
// one for each pattern by which a policy tells principals apart.
func (o *Organization) arns(account *Target) []string {
	at := o.at(number(account), "")
	all := []string{
		at.Role("somebody"), at.IAM("user/somebody"),
		at.Role("aws-reserved/sso.amazonaws.com/" + o.Resource.Region + "/AWSReservedSSO_Somebody_0123456789abcdef"),
	}
	for _, pattern := range o.told() {
		parts := strings.SplitN(pattern, ":", 6)
		if len(parts) != 6 {
			parts = []string{"arn", o.partition(), "iam", "", "*", "role/" + pattern}
		}
		if relation(parts[4], number(account)) == No || parts[5] == "root" {
			continue
		}
		name := instance(parts[5])
		if strings.Trim(parts[5], "*") == "" {
			name = "role/zz9"
		}
		if !strings.HasPrefix(name, "role/aws-service-role/") {
			all = append(all, at.IAM(name))
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// told are the patterns by which policies tell principals apart.
func (o *Organization) told() []string {
	var all []string
	for _, p := range o.Policies {
		for _, s := range p.Statements {
			for _, c := range s.conditions {
				if c.key == "aws:principalarn" {
					all = append(all, c.values...)
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Promise is what somebody may do, or may not.
type Promise struct {
	// Forbidden says that nobody may; else everybody does who is named.
	Forbidden bool
	// Who are who asks, by the words of [Words] or the names of roles, but for those of Except.
	Who, Except []string
	// Do are actions or patterns of those; `deploy` what makes and changes those of the account's stacks that the role deploys, or all if it deploys none, `read` what a plan of
	// them reads.
	Do []string
	// On are patterns of ARNs. None is any resource.
	On []string
	// In are accounts.
	In []*Target
	// Regions are those in which. None is any for what is forbidden, and else the account's: where its stacks have most.
	Regions []string
	// With are further keys of the request.
	With map[string]string
	// Roles are the names of roles by the words for them.
	Roles map[string]string
}

// The words for what stacks need.
const (
	Deploy = "deploy"
	Plan   = "read"
)

// Case is one request of a promise, and what became of it.
type Case struct {
	Who, Region string
	Request     Request
	Decision    Decision
}

// Check asks all that a promise is about, and returns how many requests that were, and those of them that are
// not as promised: what is decided otherwise first, then what is not known.
func (o *Organization) Check(p Promise) (asked int, broken, open []Case) {
	for _, account := range p.In {
		for _, c := range o.requests(p, account) {
			asked++
			c.Decision = o.Decide(c.Request)
			switch {
			case c.Decision.Denied == Maybe:
				open = append(open, c)
			case (c.Decision.Denied == Yes) != p.Forbidden:
				broken = append(broken, c)
			}
		}
	}
	return asked, broken, open
}

// requests are all that a promise is about in an account.
func (o *Organization) requests(p Promise, account *Target) []Case {
	var all []Case
	for _, word := range p.Who {
		for _, a := range o.actors(word, account, p.Roles) {
			if o.excepted(a, p) {
				continue
			}
			for _, do := range p.Do {
				all = append(all, o.requestsOf(a, do, p, account)...)
			}
		}
	}
	return all
}

func (o *Organization) excepted(a actor, p Promise) bool {
	arn := a.keys["aws:principalarn"]
	for _, word := range p.Except {
		if len(arn.Texts) == 1 && relation(o.at("*", "").Role(o.roleName(word, p.Roles)), arn.Texts[0]) == Yes {
			return true
		}
	}
	return false
}

func (o *Organization) requestsOf(a actor, do string, p Promise, account *Target) []Case {
	var all []Case
	add := func(r Request, region string) {
		r.Context = maps.Clone(r.Context)
		for key, value := range p.With {
			r.Context[strings.ToLower(key)] = Is(value)
		}
		all = append(all, Case{Who: a.name, Region: region, Request: r})
	}
	if do == Deploy {
		// What others deploy is no concern of a role that deploys something itself.
		arn := a.keys["aws:principalarn"].Texts
		own := func(d Deed) bool { return slices.Contains(arn, d.Role) }
		some := slices.ContainsFunc(o.deployments(), own)
		for _, d := range o.deployments() {
			if d.Request.Account != account || d.removes || some && !own(d) {
				continue
			}
			r := d.Request
			r.Context = maps.Clone(r.Context)
			maps.Copy(r.Context, a.keys)
			region := ""
			if v := r.Context["aws:requestedregion"]; len(v.Texts) == 1 {
				region = v.Texts[0]
			}
			add(r, region)
		}
		return all
	}
	regions := p.Regions
	switch {
	case len(regions) > 0:
	case p.Forbidden:
		regions = []string{""}
	default:
		regions = []string{o.home(account)}
	}
	actions := map[string][]string{do: regions}
	if do == Plan {
		actions = o.reads(account)
	}
	on := p.On
	if len(on) == 0 {
		on = []string{"*"}
	}
	for _, pattern := range slices.Sorted(maps.Keys(actions)) {
		for _, action := range o.actionsOf(pattern) {
			in := actions[pattern]
			if at := globalRegion(action); at != "" {
				in = []string{at}
			}
			for _, region := range in {
				for _, resource := range on {
					keys := maps.Clone(a.keys)
					if region != "" {
						keys["aws:requestedregion"] = Is(region)
					}
					if parts := strings.SplitN(resource, ":", 6); len(parts) == 6 && len(parts[4]) == 12 {
						keys["aws:resourceaccount"] = Is(parts[4])
					}
					add(Request{Account: account, Member: a.member, Action: action, Resource: resource, Context: keys}, region)
				}
			}
		}
	}
	return all
}

// String is the request in a line: `prod: role/somebody: cloudtrail:StopLogging in eu-west-1`.
func (c Case) String() string {
	text := fmt.Sprintf("%s: %s: %s", c.Request.Account, c.Who, c.Request.Action)
	if c.Request.Resource != "*" && c.Request.Resource != "" {
		text += " on " + c.Request.Resource
	}
	if c.Region != "" {
		text += " in " + c.Region
	}
	return text
}

// Answer says what was decided, and by which statement.
func (d Decision) Answer() string {
	switch {
	case d.Denied == Yes:
		return d.By.String() + " denies it"
	case d.Denied == Maybe && d.By != nil:
		return fmt.Sprintf("%s may deny it: %s", d.By, d.Why)
	case d.Denied == Maybe:
		return "not known: " + d.Why
	case d.Why != "":
		return d.Why
	}
	return "no policy denies it"
}
