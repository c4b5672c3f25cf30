package test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

func TestAddingAZoneMovesNothing(t *testing.T) {
	before := synthesized(t, "piksel")
	after := piksel(t, edit{"dev.yaml", `az_count: 2`, `az_count: 3`})
	stays(t, before, after)
	if len(after.stack("dev-network").Resources()) <= len(before.stack("dev-network").Resources()) {
		t.Error("a third zone added no resource to dev-network")
	}
}

func TestAGatewayPerZoneMovesNothing(t *testing.T) {
	before := synthesized(t, "piksel")
	after := piksel(t, edit{"dev.yaml", `nat: single`, `nat: one_per_az`})
	stays(t, before, after)
	if got, want := count(after, "dev-network", "aws_nat_gateway"), 2; got != want {
		t.Errorf("%d NAT gateways, want %d", got, want)
	}
}

// Nothing that exists may change when a spoke joins: only be added to.
func TestANewSpokeOnlyAdds(t *testing.T) {
	before := synthesized(t, "piksel")
	after := withNewSpoke(t)
	stays(t, before, after)
	for _, s := range before.stacks {
		for _, problem := range shrunk(stackjson.Strip(s.JSON), stackjson.Strip(after.stack(s.Name).JSON)) {
			t.Errorf("%s: %s", s.Name, problem)
		}
	}
	for _, name := range []string{"qa-baseline", "qa-share", "qa-network", "qa-link"} {
		if after.stack(name) == nil {
			t.Errorf("there is no stack %s", name)
		}
	}
}

// A node group, an identity and a node pool have addresses of their own.
func TestAddingToAClusterMovesNothing(t *testing.T) {
	before := synthesized(t, "piksel")
	after := piksel(t,
		edit{"dev.yaml", `\n  namespaces:\n`, "\n  node_groups:\n    batch:\n      architecture: amd64$0"},
		edit{"dev.yaml", `\n  identities:\n`, "$0    backup:\n      namespace: odc\n      service_account: backup\n      pull_images: true\n"},
	)
	stays(t, before, after)
	for _, s := range before.stacks {
		for _, problem := range shrunk(stackjson.Strip(s.JSON), stackjson.Strip(after.stack(s.Name).JSON)) {
			t.Errorf("%s: %s", s.Name, problem)
		}
	}
	for _, kind := range []string{"aws_eks_node_group", "aws_iam_role"} {
		if got, was := count(after, "dev-eks", kind), count(before, "dev-eks", kind); got != was+1 {
			t.Errorf("%d resources %s after %d, want one more", got, kind, was)
		}
	}
}

// Where flows are recorded is a choice that takes away what it is about, and moves nothing
// else. Six of the saved queries are about DNS.
func TestFlowLogsGoWhereTheEstateSays(t *testing.T) {
	before := synthesized(t, "piksel")
	for choice, kinds := range map[string]map[string]int{
		"bucket: all\n    log_group: none":      {"aws_flow_log": 1, "aws_cloudwatch_query_definition": 6},
		"bucket: rejected\n    log_group: all":  {"aws_flow_log": 2, "aws_cloudwatch_query_definition": 11},
		"bucket: none\n    log_group: rejected": {"aws_flow_log": 1, "aws_cloudwatch_query_definition": 9},
	} {
		after := piksel(t, edit{"estate.yaml", `bucket: all\n    log_group: rejected`, choice})
		for kind, want := range kinds {
			if got := count(after, "dev-network", kind); got != want {
				t.Errorf("%s: %d resources %s, want %d", choice, got, kind, want)
			}
		}
		for _, problem := range unwritten(after.stacks) {
			t.Errorf("%s: %s", choice, problem)
		}
		if got, want := count(after, "dev-network", "aws_route"), count(before, "dev-network", "aws_route"); got != want {
			t.Errorf("%s: %d routes, want %d", choice, got, want)
		}
	}
}

