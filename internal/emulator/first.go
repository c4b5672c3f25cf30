package emulator

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/hashicorp/terraform-exec/tfexec"

	"hubspoke/internal/deploy"
	"hubspoke/internal/runner"
	"hubspoke/proof/stackjson"
)

// first deploys stacks that come before the bucket of states. Where their states are to be in it (`state.bootstrap_in_bucket`), which
// is left out in the first deployment, they are moved afterwards, as README.md and docs/organization.md say.
func (d *Deployment) first(ctx context.Context, step Step, o deploy.Options) error {
	all, err := deploy.Read(d.Dir)
	if err != nil {
		return err
	}
	stacks, err := deploy.Select(all, step.Stacks)
	if err != nil {
		return err
	}
	synthesized := map[string][]byte{} // by folder
	for _, s := range stacks {
		file := filepath.Join(s.Dir, stackjson.File)
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		early, err := unmoved(s.Dir, text)
		if err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if early == nil {
			continue
		}
		synthesized[s.Dir] = text
		if err := os.WriteFile(file, early, 0o644); err != nil {
			return err
		}
	}
	err = d.do(ctx, step, o)
	for dir, text := range synthesized {
		err = errors.Join(err, os.WriteFile(filepath.Join(dir, stackjson.File), text, 0o644))
	}
	if err != nil {
		return err
	}
	for dir := range synthesized {
		if err := move(ctx, dir); err != nil {
			return fmt.Errorf("the state of %s is not moved into the bucket: %w", filepath.Base(dir), err)
		}
	}
	return nil
}

// unmoved is the JSON of a stack without its backend, so that its state is a file beside it. It is nil if the
// backend is no bucket, or if the folder is initialized for it, which Terraform notes beside the providers.
func unmoved(dir string, text []byte) ([]byte, error) {
	var stack map[string]any
	if err := json.Unmarshal(text, &stack); err != nil {
		return nil, err
	}
	terraform, _ := stack["terraform"].(map[string]any)
	backend, _ := terraform["backend"].(map[string]any)
	_, err := os.Stat(filepath.Join(dir, ".terraform", "terraform.tfstate"))
	if backend["s3"] == nil || err == nil {
		return nil, nil
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	delete(terraform, "backend")
	return json.Marshal(stack)
}

// move is `terraform init -migrate-state`, without a question.
func move(ctx context.Context, dir string) error {
	terraform, err := runner.Find()
	if err != nil {
		return err
	}
	tf, err := tfexec.NewTerraform(dir, terraform)
	if err != nil {
		return err
	}
	return tf.Init(ctx, tfexec.ForceCopy(true))
}
