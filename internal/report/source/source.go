// Package source is what reports are made from: an estate, and what was synthesized of it,
// with references followed from stack to stack. It knows nothing of what is in AWS.
package source

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/estate"
	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// Source is an estate and its stacks.
type Source struct {
	// Estate is the estate as its files say it.
	Estate *estate.Estate
	// Config is what was synthesized.
	*config.Config
	names map[string]string
}

// Of is the source of an estate and its stacks.
func Of(e *estate.Estate, stacks []*stackjson.Stack) *Source {
	names := map[string]string{}
	// Where two names have one number, the first in the order of the alphabet stands for both.
	for _, name := range slices.Sorted(maps.Keys(e.Accounts)) {
		if number := e.Accounts[name]; names[number] == "" {
			names[number] = name
		}
	}
	return &Source{Estate: e, Config: config.Of(stacks), names: names}
}

// Account is the name of the account with a number, and the number itself where it has none.
func (s *Source) Account(number string) string {
	if name := s.names[number]; name != "" {
		return name
	}
	return number
}

// Own says that an account is one of the estate's.
func (s *Source) Own(number string) bool { return s.names[number] != "" }

// Made are the resources of some types that stacks make, without those that they only read,
// in the order of stacks and names.
func (s *Source) Made(types ...string) []*config.Resource {
	var all []*config.Resource
	for _, stack := range s.Stacks {
		for _, r := range stack.Resources {
			if !r.Data && (len(types) == 0 || slices.Contains(types, r.Type)) {
				all = append(all, r)
			}
		}
	}
	return all
}

// Target is the resource that an argument names, nil if it names none or one that is in no stack.
func Target(value any) *config.Resource {
	switch v := value.(type) {
	case config.Ref:
		return v.Resource
	case config.Text:
		for _, part := range v.Parts {
			if r := Target(part); r != nil {
				return r
			}
		}
	}
	return nil
}

// nameArguments are the arguments that say what AWS calls a thing, the first that is set first.
var nameArguments = []string{"name", "bucket", "function_name", "display_name", "identifier", "alarm_name", "analyzer_name", "group_name"}

// Name is what AWS and people call a resource: its name, or its Name tag, or its address.
func Name(r *config.Resource) string {
	for _, argument := range nameArguments {
		if text, ok := r.Argument(argument).(string); ok {
			return text
		}
	}
	if tags, _ := r.Tags(); tags != nil {
		if text, ok := tags["Name"].(string); ok {
			return text
		}
	}
	return r.Name
}

// Text is a value as people read it: a reference is the name of what it refers to.
func Text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case config.Ref:
		return Name(v.Resource)
	case config.Text:
		var b strings.Builder
		for _, part := range v.Parts {
			b.WriteString(Text(part))
		}
		return b.String()
	case config.Unknown:
		return "not known before it is deployed"
	case float64:
		return fmt.Sprintf("%g", v)
	}
	return fmt.Sprint(value)
}

// Is says whether a value is true, which Terraform's JSON also writes as a text.
func Is(value any) bool { return value == true || value == "true" }

// Number is a value as a number, 0 if it is none.
func Number(value any) int {
	n, _ := value.(float64)
	return int(n)
}

// Block is an argument's first block, empty if there is none.
func Block(r *config.Resource, argument string) map[string]any {
	return First(r.Argument(argument))
}

// First is a value's first object, empty if there is none.
func First(value any) map[string]any {
	for _, item := range stackjson.List(value) {
		if body, ok := item.(map[string]any); ok {
			return body
		}
	}
	return map[string]any{}
}

// Blocks are the objects of a value.
func Blocks(value any) []map[string]any {
	var all []map[string]any
	for _, item := range stackjson.List(value) {
		if body, ok := item.(map[string]any); ok {
			all = append(all, body)
		}
	}
	return all
}

// Beside is the first resource of a type whose argument refers to another resource, or has its
// name in the same account and region; nil if there is none.
func (s *Source) Beside(kind, argument string, r *config.Resource) *config.Resource {
	for _, other := range s.All(kind) {
		value := other.Argument(argument)
		if Target(value) == r && !other.Data {
			return other
		}
		if text, ok := value.(string); ok && !other.Data && text == Name(r) && other.Account == r.Account && other.Region == r.Region {
			return other
		}
	}
	return nil
}

// Bucket is the bucket that a value names, by its name, its ARN or a reference.
func (s *Source) Bucket(value any) *config.Resource {
	if r := Target(value); r != nil && r.Type == "aws_s3_bucket" {
		return r
	}
	name := Text(value)
	if _, after, ok := strings.Cut(name, ":s3:::"); ok {
		name, _, _ = strings.Cut(after, "/")
	}
	for _, bucket := range s.Made("aws_s3_bucket") {
		if Text(bucket.Argument("bucket")) == name {
			return bucket
		}
	}
	return nil
}

// Where is the account and the region of a resource, as people say it.
func (s *Source) Where(r *config.Resource) string {
	if r.Region == "" || r.Region == s.Estate.Region {
		return s.Account(r.Account)
	}
	return s.Account(r.Account) + ", " + r.Region
}

// Find is the resource of a type that a value names, by a reference or, where the name is known
// before it is deployed, by that: one in the account and region of another resource, near. It is nil if there is none.
func (s *Source) Find(kind string, value any, near *config.Resource) *config.Resource {
	if value == nil {
		return nil
	}
	if r := Target(value); r != nil {
		if r.Type == kind && !r.Data {
			return r
		}
		return nil
	}
	text := Text(value)
	for _, r := range s.Made(kind) {
		if r.Account == near.Account && r.Region == near.Region && Name(r) == text {
			return r
		}
	}
	return nil
}

// KeyName is what people call a key of KMS that a stack makes: its alias, or its stack and address.
func (s *Source) KeyName(key *config.Resource) string {
	if alias := s.Beside("aws_kms_alias", "target_key_id", key); alias != nil {
		return Text(alias.Argument("name"))
	}
	return key.String()
}

// Recorded says whether a trail of which something is so records an account: one of its own that is
// switched on, or that of the organisation.
func (s *Source) Recorded(number string, ok func(trail *config.Resource) bool) bool {
	return slices.ContainsFunc(s.Made("aws_cloudtrail"), func(trail *config.Resource) bool {
		on := trail.Argument("enable_logging")
		return (on == nil || Is(on)) && (trail.Account == number || Is(trail.Argument("is_organization_trail"))) && ok(trail)
	})
}
