package estate

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
)

// withService gives prod a cluster and a service, that dev uses, and makes further edits.
func withService(edits ...edit) []edit {
	return append([]edit{
		{"prod.yaml", "", `cluster:
  service_cidr: 10.200.0.0/20
  namespaces: {shop: {}}
services:
  orders:
    namespace: shop
    service: orders
    port: 8443
    domain: orders.acme.example
    consumers: [dev]
`},
		{"dev.yaml", "", "private_endpoints:\n  prod.orders: {slot: 1}\n"},
	}, edits...)
}

var badPrivateLink = []struct {
	name  string
	edits []edit
	want  string
}{
	{"a misspelt key", withService(edit{"prod.yaml", "    port: 8443\n", "    port: 8443\n    plain: true\n"}), `acme/prod.yaml:17: services.orders.plain: unknown key (did you mean "plaintext"?)`},
	{"a Kubernetes Service of no such name", withService(edit{"prod.yaml", "    service: orders\n", "    service: orders.v2\n"}), `acme/prod.yaml:15: services.orders.service: "orders.v2" is not the name of a Kubernetes Service: up to 63 lower-case letters, digits and hyphens, a letter first and no hyphen last`},
	{"a target group that two would have", withService(edit{"prod.yaml", "    port: 8443\n", "    port: 8443\n    plaintext: true\n"}, edit{"prod.yaml", "services:\n", "services:\n  orders-http: {namespace: shop, service: web, port: 8080, domain: web.acme.example, consumers: [dev]}\n"}), `acme/prod.yaml:13: services.orders-http: its target group would be called as that of orders, which speaks plain text: give it another name`},
	{"a port that there is not", withService(edit{"prod.yaml", "port: 8443", "port: 84430"}), `acme/prod.yaml:16: services.orders.port: want a number from 1 to 65535, not 84430: those are the ports there are`},
	{"port 0", withService(edit{"prod.yaml", "port: 8443", "port: 0"}), `acme/prod.yaml:16: services.orders.port: want a number from 1 to 65535, not 0: those are the ports there are`},
	{"no port, domain or consumers", withService(edit{"prod.yaml", "    port: 8443\n    domain: orders.acme.example\n    consumers: [dev]\n", ""}, edit{"dev.yaml", "private_endpoints:\n  prod.orders: {slot: 1}\n", ""}), `acme/prod.yaml:13: services.orders.consumers: missing: write one, such as consumers: [gateway]
acme/prod.yaml:13: services.orders.domain: missing: write one, such as domain: orders.svc.example.com
acme/prod.yaml:13: services.orders.port: missing: write one, such as port: 8443`},
	{"a health path that is none", withService(edit{"prod.yaml", "    port: 8443\n", "    port: 8443\n    health_path: healthz\n"}), `acme/prod.yaml:17: services.orders.health_path: "healthz" is not a path of a URL, such as /healthz`},
	{"a namespace that the bundle does not make", withService(edit{"prod.yaml", "namespace: shop", "namespace: shops"}), `acme/prod.yaml:14: services.orders.namespace: the bundle admits load balancers to pods in namespaces that it makes: name shops under cluster.namespaces (did you mean "shop"?)`},
	{"a controller that knows ARNs alone", withService(edit{"prod.yaml", "  namespaces: {shop: {}}\n", "  namespaces: {shop: {}}\n  chart_versions: {aws-load-balancer-controller: 1.10.1}\n"}), `acme/prod.yaml:14: services.orders: the load balancer controller of the chart aws-load-balancer-controller 1.10.1 knows target groups by their ARNs alone: take 1.11.0 or a newer one under cluster.chart_versions`},
	{"no cluster", withService(edit{"prod.yaml", "cluster:\n  service_cidr: 10.200.0.0/20\n  namespaces: {shop: {}}\n", ""}), `acme/prod.yaml:10: services.orders: its targets are pods, and prod has no cluster: give it one, or leave the service out`},
	{"a name that is too long", withService(edit{"prod.yaml", "  orders:\n", "  orders-of-all-customers:\n"}, edit{"dev.yaml", "prod.orders", "prod.orders-of-all-customers"}), `acme/prod.yaml:13: services.orders-of-all-customers: acme-prod-orders-of-all-customers, the name of its target group, has 33 characters, and AWS takes 32: shorten the service's name`},
	{"a name that is too long with what plain text adds", withService(edit{"prod.yaml", "  orders:\n", "  orders-of-a-customer:\n    plaintext: true\n"}, edit{"dev.yaml", "prod.orders", "prod.orders-of-a-customer"}), `acme/prod.yaml:13: services.orders-of-a-customer: acme-prod-orders-of-a-customer-http, the name of its target group, has 35 characters, and AWS takes 32: shorten the service's name`},
	{"a project that AWS takes for its own", withService(edit{"estate.yaml", "project: acme", "project: internal"}), `acme/prod.yaml:13: services.orders: AWS takes no load balancer whose name begins with internal-, as internal-prod-orders does: a project of another name can have services`},
	{"a domain in no public zone", withService(edit{"prod.yaml", "domain: orders.acme.example", "domain: orders.example.com"}), `acme/prod.yaml:17: services.orders.domain: orders.example.com lies in none of dns.public_zones, where its certificate would be validated: add the zone to estate.yaml, or name a domain below one`},
	{"a domain that no certificate is for", withService(edit{"prod.yaml", "domain: orders.acme.example", "domain: orders-of-all-customers-in-every-country-that-we-serve.eu.acme.example"}), `acme/prod.yaml:17: services.orders.domain: orders-of-all-customers-in-every-country-that-we-serve.eu.acme.example has 70 characters, and a certificate's name at most 64: choose a shorter one`},
	{"one domain for two services", withService(edit{"prod.yaml", "    consumers: [dev]\n", "    consumers: [dev]\n  returns:\n    namespace: shop\n    service: returns\n    port: 8444\n    domain: orders.acme.example\n    consumers: [dev]\n"}), `acme/prod.yaml:23: services.returns.domain: orders.acme.example is the name of prod.orders: consumers tell services by their certificates, so give this one another`},
	{"consumers that are none", withService(edit{"prod.yaml", "consumers: [dev]", "consumers: [dev, prod, devv]"}), `acme/prod.yaml:18: services.orders.consumers[1]: prod serves it itself: what runs in its own VPC uses the Kubernetes Service
acme/prod.yaml:18: services.orders.consumers[2]: there is no spoke "devv" (did you mean "dev"?)`},
	{"a consumer that may not", withService(edit{"prod.yaml", "consumers: [dev]", "consumers: [audit]"}), `acme/dev.yaml:16: private_endpoints["prod.orders"]: prod.orders does not let dev connect: add it to services.orders.consumers in prod.yaml
acme/prod.yaml:18: services.orders.consumers[0]: there is no spoke "audit"`},
	{"services that there are not", withService(edit{"dev.yaml", "  prod.orders: {slot: 1}\n", "  prod.order: {slot: 1}\n  prd.orders: {slot: 2}\n  dev.orders: {slot: 3}\n"}), `acme/dev.yaml:16: private_endpoints["prod.order"]: prod has no service "order" (did you mean "orders"?)
acme/dev.yaml:17: private_endpoints["prd.orders"]: there is no spoke "prd" (did you mean "prod"?): a service is named as <spoke>.<service>
acme/dev.yaml:18: private_endpoints["dev.orders"]: dev serves it itself: what runs in its own VPC uses the Kubernetes Service`},
	{"slots that there are not", withService(edit{"dev.yaml", "{slot: 1}", "{slot: 11}"}), `acme/dev.yaml:16: private_endpoints["prod.orders"].slot: want a number from 1 to 10, not 11: a private subnet keeps ten addresses free for endpoints`},
	{"a slot for two", withService(
		edit{"prod.yaml", "    consumers: [dev]\n", "    consumers: [dev]\n  returns:\n    namespace: shop\n    service: returns\n    port: 8444\n    domain: returns.acme.example\n    consumers: [dev]\n"},
		edit{"dev.yaml", "  prod.orders: {slot: 1}\n", "  prod.orders: {slot: 1}\n  prod.returns: {slot: 1}\n"}),
		`acme/dev.yaml:17: private_endpoints["prod.returns"]: prod.orders has slot 1 already: give this one another, 1 to 10`},
	{"zones that are not common", withService(
		edit{"dev.yaml", "  az_count: 2\n  nat: none\n  database_subnets: true\n  prefix_lengths:\n    public: 24\n    private: 18\n    database: 24\n", "  private_only: true\n  subnets: {private: {apse3-az1: 10.1.0.0/20}, attachment: {apse3-az1: 10.1.16.0/28}}\n"},
		edit{"prod.yaml", "  az_count: 3\n  nat: one_per_az\n", "  nat: one_per_az\n  subnets:\n    private: {apse3-az2: 10.2.0.0/20, apse3-az3: 10.2.16.0/20}\n    public: {apse3-az2: 10.2.32.0/24, apse3-az3: 10.2.33.0/24}\n    attachment: {apse3-az2: 10.2.34.0/28, apse3-az3: 10.2.34.16/28}\n"}),
		`acme/dev.yaml:11: private_endpoints["prod.orders"]: an endpoint has addresses in zones that both VPCs have: those of dev are apse3-az1, and those of prod apse3-az2, apse3-az3`},
}

