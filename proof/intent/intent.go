// Package intent is the language in which people say what a network promises: who
// reaches whom and who does not, what names resolve to, and which services are used
// without the internet; and what an organisation does: what somebody may do in its accounts
// and nobody may. It reads and checks such promises, and knows nothing of any
// network: the names of accounts and their tiers are given to it as [Names].
//
// The comments of its types are what editors show for intents.yaml.
package intent

import (
	"fmt"
	"strconv"
	"strings"
)

// Intents is intents.yaml: what the network promises, for `estate prove` to check
// against what was synthesized.
type Intents []Intent

// Intent is one promise about the network, or about the organisation. It holds exactly one of its kinds.
type Intent struct {
	// Deny promises that no packet of a sender arrives at a receiver, whatever security groups the two may have.
	Deny *Flow `yaml:"deny"`
	// Allow promises that every sender reaches every receiver, and that the answers come back.
	Allow *Flow `yaml:"allow"`
	// Only promises that the senders reach the receivers, and that nothing else in the estate, on the internet or on-premises does.
	Only *Flow `yaml:"only"`
	// Resolve promises what answers a name, whichever name server of the VPC is asked.
	Resolve *Resolution `yaml:"resolve"`
	// Closed promises that AWS services are reached without the internet: their names lead to endpoints, and those are reached.
	Closed *Closure `yaml:"closed"`
	// Egress promises that whatever reaches the internet passes something on the way, both ways.
	Egress *Egress `yaml:"egress"`
	// May promises that no policy of the organisation stops somebody from doing something in its accounts. Whether somebody else lets him, it does not say.
	May *Act `yaml:"may"`
	// Forbid promises that the organisation's policies stop somebody from doing something, whatever permissions anybody gives him.
	Forbid *Act `yaml:"forbid"`

	// Line is the line of the file that it begins on; 0 if it stands in none. [Intents.Locate] sets it.
	Line int `yaml:"-"`
}

// OneKey makes [yamldoc.Decode] refuse an intent without a promise, and one with two.
func (Intent) OneKey() {}

// Flow is packets from senders to receivers. A party is an account (`dev`), a tier
// of its subnets (`dev.private`), what runs in it (`dev.nodes`,
// `dev.control-plane`, `dev.instance.probe`, `hub.endpoint.ecr.dkr`,
// `hub.resolver`, `dev.rds`, `dev.load-balancer`, an HTTP API as `dev.api.public`, what is behind an
// endpoint service as `dev.endpoint-service.orders`), any workload that holds a
// security group (`dev.group.piksel-dev-nodes`), an AWS service by its public
// addresses (`s3`), a range (`203.0.113.0/24`) or an
// address (`203.0.113.7`), `internet` or `on-premises`. `*`
// stands for every account. A VPC that is not its account's only one has a name of
// its own, which stands in the account's place (`egress.public`). An account and a tier mean whatever workload may run
// there, with any security groups.
type Flow struct {
	// From names the senders, who begin the connection.
	From Parties `yaml:"from" jsonschema:"required"`
	// FromExcept names those of the senders that are not meant: `from: "*"` with `from_except: [hub, prod]` is everyone but the hub and prod, those who join later included.
	FromExcept Parties `yaml:"from_except"`
	// To names the receivers.
	To Parties `yaml:"to" jsonschema:"required"`
	// ToExcept names those of the receivers that are not meant.
	ToExcept Parties `yaml:"to_except"`
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
	// FromExcept names those of them that are not meant.
	FromExcept Parties `yaml:"from_except"`
	// Name is the name asked for.
	Name string `yaml:"name" jsonschema:"required"`
	// To names what the answer leads to: a party, `nothing` if the name does not exist, not even for whoever asks another name server that is reached from there, or a private zone (`zone dev.piksel.internal`) that answers for it.
	To string `yaml:"to" jsonschema:"required"`
}

// Closure is AWS services that are used without the internet.
type Closure struct {
	// For names who uses the services: accounts or tiers.
	For Parties `yaml:"for" jsonschema:"required"`
	// ForExcept names those of them that are not meant.
	ForExcept Parties `yaml:"for_except"`
	// Services are AWS services by the last part of their endpoints' names; `ecr` is `ecr.api`, `ecr.dkr` and the `s3` that keeps the layers.
	Services Parties `yaml:"services" jsonschema:"required"`
}

// Egress is the way to the internet.
type Egress struct {
	// For names who is meant: accounts or tiers. Whatever runs there is held to it, whatever its groups and ports; what does not reach the internet at all is not.
	For Parties `yaml:"for" jsonschema:"required"`
	// ForExcept names those of them that are not meant, such as the tier that the way leads through.
	ForExcept Parties `yaml:"for_except"`
	// Via names what all packets to the internet pass, and their answers: where it keeps state, the same one.
	Via Waypoints `yaml:"via" jsonschema:"required"`
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
	ViaPrivateEndpoint Waypoint = "private-endpoint"
)

// Values are all waypoints.
func (Waypoint) Values() []string {
	return []string{"transit-gateway", "nat-gateway", "internet-gateway", "gateway-endpoint", "peering", "firewall", "private-endpoint"}
}

// Layer is what stops packets.
type Layer string

// ByTransitGateway is the route tables of the transit gateway.
const ByTransitGateway Layer = "transit-gateway"

// Values are all layers.
func (Layer) Values() []string { return []string{"transit-gateway"} }
