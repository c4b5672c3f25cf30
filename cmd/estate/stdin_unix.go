//go:build unix

package main

import (
	"os/signal"
	"syscall"
)

// readsInBackground keeps a terminal from stopping this process when it reads, and is in the background: it reads nothing then.
// https://pubs.opengroup.org/onlinepubs/9799919799/basedefs/V1_chap11.html#tag_11_01_04
func readsInBackground() { signal.Ignore(syscall.SIGTTIN) }
