package planjson

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	tfjson "github.com/hashicorp/terraform-json"
	"github.com/zclconf/go-cty/cty"

	"hubspoke/proof/stackjson"
)

// MadeUpPolicy is what a data source that writes a policy is made to tell. What the
// policy says is not known, and nobody writes this one.
const MadeUpPolicy = `{"Version":"` + madeUpVersion + `","Statement":[]}`

// madeUpVersion is what is left of it where it was taken apart and put together again.
const madeUpVersion = "made up by estate prove"

// Told are values that data sources have without an account, by their types: what the
// provider of the root says too, and names that are like AWS's.
func (s *source) told(provider *tfjson.ProviderConfig) map[string]map[string]any {
	region, account := "", ""
	if provider != nil {
		if value, ok := constant(provider.Expressions["region"]); ok {
			region, _ = value.(string)
		}
		if value, ok := constant(provider.Expressions["allowed_account_ids"]); ok {
			if list, ok := value.([]any); ok && len(list) == 1 {
				account, _ = list[0].(string)
			}
		}
	}
	all := map[string]map[string]any{"aws_iam_policy_document": {"json": MadeUpPolicy, "minified_json": MadeUpPolicy}}
	if account != "" {
		all["aws_caller_identity"] = map[string]any{"account_id": account, "id": account}
	}
	if region == "" {
		return all
	}
	partition, suffix := "aws", "amazonaws.com"
	switch {
	case strings.HasPrefix(region, "cn-"):
		partition, suffix = "aws-cn", "amazonaws.com.cn"
	case strings.HasPrefix(region, "us-gov-"):
		partition = "aws-us-gov"
	}
	var zones []any
	for _, letter := range "abcdef" {
		zones = append(zones, region+string(letter))
	}
	all["aws_partition"] = map[string]any{"partition": partition, "id": partition, "dns_suffix": suffix}
	all["aws_region"] = map[string]any{"name": region, "id": region, "region": region}
	all["aws_availability_zones"] = map[string]any{"names": zones}
	return all
}

// Provider is an AWS provider of a root.
type Provider struct {
	// Alias is "" for the default one.
	Alias string
	// Told are the values of data sources that are known without an account, by type.
	Told map[string]map[string]any
}

// Providers are the AWS providers of the root in a folder, the default one always.
func Providers(folder string) []Provider {
	s := readSource(folder)
	configs := s.providerConfigs()
	all := []Provider{{"", s.told(configs["aws"])}}
	for _, key := range slices.Sorted(maps.Keys(configs)) {
		if key != "aws" {
			all = append(all, Provider{strings.TrimPrefix(key, "aws."), s.told(configs[key])})
		}
	}
	return all
}

// noteMadeUp notes what data sources tell that nobody knows without an account: a list
// that is made up is empty, and resources that there should be for its items are not there.
// Only what the AWS provider reads is made up.
func (s *source) noteMadeUp(stack *stackjson.Stack, m *tfjson.ConfigModule, folder, within string, providers map[string]*tfjson.ProviderConfig) {
	where := strings.TrimSuffix(within, ".")
	if where == "" {
		where = "the root"
	}
	others, _ := filepath.Glob(filepath.Join(folder, "*.tf.json"))
	switch {
	case folder == "":
		stack.Unknown = append(stack.Unknown, where+" is no folder beside the root, so that what it reads is not known: prove a plan or a state")
	case s.folder(folder) == nil:
		stack.Unknown = append(stack.Unknown, where+": its *.tf files cannot be read, or there are overrides among them: prove a plan or a state")
	case len(others) > 0:
		stack.Unknown = append(stack.Unknown, where+": *.tf.json files are not read beside *.tf files: prove a plan or a state")
	}
	for _, r := range m.Resources {
		if r.Mode != tfjson.DataResourceMode || !strings.HasPrefix(r.Type, "aws_") || s.harmless(r, folder, providers) {
			continue
		}
		stack.Unknown = append(stack.Unknown, fmt.Sprintf("what %sdata.%s.%s tells is made up, and so is what depends on it: prove a plan that was made with an account", within, r.Type, r.Name))
	}
	for _, name := range slices.Sorted(maps.Keys(m.ModuleCalls)) {
		call := m.ModuleCalls[name]
		inner := providers
		if call.Expressions["providers"] != nil {
			inner = nil // which of the root's is meant is not looked at
		}
		s.noteMadeUp(stack, call.Module, s.below(folder, call.Source), within+"module."+name+".", inner)
	}
}

// harmless says whether what a data source is made to tell is true, or shapes no network.
func (s *source) harmless(r *tfjson.ConfigResource, folder string, providers map[string]*tfjson.ProviderConfig) bool {
	key := r.ProviderConfigKey
	if key == "" {
		key = "aws"
	}
	told := s.told(providers[key])
	switch r.Type {
	case "aws_ami", "aws_iam_policy_document":
		return true
	case "aws_partition", "aws_region", "aws_caller_identity":
		return told[r.Type] != nil || s.used(folder, r, nil) == 0
	case "aws_availability_zones":
		// Which zones there are is known, as far as their names are; how many is not.
		return s.used(folder, r, nil) == 0 || told[r.Type] != nil && s.used(folder, r, nil) == s.used(folder, r, picked)
	}
	return false
}

// used is how often a folder's expressions name a data source: all of those, or those
// that a function finds in the expression around it.
func (s *source) used(folder string, r *tfjson.ConfigResource, within func(hclsyntax.Node) hclsyntax.Expression) int {
	n := 0
	names := func(e hclsyntax.Expression) bool {
		t, ok := e.(*hclsyntax.ScopeTraversalExpr)
		if !ok || t.Traversal.RootName() != "data" {
			return false
		}
		a, _, ok := cutAddress(nil, t.Traversal)
		return ok && a.kind == r.Type && a.name == r.Name
	}
	body := s.folder(folder)
	if body == nil {
		return 0
	}
	for _, b := range body.Blocks {
		hclsyntax.VisitAll(b.Body, func(node hclsyntax.Node) hcl.Diagnostics {
			e, _ := node.(hclsyntax.Expression)
			if within != nil {
				e = within(node)
			}
			if e != nil && names(e) {
				n++
			}
			return nil
		})
	}
	return n
}

// picked is the list of which an expression takes items by their number: names[0],
// names[count.index], slice(names, 0, 2).
func picked(node hclsyntax.Node) hclsyntax.Expression {
	switch e := node.(type) {
	case *hclsyntax.IndexExpr:
		return e.Collection
	case *hclsyntax.ScopeTraversalExpr:
		if _, ok := e.Traversal[len(e.Traversal)-1].(hcl.TraverseIndex); ok {
			return e
		}
	case *hclsyntax.FunctionCallExpr:
		if e.Name == "slice" && len(e.Args) == 3 {
			return e.Args[0]
		}
	}
	return nil
}

// locals are the local values of a folder that are literals.
func (s *source) locals(folder string) *hcl.EvalContext {
	all := map[string]cty.Value{}
	for _, b := range s.folder(folder).Blocks {
		if b.Type != "locals" {
			continue
		}
		for name, a := range b.Body.Attributes {
			if value, problems := a.Expr.Value(nil); !problems.HasErrors() {
				all[name] = value
			}
		}
	}
	return &hcl.EvalContext{Variables: map[string]cty.Value{"local": cty.ObjectVal(all)}}
}
