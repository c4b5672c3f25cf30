// Package findings tells people of findings: EventBridge finds the grave ones among all that
// Security Hub collects, and an SNS topic sends each as an e-mail that says what it is and
// where to look.
//
// Security Hub has the findings of GuardDuty, Inspector, IAM Access Analyzer and its own
// controls, of all accounts and regions, in its home region: one rule there sees all. A
// finding is told when it is new and whenever it changes, until somebody sets its workflow
// status to another than NEW, which is what NOTIFIED is for.
//
//   - https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-cwe-integration-types.html
//   - https://docs.aws.amazon.com/securityhub/latest/userguide/findings-workflow-status.html
package findings

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatcheventrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatcheventtarget"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/topic"
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// Config describes who is told of findings.
type Config struct {
	// Name is the name of the topic, and begins those of the rules.
	Name string
	// Account is the one in whose event bus the findings of all arrive, in Security Hub's home region.
	Account arn.Account
	// Emails are the addresses that are told. Each confirms the message that SNS sends it first.
	Emails []string
	// Provider acts in the account and its region. Default: the stack's own.
	Provider cdktf.TerraformProvider
}

// Findings is what the construct made.
type Findings struct {
	// TopicARN is the topic's ARN.
	TopicARN *string
}

// inspector and controls are what findings of Inspector and of Security Hub's own controls call
// their product. The first finds a vulnerability for each package and machine, the second has one
// for each control and resource, and checks them again every day: people are told of the
// critical ones alone.
const (
	inspector = "Inspector"
	controls  = "Security Hub"
)

// watched are the findings that people are told of: what they are called, what products
// they are of, and how grave they are.
var watched = []struct {
	name, description string
	product           []any
	severities        []string
}{
	{"findings", "High and critical findings of all products but Inspector and Security Hub", []any{map[string]any{"anything-but": []string{inspector, controls}}}, []string{"HIGH", "CRITICAL"}},
	{"controls", "Critical findings of Security Hub's own controls", []any{controls}, []string{"CRITICAL"}},
	{"vulnerabilities", "Critical findings of Inspector", []any{inspector}, []string{"CRITICAL"}},
}

// New makes the topic `aws_sns_topic.<id>`, its policy and its key, which have the same name,
// a subscription `aws_sns_topic_subscription.<id>_<address>` for each address, and
// `aws_cloudwatch_event_rule.<id>_<what>` with its target for each kind of finding.
func New(scope constructs.Construct, id string, config Config) (*Findings, error) {
	if config.Name == "" || !config.Account.Complete() || len(config.Emails) == 0 {
		return nil, fmt.Errorf("findings %q: want a name, an account, and who is told", config.Name)
	}
	var told []event
	for _, w := range watched {
		told = append(told, event{w.name, w.description, pattern(w.product, w.severities), paths, template})
	}
	return config.tell(scope, id, "Encrypts messages about findings.", told)
}

// event is what people are told of.
type event struct {
	// name ends that of the rule, and description says what it finds.
	name, description string
	// pattern finds the events, and paths name what of them the template tells.
	pattern  string
	paths    map[string]string
	template string
}

// tell makes the topic, and a rule for each kind of event.
func (c Config) tell(scope constructs.Construct, id, description string, all []event) (*Findings, error) {
	told, err := topic.New(scope, id, topic.Config{
		Name:        c.Name,
		Account:     c.Account,
		Description: description,
		Emails:      c.Emails,
		Publish:     c.statements(),
		Encrypt:     c.keyStatement(),
		Provider:    c.Provider,
	})
	if err != nil {
		return nil, err
	}
	for _, e := range all {
		c.rule(scope, tf.Name(id, e.name), e, told.ARN)
	}
	return &Findings{TopicARN: told.ARN}, nil
}

// rule finds events, and sends each to the topic as a message that people can read.
func (c Config) rule(scope constructs.Construct, id string, e event, topicARN *string) {
	name := c.Name + "-" + e.name
	rule := tf.Named(id, cloudwatcheventrule.NewCloudwatchEventRule(scope, tf.ID("aws_cloudwatch_event_rule", id), &cloudwatcheventrule.CloudwatchEventRuleConfig{
		Provider:     c.Provider,
		Name:         tf.String(name),
		Description:  tf.String(e.description),
		EventPattern: tf.String(e.pattern),
		Tags:         tf.Tags(name),
	}))
	tf.Named(id, cloudwatcheventtarget.NewCloudwatchEventTarget(scope, tf.ID("aws_cloudwatch_event_target", id), &cloudwatcheventtarget.CloudwatchEventTargetConfig{
		Provider: c.Provider,
		Rule:     rule.Name(),
		TargetId: jsii.String("people"),
		Arn:      topicARN, // once the topic admits it
		InputTransformer: &cloudwatcheventtarget.CloudwatchEventTargetInputTransformer{
			InputPaths:    tf.Map(e.paths),
			InputTemplate: tf.String(e.template),
		},
	}))
}

// paths are what the message says of a finding.
var paths = map[string]string{
	"account":  "$.detail.findings[0].AwsAccountId",
	"id":       "$.detail.findings[0].Id",
	"product":  "$.detail.findings[0].ProductName",
	"region":   "$.detail.findings[0].Region",
	"resource": "$.detail.findings[0].Resources[0].Id",
	"severity": "$.detail.findings[0].Severity.Label",
	"title":    "$.detail.findings[0].Title",
}

// template is the message: one text of JSON for each line.
const template = `"<severity> in account <account>, <region>: <title>"
"Found by <product>, about <resource>."
"Finding <id>. Look it up in Security Hub, and set its workflow status to NOTIFIED: as long as that is NEW, each change of it is told again."`

// pattern finds new findings of products and severities among the events of Security Hub.
func pattern(product []any, severities []string) string {
	return events("aws.securityhub", "Security Hub Findings - Imported", map[string]any{"findings": map[string]any{
		"ProductName": product,
		"RecordState": []string{"ACTIVE"},
		"Severity":    map[string]any{"Label": severities},
		"Workflow":    map[string]any{"Status": []string{"NEW"}},
	}})
}

// events is a pattern of EventBridge.
func events(source, kind string, detail map[string]any) string {
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(map[string]any{"source": []string{source}, "detail-type": []string{kind}, "detail": detail}); err != nil {
		panic(err) // strings, numbers, lists and maps always encode
	}
	return strings.TrimSpace(text.String())
}

// statements admit EventBridge, when it acts for a rule of these names.
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sns-permissions
func (c Config) statements() []policy.Statement {
	topic := c.Account.ARN("sns", c.Name)
	return []policy.Statement{{
		Sid:       "RulesPublish",
		Principal: policy.Service("events.amazonaws.com"),
		Action:    []string{"sns:Publish"},
		Resource:  []string{topic},
		Condition: policy.Condition{"ArnLike": {"aws:SourceArn": {c.Account.ARN("events", "rule/"+c.Name+"-*")}}},
	}}
}

// keyStatement lets EventBridge encrypt what it sends to the topic, which is what SNS's own
// context says: KMS does not learn here for which account or rule EventBridge acts, and a
// condition on it would let no message through.
// https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html
func (c Config) keyStatement() policy.Statement {
	return policy.Statement{
		Sid:       "EventBridgeEncrypts",
		Principal: policy.Service("events.amazonaws.com"),
		Action:    []string{"kms:Decrypt", "kms:GenerateDataKey"},
		Resource:  []string{"*"},
		Condition: policy.Condition{"StringEquals": {"kms:EncryptionContext:aws:sns:topicArn": {c.Account.ARN("sns", c.Name)}}},
	}
}
