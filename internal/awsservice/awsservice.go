// Package awsservice knows AWS services by the names of their endpoints: a service
// is `ecr.api` for com.amazonaws.<region>.ecr.api, and clients look for it at
// api.ecr.<region>.amazonaws.com. Estates make zones for these names, and the network
// proof follows them, from this one table.
package awsservice

import (
	"maps"
	"slices"
	"strings"
)

// names are the DNS names by which clients know each service, which are also those
// that private DNS of an interface endpoint takes over: what
// DescribeVpcEndpointServices returns as private DNS names, and what each service's
// page lists. {region} stands for the region; a name that begins with `*.` for all
// names in its place. No names are `<service>.{region}.amazonaws.com`.
//
// https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
// https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html
//
// Left out are `acm-pca`, whose zone would hide its own OCSP responder,
// `kinesis-streams`, whose clients use names of their account too, and
// `guardduty-data`, for which GuardDuty makes endpoints with the same private name in
// every VPC.
var names = map[string][]string{
	"access-analyzer":         nil,
	"application-autoscaling": nil,
	"athena":                  nil,
	"autoscaling":             nil,
	"backup":                  nil,
	// https://docs.aws.amazon.com/general/latest/gr/bedrock.html
	"bedrock":         nil,
	"bedrock-runtime": nil,
	"cloudformation":  nil,
	"cloudtrail":      nil,
	"codebuild":       nil,
	"config":          nil,
	"dynamodb":        nil,
	"ec2":             nil,
	"ec2messages":     nil,
	// https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
	"ecr.api": {"api.ecr.{region}.amazonaws.com"},
	"ecr.dkr": {"*.dkr.ecr.{region}.amazonaws.com"},
	"ecs":     nil,
	// A zone for it hides oidc.eks.{region}.amazonaws.com, as a zone hides every public
	// name below its own.
	"eks": nil,
	// https://docs.aws.amazon.com/general/latest/gr/eks.html
	"eks-auth":             {"eks-auth.{region}.api.aws"},
	"elasticfilesystem":    nil,
	"elasticloadbalancing": nil,
	"events":               nil,
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html
	"execute-api": {"*.execute-api.{region}.amazonaws.com"},
	"glue":        nil,
	// https://docs.aws.amazon.com/firehose/latest/dev/vpc.html
	"kinesis-firehose": {"firehose.{region}.amazonaws.com"},
	"kms":              nil,
	"lambda":           nil,
	"logs":             nil,
	"monitoring":       nil,
	"rds":              nil,
	// https://docs.aws.amazon.com/general/latest/gr/sagemaker.html
	"sagemaker.api":     {"api.sagemaker.{region}.amazonaws.com"},
	"sagemaker.runtime": {"runtime.sagemaker.{region}.amazonaws.com"},
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-bucket-intro.html
	"s3":               {"s3.{region}.amazonaws.com", "*.s3.{region}.amazonaws.com"},
	"secretsmanager":   nil,
	"servicediscovery": nil,
	"sns":              nil,
	"sqs":              nil,
	"ssm":              nil,
	"ssmmessages":      nil,
	"states":           nil,
	"sts":              nil,
	"xray":             nil,
}

// All are the services whose names are known, sorted.
func All() []string { return slices.Sorted(maps.Keys(names)) }

// Known says whether the names of a service are known.
func Known(service string) bool {
	_, ok := names[service]
	return ok
}

// Names are the names under which clients know a service in a region. One that begins
// with `*.` stands for all names in its place. There are none for a service that is
// not known, and none in China, which has a domain of its own.
func Names(service, region string) []string {
	if !Known(service) || region == "" || strings.HasPrefix(region, "cn-") {
		return nil
	}
	patterns := names[service]
	if len(patterns) == 0 {
		patterns = []string{service + ".{region}.amazonaws.com"}
	}
	all := make([]string, len(patterns))
	for i, pattern := range patterns {
		all[i] = strings.ReplaceAll(pattern, "{region}", region)
	}
	return all
}

// HasGateway says whether a service has gateway endpoints, which are routes and free,
// beside interface endpoints:
// https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
func HasGateway(service string) bool { return service == "s3" || service == "dynamodb" }

// Of is the service that a name belongs to in public DNS, and the region that it
// names. A service that is not known is called by what stands before the region. ok
// is false for a name that is not one of AWS's regional services.
func Of(name string) (service, region string, ok bool) {
	rest, found := strings.CutSuffix(name, ".amazonaws.com")
	if !found {
		if rest, found = strings.CutSuffix(name, ".api.aws"); !found {
			return "", "", false
		}
	}
	dot := strings.LastIndexByte(rest, '.')
	if dot < 0 || !IsRegion(rest[dot+1:]) {
		return "", "", false
	}
	service, region = rest[:dot], rest[dot+1:]
	for _, other := range All() {
		// Those that are called by their own names need no search.
		if len(names[other]) > 0 && slices.ContainsFunc(Names(other, region), func(n string) bool { return covers(n, name) }) {
			return other, region, true
		}
	}
	return service, region, true
}

// covers says whether a name of a service is the name, or its wildcard stands for it.
func covers(serviceName, name string) bool {
	domain, wildcard := strings.CutPrefix(serviceName, "*.")
	return name == serviceName || wildcard && (name == domain || strings.HasSuffix(name, "."+domain))
}

// IsRegion says whether a label has the form of a region's name: ap-southeast-3.
func IsRegion(label string) bool {
	parts := strings.Split(label, "-")
	if len(parts) < 3 || len(parts[0]) != 2 {
		return false
	}
	last := parts[len(parts)-1]
	return len(last) == 1 && last[0] >= '1' && last[0] <= '9'
}
