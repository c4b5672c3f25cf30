package emulator_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/deploy"
	"hubspoke/internal/emulator"
	"hubspoke/internal/scaffold"
	"hubspoke/proof/stackjson"
)

// changed revises the estate, deploys the stacks whose Terraform is another one then, and fails if anything that was there has another id or
// is gone, but for what is replaced, or if something is left to do.
func (d *deployment) changed(t *testing.T, replaced []string, edits ...edit) {
	t.Helper()
	before := d.ids()
	stacks := d.revised(t, edits...)
	d.made(t, false, stacks)
	d.stays(t, before, replaced)
	for _, c := range d.left(t, stacks) {
		t.Error(c)
	}
}

// revised revises the estate, and returns the stacks whose Terraform is another one then.
func (d *deployment) revised(t *testing.T, edits ...edit) []string {
	t.Helper()
	before := d.texts(t)
	d.revise(edits...)
	var stacks []string
	for stack, text := range d.texts(t) {
		if before[stack] != text {
			stacks = append(stacks, stack)
		}
	}
	if len(stacks) == 0 {
		t.Fatalf("%v changes no stack", edits)
	}
	return stacks
}

// texts are the stacks' Terraform.
func (d *deployment) texts(t *testing.T) map[string]string {
	t.Helper()
	stacks, err := deploy.Read(d.Dir)
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	for _, s := range stacks {
		text, err := os.ReadFile(filepath.Join(s.Dir, stackjson.File))
		if err != nil {
			t.Fatal(err)
		}
		texts[s.Name] = string(text)
	}
	return texts
}

// left is what a plan of some stacks would change.
func (d *deployment) left(t *testing.T, stacks []string) []emulator.Change {
	t.Helper()
	return must(d.Changes(t.Context(), []emulator.Step{{Who: "workflow", Stacks: stacks}}))(t)
}

// stays fails if anything has another id than before, but for what is replaced, which has to.
func (d *deployment) stays(t *testing.T, before map[string]string, replaced []string) {
	t.Helper()
	after := d.ids()
	for _, address := range replaced {
		if before[address] == "" || after[address] == "" || before[address] == after[address] {
			t.Errorf("%s is not replaced: it was %q, and is %q", address, before[address], after[address])
		}
		delete(before, address)
	}
	kept(t, before, after)
}

// deployedAnew deploys everything after files were rewritten, and fails as changed does.
func (d *deployment) deployedAnew(t *testing.T, before map[string]string, replaced []string) {
	t.Helper()
	d.resynthesize()
	d.apply()
	d.stays(t, before, replaced)
	unchanged(t, d)
}

// A zone, a spoke with a cluster and a repository are added. EKS gives a node group its subnets for ever: another one is made before it
// goes. The control plane stays in its zones.
func clustersGrow(t *testing.T, d *deployment) {
	before := d.ids()
	draft, err := scaffold.AddSpoke(scaffold.SpokeOptions{Dir: d.estate, Name: "qa", Like: "staging"})
	if err != nil {
		t.Fatal(err)
	}
	if err := draft.Write(); err != nil {
		t.Fatal(err)
	}
	d.rewrite([]edit{{"dev.yaml", "az_count: 2", "az_count: 3"}, d.repository("piksel/api")})
	d.deployedAnew(t, before, []string{"dev-eks: aws_eks_node_group.system"})
	if d.ids()["qa-eks: aws_eks_cluster.cluster"] == "" {
		t.Error("the new spoke has no cluster")
	}
}

// old is a version of Kubernetes from which a cluster can be upgraded twice.
var old = edit{"staging.yaml", `version: "1.35"`, `version: "1.33"`}

// No cluster skips a version of Kubernetes. The next one, more and larger nodes and a further node group change a cluster in place.
func clustersChange(t *testing.T, d *deployment) {
	d.run("no cluster skips a version", func(t *testing.T, d *deployment) {
		d.revise(edit{"staging.yaml", `version: "1.33"`, `version: "1.35"`})
		if err := d.applied(t.Context(), "staging-eks"); err == nil || !strings.Contains(d.out.String(), "Unsupported Kubernetes minor version update") {
			t.Errorf("EKS takes two versions at once: %v\n%s", err, lastOf(d.out.String()))
		}
	})
	d.changed(t, nil,
		edit{"staging.yaml", `version: "1.35"`, `version: "1.34"`},
		edit{"staging.yaml", "min_size: 2\n    max_size: 4\n", "min_size: 3\n    max_size: 6\n    disk_gib: 80\n    labels: {team: platform}\n" +
			"  node_groups:\n    batch:\n      instance_types: [m7g.large]\n      taints: [\"batch=true:NoSchedule\"]\n"},
	)
	if d.ids()["staging-eks: aws_eks_node_group.batch"] == "" {
		t.Error("there is no further node group")
	}
	d.run("other instances replace the nodes alone", func(t *testing.T, d *deployment) {
		d.changed(t, []string{"staging-eks: aws_eks_node_group.system"}, edit{"staging.yaml", "[t4g.large, m6g.large]", "[m7g.xlarge, m6g.xlarge]"})
	})
}

