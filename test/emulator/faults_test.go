package emulator_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/emulator"
	"hubspoke/internal/runner"
)

// What goes wrong in the middle of a stack, by itself or by whoever deploys: the next deployment finishes it, nothing is made twice,
// and nothing is lost, or what is lost is found as docs/operations.md says. The stack is the hub's registry, since its repositories
// are made by one line of YAML each; bootstrap is there for the roles and the bucket.
func TestADeploymentThatIsDisturbed(t *testing.T) {
	all(t)
	d := started(t, small(t))
	d.named = []string{registry}
	d.steps = must(d.Steps(d.named...))(t)
	d.apply()
	d.run("an interrupt in the middle loses nothing", interrupted)
	d.run("an interrupt while AWS answers leaves what it made", unheard)
	d.run("a second interrupt leaves what is told", abandoned)
	d.run("a killed apply leaves its lock and what it made", killed)
	d.run("a state that is not written is kept", unsaved)
	d.run("what was made without an answer is taken into the state", unanswered)
	d.run("a role that cannot be assumed ends what has not begun", denied)
	d.run("an apply that fails is finished by the next", mended)
}

// registry is the stack that faults are tried with.
const registry = "hub-registry"

// hindered makes AWS refuse something of each service at the first time, as one that is asked too much, or with an error
// of its own: whoever asks, asks again. All stacks go by it, among them those that hand something over, and the backend.
func (d *deployment) hindered() {
	d.t.Helper()
	bucket := "/" + d.load().State.Bucket + "/"
	var faults []emulator.Fault
	for _, f := range []struct{ kind, service, operation string }{
		{"throttled", "iam", "CreateRole"},
		{"error", "kms", "CreateKey"},
		{"throttled", "sts", "AssumeRole"},
		{"throttled", "ec2", "CreateVpc"},
		{"error", "ec2", "CreateTransitGatewayVpcAttachment"},
		{"error", "ec2", "AssociateTransitGatewayRouteTable"},
		{"throttled", "ram", "POST /createresourceshare"},
		{"error", "ram", "POST /acceptresourceshareinvitation"},
		{"throttled", "route53", "POST /2013-04-01/hostedzone"},
		{"throttled", "route53resolver", "AssociateResolverQueryLogConfig"},
		{"error", "logs", "CreateLogGroup"},
		{"throttled", "ssm", "CreateDocument"},
		{"error", "cloudtrail", "CreateTrail"},
		{"throttled", "s3", "PUT " + bucket + d.load().StateKey("dev-network") + ".tflock"},
		{"error", "s3", "PUT " + bucket + d.load().StateKey("hub-dns")},
		// Done, and nobody hears of it: who asks again with the same token gets what was made.
		{"cut", "ec2", "CreateRouteTable"},
		{"cut", "ec2", "CreateNatGateway"},
	} {
		faults = append(faults, emulator.Fault{Kind: f.kind, Service: f.service, Operation: f.operation, Count: 1})
	}
	if err := d.Order(faults...); err != nil {
		d.t.Fatal(err)
	}
}

// met fails if a fault that was ordered has not happened.
func (d *deployment) met() {
	d.t.Helper()
	if left, err := d.Pending(); err != nil || len(left) > 0 {
		d.t.Errorf("these faults did not happen: %v %v", left, err)
	}
}

// ordered makes faults happen from now on, instead of others.
func (d *deployment) ordered(faults ...emulator.Fault) {
	d.t.Helper()
	if err := d.Order(faults...); err != nil {
		d.t.Fatal(err)
	}
}

// unanswered: AWS has made something, and nobody heard of it. The provider asks again; what has a name is there already
// then, and is taken into the state as docs/operations.md says.
func unanswered(t *testing.T, d *deployment) {
	d.revise(d.repository("small/cut"))
	d.ordered(emulator.Fault{Kind: "cut", Service: "ecr", Operation: "CreateRepository", Count: 1})
	if err := d.applied(t.Context(), registry); err == nil || !strings.Contains(d.out.String(), "AlreadyExists") {
		t.Fatalf("%v\n%s", err, lastOf(d.out.String()))
	}
	d.met()
	d.imported(registry, "aws_ecr_repository", "name", "small/cut")
	d.finished(registry)
	once(t, d)
}

