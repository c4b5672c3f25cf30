// Package fastkernel makes the jsii kernel start in a fraction of its time and memory. The kernel is the node process in
// which CDKTF runs; it parses the 120 MB type description of the AWS provider and loads its 2,100 modules, of which
// an estate needs a tenth. A script that node preloads makes both lazy. The output is the same, byte for byte.
//
// It changes neither jsii nor CDKTF nor the provider, knows no type by name, and leaves the stock kernel to do its
// work whenever something is not as it expects. docs/decisions/fast-kernel.md says how it works and what would break it.
package fastkernel

import (
	"bytes"
	"crypto/sha256"
	_ "embed"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/aws/jsii-runtime-go"
)

// SwitchOff is the environment variable that leaves the kernel as it is, when set to 1.
const SwitchOff = "HUBSPOKE_STOCK_KERNEL"

//go:embed preload.cjs
var preload []byte

// Enable makes the kernel that this process starts a fast one. Call it before the first use of jsii: it closes the
// kernel, and what was made in one is lost. It keeps the user's NODE_OPTIONS. If it cannot write its script to the
// user's cache folder (os.UserCacheDir), it says so on standard error and the kernel stays as it is.
func Enable() {
	if os.Getenv(SwitchOff) == "1" {
		return
	}
	script, err := install()
	if err != nil {
		fmt.Fprintf(os.Stderr, "fast kernel: %v; going on without (%s=1 switches it off)\n", err, SwitchOff)
		return
	}
	options, set := os.LookupEnv("NODE_OPTIONS")
	if !set {
		// What jsii-runtime-go gives node where the user has no NODE_OPTIONS.
		options = "--max-old-space-size=4069"
	}
	os.Setenv("NODE_OPTIONS", withPreload(options, script))
	// The bindings prepare a kernel, not started yet, when their packages are initialized: before main, and with the
	// environment of that moment. The one after it is prepared with the environment as it is now.
	jsii.Close()
}

// SilenceNode keeps jsii from saying in ten lines that Node 20 is no longer maintained, as
// the Makefile does, for tests that are run without it. Call it before [Enable].
func SilenceNode() { os.Setenv("JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION", "20") }

// install returns the path of the script in the user's cache folder. Its name has the hash of its content: versions
// of this program that run side by side have each their own, and what is there already need not be written.
func install() (string, error) {
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	folder := filepath.Join(cache, "hubspoke", "kernel")
	script := filepath.Join(folder, fmt.Sprintf("preload-%.8x.cjs", sha256.Sum256(preload)))
	if present, err := os.ReadFile(script); err == nil && bytes.Equal(present, preload) {
		return script, nil
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", err
	}
	temporary, err := os.CreateTemp(folder, "preload-*.tmp")
	if err != nil {
		return "", err
	}
	defer os.Remove(temporary.Name())
	_, err = temporary.Write(preload)
	if closed := temporary.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return "", err
	}
	return script, os.Rename(temporary.Name(), script)
}

// withPreload adds the script to node's options, once. Node splits NODE_OPTIONS at spaces, except in double quotes,
// where a backslash stands for the character after it:
// https://nodejs.org/api/cli.html#node_optionsoptions
func withPreload(options, script string) string {
	require := `--require "` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(script) + `"`
	if strings.Contains(options, require) {
		return options
	}
	return strings.TrimSpace(options + " " + require)
}
