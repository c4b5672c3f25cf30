package estate

import (
	"hubspoke/internal/yamldoc"

	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// Intents is intents.yaml: what the network promises, for `estate prove` to check
// against what was synthesized.
type Intents []Intent

// Intent is one promise about the network. It holds exactly one of its kinds.
type Intent struct {
	// Deny promises that no packet of a sender arrives at a receiver, whatever security groups the two may have.
	Deny *Flow `yaml:"deny"`
	// Allow promises that every sender reaches every receiver, and that the answers come back.
	Allow *Flow `yaml:"allow"`
	// Only promises that the senders reach the receivers, and that nothing else in the estate, on the internet or on-premises does.
	Only *Flow `yaml:"only"`
	// Resolve promises what answers a name.
	Resolve *Resolution `yaml:"resolve"`
	// Closed promises that AWS services are reached without the internet: their names lead to endpoints, and those are reached.
	Closed *Closure `yaml:"closed"`
}

// Flow is packets from senders to receivers. A party is an account (`dev`), a tier
// of its subnets (`dev.private`), what runs in it (`dev.nodes`,
// `dev.control-plane`, `dev.instance.probe`, `hub.endpoint.ecr.dkr`,
// `hub.resolver`, `dev.rds`, `dev.load-balancer`), any workload that holds a
// security group (`dev.group.piksel-dev-nodes`), an AWS service by its public
// addresses (`s3`), a range (`203.0.113.0/24`), `internet` or `on-premises`. `*`
// stands for every account. An account and a tier mean whatever workload may run
// there, with any security groups.
type Flow struct {
	// From names the senders, who begin the connection.
	From Parties `yaml:"from" jsonschema:"required"`
	// To names the receivers.
	To Parties `yaml:"to" jsonschema:"required"`
	// Port is the receiver's port, several of them, or ranges (`8000-8080`). Default: all.
	Port Ports `yaml:"port"`
	// Protocol is `tcp`, `udp`, `icmp` or `all`. Default: `tcp` if ports are named, else `all`.
	Protocol Protocol `yaml:"protocol"`
	// Via names what packets pass on the way, for `allow`.
	Via Waypoints `yaml:"via"`
	// By names what must stop packets alone, for `deny`: `transit-gateway` promises that its route tables would not pass them on even if every VPC's routes and network ACLs let them get there. Default: whatever stops them will do.
	By Layer `yaml:"by"`
}

// Resolution is a question to DNS and its answer.
type Resolution struct {
	// From names who asks: accounts or tiers.
	From Parties `yaml:"from" jsonschema:"required"`
	// Name is the name asked for.
	Name string `yaml:"name" jsonschema:"required"`
	// To names what the answer leads to: a party, `nothing` if the name does not exist, or a private zone (`zone dev.piksel.internal`) that answers for it.
	To string `yaml:"to" jsonschema:"required"`
}

// Closure is AWS services that are used without the internet.
type Closure struct {
	// For names who uses the services: accounts or tiers.
	For Parties `yaml:"for" jsonschema:"required"`
	// Services are AWS services by the last part of their endpoints' names; `ecr` is `ecr.api`, `ecr.dkr` and the `s3` that keeps the layers.
	Services Parties `yaml:"services" jsonschema:"required"`
}

// Parties are one name, or a list of them.
type Parties []string

// OneOrMore makes [yamldoc.Decode] take a single name for a list of one.
func (Parties) OneOrMore() {}

// Ports are one port or range, or a list of them.
type Ports []PortRange

// OneOrMore makes [yamldoc.Decode] take a single port for a list of one.
func (Ports) OneOrMore() {}

// Waypoints are one waypoint, or a list of them.
type Waypoints []Waypoint

// OneOrMore makes [yamldoc.Decode] take a single waypoint for a list of one.
func (Waypoints) OneOrMore() {}

// PortRange is the ports from First to Last, both included.
type PortRange struct{ First, Last uint16 }

// UnmarshalText reads `443` or `8000-8080`.
func (p *PortRange) UnmarshalText(text []byte) error {
	low, high, isRange := strings.Cut(string(text), "-")
	if !isRange {
		high = low
	}
	first, err := strconv.ParseUint(low, 10, 16)
	if err != nil {
		return fmt.Errorf("%q is not a port", text)
	}
	last, err := strconv.ParseUint(high, 10, 16)
	if err != nil || last < first {
		return fmt.Errorf("%q is not a range of ports", text)
	}
	*p = PortRange{uint16(first), uint16(last)}
	return nil
}

// MarshalText writes the range as it is read.
func (p PortRange) MarshalText() ([]byte, error) {
	if p.First == p.Last {
		return strconv.AppendUint(nil, uint64(p.First), 10), nil
	}
	return fmt.Appendf(nil, "%d-%d", p.First, p.Last), nil
}

// AcceptsNumbers makes [yamldoc.Decode] take a port without quotes.
func (PortRange) AcceptsNumbers() {}

// Wanted says what ports look like.
func (PortRange) Wanted() string { return "a port like 443 or a range like 8000-8080" }

// Protocol is a protocol above IP.
type Protocol string

// The protocols that intents name.
const (
	ProtocolTCP  Protocol = "tcp"
	ProtocolUDP  Protocol = "udp"
	ProtocolICMP Protocol = "icmp"
	ProtocolAll  Protocol = "all"
)

// Values are all protocols.
func (Protocol) Values() []string { return []string{"tcp", "udp", "icmp", "all"} }

// Waypoint is what a packet passes on its way.
type Waypoint string

// The waypoints that intents name.
const (
	ViaTransitGateway  Waypoint = "transit-gateway"
	ViaNAT             Waypoint = "nat-gateway"
	ViaInternetGateway Waypoint = "internet-gateway"
	ViaGatewayEndpoint Waypoint = "gateway-endpoint"
	ViaPeering         Waypoint = "peering"
	ViaFirewall        Waypoint = "firewall"
)

// Values are all waypoints.
func (Waypoint) Values() []string {
	return []string{"transit-gateway", "nat-gateway", "internet-gateway", "gateway-endpoint", "peering", "firewall"}
}

// Layer is what stops packets.
type Layer string

// ByTransitGateway is the route tables of the transit gateway.
const ByTransitGateway Layer = "transit-gateway"

// Values are all layers.
func (Layer) Values() []string { return []string{"transit-gateway"} }

// PartyKind is what a party of a flow is.
type PartyKind string

// The kinds of parties. The kinds of what runs in an account are the words by
// which intents name them.
const (
	PartyAccount      PartyKind = "account"
	PartyTier         PartyKind = "tier"
	PartyNodes        PartyKind = "nodes"
	PartyControlPlane PartyKind = "control-plane"
	PartyInstance     PartyKind = "instance"
	PartyEndpoint     PartyKind = "endpoint"
	PartyResolver     PartyKind = "resolver"
	PartyDatabase     PartyKind = "rds"
	PartyLoadBalancer PartyKind = "load-balancer"
	PartyGroup        PartyKind = "group"
	PartyInternet     PartyKind = "internet"
	PartyOnPremises   PartyKind = "on-premises"
	PartyService      PartyKind = "service"
	PartyRange        PartyKind = "range"
)

// running are the kinds of what runs in an account.
var running = []string{"nodes", "control-plane", "instance", "endpoint", "resolver", "rds", "load-balancer", "group"}

// Party is one name of a party, taken apart.
type Party struct {
	// Text is the name as it was written.
	Text string
	Kind PartyKind
	// Account is the account's name, `*` for every account, or "" for what is in none.
	Account string
	// Name is the tier, the service, or the name of what runs in the account; "" for all of that kind.
	Name string
	// Range are the addresses of a range.
	Range netip.Prefix
}

// Party takes the name of a party apart. The error says what names there are.
func (e *Estate) Party(text string) (Party, error) {
	p := Party{Text: text}
	switch {
	case text == string(PartyInternet) || text == string(PartyOnPremises):
		p.Kind = PartyKind(text)
		return p, nil
	case strings.Contains(text, "/"):
		prefix, err := netip.ParsePrefix(text)
		if err != nil || !prefix.Addr().Is4() || prefix.Masked() != prefix {
			return p, fmt.Errorf("%q is not an IPv4 range such as 203.0.113.0/24", text)
		}
		p.Kind, p.Range = PartyRange, prefix
		return p, nil
	}
	account, rest, _ := strings.Cut(text, ".")
	if _, known := e.Accounts[account]; !known && account != "*" {
		if _, service := endpointNames[text]; service || text == "s3" || text == "dynamodb" {
			p.Kind, p.Name = PartyService, text
			return p, nil
		}
		words := slices.Concat(sortedKeys(e.Accounts), []string{"internet", "on-premises", "s3"})
		return p, fmt.Errorf("%q begins with neither an account nor *, and is no AWS service: %s%s", text, strings.Join(words, ", "), yamldoc.Suggest(account, words))
	}
	p.Account = account
	kind, name, _ := strings.Cut(rest, ".")
	switch {
	case rest == "":
		p.Kind = PartyAccount
	case slices.Contains(running, kind):
		p.Kind, p.Name = PartyKind(kind), name
	case name != "":
		return p, fmt.Errorf("%q: %q is not one of %s%s", text, kind, strings.Join(running, ", "), yamldoc.Suggest(kind, running))
	default:
		p.Kind, p.Name = PartyTier, kind
	}
	return p, nil
}

// IntentLine is the line of the intent in intents.yaml.
func (e *Estate) IntentLine(i int) int { return e.intents.Line(yamldoc.Index("", i)) }

// validateIntents checks what can be told without a network.
func (e *Estate) validateIntents() {
	if e.intents == nil {
		return
	}
	for i, intent := range e.Intents {
		path := yamldoc.Index("", i)
		kinds := 0
		for kind, flow := range map[string]*Flow{"deny": intent.Deny, "allow": intent.Allow, "only": intent.Only} {
			if flow != nil {
				kinds++
				e.validateFlow(*flow, kind, yamldoc.Child(path, kind))
			}
		}
		if r := intent.Resolve; r != nil {
			kinds++
			e.validateParties(r.From, yamldoc.Child(yamldoc.Child(path, "resolve"), "from"), true)
			if r.To != "nothing" && !strings.HasPrefix(r.To, "zone ") {
				e.validateParties(Parties{r.To}, yamldoc.Child(yamldoc.Child(path, "resolve"), "to"), false)
			}
		}
		if c := intent.Closed; c != nil {
			kinds++
			e.validateParties(c.For, yamldoc.Child(yamldoc.Child(path, "closed"), "for"), true)
			e.validateServices(c.Services, yamldoc.Child(yamldoc.Child(path, "closed"), "services"))
		}
		if kinds != 1 {
			e.intents.Errorf(path, "an intent is exactly one of deny, allow, only, resolve and closed, not %d of them", kinds)
		}
	}
}

func (e *Estate) validateFlow(f Flow, kind, path string) {
	e.validateParties(f.From, yamldoc.Child(path, "from"), false)
	e.validateParties(f.To, yamldoc.Child(path, "to"), false)
	if len(f.Port) > 0 && f.Protocol != "" && f.Protocol != ProtocolTCP && f.Protocol != ProtocolUDP {
		e.intents.Errorf(yamldoc.Child(path, "port"), "%s has no ports: leave the port out, or say tcp or udp", f.Protocol)
	}
	if len(f.Via) > 0 && kind != "allow" {
		e.intents.Errorf(yamldoc.Child(path, "via"), "only allow says which way packets take")
	}
	if f.By != "" && kind != "deny" {
		e.intents.Errorf(yamldoc.Child(path, "by"), "only deny says what stops packets")
	}
}

// validateParties checks the names of parties. Who asks a question of DNS or uses
// a service is in a VPC as a whole.
func (e *Estate) validateParties(names Parties, path string, places bool) {
	if len(names) == 0 {
		e.intents.Errorf(path, "names nobody")
	}
	for i, name := range names {
		p, err := e.Party(name)
		switch {
		case err != nil:
			e.intents.Errorf(yamldoc.Index(path, i), "%v", err)
		case places && p.Kind != PartyAccount && p.Kind != PartyTier:
			e.intents.Errorf(yamldoc.Index(path, i), "%q is neither an account nor a tier of one", name)
		}
	}
}

func (e *Estate) validateServices(services Parties, path string) {
	if len(services) == 0 {
		e.intents.Errorf(path, "names no service")
	}
	known := slices.Concat(EndpointServices(), []string{"s3", "dynamodb", "ecr"})
	for i, s := range services {
		if !slices.Contains(known, s) {
			e.intents.Errorf(yamldoc.Index(path, i), "%q is not an AWS service that is known here%s", s, yamldoc.Suggest(s, known))
		}
	}
}
