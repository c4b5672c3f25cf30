package test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/terraform-exec/tfexec"

	"hubspoke/estate"
	"hubspoke/internal/compare"
	"hubspoke/internal/runner"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
)

// output is an estate as compared.
func (e *synthesis) output() compare.Output {
	o := compare.Output{Stacks: e.stacks, After: map[string][]string{}, ByPeople: stacks.ByPeople(e.Estate)}
	for _, s := range e.list {
		o.After[s.Name] = s.Earlier()
	}
	return o
}

// compared compares two states of an estate.
func compared(before, after *synthesis) *compare.Comparison {
	return compare.Outputs(before.output(), after.output(), after.Retire)
}

// told are the findings of a comparison as `kind stack/address`, without what follows
// from others and what is remade.
func told(c *compare.Comparison) []string {
	var lines []string
	for _, f := range c.Findings {
		if f.Follows == "" && f.Kind != compare.Remade {
			lines = append(lines, string(f.Kind)+" "+f.Where())
		}
	}
	return slices.Compact(lines)
}

// history are what a comparison wants the estate to say, as edits of estate.yaml.
func history(before *synthesis, c *compare.Comparison) []edit {
	sections := map[string][]string{}
	for _, f := range c.Findings {
		if !f.Kind.Refused() {
			continue
		}
		for _, entry := range f.Retire {
			sections["retire"] = append(sections["retire"], "  - "+entry+"\n")
		}
		if f.RenamedTo != "" {
			sections["renamed"] = append(sections["renamed"], "  "+f.Where()+": "+f.RenamedTo+"\n")
		}
	}
	stated := map[string]bool{"retire": len(before.Retire) > 0, "renamed": len(before.Renamed) > 0}
	var edits []edit
	for _, name := range tf.Keys(sections) {
		slices.Sort(sections[name])
		place := `\z`
		if stated[name] {
			place = `(?m)^` + name + `:\n`
		}
		edits = append(edits, edit{"estate.yaml", place, "\n" + name + ":\n" + strings.Join(slices.Compact(sections[name]), "")})
	}
	return edits
}

// without takes a file away.
func without(file string) edit { return edit{file: file} }

