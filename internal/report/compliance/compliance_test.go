package compliance

import (
	"bytes"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/guardrail"
	"hubspoke/internal/report/reporttest"
	"hubspoke/proof"
)

// Parts of stacks that several cases have.
const (
	vpc        = `"aws_vpc": {"v": {}}`
	anybody    = `{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"*\", \"Resource\": \"*\"}]}`
	account    = `{\"Statement\": [{\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"222222222222\"}, \"Action\": \"*\", \"Resource\": \"*\"}]}`
	onlyTLS    = `{\"Statement\": [{\"Effect\": \"Deny\", \"Principal\": \"*\", \"Action\": \"s3:*\", \"Resource\": \"*\", \"Condition\": {\"Bool\": {\"aws:SecureTransport\": [\"false\"]}}}]}`
	bucket     = `"aws_s3_bucket": {"b": {"bucket": "b"}}`
	blocks     = `{"block_public_acls": true, "block_public_policy": true, "ignore_public_acls": true, "restrict_public_buckets": true}`
	passwords8 = `"require_uppercase_characters": true, "require_lowercase_characters": true, "require_symbols": true, "require_numbers": true`
)

// made is a resource with these arguments, named x.
func made(kind, arguments string) string { return `"` + kind + `": {"x": {` + arguments + `}}` }

// pair is what meets a control, and what does not.
type pair struct{ good, bad string }

// flag is a pair of a resource with an argument that is true, or false.
func flag(kind, name string) pair {
	return pair{made(kind, `"`+name+`": true`), made(kind, `"`+name+`": false`)}
}

// policy is a pair of a resource whose policy lets in an account, or anybody.
func policy(kind string) pair {
	return pair{made(kind, `"policy": "`+account+`"`), made(kind, `"policy": "`+anybody+`"`)}
}

// with is a pair of a resource that has another beside it, or has not.
func with(what, beside string) pair { return pair{what + ", " + beside, what} }

// ingressOf is a pair of rules that let in a range by one port, or another.
func ingressOf(cidr, good, bad string) pair {
	rule := func(port string) string {
		return made("aws_vpc_security_group_ingress_rule", cidr+`, "ip_protocol": "tcp", "from_port": `+port+`, "to_port": `+port)
	}
	return pair{rule(good), rule(bad)}
}

// features is a pair of a feature of GuardDuty that all accounts have, or new ones alone.
func features(name string) pair {
	kind := "aws_guardduty_organization_configuration_feature"
	return pair{made(kind, `"name": "`+name+`", "auto_enable": "ALL"`), made(kind, `"name": "`+name+`", "auto_enable": "NEW"`)}
}

// enabled is a pair of Inspector that scans something, or something else.
func enabled(kind string) pair {
	return pair{made("aws_inspector2_enabler", `"account_ids": ["222222222222"], "resource_types": ["`+kind+`"]`), made("aws_inspector2_enabler", `"account_ids": ["222222222222"], "resource_types": ["OTHER"]`)}
}

func endpointOf(service string) pair {
	end := func(name string) string {
		return vpc + ", " + made("aws_vpc_endpoint", `"vpc_endpoint_type": "Interface", "vpc_id": "${aws_vpc.v.id}", "service_name": "com.amazonaws.ap-southeast-3.`+name+`"`)
	}
	return pair{end(service), end("other")}
}

