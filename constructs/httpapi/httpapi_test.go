package httpapi

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
)

// admitted is something that there is.
type admitted struct{ cdktf.ITerraformDependable }

func good() Config {
	id := "x"
	return Config{
		Name: "acme-gateway-public", LinkID: &id, Account: arn.Account{Partition: "aws", Region: "eu-central-1", Number: "111111111111"},
		Services: map[string]Service{"dev.orders": {ListenerARN: &id, Domain: "orders.example.com"}},
		Routes:   map[string]string{"ANY /orders/{proxy+}": "dev.orders"},
		Callers:  Callers{IAM: true},
		Rate:     10, Burst: 20, TimeoutSeconds: 30,
		Log: Log{Group: "/apis/acme-gateway/public", RetentionDays: 90, Admitted: admitted{}},
	}
}

func TestAnAPIThatCannotBeIsRefused(t *testing.T) {
	if err := good().check(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		change func(*Config)
		want   string
	}{
		{func(c *Config) { c.Name = "" }, "want a name"},
		{func(c *Config) { c.Account.Number = "" }, "an account"},
		{func(c *Config) { c.LinkID = nil }, "want a VPC link"},
		{func(c *Config) { c.Routes = nil }, "and routes"},
		{func(c *Config) { c.Callers = Callers{} }, "0 ways to say who may call it, want one"},
		{func(c *Config) { c.Callers.Anybody = true }, "2 ways to say who may call it, want one"},
		{func(c *Config) { c.Burst = 0 }, "how many requests"},
		{func(c *Config) { c.TimeoutSeconds = 31 }, "at most 30 seconds"},
		{func(c *Config) { c.Log.Admitted = nil }, "may write to"},
		{func(c *Config) { c.Routes = map[string]string{"GET /": "dev.returns"} }, "route GET /: want a listener"},
		{func(c *Config) { c.Domain = &Domain{Name: "api.example.com"} }, "the public zone"},
	} {
		c := good()
		test.change(&c)
		if err := c.check(); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%+v: got error %v, want one with %q", c, err, test.want)
		}
	}
}

// Routes that differ have names that differ, in letters that Terraform takes.
func TestRoutesHaveNamesOfTheirOwn(t *testing.T) {
	names := map[string]string{}
	for _, route := range []string{"GET /a/b", "GET /a/{b}", "GET /a-b", "GET /a/b/", "GET /A/b", "GET /a/{b+}", "POST /a/b", "ANY /", "ANY /{proxy+}"} {
		name := RouteName(route)
		if other, taken := names[name]; taken {
			t.Errorf("%s and %s are both called %s", other, route, name)
		}
		names[name] = route
		if !regexp.MustCompile(`^[a-z][a-z0-9_]*_[0-9a-f]{6}$`).MatchString(name) {
			t.Errorf("%s is called %s", route, name)
		}
	}
	if got, want := RouteName("ANY /orders/{proxy+}"), "any_orders_proxy_a0b39b"; got != want {
		t.Errorf("a route that is deployed is called %s now, and was %s", got, want)
	}
}

// A line of the log is JSON, whatever the values are: a text may be a hyphen. API Gateway
// takes only formats with an id of the request.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-logging.html
func TestALineOfTheLogIsJSON(t *testing.T) {
	var line map[string]string
	if err := json.Unmarshal([]byte(LogFormat(logged)), &line); err != nil {
		t.Fatal(err)
	}
	if line["requestId"] != "$context.requestId" {
		t.Errorf("the id of the request is %q", line["requestId"])
	}
	for name, query := range queries {
		for _, field := range regexp.MustCompile(`[a-z]+[A-Z][A-Za-z]+|\bstatus\b`).FindAllString(query, -1) {
			if _, ok := line[field]; !ok && !strings.Contains(query, " as "+field) {
				t.Errorf("the query %s asks for %s, which the log does not have", name, field)
			}
		}
	}
}
