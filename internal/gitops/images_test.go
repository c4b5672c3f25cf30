package gitops

import (
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/cel-go/cel"
	"github.com/google/cel-go/common/types"
	"github.com/google/cel-go/common/types/ref"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apiserver/pkg/cel/environment"

	"hubspoke/estate"
	estatecluster "hubspoke/estate/cluster"
	"hubspoke/internal/workflow"
)

func TestImagePoliciesAreWhatKyvernoTakes(t *testing.T) {
	taken(t, "kyverno", "ImageValidatingPolicy")
}

// imageAdmission is what a cluster asks of images: Kubernetes' own policy and Kyverno's.
type imageAdmission struct {
	sources    *admissionv1.ValidatingAdmissionPolicy
	binding    *admissionv1.ValidatingAdmissionPolicyBinding
	signatures []*imagePolicy
}

func admissionOf(t *testing.T, v variant, cluster string) imageAdmission {
	t.Helper()
	var a imageAdmission
	for _, p := range objects[*admissionv1.ValidatingAdmissionPolicy](t, v, cluster) {
		a.sources = p
	}
	for _, b := range objects[*admissionv1.ValidatingAdmissionPolicyBinding](t, v, cluster) {
		a.binding = b
	}
	for _, p := range objects[*imagePolicy](t, v, cluster) {
		a.signatures = append(a.signatures, p)
	}
	return a
}

// copied is an admission that a test may change.
func (a imageAdmission) copied(t *testing.T) imageAdmission {
	c := imageAdmission{sources: a.sources.DeepCopy(), binding: a.binding.DeepCopy()}
	for _, p := range a.signatures {
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		q := &imagePolicy{}
		if err := json.Unmarshal(text, q); err != nil {
			t.Fatal(err)
		}
		c.signatures = append(c.signatures, q)
	}
	return c
}

// pod is what a request says of a pod: the images of its containers of each kind.
type pod struct {
	containers, inits, ephemeral, volumes []string
}

func (p *pod) object() any {
	if p == nil {
		return nil
	}
	spec := map[string]any{}
	add := func(kind string, images []string) {
		var list []any
		for _, image := range images {
			list = append(list, map[string]any{"name": "x", "image": image})
		}
		if list != nil {
			spec[kind] = list
		}
	}
	add("containers", p.containers)
	add("initContainers", p.inits)
	add("ephemeralContainers", p.ephemeral)
	for _, image := range p.volumes {
		spec["volumes"] = []any{map[string]any{"name": "empty"}, map[string]any{"name": "x", "image": map[string]any{"reference": image}}}
	}
	return map[string]any{"spec": spec}
}

// request is one to the API server, and who signed which images.
type request struct {
	namespace string
	pod, old  *pod
	// signers are the identities that signed images, by image.
	signers map[string]string
	// issuer is of the signers' tokens; GitHub's if it is empty.
	issuer string
}

func (r request) data() map[string]any {
	operation := "CREATE"
	if r.old != nil {
		operation = "UPDATE"
	}
	return map[string]any{
		"request": map[string]any{"operation": operation, "namespace": r.namespace},
		"object":  r.pod.object(), "oldObject": r.old.object(),
	}
}

// evaluate evaluates an expression with the libraries that Kubernetes gives to it.
func evaluate(t *testing.T, expression string, data map[string]any, options ...cel.EnvOption) any {
	t.Helper()
	set := environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion())
	base, err := set.Env(environment.StoredExpressions)
	if err != nil {
		t.Fatal(err)
	}
	for name := range data {
		options = append(options, cel.Variable(name, cel.DynType))
	}
	env, err := base.Extend(options...)
	if err != nil {
		t.Fatal(err)
	}
	ast, issues := env.Compile(expression)
	if issues.Err() != nil {
		t.Fatalf("%s: %v", expression, issues.Err())
	}
	program, err := env.Program(ast)
	if err != nil {
		t.Fatal(err)
	}
	out, _, err := program.Eval(data)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	return out.Value()
}

// holds says that all conditions hold.
func holds(t *testing.T, conditions []admissionv1.MatchCondition, data map[string]any) bool {
	for _, c := range conditions {
		if evaluate(t, c.Expression, data) != true {
			return false
		}
	}
	return true
}

