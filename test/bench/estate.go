package main

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// maxSpokes is less than the number of /16 in 10.0.0.0/8, of which the hub has the
// first.
const maxSpokes = 250

// template is the estate that others are generated from, and its spoke that all
// spokes are like.
const (
	template      = "environments/piksel"
	templateSpoke = "dev"
	templateCIDR  = "10.1.0.0/16"
)

// generate writes an estate into dir: the hub of piksel, with n spokes like its
// dev, spread over its segments. Each has a private zone of its own. A real estate
// grows like that, apart from the quotas that it would have to raise.
func generate(dir string, n int, clusters bool) error {
	settings, err := readYAML(filepath.Join(template, "estate.yaml"))
	if err != nil {
		return err
	}
	hub, err := os.ReadFile(filepath.Join(template, "hub.yaml"))
	if err != nil {
		return err
	}
	spoke, err := os.ReadFile(filepath.Join(template, templateSpoke+".yaml"))
	if err != nil {
		return err
	}
	if !strings.Contains(string(spoke), templateCIDR) {
		return fmt.Errorf("%s/%s.yaml has no %s any more: mend the generator", template, templateSpoke, templateCIDR)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	names := spokeNames(n)
	for i, name := range names {
		text, err := spokeFile(string(spoke), name, i, clusters)
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name+".yaml"), text, 0o644); err != nil {
			return err
		}
	}
	if err := populate(settings, names); err != nil {
		return err
	}
	text, err := yaml.Marshal(settings)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "estate.yaml"), text, 0o644); err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "intents.yaml"), intents(names), 0o644); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "hub.yaml"), overlays.ReplaceAll(hub, nil), 0o644)
}

// overlays are where digests of images are moved for spokes of the template.
var overlays = regexp.MustCompile(`(?m)^ +overlays:\n( {8}.*\n)+`)

// intents are promises about every pair of spokes, and about what each of them
// shares with the hub and the internet. They leave nothing unspoken: a report that says
// much costs more than one that says that all is proven.
func intents(names []string) []byte {
	var b strings.Builder
	for i, name := range names {
		if others := slices.Delete(slices.Clone(names), i, i+1); len(others) > 0 {
			fmt.Fprintf(&b, "- deny: {from: %s, to: [%s], by: transit-gateway}\n", name, strings.Join(others, ", "))
		}
	}
	b.WriteString(`- allow: {from: "*.private", to: hub.endpoint, port: 443}
- allow: {from: "*.private", to: internet, port: 443, via: nat-gateway}
- allow: {from: hub.private, to: "*.private", port: 443}
- allow: {from: "*.public", to: internet, port: 443, via: internet-gateway}
- allow: {from: internet, to: "*.public", port: 443}
- egress: {for: "*", for_except: "*.public", via: nat-gateway}
- deny: {from: internet, to: ["*.private", "*.attachment"]}
- closed: {for: "*.private", services: [ecr, s3, sts, logs]}
`)
	return []byte(b.String())
}

func spokeNames(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = fmt.Sprintf("spoke-%03d", i+1)
	}
	return names
}

// spokeFile is the template spoke's file under another name and address range.
func spokeFile(template, name string, i int, clusters bool) ([]byte, error) {
	text := strings.NewReplacer(
		templateCIDR, fmt.Sprintf("10.%d.0.0/16", i+1),
		templateSpoke+".piksel.internal", name+".piksel.internal",
	).Replace(template)
	var keys map[string]yaml.Node
	if err := yaml.Unmarshal([]byte(text), &keys); err != nil {
		return nil, err
	}
	segments := []string{"dev", "staging", "prod"}
	if err := set(keys, "segment", segments[i%len(segments)]); err != nil {
		return nil, err
	}
	if !clusters {
		delete(keys, "cluster")
	}
	return yaml.Marshal(keys)
}

// populate puts the spokes into the settings of the whole estate.
func populate(settings map[string]yaml.Node, names []string) error {
	accounts := map[string]string{"hub": "111111111111"}
	zones := map[string]map[string][]string{
		"piksel.internal": {"visible_to": slices.Concat([]string{"hub"}, names)},
	}
	for i, name := range names {
		accounts[name] = fmt.Sprintf("%012d", 200000000000+i)
		zones[name+".piksel.internal"] = map[string][]string{"visible_to": {"hub", name}}
	}
	var dns map[string]yaml.Node
	node := settings["dns"]
	if err := node.Decode(&dns); err != nil {
		return err
	}
	if err := set(dns, "private_zones", zones); err != nil {
		return err
	}
	if err := set(settings, "dns", dns); err != nil {
		return err
	}
	return set(settings, "accounts", accounts)
}

// set replaces one key and leaves the others as they were written.
func set(keys map[string]yaml.Node, key string, value any) error {
	var node yaml.Node
	if err := node.Encode(value); err != nil {
		return err
	}
	keys[key] = node
	return nil
}

func readYAML(path string) (map[string]yaml.Node, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	var keys map[string]yaml.Node
	return keys, yaml.Unmarshal(text, &keys)
}
