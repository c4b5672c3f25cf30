package estate

import (
	"maps"
	"slices"
	"strings"
	"testing"
)

// withAPI gives dev an API before prod's service, which is on the lines from 17, and makes
// further edits.
func withAPI(edits ...edit) []edit {
	return withService(append([]edit{{"dev.yaml", "  prod.orders: {slot: 1}\n", `  prod.orders: {slot: 1}
apis:
  public:
    domain: api.acme.example
    iam: true
    routes:
      ANY /orders/{proxy+}: prod.orders
`}}, edits...)...)
}

// says replaces what the API says about who may call it.
func says(text string) edit { return edit{"dev.yaml", "    iam: true\n", text} }

// routed replaces the API's route.
func routed(lines ...string) edit {
	return edit{"dev.yaml", "      ANY /orders/{proxy+}: prod.orders\n", "      " + strings.Join(lines, "\n      ") + "\n"}
}

var badAPIs = []struct {
	name  string
	edits []edit
	want  string
}{
	{"a misspelt key", withAPI(says("    iam: true\n    rates: 10\n")), `acme/dev.yaml:21: apis.public.rates: unknown key (did you mean "rate"?)`},
	{"nobody who may call it", withAPI(says("")), `acme/dev.yaml:18: apis.public: nobody says who may call it: name an issuer under jwt, or say iam: true, or, if everybody may, open: true`},
	{"nobody, said twice", withAPI(says("    iam: false\n    open: false\n")), `acme/dev.yaml:18: apis.public: nobody says who may call it: name an issuer under jwt, or say iam: true, or, if everybody may, open: true`},
	{"two ways to call it", withAPI(says("    iam: true\n    jwt: {issuer: https://login.example.com, audience: [orders]}\n")), `acme/dev.yaml:18: apis.public: iam and jwt contradict each other: an API has one of them`},
	{"three ways to call it", withAPI(says("    iam: true\n    open: true\n    jwt: {issuer: https://login.example.com, audience: [orders]}\n")), `acme/dev.yaml:18: apis.public: iam and jwt and open contradict each other: an API has one of them`},
	{"an issuer without TLS", withAPI(says("    jwt: {issuer: http://login.example.com, audience: [orders]}\n")), `acme/dev.yaml:20: apis.public.jwt.issuer: "http://login.example.com" is not a URL that begins with https://, without a query`},
	{"an issuer with a query", withAPI(says("    jwt: {issuer: \"https://login.example.com/?tenant=1\", audience: [orders]}\n")), `acme/dev.yaml:20: apis.public.jwt.issuer: "https://login.example.com/?tenant=1" is not a URL that begins with https://, without a query`},
	{"tokens for anybody", withAPI(says("    jwt: {issuer: https://login.example.com, audience: []}\n")), `acme/dev.yaml:20: apis.public.jwt.audience: names nothing: want 1 or more: without one, the issuer's tokens for anybody else would be good here too, and AWS takes 50`},
	{"an issuer alone", withAPI(says("    jwt: {issuer: https://login.example.com}\n")), `acme/dev.yaml:20: apis.public.jwt.audience: missing: write one, such as audience: [orders]`},
	{"no routes", withAPI(edit{"dev.yaml", "    routes:\n      ANY /orders/{proxy+}: prod.orders\n", ""}), `acme/dev.yaml:18: apis.public.routes: missing: write one, such as routes: {'ANY /orders/{proxy+}': dev.orders}`},
	{"an empty list of routes", withAPI(edit{"dev.yaml", "    routes:\n      ANY /orders/{proxy+}: prod.orders\n", "    routes: {}\n"}), `acme/dev.yaml:21: apis.public.routes: names nothing: want 1 or more: an API without routes answers nothing`},
	{"routes without a slash, a method, in small letters, with the rest in the middle", withAPI(routed("ANY orders: prod.orders", "/orders: prod.orders", "get /orders: prod.orders", "GET /{rest+}/orders: prod.orders", "$default: prod.orders")), `acme/dev.yaml:22: apis.public.routes["ANY orders"]: "ANY orders" is not a method and a path that begins with a slash, such as GET /orders/{id}, or ANY /orders/{proxy+} for all below
acme/dev.yaml:23: apis.public.routes["/orders"]: "/orders" is not a method and a path that begins with a slash, such as GET /orders/{id}, or ANY /orders/{proxy+} for all below
acme/dev.yaml:24: apis.public.routes["get /orders"]: "get /orders" is not a method and a path that begins with a slash, such as GET /orders/{id}, or ANY /orders/{proxy+} for all below
acme/dev.yaml:25: apis.public.routes["GET /{rest+}/orders"]: "GET /{rest+}/orders" is not a method and a path that begins with a slash, such as GET /orders/{id}, or ANY /orders/{proxy+} for all below
acme/dev.yaml:26: apis.public.routes["$default"]: "$default" is not a method and a path that begins with a slash, such as GET /orders/{id}, or ANY /orders/{proxy+} for all below`},
	{"the same route by another name", withAPI(routed("ANY /orders/{proxy+}: prod.orders", "ANY /orders/{path+}: prod.orders", "GET /orders/{id}: prod.orders", "GET /orders/{number}: prod.orders")), `acme/dev.yaml:22: apis.public.routes["ANY /orders/{proxy+}"]: ANY /orders/{path+} is the same to API Gateway, whatever its variables are called: leave one of the two out
acme/dev.yaml:25: apis.public.routes["GET /orders/{number}"]: GET /orders/{id} is the same to API Gateway, whatever its variables are called: leave one of the two out`},
	{"the same route", withAPI(routed("ANY /orders: prod.orders", "ANY /orders: prod.orders")), `acme/dev.yaml:23: apis.public.routes["ANY /orders"]: stated twice, first on line 22`},
	{"a route to a service without an endpoint", withAPI(routed("ANY /orders: prod.orders", "ANY /returns: prod.returns", "ANY /old: orders")), `acme/dev.yaml:23: apis.public.routes["ANY /returns"]: prod.returns has no private endpoint here: name it under private_endpoints, with a slot
acme/dev.yaml:24: apis.public.routes["ANY /old"]: "orders" is not a service of another spoke, <spoke>.<service>`},
	{"a domain in no public zone", withAPI(edit{"dev.yaml", "api.acme.example", "api.example.com"}), `acme/dev.yaml:19: apis.public.domain: api.example.com lies in none of dns.public_zones, where its certificate is validated and its record is: add the zone to estate.yaml, or name a domain below one`},
	{"a domain that no certificate is for", withAPI(edit{"dev.yaml", "api.acme.example", "the-interface-for-all-customers-in-every-country-that-we-serve.eu.acme.example"}), `acme/dev.yaml:19: apis.public.domain: the-interface-for-all-customers-in-every-country-that-we-serve.eu.acme.example has 78 characters, and a certificate's name at most 64: choose a shorter one`},
	{"the domain of a service", withAPI(edit{"dev.yaml", "api.acme.example", "orders.acme.example"}), `acme/dev.yaml:19: apis.public.domain: orders.acme.example is the domain of prod.orders already`},
	{"the domain of another API", withAPI(edit{"dev.yaml", "    routes:\n", "    routes: {GET /: prod.orders}\n  again:\n    open: true\n    domain: api.acme.example\n    routes:\n"}), `acme/dev.yaml:19: apis.public.domain: api.acme.example is the domain of dev.api.again already`},
	{"certificates of callers without a domain", withAPI(edit{"dev.yaml", "    domain: api.acme.example\n", "    mutual_tls: {truststore: s3://acme-trust/authorities.pem}\n"}), `acme/dev.yaml:19: apis.public.mutual_tls: certificates of callers are asked for by a domain of the API's own alone: give it a domain, or leave this out`},
	{"a truststore that is no object", withAPI(says("    iam: true\n    mutual_tls: {truststore: https://acme-trust.s3.amazonaws.com/authorities.pem}\n")), `acme/dev.yaml:21: apis.public.mutual_tls.truststore: "https://acme-trust.s3.amazonaws.com/authorities.pem" is not an object of S3, such as s3://acme-trust/authorities.pem`},
	{"no requests, and an answer that nobody waits for", withAPI(says("    iam: true\n    rate: 0\n    burst: 0\n    timeout_seconds: 31\n")), `acme/dev.yaml:21: apis.public.rate: want a number of 1 or more, not 0: an API that nobody may call is none
acme/dev.yaml:22: apis.public.burst: want a number of 1 or more, not 0: an API that nobody may call is none
acme/dev.yaml:23: apis.public.timeout_seconds: want a number from 1 to 30, not 31: an HTTP API waits no longer`},
	{"an API whose record is called like another's", withAPI(edit{"dev.yaml", "apis:\n", "apis:\n  public-validation: {open: true, domain: other.acme.example, routes: {GET /: prod.orders}}\n"}), `acme/dev.yaml:18: apis.public-validation: something of it would be called public-validation, like something of apis.public: choose another name for one of the two`},
	{"a service that is called like what is before another", withAPI(
		edit{"prod.yaml", "    consumers: [dev]\n", "    consumers: [dev]\n  orders-front:\n    namespace: shop\n    service: front\n    port: 8444\n    domain: front.acme.example\n    consumers: [dev]\n"},
		edit{"dev.yaml", "apis:\n", "  prod.orders-front: {slot: 2}\napis:\n"}), `acme/dev.yaml:17: private_endpoints["prod.orders-front"]: something of it would be called prod-orders-front, like something of private_endpoints["prod.orders"]: choose another name for one of the two`},
	{"a project whose load balancers would have long names", withAPI(edit{"estate.yaml", "project: acme", "project: acme-of-the-whole-aa"}, edit{"dev.yaml", "slot: 1", "slot: 10"}), `acme/dev.yaml:16: private_endpoints["prod.orders"]: acme-of-the-whole-aa-dev-front-10, the name of the load balancer that APIs reach it by, has 33 characters, and AWS takes 32: only an account or a project of a shorter name can have APIs`},
	{"a network in zones without links", withAPI(
		edit{"estate.yaml", "region: ap-southeast-3\nzones: [apse3-az1, apse3-az2, apse3-az3]", "region: eu-west-3\nzones: [euw3-az1, euw3-az2, euw3-az3]"},
		edit{"dev.yaml", "  az_count: 2\n  nat: none\n  database_subnets: true\n  prefix_lengths:\n    public: 24\n    private: 18\n    database: 24\n", "  private_only: true\n  subnets: {private: {euw3-az2: 10.1.0.0/20}, attachment: {euw3-az2: 10.1.16.0/28}}\n"}), `acme/dev.yaml:12: apis: APIs reach the VPC by a link, which AWS makes in no zone of its private subnets (euw3-az2): give the network another zone`},
}

