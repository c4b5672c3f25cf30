package test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/estate"
	"hubspoke/internal/subnet"
	"hubspoke/proof/stackjson"
)

// Subnets that are named by range stay where they are when a zone joins, whether its
// range is above those of the others or between them.
func TestANamedZoneMovesNothing(t *testing.T) {
	without := func(zone, private, database string) []edit {
		return []edit{
			{"production.yaml", `      ` + zone + `: ` + private + `\n`, ""},
			{"production.yaml", `      ` + zone + `: ` + database + `\n`, ""},
		}
	}
	for _, zone := range []struct{ id, private, database, others string }{
		{"euc1-az3", "10.0.30.0/24", "10.0.210.0/24", "euc1-az1, euc1-az2"},
		{"euc1-az2", "10.0.20.0/24", "10.0.200.0/24", "euc1-az1, euc1-az3"},
	} {
		// A control plane stays where it is, whichever zone joins.
		controlPlane := edit{"production.yaml", `control_plane_zones: .*`, "control_plane_zones: [" + zone.others + "]"}
		before := edited(t, "artos", append(without(zone.id, zone.private, zone.database), controlPlane)...)
		after := edited(t, "artos", controlPlane)
		stays(t, before, after)
		for _, s := range before.stacks {
			for _, problem := range shrunk(stackjson.Strip(s.JSON), stackjson.Strip(after.stack(s.Name).JSON)) {
				t.Errorf("%s joins: %s: %s", zone.id, s.Name, problem)
			}
		}
		if got, was := count(after, "production-network", "aws_subnet"), count(before, "production-network", "aws_subnet"); got != was+2 {
			t.Errorf("%s joins: %d subnets after %d, want two more", zone.id, got, was)
		}
		if got, was := count(after, "production-network", "aws_route_table"), count(before, "production-network", "aws_route_table"); got != was {
			t.Errorf("%s joins: %d route tables after %d: a tier has one", zone.id, got, was)
		}
	}
}

// Both forms make the same: a VPC whose slots are named one by one does not change.
func TestNamingTheSlotsChangesNothing(t *testing.T) {
	before := synthesized(t, "piksel")
	named := "network:\n  cidr: 10.1.0.0/16\n  nat: single\n  subnets:\n"
	for _, tier := range []subnet.Tier{subnet.Public, subnet.Private, subnet.Attachment} {
		named += "    " + string(tier) + ":\n"
		for _, slot := range estate.Subnets(before.Plan("dev"), tier) {
			named += fmt.Sprintf("      %s: %s\n", slot.Zone, slot.CIDR)
		}
	}
	after := piksel(t, edit{"dev.yaml", `network:\n  cidr: 10\.1\.0\.0/16\n  az_count: 2\n  nat: single\n`, named})
	stays(t, before, after)
	for _, s := range before.stacks {
		if diff := cmp.Diff(stackjson.Strip(s.JSON), stackjson.Strip(after.stack(s.Name).JSON)); diff != "" {
			t.Errorf("%s differs (-slots +named):\n%s", s.Name, diff)
		}
	}
}

// A spoke of a hub's network can do without the internet, too: it uses the hub's
// endpoints over one route table for each tier.
func TestASpokeOfAHubNetworkCanBePrivateOnly(t *testing.T) {
	after := piksel(t, edit{"dev.yaml", `  nat: single\n`, "  private_only: true\n"}, edit{"dev.yaml", `  external-dns:\n.*\n`, "  writer:\n    zones: [dev.piksel.internal]\n"},
		edit{"dev.yaml", `  verify_images: audit\n`, ""},
		edit{"hub.yaml", `ec2, eks-auth, sqs`, "ec2, eks, eks-auth, elasticloadbalancing, sqs"})
	s := after.stack("dev-network")
	report(t, internetProblems(s))
	var routes []string
	for _, r := range s.Resources() {
		if r.Type == "aws_route" {
			routes = append(routes, r.Name)
		}
	}
	if !slices.Equal(routes, []string{"private_to_hub"}) {
		t.Errorf("the routes are %q", routes)
	}
}

// The order of lines in the file means nothing, as zones have names.
func TestTheOrderOfNamedSubnetsHasNoMeaning(t *testing.T) {
	after := edited(t, "artos",
		edit{"production.yaml", `(      euc1-az1: 10\.0\.10\.0/24\n)(      euc1-az2: 10\.0\.20\.0/24\n)`, "$2$1"},
		edit{"production.yaml", `(    corporate:\n.*\n.*\n)(    office:\n.*\n.*\n)`, "$2$1"},
		edit{"existing.yaml", `(      euc1-az1: subnet-0aaa1111111111111\n)(.*\n)`, "$2$1"},
	)
	same(t, synthesized(t, "artos"), after)
}

// A further route, an endpoint and a group that may reach the cluster have addresses
// of their own.
func TestAddingToAPrivateNetworkMovesNothing(t *testing.T) {
	before := synthesized(t, "artos")
	after := edited(t, "artos",
		edit{"production.yaml", `  routes:\n`, "  endpoints: [sns]\n$0    branch:\n      cidr: 172.18.0.0/16\n      via: tgw-0123456789abcdef0\n"},
		edit{"existing.yaml", `additional_security_group_ids: \[`, "${0}sg-00000000000000000, "},
	)
	stays(t, before, after)
	for stack, kind := range map[string]string{
		"production-network": "aws_route", "existing-network": "aws_vpc_security_group_ingress_rule",
	} {
		if got, was := count(after, stack, kind), count(before, stack, kind); got != was+1 {
			t.Errorf("%s: %d resources %s after %d, want one more", stack, got, kind, was)
		}
	}
}

