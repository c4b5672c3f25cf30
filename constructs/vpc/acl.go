package vpc

import (
	"net/netip"
	"slices"

	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/networkacl"

	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
)

// Network ACLs are stateless: whoever may send must be allowed to get the answer,
// which goes to a port that the client chose. Clients of different systems choose
// from 1024 up, NAT gateways and load balancers too:
// https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html#nacl-ephemeral-ports
const (
	firstEphemeral = 1024
	lastPort       = 65535
)

// maxReachable keeps the longest list of rules, the public tier's, within the 20
// that AWS takes in each direction.
const maxReachable = 10

var (
	everywhere   = netip.MustParsePrefix("0.0.0.0/0")
	privateSpace = []netip.Prefix{
		netip.MustParsePrefix("10.0.0.0/8"),
		netip.MustParsePrefix("172.16.0.0/12"),
		netip.MustParsePrefix("192.168.0.0/16"),
	}
)

// rule is one line of a network ACL. Lines are read by number, and the first that
// matches decides.
type rule struct {
	number   int
	deny     bool
	cidr     netip.Prefix
	protocol string // tcp, udp, icmp; empty for all
	from, to int
}

// guard gives each tier the ACL that its traffic needs.
func (v *VPC) guard() {
	own := []netip.Prefix{v.Config.CIDR}
	near := append(own, v.Config.Reachable...)
	served := web()
	if v.Config.Egress {
		served = nil
	}
	v.acl(subnet.Public, append(neighbours(near), append(served, answers()...)...), append(neighbours(near), anything()...))
	// Answers from the internet come to private subnets too: through NAT gateways,
	// which hide the client's address but not the server's, and through the S3 gateway
	// endpoint.
	v.acl(subnet.Private, append(append(neighbours(near), remoteDesktop), answers()...), append(neighbours(near), anything()...))
	v.acl(subnet.Database, allow(own), allow(own))
	// AWS wants these open: what passes here is on its way to another subnet, whose ACL
	// decides.
	// https://docs.aws.amazon.com/vpc/latest/tgw/tgw-best-design-practices.html
	v.acl(subnet.Attachment, anything(), anything())
	// What passes here was sent to a firewall, which decides.
	v.acl(subnet.Firewall, anything(), anything())
}

// neighbours admits the ranges that the VPC may talk to and denies every other
// private one, so that no line after these can let another network in. A range
// that is admitted as a whole needs no denial: it would never decide.
func neighbours(near []netip.Prefix) []rule {
	rules := allow(near)
	for i, p := range privateSpace {
		admitted := func(n netip.Prefix) bool { return n.Bits() <= p.Bits() && n.Contains(p.Addr()) }
		if !slices.ContainsFunc(near, admitted) {
			rules = append(rules, rule{number: 200 + i, deny: true, cidr: p})
		}
	}
	return rules
}

func allow(ranges []netip.Prefix) []rule {
	var rules []rule
	for i, p := range ranges {
		rules = append(rules, rule{number: 100 + i, cidr: p})
	}
	return rules
}

// web is what load balancers in public subnets receive.
func web() []rule {
	return []rule{
		{number: 300, cidr: everywhere, protocol: "tcp", from: 80, to: 80},
		{number: 301, cidr: everywhere, protocol: "tcp", from: 443, to: 443},
	}
}

// remoteDesktop lies within the range of client ports, but below those that Linux
// and Windows choose from. NAT gateways do choose it, so public subnets cannot
// deny it:
// https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-21
var remoteDesktop = rule{number: 400, deny: true, cidr: everywhere, protocol: "tcp", from: 3389, to: 3389}

// answers is the return traffic of connections that begin in the subnet.
func answers() []rule {
	return []rule{
		{number: 410, cidr: everywhere, protocol: "tcp", from: firstEphemeral, to: lastPort},
		{number: 411, cidr: everywhere, protocol: "udp", from: firstEphemeral, to: lastPort},
		// "Fragmentation needed", without which large packets are lost.
		{number: 412, cidr: everywhere, protocol: "icmp", from: 3, to: 4},
	}
}

func anything() []rule { return []rule{{number: 500, cidr: everywhere}} }

func (v *VPC) acl(tier subnet.Tier, ingress, egress []rule) {
	// Subnets that were there before have theirs.
	var subnets []*string
	for _, s := range v.Subnets(tier) {
		if s.ExistingID == "" {
			subnets = append(subnets, s.ID)
		}
	}
	if len(subnets) == 0 {
		return
	}
	in, out := []networkacl.NetworkAclIngress{}, []networkacl.NetworkAclEgress{}
	for _, r := range ingress {
		in = append(in, networkacl.NetworkAclIngress(r.block()))
	}
	for _, r := range egress {
		out = append(out, networkacl.NetworkAclEgress(r.block()))
	}
	name := string(tier)
	tf.Named(name, networkacl.NewNetworkAcl(v.scope, tf.ID("aws_network_acl", name), &networkacl.NetworkAclConfig{
		VpcId:     v.ID,
		SubnetIds: tf.Tokens(subnets...),
		Ingress:   in,
		Egress:    out,
		Tags:      tf.Tags(v.Config.Name + "-" + name),
	}))
}

// block is the rule as Terraform writes it: "icmp" has a type and code in place
// of ports, and "-1" means every protocol.
func (r rule) block() networkacl.NetworkAclIngress {
	b := networkacl.NetworkAclIngress{
		RuleNo:    tf.Number(r.number),
		Action:    jsii.String("allow"),
		CidrBlock: tf.CIDR(r.cidr),
		Protocol:  jsii.String("-1"),
		FromPort:  tf.Number(r.from),
		ToPort:    tf.Number(r.to),
	}
	if r.deny {
		b.Action = jsii.String("deny")
	}
	if r.protocol != "" {
		b.Protocol = jsii.String(r.protocol)
	}
	if r.protocol == "icmp" {
		b.FromPort, b.ToPort = tf.Number(0), tf.Number(0)
		b.IcmpType, b.IcmpCode = tf.Number(r.from), tf.Number(r.to)
	}
	return b
}
