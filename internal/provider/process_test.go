//go:build unix

package provider

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A provider that does not come up says why on standard error, and whoever starts it hears that.
func TestAProviderThatDoesNotStartSaysWhy(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "terraform-provider-broken")
	if err := os.WriteFile(binary, []byte("#!/bin/sh\necho 'no such library' >&2\nexit 1\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := start(binary, os.Environ()); err == nil || !strings.Contains(err.Error(), "terraform-provider-broken") || !strings.Contains(err.Error(), "no such library") {
		t.Errorf("it says %v", err)
	}
}
