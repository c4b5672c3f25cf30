package intent

import (
	"net/netip"
	"strings"
	"testing"

	"hubspoke/internal/awsaction"
	"hubspoke/internal/yamldoc"
)

var names = Names{
	Accounts: []string{"dev", "hub", "logs"},
	Tiers:    map[string][]string{"dev": {"private", "database"}, "hub": {"private", "public"}, "logs": nil},
}

// check is what is wrong with the text of an intents.yaml, a line for each.
func check(text string) string {
	var all Intents
	d := yamldoc.Decode("intents.yaml", []byte(text), &all)
	all.Validate(d, names)
	if err := d.Errors.Sorted(); err != nil {
		return err.Error()
	}
	return ""
}

func TestWrongIntentsAreToldWithTheirLine(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"nothing is wrong", "- deny: {from: dev, to: [hub.private, internet], port: [22, 8000-8080]}\n- resolve: {from: \"*\", name: a.b, to: zone b}\n- closed: {for: dev.private, services: ecr}", ""},
		{"two promises in one", "- deny: {from: dev, to: hub}\n  allow: {from: dev, to: hub}",
			"intents.yaml:1: [0]: want exactly one of allow, closed, deny, egress, forbid, may, only and resolve, not 2 of them"},
		{"no promise", "- {}", "intents.yaml:1: [0]: want exactly one of allow, closed, deny, egress, forbid, may, only and resolve, not 0 of them"},
		{"an account that is not there", "- deny: {from: dew, to: hub}",
			`intents.yaml:1: [0].deny.from[0]: "dew" begins with neither an account nor *, and is no AWS service: dev, hub, logs, internet, on-premises, s3 (did you mean "dev"?)`},
		{"what does not run in accounts", "- deny:\n    from: dev\n    to: hub.endpont.sts",
			`intents.yaml:3: [0].deny.to[0]: "hub.endpont.sts": "endpont" is not one of nodes, control-plane, instance, endpoint, resolver, rds, load-balancer, group, api, endpoint-service (did you mean "endpoint"?)`},
		{"a range with bits of a host", "- deny: {from: 10.0.0.1/8, to: hub}", `intents.yaml:1: [0].deny.from[0]: "10.0.0.1/8" is not a range: write 10.0.0.0/8 for all of it, or 10.0.0.1 for the one address`},
		{"an address with too few parts", "- deny: {from: 10.0.0, to: hub}", `intents.yaml:1: [0].deny.from[0]: "10.0.0" is neither an IPv4 range such as 203.0.113.0/24 nor an address such as 203.0.113.7`},
		{"an IPv6 address", "- deny: {from: \"2001:db8::1\", to: hub}", `intents.yaml:1: [0].deny.from[0]: "2001:db8::1" is neither an IPv4 range such as 203.0.113.0/24 nor an address such as 203.0.113.7`},
		{"a misspelt tier", "- deny: {from: dev, to: hub.privat}",
			`intents.yaml:1: [0].deny.to[0]: "hub.privat": "privat" is neither a tier of hub (private, public) nor one of nodes, control-plane, instance, endpoint, resolver, rds, load-balancer, group, api, endpoint-service (did you mean "private"?)`},
		{"a tier of another account", "- deny: {from: dev, to: hub.database}",
			`intents.yaml:1: [0].deny.to[0]: "hub.database": "database" is neither a tier of hub (private, public) nor one of nodes, control-plane, instance, endpoint, resolver, rds, load-balancer, group, api, endpoint-service`},
		{"a tier of no account", "- deny: {from: \"*.nods\", to: hub}",
			`intents.yaml:1: [0].deny.from[0]: "*.nods": "nods" is neither a tier of any account (database, private, public) nor one of nodes, control-plane, instance, endpoint, resolver, rds, load-balancer, group, api, endpoint-service (did you mean "nodes"?)`},
		{"a tier of one account, for all", "- deny: {from: \"*.database\", to: hub}", ""},
		{"a tier of an account without a network", "- deny: {from: dev, to: logs.private}", `intents.yaml:1: [0].deny.to[0]: "logs.private": logs has no network, and so no tiers`},
		{"a port of all protocols", "- deny: {from: dev, to: hub, port: 22, protocol: icmp}", "intents.yaml:1: [0].deny.port: icmp has no ports: leave the port out, or say tcp or udp"},
		{"a protocol in capitals, with a port", "- deny: {from: dev, to: hub, port: 22, protocol: TCP}", `intents.yaml:1: [0].deny.protocol: "TCP" is not one of tcp, udp, icmp, all (did you mean "tcp"?)`},
		{"no port", "- deny: {from: dev, to: hub, port: []}", "intents.yaml:1: [0].deny.port: names nothing: want 1 or more"},
		{"a misspelt promise", "- deney: {from: dev, to: hub}", `intents.yaml:1: [0].deney: unknown key (did you mean "deny"?)`},
		{"the users of services as senders", "- closed: {from: dev, services: s3}", `intents.yaml:1: [0].closed.from: unknown key (did you mean "for"?): those here are for, for_except, services`},
		{"a way that packets must not take", "- deny: {from: dev, to: hub, via: nat-gateway}", "intents.yaml:1: [0].deny.via: only allow says which way packets take"},
		{"what stops packets that arrive", "- allow: {from: dev, to: hub, by: transit-gateway}", "intents.yaml:1: [0].allow.by: only deny says what stops packets"},
		{"nobody sends", "- deny: {from: [], to: hub}", "intents.yaml:1: [0].deny.from: names nothing: want 1 or more"},
		{"the internet asks for a name", "- resolve: {from: internet, name: a.b, to: nothing}", `intents.yaml:1: [0].resolve.from[0]: "internet" is neither an account nor a tier of one`},
		{"a name leads to nobody", "- resolve: {from: dev, name: a.b, to: hug}",
			`intents.yaml:1: [0].resolve.to[0]: "hug" begins with neither an account nor *, and is no AWS service: dev, hub, logs, internet, on-premises, s3 (did you mean "hub"?)`},
		{"a service that is not known", "- closed: {for: dev, services: stss}", `intents.yaml:1: [0].closed.services[0]: "stss" is not an AWS service that is known here (did you mean "sts"?)`},
		{"an exception that is not there", "- deny: {from: \"*\", from_except: [hub, prd], to: hub}",
			`intents.yaml:1: [0].deny.from_except[1]: "prd" begins with neither an account nor *, and is no AWS service: dev, hub, logs, internet, on-premises, s3`},
		{"no exception", "- deny: {from: \"*\", from_except: [], to: hub}", "intents.yaml:1: [0].deny.from_except: names nothing: want 1 or more"},
		{"the internet leaves for the internet", "- egress: {for: internet, via: firewall}", `intents.yaml:1: [0].egress.for[0]: "internet" is neither an account nor a tier of one`},
		{"egress by nothing", "- egress: {for: dev}", "intents.yaml:1: [0].egress.via: missing"},
		{"no service", "- closed: {for: dev, services: []}", "intents.yaml:1: [0].closed.services: names nothing: want 1 or more"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := check(test.text); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func TestWrongActsAreToldWithTheirLine(t *testing.T) {
	organized := names
	organized.Units, organized.Roles = []string{"workloads", "workloads/production"}, []string{"apply", "plan"}
	checked := func(text string, names Names) string {
		var all Intents
		d := yamldoc.Decode("intents.yaml", []byte(text), &all)
		all.Validate(d, names)
		if err := d.Errors.Sorted(); err != nil {
			return err.Error()
		}
		return ""
	}
	for _, test := range []struct{ name, text, want string }{
		{"nothing is wrong", "- forbid: {who: [anyone, role/ops-*], who_except: [apply, role/auditor], do: [cloudtrail:StopLogging, \"s3:Delete*\", \"*\"], on: \"arn:aws:s3:::logs/*\", in: [\"*\", workloads/production, dev], in_except: dev, region: eu-west-1, with: {\"aws:SecureTransport\": \"false\"}}\n- may: {who: apply, do: deploy, in: \"*\"}\n- may: {who: plan, do: read, in: workloads}", ""},
		{"nobody", "- may: {who: aply, do: deploy, in: dev}", `intents.yaml:1: [0].may.who[0]: "aply" is nobody: anyone, root, outsider, provider, service, foreign-service, apply, plan, or a role by its name, role/aply (did you mean "apply"?)`},
		{"an exception that is no role", "- forbid: {who: anyone, who_except: root, do: s3:PutObject, in: dev}", `intents.yaml:1: [0].forbid.who_except[0]: "root" is no role: apply, plan, or one by its name, role/root`},
		{"a misspelt action", "- forbid:\n    who: anyone\n    do: [s3:GetObject, cloudtrail:StopLoging]\n    in: dev", `intents.yaml:3: [0].forbid.do[1]: cloudtrail:StopLoging is no action of cloudtrail (did you mean cloudtrail:StopLogging? If it is newer than ` + awsaction.AsOf + `, write cloudtrail:StopLoging*)`},
		{"no action at all", "- forbid: {who: anyone, do: everything, in: dev}", `intents.yaml:1: [0].forbid.do[0]: "everything" is no action: those are a service and a name, ` + "`s3:GetObject`" + `, in which * stands for any characters`},
		{"deployment is forbidden", "- forbid: {who: anyone, do: deploy, in: dev}", "intents.yaml:1: [0].forbid.do[0]: deploy is for may: name the actions that nobody may"},
		{"a name for a resource", "- forbid: {who: anyone, do: s3:PutObject, on: logs, in: dev}", `intents.yaml:1: [0].forbid.on[0]: "logs" is no ARN, nor a pattern of those such as arn:aws:s3:::logs-*`},
		{"a unit that is not there", "- forbid: {who: anyone, do: s3:PutObject, in: workload}", `intents.yaml:1: [0].forbid.in[0]: "workload" is neither a unit nor an account: *, workloads, workloads/production, dev, hub, logs (did you mean "workloads"?)`},
		{"an exception that is nowhere", "- forbid: {who: anyone, do: s3:PutObject, in: \"*\", in_except: dew}", `intents.yaml:1: [0].forbid.in_except[0]: "dew" is neither a unit nor an account: *, workloads, workloads/production, dev, hub, logs (did you mean "dev"?)`},
		{"no region", "- forbid: {who: anyone, do: s3:PutObject, in: dev, region: europe}", `intents.yaml:1: [0].forbid.region[0]: "europe" is no region such as eu-central-1`},
		{"no key", "- forbid: {who: anyone, do: s3:PutObject, in: dev, with: {InstanceType: x}}", `intents.yaml:1: [0].forbid.with.InstanceType: "InstanceType" is no key of a request such as ec2:InstanceType`},
		{"the same twice", "- may: {who: [plan, apply], do: deploy, in: dev}\n- may: {who: [apply, plan], do: deploy, in: dev}", "intents.yaml:2: [1]: says the same as the promise on line 1"},
		{"nobody does it", "- may: {do: deploy, in: dev}", "intents.yaml:1: [0].may.who: missing"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := checked(test.text, organized); got != test.want {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
	if got, want := checked("- may: {who: apply, do: deploy, in: dev}", names), "intents.yaml:1: [0].may: there is no organisation, and so are no policies that stop anybody: may is for an estate with organization.yaml"; got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

func TestAnyTierWillDoWhereTheyAreNotKnown(t *testing.T) {
	unknown := Names{Accounts: []string{"dev", "hub"}, Tiers: map[string][]string{"hub": {"private"}}}
	for _, text := range []string{"dev.anything", "*.anything"} {
		if _, err := unknown.Party(text); err != nil {
			t.Error(err)
		}
	}
}

func TestIntentsKnowTheirLines(t *testing.T) {
	var all Intents
	d := yamldoc.Decode("intents.yaml", []byte("# promises\n- deny: {from: dev, to: hub}\n\n- allow:\n    from: dev\n    to: hub\n"), &all)
	all.Locate(d)
	if all[0].Line != 2 || all[1].Line != 4 {
		t.Errorf("the intents stand on the lines %d and %d", all[0].Line, all[1].Line)
	}
}

func TestPartiesAreTakenApart(t *testing.T) {
	for text, want := range map[string]Party{
		"internet":              {Kind: PartyInternet},
		"on-premises":           {Kind: PartyOnPremises},
		"s3":                    {Kind: PartyService, Name: "s3"},
		"ecr.api":               {Kind: PartyService, Name: "ecr.api"},
		"203.0.113.0/24":        {Kind: PartyRange, Range: netip.MustParsePrefix("203.0.113.0/24")},
		"203.0.113.7":           {Kind: PartyRange, Range: netip.MustParsePrefix("203.0.113.7/32")},
		"dev":                   {Kind: PartyAccount, Account: "dev"},
		"*.private":             {Kind: PartyTier, Account: "*", Name: "private"},
		"dev.nodes":             {Kind: PartyNodes, Account: "dev"},
		"hub.endpoint.ecr.dkr":  {Kind: PartyEndpoint, Account: "hub", Name: "ecr.dkr"},
		"dev.group.acme-dev-db": {Kind: PartyGroup, Account: "dev", Name: "acme-dev-db"},
	} {
		want.Text = text
		if got, err := names.Party(text); err != nil || got != want {
			t.Errorf("%s: got %+v, %v", text, got, err)
		}
	}
}

func TestPortsAreWrittenAsTheyAreRead(t *testing.T) {
	for _, text := range []string{"443", "8000-8080", "0"} {
		var p PortRange
		if err := p.UnmarshalText([]byte(text)); err != nil {
			t.Errorf("%s: %v", text, err)
		}
		if got, _ := p.MarshalText(); string(got) != text {
			t.Errorf("%s is written as %s", text, got)
		}
	}
	for _, text := range []string{"", "http", "8080-8000", "65536", "1-70000", "-1"} {
		if err := new(PortRange).UnmarshalText([]byte(text)); err == nil || !strings.Contains(err.Error(), "not a") {
			t.Errorf("%q is a port: %v", text, err)
		}
	}
}
