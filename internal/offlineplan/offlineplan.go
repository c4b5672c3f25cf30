// Package offlineplan plans what a change would do, without an account: with Terraform and the
// real provider, against a state that is made up. The provider itself decides what is replaced, of
// which its schema says nothing.
//
// The state before the change is found by planning that state's stack: what AWS alone would say is
// made up, the plan is made again against what came of it, and so on until it changes nothing.
// It is taken for granted that what is deployed is what was synthesized before.
package offlineplan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"github.com/hashicorp/terraform-exec/tfexec"
	tfjson "github.com/hashicorp/terraform-json"

	"hubspoke/internal/arn"
	"hubspoke/internal/fakeaws"
	"hubspoke/internal/madeup"
	"hubspoke/internal/runner"
	"hubspoke/proof/stackjson"
)

// rounds is how often a state is planned until it has to be settled.
const rounds = 6

// Planner plans stacks of an estate.
type Planner struct {
	installation *runner.Installation
	aws          *fakeaws.Server
	schemas      *tfjson.ProviderSchemas
	// lock guards what stacks that are planned side by side share.
	lock sync.Mutex
	// before and after are all stacks of the estate: they write what others read.
	before, after []*stackjson.Stack
	// entry is the account in which whoever plans is signed in.
	entry     string
	partition string
	// cache is the folder of states that were made up before, "" for none.
	cache string
}

// New is a planner of stacks against those that were there before. Entry is the number of the
// account in which whoever deploys is signed in. It is to be closed.
func New(ctx context.Context, before, after []*stackjson.Stack, entry, partition string) (*Planner, error) {
	installation, err := runner.Install(ctx, append(before[:len(before):len(before)], after...))
	if err != nil {
		return nil, err
	}
	p := &Planner{installation: installation, aws: fakeaws.Start(), before: before, after: after, entry: entry, partition: partition}
	if dir, err := os.UserCacheDir(); err == nil {
		p.cache = filepath.Join(dir, "hubspoke", "made-up-states")
	}
	return p, nil
}

// Close stops what the planner has started.
func (p *Planner) Close() error {
	p.aws.Close()
	return p.installation.Close()
}

// Changed plans all stacks with these names, as many at a time as there are processors. Of those
// that cannot be planned it says why.
func (p *Planner) Changed(ctx context.Context, names []string) (map[string]*tfjson.Plan, map[string]error) {
	plans, failed := map[string]*tfjson.Plan{}, map[string]error{}
	var lock sync.Mutex
	var group sync.WaitGroup
	slots := make(chan struct{}, runtime.NumCPU())
	for _, name := range names {
		was, is := called(p.before, name), called(p.after, name)
		if was == nil || is == nil {
			continue // all of it is made, or left
		}
		group.Go(func() {
			slots <- struct{}{}
			defer func() { <-slots }()
			plan, err := p.Plan(ctx, was, is)
			lock.Lock()
			defer lock.Unlock()
			if err != nil {
				failed[name] = err
				return
			}
			plans[name] = plan
		})
	}
	group.Wait()
	return plans, failed
}

func called(all []*stackjson.Stack, name string) *stackjson.Stack {
	for _, s := range all {
		if s.Name == name {
			return s
		}
	}
	return nil
}

// Plan is what a stack would do to what was there before. The stack before is nil where it is new.
func (p *Planner) Plan(ctx context.Context, before, after *stackjson.Stack) (*tfjson.Plan, error) {
	made := &state{outputs: map[string]any{}, instances: map[string]*instance{}}
	if before != nil {
		var err error
		if made, err = p.settled(ctx, before); err != nil {
			return nil, fmt.Errorf("the state of %s cannot be made up: %w", before.Name, err)
		}
	}
	return p.against(ctx, after, made, p.after)
}

