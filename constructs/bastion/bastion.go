// Package bastion makes a way in for people: an instance in a private subnet without
// a public address or any inbound rule, which Session Manager alone reaches, and the
// log of what is said in its sessions.
//
// Sessions are encrypted and logged by the account's session preferences in the
// region, the document SSM-SessionManagerRunShell, which is made here. Where somebody
// has saved preferences before, that document exists: import it first. IAM says who
// may start sessions, and that they use this document. It is made by neither.
//
// The log has shells. Session Manager cannot log sessions that forward a port or
// carry SSH. The instance has no tools and no rights of its own: people forward a
// port through it, and use their own.
//
//   - https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-logging.html
//   - https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-preferences-cli.html
//   - https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-enable-encryption.html
package bastion

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ssmdocument"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/key"
	"hubspoke/constructs/loggroup"
	"hubspoke/constructs/managedinstance"
	"hubspoke/constructs/securitygroup"
	"hubspoke/constructs/vpc"
	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// preferences is the name that Session Manager reads preferences from.
const preferences = "SSM-SessionManagerRunShell"

// A session ends when nobody types for a while, or after a working day. In minutes,
// as texts: https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
const (
	idleMinutes    = "20"
	longestMinutes = "480"
)

// Config describes a bastion.
type Config struct {
	// Name is the bastion's name.
	Name string
	// InstanceType is one with a Graviton processor.
	InstanceType string
	// VPCID, CIDR and Subnet say where it is. It sends HTTPS to that range, where endpoints, load balancers and the Kubernetes API are.
	VPCID  *string
	CIDR   netip.Prefix
	Subnet *vpc.Subnet
	// S3PrefixListID is the list of S3's addresses, where packages and updates of the SSM Agent are.
	S3PrefixListID *string
	// LogGroup is the name of the log group for sessions to make, RetentionDays how long it keeps them.
	LogGroup      string
	RetentionDays int
	// After is what must exist before the instance starts: the endpoints that its agent calls.
	After []cdktf.ITerraformDependable
	// Account is the VPC's.
	Account arn.Account
}

// Bastion is what the construct made.
type Bastion struct {
	// ID is the instance's id, which sessions name as their target.
	ID *string
	// Group is the bastion's security group, for others to admit.
	Group *securitygroup.Group
}

// New makes the instance `aws_instance.<id>` with its role, group, key, log group and
// session preferences.
func New(scope constructs.Construct, id string, config Config) (*Bastion, error) {
	if config.Name == "" || config.VPCID == nil || config.Subnet == nil || !config.CIDR.IsValid() || !config.Account.Complete() {
		return nil, fmt.Errorf("bastion %q: want a name, a VPC with its range, a subnet and an account", config.Name)
	}
	encryption, err := config.key(scope, id)
	if err != nil {
		return nil, err
	}
	if err := config.sessions(scope, id, encryption); err != nil {
		return nil, err
	}
	group, err := securitygroup.New(scope, id, securitygroup.Config{
		Name:        config.Name,
		Description: "Bastion: reached by Session Manager alone",
		VPCID:       config.VPCID,
		Egress: []securitygroup.Rule{
			{Name: "https_to_vpc", Description: "Kubernetes API, load balancers and VPC endpoints", CIDR: config.CIDR, Protocol: "tcp", Port: 443},
			{Name: "https_to_s3", Description: "Packages and agent updates in S3", PrefixListID: config.S3PrefixListID, Protocol: "tcp", Port: 443},
		},
	})
	if err != nil {
		return nil, err
	}
	instance, err := managedinstance.New(scope, id, managedinstance.Config{
		Name:         config.Name,
		InstanceType: config.InstanceType,
		Purpose:      "Lets the bastion be reached by Session Manager and log its sessions.",
		PolicyName:   "log-sessions",
		Statements:   SessionStatements(config.Account, config.LogGroup, *encryption.ARN, nil),
		Subnet:       config.Subnet,
		GroupIDs:     []*string{group.ID},
		After:        slices.Concat(config.After, group.Egress()),
		Account:      config.Account,
	})
	if err != nil {
		return nil, err
	}
	return &Bastion{ID: instance.ID, Group: group}, nil
}

// KeyAlias is the alias of the key that encrypts the sessions of the account, in which
// there is a bastion of that name.
func KeyAlias(name string) string { return "alias/" + name }

// key makes the key of sessions and their log. CloudWatch Logs uses it for that one
// log group.
func (c Config) key(scope constructs.Construct, id string) (*key.Key, error) {
	return key.New(scope, id, key.Config{
		Alias:       KeyAlias(c.Name),
		Description: "Sessions of " + c.Name + " and their log",
		Account:     c.Account,
		Statements:  []policy.Statement{loggroup.KeyStatement("SessionLog", c.Account, c.LogGroup)},
	})
}

// sessions makes the log group and the preferences that send sessions there.
func (c Config) sessions(scope constructs.Construct, id string, encryption *key.Key) error {
	group, err := loggroup.New(scope, id, loggroup.Config{Name: c.LogGroup, RetentionDays: c.RetentionDays, KeyARN: encryption.ARN})
	if err != nil {
		return err
	}
	content, err := json.Marshal(map[string]any{
		"schemaVersion": "1.0",
		"description":   "Session preferences of the account in this region",
		"sessionType":   "Standard_Stream",
		"inputs": map[string]any{
			"cloudWatchEncryptionEnabled": true,
			"cloudWatchLogGroupName":      c.LogGroup,
			"cloudWatchStreamingEnabled":  true,
			"idleSessionTimeout":          idleMinutes,
			"kmsKeyId":                    *encryption.ARN,
			"maxSessionDuration":          longestMinutes,
			"runAsEnabled":                false,
			"s3BucketName":                "",
			"s3EncryptionEnabled":         true,
			"s3KeyPrefix":                 "",
		},
	})
	if err != nil {
		return err
	}
	tf.Named(id, ssmdocument.NewSsmDocument(scope, tf.ID("aws_ssm_document", id), &ssmdocument.SsmDocumentConfig{
		Name:           jsii.String(preferences),
		DocumentType:   jsii.String("Session"),
		DocumentFormat: jsii.String("JSON"),
		Content:        jsii.String(string(content)),
		Tags:           tf.Tags(c.Name),
		DependsOn:      tf.DependsOn(group.Resource),
	}))
	return nil
}

// SessionStatements are what an instance's SSM Agent does beside keeping the connection,
// where the account's session preferences encrypt sessions with the key and log them in
// the group: [New] makes such preferences, and they are for every instance of the
// account. The key is an ARN, narrowed by the condition if it is a pattern.
// https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
func SessionStatements(account arn.Account, logGroup, key string, condition policy.Condition) []policy.Statement {
	group := account.LogGroup(logGroup)
	return []policy.Statement{{
		Sid:      "LogSessions",
		Action:   []string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
		Resource: []string{group, group + ":*"},
	}, {
		Sid: "FindLogGroups",
		// This action knows no resources.
		Action:   []string{"logs:DescribeLogGroups"},
		Resource: []string{"*"},
	}, {
		Sid:       "EncryptSessions",
		Action:    []string{"kms:Decrypt", "kms:GenerateDataKey"},
		Resource:  []string{key},
		Condition: condition,
	}}
}
