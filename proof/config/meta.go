package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"

	"hubspoke/proof/stackjson"
)

// Kept is something whose arguments in AWS may be others than a stack says.
type Kept struct {
	Stack *Stack
	// Address is what Terraform calls it, and Type its type, empty if that cannot be told.
	Address, Type string
	// Resource is the resource that the stack has for it, nil for none.
	Resource *Resource
	// ID is what AWS calls what is imported, "" if that is not known or it is not.
	ID  string
	Why string
}

// unknown notes what concerns the stack as a whole.
func (s *Stack) unknown(format string, args ...any) {
	s.config.Unknown = append(s.config.Unknown, s.Name+": "+fmt.Sprintf(format, args...))
}

// sections are the top-level blocks of a stack that are read, or need not be: what moved
// has another address and is the same thing, and a check changes nothing.
// https://developer.hashicorp.com/terraform/language/syntax/json#block-type-specific-exceptions
var sections = []string{
	"//", "resource", "data", "output", "variable", "locals", "provider", "terraform", "module", "moved", "check",
	"removed", "import", "ephemeral",
}

// settings are the parts of the block `terraform` that are read, or say nothing about
// what there is to make.
// https://developer.hashicorp.com/terraform/language/block/terraform
var settings = []string{"//", "backend", "cloud", "required_providers", "required_version", "provider_meta", "encryption"}

// ephemerals are the beginnings of ephemeral resources that read, and make nothing: one
// may as well call a function, or open a tunnel.
var ephemerals = []string{
	"aws_cognito_identity_", "aws_eks_cluster_auth", "aws_kms_secrets", "aws_secretsmanager_", "aws_ssm_parameter", "random_", "tls_",
}

