// Hubspoke turns an estate, a folder of YAML that describes a company's AWS
// network across its accounts, into Terraform JSON. It is a CDK for Terraform app,
// which needs no command line but its own; that of CDKTF runs it too, as cdktf.json says.
//
// The environment variable ESTATE chooses the estate, by the name of a folder
// under environments/ or by a path; default piksel. CDKTF_OUTDIR is the folder to write
// to; default cdktf.out.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/aws/jsii-runtime-go"

	"hubspoke/estate"
	"hubspoke/internal/fastkernel"
	"hubspoke/internal/gitops"
	"hubspoke/internal/synth"
	"hubspoke/internal/words"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
	"hubspoke/stacks/compose"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	start := time.Now()
	e, err := estate.Load(estate.Find(os.Getenv("ESTATE")))
	if err != nil {
		return err
	}
	fmt.Fprint(os.Stderr, e.Warnings.Warning())
	fastkernel.Enable()
	defer jsii.Close()
	dir := outdir()
	if err := synth.Write(e, dir, stacks.ByPeople(e), write); err != nil {
		return err
	}
	if !runByCDKTF() {
		tellWritten(os.Stderr, dir, time.Since(start))
	}
	return nil
}

// write makes the stacks. jsii reports what fails on its side by panicking, and this is
// where such a panic becomes an error. After one, the process should end.
func write(e *estate.Estate, dir string) (err error) {
	defer catch(&err)
	return compose.Write(e, dir)
}

// catch is deferred by what calls jsii. It is the one place that recovers.
func catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case error:
		*err = r
	default:
		*err = fmt.Errorf("%v", r)
	}
}

// outdir is where the output goes. CDKTF's command line says it in the same way.
func outdir() string {
	if dir := os.Getenv("CDKTF_OUTDIR"); dir != "" {
		return dir
	}
	return "cdktf.out"
}

// runByCDKTF says whether CDKTF's command line runs this program. It has its own words
// for what follows.
func runByCDKTF() bool {
	_, set := os.LookupEnv("CDKTF_CONTEXT_JSON")
	return set
}

// tellWritten says what was written. What to do with it make says, which knows whether
// it does that next. It is on standard error, beside warnings: nothing is lost of either
// where output goes to a file.
func tellWritten(out io.Writer, dir string, took time.Duration) {
	what := count(filepath.Join(dir, "stacks", "*", stackjson.File), "stack")
	if bundles := count(filepath.Join(dir, gitops.Dir, "*"), "bundle"); bundles != "" {
		what += " and " + bundles
	}
	fmt.Fprintf(out, "wrote %s to %s in %.1f s\n", what, dir, took.Seconds())
}

// count is how many files there are, in words, or nothing if there are none.
func count(pattern, what string) string {
	found, err := filepath.Glob(pattern)
	if err != nil || len(found) == 0 {
		return ""
	}
	return words.Count(len(found), what)
}
