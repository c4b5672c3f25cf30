// Package awsaction knows the actions of AWS's services by name, to find what a policy
// misspells: AWS takes a policy that denies an action which does not exist, and then it
// denies nothing.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
package awsaction

import (
	_ "embed"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"hubspoke/internal/yamldoc"
)

// AsOf is the month that the table is of.
const AsOf = "2026-09"

//go:embed actions.txt
var text string

// rcpServices is the line of the table that has the services which resource control
// policies are about.
const rcpServices = "rcp"

type table struct {
	services []string            // sorted
	actions  map[string][]string // by service
	rcp      []string
}

var read = sync.OnceValue(func() table {
	t := table{actions: map[string][]string{}}
	for line := range strings.Lines(text) {
		words := strings.Fields(line)
		if words[0] == "#" {
			continue
		}
		service := words[0]
		if service == rcpServices {
			t.rcp = words[1:]
			continue
		}
		t.services = append(t.services, service)
		for _, word := range words[1:] {
			verb, rests, _ := strings.Cut(word, ":")
			for _, rest := range strings.Split(rests, ",") {
				t.actions[service] = append(t.actions[service], verb+rest)
			}
		}
	}
	return t
})

// Matching are the actions of a service that a pattern names, in which `*` stands for any
// characters and `?` for one. Capitals do not count, as with AWS.
func Matching(service, pattern string) []string {
	var matching []string
	for _, action := range read().actions[strings.ToLower(service)] {
		// Names have no slash, and patterns no brackets, so that path.Match means by * and ? what AWS does.
		if ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(action)); err == nil && ok {
			matching = append(matching, action)
		}
	}
	return matching
}

// Services are the services by the names that their actions begin with, sorted.
func Services() []string { return slices.Clone(read().services) }

// InResourcePolicies says that resource control policies are about resources of a service.
// https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps.html#rcp-supported-services
func InResourcePolicies(service string) bool {
	return slices.Contains(read().rcp, strings.ToLower(service))
}

// Problem says what is wrong with an action as a policy names it, such as `s3:Put*`: "" if
// there is one like it. What is no more than new to the table is doubtful and not wrong.
func Problem(action string) (problem string, doubtful bool) {
	service, name, ok := strings.Cut(action, ":")
	switch {
	case action == "*" || action == "*:*":
		return "", false
	case !ok || name == "" || strings.ContainsAny(action, "[]\\ "):
		return fmt.Sprintf("%q is no action: those are a service and a name, `s3:GetObject`, in which * stands for any characters", action), false
	case !slices.Contains(read().services, strings.ToLower(service)):
		if meant := yamldoc.Nearest(strings.ToLower(service), read().services); meant != "" && strings.ToLower(service) != meant {
			return fmt.Sprintf("AWS has no service %s (did you mean %s:%s?)", service, meant, name), false
		}
		return fmt.Sprintf("%s is no service that AWS had in %s: a policy about one that does not exist does nothing", service, AsOf), true
	case len(Matching(service, name)) > 0:
		return "", false
	case strings.ContainsAny(name, "*?"):
		return fmt.Sprintf("%s is like no action that AWS had in %s: a policy about none does nothing", action, AsOf), true
	}
	if meant := yamldoc.Nearest(name, read().actions[strings.ToLower(service)]); meant != "" {
		return fmt.Sprintf("%s is no action of %s (did you mean %s:%s? If it is newer than %s, write %s*)", action, service, service, meant, AsOf, action), false
	}
	return fmt.Sprintf("%s is no action that %s had in %s: a policy about one that does not exist does nothing", action, service, AsOf), true
}
