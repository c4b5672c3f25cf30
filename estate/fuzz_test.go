package estate

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"hubspoke/internal/subnet"
)

// newSections are the mistakes in sections that the estate acme has not.
func newSections() [][]edit {
	var all [][]edit
	for _, test := range badHybrid {
		all = append(all, test.edits)
	}
	for _, test := range badEgress {
		all = append(all, test.edits)
	}
	for _, test := range badNameRules {
		all = append(all, test.edits)
	}
	for _, test := range badNetworkFirewalls {
		all = append(all, test.edits)
	}
	return append(all, withNetworkFirewall("mode: enforce, rules: firewall.rules, allow: [.example.com], allow_for: {dev: [a.example.org]}"))
}

// No input panics, every error says which file it is in, and what loads can be
// planned.
func FuzzLoad(f *testing.F) {
	f.Add(acme["estate.yaml"], acme["hub.yaml"], acme["dev.yaml"])
	f.Add("", "", "")
	f.Add("project: [", "&a {b: *a}", "segment: !!str \"\"\n--- {}\n")
	f.Add("accounts: {hub: 1, ? [] : 2}", "network: {cidr: ::/0, az_count: 99999999999999999999}", "network: {cidr: 255.255.255.255/32, prefix_lengths: {private: 32}}")
	for _, test := range badInput {
		files := edited(f, test.edits...)
		text := func(name string) string {
			if file := files[name]; file != nil {
				return string(file.Data)
			}
			return ""
		}
		f.Add(text("estate.yaml"), text("hub.yaml"), text("dev.yaml"))
	}
	for _, edits := range newSections() {
		files := edited(f, edits...)
		f.Add(string(files["estate.yaml"].Data), string(files["hub.yaml"].Data), string(files["dev.yaml"].Data))
	}
	for _, test := range badStandalone {
		files := editedFiles(f, lone, test.edits...)
		for _, spoke := range []string{"production.yaml", "dev.yaml", "existing.yaml"} {
			f.Add(string(files["estate.yaml"].Data), string(files["hub.yaml"].Data), string(files[spoke].Data))
		}
	}
	for _, path := range []string{"../environments/artos/existing", "../environments/artos/production", "../environments/piksel/dev", "../environments/piksel/staging", "../environments/piksel/prod"} {
		var texts []string
		for _, file := range []string{filepath.Dir(path) + "/estate", filepath.Dir(path) + "/hub", path} {
			text, err := os.ReadFile(file + ".yaml")
			if err != nil {
				f.Fatal(err)
			}
			texts = append(texts, string(text))
		}
		f.Add(texts[0], texts[1], texts[2])
	}
	f.Fuzz(func(t *testing.T, estate, hub, spoke string) {
		files := mapFS(map[string]string{"estate.yaml": estate, "hub.yaml": hub, "dev.yaml": spoke, "firewall.rules": "drop tcp any any -> any 25 (sid:1;)"})
		e, err := load(files, "acme", "acme")
		if err != nil {
			checkErrors(t, err, files)
		} else {
			use(e)
		}
		again, sameErr := load(files, "acme", "acme")
		if !reflect.DeepEqual(e, again) || !reflect.DeepEqual(err, sameErr) {
			t.Errorf("got %v, then %v", err, sameErr)
		}
	})
}

func checkErrors(t *testing.T, err error, files fstest.MapFS) {
	var errs Errors
	if !errors.As(err, &errs) || len(errs) == 0 {
		t.Fatalf("the error is %T: %v", err, err)
	}
	for _, e := range errs {
		file := files[strings.TrimPrefix(filepath.ToSlash(e.File), "acme/")]
		switch {
		case file == nil:
			t.Errorf("%q names no file", e)
		case e.Line < 0 || e.Line > strings.Count(string(file.Data), "\n")+strings.Count(string(file.Data), "\r")+2:
			t.Errorf("%q has a line that the file has not", e)
		case e.Message == "" || strings.ContainsAny(e.Error(), "\n\r"):
			t.Errorf("%q is not one line", e)
		}
	}
}

// use calls what stacks are made from.
func use(e *Estate) {
	for _, account := range e.AccountNames() {
		e.RoleARN(account, e.StateRole(account))
	}
	for _, v := range e.vpcs() {
		e.Plan(v.name)
		e.Peers(v.name)
		e.VisibleZones(v.name)
	}
	for _, way := range e.Ways() {
		for _, p := range way.CIDRs {
			StaticRoutes(p)
		}
	}
	e.OnPremisesAccounts()
	for _, s := range e.Spokes {
		e.OwnEndpoints(s.Name)
		e.Ranges(s.Name, subnet.Private)
	}
	if e.HasHubNetwork() {
		e.InboundAddresses()
	}
	for _, service := range e.CentralEndpoints() {
		e.EndpointZone(service)
	}
	e.EgressPlan()
	if e.firewall() != nil {
		e.HomeNetworks()
		e.FirewallRules()
	}
}
