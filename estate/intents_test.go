package estate

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestIntentsMayNameTheTiersThatNetworksHave(t *testing.T) {
	for folder, want := range map[string]string{
		"piksel": "map[dev:[public attachment private] hub:[public attachment private] prod:[public attachment private] staging:[public attachment private]]",
		"artos":  "map[dev:[database private] existing:[database private] hub:[] production:[database private]]",
	} {
		e, err := Load("../environments/" + folder)
		if err != nil {
			t.Fatal(err)
		}
		if got := fmt.Sprint(e.intentNames().Tiers); got != want {
			t.Errorf("%s: the tiers are %s", folder, got)
		}
	}
}

func TestTheTiersOfABrokenNetworkAreNotKnown(t *testing.T) {
	e, err := Load("../environments/piksel")
	if err != nil {
		t.Fatal(err)
	}
	e.spokes["dev"].Reject(1, "network.private_only", "broken")
	if tiers, known := e.intentNames().Tiers["dev"]; known {
		t.Errorf("the tiers of dev are %v", tiers)
	}
}

func TestASpokeWithoutAnAccountNumberMayBeNamedInIntents(t *testing.T) {
	e, err := Load("../environments/piksel")
	if err != nil {
		t.Fatal(err)
	}
	delete(e.Accounts, "dev")
	if _, err := e.intentNames().Party("dev.private"); err != nil {
		t.Error(err)
	}
}

// What intents.yaml names and no stack will make is said by check, with its line and what
// there is; what is there is not.
func TestIntentsNameWhatTheEstateMakes(t *testing.T) {
	for _, test := range []struct{ folder, intent, want string }{
		{"piksel", "deny: {from: internet, to: dev.rds}", `"dev.rds": no rds is made in dev`},
		{"piksel", "deny: {from: internet, to: \"*.rds\"}", `"*.rds": no rds is made in any account`},
		{"artos", "allow: {from: production.nodes, to: production.rds, port: 5432}", ""},
		{"piksel", "deny: {from: internet, to: hub.nodes}", `"hub.nodes": no nodes is made in hub`},
		{"artos", "deny: {from: internet, to: dev.control-plane}", `"dev.control-plane": no control-plane is made in dev`},
		{"piksel", "deny: {from: internet, to: dev.instance.prob}", `"dev.instance.prob": "prob" is no instance of dev: probe (did you mean "probe"?)`},
		{"artos", "deny: {from: internet, to: production.instance.bastion, port: 22}", ""},
		{"piksel", "deny: {from: internet, to: hub.endpoint.ecrapi}", `"hub.endpoint.ecrapi": "ecrapi" is no endpoint of hub: `},
		{"piksel", "deny: {from: internet, to: hub.endpoint.ecr.api}", ""},
		{"artos", "deny: {from: internet, to: production.endpoint.sts}", ""},
		{"piksel", "deny: {from: internet, to: dev.resolver}", `"dev.resolver": no resolver is made in dev`},
		{"piksel", "deny: {from: internet, to: dev.load-balancer}", `"dev.load-balancer": no load-balancer is made in dev`},
		{"privatelink", "allow: {from: internet, to: gateway.api.public, port: 443}", ""},
		{"privatelink", "allow: {from: internet, to: gateway.api.publik}", `"gateway.api.publik": "publik" is no api of gateway: public (did you mean "public"?)`},
		{"privatelink", "deny: {from: internet, to: service.api}", `"service.api": no api is made in service`},
		{"privatelink", "deny: {from: gateway, to: service.endpoint-service.orders}", ""},
		{"privatelink", "deny: {from: gateway, to: service.endpoint-service.odrers}", `"service.endpoint-service.odrers": "odrers" is no endpoint-service of service: orders (did you mean "orders"?)`},
		{"privatelink", "deny: {from: gateway, to: hub.endpoint-service}", `"hub.endpoint-service": no endpoint-service is made in hub`},
		{"privatelink", "deny: {from: internet, to: [service.load-balancer.orders, gateway.endpoint.orders]}", ""},
		{"piksel", "deny: {from: on-premises, to: dev}", `"on-premises": nothing here leads on-premises`},
		{"artos", "deny: {from: on-premises, to: dev}", ""},
		{"piksel", "resolve: {from: hub, name: x.piksel.internal, to: zone piksel.intern}", `no zone piksel.intern is made: those that are, are `},
		{"piksel", "resolve: {from: hub, name: a.sts.ap-southeast-3.amazonaws.com, to: zone sts.ap-southeast-3.amazonaws.com}", ""},
		{"piksel", "deny: {to: staging, by: transit-gateway, from: \"*\", from_except: [staging, hub]}", "says the same as the promise on line "},
		{"piksel", "allow: {from: dev, to: prod, port: 443}", "contradicts the promise on line "},
		{"piksel", "deny: {from: hub.private, to: hub.resolver, port: 53, protocol: udp}", "contradicts the promise on line "},
		{"piksel", "deny: {from: hub.private, to: hub.resolver, port: 54, protocol: udp}", ""},
	} {
		t.Run(test.folder+" "+test.intent, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), test.folder)
			if err := os.CopyFS(dir, os.DirFS("../environments/"+test.folder)); err != nil {
				t.Fatal(err)
			}
			file := filepath.Join(dir, "intents.yaml")
			text, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			text = append(text, "- "+test.intent+"\n"...)
			if err := os.WriteFile(file, text, 0o644); err != nil {
				t.Fatal(err)
			}
			_, err = Load(dir)
			at := fmt.Sprintf("intents.yaml:%d: ", strings.Count(string(text), "\n"))
			switch {
			case test.want == "" && err != nil:
				t.Error(err)
			case test.want != "" && (err == nil || !strings.Contains(err.Error(), at) || !strings.Contains(err.Error(), test.want)):
				t.Errorf("got %v, want %s with %s", err, at, test.want)
			}
		})
	}
}