// Alarms are made for somebody: without a topic there are none but the database's.
func TestAlarmsNeedSomebodyWhoIsTold(t *testing.T) {
	silent := piksel(t, edit{"estate.yaml", `alarms:\n  topics: .*\n`, ""})
	for _, s := range silent.stacks {
		if n := count(silent, s.Name, "aws_cloudwatch_metric_alarm"); n != 0 {
			t.Errorf("%s has %d alarms that tell nobody", s.Name, n)
		}
	}
	told := synthesized(t, "piksel")
	for _, stack := range []string{"hub-network", "dev-network"} {
		if count(told, stack, "aws_cloudwatch_metric_alarm") == 0 {
			t.Errorf("%s has no alarm", stack)
		}
	}
}

// A log group of flow logs that nobody asks is paid for twice and read by none.
func TestEveryFlowLogGroupHasItsQueries(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		for _, s := range e.stacks {
			groups, queries := 0, 0
			for _, r := range s.Resources() {
				switch r.Type {
				case "aws_flow_log":
					if r.Body["log_destination_type"] == "cloud-watch-logs" {
						groups++
					}
				case "aws_cloudwatch_query_definition":
					queries++
				}
			}
			if queries < 3*groups {
				t.Errorf("%s: %d log groups of flow logs, and %d saved queries", s.Name, groups, queries)
			}
		}
	})
}

