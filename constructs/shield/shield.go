// Package shield subscribes an account to AWS Shield Advanced, and has it protect resources of
// the account. Every account has Shield Standard, for which nothing is made.
//
// A subscription is a contract of a year, which nothing here ends: Terraform forgets one that is
// no longer wanted. It protects nothing by itself, only what is named.
//
//   - https://docs.aws.amazon.com/waf/latest/developerguide/ddos-advanced-summary.html
//   - https://docs.aws.amazon.com/waf/latest/APIReference-Shield/API_CreateSubscription.html
package shield

import (
	"errors"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/shieldprotection"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/shieldsubscription"

	"hubspoke/internal/tf"
)

// Config describes a subscription.
type Config struct {
	// Accepted says that somebody has accepted the contract. Default: nobody has, and there is no subscription.
	Accepted bool
	// Ends lets the contract end with its year, which AWS takes in its last thirty days alone. Default: it is renewed.
	Ends bool
}

// Subscription is what the construct made.
type Subscription struct {
	// ID is the number of the account.
	ID *string
}

// New makes `aws_shield_subscription.<id>`. Terraform leaves the contract alone when the resource
// goes: AWS refuses in most of the year what the provider would do otherwise.
func New(scope constructs.Construct, id string, config Config) (*Subscription, error) {
	if !config.Accepted {
		return nil, errors.New("shield: a subscription is a contract of a year, and nobody has accepted it")
	}
	renew := "ENABLED"
	if config.Ends {
		renew = "DISABLED"
	}
	made := tf.Named(id, shieldsubscription.NewShieldSubscription(scope, tf.ID("aws_shield_subscription", id), &shieldsubscription.ShieldSubscriptionConfig{
		AutoRenew: tf.String(renew), SkipDestroy: jsii.Bool(true),
	}))
	return &Subscription{ID: made.Id()}, nil
}

// ProtectionConfig describes what is protected.
type ProtectionConfig struct {
	// Name is the protection's.
	Name string
	// ResourceARN is what is protected, in an account with a subscription.
	ResourceARN *string
}

// Protection is what the construct made.
type Protection struct {
	// ID is the protection's.
	ID *string
}

// NewProtection makes `aws_shield_protection.<id>`.
func NewProtection(scope constructs.Construct, id string, config ProtectionConfig) (*Protection, error) {
	if config.Name == "" || config.ResourceARN == nil {
		return nil, errors.New("shield: want a name, and what is protected")
	}
	made := tf.Named(id, shieldprotection.NewShieldProtection(scope, tf.ID("aws_shield_protection", id), &shieldprotection.ShieldProtectionConfig{
		Name: tf.String(config.Name), ResourceArn: config.ResourceARN, Tags: tf.Tags(config.Name),
	}))
	return &Protection{ID: made.Id()}, nil
}
