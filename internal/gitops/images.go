package gitops

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	estatecluster "hubspoke/estate/cluster"
	"hubspoke/internal/subnet"
	"hubspoke/internal/workflow"
)

// Kyverno's policy of signatures, as far as the bundle uses it. The tests check it against
// the published schema.
//
// https://kyverno.io/docs/policy-types/image-validating-policy/
type (
	imagePolicy struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              imagePolicySpec `json:"spec"`
	}
	imagePolicySpec struct {
		ValidationActions        []string                      `json:"validationActions"`
		FailurePolicy            admissionv1.FailurePolicyType `json:"failurePolicy"`
		WebhookConfiguration     imagePolicyWebhook            `json:"webhookConfiguration"`
		Evaluation               imagePolicyEvaluation         `json:"evaluation"`
		Autogen                  imagePolicyAutogen            `json:"autogen"`
		MatchConstraints         admissionv1.MatchResources    `json:"matchConstraints"`
		MatchConditions          []admissionv1.MatchCondition  `json:"matchConditions"`
		MatchImageReferences     []imageReference              `json:"matchImageReferences"`
		Credentials              imageCredentials              `json:"credentials"`
		ValidationConfigurations imagePolicyDigests            `json:"validationConfigurations"`
		Attestors                []imageAttestor               `json:"attestors"`
		Validations              []admissionv1.Validation      `json:"validations"`
	}
	imagePolicyWebhook struct {
		TimeoutSeconds int32 `json:"timeoutSeconds"`
	}
	imagePolicyEvaluation struct {
		Background enabled `json:"background"`
	}
	imagePolicyAutogen struct {
		PodControllers podControllers `json:"podControllers"`
	}
	podControllers struct {
		Controllers []string `json:"controllers"`
	}
	enabled struct {
		Enabled bool `json:"enabled"`
	}
	imageReference struct {
		Glob string `json:"glob"`
	}
	imageCredentials struct {
		Providers []string `json:"providers"`
	}
	imagePolicyDigests struct {
		MutateDigest bool `json:"mutateDigest"`
		VerifyDigest bool `json:"verifyDigest"`
		Required     bool `json:"required"`
	}
	imageAttestor struct {
		Name   string         `json:"name"`
		Cosign cosignAttestor `json:"cosign"`
	}
	cosignAttestor struct {
		Keyless keylessAttestor `json:"keyless"`
	}
	keylessAttestor struct {
		Identities []signerIdentity `json:"identities"`
	}
	signerIdentity struct {
		Issuer        string `json:"issuer"`
		SubjectRegExp string `json:"subjectRegExp"`
	}
)

// verifiers is how many of Kyverno's admission controller there are: pods wait for one.
// https://kyverno.io/docs/installation/methods/#high-availability-installation
const verifiers = 3

// kyverno verifies the signatures of images. See
// https://github.com/kyverno/kyverno/tree/main/charts/kyverno
func (c cluster) kyverno() release {
	account := c.serviceAccountValues(estatecluster.ImageVerifier)
	delete(account, "create") // the chart does
	return release{
		name: "kyverno", chart: c.chart("kyverno"), namespace: estatecluster.VerifierNamespace, definitions: true,
		values: map[string]any{
			// The policies' own namespaces are left out of the webhooks, too: the API server
			// then asks nobody about the pods of those, whether Kyverno answers or not.
			"config": map[string]any{"webhooks": map[string]any{"namespaceSelector": c.unverified()}},
			// Those of the chart's jobs, too.
			"global": map[string]any{"tolerations": systemTolerations},
			"admissionController": map[string]any{
				"replicas": verifiers,
				"rbac":     map[string]any{"serviceAccount": account},
				"container": map[string]any{
					"resources":    resources("100m", "512Mi", "", "512Mi"),
					"extraEnvVars": c.regionValues(),
				},
			},
			"reportsController": map[string]any{
				"resources": resources("50m", "256Mi", "", "256Mi"),
			},
			// They mutate, generate and clean up, which no policy here asks for.
			"backgroundController": map[string]any{"enabled": false},
			"cleanupController":    map[string]any{"enabled": false},
		},
	}
}

// verifierPolicies let the API server ask Kyverno, and Kyverno the API server, ECR and
// Sigstore.
func (c cluster) verifierPolicies() []object {
	const namespace = estatecluster.VerifierNamespace
	return append(controllerPolicies(namespace),
		newPolicy(namespace, "allow-webhook", map[string]string{componentLabel: "admission-controller"}).
			ingress(ports(tcp(webhookPort)), blocks(c.subnets(subnet.Private))...))
}

// images is the folder of what says which images may run.
func (c cluster) images() folder {
	f := folder{name: "images", after: []string{"controllers", "namespaces"}}
	if c.VerifyImages == "" {
		return f
	}
	f.objects = append(f.objects, c.imageSources(), c.imageSourcesBinding())
	for _, name := range c.estate.SignedRepositories() {
		f.objects = append(f.objects, c.signatures(name))
	}
	return f
}

// unverified selects all namespaces but those of the system.
func (c cluster) unverified() *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{
		Key: corev1.LabelMetadataName, Operator: metav1.LabelSelectorOpNotIn, Values: c.SystemNamespaces(),
	}}}
}

// newPods are the requests that may bring images: a debugger's container is an update.
func newPods() []admissionv1.NamedRuleWithOperations {
	rule := admissionv1.NamedRuleWithOperations{}
	rule.Operations = []admissionv1.OperationType{admissionv1.Create, admissionv1.Update}
	rule.Rule = admissionv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods", "pods/ephemeralcontainers"}}
	return []admissionv1.NamedRuleWithOperations{rule}
}

// imagesOf is a CEL expression for the images of a pod's containers of each kind.
func imagesOf(object string) string {
	var parts []string
	for _, kind := range []string{"containers", "initContainers", "ephemeralContainers"} {
		parts = append(parts, fmt.Sprintf("%s.spec.?%s.orValue([]).map(c, c.?image.orValue(''))", object, kind))
	}
	return "(" + strings.Join(parts, " + ") + ")"
}

// bringsImages is the condition that a request has images that were not there before it.
// Without it, a pod that runs already, unsigned, could not even lose its finalizers.
func bringsImages() []admissionv1.MatchCondition {
	return []admissionv1.MatchCondition{{
		Name:       "brings-images",
		Expression: "request.operation == 'CREATE' || " + imagesOf("object") + " != " + imagesOf("oldObject"),
	}}
}

// signatures is the policy that the images of a repository of the hub's registry are
// signed by workflows that may push to it.
//
// It looks at pods alone. In a Deployment, a digest in the place of a tag would be a
// difference from Git, and the tool that applies the bundle would take it back.
func (c cluster) signatures(repository string) *imagePolicy {
	image := c.estate.RegistryHost() + "/" + repository
	var identities []signerIdentity
	push := c.estate.Hub.Registry.Repositories[repository].Push
	for _, name := range slices.Sorted(maps.Keys(push)) {
		if signers := push[name].Workflows().Signers(); signers != "" {
			identities = append(identities, signerIdentity{Issuer: workflow.Issuer, SubjectRegExp: signers})
		}
	}
	enforce := c.VerifyImages == estatecluster.Enforce
	p := &imagePolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: "policies.kyverno.io/v1", Kind: "ImageValidatingPolicy"},
		ObjectMeta: metav1.ObjectMeta{Name: "signed-" + strings.NewReplacer("/", "-", "_", "-").Replace(repository)},
		Spec: imagePolicySpec{
			ValidationActions:    []string{"Audit"},
			FailurePolicy:        admissionv1.Ignore,
			WebhookConfiguration: imagePolicyWebhook{TimeoutSeconds: 15},
			// The controller that looks at what runs already has no role that reads the registry.
			Evaluation:           imagePolicyEvaluation{Background: enabled{false}},
			Autogen:              imagePolicyAutogen{podControllers{[]string{}}},
			MatchConstraints:     admissionv1.MatchResources{NamespaceSelector: c.unverified(), ResourceRules: newPods()},
			MatchConditions:      bringsImages(),
			MatchImageReferences: []imageReference{{Glob: image}, {Glob: image + ":*"}, {Glob: image + "@*"}},
			Credentials:          imageCredentials{Providers: []string{"amazon"}},
			// What was verified is what runs, even if the tag moves in between.
			ValidationConfigurations: imagePolicyDigests{MutateDigest: enforce, VerifyDigest: enforce, Required: true},
			Attestors:                []imageAttestor{{Name: "workflows", Cosign: cosignAttestor{keylessAttestor{identities}}}},
		},
	}
	if enforce {
		p.Spec.ValidationActions, p.Spec.FailurePolicy = []string{"Deny"}, admissionv1.Fail
	}
	for _, kind := range []string{"containers", "initContainers", "ephemeralContainers"} {
		p.Spec.Validations = append(p.Spec.Validations, admissionv1.Validation{
			Expression: fmt.Sprintf("images.%s.all(image, verifyImageSignatures(image, [attestors.workflows]) > 0)", kind),
			Message:    "an image of " + repository + " has no signature of a workflow that may push it",
		})
	}
	return p
}

