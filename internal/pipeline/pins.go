package pipeline

import "fmt"

// action is an action of GitHub's market at one commit. A tag can be moved to other code,
// as happened to several actions; a commit cannot.
// https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions
type action struct{ commit, version string }

// actions are all that a workflow written here may use, by name. To renew one, take the
// commit that the tag of its release points to:
//
//	git ls-remote https://github.com/<owner>/<name> 'refs/tags/<version>^{}' 'refs/tags/<version>'
//
// (the line with ^{} if there are two), read what changed between the two commits, and run
// the tests of this package with -update.
var actions = map[string]action{
	"actions/checkout":                      {"de0fac2e4500dabe0009e67214ff5f5447ce83dd", "v6.0.2"},
	"actions/create-github-app-token":       {"29824e69f54612133e76f7eaac726eef6c875baf", "v2.2.1"},
	"actions/download-artifact":             {"37930b1c2abaa49bbe596cd826c3c89aef350131", "v7.0.0"},
	"actions/upload-artifact":               {"b7c566a772e6b6bfb58ed0dc250532a479d7789f", "v6.0.0"},
	"actions/setup-go":                      {"4dc6199c7b1a012772edbd06daecab0f50c9053c", "v6.1.0"},
	"actions/setup-node":                    {"6044e13b5dc448c55e2357c09f80417699197238", "v6.2.0"},
	"aquasecurity/setup-trivy":              {"3fb12ec12f41e471780db15c232d5dd185dcb514", "v0.2.6"},
	"aws-actions/amazon-ecr-login":          {"062b18b96a7aff071d4dc91bc00c4c1a7945b076", "v2.0.1"},
	"aws-actions/configure-aws-credentials": {"8df5847569e6427dd6c4fb1cf565c83acfa8afa7", "v6.0.0"},
	"docker/build-push-action":              {"263435318d21b8e681c14492fe198d362a7d2c83", "v6.18.0"},
	"docker/setup-buildx-action":            {"8d2750c68a42422c14e847fe6c8ac0403b4cbd6f", "v3.12.0"},
	"docker/setup-qemu-action":              {"c7c53464625b32c7a7e944ae62b3e17d2b600130", "v3.7.0"},
	"hashicorp/setup-terraform":             {"b9cd54a3c349d3f38e8881555d616ced269862dd", "v3.1.2"},
	"sigstore/cosign-installer":             {"cad07c2e89fa2edd6e2d7bab4c1aa38e53f76003", "v4.1.1"},
}

// uses is the value of a step's `uses`, with the version for people.
func uses(name string) (string, error) {
	a, ok := actions[name]
	if !ok {
		return "", fmt.Errorf("the action %s is not pinned", name)
	}
	return name + "@" + a.commit + " # " + a.version, nil
}

// tools are the versions of the programs that workflows install.
var tools = map[string]string{
	// The first that writes signatures as referrers, which immutable tags allow, is 3.0.0.
	"cosign": "v3.0.6",
	// 0.69.4 was published by somebody who had stolen the project's credentials.
	"trivy": "v0.69.3",
	// What this project is tested with.
	"terraform": "1.11.4",
	"node":      "22",
}

// download is a program that comes as one file, with the SHA-256 of it.
type download struct{ url, sum string }

// downloads are the programs that no action of their own makers installs. To renew one, take
// the sum from the release's list of checksums.
//
// AWS publishes the plugin at an address that always has the newest: when there is one, the
// workflow stops until somebody checked its signature and renewed the sum here.
// https://docs.aws.amazon.com/signer/latest/developerguide/image-signing-prerequisites.html
var downloads = map[string]download{
	"kustomize": {"https://github.com/kubernetes-sigs/kustomize/releases/download/kustomize%2Fv5.7.1/kustomize_v5.7.1_linux_amd64.tar.gz",
		"ea375e7372f9aa029129d4b2d16c66b7750b7f1213c4f66f910d981c895818d8"},
	"notation": {"https://github.com/notaryproject/notation/releases/download/v1.3.2/notation_1.3.2_linux_amd64.tar.gz",
		"e1a0f060308086bf8020b2d31defb7c5348f133ca0dba6a1a7820ef3cbb6dfe5"},
	"aws-signer": {"https://d2hvyiie56hcat.cloudfront.net/linux/amd64/plugin/latest/notation-aws-signer-plugin.zip",
		"f8efa548932edc4851f4ba464496994bad753cdf21cd32baa575f7291a26c7b9"},
}

func tool(name string) (string, error) {
	version, ok := tools[name]
	if !ok {
		return "", fmt.Errorf("the version of %s is not pinned", name)
	}
	return version, nil
}

func downloadURL(name string) (string, error) {
	d, ok := downloads[name]
	if !ok {
		return "", fmt.Errorf("the download of %s is not pinned", name)
	}
	return d.url, nil
}

func downloadSum(name string) (string, error) {
	d, ok := downloads[name]
	if !ok {
		return "", fmt.Errorf("the download of %s is not pinned", name)
	}
	return d.sum, nil
}
