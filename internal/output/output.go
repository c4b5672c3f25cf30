// Package output is the contract between stacks. The outputs of a stack are a struct
// that its package calls Outputs. Every field has a tag with the output's name, and one
// with its description:
//
//	VPCID *string `output:"vpc_id" doc:"The VPC."`
//
// The producer passes the filled struct to [Write]; a consumer gets the same struct
// from [Read], with references in place of values. An output that people read, or their
// own Terraform, says so: `output:"name_servers,people"`. One that neither they nor a
// stack read has no place there.
//
// Fields are of type *string, [Map] or [Lists], or structs of such fields, embedded.
package output

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/hashicorp/terraform-cdk-go/cdktf"
)

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

// Write makes the outputs of the stack whose scope it is. Fields that are empty are
// left out.
func Write[O any](scope constructs.Construct, outputs O) {
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
		o := cdktf.NewTerraformOutput(scope, jsii.String("output."+f.name), &cdktf.TerraformOutputConfig{
			Value: value, Description: jsii.String(f.doc),
		})
		o.OverrideLogicalId(jsii.String(f.name))
	})
}

// Read returns the outputs of the stack whose state it is, each field a reference to
// that state. [Lists] are for people and stay nil.
func Read[O any](state cdktf.TerraformRemoteState) O {
	var outputs O
	each(reflect.ValueOf(&outputs).Elem(), func(f field, v reflect.Value) {
		switch out := v.Addr().Interface().(type) {
		case **string:
			*out = state.GetString(jsii.String(f.name))
		case *Map:
			out.read = func(key string) *string {
				return state.GetString(jsii.String(fmt.Sprintf("%s[%q]", f.name, key)))
			}
		}
	})
	return outputs
}

// Names returns the output names of an Outputs struct, each with whether it is for
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

// each visits the fields that are outputs, by name.
func each(v reflect.Value, visit func(field, reflect.Value)) {
	fields := map[string]reflect.StructField{}
	for _, f := range reflect.VisibleFields(v.Type()) {
		// The tags of an embedded struct are those of its fields.
		if tag, ok := f.Tag.Lookup("output"); ok {
			fields[tag] = f
		}
	}
	for _, tag := range slices.Sorted(maps.Keys(fields)) {
		f := fields[tag]
		name, mark, _ := strings.Cut(tag, ",")
		visit(field{name: name, doc: f.Tag.Get("doc"), people: mark == "people"}, v.FieldByIndex(f.Index))
	}
}
