package compare

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/words"
)

// unreachable are the resources of a stack that are gone together with the provider that
// made them: an account that leaves the estate, or a region that it uses no more. Terraform
// deletes a resource by the provider of its state, and does not even plan without it, a
// `removed` block or none.
// https://developer.hashicorp.com/terraform/language/meta-arguments/provider
func (c *comparison) unreachable(name string) []Finding {
	was, is := c.was[name], c.is[name]
	configured := configurations(is)
	gone := map[string][]string{}
	for _, a := range c.gone(name) {
		provider, _ := was.resources[a].Body["provider"].(string)
		if strings.Contains(provider, ".") && !slices.Contains(configured, provider) {
			gone[provider] = append(gone[provider], a)
		}
	}
	var findings []Finding
	for _, provider := range slices.Sorted(maps.Keys(gone)) {
		all := gone[provider]
		f := Finding{Kind: Unreachable, Stack: name, Why: fmt.Sprintf("%s made by %s, a provider that it has no more", words.Count(len(all), "resource was", "resources were"), provider)}
		var destroyed, kept []string
		for _, a := range all {
			refers := slices.DeleteFunc(was.references(was.resources[a].Body), func(to string) bool { return to == a || !slices.Contains(all, to) })
			switch {
			case hardToLose(was.resources[a]) || is.forgotten()[a]:
				kept = append(kept, a)
			case len(refers) == 0: // what refers to it goes with it
				destroyed = append(destroyed, "-target="+a)
			}
		}
		var commands []string
		terraform := "terraform -chdir=cdktf.out/stacks/" + name
		if len(kept) > 0 {
			commands = append(commands, terraform+" state rm "+strings.Join(kept, " "))
		}
		if len(destroyed) > 0 {
			commands = append(commands, terraform+" destroy "+strings.Join(destroyed, " "))
		}
		f.Advice = "before " + name + " is deployed, and after the stacks that are destroyed: synthesize the old files once more, and take away what the new ones do not reach: " + strings.Join(commands, "; ")
		findings = append(findings, f)
	}
	return findings
}

// configurations are what resources of the stack may name as their provider, `aws.dev`.
func configurations(s *stack) []string {
	var all []string
	for provider, aliases := range s.Aliases() {
		for _, alias := range aliases {
			all = append(all, provider+"."+alias)
		}
	}
	return all
}
