package emulator_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"hubspoke/estate"
	"hubspoke/internal/emulator"
	"hubspoke/internal/runner"
	"hubspoke/internal/scaffold"
)

// What a new user has after ten minutes is deployed as README.md says, bootstrap first, with the S3
// backend and the credentials of a workflow; and then there is nothing left to do. What follows changes
// it, in the order in which it stands here, since each part begins from where the one before it ended.
func TestTheSmallEstate(t *testing.T) {
	some(t)
	d := started(t, small(t))
	if _, err := d.workflow("main"); err == nil || !strings.Contains(err.Error(), "No OpenIDConnect provider") {
		t.Errorf("before bootstrap there is a role for workflows: %v", err)
	}
	d.apply()
	d.run("roles are for those whom they trust", trusted)
	d.run("a second plan has no changes", unchanged)
	d.run("shares and zones are handed over", handedOver)
	d.run("the proof says the same of states", provenAlike)
	d.later("an apply that fails is finished by the next", mended)
	d.run("a state is locked while it is applied", locked)
	d.later("a killed apply leaves its lock", killed)
	d.later("a zone and a spoke only add", grown)
	d.later("another range replaces the VPC", moved)
	d.later("what is destroyed is deployed again", destroyed)
}

// workflow are the credentials for the role that applies, of a run on a branch of the estate's repository.
func (d *deployment) workflow(branch string) (emulator.Credentials, error) {
	e := d.load()
	return d.Workflow(e.RoleARN(estate.HubAccount, e.CIApplyRole()), "repo:"+e.GitHub.Repository+":ref:refs/heads/"+branch)
}

// trusted: the emulator gives a role to those whom its trust policy names, as AWS does, and to nobody else.
func trusted(t *testing.T, d *deployment) {
	if _, err := d.workflow("main"); err != nil {
		t.Error(err)
	}
	if _, err := d.workflow("somebodys"); err == nil || !strings.Contains(err.Error(), "not authorized") {
		t.Errorf("a branch that is not main applies: %v", err)
	}
}

// unchanged fails if Terraform would change anything that it has just made, but for the exceptions.
func unchanged(t *testing.T, d *deployment) {
	t.Helper()
	for _, c := range unexcepted(d.changes()) {
		t.Error(c)
	}
}

// What one account gives another it has to offer, and the other to take: the emulator refuses an attachment
// to a gateway that is not shared, and an association that is not authorized.
func handedOver(t *testing.T, d *deployment) {
	calls, err := d.Calls()
	if err != nil {
		t.Fatal(err)
	}
	links, shares := d.stacksOf("link"), d.stacksOf("share")
	if len(links) == 0 || len(shares) == 0 {
		t.Fatal("the estate has no spoke that is linked")
	}
	done := func(part string) int {
		n := 0
		for call, times := range calls {
			if strings.Contains(strings.ToLower(call), part) {
				n += times
			}
		}
		return n
	}
	for _, part := range []string{
		"createresourceshare", "associateresourceshare", "acceptresourceshareinvitation", "createtransitgatewayvpcattachment",
		"associatetransitgatewayroutetable", "enabletransitgatewayroutetablepropagation", "authorizevpcassociation", "associatevpc",
	} {
		if done(part) == 0 {
			t.Errorf("nobody has asked for %s", part)
		}
	}
}

// Throttling and a 500 are asked again, what was done and answered with an error too. A permission that is missing
// ends the apply in the middle of a stack. The next deployment finishes it, and nothing is made twice.
func mended(t *testing.T, d *deployment) {
	const stack = "hub-registry"
	before := d.ids()
	for _, c := range []struct {
		repository string
		fault      emulator.Fault
		fails      bool
	}{
		{"small/throttled", emulator.Fault{Kind: "throttled", Service: "ecr", Operation: "CreateRepository", Count: 2}, false},
		{"small/error", emulator.Fault{Kind: "error", Service: "ecr", Operation: "CreateRepository", Count: 2}, false},
		{"small/lost", emulator.Fault{Kind: "lost", Service: "ecr", Operation: "SetRepositoryPolicy", Count: 1}, false},
		{"small/refused", emulator.Fault{Kind: "refused", Service: "ecr", Operation: "SetRepositoryPolicy", Count: 1}, true},
	} {
		d.run(c.fault.Kind, func(t *testing.T, d *deployment) {
			d.revise(d.repository(c.repository))
			if err := d.Order(c.fault); err != nil {
				t.Fatal(err)
			}
			if err := d.applied(t.Context(), stack); (err != nil) != c.fails {
				t.Errorf("%v\n%s", err, lastOf(d.out.String()))
			}
			if left, err := d.Pending(); err != nil || len(left) > 0 {
				t.Fatalf("%v did not happen: %v", left, err)
			}
		})
	}
	if err := d.applied(t.Context(), stack); err != nil {
		t.Fatalf("%v\n%s", err, lastOf(d.out.String()))
	}
	kept(t, before, d.ids())
	if changes := unexcepted(must(d.Changes(t.Context(), d.only(stack)))(t)); len(changes) > 0 {
		t.Errorf("something is left to do: %v", changes)
	}
}

// locked interrupts nothing: while a slow apply holds the lock, another deployment is refused, and says who holds it.
func locked(t *testing.T, d *deployment) {
	const stack = "hub-registry"
	d.revise(d.repository("small/slow"))
	if err := d.Order(emulator.Fault{Kind: "slow", Service: "ecr", Operation: "CreateRepository", Seconds: 20, Count: 1}); err != nil {
		t.Fatal(err)
	}
	first := make(chan error, 1)
	step := d.only(stack)
	go func() { first <- d.Apply(context.WithoutCancel(t.Context()), step) }()
	d.happened(t)
	_, err := d.Changes(t.Context(), step)
	if err == nil || !strings.Contains(err.Error(), "lock") {
		t.Errorf("a second deployment went on beside the first: %v", err)
	}
	if err := <-first; err != nil {
		t.Errorf("%v\n%s", err, lastOf(d.out.String()))
	}
	if changes := unexcepted(must(d.Changes(t.Context(), step))(t)); len(changes) > 0 {
		t.Errorf("the first has not done everything: %v", changes)
	}
}

