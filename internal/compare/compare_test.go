package compare

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/proof/stackjson"
)

// outputOf is an output with stacks by name, as JSON.
func outputOf(t *testing.T, stacks map[string]string) Output {
	t.Helper()
	var o Output
	for name, text := range stacks {
		s, err := stackjson.Parse(name, name, []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		o.Stacks = append(o.Stacks, s)
	}
	return o
}

func findings(c *Comparison) []string {
	var lines []string
	for _, f := range c.Findings {
		line := fmt.Sprintf("%s %s", f.Kind, f.Where())
		if f.Follows != "" {
			line += " after " + f.Follows
		}
		lines = append(lines, line)
	}
	return lines
}

const hub = `{
	"resource": {"aws_ec2_transit_gateway": {"main": {"default_route_table_association": "disable"}}},
	"output": {"gateway": {"value": "${aws_ec2_transit_gateway.main.id}"}, "other": {"value": "constant"}}
}`

const spoke = `{
	"data": {"terraform_remote_state": {"hub": {"backend": "s3"}}},
	"resource": {
		"aws_vpc": {"main": {"cidr_block": "10.1.0.0/16"}},
		"aws_subnet": {"a": {"cidr_block": "10.1.0.0/24", "vpc_id": "${aws_vpc.main.id}"}},
		"aws_ec2_transit_gateway_vpc_attachment": {"hub": {"transit_gateway_id": "${data.terraform_remote_state.hub.outputs.gateway}", "vpc_id": "${aws_vpc.main.id}"}},
		"aws_kms_key": {"logs": {"description": "logs", "lifecycle": {"prevent_destroy": true}}}
	}
}`

func TestWhatFollowsAReplacementIsFound(t *testing.T) {
	before := outputOf(t, map[string]string{"hub": hub, "spoke": spoke})
	tests := []struct {
		name     string
		from, to string
		want     []string
	}{
		{"nothing", "constant", "another", nil},
		{"in the same stack", `"cidr_block": "10.1.0.0/16"`, `"cidr_block": "10.2.0.0/16"`, []string{
			"replaced spoke/aws_ec2_transit_gateway_vpc_attachment.hub after spoke/aws_vpc.main", "replaced spoke/aws_subnet.a after spoke/aws_vpc.main", "replaced spoke/aws_vpc.main"}},
		{"in another stack", `"disable"`, `"enable"`, []string{
			"replaced hub/aws_ec2_transit_gateway.main", "replaced spoke/aws_ec2_transit_gateway_vpc_attachment.hub after hub/aws_ec2_transit_gateway.main"}},
		{"not what is ignored", `"cidr_block": "10.1.0.0/24"`, `"lifecycle": {"ignore_changes": ["cidr_block"]}, "cidr_block": "10.1.1.0/24"`, nil},
		{"not what changes in place", `"description": "logs"`, `"description": "all logs"`, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			edit := strings.NewReplacer(test.from, test.to)
			after := outputOf(t, map[string]string{"hub": edit.Replace(hub), "spoke": edit.Replace(spoke)})
			if diff := cmp.Diff(test.want, findings(Outputs(before, after, nil))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatIsKeptIsNotLost(t *testing.T) {
	before := outputOf(t, map[string]string{"hub": hub, "spoke": spoke})
	const key = `,
		"aws_kms_key": {"logs": {"description": "logs", "lifecycle": {"prevent_destroy": true}}}`
	lost := strings.Replace(spoke, key, "", 1)
	with := func(stack, blocks string) string { return strings.TrimSuffix(stack, "}") + ", " + blocks + "}" }
	renamed := strings.Replace(spoke, `"logs": {`, `"all_logs": {`, 1)
	tests := []struct {
		name, spoke string
		retired     []string
		want        []string
	}{
		{"lost", lost, nil, []string{"lost spoke/aws_kms_key.logs"}},
		{"forgotten", with(lost, `"removed": [{"from": "aws_kms_key.logs", "lifecycle": {"destroy": false}}]`), nil, []string{"forgotten spoke/aws_kms_key.logs"}},
		{"destroyed by a removed block", with(lost, `"removed": [{"from": "aws_kms_key.logs", "lifecycle": {"destroy": true}}]`), nil, []string{"lost spoke/aws_kms_key.logs"}},
		{"renamed without a word", renamed, nil, []string{"lost spoke/aws_kms_key.logs"}},
		{"renamed", with(renamed, `"moved": [{"from": "aws_kms_key.logs", "to": "aws_kms_key.audit"}, {"from": "aws_kms_key.audit", "to": "aws_kms_key.all_logs"}]`), nil, nil},
		{"gone with its stack", "", nil, []string{"left behind spoke"}},
		{"gone with its stack, which is retired", "", []string{"spoke"}, []string{"forgotten spoke"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			stacks := map[string]string{"hub": hub}
			if test.spoke != "" {
				stacks["spoke"] = test.spoke
			}
			c := Outputs(before, outputOf(t, stacks), test.retired)
			if diff := cmp.Diff(test.want, findings(c)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

// producer makes a thing for each key, and an output of them.
func producerOf(keys ...string) string {
	var resources, values []string
	for _, key := range keys {
		resources = append(resources, fmt.Sprintf(`%q: {"domain": "vpc", "tags": {"Name": %q}}`, key, key))
		values = append(values, fmt.Sprintf(`%q: "${aws_eip.%s.id}"`, key, key))
	}
	return fmt.Sprintf(`{"resource": {"aws_eip": {%s}}, "output": {"ids": {"value": {%s}}}}`, strings.Join(resources, ", "), strings.Join(values, ", "))
}

// consumerOf uses one of them.
func consumerOf(key string) string {
	return fmt.Sprintf(`{"data": {"terraform_remote_state": {"a_producer": {"backend": "s3"}}},
		"resource": {"aws_nat_gateway": {"main": {"allocation_id": "${data.terraform_remote_state.a_producer.outputs.ids[\"%s\"]}"}}}}`, key)
}

func TestTheOrderFollowsFromWhoUsesWhat(t *testing.T) {
	tests := []struct {
		name                       string
		producer, consumer         string
		producerAfter, consumerNow string
		want                       string
		reordered, split           bool
	}{
		{"the user goes first where something is removed", producerOf("x", "y"), consumerOf("x"), producerOf("y"), consumerOf("y"), "deploy b-consumer a-producer", true, false},
		{"the maker goes first where something is added", producerOf("x"), consumerOf("x"), producerOf("x", "y"), consumerOf("y"), "deploy a-producer b-consumer", false, false},
		{"both at once cannot be", producerOf("x", "z"), consumerOf("x"), producerOf("y", "z", "w"), consumerOf("y"), "", true, true},
		{"what nobody uses has no say", producerOf("x", "y"), consumerOf("x"), producerOf("x"), consumerOf("x"), "deploy a-producer", false, false},
		{"a user that is gone is destroyed first", producerOf("x", "y"), consumerOf("x"), producerOf("y"), "", "destroy b-consumer; deploy a-producer", true, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := outputOf(t, map[string]string{"a-producer": test.producer, "b-consumer": test.consumer})
			stacks := map[string]string{"a-producer": test.producerAfter}
			if test.consumerNow != "" {
				stacks["b-consumer"] = test.consumerNow
			}
			c := Outputs(before, outputOf(t, stacks), nil)
			var steps []string
			for _, s := range c.Steps {
				steps = append(steps, string(s.Action)+" "+strings.Join(s.Stacks, " "))
			}
			if got := strings.Join(steps, "; "); got != test.want {
				t.Errorf("steps %q, want %q", got, test.want)
			}
			if c.Reordered != test.reordered || (len(c.Split) > 0) != test.split {
				t.Errorf("reordered %v, split %q", c.Reordered, c.Split)
			}
		})
	}
}

// `destroy` looks for stacks that stand, and has to be told that these are no obstacle.
func TestADestroyedStackMayLeaveThoseThatUsedIt(t *testing.T) {
	both := map[string]string{"a-producer": producerOf("x"), "b-consumer": consumerOf("x")}
	for name, test := range map[string]struct {
		after map[string]string
		want  string
	}{
		"the user stays":   {map[string]string{"b-consumer": `{"resource": {"aws_eip": {"own": {}}}}`}, "destroy --outdir before --leave-dependants a-producer\n"},
		"the maker stays":  {map[string]string{"a-producer": producerOf("x")}, "destroy --outdir before b-consumer\n"},
		"both are no more": {map[string]string{"c-other": producerOf("x")}, "destroy --outdir before b-consumer a-producer\n"},
	} {
		before := outputOf(t, both)
		before.After = map[string][]string{"b-consumer": {"a-producer"}}
		var text bytes.Buffer
		if err := Outputs(before, outputOf(t, test.after), nil).Text(&text, "before"); err != nil || !strings.Contains(text.String(), test.want) {
			t.Errorf("%s: %v, and no %q in\n%s", name, err, test.want, &text)
		}
	}
}

func TestASuccessorCanBeTheSameThing(t *testing.T) {
	before := outputOf(t, map[string]string{"a-producer": producerOf("x"), "b-consumer": consumerOf("x")})
	after := outputOf(t, map[string]string{"a-producer": producerOf("y"), "b-consumer": consumerOf("y")})
	c := Outputs(before, after, nil)
	if len(c.Split) == 0 || !strings.Contains(strings.Join(findings(c), " "), "clash a-producer/aws_eip.x") {
		t.Errorf("findings %q, split %q", findings(c), c.Split)
	}
	var text bytes.Buffer
	if err := c.Text(&text, "before"); err != nil || !strings.Contains(text.String(), "renamed:\n    a-producer/aws_eip.x: y\n") {
		t.Errorf("error %v, text:\n%s", err, &text)
	}
	// Said so, the user does not notice.
	moved := strings.TrimSuffix(producerOf("y"), "}") + `, "moved": {"from": "aws_eip.x", "to": "aws_eip.y"}}`
	c = Outputs(before, outputOf(t, map[string]string{"a-producer": moved, "b-consumer": consumerOf("y")}), nil)
	if c.Refused() || c.Reordered || len(findings(c)) > 0 {
		t.Errorf("refused %v, reordered %v, findings %q", c.Refused(), c.Reordered, findings(c))
	}
}

func TestWhatIsTheSameToAWSClashes(t *testing.T) {
	const entry = `{"resource": {
		"aws_eks_access_entry": {"%[1]s": {"cluster_name": "c", "principal_arn": "%[2]s"}},
		"aws_eks_access_policy_association": {"%[1]s": {"cluster_name": "c", "policy_arn": "p", "principal_arn": "${aws_eks_access_entry.%[1]s.principal_arn}"}}}}`
	before := outputOf(t, map[string]string{"eks": fmt.Sprintf(entry, "old", "role")})
	for name, test := range map[string]struct {
		after string
		want  []string
	}{
		"another name":    {fmt.Sprintf(entry, "new", "role"), []string{"clash eks/aws_eks_access_entry.old", "clash eks/aws_eks_access_policy_association.old"}},
		"another thing":   {fmt.Sprintf(entry, "new", "other"), nil},
		"the same as was": {fmt.Sprintf(entry, "old", "role"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			if diff := cmp.Diff(test.want, findings(Outputs(before, outputOf(t, map[string]string{"eks": test.after}), nil))); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
		})
	}
}

func TestWhatChangesPlacesClashes(t *testing.T) {
	roles := func(a, b string) Output {
		return outputOf(t, map[string]string{"hub": fmt.Sprintf(`{"resource": {"aws_iam_role": {"a": {"name": %q}, "b": {"name": %q}}}}`, a, b)})
	}
	tests := []struct {
		a, b string
		want []string
	}{
		{"two", "one", []string{"clash hub/aws_iam_role.a", "remade hub/aws_iam_role.a", "clash hub/aws_iam_role.b", "remade hub/aws_iam_role.b"}},
		{"two", "three", []string{"remade hub/aws_iam_role.a", "clash hub/aws_iam_role.b", "remade hub/aws_iam_role.b"}},
		{"one", "three", []string{"remade hub/aws_iam_role.b"}},
	}
	for _, test := range tests {
		c := Outputs(roles("one", "two"), roles(test.a, test.b), nil)
		if diff := cmp.Diff(test.want, findings(c)); diff != "" {
			t.Errorf("%s and %s: findings (-want +got):\n%s", test.a, test.b, diff)
		}
		for _, f := range c.Findings {
			if f.RenamedTo != "" || strings.Contains(f.Advice, "renamed") {
				t.Errorf("%s would be renamed to %q: %s", f.Where(), f.RenamedTo, f.Advice)
			}
		}
	}
}

func TestAServiceThatIsTrustedNoMoreStopsAChange(t *testing.T) {
	organization := func(services, kinds string) string {
		return `{"resource": {"aws_organizations_organization": {"this": {"aws_service_access_principals": [` + services + `], "enabled_policy_types": [` + kinds + `]}}}}`
	}
	before := outputOf(t, map[string]string{"organization": organization(`"ram.amazonaws.com", "sso.amazonaws.com"`, `"BACKUP_POLICY", "TAG_POLICY"`)})
	c := Outputs(before, outputOf(t, map[string]string{"organization": organization(`"backup.amazonaws.com", "ram.amazonaws.com"`, `"TAG_POLICY"`)}), nil)
	var text bytes.Buffer
	if err := c.Text(&text, "before"); err != nil {
		t.Fatal(err)
	}
	const want = `
would be switched off in all accounts of the organisation:
  organization/aws_organizations_organization.this: policies of the kind BACKUP_POLICY would bind nothing any more
  organization/aws_organizations_organization.this: the organisation would not trust sso.amazonaws.com any more
  → put it under services or policy_types in organization.yaml,`
	if !c.Refused() || !strings.Contains(text.String(), want) {
		t.Errorf("refused: %v, and want%s\nin\n%s", c.Refused(), want, &text)
	}
	more := Outputs(before, outputOf(t, map[string]string{"organization": organization(`"a.amazonaws.com", "ram.amazonaws.com", "sso.amazonaws.com"`, `"BACKUP_POLICY", "TAG_POLICY"`)}), nil)
	if more.Refused() {
		t.Errorf("a service more is refused: %q", findings(more))
	}
}

// AWS knows one administrator of a service, and what the old one made stays with it.
func TestAnotherAdministratorStopsAChange(t *testing.T) {
	delegates := func(kind, argument, account string) Output {
		return outputOf(t, map[string]string{"organization": fmt.Sprintf(`{"resource": {%q: {"this": {%q: "${aws_organizations_account.%s.id}"}}}}`, kind, argument, account)})
	}
	for kind, argument := range delegations {
		before := delegates(kind, argument, "security")
		c := Outputs(before, delegates(kind, argument, "audit"), nil)
		var text bytes.Buffer
		if err := c.Text(&text, "before"); err != nil {
			t.Fatal(err)
		}
		want := `would be administered by another account:
  organization/` + kind + `.this: ` + argument + ` was ${aws_organizations_account.security.id}, and would be ${aws_organizations_account.audit.id}
  → first destroy what the old account administers, from what was synthesized before, then deploy organization, and the rest after it: docs/organization.md has the commands (Another administrator)`
		if !c.Refused() || !strings.Contains(text.String(), want) || !strings.HasSuffix(text.String(), "\norder: the one for another administrator, as said above\n") {
			t.Errorf("%s: refused: %v, and want\n%s\nin\n%s", kind, c.Refused(), want, &text)
		}
		if same := Outputs(before, delegates(kind, argument, "security"), nil); same.Refused() {
			t.Errorf("%s: the same administrator is refused: %q", kind, findings(same))
		}
		none := outputOf(t, map[string]string{"organization": `{"resource": {}}`})
		for _, f := range append(Outputs(before, none, nil).Findings, Outputs(none, before, nil).Findings...) {
			if f.Kind == Delegated {
				t.Errorf("%s: one that goes, or comes, is told: %v", kind, f)
			}
		}
	}
}

// What others name is not deleted before they let go of it, and a list that only grows is not
// made shorter. Each case has harmless twins, of which nothing is said.
func TestWhatAWSRefusesWhileOthersUseIt(t *testing.T) {
	api := func(integrations, routes string) string {
		return `{"resource": {"aws_apigatewayv2_integration": {` + integrations + `}, "aws_apigatewayv2_route": {` + routes + `}}}`
	}
	const (
		both    = `"old": {"integration_type": "HTTP_PROXY"}, "new": {"integration_type": "HTTP_PROXY"}`
		later   = `"old": {"integration_type": "HTTP_PROXY", "lifecycle": {"create_before_destroy": true}}, "new": {"integration_type": "HTTP_PROXY"}`
		one     = `"new": {"integration_type": "HTTP_PROXY"}`
		toOld   = `"x": {"api_id": "a", "route_key": "GET /x", "target": "integrations/${aws_apigatewayv2_integration.old.id}"}`
		toNew   = `"x": {"api_id": "a", "route_key": "GET /x", "target": "integrations/${aws_apigatewayv2_integration.new.id}"}`
		another = `"x": {"api_id": "b", "route_key": "GET /x", "target": "integrations/${aws_apigatewayv2_integration.new.id}"}`
	)
	served := func(kind, subnets, holder string) string {
		return fmt.Sprintf(`{"resource": {"aws_lb": {"a": {"load_balancer_type": %q, "subnets": [%s]}}%s}}`, kind, subnets, holder)
	}
	const service = `, "aws_vpc_endpoint_service": {"a": {"network_load_balancer_arns": ["${aws_lb.a.arn}"]}}`
	for name, test := range map[string]struct {
		before, after string
		want          []string
	}{
		"the last route to an integration leads to another": {api(both, toOld), api(one, toNew), []string{"held s/aws_apigatewayv2_integration.old"}},
		"a route that goes first":                           {api(both, toOld), api(one, `"y": {"api_id": "a", "route_key": "GET /y"}`), nil},
		"a route that is made anew":                         {api(both, toOld), api(one, another), []string{"remade s/aws_apigatewayv2_route.x"}},
		"an integration that is deleted last":               {api(later, toOld), api(one, toNew), nil},
		"an integration that stays":                         {api(both, toOld), api(both, toNew), nil},
		"an integration that is forgotten":                  {api(both, toOld), strings.TrimSuffix(api(one, toNew), "}") + `, "removed": [{"from": "aws_apigatewayv2_integration.old", "lifecycle": {"destroy": false}}]}`, []string{"forgotten s/aws_apigatewayv2_integration.old"}},
		"an integration that no route leads to":             {api(both, toNew), api(one, toNew), nil},
		"a zone less of a service":                          {served("network", `"x", "y"`, service), served("network", `"x"`, service), []string{"held s/aws_lb.a"}},
		"another zone of a service":                         {served("network", `"x", "y"`, service), served("network", `"x", "z"`, service), []string{"held s/aws_lb.a"}},
		"a zone less, and no service":                       {served("network", `"x", "y"`, service), served("network", `"x"`, ""), []string{"remade s/aws_lb.a"}},
		"a zone less of what serves nobody":                 {served("network", `"x", "y"`, ""), served("network", `"x"`, ""), []string{"remade s/aws_lb.a"}},
		"a zone more":                                       {served("network", `"x"`, service), served("network", `"x", "y"`, service), nil},
		"a zone less of another load balancer":              {served("application", `"x", "y"`, ""), served("application", `"x"`, ""), nil},
	} {
		t.Run(name, func(t *testing.T) {
			c := Outputs(outputOf(t, map[string]string{"s": test.before}), outputOf(t, map[string]string{"s": test.after}), nil)
			var got []string
			for _, line := range findings(c) {
				if !strings.Contains(line, " after ") {
					got = append(got, line)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			var text bytes.Buffer
			if err := c.Text(&text, "before"); err != nil {
				t.Fatal(err)
			}
			refused := len(test.want) > 0 && strings.HasPrefix(test.want[0], "held ")
			if c.Refused() != refused || strings.Contains(text.String(), "two deployments: the first") != refused || strings.Contains(text.String(), "order: none in one deployment") != refused {
				t.Errorf("refused %v, want %v; text:\n%s", c.Refused(), refused, &text)
			}
		})
	}
}

// AWS has room for one domain of a name, whatever the kind of its API, and for one variable at
// a place of a path, whatever it is called. No other address makes the two one.
func TestWhatTakesThePlaceOfAnotherClashes(t *testing.T) {
	one := func(kind, name, body string) string {
		return fmt.Sprintf(`{"resource": {%q: {%q: {%s}}}}`, kind, name, body)
	}
	const endpoint = "aws_vpc_endpoint"
	at := func(addresses ...string) string {
		var blocks []string
		for _, ip := range addresses {
			blocks = append(blocks, fmt.Sprintf(`{"subnet_id": "subnet-%s", "ipv4": %q}`, ip[len(ip)-1:], ip))
		}
		return `"vpc_id": "v", "subnet_configuration": [` + strings.Join(blocks, ", ") + "]"
	}
	const http, rest, path, route = "aws_apigatewayv2_domain_name", "aws_api_gateway_domain_name", "aws_api_gateway_resource", "aws_apigatewayv2_route"
	for name, test := range map[string]struct {
		before, after string
		want          []string
	}{
		"a domain of another kind":              {one(http, "a", `"domain_name": "api.example.com"`), one(rest, "a", `"domain_name": "api.example.com"`), []string{"clash s/aws_apigatewayv2_domain_name.a"}},
		"and back":                              {one(rest, "a", `"domain_name": "api.example.com"`), one(http, "a", `"domain_name": "api.example.com"`), []string{"clash s/aws_api_gateway_domain_name.a"}},
		"another domain of another kind":        {one(http, "a", `"domain_name": "api.example.com"`), one(rest, "a", `"domain_name": "new.example.com"`), nil},
		"a variable":                            {one(path, "x_id", `"rest_api_id": "a", "parent_id": "x", "path_part": "{id}"`), one(path, "x_number", `"rest_api_id": "a", "parent_id": "x", "path_part": "{number}"`), []string{"clash s/aws_api_gateway_resource.x_id"}},
		"a variable elsewhere":                  {one(path, "x_id", `"rest_api_id": "a", "parent_id": "x", "path_part": "{id}"`), one(path, "y_id", `"rest_api_id": "a", "parent_id": "y", "path_part": "{id}"`), nil},
		"an address of another endpoint":        {one(endpoint, "a", `"service_name": "a", `+at("10.0.0.1", "10.0.0.2")), one(endpoint, "b", `"service_name": "b", `+at("10.0.0.2", "10.0.0.3")), []string{"clash s/aws_vpc_endpoint.a"}},
		"addresses that nobody had":             {one(endpoint, "a", `"service_name": "a", `+at("10.0.0.1")), one(endpoint, "b", `"service_name": "b", `+at("10.0.0.2", "10.0.0.3")), nil},
		"an address less":                       {one(endpoint, "a", `"service_name": "a", `+at("10.0.0.1", "10.0.0.2")), one(endpoint, "a", `"service_name": "a", `+at("10.0.0.1")), nil},
		"a word for a variable":                 {one(path, "x_id", `"rest_api_id": "a", "parent_id": "x", "path_part": "{id}"`), one(path, "x_all", `"rest_api_id": "a", "parent_id": "x", "path_part": "all"`), nil},
		"a variable of a route":                 {one(route, "x_id", `"api_id": "a", "route_key": "GET /x/{id}"`), one(route, "x_number", `"api_id": "a", "route_key": "GET /x/{number}"`), []string{"clash s/aws_apigatewayv2_route.x_id"}},
		"a route with another method":           {one(route, "x_id", `"api_id": "a", "route_key": "GET /x/{id}"`), one(route, "x_post", `"api_id": "a", "route_key": "POST /x/{id}"`), nil},
		"a route for all that is below":         {one(route, "x_id", `"api_id": "a", "route_key": "GET /x/{id}"`), one(route, "x_all", `"api_id": "a", "route_key": "GET /x/{proxy+}"`), nil},
		"a route of the same variable, renamed": {one(route, "x_id", `"api_id": "a", "route_key": "GET /x/{id}"`), one(route, "y", `"api_id": "a", "route_key": "GET /x/{id}"`), []string{"clash s/aws_apigatewayv2_route.x_id"}},
	} {
		t.Run(name, func(t *testing.T) {
			c := Outputs(outputOf(t, map[string]string{"s": test.before}), outputOf(t, map[string]string{"s": test.after}), nil)
			if diff := cmp.Diff(test.want, findings(c)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			var text bytes.Buffer
			if err := c.Text(&text, "before"); err != nil {
				t.Fatal(err)
			}
			// What is one thing by the same name can be renamed, and nothing else here.
			same := strings.HasSuffix(name, "renamed")
			if len(test.want) > 0 && (strings.Contains(text.String(), "renamed:\n") != same || strings.Contains(text.String(), "two deployments: the first") == same) {
				t.Errorf("text:\n%s", &text)
			}
		})
	}
}
