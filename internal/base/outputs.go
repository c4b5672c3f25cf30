package base

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/jsii-runtime-go"
	"github.com/hashicorp/terraform-cdk-go/cdktf"
)

// The outputs of a stack are a struct that its package calls Outputs. Every field
// has a tag with the output's name and description:
//
//	VPCID *string `output:"vpc_id" doc:"The VPC."`
//
// The producer passes the filled struct to [Write]; a consumer gets the same
// struct from [Read], with references in place of values. An output that no stack
// reads, because it is for people, says so: `output:"name_servers,people"`.
//
// Fields are of type *string, [Map] or [Lists].

// Map is an output that holds one string for each key.
type Map struct {
	values map[string]*string
	read   func(key string) *string
}

// MapOf is the output with these values.
func MapOf(values map[string]*string) Map { return Map{values: values} }

// Get is the value of a key. Terraform reports a key that the producer did not
// write.
func (m Map) Get(key string) *string {
	if m.read != nil {
		return m.read(key)
	}
	return m.values[key]
}

// Lists is an output for people that holds a list of strings for each key.
type Lists map[string]*[]*string

// Write makes the stack's outputs. Fields that are empty are left out.
func Write[O any](s *Stack, outputs O) {
	each(reflect.ValueOf(outputs), func(f field, v reflect.Value) {
		var value any
		switch out := v.Interface().(type) {
		case *string:
			if out == nil {
				return
			}
			value = out
		case Map:
			if len(out.values) == 0 {
				return
			}
			value = &out.values
		case Lists:
			if len(out) == 0 {
				return
			}
			value = map[string]*[]*string(out)
		}
		o := cdktf.NewTerraformOutput(s.Scope, jsii.String("output."+f.name), &cdktf.TerraformOutputConfig{
			Value: value, Description: jsii.String(f.doc),
		})
		o.OverrideLogicalId(jsii.String(f.name))
	})
}

// Read is the contract of the consumer: the producer's Outputs, each field a
// reference to the producer's state. The producer must be among the stack's Reads.
func Read[O any](s *Stack, producer string) O {
	var outputs O
	remote := s.remote(producer)
	each(reflect.ValueOf(&outputs).Elem(), func(f field, v reflect.Value) {
		switch out := v.Addr().Interface().(type) {
		case **string:
			*out = remote.GetString(jsii.String(f.name))
		case *Map:
			out.read = func(key string) *string {
				return remote.GetString(jsii.String(fmt.Sprintf("%s[%q]", f.name, key)))
			}
		}
	})
	return outputs
}

// Names are the output names of an Outputs struct, each with whether it is for
// people.
func Names[O any]() map[string]bool {
	names := map[string]bool{}
	each(reflect.ValueOf(*new(O)), func(f field, _ reflect.Value) { names[f.name] = f.people })
	return names
}

type field struct {
	name, doc string
	people    bool
}

func each(v reflect.Value, visit func(field, reflect.Value)) {
	fields := map[string]reflect.StructField{}
	for _, f := range reflect.VisibleFields(v.Type()) {
		fields[f.Tag.Get("output")] = f
	}
	for _, tag := range slices.Sorted(maps.Keys(fields)) {
		f := fields[tag]
		name, mark, _ := strings.Cut(tag, ",")
		visit(field{name: name, doc: f.Tag.Get("doc"), people: mark == "people"}, v.FieldByIndex(f.Index))
	}
}