// imported takes what there is into the state of a stack: the resource whose argument has this value, which is its id too.
func (d *deployment) imported(stack, kind, argument, value string) {
	d.t.Helper()
	for name, block := range d.resources(stack)[kind] {
		if block[argument] == value {
			d.terraform(stack, "import", kind+"."+name, value)
			return
		}
	}
	d.t.Fatalf("%s has no %s whose %s is %s", stack, kind, argument, value)
}

// finished deploys a stack, after which nothing of it is left to do.
func (d *deployment) finished(stack string) {
	d.t.Helper()
	if err := d.applied(d.t.Context(), stack); err != nil {
		d.t.Fatalf("%v\n%s", err, lastOf(d.out.String()))
	}
	if changes := must(d.Changes(d.t.Context(), d.only(stack)))(d.t); len(changes) > 0 {
		d.t.Errorf("something is left to do: %v", changes)
	}
}

// unsaved: the bucket of the states refuses the state of an apply. It is written once more, or kept, and who deploys
// then is told how to go on: nothing that was made is made a second time.
func unsaved(t *testing.T, d *deployment) {
	state := "PUT /" + d.load().State.Bucket + "/" + d.load().StateKey(registry)
	left := filepath.Join(d.Dir, "stacks", registry, runner.UnsavedFile)

	d.revise(d.repository("small/refused-once"))
	d.ordered(emulator.Fault{Kind: "refused", Service: "s3", Operation: state, Count: 1})
	if err := d.applied(t.Context(), registry); err == nil || !strings.Contains(d.out.String(), registry+": the state is written") {
		t.Errorf("%v\n%s", err, lastOf(d.out.String()))
	}
	once(t, d)

	d.revise(d.repository("small/refused-twice"))
	d.ordered(emulator.Fault{Kind: "refused", Service: "s3", Operation: state, Count: 2})
	if err := d.applied(t.Context(), registry); err == nil {
		t.Error("the state was refused, and all is well")
	}
	d.met()
	if _, err := os.Stat(left); err != nil {
		t.Fatal(err)
	}
	const how = " state push " + runner.UnsavedFile
	for range 2 { // in the run that fails, and in the next, which plans nothing
		if !strings.Contains(d.out.String(), how) {
			t.Errorf("it does not say %q:\n%s", how, lastOf(d.out.String()))
		}
		if err := d.applied(t.Context(), registry); err == nil || strings.Contains(d.out.String(), "to add") {
			t.Errorf("a deployment goes on without the state: %v\n%s", err, lastOf(d.out.String()))
		}
	}
	d.terraform(registry, "state", "push", runner.UnsavedFile)
	if err := os.Remove(left); err != nil {
		t.Fatal(err)
	}
	d.finished(registry)
	once(t, d)
}

// denied: a role cannot be assumed in the middle of a deployment, first that of the backend, then that of the provider.
func denied(t *testing.T, d *deployment) {
	d.revise(d.repository("small/denied"))
	for skipped := 2; skipped < 5; skipped++ {
		before, err := d.Calls()
		if err != nil {
			t.Fatal(err)
		}
		d.ordered(emulator.Fault{Kind: "refused", Service: "sts", Operation: "AssumeRole", Skip: skipped, Count: 1})
		if err := d.applied(t.Context(), registry); err == nil || !strings.Contains(d.out.String(), "AssumeRole") {
			t.Errorf("after %d roles: %v\n%s", skipped, err, lastOf(d.out.String()))
		}
		d.met()
		after, err := d.Calls()
		if err != nil {
			t.Fatal(err)
		}
		if made := "ecr CreateRepository"; after[made] != before[made] {
			t.Errorf("after %d roles: something is made without the state", skipped)
		}
	}
	d.finished(registry)
	once(t, d)
}

// resources are the blocks of a stack, by type and name.
func (d *deployment) resources(stack string) map[string]map[string]map[string]any {
	d.t.Helper()
	var text struct {
		Resource map[string]map[string]map[string]any `json:"resource"`
	}
	d.read(filepath.Join(d.Dir, "stacks", stack, "cdk.tf.json"), &text)
	return text.Resource
}

// protected are the addresses of what Terraform refuses to destroy.
func (d *deployment) protected(stack string) []string {
	var addresses []string
	for kind, blocks := range d.resources(stack) {
		for name, block := range blocks {
			if lifecycle, ok := block["lifecycle"].(map[string]any); ok && lifecycle["prevent_destroy"] == true {
				addresses = append(addresses, kind+"."+name)
			}
		}
	}
	slices.Sort(addresses)
	return addresses
}
