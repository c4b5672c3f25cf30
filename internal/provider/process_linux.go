package provider

import (
	"os/exec"
	"syscall"
)

// ownGroup keeps Ctrl-C from a provider, which Terraform still asks until it has ended, and makes the
// kernel end it together with the thread that started it, however that ends.
func ownGroup(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