func TestBadPrivateLinkIsToldWithFileAndLine(t *testing.T) {
	for _, test := range badPrivateLink {
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

// A network that nothing fits into is told as that, and asked for no zones.
func TestPrivateLinkAsksNoNetworkThatIsWrong(t *testing.T) {
	for _, test := range []edit{{"prod.yaml", "cidr: 10.2.0.0/16", "cidr: 10.2.0.0/30"}, {"dev.yaml", "cidr: 10.1.0.0/16", "cidr: 10.1.0.0/30"}} {
		if _, err := load(edited(t, withService(test)...), "acme", "acme"); err == nil || !strings.Contains(err.Error(), "network.cidr") {
			t.Errorf("%s: %v", test.new, err)
		}
	}
}

// Where the hub has no network there are no public zones to validate a certificate in.
func TestServicesTakeAHubWithANetwork(t *testing.T) {
	_, err := load(editedFiles(t, lone,
		edit{"production.yaml", "cluster: {}\n", "cluster: {namespaces: {shop: {}}}\nservices: {orders: {namespace: shop, service: orders, port: 8443, domain: orders.example.com, consumers: [dev]}}\n"}), "lone", "lone")
	const want = `lone/production.yaml:13: services.orders: its certificate is validated in the hub's public zones, and the hub has no network: give hub.yaml one, or leave the service out`
	if err == nil || err.Error() != want {
		t.Errorf("got:\n%v\nwant:\n%s", err, want)
	}
}

// The cluster finds a service's target group by its name, and the certificate lies in the
// longest zone.
func TestAServiceHasNamesBeforeItIsThere(t *testing.T) {
	e := loadEdited(t, withService(edit{"prod.yaml", "domain: orders.acme.example", "domain: orders.app.acme.example"})...)
	ref := ServiceRef{"prod", "orders"}
	if got := e.ServiceTargetGroup(ref); got != "acme-prod-orders" {
		t.Errorf("its target group is %s", got)
	}
	if got := e.ValidatingZones(); !slices.Equal(got, []string{"app.acme.example"}) {
		t.Errorf("its certificate is validated in %v", got)
	}
	if got := e.Service(ref).HealthPath; got != "/healthz" {
		t.Errorf("its pods are asked for %s", got)
	}
	plain := loadEdited(t, withService(edit{"prod.yaml", "    port: 8443\n", "    port: 8080\n    plaintext: true\n"})...)
	if got := plain.ServiceTargetGroup(ref); got != "acme-prod-orders-http" {
		t.Errorf("its target group for plain text is %s", got)
	}
}

// An endpoint is where both have subnets, at the addresses that follow from its slot.
func TestAnEndpointIsInTheZonesThatBothHave(t *testing.T) {
	e := loadEdited(t, withService()...)
	if got := e.EndpointZones("dev", ServiceRef{"prod", "orders"}); !slices.Equal(got, []string{"apse3-az1", "apse3-az2"}) {
		t.Errorf("it is in %v", got)
	}
	if got := e.ConsumedServices("dev"); !slices.Equal(got, []ServiceRef{{"prod", "orders"}}) {
		t.Errorf("dev uses %v", got)
	}
	seen := map[netip.Addr]bool{}
	for slot := 1; slot <= 10; slot++ {
		seen[EndpointAddress(netip.MustParsePrefix("10.1.0.0/18"), slot)] = true
	}
	if len(seen) != 10 || !seen[netip.MustParseAddr("10.1.0.22")] || !seen[netip.MustParseAddr("10.1.0.31")] {
		t.Errorf("the slots are %v", seen)
	}
}
