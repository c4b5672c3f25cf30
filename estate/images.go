package estate

import (
	"slices"
	"strings"

	"hubspoke/estate/registry"
	"hubspoke/internal/yamldoc"
)

// SignedRepositories are the repositories of the hub's registry whose images are signed, by
// name and sorted: those that workflows push to, if the registry signs.
func (e *Estate) SignedRepositories() []string { return e.Hub.Registry.Signed() }

// SigningProfile is the name of the profile by which AWS Signer signs the hub's images. A
// name has letters, digits and _ alone:
// https://docs.aws.amazon.com/signer/latest/api/API_PutSigningProfile.html
func (e *Estate) SigningProfile() string {
	return strings.ReplaceAll(e.Prefix(HubAccount), "-", "_") + "_images"
}

// validateVerification checks that somebody signs what a cluster asks to be signed, and
// that the cluster can find out by whom.
func (e *Estate) validateVerification(d *yamldoc.Document, s *Spoke) {
	const at = "cluster.verify_images"
	if s.Cluster.VerifyImages == "" || d.Broken(at) {
		return
	}
	switch {
	case e.hub.Incomplete("registry"):
	case e.Hub.Registry.Signing == registry.Signer:
		d.Errorf(at, "registry.signing in hub.yaml is signer, and Kyverno cannot tell one AWS Signer profile from another: it would admit what any customer of AWS has signed. Say keyless there, or leave the key out and verify with notation before each release")
	case e.Hub.Registry.Signing != registry.Keyless:
		d.Errorf(at, "nobody signs images: say registry.signing: keyless in hub.yaml, or leave the key out")
	case len(e.SignedRepositories()) == 0:
		d.Errorf(at, "no workflow pushes images: name one under registry.repositories.<name>.push in hub.yaml, or leave the key out")
	}
	if !d.Incomplete("network") {
		switch {
		case s.Network.NAT == NATNone:
			d.Errorf(at, "without NAT nothing in the cluster reaches Sigstore's roots of trust, and reg.kyverno.io, where the images of Kyverno are, and which no pull-through cache knows: give the network NAT, or leave the key out")
		case s.SecurityGroups != nil:
			d.Errorf(at, "nodes in the groups of security_groups send nothing out of the VPC, and Sigstore's roots of trust are on the internet: leave one of the two out")
		}
	}
	for _, name := range sortedKeys(s.Cluster.Namespaces) {
		images := yamldoc.Child(yamldoc.Child("cluster.namespaces", name), "images")
		for i, source := range s.Cluster.Namespaces[name].Images {
			if repository := e.signedBy(source); repository != "" {
				d.Errorf(yamldoc.Index(images, i), "images of %s are signed, and this would admit those that are not: leave it out", repository)
			}
		}
	}
}

// signedBy is a repository of the hub's registry whose images are signed and which a source
// of images names, or "".
func (e *Estate) signedBy(source string) string {
	name, ok := strings.CutPrefix(source, e.RegistryHost()+"/")
	if !ok {
		return ""
	}
	below, all := strings.CutSuffix(name, "*")
	signed := e.SignedRepositories()
	if i := slices.IndexFunc(signed, func(r string) bool { return r == name || all && strings.HasPrefix(r, below) }); i >= 0 {
		return signed[i]
	}
	return ""
}

// verificationNeeds are the names that verifying images asks the internet for: Sigstore's
// roots of trust, and the images of Kyverno, whose registry hands on to GitHub's.
//
//   - https://docs.sigstore.dev/about/the-importance-of-verification/
//   - https://kyverno.io/docs/installation/
var verificationNeeds = []string{"ghcr.io", "pkg-containers.githubusercontent.com", "reg.kyverno.io", "tuf-repo-cdn.sigstore.dev"}
