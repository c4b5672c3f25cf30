// Package resolver makes Route 53 Resolver endpoints: an inbound one, which
// answers for the VPC's private zones to whoever cannot be associated with them,
// and an outbound one, which forwards some domains to name servers elsewhere.
//
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver.html
package resolver

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53resolverendpoint"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53resolverrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53resolverruleassociation"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/alarm"
	"hubspoke/constructs/securitygroup"
	"hubspoke/constructs/vpc"
	"hubspoke/internal/tf"
)

// minAddresses is what AWS wants of an endpoint, in different zones:
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/best-practices-resolver-endpoint-high-availability.html
const minAddresses = 2

// Address is where an endpoint has an interface.
type Address struct {
	// Subnet is where the interface is.
	Subnet *vpc.Subnet
	// IP is the interface's address. If it is not set, AWS chooses one.
	IP netip.Addr
}

// InboundConfig describes an inbound endpoint.
type InboundConfig struct {
	// Name is the VPC's name.
	Name string
	// VPCID is the VPC whose view of names the endpoint gives.
	VPCID *string
	// Addresses are two or more, in different zones, and fixed: others write them into their configuration.
	Addresses []Address
	// Clients are the ranges that may ask, by name.
	Clients map[string]netip.Prefix
	// Protocols are those that it answers by. Default: those that it has answered by until now, which is plain DNS for a new one.
	Protocols []Protocol
	// Topics are the ARNs of the SNS topics that are told when an address does not answer. Default: none, and there is no alarm.
	Topics []string
}

// Protocol is how an endpoint answers, as AWS calls it. From plain DNS alone to HTTPS alone
// AWS changes none: both stand between.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_UpdateResolverEndpoint.html
type Protocol string

// The values of [Protocol].
const (
	Do53 Protocol = "Do53"
	DoH  Protocol = "DoH"
)

// Inbound is an inbound endpoint.
type Inbound struct {
	// ID is the endpoint's id.
	ID *string
}

// NewInbound makes the endpoint `aws_route53_resolver_endpoint.<id>` behind a
// security group of the same name.
func NewInbound(scope constructs.Construct, id string, config InboundConfig) (*Inbound, error) {
	if len(config.Addresses) < minAddresses {
		return nil, fmt.Errorf("inbound endpoint %s: %d addresses, want %d or more", config.Name, len(config.Addresses), minAddresses)
	}
	var rules []securitygroup.Rule
	for _, client := range tf.Keys(config.Clients) {
		rules = append(rules, securitygroup.DNS("from_"+client, "DNS queries from "+client, config.Clients[client])...)
		if slices.Contains(config.Protocols, DoH) {
			rules = append(rules, securitygroup.Rule{
				Name: tf.Name("https", "from_"+client), Description: "DNS queries by HTTPS from " + client, CIDR: config.Clients[client], Protocol: "tcp", Port: 443,
			})
		}
	}
	group, err := securitygroup.New(scope, id, securitygroup.Config{
		Name: config.Name + "-" + id,
		// The most that it may admit. AWS changes no description: another one would replace
		// the group, and with it the endpoint.
		Description: "Inbound resolver endpoint: DNS from the hub, the spokes and on-premises",
		VPCID:       config.VPCID,
		Ingress:     rules,
	})
	if err != nil {
		return nil, err
	}
	made := endpoint(scope, id, "INBOUND", config.Name+"-"+id, group, config.Addresses, config.Protocols...)
	if err := watch(scope, id, config.Name+"-"+id, made.Id(), config.Topics); err != nil {
		return nil, err
	}
	return &Inbound{ID: made.Id()}, nil
}

// OutboundConfig describes an outbound endpoint with its forwarding rules.
type OutboundConfig struct {
	// Name is the VPC's name.
	Name string
	// VPCID is the VPC that the queries leave from. It forwards the domains itself too.
	VPCID *string
	// Addresses are two or more, in different zones.
	Addresses []Address
	// Domains are the domains to forward, each with the addresses of its name servers. None of those may be in a VPC that the rules are associated with: that is a loop.
	Domains map[string][]netip.Addr
	// Topics are the ARNs of the SNS topics that are told when an address does not answer. Default: none, and there is no alarm.
	Topics []string
}

// Outbound is an outbound endpoint with its rules.
type Outbound struct {
	// RuleIDs and RuleARNs are the forwarding rules, by domain.
	RuleIDs, RuleARNs map[string]*string
}

