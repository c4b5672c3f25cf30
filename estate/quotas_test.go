package estate

import (
	"fmt"
	"maps"
	"slices"
	"sort"
	"strings"
	"testing"
	"testing/fstest"

	"hubspoke/internal/quota"
)

// grown is piksel with so many spokes, those that are new in the segments that segment
// gives them. Each has the cluster, the record role and the zone that dev has.
func grown(t *testing.T, spokes int, segment func(name string) string) *Estate {
	t.Helper()
	files := ownEstates(t)["piksel"]
	dev := string(files["dev.yaml"].Data)
	var accounts, segments, zones, visible strings.Builder
	known := map[string]bool{"dev": true, "staging": true, "prod": true}
	for i := len(known); i < spokes; i++ {
		name := fmt.Sprintf("spoke-%03d", i)
		fmt.Fprintf(&accounts, "\n  %s: \"%012d\"", name, 500000000000+i)
		fmt.Fprintf(&zones, "    %s.piksel.internal:\n      visible_to: [hub, %s]\n", name, name)
		fmt.Fprintf(&visible, ", %s", name)
		s := segment(name)
		if !known[s] {
			known[s] = true
			fmt.Fprintf(&segments, "  %s:\n    reaches: [shared]\n", s)
		}
		text := strings.NewReplacer("segment: dev", "segment: "+s, "dev.piksel.internal", name+".piksel.internal", "10.1.0.0/16", fmt.Sprintf("10.%d.0.0/16", i+1)).Replace(dev)
		files[name+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	settings := string(files["estate.yaml"].Data)
	for _, place := range []struct{ before, text string }{
		{"\n  staging: \"333333333333\"", accounts.String()},
		{"  prod:\n    reaches: [shared]\n", segments.String()},
		{"    dev.piksel.internal:\n", zones.String()},
		{", dev, staging, prod]", visible.String()},
	} {
		if strings.Count(settings, place.before) != 1 {
			t.Fatalf("piksel has no %q any more: mend this test", place.before)
		}
		with := place.text + place.before
		if strings.HasSuffix(place.before, "]") {
			with = strings.TrimSuffix(place.before, "]") + place.text + "]"
		}
		settings = strings.Replace(settings, place.before, with, 1)
	}
	files["estate.yaml"] = &fstest.MapFile{Data: []byte(settings)}
	e, err := load(files, "piksel", "piksel")
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// aSegmentEach and oneForAll are two ways to place new spokes.
func aSegmentEach(name string) string { return name }
func oneForAll(string) string         { return "workloads" }

// mostSpokes is as many as nearly fill 10.0.0.0/8 with a /16 each.
const mostSpokes = 250

// ends is with how many spokes piksel uses more of a quota than there is at first; one
// more than mostSpokes if it never does.
func ends(t *testing.T, key string, segment func(string) string) int {
	return sort.Search(mostSpokes+1, func(n int) bool {
		return n > 3 && slices.ContainsFunc(grown(t, n, segment).Usage(), func(u Use) bool { return u.Quota.Key == key && u.Used > u.Limit })
	})
}

// Where a company with the shape of piksel ends, and in which order. What is not named here
// lasts for more spokes than its address space does.
func TestPikselMeetsItsQuotasInThisOrder(t *testing.T) {
	for name, test := range map[string]struct {
		segment func(string) string
		order   []string
	}{
		// As many segments as route tables: 19 spokes beside the hub's.
		"with a segment for each spoke": {aSegmentEach, []string{
			"transit-gateway-route-tables after 19", "query-log-vpcs after 98",
		}},
		"with one segment for all": {oneForAll, []string{"query-log-vpcs after 98"}},
	} {
		t.Run(name, func(t *testing.T) {
			after := map[string]int{}
			for _, u := range grown(t, mostSpokes, test.segment).Usage() {
				if u.Used > u.Limit {
					after[u.Quota.Key] = ends(t, u.Quota.Key, test.segment) - 1
				}
			}
			var order []string
			for _, key := range slices.SortedFunc(maps.Keys(after), func(a, b string) int { return after[a] - after[b] }) {
				order = append(order, fmt.Sprintf("%s after %d", key, after[key]))
			}
			if !slices.Equal(order, test.order) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(order, "\n"), strings.Join(test.order, "\n"))
			}
		})
	}
}

// With a hundred spokes, the check says which quota comes first, what uses it and what to do.
func TestAHundredSpokesAreToldOfTheirQuotas(t *testing.T) {
	e := grown(t, 100, aSegmentEach)
	if first := e.Usage()[0]; first.Quota != quota.TransitGatewayRouteTables {
		t.Errorf("%s come first", first.Quota.Name)
	}
	const want = `
warning: piksel/estate.yaml:12: accounts: 102 of 100 VPCs whose DNS queries an account's configurations log in a region are used (every VPC, by the hub's configurations): ask AWS for more, and state what it gives under quotas.query-log-vpcs in estate.yaml
warning: piksel/estate.yaml:118: segments: 101 of 20 route tables of a transit gateway are used (one for each segment): put spokes that reach the same into one segment: as long as it does not name itself under reaches, they do not reach each other; or ask AWS for more, and state what it gives under quotas.transit-gateway-route-tables in estate.yaml
`
	// What piksel is warned of anyway is not about its size.
	quotas := slices.DeleteFunc(slices.Clone(e.Warnings), func(w *Error) bool { return !strings.Contains(w.Message, " are used (") })
	if got := quotas.Warning(); got != want[1:] {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// A quota that AWS has raised is warned about when that one is nearly used up.
func TestWhatAWSHasGivenCounts(t *testing.T) {
	segments := ""
	for i := range 14 {
		segments += fmt.Sprintf("  s%d: {}\n", i)
	}
	more := edit{"estate.yaml", "  shared: {}\n", "  shared: {}\n" + segments}
	if got := loadEdited(t, more).Warnings.Warning(); !strings.Contains(got, "17 of 20 route tables") {
		t.Errorf("17 of 20 are not warned about: %s", got)
	}
	if got := loadEdited(t, more, edit{"estate.yaml", "tags:", "quotas: {transit-gateway-route-tables: 40}\ntags:"}).Warnings; len(got) > 0 {
		t.Errorf("17 of 40 are warned about: %v", got)
	}
}

// What AWS never gives is refused, and warned about before.
func TestWhatAWSNeverGivesIsRefused(t *testing.T) {
	buckets := func(n int) string {
		var arns []string
		for i := range n {
			arns = append(arns, fmt.Sprintf("\"arn:aws:s3:::acme-orders-of-the-year-%04d/*\"", i))
		}
		return "[" + strings.Join(arns, ", ") + "]"
	}
	with := func(n int) fstest.MapFS {
		return edited(t, clustered(edit{"prod.yaml", `["arn:aws:s3:::acme-orders/*"]`, buckets(n)})...)
	}
	const use = "acme/prod.yaml:43: cluster.identities.shop: %d of 10240 characters of a role's inline policies are used (what the workload is allowed): AWS gives nobody more: name several actions or resources by one with a wildcard, or make a managed policy of your own and name it under managed_policies"
	e, err := load(with(200), "acme", "acme")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := e.Warnings.Warning(), "warning: "+fmt.Sprintf(use, 9653)+"\n"; got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if _, err := load(with(240), "acme", "acme"); err == nil || err.Error() != fmt.Sprintf(use, 11493) {
		t.Errorf("got %v", err)
	}
}
