package test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/estateproof"
	"hubspoke/proof"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
)

// betweenSegments is innovate with a firewall between dev and staging, which reach each
// other. Prod reaches neither.
func betweenSegments(t *testing.T, inspect, wayOut string, edits ...edit) *synthesis {
	t.Helper()
	return edited(t, "innovate", append(edits,
		edit{"estate.yaml", `(  dev:\n    reaches: \[shared)\]`, "$1, staging]"},
		edit{"hub.yaml", `    mode: enforce\n`, "    mode: enforce\n    inspect: [" + inspect + "]\n"},
		edit{"intents.yaml", "", wayOut + `
- allow: {from: dev.private, to: staging.private, protocol: tcp, via: [transit-gateway, firewall]}
- allow: {from: staging.private, to: dev.private, protocol: tcp, via: [transit-gateway, firewall]}
- deny: {from: [dev, staging], to: prod, by: transit-gateway}
- deny: {from: prod, to: [dev, staging], by: transit-gateway}
- deny: {from: "*", from_except: [hub, prod, egress], to: prod, by: transit-gateway}
- allow: {from: [dev.private, staging.private, prod.private], to: hub.private, via: transit-gateway}
- allow: {from: hub.private, to: [dev.private, staging.private, prod.private], via: transit-gateway}
- allow: {from: internet, to: "*.public", port: [80, 443]}
- allow: {from: "*.public", to: internet, port: 443, via: internet-gateway}
- deny: {from: internet, to: ["*.private", "*.database", "*.attachment"]}
- deny: {from: "*.database", to: internet}
- deny: {from: [hub, egress], to: [dev.database, staging.database, prod.database]}
- deny: {from: internet, to: [egress.attachment, egress.firewall]}
`})...)
}

const (
	devToStaging = "allow dev.private -> staging.private tcp via transit-gateway via firewall"
	stagingToDev = "allow staging.private -> dev.private tcp via transit-gateway via firewall"
	outByTheWall = "egress of * but *.public, egress via firewall"
	outForAll    = "allow *.private -> internet tcp/443 via transit-gateway via firewall via nat-gateway"
)

// resourcesOf are the resources of a type in a stack, to be changed.
func resourcesOf(all []*stackjson.Stack, stack, kind string) map[string]any {
	i := slices.IndexFunc(all, func(s *stackjson.Stack) bool { return s.Name == stack })
	return all[i].JSON["resource"].(map[string]any)[kind].(map[string]any)
}

// gone removes a resource, which must be there.
func gone(stack, kind, name string) func([]*stackjson.Stack) {
	return func(all []*stackjson.Stack) {
		of := resourcesOf(all, stack, kind)
		if of[name] == nil {
			panic("there is no " + stack + "/" + kind + "." + name)
		}
		delete(of, name)
	}
}

// propagated propagates an account's attachment to the table of a segment, beside those to
// which it is.
func propagated(account, segment string) func([]*stackjson.Stack) {
	return func(all []*stackjson.Stack) {
		of := resourcesOf(all, account+"-link", "aws_ec2_transit_gateway_route_table_propagation")
		extra := maps.Clone(of[account+"_to_inspection"].(map[string]any))
		extra["transit_gateway_route_table_id"] = strings.Replace(extra["transit_gateway_route_table_id"].(string), "inspection", segment, 1)
		of["extra"] = extra
	}
}

// notProven are the intents and the codes of findings that are not proven.
func notProven(r *proof.Report) []string {
	var all []string
	for _, i := range r.Intents {
		if i.Status != proof.Proven {
			all = append(all, i.Intent)
		}
	}
	for _, f := range r.Invariants {
		if f.Status != proof.Proven && !slices.Contains(all, f.Kind.Code()) {
			all = append(all, f.Kind.Code())
		}
	}
	return all
}

