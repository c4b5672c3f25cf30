//go:build unix && !linux

package provider

import (
	"os/exec"
	"syscall"
)

// ownGroup keeps Ctrl-C from a provider, which Terraform still asks until it has ended. It outlives a
// process that does not come to [Provider.Close].
func ownGroup(command *exec.Cmd) { command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
