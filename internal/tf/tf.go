// Package tf gives resources their Terraform addresses, and turns plain Go
// values into what the provider bindings take.
//
// CDKTF wants ids that are unique among all children of a stack, and makes the
// Terraform name from the id. That would forbid a subnet and its route table to
// have the same name. So a resource's id is its whole address, and [Named]
// shortens the name that Terraform sees:
//
//	tf.Named("private_apse3_az1", subnet.NewSubnet(scope, tf.ID("aws_subnet", "private_apse3_az1"), …))
//
// makes `aws_subnet.private_apse3_az1`. Since the ids are unique, so are the
// addresses, as long as the type in the id is the resource's own; a test checks
// that for every resource of every estate.
package tf

import (
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/hashicorp/terraform-cdk-go/cdktf"
)

// Name joins parts to a Terraform name: `private` and `apse3-az1` become
// `private_apse3_az1`. Empty parts are left out. A name that would begin with a
// digit, such as that of a reverse zone, begins with an underscore.
func Name(parts ...string) string {
	var name []string
	for _, p := range parts {
		if p != "" {
			name = append(name, slug.Replace(p))
		}
	}
	joined := strings.Join(name, "_")
	if joined != "" && joined[0] >= '0' && joined[0] <= '9' {
		return "_" + joined
	}
	return joined
}

var slug = strings.NewReplacer(".", "_", "-", "_", "/", "_")

// ID is the construct id of the resource with that Terraform type and name.
func ID(resourceType, name string) *string {
	id := resourceType + "." + name
	return &id
}

// Named gives a resource, which was made with [ID], its Terraform name.
func Named[R interface{ OverrideLogicalId(*string) }](name string, resource R) R {
	resource.OverrideLogicalId(&name)
	return resource
}

// String is a pointer to s, or nil if s is empty, which leaves the argument out.
func String(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// Literal is a text that Terraform is to read as it is, though it may have what looks like
// one of its own expressions:
// https://developer.hashicorp.com/terraform/language/syntax/json#expression-mapping
func Literal(s string) *string { return String(literal.Replace(s)) }

var literal = strings.NewReplacer("${", "$${", "%{", "%%{")

// Strings is a list argument.
func Strings(values ...string) *[]*string {
	list := make([]*string, len(values))
	for i := range values {
		list[i] = &values[i]
	}
	return &list
}

// Tokens is a list argument of values that are known only after apply.
func Tokens(values ...*string) *[]*string {
	if values == nil {
		values = []*string{}
	}
	return &values
}

// Number is a number argument.
func Number(n int) *float64 {
	f := float64(n)
	return &f
}

// Bool is a truth value for those few arguments that want a pointer.
func Bool(b bool) *bool { return &b }

// CIDR is an address range argument.
func CIDR(p netip.Prefix) *string {
	s := p.String()
	return &s
}

// Tags are the tags of one resource: its name, which consoles show, beside the
// default tags that its provider adds.
func Tags(name string, more ...map[string]string) *map[string]*string {
	tags := map[string]string{"Name": name}
	for _, m := range more {
		maps.Copy(tags, m)
	}
	return Map(tags)
}

// Map is a map argument.
func Map(values map[string]string) *map[string]*string {
	m := make(map[string]*string, len(values))
	for key, value := range values {
		m[key] = &value
	}
	return &m
}

// Keys are the keys of a map in the one order that every run has.
func Keys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// DependsOn is the explicit order behind things that no reference expresses.
func DependsOn(elements ...cdktf.ITerraformDependable) *[]cdktf.ITerraformDependable {
	if len(elements) == 0 {
		return nil
	}
	return &elements
}

// ReplacedFirst is for what others have in a list that they change in place, such as a
// subnet in an endpoint. Terraform then makes its replacement before it deletes it, and,
// when it only deletes it, lets go of it everywhere before: without, the deletion comes
// first, and AWS refuses it as long as somebody uses the thing. Terraform goes by what
// the last apply has written to the state.
//
// It replaces only what AWS takes twice. Of a security group with the same name AWS takes
// no second one in the VPC (InvalidGroup.Duplicate), of a NAT gateway none with the same
// address (Resource.AlreadyAssociated): there it orders removals, and a replacement fails.
// https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#create_before_destroy
func ReplacedFirst() *cdktf.TerraformResourceLifecycle {
	return &cdktf.TerraformResourceLifecycle{CreateBeforeDestroy: Bool(true)}
}

// HardToLose makes Terraform refuse any plan that would replace the resource, and any
// destroy, as long as its block is there. It goes with the block: a resource that a
// stack makes no more is deleted, and only `estate check --against` says so before
// (docs/decisions/removal.md). Everything that holds data has it.
// https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy
func HardToLose() *cdktf.TerraformResourceLifecycle {
	return &cdktf.TerraformResourceLifecycle{PreventDestroy: Bool(true)}
}