// watches says that a policy is for the pods of a namespace.
func watches(t *testing.T, m admissionv1.MatchResources, namespace string) bool {
	for _, e := range m.NamespaceSelector.MatchExpressions {
		if e.Operator != "NotIn" || e.Key != "kubernetes.io/metadata.name" {
			t.Fatalf("%v is not understood", e)
		}
		if slices.Contains(e.Values, namespace) {
			return false
		}
	}
	return true
}

// refused says why a request is refused; "" if it is admitted.
func (a imageAdmission) refused(t *testing.T, r request) string {
	t.Helper()
	if slices.Contains(a.binding.Spec.ValidationActions, admissionv1.Deny) && watches(t, *a.binding.Spec.MatchResources, r.namespace) {
		if data := r.data(); holds(t, a.sources.Spec.MatchConditions, data) {
			variables := map[string]any{}
			data["variables"] = variables
			for _, v := range a.sources.Spec.Variables {
				variables[v.Name] = evaluate(t, v.Expression, data)
			}
			for _, v := range a.sources.Spec.Validations {
				if evaluate(t, v.Expression, data) != true {
					if v.MessageExpression != "" {
						return evaluate(t, v.MessageExpression, data).(string)
					}
					return v.Message
				}
			}
		}
	}
	for _, p := range a.signatures {
		if !slices.Contains(p.Spec.ValidationActions, "Deny") || !watches(t, p.Spec.MatchConstraints, r.namespace) {
			continue
		}
		if data := r.data(); holds(t, p.Spec.MatchConditions, data) {
			if message := p.refused(t, r); message != "" {
				return message
			}
		}
	}
	return ""
}

// refused evaluates the policy's expressions with a stand-in for Kyverno's function, which
// counts the attestors by whom an image is signed.
func (p *imagePolicy) refused(t *testing.T, r request) string {
	images := map[string]any{}
	for kind, all := range map[string][]string{"containers": r.pod.containers, "initContainers": r.pod.inits, "ephemeralContainers": r.pod.ephemeral} {
		images[kind] = slices.DeleteFunc(slices.Clone(all), func(image string) bool {
			return !slices.ContainsFunc(p.Spec.MatchImageReferences, func(ref imageReference) bool {
				ok, err := path.Match(strings.ReplaceAll(ref.Glob, "/", "\x00"), strings.ReplaceAll(image, "/", "\x00"))
				return ok && err == nil
			})
		})
	}
	attestors := map[string]any{}
	for i, a := range p.Spec.Attestors {
		attestors[a.Name] = i
	}
	verify := cel.Function("verifyImageSignatures", cel.Overload("verify", []*cel.Type{cel.DynType, cel.ListType(cel.DynType)}, cel.IntType,
		cel.BinaryBinding(func(image, _ ref.Val) ref.Val {
			signer, signed := r.signers[image.Value().(string)]
			count := 0
			for _, a := range p.Spec.Attestors {
				if signed && slices.ContainsFunc(a.Cosign.Keyless.Identities, func(i signerIdentity) bool {
					issuer := r.issuer
					if issuer == "" {
						issuer = workflow.Issuer
					}
					return i.Issuer == issuer && regexp.MustCompile(i.SubjectRegExp).MatchString(signer)
				}) {
					count++
				}
			}
			return types.Int(count)
		})))
	for _, v := range p.Spec.Validations {
		if evaluate(t, v.Expression, map[string]any{"images": images, "attestors": attestors}, verify) != true {
			return v.Message
		}
	}
	return ""
}

const (
	hubImages = "111111111111.dkr.ecr.ap-southeast-3.amazonaws.com/"
	digest    = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
	signerODC = "https://github.com/piksel-ina/piksel-odc/.github/workflows/images.yml@refs/heads/main"
)

func running(images ...string) *pod { return &pod{containers: images} }

