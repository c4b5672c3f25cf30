package estate

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hubspoke/estate/internal/ipv4"
	"hubspoke/internal/subnet"
)

// drawRange draws a VPC's range. Every third lies at an end of the private
// address space, where arithmetic would overflow into someone else's.
func drawRange(t *rapid.T, shortest, longest int) netip.Prefix {
	space := rapid.SampledFrom(ipv4.PrivateSpace()).Draw(t, "space")
	bits := rapid.IntRange(max(shortest, space.Bits()), longest).Draw(t, "bits")
	at := rapid.Uint32().Draw(t, "address")
	if rapid.IntRange(0, 2).Draw(t, "end") == 0 {
		at = 0xffffffff
	}
	inSpace := at & (1<<(32-space.Bits()) - 1)
	return netip.PrefixFrom(address(number(space.Addr())|inSpace), bits).Masked()
}

// drawEstate draws as much of an estate as an address plan needs.
func drawEstate(t *rapid.T) *Estate {
	region := rapid.SampledFrom(sortedKeys(regionZones)).Draw(t, "region")
	zones := rapid.Permutation(regionZones[region]).Draw(t, "zones")
	n := rapid.IntRange(2, len(zones)).Draw(t, "number of zones")
	return &Estate{Settings: Settings{Region: region, Zones: zones[:n]}}
}

func drawNetwork(t *rapid.T) Network {
	n := Network{
		CIDR:            drawRange(t, minVPC, maxVPC),
		AZCount:         rapid.IntRange(2, 3).Draw(t, "az_count"),
		DatabaseSubnets: rapid.Bool().Draw(t, "database_subnets"),
	}
	if rapid.Bool().Draw(t, "sizes that may fit") {
		n.CIDR = drawRange(t, minVPC, 21)
		n.PrefixLengths = PrefixLengths{
			Public:   rapid.IntRange(24, maxVPC).Draw(t, "public"),
			Private:  rapid.IntRange(n.CIDR.Bits()+2, n.CIDR.Bits()+3).Draw(t, "private"),
			Database: rapid.IntRange(24, maxVPC).Draw(t, "database"),
		}
	} else {
		n.PrefixLengths = PrefixLengths{
			Public:   rapid.IntRange(minVPC, maxVPC).Draw(t, "public"),
			Private:  rapid.IntRange(minVPC, maxPrivate).Draw(t, "private"),
			Database: rapid.IntRange(minVPC, maxVPC).Draw(t, "database"),
		}
	}
	return n
}

// fits says by sizes alone whether a VPC has room.
func fits(e *Estate, n Network) bool {
	size := func(bits int) int { return 1 << (32 - bits) }
	l := n.PrefixLengths
	end := 0
	for _, bits := range []int{l.Public, l.Database, attachmentPrefix} {
		tier := maxZones * size(bits)
		end = (end+tier-1)/tier*tier + tier
	}
	highest := 0
	for i, zone := range regionZones[e.Region] {
		if slices.Contains(e.Zones, zone) {
			highest = i
		}
	}
	return end <= size(l.Private) && (highest+2)*size(l.Private) <= size(n.CIDR.Bits())
}

func overlap(a, b []Slot) (Slot, Slot, bool) {
	for _, s := range a {
		for _, o := range b {
			if s != o && s.CIDR.Overlaps(o.CIDR) {
				return s, o, true
			}
		}
	}
	return Slot{}, Slot{}, false
}

// places are the ranges of a plan by what they are for.
func places(plan []Slot) map[string]netip.Prefix {
	ranges := map[string]netip.Prefix{}
	for _, s := range plan {
		ranges[s.VPC+" "+string(s.Tier)+" "+s.Zone] = s.CIDR
	}
	return ranges
}

func TestSlotsLieInTheVPCAndNeverOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, n := drawEstate(t), drawNetwork(t)
		plan, err := e.AddressPlan("dev", n)
		if (err == nil) != fits(e, n) {
			t.Fatalf("%v in %v: %v", n.PrefixLengths, n.CIDR, err)
		}
		if err != nil {
			return
		}
		if a, b, ok := overlap(plan, plan); ok {
			t.Fatalf("%v overlaps %v", a, b)
		}
		for _, s := range plan {
			if !ipv4.Inside(s.CIDR, []netip.Prefix{n.CIDR}) || !n.CIDR.Contains(last(s.CIDR)) || s.CIDR != s.CIDR.Masked() {
				t.Fatalf("%v does not lie in %v", s, n.CIDR)
			}
			if want := int(number(last(s.CIDR))-number(s.CIDR.Addr())) + 1 - 5; s.Hosts != want {
				t.Fatalf("%v has %d usable addresses, want %d", s, s.Hosts, want)
			}
		}
		if !slices.IsSortedFunc(plan, func(a, b Slot) int { return a.CIDR.Addr().Compare(b.CIDR.Addr()) }) {
			t.Fatalf("the plan is not in the order of addresses: %v", plan)
		}
		at := places(plan)
		for _, zone := range e.Zones {
			for _, tier := range []subnet.Tier{subnet.Public, subnet.Private, subnet.Database, subnet.Attachment} {
				if _, ok := at["dev "+string(tier)+" "+zone]; !ok {
					t.Fatalf("no %s slot in %s", tier, zone)
				}
			}
		}
		for tier, want := range map[subnet.Tier]int{subnet.Public: n.AZCount, subnet.Private: n.AZCount, subnet.Attachment: n.AZCount, subnet.Database: n.AZCount} {
			if tier == subnet.Database && !n.DatabaseSubnets {
				want = 0
			}
			if got := len(Subnets(plan, tier)); got != min(want, len(e.Zones)) {
				t.Fatalf("%d %s subnets, want %d", got, tier, want)
			}
		}
	})
}

func TestGrowthMovesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, n := drawEstate(t), drawNetwork(t)
		before, err := e.AddressPlan("dev", n)
		if err != nil {
			t.Skip()
		}
		later, grown := *e, n
		switch rapid.SampledFrom([]string{"zone", "az_count", "database_subnets", "order", "nat"}).Draw(t, "growth") {
		case "zone":
			later.Zones = regionZones[e.Region][:rapid.IntRange(0, len(regionZones[e.Region])).Draw(t, "zones")]
			later.Zones = append(slices.Clone(e.Zones), later.Zones...)
		case "az_count":
			grown.AZCount = 3
		case "database_subnets":
			grown.DatabaseSubnets = true
		case "nat":
			grown.NAT = NATOnePerAZ
		case "order":
			later.Zones = rapid.Permutation(e.Zones).Draw(t, "order")
		}
		after, err := later.AddressPlan("dev", grown)
		if err != nil {
			// A zone that has no room is refused, and nothing has moved either.
			return
		}
		at := places(after)
		for what, cidr := range places(before) {
			if at[what] != cidr {
				t.Fatalf("%s moved from %v to %v", what, cidr, at[what])
			}
		}
		for _, s := range before {
			made := func(o Slot) bool { return o.Used && o.CIDR == s.CIDR }
			// A zone with a lower number takes the place of a higher one.
			if s.Used && len(later.Zones) == len(e.Zones) && !slices.ContainsFunc(after, made) {
				t.Fatalf("%v is not made any more", s)
			}
		}
	})
}

func TestTheOrderOfZonesHasNoMeaning(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, n := drawEstate(t), drawNetwork(t)
		before, err := e.AddressPlan("dev", n)
		if err != nil {
			t.Skip()
		}
		e.Zones = rapid.Permutation(e.Zones).Draw(t, "order")
		if after, err := e.AddressPlan("dev", n); err != nil || !slices.Equal(before, after) {
			t.Fatalf("got %v, %v; want %v", after, err, before)
		}
	})
}

// What an error proposes must work.
func TestProposedSizesFit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		e, n := drawEstate(t), drawNetwork(t)
		if _, err := e.AddressPlan("dev", n); err == nil {
			t.Skip()
		}
		advice := e.fitting(n)
		bits, l := n.CIDR.Bits(), &n.PrefixLengths
		text := advice
		if _, err := fmt.Sscanf(advice, "it takes a /%d,", &bits); err == nil {
			_, text, _ = strings.Cut(advice, "where ")
		}
		if _, err := fmt.Sscanf(text, "prefix_lengths of public: %d, private: %d, database: %d would fit", &l.Public, &l.Private, &l.Database); err != nil {
			t.Fatalf("%q: %v", advice, err)
		}
		if bits > n.CIDR.Bits() {
			t.Fatalf("%q is smaller than %v", advice, n.CIDR)
		}
		n.CIDR = netip.PrefixFrom(n.CIDR.Addr(), bits).Masked()
		if _, err := e.AddressPlan("dev", n); err != nil {
			t.Fatalf("%q: %v", advice, err)
		}
	})
}

