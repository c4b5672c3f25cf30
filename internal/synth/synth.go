// Package synth turns an estate into Terraform JSON on disk.
package synth

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/aws/jsii-runtime-go"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/environments"
	"hubspoke/stacks"
)

// Write synthesizes the estate into the folder outdir, which CDKTF calls
// cdktf.out. Everything is written beside it first and moved into place at the
// end, so that an error leaves what was there before.
//
// jsii reports what fails on its side by panicking. This is the one place that
// turns such a panic into an error; after one, the process should end.
func Write(e *environments.Estate, outdir string) (err error) {
	outdir, err = filepath.Abs(outdir)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(outdir, 0o755); err != nil {
		return err
	}
	temporary, err := os.MkdirTemp(outdir, ".synth-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	if err := compose(e, temporary); err != nil {
		return fmt.Errorf("synthesis of %s failed: %w", e.Name, err)
	}
	return publish(temporary, outdir)
}

func compose(e *environments.Estate, outdir string) (err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case error:
			err = r
		default:
			err = fmt.Errorf("%v", r)
		}
	}()
	// The default is to write the stack traces of constructs into the JSON, and
	// with them paths of this machine.
	app := cdktf.NewApp(&cdktf.AppConfig{Outdir: &outdir, StackTraces: jsii.Bool(false)})
	if err := stacks.Compose(app, e); err != nil {
		return err
	}
	app.Synth()
	return nil
}

// publish moves the stacks and, last, the manifest that lists them. Terraform's
// own files beside an earlier synthesis (.terraform, a lock file) stay.
func publish(from, to string) error {
	var manifest string
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		if filepath.Dir(path) == from && entry.Name() == "manifest.json" {
			manifest = path
			return nil
		}
		return move(path, from, to)
	})
	if err != nil {
		return err
	}
	if manifest == "" {
		return errors.New("CDKTF wrote no manifest.json")
	}
	return errors.Join(removeStale(from, to), move(manifest, from, to))
}

func move(path, from, to string) error {
	relative, err := filepath.Rel(from, path)
	if err != nil {
		return err
	}
	target := filepath.Join(to, relative)
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.Rename(path, target)
}

// removeStale takes away the JSON of stacks that the estate no longer has, so
// that nobody reviews or deploys them.
func removeStale(from, to string) error {
	old, err := filepath.Glob(filepath.Join(to, "stacks", "*", "cdk.tf.json"))
	if err != nil {
		return err
	}
	for _, path := range old {
		name := filepath.Base(filepath.Dir(path))
		if _, err := os.Stat(filepath.Join(from, "stacks", name)); errors.Is(err, fs.ErrNotExist) {
			if err := os.Remove(path); err != nil {
				return err
			}
		}
	}
	return nil
}
