package emulator

import (
	"errors"
	"maps"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"hubspoke/estate"
)

// Where no workflow deploys, a role of state.administrators does, which somebody has made before, as the organisation that the accounts
// are in, and the gateways that the lines to on-premises lead to.
func TestTheWorldHasWhatOthersMake(t *testing.T) {
	for folder, want := range map[string]string{"../../test/testdata/estates/mesh": "arn:aws:iam::111222333444:role/admin", "../../environments/artos": ""} {
		e, err := estate.Load(folder)
		if err != nil {
			t.Fatal(err)
		}
		if got := WorldOf(e).Operators; got != want {
			t.Errorf("%s is deployed by %q, want %q", folder, got, want)
		}
	}
	e, err := estate.Load("../../test/testdata/estates/options")
	if err != nil {
		t.Fatal(err)
	}
	w := WorldOf(e)
	if want := []Line{{"5f294f92-bafb-4011-916d-9b0b12345678", "tgw-attach-0123456789abcdef0"}}; !slices.Equal(w.Lines, want) || w.Organization != e.Organization.ARN || !w.Sharing || !maps.Equal(w.Profiles, map[string]string{"options-hub": "123123123123", "options-lab": "567567567567"}) {
		t.Errorf("the organisation and what it has are %+v", w)
	}
	if want := []string{"arn:aws:iam::345345345345:policy/team/read.me"}; !slices.Equal(w.Policies, want) {
		t.Errorf("the policies are %v, want %v", w.Policies, want)
	}
	if want := []string{"345345345345"}; !slices.Equal(w.Sessions, want) {
		t.Errorf("preferences of sessions are in %v, want %v", w.Sessions, want)
	}
	if got := roleLike("arn:aws:iam::123123123123:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_Admin_*"); strings.Contains(got, "*") {
		t.Errorf("%s is no role", got)
	}
}

// Whoever looks at what is deployed has a profile for each account but the one whose keys they have, beside those of the estate.
func TestATerminalHasAProfileForEachOtherAccount(t *testing.T) {
	for folder, want := range map[string]struct {
		names   []string
		profile string
	}{
		"../../environments/piksel":           {[]string{"dev", "prod", "staging"}, "[profile dev]\nrole_arn = arn:aws:iam::222222222222:role/OrganizationAccountAccessRole\ncredential_source = Environment\n"},
		"../../environments/innovate":         {[]string{"hub", "backup", "dev", "identity", "log-archive", "prod", "security", "staging"}, ""},
		"../../test/testdata/estates/options": {[]string{"apps-one", "apps-two", "lab", "log-archive"}, "[profile options-lab]"},
	} {
		e, err := estate.Load(folder)
		if err != nil {
			t.Fatal(err)
		}
		d := &Deployment{Emulator: &Emulator{scratch: t.TempDir(), Profiles: map[string]Credentials{}}, estate: e}
		for profile := range WorldOf(e).Profiles {
			d.Profiles[profile] = Credentials{AccessKeyID: profile}
		}
		if err := d.writeProfiles(); err != nil {
			t.Fatal(err)
		}
		environment, names, err := d.Terminal()
		text, reading := os.ReadFile(environment["AWS_CONFIG_FILE"])
		if err := errors.Join(err, reading); err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(names, want.names) || !strings.Contains(string(text), want.profile) || strings.Count(string(text), "[profile ") != len(names)+len(d.Profiles) {
			t.Errorf("%s: %v\n%s", folder, names, text)
		}
	}
}

