// Bench measures what synthesis costs, and what the fast kernel saves of it:
//
//	make bench
//	make bench ARGS='-runs 3 -spokes 1,10'
//	make bench ARGS=-only-proofs
//
// It builds the program and runs it over the estate piksel and over generated
// estates, with the stock kernel and with the fast one in turn, so that what else
// the machine does troubles both alike. All figures are medians. A table goes to
// standard output as it grows, and everything, with the single runs, to a JSON file.
//
// What the network proof costs is measured too: that of each estate in this process,
// and the whole command, with its memory, for estates of two sizes in turn.
//
// Organisations are innovate with more accounts: how their time grows is a ratio, so that it says the
// same of every machine.
//
// The process with the largest peak is what counts as memory: node, which is
// started by the program, is by far the largest of its tree.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
)

// settings are what a user may choose.
type settings struct {
	runs   int
	spokes []int
	proofs []int
	// accounts are how many innovate gets beside its own, one organisation for each.
	accounts []int
	// onlyProofs leaves out all but the command that proves.
	onlyProofs bool
	clusters   bool
	json       string
}

// Report is all that was measured.
type Report struct {
	Go   string `json:"go"`
	OS   string `json:"os"`
	Arch string `json:"arch"`
	// CPUs is how many the machine has.
	CPUs int `json:"cpus"`
	// Clusters says whether the spokes of generated estates have one.
	Clusters  bool        `json:"clusters"`
	Synthesis []Synthesis `json:"synthesis"`
	Marginal  []Marginal  `json:"marginal"`
	// Proofs are of estates that are synthesized only to be proven.
	Proofs []ProofRun `json:"proofs"`
	// Organizations are innovate, and organisations that have more accounts.
	Organizations []Organization `json:"organizations"`
	PureGo        []Benchmark    `json:"pure_go"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	s, err := options(os.Args[1:])
	if err == nil {
		err = run(ctx, s)
	}
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func options(args []string) (settings, error) {
	s := settings{spokes: []int{1, 10, 50, 100}, proofs: []int{100, 200}, accounts: []int{100, 300}}
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.IntVar(&s.runs, "runs", 5, "how often each is run, after one run that does not count")
	flags.BoolVar(&s.clusters, "clusters", true, "whether the spokes of generated estates have a cluster, as piksel's have")
	flags.StringVar(&s.json, "json", filepath.Join("cdktf.out", "bench.json"), "where the figures go; empty for nowhere")
	flags.Func("spokes", "the sizes of generated estates (default 1,10,50,100)", func(list string) (err error) {
		s.spokes, err = numbers(list, maxSpokes)
		return err
	})
	flags.Func("proofs", "the sizes of generated estates that are only proven (default 100,200)", func(list string) (err error) {
		s.proofs, err = numbers(list, maxSpokes)
		return err
	})
	flags.Func("accounts", "how many accounts organisations have beside those of innovate (default 100,300)", func(list string) (err error) {
		s.accounts, err = numbers(list, maxAccounts)
		return err
	})
	flags.BoolVar(&s.onlyProofs, "only-proofs", false, "whether to measure the proofs of -proofs and nothing else")
	if err := flags.Parse(args); err != nil {
		return s, err
	}
	if s.runs < 1 {
		return s, fmt.Errorf("-runs %d: want 1 or more", s.runs)
	}
	return s, nil
}

// numbers reads a list of numbers up to the most.
func numbers(list string, most int) ([]int, error) {
	var all []int
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.Atoi(strings.TrimSpace(text))
		if err != nil || n < 1 || n > most {
			return nil, fmt.Errorf("%q is not a number from 1 to %d", text, most)
		}
		all = append(all, n)
	}
	return all, nil
}

// run measures one section after the other. Each prints its own table, so that an
// interrupted run has shown what it has.
func run(ctx context.Context, s settings) error {
	scratch, err := os.MkdirTemp("", "hubspoke-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	report := Report{Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH, CPUs: runtime.NumCPU(), Clusters: s.clusters}

	if !s.onlyProofs {
		if report.Synthesis, err = measureSynthesis(ctx, s, scratch); err != nil {
			return err
		}
		report.Marginal = marginal(report.Synthesis)
		printMarginal(os.Stdout, report.Marginal)
		printProofs(os.Stdout, report.Synthesis)
	}
	if report.Proofs, err = measureProofRuns(ctx, s, scratch); err != nil {
		return err
	}
	printProofRuns(os.Stdout, report.Proofs)
	if !s.onlyProofs {
		if report.Organizations, err = measureOrganizations(ctx, s, scratch); err != nil {
			return err
		}
		printOrganizations(os.Stdout, report.Organizations)
		if report.PureGo, err = measurePureGo(ctx); err != nil {
			return err
		}
		printPureGo(os.Stdout, report.PureGo)
	}
	return save(s.json, report)
}
