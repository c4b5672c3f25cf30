package emulator

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"

	"hubspoke/estate"
	"hubspoke/internal/deploy"
	"hubspoke/internal/order"
	"hubspoke/internal/runner"
)

// beforeBucket is Terraform's override of where a stack has its state:
// https://developer.hashicorp.com/terraform/language/files/override
const beforeBucket = "before_the_bucket_override.tf.json"

// withoutBucket gives those of the stacks that come before the roles a state in a file, where the estate has it in the
// bucket that bootstrap is about to make. It is what README.md says to do by leaving state.bootstrap_in_bucket out at first.
func (d *Deployment) withoutBucket(stacks []deploy.Stack) error {
	if d.bootstrapped || !d.estate.State.BootstrapInBucket || d.estate.State.Backend == estate.BackendLocal {
		return nil
	}
	for _, s := range stacks {
		if !order.BeforeRoles(s.Name) {
			continue
		}
		backend := fmt.Sprintf(`{"terraform": {"backend": {"local": {"path": %q}}}}`, s.Name+".tfstate")
		if err := os.WriteFile(filepath.Join(s.Dir, beforeBucket), []byte(backend), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// intoBucket moves the states of all such stacks into the bucket, which is there now.
func (d *Deployment) intoBucket(ctx context.Context) error {
	d.bootstrapped = true
	stacks, err := deploy.Read(d.Dir)
	if err != nil {
		return err
	}
	terraform, err := runner.Find()
	if err != nil {
		return err
	}
	for _, s := range stacks {
		override := filepath.Join(s.Dir, beforeBucket)
		if _, err := os.Stat(override); err != nil {
			continue
		}
		if err := os.Remove(override); err != nil {
			return err
		}
		move := exec.CommandContext(ctx, terraform, "init", "-migrate-state", "-force-copy", "-input=false", "-no-color")
		move.Dir = s.Dir
		if said, err := move.CombinedOutput(); err != nil {
			return fmt.Errorf("the state of %s does not move into the bucket: %w\n%s", s.Name, err, said)
		}
		fmt.Fprintf(d.Out, "%s: its state is moved into the bucket\n", s.Name)
	}
	return nil
}
