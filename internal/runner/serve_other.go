//go:build !linux

package runner

import "os/exec"

// endWithThread does nothing where the kernel has no such thing. A provider then
// outlives a process that does not come to [Installation.Close].
func endWithThread(*exec.Cmd) {}
