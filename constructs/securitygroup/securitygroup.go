// Package securitygroup makes security groups whose rules are resources of their
// own, so that each has a description, adding one touches no other, and two groups
// can name each other.
//
// A group admits and sends nothing until a rule says so. Rules are for IPv4.
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
package securitygroup

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/securitygroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupegressrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcsecuritygroupingressrule"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/tf"
)

// AllProtocols is the protocol of a rule for everything. It has no ports.
const AllProtocols = "-1"

// Anywhere is all of IPv4.
var Anywhere = netip.MustParsePrefix("0.0.0.0/0")

// Config describes a security group.
type Config struct {
	// Name is the group's name.
	Name string
	// Description says what the group is for. AWS never changes it: a new one replaces the group.
	Description string
	// VPCID is the group's VPC.
	VPCID *string
	// Tags are added to the group, for controllers that find groups by tag.
	Tags map[string]string
	// Ingress and Egress are the rules. Their names are unique in each direction.
	Ingress, Egress []Rule
}

// Rule admits one protocol and port, or a range of ports, from or to another side.
type Rule struct {
	// Name is the last part of the rule's Terraform name.
	Name string
	// Description says whose traffic it is.
	Description string
	// CIDR, Group, PrefixListID and Self are the other side, exactly one of them: a range, another security group, a managed prefix list, or the group itself.
	CIDR         netip.Prefix
	Group        *Group
	PrefixListID *string
	Self         bool
	// Protocol is `tcp`, `udp` or AllProtocols.
	Protocol string
	// Port is the port, or the first one if ToPort is set, which then is the last one.
	Port, ToPort int
}

// Group is what the construct made.
type Group struct {
	// ID is the group's id. A group that is made elsewhere is known by it alone: others may name it, and it takes rules by [NewRules].
	ID *string

	scope    constructs.Construct
	id, name string
	egress   []cdktf.ITerraformDependable
}

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
		Tags:        tf.Tags(config.Name, config.Tags),
		Lifecycle:   tf.ReplacedFirst(),
	}))
	g := &Group{ID: group.Id(), scope: scope, id: id, name: config.Name}
	return g, errors.Join(g.Admit(config.Ingress...), g.Send(config.Egress...))
}

// RulesConfig describes further rules of a group that another stack has made.
type RulesConfig struct {
	// Name is what the rules' own names begin with.
	Name string
	// Group is the group, which is known by its id alone.
	Group *Group
	// Ingress and Egress are the rules. Their names are unique in each direction.
	Ingress, Egress []Rule
}

// NewRules makes the rules, which are called `<id>_<rule>`.
func NewRules(scope constructs.Construct, id string, config RulesConfig) (*Group, error) {
	if config.Group == nil || len(config.Ingress)+len(config.Egress) == 0 {
		return nil, errors.New("rules " + config.Name + ": want a security group, and rules for it")
	}
	g := &Group{ID: config.Group.ID, scope: scope, id: id, name: config.Name}
	return g, errors.Join(g.Admit(config.Ingress...), g.Send(config.Egress...))
}

// Admit adds rules for what comes in. Groups that name each other get theirs
// after both exist.
func (g *Group) Admit(rules ...Rule) error {
	for _, r := range rules {
		name, config, err := g.rule(r)
		if err != nil {
			return err
		}
		tf.Named(name, vpcsecuritygroupingressrule.NewVpcSecurityGroupIngressRule(g.scope, tf.ID("aws_vpc_security_group_ingress_rule", name), config))
	}
	return nil
}

// Send adds rules for what goes out.
func (g *Group) Send(rules ...Rule) error {
	for _, r := range rules {
		name, config, err := g.rule(r)
		if err != nil {
			return err
		}
		egress := vpcsecuritygroupegressrule.VpcSecurityGroupEgressRuleConfig(*config)
		rule := tf.Named(name, vpcsecuritygroupegressrule.NewVpcSecurityGroupEgressRule(g.scope, tf.ID("aws_vpc_security_group_egress_rule", name), &egress))
		g.egress = append(g.egress, rule)
	}
	return nil
}

// Egress are the rules so far for what goes out, which a member that connects as it
// starts must wait for: the group's id alone says nothing about its rules.
func (g *Group) Egress() []cdktf.ITerraformDependable { return g.egress }

// rule is the Terraform name of a rule and its arguments, which are the same in
// both directions.
func (g *Group) rule(r Rule) (string, *vpcsecuritygroupingressrule.VpcSecurityGroupIngressRuleConfig, error) {
	if err := r.check(); err != nil {
		return "", nil, fmt.Errorf("security group %s: rule %s: %w", g.name, r.Name, err)
	}
	cidr, group, from, to := r.arguments(g)
	return tf.Name(g.id, r.Name), &vpcsecuritygroupingressrule.VpcSecurityGroupIngressRuleConfig{
		SecurityGroupId:           g.ID,
		Description:               tf.String(r.Description),
		CidrIpv4:                  cidr,
		ReferencedSecurityGroupId: group,
		PrefixListId:              r.PrefixListID,
		IpProtocol:                jsii.String(r.Protocol),
		FromPort:                  from,
		ToPort:                    to,
		Tags:                      tf.Tags(g.name + "-" + r.Name),
	}, nil
}

// check says what AWS would only say when the rule is applied.
func (r Rule) check() error {
	sides := 0
	for _, set := range []bool{r.CIDR.IsValid(), r.Group != nil, r.PrefixListID != nil, r.Self} {
		if set {
			sides++
		}
	}
	switch {
	case sides != 1:
		return fmt.Errorf("%d other sides, want one", sides)
	case r.Protocol == AllProtocols && (r.Port != 0 || r.ToPort != 0):
		return errors.New("all protocols have no ports")
	case r.ToPort != 0 && r.ToPort < r.Port:
		return fmt.Errorf("the last port %d is before the first, %d", r.ToPort, r.Port)
	}
	return nil
}

func (r Rule) arguments(own *Group) (cidr, group *string, from, to *float64) {
	switch {
	case r.CIDR.IsValid():
		cidr = tf.CIDR(r.CIDR)
	case r.Group != nil:
		group = r.Group.ID
	case r.Self:
		group = own.ID
	}
	if r.Protocol != AllProtocols {
		from, to = tf.Number(r.Port), tf.Number(max(r.Port, r.ToPort))
	}
	return cidr, group, from, to
}

// DNS are the two rules that DNS takes: queries go by UDP, and by TCP where the
// answer is too long. Their names begin with the protocol.
func DNS(name, description string, other netip.Prefix) []Rule {
	return []Rule{
		{Name: tf.Name("udp", name), Description: description, CIDR: other, Protocol: "udp", Port: 53},
		{Name: tf.Name("tcp", name), Description: description, CIDR: other, Protocol: "tcp", Port: 53},
	}
}
