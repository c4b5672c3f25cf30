package estate

import (
	"fmt"
	"strings"
	"testing"

	"hubspoke/estate/internal/format"
)

func TestNamesThatTwoStacksAgreeOn(t *testing.T) {
	e := loadEdited(t)
	for _, test := range []struct{ got, want string }{
		{e.Prefix("dev"), "acme-dev"},
		{e.RoleARN("dev", e.PlanRole()), "arn:aws:iam::222222222222:role/acme-plan"},
		{e.RoleARN(HubAccount, e.ApplyRole()), "arn:aws:iam::111111111111:role/acme-apply"},
		{e.StateRole("dev"), "acme-state-dev"},
		{e.PlanStateRole("dev"), "acme-plan-state-dev"},
		{e.CIPlanRole() + " " + e.CIApplyRole(), "acme-ci-plan acme-ci-apply"},
		{e.RecordRole("dev", "external-dns"), "acme-dev-external-dns"},
		{e.PushRole("app"), "acme-push-app"},
		{e.StateKey("dev-network"), "acme/dev-network.tfstate"},
		{e.StateKeyAlias(), "alias/acme-terraform-state"},
		{e.FlowLogGroup("dev"), "/vpc/acme-dev/flow-logs"},
		{e.TrailName("dev"), "acme-dev-trail"},
		{e.ClusterName("dev"), "acme-dev"},
		{fmt.Sprint(e.AccountNumbers()), "[111111111111 222222222222 333333333333 444444444444]"},
		{fmt.Sprint(e.CentralEndpoints()), "[ecr.api ecr.dkr logs ssm ssmmessages sts]"},
		{fmt.Sprint(e.InboundAddresses()), "[10.0.64.20 10.0.128.20]"},
		{FixedAddresses(e.Hub.Network.CIDR).String(), "10.0.0.16/28"},
		{ProbeAddress(e.Hub.Network.CIDR).String(), "10.0.0.21"},
		{fmt.Sprint(e.VisibleZones("dev")), "[acme.internal dev.acme.internal]"},
		{fmt.Sprint(e.VisibleZones("prod")), "[acme.internal]"},
		{e.ParentZone("app.acme.example"), "acme.example"},
		{e.ParentZone("acme.example"), ""},
		{e.ParentZone("notacme.example"), ""},
		{fmt.Sprint(PrivateSpace()), "[10.0.0.0/8 172.16.0.0/12 192.168.0.0/16]"},
	} {
		if test.got != test.want {
			t.Errorf("got %s, want %s", test.got, test.want)
		}
	}
}

func TestTheLongestNamesAreRoleNames(t *testing.T) {
	e, account := &Estate{Settings: Settings{Project: strings.Repeat("p", 20)}}, strings.Repeat("a", 20)
	if !format.Project.Match(e.Project) || !format.AccountName.Match(account) || format.Project.Match(e.Project+"p") || format.AccountName.Match(account+"a") {
		t.Fatal("these are not the longest names any more: mend this test")
	}
	for _, role := range []string{e.StateRole(account), e.PlanStateRole(account), e.CIApplyRole()} {
		if !format.RoleName.Match(role) {
			t.Errorf("%s has %d characters", role, len(role))
		}
	}
}

