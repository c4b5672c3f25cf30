package main

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"

	"golang.org/x/tools/benchmark/parse"
)

// Benchmark is the result of one of Go's own benchmarks.
type Benchmark struct {
	Package     string  `json:"package"`
	Name        string  `json:"name"`
	NsPerOp     float64 `json:"ns_per_op"`
	BytesPerOp  uint64  `json:"bytes_per_op"`
	AllocsPerOp uint64  `json:"allocs_per_op"`
}

// measurePureGo runs the benchmarks of the parts that need no kernel: all that
// there are.
func measurePureGo(ctx context.Context) ([]Benchmark, error) {
	command := exec.CommandContext(ctx, "go", "test", "-run", "^$", "-bench", ".", "-benchmem", "./...")
	var stderr bytes.Buffer
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		return nil, fmt.Errorf("go test -bench: %w\n%s%s", err, output, &stderr)
	}
	return benchmarks(string(output)), nil
}

// benchmarks reads https://go.dev/design/14313-benchmark-format.
func benchmarks(output string) []Benchmark {
	var all []Benchmark
	pkg := ""
	for line := range strings.Lines(output) {
		if name, ok := strings.CutPrefix(line, "pkg: "); ok {
			pkg = strings.TrimSpace(name)
		}
		if b, err := parse.ParseLine(line); err == nil {
			all = append(all, Benchmark{Package: pkg, Name: b.Name, NsPerOp: b.NsPerOp, BytesPerOp: b.AllocedBytesPerOp, AllocsPerOp: b.AllocsPerOp})
		}
	}
	return all
}
