package encryption

import (
	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
)

// holders are the types of resources that hold data, with what reads how. One that holds none as
// it is configured returns nil.
var holders = map[string]func(*source.Source, *config.Resource) *holding{
	"aws_acm_certificate":                  fixed("a private key", "aws/acm"),
	"aws_api_gateway_api_key":              fixed("a key of a caller", "API Gateway's own"),
	"aws_backup_vault":                     named("backups", "kms_key_arn", "aws/backup"),
	"aws_cloudtrail":                       trail,
	"aws_cloudwatch_log_group":             named("logs", "kms_key_id", "CloudWatch Logs' own"),
	"aws_config_delivery_channel":          deliveries,
	"aws_db_instance":                      database,
	"aws_dynamodb_table":                   table,
	"aws_ebs_encryption_by_default":        volumesByDefault,
	"aws_ebs_volume":                       volume,
	"aws_ecr_repository":                   images,
	"aws_ecr_repository_creation_template": images,
	"aws_eks_cluster":                      cluster,
	"aws_eks_node_group":                   nodes,
	"aws_instance":                         instance,
	"aws_kinesis_firehose_delivery_stream": stream,
	"aws_launch_template":                  template,
	"aws_s3_bucket":                        bucket,
	"aws_secretsmanager_secret":            named("a secret", "kms_key_id", "aws/secretsmanager"),
	"aws_sns_topic":                        topic,
	"aws_sqs_queue":                        queue,
	"aws_ssm_parameter":                    parameter,
	"aws_vpn_connection":                   preshared,
}

// fixed is for what a service encrypts in one way alone.
func fixed(what, service string) func(*source.Source, *config.Resource) *holding {
	return func(*source.Source, *config.Resource) *holding {
		return (&holding{what: what}).encrypted(nil, service)
	}
}

// named is for what is always encrypted, by the key that an argument names or by the service's.
func named(what, argument, service string) func(*source.Source, *config.Resource) *holding {
	return func(_ *source.Source, r *config.Resource) *holding {
		return (&holding{what: what}).encrypted(r.Argument(argument), service)
	}
}

// trail is encrypted by S3 in any case, and by the trail's key if it has one.
// https://docs.aws.amazon.com/awscloudtrail/latest/userguide/encrypting-cloudtrail-log-files-with-aws-kms.html
func trail(s *source.Source, r *config.Resource) *holding {
	h := (&holding{what: "log files in " + source.Text(r.Argument("s3_bucket_name"))}).encrypted(r.Argument("kms_key_id"), "S3's own")
	if h.by != customer {
		h.gaps = append(h.gaps, "the trail names no key of the estate: S3 encrypts its files as the bucket says")
	}
	return h
}

func deliveries(_ *source.Source, r *config.Resource) *holding {
	return (&holding{what: "snapshots in " + source.Text(r.Argument("s3_bucket_name"))}).encrypted(r.Argument("s3_kms_key_arn"), "S3's own")
}

// bucket is encrypted by S3's own keys unless it says another one.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/default-encryption-faq.html
func bucket(s *source.Source, r *config.Resource) *holding {
	h := &holding{what: "objects"}
	configuration := s.Beside("aws_s3_bucket_server_side_encryption_configuration", "bucket", r)
	if configuration == nil {
		h.encrypted(nil, "S3's own")
	} else {
		rule := source.First(source.Block(configuration, "rule")["apply_server_side_encryption_by_default"])
		service := "S3's own"
		if rule["sse_algorithm"] != "AES256" {
			service = "aws/s3"
		}
		h.encrypted(rule["kms_master_key_id"], service)
	}
	return h.onlyTLS(s.Beside("aws_s3_bucket_policy", "bucket", r))
}

// topic is not encrypted unless it has a key.
// https://docs.aws.amazon.com/sns/latest/dg/sns-server-side-encryption.html
func topic(s *source.Source, r *config.Resource) *holding {
	h := &holding{what: "messages"}
	if key := r.Argument("kms_master_key_id"); key != nil {
		h.encrypted(key, "")
	} else {
		h.unencrypted("the topic has no key: SNS does not encrypt its messages with one that an account controls")
	}
	return h.onlyTLS(s.Beside("aws_sns_topic_policy", "arn", r))
}

// queue is encrypted by SQS itself unless it says otherwise.
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-configure-sqs-sse-queue.html
func queue(s *source.Source, r *config.Resource) *holding {
	h := &holding{what: "messages"}
	key := r.Argument("kms_master_key_id")
	if key == nil && r.Argument("sqs_managed_sse_enabled") == false {
		h.unencrypted("the queue's encryption is off")
	} else {
		h.encrypted(key, "SQS's own")
	}
	return h.onlyTLS(s.Beside("aws_sqs_queue_policy", "queue_url", r))
}

// parameter is encrypted by a key if it is a SecureString alone: the others hold no secrets.
func parameter(_ *source.Source, r *config.Resource) *holding {
	if r.Argument("type") != "SecureString" {
		return (&holding{what: "settings that are no secret"}).encrypted(nil, "Systems Manager's own")
	}
	return (&holding{what: "a secret"}).encrypted(r.Argument("key_id"), "aws/ssm")
}

// images are encrypted by S3's own keys unless the repository says otherwise.
func images(_ *source.Source, r *config.Resource) *holding {
	h := &holding{what: "images"}
	configuration := source.Block(r, "encryption_configuration")
	if configuration["encryption_type"] != "KMS" && configuration["encryption_type"] != "KMS_DSSE" {
		return h.encrypted(nil, "S3's own")
	}
	return h.encrypted(configuration["kms_key"], "aws/ecr")
}

// cluster encrypts what its API keeps with a key of AWS, and with one's own inside of that.
// https://docs.aws.amazon.com/eks/latest/userguide/envelope-encryption.html
func cluster(_ *source.Source, r *config.Resource) *holding {
	h := &holding{what: "secrets of Kubernetes", transit: "TLS only"}
	return h.encrypted(source.First(source.Block(r, "encryption_config")["provider"])["key_arn"], "EKS's own")
}

func stream(_ *source.Source, r *config.Resource) *holding {
	h := &holding{what: "records on their way"}
	encryption := source.Block(r, "server_side_encryption")
	if !source.Is(encryption["enabled"]) {
		return h.unencrypted("the stream's encryption is off")
	}
	return h.encrypted(encryption["key_arn"], "Firehose's own")
}

func table(_ *source.Source, r *config.Resource) *holding {
	h := &holding{what: "items", transit: "TLS only"}
	encryption := source.Block(r, "server_side_encryption")
	if !source.Is(encryption["enabled"]) {
		return h.encrypted(nil, "DynamoDB's own")
	}
	return h.encrypted(encryption["kms_key_arn"], "aws/dynamodb")
}

// preshared are the keys of a VPN's tunnels.
func preshared(_ *source.Source, r *config.Resource) *holding {
	h := &holding{what: "pre-shared keys of the tunnels", transit: "IPsec"}
	if r.Argument("preshared_key_storage") == "SecretsManager" {
		return h.encrypted(nil, "aws/secretsmanager")
	}
	return h.encrypted(nil, "the VPN service's own")
}
