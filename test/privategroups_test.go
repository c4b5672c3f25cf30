package test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/proof/stackjson"
)

// groupTable is a security group as the design document tables it: a rule on each
// line, with ports, protocol, the other side and the description. The document gives
// egress no description; these say what it says about it.
type groupTable struct {
	stack, group    string
	ingress, egress []string
}

// The document's six tables. Its rule for what nodes send names the VPC alone, which
// would block S3 even by the gateway endpoint: the line for S3 is ours.
var groupTables = []groupTable{{
	stack: "network", group: "eks_cluster",
	ingress: []string{
		"443 tcp | EKS Nodes SG | HTTPS API server from nodes",
		"443 tcp | Additional SGs | HTTPS from bastion/other resources",
		"443 tcp | VPC CIDR | HTTPS from all VPC resources",
		"2379-2380 tcp | Self | etcd client/server communication",
		"12379 tcp | Self | etcd metrics",
	},
	egress: []string{"All traffic | 0.0.0.0/0 | Required for cluster operations and AWS API calls"},
}, {
	stack: "network", group: "eks_nodes",
	ingress: []string{
		"All tcp | Self | Node-to-node communication",
		"All tcp | VPC CIDR | Communication from cluster",
		"1025-65535 tcp | Self | Dynamic port range for services",
		"All udp | Self | Pod-to-pod UDP traffic",
		"10250 tcp | VPC CIDR | kubelet API",
		"30000-32767 tcp | Self | NodePort services",
		"443 tcp | VPC CIDR | HTTPS API access",
		"2379-2380 tcp | VPC CIDR | etcd communication",
		"12379 tcp | VPC CIDR | etcd metrics",
	},
	egress: []string{
		"All traffic | VPC CIDR | Allows communication within VPC",
		"443 tcp | S3 | Image layers and files in S3 by the gateway endpoint",
	},
}, {
	stack: "data", group: "database",
	ingress: []string{"5432 tcp | EKS Nodes SG | PostgreSQL from application pods"},
}, {
	stack: "network", group: "eks_internal_alb",
	ingress: []string{
		"80 tcp | Frontend ALB SG | HTTP from frontend",
		"443 tcp | Frontend ALB SG | HTTPS from frontend",
		"443 tcp | Bastion SG | HTTPS from bastion (optional)",
	},
	egress: []string{"All traffic | 0.0.0.0/0 | ALB needs to reach target pods"},
}, {
	stack: "network", group: "eks_frontend_alb",
	ingress: []string{
		"443 tcp | VPC CIDR | HTTPS from VPC resources",
		"443 tcp | Bastion SG | HTTPS from bastion (optional)",
	},
	egress: []string{"All traffic | 0.0.0.0/0 | ALB needs to reach target pods"},
}, {
	stack: "network", group: "vpc_endpoints",
	ingress: []string{"443 tcp | VPC CIDR | HTTPS from all VPC resources"},
}}

// Every rule of the tables is made, and no other, with a bastion of the estate and
// with one that somebody else has.
func TestTheGroupsHaveTheRulesOfTheTablesAndNoOthers(t *testing.T) {
	e := synthesized(t, "artos")
	for _, account := range []string{"production", "existing"} {
		sides := map[string]string{
			e.Network(account).CIDR.String():     "VPC CIDR",
			"0.0.0.0/0":                          "0.0.0.0/0",
			"${aws_security_group.eks_nodes.id}": "EKS Nodes SG",
			"${data.terraform_remote_state." + account + "_eks.outputs.nodes_group_id}": "EKS Nodes SG",
			"${aws_security_group.eks_frontend_alb.id}":                                 "Frontend ALB SG",
			"${aws_security_group.bastion.id}":                                          "Bastion SG",
			"sg-0123456789abcdef0":                                                      "Bastion SG",
			"${aws_vpc_endpoint.s3.prefix_list_id}":                                     "S3",
		}
		for _, table := range groupTables {
			s := e.stack(account + "-" + table.stack)
			for direction, want := range map[string][]string{"ingress": table.ingress, "egress": table.egress} {
				got := rulesOf(s, table.group, direction, sides)
				want = slices.Clone(want)
				for i, line := range want {
					// The bastion is what the document adds to the cluster's group, too.
					want[i] = strings.Replace(line, "Additional SGs", "Bastion SG", 1)
				}
				slices.Sort(want)
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("%s of %s in %s (-table +synthesized):\n%s", direction, table.group, s.Name, diff)
				}
			}
		}
	}
}

// The groups of the tables are all that the stacks have, but for the bastion's own.
func TestThereAreSixGroupsAndTheBastions(t *testing.T) {
	e := synthesized(t, "artos")
	var got []string
	for _, kind := range []string{"network", "eks", "data"} {
		for _, r := range e.stack("production-" + kind).Resources() {
			if r.Type == "aws_security_group" {
				got = append(got, r.Name)
			}
		}
	}
	want := []string{"bastion"}
	for _, table := range groupTables {
		want = append(want, table.group)
	}
	slices.Sort(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Nobody reaches the bastion but Session Manager, which it calls itself.
func TestTheBastionHasNoInboundRuleAndNoPublicAddress(t *testing.T) {
	e := synthesized(t, "artos")
	s := e.stack("production-network")
	if rules := rulesOf(s, "bastion", "ingress", nil); rules != nil {
		t.Errorf("it admits %q", rules)
	}
	for _, r := range s.Resources() {
		switch {
		case r.Type == "aws_instance" && r.Body["subnet_id"] != "${aws_subnet.private_euc1_az1.id}":
			t.Errorf("it is in %v", r.Body["subnet_id"])
		case r.Type == "aws_instance" && (r.Body["associate_public_ip_address"] != nil || r.Body["key_name"] != nil):
			t.Errorf("it has a public address or a key")
		case r.Type == "aws_launch_template":
			if tokens := fmt.Sprint(r.Body["metadata_options"]); !strings.Contains(tokens, "http_tokens:required") {
				t.Errorf("its metadata are %s", tokens)
			}
		}
	}
}

// rulesOf are the rules of a group as the tables write them, sorted.
func rulesOf(s *stackjson.Stack, group, direction string, sides map[string]string) []string {
	var rules []string
	own := "${aws_security_group." + group + ".id}"
	for _, r := range s.Resources() {
		if r.Type != "aws_vpc_security_group_"+direction+"_rule" || r.Body["security_group_id"] != own {
			continue
		}
		side := "?"
		for _, key := range []string{"cidr_ipv4", "referenced_security_group_id", "prefix_list_id"} {
			switch value, ok := r.Body[key].(string); {
			case !ok:
			case value == own:
				side = "Self"
			case sides[value] != "":
				side = sides[value]
			default:
				side = value
			}
		}
		rules = append(rules, fmt.Sprintf("%s | %s | %v", traffic(r.Body), side, r.Body["description"]))
	}
	slices.Sort(rules)
	return rules
}

func traffic(rule map[string]any) string {
	from, to, protocol := fmt.Sprint(rule["from_port"]), fmt.Sprint(rule["to_port"]), fmt.Sprint(rule["ip_protocol"])
	switch {
	case protocol == "-1":
		return "All traffic"
	case from == "0" && to == "65535":
		return "All " + protocol
	case from == to:
		return from + " " + protocol
	}
	return from + "-" + to + " " + protocol
}
