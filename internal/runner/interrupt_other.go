//go:build !linux

package runner

import "context"

// interruptible is the context for a command that Ctrl-C is to interrupt once. Here
// the terminal interrupts Terraform as it does this process, and a second interrupt
// would make it give up at once, and lose what it is making.
func interruptible(ctx context.Context) context.Context { return context.WithoutCancel(ctx) }
