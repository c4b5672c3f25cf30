package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"hubspoke/estate"
	"hubspoke/internal/estateproof"
	"hubspoke/proof"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
)

// Proof is what the network proof of one estate costs.
type Proof struct {
	What    string `json:"what"`
	Spokes  int    `json:"spokes"`
	Stacks  int    `json:"stacks"`
	Intents int    `json:"intents"`
	// Status says what came of it: a proof that fails may stop early.
	Status proof.Status `json:"status"`
	// Read is reading the JSON and making the model of it, Prove all intents and
	// invariants. Both are medians.
	Read  float64 `json:"read_seconds"`
	Prove float64 `json:"prove_seconds"`
}

// measureProof proves an estate from what was synthesized last.
func measureProof(what, dir, outdir string, runs int) (*Proof, error) {
	e, err := estate.Load(dir)
	if err != nil {
		return nil, err
	}
	p := &Proof{What: what, Spokes: len(e.Spokes)}
	var samples [][2]float64
	for range runs {
		start := time.Now()
		synthesized, err := stackjson.Read(outdir)
		if err != nil {
			return nil, err
		}
		model := proof.Of(estateproof.Input(e, dir, stacks.Names(stacks.Of(e)), synthesized))
		read := time.Now()
		report := model.Prove()
		samples = append(samples, [2]float64{read.Sub(start).Seconds(), time.Since(read).Seconds()})
		p.Stacks, p.Intents, p.Status = len(synthesized), len(report.Intents), report.Status
	}
	p.Read = median(samples, func(s [2]float64) float64 { return s[0] })
	p.Prove = median(samples, func(s [2]float64) float64 { return s[1] })
	return p, nil
}

func printProofs(out io.Writer, results []Synthesis) {
	fmt.Fprintf(out, "\nNetwork proof: reading, and then all intents and invariants; the intents are about every pair of subnets\n\n")
	fmt.Fprintf(out, "%-20s %6s %6s %7s   %9s %9s   %s\n", "estate", "spokes", "stacks", "intents", "read", "prove", "status")
	for _, r := range results {
		p := r.Proof
		if p == nil {
			continue
		}
		fmt.Fprintf(out, "%-20s %6d %6d %7d   %8.3fs %8.3fs   %s\n", p.What, p.Spokes, p.Stacks, p.Intents, p.Read, p.Prove, p.Status)
	}
}

// ProofRun is what the whole command `estate prove` costs: loading the estate, reading
// what was synthesized, all intents and invariants, and the report.
type ProofRun struct {
	Spokes int `json:"spokes"`
	// CPU are the seconds of all cores, which tell more than the clock where a machine
	// has something else to do. It is the median, as is Median.
	CPU    float64  `json:"cpu_seconds"`
	Median Sample   `json:"median"`
	Runs   []Sample `json:"runs"`
}

// measureProofRuns proves estates of several sizes in turn, each synthesized once.
func measureProofRuns(ctx context.Context, s settings, scratch string) ([]ProofRun, error) {
	program, synth := filepath.Join(scratch, "estate"), filepath.Join(scratch, "hubspoke")
	if err := errors.Join(build(ctx, program, "./cmd/estate"), build(ctx, synth, ".")); err != nil {
		return nil, err
	}
	runs := make([]ProofRun, len(s.proofs))
	cpu := make([][]float64, len(s.proofs))
	for i, n := range s.proofs {
		runs[i].Spokes = n
		dir := proofDir(scratch, n)
		if err := generate(dir, n, s.clusters); err != nil {
			return nil, fmt.Errorf("generating an estate of %d spokes: %w", n, err)
		}
		if _, err := measure(ctx, task{estate: dir, command: []string{synth}}, dir+".out", ""); err != nil {
			return nil, err
		}
	}
	for run := range s.runs + 1 {
		for i, n := range s.proofs {
			sample, seconds, err := proveOnce(ctx, program, proofDir(scratch, n))
			if err != nil {
				return nil, err
			}
			if run > 0 {
				runs[i].Runs, cpu[i] = append(runs[i].Runs, sample), append(cpu[i], seconds)
			}
		}
	}
	for i := range runs {
		runs[i].Median = medians(runs[i].Runs)
		runs[i].CPU = median(cpu[i], func(v float64) float64 { return v })
	}
	return runs, nil
}

// proofDir is the folder of a generated estate that is only proven. What is synthesized
// of it lies beside it.
func proofDir(scratch string, spokes int) string {
	return filepath.Join(scratch, fmt.Sprintf("proof-%d", spokes))
}

// proveOnce runs the command once. Whether everything is proven does not matter.
func proveOnce(ctx context.Context, program, dir string) (Sample, float64, error) {
	run := exec.CommandContext(ctx, program, "prove", "--json", "--outdir", dir+".out", dir)
	var problems bytes.Buffer
	run.Stderr = &problems
	start := time.Now()
	err := run.Run()
	sample := Sample{Seconds: time.Since(start).Seconds()}
	var status *exec.ExitError
	if err != nil && !(errors.As(err, &status) && status.ExitCode() > 0 && problems.Len() == 0) {
		return sample, 0, errors.Join(fmt.Errorf("estate prove: %w", err), ctx.Err(), errors.New(problems.String()))
	}
	sample.MB = float64(peak(run.ProcessState)) / 1e6
	return sample, cpuTime(run.ProcessState), nil
}

func cpuTime(process *os.ProcessState) float64 {
	return (process.UserTime() + process.SystemTime()).Seconds()
}

// printProofRuns prints each size with how many times the smaller one before it takes.
func printProofRuns(out io.Writer, runs []ProofRun) {
	fmt.Fprintf(out, "\nestate prove, the whole command; in brackets, how many times the line above\n\n")
	fmt.Fprintf(out, "%6s   %16s %16s %16s\n", "spokes", "CPU", "time", "memory")
	for i, r := range runs {
		times := func(of func(ProofRun) float64) string {
			if i == 0 {
				return ""
			}
			return fmt.Sprintf("(%.2f)", ratio(of(r), of(runs[i-1])))
		}
		fmt.Fprintf(out, "%6d   %8.2fs %6s %8.2fs %6s %9s %6s\n", r.Spokes,
			r.CPU, times(func(r ProofRun) float64 { return r.CPU }),
			r.Median.Seconds, times(func(r ProofRun) float64 { return r.Median.Seconds }),
			memory(r.Median.MB), times(func(r ProofRun) float64 { return r.Median.MB }))
	}
}
