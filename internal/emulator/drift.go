package emulator

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sync"

	tfjson "github.com/hashicorp/terraform-json"
	"golang.org/x/sync/errgroup"

	"hubspoke/internal/deploy"
	"hubspoke/internal/runner"
)

// A Change is what Terraform would do to a resource.
type Change struct {
	Stack, Address, Type string
	// Actions are Terraform's: create, update, delete; a replacement has two.
	Actions tfjson.Actions
	// Attributes are the arguments that differ, sorted.
	Attributes []string
	// ID is the id of what there is, empty if there is nothing.
	ID string
}

// String is the change in one line.
func (c Change) String() string {
	return fmt.Sprintf("%s: %s: %v %v", c.Stack, c.Address, c.Actions, c.Attributes)
}

// Changes are what Terraform would do to the stacks of the steps, each planned by whoever deploys it.
func (d *Deployment) Changes(ctx context.Context, steps []Step) ([]Change, error) {
	var changes []Change
	var mu sync.Mutex
	err := d.each(steps, func(s deploy.Stack, root *runner.Root) error {
		planned, err := root.Plan(ctx, false)
		if err != nil || planned.Empty {
			return err
		}
		defer runner.Discard(s.Dir)
		plan, err := root.Planned(ctx)
		if err != nil {
			return err
		}
		mu.Lock()
		defer mu.Unlock()
		changes = append(changes, of(s.Name, plan)...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	slices.SortFunc(changes, func(a, b Change) int {
		return slices.Compare([]string{a.Stack, a.Address}, []string{b.Stack, b.Address})
	})
	return changes, nil
}

// each does something with the stacks of the steps, one step after the other, as whoever deploys it. It ends with the first
// step in which something fails.
func (d *Deployment) each(steps []Step, do func(deploy.Stack, *runner.Root) error) error {
	for _, step := range steps {
		if err := d.Become(step.Who); err != nil {
			return err
		}
		if err := d.eachOf(step.Stacks, do); err != nil {
			return err
		}
	}
	return nil
}

// eachOf does something with the stacks of these names, several at a time.
func (d *Deployment) eachOf(names []string, do func(deploy.Stack, *runner.Root) error) error {
	all, err := deploy.Read(d.Dir)
	if err != nil {
		return err
	}
	stacks, err := deploy.Select(all, names)
	if err != nil {
		return err
	}
	terraform, err := runner.Find()
	if err != nil {
		return err
	}
	errs := make([]error, len(stacks))
	var group errgroup.Group
	group.SetLimit(d.Parallel)
	for i, s := range stacks {
		group.Go(func() error {
			root, err := runner.OpenRoot(terraform, s.Dir, "0s")
			if err == nil {
				err = do(s, root)
			}
			if err != nil {
				errs[i] = fmt.Errorf("%s: %w", s.Name, err)
			}
			return nil
		})
	}
	group.Wait()
	return errors.Join(errs...)
}

// of are the changes of a plan. An output is one too.
func of(stack string, plan *tfjson.Plan) []Change {
	var changes []Change
	for _, r := range plan.ResourceChanges {
		if r.Change.Actions.NoOp() || r.Mode == tfjson.DataResourceMode {
			continue
		}
		c := Change{Stack: stack, Address: r.Address, Type: r.Type, Actions: r.Change.Actions, Attributes: differing(r.Change)}
		if before, ok := r.Change.Before.(map[string]any); ok {
			c.ID, _ = before["id"].(string)
		}
		changes = append(changes, c)
	}
	for _, name := range slices.Sorted(maps.Keys(plan.OutputChanges)) {
		if change := plan.OutputChanges[name]; !change.Actions.NoOp() {
			changes = append(changes, Change{Stack: stack, Address: "output." + name, Type: "output", Actions: change.Actions})
		}
	}
	return changes
}

// differing are the names of the attributes that a change would change.
func differing(c *tfjson.Change) []string {
	before, _ := c.Before.(map[string]any)
	after, _ := c.After.(map[string]any)
	unknown, _ := c.AfterUnknown.(map[string]any)
	names := map[string]bool{}
	for name, value := range after {
		if !reflect.DeepEqual(before[name], value) {
			names[name] = true
		}
	}
	for name, value := range before {
		if _, ok := after[name]; !ok && value != nil && unknown[name] == nil {
			names[name] = true
		}
	}
	for name, value := range unknown {
		if value == true {
			names[name] = true
		}
	}
	return slices.Sorted(maps.Keys(names))
}

// States are what Terraform has in the states of the stacks of the steps, by stack.
func (d *Deployment) States(ctx context.Context, steps []Step) (map[string]*tfjson.State, error) {
	states := map[string]*tfjson.State{}
	var mu sync.Mutex
	return states, d.each(steps, func(s deploy.Stack, root *runner.Root) error {
		state, err := root.State(ctx)
		mu.Lock()
		defer mu.Unlock()
		states[s.Name] = state
		return err
	})
}

// IDs are the ids of all that is in the states of the stacks of the steps, by stack and address: "dev-network: aws_vpc.main".
func (d *Deployment) IDs(ctx context.Context, steps []Step) (map[string]string, error) {
	all := map[string]string{}
	var mu sync.Mutex
	return all, d.each(steps, func(s deploy.Stack, root *runner.Root) error {
		ids, err := root.IDs(ctx)
		mu.Lock()
		defer mu.Unlock()
		for address, id := range ids {
			all[s.Name+": "+address] = id
		}
		return err
	})
}
