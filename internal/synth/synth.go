// Package synth puts what an estate becomes on disk: Terraform JSON for its stacks, and
// manifests for what runs in its clusters.
package synth

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"hubspoke/estate"
	"hubspoke/internal/gitops"
	"hubspoke/internal/order"
)

// Write synthesizes the estate into the folder outdir, which CDKTF calls
// cdktf.out. Of the stacks, only people deploy those named byPeople. The function stacks writes its Terraform JSON, with CDKTF's manifest,
// into the folder that it is given. Everything is written beside outdir first and
// moved into place at the end, so that an error leaves what was there before.
func Write(e *estate.Estate, outdir string, byPeople []string, stacks func(e *estate.Estate, outdir string) error) error {
	outdir, err := filepath.Abs(outdir)
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
	// The bundles need no kernel, which is waited for most of the time.
	bundles := make(chan error, 1)
	go func() { bundles <- gitops.Write(e, temporary) }()
	synthesized := stacks(e, temporary)
	if err := errors.Join(<-bundles, synthesized, sign(e, byPeople, temporary)); err != nil {
		return fmt.Errorf("synthesis of %s failed: %w", e.Name, err)
	}
	return publish(temporary, outdir)
}

// estateFile is beside the manifest. It says which estate all the rest is of.
const estateFile = order.SignatureFile

func sign(e *estate.Estate, byPeople []string, dir string) error {
	text, err := json.Marshal(order.Signature{Name: e.Name, ByPeople: byPeople})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, estateFile), append(text, '\n'), 0o644)
}

// OfAnother fails if the folder outdir holds the synthesis of another estate, about
// which every question would be answered as if it were one of this. What does not say
// whose it is, because something else wrote it, may be any estate's.
func OfAnother(e *estate.Estate, outdir string) error {
	file := filepath.Join(outdir, estateFile)
	text, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var s order.Signature
	if err := json.Unmarshal(text, &s); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	if s.Name != e.Name {
		return fmt.Errorf("%s holds the synthesis of another estate, %s, and not of %s", outdir, s.Name, e.Name)
	}
	return nil
}

// publish moves the stacks, the bundles and, last, the manifest that lists the
// stacks. Files of others beside an earlier synthesis stay: Terraform's own
// (.terraform, a lock file), and those of Git.
func publish(from, to string) error {
	const manifest = "manifest.json"
	published := map[string]bool{}
	err := filepath.WalkDir(from, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		published[name] = true
		if name == manifest {
			return nil
		}
		return move(from, to, name)
	})
	if err != nil {
		return err
	}
	if !published[manifest] {
		return errors.New("CDKTF wrote no manifest.json")
	}
	return errors.Join(removeStale(to, published), move(from, to, manifest))
}

func move(from, to, name string) error {
	target := filepath.Join(to, name)
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	return os.Rename(filepath.Join(from, name), target)
}

// removeStale takes away what an earlier synthesis published and this one did not:
// the JSON of stacks and the manifests of bundles that the estate no longer has, so
// that nobody reviews or deploys them.
func removeStale(to string, published map[string]bool) error {
	old, err := filepath.Glob(filepath.Join(to, "stacks", "*", "cdk.tf.json"))
	if err != nil {
		return err
	}
	manifests, folders, err := bundleFiles(filepath.Join(to, gitops.Dir))
	if err != nil {
		return err
	}
	for _, path := range append(old, manifests...) {
		name, err := filepath.Rel(to, path)
		if err != nil {
			return err
		}
		if published[name] {
			continue
		}
		if err := os.Remove(path); err != nil {
			return err
		}
	}
	// Innermost first. What is not empty stays, for whatever is in it.
	for _, folder := range slices.Backward(folders) {
		os.Remove(folder)
	}
	return nil
}

// bundleFiles are the manifests below a folder, and the folders themselves, outermost
// first. Hidden folders are not looked into.
func bundleFiles(root string) (manifests, folders []string, err error) {
	err = filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil
		case err != nil:
			return err
		case entry.IsDir() && strings.HasPrefix(entry.Name(), "."):
			return filepath.SkipDir
		case entry.IsDir():
			folders = append(folders, path)
		case filepath.Ext(path) == ".yaml":
			manifests = append(manifests, path)
		}
		return nil
	})
	return manifests, folders, err
}
