package emulator_test

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/scaffold"
)

// A spoke joins a mesh: nothing that is there changes its id, is replaced or goes, and what is there already is only told of the
// new one.
func meshGrows(t *testing.T, d *deployment) {
	before := d.ids()
	draft, err := scaffold.AddSpoke(scaffold.SpokeOptions{Dir: d.estate, Name: "red", Like: "green", Account: "444555666777"})
	if err != nil {
		t.Fatal(err)
	}
	if err := draft.Write(); err != nil {
		t.Fatal(err)
	}
	d.deployedAnew(t, before, nil)
	after := d.ids()
	if table := "hub-network: aws_ec2_transit_gateway_route_table.shared"; before[table] == "" || after["red-link: aws_ec2_transit_gateway_route_table_association.red"] == "" {
		t.Errorf("the spoke is not in %s, the table of all", table)
	}
	for address := range after {
		stack, _, _ := strings.Cut(address, ":")
		theirs := strings.HasPrefix(stack, "red-") || strings.HasSuffix(address, "_to_red") // the way to it, in the networks of the others
		if before[address] == "" && !theirs && !slices.Contains([]string{"bootstrap", "hub-network", "hub-dns", "hub-logs"}, stack) {
			t.Errorf("%s is new, outside of the new spoke, of the ways to it and of the hub", address)
		}
	}
}

// A range goes to the VPN that stands by, as docs/operations.md says, and a key of a REST API may ask more often. The connections stay,
// and so does the API.
func optionsChange(t *testing.T, d *deployment) {
	// A VPN that carries nothing stands by: no table leads to it, and it has none.
	const standsBy = "hub-hybrid: aws_ec2_transit_gateway_route_table_association.vpn_branch"
	before := d.ids()
	stacks := d.revised(t,
		edit{"estate.yaml", "routing: static, cidrs: [10.8.0.0/16]", "routing: static, cidrs: []"},
		edit{"estate.yaml", "asn: 4200000010, cidrs: []", "asn: 4200000010, cidrs: [10.8.0.0/16]"},
		edit{"apps-two.yaml", "requests: 10000", "requests: 20000"},
	)
	d.made(t, false, stacks)
	after := d.ids()
	if before[standsBy] == "" || after[standsBy] != "" {
		t.Errorf("%s was %q, and is %q", standsBy, before[standsBy], after[standsBy])
	}
	delete(before, standsBy)
	kept(t, before, after)
	for _, c := range d.left(t, stacks) {
		t.Error(c)
	}
}
