//go:build !unix

package main

// readsInBackground does nothing where no terminal stops who reads.
func readsInBackground() {}
