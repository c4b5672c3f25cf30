package runner

import "context"

// interruptible is the context for a command that is to be interrupted when ctx is
// done. On Linux terraform-exec gives Terraform a process group of its own, so that
// Ctrl-C does not reach it in any other way.
func interruptible(ctx context.Context) context.Context { return ctx }
