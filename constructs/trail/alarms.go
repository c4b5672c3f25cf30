package trail

import (
	"fmt"
	"slices"
	"strings"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/cloudtrail"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrole"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/iamrolepolicy"

	"hubspoke/constructs/logalarm"
	"hubspoke/constructs/loggroup"
	"hubspoke/constructs/savedquery"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// Alarms are those about what a trail records.
type Alarms struct {
	// Topics are the ARNs of the SNS topics that are told.
	Topics []string
	// LogGroup is the name of the log group to make, RetentionDays how long it keeps its events.
	LogGroup      string
	RetentionDays int
	// KeyARN is the key that encrypts the group. Default: a key of CloudWatch Logs itself.
	KeyARN *string
	// Namespace is the one of the metrics: `piksel/trail`.
	Namespace string
	// BreakGlass are the people, and the role, for the day on which nobody can come in otherwise. Default: there are none.
	BreakGlass *BreakGlass
}

// BreakGlass are IAM users who may assume a role in every account.
type BreakGlass struct {
	// Users is a pattern of the users' ARNs that ends in `*`, and Role the name of the role.
	Users, Role string
}

// event is something that CIS wants to be known at once.
type event struct {
	id, description, pattern string
	// most is how many there may be in five minutes in all accounts of an organisation. That of one account rings at the first.
	most int
}

// events are those of the CIS AWS Foundations Benchmark 1.4, section 4, with its patterns,
// which scanners compare. Changes of the organisation (4.15) are among the events of the
// account that owns it.
//
//   - https://www.cisecurity.org/benchmark/amazon_web_services
//   - https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html
var events = []event{
	{"unauthorized_calls", "Calls were refused (CIS 4.1)", `{($.errorCode="*UnauthorizedOperation") || ($.errorCode="AccessDenied*")}`, mostRefused},
	{"sign_in_without_mfa", "Somebody signed in to the console without a second factor (CIS 4.2)", `{($.eventName="ConsoleLogin") && ($.additionalEventData.MFAUsed != "Yes") && ($.userIdentity.type = "IAMUser") && ($.responseElements.ConsoleLogin = "Success")}`, 0},
	{"root_used", "The root user did something (CIS 4.3)", `{$.userIdentity.type="Root" && $.userIdentity.invokedBy NOT EXISTS && $.eventType !="AwsServiceEvent"}`, 0},
	{"policies_changed", "IAM policies changed (CIS 4.4)", calls("DeleteGroupPolicy", "DeleteRolePolicy", "DeleteUserPolicy", "PutGroupPolicy", "PutRolePolicy", "PutUserPolicy", "CreatePolicy", "DeletePolicy", "CreatePolicyVersion", "DeletePolicyVersion", "AttachRolePolicy", "DetachRolePolicy", "AttachUserPolicy", "DetachUserPolicy", "AttachGroupPolicy", "DetachGroupPolicy"), 0},
	{"trail_changed", "A trail changed, or stopped (CIS 4.5)", calls("CreateTrail", "UpdateTrail", "DeleteTrail", "StartLogging", "StopLogging"), 0},
	{"sign_in_failed", "Somebody failed to sign in to the console (CIS 4.6)", `{($.eventName=ConsoleLogin) && ($.errorMessage="Failed authentication")}`, mostFailedSignIns},
	{"key_disabled", "A KMS key was disabled, or is to be deleted (CIS 4.7)", callsOf("kms.amazonaws.com", "DisableKey", "ScheduleKeyDeletion"), 0},
	{"bucket_opened", "Who may use a bucket changed (CIS 4.8)", callsOf("s3.amazonaws.com", "PutBucketAcl", "PutBucketPolicy", "PutBucketCors", "PutBucketLifecycle", "PutBucketReplication", "DeleteBucketPolicy", "DeleteBucketCors", "DeleteBucketLifecycle", "DeleteBucketReplication"), 0},
	{"config_changed", "AWS Config changed (CIS 4.9)", callsOf("config.amazonaws.com", "StopConfigurationRecorder", "DeleteDeliveryChannel", "PutDeliveryChannel", "PutConfigurationRecorder"), 0},
	{"groups_changed", "Security groups changed (CIS 4.10)", calls("AuthorizeSecurityGroupIngress", "AuthorizeSecurityGroupEgress", "RevokeSecurityGroupIngress", "RevokeSecurityGroupEgress", "CreateSecurityGroup", "DeleteSecurityGroup"), 0},
	{"acls_changed", "Network ACLs changed (CIS 4.11)", calls("CreateNetworkAcl", "CreateNetworkAclEntry", "DeleteNetworkAcl", "DeleteNetworkAclEntry", "ReplaceNetworkAclEntry", "ReplaceNetworkAclAssociation"), 0},
	{"gateways_changed", "Gateways to other networks changed (CIS 4.12)", calls("CreateCustomerGateway", "DeleteCustomerGateway", "AttachInternetGateway", "CreateInternetGateway", "DeleteInternetGateway", "DetachInternetGateway"), 0},
	{"routes_changed", "Routes changed (CIS 4.13)", callsOf("ec2.amazonaws.com", "CreateRoute", "CreateRouteTable", "ReplaceRoute", "ReplaceRouteTableAssociation", "DeleteRouteTable", "DeleteRoute", "DisassociateRouteTable"), 0},
	{"vpcs_changed", "VPCs or their peerings changed (CIS 4.14)", calls("CreateVpc", "DeleteVpc", "ModifyVpcAttribute", "AcceptVpcPeeringConnection", "CreateVpcPeeringConnection", "DeleteVpcPeeringConnection", "RejectVpcPeeringConnection", "AttachClassicLinkVpc", "DetachClassicLinkVpc", "DisableVpcClassicLink", "EnableVpcClassicLink"), 0},
}

// What is usual in an organisation: consoles ask for what a person may not see, services try,
// and guardrails refuse; people mistype. An alarm that always rings is heard by nobody.
const (
	mostRefused       = 100
	mostFailedSignIns = 10
)

// queries are those that people look for the caller with, when an alarm of the trail rings,
// and, in an organisation, for the account. A person who signs in by Identity Center has given
// a second factor there, of which CloudTrail knows nothing.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
var queries = map[string]string{
	"refused-calls": savedquery.Text("filter errorCode like /UnauthorizedOperation|AccessDenied/",
		"stats count() as calls by recipientAccountId, userIdentity.arn, eventSource, eventName, errorCode", "sort calls desc", "limit 100"),
	"sign-ins": savedquery.Text("filter eventName = 'ConsoleLogin'",
		"stats count() as times by recipientAccountId, userIdentity.type, userIdentity.userName, userIdentity.arn, sourceIPAddress, responseElements.ConsoleLogin", "sort times desc", "limit 100"),
	"sign-ins-without-mfa": savedquery.Text("filter eventName = 'ConsoleLogin' and additionalEventData.MFAUsed != 'Yes' and responseElements.ConsoleLogin = 'Success' and userIdentity.type != 'AssumedRole'",
		"stats count() as times by recipientAccountId, userIdentity.type, userIdentity.userName, userIdentity.arn, sourceIPAddress", "sort times desc", "limit 100"),
	"root": savedquery.Text("filter userIdentity.type = 'Root' and not ispresent(userIdentity.invokedBy) and eventType != 'AwsServiceEvent'",
		"stats count() as calls by recipientAccountId, eventSource, eventName, sourceIPAddress, errorCode", "sort calls desc", "limit 100"),
	"sessions": savedquery.Text("filter eventSource = 'ssm.amazonaws.com' and eventName in ['StartSession', 'ResumeSession', 'TerminateSession']",
		"fields @timestamp, recipientAccountId, userIdentity.arn, eventName, requestParameters.target, requestParameters.documentName, errorCode", "sort @timestamp desc", "limit 100"),
	"changes": savedquery.Text("filter eventName like /^(Accept|Add|Associate|Attach|Authorize|Create|Delete|Detach|Disable|Disassociate|Modify|Put|Remove|Replace|Revoke|Schedule|Set|Start|Stop|Update)/",
		"stats count() as calls by recipientAccountId, userIdentity.arn, eventSource, eventName", "sort calls desc", "limit 100"),
}

// organizationChanged is what the trail of an organisation records beside them.
var organizationChanged = event{id: "organization_changed", description: "The organisation changed: its accounts, units or policies (CIS 4.15)", pattern: callsOf("organizations.amazonaws.com", "AcceptHandshake", "AttachPolicy", "CreateAccount", "CreateOrganizationalUnit", "CreatePolicy", "DeclineHandshake", "DeleteOrganization", "DeleteOrganizationalUnit", "DeletePolicy", "DetachPolicy", "DisablePolicyType", "EnablePolicyType", "InviteAccountToOrganization", "LeaveOrganization", "MoveAccount", "RemoveAccountFromOrganization", "UpdatePolicy", "UpdateOrganizationalUnit")}

// glassBroken is whatever the users do, the role does, or somebody does to have the role.
// The role's own calls are told by its name, since it has it in every account. A sign-in that
// fails has no ARN of a user, so it is told by the account, whose users these are.
//
//   - https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
//   - https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html
func (b BreakGlass) glassBroken(account string) event {
	return event{id: "glass_broken", description: "Somebody uses the way in for emergencies, or tries to", pattern: fmt.Sprintf(
		`{($.userIdentity.arn="%s")||($.userIdentity.sessionContext.sessionIssuer.userName="%s")||($.requestParameters.roleArn="*:role/%s")||(($.eventName=ConsoleLogin)&&($.errorMessage="Failed authentication")&&($.userIdentity.accountId="%s"))}`,
		b.Users, b.Role, b.Role, account)}
}

// watched are the events that alarms ring for.
func (c Config) watched() []event {
	all := slices.Clone(events)
	if c.Organization != "" {
		all = append(all, organizationChanged)
	}
	if c.Alarms.BreakGlass != nil {
		all = append(all, c.Alarms.BreakGlass.glassBroken(c.Account.Number))
	}
	return all
}

// calls is the pattern of some calls.
func calls(names ...string) string { return "{" + anyOf(names) + "}" }

// callsOf is the pattern of some calls to one service.
func callsOf(service string, names ...string) string {
	return "{($.eventSource=" + service + ") && (" + anyOf(names) + ")}"
}

func anyOf(names []string) string {
	conditions := make([]string, len(names))
	for i, name := range names {
		conditions[i] = "($.eventName=" + name + ")"
	}
	return strings.Join(conditions, "||")
}

// watch makes the log group with its alarms, and has the trail write to it.
func (c Config) watch(scope constructs.Construct, id string, trail *cloudtrail.CloudtrailConfig) error {
	name := tf.Name(id, "trail")
	group, err := loggroup.New(scope, name, loggroup.Config{Name: c.Alarms.LogGroup, RetentionDays: c.Alarms.RetentionDays, KeyARN: c.Alarms.KeyARN})
	if err != nil {
		return err
	}
	if _, err := savedquery.New(scope, name, savedquery.Config{Folder: c.Name, LogGroup: group.Name, Queries: queries}); err != nil {
		return err
	}
	for _, e := range c.watched() {
		most := 0
		if c.Organization != "" {
			most = e.most
		}
		if _, err := logalarm.New(scope, tf.Name(id, e.id), logalarm.Config{
			Name:        c.Name + "-" + strings.ReplaceAll(e.id, "_", "-"),
			Description: e.description,
			LogGroup:    group.Name,
			Pattern:     e.pattern,
			Namespace:   c.Alarms.Namespace,
			Metric:      c.Name + "-" + strings.ReplaceAll(e.id, "_", "-"),
			Most:        most,
			Topics:      c.Alarms.Topics,
		}); err != nil {
			return err
		}
	}
	role, written := c.role(scope, name)
	// CloudTrail wants the streams of the group, not the group.
	trail.CloudWatchLogsGroupArn = tf.String(fmt.Sprintf("%s:*", *group.ARN))
	trail.CloudWatchLogsRoleArn = role.Arn()
	// CloudTrail tries the role at once.
	trail.DependsOn = tf.DependsOn(written)
	return nil
}

// role is what CloudTrail writes to the log group with:
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-required-policy-for-cloudwatch-logs.html
func (c Config) role(scope constructs.Construct, id string) (iamrole.IamRole, iamrolepolicy.IamRolePolicy) {
	role := tf.Named(id, iamrole.NewIamRole(scope, tf.ID("aws_iam_role", id), &iamrole.IamRoleConfig{
		Name:        tf.String(c.Name),
		Description: jsii.String("Copies the trail to its log group."),
		AssumeRolePolicy: policy.Document(policy.Statement{
			Sid:       "AssumedByTheTrail",
			Principal: policy.Service("cloudtrail.amazonaws.com"),
			Action:    []string{"sts:AssumeRole"},
			Condition: policy.Condition{
				"ArnEquals":    {"aws:SourceArn": {c.Account.ARN("cloudtrail", "trail/"+c.Name)}},
				"StringEquals": {"aws:SourceAccount": {c.Account.Number}},
			},
		}),
		Tags: tf.Tags(c.Name),
	}))
	streams := []string{c.Account.LogGroup(c.Alarms.LogGroup) + ":log-stream:" + c.Account.Number + "_CloudTrail_" + c.Account.Region + "*"}
	if c.Organization != "" {
		streams = append(streams, c.Account.LogGroup(c.Alarms.LogGroup)+":log-stream:"+c.Organization+"_*")
	}
	written := tf.Named(id, iamrolepolicy.NewIamRolePolicy(scope, tf.ID("aws_iam_role_policy", id), &iamrolepolicy.IamRolePolicyConfig{
		Name: jsii.String("write-trail"),
		Role: role.Name(),
		Policy: policy.Document(policy.Statement{
			Sid:      "WriteTrail",
			Action:   []string{"logs:CreateLogStream", "logs:PutLogEvents"},
			Resource: streams,
		}),
	}))
	return role, written
}
