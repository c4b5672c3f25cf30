// Package deploy runs Terraform over synthesized stacks for real: it plans them, shows
// the plans, and applies what it has shown, in the order in which stacks read one
// another.
//
// Stacks go in waves. Those of a wave depend on earlier waves only, so they are planned
// side by side, and applied side by side. A wave is planned after the one before it was
// applied, because its stacks read the states of those. What fails keeps back what
// depends on it, and nothing else.
package deploy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"hubspoke/internal/order"
	"hubspoke/internal/runner"
)

// Options say what to do with the stacks.
type Options struct {
	// Destroy destroys what the stacks have made. [Reversed] gives the order for it.
	Destroy bool
	// Dependants are stacks that are not to be destroyed, and come after some that are.
	// If one of them has resources, or nobody can tell, nothing is destroyed.
	Dependants []Stack
	// PlanOnly plans all stacks and saves the plans, without applying any.
	PlanOnly bool
	// AutoApprove applies the plans without a question.
	AutoApprove bool
	// Parallel is how many stacks are planned or applied at a time, at least 1.
	Parallel int
	// LockTimeout is how long Terraform waits for a locked state, "0s" for not at all.
	LockTimeout string
	// In is where answers come from, one line for each question, and Out where
	// everything is written to.
	In  io.Reader
	Out io.Writer
	// Typed says that a person types the answers. What is typed before a question is
	// asked does not answer it then.
	Typed bool
	// Concluded is told at the end what became of each stack, in their order. Default: nobody is.
	Concluded func(Conclusion)
}

// ErrIncomplete is the error of [Run] when some stack is not as it should be. What
// went wrong has been written already.
var ErrIncomplete = errors.New("not everything was done")

// Run plans and applies the stacks, and writes how that goes, with a summary at the
// end. When ctx is done, Terraform is interrupted as by Ctrl-C, which lets it finish
// what it is making and write its state, and no other stack is begun.
func Run(ctx context.Context, stacks []Stack, o Options) error {
	waves, err := order.Waves(stacks)
	if err != nil {
		return err
	}
	terraform, err := runner.Find()
	if err != nil {
		return err
	}
	d := &deployment{Options: o, printer: &printer{out: o.Out}, terraform: terraform, results: map[string]result{}}
	if o.Destroy {
		if err := d.unused(ctx); err != nil {
			return err
		}
	}
	if o.PlanOnly {
		waves = [][]Stack{slices.Concat(waves...)}
	} else {
		defer d.discardPlans(stacks)
	}
	if o.Typed && !o.PlanOnly && !o.AutoApprove {
		// From the beginning, so that nothing waits for the first question either.
		d.answers = newAnswers(o.In, true)
	}
	if len(waves) > 1 {
		d.line("%d stacks in %d waves: each is planned when the one before it is done, because it reads what that has made.", len(stacks), len(waves))
	}
	for i, wave := range waves {
		if len(waves) > 1 {
			d.line("\nwave %d of %d: %s", i+1, len(waves), strings.Join(Names(wave), ", "))
		}
		d.wave(ctx, wave)
	}
	err = d.summary(slices.Concat(waves...))
	d.goOn(waves)
	return err
}

// goOn says how to go on without planning once more what is done: from the first wave that is
// not. Those before it have nothing left.
func (d *deployment) goOn(waves [][]Stack) {
	if d.Destroy || d.PlanOnly {
		return
	}
	for i, wave := range waves {
		for _, s := range wave {
			if outcome := d.result(s.Name).outcome; outcome == applied || outcome == unchanged {
				continue
			}
			if i > 0 {
				d.line("\nTo go on without the waves that are done: make deploy ARGS=--from=%s", s.Name)
			}
			return
		}
	}
}

type deployment struct {
	Options
	*printer
	terraform string
	answers   *answers // nil while nothing is read
	// init is held during `terraform init`, because two may not share a cache of providers.
	init sync.Mutex

	mu      sync.Mutex
	results map[string]result // by stack
}

