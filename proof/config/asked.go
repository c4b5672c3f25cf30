package config

import "slices"

// Ask notes that somebody who makes sense of the resource looked at an argument, by its
// path: `cidr_block`, or `ingress.from_port` for one of a block. What stands in the
// resource and was never asked for has not been understood.
func (r *Resource) Ask(path string) {
	if !slices.Contains(r.asked, path) {
		r.asked = append(r.asked, path)
	}
}

// Asked are the paths that somebody asked for, none for a resource that nobody looked at.
func (r *Resource) Asked() []string { return r.asked }

// metaArguments are Terraform's own. They stand in any resource, and a stack checks them
// itself.
// https://developer.hashicorp.com/terraform/language/resources/syntax#meta-arguments
var metaArguments = []string{"//", "count", "for_each", "provider", "depends_on", "lifecycle", "provisioner", "connection"}

// IsMeta says whether an argument is Terraform's own, and stands in any resource.
func IsMeta(argument string) bool { return slices.Contains(metaArguments, argument) }

// Written is an argument's text as it stands in the stack, empty if it is none: for what looks
// into an expression that is not evaluated.
func (r *Resource) Written(name string) string {
	text, _ := r.body[name].(string)
	return text
}
