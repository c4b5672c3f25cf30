package firewall

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	awspolicy "github.com/cdktf/cdktf-provider-aws-go/aws/v19/networkfirewallfirewallpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/networkfirewallrulegroup"

	"hubspoke/internal/tf"
)

// What becomes of packets that no rule decides about. Both wait until a request has said
// what it asks for, even one in several packets, and look at what clients send alone: to
// drop at once would drop the handshake before it, and to drop what servers send would
// break connections that are let through.
//
//   - https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-rule-evaluation-order.html
//   - https://aws.amazon.com/about-aws/whats-new/2026/06/aws-network-firewall-updates-default-drop-action/
const (
	dropByDefault  = "aws:drop_established_app_layer_to_server"
	alertByDefault = "aws:alert_established_app_layer_to_server"
)

// strictOrder is how rules are read. It cannot be changed: another order is another policy.
const strictOrder = "STRICT_ORDER"

// Groups are read by their priority. Between those of one kind is room, so that one more
// moves no other.
const (
	firstGroups   = 100
	managedGroups = 200
	lastGroups    = 900
)

// newPolicy makes the policy with its groups of rules, and returns its ARN.
func newPolicy(scope constructs.Construct, id string, config Config) (*string, error) {
	var groups []awspolicy.NetworkfirewallFirewallPolicyFirewallPolicyStatefulRuleGroupReference
	first, last := firstGroups, lastGroups
	for _, g := range config.Groups {
		group, err := newGroup(scope, config.Name, g)
		if err != nil {
			return nil, err
		}
		priority := &last
		if g.First {
			priority = &first
		}
		groups = append(groups, awspolicy.NetworkfirewallFirewallPolicyFirewallPolicyStatefulRuleGroupReference{Priority: tf.Number(*priority), ResourceArn: group})
		*priority++
	}
	for i, name := range config.ManagedRules {
		reference := awspolicy.NetworkfirewallFirewallPolicyFirewallPolicyStatefulRuleGroupReference{
			Priority:    tf.Number(managedGroups + i),
			ResourceArn: tf.String(config.Account.Of("aws-managed").ARN("network-firewall", "stateful-rulegroup/"+name+"StrictOrder")),
		}
		if !config.Enforce {
			reference.Override = &awspolicy.NetworkfirewallFirewallPolicyFirewallPolicyStatefulRuleGroupReferenceOverride{Action: jsii.String("DROP_TO_ALERT")}
		}
		groups = append(groups, reference)
	}
	defaults := []string{alertByDefault}
	if config.Enforce {
		// Without the other, what is dropped is not logged.
		defaults = append(defaults, dropByDefault)
	}
	var home []string
	for _, p := range config.HomeNetworks {
		home = append(home, p.String())
	}
	// Fragments and whole packets alike go to the stateful engine, which alone knows requests.
	stateless := tf.Strings("aws:forward_to_sfe")
	made := tf.Named(id, awspolicy.NewNetworkfirewallFirewallPolicy(scope, tf.ID("aws_networkfirewall_firewall_policy", id), &awspolicy.NetworkfirewallFirewallPolicyConfig{
		Name: tf.String(config.Name),
		FirewallPolicy: &awspolicy.NetworkfirewallFirewallPolicyFirewallPolicy{
			StatelessDefaultActions:         stateless,
			StatelessFragmentDefaultActions: stateless,
			StatefulDefaultActions:          tf.Strings(defaults...),
			StatefulEngineOptions: &awspolicy.NetworkfirewallFirewallPolicyFirewallPolicyStatefulEngineOptions{
				RuleOrder: jsii.String(strictOrder),
				// Connections that the firewall knows nothing of, after one of its hosts has failed, are reset,
				// so that clients begin anew; to drop them would leave them waiting. A change restarts the engine.
				// https://docs.aws.amazon.com/network-firewall/latest/developerguide/stream-exception-policy.html
				StreamExceptionPolicy: jsii.String("REJECT"),
			},
			PolicyVariables: &awspolicy.NetworkfirewallFirewallPolicyFirewallPolicyPolicyVariables{
				RuleVariables: []awspolicy.NetworkfirewallFirewallPolicyFirewallPolicyPolicyVariablesRuleVariables{{
					Key:   jsii.String("HOME_NET"),
					IpSet: &awspolicy.NetworkfirewallFirewallPolicyFirewallPolicyPolicyVariablesRuleVariablesIpSet{Definition: tf.Strings(home...)},
				}},
			},
			StatefulRuleGroupReference: groups,
		},
		Tags: tf.Tags(config.Name),
	}))
	return made.Arn(), nil
}

// newGroup makes a group of rules. It sets no variables: it has HOME_NET of the policy, and
// with a HOME_NET of its own it would keep the policy's EXTERNAL_NET.
// https://docs.aws.amazon.com/network-firewall/latest/developerguide/suricata-limitations-caveats.html
func newGroup(scope constructs.Construct, name string, g Group) (*string, error) {
	if g.Name == "" || g.Rules == "" || g.Capacity <= 0 {
		return nil, fmt.Errorf("firewall %s: group of rules %q: want a name, rules and a capacity", name, g.Name)
	}
	id := tf.Name(g.Name)
	return tf.Named(id, networkfirewallrulegroup.NewNetworkfirewallRuleGroup(scope, tf.ID("aws_networkfirewall_rule_group", id), &networkfirewallrulegroup.NetworkfirewallRuleGroupConfig{
		Name:     tf.String(name + "-" + g.Name),
		Type:     jsii.String("STATEFUL"),
		Capacity: tf.Number(g.Capacity),
		RuleGroup: &networkfirewallrulegroup.NetworkfirewallRuleGroupRuleGroup{
			RulesSource:         &networkfirewallrulegroup.NetworkfirewallRuleGroupRuleGroupRulesSource{RulesString: tf.Literal(g.Rules)},
			StatefulRuleOptions: &networkfirewallrulegroup.NetworkfirewallRuleGroupRuleGroupStatefulRuleOptions{RuleOrder: jsii.String(strictOrder)},
		},
		Tags: tf.Tags(name + "-" + g.Name),
		// The policy has it in a list.
		Lifecycle: tf.ReplacedFirst(),
	})).Arn(), nil
}
