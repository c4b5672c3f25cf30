package dns

import (
	"maps"
	"slices"
	"strings"

	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// The names of an AWS service's endpoints in a region, which are also those that
// private DNS of an interface endpoint takes over. The service is named as in
// the name of its endpoints, com.amazonaws.<region>.<service>; the names are
// what DescribeVpcEndpointServices returns as private DNS names, and what each
// service's page lists:
// https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html
// https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html

// sameName are the services whose name is `<service>.<region>.amazonaws.com`.
var sameName = []string{
	"access-analyzer", "application-autoscaling", "athena", "autoscaling", "backup", "cloudformation", "cloudtrail",
	"codebuild", "config", "dynamodb", "ec2", "ec2messages", "ecs", "eks", "elasticfilesystem",
	"elasticloadbalancing", "events", "glue", "kms", "lambda", "logs", "monitoring", "rds", "secretsmanager",
	"servicediscovery", "sns", "sqs", "ssm", "ssmmessages", "states", "sts", "xray",
}

// otherNames are those of the other services. {r} stands for the region.
var otherNames = map[string][]string{
	// https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
	"ecr.api": {"api.ecr.{r}.amazonaws.com"},
	"ecr.dkr": {"*.dkr.ecr.{r}.amazonaws.com"},
	// https://docs.aws.amazon.com/general/latest/gr/eks.html
	"eks-auth": {"eks-auth.{r}.api.aws"},
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-private-apis.html
	"execute-api": {"*.execute-api.{r}.amazonaws.com"},
	// https://docs.aws.amazon.com/firehose/latest/dev/vpc.html
	"kinesis-firehose": {"firehose.{r}.amazonaws.com"},
	// https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-bucket-intro.html
	"s3": {"s3.{r}.amazonaws.com", "*.s3.{r}.amazonaws.com"},
}

// Names are the names under which clients know an AWS service in a region. One
// that begins with `*.` stands for all names in its place. ok is false for a
// service whose names are not known here.
func Names(service, region string) (names []string, ok bool) {
	// China has a domain of its own.
	if region == "" || strings.HasPrefix(region, "cn-") {
		return nil, false
	}
	for _, name := range patterns(service) {
		names = append(names, strings.ReplaceAll(name, "{r}", region))
	}
	return names, names != nil
}

func patterns(service string) []string {
	if slices.Contains(sameName, service) {
		return []string{service + ".{r}.amazonaws.com"}
	}
	return otherNames[service]
}

// hasGateway says whether a service has gateway endpoints beside interface ones:
// https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
func hasGateway(service string) bool { return service == "s3" || service == "dynamodb" }

// ServiceOf is the AWS service that a name belongs to in public DNS, and the
// region that it names. A service that is not known here is named by what stands
// before the region.
func ServiceOf(name string) (service, region string, ok bool) {
	rest, found := strings.CutSuffix(name, ".amazonaws.com")
	if !found {
		if rest, found = strings.CutSuffix(name, ".api.aws"); !found {
			return "", "", false
		}
	}
	dot := strings.LastIndexByte(rest, '.')
	if dot < 0 || !isRegion(rest[dot+1:]) {
		return "", "", false
	}
	service, region = rest[:dot], rest[dot+1:]
	for _, known := range slices.Sorted(maps.Keys(otherNames)) {
		names, _ := Names(known, region)
		for _, n := range names {
			if wildcard, ok := strings.CutPrefix(n, "*."); name == n || ok && below(name, wildcard) {
				return known, region, true
			}
		}
	}
	return service, region, true
}

// isRegion says whether a label has the form of a region's name: ap-southeast-3.
func isRegion(label string) bool {
	parts := strings.Split(label, "-")
	if len(parts) < 3 || len(parts[0]) != 2 {
		return false
	}
	last := parts[len(parts)-1]
	return len(last) == 1 && last[0] >= '1' && last[0] <= '9'
}

// made are the domains below which AWS makes up names of resources: what they lead
// to cannot be told from the name. {r} stands for a region.
var made = []string{
	"cache.amazonaws.com", "compute-1.amazonaws.com", "compute.amazonaws.com", "efs.{r}.amazonaws.com",
	"eks.amazonaws.com", "elb.amazonaws.com", "elb.{r}.amazonaws.com", "es.amazonaws.com", "kafka.{r}.amazonaws.com",
	"rds.amazonaws.com", "redshift.amazonaws.com", "vpce.amazonaws.com",
}

func madeUp(name string) bool {
	for _, domain := range made {
		before, after, regional := strings.Cut(domain, "{r}")
		if !regional {
			if below(name, domain) && name != domain {
				return true
			}
			continue
		}
		if rest, ok := strings.CutSuffix(name, after); ok {
			dot := strings.LastIndexByte(rest, '.')
			if isRegion(rest[dot+1:]) && strings.HasSuffix(rest[:dot+1], "."+before) {
				return true
			}
		}
	}
	return false
}

// publicService is the public addresses of a service, as seen from a region. A
// gateway endpoint serves only the services of its own region, so the addresses
// of another region's are not in the range that stands for its prefix list.
func publicService(service, region, from string) Target {
	addresses := network.OtherServices
	if region == from {
		addresses = network.ServiceRange(service)
	}
	return Target{Kind: Service, Service: service, Addresses: []packet.Range{addresses}}
}
