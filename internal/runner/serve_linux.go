package runner

import (
	"os/exec"
	"syscall"
)

// endWithThread makes the kernel end a process together with the thread that
// started it, however that ends.
func endWithThread(command *exec.Cmd) {
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}