// imageSources is the policy that images come from where the estate says: from the hub's
// repositories whose images are signed, or, in a namespace that names others, from those.
// It is Kubernetes' own, and holds while Kyverno is away.
//
// A namespace that the estate does not know has signed images alone.
//
// https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
func (c cluster) imageSources() *admissionv1.ValidatingAdmissionPolicy {
	var namespaces []string
	for _, name := range slices.Sorted(maps.Keys(c.Namespaces)) {
		if sources := c.sources(name); len(sources) > 0 {
			namespaces = append(namespaces, fmt.Sprintf("'%s': '%s'", name, imagePattern(sources)))
		}
	}
	var signed []string
	for _, name := range c.estate.SignedRepositories() {
		signed = append(signed, c.estate.RegistryHost()+"/"+name)
	}
	fail := admissionv1.Ignore
	if c.VerifyImages == estatecluster.Enforce {
		fail = admissionv1.Fail
	}
	return &admissionv1.ValidatingAdmissionPolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: "admissionregistration.k8s.io/v1", Kind: "ValidatingAdmissionPolicy"},
		ObjectMeta: metav1.ObjectMeta{Name: "image-sources"},
		Spec: admissionv1.ValidatingAdmissionPolicySpec{
			FailurePolicy:    &fail,
			MatchConstraints: &admissionv1.MatchResources{ResourceRules: newPods()},
			MatchConditions:  bringsImages(),
			Variables: []admissionv1.Variable{
				{Name: "images", Expression: imagesOf("object")},
				{Name: "volumes", Expression: "object.spec.?volumes.orValue([]).map(v, v.?image.?reference.orValue('')).filter(i, i != '')"},
				{Name: "unsigned", Expression: "{" + strings.Join(namespaces, ", ") + "}[?request.namespace].orValue('" + imagePattern(nil) + "')"},
				{Name: "signed", Expression: "'" + imagePattern(signed) + "'"},
			},
			Validations: []admissionv1.Validation{{
				Expression:        "variables.images.all(i, i.matches(variables.signed) || i.matches(variables.unsigned))",
				MessageExpression: "'no image may come from there: ' + variables.images.filter(i, !i.matches(variables.signed) && !i.matches(variables.unsigned)).join(', ')",
			}, {
				// Nobody looks for the signatures of these.
				Expression: "variables.volumes.all(i, i.matches(variables.unsigned))",
				Message:    "no volume may be an image from there",
			}},
		},
	}
}

// imageSourcesBinding says where the policy of images' sources holds, and what it does.
func (c cluster) imageSourcesBinding() *admissionv1.ValidatingAdmissionPolicyBinding {
	actions := []admissionv1.ValidationAction{admissionv1.Audit, admissionv1.Warn}
	if c.VerifyImages == estatecluster.Enforce {
		actions = []admissionv1.ValidationAction{admissionv1.Deny}
	}
	return &admissionv1.ValidatingAdmissionPolicyBinding{
		TypeMeta:   metav1.TypeMeta{APIVersion: "admissionregistration.k8s.io/v1", Kind: "ValidatingAdmissionPolicyBinding"},
		ObjectMeta: metav1.ObjectMeta{Name: "image-sources"},
		Spec: admissionv1.ValidatingAdmissionPolicyBindingSpec{
			PolicyName:        "image-sources",
			ValidationActions: actions,
			MatchResources:    &admissionv1.MatchResources{NamespaceSelector: c.unverified()},
		},
	}
}

// sources are the repositories of unsigned images that a namespace admits, with where the
// hub's registry caches them, and those of the sample application.
func (c cluster) sources(namespace string) []string {
	n := c.Namespaces[namespace]
	sources := slices.Clone(n.Images)
	if n.Sample {
		image, _, _ := strings.Cut(sampleImage, ":")
		sources = append(sources, "public.ecr.aws/"+image)
	}
	for _, source := range slices.Clone(sources) {
		upstream, repository, _ := strings.Cut(source, "/")
		if cached := c.image(upstream, repository); cached != source {
			sources = append(sources, cached)
		}
	}
	slices.Sort(sources)
	return slices.Compact(sources)
}

// imagePattern is the regular expression of the images of some repositories, with a tag, a
// digest or both, in a text of CEL. That of none matches nothing.
func imagePattern(repositories []string) string {
	var patterns []string
	for _, repository := range repositories {
		path, all := strings.CutSuffix(repository, "/*")
		pattern := strings.ReplaceAll(regexp.QuoteMeta(path), `\.`, `[.]`)
		if all {
			pattern += `/[a-z0-9._/-]+`
		}
		patterns = append(patterns, pattern)
	}
	if len(patterns) == 0 {
		return "^[^a-zA-Z0-9]$" // no image has such a name
	}
	return "^(" + strings.Join(patterns, "|") + ")(:[A-Za-z0-9_.-]+)?(@sha256:[a-f0-9]{64})?$"
}