func TestEndpointZones(t *testing.T) {
	e := loadEdited(t)
	for service, want := range map[string]EndpointZone{
		"sts":      {Service: "sts", Name: "sts.ap-southeast-3.amazonaws.com"},
		"ecr.api":  {Service: "ecr.api", Name: "api.ecr.ap-southeast-3.amazonaws.com"},
		"ecr.dkr":  {Service: "ecr.dkr", Name: "dkr.ecr.ap-southeast-3.amazonaws.com", Wildcard: true},
		"eks-auth": {Service: "eks-auth", Name: "eks-auth.ap-southeast-3.api.aws"},
	} {
		if got := e.EndpointZone(service); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
}

func TestWhoReachesWhom(t *testing.T) {
	for name, test := range map[string]struct {
		edits []edit
		want  string
	}{
		"segments": {nil, "hub: dev prod; dev: hub; prod: hub"},
		"one side is enough": {
			[]edit{{"estate.yaml", "  dev:\n    reaches: [shared]", "  dev:\n    reaches: [shared, prod]"}},
			"hub: dev prod; dev: hub prod; prod: hub dev",
		},
		"a segment does not reach itself": {
			[]edit{{"prod.yaml", "segment: prod", "segment: dev"}},
			"hub: dev prod; dev: hub; prod: hub",
		},
		"unless it says so": {
			[]edit{{"prod.yaml", "segment: prod", "segment: dev"}, {"estate.yaml", "  dev:\n    reaches: [shared]", "  dev:\n    reaches: [shared, dev]"}},
			"hub: dev prod; dev: hub prod; prod: hub dev",
		},
		"a segment alone": {
			[]edit{{"estate.yaml", "  prod:\n    reaches: [shared]", "  prod: {}"}},
			"hub: dev; dev: hub; prod:",
		},
		"mesh": {
			[]edit{{"estate.yaml", "segmentation: segments", "segmentation: mesh"}, {"estate.yaml", "  prod:\n    reaches: [shared]", "  prod: {}"}},
			"hub: dev prod; dev: hub prod; prod: hub dev",
		},
	} {
		t.Run(name, func(t *testing.T) {
			e := loadEdited(t, test.edits...)
			var peers []string
			for _, account := range []string{HubAccount, "dev", "prod"} {
				peers = append(peers, strings.Join(append([]string{account + ":"}, e.Peers(account)...), " "))
				if want := account == HubAccount || strings.Contains(peers[len(peers)-1], ": hub"); e.ReachesHub(account) != want {
					t.Errorf("%s reaches the hub: %v", account, !want)
				}
			}
			if got := strings.Join(peers, "; "); got != test.want {
				t.Errorf("got %s, want %s", got, test.want)
			}
		})
	}
}

func TestThePartitionIsTheRegions(t *testing.T) {
	for region, want := range map[string]string{"ap-southeast-3": "aws", "cn-north-1": "aws-cn", "us-gov-west-1": "aws-us-gov"} {
		e := &Estate{Settings: Settings{Region: region}}
		if got := e.Account(HubAccount).Bucket("b"); got != "arn:"+want+":s3:::b" {
			t.Errorf("%s: got %s", region, got)
		}
	}
}

// The formats of ARNs ask for the partition that all regions of the address plan are in.
func TestEveryRegionIsOfThePartitionThatARNsName(t *testing.T) {
	for _, region := range Regions() {
		e := &Estate{Settings: Settings{Region: region}}
		if got := e.Partition(); got != "aws" {
			t.Errorf("%s is of %s: the formats of ARNs must tell partitions apart", region, got)
		}
	}
}

// A service that is not in the table gets its zone by the name that the estate states.
func TestTheEstateNamesAnEndpointThatIsNotKnown(t *testing.T) {
	e := loadEdited(t,
		edit{"hub.yaml", "[sts,", "[comprehend, deep.learning, sts,"},
		edit{"estate.yaml", "tags:", "endpoint_names: {comprehend: comprehend.ap-southeast-3.amazonaws.com, deep.learning: \"*.learning.ap-southeast-3.api.aws\", unused: x.y.example}\ntags:"})
	for service, want := range map[string]EndpointZone{
		"comprehend":    {Service: "comprehend", Name: "comprehend.ap-southeast-3.amazonaws.com"},
		"deep.learning": {Service: "deep.learning", Name: "learning.ap-southeast-3.api.aws", Wildcard: true},
		"sagemaker.api": {Service: "sagemaker.api", Name: "api.sagemaker.ap-southeast-3.amazonaws.com"},
	} {
		if got := e.EndpointZone(service); got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
	}
	const warning = "warning: acme/estate.yaml:47: endpoint_names.unused: no endpoint is of unused: name it under endpoints in hub.yaml, or in the network of a spoke\n"
	if got := e.Warnings.Warning(); got != warning {
		t.Errorf("got %s", got)
	}
}
