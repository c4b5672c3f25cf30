package estatevpc

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/estate"
)

// asked are the checks of the gateway of the estate privatelink that have to do with its
// endpoints and APIs, with other text in its file and the service's.
func asked(t *testing.T, edits map[string][2]string) []string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS("../../environments/privatelink")); err != nil {
		t.Fatal(err)
	}
	for file, edit := range edits {
		text, err := os.ReadFile(dir + "/" + file)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(text), edit[0]) {
			t.Fatalf("%s has no %q", file, edit[0])
		}
		if err := os.WriteFile(dir+"/"+file, []byte(strings.Replace(string(text), edit[0], edit[1], 1)), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(dir + "/intents.yaml"); err != nil {
		t.Fatal(err)
	}
	e, err := estate.Load(dir)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, c := range privateLink(e, "gateway") {
		line := fmt.Sprintf("%s: %s: %s %s:%d", c.ID, c.Name, c.Kind, c.Host, c.Port)
		if c.Kind == "ask" {
			line += fmt.Sprintf("%s at %q, %v", c.Path, c.Address, c.Statuses)
		}
		lines = append(lines, line)
	}
	return lines
}

// What is asked of an API follows from who may call it, and from where its routes lead.
func TestTheProbeAsksEndpointsAndAPIs(t *testing.T) {
	endpoints := []string{
		`private-endpoint-service.orders-apse3-az1: ask private endpoint of service.orders in apse3-az1: ask orders.privatelink.example.com:443/healthz at "10.1.64.22", [200 399]`,
		`private-endpoint-service.orders-apse3-az2: ask private endpoint of service.orders in apse3-az2: ask orders.privatelink.example.com:443/healthz at "10.1.128.22", [200 399]`,
	}
	const (
		open    = "apis:\n  public:\n    domain: api.privatelink.example.com\n    open: true\n"
		iam     = "apis:\n  public:\n    domain: api.privatelink.example.com\n    iam: true\n"
		connect = "api-public: connect API public: connect api.privatelink.example.com:443"
	)
	api := func(says, routes string) map[string][2]string {
		return map[string][2]string{"gateway.yaml": {gatewayFrom(t), "  private_only: false\n  nat: single\n\nprobe: true\n\nprivate_endpoints:\n  service.orders: {slot: 1}\n\n" + says + "    routes:\n" + routes}}
	}
	for name, test := range map[string]struct {
		edits map[string][2]string
		want  []string
	}{
		"no way to the API":       {nil, nil},
		"another name":            {map[string][2]string{"service.yaml": {"domain: orders.privatelink", "domain: sales.privatelink"}}, nil},
		"tokens":                  {api(strings.Replace(iam, "iam: true", "jwt: {issuer: https://login.example.com, audience: [orders]}", 1), "      ANY /orders/{proxy+}: service.orders\n"), []string{`api-public: refused by API public: ask api.privatelink.example.com:443/orders/probe at "", [401 401]`}},
		"signatures":              {api(iam, "      POST /orders: service.orders\n      GET /orders/{id}/lines/{line}: service.orders\n"), []string{`api-public: refused by API public: ask api.privatelink.example.com:443/orders/probe/lines/probe at "", [403 403]`}},
		"signatures, REST":        {api(strings.Replace(iam, "    iam", "    kind: rest\n    iam", 1), "      ANY /{proxy+}: service.orders\n"), []string{`api-public: refused by API public: ask api.privatelink.example.com:443/probe at "", [403 403]`}},
		"nothing that one may do": {api(iam, "      POST /orders: service.orders\n"), []string{connect}},
		"everybody":               {api(open, "      ANY /{proxy+}: service.orders\n"), []string{`api-public-service.orders: ask API public for service.orders: ask api.privatelink.example.com:443/healthz at "", [200 399]`}},
		"everybody, elsewhere":    {api(open, "      ANY /orders/{proxy+}: service.orders\n"), []string{connect}},
		"a certificate":           {api(open+"    mutual_tls: {truststore: s3://trust/authorities.pem}\n", "      ANY /{proxy+}: service.orders\n"), []string{connect}},
		"no name":                 {api(strings.Replace(open, "    domain: api.privatelink.example.com\n", "", 1), "      ANY /{proxy+}: service.orders\n"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			want := append(append([]string{}, endpoints...), test.want...)
			if name == "another name" {
				for i := range want {
					want[i] = strings.Replace(want[i], "ask orders.", "ask sales.", 1)
				}
			}
			if diff := cmp.Diff(want, asked(t, test.edits)); diff != "" {
				t.Errorf("checks (-want +got):\n%s", diff)
			}
		})
	}
}

// gatewayFrom is the gateway's file from where it says that it has no way to the internet.
func gatewayFrom(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../environments/privatelink/gateway.yaml")
	if err != nil {
		t.Fatal(err)
	}
	const from = "  private_only: true\n"
	i := strings.Index(string(text), from)
	if i < 0 {
		t.Fatalf("gateway.yaml has no %q", from)
	}
	return string(text[i:])
}