// tried is a pair for every check.
var tried = map[string]pair{
	"Account.1":          {made("aws_account_alternate_contact", `"alternate_contact_type": "SECURITY"`), made("aws_account_alternate_contact", `"alternate_contact_type": "BILLING"`)},
	"ACM.2":              {made("aws_acm_certificate", `"key_algorithm": "RSA_2048"`), made("aws_acm_certificate", `"key_algorithm": "RSA_1024"`)},
	"APIGateway.1":       {made("aws_api_gateway_stage", `"rest_api_id": "a"`) + `, ` + made("aws_api_gateway_method_settings", `"rest_api_id": "a", "settings": {"logging_level": "ERROR"}`), made("aws_api_gateway_stage", `"rest_api_id": "a"`) + `, ` + made("aws_api_gateway_method_settings", `"rest_api_id": "a", "settings": {}`)},
	"APIGateway.3":       flag("aws_api_gateway_stage", "xray_tracing_enabled"),
	"APIGateway.4":       with(made("aws_api_gateway_stage", ``), made("aws_wafv2_web_acl_association", `"resource_arn": "${aws_api_gateway_stage.x.arn}"`)),
	"APIGateway.8":       {made("aws_apigatewayv2_route", `"authorization_type": "JWT"`), made("aws_apigatewayv2_route", `"authorization_type": "NONE"`)},
	"APIGateway.9":       {made("aws_apigatewayv2_stage", `"access_log_settings": {"destination_arn": "arn"}`), made("aws_apigatewayv2_stage", ``)},
	"CloudTrail.1":       flag("aws_cloudtrail", "is_multi_region_trail"),
	"CloudTrail.2":       {made("aws_cloudtrail", `"kms_key_id": "arn"`), made("aws_cloudtrail", ``)},
	"CloudTrail.4":       flag("aws_cloudtrail", "enable_log_file_validation"),
	"CloudTrail.5":       {made("aws_cloudtrail", `"cloud_watch_logs_group_arn": "arn"`), made("aws_cloudtrail", ``)},
	"CloudTrail.7":       with(bucket+`, `+made("aws_cloudtrail", `"s3_bucket_name": "b"`), made("aws_s3_bucket_logging", `"bucket": "b"`)),
	"Config.1":           {made("aws_config_configuration_recorder", `"role_arn": "x/AWSServiceRoleForConfig"`), made("aws_config_configuration_recorder", `"role_arn": "x/own"`)},
	"EC2.2":              {vpc + `, ` + made("aws_default_security_group", `"vpc_id": "${aws_vpc.v.id}"`), vpc + `, ` + made("aws_default_security_group", `"vpc_id": "${aws_vpc.v.id}", "ingress": [{"from_port": 0}]`)},
	"EC2.6":              with(vpc, made("aws_flow_log", `"vpc_id": "${aws_vpc.v.id}"`)),
	"EC2.7":              flag("aws_ebs_encryption_by_default", "enabled"),
	"EC2.8":              {made("aws_instance", `"metadata_options": {"http_tokens": "required"}`), made("aws_instance", `"metadata_options": {"http_tokens": "optional"}`)},
	"EC2.9":              {made("aws_instance", ``), made("aws_instance", `"associate_public_ip_address": true`)},
	"EC2.10":             endpointOf("ec2"),
	"EC2.15":             {made("aws_subnet", ``), made("aws_subnet", `"map_public_ip_on_launch": true`)},
	"EC2.16":             {made("aws_network_acl", `"subnet_ids": ["s"]`), made("aws_network_acl", ``)},
	"EC2.18":             ingressOf(`"cidr_ipv4": "0.0.0.0/0"`, "443", "8443"),
	"EC2.19":             ingressOf(`"cidr_ipv6": "::/0"`, "443", "5432"),
	"EC2.21":             {made("aws_network_acl", `"ingress": [{"rule_no": 1, "action": "deny", "protocol": "tcp", "from_port": 0, "to_port": 4000, "cidr_block": "0.0.0.0/0"}, {"rule_no": 2, "action": "allow", "protocol": "-1", "cidr_block": "0.0.0.0/0"}]`), made("aws_network_acl", `"ingress": [{"rule_no": 2, "action": "deny", "protocol": "tcp", "from_port": 0, "to_port": 4000, "cidr_block": "0.0.0.0/0"}, {"rule_no": 1, "action": "allow", "protocol": "-1", "cidr_block": "0.0.0.0/0"}]`)},
	"EC2.23":             {made("aws_ec2_transit_gateway", ``), made("aws_ec2_transit_gateway", `"auto_accept_shared_attachments": "enable"`)},
	"EC2.25":             {made("aws_launch_template", ``), made("aws_launch_template", `"network_interfaces": [{"associate_public_ip_address": "true"}]`)},
	"EC2.53":             ingressOf(`"cidr_ipv4": "0.0.0.0/0"`, "443", "22"),
	"EC2.54":             ingressOf(`"cidr_ipv6": "::/0"`, "443", "3389"),
	"EC2.55":             endpointOf("ecr.api"),
	"EC2.56":             endpointOf("ecr.dkr"),
	"EC2.57":             endpointOf("ssm"),
	"EC2.170":            {made("aws_launch_template", `"metadata_options": {"http_tokens": "required"}`), made("aws_launch_template", ``)},
	"EC2.171":            {made("aws_vpn_connection", `"tunnel1_log_options": {"cloudwatch_log_options": {"log_enabled": true}}, "tunnel2_log_options": {"cloudwatch_log_options": {"log_enabled": true}}`), made("aws_vpn_connection", `"tunnel1_log_options": {"cloudwatch_log_options": {"log_enabled": true}}`)},
	"EC2.181":            {made("aws_launch_template", `"block_device_mappings": [{"ebs": {"encrypted": "true", "volume_type": "gp3"}}]`), made("aws_launch_template", `"block_device_mappings": [{"ebs": {"volume_type": "gp3"}}]`)},
	"ECR.1":              {made("aws_ecr_repository", `"image_scanning_configuration": {"scan_on_push": true}`), made("aws_ecr_repository", ``)},
	"ECR.2":              {made("aws_ecr_repository", `"image_tag_mutability": "IMMUTABLE"`), made("aws_ecr_repository", ``)},
	"ECR.3":              with(made("aws_ecr_repository", `"name": "r"`), made("aws_ecr_lifecycle_policy", `"repository": "r"`)),
	"EKS.1":              {made("aws_eks_cluster", `"vpc_config": {"endpoint_public_access": false}`), made("aws_eks_cluster", `"vpc_config": {}`)},
	"EKS.2":              {made("aws_eks_cluster", `"version": "1.35"`), made("aws_eks_cluster", `"version": "1.32"`)},
	"EKS.3":              {made("aws_eks_cluster", `"encryption_config": {"resources": ["secrets"]}`), made("aws_eks_cluster", ``)},
	"EKS.8":              {made("aws_eks_cluster", `"enabled_cluster_log_types": ["audit"]`), made("aws_eks_cluster", `"enabled_cluster_log_types": ["api"]`)},
	"ELB.6":              flag("aws_lb", "enable_deletion_protection"),
	"ELB.13":             {made("aws_lb", `"subnets": ["a", "b"]`), made("aws_lb", `"subnets": ["a"]`)},
	"ELB.17":             {made("aws_lb_listener", `"protocol": "TLS", "ssl_policy": "ELBSecurityPolicy-TLS13-1-2-2021-06"`), made("aws_lb_listener", `"protocol": "TLS"`)},
	"ELB.18":             {made("aws_lb_listener", `"protocol": "TLS"`), made("aws_lb_listener", `"protocol": "TCP"`)},
	"GuardDuty.1":        {made("aws_guardduty_organization_configuration", `"auto_enable_organization_members": "ALL"`), made("aws_guardduty_organization_configuration", `"auto_enable_organization_members": "NONE"`)},
	"GuardDuty.5":        features("EKS_AUDIT_LOGS"),
	"GuardDuty.6":        features("LAMBDA_NETWORK_LOGS"),
	"GuardDuty.8":        features("EBS_MALWARE_PROTECTION"),
	"GuardDuty.9":        features("RDS_LOGIN_EVENTS"),
	"GuardDuty.10":       features("S3_DATA_EVENTS"),
	"GuardDuty.11":       features("RUNTIME_MONITORING"),
	"IAM.7":              {made("aws_iam_account_password_policy", passwords8+`, "minimum_password_length": 8`), made("aws_iam_account_password_policy", passwords8+`, "minimum_password_length": 7`)},
	"IAM.15":             {made("aws_iam_account_password_policy", `"minimum_password_length": 14`), made("aws_iam_account_password_policy", `"minimum_password_length": 13`)},
	"IAM.16":             {made("aws_iam_account_password_policy", `"password_reuse_prevention": 24`), made("aws_iam_account_password_policy", `"password_reuse_prevention": 5`)},
	"IAM.27":             {made("aws_iam_role_policy_attachment", `"policy_arn": "x/ReadOnlyAccess"`), made("aws_iam_role_policy_attachment", `"policy_arn": "x/AWSCloudShellFullAccess"`)},
	"IAM.28":             {made("aws_accessanalyzer_analyzer", `"type": "ACCOUNT"`), made("aws_accessanalyzer_analyzer", `"type": "ACCOUNT_UNUSED_ACCESS"`)},
	"Inspector.1":        enabled("EC2"),
	"Inspector.2":        enabled("ECR"),
	"Inspector.3":        enabled("LAMBDA_CODE"),
	"Inspector.4":        enabled("LAMBDA"),
	"KMS.1":              {made("aws_iam_policy", `"policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"kms:Decrypt\", \"Resource\": \"key\"}]}"`), made("aws_iam_policy", `"policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"kms:Decrypt\", \"Resource\": \"*\"}]}"`)},
	"KMS.2":              {made("aws_iam_role_policy", `"policy": "{\"Statement\": [{\"Effect\": \"Deny\", \"Action\": \"kms:*\", \"Resource\": \"*\"}]}"`), made("aws_iam_role_policy", `"policy": "{\"Statement\": [{\"Effect\": \"Allow\", \"Action\": \"kms:*\", \"Resource\": \"*\"}]}"`)},
	"KMS.4":              flag("aws_kms_key", "enable_key_rotation"),
	"KMS.5":              policy("aws_kms_key"),
	"NetworkFirewall.2":  with(made("aws_networkfirewall_firewall", ``), made("aws_networkfirewall_logging_configuration", `"firewall_arn": "${aws_networkfirewall_firewall.x.arn}"`)),
	"NetworkFirewall.3":  {made("aws_networkfirewall_firewall_policy", `"firewall_policy": {"stateful_rule_group_reference": [{"priority": 1}]}`), made("aws_networkfirewall_firewall_policy", `"firewall_policy": {}`)},
	"NetworkFirewall.4":  {made("aws_networkfirewall_firewall_policy", `"firewall_policy": {"stateless_default_actions": ["aws:forward_to_sfe"]}`), made("aws_networkfirewall_firewall_policy", `"firewall_policy": {"stateless_default_actions": ["aws:pass"]}`)},
	"NetworkFirewall.5":  {made("aws_networkfirewall_firewall_policy", `"firewall_policy": {"stateless_fragment_default_actions": ["aws:drop"]}`), made("aws_networkfirewall_firewall_policy", `"firewall_policy": {"stateless_fragment_default_actions": ["aws:pass"]}`)},
	"NetworkFirewall.9":  flag("aws_networkfirewall_firewall", "delete_protection"),
	"NetworkFirewall.10": flag("aws_networkfirewall_firewall", "subnet_change_protection"),
	"RDS.2":              {made("aws_db_instance", ``), made("aws_db_instance", `"publicly_accessible": true`)},
	"RDS.3":              flag("aws_db_instance", "storage_encrypted"),
	"RDS.5":              flag("aws_db_instance", "multi_az"),
	"RDS.6":              {made("aws_db_instance", `"monitoring_interval": 60`), made("aws_db_instance", ``)},
	"RDS.8":              flag("aws_db_instance", "deletion_protection"),
	"RDS.9":              {made("aws_db_instance", `"enabled_cloudwatch_logs_exports": ["upgrade"]`), made("aws_db_instance", ``)},
	"RDS.10":             flag("aws_db_instance", "iam_database_authentication_enabled"),
	"RDS.11":             {made("aws_db_instance", `"backup_retention_period": 7`), made("aws_db_instance", `"backup_retention_period": 6`)},
	"RDS.13":             flag("aws_db_instance", "auto_minor_version_upgrade"),
	"RDS.17":             flag("aws_db_instance", "copy_tags_to_snapshot"),
	"RDS.36":             {made("aws_db_instance", `"enabled_cloudwatch_logs_exports": ["postgresql"]`), made("aws_db_instance", `"enabled_cloudwatch_logs_exports": ["upgrade"]`)},
	"S3.1":               {`"aws_s3_account_public_access_block": {"a": ` + blocks + `}`, made("aws_s3_account_public_access_block", `"block_public_acls": true`)},
	"S3.2":               policy("aws_s3_bucket_policy"),
	"S3.3":               policy("aws_s3_bucket_policy"),
	"S3.5":               {bucket + `, ` + made("aws_s3_bucket_policy", `"bucket": "b", "policy": "`+onlyTLS+`"`), bucket + `, ` + made("aws_s3_bucket_policy", `"bucket": "b", "policy": "`+account+`"`)},
	"S3.8":               with(bucket, `"aws_s3_bucket_public_access_block": {"a": {"bucket": "b", `+blocks[1:]+`}`),
	"S3.9":               with(bucket, made("aws_s3_bucket_logging", `"bucket": "b"`)),
	"S3.12":              {bucket + `, ` + made("aws_s3_bucket_ownership_controls", `"bucket": "b", "rule": {"object_ownership": "BucketOwnerEnforced"}`), bucket + `, ` + made("aws_s3_bucket_ownership_controls", `"bucket": "b", "rule": {"object_ownership": "ObjectWriter"}`)},
	"S3.13":              with(bucket, made("aws_s3_bucket_lifecycle_configuration", `"bucket": "b"`)),
	"SecretsManager.1":   with(made("aws_secretsmanager_secret", ``), made("aws_secretsmanager_secret_rotation", `"secret_id": "${aws_secretsmanager_secret.x.id}"`)),
	"SNS.4":              policy("aws_sns_topic_policy"),
	"SQS.1":              flag("aws_sqs_queue", "sqs_managed_sse_enabled"),
	"SQS.3":              policy("aws_sqs_queue_policy"),
	"WAF.10":             {made("aws_wafv2_web_acl", `"rule": [{"name": "r"}]`), made("aws_wafv2_web_acl", ``)},
}

