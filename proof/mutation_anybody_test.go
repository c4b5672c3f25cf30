package proof

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hubspoke/internal/yamldoc"
	"hubspoke/proof/planjson"
)

// anybodys proves the worked example of docs/prove-your-own.md with changes of its files:
// file, old text, new text.
func anybodys(t *testing.T, changes ...string) *Report {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "hub-and-spoke")
	if err := os.CopyFS(dir, os.DirFS("../docs/examples/hub-and-spoke")); err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(changes); i += 3 {
		file := filepath.Join(dir, changes[i])
		if changes[i+1] == "" {
			if err := os.Remove(file); err != nil {
				t.Fatal(err)
			}
			continue
		}
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), changes[i+1]) {
			t.Fatalf("%s holds no %s", changes[i], changes[i+1])
		}
		if err := os.WriteFile(file, []byte(strings.ReplaceAll(string(text), changes[i+1], changes[i+2])), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	stacks, err := planjson.Read(dir)
	if err != nil {
		t.Fatal(err)
	}
	in := Input{Stacks: stacks, Accounts: map[string]string{"network": "111111111111"}}
	text, err := os.ReadFile(filepath.Join(dir, "intents.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if err := yamldoc.Decode("intents.yaml", text, &in.Intents).Errors.Sorted(); err != nil {
		t.Fatal(err)
	}
	return Of(in).Prove()
}

// A plan's modules, count and for_each are followed through the source beside it, and
// what is broken in them is found.
func TestAnybodysPlanIsProven(t *testing.T) {
	t.Parallel()
	const association = `subnet_id      = aws_subnet.private[count.index].id`
	const propagation = `aws_ec2_transit_gateway_route_table.segment["shared"].id`
	tests := []struct {
		name    string
		changes []string
		want    Status
		says    string
	}{
		{"as it is", nil, Proven, ""},
		{"harmless: a splat written as a for expression", []string{"modules/vpc/main.tf", "= aws_subnet.private[*].id\n  transit", "= [for s in aws_subnet.private : s.id]\n  transit"}, Proven, ""},
		{"harmless: a local in between", []string{"main.tf", "locals {", "locals {\n  shared = " + propagation, "main.tf", "= " + propagation + "\n}\n\nresource", "= local.shared\n}\n\nresource"}, Proven, ""},
		{"propagated into the wrong table", []string{"main.tf", propagation, `aws_ec2_transit_gateway_route_table.segment["prod"].id`}, Violated, ""},
		{"associated with the wrong table", []string{"main.tf", "aws_ec2_transit_gateway_route_table.segment[each.key].id\n}\n\nresource \"aws_ec2_transit_gateway_route_table_propagation\" \"to_shared\"",
			"aws_ec2_transit_gateway_route_table.segment[\"shared\"].id\n}\n\nresource \"aws_ec2_transit_gateway_route_table_propagation\" \"to_shared\""}, Violated, ""},
		{"a route that is too narrow", []string{"plan.json", `"destination_cidr_block": "10.0.0.0/8"`, `"destination_cidr_block": "10.3.0.0/16"`}, Violated, ""},
		// Never proven, and it says what would make it known. The model then takes the main
		// table for a subnet's and no zone for an attachment's, which breaks the promises.
		{"an index that is reckoned", []string{"modules/vpc/main.tf", association, `subnet_id      = aws_subnet.private[(count.index + 1) % 2].id`}, Unproven, "is not followed"},
		{"some of a list", []string{"modules/vpc/main.tf", "= aws_subnet.private[*].id\n  transit", "= slice(aws_subnet.private[*].id, 0, 1)\n  transit"}, Unproven, "is not followed"},
		{"without the source", []string{"main.tf", "", ""}, Unproven, "lay the plan beside"},
		{"a plan of some targets", []string{"plan.json", `"complete": true`, `"complete": false`}, Unproven, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := anybodys(t, test.changes...)
			var b strings.Builder
			if err := r.Text(&b, true); err != nil {
				t.Fatal(err)
			}
			if r.Status != test.want || test.says != "" && !strings.Contains(b.String(), test.says) {
				t.Errorf("%s, want %s:\n%s", r.Status, test.want, b.String())
			}
		})
	}
}
