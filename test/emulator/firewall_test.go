package emulator_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/internal/emulator"
)

// asker asks an emulator for operations as an administrator, without Terraform.
type asker struct {
	t   *testing.T
	aws *emulator.Emulator
	// hub is the number of the account that asks.
	hub string
}

// asking starts an emulator for the small estate, in which nothing is deployed.
func asking(t *testing.T) asker {
	t.Helper()
	needed(t)
	e, err := estate.Load(small(t))
	if err != nil {
		t.Fatal(err)
	}
	aws, err := emulator.Start(t.Context(), project, emulator.WorldOf(e), os.Stderr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { aws.Stop() })
	return asker{t, aws, e.Accounts[estate.HubAccount]}
}

// send posts a request that is signed for a service.
func (a asker) send(service, kind, target, body string) (int, string) {
	a.t.Helper()
	request, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.aws.Endpoint, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	request.Header.Set("Content-Type", kind)
	request.Header.Set("X-Amz-Target", target)
	return a.signed(service, request)
}

// signed sends a request as one for a service: the emulator looks at who asks, and at no signature.
func (a asker) signed(service string, request *http.Request) (int, string) {
	a.t.Helper()
	request.Header.Set("Authorization", fmt.Sprintf("AWS4-HMAC-SHA256 Credential=%s/20260101/%s/%s/aws4_request, SignedHeaders=host, Signature=0", a.aws.Administrator.AccessKeyID, a.aws.Region, service))
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		a.t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

// ec2 asks Amazon EC2, and returns what the answer has in an element.
func (a asker) ec2(action, element string, values url.Values) string {
	a.t.Helper()
	values.Set("Action", action)
	values.Set("Version", "2016-11-15")
	status, text := a.send("ec2", "application/x-www-form-urlencoded", "", values.Encode())
	found := regexp.MustCompile("<" + element + ">([^<]*)<").FindStringSubmatch(text)
	if status != http.StatusOK || found == nil {
		a.t.Fatalf("%s: %d %s", action, status, text)
	}
	return found[1]
}

// firewall asks AWS Network Firewall. It returns the answer, and the code of an error.
func (a asker) firewall(operation string, input map[string]any) (answer map[string]any, code string) {
	a.t.Helper()
	return a.json("network-firewall", "NetworkFirewall_20201112."+operation, input)
}

// json asks a service that takes JSON. It returns the answer, and the code of an error.
func (a asker) json(service, operation string, input map[string]any) (answer map[string]any, code string) {
	a.t.Helper()
	body, err := json.Marshal(input)
	if err != nil {
		a.t.Fatal(err)
	}
	_, text := a.send(service, "application/x-amz-json-1.0", operation, string(body))
	if text == "" {
		return nil, ""
	}
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		a.t.Fatalf("%s: %s", operation, text)
	}
	code, _ = answer["__type"].(string)
	return answer, code[strings.LastIndex(code, "#")+1:]
}

