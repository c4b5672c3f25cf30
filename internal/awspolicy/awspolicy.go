// Package awspolicy knows the policies that AWS manages by their names, to find one that is
// misspelt before AWS refuses it in the middle of a deployment.
//
// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/policy-list.html
package awspolicy

import (
	_ "embed"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"sync"

	"hubspoke/internal/yamldoc"
)

//go:embed policies.txt
var text string

// policies are the names with their paths, and paths the names that have one by themselves.
var policies = sync.OnceValues(func() (names []string, paths map[string]string) {
	paths = map[string]string{}
	for line := range strings.Lines(text) {
		name := strings.TrimSpace(line)
		if strings.HasPrefix(name, "#") {
			continue
		}
		names = append(names, name)
		if dir, base := path.Split(name); dir != "" {
			paths[base] = name
		}
	}
	return names, paths
})

// version is what AWS puts behind the name of a policy's successor.
var version = regexp.MustCompile(`_?[vV]?[0-9]+$`)

// Problem says what is wrong with the name of a policy, with its path: "" if nothing is. It is
// doubtful where the policy may be newer than the table.
func Problem(name string) (problem string, doubtful bool) {
	names, paths := policies()
	if slices.Contains(names, name) {
		return "", false
	}
	if whole := paths[path.Base(name)]; whole != "" {
		return fmt.Sprintf("AWS has that policy by another path: write %s", whole), false
	}
	meant := yamldoc.Nearest(name, names)
	if meant == "" || version.ReplaceAllString(meant, "") == version.ReplaceAllString(name, "") {
		return fmt.Sprintf("%s is no policy of AWS that is known here: if AWS does not have it either, the deployment fails at it", name), true
	}
	return fmt.Sprintf("%s is no policy of AWS (did you mean %q?)", name, meant), false
}