// What a plan would lose, or replace under others, is told before there is a plan; and
// what the estate is then told to say is enough.
func TestWhatWouldBeLostIsTold(t *testing.T) {
	tests := []struct {
		name, estate string
		edits        []edit
		want         []string
		// settled says that retire or renamed makes it harmless.
		settled bool
	}{
		{"session preferences are made elsewhere", "artos", []edit{{"estate.yaml", `  max_minutes: 480\n`, "$0  elsewhere: [dev]\n"}},
			[]string{"lost dev-baseline/aws_cloudwatch_log_group.sessions", "lost dev-baseline/aws_kms_key.sessions"}, true},
		{"a replica is removed", "options", []edit{{"apps-one.yaml", `    search-index: \{\}\n`, ""}},
			[]string{
				"lost apps-one-data/aws_cloudwatch_log_group.database_search_index_postgresql", "lost apps-one-data/aws_cloudwatch_log_group.database_search_index_upgrade",
			}, true},
		{"a repository is removed", "piksel", []edit{{"hub.yaml", `(?s)    piksel/jupyter:.*branch_days: 30\n        any_days: 60\n`, ""}},
			[]string{"lost hub-registry/aws_ecr_repository.piksel_jupyter"}, true},
		{"a database is removed", "artos", []edit{{"production.yaml", `(?s)\ndatabase:.*\z`, "\n"}, without("intents.yaml")},
			[]string{"left behind production-data"}, true},
		{"a network moves", "piksel", []edit{{"dev.yaml", `10\.1\.0\.0/16`, "10.9.0.0/16"}},
			[]string{
				"replaced dev-network/aws_subnet.attachment_apse3_az1", "replaced dev-network/aws_subnet.attachment_apse3_az2",
				"replaced dev-network/aws_subnet.private_apse3_az1", "replaced dev-network/aws_subnet.private_apse3_az2",
				"replaced dev-network/aws_subnet.public_apse3_az1", "replaced dev-network/aws_subnet.public_apse3_az2",
				"replaced dev-network/aws_vpc.main"}, false},
		{"a tier gets other addresses", "piksel", []edit{{"dev.yaml", `  nat: single\n`, "$0  prefix_lengths:\n    private: 19\n"}},
			[]string{"replaced dev-network/aws_subnet.private_apse3_az1", "replaced dev-network/aws_subnet.private_apse3_az2"}, false},
		{"a database has another owner", "options", []edit{{"apps-one.yaml", `  username: owner\n`, "  username: other\n"}},
			[]string{"stopped apps-one-data/aws_db_instance.database"}, false},
		{"an access entry has another name", "piksel", []edit{{"dev.yaml", `    platform-admin:\n`, "    administrators:\n"}},
			[]string{"clash dev-eks/aws_eks_access_entry.platform_admin", "clash dev-eks/aws_eks_access_policy_association.platform_admin"}, true},
		{"a route has another name", "artos", []edit{{"production.yaml", `    office:\n`, "    branch:\n"}, without("intents.yaml")},
			[]string{"clash production-network/aws_route.private_to_office"}, true},
		{"an identity has another name", "artos", []edit{{"production.yaml", `  identities:\n    backend:\n`, "  identities:\n    api:\n"}, without("intents.yaml")},
			[]string{"clash production-eks/aws_eks_pod_identity_association.backend"}, true},
		{"a segment has another name", "piksel", []edit{{"estate.yaml", `\n  dev:\n    reaches`, "\n  development:\n    reaches"}, {"dev.yaml", `segment: dev\n`, "segment: development\n"}},
			[]string{
				"clash hub-network/aws_ec2_transit_gateway_route.dev_blackhole_10_0_0_0_8", "clash hub-network/aws_ec2_transit_gateway_route.dev_blackhole_172_16_0_0_12",
				"clash hub-network/aws_ec2_transit_gateway_route.dev_blackhole_192_168_0_0_16",
				"clash hub-network/aws_ec2_transit_gateway_route_table.dev", "deleted hub-network/aws_ec2_transit_gateway_route_table.dev",
				"clash hub-network/aws_ec2_transit_gateway_route_table_propagation.hub_to_dev"}, true},
		{"a spoke has another name", "piksel", []edit{without("intents.yaml"), without("dev.yaml"), {file: "lab.yaml", text: "segment: dev\nnetwork:\n  cidr: 10.1.0.0/16\n"},
			{"estate.yaml", `  dev: "222222222222"`, `  lab: "222222222222"`}, {"estate.yaml", `hub, dev`, `hub, lab`}, {"hub.yaml", ` +dev: \{from: .*\n`, ""}},
			[]string{
				"unreachable bootstrap", "left behind dev-baseline", "left behind dev-eks", "left behind dev-link", "left behind dev-network", "left behind dev-share",
				"clash hub-network/aws_route.private_apse3_az1_to_dev", "clash hub-network/aws_route.private_apse3_az2_to_dev", "clash hub-network/aws_route.private_apse3_az3_to_dev",
				"clash hub-network/aws_route.public_apse3_az1_to_dev", "clash hub-network/aws_route.public_apse3_az2_to_dev", "clash hub-network/aws_route.public_apse3_az3_to_dev"}, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := synthesized(t, test.estate)
			c := compared(before, edited(t, test.estate, test.edits...))
			if diff := cmp.Diff(test.want, told(c)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			if !c.Refused() {
				t.Error("the change is not refused")
			}
			if !test.settled {
				return
			}
			after := compared(before, edited(t, test.estate, append(test.edits, history(before, c)...)...))
			if after.Refused() {
				t.Errorf("the change is still refused with what it was told to say: %q, %q", told(after), after.Split)
			}
		})
	}
}

