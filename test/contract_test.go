package test

import (
	"fmt"
	"regexp"
	"slices"
	"testing"

	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
	"hubspoke/stacks/compose"
)

func TestWhatIsReadIsWritten(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) { report(t, unwritten(e.stacks)) })
}

func TestWhatIsWrittenIsRead(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		forPeople := map[string]bool{}
		for _, listed := range e.list {
			for name, people := range compose.Outputs(listed.Kind) {
				forPeople[listed.Name+"."+name] = people
			}
		}
		report(t, unread(e.stacks, forPeople))
	})
}

func TestOutputsAreThoseOfTheContract(t *testing.T) {
	written := map[stacks.Kind]map[string]bool{}
	for _, name := range tf.Keys(estates) {
		e := synthesized(t, name)
		for _, listed := range e.list {
			kind := listed.Kind
			if written[kind] == nil {
				written[kind] = map[string]bool{}
			}
			for output := range e.stack(listed.Name).Outputs() {
				written[kind][output] = true
				if _, ok := compose.Outputs(kind)[output]; !ok {
					t.Errorf("%s: %s writes an output %s that is not in the contract of %s stacks", name, listed.Name, output, kind)
				}
			}
		}
	}
	for _, kind := range stacks.Kinds() {
		for _, output := range tf.Keys(compose.Outputs(kind)) {
			if !written[kind][output] {
				t.Errorf("no estate's %s stack ever writes its output %s", kind, output)
			}
		}
	}
}

func TestStateIsReadWhereItIsWritten(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) { report(t, misplaced(e.stacks)) })
}

// What a stack reads and what its kind says that it reads must agree: it would be
// deployed too early, or its account's state role could read more than it has to.
func TestStacksReadWhatTheirKindsSay(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		for _, listed := range e.list {
			var said, done []string
			for _, producer := range listed.Reads {
				said = append(said, tf.Name(producer))
			}
			for _, r := range e.stack(listed.Name).RemoteStates() {
				done = append(done, r.Name)
			}
			slices.Sort(said)
			slices.Sort(done)
			if !slices.Equal(said, done) {
				t.Errorf("%s reads %q, and its kind says %q", listed.Name, done, said)
			}
		}
	})
}

// read is one place in a stack where another one's output is read.
type read struct{ stack, path, producer, output, key string }

var remoteOutput = regexp.MustCompile(`data\.terraform_remote_state\.(\w+)\.outputs\.(\w+)(?:\[\\?"([^"\\]+)\\?"\])?`)

func reads(s *stackjson.Stack) []read {
	var all []read
	stackjson.Strings(s.JSON, func(path, text string) {
		for _, m := range remoteOutput.FindAllStringSubmatch(text, -1) {
			all = append(all, read{s.Name, path, m[1], m[2], m[3]})
		}
	})
	return all
}

func (r read) String() string {
	text := r.producer + "." + r.output
	if r.key != "" {
		text += fmt.Sprintf("[%q]", r.key)
	}
	return text
}

// producers are the stacks by the names that data sources have for them.
func producers(stacks []*stackjson.Stack) map[string]*stackjson.Stack {
	named := map[string]*stackjson.Stack{}
	for _, s := range stacks {
		named[tf.Name(s.Name)] = s
	}
	return named
}

func unwritten(stacks []*stackjson.Stack) []string {
	var problems []string
	named := producers(stacks)
	for _, s := range stacks {
		for _, r := range reads(s) {
			producer, ok := named[r.producer]
			if !ok {
				problems = append(problems, fmt.Sprintf("%s: %s reads %s, but there is no such stack", s.Name, r.path, r))
				continue
			}
			value, ok := producer.Outputs()[r.output]
			if r.key != "" && ok {
				values, isMap := value.(map[string]any)
				_, ok = values[r.key]
				ok = ok && isMap
			}
			if !ok {
				problems = append(problems, fmt.Sprintf("%s: %s reads %s, which %s does not write", s.Name, r.path, r, producer.Name))
			}
		}
	}
	return problems
}

