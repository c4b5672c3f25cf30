package gitops

import (
	"cmp"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"k8s.io/apiextensions-apiserver/pkg/apis/apiextensions"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/cel"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/defaulting"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/schema/pruning"
	"k8s.io/apiextensions-apiserver/pkg/apiserver/validation"
	"k8s.io/apimachinery/pkg/runtime"
	celconfig "k8s.io/apiserver/pkg/apis/cel"
	"sigs.k8s.io/yaml"

	estatecluster "hubspoke/estate/cluster"
)

// definition checks objects as the API server does that has the custom resource
// definition.
type definition struct {
	structural *schema.Structural
	schema     validation.SchemaValidator
	rules      *cel.Validator
}

// writtenVersions are the versions of kinds that have not come to v1.
var writtenVersions = map[string]string{"TargetGroupBinding": "v1beta1"}

// definitions are those in a folder of testdata, by kind.
func definitions(t *testing.T, project string) map[string]definition {
	t.Helper()
	files, err := filepath.Glob("testdata/" + project + "/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatal("no definitions", err)
	}
	all := map[string]definition{}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		var crd apiextensionsv1.CustomResourceDefinition
		if err := yaml.Unmarshal(content, &crd); err != nil {
			t.Fatal(err)
		}
		want := cmp.Or(writtenVersions[crd.Spec.Names.Kind], "v1")
		written := slices.IndexFunc(crd.Spec.Versions, func(v apiextensionsv1.CustomResourceDefinitionVersion) bool { return v.Name == want && v.Served })
		if written < 0 {
			t.Fatalf("%s does not serve %s", file, want)
		}
		version := crd.Spec.Versions[written]
		var props apiextensions.JSONSchemaProps
		published := version.Schema.OpenAPIV3Schema
		if err := apiextensionsv1.Convert_v1_JSONSchemaProps_To_apiextensions_JSONSchemaProps(published, &props, nil); err != nil {
			t.Fatal(err)
		}
		structural, err := schema.NewStructural(&props)
		if err != nil {
			t.Fatal(err)
		}
		validator, _, err := validation.NewSchemaValidator(&props)
		if err != nil {
			t.Fatal(err)
		}
		all[crd.Spec.Names.Kind] = definition{structural, validator, cel.NewValidator(structural, true, celconfig.PerCallLimit)}
	}
	return all
}

// taken checks every object of a kind against the definition of it in a folder of testdata.
func taken(t *testing.T, project, kind string) {
	t.Helper()
	definition, checked := definitions(t, project)[kind], 0
	eachVariant(t, func(t *testing.T, v variant) {
		for _, name := range v.manifests() {
			object := decoded(t, v.files[name])
			if object["kind"] != kind {
				continue
			}
			checked++
			for _, problem := range definition.problems(t, object) {
				t.Errorf("%s: %s", name, problem)
			}
		}
	})
	if checked == 0 {
		t.Error("no bundle has any")
	}
}

// problems are what is wrong with an object: unknown fields, what the schema refuses,
// what the rules refuse.
func (d definition) problems(t *testing.T, object map[string]any) []string {
	t.Helper()
	var problems []string
	options := schema.UnknownFieldPathOptions{TrackUnknownFieldPaths: true}
	for _, path := range pruning.PruneWithOptions(runtime.DeepCopyJSON(object), d.structural, true, options) {
		problems = append(problems, "unknown field "+path)
	}
	defaulting.Default(object, d.structural)
	for _, err := range validation.ValidateCustomResource(nil, object, d.schema) {
		problems = append(problems, err.Error())
	}
	errs, _ := d.rules.Validate(context.Background(), nil, d.structural, object, nil, celconfig.RuntimeCELCostBudget)
	for _, err := range errs {
		problems = append(problems, err.Error())
	}
	return problems
}

func decoded(t *testing.T, content []byte) map[string]any {
	t.Helper()
	var object map[string]any
	if err := yaml.Unmarshal(content, &object); err != nil {
		t.Fatal(err)
	}
	return object
}

func TestNodePoolsAndNodeClassesAreWhatKarpenterTakes(t *testing.T) {
	definitions := definitions(t, "karpenter")
	eachVariant(t, func(t *testing.T, v variant) {
		seen := map[string]int{}
		for _, name := range v.manifests() {
			object := decoded(t, v.files[name])
			kind, _ := object["kind"].(string)
			d, ok := definitions[kind]
			if !ok {
				continue
			}
			seen[kind]++
			for _, problem := range d.problems(t, object) {
				t.Errorf("%s: %s", name, problem)
			}
		}
		if seen["NodePool"] < 2*len(v.Spokes) || seen["NodePool"] != seen["EC2NodeClass"] {
			t.Errorf("checked %v", seen)
		}
	})
}

