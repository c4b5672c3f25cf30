// Package webacl makes web ACLs of AWS WAF for what stands in a region, such as the stage of a
// REST API: AWS's own rules against what is bad in any application, a limit for each address,
// and a log of what they met.
//
// It makes no rules of one's own, and none that AWS charges for beside the ACL.
//
//   - https://docs.aws.amazon.com/waf/latest/developerguide/web-acl.html
//   - https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
package webacl

import (
	"errors"
	"fmt"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/wafv2webacl"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/wafv2webaclassociation"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/wafv2webaclloggingconfiguration"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/loggroup"
	"hubspoke/constructs/savedquery"
	"hubspoke/internal/awstag"
	"hubspoke/internal/tf"
)

// LogPrefix is what names of log groups begin with that WAF writes to.
// https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
const LogPrefix = "aws-waf-logs-"

// leastRate and mostRate are what a limit may be:
// https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html
const (
	leastRate = 10
	mostRate  = 2000000000
)

// Config describes a web ACL.
type Config struct {
	// Name is the ACL's. AWS changes none.
	Name string
	// Block refuses what a rule matches, with the status 403. Default: it is counted, and let through.
	Block bool
	// Rate is how many requests one address may make in five minutes.
	Rate int
	// ClientHeader is the header in which a proxy says who calls: the limit is for the first address in it. Default: none, and it is for whoever connects.
	ClientHeader string
	// ResourceARN is what the ACL stands before. Default: a cluster puts it before its load balancers.
	ResourceARN *string
	// Cluster is the name of that cluster, which has a tag on the ACL say so: without, nothing in AWS says what the ACL is for.
	Cluster string
	// LogGroup is the name of the log group to make, which begins with [LogPrefix], RetentionDays how long it keeps its events.
	LogGroup      string
	RetentionDays int
	// KeyARN is the key that encrypts the group. Default: a key of CloudWatch Logs itself.
	KeyARN *string
	// Admitted is what lets WAF write to the group.
	Admitted cdktf.ITerraformDependable
}

// ACL is what the construct made.
type ACL struct {
	// ARN is the ACL's.
	ARN *string
}

func (c Config) check() error {
	switch {
	case c.Name == "" || (c.ResourceARN == nil) == (c.Cluster == ""):
		return errors.New("want a name, and what it stands before: a resource, or the load balancers of a cluster")
	case c.Rate < leastRate || c.Rate > mostRate:
		return fmt.Errorf("a rate of %d, want %d to %d", c.Rate, leastRate, mostRate)
	case !strings.HasPrefix(c.LogGroup, LogPrefix) || c.RetentionDays < 1 || c.Admitted == nil:
		return fmt.Errorf("want a log group, whose name begins with %s, that WAF may write to", LogPrefix)
	}
	return nil
}

// New makes the web ACL `aws_wafv2_web_acl.<id>`, puts it before its resource, and has it log.
func New(scope constructs.Construct, id string, config Config) (*ACL, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("web ACL %q: %w", config.Name, err)
	}
	group, err := loggroup.New(scope, tf.Name(id, "waf"), loggroup.Config{Name: config.LogGroup, RetentionDays: config.RetentionDays, KeyARN: config.KeyARN})
	if err != nil {
		return nil, err
	}
	if _, err := savedquery.New(scope, tf.Name(id, "waf"), savedquery.Config{Folder: config.Name + "/waf", LogGroup: group.Name, Queries: queries}); err != nil {
		return nil, err
	}
	acl := tf.Named(id, wafv2webacl.NewWafv2WebAcl(scope, tf.ID("aws_wafv2_web_acl", id), &wafv2webacl.Wafv2WebAclConfig{
		Name:             tf.String(config.Name),
		Scope:            tf.String("REGIONAL"),
		DefaultAction:    &wafv2webacl.Wafv2WebAclDefaultAction{Allow: &wafv2webacl.Wafv2WebAclDefaultActionAllow{}},
		Rule:             config.rules(),
		VisibilityConfig: &wafv2webacl.Wafv2WebAclVisibilityConfig{CloudwatchMetricsEnabled: true, MetricName: tf.String(config.Name), SampledRequestsEnabled: true},
		Tags:             config.tags(),
	}))
	if config.ResourceARN != nil {
		tf.Named(id, wafv2webaclassociation.NewWafv2WebAclAssociation(scope, tf.ID("aws_wafv2_web_acl_association", id), &wafv2webaclassociation.Wafv2WebAclAssociationConfigA{
			ResourceArn: config.ResourceARN, WebAclArn: acl.Arn(),
		}))
	}
	tf.Named(id, wafv2webaclloggingconfiguration.NewWafv2WebAclLoggingConfiguration(scope, tf.ID("aws_wafv2_web_acl_logging_configuration", id), &wafv2webaclloggingconfiguration.Wafv2WebAclLoggingConfigurationConfig{
		ResourceArn:           acl.Arn(),
		LogDestinationConfigs: tf.Tokens(group.ARN),
		RedactedFields: []*wafv2webaclloggingconfiguration.Wafv2WebAclLoggingConfigurationRedactedFields{
			{SingleHeader: &wafv2webaclloggingconfiguration.Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader{Name: tf.String("authorization")}},
			{SingleHeader: &wafv2webaclloggingconfiguration.Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader{Name: tf.String("cookie")}},
		},
		DependsOn: tf.DependsOn(config.Admitted),
	}))
	return &ACL{ARN: acl.Arn()}, nil
}

