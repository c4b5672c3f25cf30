package intent

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"hubspoke/internal/awsaction"
	"hubspoke/internal/yamldoc"
)

// Act is what somebody does in accounts of an organisation, as far as the organisation's policies go. Who is `anyone` (every role
// and user of the account), `root` (its root user), `outsider` (whoever is not of the organisation), `provider` (whom an identity
// provider vouches for), `service` or `foreign-service` (a service of AWS that acts for the organisation, or for somebody else), one of
// the roles of the estate (`plan`, `apply`, `break-glass`, `bootstrap`), or any role by its name (`role/auditor`).
type Act struct {
	// Actors names who does it.
	Actors Parties `yaml:"who" jsonschema:"required"`
	// WhoExcept names roles that are not meant: `who: anyone` with `who_except: [apply]` is everyone but that role.
	WhoExcept Parties `yaml:"who_except"`
	// Do names actions, `cloudtrail:StopLogging`, or patterns of those. `deploy` is what Terraform calls to make and change the resources of those stacks of the account that the role deploys, or of all if it deploys none, and `read` what a plan of them reads.
	Do Parties `yaml:"do" jsonschema:"required"`
	// On names resources by patterns of their ARNs. Default: any resource.
	On Parties `yaml:"on"`
	// In names accounts and units, with all that stands below them. `*` is every account but management.
	In Parties `yaml:"in" jsonschema:"required"`
	// InExcept names those of them that are not meant.
	InExcept Parties `yaml:"in_except"`
	// Region names regions. Default: any region, or for `may` the one in which the account's stacks have most.
	Region Parties `yaml:"region"`
	// With gives further keys of the request, by the names that conditions of policies have for them: `ec2:InstanceType: p5.48xlarge`.
	With map[string]string `yaml:"with"`
}

// The words for what stacks need of whoever deploys them.
const (
	ActDeploy = "deploy"
	ActRead   = "read"
)

// ActorWords are the words for who acts, beside roles.
func ActorWords() []string {
	return []string{"anyone", "root", "outsider", "provider", "service", "foreign-service"}
}

// words are what an act says, whatever the order of its lists.
func (a Act) words(kind string) string {
	var keys []string
	for _, key := range slices.Sorted(maps.Keys(a.With)) {
		keys = append(keys, key+"="+a.With[key])
	}
	text := kind
	for _, p := range []Parties{a.Actors, a.WhoExcept, a.Do, a.On, a.In, a.InExcept, a.Region, keys} {
		text += " " + strings.Join(slices.Sorted(slices.Values(p)), ",") + " |"
	}
	return text
}

// String is the act in a line: `anyone but apply: cloudtrail:StopLogging in *`.
func (a Act) String() string {
	but := func(names, except Parties) string {
		text := strings.Join(names, ", ")
		if len(except) > 0 {
			text += " but " + strings.Join(except, ", ")
		}
		return text
	}
	text := but(a.Actors, a.WhoExcept) + ": " + strings.Join(a.Do, ", ")
	if len(a.On) > 0 {
		text += " on " + strings.Join(a.On, ", ")
	}
	text += " in " + but(a.In, a.InExcept)
	if len(a.Region) > 0 {
		text += ", " + strings.Join(a.Region, ", ")
	}
	for _, key := range slices.Sorted(maps.Keys(a.With)) {
		text += fmt.Sprintf(", %s %s", key, a.With[key])
	}
	return text
}

// miss says, once, of something that promises name that it is not there.
func (v validator) miss(path, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	if m := v.absent[message]; m != nil {
		m.number++
		return
	}
	v.absent[message] = &mentions{path, 1}
}

var (
	regionLike = regexp.MustCompile(`^[a-z]{2,3}(-[a-z]+)+-[0-9]$`)
	roleLike   = regexp.MustCompile(`^role/[\w+=,.@*/-]+$`)
)

// act checks what somebody does.
func (v validator) act(a Act, kind, path string) {
	if v.names.Units == nil {
		v.document.Errorf(path, "there is no organisation, and so are no policies that stop anybody: %s is for an estate with organization.yaml", kind)
		return
	}
	known := slices.Concat(ActorWords(), v.names.Roles)
	for i, who := range a.Actors {
		if !slices.Contains(known, who) && !roleLike.MatchString(who) {
			v.document.Errorf(yamldoc.Index(yamldoc.Child(path, "who"), i), "%q is nobody: %s, or a role by its name, role/%s%s", who, strings.Join(known, ", "), who, yamldoc.Suggest(who, known))
		}
	}
	for i, who := range a.WhoExcept {
		if !slices.Contains(v.names.Roles, who) && !roleLike.MatchString(who) {
			v.document.Errorf(yamldoc.Index(yamldoc.Child(path, "who_except"), i), "%q is no role: %s, or one by its name, role/%s%s", who, strings.Join(v.names.Roles, ", "), who, yamldoc.Suggest(who, v.names.Roles))
		}
	}
	for i, do := range a.Do {
		at := yamldoc.Index(yamldoc.Child(path, "do"), i)
		if do == ActDeploy || do == ActRead {
			if kind == "forbid" {
				v.document.Errorf(at, "%s is for may: name the actions that nobody may", do)
			}
			continue
		}
		if problem, doubtful := awsaction.Problem(do); problem != "" && doubtful {
			v.document.Warnings = append(v.document.Warnings, &yamldoc.Error{File: v.document.File, Line: v.document.Line(at), Path: at, Message: problem})
		} else if problem != "" {
			v.document.Errorf(at, "%s", problem)
		}
	}
	for i, on := range a.On {
		if !strings.HasPrefix(on, "arn:") || strings.Count(on, ":") < 5 {
			v.document.Errorf(yamldoc.Index(yamldoc.Child(path, "on"), i), "%q is no ARN, nor a pattern of those such as arn:aws:s3:::logs-*", on)
		}
	}
	places := slices.Concat([]string{"*"}, v.names.Units, v.names.Accounts)
	for _, of := range []struct {
		key   string
		names Parties
	}{{"in", a.In}, {"in_except", a.InExcept}} {
		for i, name := range of.names {
			if !slices.Contains(places, name) && !slices.Contains(v.names.Members, name) {
				v.miss(yamldoc.Index(yamldoc.Child(path, of.key), i), "%q is neither a unit nor an account: %s%s", name, strings.Join(places, ", "), yamldoc.Suggest(name, places))
			}
		}
	}
	for i, region := range a.Region {
		if !regionLike.MatchString(region) {
			v.document.Errorf(yamldoc.Index(yamldoc.Child(path, "region"), i), "%q is no region such as eu-central-1", region)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(a.With)) {
		if !strings.Contains(key, ":") {
			v.document.Errorf(yamldoc.Child(yamldoc.Child(path, "with"), key), "%q is no key of a request such as ec2:InstanceType", key)
		}
	}
}