// NewOutbound makes the endpoint `aws_route53_resolver_endpoint.<id>` and a rule
// `aws_route53_resolver_rule.<domain>` for each domain.
func NewOutbound(scope constructs.Construct, id string, config OutboundConfig) (*Outbound, error) {
	if len(config.Addresses) < minAddresses {
		return nil, fmt.Errorf("outbound endpoint %s: %d addresses, want %d or more", config.Name, len(config.Addresses), minAddresses)
	}
	var rules []securitygroup.Rule
	seen := map[netip.Addr]bool{}
	for _, domain := range tf.Keys(config.Domains) {
		for _, server := range config.Domains[domain] {
			if !seen[server] {
				seen[server] = true
				rules = append(rules, securitygroup.DNS("to_"+server.String(), "DNS queries to "+server.String(), netip.PrefixFrom(server, 32))...)
			}
		}
	}
	group, err := securitygroup.New(scope, id, securitygroup.Config{
		Name:        config.Name + "-" + id,
		Description: "Outbound resolver endpoint: DNS to on-premises name servers",
		VPCID:       config.VPCID,
		Egress:      rules,
	})
	if err != nil {
		return nil, err
	}
	e := endpoint(scope, id, "OUTBOUND", config.Name+"-"+id, group, config.Addresses)
	if err := watch(scope, id, config.Name+"-"+id, e.Id(), config.Topics); err != nil {
		return nil, err
	}
	made := &Outbound{RuleIDs: map[string]*string{}, RuleARNs: map[string]*string{}}
	for _, domain := range tf.Keys(config.Domains) {
		rule := config.rule(scope, domain, e.Id())
		made.RuleIDs[domain], made.RuleARNs[domain] = rule.Id(), rule.Arn()
		if _, err := NewAssociation(scope, tf.Name(domain), AssociationConfig{RuleID: rule.Id(), VPCID: config.VPCID}); err != nil {
			return nil, err
		}
	}
	return made, nil
}

func (c OutboundConfig) rule(scope constructs.Construct, domain string, endpointID *string) route53resolverrule.Route53ResolverRule {
	var targets []route53resolverrule.Route53ResolverRuleTargetIp
	for _, server := range c.Domains[domain] {
		targets = append(targets, route53resolverrule.Route53ResolverRuleTargetIp{Ip: tf.String(server.String()), Port: tf.Number(53)})
	}
	name := tf.Name(domain)
	return tf.Named(name, route53resolverrule.NewRoute53ResolverRule(scope, tf.ID("aws_route53_resolver_rule", name), &route53resolverrule.Route53ResolverRuleConfig{
		DomainName:         tf.String(domain),
		RuleType:           jsii.String("FORWARD"),
		ResolverEndpointId: endpointID,
		TargetIp:           targets,
		Tags:               tf.Tags(c.Name + "-" + domain),
	}))
}

// AssociationConfig describes the association of a forwarding rule with a VPC.
type AssociationConfig struct {
	// RuleID is the rule, of this account or shared by another one.
	RuleID *string
	// VPCID is the VPC that forwards the rule's domain.
	VPCID *string
}

// Association is the association of a forwarding rule with a VPC.
type Association struct {
	// ID is the association's id.
	ID *string
}

// NewAssociation makes a VPC forward a domain, as
// `aws_route53_resolver_rule_association.<id>`.
func NewAssociation(scope constructs.Construct, id string, config AssociationConfig) (*Association, error) {
	if config.RuleID == nil || config.VPCID == nil {
		return nil, fmt.Errorf("association of resolver rule %s: want a rule and a VPC", id)
	}
	made := tf.Named(id, route53resolverruleassociation.NewRoute53ResolverRuleAssociation(scope, tf.ID("aws_route53_resolver_rule_association", id), &route53resolverruleassociation.Route53ResolverRuleAssociationConfig{
		ResolverRuleId: config.RuleID,
		VpcId:          config.VPCID,
	}))
	return &Association{ID: made.Id()}, nil
}

// watch tells the topics, if there are any, when an address of an endpoint has not
// answered for ten minutes. The endpoint goes on with the others.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/monitoring-resolver-with-cloudwatch.html
func watch(scope constructs.Construct, id, name string, endpointID *string, topics []string) error {
	if len(topics) == 0 {
		return nil
	}
	_, err := alarm.New(scope, tf.Name(id, "unhealthy"), alarm.Config{
		Name:        name + "-unhealthy",
		Description: "An address of the resolver endpoint does not answer (" + name + ")",
		Namespace:   "AWS/Route53Resolver",
		Metric:      "EndpointUnhealthyENICount",
		Dimensions:  map[string]*string{"EndpointId": endpointID},
		Statistic:   "Maximum",
		Comparison:  alarm.AtLeast,
		Threshold:   1,
		Periods:     2,
		Topics:      topics,
	})
	return err
}

// list is nil where there is nothing in it: AWS takes no empty list.
func list(texts []*string) *[]*string {
	if len(texts) == 0 {
		return nil
	}
	return &texts
}

func endpoint(scope constructs.Construct, id, direction, name string, group *securitygroup.Group, addresses []Address, protocols ...Protocol) route53resolverendpoint.Route53ResolverEndpoint {
	var interfaces []route53resolverendpoint.Route53ResolverEndpointIpAddress
	var after []cdktf.ITerraformDependable
	for _, a := range addresses {
		in := route53resolverendpoint.Route53ResolverEndpointIpAddress{SubnetId: a.Subnet.ID}
		if a.IP.IsValid() {
			in.Ip = tf.String(a.IP.String())
		}
		after = append(after, vpc.Reservations(a.Subnet)...)
		interfaces = append(interfaces, in)
	}
	var answers []*string
	for _, p := range protocols {
		answers = append(answers, tf.String(string(p)))
	}
	return tf.Named(id, route53resolverendpoint.NewRoute53ResolverEndpoint(scope, tf.ID("aws_route53_resolver_endpoint", id), &route53resolverendpoint.Route53ResolverEndpointConfig{
		Name:             tf.String(name),
		Direction:        tf.String(direction),
		SecurityGroupIds: tf.Tokens(group.ID),
		IpAddress:        interfaces,
		Protocols:        list(answers),
		Tags:             tf.Tags(name),
		DependsOn:        tf.DependsOn(after...),
	}))
}