// managed are AWS's groups of rules, in the order in which they are asked: addresses that are
// known to be bad, which costs least, then what requests say. Together with the limit they
// take 927 of the 1500 units of an ACL.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
var managed = []string{"AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet", "AWSManagedRulesCommonRuleSet"}

// rules are the limit for each address, then AWS's groups.
func (c Config) rules() []*wafv2webacl.Wafv2WebAclRule {
	limit := c.rule("rate", 0, map[string]any{"rate_based_statement": c.limit()})
	limit.Action = &wafv2webacl.Wafv2WebAclRuleAction{Count: &wafv2webacl.Wafv2WebAclRuleActionCount{}}
	if c.Block {
		limit.Action = &wafv2webacl.Wafv2WebAclRuleAction{Block: &wafv2webacl.Wafv2WebAclRuleActionBlock{}}
	}
	rules := []*wafv2webacl.Wafv2WebAclRule{limit}
	for i, name := range managed {
		rule := c.rule(name, i+1, map[string]any{"managed_rule_group_statement": map[string]any{"vendor_name": "AWS", "name": name}})
		rule.OverrideAction = &wafv2webacl.Wafv2WebAclRuleOverrideAction{Count: &wafv2webacl.Wafv2WebAclRuleOverrideActionCount{}}
		if c.Block {
			rule.OverrideAction = &wafv2webacl.Wafv2WebAclRuleOverrideAction{None: &wafv2webacl.Wafv2WebAclRuleOverrideActionNone{}}
		}
		rules = append(rules, rule)
	}
	return rules
}

// limit is for each address. A header that holds no address meets the rule, so that nobody gets
// around it by sending nonsense; a request without the header does not.
// https://docs.aws.amazon.com/waf/latest/developerguide/waf-rule-statement-forwarded-ip-address.html
func (c Config) limit() map[string]any {
	if c.ClientHeader == "" {
		return map[string]any{"limit": c.Rate, "aggregate_key_type": "IP"}
	}
	return map[string]any{"limit": c.Rate, "aggregate_key_type": "FORWARDED_IP",
		"forwarded_ip_config": map[string]any{"header_name": c.ClientHeader, "fallback_behavior": "MATCH"}}
}

// tags are the ACL's. That of the cluster is the one by which Kubernetes says whose something is.
func (c Config) tags() *map[string]*string {
	tags := tf.Tags(c.Name)
	if c.Cluster != "" {
		(*tags)[awstag.Cluster(c.Cluster)] = tf.String("shared")
	}
	return tags
}

func (c Config) rule(name string, priority int, statement map[string]any) *wafv2webacl.Wafv2WebAclRule {
	return &wafv2webacl.Wafv2WebAclRule{
		Name: tf.String(name), Priority: tf.Number(priority), Statement: statement,
		VisibilityConfig: &wafv2webacl.Wafv2WebAclRuleVisibilityConfig{CloudwatchMetricsEnabled: true, MetricName: tf.String(c.Name + "-" + name), SampledRequestsEnabled: true},
	}
}