// An estate that looks up a VPC finds one with the ids that it has for it, each subnet in a range of its own, and what its
// routes lead to.
func TestTheWorldHasWhatAnEstateLooksUp(t *testing.T) {
	e, err := estate.Load("../../environments/artos")
	if err != nil {
		t.Fatal(err)
	}
	w := WorldOf(e)
	if w.First != "111111111111" || w.Role != "OrganizationAccountAccessRole" || len(w.Accounts) != 4 {
		t.Errorf("the accounts are %+v", w)
	}
	if len(w.Networks) != 1 {
		t.Fatalf("there are %d networks", len(w.Networks))
	}
	n := w.Networks[0]
	if n.Account != "444444444444" || n.VPC != "vpc-0123456789abcdef0" || !slices.Equal(n.RouteTables, []string{"rtb-0123456789abcdef0"}) || !slices.Equal(n.SecurityGroups, []string{"sg-0123456789abcdef0"}) {
		t.Errorf("the network is %+v", n)
	}
	if want := []string{"arn:aws:iam::222222222222:role/platform-admin", "arn:aws:iam::444444444444:role/platform-admin"}; !slices.Equal(w.Roles, want) {
		t.Errorf("the roles are %v, want %v", w.Roles, want)
	}
	var ranges []netip.Prefix
	for _, s := range n.Subnets {
		cidr := netip.MustParsePrefix(s.CIDR)
		if !netip.MustParsePrefix(n.CIDR).Overlaps(cidr) {
			t.Errorf("%s is not in %s", cidr, n.CIDR)
		}
		for _, other := range ranges {
			if other.Overlaps(cidr) {
				t.Errorf("%s overlaps %s", cidr, other)
			}
		}
		ranges = append(ranges, cidr)
	}
	if len(ranges) != 4 {
		t.Errorf("%d subnets", len(ranges))
	}
	if got := w.Gateways["222222222222"]; !slices.Equal(got, []string{"pcx-0123456789abcdef0", "vgw-0123456789abcdef0"}) {
		t.Errorf("routes lead to %v", got)
	}
}

// The organisation that an estate takes over is there, with its accounts: its administrators bootstrap.
func TestTheWorldHasTheOrganizationThatIsTakenOver(t *testing.T) {
	e, err := estate.Load("../../environments/innovate")
	if err != nil {
		t.Fatal(err)
	}
	w := WorldOf(e)
	management := e.Accounts[estate.ManagementAccount]
	if w.First != management || w.Organization != "arn:aws:organizations::"+management+":organization/"+e.Org.ID {
		t.Errorf("the organisation is %s, and account %s bootstraps", w.Organization, w.First)
	}
	if !strings.HasPrefix(w.People, "arn:aws:iam::"+management+":role/") || strings.Contains(w.People, "*") {
		t.Errorf("people have the role %s", w.People)
	}
	if hub := e.Accounts[estate.HubAccount]; w.Names[hub] != estate.HubAccount || w.Emails[hub] != "aws+hub@innovate.example" || len(w.Names) != len(w.Accounts) {
		t.Errorf("the accounts are %v, with the addresses %v", w.Names, w.Emails)
	}
}

// An organisation that is taken over has its units under the root of their ids, its delegates, and what people do by hand.
func TestTheWorldHasTheOrganisation(t *testing.T) {
	e, err := estate.Load("../../test/testdata/estates/organization")
	if err != nil {
		t.Fatal(err)
	}
	w := WorldOf(e)
	if want := []Unit{{"ou-ab12-abcdefgh", "Workloads", ""}, {"ou-ab12-ijklmnop", "development", "ou-ab12-abcdefgh"}}; !slices.Equal(w.Units, want) {
		t.Errorf("its units are %v", w.Units)
	}
	if want := map[string]string{"sso.amazonaws.com": "777777777777", "guardduty.amazonaws.com": "666666666666"}; !maps.Equal(w.Delegates, want) {
		t.Errorf("its delegates are %v", w.Delegates)
	}
	if w.First != "999988887777" || w.Names["333333333333"] != "Orbit Development" || len(w.Names) != len(e.AccountNames()) {
		t.Errorf("its accounts are %s, and %v", w.First, w.Names)
	}
	if !slices.Equal(w.Groups, []string{"AWS Platform"}) || len(w.Monitors) != 1 {
		t.Errorf("people have brought %v and %v", w.Groups, w.Monitors)
	}
	if want := []string{"arn:aws:iam::333333333333:policy/boundary", "arn:aws:iam::333333333333:policy/developer"}; !slices.Equal(w.Policies, want) {
		t.Errorf("accounts have the policies %v", w.Policies)
	}
}
