package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Columns have fixed widths, because a row is printed as soon as it is measured,
// which takes a minute for the larger estates.
const (
	synthesisHead = "%-20s %6s %6s %7s   %8s %8s %6s   %8s %8s %6s\n"
	synthesisRow  = "%-20s %6d %6d %7d   %7.2fs %7.2fs %6.2f   %8s %8s %6.2f\n"
	marginalHead  = "%-20s %13s %13s   %13s %13s\n"
	marginalRow   = "%-20s %11.1fms %11.1fms   %11.2fMB %11.2fMB\n"
	pureGoHead    = "%-36s %-40s %12s %10s %10s\n"
	pureGoRow     = "%-36s %-40s %12s %8.2fMB %10d\n"
)

func printSynthesisHead(out io.Writer, s settings) {
	clusters := "with a cluster each"
	if !s.clusters {
		clusters = "without clusters"
	}
	fmt.Fprintf(out, "Synthesis: medians of %d runs each; spokes-n are n spokes like piksel's dev, %s.\n", s.runs, clusters)
	fmt.Fprintf(out, "Memory is the peak of the largest process.\n\n")
	fmt.Fprintf(out, synthesisHead, "", "", "", "", "time", "time", "fast/", "memory", "memory", "fast/")
	fmt.Fprintf(out, synthesisHead, "estate", "spokes", "stacks", "objects", "stock", "fast", "stock", "stock", "fast", "stock")
}

func printSynthesis(out io.Writer, s Synthesis) {
	fmt.Fprintf(out, synthesisRow, s.What, s.Spokes, s.Stacks, s.Objects,
		s.StockMedian.Seconds, s.FastMedian.Seconds, s.TimeRatio,
		memory(s.StockMedian.MB), memory(s.FastMedian.MB), s.MemoryRatio)
}

func printMarginal(out io.Writer, marginal []Marginal) {
	if len(marginal) == 0 {
		return
	}
	fmt.Fprintf(out, "\nOne spoke more costs\n\n")
	fmt.Fprintf(out, marginalHead, "from, to spokes", "time stock", "time fast", "memory stock", "memory fast")
	for _, m := range marginal {
		fmt.Fprintf(out, marginalRow, fmt.Sprintf("%d, %d", m.From, m.To),
			m.Stock.Seconds*1000, m.Fast.Seconds*1000, m.Stock.MB, m.Fast.MB)
	}
}

func printPureGo(out io.Writer, benchmarks []Benchmark) {
	fmt.Fprintf(out, "\nPure Go\n\n")
	fmt.Fprintf(out, pureGoHead, "package", "benchmark", "time", "memory", "allocations")
	for _, b := range benchmarks {
		fmt.Fprintf(out, pureGoRow, b.Package, b.Name, time.Duration(b.NsPerOp).Round(time.Microsecond), float64(b.BytesPerOp)/1e6, b.AllocsPerOp)
	}
}

func memory(mb float64) string {
	if mb == 0 {
		return "unknown"
	}
	return fmt.Sprintf("%.0fMB", mb)
}

func save(path string, r Report) error {
	if path == "" {
		return nil
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	return os.WriteFile(path, append(text, '\n'), 0o644)
}
