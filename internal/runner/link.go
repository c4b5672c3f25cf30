package runner

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// linkProviders makes the installed providers those of a folder, as `terraform
// init` would: which ones they are stands in a lock file, and they are linked to.
//
// The lock file holds no checksums. Terraform would compare them before every
// command, and for that read the whole of the AWS provider, 700 MB, each time. They
// were compared when the providers were installed, by who runs now.
// https://developer.hashicorp.com/terraform/language/files/dependency-lock
func (i *Installation) linkProviders(dir string) error {
	binaries, err := i.binaries()
	if err != nil {
		return err
	}
	var lock strings.Builder
	for _, binary := range binaries {
		version := filepath.Dir(filepath.Dir(binary))
		name, err := filepath.Rel(i.providers(), filepath.Dir(version))
		if err != nil {
			return err
		}
		fmt.Fprintf(&lock, "provider %q {\n  version = %q\n}\n", filepath.ToSlash(name), filepath.Base(version))
	}
	if err := os.WriteFile(filepath.Join(dir, lockFile), []byte(lock.String()), 0o644); err != nil {
		return err
	}
	link := filepath.Join(dir, ".terraform", "providers")
	if exists(link) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		return err
	}
	return os.Symlink(i.providers(), link)
}

// binaries are the paths of the installed providers:
// <host>/<namespace>/<name>/<version>/<platform>/<executable>
func (i *Installation) binaries() ([]string, error) {
	return filepath.Glob(filepath.Join(i.providers(), "*", "*", "*", "*", "*", "terraform-provider-*"))
}