// samples are requests, with a part of what is said to them; "" if they are admitted.
func samples() map[string]struct {
	request
	want string
} {
	odc := hubImages + "piksel/odc:v1"
	by := func(identity string) map[string]string { return map[string]string{odc: identity} }
	const unsigned, elsewhere = "no signature", "no image may come from there"
	type s = struct {
		request
		want string
	}
	return map[string]s{
		"signed":                             {request{namespace: "odc", pod: running(odc), signers: by(signerODC)}, ""},
		"signed, by digest":                  {request{namespace: "odc", pod: running(hubImages + "piksel/odc" + digest), signers: map[string]string{hubImages + "piksel/odc" + digest: signerODC}}, ""},
		"signed, by a release":               {request{namespace: "odc", pod: running(odc), signers: by(strings.Replace(signerODC, "heads/main", "tags/v1.2", 1))}, ""},
		"signed, in a namespace of nobody's": {request{namespace: "unknown", pod: running(odc), signers: by(signerODC)}, ""},
		"not signed":                         {request{namespace: "odc", pod: running(odc)}, unsigned},
		"not signed, without a tag":          {request{namespace: "odc", pod: running(hubImages + "piksel/odc")}, unsigned},
		"not signed, by digest":              {request{namespace: "odc", pod: running(hubImages + "piksel/odc" + digest)}, unsigned},
		"not signed, elsewhere":              {request{namespace: "unknown", pod: running(odc)}, unsigned},
		"not signed, in an init container":   {request{namespace: "odc", pod: &pod{inits: []string{odc}}}, unsigned},
		"not signed, for a debugger":         {request{namespace: "odc", pod: &pod{ephemeral: []string{odc}}, old: &pod{}}, unsigned},
		"signed by another owner":            {request{namespace: "odc", pod: running(odc), signers: by(strings.Replace(signerODC, "piksel-ina", "piksel-inb", 1))}, unsigned},
		"signed by another repository":       {request{namespace: "odc", pod: running(odc), signers: by(strings.Replace(signerODC, "piksel-odc", "piksel-jupyter", 1))}, unsigned},
		"signed by another workflow":         {request{namespace: "odc", pod: running(odc), signers: by(strings.Replace(signerODC, "images.yml", "test.yml", 1))}, unsigned},
		"signed by another branch":           {request{namespace: "odc", pod: running(odc), signers: by(strings.Replace(signerODC, "main", "maintenance", 1))}, unsigned},
		"signed by a pull request":           {request{namespace: "odc", pod: running(odc), signers: by(strings.Replace(signerODC, "heads/main", "pull/1/merge", 1))}, unsigned},
		"signed by who has it in the name":   {request{namespace: "odc", pod: running(odc), signers: by("https://example.com/" + signerODC)}, unsigned},
		"signed by a person":                 {request{namespace: "odc", pod: running(odc), signers: by(signerODC), issuer: "https://accounts.google.com"}, unsigned},
		"named by the namespace":             {request{namespace: "odc", pod: running("public.ecr.aws/nginx/nginx:1.29", "docker.io/library/redis"+digest)}, ""},
		"named, from the cache":              {request{namespace: "odc", pod: running(hubImages + "public.ecr.aws/nginx/nginx:1.29" + digest)}, ""},
		"named, below a path":                {request{namespace: "jupyter", pod: running("quay.io/jupyter/base/x:1")}, ""},
		"named, in a volume":                 {request{namespace: "odc", pod: &pod{volumes: []string{"docker.io/library/redis:8"}}}, ""},
		"named by another namespace":         {request{namespace: "jupyter", pod: running("public.ecr.aws/nginx/nginx:1.29")}, elsewhere},
		"named by nobody":                    {request{namespace: "odc", pod: running("ghcr.io/example/x:1")}, elsewhere},
		"named by nobody, for a debugger":    {request{namespace: "odc", pod: &pod{ephemeral: []string{"docker.io/library/busybox"}}, old: &pod{}}, elsewhere},
		"named alike":                        {request{namespace: "odc", pod: running("public.ecr.aws/nginx/nginx-evil:1")}, elsewhere},
		"named with another dot":             {request{namespace: "odc", pod: running("publicXecr.aws/nginx/nginx:1")}, elsewhere},
		"named below a path alike":           {request{namespace: "jupyter", pod: running("quay.io/jupyter-evil/x:1")}, elsewhere},
		"without its registry":               {request{namespace: "odc", pod: running("redis")}, elsewhere},
		"like one that is signed":            {request{namespace: "odc", pod: running(hubImages + "piksel/odc-evil:v1")}, elsewhere},
		"below one that is signed":           {request{namespace: "odc", pod: running(hubImages + "piksel/odc/evil:v1")}, elsewhere},
		"signed, in a volume":                {request{namespace: "odc", pod: &pod{volumes: []string{odc}}, signers: by(signerODC)}, "no volume"},
		"in a namespace of the system":       {request{namespace: "kube-system", pod: running("ghcr.io/example/x:1")}, ""},
		"there before":                       {request{namespace: "odc", pod: running("ghcr.io/example/x:1"), old: running("ghcr.io/example/x:1")}, ""},
		"another than before":                {request{namespace: "odc", pod: running("ghcr.io/example/x:2"), old: running("ghcr.io/example/x:1")}, elsewhere},
	}
}

