package compliance

import (
	"slices"
	"strconv"
	"strings"

	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// check says what meets a control.
type check = func(*source.Source) result

// argument checks that an argument of each resource of a type is true.
func argument(kind, name string) check {
	return each([]string{kind}, func(_ *source.Source, r *config.Resource) bool { return source.Is(r.Argument(name)) })
}

// without checks that an argument of each resource of a type is not true.
func without(kind, name string) check {
	return each([]string{kind}, func(_ *source.Source, r *config.Resource) bool { return !source.Is(r.Argument(name)) })
}

// beside checks that each resource of a type has one of another beside it, which names it.
func beside(kind, other, by string) check {
	return each([]string{kind}, func(s *source.Source, r *config.Resource) bool { return s.Beside(other, by, r) != nil })
}

// perAccount checks that something is so in each account.
func perAccount(ok func(s *source.Source, number string) bool) check {
	return func(s *source.Source) (all result) {
		for _, number := range s.Accounts() {
			all.say(ok(s, number), "account "+s.Account(number))
		}
		return all
	}
}

// has says whether a resource of some types, of which something is so, is in an account.
func has(s *source.Source, number string, ok func(*config.Resource) bool, kinds ...string) bool {
	return slices.ContainsFunc(s.Made(kinds...), func(r *config.Resource) bool { return r.Account == number && ok(r) })
}

func yes(*config.Resource) bool { return true }

// onPolicies checks the statements of a policy of each resource of a type: one that is not known does not pass.
func onPolicies(kind, name string, ok func([]source.Statement) bool) check {
	return each([]string{kind}, func(_ *source.Source, r *config.Resource) bool {
		statements, err := source.Policy(r.Argument(name))
		return err == nil && ok(statements)
	})
}

// public says whether a statement lets in anybody, with no condition on who it is.
func public(st source.Statement) bool {
	return !st.Denies && slices.Contains(st.Principals["AWS"], "*") && len(st.Conditions) == 0
}

func private(statements []source.Statement) bool { return !slices.ContainsFunc(statements, public) }

// checks are those that were written, by the control.
var checks = map[string]check{
	"Account.1":    perAccount(contact),
	"ACM.2":        each([]string{"aws_acm_certificate"}, rsa2048),
	"APIGateway.1": each([]string{"aws_api_gateway_stage"}, executionLog),
	"APIGateway.3": argument("aws_api_gateway_stage", "xray_tracing_enabled"),
	"APIGateway.4": beside("aws_api_gateway_stage", "aws_wafv2_web_acl_association", "resource_arn"),
	"APIGateway.8": each([]string{"aws_apigatewayv2_route"}, func(_ *source.Source, r *config.Resource) bool {
		t := source.Text(r.Argument("authorization_type"))
		return t != "" && t != "NONE"
	}),
	"APIGateway.9": each([]string{"aws_apigatewayv2_stage"}, func(_ *source.Source, r *config.Resource) bool {
		return source.Block(r, "access_log_settings")["destination_arn"] != nil
	}),
	"CloudTrail.1": perAccount(trailed),
	"CloudTrail.2": each([]string{"aws_cloudtrail"}, set("kms_key_id")),
	"CloudTrail.4": argument("aws_cloudtrail", "enable_log_file_validation"),
	"CloudTrail.5": each([]string{"aws_cloudtrail"}, set("cloud_watch_logs_group_arn")),
	"CloudTrail.7": each([]string{"aws_cloudtrail"}, func(s *source.Source, r *config.Resource) bool {
		bucket := s.Bucket(r.Argument("s3_bucket_name"))
		return bucket != nil && s.Beside("aws_s3_bucket_logging", "bucket", bucket) != nil
	}),
	"Config.1": perAccount(recorded),

	"EC2.2": each([]string{"aws_vpc"}, func(s *source.Source, r *config.Resource) bool {
		group := s.Beside("aws_default_security_group", "vpc_id", r)
		return group != nil && group.Argument("ingress") == nil && group.Argument("egress") == nil
	}),
	"EC2.6": beside("aws_vpc", "aws_flow_log", "vpc_id"),
	"EC2.7": perAccount(func(s *source.Source, number string) bool {
		return has(s, number, func(r *config.Resource) bool { e := r.Argument("enabled"); return e == nil || source.Is(e) }, "aws_ebs_encryption_by_default")
	}),
	"EC2.8":  each([]string{"aws_instance"}, instanceMetadata),
	"EC2.9":  each([]string{"aws_instance"}, noPublicAddress),
	"EC2.10": endpointFor("ec2"),
	"EC2.15": without("aws_subnet", "map_public_ip_on_launch"),
	"EC2.16": each([]string{"aws_network_acl"}, func(_ *source.Source, r *config.Resource) bool {
		return len(stackjson.List(r.Argument("subnet_ids"))) > 0
	}),
	"EC2.18": ingress("0.0.0.0/0", "::/0", func(from, to int) bool { return from == to && (from == 80 || from == 443) }),
	"EC2.19": ingress("0.0.0.0/0", "::/0", func(from, to int) bool { return !covers(from, to, highRisk...) }),
	"EC2.21": each([]string{"aws_network_acl"}, aclClosed),
	"EC2.23": each([]string{"aws_ec2_transit_gateway"}, func(_ *source.Source, r *config.Resource) bool {
		return r.Argument("auto_accept_shared_attachments") != "enable"
	}),
	"EC2.25":  each([]string{"aws_launch_template"}, templateWithoutPublic),
	"EC2.53":  ingress("0.0.0.0/0", "0.0.0.0/0", func(from, to int) bool { return !covers(from, to, 22, 3389) }),
	"EC2.54":  ingress("::/0", "::/0", func(from, to int) bool { return !covers(from, to, 22, 3389) }),
	"EC2.55":  endpointFor("ecr.api"),
	"EC2.56":  endpointFor("ecr.dkr"),
	"EC2.57":  endpointFor("ssm"),
	"EC2.170": each([]string{"aws_launch_template"}, templateMetadata),
	"EC2.171": each([]string{"aws_vpn_connection"}, func(_ *source.Source, r *config.Resource) bool {
		for _, tunnel := range []string{"tunnel1_log_options", "tunnel2_log_options"} {
			if !source.Is(source.First(source.Block(r, tunnel)["cloudwatch_log_options"])["log_enabled"]) {
				return false
			}
		}
		return true
	}),
	"EC2.181": each([]string{"aws_launch_template"}, templateEncrypted),

	"ECR.1": each([]string{"aws_ecr_repository"}, func(s *source.Source, r *config.Resource) bool {
		return source.Is(source.Block(r, "image_scanning_configuration")["scan_on_push"]) || has(s, r.Account, yes, "aws_ecr_registry_scanning_configuration")
	}),
	"ECR.2": each([]string{"aws_ecr_repository"}, func(_ *source.Source, r *config.Resource) bool {
		return strings.HasPrefix(source.Text(r.Argument("image_tag_mutability")), "IMMUTABLE")
	}),
	"ECR.3": beside("aws_ecr_repository", "aws_ecr_lifecycle_policy", "repository"),

	"EKS.1": each([]string{"aws_eks_cluster"}, func(_ *source.Source, r *config.Resource) bool {
		open := source.Block(r, "vpc_config")["endpoint_public_access"]
		return open != nil && !source.Is(open)
	}),
	"EKS.3": each([]string{"aws_eks_cluster"}, set("encryption_config")),
	"EKS.8": each([]string{"aws_eks_cluster"}, func(_ *source.Source, r *config.Resource) bool {
		return slices.Contains(stackjson.List(r.Argument("enabled_cluster_log_types")), any("audit"))
	}),
	"EKS.2": each([]string{"aws_eks_cluster"}, func(s *source.Source, r *config.Resource) bool {
		return !s.Estate.InExtendedSupport(source.Text(r.Argument("version")))
	}),

	"ELB.6":  argument("aws_lb", "enable_deletion_protection"),
	"ELB.13": each([]string{"aws_lb"}, func(_ *source.Source, r *config.Resource) bool { return len(stackjson.List(r.Argument("subnets"))) > 1 }),
	"ELB.17": each([]string{"aws_lb_listener"}, func(_ *source.Source, r *config.Resource) bool {
		p := source.Text(r.Argument("protocol"))
		return p != "TLS" && p != "HTTPS" || strings.HasPrefix(source.Text(r.Argument("ssl_policy")), "ELBSecurityPolicy-TLS13-1-2-")
	}),
	"ELB.18": each([]string{"aws_lb_listener"}, func(_ *source.Source, r *config.Resource) bool {
		return slices.Contains([]string{"TLS", "HTTPS"}, source.Text(r.Argument("protocol")))
	}),

	"GuardDuty.1":  detection(""),
	"GuardDuty.5":  detection("EKS_AUDIT_LOGS"),
	"GuardDuty.6":  detection("LAMBDA_NETWORK_LOGS"),
	"GuardDuty.8":  detection("EBS_MALWARE_PROTECTION"),
	"GuardDuty.9":  detection("RDS_LOGIN_EVENTS"),
	"GuardDuty.10": detection("S3_DATA_EVENTS"),
	"GuardDuty.11": detection("RUNTIME_MONITORING"),

	"IAM.2":  each([]string{"aws_iam_user_policy", "aws_iam_user_policy_attachment"}, never),
	"IAM.7":  perAccount(passwords(strong)),
	"IAM.15": perAccount(passwords(func(r *config.Resource) bool { return source.Number(r.Argument("minimum_password_length")) >= 14 })),
	"IAM.16": perAccount(passwords(func(r *config.Resource) bool { return source.Number(r.Argument("password_reuse_prevention")) >= 24 })),
	"IAM.27": each([]string{"aws_iam_role_policy_attachment", "aws_iam_user_policy_attachment", "aws_iam_group_policy_attachment", "aws_ssoadmin_managed_policy_attachment"}, func(_ *source.Source, r *config.Resource) bool {
		return !strings.HasSuffix(source.Text(r.Argument("policy_arn"))+source.Text(r.Argument("managed_policy_arn")), "/AWSCloudShellFullAccess")
	}),
	"IAM.28": perAccount(func(s *source.Source, number string) bool {
		return has(s, number, func(r *config.Resource) bool { return !strings.Contains(source.Text(r.Argument("type")), "UNUSED") }, "aws_accessanalyzer_analyzer")
	}),

	"Inspector.1": scanning("EC2"),
	"Inspector.2": scanning("ECR"),
	"Inspector.3": scanning("LAMBDA_CODE"),
	"Inspector.4": scanning("LAMBDA"),

	"KMS.1": onPolicies("aws_iam_policy", "policy", notAllKeys),
	"KMS.2": onPolicies("aws_iam_role_policy", "policy", notAllKeys),
	"KMS.4": argument("aws_kms_key", "enable_key_rotation"),
	"KMS.5": onPolicies("aws_kms_key", "policy", private),

	"NetworkFirewall.2":  beside("aws_networkfirewall_firewall", "aws_networkfirewall_logging_configuration", "firewall_arn"),
	"NetworkFirewall.3":  each([]string{"aws_networkfirewall_firewall_policy"}, hasRuleGroups),
	"NetworkFirewall.4":  each([]string{"aws_networkfirewall_firewall_policy"}, stateless("stateless_default_actions")),
	"NetworkFirewall.5":  each([]string{"aws_networkfirewall_firewall_policy"}, stateless("stateless_fragment_default_actions")),
	"NetworkFirewall.9":  argument("aws_networkfirewall_firewall", "delete_protection"),
	"NetworkFirewall.10": argument("aws_networkfirewall_firewall", "subnet_change_protection"),

	"RDS.2": without("aws_db_instance", "publicly_accessible"),
	"RDS.3": each([]string{"aws_db_instance"}, encryptedDatabase),
	"RDS.5": argument("aws_db_instance", "multi_az"),
	"RDS.6": each([]string{"aws_db_instance"}, func(_ *source.Source, r *config.Resource) bool {
		return source.Number(r.Argument("monitoring_interval")) > 0
	}),
	"RDS.8":  argument("aws_db_instance", "deletion_protection"),
	"RDS.9":  each([]string{"aws_db_instance"}, set("enabled_cloudwatch_logs_exports")),
	"RDS.10": argument("aws_db_instance", "iam_database_authentication_enabled"),
	"RDS.11": each([]string{"aws_db_instance"}, func(_ *source.Source, r *config.Resource) bool {
		return source.Number(r.Argument("backup_retention_period")) >= 7 || r.Argument("replicate_source_db") != nil
	}),
	"RDS.13": each([]string{"aws_db_instance"}, func(_ *source.Source, r *config.Resource) bool {
		v := r.Argument("auto_minor_version_upgrade")
		return v == nil || source.Is(v)
	}),
	"RDS.17": argument("aws_db_instance", "copy_tags_to_snapshot"),
	"RDS.36": each([]string{"aws_db_instance"}, func(_ *source.Source, r *config.Resource) bool {
		return slices.Contains(stackjson.List(r.Argument("enabled_cloudwatch_logs_exports")), any("postgresql"))
	}),

	"S3.1": perAccount(func(s *source.Source, number string) bool {
		return has(s, number, blocked, "aws_s3_account_public_access_block")
	}),
	"S3.2": onPolicies("aws_s3_bucket_policy", "policy", private),
	"S3.3": onPolicies("aws_s3_bucket_policy", "policy", private),
	"S3.5": each([]string{"aws_s3_bucket"}, func(s *source.Source, r *config.Resource) bool {
		policy := s.Beside("aws_s3_bucket_policy", "bucket", r)
		if policy == nil {
			return false
		}
		statements, err := source.Policy(policy.Argument("policy"))
		return err == nil && source.OnlyTLS(statements)
	}),
	"S3.8": each([]string{"aws_s3_bucket"}, func(s *source.Source, r *config.Resource) bool {
		block := s.Beside("aws_s3_bucket_public_access_block", "bucket", r)
		return block != nil && blocked(block)
	}),
	"S3.9": beside("aws_s3_bucket", "aws_s3_bucket_logging", "bucket"),
	"S3.12": each([]string{"aws_s3_bucket"}, func(s *source.Source, r *config.Resource) bool {
		controls := s.Beside("aws_s3_bucket_ownership_controls", "bucket", r)
		return controls == nil || source.Block(controls, "rule")["object_ownership"] == "BucketOwnerEnforced"
	}),
	"S3.13": beside("aws_s3_bucket", "aws_s3_bucket_lifecycle_configuration", "bucket"),

	"SecretsManager.1": beside("aws_secretsmanager_secret", "aws_secretsmanager_secret_rotation", "secret_id"),
	"SNS.4":            onPolicies("aws_sns_topic_policy", "policy", private),
	"SQS.1": each([]string{"aws_sqs_queue"}, func(_ *source.Source, r *config.Resource) bool {
		return r.Argument("kms_master_key_id") != nil || r.Argument("sqs_managed_sse_enabled") != false
	}),
	"SQS.3":  onPolicies("aws_sqs_queue_policy", "policy", private),
	"WAF.10": each([]string{"aws_wafv2_web_acl"}, set("rule")),
}

func never(*source.Source, *config.Resource) bool { return false }

// set says whether an argument is there.
func set(name string) func(*source.Source, *config.Resource) bool {
	return func(_ *source.Source, r *config.Resource) bool { return len(stackjson.List(r.Argument(name))) > 0 }
}

// sortItems sorts items of the benchmark as people count, 4.2 before 4.10.
func sortItems(items []string) {
	number := func(item string) int {
		text, _, _ := strings.Cut(item, "\x00")
		major, minor, _ := strings.Cut(text, ".")
		a, _ := strconv.Atoi(major)
		b, _ := strconv.Atoi(minor)
		return a*1000 + b
	}
	slices.SortStableFunc(items, func(a, b string) int {
		if c := number(a) - number(b); c != 0 {
			return c
		}
		return strings.Compare(a, b)
	})
}
