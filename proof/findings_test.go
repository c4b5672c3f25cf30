package proof

import (
	"encoding/json"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"testing"

	"hubspoke/proof/finding"
	"hubspoke/proof/intent"
	"hubspoke/proof/stackjson"
)

// stack is a stack of the account 222222222222 with the resources and data sources.
func stack(t *testing.T, name, blocks string) *stackjson.Stack {
	t.Helper()
	s, err := stackjson.Parse(name, name, []byte(`{"provider": {"aws": {"region": "eu-central-1", "allowed_account_ids": ["222222222222"]}}, `+blocks+`}`))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	anyVPC    = `"resource": {"aws_vpc": {"main": {"cidr_block": "10.1.0.0/16"}}}`
	vpcLooked = `"data": {"aws_vpc": {"main": {"id": "vpc-1"}}}, "resource": {"aws_security_group": {"app": {"vpc_id": "${data.aws_vpc.main.id}"}}}`
)

// Each input leads to a finding of the proof itself.
var odd = []struct {
	code   string
	blocks string
	change func(in *Input)
}{
	{"nothing-promised", anyVPC, func(in *Input) { in.Intents = nil }},
	{"not-understood", `"module": {"vpc": {"source": "./vpc"}}`, func(*Input) {}},
	{"vpc-looked-up", vpcLooked, func(*Input) {}},
	{"stack-not-synthesized", anyVPC, func(in *Input) { in.Expected = &Expected{Stacks: []string{"net", "more"}} }},
	{"not-promised", anyVPC, func(in *Input) { in.Stacks = append(in.Stacks, &stackjson.Stack{Name: "out", JSON: publicVPC}) }},
	{"vpc-not-found", anyVPC, func(in *Input) {
		in.VPCs = []NamedVPC{{Name: "egress", Account: "app", CIDR: netip.MustParsePrefix("10.7.0.0/16")}}
	}},
	{"transit-inhabited", `"resource": {"aws_vpc": {"main": {"cidr_block": "10.1.0.0/16"}}, "aws_subnet": {"a": {"vpc_id": "${aws_vpc.main.id}", "cidr_block": "10.1.0.0/24", "availability_zone": "eu-central-1a"}},
		"aws_network_interface": {"a": {"subnet_id": "${aws_subnet.a.id}"}}}`, func(in *Input) { in.VPCs = []NamedVPC{{Name: "way-out", Account: "app", Transit: true}} }},
	{"foreign-stack", anyVPC, func(in *Input) { in.Expected = &Expected{} }},
	{"stale-synthesis", anyVPC, func(in *Input) {
		in.Expected = &Expected{Stacks: []string{"net"}, VPCs: []ExpectedVPC{{Account: "app", CIDR: netip.MustParsePrefix("10.9.0.0/16")}}}
	}},
}

// input is what there is to prove of one stack without an estate.
func input(t *testing.T, blocks string) Input {
	return Input{
		Name: "net", Stacks: []*stackjson.Stack{stack(t, "net", blocks)}, Accounts: map[string]string{"app": "222222222222"},
		Intents: intent.Intents{{Deny: &intent.Flow{From: intent.Parties{"internet"}, To: intent.Parties{"app"}}}},
	}
}

func TestEveryKindOfFindingOfTheProofItselfIsMade(t *testing.T) {
	tested := map[string]bool{}
	for _, test := range odd {
		tested[test.code] = true
		in := input(t, test.blocks)
		ofKind := func(f finding.Finding) bool { return f.Kind.Code() == test.code }
		if test.code != "not-understood" && test.code != "vpc-looked-up" && slices.ContainsFunc(Of(in).Prove().Invariants, ofKind) {
			t.Errorf("%s is found where nothing is odd", test.code)
		}
		test.change(&in)
		if found := Of(in).Prove().Invariants; !slices.ContainsFunc(found, ofKind) {
			t.Errorf("%s is not among %v", test.code, found)
		}
	}
	for _, k := range catalogue.Kinds() {
		if !tested[k.Code()] {
			t.Errorf("no input leads to %s", k.Code())
		}
	}
}

func TestKindsOfFindingsExplainThemselves(t *testing.T) {
	plain, seen := regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)+$`), map[string]bool{}
	for _, k := range Kinds() {
		if seen[k.Code()] || !plain.MatchString(k.Code()) {
			t.Errorf("%s is there twice, or is no code", k.Code())
		}
		seen[k.Code()] = true
		for _, text := range []string{k.Meaning(), k.Remedy()} {
			if len(text) < 30 || !strings.HasSuffix(text, ".") && !strings.HasSuffix(text, ")") {
				t.Errorf("%s does not explain itself: %q", k.Code(), text)
			}
		}
	}
	if len(seen) < 80 {
		t.Errorf("there are %d kinds", len(seen))
	}
}

func TestFindingsAreCodesAndAddressesInJSON(t *testing.T) {
	r := Of(input(t, vpcLooked)).Prove()
	text, err := json.Marshal(r.Invariants[len(r.Invariants)-1])
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(string(text), `{"code":"vpc-looked-up","status":"proven","sentence":"net: 1 resource in a VPC`) {
		t.Errorf("got %s", text)
	}
}

// Terraform of somebody who has no estate: nothing is expected, and accounts have no
// names.
func TestAccountsWithoutANameGoByTheirNumber(t *testing.T) {
	in := input(t, `"resource": {"aws_vpc": {"main": {"cidr_block": "10.1.0.0/16"}}, "aws_subnet": {"a": {"vpc_id": "${aws_vpc.main.id}", "cidr_block": "10.1.0.0/24", "availability_zone": "eu-central-1a"}}}`)
	in.Accounts = nil
	in.Intents[0].Deny.To = intent.Parties{"222222222222"}
	r := Of(in).Prove()
	if r.Intents[0].Status != Proven || r.Status != Proven {
		t.Errorf("got %+v, %v", r.Intents, r.Invariants)
	}
}