// A check that takes everything proves nothing.
func TestTheDefinitionsRefuseWhatIsWrong(t *testing.T) {
	definitions := definitions(t, "karpenter")
	c := cluster{Config: piksel(t).Spoke("dev").Cluster, estate: piksel(t), spoke: piksel(t).Spoke("dev"), name: "piksel-dev"}
	tests := map[string]struct {
		object func() object
		want   string
	}{
		"an unknown field": {func() object {
			// A field that another of our types has.
			return &nodeClass{TypeMeta: c.nodePool("graviton").TypeMeta, ObjectMeta: c.nodePool("graviton").ObjectMeta, Spec: c.nodeClass("graviton").Spec}
		}, "unknown field spec.amiSelectorTerms"},
		"a duration without a unit (schema)": {func() object {
			p := c.nodePool("graviton")
			p.Spec.Disruption.ConsolidateAfter = "5"
			return p
		}, "spec.disruption.consolidateAfter"},
		"a weight of 101 (schema)": {func() object {
			p := c.nodePool("graviton")
			p.Spec.Weight = 101
			return p
		}, "spec.weight"},
		"a label of Karpenter's own (rule)": {func() object {
			p := c.nodePool("graviton")
			p.Spec.Template.Spec.Requirements = append(p.Spec.Template.Spec.Requirements, in("karpenter.sh/nodepool", "graviton"))
			return p
		}, "restricted"},
		"no instance type (rule)": {func() object {
			p := c.nodePool("graviton")
			p.Spec.Template.Spec.Requirements = append(p.Spec.Template.Spec.Requirements, in[string]("node.kubernetes.io/instance-type"))
			return p
		}, "requirements with operator 'In' must have a value defined"},
		"a tag of Karpenter's own (rule)": {func() object {
			n := c.nodeClass("graviton")
			n.Spec.Tags["karpenter.sh/nodepool"] = "graviton"
			return n
		}, "restricted tag"},
		"an image family that is none (rule)": {func() object {
			n := c.nodeClass("graviton")
			n.Spec.AMISelectorTerms[0].Alias = "al2024@latest"
			return n
		}, "family is not supported"},
	}
	for _, name := range slices.Sorted(maps.Keys(tests)) {
		t.Run(name, func(t *testing.T) {
			_, content, err := manifest(tests[name].object())
			if err != nil {
				t.Fatal(err)
			}
			object := decoded(t, content)
			problems := strings.Join(definitions[object["kind"].(string)].problems(t, object), "\n")
			if !strings.Contains(problems, tests[name].want) {
				t.Errorf("got %q, want %q", problems, tests[name].want)
			}
		})
	}
}

// What the pools say must be what the estate says, in Karpenter's words.
func TestNodePoolsFollowTheEstate(t *testing.T) {
	eachVariant(t, func(t *testing.T, v variant) {
		for _, s := range v.Spokes {
			for name, pool := range s.Cluster.NodePools {
				file := v.ClusterName(s.Name) + "/karpenter/nodepool-" + name + ".yaml"
				var p nodePool
				if err := yaml.UnmarshalStrict(v.files[file], &p); err != nil {
					t.Fatalf("%s: %v", file, err)
				}
				for _, r := range p.Spec.Template.Spec.Requirements {
					switch r.Key {
					case "karpenter.sh/capacity-type":
						if !slices.Equal(r.Values, texts(pool.CapacityTypes)) {
							t.Errorf("%s: capacity %v, want %v", file, r.Values, pool.CapacityTypes)
						}
					case "node.kubernetes.io/instance-type":
						if !slices.Equal(r.Values, pool.InstanceTypes) {
							t.Errorf("%s: instance types %v, want %v", file, r.Values, pool.InstanceTypes)
						}
					}
				}
				if p.Spec.Limits["cpu"] == "" {
					t.Errorf("%s has no limit", file)
				}
			}
		}
	})
}

func texts(capacities []estatecluster.Capacity) []string {
	var all []string
	for _, c := range capacities {
		all = append(all, string(c))
	}
	return all
}
