package estate

import (
	"slices"
	"strings"

	"hubspoke/internal/yamldoc"
)

// Endpoint is an interface endpoint in a spoke's own VPC, with what it is there
// for.
type Endpoint struct {
	// Service is the last part of the endpoint's service name.
	Service string
	// Reasons say who calls it, in letters, digits and spaces.
	Reasons []string
}

// ownEndpoints are in every VPC that has endpoints of its own: what nodes,
// controllers and Session Manager cannot do without where no way leads to the
// internet. S3 has a gateway endpoint in any case.
//
//   - https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
//   - https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
var ownEndpoints = []Endpoint{
	{"ec2", []string{"Node bootstrap and network interfaces"}},
	{"ec2messages", []string{"SSM Agent"}},
	{"ecr.api", []string{"Registry tokens and image lists"}},
	{"ecr.dkr", []string{"Image pulls"}},
	{"eks", []string{"Cluster management"}},
	{"elasticloadbalancing", []string{"Load balancer management"}},
	{"secretsmanager", []string{"Database and application secrets"}},
	{"ssm", []string{"Systems Manager"}},
	{"ssmmessages", []string{"Session Manager"}},
	{"sts", []string{"Roles of pods and people"}},
}

// HasOwnEndpoints says that an account's VPC has interface endpoints itself.
func (e *Estate) HasOwnEndpoints(account string) bool {
	s := e.Spoke(account)
	return s != nil && s.Network.EnableVPCEndpoints != nil && *s.Network.EnableVPCEndpoints
}

// OwnEndpoints are the interface endpoints of a spoke's own VPC, by service; none
// if it has none.
func (e *Estate) OwnEndpoints(spoke string) []Endpoint {
	if !e.HasOwnEndpoints(spoke) {
		return nil
	}
	s := e.Spoke(spoke)
	endpoints := slices.Clone(ownEndpoints)
	need := func(service, reason string) {
		i := slices.IndexFunc(endpoints, func(o Endpoint) bool { return o.Service == service })
		switch {
		case i < 0:
			endpoints = append(endpoints, Endpoint{service, []string{reason}})
		case !slices.Contains(endpoints[i].Reasons, reason):
			endpoints[i].Reasons = append(slices.Clone(endpoints[i].Reasons), reason)
		}
	}
	for _, c := range s.calls() {
		if service := c.endpoint(); service != "" {
			need(service, c.reason)
		}
	}
	for _, service := range s.Network.Endpoints {
		need(service, "Named in the estate")
	}
	slices.SortFunc(endpoints, func(a, b Endpoint) int { return strings.Compare(a.Service, b.Service) })
	return endpoints
}

// call is an AWS API that something of a spoke uses.
type call struct {
	// service is the API, as the prefix of IAM actions names it.
	service, reason string
	// path is where the estate says so.
	path string
}

// calls are the APIs that the spoke's parts use beyond those that every private
// VPC has endpoints for.
func (s *Spoke) calls() []call {
	var calls []call
	if s.Bastion != nil {
		calls = append(calls, call{"logs", "Session logs of the bastion", "bastion"}, call{"kms", "Encryption of bastion sessions", "bastion"})
	}
	if s.Probe {
		calls = append(calls, call{"logs", "Lines of the probe", "probe"}, call{"kms", "Encryption of probe sessions", "probe"})
	}
	if s.Cluster == nil {
		return calls
	}
	if s.Cluster.NodeSessions {
		calls = append(calls, call{"logs", "Session logs of nodes", "cluster.node_sessions"}, call{"kms", "Encryption of node sessions", "cluster.node_sessions"})
	}
	calls = append(calls, call{"sqs", "Interruption queue of Karpenter", "cluster"})
	if s.Cluster.UsesPodIdentity() {
		calls = append(calls, call{"eks-auth", "Credentials of pods by pod identity", "cluster"})
	}
	if s.Cluster.Secrets {
		calls = append(calls, call{"secretsmanager", "Secrets that pods mount", "cluster.secrets"})
	}
	if len(s.secretReaders()) > 0 {
		calls = append(calls, call{"secretsmanager", "Secrets that workloads read", "secrets"})
	}
	for _, name := range sortedKeys(s.Cluster.Identities) {
		allow := s.Cluster.Identities[name].Allow
		for _, permission := range sortedKeys(allow) {
			for _, action := range slices.Sorted(slices.Values(allow[permission].Actions)) {
				service, _, _ := strings.Cut(action, ":")
				if service == "rds-db" {
					continue // clients sign in to the database, at its own address
				}
				calls = append(calls, call{service, "Workload " + name, yamldoc.Child(yamldoc.Child(yamldoc.Child("cluster.identities", name), "allow"), permission)})
			}
		}
	}
	return calls
}

// iamPrefixes are the prefixes of IAM actions whose API has another name as an
// endpoint.
//
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var iamPrefixes = map[string]string{
	"cloudwatch": "monitoring",
	"ecr":        "ecr.api",
	"firehose":   "kinesis-firehose",
}

// endpoint is the interface endpoint of the API; "" if it is not known, or is the
// gateway endpoint of S3.
func (c call) endpoint() string {
	service := c.service
	if other, ok := iamPrefixes[service]; ok {
		service = other
	}
	if !isEndpointService(service) {
		return ""
	}
	return service
}
