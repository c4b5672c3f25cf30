package stacks

import (
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hubspoke/estate"
	"hubspoke/estate/cluster"
	"hubspoke/estate/database"
)

func load(t *testing.T, name string) *estate.Estate {
	t.Helper()
	e, err := estate.Load("../environments/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// underTest are the estates that package test synthesizes: those of environments, and
// those that have what no real one has.
func underTest(t *testing.T) []*estate.Estate {
	t.Helper()
	var all []*estate.Estate
	for _, pattern := range []string{"../environments/*/estate.yaml", "../test/testdata/estates/*/estate.yaml"} {
		files, err := filepath.Glob(pattern)
		if err != nil || len(files) == 0 {
			t.Fatalf("%s: there are none: %v", pattern, err)
		}
		for _, file := range files {
			e, err := estate.Load(filepath.Dir(file))
			if err != nil {
				t.Fatal(err)
			}
			all = append(all, e)
		}
	}
	return all
}

// described are stacks in the order of deployment, a wave on each line.
func described(t *testing.T, all []Stack) string {
	t.Helper()
	waves, err := Waves(all)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, wave := range waves {
		lines = append(lines, strings.Join(Names(wave), " "))
	}
	return strings.Join(lines, "\n")
}

func TestTheStacksOfAHubAndItsSpokes(t *testing.T) {
	want := strings.Join([]string{
		"bootstrap hub-logs hub-registry",
		"dev-baseline hub-baseline prod-baseline staging-baseline",
		"hub-network",
		"hub-dns",
		"dev-share prod-share staging-share",
		"dev-network prod-network staging-network",
		"dev-link prod-link staging-link",
		"dev-eks prod-eks staging-eks",
	}, "\n")
	if got := described(t, Of(load(t, "piksel"))); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Who serves goes before who uses it, and neither waits for the other's network.
func TestTheStacksOfAServiceAndItsConsumer(t *testing.T) {
	want := strings.Join([]string{
		"bootstrap hub-logs hub-registry",
		"gateway-baseline hub-baseline service-baseline",
		"hub-network",
		"hub-dns",
		"gateway-share service-share",
		"gateway-network service-network",
		"gateway-link service-link",
		"service-eks",
		"service-service",
		"gateway-api",
	}, "\n")
	if got := described(t, Of(load(t, "privatelink"))); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// Within an organisation that shares there is nobody to invite.
func TestAnOrganisationThatSharesHasNoShareStacks(t *testing.T) {
	e := load(t, "piksel")
	e.Organization.ResourceSharing = true
	want := strings.Join([]string{
		"bootstrap hub-logs hub-registry",
		"dev-baseline hub-baseline prod-baseline staging-baseline",
		"hub-network",
		"hub-dns",
		"dev-network prod-network staging-network",
		"dev-link prod-link staging-link",
		"dev-eks prod-eks staging-eks",
	}, "\n")
	if got := described(t, Of(e)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestNetworksThatStandAloneHaveNothingToLink(t *testing.T) {
	want := strings.Join([]string{
		"bootstrap hub-logs hub-registry",
		"dev-baseline existing-baseline hub-baseline production-baseline",
		"dev-network existing-network production-network",
		"existing-eks production-eks",
		"existing-data production-data",
	}, "\n")
	if got := described(t, Of(load(t, "artos"))); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// acme has a log archive in an account of its own, and the spokes dev and prod. Its
// hub has a network if that has a range.
func acme() *estate.Estate {
	e := &estate.Estate{Spokes: []*estate.Spoke{{Name: "dev"}, {Name: "prod"}}}
	e.Accounts = map[string]string{"hub": "1", "dev": "2", "prod": "3", "audit": "4"}
	e.Logs.Account = "audit"
	return e
}

func TestEveryStackIsInTheAccountOfWhatItMakes(t *testing.T) {
	got := map[string]string{}
	for _, s := range Of(acme()) {
		got[s.Name] = s.Account
	}
	want := map[string]string{
		"bootstrap": "hub", "hub-logs": "audit", "hub-registry": "hub",
		"hub-baseline": "hub", "audit-baseline": "audit", "dev-baseline": "dev", "prod-baseline": "prod",
		"dev-network": "dev", "prod-network": "prod",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// A cluster and a database add stacks behind their spoke's others, and move none.
func TestAClusterAndADatabaseAddAStackEach(t *testing.T) {
	e := acme()
	before := Of(e)
	e.Spokes[1].Cluster, e.Spokes[1].Database = &cluster.Config{}, &database.PostgreSQL{}
	var added []Stack
	rest := slices.DeleteFunc(Of(e), func(s Stack) bool {
		if s.Kind == SpokeEKS || s.Kind == SpokeData {
			added = append(added, s)
			return true
		}
		return false
	})
	if !reflect.DeepEqual(rest, before) {
		t.Errorf("the others are %v, and were %v", rest, before)
	}
	want := []Stack{
		{Name: "prod-eks", Kind: SpokeEKS, Account: "prod", Reads: []string{"prod-network"}},
		{Name: "prod-data", Kind: SpokeData, Account: "prod", Reads: []string{"prod-network", "prod-eks"}},
	}
	if !reflect.DeepEqual(added, want) {
		t.Errorf("added %+v, want %+v", added, want)
	}
}

// Stacks are named after accounts: no account may take another stack's name. And no
// estate can be in an order that cannot be deployed.
func TestTheStacksOfEveryEstateCanBeDeployed(t *testing.T) {
	names := []string{"a", "a-network", "a-b", "baseline", "bootstrap", "dns", "hub-dns", "hub-logs", "hub-x", "link", "logs", "network", "registry"}
	template := load(t, "piksel").Hub.Network
	rapid.Check(t, func(t *rapid.T) {
		e := &estate.Estate{Settings: estate.Settings{Accounts: map[string]string{estate.HubAccount: "0"}}}
		e.Logs.Account = estate.HubAccount
		if rapid.Bool().Draw(t, "hub network") {
			e.Hub.Network = template
		}
		for _, name := range rapid.SliceOfDistinct(rapid.SampledFrom(names), rapid.ID).Draw(t, "accounts") {
			e.Accounts[name] = name
			if !rapid.Bool().Draw(t, "spoke") {
				continue
			}
			s := &estate.Spoke{Name: name}
			if rapid.Bool().Draw(t, "cluster") {
				s.Cluster = &cluster.Config{}
				if rapid.Bool().Draw(t, "database") {
					s.Database = &database.PostgreSQL{}
				}
			}
			e.Spokes = append(e.Spokes, s)
		}
		all, err := Order(Of(e))
		if err != nil {
			t.Fatal(err)
		}
		deployable(t, all)
		for _, s := range all {
			if _, ok := e.Accounts[s.Account]; !ok {
				t.Fatalf("%s is in the account %q, which there is not", s.Name, s.Account)
			}
		}
	})
}

// Made-up kinds: a firewall in a spoke of its own, which the networks of the others
// read. No kind is told about another's place.
func TestASpokeMayReadAnotherSpoke(t *testing.T) {
	firewall := Kind("firewall")
	all := declared(acme(), []declaration{
		{SpokeNetwork, forSpokes(func(e *estate.Estate, s *estate.Spoke) *Stack {
			network := &Stack{Name: SpokeNetwork.Of(s.Name)}
			if s.Name != "prod" {
				network.Reads = []string{firewall.Of("prod")}
			}
			return network
		})},
		{firewall, forSpokes(func(e *estate.Estate, s *estate.Spoke) *Stack {
			if s.Name != "prod" {
				return nil
			}
			return &Stack{Name: firewall.Of(s.Name), Reads: []string{SpokeNetwork.Of(s.Name)}}
		})},
	})
	if got, want := described(t, all), "prod-network\nprod-firewall\ndev-network"; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	want := Stack{Name: "prod-firewall", Kind: firewall, Account: "prod", Reads: []string{"prod-network"}}
	if got := all[len(all)-1]; !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

func TestEveryKindIsDeclaredOnce(t *testing.T) {
	seen := map[Kind]bool{}
	for _, kind := range Kinds() {
		if seen[kind] {
			t.Errorf("%s is declared twice", kind)
		}
		seen[kind] = true
	}
	for _, e := range underTest(t) {
		for _, s := range Of(e) {
			delete(seen, s.Kind)
		}
	}
	for kind := range seen {
		t.Errorf("no estate has a stack of the kind %s: add what makes one to test/testdata/estates/options", kind)
	}
}

func TestREADMESaysWhatEveryKindOfStackMakes(t *testing.T) {
	text, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, kind := range Kinds() {
		row := regexp.MustCompile("(?m)^\\| `(<(account|spoke)>-)?" + string(kind) + "` \\|")
		if !row.Match(text) {
			t.Errorf("README.md: its table of stacks has no row of the kind %s", kind)
		}
	}
}

// What an estate is warned of is what it does not have: the stacks that read the organisation's
// state as long as nobody can.
func TestTheStacksThatWaitForTheOrganizationAreThoseThatReadIt(t *testing.T) {
	readable := load(t, "innovate")
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../environments/innovate")); err != nil {
		t.Fatal(err)
	}
	settings := filepath.Join(dir, "estate.yaml")
	text, err := os.ReadFile(settings)
	if err != nil {
		t.Fatal(err)
	}
	early := strings.Replace(string(text), "bootstrap_in_bucket: true", "bootstrap_in_bucket: false", 1)
	if early == string(text) {
		t.Fatal("innovate has no state.bootstrap_in_bucket: true")
	}
	if err := os.WriteFile(settings, []byte(early), 0o644); err != nil {
		t.Fatal(err)
	}
	waiting, err := estate.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	there := Names(Of(waiting))
	missing := slices.DeleteFunc(Names(Of(readable)), func(name string) bool { return slices.Contains(there, name) })
	slices.Sort(missing)
	if want := "there are none: " + strings.Join(missing, ", ") + ". "; len(missing) == 0 || !strings.Contains(waiting.Warnings.Error(), want) {
		t.Errorf("missing are %q, and the estate is told:\n%v", missing, waiting.Warnings)
	}
}