func TestBadAPIsAreToldWithFileAndLine(t *testing.T) {
	for _, test := range badAPIs {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(edited(t, test.edits...), "acme", "acme")
			if err == nil {
				t.Fatalf("loads, want:\n%s", test.want)
			}
			if got := err.Error(); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

// An account of another region, where AWS makes links, is warned about nothing.
func TestARegionThatAWSListsNoLinksForIsWarnedAbout(t *testing.T) {
	want := "acme/dev.yaml:17: apis: AWS lists no zones of ap-southeast-3 for VPC links, by which APIs reach the VPC: ask for one with aws apigatewayv2 create-vpc-link before you build on it\n"
	if got := loadEdited(t, withAPI()...).Warnings.Warning(); !strings.Contains(got, want) {
		t.Errorf("got:\n%s\nwant in it:\n%s", got, want)
	}
	if got := loadEdited(t, withService()...).Warnings.Warning(); strings.Contains(got, "VPC links") {
		t.Errorf("without APIs:\n%s", got)
	}
}

// What is left out has the documented defaults.
func TestDefaultsOfAPIs(t *testing.T) {
	api := loadEdited(t, withAPI()...).Spoke("dev").APIs["public"]
	if api.Rate != 100 || api.Burst != 200 || api.TimeoutSeconds != 30 {
		t.Errorf("rate %d, burst %d, timeout %d; want 100, 200, 30", api.Rate, api.Burst, api.TimeoutSeconds)
	}
}

// The endpoint of slot 1 has the first of the ten addresses that each private subnet keeps
// free, in each zone that both VPCs have.
func TestEndpointsHaveTheAddressesOfTheirSlot(t *testing.T) {
	e := loadEdited(t, withAPI()...)
	got := e.EndpointAddresses("dev", ServiceRef{"prod", "orders"})
	want := map[string]string{"apse3-az1": "10.1.64.22", "apse3-az2": "10.1.128.22"}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if name := e.FrontName("dev", ServiceRef{"prod", "orders"}); name != "acme-dev-front-1" {
		t.Errorf("the load balancer is called %s", name)
	}
}

// Every zone without VPC links is one of a region whose other zones have them.
func TestZonesWithoutVPCLinksAreThoseOfTheirRegions(t *testing.T) {
	for _, zone := range withoutVPCLinks {
		if !slices.ContainsFunc(listedForVPCLinks, func(region string) bool { return slices.Contains(regionZones[region], zone) }) {
			t.Errorf("%s is a zone of no region that AWS lists", zone)
		}
	}
	for _, region := range listedForVPCLinks {
		if len(regionZones[region]) == 0 {
			t.Errorf("%s is no region of the address plan", region)
		}
	}
}

// Which service a health path gets to is said where API Gateway's ranks do not matter.
func TestWhatAnswersAPath(t *testing.T) {
	api := API{Routes: map[string]string{
		"GET /healthz": "a.one", "ANY /healthz": "a.two", "POST /written": "a.one",
		"ANY /one/{proxy+}": "a.one", "GET /one/{id}": "a.one", "GET /one/{id}/{part}": "a.two",
		"GET /both/{id}/": "a.two", "ANY /status": "a.two",
	}}
	for path, want := range map[string]string{
		"/healthz": "a.one", "/status": "a.two", "/written": "", "/": "", "/nowhere": "",
		"/one": "", "/one/": "", "/one/x": "a.one", "/one/x/y": "", "/one/x/y/z": "a.one", "/both/x": "", "/both/x/": "a.two", "/both//": "",
	} {
		if got := api.answers(path); got != want {
			t.Errorf("%s is answered by %q, want %q", path, got, want)
		}
	}
	for want, routes := range map[string][]string{
		"": {"POST /orders", "DELETE /orders/{id}"}, "/": {"ANY /"}, "/orders/probe": {"POST /", "GET /orders/{proxy+}"}, "/probe/x/probe": {"ANY /{a}/x/{b}"},
	} {
		api := API{Routes: map[string]string{}}
		for _, route := range routes {
			api.Routes[route] = "a.one"
		}
		if got := api.AnyPath(); got != want {
			t.Errorf("%q lead somewhere with %q, want %q", routes, got, want)
		}
	}
}
