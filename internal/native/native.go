// Package native writes synthesized stacks in Terraform's native syntax, HCL: the same
// configuration, formatted and with nested blocks, which plans to the same. JSON does not say
// whether an argument that holds objects is a block or an attribute; the provider's schema
// does, and what a stack can have of it stands in blocks.txt ([Blocks]).
//
// https://developer.hashicorp.com/terraform/language/syntax/configuration
package native

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/hashicorp/hcl/v2/hclwrite"

	"hubspoke/proof/stackjson"
)

// Files are the files that hold a stack in native syntax, formatted as `terraform fmt` does,
// by their names: those that HashiCorp's style guide has, of which a stack without outputs has
// no outputs.tf. CDKTF's comments are left out.
//
// An error tells of all that cannot be written, a line for each.
//
// https://developer.hashicorp.com/terraform/language/style#file-names
func Files(s *stackjson.Stack) (map[string][]byte, error) {
	w := &writer{}
	files := map[string][]byte{}
	for _, f := range []struct {
		name     string
		sections []string
	}{
		{"terraform.tf", []string{"terraform"}},
		{"providers.tf", []string{"provider"}},
		{"locals.tf", []string{"locals"}},
		{"data.tf", []string{"data"}},
		{"main.tf", []string{"resource"}},
		{"imports.tf", []string{"import"}},
		{"moved.tf", []string{"moved"}},
		{"removed.tf", []string{"removed"}},
		{"outputs.tf", []string{"output"}},
	} {
		w.Reset()
		for _, section := range f.sections {
			w.section(section, s.JSON[section])
		}
		if w.Len() > 0 {
			files[f.name] = hclwrite.Format(slices.Clone(w.Bytes()))
		}
	}
	for _, section := range slices.Sorted(maps.Keys(s.JSON)) {
		if section != "//" && !slices.Contains(sections, section) {
			w.refuse(section, errors.New("this kind of block is not written as HCL"))
		}
	}
	return files, w.failed(s.Name)
}

// sections are the blocks that a stack can have beside another.
var sections = []string{"terraform", "provider", "locals", "data", "resource", "import", "moved", "removed", "output"}

// Resources are the resources of a stack alone, without data sources: what a scanner judges.
func Resources(s *stackjson.Stack) ([]byte, error) {
	w := &writer{}
	w.section("resource", s.JSON["resource"])
	return hclwrite.Format(w.Bytes()), w.failed(s.Name)
}

// section writes all blocks of one kind.
func (w *writer) section(section string, value any) {
	if value == nil {
		return
	}
	switch section {
	case "resource", "data":
		w.resources(section, value)
	case "provider":
		w.providers(value)
	case "terraform":
		w.terraform(value)
	case "output":
		for _, name := range slices.Sorted(maps.Keys(object(value))) {
			w.block(scope{path: "output." + name, blocks: conditions}, object(object(value)[name]), "output", name)
		}
	default: // locals, import, moved, removed
		for _, body := range stackjson.List(value) {
			w.block(scope{path: section, blocks: ofTerraform[section]}, object(body), section)
		}
	}
}

// conditions are the blocks in which a configuration says what has to be so, and ofTerraform
// those of other blocks that are Terraform's own.
var (
	conditions  = Blocks{"precondition": {}, "postcondition": {}}
	ofTerraform = map[string]Blocks{"removed": {"lifecycle": {}}}
)

func (w *writer) resources(section string, value any) {
	types := object(value)
	for _, kind := range slices.Sorted(maps.Keys(types)) {
		blocks, known := Known(section, kind)
		if !known {
			w.refuse(section+"."+kind, errors.New("internal/native/blocks.txt does not say which of its arguments are blocks: "+Advice))
			continue
		}
		blocks = maps.Clone(blocks)
		if blocks == nil {
			blocks = Blocks{}
		}
		blocks["lifecycle"] = conditions
		named := object(types[kind])
		for _, name := range slices.Sorted(maps.Keys(named)) {
			body := object(named[name])
			for _, argument := range []string{"connection", "dynamic", "provisioner"} {
				if _, there := body[argument]; there {
					w.refuse(kind+"."+name, fmt.Errorf("%s blocks are not written as HCL", argument))
				}
			}
			w.block(scope{path: kind + "." + name, blocks: blocks, functions: true, policies: section == "resource"}, body, section, kind, name)
		}
	}
}

func (w *writer) providers(value any) {
	providers := object(value)
	for _, name := range slices.Sorted(maps.Keys(providers)) {
		blocks, known := Known("provider", name)
		if !known {
			w.refuse("provider."+name, errors.New("internal/native/blocks.txt does not say which of its arguments are blocks: "+Advice))
			continue
		}
		for _, body := range stackjson.List(providers[name]) {
			w.block(scope{path: "provider." + name, blocks: blocks, functions: true, policies: true}, object(body), "provider", name)
		}
	}
}

// terraform writes the block of Terraform's own settings, in which the backend has a label.
func (w *writer) terraform(value any) {
	settings := maps.Clone(object(value))
	backends := object(settings["backend"])
	delete(settings, "backend")
	required, _ := settings["required_providers"].(map[string]any)
	delete(settings, "required_providers")
	w.WriteString("terraform {\n")
	w.body(scope{path: "terraform"}, settings)
	if required != nil {
		w.WriteByte('\n')
		w.block(scope{path: "terraform.required_providers"}, required, "required_providers")
	}
	for _, kind := range slices.Sorted(maps.Keys(backends)) {
		w.WriteByte('\n')
		w.block(scope{path: "terraform.backend"}, object(backends[kind]), "backend", kind)
	}
	w.WriteString("}\n")
}

// object is a value that is an object, or else nil.
func object(value any) map[string]any {
	o, _ := value.(map[string]any)
	return o
}
