package emulator_test

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/emulator"
)

func (d *deployment) read(path string, into any) {
	d.t.Helper()
	text, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(text, into)
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// destroyed takes everything away that may go, in order, and deploys it again. What holds data Terraform refuses to destroy, and
// then nothing goes; forgotten, as README.md says, it stays in AWS, and is taken back before the next deployment, as
// docs/operations.md says.
func destroyed(t *testing.T, d *deployment) {
	kept := map[string]string{}
	for address, id := range d.ids() {
		if stack, address, _ := strings.Cut(address, ": "); slices.Contains(d.protected(stack), address) {
			kept[stack+": "+address] = id
		}
	}
	d.out.Reset()
	before := d.ids()
	if err := d.Destroy(t.Context(), d.only("hub-logs")); err == nil || !strings.Contains(d.out.String(), "prevent_destroy") {
		t.Errorf("the logs are destroyed, or something else was in the way: %v\n%s", err, lastOf(d.out.String()))
	}
	same(t, before, d.ids())
	for _, step := range d.steps {
		for _, stack := range step.Stacks {
			if addresses := d.protected(stack); len(addresses) > 0 {
				d.terraform(stack, append([]string{"state", "rm"}, addresses...)...)
			}
		}
	}
	d.out.Reset()
	// Bootstrap has the bucket of the states, which stays: what is destroyed last is the roles by which the rest was.
	if err := d.Destroy(t.Context(), d.steps); err != nil {
		t.Fatalf("%v\n%s", err, lastOf(d.out.String()))
	}
	unknown, _ := d.compared(nil)
	var want []string
	for address, id := range kept {
		_, address, _ = strings.Cut(address, ": ")
		kind, _, _ := strings.Cut(address, ".")
		want = append(want, kind+" "+id)
	}
	for _, thing := range unknown {
		if !slices.Contains(want, thing) && !slices.Contains(d.strays, thing) {
			t.Errorf("%s is left", thing)
		}
	}
	for _, step := range d.steps {
		for _, stack := range step.Stacks {
			d.takenBack(stack, kept)
		}
		d.out.Reset()
		if err := d.Apply(t.Context(), []emulator.Step{step}); err != nil {
			t.Fatalf("%v\n%s", err, lastOf(d.out.String()))
		}
		for _, stack := range step.Stacks {
			os.Remove(filepath.Join(d.Dir, "stacks", stack, importFile))
		}
	}
	after := d.ids()
	for address, id := range kept {
		if after[address] != id {
			t.Errorf("%s was %s, and is %q", address, id, after[address])
		}
	}
	unchanged(t, d)
	once(t, d)
}

const importFile = "import.tf.json"

// takenBack writes import blocks for what a stack has left in AWS: https://developer.hashicorp.com/terraform/language/import
func (d *deployment) takenBack(stack string, kept map[string]string) {
	d.t.Helper()
	var blocks []map[string]any
	for address, id := range kept {
		if of, address, _ := strings.Cut(address, ": "); of == stack {
			blocks = append(blocks, map[string]any{"to": address, "id": id})
		}
	}
	if len(blocks) == 0 {
		return
	}
	text, err := json.Marshal(map[string]any{"import": blocks})
	if err != nil {
		d.t.Fatal(err)
	}
	path := filepath.Join(d.Dir, "stacks", stack, importFile)
	if err := os.WriteFile(path, text, 0o644); err != nil {
		d.t.Fatal(err)
	}
}

// same says which of the ids have changed, come or gone.
func same(t *testing.T, before, after map[string]string) {
	t.Helper()
	kept(t, before, after)
	kept(t, after, before)
}

// numbered is the number of a step among those that `make compare` prints, and bootstrapsOwn the beginning of one.
var numbered = regexp.MustCompile(`^\d+\. `)

const bootstrapsOwn = "terraform -chdir=cdktf.out/stacks/bootstrap destroy "

// left takes the spoke away that came last, by the commands that `make compare` prints, as docs/operations.md says. What is
// retired stays in AWS, and all else of the spoke is gone.
func left(t *testing.T, d *deployment) {
	before := d.ids()
	old := filepath.Join(t.TempDir(), "before")
	if output, err := exec.Command("cp", "-r", d.Dir, old).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, output)
	}
	if err := os.RemoveAll(d.estate); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(d.estate, os.DirFS(d.without)); err != nil {
		t.Fatal(err)
	}
	d.rewrite([]edit{{"estate.yaml", "\naccounts:\n", "\nretire: [hub-dns/aws_route53_zone.private_qa_small_internal]\naccounts:\n"}})
	after := d.synthesized()
	said, _ := exec.Command(must(command())(t), "check", "--against", old, "--outdir", after, d.estate).CombinedOutput()
	// By the old files, before the new ones are there: what is in no stack any more, and then what is in the account that leaves.
	var roles []string
	for line := range strings.Lines(string(said)) {
		words := strings.Fields(numbered.ReplaceAllString(strings.TrimSpace(line), ""))
		switch joined := strings.Join(words, " "); {
		case strings.HasPrefix(joined, "terraform -chdir="+old):
			d.ran("workflow", words...)
		case strings.HasPrefix(joined, "go run ./cmd/estate destroy"):
			d.ran("workflow", slices.Concat([]string{must(command())(t)}, words[3:], []string{"--auto-approve"})...)
		case strings.Contains(joined, bootstrapsOwn):
			_, targets, _ := strings.Cut(joined, bootstrapsOwn)
			roles = strings.Fields(targets)
		}
	}
	if len(roles) == 0 {
		t.Fatalf("it does not say how the roles are taken away:\n%s", said)
	}
	d.ran("administrator", slices.Concat([]string{"terraform", "-chdir=" + filepath.Join(d.Dir, "stacks", "bootstrap"), "destroy", "-auto-approve"}, roles)...)
	if err := d.Update(d.load(), after); err != nil {
		t.Fatal(err)
	}
	d.steps = must(d.Steps())(t)
	d.apply()
	unchanged(t, d)
	unknown, _ := d.found()
	for _, thing := range unknown {
		kind, id, _ := strings.Cut(thing, " ")
		retired := slices.Contains([]string{"aws_cloudwatch_log_group", "aws_kms_key", "aws_route53_zone"}, kind)
		if known := slices.Contains(d.strays, thing); !known && !retired {
			t.Errorf("%s is left", thing)
		} else if !known {
			d.strays = append(d.strays, thing)
			if !slices.Contains(values(before), id) {
				t.Errorf("%s was in no state before", thing)
			}
		}
	}
	once(t, d)
}

func values(ids map[string]string) []string {
	var all []string
	for _, id := range ids {
		all = append(all, id)
	}
	return all
}

// ran runs a program to its end, with the credentials of somebody.
func (d *deployment) ran(who string, command ...string) {
	d.t.Helper()
	r := d.begun(who, command[0], command[1:]...)
	if err := r.Wait(); err != nil {
		d.t.Fatalf("%s: %v\n%s", strings.Join(command, " "), err, lastOf(r.out.String()))
	}
}
