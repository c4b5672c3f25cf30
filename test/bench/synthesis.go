package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"

	"hubspoke/estate"
	"hubspoke/proof/stackjson"
)

// Sample is one run of a command.
type Sample struct {
	Seconds float64 `json:"seconds"`
	// MB is the peak memory of the largest process of the tree, in 10⁶ bytes; 0
	// where the system does not tell.
	MB float64 `json:"mb"`
}

// Synthesis is what one way to synthesize one estate costs.
type Synthesis struct {
	What   string `json:"what"`
	Spokes int    `json:"spokes"`
	Stacks int    `json:"stacks"`
	// Objects are the resources and data sources of all stacks.
	Objects int      `json:"objects"`
	Stock   []Sample `json:"stock"`
	Fast    []Sample `json:"fast"`

	// The medians of the above, and fast over stock.
	StockMedian Sample  `json:"stock_median"`
	FastMedian  Sample  `json:"fast_median"`
	TimeRatio   float64 `json:"time_ratio"`
	MemoryRatio float64 `json:"memory_ratio"`
	// Generated says that the estate is one of those that differ in nothing but
	// their size.
	Generated bool `json:"generated"`

	// Proof is what the network proof of its output costs, where that was measured.
	Proof *Proof `json:"proof,omitempty"`
}

// A task is something to measure with both kernels.
type task struct {
	what      string
	estate    string // a folder
	command   []string
	cold      bool // every run finds an empty cache folder
	generated bool
	prove     bool // the network proof is measured on what it writes
}

func measureSynthesis(ctx context.Context, s settings, scratch string) ([]Synthesis, error) {
	program := filepath.Join(scratch, "hubspoke")
	if err := build(ctx, program, "."); err != nil {
		return nil, err
	}
	tasks, err := synthesisTasks(s, scratch, program)
	if err != nil {
		return nil, err
	}
	var all []Synthesis
	printSynthesisHead(os.Stdout, s)
	for _, t := range tasks {
		result, err := compare(ctx, t, s.runs, scratch)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.what, err)
		}
		printSynthesis(os.Stdout, result)
		all = append(all, result)
	}
	return all, nil
}

func build(ctx context.Context, program, from string) error {
	if output, err := exec.CommandContext(ctx, "go", "build", "-o", program, from).CombinedOutput(); err != nil {
		return fmt.Errorf("go build: %w\n%s", err, output)
	}
	return nil
}

func synthesisTasks(s settings, scratch, program string) ([]task, error) {
	tasks := []task{{what: "piksel", estate: template, command: []string{program}, prove: true}}
	for _, n := range s.spokes {
		name := fmt.Sprintf("spokes-%d", n)
		dir := filepath.Join(scratch, name)
		if err := generate(dir, n, s.clusters); err != nil {
			return nil, fmt.Errorf("generating an estate of %d spokes: %w", n, err)
		}
		tasks = append(tasks, task{what: name, estate: dir, command: []string{program}, generated: true, prove: true})
	}
	// Only there does XDG_CACHE_HOME move the user's cache folder.
	if runtime.GOOS == "linux" {
		tasks = append(tasks, task{what: "piksel, cold cache", estate: template, command: []string{program}, cold: true})
	}
	cdktf := filepath.Join("node_modules", ".bin", "cdktf")
	if _, err := os.Stat(cdktf); err != nil {
		return nil, fmt.Errorf("the CDKTF command line is not installed, run `make deps`: %w", err)
	}
	return append(tasks, task{what: "piksel, cdktf synth", estate: template,
		command: []string{cdktf, "synth", "--output", filepath.Join(scratch, "out")}}), nil
}

// compare runs a task with both kernels in turn. The first run of each does not
// count: it fills caches, those of the file system among them.
func compare(ctx context.Context, t task, runs int, scratch string) (Synthesis, error) {
	result := Synthesis{What: t.what, Generated: t.generated}
	outdir := filepath.Join(scratch, "out")
	for run := range runs + 1 {
		stock, err := measure(ctx, t, outdir, "1")
		if err != nil {
			return result, err
		}
		fast, err := measure(ctx, t, outdir, "")
		if err != nil {
			return result, err
		}
		if run > 0 {
			result.Stock, result.Fast = append(result.Stock, stock), append(result.Fast, fast)
		}
	}
	result.StockMedian, result.FastMedian = medians(result.Stock), medians(result.Fast)
	result.TimeRatio = ratio(result.FastMedian.Seconds, result.StockMedian.Seconds)
	result.MemoryRatio = ratio(result.FastMedian.MB, result.StockMedian.MB)
	if t.prove {
		var err error
		if result.Proof, err = measureProof(t.what, t.estate, outdir, runs); err != nil {
			return result, err
		}
	}
	return result, result.count(t.estate, outdir)
}