// Growth is what estates are for: nothing of it is refused.
func TestGrowthIsNotRefused(t *testing.T) {
	before := synthesized(t, "piksel")
	for name, after := range map[string]*synthesis{
		"nothing":         before,
		"a spoke":         withNewSpoke(t),
		"a zone":          piksel(t, edit{"dev.yaml", `az_count: 2`, `az_count: 3`}),
		"a NAT gateway":   piksel(t, edit{"dev.yaml", `nat: single`, `nat: one_per_az`}),
		"a flow log less": piksel(t, edit{"dev.yaml", `probe: true\n`, ``}),
	} {
		c := compared(before, after)
		if c.Refused() || c.Reordered {
			t.Errorf("%s: refused %v, against the usual order %v: %q %q", name, c.Refused(), c.Reordered, told(c), c.Split)
		}
	}
}

// Whoever uses what is removed goes first. Each case names stacks that must come in
// that order, and the stacks that are destroyed.
func TestRemovalsHaveAnOrder(t *testing.T) {
	tests := []struct {
		name, estate string
		edits        []edit
		order        [][2]string
		destroyed    []string
	}{
		{"a central endpoint", "piksel", []edit{{"hub.yaml", `\[sts, logs`, "[logs"}},
			[][2]string{{"dev-link", "hub-dns"}, {"staging-link", "hub-dns"}, {"prod-link", "hub-dns"}, {"hub-dns", "hub-network"}}, nil},
		{"a forwarded domain", "options", []edit{{"estate.yaml", `    office\.example\.net: .*\n`, ""}},
			[][2]string{{"apps-one-network", "hub-network"}, {"apps-two-network", "hub-network"}, {"lab-network", "hub-network"}}, nil},
		{"a segment that nobody is in any more", "piksel", []edit{{"estate.yaml", `\n  dev:\n    reaches: \[shared\]`, ""}, {"dev.yaml", `segment: dev\n`, "segment: staging\n"}, without("intents.yaml")},
			[][2]string{{"dev-link", "hub-network"}}, nil},
		{"a private zone", "piksel", []edit{{"estate.yaml", `    dev\.piksel\.internal:\n.*\n`, ""}, {"dev.yaml", `dev\.piksel\.internal, `, ""}, without("intents.yaml")},
			[][2]string{{"dev-link", "hub-dns"}}, nil},
		{"a zone of a VPC with a cluster", "piksel", []edit{{"prod.yaml", `az_count: 3`, "az_count: 2"}, {"prod.yaml", `control_plane_zones: .*`, "control_plane_zones: [apse3-az1, apse3-az2]"}},
			[][2]string{{"prod-eks", "prod-network"}}, nil},
		{"a service, and all that uses it", "privatelink", []edit{
			{"service.yaml", `(?s)\nservices:.*\z`, "\n"}, {"gateway.yaml", `(?s)\nprivate_endpoints:.*\z`, "\n"}, without("intents.yaml")},
			[][2]string{{"gateway-api", "service-service"}, {"service-service", "service-eks"}, {"service-service", "hub-dns"}}, []string{"gateway-api", "service-service"}},
		{"a database", "artos", []edit{{"production.yaml", `(?s)\ndatabase:.*\z`, "\n"}, without("intents.yaml")},
			nil, []string{"production-data"}},
		{"a cluster", "piksel", []edit{{"hub.yaml", ` +dev: \{from: .*\n`, ""}, {"dev.yaml", `(?s)\n# Small\. The node pools.*\z`, "\n"}, without("intents.yaml")},
			[][2]string{{"dev-eks", "dev-network"}}, []string{"dev-eks"}},
		{"a spoke", "piksel", []edit{{"hub.yaml", ` +dev: \{from: .*\n`, ""}, without("intents.yaml"), without("dev.yaml"), {"estate.yaml", `  dev: "222222222222"\n`, ""}, {"estate.yaml", `hub, dev`, `hub`},
			{"estate.yaml", `\n  dev:\n    reaches: \[shared\]`, ""}, {"estate.yaml", `    dev\.piksel\.internal:\n.*\n`, ""}},
			[][2]string{{"dev-eks", "dev-link"}, {"dev-link", "dev-network"}, {"dev-network", "bootstrap"}, {"dev-baseline", "bootstrap"}, {"bootstrap", "hub-network"}, {"dev-network", "hub-network"}, {"dev-link", "hub-dns"}},
			[]string{"dev-baseline", "dev-eks", "dev-link", "dev-network", "dev-share"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			after := edited(t, test.estate, test.edits...)
			c := compared(synthesized(t, test.estate), after)
			var order, destroyed []string
			for _, s := range c.Steps {
				order = append(order, s.Stacks...)
				if s.Action == compare.Destroy {
					destroyed = append(destroyed, s.Stacks...)
				}
			}
			if !c.Reordered || len(c.Split) > 0 {
				t.Errorf("against the usual order: %v; split: %q", c.Reordered, c.Split)
			}
			for _, pair := range test.order {
				first, second := slices.Index(order, pair[0]), slices.Index(order, pair[1])
				if first < 0 || second < 0 || first > second {
					t.Errorf("%s does not come before %s in %q", pair[0], pair[1], order)
				}
			}
			slices.Sort(destroyed)
			if diff := cmp.Diff(test.destroyed, destroyed); diff != "" {
				t.Errorf("destroyed (-want +got):\n%s", diff)
			}
			report(t, usedTooLong(synthesized(t, test.estate), after, order))
		})
	}
}