// unused fails if there are dependants that stand. The state of one says whether it does:
// after destroying it has no resources, and neither has one that was never deployed.
func (d *deployment) unused(ctx context.Context) error {
	standing := d.each(ctx, d.Dependants, func(ctx context.Context, s Stack) bool {
		root, err := d.initialized(ctx, s)
		count := 0
		if err == nil {
			count, err = root.Resources(ctx)
		}
		if err != nil && ctx.Err() == nil {
			d.block(s.Name+": nobody knows whether it has resources", err.Error())
		}
		return err != nil || count > 0
	})
	if len(standing) == 0 || ctx.Err() != nil {
		return nil
	}
	return fmt.Errorf("nothing is destroyed: %s may use it, and still have resources: destroy them too, or before; --leave-dependants destroys without them", strings.Join(Names(standing), ", "))
}

// wave deploys stacks that do not depend on one another.
func (d *deployment) wave(ctx context.Context, stacks []Stack) {
	planned := d.each(ctx, stacks, d.plan)
	if len(planned) == 0 || d.PlanOnly {
		return
	}
	if d.AutoApprove || d.approved(ctx, planned) {
		d.each(ctx, planned, d.apply)
		return
	}
	for _, s := range planned {
		if ctx.Err() != nil {
			d.conclude(s, result{outcome: interrupted, detail: "before it was applied"})
		} else {
			d.conclude(s, result{outcome: declined})
		}
	}
}

// each does something with several stacks side by side, and returns those, in their
// order, for which it says that there is more to do. A stack that was not begun before
// ctx was done is left alone.
func (d *deployment) each(ctx context.Context, stacks []Stack, do func(context.Context, Stack) bool) []Stack {
	more := make([]bool, len(stacks))
	var group errgroup.Group
	group.SetLimit(d.Parallel)
	for i, s := range stacks {
		group.Go(func() error {
			if ctx.Err() != nil {
				d.conclude(s, result{outcome: interrupted, detail: "before it began"})
				return nil
			}
			more[i] = do(ctx, s)
			return nil
		})
	}
	group.Wait()
	var rest []Stack
	for i, s := range stacks {
		if more[i] {
			rest = append(rest, s)
		}
	}
	return rest
}

// plan plans a stack, and says whether there is something to apply.
func (d *deployment) plan(ctx context.Context, s Stack) bool {
	if reason := d.keptBack(s); reason != "" {
		d.line("%s: skipped, because %s", s.Name, reason)
		d.conclude(s, result{outcome: skipped, detail: reason})
		return false
	}
	start := time.Now()
	d.line("%s: planning", s.Name)
	plan, err := d.terraformPlan(ctx, s)
	if err != nil {
		d.planFailed(ctx, s, err)
		return false
	}
	if plan.Empty {
		d.line("%s: no changes", s.Name)
		if plan.Warnings != nil {
			d.block(s.Name+": warnings", plan.Warnings.Error())
		}
		d.conclude(s, result{outcome: unchanged, took: time.Since(start)})
		return false
	}
	text := plan.Text
	if plan.Warnings != nil {
		text += "\n\n" + plan.Warnings.Error()
	}
	d.block(fmt.Sprintf("%s: %s", s.Name, plan.Changes), text)
	if !d.Destroy {
		d.warn(s.Name, "deletes", plan.Deleted)
		d.warn(s.Name, "replaces", plan.Replaced)
	}
	d.conclude(s, result{outcome: planned, detail: plan.Changes.String(), took: time.Since(start)})
	return true
}

// warn names what a plan takes away, behind its text, of which that may be a line among
// thousands. Nothing else tells of what lost its prevent_destroy with its block.
func (d *deployment) warn(stack, verb string, addresses []string) {
	if len(addresses) > 0 {
		d.line("%s %s: %s", stack, verb, strings.Join(addresses, ", "))
	}
}

func (d *deployment) terraformPlan(ctx context.Context, s Stack) (*runner.Plan, error) {
	root, err := d.initialized(ctx, s)
	if err != nil {
		return nil, err
	}
	return root.Plan(ctx, d.Destroy)
}

// initialized is Terraform in the folder of a stack, after `terraform init`. It is an error if the
// folder holds a state that is not in the backend, which does not know then what there is.
func (d *deployment) initialized(ctx context.Context, s Stack) (*runner.Root, error) {
	if err := runner.Unsaved(s.Dir); err != nil {
		return nil, err
	}
	root, err := runner.OpenRoot(d.terraform, s.Dir, d.LockTimeout)
	if err != nil {
		return nil, err
	}
	d.init.Lock()
	defer d.init.Unlock()
	return root, root.Init(ctx)
}

