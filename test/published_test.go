package test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"

	"hubspoke/estate"
	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
)

// networkStack is the stack that makes the VPC of an account, or looks it up.
func networkStack(account string) string {
	if account == estate.HubAccount {
		return stacks.HubNetwork.Name()
	}
	return stacks.SpokeNetwork.Of(account)
}

// Whatever the estate has in it, somebody else's Terraform finds what it stands on.
func TestEveryNetworkPublishesItsSubnetsAndRouteTables(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		for _, account := range e.NetworkAccounts() {
			s := e.stack(networkStack(account))
			outputs := s.Outputs()
			if outputs["vpc_id"] == nil {
				t.Errorf("%s has no output vpc_id", s.Name)
			}
			routed := associated(s)
			for _, tier := range []subnet.Tier{subnet.Public, subnet.Private, subnet.Database, subnet.Attachment} {
				subnets, tables := map[string]any{}, map[string]any{}
				for _, slot := range estate.Subnets(e.Plan(account), tier) {
					address := "aws_subnet." + tf.Name(string(tier), slot.Zone)
					if slot.Existing != "" {
						address = "data." + address
					}
					subnets[slot.Zone] = "${" + address + ".id}"
					if table, ok := routed[subnets[slot.Zone].(string)]; ok {
						tables[slot.Zone] = table
					}
				}
				if existing := e.Network(account).Existing; existing != nil && tier == subnet.Private {
					for _, id := range existing.PrivateRouteTableIDs {
						tables[id] = "${data.aws_route_table." + tf.Name("private", id) + ".route_table_id}"
					}
				}
				published(t, s, string(tier)+"_subnet_ids", subnets)
				published(t, s, string(tier)+"_route_table_ids", tables)
			}
		}
	})
}

// associated are the route tables of a stack's subnets, by subnet.
func associated(s *stackjson.Stack) map[string]any {
	tables := map[string]any{}
	for _, r := range s.Resources() {
		if r.Type == "aws_route_table_association" {
			subnet, _ := r.Body["subnet_id"].(string)
			tables[subnet] = r.Body["route_table_id"]
		}
	}
	return tables
}

// published checks an output of the stack. One that would be empty is not there.
func published(t *testing.T, s *stackjson.Stack, name string, want map[string]any) {
	t.Helper()
	value, ok := s.Outputs()[name]
	if ok != (len(want) > 0) || ok && fmt.Sprint(value) != fmt.Sprint(want) {
		t.Errorf("%s: the output %s is %v, want %v", s.Name, name, value, want)
	}
}

var hcl = regexp.MustCompile("(?s)```hcl\n(.*?)```")

// The examples in the guides are whole configurations, about the estate piksel. The
// real provider plans each of them on what piksel's stacks publish.
func TestTheGuidesConfigurationsStandOnTheEstate(t *testing.T) {
	installation := terraformFor(t)
	e := synthesized(t, "piksel")
	aws := withStates(t, e)
	guides, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	examples := 0
	for _, guide := range append(guides, "../README.md") {
		text, err := os.ReadFile(guide)
		if err != nil {
			t.Fatal(err)
		}
		for i, block := range hcl.FindAllSubmatch(text, -1) {
			examples++
			t.Run(fmt.Sprintf("%s/%d", filepath.Base(guide), i+1), func(t *testing.T) {
				configuration := string(block[1])
				folder, err := installation.Scratch(&stackjson.Stack{Name: "example", Text: []byte("{}")}, aws.Environment(providerAccount(t, e, configuration)))
				if err != nil {
					t.Fatal(err)
				}
				write(t, filepath.Join(folder.Path, "main.tf"), configuration)
				if err := folder.Init(t.Context()); err != nil {
					t.Fatal(err)
				}
				if changes, err := folder.Plan(t.Context()); err != nil || changes.Add == 0 {
					t.Errorf("the plan has %s, error %v", changes, err)
				}
			})
		}
	}
	if examples == 0 {
		t.Error("no guide has an example any more: mend this test")
	}
	for _, request := range aws.Refused() {
		t.Errorf("a plan called AWS: %s", request)
	}
}

// providerAccount is the account of the estate whose credentials an example wants.
func providerAccount(t *testing.T, e *synthesis, configuration string) string {
	t.Helper()
	m := regexp.MustCompile(`allowed_account_ids\s*=\s*\["(\d+)"\]`).FindStringSubmatch(configuration)
	if m == nil || !slices.Contains(e.AccountNumbers(), m[1]) {
		t.Fatal("its provider does not say that it works in an account of the estate")
	}
	return m[1]
}