// twice is a change that AWS refuses in one deployment.
type twice struct {
	name, estate string
	before       []edit
	edits        []edit
	want         []string
	// first are the edits of the first of two deployments, in the place of edits.
	first []edit
	// advice is a part of what is printed.
	advice string
}

// twoDeployments are the changes of which that is known.
func twoDeployments() []twice {
	returns := edit{"gateway.yaml", `  service\.orders: \{slot: 1\}\n`, "$0  service.returns: {slot: 2}\n"}
	route := func(lines string) edit { return edit{"gateway.yaml", `      ANY /orders/.*\n`, lines} }
	open := edit{"gateway.yaml", `(?s)    jwt:\n.*\[orders\]\n`, "    open: true\n"}
	noServices := []edit{{"service.yaml", `(?s)\n# TLS ends at.*\z`, "\n"}, {"gateway.yaml", `(?s)\nprivate_endpoints:.*\z`, "\n"}}
	return []twice{
		{"the last route to a service leads to another", "privatelink", []edit{twoServices, returns, without("intents.yaml")},
			[]edit{route("      ANY /orders/{proxy+}: service.returns\n")},
			[]string{"held gateway-api/aws_apigatewayv2_integration.public_service_orders"},
			[]edit{route("      ANY /orders/{proxy+}: service.returns\n      ANY /old/{proxy+}: service.orders\n")},
			"two deployments: the first leaves a route to the service that the API leads to no more, such as `ANY /old/{proxy+}`"},
		{"an endpoint gets the slot of another", "privatelink", []edit{twoServices, returns, without("intents.yaml")},
			[]edit{{"gateway.yaml", `orders: \{slot: 1\}\n  service\.returns: \{slot: 2\}`, "orders: {slot: 2}\n  service.returns: {slot: 3}"}},
			[]string{"clash gateway-api/aws_vpc_endpoint.service_returns"},
			[]edit{{"gateway.yaml", `returns: \{slot: 2\}`, "returns: {slot: 3}"}},
			"two deployments: the first takes one of the endpoints away, or gives it a `slot` that is free"},
		{"another kind of API", "privatelink", []edit{open, without("intents.yaml")},
			[]edit{{"gateway.yaml", `    domain: api`, "    kind: rest\n$0"}},
			[]string{"clash gateway-api/aws_apigatewayv2_domain_name.public"},
			[]edit{{"gateway.yaml", `    domain: api.*\n`, "    kind: rest\n"}},
			"two deployments: the first changes the API's `kind`, and leaves its `domain` out"},
		{"a variable of a REST API", "options", nil,
			[]edit{{"apps-two.yaml", `/reports/\{report\}/pages`, "/reports/{number}/pages"}},
			[]string{"clash apps-two-api/aws_api_gateway_resource.shop_reports_report_a63319"},
			[]edit{{"apps-two.yaml", `      GET /reports/\{report\}/pages.*\n`, ""}},
			"two deployments: the first is without the routes that have the variable"},
		{"a variable of an HTTP API", "options", nil,
			[]edit{{"apps-two.yaml", `GET /reports/\{id\}`, "GET /reports/{number}"}},
			[]string{"clash apps-two-api/aws_apigatewayv2_route.partners_get_reports_id_c7bade"},
			[]edit{{"apps-two.yaml", `      GET /reports/\{id\}.*\n`, ""}},
			"two deployments: the first is without the routes that have the variable"},
		{"a zone less of a service", "privatelink", []edit{{"service.yaml", `az_count: 2`, `az_count: 3`}, without("intents.yaml")},
			[]edit{{"service.yaml", `az_count: 3`, `az_count: 2`}},
			[]string{"deleted service-network/aws_subnet.attachment_apse3_az3", "deleted service-network/aws_subnet.private_apse3_az3", "held service-service/aws_lb.orders"},
			noServices,
			"two deployments: the first takes the service away"},
	}
}

