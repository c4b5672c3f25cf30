//go:build !unix

package emulator

import "os/exec"

func detach(*exec.Cmd) {}
