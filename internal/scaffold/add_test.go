package scaffold

import (
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
	"golang.org/x/tools/txtar"

	"hubspoke/estate"
)

// Estates are written in many ways. A spoke is added in the way of each, and all that
// was there stays, comments and empty lines included.
func TestASpokeIsAddedInTheWayThatTheFileIsWritten(t *testing.T) {
	archives, err := filepath.Glob("testdata/add/*.txtar")
	if err != nil || len(archives) == 0 {
		t.Fatalf("%v: %v", archives, err)
	}
	for _, path := range archives {
		for _, ending := range []struct{ name, newline string }{{"", "\n"}, {", with line ends of Windows", "\r\n"}} {
			t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar")+ending.name, func(t *testing.T) {
				archive, err := txtar.ParseFile(path)
				if err != nil {
					t.Fatal(err)
				}
				dir := filepath.Join(t.TempDir(), "acme")
				want := map[string]string{}
				for _, file := range archive.Files {
					text := strings.ReplaceAll(string(file.Data), "\n", ending.newline)
					if name, ok := strings.CutPrefix(file.Name, "want/"); ok {
						want[name] = text
						continue
					}
					writeFile(t, filepath.Join(dir, file.Name), text)
				}
				d, err := AddSpoke(SpokeOptions{Dir: dir, Name: "qa", Like: "dev"})
				if err != nil {
					t.Fatal(err)
				}
				for name, text := range want {
					if got := string(d.files[name]); got != text {
						t.Errorf("%s:\n%s\nwant:\n%s", name, got, text)
					}
				}
				if len(d.files) != len(want) {
					t.Errorf("%v would be written, want %d files", d.Files(), len(want))
				}
			})
		}
	}
}

// Whatever an estate looks like, nothing that is in its files is lost.
func TestAddingASpokeOnlyInserts(t *testing.T) {
	for dir, likes := range map[string][]string{
		"../../environments/piksel":           {"dev", "staging", "prod"},
		"../../environments/artos":            {"dev"},
		"../../environments/privatelink":      {"gateway", "service"},
		"../../test/testdata/estates/options": {"apps-one", "apps-two", "lab"},
		"../../test/testdata/estates/mesh":    {"blue", "green"},
	} {
		for _, like := range likes {
			d, err := AddSpoke(SpokeOptions{Dir: dir, Name: "qa", Like: like})
			if err != nil {
				t.Errorf("%s like %s: %v", dir, like, err)
				continue
			}
			for name, before := range d.before {
				if !insertedInto(string(before), string(d.files[name])) {
					t.Errorf("%s like %s: %s has lost something", dir, like, name)
				}
			}
			if len(d.before) == 0 || d.before["qa.yaml"] != nil {
				t.Errorf("%s like %s: the files before are %v", dir, like, d.before)
			}
		}
	}
}

// A domain is one service's, and an endpoint takes the provider's leave.
func TestWhatASpokeServesAndUsesIsNotCopied(t *testing.T) {
	for like, sections := range map[string][]string{"service": {"services"}, "gateway": {"private_endpoints", "apis"}} {
		d, err := AddSpoke(SpokeOptions{Dir: "../../environments/privatelink", Name: "qa", Like: like})
		if err != nil {
			t.Fatal(err)
		}
		original, err := os.ReadFile("../../environments/privatelink/" + like + ".yaml")
		if err != nil {
			t.Fatal(err)
		}
		for _, section := range sections {
			key := "\n" + section + ":\n"
			if !strings.Contains(string(original), key) || strings.Contains(string(d.files["qa.yaml"]), key) {
				t.Errorf("like %s, it has %s:\n%s", like, section, d.files["qa.yaml"])
			}
			if !slices.ContainsFunc(d.Notes, func(note string) bool { return strings.Contains(note, section+" of "+like+".yaml are left out") }) {
				t.Errorf("like %s, nobody is told of %s: %q", like, section, d.Notes)
			}
		}
		if text := string(d.files["qa.yaml"]); strings.HasSuffix(text, "\n\n") || strings.Contains(text, "TLS ends at") {
			t.Errorf("like %s, something of it is left:\n%s", like, text)
		}
	}
}

// insertedInto says that a text is another one with something put in.
func insertedInto(before, after string) bool {
	for after != "" && before != "" {
		if before[0] == after[0] {
			before = before[1:]
		}
		after = after[1:]
	}
	return before == ""
}