// Another size of a database waits for its maintenance window, and a plan says so until then, or until it is hurried as docs/operations.md
// says. Nothing is made anew.
func databasesChange(t *testing.T, d *deployment) {
	before := d.ids()
	stacks := d.revised(t,
		edit{"production.yaml", "database:\n  multi_az: true\n", "database:\n  multi_az: true\n  instance_class: db.m7g.xlarge\n  storage_gib: 200\n  backup_retention_days: 21\n"},
		edit{"production.yaml", "max_size: 6\n", "max_size: 7\n"},
	)
	d.made(t, false, stacks)
	d.stays(t, before, nil)
	waiting := d.left(t, stacks)
	if len(waiting) != 1 || waiting[0].Type != "aws_db_instance" || !slices.Equal(waiting[0].Attributes, []string{"allocated_storage", "instance_class"}) {
		t.Errorf("before the maintenance window a plan changes %v", waiting)
	}
	d.follow(t, "Another size of a database.", "production")
	for _, c := range d.left(t, stacks) {
		t.Error(c)
	}
}

// The limits of an API and the check of a service's health change in place, and a further route uses the endpoint that is there.
func servicesChange(t *testing.T, d *deployment) {
	d.changed(t, nil,
		edit{"gateway.yaml", "rate: 50\n    burst: 100\n", "rate: 60\n    burst: 120\n"},
		edit{"gateway.yaml", "ANY /orders/{proxy+}: service.orders\n", "ANY /orders/{proxy+}: service.orders\n      GET /status: service.orders\n"},
		edit{"service.yaml", "health_path: /healthz", "health_path: /readyz"},
	)
}

// A cluster's spoke is taken away by the commands of docs/operations.md, and deployed again. Nothing else changes.
func clustersGo(t *testing.T, d *deployment) {
	if _, err := exec.LookPath("aws"); err != nil && os.Getenv("REQUIRE_TERRAFORM") == "" {
		t.Skip("the documented commands need the AWS command line: ", err)
	}
	before := d.ids()
	d.follow(t, "Removing a cluster.", "dev")
	d.follow(t, "Destroying a spoke's network and deploying it again.", "dev")
	after := d.ids()
	again := 0
	for address, id := range before {
		stack, _, _ := strings.Cut(address, ":")
		now, there := after[address] // some types have no id
		switch {
		case !there:
			t.Errorf("%s is not there again", address)
		case !slices.Contains([]string{"dev-eks", "dev-link", "dev-network", "dev-share"}, stack) && now != id:
			t.Errorf("%s was %s, and is %s", address, id, now)
		case now != id:
			again++
		}
	}
	if again == 0 {
		t.Error("nothing was destroyed")
	}
	unchanged(t, d)
}

// follow does what docs/operations.md says below a heading, of an account instead of piksel's dev: those of the AWS command line as an
// administrator of that account, everything else as whoever deploys.
func (d *deployment) follow(t *testing.T, heading, account string) {
	t.Helper()
	e := d.load()
	var commands []string
	names := strings.NewReplacer("piksel-dev", e.Project+"-"+account, "dev-", account+"-")
	for _, line := range documented(t, heading) {
		line = names.Replace(line)
		_, stacks, _ := strings.Cut(line, " STACKS=")
		verb := strings.TrimPrefix(line, "cd - && ")
		if !strings.HasPrefix(verb, "make ") {
			commands = append(commands, line)
			continue
		}
		d.shell(t, account, commands)
		commands = nil
		d.made(t, strings.HasPrefix(verb, "make destroy "), strings.Fields(strings.Trim(stacks, `"`)))
	}
	d.shell(t, account, commands)
}

// made is what make deploy and make destroy do; without names, with all stacks.
func (d *deployment) made(t *testing.T, destroy bool, stacks []string) {
	t.Helper()
	d.out.Reset()
	steps, do := d.steps, d.Apply
	if len(stacks) > 0 {
		steps = []emulator.Step{{Who: "workflow", Stacks: stacks}}
	}
	if destroy {
		do = d.Destroy
	}
	if err := do(t.Context(), steps); err != nil {
		t.Fatalf("%v\n%s", err, lastOf(d.out.String()))
	}
}

// documented are the lines of commands below a heading of docs/operations.md.
func documented(t *testing.T, heading string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(project, "docs", "operations.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n**"+heading+"**")
	section, _, _ = strings.Cut(section, "\n**")
	var lines []string
	for line := range strings.Lines(section) {
		if command, ok := strings.CutPrefix(line, "    "); ok {
			lines = append(lines, strings.TrimSpace(command))
		}
	}
	if !found || len(lines) == 0 {
		t.Fatalf("docs/operations.md has no commands below %q", heading)
	}
	return lines
}

// shell runs commands where the folder cdktf.out is.
func (d *deployment) shell(t *testing.T, account string, commands []string) {
	t.Helper()
	if err := d.Become("administrator"); err != nil {
		t.Fatal(err)
	}
	e := d.load()
	people, err := exec.CommandContext(t.Context(), "aws", "sts", "assume-role", "--role-arn", e.RoleARN(account, e.State.BootstrapRole), "--role-session-name", "people",
		"--region", e.Region, "--output", "text", "--query", "Credentials.[AccessKeyId,SecretAccessKey,SessionToken]").CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, people)
	}
	if err := d.Become("workflow"); err != nil {
		t.Fatal(err)
	}
	// Terraform takes the roles that its stacks name, and people log in to the account that they work in.
	script := `people=(` + strings.TrimSpace(string(people)) + `)
export AWS_DEFAULT_REGION=$AWS_REGION
aws() { AWS_ACCESS_KEY_ID=${people[0]} AWS_SECRET_ACCESS_KEY=${people[1]} AWS_SESSION_TOKEN=${people[2]} command aws "$@"; }
` + strings.Join(commands, "\n")
	command := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", script)
	command.Dir = filepath.Dir(d.Dir)
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("%s: %v\n%s", strings.Join(commands, "\n"), err, output)
	}
}
