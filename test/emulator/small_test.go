package emulator_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hubspoke/internal/emulator"
)

// What a new user has after ten minutes is deployed as README.md says, bootstrap first, with the S3
// backend and the credentials of a workflow; and then there is nothing left to do. What follows changes
// it, in the order in which it stands here, since each part begins from where the one before it ended.
func TestTheSmallEstate(t *testing.T) {
	d := started(t, small(t))
	d.apply()
	t.Run("a second plan has no changes", func(t *testing.T) { unchanged(t, d) })
	t.Run("shares and zones are handed over", func(t *testing.T) { handedOver(t, d) })
	t.Run("the proof says the same of states", func(t *testing.T) { provenAlike(t, d) })
	t.Run("an apply that fails is finished by the next", func(t *testing.T) { mended(t, d) })
	t.Run("a state is locked while it is applied", func(t *testing.T) { locked(t, d) })
	t.Run("a zone only adds", func(t *testing.T) { grown(t, d) })
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

// A request that fails for good, one that was done and answered with an error, and one that is told to come
// later: whatever happens in the middle of a stack, the next deployment finishes it, and nothing is there twice.
func mended(t *testing.T, d *deployment) {
	const stack = "hub-registry"
	before := d.ids()
	d.revise(d.repository("small/api"))
	for name, fault := range map[string]emulator.Fault{
		"throttled": {Kind: "throttled", Service: "ecr", Count: 3},
		"lost":      {Kind: "lost", Service: "ecr", Operation: "CreateRepository", Count: 1},
	} {
		if err := d.Order(fault); err != nil {
			t.Fatal(err)
		}
		err := d.applied(t.Context(), stack)
		t.Logf("%s: %v", name, err)
		if left, err := d.Pending(); err != nil || len(left) > 0 {
			t.Fatalf("%s: %d requests were to fail still: %v", name, len(left), err)
		}
		if err := d.Order(); err != nil {
			t.Fatal(err)
		}
	}
	if err := d.applied(t.Context(), stack); err != nil {
		t.Fatalf("%v\n%s", err, lastOf(d.out.String()))
	}
	after := d.ids()
	kept(t, before, after)
	unchanged(t, d)
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
	// Until the request that waits has come.
	for deadline := time.Now().Add(3 * time.Minute); ; time.Sleep(time.Second) {
		if left, err := d.Pending(); err == nil && len(left) == 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("nobody has made a repository")
		}
	}
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

// grown adds a zone to the spoke. Nothing that is there changes its id, is replaced or taken away.
func grown(t *testing.T, d *deployment) {
	before := d.ids()
	d.revise(edit{"dev.yaml", "az_count: 2", "az_count: 3"})
	for _, c := range d.changes() {
		if slices.Contains(c.Actions, "delete") {
			t.Error(c)
		}
	}
	d.apply()
	after := d.ids()
	kept(t, before, after)
	if len(after) <= len(before) {
		t.Error("a third zone has added nothing")
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
	return edit{"hub.yaml", "  repositories:\n", "  repositories:\n    " + name + ": {}\n"}
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
