// Package dnsfirewall makes rule groups of Route 53 Resolver DNS Firewall, with their own
// domain lists, and puts VPCs behind them.
//
// A resolver asks the rules of a VPC's groups one after the other, and does with a query
// what the first one says that knows the name; one that no rule knows is answered. Groups
// can be shared through AWS RAM as route53resolver:FirewallRuleGroup; other accounts then
// associate their own VPCs with them. The share is not made here.
//
// What is not asked of the resolver of a VPC, or of an inbound endpoint in it, meets no rule.
//
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall.html
package dnsfirewall

import (
	"fmt"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53resolverfirewalldomainlist"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53resolverfirewallrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/route53resolverfirewallrulegroup"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/quota"
	"hubspoke/internal/tf"
)

// Action is what becomes of a query that a rule is about.
type Action string

// The values of [Action].
const (
	// Allow answers the query, and asks no further rule.
	Allow Action = "ALLOW"
	// Alert does so too, and marks the query in the logs.
	Alert Action = "ALERT"
	// Block answers that there is no such name, and marks the query in the logs.
	Block Action = "BLOCK"
)

// Everything is the domain of all names.
const Everything = "*"

// Config describes a rule group.
type Config struct {
	// Name is the group's name. Another one replaces the group and its lists.
	Name string
	// Rules are the group's rules, each with another priority.
	Rules []Rule
}

// Rule says what becomes of queries for some names.
type Rule struct {
	// Name is the last part of the rule's Terraform name, and of its name in AWS.
	Name string
	// Priority is the rule's place in the group, the lowest first. A rule that takes the place of another in the same apply may be refused, so that rules keep theirs.
	Priority int
	// Action is what becomes of the queries.
	Action Action
	// Domains are the names, each with all below it, or [Everything]. A list of its own holds them, whose domains change in place.
	Domains []string
	// ListID is a list that is there already, such as one that AWS keeps, in place of Domains.
	ListID string
}

// Group is what the construct made.
type Group struct {
	// ID is what VPCs are associated with, and ARN what a share names.
	ID, ARN *string
}

// New makes the group `aws_route53_resolver_firewall_rule_group.<id>`, and for each rule
// `aws_route53_resolver_firewall_rule.<id>_<rule>`, with the list
// `aws_route53_resolver_firewall_domain_list` of the same name if it has one of its own.
func New(scope constructs.Construct, id string, config Config) (*Group, error) {
	if err := config.check(); err != nil {
		return nil, err
	}
	group := tf.Named(id, route53resolverfirewallrulegroup.NewRoute53ResolverFirewallRuleGroup(scope, tf.ID("aws_route53_resolver_firewall_rule_group", id), &route53resolverfirewallrulegroup.Route53ResolverFirewallRuleGroupConfig{
		Name: tf.String(config.Name),
		Tags: tf.Tags(config.Name),
	}))
	// A rule that blocks is made after those that allow, and goes before them: a VPC that
	// is associated already must not be without its allowed names in between.
	var allowed []cdktf.ITerraformDependable
	for _, r := range config.Rules {
		if made := r.make(scope, tf.Name(id, r.Name), config.Name+"-"+r.Name, group.Id(), allowed); r.Action == Allow {
			allowed = append(allowed, made)
		}
	}
	return &Group{ID: group.Id(), ARN: group.Arn()}, nil
}

func (c Config) check() error {
	if c.Name == "" || len(c.Rules) == 0 {
		return fmt.Errorf("rule group %q of DNS Firewall: want a name and rules", c.Name)
	}
	priorities := map[int]string{}
	for _, r := range c.Rules {
		switch {
		case r.Name == "" || r.Action == "" || r.Priority <= 0:
			return fmt.Errorf("rule group %s of DNS Firewall: rule %q: want a name, an action and a priority above 0", c.Name, r.Name)
		case (len(r.Domains) == 0) == (r.ListID == ""):
			return fmt.Errorf("rule group %s of DNS Firewall: rule %s: want either domains or a list", c.Name, r.Name)
		case priorities[r.Priority] != "":
			return fmt.Errorf("rule group %s of DNS Firewall: rules %s and %s have the priority %d both", c.Name, priorities[r.Priority], r.Name, r.Priority)
		}
		if n := len(r.list()); n > quota.DomainListDomains.Default {
			return fmt.Errorf("rule group %s of DNS Firewall: rule %s: its list has %d domains, and AWS takes %d at once", c.Name, r.Name, n, quota.DomainListDomains.Default)
		}
		priorities[r.Priority] = r.Name
	}
	return nil
}

// make makes the rule after those that allow, and its list if it has one of its own.
func (r Rule) make(scope constructs.Construct, id, name string, group *string, allowed []cdktf.ITerraformDependable) cdktf.ITerraformDependable {
	list := tf.String(r.ListID)
	if len(r.Domains) > 0 {
		list = tf.Named(id, route53resolverfirewalldomainlist.NewRoute53ResolverFirewallDomainList(scope, tf.ID("aws_route53_resolver_firewall_domain_list", id), &route53resolverfirewalldomainlist.Route53ResolverFirewallDomainListConfig{
			Name:    tf.String(name),
			Domains: tf.Strings(r.list()...),
			Tags:    tf.Tags(name),
		})).Id()
	}
	config := &route53resolverfirewallrule.Route53ResolverFirewallRuleConfig{
		Name:                            tf.String(r.Name),
		Action:                          tf.String(string(r.Action)),
		Priority:                        tf.Number(r.Priority),
		FirewallDomainListId:            list,
		FirewallRuleGroupId:             group,
		FirewallDomainRedirectionAction: jsii.String("INSPECT_REDIRECTION_DOMAIN"),
	}
	switch r.Action {
	case Allow:
		// A CNAME leads from an allowed name to others, which the lists do not have: those of
		// a content network, of a load balancer. Aliases of Route 53 lead to none.
		//
		//   - https://aws.amazon.com/blogs/aws/stop-the-cname-chain-struggle-simplified-management-with-route-53-resolver-dns-firewall
		//   - https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-rule-settings.html
		config.FirewallDomainRedirectionAction = jsii.String("TRUST_REDIRECTION_DOMAIN")
	case Block:
		// A client that gets this answer asks no other server.
		config.BlockResponse = jsii.String("NXDOMAIN")
	}
	if r.Action != Allow {
		config.DependsOn = tf.DependsOn(allowed...)
	}
	return tf.Named(id, route53resolverfirewallrule.NewRoute53ResolverFirewallRule(scope, tf.ID("aws_route53_resolver_firewall_rule", id), config))
}

// list is what the rule's own list holds: DNS Firewall takes a domain for itself alone, and
// `*.` before it for the names below. AWS keeps all of them with a dot at the end, and the
// provider would change those without one in every plan.
//
//   - https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-dns-firewall-user-managed-domain-lists.html
//   - https://github.com/hashicorp/terraform-provider-aws/issues/23543
func (r Rule) list() []string {
	var domains []string
	for _, d := range r.Domains {
		domains = append(domains, d+".")
		if d != Everything {
			domains = append(domains, "*."+d+".")
		}
	}
	slices.Sort(domains)
	return slices.Compact(domains)
}