// What AWS refuses in one deployment is told, with the two that it takes, neither of which is
// refused.
func TestWhatTakesTwoDeploymentsIsTold(t *testing.T) {
	for _, test := range twoDeployments() {
		t.Run(test.name, func(t *testing.T) {
			before := edited(t, test.estate, test.before...)
			after := edited(t, test.estate, slices.Concat(test.before, test.edits)...)
			c := compared(before, after)
			if diff := cmp.Diff(test.want, told(c)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			var text strings.Builder
			if err := c.Text(&text, "before"); err != nil || !c.Refused() || !strings.Contains(text.String(), test.advice) {
				t.Errorf("error %v, refused %v, and no %q in:\n%s", err, c.Refused(), test.advice, &text)
			}
			first := edited(t, test.estate, slices.Concat(test.before, test.first)...)
			for _, step := range []*compare.Comparison{compared(before, first), compared(first, after)} {
				for _, f := range step.Findings {
					// Stacks that are gone are destroyed, in the order that is printed.
					if f.Kind.Refused() && f.Kind != compare.Left {
						t.Errorf("a step is refused: %s %s: %s", f.Kind, f.Where(), f.Why)
					}
				}
				if len(step.Split) > 0 || len(step.Steps) == 0 {
					t.Errorf("a step has no order: %q", step.Split)
				}
			}
		})
	}
}

// Changes that are like those above, and that one deployment does.
func TestWhatOneDeploymentDoesIsNotRefused(t *testing.T) {
	threeZones := []edit{{"gateway.yaml", `az_count: 2`, `az_count: 3`}, {"service.yaml", `az_count: 2`, `az_count: 3`}, without("intents.yaml")}
	for _, test := range []struct {
		name, estate  string
		before, edits []edit
	}{
		{"one of two routes to a service leads to another", "privatelink", []edit{twoServices, {"gateway.yaml", `  service\.orders: \{slot: 1\}\n`, "$0  service.returns: {slot: 2}\n"}, {"gateway.yaml", `      ANY /orders/.*\n`, "$0      GET /orders: service.orders\n"}, without("intents.yaml")},
			[]edit{{"gateway.yaml", `GET /orders: service\.orders`, "GET /orders: service.returns"}}},
		{"another kind of an API without a domain", "options", nil, []edit{{"apps-two.yaml", `    timeout_seconds: 10\n`, "$0    kind: rest\n"}}},
		{"a domain of an API that had none", "options", nil, []edit{{"apps-two.yaml", `    timeout_seconds: 10\n`, "$0    domain: internal.options.example.com\n"}}},
		{"a route instead of one at another place", "options", nil, []edit{{"apps-two.yaml", `GET /reports/\{report\}/pages`, "GET /pages/{number}"}}},
		{"a zone more of a service", "privatelink", []edit{without("intents.yaml")}, []edit{{"service.yaml", `az_count: 2`, `az_count: 3`}}},
		{"a zone less before an endpoint", "privatelink", threeZones, []edit{{"gateway.yaml", `az_count: 3`, `az_count: 2`}}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := compared(edited(t, test.estate, test.before...), edited(t, test.estate, slices.Concat(test.before, test.edits)...))
			if c.Refused() {
				t.Errorf("refused: %q %q", told(c), c.Split)
			}
		})
	}
}

