// Package topic makes SNS topics, encrypted with keys of their own, and tells people by
// e-mail. What publishes is CloudWatch, for alarms of the topic's own account, or whoever
// the stack that has the topic says.
//
// Nothing confirms a subscription: whoever is told confirms it, by the message that SNS
// sends. It makes no filters.
//
// https://docs.aws.amazon.com/sns/latest/dg/welcome.html
package topic

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopic"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopicpolicy"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/snstopicsubscription"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/key"
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// Config describes a topic.
type Config struct {
	// Name is the topic's name, and its key's.
	Name string
	// Account is the topic's own, in its region.
	Account arn.Account
	// Description says what the key encrypts. Default: messages of the topic.
	Description string
	// Emails are the addresses that are told. Default: nobody is.
	Emails []string
	// Publish admits who publishes to the topic, and Encrypt to its key. Default: CloudWatch, for alarms of the account.
	Publish []policy.Statement
	Encrypt policy.Statement
	// Provider acts in the topic's region. Default: the stack's own.
	Provider cdktf.TerraformProvider
}

// Topic is what the construct made.
type Topic struct {
	// ARN is the topic's ARN. Who uses it waits for the topic and its policy.
	ARN *string
}

// New makes the topic `aws_sns_topic.<id>` with its policy and its key, and a subscription
// `aws_sns_topic_subscription.<id>_<address>` for each address.
func New(scope constructs.Construct, id string, config Config) (*Topic, error) {
	if config.Name == "" || !config.Account.Complete() {
		return nil, fmt.Errorf("topic %q: want a name, and an account with partition and region", config.Name)
	}
	if len(config.Publish) == 0 {
		config.Publish = []policy.Statement{config.alarms("AlarmsPublish", config.Account.ARN("sns", config.Name), "sns:Publish")}
		config.Encrypt = config.alarms("AlarmsEncrypt", "*", "kms:Decrypt", "kms:GenerateDataKey*")
	}
	encrypts, err := key.New(scope, id, key.Config{
		Alias:       "alias/" + config.Name,
		Description: cmp.Or(config.Description, "Messages of the topic "+config.Name),
		Account:     config.Account,
		Statements:  []policy.Statement{config.Encrypt},
		Provider:    config.Provider,
	})
	if err != nil {
		return nil, err
	}
	topic := tf.Named(id, snstopic.NewSnsTopic(scope, tf.ID("aws_sns_topic", id), &snstopic.SnsTopicConfig{
		Name:           tf.String(config.Name),
		KmsMasterKeyId: encrypts.ARN,
		Tags:           tf.Tags(config.Name),
		Provider:       config.Provider,
	}))
	admitted := tf.Named(id, snstopicpolicy.NewSnsTopicPolicy(scope, tf.ID("aws_sns_topic_policy", id), &snstopicpolicy.SnsTopicPolicyConfig{
		Arn:      topic.Arn(),
		Policy:   policy.Document(append(slices.Clone(config.Publish), config.onlyOverTLS())...),
		Provider: config.Provider,
	}))
	for _, address := range config.Emails {
		name := tf.Name(id, addressName.Replace(address))
		tf.Named(name, snstopicsubscription.NewSnsTopicSubscription(scope, tf.ID("aws_sns_topic_subscription", name), &snstopicsubscription.SnsTopicSubscriptionConfig{
			TopicArn: topic.Arn(),
			Protocol: jsii.String("email"),
			Endpoint: tf.String(address),
			Provider: config.Provider,
		}))
	}
	return &Topic{ARN: admitted.Arn()}, nil
}

// addressName is an address as Terraform's names take it.
var addressName = strings.NewReplacer("@", "_at_", "%", "_", "+", "_plus_")

// onlyOverTLS refuses to publish over plain HTTP. Topics take no action `sns:*`.
// https://docs.aws.amazon.com/sns/latest/dg/sns-security-best-practices.html#enforce-encryption-data-in-transit
func (c Config) onlyOverTLS() policy.Statement {
	return policy.Statement{
		Sid:       "OnlyOverTLS",
		Effect:    "Deny",
		Principal: policy.Principal{Anyone: true},
		Action:    []string{"sns:Publish"},
		Resource:  []string{c.Account.ARN("sns", c.Name)},
		Condition: policy.Condition{"Bool": {"aws:SecureTransport": {"false"}}},
	}
}

// alarms admits CloudWatch, when it acts for an alarm of the account.
// https://docs.aws.amazon.com/sns/latest/dg/sns-access-policy-use-cases.html
func (c Config) alarms(sid, resource string, actions ...string) policy.Statement {
	return policy.Statement{
		Sid:       sid,
		Principal: policy.Service("cloudwatch.amazonaws.com"),
		Action:    actions,
		Resource:  []string{resource},
		Condition: policy.Condition{
			"ArnLike":      {"aws:SourceArn": {c.Account.ARN("cloudwatch", "alarm:*")}},
			"StringEquals": {"aws:SourceAccount": {c.Account.Number}},
		},
	}
}
