package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const example = "../../docs/examples/hub-and-spoke"

func proveExample(t *testing.T, mapping string, c proveCommand) (string, error) {
	t.Helper()
	if mapping != "" {
		c.Accounts = filepath.Join(t.TempDir(), "accounts.yaml")
		if err := os.WriteFile(c.Accounts, []byte(mapping), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if c.Terraform == nil {
		c.Terraform = []string{example}
	}
	var out bytes.Buffer
	err := c.Run(&out)
	return out.String(), err
}

// All that is wrong in a mapping file is said at once, with its line.
func TestWhatIsWrongInAMappingIsSaidAtOnce(t *testing.T) {
	_, err := proveExample(t, `accounts: {network: "111111111111"}
vpcs:
  none: {name: nothing}
  empty: {transit: true}
  many: {account: network}
  foreign: {name: dev, account: qa}
tiers:
  names:
    data: [none]
states: {x: y, z: hub-and-spoke}
roots: {q: network}
roles: {apply: hub-apply, plan: role/hub-plan}
`, proveCommand{})
	if err == nil {
		t.Fatal("nothing is wrong")
	}
	for _, want := range []string{":3: vpcs.none: no root", ":4: vpcs.empty: this does not say", ":5: vpcs.many: 3 VPCs", `:6: vpcs.foreign.account: "qa"`,
		":9: tiers.names.data[0]: no root", `:10: states.x: there is no root "y"`, ":10: states.z: no root reads", ":11: roots.q: there is no root",
		":12: roles.apply: no root here makes the organisation", `:12: roles.plan: "role/hub-plan" is no name of a role`} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("it does not say %s:\n%v", want, err)
		}
	}
}

// VPCs and tiers go by the names that the file gives them.
func TestAMappingNamesVPCsAndTiers(t *testing.T) {
	const mapping = `accounts: {network: "111111111111"}
vpcs:
  east: {name: dev}
  west: {address: 'hub-and-spoke/module.vpc["prod"].aws_vpc.this', account: network}
tiers:
  tag: Layer
  names: {data: ['module.vpc["dev"].aws_subnet.private']}
`
	for question, want := range map[string]string{
		"east.data -> west.isolated tcp/443":       "stopped",
		"east.data -> network.isolated tcp/443":    "reached",
		"west.isolated -> network.isolated udp/53": "reached",
	} {
		got, err := proveExample(t, mapping, proveCommand{Query: &question})
		if !strings.HasPrefix(got, want) {
			t.Errorf("%s: %v\n%s", question, err, got)
		}
	}
}

// The one intents.yaml in the folders is taken; of two, one must be named, but a question
// or a matrix needs none.
func TestIntentsBesideARootAreTaken(t *testing.T) {
	if out, err := proveExample(t, "", proveCommand{}); err != nil || !strings.Contains(out, "5 intents: 5 proven") {
		t.Errorf("%v\n%s", err, out)
	}
	copied := filepath.Join(t.TempDir(), "another")
	if err := os.CopyFS(copied, os.DirFS(example)); err != nil {
		t.Fatal(err)
	}
	both := []string{example, copied}
	if _, err := proveExample(t, "", proveCommand{Terraform: both}); err == nil || !strings.Contains(err.Error(), "say which with --intents") {
		t.Errorf("it says %v", err)
	}
	question := "10.1.0.0/16 -> 10.2.0.0/16 tcp/443"
	for name, c := range map[string]proveCommand{"a question": {Terraform: both, Query: &question}, "a matrix": {Terraform: both, Matrix: true}} {
		if out, err := proveExample(t, "", c); out == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}