// Every check tells what meets its control from what does not.
func TestEveryCheckCanFail(t *testing.T) {
	for id, check := range checks {
		if id == "IAM.2" {
			continue // Nothing meets it but that there is nothing: below.
		}
		p, ok := tried[id]
		if !ok {
			t.Errorf("%s is not tried", id)
			continue
		}
		if r := check(reporttest.Made(t, p.good)); len(r.met) == 0 || len(r.unmet) > 0 {
			t.Errorf("%s: met by %v, not by %v: %s", id, r.met, r.unmet, p.good)
		}
		if r := check(reporttest.Made(t, p.bad)); len(r.unmet) == 0 {
			t.Errorf("%s is met: %s", id, p.bad)
		}
	}
	for id := range tried {
		if checks[id] == nil {
			t.Errorf("%s is tried, and there is no check", id)
		}
	}
	if r := checks["IAM.2"](reporttest.Made(t, made("aws_iam_user_policy", ``))); len(r.unmet) != 1 {
		t.Errorf("a user with a policy: %v", r.unmet)
	}
}

// What the tables name is there: controls, guardrails, and findings.
func TestTheTablesNameWhatThereIs(t *testing.T) {
	known := map[string]bool{}
	for _, c := range controls() {
		if known[c.id] {
			t.Errorf("%s stands twice in controls.csv", c.id)
		}
		known[c.id] = true
		if c.title == "" || !c.fsbp && !c.cis {
			t.Errorf("%s has no title, or is of no standard", c.id)
		}
		if checks[c.id] != nil && byHand[c.id] != "" {
			t.Errorf("%s is checked and by hand", c.id)
		}
	}
	var ids []string
	for id := range checks {
		ids = append(ids, id)
	}
	for _, table := range []map[string]string{byHand, because} {
		for id := range table {
			ids = append(ids, id)
		}
	}
	var codes []string
	for _, k := range proof.Kinds() {
		codes = append(codes, k.Code())
	}
	for id, names := range guardrailsFor {
		ids = append(ids, id)
		for _, name := range names {
			if !slices.Contains(guardrail.Names(), name) {
				t.Errorf("%s: there is no guardrail %s", id, name)
			}
		}
	}
	for id, names := range findingsFor {
		ids = append(ids, id)
		for _, name := range names {
			if !slices.Contains(codes, name) {
				t.Errorf("%s: there is no finding %s", id, name)
			}
		}
	}
	for _, id := range ids {
		if !known[id] {
			t.Errorf("%s is not in controls.csv", id)
		}
	}
}

// A change for the worse moves a control from those that are met to those that are not.
func TestAControlThatIsNoLongerMetIsSaid(t *testing.T) {
	text := func(changes ...reporttest.Change) string {
		var out bytes.Buffer
		if err := Of(reporttest.Reviewed(t, "piksel", changes...)).Write(&out, "markdown"); err != nil {
			t.Fatal(err)
		}
		_, after, _ := strings.Cut(out.String(), "## Not met")
		before, _, _ := strings.Cut(after, "## Met")
		return before
	}
	if strings.Contains(text(), "KMS.4") {
		t.Error("KMS.4 is not met before the change")
	}
	got := text(reporttest.Change{Stack: "dev-eks", From: `"enable_key_rotation": true`, To: `"enable_key_rotation": false`})
	if !strings.Contains(got, "| KMS.4 | CIS | AWS KMS key rotation should be enabled | dev-eks/aws_kms_key.cluster | 13 others |") {
		t.Errorf("KMS.4 is not among\n%s", got)
	}
}
