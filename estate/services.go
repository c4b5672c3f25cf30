package estate

import (
	"maps"
	"slices"
)

// endpointNames are the AWS services that can have a central interface endpoint,
// by the last part of the endpoint's service name, with the DNS names that
// clients use, relative to `<region>.amazonaws.com` unless they end in a dot. A
// name that begins with `*.` stands beside the one without. Where the table says
// nothing else, the name is that of the service:
// https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
//
// A zone hides every public name below its own, so `eks` hides
// `oidc.eks.<region>.amazonaws.com`. Left out are `acm-pca`, which would hide its
// own OCSP responder, `kinesis-streams`, whose clients use names of their account
// too, and `guardduty-data`, for which GuardDuty makes endpoints with the same
// private name in every VPC.
var endpointNames = map[string]string{
	"application-autoscaling": "",
	"athena":                  "",
	"autoscaling":             "",
	"cloudformation":          "",
	"cloudtrail":              "",
	"codebuild":               "",
	"ec2":                     "",
	"ec2messages":             "",
	"ecr.api":                 "api.ecr",
	"ecr.dkr":                 "*.dkr.ecr",
	"ecs":                     "",
	"eks":                     "",
	"eks-auth":                "eks-auth.{region}.api.aws.",
	"elasticfilesystem":       "",
	"elasticloadbalancing":    "",
	"events":                  "",
	"glue":                    "",
	"kinesis-firehose":        "firehose",
	"kms":                     "",
	"lambda":                  "",
	"logs":                    "",
	"monitoring":              "",
	"rds":                     "",
	"secretsmanager":          "",
	"servicediscovery":        "",
	"sns":                     "",
	"sqs":                     "",
	"ssm":                     "",
	"ssmmessages":             "",
	"states":                  "",
	"sts":                     "",
	"xray":                    "",
}

// EndpointServices are the services that may be named under `endpoints`.
func EndpointServices() []string { return slices.Sorted(maps.Keys(endpointNames)) }
