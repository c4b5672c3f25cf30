// Package sessionpreferences makes the session preferences of an account in a region: how
// sessions of Session Manager are encrypted, where what is said in them is logged, and when
// they end. Session Manager knows them by the name of their document, of which there is one.
//
// They are for every instance of the account. An instance whose role may not use the key or
// write the log has no sessions any more: [Statements] are what it needs.
//
// The log has shells. Session Manager logs no sessions that forward a port or carry SSH. Who
// may start sessions is said by IAM, and not here: people need `ssm:StartSession`, and
// `kms:GenerateDataKey` for the key.
//
//   - https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-preferences-cli.html
//   - https://docs.aws.amazon.com/systems-manager/latest/userguide/session-preferences-enable-encryption.html
//   - https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-logging.html
package sessionpreferences

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ssmdocument"

	"hubspoke/constructs/key"
	"hubspoke/constructs/loggroup"
	"hubspoke/constructs/savedquery"
	"hubspoke/internal/arn"
	"hubspoke/internal/awsservice"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// What AWS takes, in minutes:
// https://docs.aws.amazon.com/systems-manager/latest/userguide/session-manager-schema.html
const (
	longestIdle    = 60
	longestSession = 1440
)

// Config describes session preferences.
type Config struct {
	// Name is the name of the key, and what its alias has: `piksel-dev-sessions`.
	Name string
	// LogGroup is the name of the log group to make, RetentionDays how long it keeps what was said.
	LogGroup      string
	RetentionDays int
	// IdleMinutes ends a session in which nobody types for so long, 1 to 60; MaxMinutes ends each, 1 to 1440.
	IdleMinutes, MaxMinutes int
	// RunAs is the user of the operating system that shells are of, on every instance. Default: `ssm-user`, who may become root.
	RunAs string
	// Account is the preferences' own, in their region.
	Account arn.Account
}

// Preferences are what the construct made.
type Preferences struct {
	// Document is the address of the document, for an import.
	Document string
}

// New makes the document `aws_ssm_document.<id>`, with its log group and key.
func New(scope constructs.Construct, id string, config Config) (*Preferences, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("session preferences %q: %w", config.Name, err)
	}
	encryption, err := key.New(scope, id, key.Config{
		Alias:       KeyAlias(config.Name),
		Description: "Sessions of Session Manager and their log",
		Account:     config.Account,
		Statements:  []policy.Statement{loggroup.KeyStatement("SessionLog", config.Account, config.LogGroup)},
	})
	if err != nil {
		return nil, err
	}
	group, err := loggroup.New(scope, id, loggroup.Config{Name: config.LogGroup, RetentionDays: config.RetentionDays, KeyARN: encryption.ARN})
	if err != nil {
		return nil, err
	}
	if _, err := savedquery.New(scope, id, savedquery.Config{Folder: config.Name, LogGroup: group.Name, Queries: queries}); err != nil {
		return nil, err
	}
	content, err := config.content(*encryption.ARN)
	if err != nil {
		return nil, err
	}
	tf.Named(id, ssmdocument.NewSsmDocument(scope, tf.ID("aws_ssm_document", id), &ssmdocument.SsmDocumentConfig{
		Name:           jsii.String(awsservice.SessionPreferences),
		DocumentType:   jsii.String("Session"),
		DocumentFormat: jsii.String("JSON"),
		Content:        jsii.String(content),
		Tags:           tf.Tags(config.Name),
		DependsOn:      tf.DependsOn(group.Resource),
	}))
	return &Preferences{Document: "aws_ssm_document." + id}, nil
}

func (c Config) check() error {
	switch {
	case c.Name == "" || !c.Account.Complete():
		return fmt.Errorf("want a name and an account")
	case c.IdleMinutes < 1 || c.IdleMinutes > longestIdle:
		return fmt.Errorf("sessions that idle %d minutes, want 1 to %d", c.IdleMinutes, longestIdle)
	case c.MaxMinutes < 1 || c.MaxMinutes > longestSession:
		return fmt.Errorf("sessions of %d minutes, want 1 to %d", c.MaxMinutes, longestSession)
	}
	return nil
}

// content is the document. It takes numbers as texts.
func (c Config) content(keyARN string) (string, error) {
	inputs := map[string]any{
		"cloudWatchEncryptionEnabled": true,
		"cloudWatchLogGroupName":      c.LogGroup,
		"cloudWatchStreamingEnabled":  true,
		"idleSessionTimeout":          strconv.Itoa(c.IdleMinutes),
		"kmsKeyId":                    keyARN,
		"maxSessionDuration":          strconv.Itoa(c.MaxMinutes),
		"runAsEnabled":                c.RunAs != "",
		"s3BucketName":                "",
		"s3EncryptionEnabled":         true,
		"s3KeyPrefix":                 "",
	}
	if c.RunAs != "" {
		inputs["runAsDefaultUser"] = c.RunAs
	}
	text, err := json.Marshal(map[string]any{
		"schemaVersion": "1.0",
		"description":   "Session preferences of the account in this region",
		"sessionType":   "Standard_Stream",
		"inputs":        inputs,
	})
	return string(text), err
}

// KeyAlias is the alias of the key of the preferences of that name.
func KeyAlias(name string) string { return "alias/" + name }

// Statements are what an instance's SSM Agent does beside keeping the connection, where the
// account has the preferences. They know the key by its alias, so that it may be in another
// stack.
//
//   - https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
//   - https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
func Statements(account arn.Account, name, logGroup string) []policy.Statement {
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
		Resource:  []string{account.ARN("kms", "key/*")},
		Condition: policy.Condition{"ForAnyValue:StringEquals": {"kms:ResourceAliases": {KeyAlias(name)}}},
	}}
}
