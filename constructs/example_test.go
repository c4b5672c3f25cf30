package constructs_test

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopic"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopicpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopicsubscription"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/arn"
	"hubspoke/internal/fastkernel"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// What follows, down to Example, would be the file constructs/topic/topic.go.

// Package topic makes SNS topics to which CloudWatch alarms of one account publish.
//
// It makes no filters, and nothing confirms its subscriptions: people do, by the
// message that SNS sends them.
//
// https://docs.aws.amazon.com/sns/latest/dg/welcome.html

// Config describes a topic.
type Config struct {
	// Name is the topic's name.
	Name string
	// Account is the topic's own, whose alarms may publish.
	Account arn.Account
	// KeyARN is the key that encrypts messages, and admits CloudWatch. Default: messages are not encrypted at rest.
	KeyARN *string
	// Subscribers are e-mail addresses, by a name for each. Default: nobody is told.
	Subscribers map[string]string
}

// Topic is what the construct made.
type Topic struct {
	// ARN is the topic's ARN. Who uses it waits for the topic and its policy.
	ARN *string
}

// New makes the topic `aws_sns_topic.<id>` and a subscription
// `aws_sns_topic_subscription.<id>_<name>` for each subscriber.
func New(scope constructs.Construct, id string, config Config) (*Topic, error) {
	if config.Name == "" || !config.Account.Complete() {
		return nil, fmt.Errorf("topic %q: want a name, and an account with partition and region", config.Name)
	}
	for _, name := range tf.Keys(config.Subscribers) {
		if !strings.Contains(config.Subscribers[name], "@") {
			return nil, fmt.Errorf("topic %s: %q is no e-mail address of %s", config.Name, config.Subscribers[name], name)
		}
	}
	topic := tf.Named(id, snstopic.NewSnsTopic(scope, tf.ID("aws_sns_topic", id), &snstopic.SnsTopicConfig{
		Name:           tf.String(config.Name),
		KmsMasterKeyId: config.KeyARN,
		Tags:           tf.Tags(config.Name),
	}))
	admitted := tf.Named(id, snstopicpolicy.NewSnsTopicPolicy(scope, tf.ID("aws_sns_topic_policy", id), &snstopicpolicy.SnsTopicPolicyConfig{
		Arn:    topic.Arn(),
		Policy: policy.Document(config.statements()...),
	}))
	config.subscribe(scope, id, topic)
	return &Topic{ARN: admitted.Arn()}, nil
}

// statements admit CloudWatch, when it acts for an alarm of the account. The topic's
// name is known, so its ARN is too, and shows in a review.
// https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
func (c Config) statements() []policy.Statement {
	return []policy.Statement{{
		Sid:       "AlarmsPublish",
		Principal: policy.Service("cloudwatch.amazonaws.com"),
		Action:    []string{"sns:Publish"},
		Resource:  []string{c.Account.ARN("sns", c.Name)},
		Condition: policy.Condition{
			"ArnLike":      {"aws:SourceArn": {c.Account.ARN("cloudwatch", "alarm:*")}},
			"StringEquals": {"aws:SourceAccount": {c.Account.Number}},
		},
	}}
}

// subscribe names a subscription after the subscriber: one more moves no other.
func (c Config) subscribe(scope constructs.Construct, id string, topic snstopic.SnsTopic) {
	for _, subscriber := range tf.Keys(c.Subscribers) {
		name := tf.Name(id, subscriber)
		tf.Named(name, snstopicsubscription.NewSnsTopicSubscription(scope, tf.ID("aws_sns_topic_subscription", name), &snstopicsubscription.SnsTopicSubscriptionConfig{
			TopicArn: topic.Arn(),
			Protocol: jsii.String("email"),
			Endpoint: tf.String(c.Subscribers[subscriber]),
		}))
	}
}

// Example is a whole construct, and what a stack gets that uses it.
func Example() {
	fastkernel.Enable()
	defer jsii.Close()
	outdir, err := os.MkdirTemp("", "hubspoke-example-")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(outdir)
	stack := cdktf.NewTerraformStack(cdktf.NewApp(&cdktf.AppConfig{Outdir: &outdir}), jsii.String("example"))

	if _, err := New(stack, "alarms", Config{
		Name:        "piksel-alarms",
		Account:     arn.Account{Partition: "aws", Region: "ap-southeast-3", Number: "111111111111"},
		Subscribers: map[string]string{"on-call": "on-call@example.com"},
	}); err != nil {
		panic(err)
	}

	var made struct {
		Resource map[string]map[string]any
	}
	if err := json.Unmarshal([]byte(*cdktf.Testing_Synth(stack, jsii.Bool(false))), &made); err != nil {
		panic(err)
	}
	for _, kind := range tf.Keys(made.Resource) {
		for _, name := range tf.Keys(made.Resource[kind]) {
			fmt.Println(kind + "." + name)
		}
	}
	_, err = New(stack, "alarms", Config{Name: "piksel-alarms"})
	fmt.Println(err)
	// Output:
	// aws_sns_topic.alarms
	// aws_sns_topic_policy.alarms
	// aws_sns_topic_subscription.alarms_on_call
	// topic "piksel-alarms": want a name, and an account with partition and region
}
