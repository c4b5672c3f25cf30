package main

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/estate"
)

// atRoot makes a test run where the program is run.
func atRoot(t *testing.T) { t.Chdir(filepath.Join("..", "..")) }

func TestGeneratedEstatesLoad(t *testing.T) {
	atRoot(t)
	for _, n := range []int{1, 10, 100, maxSpokes} {
		for _, clusters := range []bool{false, true} {
			t.Run(fmt.Sprintf("%d spokes, clusters %v", n, clusters), func(t *testing.T) {
				dir := filepath.Join(t.TempDir(), "generated")
				if err := generate(dir, n, clusters); err != nil {
					t.Fatal(err)
				}
				e, err := estate.Load(dir)
				if err != nil {
					t.Fatal(err)
				}
				if len(e.Spokes) != n {
					t.Errorf("%d spokes, want %d", len(e.Spokes), n)
				}
				for _, s := range e.Spokes {
					if (s.Cluster != nil) != clusters {
						t.Errorf("%s has the cluster %v", s.Name, s.Cluster)
					}
				}
			})
		}
	}
}

// What is measured is the same in every run, and the spokes of a smaller estate are
// those of a larger one.
func TestTheSameSizeGivesTheSameEstate(t *testing.T) {
	atRoot(t)
	read := func(n int, name string) string {
		dir := filepath.Join(t.TempDir(), "generated")
		if err := generate(dir, n, true); err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	for _, name := range []string{"estate.yaml", "spoke-002.yaml"} {
		if diff := cmp.Diff(read(3, name), read(3, name)); diff != "" {
			t.Errorf("%s differs:\n%s", name, diff)
		}
	}
	if diff := cmp.Diff(read(2, "spoke-002.yaml"), read(5, "spoke-002.yaml")); diff != "" {
		t.Errorf("a larger estate has another second spoke:\n%s", diff)
	}
}

func TestTheMedianIsTheMiddle(t *testing.T) {
	for _, test := range []struct {
		of   []float64
		want float64
	}{
		{nil, 0},
		{[]float64{7}, 7},
		{[]float64{9, 1, 2}, 2},
		{[]float64{9, 1, 2, 4}, 3},
	} {
		before := slices.Clone(test.of)
		if got := median(test.of, func(v float64) float64 { return v }); got != test.want {
			t.Errorf("median of %v: %v, want %v", test.of, got, test.want)
		}
		if !slices.Equal(before, test.of) {
			t.Errorf("the values %v are in another order after", before)
		}
	}
}

func TestOneSpokeMoreIsTheSlopeBetweenGeneratedEstates(t *testing.T) {
	of := func(spokes int, generated bool, stock, fast Sample) Synthesis {
		return Synthesis{Spokes: spokes, Generated: generated, StockMedian: stock, FastMedian: fast}
	}
	got := marginal([]Synthesis{
		of(3, false, Sample{100, 100}, Sample{100, 100}),
		of(50, true, Sample{7, 500}, Sample{5, 100}),
		of(10, true, Sample{3, 100}, Sample{1, 60}),
	})
	want := []Marginal{{From: 10, To: 50, Stock: Sample{0.1, 10}, Fast: Sample{0.1, 1}}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if one := marginal([]Synthesis{of(10, true, Sample{}, Sample{}), of(10, true, Sample{}, Sample{})}); one != nil {
		t.Errorf("two estates of one size have a slope: %v", one)
	}
}

func TestNothingToCompareWithIsNoRatio(t *testing.T) {
	if got := ratio(1, 0); got != 0 || math.IsInf(got, 0) {
		t.Errorf("got %v", got)
	}
	if got := ratio(1, 4); got != 0.25 {
		t.Errorf("got %v", got)
	}
}

func TestTablesAreAligned(t *testing.T) {
	var out strings.Builder
	row := Synthesis{What: "piksel, cdktf synth", Spokes: 100, Stacks: 405, Objects: 20000,
		StockMedian: Sample{12.5, 1024}, FastMedian: Sample{2.25, 0}, TimeRatio: 0.18}
	printSynthesisHead(&out, settings{runs: 5})
	printSynthesis(&out, row)
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	head, last := lines[len(lines)-2], lines[len(lines)-1]
	if len(head) != len(last) {
		t.Errorf("the head and the row end apart:\n%s\n%s", head, last)
	}
	for _, want := range []string{"12.50s", "2.25s", "0.18", "1024MB", "unknown"} {
		if !strings.Contains(last, want) {
			t.Errorf("no %s in %s", want, last)
		}
	}
}

func TestGoBenchmarksAreRead(t *testing.T) {
	got := benchmarks(`goos: linux
pkg: hubspoke/estate
BenchmarkLoad-2   	     100	  10500000 ns/op	 2000000 B/op	   30000 allocs/op
PASS
ok  	hubspoke/estate	2.0s
pkg: hubspoke/internal/gitops
BenchmarkWrite-2  	      50	   2000 ns/op	 16 B/op	   1 allocs/op
`)
	want := []Benchmark{
		{"hubspoke/estate", "BenchmarkLoad-2", 10.5e6, 2000000, 30000},
		{"hubspoke/internal/gitops", "BenchmarkWrite-2", 2000, 16, 1},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestArgumentsThatMakeNoSenseAreRefused(t *testing.T) {
	for _, args := range [][]string{{"-runs", "0"}, {"-spokes", "1,x"}, {"-spokes", "0"}, {"-spokes", "1000"}} {
		if _, err := options(args); err == nil {
			t.Errorf("%v is accepted", args)
		}
	}
	s, err := options([]string{"-spokes", "2, 30"})
	if err != nil || !slices.Equal(s.spokes, []int{2, 30}) {
		t.Errorf("sizes %v, error %v", s.spokes, err)
	}
}

func TestTheReportIsJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "new", "bench.json")
	want := Report{Go: "go1", CPUs: 2, Synthesis: []Synthesis{{What: "piksel", Stock: []Sample{{1, 2}}}}}
	if err := save(path, want); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var got Report
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestProofsAreComparedWithTheSmallerOne(t *testing.T) {
	var out strings.Builder
	printProofRuns(&out, []ProofRun{
		{Spokes: 100, CPU: 1, Median: Sample{0.8, 200}},
		{Spokes: 200, CPU: 2.1, Median: Sample{1.6, 500}},
	})
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if last := lines[len(lines)-1]; !strings.Contains(last, "2.10s (2.10)") || !strings.Contains(last, "1.60s (2.00)") || !strings.Contains(last, "500MB (2.50)") {
		t.Errorf("got %s", last)
	}
	if first := lines[len(lines)-2]; strings.Contains(first, "(") {
		t.Errorf("the first is compared with something: %s", first)
	}
	s, err := options([]string{"-proofs", "3,6", "-only-proofs"})
	if err != nil || !slices.Equal(s.proofs, []int{3, 6}) || !s.onlyProofs {
		t.Errorf("sizes %v, only %v, error %v", s.proofs, s.onlyProofs, err)
	}
}

func TestGeneratedOrganizationsLoad(t *testing.T) {
	atRoot(t)
	own, err := estate.Load(organizationTemplate)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "generated")
	if err := generateOrganization(dir, 300); err != nil {
		t.Fatal(err)
	}
	e, err := estate.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := len(e.Accounts) - len(own.Accounts); got != 300 {
		t.Errorf("%d accounts more", got)
	}
}

func TestTheRatioOfAccountsIsOneWhereTimeIsLinear(t *testing.T) {
	of := func(more int, seconds float64) Organization {
		return Organization{More: more, Median: Sample{Seconds: seconds}}
	}
	all := []Organization{of(0, 1), of(100, 3), of(300, 7), of(400, 13)}
	compareAccounts(all)
	for i, want := range []float64{0, 0, 1, 3} {
		if math.Abs(all[i].Ratio-want) > 1e-9 {
			t.Errorf("%d accounts: %v, want %v", all[i].More, all[i].Ratio, want)
		}
	}
}