// killed ends Terraform without a chance to write its state or to take the lock away, before it has made anything. The next
// deployment says who holds the lock; without it, it finishes.
func killed(t *testing.T, d *deployment) {
	const stack = "hub-registry"
	d.revise(d.repository("small/killed"))
	if err := d.Plan(t.Context(), d.only(stack)); err != nil {
		t.Fatal(err)
	}
	if err := d.Order(emulator.Fault{Kind: "error", Service: "ecr", Operation: "CreateRepository", Seconds: 60, Count: 1}); err != nil {
		t.Fatal(err)
	}
	folder := filepath.Join(d.Dir, "stacks", stack)
	apply := exec.Command("terraform", "apply", "-input=false", runner.PlanFile)
	apply.Dir = folder
	if err := apply.Start(); err != nil {
		t.Fatal(err)
	}
	d.happened(t)
	if err := apply.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	apply.Wait()
	err := d.applied(t.Context(), stack)
	lock := regexp.MustCompile(`ID: +([0-9a-f-]{36})`).FindStringSubmatch(d.out.String())
	if err == nil || lock == nil {
		t.Fatalf("the next deployment does not say that the state is locked: %v\n%s", err, lastOf(d.out.String()))
	}
	unlock := exec.Command("terraform", "force-unlock", "-force", lock[1])
	unlock.Dir = folder
	if output, err := unlock.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, output)
	}
	if err := d.applied(t.Context(), stack); err != nil {
		t.Fatalf("%v\n%s", err, lastOf(d.out.String()))
	}
}

// happened waits until all faults that were ordered have begun.
func (d *deployment) happened(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(time.Second) {
		if left, err := d.Pending(); err == nil && len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody has asked for what was to fail")
		}
	}
}

// grown adds a zone to the spoke, and another spoke. Nothing that is there changes its id, is replaced or taken away.
func grown(t *testing.T, d *deployment) {
	before := d.ids()
	d.revise(edit{"dev.yaml", "az_count: 2", "az_count: 3"})
	draft, err := scaffold.AddSpoke(scaffold.SpokeOptions{Dir: d.estate, Name: "qa", Like: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	if err := draft.Write(); err != nil {
		t.Fatal(err)
	}
	d.resynthesize()
	// A new account has no roles yet: the bootstrap makes them, before the rest can be planned.
	d.apply()
	after := d.ids()
	kept(t, before, after)
	if len(after) <= len(before) {
		t.Error("a third zone and a spoke have added nothing")
	}
	unchanged(t, d)
}

// moved gives the spoke another range. Its VPC is made anew, and linked; nothing of the others is.
func moved(t *testing.T, d *deployment) {
	before := d.ids()
	d.revise(edit{"dev.yaml", "cidr: 10.1.0.0/16", "cidr: 10.9.0.0/16"})
	d.apply()
	after := d.ids()
	if id := "dev-network: aws_vpc.main"; before[id] == "" || before[id] == after[id] {
		t.Errorf("the VPC was %s, and is %s", before[id], after[id])
	}
	for address, id := range before {
		if stack, _, _ := strings.Cut(address, ":"); stack != "dev-network" && stack != "dev-link" && after[address] != id {
			t.Errorf("%s was %s, and is %q", address, id, after[address])
		}
	}
	unchanged(t, d)
}

// destroyed takes the spoke away and deploys it again. What holds data Terraform refuses to destroy, and all of it stays.
func destroyed(t *testing.T, d *deployment) {
	before := d.ids()
	spoke := []emulator.Step{{Who: "workflow", Stacks: []string{"dev-share", "dev-network", "dev-link"}}}
	if err := d.Destroy(t.Context(), spoke); err != nil {
		t.Fatalf("%v\n%s", err, lastOf(d.out.String()))
	}
	for address := range d.ids() {
		if stack, _, _ := strings.Cut(address, ":"); slices.Contains(spoke[0].Stacks, stack) {
			t.Errorf("%s is still there", address)
		}
	}
	d.out.Reset()
	if err := d.Destroy(t.Context(), d.only("hub-logs")); err == nil || !strings.Contains(d.out.String(), "prevent_destroy") {
		t.Errorf("the logs are destroyed, or something else was in the way: %v\n%s", err, lastOf(d.out.String()))
	}
	d.apply()
	for address, id := range d.ids() {
		if stack, _, _ := strings.Cut(address, ":"); !slices.Contains(spoke[0].Stacks, stack) && before[address] != id {
			t.Errorf("%s was %q, and is %s", address, before[address], id)
		}
	}
	unchanged(t, d)
}

// repository adds a repository to the hub's registry.
func (d *deployment) repository(name string) edit {
	d.t.Helper()
	if text, err := os.ReadFile(filepath.Join(d.estate, "hub.yaml")); err != nil {
		d.t.Fatal(err)
	} else if strings.Contains(string(text), "registry: {}") {
		return edit{"hub.yaml", "registry: {}", "registry:\n  repositories:\n    " + name + ": {}"}
	}
	return edit{"hub.yaml", "\n  repositories:\n", "\n  repositories:\n    " + name + ": {}\n"}
}

// must turns an error into the end of a test.
func must[T any](value T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}
