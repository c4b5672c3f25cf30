package test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/internal/runner"
)

// What docs/prove-your-own.md says to run prints what it says there.
func TestTheGuideToProvingPrintsWhatItSays(t *testing.T) {
	guide, err := os.ReadFile("../docs/prove-your-own.md")
	if err != nil {
		t.Fatal(err)
	}
	commands := regexp.MustCompile("(?s)```sh\n(go run ./cmd/estate [^`]*)```\n\n```\n([^`]*)```").FindAllStringSubmatch(string(guide), -1)
	if len(commands) < 3 {
		t.Fatalf("the guide has %d commands with what they print", len(commands))
	}
	for _, c := range commands {
		args := strings.Fields(strings.ReplaceAll(strings.TrimPrefix(c[1], "go run ./cmd/estate "), "\\\n", " "))
		t.Run(strings.Join(args[:2], " "), func(t *testing.T) {
			t.Parallel()
			if strings.Contains(c[1], "--mock") {
				needTerraform(t)
			}
			_, got := prove(t, "..", args...)
			if diff := cmp.Diff(c[2], got); diff != "" {
				t.Errorf("%s (-guide +printed):\n%s", c[1], diff)
			}
		})
	}
}

// change is a change of a file of an example.
type change struct{ file, from, to string }

// A mocked plan of the examples is proven, what is broken in their HCL is found, and what
// is only written otherwise is no matter. Nothing is left in the folders.
func TestMockedPlansAreProven(t *testing.T) {
	needTerraform(t)
	const (
		hubAndSpoke, severalRoots = "hub-and-spoke", "several-roots"
		vpc                       = "modules/vpc/main.tf"
		associated                = `transit_gateway_route_table_id = local.hub.route_table_ids[each.key]`
	)
	tests := []struct {
		name, example string
		changes       []change
		exit          int
		says          string
	}{
		{"harmless: a for expression, a local, another name and description", severalRoots, []change{
			{vpc, "= aws_subnet.private[*].id\n  transit", "= [for s in aws_subnet.private : s.id]\n  transit"},
			{"hub/main.tf", `value = aws_ec2_transit_gateway.this.id`, "value = local.gateway\n}\n\nlocals {\n  gateway = aws_ec2_transit_gateway.this.id"},
			{"spokes/main.tf", `"PostgreSQL"`, `"The database"`},
			{"spokes/main.tf", "[aws_security_group.database.id]", "aws_security_group.database[*].id"},
		}, 0, ""},
		{"a group is opened", severalRoots, []change{
			{"spokes/main.tf", "cidr_ipv4         = local.spokes[\"prod\"]\n  ip_protocol       = \"tcp\"", "cidr_ipv4         = \"0.0.0.0/0\"\n  ip_protocol       = \"tcp\""},
		}, 1, "violated deny * but prod -> prod.instance.database"},
		{"an association with the wrong table", severalRoots, []change{
			{"spokes/main.tf", associated, `transit_gateway_route_table_id = local.hub.route_table_ids["shared"]`},
		}, 1, "violated deny * but shared, dev -> dev by transit-gateway"},
		{"a route that is too narrow", hubAndSpoke, []change{{vpc, `"10.0.0.0/8"`, `"10.3.0.0/16"`}}, 1, "violated allow"},
		{"a propagation into the wrong table", hubAndSpoke, []change{
			{"main.tf", `segment["shared"].id`, `segment["prod"].id`},
		}, 1, "violated deny * but shared, dev -> dev by transit-gateway"},
		{"a peering connection is added", hubAndSpoke, []change{
			{"main.tf", `output "vpc_ids"`, peering + `output "vpc_ids"`},
			{vpc, `output "vpc_id"`, "output \"route_table_id\" { value = aws_route_table.private.id }\noutput \"vpc_id\""},
		}, 1, "violated deny * but shared, dev -> dev by transit-gateway"},
		{"an index that is reckoned", hubAndSpoke, []change{
			{"main.tf", "subnet_ids[count.index]", "subnet_ids[(count.index + 1) % 2]"},
		}, 2, "is not followed"},
		{"data that somebody's account has", hubAndSpoke, []change{
			{"main.tf", `output "vpc_ids"`, "data \"aws_vpcs\" \"all\" {}\noutput \"vpc_ids\""},
		}, 2, "data.aws_vpcs.all tells is made up"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			dir := changed(t, test.example, test.changes...)
			before := tree(t, dir)
			exit, out := prove(t, dir, mocking(test.example)...)
			if exit != test.exit || !strings.Contains(out, test.says) {
				t.Errorf("exit status %d, want %d and %q:\n%s", exit, test.exit, test.says, out)
			}
			if diff := cmp.Diff(before, tree(t, dir)); diff != "" {
				t.Errorf("something is left (-before +after):\n%s", diff)
			}
		})
	}
}

