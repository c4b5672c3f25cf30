package estate

import (
	"slices"
	"strings"
	"testing"
)

// verified is acme, which signs images, with a cluster that verifies them.
var verified = []edit{
	{"hub.yaml", "        untagged_days: 7\n", ""},
	{"hub.yaml", "  pull_through_cache", "  signing: keyless\n  pull_through_cache"},
	{"prod.yaml", "", "cluster:\n  verify_images: enforce\n  namespaces:\n    shop: {images: [quay.io/example/*]}\n"},
}

func TestImagesAreVerifiedWhereSomebodySignsThem(t *testing.T) {
	for _, tt := range []struct {
		name  string
		edits []edit
		want  string
	}{
		{"as it should be", nil, ""},
		{"nobody signs", []edit{{"hub.yaml", "signing: keyless", "signing: none"}}, `cluster.verify_images: nobody signs images: say registry.signing: keyless in hub.yaml, or leave the key out`},
		{"AWS Signer", []edit{{"hub.yaml", "signing: keyless", "signing: signer"}}, `cluster.verify_images: registry.signing in hub.yaml is signer, and Kyverno cannot tell one AWS Signer profile from another: it would admit what any customer of AWS has signed. Say keyless there, or leave the key out and verify with notation before each release`},
		{"no way to the internet", []edit{{"prod.yaml", "nat: one_per_az", "nat: none"}}, `cluster.verify_images: without NAT nothing in the cluster reaches Sigstore's roots of trust, and reg.kyverno.io, where the images of Kyverno are, and which no pull-through cache knows: give the network NAT, or leave the key out`},
		{"nobody looks", []edit{{"prod.yaml", "  verify_images: enforce\n", ""}}, `cluster.namespaces.shop.images: nobody looks at the images of pods: set cluster.verify_images to audit or enforce, or leave the key out`},
		{"signed images without a signature", []edit{{"prod.yaml", "quay.io/example/*", "111111111111.dkr.ecr.ap-southeast-3.amazonaws.com/acme/*"}}, `cluster.namespaces.shop.images[0]: images of acme/app are signed, and this would admit those that are not: leave it out`},
		{"an image without its registry", []edit{{"prod.yaml", "quay.io/example/*", "redis"}}, `cluster.namespaces.shop.images[0]: "redis" is not a repository of images with its registry and without a tag, such as public.ecr.aws/nginx/nginx, or all below a path, such as quay.io/example/*`},
		{"an image with a tag", []edit{{"prod.yaml", "quay.io/example/*", "'quay.io/example/x:v1'"}}, `cluster.namespaces.shop.images[0]: "quay.io/example/x:v1" is not a repository of images with its registry and without a tag, such as public.ecr.aws/nginx/nginx, or all below a path, such as quay.io/example/*`},
		{"a namespace of Kyverno's", []edit{{"prod.yaml", "    shop:", "    kyverno:"}}, `cluster.namespaces.kyverno: "kyverno" is Kyverno's own namespace: workloads have others`},
		{"a chart that is not installed", []edit{{"prod.yaml", "  verify_images: enforce\n  namespaces:\n    shop: {images: [quay.io/example/*]}\n", "  chart_versions: {kyverno: 3.9.0}\n"}}, `cluster.chart_versions.kyverno: kyverno is not installed: set verify_images`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(edited(t, slices.Concat(verified, tt.edits)...), "acme", "acme")
			switch {
			case tt.want == "" && err != nil:
				t.Error(err)
			case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want+"\n") && !strings.HasSuffix(err.Error(), tt.want)):
				t.Errorf("got %v, want %s", err, tt.want)
			}
		})
	}
}

func TestAnEnvironmentSaysNothingOfWhoSigns(t *testing.T) {
	e := loadEdited(t, slices.Concat(verified, []edit{{"hub.yaml", "ref: refs/heads/main", "environment: production"}})...)
	const want = `push.app.environment: keyless signatures name no environment, so those of images.yml are taken for every branch and tag of acme/app: name refs instead to take fewer`
	if got := e.Warnings.Warning(); !strings.Contains(got, want) {
		t.Errorf("got %s", got)
	}
}
