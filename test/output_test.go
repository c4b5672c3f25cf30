package test

import (
	"go/build"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/internal/guardrail"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
)

// A resource's construct id is its address. A wrong type in the id would take
// away the guarantee that addresses are unique.
func TestEveryResourceHasTheAddressOfItsID(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		for _, s := range e.stacks {
			for _, r := range s.Resources() {
				if r.Type == "terraform_remote_state" {
					continue
				}
				if r.Data && !looksUpVPC(e, s, r) && askedFor[r.Type] == "" {
					t.Errorf("%s: %s would ask AWS while planning", s.Name, r.Address())
				}
				if path, want := metadata(r.Body, "path"), s.Name+"/"+r.Address(); path != want {
					t.Errorf("%s: %s was made with the id %q, want %q", s.Name, r.Address(), path, want)
				}
			}
		}
	})
}

// askedFor are the types of data sources that may ask AWS, with what no stack can know: that
// of which no stack is the maker.
var askedFor = map[string]string{
	"aws_eks_addon_version":   "EKS's default for a version of Kubernetes: docs/decisions/frozen.md",
	"aws_guardduty_detector":  "made by AWS in the account that administers GuardDuty",
	"aws_identitystore_group": "made by an identity provider, where groups are external",
	"aws_ssoadmin_instances":  "made by a person in the console, since no API does",
}

// looksUpVPC says that a data source finds what is there already of a VPC that the
// estate did not make. A plan is where its ids are checked.
func looksUpVPC(e *synthesis, s *stackjson.Stack, r stackjson.Resource) bool {
	listed := e.listed(s.Name)
	return listed.Kind == stacks.SpokeNetwork && e.Network(listed.Account).Existing != nil &&
		slices.Contains([]string{"aws_route_table", "aws_subnet", "aws_vpc"}, r.Type)
}

// metadata is what CDKTF says about a resource in its comment.
func metadata(body map[string]any, key string) string {
	comment, _ := body["//"].(map[string]any)
	data, _ := comment["metadata"].(map[string]any)
	value, _ := data[key].(string)
	return value
}

// Two people, each with a clone of their own, must get the same bytes.
func TestTheSameEstateGivesTheSameBytesAnywhere(t *testing.T) {
	for _, name := range tf.Keys(estates) {
		t.Run(name, func(t *testing.T) {
			want := tree(t, synthesized(t, name).outdir)
			elsewhere := filepath.Join(t.TempDir(), "a longer path")
			copyTree(t, estates[name], filepath.Join(elsewhere, name))
			t.Chdir(elsewhere)
			synthesize(t, name, "out")
			got := tree(t, "out")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("synthesis elsewhere differs (-here +there):\n%s", diff)
			}
		})
	}
}

func TestNoTokenReachesTheOutput(t *testing.T) {
	eachFile(t, func(t *testing.T, e *synthesis, name, text string) {
		report(t, tokens(name, text))
	})
}

// An unresolved token is written in whatever case the code that touched it
// prefers.
var token = regexp.MustCompile(`(?i)tftoken|token\[|token\.\d`)

func tokens(name, text string) []string {
	var problems []string
	for _, m := range token.FindAllStringIndex(text, -1) {
		problems = append(problems, name+": the text of a token: "+around(text, m))
	}
	return problems
}

func TestNoPathOfThisMachineReachesTheOutput(t *testing.T) {
	here, err := filepath.Abs("..")
	if err != nil {
		t.Fatal(err)
	}
	paths := []string{"/home/", "/root/", "/Users/", here, os.TempDir() + "/", build.Default.GOROOT}
	for _, path := range filepath.SplitList(build.Default.GOPATH) {
		paths = append(paths, path)
	}
	eachFile(t, func(t *testing.T, e *synthesis, name, text string) {
		for _, path := range paths {
			if i := strings.Index(text, path); path != "" && i >= 0 {
				t.Errorf("%s: the path %s: %s", name, path, around(text, []int{i, i + len(path)}))
			}
		}
	})
}

// Policies of an organisation name others: accounts that the estate says may come in from
// outside, and those of AWS's own that write the logs of load balancers.
func TestNoAccountOutsideTheEstateIsNamed(t *testing.T) {
	eachFile(t, func(t *testing.T, e *synthesis, name, text string) {
		known := e.AccountNumbers()
		// The management account stands in the organisation's ARN.
		known = append(known, accountNumber.FindAllString(e.Organization.ARN, -1)...)
		if filepath.Base(filepath.Dir(name)) == stacks.OrganizationGuardrails.Name() {
			known = append(known, tf.Keys(e.Org.Guardrails.Outside)...)
			known = append(known, guardrail.LoadBalancerAccounts(e.GuardrailRegions())...)
		}
		for _, m := range accountNumber.FindAllStringIndex(text, -1) {
			if !slices.Contains(known, text[m[0]:m[1]]) {
				t.Errorf("%s: an account that is not the estate's: %s", name, around(text, m))
			}
		}
	})
}

var accountNumber = regexp.MustCompile(`\b[0-9]{12}\b`)

func around(text string, match []int) string {
	return "…" + text[max(0, match[0]-60):min(len(text), match[1]+60)] + "…"
}

// eachFile runs a test for every file that synthesis writes.
func eachFile(t *testing.T, test func(t *testing.T, e *synthesis, name, text string)) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		files := tree(t, e.outdir)
		stacks := 0
		for name := range files {
			if filepath.Base(name) == "cdk.tf.json" {
				stacks++
			}
		}
		if stacks != len(e.stacks) {
			t.Fatalf("%d files for %d stacks", stacks, len(e.stacks))
		}
		for _, name := range tf.Keys(files) {
			test(t, e, name, files[name])
		}
	})
}

// tree is the content of all files below dir, by path.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		text, err := os.ReadFile(filepath.Join(dir, path))
		files[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func copyTree(t *testing.T, from, to string) {
	t.Helper()
	for path, text := range tree(t, from) {
		write(t, filepath.Join(to, path), text)
	}
}

func copyFile(t *testing.T, from, to string) {
	t.Helper()
	text, err := os.ReadFile(from)
	if err != nil {
		t.Fatal(err)
	}
	write(t, to, string(text))
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestTokensAreFoundInAnyCase(t *testing.T) {
	for _, text := range []string{`"${TfToken[TOKEN.12]}"`, `"TFTOKEN[TOKEN.12]"`, `"tftoken[token.3]"`, `"Token.7-name"`} {
		if tokens("file", text) == nil {
			t.Errorf("no token found in %s", text)
		}
	}
	if found := tokens("file", `"token.actions.githubusercontent.com:sub"`); found != nil {
		t.Errorf("GitHub's issuer is no token: %v", found)
	}
}
