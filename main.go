// Hubspoke turns an estate, a folder of YAML that describes a company's AWS
// network across its accounts, into Terraform JSON. It is a CDK for Terraform
// app: `cdktf synth` runs it, as cdktf.json says.
//
// The environment variable ESTATE chooses the estate, by the name of a folder
// under environments/ or by a path; default piksel.
package main

import (
	"fmt"
	"os"

	"github.com/aws/jsii-runtime-go"

	"hubspoke/estate"
	"hubspoke/internal/fastkernel"
	"hubspoke/internal/synth"
	"hubspoke/stacks/compose"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	e, err := estate.Load(estate.Find(os.Getenv("ESTATE")))
	if err != nil {
		return err
	}
	fmt.Fprint(os.Stderr, e.Warnings.Warning())
	fastkernel.Enable()
	defer jsii.Close()
	return synth.Write(e, outdir(), func(e *estate.Estate, dir string) (err error) {
		defer catch(&err)
		return compose.Write(e, dir)
	})
}

// catch is deferred. jsii reports what fails on its side by panicking: this is the one
// place that turns such a panic into an error. After one, the process should end.
func catch(err *error) {
	switch r := recover().(type) {
	case nil:
	case error:
		*err = r
	default:
		*err = fmt.Errorf("%v", r)
	}
}

// outdir is where the CLI expects the output.
func outdir() string {
	if dir := os.Getenv("CDKTF_OUTDIR"); dir != "" {
		return dir
	}
	return "cdktf.out"
}