// The emulator refuses of a firewall what AWS refuses: rules that do not fit, a policy of another order, a change that protection
// is against, and to delete what is in use.
func TestTheEmulatorGuardsAFirewall(t *testing.T) {
	a := asking(t)
	vpc := a.ec2("CreateVpc", "vpcId", url.Values{"CidrBlock": {"10.9.0.0/16"}})
	subnet := func(zone, cidr string) map[string]any {
		return map[string]any{"SubnetId": a.ec2("CreateSubnet", "subnetId", url.Values{"VpcId": {vpc}, "CidrBlock": {cidr}, "AvailabilityZone": {a.aws.Region + zone}})}
	}
	one, other := subnet("a", "10.9.0.0/28"), subnet("b", "10.9.0.16/28")
	group := func(name string, capacity int, order string) map[string]any {
		return map[string]any{"RuleGroupName": name, "Type": "STATEFUL", "Capacity": capacity, "RuleGroup": map[string]any{
			"RulesSource":         map[string]any{"RulesString": "pass tcp any any -> any 22 (sid:1;)\n# nothing\ndrop ip any any -> any any (sid:2;)\n"},
			"StatefulRuleOptions": map[string]any{"RuleOrder": order},
		}}
	}
	prefix := "arn:aws:network-firewall:" + a.aws.Region + ":" + a.hub + ":"
	policy := func(name, of string) map[string]any {
		return map[string]any{"FirewallPolicyName": name, "FirewallPolicy": map[string]any{
			"StatelessDefaultActions": []string{"aws:forward_to_sfe"}, "StatelessFragmentDefaultActions": []string{"aws:forward_to_sfe"},
			"StatefulEngineOptions":       map[string]any{"RuleOrder": "STRICT_ORDER"},
			"StatefulRuleGroupReferences": []map[string]any{{"ResourceArn": prefix + "stateful-rulegroup/" + of, "Priority": 1}},
		}}
	}
	named := map[string]any{"FirewallName": "main"}
	with := func(more map[string]any) map[string]any { more["FirewallName"] = "main"; return more }
	for _, c := range []struct {
		operation string
		input     map[string]any
		refused   string
	}{
		{"CreateRuleGroup", group("small", 1, "STRICT_ORDER"), "InvalidRequestException"},
		{"CreateRuleGroup", group("strict", 2, "STRICT_ORDER"), ""},
		{"CreateRuleGroup", group("default", 2, "DEFAULT_ACTION_ORDER"), ""},
		{"CreateFirewallPolicy", policy("main", "none"), "InvalidRequestException"},
		{"CreateFirewallPolicy", policy("main", "default"), "InvalidRequestException"},
		{"CreateFirewallPolicy", policy("main", "strict"), ""},
		{"CreateFirewall", with(map[string]any{"FirewallPolicyArn": prefix + "firewall-policy/other", "VpcId": vpc, "SubnetMappings": []any{one}}), "InvalidRequestException"},
		{"CreateFirewall", with(map[string]any{"FirewallPolicyArn": prefix + "firewall-policy/main", "VpcId": vpc, "SubnetMappings": []any{one}, "DeleteProtection": true, "SubnetChangeProtection": true}), ""},
		{"AssociateSubnets", with(map[string]any{"SubnetMappings": []any{other}}), "InvalidOperationException"},
		{"UpdateSubnetChangeProtection", with(map[string]any{"SubnetChangeProtection": false, "UpdateToken": "another"}), "InvalidTokenException"},
		{"UpdateSubnetChangeProtection", with(map[string]any{"SubnetChangeProtection": false}), ""},
		{"AssociateSubnets", with(map[string]any{"SubnetMappings": []any{one}}), "InvalidRequestException"},
		{"AssociateSubnets", with(map[string]any{"SubnetMappings": []any{other}}), ""},
		{"DeleteRuleGroup", map[string]any{"RuleGroupName": "strict", "Type": "STATEFUL"}, "InvalidOperationException"},
		{"DeleteFirewallPolicy", map[string]any{"FirewallPolicyName": "main"}, "InvalidOperationException"},
		{"DeleteFirewall", named, "InvalidOperationException"},
		{"UpdateFirewallDeleteProtection", with(map[string]any{"DeleteProtection": false}), ""},
	} {
		if answer, code := a.firewall(c.operation, c.input); code != c.refused {
			t.Errorf("%s %v: %q, want %q: %v", c.operation, c.input, code, c.refused, answer)
		}
	}
	a.goes(vpc)
}

// goes: a firewall with two endpoints goes once no route leads to it, and then what it had.
func (a asker) goes(vpc string) {
	t, named := a.t, map[string]any{"FirewallName": "main"}
	described, _ := a.firewall("DescribeFirewall", named)
	text, _ := json.Marshal(described)
	endpoints := regexp.MustCompile(`vpce-[0-9a-f]+`).FindAllString(string(text), -1)
	if len(endpoints) != 2 {
		t.Fatalf("in two zones it has the endpoints %v", endpoints)
	}
	// A route leads to an endpoint: neither goes before the route.
	table := a.ec2("CreateRouteTable", "routeTableId", url.Values{"VpcId": {vpc}})
	a.ec2("CreateRoute", "return", url.Values{"RouteTableId": {table}, "DestinationCidrBlock": {"0.0.0.0/0"}, "VpcEndpointId": {endpoints[0]}})
	if _, code := a.firewall("DeleteFirewall", named); code != "InvalidOperationException" {
		t.Errorf("a firewall that a route leads to is deleted: %q", code)
	}
	a.ec2("DeleteRoute", "requestId", url.Values{"RouteTableId": {table}, "DestinationCidrBlock": {"0.0.0.0/0"}})
	for _, operation := range []string{"DeleteFirewall", "DeleteFirewallPolicy", "DeleteRuleGroup"} {
		if answer, code := a.firewall(operation, map[string]any{"FirewallName": "main", "FirewallPolicyName": "main", "RuleGroupName": "strict", "Type": "STATEFUL"}); code != "" {
			t.Errorf("%s: %v", operation, answer)
		}
	}
	if _, code := a.firewall("DescribeFirewall", named); code != "ResourceNotFoundException" {
		t.Errorf("a firewall that is deleted is there: %q", code)
	}
}