// checkSections notes top-level blocks that change what the rest of the stack means.
func (s *Stack) checkSections() {
	for _, key := range slices.Sorted(maps.Keys(s.source.JSON)) {
		if !slices.Contains(sections, key) {
			s.unknown("what a block %q does is not known", key)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.source.Terraform())) {
		if !slices.Contains(settings, key) {
			s.unknown("what terraform.%s does is not known", key)
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(object(s.source.JSON["ephemeral"]))) {
		if !slices.ContainsFunc(ephemerals, func(prefix string) bool { return strings.HasPrefix(kind, prefix) }) {
			s.unknown("what the ephemeral resource %s does while Terraform works is not known", kind)
		}
	}
}

// checkKept finds what Terraform leaves as it is in AWS: what it forgets, and what of an
// imported thing is not written.
// https://developer.hashicorp.com/terraform/language/block/removed
// https://developer.hashicorp.com/terraform/language/block/import
func (s *Stack) checkKept() {
	for _, item := range stackjson.List(s.source.JSON["removed"]) {
		block := object(item)
		s.checkProvisioners("a removed block", block["provisioner"])
		// Terraform's documents require it to be said; without it, OpenTofu forgets.
		destroys := false
		for _, lifecycle := range stackjson.List(block["lifecycle"]) {
			if destroy, set := object(lifecycle)["destroy"]; set && destroy != nil {
				destroys = s.evaluate(destroy) == true || s.evaluate(destroy) == "true"
			}
		}
		if !destroys {
			s.keep(block["from"], "", "Terraform forgets it and leaves it in AWS, so that it is still there, as nobody here says it is: destroy it, or keep it in the stack")
		} else {
			s.config.Destroyed = append(s.config.Destroyed, s.named(block["from"]))
		}
	}
	for _, item := range stackjson.List(s.source.JSON["import"]) {
		id, _ := s.evaluate(object(item)["id"]).(string)
		s.keep(object(item)["to"], id, "it is imported: an argument that is not written may keep the value that it has in AWS; remove the import once it is applied, and see that a plan is empty")
	}
}

func (s *Stack) keep(target any, id, why string) {
	k := s.named(target)
	k.ID, k.Why = id, why
	s.config.Kept = append(s.config.Kept, k)
}

// named is what a block names.
func (s *Stack) named(target any) Kept {
	address, _ := target.(string)
	address = strings.TrimSuffix(strings.TrimPrefix(address, "${"), "}")
	k := Kept{Stack: s, Address: address}
	traversal, problems := hclsyntax.ParseTraversalAbs([]byte(address), s.Name, hcl.InitialPos)
	if problems.HasErrors() {
		return k
	}
	var names []string
	for _, step := range traversal {
		if _, key := step.(hcl.TraverseIndex); !key {
			names = append(names, name(step))
		}
	}
	for len(names) > 1 && names[0] == "module" {
		names = names[2:]
	}
	if len(names) > 1 {
		k.Type, k.Resource = names[0], s.byAddress[names[0]+"."+names[1]]
	}
	return k
}

// Imported is the id under which a resource is imported, "" if it is not, or that is not known.
func (c *Config) Imported(r *Resource) string {
	for _, k := range c.Kept {
		if k.Resource == r && k.ID != "" {
			return k.ID
		}
	}
	return ""
}

// lifecycles are the arguments of `lifecycle` that change nothing about what there is in
// the end, beside ignore_changes, of which [Resource.Ignored] tells.
// https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle
var lifecycles = []string{
	"//", "create_before_destroy", "prevent_destroy", "ignore_changes", "replace_triggered_by", "precondition", "postcondition",
}

// checkMetaArguments notes Terraform's own arguments of a resource that change how often it is
// there, or do something beside it.
func (s *Stack) checkMetaArguments(r *Resource) {
	for _, expansion := range []string{"count", "for_each"} {
		if r.body[expansion] != nil {
			s.config.Unknown = append(s.config.Unknown, fmt.Sprintf("%s: %s is not expanded", r, expansion))
		}
	}
	s.checkProvisioners(r.Address(), r.body["provisioner"])
	for _, item := range stackjson.List(r.body["lifecycle"]) {
		for _, key := range slices.Sorted(maps.Keys(object(item))) {
			if !slices.Contains(lifecycles, key) {
				s.unknown("%s: what lifecycle.%s does is not known", r.Address(), key)
			}
		}
	}
}

// checkProvisioners notes programs that Terraform runs: they may change anything. A file
// that is copied to a machine changes no network.
// https://developer.hashicorp.com/terraform/language/provisioners
func (s *Stack) checkProvisioners(of string, provisioners any) {
	for _, item := range stackjson.List(provisioners) {
		for _, kind := range slices.Sorted(maps.Keys(object(item))) {
			if kind != "file" && kind != "//" {
				s.unknown("%s: what its provisioner %s runs is not known, and may change anything", of, kind)
			}
		}
	}
}

// Ignored are the paths of arguments whose later changes Terraform ignores, `all` for
// every one: `scaling_config.desired_size`.
func (r *Resource) Ignored() []string {
	var paths []string
	for _, item := range stackjson.List(r.body["lifecycle"]) {
		for _, argument := range stackjson.List(object(item)["ignore_changes"]) {
			written, ok := argument.(string)
			written = strings.TrimSuffix(strings.TrimPrefix(written, "${"), "}")
			traversal, problems := hclsyntax.ParseTraversalAbs([]byte(written), r.Stack.Name, hcl.InitialPos)
			if !ok || problems.HasErrors() {
				paths = append(paths, "all")
				continue
			}
			var names []string
			for _, step := range traversal {
				if n := name(step); n != "" {
					names = append(names, n)
				}
			}
			paths = append(paths, strings.Join(names, "."))
		}
	}
	return paths
}

// awsSources are the sources of the one provider whose resources are understood.
var awsSources = []string{"hashicorp/aws", "registry.terraform.io/hashicorp/aws", "registry.opentofu.org/hashicorp/aws"}

// providerOf is the provider configuration that makes a resource, as readProviders names
// it: the default one of its type's provider, unless it says another.
// https://developer.hashicorp.com/terraform/language/meta-arguments/provider
func (s *Stack) providerOf(r *Resource) string {
	key, _, _ := strings.Cut(r.Type, "_")
	switch written := r.body["provider"].(type) {
	case nil:
	case string:
		key = strings.TrimSuffix(strings.TrimPrefix(written, "${"), "}")
	default:
		key = "?"
	}
	if strings.ContainsAny(key, "[?(\"") {
		s.unknown("%s: which provider makes it is not known: %v", r.Address(), r.body["provider"])
		return key
	}
	local, _, _ := strings.Cut(key, ".")
	if source := s.providerSource(local); strings.HasPrefix(r.Type, "aws_") && !slices.Contains(awsSources, source) {
		s.unknown("%s: its provider %s is %s, and what that makes of it is not known", r.Address(), local, source)
	}
	return key
}

// providerSource is where Terraform gets the provider of a local name from.
func (s *Stack) providerSource(local string) string {
	for _, item := range stackjson.List(s.source.Terraform()["required_providers"]) {
		if source, ok := object(object(item)[local])["source"].(string); ok {
			return strings.ToLower(source)
		}
	}
	return "hashicorp/" + local
}

// variable is the value of a variable: what files beside the stack say, and else its
// default. What a command line or the environment says is not in the stack.
// https://developer.hashicorp.com/terraform/language/values/variables#variable-definition-precedence
func (s *Stack) variable(name string) any {
	declared, there := object(s.source.JSON["variable"])[name]
	block := object(declared)
	if list := stackjson.List(declared); len(list) == 1 {
		block = object(list[0])
	}
	otherwise, has := block["default"]
	given, set := s.source.Variables[name]
	switch {
	case there && set && (given != nil || block["nullable"] != false):
		return given
	case has:
		return s.evaluate(otherwise)
	}
	return Unknown{Why: fmt.Sprintf("%s: the variable %s has no default", s.Name, name), broken: !there}
}