func TestNothingIsWrittenUnlessAllOfItCanBe(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "acme")
	d, err := New(Options{Dir: dir, Region: "eu-central-1", CIDR: "10.0.0.0/14"})
	if err == nil {
		t.Fatal("an estate is written that names no schema")
	}
	t.Chdir("../..")
	if d, err = New(Options{Dir: dir, Region: "eu-central-1", CIDR: "10.0.0.0/14"}); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(); err != nil {
		t.Fatal(err)
	}
	before := folder(t, dir)
	d, err = AddSpoke(SpokeOptions{Dir: dir, Name: "qa", Like: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "qa.yaml"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := d.Write(); err == nil {
		t.Error("a folder in the place of qa.yaml is no error")
	}
	if err := os.Remove(filepath.Join(dir, "qa.yaml")); err != nil {
		t.Fatal(err)
	}
	for name, text := range folder(t, dir) {
		if before[name] != text {
			t.Errorf("%s is changed or left over", name)
		}
	}
}

// folder are the files of a folder, by name.
func folder(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		text, err := os.ReadFile(filepath.Join(dir, entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[entry.Name()] = string(text)
	}
	return files
}

func writeFile(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestPlaceholdersAreNumbersThatDocumentsUse(t *testing.T) {
	for _, number := range append(placeholders(40, []string{"222222222222"}), "111111111111", "000000000000", "123456789012", "111122223333", "444455556666") {
		if !Placeholder(number) {
			t.Errorf("%s is none", number)
		}
	}
	for _, number := range []string{"", "1111", "482913570264", "111111111112", "112233445566"} {
		if Placeholder(number) {
			t.Errorf("%s is one", number)
		}
	}
	if got := placeholders(2, []string{"111111111111", "333333333333"}); got[0] != "222222222222" || got[1] != "444444444444" {
		t.Errorf("got %v", got)
	}
	seen := map[string]bool{}
	for _, number := range placeholders(300, nil) {
		if seen[number] {
			t.Errorf("%s comes twice", number)
		}
		seen[number] = true
	}
}

// Whatever address space there is, the VPCs lie in it, apart from each other, and
// have room for the zones.
func TestVPCsAreCutFromTheAddressSpace(t *testing.T) {
	for _, c := range []struct {
		space, region string
		n             int
		first, last   string // "" if there is no room, and then the least that is
		least         int
	}{
		{space: "10.0.0.0/8", region: "eu-central-1", n: 3, first: "10.0.0.0/16", last: "10.2.0.0/16"},
		{space: "10.0.0.0/8", region: "eu-central-1", n: 200, first: "10.0.0.0/17", last: "10.99.128.0/17"},
		{space: "10.8.0.0/14", region: "eu-central-1", n: 3, first: "10.8.0.0/17", last: "10.9.0.0/17"},
		{space: "192.168.0.0/16", region: "us-east-1", n: 3, first: "192.168.0.0/19", last: "192.168.64.0/19"},
		{space: "172.20.0.0/19", region: "eu-central-1", n: 3, first: "172.20.0.0/21", last: "172.20.16.0/21"},
		{space: "172.20.0.0/20", region: "eu-central-1", n: 3, least: 19},
		{space: "172.20.0.0/30", region: "eu-central-1", n: 2, least: 20},
	} {
		zones := zonesOf(c.region)
		got, least, ok := carve(netip.MustParsePrefix(c.space), c.region, zones, c.n)
		if !ok {
			if c.first != "" || least != c.least {
				t.Errorf("%s for %d in %s: no room, which takes a /%d; want %s, /%d", c.space, c.n, c.region, least, c.first, c.least)
			}
			continue
		}
		if got.vpcs[0].String() != c.first || got.vpcs[c.n-1].String() != c.last || len(got.vpcs) != c.n {
			t.Errorf("%s for %d in %s: %v, want %s to %s", c.space, c.n, c.region, got.vpcs, c.first, c.last)
		}
		e := &estate.Estate{Settings: estate.Settings{Region: c.region, Zones: zones}}
		if _, err := e.AddressPlan("", estate.Network{CIDR: got.vpcs[0], AZCount: len(zones), PrefixLengths: got.lengths}); err != nil {
			t.Errorf("%s for %d in %s: %v", c.space, c.n, c.region, err)
		}
	}
}

// The default range of services is one that VPCs may be cut from.
func TestClustersOfANewEstateHaveServicesBesideItsNetworks(t *testing.T) {
	dir := t.TempDir()
	t.Chdir("../..")
	for cidr, want := range map[string]string{"172.20.0.0/14": "10.100.0.0/16", "10.0.0.0/8": "172.20.0.0/16"} {
		d, err := New(Options{Dir: filepath.Join(dir, "acme"), Region: "eu-central-1", CIDR: cidr, Clusters: true})
		if err != nil {
			t.Fatal(err)
		}
		if got := d.Estate.Spoke("dev").Cluster.ServiceCIDR.String(); got != want {
			t.Errorf("in %s services have %s, want %s", cidr, got, want)
		}
	}
}

// A region that the address plan knows has an estate of its own, with two zones or
// three, none of which refuses clusters.
func TestEveryRegionCanHaveANewEstate(t *testing.T) {
	dir := t.TempDir()
	t.Chdir("../..")
	for _, region := range estate.Regions() {
		d, err := New(Options{Dir: filepath.Join(dir, region), Region: region, Clusters: true})
		if err != nil {
			t.Errorf("%s: %v", region, err)
			continue
		}
		if n := len(d.Estate.Zones); n < 2 || n > 3 {
			t.Errorf("%s: %d zones", region, n)
		}
		for _, zone := range notForClusters {
			if strings.Contains(string(d.files["estate.yaml"]), zone) {
				t.Errorf("%s: %s takes no clusters", region, zone)
			}
		}
	}
}

// A relative path leads from where a file really is.
func TestTheSchemaIsFoundThroughSymbolicLinks(t *testing.T) {
	real := t.TempDir()
	link := filepath.Join(t.TempDir(), "link")
	if err := os.MkdirAll(filepath.Join(real, "deep"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(real, "deep"), link); err != nil {
		t.Fatal(err)
	}
	t.Chdir("../..")
	schema, err := schemaFor(filepath.Join(link, "estates", "acme"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Join(link, "estates", "acme"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(link, "estates", "acme", filepath.FromSlash(schema), "hub.schema.json")); err != nil {
		t.Error(err)
	}
}

func TestWhatIsPromisedOfAServiceIsPromisedOfNobodyElse(t *testing.T) {
	for name, want := range map[string]bool{
		"gateway.api.public": true, "service.endpoint-service.orders": true, "service.load-balancer.orders": true,
		"service": false, "service.nodes": false, "service.endpoint.sts": false, "api": false, "hub.private": false,
	} {
		if got := ofPrivateLink(&yaml.Node{Kind: yaml.ScalarNode, Value: name}); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
