package proof

import (
	"strings"
	"testing"

	"hubspoke/proof/intent"
)

// open lets the internet reach the public subnets of dev on port 22, but for what
// the text says.
func open(more string) change {
	return put("dev-network resource aws_network_acl public ingress", `[`+more+`{"action": "allow", "cidr_block": "0.0.0.0/0", "protocol": "-1", "rule_no": 900}]`)
}

// grouped gives the hub's probe two groups that each admit a group of their own.
func grouped(s stacks) {
	for _, g := range []string{"db", "web", "client", "other"} {
		put("hub-network resource aws_security_group "+g, `{"name": "`+g+`", "vpc_id": "${aws_vpc.main.id}"}`)(s)
	}
	put("hub-network resource aws_vpc_security_group_ingress_rule db_from_client", `{"referenced_security_group_id": "${aws_security_group.client.id}", "ip_protocol": "-1", "security_group_id": "${aws_security_group.db.id}"}`)(s)
	put("hub-network resource aws_vpc_security_group_egress_rule client_to_all", `{"cidr_ipv4": "0.0.0.0/0", "ip_protocol": "-1", "security_group_id": "${aws_security_group.client.id}"}`)(s)
	put("hub-network resource aws_vpc_security_group_egress_rule other_to_all", `{"cidr_ipv4": "0.0.0.0/0", "ip_protocol": "-1", "security_group_id": "${aws_security_group.other.id}"}`)(s)
	put("hub-network resource aws_instance db", `{"subnet_id": "${aws_subnet.private_apse3_az1.id}", "private_ip": "10.0.64.50", "vpc_security_group_ids": ["${aws_security_group.db.id}"]}`)(s)
	put("hub-network resource aws_instance client", `{"subnet_id": "${aws_subnet.private_apse3_az1.id}", "private_ip": "10.0.64.51", "vpc_security_group_ids": ["${aws_security_group.client.id}"]}`)(s)
	put("hub-network resource aws_instance other", `{"subnet_id": "${aws_subnet.private_apse3_az1.id}", "private_ip": "10.0.64.52", "vpc_security_group_ids": ["${aws_security_group.other.id}", "${aws_security_group.web.id}"]}`)(s)
}

// Each intent is checked alone, against piksel with a change.
var intents = []struct {
	name   string
	change change
	intent intent.Intent
	want   Status
}{
	{"one of two ranges is denied", open(`{"action": "deny", "cidr_block": "198.51.100.0/24", "protocol": "-1", "rule_no": 100},`),
		deny("198.51.100.0/24", "203.0.113.0/24", "->", "dev.public"), Violated},
	{"both ranges are denied", open(`{"action": "deny", "cidr_block": "198.51.100.0/24", "protocol": "-1", "rule_no": 100}, {"action": "deny", "cidr_block": "203.0.113.0/24", "protocol": "-1", "rule_no": 101},`),
		deny("198.51.100.0/24", "203.0.113.0/24", "->", "dev.public"), Proven},
	{"only one address, and the whole internet arrives", open(``),
		only("203.0.113.7/32", "->", "dev.public"), Violated},
	{"only the client", grouped, only("hub.instance.client", "->", "hub.instance.db"), Proven},
	{"only those who hold the client's group", grouped, only("hub.group.client", "->", "hub.instance.db"), Proven},
	{"only the other one", grouped, only("hub.instance.other", "->", "hub.instance.db"), Violated},
	{"one of two groups is let in", grouped, deny("hub.group.other", "hub.group.client", "->", "hub.instance.db"), Violated},
	{"the group that is not let in", grouped, deny("hub.group.other", "->", "hub.instance.db"), Proven},
	{"a group whose holder has another one, which lets it out", grouped, deny("hub.group.web", "->", "hub.instance.probe"), Proven},
	{"nobody is between the internet and on-premises", nil, deny("internet", "->", "s3"), Unproven},
	{"a range of no VPC", nil, deny("192.168.7.0/24", "->", "dev"), Unproven},
	{"a service whose name another server answers", foreign("dev"), closed("dev.private", "sts"), Unproven},
	{"a service whose name the hub answers too", amazonFirst("dev", "10.1.0.0/16"), closed("dev.private", "sts"), Proven},
	{"a zone that another server answers for", foreign("dev"), resolves("dev", "dev.piksel.internal", "zone dev.piksel.internal"), Unproven},
	{"a zone that the hub answers for too", amazonFirst("dev", "10.1.0.0/16"), resolves("dev", "dev.piksel.internal", "zone dev.piksel.internal"), Proven},
	{"a zone that the hub alone sees", amazonFirst("staging", "10.2.0.0/16"), resolves("staging", "dev.piksel.internal", "zone dev.piksel.internal"), Violated},
	{"a zone that the hub alone sees, which does not answer", told("staging"), resolves("staging", "dev.piksel.internal", "nothing"), Proven},
	{"a range of the internet", nil, deny("203.0.113.0/24", "->", "*.private"), Proven},
}

