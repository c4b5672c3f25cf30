package emulator_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hubspoke/estate"
	"hubspoke/internal/emulator"
	"hubspoke/internal/scaffold"
)

// What a new user has after ten minutes is deployed as README.md says, bootstrap first, with the S3
// backend and the credentials of a workflow; and then there is nothing left to do. What follows changes
// it, in the order in which it stands here, since each part begins from where the one before it ended.
func TestTheSmallEstate(t *testing.T) {
	d := started(t, small(t))
	if _, err := d.workflow("main"); err == nil || !strings.Contains(err.Error(), "No OpenIDConnect provider") {
		t.Errorf("before bootstrap there is a role for workflows: %v", err)
	}
	d.hindered()
	if err := d.Apply(t.Context(), d.steps); err != nil {
		t.Errorf("what AWS refuses once ends a deployment: %v\n%s", err, lastOf(d.out.String()))
		d.apply()
	}
	d.met()
	d.run("nothing is made twice where AWS was asked again", once)
	d.run("roles are for those whom they trust", trusted)
	d.run("a second plan has no changes", unchanged)
	d.run("shares and zones are handed over", handedOver)
	d.run("the proof says the same of states", provenAlike)
	d.run("a state is locked while it is applied", locked)
	d.later("a zone and a spoke only add", grown)
	d.later("a spoke that leaves takes all of its own along", left)
	d.later("another range takes a VPC that goes and comes", moved)
	d.later("what is destroyed is deployed again", destroyed)
	d.later("two deployments at a time agree", together)
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

// unchanged fails if Terraform would change anything that it has just made. No change is excepted.
func unchanged(t *testing.T, d *deployment) {
	t.Helper()
	for _, c := range d.changes() {
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
			if err := d.applied(t.Context(), registry); (err != nil) != c.fails {
				t.Errorf("%v\n%s", err, lastOf(d.out.String()))
			}
			if left, err := d.Pending(); err != nil || len(left) > 0 {
				t.Fatalf("%v did not happen: %v", left, err)
			}
		})
	}
	d.finished(registry)
	kept(t, before, d.ids())
	once(t, d)
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
	if err == nil || !strings.Contains(err.Error(), "Error acquiring the state lock") {
		t.Errorf("a second deployment went on beside the first: %v", err)
	}
	if err := <-first; err != nil {
		t.Errorf("%v\n%s", err, lastOf(d.out.String()))
	}
	if changes := must(d.Changes(t.Context(), step))(t); len(changes) > 0 {
		t.Errorf("the first has not done everything: %v", changes)
	}
}

// happened waits until all faults that were ordered have begun.
func (d *deployment) happened(t *testing.T) {
	t.Helper()
	d.waiting(t, 0)
}

// waiting waits until no more than some of the faults that were ordered have not begun.
func (d *deployment) waiting(t *testing.T, most int) {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(time.Second) {
		if left, err := d.Pending(); err == nil && len(left) <= most {
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
	d.without = d.estate + "-without" // in the folder of the whole test
	if err := os.CopyFS(d.without, os.DirFS(d.estate)); err != nil {
		t.Fatal(err)
	}
	draft, err := scaffold.AddSpoke(scaffold.SpokeOptions{Dir: d.estate, Name: "qa", Like: "dev"})
	if err != nil {
		t.Fatal(err)
	}
	if err := draft.Write(); err != nil {
		t.Fatal(err)
	}
	d.resynthesize()
	// A new account has no roles yet: the bootstrap makes them, before the rest can be planned. An address is made twice, since a request
	// for one has no token that says that it is the same.
	d.ordered(emulator.Fault{Kind: "cut", Service: "ec2", Operation: "AllocateAddress", Count: 1})
	d.apply()
	d.met()
	d.doubled("aws_eip")
	after := d.ids()
	kept(t, before, after)
	if len(after) <= len(before) {
		t.Error("a third zone and a spoke have added nothing")
	}
	unchanged(t, d)
	once(t, d)
}

// moved gives the spoke another range. AWS takes no VPC away that is attached to a gateway: its link goes first, then its network, and
// both are deployed again, as docs/operations.md says. Of the others nothing changes but the routes to it.
func moved(t *testing.T, d *deployment) {
	before := d.ids()
	kept := map[string]string{}
	for _, stack := range []string{"dev-link", "dev-network"} {
		if addresses := d.protected(stack); len(addresses) > 0 {
			for _, address := range addresses {
				kept[stack+": "+address] = before[stack+": "+address]
			}
			d.terraform(stack, append([]string{"state", "rm"}, addresses...)...)
		}
		d.out.Reset()
		if err := d.Destroy(t.Context(), d.only(stack)); err != nil {
			t.Fatalf("%v\n%s", err, lastOf(d.out.String()))
		}
	}
	d.revise(edit{"dev.yaml", "cidr: 10.1.0.0/16", "cidr: 10.9.0.0/16"})
	d.takenBack("dev-network", kept)
	d.apply()
	os.Remove(filepath.Join(d.Dir, "stacks", "dev-network", importFile))
	after := d.ids()
	if id := "dev-network: aws_vpc.main"; before[id] == "" || before[id] == after[id] {
		t.Errorf("the VPC was %s, and is %s", before[id], after[id])
	}
	for address, id := range before {
		// A route of the hub's is called after the range that it leads to.
		led := strings.HasPrefix(address, "hub-network: aws_route.") && strings.HasSuffix(address, "_to_dev")
		if stack, _, _ := strings.Cut(address, ":"); stack != "dev-network" && stack != "dev-link" && !led && after[address] != id {
			t.Errorf("%s was %s, and is %q", address, id, after[address])
		}
	}
	unchanged(t, d)
	once(t, d)
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
