package estate

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"
)

func TestPikselLoads(t *testing.T) {
	e, err := Load("../environments/piksel")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := fmt.Sprint(e.Name, " ", e.AccountNames()), "piksel [hub dev prod staging]"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestLoadingTwiceGivesTheSame(t *testing.T) {
	if first, second := loadEdited(t), loadEdited(t); !reflect.DeepEqual(first, second) {
		t.Errorf("got %+v, then %+v", first, second)
	}
	bad := edited(t, edit{"estate.yaml", "project: acme", "project: A"}, edit{"dev.yaml", "probe: true", "probe: 1"}, edit{"prod.yaml", "az_count: 3", "az_count: 9"})
	_, first := load(bad, "acme", "acme")
	for range 20 {
		if _, err := load(bad, "acme", "acme"); !reflect.DeepEqual(first, err) {
			t.Fatalf("got %v, then %v", first, err)
		}
	}
}

func TestSpokesAreSortedByNameAndNotByFile(t *testing.T) {
	e := loadEdited(t,
		edit{"estate.yaml", "  audit:", "  dev-2: \"555555555555\"\n  audit:"},
		edit{"dev-2.yaml", "", "segment: dev\nnetwork:\n  cidr: 10.3.0.0/16\n"})
	var names []string
	for _, s := range e.Spokes {
		names = append(names, s.Name)
	}
	if got := strings.Join(names, " "); got != "dev dev-2 prod" {
		t.Errorf("the spokes are %s", got)
	}
}

// What a file leaves out is as if it stated the documented default.
func TestDefaultsAreTheDocumentedOnes(t *testing.T) {
	least := fstest.MapFS{
		"estate.yaml": {Data: []byte(`
project: acme
region: ap-southeast-3
zones: [apse3-az1, apse3-az2]
accounts: {hub: "111111111111", dev: "222222222222"}
segments: {shared: {}, dev: {reaches: [shared]}}
github: {repository: acme/infra}
`)},
		"hub.yaml": {Data: []byte("network: {cidr: 10.0.0.0/16}\nregistry: {repositories: {acme/app: {}}}\n")},
		"dev.yaml": {Data: []byte("segment: dev\nnetwork: {cidr: 10.1.0.0/16}\n")},
	}
	full := fstest.MapFS{
		"estate.yaml": {Data: []byte(`
project: acme
region: ap-southeast-3
zones: [apse3-az2, apse3-az1]
accounts: {hub: "111111111111", dev: "222222222222"}
address_space: [10.0.0.0/8]
segmentation: segments
segments: {shared: {}, dev: {reaches: [shared]}}
dns: {resolver_order: amazon-only}
state: {backend: s3, bucket: acme-terraform-state-111111111111, path: .state, bootstrap_role: OrganizationAccountAccessRole}
logs: {account: hub, retention_days: 90, archive_after_days: 90, expire_after_days: 400}
github: {repository: acme/infra, apply_ref: refs/heads/main}
`)},
		"hub.yaml": {Data: []byte(`
segment: shared
network: {cidr: 10.0.0.0/16, az_count: 2, nat: single, database_subnets: false, prefix_lengths: {public: 24, private: 18, database: 24}}
transit_gateway: {asn: 64512}
inbound_resolver: {zone_count: 2}
registry:
  repositories:
    acme/app:
      mutable_tags: false
      lifecycle: {keep_releases: 15, release_tags: [v], branch_days: 45, branch_tags: [dev, feature, main], untagged_days: 7}
probe: false
`)},
		"dev.yaml": {Data: []byte("segment: dev\nnetwork: {cidr: 10.1.0.0/16}\nprobe: false\n")},
	}
	short, err := load(least, "acme", "acme")
	if err != nil {
		t.Fatal(err)
	}
	long, err := load(full, "acme", "acme")
	if err != nil {
		t.Fatal(err)
	}
	long.Zones = short.Zones
	for _, e := range []*Estate{short, long} {
		e.settings, e.hub, e.spokes = nil, nil, nil
	}
	if !reflect.DeepEqual(short, long) {
		t.Errorf("got\n%+v, want\n%+v", short, long)
	}
}

func TestAMissingEstateIsToldWithThoseThatThereAre(t *testing.T) {
	t.Chdir(t.TempDir())
	missing := func(name, want string) {
		t.Helper()
		if _, err := Load(Find(name)); err == nil || filepath.ToSlash(err.Error()) != want {
			t.Errorf("%s: got %v, want %s", name, err, want)
		}
	}
	missing("acme", "environments/acme: cannot read the estate: it does not exist, and there is no folder environments here: run this in the folder that has it, hubspoke's own, or give the path of the estate")
	missing("./acme", "./acme: cannot read the estate: it does not exist")
	for _, dir := range []string{"environments/acme", "environments/other"} {
		if err := os.CopyFS(dir, edited(t)); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir("environments/schema", 0o755); err != nil {
		t.Fatal(err)
	}
	missing("acmee", `environments/acmee: cannot read the estate: it does not exist (did you mean "acme"?); in environments are the estates acme, other`)
	missing("./environments/x", "./environments/x: cannot read the estate: it does not exist; in environments are the estates acme, other")
}

func TestTheNameOfAnEstateMayEndInASlash(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("mine", 0o755); err != nil {
		t.Fatal(err)
	}
	for given, want := range map[string]string{
		"piksel/": "environments/piksel", "piksel": "environments/piksel", "": "environments/piksel", "mine": "environments/mine",
		"mine/": "mine/", "./piksel/": "./piksel/", "/": "/", "../": "../", ".": ".",
	} {
		if got := filepath.ToSlash(Find(given)); got != want {
			t.Errorf("%q is %q, want %q", given, got, want)
		}
	}
}

func TestWhatCannotBeReadIsToldOnce(t *testing.T) {
	for name, make := range map[string]func(dir string) error{
		"acme: cannot read the estate: it does not exist": func(dir string) error { return os.RemoveAll(dir) },
		"acme: cannot read the estate: not a directory": func(dir string) error {
			return errors.Join(os.RemoveAll(dir), os.WriteFile(dir, nil, 0o644))
		},
		"acme/hub.yaml: cannot read the file: is a directory": func(dir string) error {
			return errors.Join(os.Remove(filepath.Join(dir, "hub.yaml")), os.Mkdir(filepath.Join(dir, "hub.yaml"), 0o755))
		},
		"acme/qa.yaml: cannot read the file: it does not exist\nacme/estate.yaml:4: accounts.qa: acme/qa.yaml has no account number here: add `qa: \"<12 digits>\"`": func(dir string) error {
			return os.Symlink("nowhere", filepath.Join(dir, "qa.yaml"))
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := os.CopyFS("acme", edited(t)); err != nil {
				t.Fatal(err)
			}
			if err := make("acme"); err != nil {
				t.Fatal(err)
			}
			_, err := Load("acme")
			var errs Errors
			if !errors.As(err, &errs) {
				t.Fatalf("got %T", err)
			}
			want := strings.Split(name, "\n")
			if len(errs) != len(want) {
				t.Errorf("got %v, want %v", err, name)
			}
			for _, line := range want {
				if !strings.Contains(err.Error(), line) {
					t.Errorf("got %v, want %v", err, line)
				}
			}
		})
	}
}

// broken is a file system whose files cannot be read.
type broken struct{ fstest.MapFS }

func (b broken) ReadFile(name string) ([]byte, error) { return nil, errors.New("the disk is on fire") }

func TestTheReasonOfAReadErrorIsTold(t *testing.T) {
	_, err := load(broken{edited(t)}, "acme", "acme")
	want := `acme/dev.yaml: cannot read the file: the disk is on fire
acme/estate.yaml: cannot read the file: the disk is on fire
acme/hub.yaml: cannot read the file: the disk is on fire
acme/prod.yaml: cannot read the file: the disk is on fire`
	if err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestTheFolderNameMustBeAName(t *testing.T) {
	_, err := load(edited(t), "a/${b}", "${b}")
	if want := `a/${b}: the folder's name, "${b}", is the estate's: letters, digits, dots, hyphens and underscores`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestStateBackendOverridesTheEstate(t *testing.T) {
	if e := loadEdited(t); e.State.Backend != BackendS3 {
		t.Errorf("the estate's backend is %s", e.State.Backend)
	}
	t.Setenv("STATE_BACKEND", "local")
	if e := loadEdited(t); e.State.Backend != BackendLocal {
		t.Errorf("with STATE_BACKEND=local it is %s", e.State.Backend)
	}
	t.Setenv("STATE_BACKEND", "tape")
	_, err := load(edited(t), "acme", "acme")
	if want := `STATE_BACKEND: "tape" is not one of s3, local`; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestDeployRoleSaysWhatStacksAreFor(t *testing.T) {
	if e := loadEdited(t); e.Role != RoleApply {
		t.Errorf("stacks are for %s", e.Role)
	}
	t.Setenv("DEPLOY_ROLE", "plan")
	if e := loadEdited(t); e.Role != RolePlan {
		t.Errorf("with DEPLOY_ROLE=plan they are for %s", e.Role)
	}
	t.Setenv("DEPLOY_ROLE", "destroy")
	t.Setenv("STATE_BACKEND", "tape")
	_, err := load(edited(t), "acme", "acme")
	if want := "DEPLOY_ROLE: \"destroy\" is not one of apply, plan\nSTATE_BACKEND: \"tape\" is not one of s3, local"; err == nil || err.Error() != want {
		t.Errorf("got %v, want %s", err, want)
	}
}

func TestOtherFilesAreLeftAlone(t *testing.T) {
	files := edited(t, edit{"README.md", "", "# Acme\n"}, edit{".hidden.yaml", "", "]"}, edit{"dev.yaml.bak", "", "]"})
	files["drafts.yaml"] = &fstest.MapFile{Mode: fs.ModeDir}
	files["notes/plan.md"] = &fstest.MapFile{Data: []byte("# Plan")}
	files["kept.json"] = &fstest.MapFile{Data: []byte("{}")}
	if _, err := load(files, "acme", "acme"); err != nil {
		t.Error(err)
	}
}

func TestFindTakesNamesAndPaths(t *testing.T) {
	for given, want := range map[string]string{
		"": "environments/piksel", "artos": "environments/artos", "./artos": "./artos", "/srv/artos": "/srv/artos", ".": ".", "..": "..",
	} {
		if got := filepath.ToSlash(Find(given)); got != want {
			t.Errorf("Find(%q) = %q, want %q", given, got, want)
		}
	}
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := Load("../environments/piksel"); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkLoad100Spokes(b *testing.B) {
	files := manySpokes(b, 100)
	for b.Loop() {
		e, err := load(files, "acme", "acme")
		if err != nil {
			b.Fatal(err)
		}
		for _, s := range e.Spokes {
			e.Plan(s.Name)
		}
	}
}

func TestAHundredSpokesLoad(t *testing.T) {
	e, err := load(manySpokes(t, 100), "acme", "acme")
	if err != nil {
		t.Fatal(err)
	}
	if len(e.Spokes) != 102 {
		t.Errorf("%d spokes", len(e.Spokes))
	}
}

func manySpokes(t testing.TB, n int) fstest.MapFS {
	var edits []edit
	var accounts strings.Builder
	for i := range n {
		fmt.Fprintf(&accounts, "  s%d: \"%012d\"\n", i, i)
		edits = append(edits, edit{fmt.Sprintf("s%d.yaml", i), "", fmt.Sprintf("segment: dev\nnetwork:\n  cidr: 10.%d.0.0/16\n", i+3)})
	}
	return edited(t, append(edits, edit{"estate.yaml", "address_space:", accounts.String() + "address_space:"})...)
}