// waysOut are resources that connect a VPC with the internet.
var waysOut = []string{
	"aws_eip", "aws_egress_only_internet_gateway", "aws_internet_gateway", "aws_internet_gateway_attachment", "aws_nat_gateway",
}

func TestAPrivateOnlyNetworkHasNoWayToTheInternet(t *testing.T) {
	found := 0
	eachEstate(t, func(t *testing.T, e *synthesis) {
		for _, spoke := range e.Spokes {
			if spoke.Network.PrivateOnly {
				found++
				report(t, internetProblems(e.stack(spoke.Name+"-network")))
			}
		}
	})
	if found < 3 {
		t.Errorf("%d private-only networks under test", found)
	}
}

func internetProblems(s *stackjson.Stack) []string {
	var problems []string
	for _, r := range s.Resources() {
		if slices.Contains(waysOut, r.Type) {
			problems = append(problems, fmt.Sprintf("%s: %s is a way to the internet", s.Name, r.Address()))
		}
		target := fmt.Sprint(r.Body["gateway_id"], r.Body["nat_gateway_id"], r.Body["carrier_gateway_id"])
		if r.Type == "aws_route" && (strings.HasSuffix(fmt.Sprint(r.Body["destination_cidr_block"]), "/0") || strings.Contains(target, "igw-") || strings.Contains(target, "nat-")) {
			problems = append(problems, fmt.Sprintf("%s: %s leads to the internet", s.Name, r.Address()))
		}
		if r.Type == "aws_subnet" && r.Body["map_public_ip_on_launch"] != nil || r.Body["associate_public_ip_address"] == true {
			problems = append(problems, fmt.Sprintf("%s: %s gives public addresses", s.Name, r.Address()))
		}
	}
	return problems
}

func TestAWayToTheInternetIsSeen(t *testing.T) {
	for name, resources := range map[string]map[string]any{
		"an internet gateway": {"aws_internet_gateway": map[string]any{"main": map[string]any{}}},
		"a default route":     {"aws_route": map[string]any{"main": map[string]any{"destination_cidr_block": "0.0.0.0/0"}}},
		"a public subnet":     {"aws_subnet": map[string]any{"main": map[string]any{"map_public_ip_on_launch": true}}},
		"a public address":    {"aws_instance": map[string]any{"main": map[string]any{"associate_public_ip_address": true}}},
	} {
		if internetProblems(&stackjson.Stack{JSON: map[string]any{"resource": resources}}) == nil {
			t.Errorf("%s is not seen", name)
		}
	}
}

// Databases have the local route alone: neither routes of the estate nor the gateway
// endpoint of S3 are in their table.
func TestTheDatabaseTableHasTheLocalRouteAlone(t *testing.T) {
	s := synthesized(t, "artos").stack("production-network")
	for _, r := range s.Resources() {
		if r.Type == "aws_route_table_association" || r.Type == "aws_route_table" {
			continue
		}
		stackjson.Strings(r.Body, func(path, text string) {
			if strings.Contains(text, "aws_route_table.database") {
				t.Errorf("%s.%s names it", r.Address(), path)
			}
		})
	}
}

// Every interface endpoint answers for the service's own name, and says what it is
// there for.
func TestOwnEndpointsHavePrivateDNSAndAReason(t *testing.T) {
	e := synthesized(t, "artos")
	for _, spoke := range e.Spokes {
		s, found := e.stack(spoke.Name+"-network"), map[string]string{}
		for _, r := range s.Resources() {
			if r.Type != "aws_vpc_endpoint" || r.Body["vpc_endpoint_type"] != "Interface" {
				continue
			}
			tags, _ := r.Body["tags"].(map[string]any)
			service := strings.TrimPrefix(r.Body["service_name"].(string), "com.amazonaws."+e.Region+".")
			found[service] = fmt.Sprint(tags["Reason"])
			if r.Body["private_dns_enabled"] != true || tags["Reason"] == nil {
				t.Errorf("%s: %s has no private DNS, or no reason", s.Name, r.Address())
			}
		}
		for _, service := range []string{"ecr.dkr", "ecr.api", "ec2", "sts", "eks", "elasticloadbalancing", "secretsmanager", "ssm", "ssmmessages", "ec2messages"} {
			if found[service] == "" {
				t.Errorf("%s has no endpoint of %s", s.Name, service)
			}
		}
		for service, needed := range map[string]bool{
			"sqs": spoke.Cluster != nil, "eks-auth": spoke.Cluster != nil, "kms": spoke.Bastion != nil, "logs": spoke.Bastion != nil, "autoscaling": false,
		} {
			if (found[service] != "") != needed {
				t.Errorf("%s: endpoint of %s: reason %q, needed: %v", s.Name, service, found[service], needed)
			}
		}
	}
}

// What a private cluster's bundle names is in the VPC or in the estate's registry.
func TestAPrivateClusterPullsFromTheEstateAlone(t *testing.T) {
	e, found := synthesized(t, "artos"), 0
	for name, text := range tree(t, e.outdir) {
		if !strings.HasPrefix(name, "gitops/") {
			continue
		}
		for _, line := range strings.Split(text, "\n") {
			key, value, _ := strings.Cut(strings.TrimLeft(line, " -"), ": ")
			image := key == "image" || key == "repository" || key == "repoURL" || key == "url"
			if image && value != "" {
				found++
			}
			if image && value != "" && !strings.HasPrefix(strings.TrimPrefix(value, "oci://"), e.RegistryHost()) {
				t.Errorf("%s: %s", name, strings.TrimSpace(line))
			}
		}
	}
	if found < 10 {
		t.Errorf("%d images and charts found: mend this test", found)
	}
}
