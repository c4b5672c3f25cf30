package test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/internal/fakeaws"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

// existingVPC is the VPC that a spoke's file says is there already, as AWS would
// describe it; false if the spoke's VPC is made. Which ranges its subnets have is
// made up.
func existingVPC(s *estate.Spoke) (fakeaws.VPC, bool) {
	x := s.Network.Existing
	if x == nil {
		return fakeaws.VPC{}, false
	}
	v := fakeaws.VPC{ID: x.VPCID, CIDR: s.Network.CIDR.String()}
	for i, ids := range []map[string]string{x.PrivateSubnetIDs, x.DatabaseSubnetIDs} {
		for j, zone := range tf.Keys(ids) {
			v.Subnets = append(v.Subnets, fakeaws.Subnet{ID: ids[zone], Zone: zone, CIDR: fmt.Sprintf("10.0.%d.0/24", 100*i+j)})
		}
	}
	for _, id := range x.PrivateRouteTableIDs {
		v.RouteTables = append(v.RouteTables, fakeaws.RouteTable{ID: id})
	}
	return v, true
}

// lookedUp overrides the data sources of a stack with what they would find.
// https://developer.hashicorp.com/terraform/language/tests/mocking#override-resources-data-sources-and-modules
func (e *synthesis) lookedUp(s *stackjson.Stack) []any {
	var v fakeaws.VPC
	if spoke := e.Spoke(e.listed(s.Name).Account); spoke != nil {
		v, _ = existingVPC(spoke)
	}
	var overrides []any
	for _, r := range s.Resources() {
		values := map[string]any{}
		switch {
		case !r.Data:
			continue
		case r.Type == "aws_vpc":
			values = map[string]any{
				"id": v.ID, "enable_dns_support": true, "enable_dns_hostnames": true,
				"cidr_block_associations": []any{map[string]any{"cidr_block": v.CIDR}},
			}
		case r.Type == "aws_subnet":
			i := slices.IndexFunc(v.Subnets, func(s fakeaws.Subnet) bool { return s.ID == r.Body["id"] })
			values = map[string]any{"id": v.Subnets[i].ID, "vpc_id": v.ID, "availability_zone_id": v.Subnets[i].Zone, "map_public_ip_on_launch": false}
		case r.Type == "aws_route_table":
			values = map[string]any{"vpc_id": v.ID, "routes": []any{}}
		case r.Type == "aws_ssoadmin_instances":
			values = map[string]any{"arns": []any{fakeaws.IdentityCenterARN}, "identity_store_ids": []any{fakeaws.IdentityStoreID}}
		case r.Type == "aws_identitystore_group":
			values = map[string]any{"group_id": fakeaws.GroupID}
		case r.Type == "aws_eks_addon_version":
			values = map[string]any{"version": fakeaws.AddOnVersion}
		default:
			continue // states of other stacks
		}
		overrides = append(overrides, map[string]any{"target": r.Address(), "values": values})
	}
	return overrides
}

// A plan with the wrong ids must say so before anything is made.
func TestAPlanRefusesAVPCThatIsNotAsTheEstateSays(t *testing.T) {
	installation := terraformFor(t)
	e := synthesized(t, "artos")
	spoke := e.Spoke("existing")
	good, ok := existingVPC(spoke)
	if !ok {
		t.Fatal("the estate artos has no existing VPC any more: mend this test")
	}
	for name, test := range map[string]struct {
		change func(v, other *fakeaws.VPC)
		want   string
	}{
		"another range":            {func(v, other *fakeaws.VPC) { v.CIDR = "10.9.0.0/16" }, "does not have the range 10.0.0.0/16"},
		"no DNS hostnames":         {func(v, other *fakeaws.VPC) { v.NoDNSHostnames = true }, "DNS support or DNS hostnames switched off"},
		"a subnet in another zone": {func(v, other *fakeaws.VPC) { v.Subnets[0].Zone = "euc1-az3" }, "is not in zone euc1-az1"},
		"a subnet of another VPC": {func(v, other *fakeaws.VPC) {
			other.Subnets, v.Subnets = v.Subnets[:1], v.Subnets[1:]
		}, "is not a subnet of vpc-0123456789abcdef0"},
		"a table of another VPC": {func(v, other *fakeaws.VPC) {
			other.RouteTables, v.RouteTables = v.RouteTables, nil
		}, "is not a route table of vpc-0123456789abcdef0"},
		"public addresses":      {func(v, other *fakeaws.VPC) { v.Subnets[0].PublicAddresses = true }, "gives its instances public addresses"},
		"a way to the internet": {func(v, other *fakeaws.VPC) { v.RouteTables[0].Destinations = []string{"0.0.0.0/0"} }, "leads to the internet"},
		"no such VPC":           {func(v, other *fakeaws.VPC) { v.ID = "vpc-0fffffffffffffff0" }, "no matching EC2 VPC found"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			aws := withStates(t, e)
			v := good
			v.Subnets, v.RouteTables = slices.Clone(good.Subnets), slices.Clone(good.RouteTables)
			other := fakeaws.VPC{ID: "vpc-0eeeeeeeeeeeeeee0", CIDR: "10.8.0.0/16"}
			test.change(&v, &other)
			aws.PutVPC(e.Accounts[spoke.Name], v)
			aws.PutVPC(e.Accounts[spoke.Name], other)
			folder, err := installation.Scratch(e.stack("existing-network"), aws.Environment(e.Accounts[estate.HubAccount]))
			if err != nil {
				t.Fatal(err)
			}
			if err := folder.Init(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, err = folder.Plan(t.Context())
			if err == nil || !strings.Contains(strings.Join(strings.Fields(err.Error()), " "), test.want) {
				t.Errorf("error %v, want one that says %q", err, test.want)
			}
		})
	}
}

// partsOfVPCs are what a VPC that is there, with all its subnets, has already.
var partsOfVPCs = []string{
	"aws_default_network_acl", "aws_default_route_table", "aws_default_security_group", "aws_internet_gateway", "aws_network_acl", "aws_route",
	"aws_route_table", "aws_route_table_association", "aws_subnet", "aws_vpc", "aws_vpc_dhcp_options_association",
}

// Nothing that was there before the estate may be changed, or even named in
// something that would be.
func TestAnExistingVPCIsNeverChanged(t *testing.T) {
	e := synthesized(t, "artos")
	for _, r := range e.stack("existing-network").Resources() {
		if slices.Contains(partsOfVPCs, r.Type) && !r.Data {
			t.Errorf("%s is made in, or of, a VPC that is there with all its subnets", r.Address())
		}
	}
}
