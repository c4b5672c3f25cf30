package emulator_test

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// bucket puts something into Amazon S3: a bucket, or the policy of one.
func (a asker) bucket(path, body string) {
	a.t.Helper()
	request, err := http.NewRequestWithContext(a.t.Context(), http.MethodPut, a.aws.Endpoint+path, strings.NewReader(body))
	if err != nil {
		a.t.Fatal(err)
	}
	if status, text := a.signed("s3", request); status >= http.StatusMultipleChoices {
		a.t.Fatalf("PUT %s: %d %s", path, status, text)
	}
}

// writable is the policy of a bucket that a service writes into, where a condition holds.
func writable(bucket, service, key, value string) string {
	return fmt.Sprintf(`{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"Service": %q}, "Action": ["s3:GetBucketAcl", "s3:PutObject"],
		"Resource": ["arn:aws:s3:::%s", "arn:aws:s3:::%[2]s/AWSLogs/*"], "Condition": {"StringEquals": {%q: %q}}}]}`, service, bucket, key, value)
}

// in is somebody in another account, by the role that bootstrap takes there.
func (a asker) in(account, role string) asker {
	a.t.Helper()
	status, text := a.send("sts", "application/x-www-form-urlencoded", "", url.Values{
		"Action": {"AssumeRole"}, "Version": {"2011-06-15"}, "RoleSessionName": {"test"}, "RoleArn": {"arn:aws:iam::" + account + ":role/" + role},
	}.Encode())
	key := regexp.MustCompile("<AccessKeyId>([^<]*)<").FindStringSubmatch(text)
	if status != http.StatusOK || key == nil {
		a.t.Fatalf("%d %s", status, text)
	}
	aws := *a.aws
	aws.Administrator.AccessKeyID = key[1]
	return asker{a.t, &aws, account}
}

// Services write only into buckets whose policies let them, and look when they are told to: a stack that does not wait for the policy, and
// an account that it does not name, are noticed.
func TestTheEmulatorWritesOnlyWhereItMay(t *testing.T) {
	a := asking(t)
	trail := func() string {
		_, code := a.json("cloudtrail", "CloudTrail_20131101.CreateTrail", map[string]any{"Name": "all", "S3BucketName": "trails"})
		return code
	}
	channel := func() string {
		_, code := a.json("config", "StarlingDoveService.PutDeliveryChannel", map[string]any{"DeliveryChannel": map[string]any{"name": "all", "s3BucketName": "configs"}})
		return code
	}
	if code := trail(); code != "S3BucketDoesNotExistException" {
		t.Errorf("a trail without a bucket: %q", code)
	}
	for _, name := range []string{"trails", "configs", "flows"} {
		a.bucket("/"+name, `<CreateBucketConfiguration><LocationConstraint>`+a.aws.Region+`</LocationConstraint></CreateBucketConfiguration>`)
	}
	if _, code := a.json("config", "StarlingDoveService.PutConfigurationRecorder", map[string]any{"ConfigurationRecorder": map[string]any{
		"name": "all", "roleARN": "arn:aws:iam::" + a.hub + ":role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig",
	}}); code != "" {
		t.Fatal(code)
	}
	for _, policy := range []struct {
		trail, config  string // the condition's value
		tried, written string // the codes of errors
	}{
		{"", "", "InsufficientS3BucketPolicyException", "InsufficientDeliveryPolicyException"},
		{"arn:aws:cloudtrail:" + a.aws.Region + ":" + a.hub + ":trail/other", "222222222222", "InsufficientS3BucketPolicyException", "InsufficientDeliveryPolicyException"},
		{"arn:aws:cloudtrail:" + a.aws.Region + ":" + a.hub + ":trail/all", a.hub, "", ""},
	} {
		if policy.trail != "" {
			a.bucket("/trails?policy", writable("trails", "cloudtrail.amazonaws.com", "aws:SourceArn", policy.trail))
			a.bucket("/configs?policy", writable("configs", "config.amazonaws.com", "aws:SourceAccount", policy.config))
		}
		if code := trail(); code != policy.tried {
			t.Errorf("with a policy for %q a trail is answered with %q", policy.trail, code)
		}
		if code := channel(); code != policy.written {
			t.Errorf("with a policy for %q a delivery channel is answered with %q", policy.config, code)
		}
	}

	const account = "222222222222"
	spoke := a.in(account, "OrganizationAccountAccessRole")
	flow := func(who asker, vpc string) string {
		values := url.Values{
			"Action": {"CreateFlowLogs"}, "Version": {"2016-11-15"}, "ResourceType": {"VPC"}, "ResourceId.1": {vpc}, "TrafficType": {"ALL"},
			"LogDestinationType": {"s3"}, "LogDestination": {"arn:aws:s3:::flows"},
		}
		_, text := who.send("ec2", "application/x-www-form-urlencoded", "", values.Encode())
		return text
	}
	const refused = "Access Denied for LogDestination"
	here, there := a.ec2("CreateVpc", "vpcId", url.Values{"CidrBlock": {"10.1.0.0/16"}}), spoke.ec2("CreateVpc", "vpcId", url.Values{"CidrBlock": {"10.2.0.0/16"}})
	if text := flow(a, here); !strings.Contains(text, "<flowLogIdSet><item>fl-") {
		t.Errorf("into a bucket of the same account AWS writes the policy: %s", text)
	}
	if text := flow(spoke, there); !strings.Contains(text, refused) {
		t.Errorf("flow logs go into another account's bucket without a policy: %s", text)
	}
	a.bucket("/flows?policy", writable("flows", "delivery.logs.amazonaws.com", "aws:SourceAccount", account))
	if text := flow(spoke, there); strings.Contains(text, refused) || !strings.Contains(text, "<flowLogIdSet><item>fl-") {
		t.Errorf("flow logs that the bucket's policy lets in: %s", text)
	}
}