// count counts what was synthesized last.
func (r *Synthesis) count(dir, outdir string) error {
	estate, err := estate.Load(dir)
	if err != nil {
		return err
	}
	stacks, err := stackjson.Read(outdir)
	if err != nil {
		return err
	}
	r.Spokes, r.Stacks = len(estate.Spokes), len(stacks)
	for _, s := range stacks {
		r.Objects += len(s.Resources())
	}
	return nil
}

// measure runs a task once. Only the variables that choose what is synthesized,
// and how, are taken from this process's environment.
func measure(ctx context.Context, t task, outdir, stock string) (Sample, error) {
	run := exec.CommandContext(ctx, t.command[0], t.command[1:]...)
	run.Env = slices.DeleteFunc(os.Environ(), func(variable string) bool {
		name, _, _ := strings.Cut(variable, "=")
		return slices.Contains([]string{"STATE_BACKEND", "DEPLOY_ROLE"}, name)
	})
	run.Env = append(run.Env, "ESTATE="+t.estate, "CDKTF_OUTDIR="+outdir, "HUBSPOKE_STOCK_KERNEL="+stock)
	if t.cold {
		cache, err := os.MkdirTemp(filepath.Dir(outdir), "cache-")
		if err != nil {
			return Sample{}, err
		}
		defer os.RemoveAll(cache)
		run.Env = append(run.Env, "XDG_CACHE_HOME="+cache)
	}
	var output bytes.Buffer
	run.Stdout, run.Stderr = &output, &output
	start := time.Now()
	err := run.Run()
	sample := Sample{Seconds: time.Since(start).Seconds()}
	if err != nil {
		return sample, errors.Join(fmt.Errorf("%s: %w", strings.Join(t.command, " "), err), ctx.Err(), errors.New(output.String()))
	}
	sample.MB = float64(peak(run.ProcessState)) / 1e6
	return sample, nil
}

func medians(samples []Sample) Sample {
	return Sample{
		Seconds: median(samples, func(s Sample) float64 { return s.Seconds }),
		MB:      median(samples, func(s Sample) float64 { return s.MB }),
	}
}

// median is the middle value, or the mean of the two in the middle.
func median[T any](of []T, value func(T) float64) float64 {
	if len(of) == 0 {
		return 0
	}
	values := make([]float64, len(of))
	for i, item := range of {
		values[i] = value(item)
	}
	slices.Sort(values)
	middle := len(values) / 2
	if len(values)%2 == 1 {
		return values[middle]
	}
	return (values[middle-1] + values[middle]) / 2
}

// ratio is 0 where there is nothing to compare with.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

// Marginal is what one more spoke costs, between two sizes of generated estates.
type Marginal struct {
	From  int    `json:"from_spokes"`
	To    int    `json:"to_spokes"`
	Stock Sample `json:"stock"`
	Fast  Sample `json:"fast"`
}

// marginal compares each generated estate with the next larger one. Where time
// grows with the number of spokes and not faster, all are alike.
func marginal(results []Synthesis) []Marginal {
	var generated []Synthesis
	for _, r := range results {
		if r.Generated {
			generated = append(generated, r)
		}
	}
	slices.SortStableFunc(generated, func(a, b Synthesis) int { return cmp.Compare(a.Spokes, b.Spokes) })
	var all []Marginal
	for i := 1; i < len(generated); i++ {
		from, to := generated[i-1], generated[i]
		if to.Spokes == from.Spokes {
			continue
		}
		per := func(a, b Sample) Sample {
			n := float64(to.Spokes - from.Spokes)
			return Sample{Seconds: (b.Seconds - a.Seconds) / n, MB: (b.MB - a.MB) / n}
		}
		all = append(all, Marginal{From: from.Spokes, To: to.Spokes,
			Stock: per(from.StockMedian, to.StockMedian), Fast: per(from.FastMedian, to.FastMedian)})
	}
	return all
}