// foreign tells a spoke's clients of a server that is in no stack.
func foreign(spoke string) change {
	return put(spoke+"-network resource aws_vpc_dhcp_options main domain_name_servers", `["AmazonProvidedDNS", "192.168.0.53"]`)
}

func closed(party, service string) intent.Intent {
	return intent.Intent{Closed: &intent.Closure{For: intent.Parties{party}, Services: intent.Parties{service}}}
}

func resolves(from, name, to string) intent.Intent {
	return intent.Intent{Resolve: &intent.Resolution{From: intent.Parties{from}, Name: name, To: to}}
}

func deny(words ...string) intent.Intent { return intent.Intent{Deny: flow(words)} }
func only(words ...string) intent.Intent { return intent.Intent{Only: flow(words)} }
func flow(words []string) *intent.Flow {
	from, to, _ := strings.Cut(strings.Join(words, " "), " -> ")
	return &intent.Flow{From: strings.Fields(from), To: strings.Fields(to), Protocol: intent.ProtocolTCP, Port: intent.Ports{{First: 22, Last: 22}}}
}

func TestPartiesAreWhatTheyAreCalled(t *testing.T) {
	for _, test := range intents {
		t.Run(test.name, func(t *testing.T) {
			s := read(t)
			if test.change != nil {
				test.change(s)
			}
			if r := Of(piksel(t, s)).intent(test.intent); r.Status != test.want {
				t.Errorf("%s, want %s: %s\n%+v", r.Status, test.want, r.Summary, r.Cases)
			}
		})
	}
}

func TestAQuestionIsNotAnsweredWithoutAllStacks(t *testing.T) {
	s := read(t)
	delete(s, "prod-baseline")
	r, err := Of(piksel(t, s)).Ask("dev.private -> hub.private tcp/443")
	if err != nil {
		t.Fatal(err)
	}
	if r.Status != Unproven {
		t.Errorf("the status is %s, want unproven", r.Status)
	}
}

// The report says which server showed the name, whether clients are told of it or not.
func TestWhoShowsANameIsNamed(t *testing.T) {
	hidden := resolves("staging", "dev.piksel.internal", "nothing")
	for want, change := range map[string]change{
		"staging asks 10.0.64.20 for dev.piksel.internal":                                        amazonFirst("staging", "10.2.0.0/16"),
		"staging asks hub-network/aws_route53_resolver_endpoint.inbound for dev.piksel.internal": asksInbound("staging", "10.2.0.0/16"),
	} {
		s := read(t)
		change(s)
		r := Of(piksel(t, s)).intent(hidden)
		if r.Status != Violated || len(r.Cases) == 0 || r.Cases[0].Question != want {
			t.Errorf("%s: %+v, want %s", r.Status, r.Cases, want)
		}
	}
}

// The server may be there, and the way to it is not understood.
func TestAServerThatIsPerhapsReachedShowsANamePerhaps(t *testing.T) {
	s := read(t)
	put("hub-network resource aws_vpc_security_group_ingress_rule extra", `{"cidr_ipv4": "${var.range}", "from_port": 53, "ip_protocol": "udp", "security_group_id": "${aws_security_group.inbound.id}", "to_port": 53}`)(s)
	hidden := resolves("staging", "dev.piksel.internal", "nothing")
	if r := Of(piksel(t, s)).intent(hidden); r.Status != Unproven {
		t.Errorf("%s: %s\n%+v", r.Status, r.Summary, r.Cases)
	}
}
