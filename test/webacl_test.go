package test

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"hubspoke/estate/waf"
	"hubspoke/internal/gitops"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

// guarded is what stands behind web ACLs in an estate: its stacks, by name, and the bundles of its
// clusters.
type guarded struct {
	resources map[string][]stackjson.Resource
	bundles   map[string]map[string]any
}

func guardedIn(t *testing.T, e *synthesis) guarded {
	t.Helper()
	g := guarded{map[string][]stackjson.Resource{}, map[string]map[string]any{}}
	for _, s := range e.stacks {
		g.resources[s.Name] = s.Resources()
	}
	root := os.DirFS(filepath.Join(e.outdir, gitops.Dir))
	if _, err := fs.Stat(root, "."); err != nil {
		return g // no cluster
	}
	if err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.Contains(name, "/cluster/ingressclass") {
			return err
		}
		content, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		var object map[string]any
		if err := yaml.Unmarshal(content, &object); err != nil {
			return err
		}
		g.bundles[name] = object
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return g
}

// has says whether a stack has a resource of a type with some values in its text.
func (g guarded) has(stack, kind string, texts map[string]string) bool {
	return slices.ContainsFunc(g.resources[stack], func(r stackjson.Resource) bool {
		if r.Type != kind {
			return false
		}
		for argument, text := range texts {
			if value, _ := r.Body[argument].(string); value != text {
				return false
			}
		}
		return true
	})
}

// unguarded are the stages and clusters that the estate promises a web ACL, and that have none.
func (g guarded) unguarded(e *synthesis) []string {
	var without []string
	for _, spoke := range e.Spokes {
		for _, name := range slices.Sorted(maps.Keys(spoke.APIs)) {
			id := tf.Name(name)
			if spoke.APIs[name].WAF != nil && !g.has(spoke.Name+"-api", "aws_wafv2_web_acl_association", map[string]string{
				"resource_arn": "${aws_api_gateway_stage." + id + ".arn}", "web_acl_arn": "${aws_wafv2_web_acl." + id + ".arn}",
			}) {
				without = append(without, spoke.Name+" "+name)
			}
		}
		acl := e.ClusterWAF(spoke.Name)
		if acl == nil || acl.Mode == waf.Detached {
			continue
		}
		name, folder := e.ClusterWebACL(spoke.Name), e.ClusterName(spoke.Name)+"/cluster/"
		class, _ := g.bundles[folder+"ingressclass-alb.yaml"]["spec"].(map[string]any)
		to, _ := class["parameters"].(map[string]any)
		params, _ := g.bundles[folder+"ingressclassparams-alb.yaml"]["spec"].(map[string]any)
		if !g.has(spoke.Name+"-eks", "aws_wafv2_web_acl", map[string]string{"name": name, "scope": "REGIONAL"}) || params["wafv2AclName"] != name || to["kind"] != "IngressClassParams" || to["name"] != "alb" {
			without = append(without, spoke.Name+" cluster")
		}
	}
	return without
}

// What the estate says has a web ACL has it: the stage by an association, and load balancers by
// the name of the ACL, which meets in the bundle and in the stack.
func TestWhatIsToHaveAWebACLHasIt(t *testing.T) {
	promised := 0
	for name := range estates {
		e := synthesized(t, name)
		for _, without := range guardedIn(t, e).unguarded(e) {
			t.Errorf("%s: %s", name, without)
		}
		for _, spoke := range e.Spokes {
			if e.HasWAF(spoke.Name) {
				promised++
			}
		}
	}
	if promised < 2 {
		t.Errorf("%d spokes have web ACLs: an API's and a cluster's are wanted", promised)
	}
}

func TestWhatIsToHaveAWebACLAndHasNoneIsFound(t *testing.T) {
	const blue = "mesh-blue/cluster/"
	for name, test := range map[string]struct {
		estate, want string
		change       func(guarded)
	}{
		"a stage without its association": {"options", "apps-two shop", func(g guarded) {
			g.resources["apps-two-api"] = slices.DeleteFunc(slices.Clone(g.resources["apps-two-api"]), func(r stackjson.Resource) bool { return r.Type == "aws_wafv2_web_acl_association" })
		}},
		"a cluster without its web ACL": {"mesh", "blue cluster", func(g guarded) {
			g.resources["blue-eks"] = slices.DeleteFunc(slices.Clone(g.resources["blue-eks"]), func(r stackjson.Resource) bool { return r.Type == "aws_wafv2_web_acl" })
		}},
		"a bundle that names another web ACL": {"mesh", "blue cluster", func(g guarded) {
			g.bundles[blue+"ingressclassparams-alb.yaml"]["spec"] = map[string]any{"wafv2AclName": "other"}
		}},
		"a class without parameters": {"mesh", "blue cluster", func(g guarded) {
			delete(g.bundles[blue+"ingressclass-alb.yaml"]["spec"].(map[string]any), "parameters")
		}},
	} {
		e := synthesized(t, test.estate)
		g := guardedIn(t, e)
		test.change(g)
		if got := g.unguarded(e); !slices.Equal(got, []string{test.want}) {
			t.Errorf("%s: found %v, want %s", name, got, test.want)
		}
	}
}
