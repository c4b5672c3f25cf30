package review

import (
	_ "embed"
	"regexp"
	"strings"
	"sync"

	"hubspoke/internal/compare"
	"hubspoke/proof/stackjson"
)

// sensitiveText are the arguments that the provider's schema calls sensitive, a line each:
// `aws_db_instance password`.
//
//go:embed sensitive.txt
var sensitiveText string

var sensitiveArguments = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for line := range strings.Lines(sensitiveText) {
		all[strings.TrimSpace(line)] = true
	}
	return all
})

// secretName is what arguments are called that nobody should see, whatever a schema says of them.
var secretName = regexp.MustCompile(`(?i)password|passwd|secret_string|secret_binary|secret_key|private_key|token$|auth_token|preshared_key|user_data|credentials|client_secret|api_?key|://[^/\s:@]*:[^@\s]+@|-----BEGIN [A-Z ]*PRIVATE KEY|\bAKIA[0-9A-Z]{16}\b`)

var index = regexp.MustCompile(`\[\d+\]`)

// sensitive says that the values of an argument are not to be shown.
func sensitive(kind, path string) bool {
	path = index.ReplaceAllString(path, "")
	if secretName.MatchString(path) {
		return true
	}
	for {
		if sensitiveArguments()[kind+" "+path] {
			return true
		}
		i := strings.LastIndex(path, ".")
		if i < 0 {
			return false
		}
		path = path[:i]
	}
}

// holdsSecret says that a value has something sensitive within: a block that differs as a whole.
func holdsSecret(kind, path string) bool {
	prefix := kind + " " + index.ReplaceAllString(path, "") + "."
	for name := range sensitiveArguments() {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// longest is how long a value may be that is shown.
const longest = 80

// shownArguments are the arguments of a change as a review shows them.
func shownArguments(c compare.Change) []Argument {
	var all []Argument
	for _, a := range c.Arguments {
		one := Argument{Path: a.Path}
		switch {
		case sensitive(c.Type, a.Path) || holdsSecret(c.Type, a.Path) || secretName.MatchString(a.Before+a.After):
			one.Sensitive = true
		case len(a.Before) <= longest && len(a.After) <= longest:
			one.Before, one.After = a.Before, a.After
		}
		all = append(all, one)
	}
	return all
}

func list(value any) []any {
	if value == nil {
		return nil
	}
	return stackjson.List(value)
}