// drawFiles draws an estate that is valid but for ranges that may overlap.
func drawFiles(t *rapid.T) (files map[string]string, ranges map[string]netip.Prefix) {
	files, ranges = map[string]string{}, map[string]netip.Prefix{}
	names := []string{HubAccount}
	for i := range rapid.IntRange(0, 4).Draw(t, "spokes") {
		names = append(names, fmt.Sprintf("s%d", i))
	}
	var accounts strings.Builder
	for i, name := range names {
		fmt.Fprintf(&accounts, "  %s: \"%012d\"\n", name, i)
		// Few different ranges, so that some overlap.
		p := netip.PrefixFrom(netip.AddrFrom4([4]byte{10, byte(rapid.IntRange(0, 20).Draw(t, "second")), byte(rapid.IntRange(0, 15).Draw(t, "third") * 16), 0}),
			rapid.IntRange(16, 21).Draw(t, "bits")).Masked()
		ranges[name] = p
		segment := "segment: all\n"
		files[name+".yaml"] = segment + fmt.Sprintf("network:\n  cidr: %v\n  az_count: %d\n  database_subnets: %v\n  prefix_lengths: {public: 28, private: 23, database: 28}\n",
			p, rapid.IntRange(2, 3).Draw(t, "az_count"), rapid.Bool().Draw(t, "database_subnets"))
	}
	files["estate.yaml"] = "project: acme\nregion: ap-southeast-3\nzones: [apse3-az1, apse3-az2, apse3-az3]\naccounts:\n" + accounts.String() +
		"segments: {all: {reaches: [all]}}\ngithub: {repository: acme/infra}\n"
	return files, ranges
}

func TestRandomEstatesNeverOverlap(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		files, ranges := drawFiles(t)
		overlapping := false
		for a, p := range ranges {
			for b, q := range ranges {
				overlapping = overlapping || a != b && p.Overlaps(q)
			}
		}
		e, err := load(mapFS(files), "acme", "acme")
		if (err != nil) != overlapping {
			t.Fatalf("%v: %v", ranges, err)
		}
		if err != nil {
			return
		}
		var all []Slot
		for account := range ranges {
			all = append(all, e.Plan(account)...)
		}
		if a, b, ok := overlap(all, all); ok {
			t.Fatalf("%v overlaps %v", a, b)
		}
	})
}

func TestAnotherSpokeMovesNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		files, ranges := drawFiles(t)
		before, err := load(mapFS(files), "acme", "acme")
		if err != nil {
			t.Skip()
		}
		more := maps.Clone(files)
		more["qa.yaml"] = strings.Replace(files["hub.yaml"], ranges[HubAccount].String(), "10.200.0.0/16", 1)
		more["estate.yaml"] = strings.Replace(files["estate.yaml"], "accounts:\n", "accounts:\n  qa: \"999999999999\"\n", 1)
		after, err := load(mapFS(more), "acme", "acme")
		if err != nil {
			t.Fatal(err)
		}
		for account := range ranges {
			if got, want := after.Plan(account), before.Plan(account); !slices.Equal(got, want) {
				t.Fatalf("%s: got %v, want %v", account, got, want)
			}
		}
	})
}

func TestNoRegionHasMoreZonesThanSlots(t *testing.T) {
	seen := map[string]bool{}
	for region, zones := range regionZones {
		if len(zones) > maxZones {
			t.Errorf("%s has %d zones", region, len(zones))
		}
		prefix, _, _ := strings.Cut(zones[0], "-az")
		for _, zone := range zones {
			if seen[zone] || !strings.HasPrefix(zone, prefix+"-az") {
				t.Errorf("%s: %s is not a zone of its own", region, zone)
			}
			seen[zone] = true
		}
		e := &Estate{Settings: Settings{Region: region, Zones: zones}}
		advice := e.fitting(Network{CIDR: netip.MustParsePrefix("10.0.0.0/16")})
		if !strings.HasPrefix(advice, "prefix_lengths of") {
			t.Errorf("%s has no room in a /16: %s", region, advice)
		}
	}
}