// planFailed tells why a stack could not be planned.
func (d *deployment) planFailed(ctx context.Context, s Stack, err error) {
	var notReady *runner.NotReady
	switch {
	case ctx.Err() != nil:
		d.conclude(s, result{outcome: interrupted, detail: "while it was planned"})
	case errors.As(err, &notReady) && notReady.Alone:
		reason := missingOutputs(notReady)
		d.line("%s: cannot be planned yet: %s. Deploy what it reads first.", s.Name, reason)
		d.conclude(s, result{outcome: notYet, detail: reason})
	default:
		text := err.Error()
		if notReady != nil {
			text += fmt.Sprintf("\n\nbesides, %s. Deploy what it reads first.", missingOutputs(notReady))
		}
		d.block(s.Name+": cannot be planned", text)
		detail := "see above"
		if command := (*runner.FailedError)(nil); errors.As(err, &command) {
			detail = "terraform " + command.Command + ", see above"
		}
		d.conclude(s, result{outcome: failed, detail: detail})
	}
}

// missingOutputs says what a stack reads that is not there. A name of Terraform's has an
// underscore where that of a stack has a hyphen.
func missingOutputs(e *runner.NotReady) string {
	return fmt.Sprintf("it reads outputs of %s that are not there yet", strings.ReplaceAll(strings.Join(e.Missing, ", "), "_", "-"))
}

// apply applies the plan of a stack.
func (d *deployment) apply(ctx context.Context, s Stack) bool {
	start := time.Now()
	root, err := runner.OpenRoot(d.terraform, s.Dir, d.LockTimeout)
	if err == nil {
		err = root.Apply(ctx, d.prefixed(s.Name))
	}
	unsaved := runner.Unsaved(s.Dir)
	if unsaved != nil {
		unsaved = d.save(ctx, s, root)
	}
	done := result{outcome: applied, detail: d.result(s.Name).detail, took: time.Since(start)}
	switch {
	case err == nil:
	case unsaved != nil:
		d.block(s.Name+": cannot be applied, and its state is not written", err.Error()+"\n\n"+unsaved.Error())
		done.outcome, done.detail = failed, "its state is not written, see above"
	case errors.Is(err, runner.ErrKilled):
		done.outcome, done.detail = interrupted, "Terraform was killed: the state stays locked, and may lack what was made last"
	case ctx.Err() != nil:
		done.outcome, done.detail = interrupted, "while it was applied: plan it again, to see what is left"
	default:
		d.block(s.Name+": cannot be applied", err.Error())
		done.outcome, done.detail = failed, "terraform apply, see above"
	}
	d.conclude(s, done)
	return false
}

// save writes a state that an apply could not write, once more.
func (d *deployment) save(ctx context.Context, s Stack, root *runner.Root) error {
	d.line("%s: Terraform could not write the state: trying once more", s.Name)
	if err := root.Save(ctx); err != nil {
		return fmt.Errorf("%w\n\n%w", err, runner.Unsaved(s.Dir))
	}
	d.line("%s: the state is written", s.Name)
	return nil
}

// keptBack is why a stack cannot be deployed now, or empty.
func (d *deployment) keptBack(s Stack) string {
	if d.PlanOnly {
		return ""
	}
	for _, after := range s.After {
		if r := d.result(after); r.outcome != applied && r.outcome != unchanged {
			return fmt.Sprintf("%s %s", after, r.outcome.because())
		}
	}
	return ""
}

func (d *deployment) conclude(s Stack, r result) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.results[s.Name] = r
}

func (d *deployment) result(name string) result {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.results[name]
}

// discardPlans removes plans that were not applied: they hold secrets, and are of no
// use once something else has changed.
func (d *deployment) discardPlans(stacks []Stack) {
	for _, s := range stacks {
		if err := runner.Discard(s.Dir); err != nil {
			d.line("%s: %v", s.Name, err)
		}
	}
}

// approved asks whether the plans are to be applied.
func (d *deployment) approved(ctx context.Context, stacks []Stack) bool {
	verb := "Apply"
	if d.Destroy {
		verb = "Destroy"
	}
	d.ask("\n%s %s? Only yes is taken for yes: ", verb, strings.Join(Names(stacks), ", "))
	if d.answers == nil {
		d.answers = newAnswers(d.In, d.Typed)
	}
	answer, err := d.answers.next(ctx)
	if errors.Is(err, io.EOF) {
		d.line("\nthere is nobody to answer: --auto-approve applies without a question")
	}
	return answer == "yes"
}
