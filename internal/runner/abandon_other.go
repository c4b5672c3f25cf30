//go:build !linux

package runner

import "os"

// Abandon ends this process. Terraform is in its group, which a terminal interrupts as a whole.
func Abandon() { os.Exit(1) }