// unread are the outputs that no stack reads, but for those marked as for people,
// by "stack.output".
func unread(stacks []*stackjson.Stack, forPeople map[string]bool) []string {
	var problems []string
	used := map[string]bool{}
	for _, s := range stacks {
		for _, r := range reads(s) {
			used[r.producer+"."+r.output] = true
		}
	}
	for _, s := range stacks {
		for _, output := range tf.Keys(s.Outputs()) {
			readByStack, people := used[tf.Name(s.Name)+"."+output], forPeople[s.Name+"."+output]
			if !readByStack && !people {
				problems = append(problems, fmt.Sprintf("%s writes %s, which no stack reads: leave it out, or mark it for people", s.Name, output))
			}
		}
	}
	return problems
}

// misplaced are the reads that look for a state elsewhere than where the
// producer's backend writes it.
func misplaced(stacks []*stackjson.Stack) []string {
	var problems []string
	named := producers(stacks)
	for _, s := range stacks {
		for _, r := range s.RemoteStates() {
			producer, ok := named[r.Name]
			if !ok {
				problems = append(problems, fmt.Sprintf("%s reads the state of %s, but there is no such stack", s.Name, r.Name))
				continue
			}
			backend, config := producer.Backend()
			if backend != r.Backend {
				problems = append(problems, fmt.Sprintf("%s reads %s from %s, which writes to %s", s.Name, r.Name, r.Backend, backend))
			}
			for _, key := range []string{"bucket", "key", "region", "path"} {
				if r.Config[key] != config[key] {
					problems = append(problems, fmt.Sprintf("%s reads %s with %s %v, which is written with %v", s.Name, r.Name, key, r.Config[key], config[key]))
				}
			}
		}
	}
	return problems
}

func TestABrokenContractIsSeen(t *testing.T) {
	producer := &stackjson.Stack{Name: "hub-network", JSON: map[string]any{
		"terraform": map[string]any{"backend": map[string]any{"s3": map[string]any{"bucket": "b", "key": "k"}}},
		"output": map[string]any{
			"vpc_id": map[string]any{"value": "${aws_vpc.main.id}"},
			"tables": map[string]any{"value": map[string]any{"dev": "x"}},
		},
	}}
	consumer := func(key string, references ...any) []*stackjson.Stack {
		return []*stackjson.Stack{producer, {Name: "dev-link", JSON: map[string]any{
			"data": map[string]any{"terraform_remote_state": map[string]any{"hub_network": map[string]any{
				"backend": "s3", "config": map[string]any{"bucket": "b", "key": key},
			}}},
			"resource": map[string]any{"x": map[string]any{"y": map[string]any{"z": references}}},
		}}}
	}
	const outputs = "data.terraform_remote_state.hub_network.outputs."
	good := consumer("k", "${"+outputs+"vpc_id}", "${"+outputs+`tables["dev"]}`)
	for _, problems := range [][]string{unwritten(good), unread(good, nil), misplaced(good)} {
		report(t, problems)
	}
	for name, problems := range map[string][]string{
		"an output that is not written": unwritten(consumer("k", "${"+outputs+"vpc}")),
		"a key that is not written":     unwritten(consumer("k", `{"Resource":"${`+outputs+`tables[\"prod\"]}"}`)),
		"a key of what is no map":       unwritten(consumer("k", "${"+outputs+`vpc_id["dev"]}`)),
		"an unknown stack":              unwritten(consumer("k", "${data.terraform_remote_state.hub.outputs.vpc_id}")),
		"an output that nobody reads":   unread(consumer("k", "${"+outputs+"vpc_id}"), nil),
		"another key in the bucket":     misplaced(consumer("other")),
	} {
		if problems == nil {
			t.Errorf("%s is not seen", name)
		}
	}
}