// settled is the made-up state of a stack, from the cache if it is there.
func (p *Planner) settled(ctx context.Context, s *stackjson.Stack) (*state, error) {
	file := p.cached(s)
	if text, err := os.ReadFile(file); err == nil {
		made := &state{}
		if json.Unmarshal(text, &made.instances) == nil && made.instances != nil {
			return made, nil
		}
	}
	made := &state{outputs: map[string]any{}, instances: map[string]*instance{}}
	for range rounds {
		plan, err := p.against(ctx, s, made, p.before)
		if err != nil {
			return nil, err
		}
		if !made.settle(plan, p.schemas, p.account(s)) {
			p.keep(file, made)
			return made, nil
		}
	}
	return nil, errors.New("it does not settle: a plan of it always changes something")
}

// cached is the file of a stack's state. Its name is what the state follows from.
func (p *Planner) cached(s *stackjson.Stack) string {
	if p.cache == "" {
		return ""
	}
	sum := sha256.New()
	sum.Write(s.Text)
	for _, r := range s.RemoteStates() {
		if producer := producer(p.before, r.Name); producer != nil {
			outputs, _ := json.Marshal(producer.Outputs())
			sum.Write(outputs)
		}
	}
	return filepath.Join(p.cache, "2-"+hex.EncodeToString(sum.Sum(nil))+".json")
}

// keep writes a state into the cache. Where that fails, it is made up again.
func (p *Planner) keep(file string, made *state) {
	text, err := json.Marshal(made.instances)
	if file == "" || err != nil || os.MkdirAll(p.cache, 0o700) != nil {
		return
	}
	if temporary, err := os.CreateTemp(p.cache, ".state-"); err == nil {
		_, err = temporary.Write(text)
		if errors.Join(err, temporary.Close()) != nil || os.Rename(temporary.Name(), file) != nil {
			os.Remove(temporary.Name())
		}
	}
}

// account is where a stack works.
func (p *Planner) account(s *stackjson.Stack) arn.Account {
	number, region := s.MadeIn(stackjson.Resource{})
	return arn.Account{Partition: p.partition, Region: region, Number: number}
}

// producer is the stack whose state a data source of that name reads.
func producer(all []*stackjson.Stack, name string) *stackjson.Stack {
	for _, s := range all {
		if strings.ReplaceAll(s.Name, "-", "_") == name {
			return s
		}
	}
	return nil
}

// against plans a stack against a state, where all stacks are those given. Nothing is read in AWS.
func (p *Planner) against(ctx context.Context, s *stackjson.Stack, made *state, all []*stackjson.Stack) (*tfjson.Plan, error) {
	kind, backend := s.Backend()
	if kind != "s3" {
		return nil, fmt.Errorf("its backend is %s, and states of the backend s3 alone are made up", kind)
	}
	for _, r := range s.RemoteStates() {
		outputs := map[string]any{}
		if producer := producer(all, r.Name); producer != nil {
			for name, value := range producer.Outputs() {
				outputs[name] = madeup.Resolve(p.account(producer), value)
			}
		}
		text, err := (&state{outputs: outputs}).file()
		if err != nil {
			return nil, err
		}
		bucket, _ := r.Config["bucket"].(string)
		key, _ := r.Config["key"].(string)
		p.aws.PutObject(bucket, key, text)
	}
	text, err := made.file()
	if err != nil {
		return nil, err
	}
	bucket, _ := backend["bucket"].(string)
	key, _ := backend["key"].(string)
	p.aws.PutObject(bucket, key, text)
	folder, err := p.installation.Scratch(s, p.aws.Environment(p.entry))
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(folder.Path)
	if text := madeup.Destroyable(s); text != nil {
		if err := os.WriteFile(filepath.Join(folder.Path, "offline_override.tf.json"), text, 0o600); err != nil {
			return nil, err
		}
	}
	if err := folder.Init(ctx); err != nil {
		return nil, err
	}
	if err := p.learn(ctx, folder); err != nil {
		return nil, err
	}
	return folder.PlanJSON(ctx, tfexec.Refresh(false), tfexec.Lock(false))
}

// learn has the providers' schemas, once for all stacks.
func (p *Planner) learn(ctx context.Context, folder *runner.Folder) error {
	p.lock.Lock()
	defer p.lock.Unlock()
	if p.schemas != nil {
		return nil
	}
	var err error
	p.schemas, err = folder.Schemas(ctx)
	return err
}