// Between spokes that reach each other the firewall sees both halves of every connection,
// and who stands outside stays there. What breaks that is found, and what does not break it
// is not.
func TestAFirewallStandsBetweenSegments(t *testing.T) {
	e := betweenSegments(t, "internet, between-segments", `
- egress: {for: "*", for_except: ["*.public", egress], via: firewall}
- allow: {from: "*.private", to: internet, port: 443, via: [transit-gateway, firewall, nat-gateway]}`)
	const route, propagation = "aws_ec2_transit_gateway_route", "aws_ec2_transit_gateway_route_table_propagation"
	for _, test := range []struct {
		name   string
		change func([]*stackjson.Stack)
		want   []string
	}{
		{"nothing", func([]*stackjson.Stack) {}, nil},
		{"staging's segment has no route to dev", gone("hub-egress", route, "staging_to_dev"), []string{devToStaging, stagingToDev, "route-to-nowhere"}},
		{"staging answers dev past the firewall", func(all []*stackjson.Stack) {
			gone("hub-egress", route, "staging_to_dev")(all)
			propagated("dev", "staging")(all)
		}, []string{devToStaging, stagingToDev, "asymmetric-path", "missing-return-route"}},
		{"dev and staging talk past the firewall, both ways", func(all []*stackjson.Stack) {
			gone("hub-egress", route, "staging_to_dev")(all)
			gone("hub-egress", route, "dev_to_staging")(all)
			propagated("dev", "staging")(all)
			propagated("staging", "dev")(all)
		}, []string{devToStaging, stagingToDev}},
		// The static route wins: https://docs.aws.amazon.com/vpc/latest/tgw/how-transit-gateways-work.html#tgw-route-evaluation-overview
		{"the propagation is still there beside the static route", propagated("dev", "staging"), []string{"propagation-without-effect"}},
		{"dev is not propagated to inspection", gone("dev-link", propagation, "dev_to_inspection"), []string{outByTheWall, outForAll, devToStaging, stagingToDev, "route-to-nowhere"}},
		{"no appliance mode", func(all []*stackjson.Stack) {
			delete(resourcesOf(all, "hub-egress", "aws_ec2_transit_gateway_vpc_attachment")["egress"].(map[string]any), "appliance_mode_support")
		}, []string{devToStaging, stagingToDev, "appliance-mode", "asymmetric-path"}},
		{"prod's segment has a route to dev by the firewall, and no way back", func(all []*stackjson.Stack) {
			of := resourcesOf(all, "hub-egress", route)
			extra := maps.Clone(of["staging_to_dev"].(map[string]any))
			extra["transit_gateway_route_table_id"] = strings.Replace(extra["transit_gateway_route_table_id"].(string), "staging", "prod", 1)
			of["prod_to_dev"] = extra
		}, []string{"deny prod -> dev, staging by transit-gateway"}},
		{"HOME_NET has the egress VPC alone", func(all []*stackjson.Stack) {
			policy := resourcesOf(all, "hub-egress", "aws_networkfirewall_firewall_policy")["main"].(map[string]any)["firewall_policy"].(map[string]any)
			delete(policy, "policy_variables")
		}, []string{"firewall-home-net"}},
		{"the firewall's subnet of a zone has no route to staging", gone("hub-egress", "aws_route", "firewall_apse1_az2_to_staging"), []string{outByTheWall, outForAll, devToStaging, stagingToDev, "uneven-tier"}},
		{"no table of dev has a route to staging beside the default one", func(all []*stackjson.Stack) {
			routes := resourcesOf(all, "dev-network", "aws_route")
			maps.DeleteFunc(routes, func(name string, _ any) bool {
				return strings.HasPrefix(name, "private_") && strings.HasSuffix(name, "_to_staging")
			})
		}, nil},
	} {
		t.Run(test.name, func(t *testing.T) {
			all, err := stackjson.Read(e.outdir)
			if err != nil {
				t.Fatal(err)
			}
			test.change(all)
			r := proof.Of(estateproof.Input(e.Estate, "", stacks.Names(e.list), all)).Prove()
			if got := notProven(r); !slices.Equal(got, test.want) {
				t.Errorf("not proven are\n%s\nand want\n%s\n%v", strings.Join(got, "\n"), strings.Join(test.want, "\n"), r.Invariants)
			}
		})
	}
}

// A firewall may stand between spokes alone: then what leaves for the internet does not pass
// it, and does not have to.
func TestAFirewallStandsBetweenSegmentsAlone(t *testing.T) {
	e := betweenSegments(t, "between-segments", `
- egress: {for: "*.private", via: [transit-gateway, nat-gateway]}
- allow: {from: "*.private", to: internet, port: 443, via: [transit-gateway, nat-gateway]}`,
		edit{"hub.yaml", `(?s)    # What every VPC may ask for.*    managed_rules`, "    managed_rules"})
	if promises(t, e) == 0 {
		t.Error("the estate promises nothing")
	}
}