// faults are what is wrong with what a cluster that refuses images asks of them.
func (a imageAdmission) faults(t *testing.T, s *estate.Spoke) []string {
	var faults []string
	fault := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	if *a.sources.Spec.FailurePolicy != admissionv1.Fail {
		fault("image-sources admits what it cannot judge")
	}
	for _, p := range a.signatures {
		if p.Spec.FailurePolicy != admissionv1.Fail {
			fault("%s admits everything while Kyverno is away", p.Name)
		}
		if d := p.Spec.ValidationConfigurations; !d.MutateDigest || !d.VerifyDigest || !d.Required {
			fault("%s admits a tag that may move", p.Name)
		}
		for _, r := range p.Spec.MatchConstraints.ResourceRules {
			if !slices.Contains(r.Resources, "pods") || !slices.Contains(r.Resources, "pods/ephemeralcontainers") || len(r.Operations) != 2 {
				fault("%s does not look at all requests that bring images", p.Name)
			}
		}
	}
	for _, namespace := range append([]string{"default"}, keys(s.Cluster.Namespaces)...) {
		if !watches(t, *a.binding.Spec.MatchResources, namespace) {
			fault("image-sources leaves %s out", namespace)
		}
		for _, p := range a.signatures {
			if !watches(t, p.Spec.MatchConstraints, namespace) {
				fault("%s leaves %s out", p.Name, namespace)
			}
		}
	}
	for name, sample := range samples() {
		if got := a.refused(t, sample.request); (got == "") != (sample.want == "") || !strings.Contains(got, sample.want) {
			fault("%s: got %q, want %q", name, got, sample.want)
		}
	}
	slices.Sort(faults)
	return faults
}

