package estate

import (
	"fmt"
	"strings"
	"testing"
)

// rest is what an API of kind rest says about who may call it.
const rest = "    kind: rest\n    open: true\n"

// manyPaths are routes with more parts than a REST API has.
func manyPaths() []string {
	var lines []string
	for i := range 301 {
		lines = append(lines, fmt.Sprintf("GET /p%d: prod.orders", i))
	}
	return lines
}

var badRESTAPIs = []struct {
	name  string
	edits []edit
	want  string
}{
	{"a kind that there is not", withAPI(says("    kind: REST\n    open: true\n")), `acme/dev.yaml:20: apis.public.kind: "REST" is not one of http, rest (did you mean "rest"?)`},
	{"tokens", withAPI(says("    kind: rest\n    jwt: {issuer: https://login.example.com, audience: [orders]}\n")), `acme/dev.yaml:21: apis.public.jwt: REST APIs do not look at tokens of an identity provider by themselves: say iam: true or open: true instead, or kind: http`},
	{"a web ACL before an HTTP API", withAPI(says("    open: true\n    waf: {}\n")), `acme/dev.yaml:21: apis.public.waf: HTTP APIs take no web ACL: say kind: rest, or leave this out`},
	{"a mode and a rate that WAF does not take", withAPI(says(rest + "    waf: {mode: off, rate: 5}\n")), `acme/dev.yaml:22: apis.public.waf.mode: "off" is not one of count, block
acme/dev.yaml:22: apis.public.waf.rate: want a number from 10 to 2000000000, not 5: AWS WAF takes no other limits`},
	{"paths that REST APIs do not take", withAPI(says(rest), routed("GET /~me: prod.orders", "GET /orders/: prod.orders", "GET /: prod.orders")), `acme/dev.yaml:23: apis.public.routes["GET /~me"]: REST APIs take no ~ in a path: leave it out, or say kind: http
acme/dev.yaml:24: apis.public.routes["GET /orders/"]: REST APIs have no path that ends in a slash, and take a request for one as one for the path without: leave the slash out`},
	{"two variables at one place", withAPI(says(rest), routed("GET /orders/{id}: prod.orders", "POST /orders/{number}/lines: prod.orders", "GET /{all+}: prod.orders")), `acme/dev.yaml:24: apis.public.routes["POST /orders/{number}/lines"]: {id} and {number} are both below /orders, where a REST API has one variable: call both the same`},
	{"too many parts of paths", withAPI(says(rest), routed(manyPaths()...)), `have 301 parts of paths, and a REST API has 300 at the most: let {proxy+} stand for what is below one, or make two APIs`},
}

func TestBadRESTAPIsAreToldWithFileAndLine(t *testing.T) {
	for _, test := range badRESTAPIs {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(edited(t, test.edits...), "acme", "acme")
			if err == nil {
				t.Fatalf("loads, want:\n%s", test.want)
			}
			if got := err.Error(); got != test.want && (strings.HasPrefix(test.want, "acme/") || !strings.Contains(got, test.want)) {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

// Paths that an HTTP API takes as they are stay good, and a REST API waits a second less.
func TestWhatKindsOfAPIsDifferIn(t *testing.T) {
	e := loadEdited(t, withAPI(says(rest+"    waf: {}\n"))...)
	api := e.Spoke("dev").APIs["public"]
	if api.Timeout() != 29 || api.WAF.Mode != WAFCount || api.WAF.Rate != 2000 {
		t.Errorf("a REST API waits %d seconds, and its web ACL has %+v; want 29, count and 2000", api.Timeout(), *api.WAF)
	}
	if !e.HasAPIs("dev", RESTAPI) || e.HasAPIs("dev", HTTPAPI) || !e.Leads("dev", RESTAPI, ServiceRef{"prod", "orders"}) || e.Leads("dev", HTTPAPI, ServiceRef{"prod", "orders"}) {
		t.Error("the only API is not of kind rest")
	}
	if warning := e.Warnings.Warning(); strings.Contains(warning, "VPC links") {
		t.Errorf("REST APIs have no link in the VPC, and are warned about it:\n%s", warning)
	}
	http := loadEdited(t, withAPI(routed("GET /~me/: prod.orders", "GET /{id}/a: prod.orders", "GET /{key}/b: prod.orders"))...).Spoke("dev").APIs["public"]
	if http.Kind != HTTPAPI || http.Timeout() != 30 {
		t.Errorf("an API is of kind %s unless it says so, and waits %d seconds", http.Kind, http.Timeout())
	}
}
