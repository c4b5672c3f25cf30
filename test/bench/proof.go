package main

import (
	"fmt"
	"io"
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