// outputOfAnother is a reference to an output of another stack, or to a key of one.
var outputOfAnother = regexp.MustCompile(`data\.terraform_remote_state\.([a-z0-9_]+)\.outputs\.(\w+)(?:\[\\*"([^"\\]+)\\*"\])?`)

// usedTooLong deploys stacks on paper, one by one: none may delete what another, as it
// is deployed at that moment, uses, nor use what another does not write yet.
func usedTooLong(before, after *synthesis, order []string) []string {
	var problems []string
	deployed := map[string]*stackjson.Stack{}
	for _, s := range before.stacks {
		deployed[tf.Name(s.Name)] = s
	}
	uses := func(s *stackjson.Stack, visit func(producer *stackjson.Stack, reference string, value any)) {
		for _, m := range outputOfAnother.FindAllStringSubmatch(compact(stackjson.Strip(s.JSON)), -1) {
			producer := deployed[m[1]]
			var value any
			if producer != nil {
				value = producer.Outputs()[m[2]]
			}
			if keyed, ok := value.(map[string]any); ok && m[3] != "" {
				value = keyed[m[3]]
			}
			visit(producer, m[0], value)
		}
	}
	for _, name := range order {
		old, now := deployed[tf.Name(name)], after.stack(name)
		for _, user := range deployed {
			if user == old || old == nil {
				continue
			}
			uses(user, func(producer *stackjson.Stack, reference string, value any) {
				for _, r := range old.Resources() {
					if producer == old && strings.Contains(compact(value), r.Address()+".") && !has(now, r.Address()) {
						problems = append(problems, fmt.Sprintf("%s deletes %s, which %s uses: %s", name, r.Address(), user.Name, reference))
					}
				}
			})
		}
		if now == nil {
			delete(deployed, tf.Name(name))
			continue
		}
		deployed[tf.Name(name)] = now
		uses(now, func(_ *stackjson.Stack, reference string, value any) {
			if value == nil {
				problems = append(problems, fmt.Sprintf("%s uses what is not there yet: %s", name, reference))
			}
		})
	}
	return problems
}

// has says whether a stack makes a resource.
func has(s *stackjson.Stack, address string) bool {
	return s != nil && slices.ContainsFunc(s.Resources(), func(r stackjson.Resource) bool { return r.Address() == address })
}

// The simulation above is worth what it refuses.
func TestAWrongOrderIsSeen(t *testing.T) {
	before := synthesized(t, "piksel")
	after := piksel(t, edit{"hub.yaml", `\[sts, logs`, "[logs"})
	if usedTooLong(before, after, []string{"hub-network", "hub-dns", "dev-link", "staging-link", "prod-link"}) == nil {
		t.Error("hub-network may delete an endpoint that hub-dns names")
	}
}

