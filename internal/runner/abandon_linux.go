package runner

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

// Abandon kills what this process has started in process groups of their own: Terraform with its providers, which would not
// notice that Terraform is gone, and stay. Whoever waits for Terraform then hears that it has ended.
func Abandon() {
	processes, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, path := range processes {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended meanwhile
		}
		// The name, in parentheses, may hold anything. Behind it are state, parent and group:
		// https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html
		fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
		if len(fields) < 3 || string(fields[1]) != strconv.Itoa(os.Getpid()) {
			continue
		}
		if group, err := strconv.Atoi(string(fields[2])); err == nil && group != syscall.Getpgrp() {
			syscall.Kill(-group, syscall.SIGKILL)
		}
	}
}