const peering = `resource "aws_vpc_peering_connection" "this" {
  vpc_id      = module.vpc["dev"].vpc_id
  peer_vpc_id = module.vpc["prod"].vpc_id
  auto_accept = true
}

resource "aws_route" "peering" {
  for_each                  = { dev = "10.2.0.0/16", prod = "10.1.0.0/16" }
  route_table_id            = module.vpc[each.key].route_table_id
  destination_cidr_block    = each.value
  vpc_peering_connection_id = aws_vpc_peering_connection.this.id
}

`

// What cannot be planned is told in Terraform's words, with the place.
func TestWhatCannotBeMockedIsTold(t *testing.T) {
	needTerraform(t)
	for name, test := range map[string]struct {
		change change
		want   []string
	}{
		"a module that is nowhere": {change{"main.tf", `"./modules/vpc"`, `"./modules/none"`}, []string{"terraform init fails", "modules/none"}},
		"HCL that is none":         {change{"main.tf", "locals {", "locals {{"}, []string{"terraform init fails", "main.tf line"}},
		"what the provider refuses": {change{"main.tf", `"10.1.0.0/16"`, `"10.1.0.1/16"`}, []string{
			"cannot be planned with a provider that is made up", "modules/vpc/main.tf:", "10.1.0.1/16"}},
		"a variable without a value": {change{"main.tf", "locals {", "variable \"size\" {}\nlocals {"}, []string{"main.tf:13: a variable has no value", "TF_VAR_size"}},
		"a state that nobody writes": {change{"main.tf", "locals {", "data \"terraform_remote_state\" \"other\" {\n  backend = \"s3\"\n  config = { bucket = \"b\", key = \"k\" }\n}\nlocals {"},
			[]string{"the root whose state data.terraform_remote_state.other reads is not here", "s3://b/k"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			exit, out := prove(t, changed(t, "hub-and-spoke", test.change), mocking("hub-and-spoke")...)
			for _, want := range test.want {
				if exit != 2 || !strings.Contains(out, want) {
					t.Errorf("exit status %d, want 2 and %q:\n%s", exit, want, out)
				}
			}
			if strings.Contains(out, "\x1b") || strings.Contains(out, "│") {
				t.Errorf("it is drawn for a terminal:\n%s", out)
			}
		})
	}
}

// mocking are the arguments that prove an example in the folder in which it lies.
func mocking(example string) []string {
	args := []string{"prove", "--mock", "."}
	if example == "several-roots" {
		args = []string{"prove", "--mock", "spokes", "--mock", "hub"}
	}
	return append(args, "--accounts", "accounts.yaml", "--intents", "intents.yaml")
}

// changed is a copy of an example, without its plans and states.
func changed(t *testing.T, example string, changes ...change) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), example)
	if err := os.CopyFS(dir, os.DirFS(filepath.Join("../docs/examples", example))); err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		file := filepath.Join(dir, c.file)
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), c.from) {
			t.Fatalf("%s has no %s any more: mend this test", c.file, c.from)
		}
		write(t, file, strings.ReplaceAll(string(text), c.from, c.to))
	}
	return dir
}

// prove runs the tool in a folder and returns its exit status and what it prints.
func prove(t *testing.T, dir string, args ...string) (int, string) {
	t.Helper()
	binary, err := tool()
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), binary, args...)
	run.Dir = dir
	out, err := run.CombinedOutput()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return run.ProcessState.ExitCode(), string(out)
}

// tool is the path of the tool, built once.
var tool = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "estate-tool-")
	if err != nil {
		return "", err
	}
	toolFolder = dir
	binary := filepath.Join(dir, "estate")
	if out, err := exec.Command("go", "build", "-o", binary, "../cmd/estate").CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return binary, nil
})

var toolFolder string

func needTerraform(t *testing.T) {
	t.Helper()
	if _, err := runner.Find(); err != nil {
		missing(t, err.Error())
	}
}