// What the estate says of its history is what Terraform does: a plan of the real
// provider, against a state with the old resources, deletes none of them.
func TestTerraformForgetsAndMovesWhatTheEstateSays(t *testing.T) {
	installation := terraformFor(t)
	tests := []struct {
		name, estate, stack string
		edits               []edit
		// old are the resources in the state, with what the provider compares.
		old map[string]map[string]any
		// kept is how many of them are then in the place of new ones.
		kept int
	}{
		{"retired", "artos", "dev-baseline", []edit{{"estate.yaml", `  max_minutes: 480\n`, "$0  elsewhere: [dev]\n"}},
			map[string]map[string]any{
				"aws_kms_key.sessions":              {"id": "01234567-89ab-cdef-0123-456789abcdef"},
				"aws_cloudwatch_log_group.sessions": {"id": "/sessions/artos-dev", "name": "/sessions/artos-dev"},
			}, 0},
		{"renamed", "piksel", "dev-eks", []edit{{"dev.yaml", `    platform-admin:\n`, "    administrators:\n"}},
			map[string]map[string]any{
				"aws_eks_access_entry.platform_admin": {"id": "piksel-dev:arn:aws:iam::222222222222:role/platform-admin", "cluster_name": "piksel-dev",
					"principal_arn": "arn:aws:iam::222222222222:role/platform-admin", "type": "STANDARD"},
				"aws_eks_access_policy_association.platform_admin": {"id": "piksel-dev#platform-admin#policy", "cluster_name": "piksel-dev",
					"principal_arn": "arn:aws:iam::222222222222:role/platform-admin", "policy_arn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy",
					"access_scope": []any{map[string]any{"type": "cluster", "namespaces": []any{}}}},
			}, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := synthesized(t, test.estate)
			silent := edited(t, test.estate, test.edits...)
			said := edited(t, test.estate, append(test.edits, history(before, compared(before, silent))...)...)
			for _, c := range []struct {
				*synthesis
				destroys, kept int
			}{{silent, len(test.old), 0}, {said, 0, test.kept}} {
				s := c.stack(test.stack)
				got := planAgainst(t, installation, c.synthesis, s, test.old)
				if want := resources(s) - c.kept; got.Add != want || got.Destroy != c.destroys {
					t.Errorf("retire %q, renamed %q: the plan has %s, want %d to add and %d to destroy", c.Retire, c.Renamed, got, want, c.destroys)
				}
			}
		})
	}
}

// planAgainst plans a stack whose state has these resources, by address.
func planAgainst(t *testing.T, installation *runner.Installation, e *synthesis, s *stackjson.Stack, old map[string]map[string]any) runner.Changes {
	t.Helper()
	aws := withStates(t, e)
	var all []any
	for _, address := range tf.Keys(old) {
		kind, name, _ := strings.Cut(address, ".")
		all = append(all, map[string]any{"mode": "managed", "type": kind, "name": name, "provider": `provider["registry.terraform.io/hashicorp/aws"]`,
			"instances": []any{map[string]any{"schema_version": 0, "attributes": old[address]}}})
	}
	_, backend := s.Backend()
	aws.PutObject(backend["bucket"].(string), backend["key"].(string),
		[]byte(compact(map[string]any{"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "made-up", "outputs": map[string]any{}, "resources": all})))
	folder, err := installation.Scratch(s, aws.Environment(e.Accounts[estate.HubAccount]))
	if err != nil {
		t.Fatal(err)
	}
	if err := folder.Init(t.Context()); err != nil {
		t.Fatal(err)
	}
	changes, err := folder.Plan(t.Context(), tfexec.Refresh(false)) // There is nothing to read in AWS.
	if err != nil {
		t.Fatalf("%s cannot be planned:\n%v", s.Name, err)
	}
	return changes
}
