package estate

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hubspoke/estate/waf"
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
	{"a mode and a rate that WAF does not take", withAPI(says(rest + "    waf: {mode: off, rate: 5}\n")), `acme/dev.yaml:22: apis.public.waf.mode: "off" is not one of count, block, detached
acme/dev.yaml:22: apis.public.waf.rate: want a number from 10 to 2000000000, not 5: AWS WAF takes no other limits`},
	{"a web ACL that is given up, and a header that is none", withAPI(says(rest + "    waf: {mode: detached, client_header: 'X Forwarded'}\n")), `acme/dev.yaml:22: apis.public.waf.client_header: "X Forwarded" is not the name of an HTTP header, such as X-Forwarded-For
acme/dev.yaml:22: apis.public.waf.mode: an API gives its web ACL up with the key: leave waf out, or say count`},
	{"paths that REST APIs do not take", withAPI(says(rest), routed("GET /~me: prod.orders", "GET /orders/: prod.orders", "GET /: prod.orders")), `acme/dev.yaml:23: apis.public.routes["GET /~me"]: REST APIs take no ~ in a path: leave it out, or say kind: http
acme/dev.yaml:24: apis.public.routes["GET /orders/"]: REST APIs have no path that ends in a slash, and take a request for one as one for the path without: leave the slash out`},
	{"two variables at one place", withAPI(says(rest), routed("GET /orders/{id}: prod.orders", "POST /orders/{number}/lines: prod.orders", "GET /{all+}: prod.orders")), `acme/dev.yaml:24: apis.public.routes["POST /orders/{number}/lines"]: {id} and {number} are both below /orders, where a REST API has one variable: call both the same`},
	{"what HTTP APIs are not", withAPI(says("    open: true\n    private: true\n    keys: {partner: {}}\n")), `acme/dev.yaml:21: apis.public.private: HTTP APIs are called by way of the internet: say kind: rest, or leave this out
acme/dev.yaml:22: apis.public.keys: HTTP APIs know no keys: say kind: rest, or leave this out`},
	{"a private API without an endpoint, at a domain", withAPI(says(rest + "    private: true\n    mutual_tls: {truststore: s3://acme-trust/authorities.pem}\n")), `acme/dev.yaml:19: apis.public.domain: a private API has the name that AWS gives it, below the hub's endpoint: leave the domain out
acme/dev.yaml:22: apis.public.private: it is called by the hub's endpoint for private APIs, and there is none: add execute-api to endpoints in hub.yaml
acme/dev.yaml:23: apis.public.mutual_tls: AWS asks for certificates of callers at domains on the internet alone: leave this out, or private`},
	{"a private API that asks for certificates", append(withAPI(says(rest+"    private: true\n    mutual_tls: {truststore: s3://acme-trust/authorities.pem}\n")), edit{"hub.yaml", "[sts,", "[execute-api, sts,"}, edit{"dev.yaml", "    domain: api.acme.example\n", ""}), `acme/dev.yaml:22: apis.public.mutual_tls: AWS asks for certificates of callers at domains on the internet alone: leave this out, or private`},
	{"keys that let nothing in", withAPI(says(rest + "    keys: {partner: {rate: 0, burst: 0, quota: {requests: 0, per: hour}}, Other: {}, third: {quota: {}}}\n")), `acme/dev.yaml:22: apis.public.keys.Other: "Other" is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen
acme/dev.yaml:22: apis.public.keys.partner.burst: want a number of 1 or more, not 0: a key that lets nothing in is none
acme/dev.yaml:22: apis.public.keys.partner.quota.per: "hour" is not one of day, week, month
acme/dev.yaml:22: apis.public.keys.partner.quota.requests: want a number of 1 or more, not 0: a key that lets nothing in is none
acme/dev.yaml:22: apis.public.keys.partner.rate: want a number of 1 or more, not 0: a key that lets nothing in is none
acme/dev.yaml:22: apis.public.keys.third.quota.requests: missing: write one, such as requests: 10000`},
	{"keys that the API lets less in than", withAPI(says(rest + "    rate: 10\n    burst: 10\n    keys:\n      partner: {rate: 11}\n      other: {burst: 11}\n      third: {}\n")), `acme/dev.yaml:25: apis.public.keys.partner.rate: 11 requests in a second are more than the 10 that the API takes of all callers together: say less, or raise the API's rate
acme/dev.yaml:26: apis.public.keys.other.burst: 11 requests at once are more than the 10 that the API takes of all callers together: say less, or raise the API's burst`},
	{"a key that says what it is", withAPI(says(rest + "    keys: {partner: {value: abcdefghijklmnopqrstuvwxyz}}\n")), `acme/dev.yaml:22: apis.public.keys.partner.value: unknown key: those here are burst, quota, rate`},
	{"keys whose names run together", withAPI(says(rest+"    keys: {a-b: {}}\n"), edit{"dev.yaml", "apis:\n", "apis:\n  public-a: {kind: rest, open: true, keys: {b: {}}, routes: {GET /: prod.orders}}\n"}), `acme/dev.yaml:18: apis.public-a: something of it would be called public-a-b, like something of apis.public: choose another name for one of the two`},
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

// What a consumer does not say, the API does; a quota is for a day.
func TestKeysHaveTheLimitsOfTheirAPI(t *testing.T) {
	api := loadEdited(t, withAPI(says(rest+"    rate: 7\n    keys: {partner: {quota: {requests: 5}}, other: {rate: 2, burst: 3}}\n"))...).Spoke("dev").APIs["public"]
	if got, want := *api.Keys["partner"].Quota, (KeyQuota{5, PerDay}); got != want || api.Keys["partner"].Rate != 7 || api.Keys["partner"].Burst != 200 {
		t.Errorf("partner has %+v, and the quota %+v", api.Keys["partner"], got)
	}
	if got, want := api.Keys["other"], (APIKey{Rate: 2, Burst: 3}); got != want {
		t.Errorf("got %+v, want %+v", got, want)
	}
}

// The endpoint of private APIs has no zone, and the names of APIs resolve as they did.
func TestPrivateAPIsHaveAnEndpointAndNoZone(t *testing.T) {
	e := loadEdited(t, append(withAPI(says(rest+"    private: true\n")), edit{"dev.yaml", "    domain: api.acme.example\n", ""}, edit{"hub.yaml", "[sts,", "[execute-api, sts,"})...)
	if !slices.Contains(e.CentralEndpoints(), PrivateAPIs) || slices.Contains(e.ZonedEndpoints(), PrivateAPIs) || !e.HasPrivateAPIs("dev") || e.HasPrivateAPIs("prod") {
		t.Errorf("endpoints %v, with zones %v", e.CentralEndpoints(), e.ZonedEndpoints())
	}
	if e.isPrivate("dev", "other.execute-api.ap-southeast-3.amazonaws.com") {
		t.Error("an API of the internet counts as one of this estate")
	}
}

// Paths that an HTTP API takes as they are stay good, and a REST API waits a second less.
func TestWhatKindsOfAPIsDifferIn(t *testing.T) {
	e := loadEdited(t, withAPI(says(rest+"    waf: {}\n"))...)
	api := e.Spoke("dev").APIs["public"]
	if api.Timeout() != 29 || api.WAF.Mode != waf.Count || api.WAF.Rate != 2000 {
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
