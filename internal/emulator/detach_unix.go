//go:build unix

package emulator

import (
	"os/exec"
	"syscall"
)

// detach keeps Ctrl-C from the emulator, which Terraform still asks until it has ended. It ends
// with its input, which is this process's.
func detach(process *exec.Cmd) { process.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }
