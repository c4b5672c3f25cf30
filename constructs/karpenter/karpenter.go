// Package karpenter makes what Karpenter needs in AWS beside its role: a queue that
// tells it which instances are about to be interrupted, and the EventBridge rules
// that fill it. So Karpenter drains a spot instance in the two minutes before EC2
// takes it back, and replaces it.
//
// It makes no nodes and nothing in the cluster: Karpenter itself, its node pools and
// node classes are Kubernetes objects. The role of Karpenter is made by package
// workloadrole, from the statements of package controllerpolicy, and the nodes' role with
// the cluster.
//
//   - https://karpenter.sh/v1.15/concepts/disruption/#interruption
//   - https://karpenter.sh/v1.15/reference/cloudformation/#interruption-handling
package karpenter

import (
	"encoding/json"
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatcheventrule"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudwatcheventtarget"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/sqsqueue"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/sqsqueuepolicy"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// Config describes the AWS side of Karpenter in one cluster.
type Config struct {
	// Name is what the names of the rules begin with.
	Name string
	// QueueName is the name of the queue.
	QueueName string
	// ClusterName is the cluster's name.
	ClusterName string
	// Account is the cluster's.
	Account arn.Account
}

// Karpenter is what the construct made.
type Karpenter struct {
	// QueueName and QueueARN are those of the interruption queue.
	QueueName, QueueARN string
}

// An event is something that EventBridge tells of.
type event struct{ description, source, detailType string }

// events are what Karpenter's documentation names, by the last part of the rule's name.
var events = map[string]event{
	"health":      {"AWS is going to maintain or retire an instance", "aws.health", "AWS Health Event"},
	"rebalance":   {"A spot instance is at a higher risk", "aws.ec2", "EC2 Instance Rebalance Recommendation"},
	"reservation": {"The owner of a capacity reservation takes it back", "aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning"},
	"spot":        {"EC2 is going to take a spot instance back", "aws.ec2", "EC2 Spot Instance Interruption Warning"},
	"state":       {"An instance stops or ends", "aws.ec2", "EC2 Instance State-change Notification"},
}

const (
	// retentionSeconds is how long a message is of any use: an interrupted instance is gone by then.
	retentionSeconds = 300

	ruleNameSize  = 64 // https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutRule.html
	queueNameSize = 80 // https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-queues.html
)

// New makes the queue `aws_sqs_queue.<id>` and the rules `aws_cloudwatch_event_rule.<id>_<event>`.
func New(scope constructs.Construct, id string, config Config) (*Karpenter, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("karpenter of %s: %w", config.ClusterName, err)
	}
	// SQS encrypts with a key of its own, as Karpenter's reference has it: messages
	// name instances and nothing else, and live for minutes. EventBridge could not
	// write with a key that does not admit it.
	queue := tf.Named(id, sqsqueue.NewSqsQueue(scope, tf.ID("aws_sqs_queue", id), &sqsqueue.SqsQueueConfig{
		Name:                    tf.String(config.QueueName),
		MessageRetentionSeconds: tf.Number(retentionSeconds),
		SqsManagedSseEnabled:    true,
		Tags:                    tf.Tags(config.QueueName),
	}))
	admitted := tf.Named(id, sqsqueuepolicy.NewSqsQueuePolicy(scope, tf.ID("aws_sqs_queue_policy", id), &sqsqueuepolicy.SqsQueuePolicyConfig{
		QueueUrl: queue.Url(),
		Policy:   policy.Document(config.queueStatements()...),
	}))
	for _, key := range tf.Keys(events) {
		name := tf.Name(id, key)
		rule := tf.Named(name, cloudwatcheventrule.NewCloudwatchEventRule(scope, tf.ID("aws_cloudwatch_event_rule", name), &cloudwatcheventrule.CloudwatchEventRuleConfig{
			Name:         tf.String(config.ruleName(key)),
			Description:  tf.String(events[key].description + ", as Karpenter has to know"),
			EventPattern: events[key].pattern(),
			Tags:         tf.Tags(config.ruleName(key)),
		}))
		tf.Named(name, cloudwatcheventtarget.NewCloudwatchEventTarget(scope, tf.ID("aws_cloudwatch_event_target", name), &cloudwatcheventtarget.CloudwatchEventTargetConfig{
			Rule:     rule.Name(),
			TargetId: jsii.String("karpenter"),
			Arn:      queue.Arn(),
			// EventBridge drops what the queue does not admit.
			DependsOn: tf.DependsOn(admitted),
		}))
	}
	return &Karpenter{QueueName: config.QueueName, QueueARN: config.queueARN()}, nil
}

func (c Config) check() error {
	if c.Name == "" || c.QueueName == "" || !c.Account.Complete() {
		return fmt.Errorf("want names of the rules and the queue, and an account with partition and region")
	}
	if len(c.QueueName) > queueNameSize {
		return fmt.Errorf("queue %s has %d characters, SQS takes %d", c.QueueName, len(c.QueueName), queueNameSize)
	}
	for _, key := range tf.Keys(events) {
		if name := c.ruleName(key); len(name) > ruleNameSize {
			return fmt.Errorf("rule %s has %d characters, EventBridge takes %d", name, len(name), ruleNameSize)
		}
	}
	return nil
}

func (c Config) ruleName(event string) string { return c.Name + "-" + event }

func (c Config) queueARN() string { return c.Account.ARN("sqs", c.QueueName) }

// queueStatements admit the rules and nothing else. Karpenter's reference also
// admits sqs.amazonaws.com, which would move messages here from queues of which this
// one is the dead-letter queue; there are none.
//
//   - https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-use-resource-based.html#eb-sqs-permissions
//   - https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-security-best-practices.html
func (c Config) queueStatements() []policy.Statement {
	var rules []string
	for _, key := range tf.Keys(events) {
		rules = append(rules, c.Account.ARN("events", "rule/"+c.ruleName(key)))
	}
	return []policy.Statement{{
		Sid:       "RulesTell",
		Principal: policy.Service("events.amazonaws.com"),
		Action:    []string{"sqs:SendMessage"},
		Resource:  []string{c.queueARN()},
		Condition: policy.Condition{"ArnEquals": {"aws:SourceArn": rules}},
	}, policy.OnlyOverTLS("sqs", c.queueARN())}
}

// pattern is the event pattern that matches the event:
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html
func (e event) pattern() *string {
	text, err := json.Marshal(struct {
		Source     []string `json:"source"`
		DetailType []string `json:"detail-type"`
	}{[]string{e.source}, []string{e.detailType}})
	if err != nil {
		panic(err) // strings always encode
	}
	return tf.String(string(text))
}
