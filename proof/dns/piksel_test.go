package dns

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/stackjson"
)

// golden is the network of an estate's reviewed output.
func golden(t *testing.T, estate string) *network.Model {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("../../test/testdata/golden", estate, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no output of %s: %v", estate, err)
	}
	var stacks []*stackjson.Stack
	for _, file := range files {
		s := &stackjson.Stack{Name: strings.TrimSuffix(filepath.Base(file), ".json")}
		if s.Text, err = os.ReadFile(file); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(s.Text, &s.JSON); err != nil {
			t.Fatal(err)
		}
		stacks = append(stacks, s)
	}
	return network.Build(config.Of(stacks))
}

func vpcOf(t *testing.T, n *network.Model, stack string) *network.VPC {
	t.Helper()
	i := slices.IndexFunc(n.VPCs, func(v *network.VPC) bool { return v.Resource.Stack.Name == stack })
	if i < 0 {
		t.Fatalf("there is no VPC in %s", stack)
	}
	return n.VPCs[i]
}

func TestNamesInPiksel(t *testing.T) {
	n := golden(t, "piksel")
	for _, stack := range []string{"hub-network", "dev-network", "staging-network", "prod-network"} {
		v := vpcOf(t, n, stack)
		for name, want := range map[string]string{
			apiName: "endpoint hub-network/aws_vpc_endpoint.ecr_api",
			"111111111111.dkr.ecr.ap-southeast-3.amazonaws.com": "endpoint hub-network/aws_vpc_endpoint.ecr_dkr",
			"eks-auth.ap-southeast-3.api.aws":                   "endpoint hub-network/aws_vpc_endpoint.eks_auth",
			"bucket.s3.ap-southeast-3.amazonaws.com":            "public addresses of s3",
			"github.com":                                        "internet",
		} {
			expectAll(t, Ask(n, v, name, nil), want)
		}
	}
	for _, i := range n.Interfaces {
		if i.Kind == network.ControlPlane && i.Resource.Stack.Name == "dev-eks" {
			name := config.Ref{Resource: i.Resource, Attribute: "endpoint"}
			expect(t, ResolveAttribute(n, vpcOf(t, n, "dev-network"), name), "interfaces of "+i.Resource.String())
		}
	}
	expectAll(t, Ask(n, vpcOf(t, n, "dev-network"), "a.dev.piksel.internal", nil), "not found")
	expectAll(t, Ask(n, vpcOf(t, n, "prod-network"), "a.dev.piksel.internal", nil), "not found")
}

// An association that is dropped is what the whole proof is about.
func TestAnAssociationLessInPikselSendsAVPCToPublicAddresses(t *testing.T) {
	n := golden(t, "piksel")
	dev := vpcOf(t, n, "dev-network")
	for _, z := range n.Zones {
		if z.Name == apiName {
			z.Associations = slices.DeleteFunc(z.Associations, func(a network.ZoneAssociation) bool { return a.VPC == dev })
		}
	}
	expectAll(t, Ask(n, dev, apiName, nil), "public addresses of ecr.api")
	expectAll(t, Ask(n, vpcOf(t, n, "prod-network"), apiName, nil), "endpoint")
	if found := Problems(n, nil); len(found) != 1 || found[0].Kind.Code() != "zone-not-associated" {
		t.Errorf("found %v", found)
	}
}

func TestTheReviewedEstatesHaveNoProblemsWithNames(t *testing.T) {
	for _, estate := range []string{"piksel", "mesh", "options"} {
		n := golden(t, estate)
		for _, p := range Problems(n, nil) {
			if p.Note() {
				t.Logf("%s: %s", estate, p)
			} else {
				t.Errorf("%s: %s", estate, p)
			}
		}
	}
}
