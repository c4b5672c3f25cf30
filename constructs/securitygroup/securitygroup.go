// Package securitygroup makes security groups whose rules are resources of their
// own, so that each has a description and adding one touches no other.
//
// A group admits and sends nothing until a rule says so.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
package securitygroup

import (
	"errors"
	"net/netip"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securitygroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupegressrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupingressrule"

	"hubspoke/internal/tf"
)

// Config describes a security group.
type Config struct {
	// Name is the group's name.
	Name string
	// Description says what the group is for. AWS never changes it: a new one replaces the group.
	Description string
	// VPCID is the group's VPC.
	VPCID *string
	// Ingress and Egress are the rules. Their names are unique in each direction.
	Ingress, Egress []Rule
}

// Rule admits one protocol and port from, or to, one range.
type Rule struct {
	// Name is the last part of the rule's Terraform name.
	Name string
	// Description says whose traffic it is.
	Description string
	// CIDR is the other side.
	CIDR netip.Prefix
	// Protocol is `tcp` or `udp`.
	Protocol string
	Port     int
}

// Group is what the construct made.
type Group struct{ ID *string }

// New makes the group `aws_security_group.<id>` with its rules, which are called
// `<id>_<rule>`.
func New(scope constructs.Construct, id string, config Config) (*Group, error) {
	if config.Description == "" {
		return nil, errors.New("security group " + config.Name + ": want a description")
	}
	group := tf.Named(id, securitygroup.NewSecurityGroup(scope, tf.ID("aws_security_group", id), &securitygroup.SecurityGroupConfig{
		Name:        tf.String(config.Name),
		Description: tf.String(config.Description),
		VpcId:       config.VPCID,
		Tags:        tf.Tags(config.Name),
	}))
	for _, r := range config.Ingress {
		name := tf.Name(id, r.Name)
		tf.Named(name, vpcsecuritygroupingressrule.NewVpcSecurityGroupIngressRule(scope, tf.ID("aws_vpc_security_group_ingress_rule", name), &vpcsecuritygroupingressrule.VpcSecurityGroupIngressRuleConfig{
			SecurityGroupId: group.Id(),
			Description:     tf.String(r.Description),
			CidrIpv4:        tf.CIDR(r.CIDR),
			IpProtocol:      jsii.String(r.Protocol),
			FromPort:        tf.Number(r.Port),
			ToPort:          tf.Number(r.Port),
			Tags:            tf.Tags(config.Name + "-" + r.Name),
		}))
	}
	for _, r := range config.Egress {
		name := tf.Name(id, r.Name)
		tf.Named(name, vpcsecuritygroupegressrule.NewVpcSecurityGroupEgressRule(scope, tf.ID("aws_vpc_security_group_egress_rule", name), &vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig{
			SecurityGroupId: group.Id(),
			Description:     tf.String(r.Description),
			CidrIpv4:        tf.CIDR(r.CIDR),
			IpProtocol:      jsii.String(r.Protocol),
			FromPort:        tf.Number(r.Port),
			ToPort:          tf.Number(r.Port),
			Tags:            tf.Tags(config.Name + "-" + r.Name),
		}))
	}
	return &Group{ID: group.Id()}, nil
}

// DNS are the two rules that DNS takes: queries go by UDP, and by TCP where the
// answer is too long. Their names begin with the protocol.
func DNS(name, description string, other netip.Prefix) []Rule {
	return []Rule{
		{Name: tf.Name("udp", name), Description: description, CIDR: other, Protocol: "udp", Port: 53},
		{Name: tf.Name("tcp", name), Description: description, CIDR: other, Protocol: "tcp", Port: 53},
	}
}
