package proof

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/yamldoc"
	"hubspoke/proof/intent"
)

// The golden files of privatelink are those of an API before a service of another account.
const goldenPrivateLink = "../test/testdata/golden/privatelink"

// privateLinkIntents are what that is for.
const privateLinkIntents = `
- deny: {from: internet, to: [gateway, service]}
- deny: {from: [gateway, service], to: internet}
- deny: {from: gateway, to: service}
- deny: {from: [gateway, service], to: [service, gateway], by: transit-gateway}
- allow: {from: internet, to: gateway.api.public}
- allow: {from: gateway.api.public, to: service.endpoint-service.orders, via: private-endpoint}
- allow: {from: gateway.api.public, to: service.nodes, port: 8443, via: private-endpoint}
- only: {from: gateway.api.public, to: service.endpoint-service.orders, port: 443}
- only: {from: [gateway.api.public, service.nodes], to: service.nodes, port: 8443}
- allow: {from: [gateway, service], to: hub.private, port: 443}
`

// provePrivateLink proves those intents, and what holds in any network.
func provePrivateLink(t *testing.T, c change) *Report {
	t.Helper()
	s := readFrom(t, goldenPrivateLink)
	c(s)
	in := Input{Name: "privatelink", Stacks: s.list(), IntentsFile: "intents.yaml", Accounts: map[string]string{
		"hub": "111111111111", "gateway": "222222222222", "service": "333333333333",
	}}
	document := yamldoc.Decode("intents.yaml", []byte(privateLinkIntents), &in.Intents)
	in.Intents.Locate(document)
	in.Intents.Validate(document, intent.Names{Accounts: []string{"gateway", "hub", "service"}})
	if err := document.Errors.Sorted(); err != nil {
		t.Fatal(err)
	}
	return Of(in).Prove()
}

func TestX(t *testing.T) {
	r := provePrivateLink(t, func(stacks) {})
	var b strings.Builder
	r.Text(&b, true)
	t.Log(b.String())
	t.Log(failures(r))
	_ = slices.Contains[[]string]
}
