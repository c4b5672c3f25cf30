package dnsfirewall

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53resolverfirewallconfig"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53resolverfirewallrulegroupassociation"

	"hubspoke/internal/tf"
)

// The places of a VPC's groups that AWS has.
// https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_AssociateFirewallRuleGroup.html
const (
	firstPlace = 101
	lastPlace  = 9899
)

// VPCConfig describes a VPC behind DNS Firewall.
type VPCConfig struct {
	// Name is the VPC's name.
	Name string
	// VPCID is the VPC, of the account of scope.
	VPCID *string
	// Groups are the rule groups whose rules its resolver asks, each at another place.
	Groups []Association
	// FailOpen answers queries while DNS Firewall does not answer; otherwise they fail.
	FailOpen bool
}

// Association is that of a rule group with a VPC.
type Association struct {
	// Name is the association's Terraform name, and the last part of its name in AWS.
	Name string
	// GroupID is the group, of this account or shared by another one.
	GroupID *string
	// Priority is the group's place among those of the VPC, 101 to 9899, the lowest first.
	Priority int
}

// VPC is what the construct made.
type VPC struct {
	// ConfigID is the id of the VPC's configuration.
	ConfigID *string
}

// NewVPC makes the VPC's configuration, `aws_route53_resolver_firewall_config.<id>`, and its
// associations, `aws_route53_resolver_firewall_rule_group_association.<id>_<name>`.
func NewVPC(scope constructs.Construct, id string, config VPCConfig) (*VPC, error) {
	if config.Name == "" || config.VPCID == nil || len(config.Groups) == 0 {
		return nil, fmt.Errorf("DNS Firewall of %q: want the name of the VPC, the VPC and rule groups", config.Name)
	}
	for _, g := range config.Groups {
		if g.Name == "" || g.GroupID == nil || g.Priority < firstPlace || g.Priority > lastPlace {
			return nil, fmt.Errorf("DNS Firewall of %s: association %q: want a name, a rule group and a priority of %d to %d", config.Name, g.Name, firstPlace, lastPlace)
		}
	}
	mode := "DISABLED"
	if config.FailOpen {
		mode = "ENABLED"
	}
	made := tf.Named(id, route53resolverfirewallconfig.NewRoute53ResolverFirewallConfig(scope, tf.ID("aws_route53_resolver_firewall_config", id), &route53resolverfirewallconfig.Route53ResolverFirewallConfigConfig{
		ResourceId:       config.VPCID,
		FirewallFailOpen: tf.String(mode),
	}))
	for _, g := range config.Groups {
		name := tf.Name(id, g.Name)
		tf.Named(name, route53resolverfirewallrulegroupassociation.NewRoute53ResolverFirewallRuleGroupAssociation(scope, tf.ID("aws_route53_resolver_firewall_rule_group_association", name), &route53resolverfirewallrulegroupassociation.Route53ResolverFirewallRuleGroupAssociationConfig{
			Name:                tf.String(config.Name + "-" + g.Name),
			FirewallRuleGroupId: g.GroupID,
			VpcId:               config.VPCID,
			Priority:            tf.Number(g.Priority),
			Tags:                tf.Tags(config.Name + "-" + g.Name),
			// The VPC never meets a rule before it is known what a failure means.
			DependsOn: tf.DependsOn(made),
		}))
	}
	return &VPC{ConfigID: made.Id()}, nil
}