func keys[V any](m map[string]V) []string {
	var names []string
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func enforced(t *testing.T) (imageAdmission, *estate.Spoke) {
	t.Helper()
	e := piksel(t)
	verifyImages(e)
	return admissionOf(t, write(t, e), "piksel-dev"), e.Spoke("dev")
}

func TestImagesRunThatAreSignedOrNamed(t *testing.T) {
	a, s := enforced(t)
	if len(a.signatures) != 2 {
		t.Errorf("%d policies of signatures, want one for each repository", len(a.signatures))
	}
	for _, fault := range a.faults(t, s) {
		t.Error(fault)
	}
}

func TestPoliciesThatAdmitTooMuchAreFound(t *testing.T) {
	a, s := enforced(t)
	odc := func(a imageAdmission) *imagePolicy {
		return a.signatures[slices.IndexFunc(a.signatures, func(p *imagePolicy) bool { return p.Name == "signed-piksel-odc" })]
	}
	subject := func(change func(string) string) func(a *imageAdmission) {
		return func(a *imageAdmission) {
			i := &odc(*a).Spec.Attestors[0].Cosign.Keyless.Identities[0]
			i.SubjectRegExp = change(i.SubjectRegExp)
		}
	}
	for name, change := range map[string]func(a *imageAdmission){
		"a regex without its beginning": subject(func(s string) string { return strings.TrimPrefix(s, "^") }),
		"a regex without its end":       subject(func(s string) string { return strings.TrimSuffix(s, "$") }),
		"any signer":                    subject(func(string) string { return ".*" }),
		"no regex at all":               subject(func(string) string { return "" }),
		"another owner":                 subject(func(s string) string { return strings.Replace(s, "piksel-ina", "piksel-inb", 1) }),
		"any owner":                     subject(func(s string) string { return strings.Replace(s, "piksel-ina", "[^/]+", 1) }),
		"any issuer": func(a *imageAdmission) {
			odc(*a).Spec.Attestors[0].Cosign.Keyless.Identities[0].Issuer = "https://accounts.google.com"
		},
		"Kyverno away":  func(a *imageAdmission) { odc(*a).Spec.FailurePolicy = admissionv1.Ignore },
		"only reported": func(a *imageAdmission) { odc(*a).Spec.ValidationActions = []string{"Audit"} },
		"a namespace left out": func(a *imageAdmission) {
			m := odc(*a).Spec.MatchConstraints.NamespaceSelector
			m.MatchExpressions[0].Values = append(m.MatchExpressions[0].Values, "odc")
		},
		"a repository left out": func(a *imageAdmission) {
			a.signatures = slices.DeleteFunc(a.signatures, func(p *imagePolicy) bool { return p == odc(*a) })
		},
		"debuggers left out":       func(a *imageAdmission) { odc(*a).Spec.MatchConstraints.ResourceRules[0].Resources = []string{"pods"} },
		"init containers left out": func(a *imageAdmission) { odc(*a).Spec.Validations = odc(*a).Spec.Validations[:1] },
		"tags left out":            func(a *imageAdmission) { odc(*a).Spec.MatchImageReferences = odc(*a).Spec.MatchImageReferences[:1] },
		"tags that move":           func(a *imageAdmission) { odc(*a).Spec.ValidationConfigurations.MutateDigest = false },
		"sources only reported": func(a *imageAdmission) {
			a.binding.Spec.ValidationActions = []admissionv1.ValidationAction{admissionv1.Audit}
		},
		"sources that cannot be judged": func(a *imageAdmission) { a.sources.Spec.FailurePolicy = new(admissionv1.Ignore) },
		"sources of volumes left out":   func(a *imageAdmission) { a.sources.Spec.Validations = a.sources.Spec.Validations[:1] },
	} {
		t.Run(name, func(t *testing.T) {
			changed := a.copied(t)
			change(&changed)
			if faults := changed.faults(t, s); len(faults) == 0 {
				t.Error("nobody says so")
			}
		})
	}
}

// A cluster that reports refuses nothing, changes nothing, and needs nobody who answers.
func TestAuditRefusesNothing(t *testing.T) {
	e := piksel(t)
	verifyImages(e)
	e.Spoke("dev").Cluster.VerifyImages = estatecluster.Audit
	a := admissionOf(t, write(t, e), "piksel-dev")
	for name, sample := range samples() {
		if got := a.refused(t, sample.request); got != "" {
			t.Errorf("%s: %s", name, got)
		}
	}
	for _, p := range a.signatures {
		if p.Spec.FailurePolicy != admissionv1.Ignore || p.Spec.ValidationConfigurations.MutateDigest || p.Spec.ValidationConfigurations.VerifyDigest {
			t.Errorf("%s: %+v", p.Name, p.Spec)
		}
	}
}

// A cluster starts before Kyverno does.
func TestNobodyAsksKyvernoAboutTheSystem(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		release, ok := installed(t, v, cluster)["kyverno"]
		if ok != (s.Cluster.VerifyImages != "") {
			t.Fatalf("%s: Kyverno is installed: %v", cluster, ok)
		}
		if !ok {
			return
		}
		text, err := json.Marshal(release.values["config"])
		if err != nil {
			t.Fatal(err)
		}
		for _, namespace := range append(s.Cluster.SystemNamespaces(), "kube-system", "kyverno", "argocd", "flux-system") {
			if !strings.Contains(string(text), `"`+namespace+`"`) {
				t.Errorf("%s: %s is not left out of %s", cluster, namespace, text)
			}
			if _, ok := s.Cluster.Namespaces[namespace]; ok {
				t.Errorf("%s: %s has workloads", cluster, namespace)
			}
		}
	})
}
