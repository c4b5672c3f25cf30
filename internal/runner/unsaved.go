package runner

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-exec/tfexec"
)

// UnsavedFile is where Terraform leaves a state that it could not write to the backend, in the
// folder of the stack: https://developer.hashicorp.com/terraform/cli/commands/state/push
const UnsavedFile = "errored.tfstate"

// unsavedError says that the folder of a stack holds a state that is not in the backend.
type unsavedError struct{ dir string }

func (e *unsavedError) Error() string {
	return fmt.Sprintf(`%[2]s is in its folder: an apply has made things there, and could not write its state.
What plans without that state makes them once more. Write it, and remove the file:
  terraform -chdir=%[1]s state push %[2]s && rm %[3]s
If Terraform says that the state there is newer, somebody has written it since: look into both before you remove the file.`,
		e.dir, UnsavedFile, filepath.Join(e.dir, UnsavedFile))
}

// Unsaved is the error that the folder of a stack holds a state that an earlier apply could not
// write, and how to write it; nil if it does not.
func Unsaved(dir string) error {
	_, err := os.Stat(filepath.Join(dir, UnsavedFile))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	return &unsavedError{dir}
}

// Save writes the state that an apply has left in [UnsavedFile], and removes that. It asks for
// credentials anew, since those of a long apply may have run out. An interrupt does not keep it
// from that.
func (r *Root) Save(ctx context.Context) error {
	if err := r.tf.StatePush(context.WithoutCancel(ctx), UnsavedFile, tfexec.LockTimeout(r.lockTimeout)); err != nil {
		return r.failed("state push", err)
	}
	return os.Remove(filepath.Join(r.dir, UnsavedFile))
}