// withNewSpoke is piksel with a spoke qa, whose file is staging's. Its name sorts
// between those of the others.
func withNewSpoke(t *testing.T) *synthesis {
	staging, err := os.ReadFile(filepath.Join(estates["piksel"], "staging.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	qa := strings.NewReplacer("staging", "qa", "10.2.0.0/16", "10.4.0.0/16").Replace(string(staging))
	return piksel(t,
		edit{file: "qa.yaml", text: qa},
		edit{"estate.yaml", `  staging: "333333333333"`, "$0\n  qa: \"555555555555\""},
		edit{"estate.yaml", `  prod:\n    reaches: \[shared\]`, "$0\n  qa:\n    reaches: [shared]"},
		edit{"estate.yaml", `visible_to: \[hub, dev, staging, prod\]`, "visible_to: [hub, dev, staging, prod, qa]"},
		edit{"estate.yaml", `    dev\.piksel\.internal:\n`, "    qa.piksel.internal:\n      visible_to: [hub, qa]\n$0"},
	)
}

// The estate's zones are a set: where a VPC's subnets are follows from the zones'
// ids, not from the order in the file or from zones that no VPC uses yet.
func TestAnUnusedZoneChangesNothing(t *testing.T) {
	twoZones := []edit{
		{"hub.yaml", `az_count: 3`, `az_count: 2`},
		{"prod.yaml", `az_count: 3`, `az_count: 2`},
		{"prod.yaml", `control_plane_zones: .*`, `control_plane_zones: [apse3-az1, apse3-az2]`},
	}
	after := piksel(t, twoZones...)
	before := piksel(t, append(twoZones, edit{"estate.yaml", `apse3-az1, apse3-az2, apse3-az3`, `apse3-az1, apse3-az2`})...)
	same(t, before, after)
}

func TestTheOrderInTheFilesHasNoMeaning(t *testing.T) {
	after := piksel(t,
		edit{"estate.yaml", `apse3-az1, apse3-az2, apse3-az3`, `apse3-az3, apse3-az1, apse3-az2`},
		edit{"estate.yaml", `hub, dev, staging, prod`, `prod, staging, dev, hub`},
		edit{"estate.yaml", `visible_to: \[hub, dev\]`, `visible_to: [dev, hub]`},
		edit{"estate.yaml", `(  shared: \{\}\n)((?s).*)(segmentation:)`, "$2$1$3"},
		edit{"estate.yaml", `(    - piksel\.big\.go\.id\n)(    - app\.piksel\.big\.go\.id\n)`, "$2$1"},
		edit{"hub.yaml", `sts, logs, ssm, ssmmessages, ec2messages`, `ec2messages, ssmmessages, ssm, logs, sts`},
		edit{"hub.yaml", `public\.ecr\.aws, quay\.io, registry\.k8s\.io`, `registry.k8s.io, quay.io, public.ecr.aws`},
		edit{"dev.yaml", `dev\.piksel\.internal, app\.piksel\.big\.go\.id`, `app.piksel.big.go.id, dev.piksel.internal`},
	)
	same(t, synthesized(t, "piksel"), after)
}

// edit replaces what a pattern matches in a file of an estate, or, without a
// pattern, writes a new file; without a text as well, it removes the file.
type edit struct{ file, pattern, text string }

// piksel is the estate piksel, edited.
func piksel(t *testing.T, edits ...edit) *synthesis {
	t.Helper()
	return edited(t, "piksel", edits...)
}

// edited is one of the estates under test, edited.
func edited(t *testing.T, name string, edits ...edit) *synthesis {
	t.Helper()
	dir := filepath.Join(t.TempDir(), name)
	copyTree(t, estates[name], dir)
	for _, e := range edits {
		path := filepath.Join(dir, e.file)
		if e.pattern == "" && e.text == "" {
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if e.pattern == "" {
			write(t, path, e.text)
			continue
		}
		before, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		after := regexp.MustCompile(e.pattern).ReplaceAllString(string(before), strings.ReplaceAll(e.text, "$0", "${0}"))
		if after == string(before) {
			t.Fatalf("%s has nothing that matches %s any more: mend this test", e.file, e.pattern)
		}
		write(t, path, after)
	}
	return synthesize(t, dir, filepath.Join(t.TempDir(), "out"))
}

// stays checks that every resource still exists, with the same address ranges.
func stays(t *testing.T, before, after *synthesis) {
	t.Helper()
	for _, s := range before.stacks {
		grown := after.stack(s.Name)
		if grown == nil {
			t.Errorf("the stack %s is gone", s.Name)
			continue
		}
		now := map[string]stackjson.Resource{}
		for _, r := range grown.Resources() {
			now[r.Address()] = r
		}
		for _, r := range s.Resources() {
			other, ok := now[r.Address()]
			if !ok {
				t.Errorf("%s: %s is gone", s.Name, r.Address())
				continue
			}
			for _, key := range tf.Keys(r.Body) {
				if strings.Contains(key, "cidr") && !cmp.Equal(r.Body[key], other.Body[key]) {
					t.Errorf("%s: %s: %s moved from %v to %v", s.Name, r.Address(), key, r.Body[key], other.Body[key])
				}
			}
		}
	}
}

// same checks that nothing at all differs.
func same(t *testing.T, before, after *synthesis) {
	t.Helper()
	if diff := cmp.Diff(tree(t, before.outdir), tree(t, after.outdir)); diff != "" {
		t.Errorf("the output differs (-before +after):\n%s", diff)
	}
}

func count(e *synthesis, stack, kind string) int {
	n := 0
	for _, r := range e.stack(stack).Resources() {
		if r.Type == kind {
			n++
		}
	}
	return n
}

// Each service, and whoever may connect to it, has addresses of its own.
func TestAServiceMoreOnlyAdds(t *testing.T) {
	before := synthesized(t, "privatelink")
	after := edited(t, "privatelink", edit{"service.yaml", `consumers: \[gateway\]\n`, "$0  returns:\n    namespace: shop\n    service: returns\n    port: 8444\n    domain: returns.privatelink.example.com\n    consumers: [gateway]\n"})
	stays(t, before, after)
	for _, s := range before.stacks {
		for _, problem := range shrunk(stackjson.Strip(s.JSON), stackjson.Strip(after.stack(s.Name).JSON)) {
			t.Errorf("%s: %s", s.Name, problem)
		}
	}
	for _, kind := range []string{"aws_vpc_endpoint_service", "aws_lb", "aws_lb_target_group", "aws_acm_certificate"} {
		if got := count(after, "service-service", kind); got != 2 {
			t.Errorf("%d resources %s, want 2", got, kind)
		}
	}
}
