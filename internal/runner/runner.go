// Package runner runs Terraform over synthesized stacks: for a proof, each in a scratch
// folder of its own, with providers that were installed once for all of them ([Installation]);
// and for real, in the folders that synthesis wrote ([Root]).
package runner

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/hashicorp/terraform-exec/tfexec"

	"hubspoke/internal/provider"
	"hubspoke/proof/stackjson"
)

// collect is GOGC for Terraform and its providers, unless the user has set it. Most
// of what they do is to encode and to decode the AWS provider's schema, which is
// large and stays: with Go's own 100 the collector takes a quarter of their time.
// https://go.dev/doc/gc-guide#GOGC
const collect = "400"

// ErrNotFound says that there is no Terraform on the PATH.
var ErrNotFound = errors.New("terraform is not on the PATH: https://developer.hashicorp.com/terraform/install")

// Find is the path of Terraform, or [ErrNotFound].
func Find() (string, error) {
	binary, err := exec.LookPath("terraform")
	if err != nil {
		return "", ErrNotFound
	}
	return binary, nil
}

// Installation is Terraform together with the providers that some stacks need.
type Installation struct {
	binary string
	home   string // holds the installed providers, and the scratch folders
	// providers run, and answer every Terraform.
	providers []*provider.Provider
	// types are those of resources and data sources that the stacks have.
	types map[string]bool
}

// Install finds Terraform and installs the providers of all the stacks. They
// come from where the user's Terraform gets providers; a download is kept in the
// user's cache folder for the next time.
func Install(ctx context.Context, stacks []*stackjson.Stack) (*Installation, error) {
	binary, err := Find()
	if err != nil {
		return nil, err
	}
	home, err := os.MkdirTemp("", "hubspoke-terraform-")
	if err != nil {
		return nil, err
	}
	i := &Installation{binary: binary, home: home, types: map[string]bool{}}
	for _, s := range stacks {
		addNames(i.types, s.Text)
	}
	if err := i.installProviders(ctx, stacks); err != nil {
		return nil, errors.Join(fmt.Errorf("installing the providers: %w", err), i.Close())
	}
	if err := i.startProviders(ctx); err != nil {
		return nil, errors.Join(err, i.Close())
	}
	return i, nil
}

// Close stops and removes the providers, and removes all scratch folders.
func (i *Installation) Close() error {
	for _, p := range i.providers {
		p.Close()
	}
	return os.RemoveAll(i.home)
}

// Environment makes any Terraform use the installed providers, and nothing else.
func (i *Installation) Environment() map[string]string {
	return map[string]string{
		"TF_CLI_CONFIG_FILE":  i.config(),
		"TF_PLUGIN_CACHE_DIR": "",
		"CHECKPOINT_DISABLE":  "1",
	}
}

// LockFile is the path of a lock file that names the installed providers.
func (i *Installation) LockFile() string { return filepath.Join(i.home, lockFile) }

const lockFile = ".terraform.lock.hcl"

func (i *Installation) mirror() string { return filepath.Join(i.home, ".terraform", "providers") }

func (i *Installation) config() string { return filepath.Join(i.home, "terraform.tfrc") }

func (i *Installation) installProviders(ctx context.Context, stacks []*stackjson.Stack) error {
	required := map[string]any{}
	for _, s := range stacks {
		if r, ok := s.Terraform()["required_providers"].(map[string]any); ok {
			maps.Copy(required, r)
		}
	}
	text, err := json.Marshal(map[string]any{"terraform": map[string]any{"required_providers": required}})
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(i.home, "providers.tf.json"), text, 0o644); err != nil {
		return err
	}
	f, err := i.folder(i.home, downloads())
	if err != nil {
		return err
	}
	if err := f.tf.Init(ctx, tfexec.Backend(false)); err != nil {
		return err
	}
	// What init leaves behind has the layout of a mirror.
	config := fmt.Sprintf("provider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", filepath.ToSlash(i.mirror()))
	return os.WriteFile(i.config(), []byte(config), 0o644)
}

// downloads lets Terraform keep what it downloads. Who has a configuration of
// their own has decided that already.
func downloads() map[string]string {
	if os.Getenv("TF_PLUGIN_CACHE_DIR") != "" || exists(os.Getenv("TF_CLI_CONFIG_FILE")) {
		return nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return nil
	}
	cache = filepath.Join(cache, "hubspoke", "terraform-providers")
	if os.MkdirAll(cache, 0o755) != nil {
		return nil
	}
	return map[string]string{
		"TF_PLUGIN_CACHE_DIR": cache,
		// There is no lock file in a scratch folder. The name of this
		// setting warns of a lock file that would be incomplete.
		"TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE": "1",
	}
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
