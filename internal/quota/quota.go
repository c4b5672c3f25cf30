// Package quota is the table of AWS's quotas that an estate can grow into: how much there
// is at first, how much AWS gives who asks, and where AWS says so. Whoever has to keep
// within one takes the number from here.
//
// The numbers are those of an account without any raised quota. AWS changes them; a number
// that is out of date warns too early, and is mended here alone.
package quota

// Quota is one limit of AWS.
type Quota struct {
	// Key is what files call the quota, `transit-gateway-route-tables`.
	Key string
	// Name says in the plural what is counted, and of what: `route tables of a transit gateway`.
	Name string
	// Default is how many there are at first.
	Default int
	// Max is how many AWS gives who asks for more: the same as Default if it never gives more, and 0 if it does and does not say up to how many.
	Max int
}

// Fixed says that AWS never raises the quota.
func (q Quota) Fixed() bool { return q.Max == q.Default }

// Of transit gateways: https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-quotas.html
var (
	TransitGatewayRouteTables = add(Quota{"transit-gateway-route-tables", "route tables of a transit gateway", 20, 0})
	TransitGatewayRoutes      = add(Quota{"transit-gateway-routes", "routes in all route tables of a transit gateway", 10000, 0})
	TransitGatewayAttachments = add(Quota{"transit-gateway-attachments", "attachments of a transit gateway", 5000, 5000})
)

// Of VPNs: https://docs.aws.amazon.com/vpn/latest/s2svpn/vpn-limits.html
var VPNConnections = add(Quota{"vpn-connections", "Site-to-Site VPN connections of a region", 50, 0})

// Of API Gateway. An API's integrations are as many as its routes at most.
//
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-quotas.html
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
var (
	APIRoutes  = add(Quota{"api-routes", "routes of an HTTP API", 300, 0})
	APIPolicy  = add(Quota{"api-policy", "characters of a REST API's policy", 8192, 8192}) // AWS gives more, which those here never need
	UsagePlans = add(Quota{"usage-plans", "usage plans of an account in a region", 300, 0})
)

// Of VPCs. The rules of a group times the groups of an interface are 1000 at most, and
// the routes of a table were 50 until June 2025. AWS gives an ACL 40 rules, at a price in
// performance; those that are made here keep within 20.
//
//   - https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
//   - https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html
var (
	SecurityGroupRules = add(Quota{"security-group-rules", "rules of a security group in one direction", 60, 1000})
	NetworkACLRules    = add(Quota{"network-acl-rules", "rules of a network ACL in one direction", 20, 20})
	RouteTableRoutes   = add(Quota{"route-table-routes", "routes of a VPC's route table", 500, 1000})
	ElasticIPs         = add(Quota{"elastic-ips", "Elastic IP addresses of an account in a region", 5, 0})
	InterfaceEndpoints = add(Quota{"interface-endpoints", "interface endpoints of a VPC", 50, 0})
	EndpointPolicy     = add(Quota{"endpoint-policy", "characters of an endpoint's policy", 20480, 20480})
)

// Of load balancers: https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-limits.html
var NetworkLoadBalancers = add(Quota{"network-load-balancers", "Network Load Balancers of an account in a region", 50, 0})

// Of Route 53 and its resolver. Beyond 300 VPCs AWS advises Route 53 Profiles in place of
// associations. The hub's one query log configuration counts every VPC that it logs.
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html
var (
	HostedZones     = add(Quota{"hosted-zones", "hosted zones of an account", 500, 0})
	ZoneVPCs        = add(Quota{"zone-vpcs", "VPCs that resolve a private hosted zone", 300, 0})
	QueryLogVPCs    = add(Quota{"query-log-vpcs", "VPCs whose DNS queries an account's configurations log in a region", 100, 0})
	ResolverRuleIPs = add(Quota{"resolver-rule-addresses", "name servers of a forwarding rule", 6, 6})
	ResolverRules   = add(Quota{"resolver-rules", "forwarding rules of an account in a region", 1000, 0})
	// Terraform sends all domains of a list in one request: https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_UpdateFirewallDomains.html
	DomainListDomains = add(Quota{"domain-list-domains", "domains of a list of DNS Firewall in one request", 1000, 1000})
)

// Of Network Firewall: https://docs.aws.amazon.com/network-firewall/latest/developerguide/quotas.html
var (
	FirewallRuleGroups  = add(Quota{"firewall-rule-groups", "stateful rule groups of a firewall policy", 20, 20})
	FirewallPolicyRules = add(Quota{"firewall-policy-rules", "stateful rules that a firewall policy has room for", 30000, 50000})
	FirewallRulesText   = add(Quota{"firewall-rules-text", "bytes of a firewall rule group's rules", 2000000, 2000000})
)

// Of IAM, in characters without white space. The inline policies of a role count together.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
var (
	Roles               = add(Quota{"roles", "roles of an account", 1000, 10000})
	RoleManagedPolicies = add(Quota{"role-managed-policies", "managed policies of a role", 10, 25})
	RoleInlinePolicies  = add(Quota{"role-inline-policies", "characters of a role's inline policies", 10240, 10240})
	GroupInlinePolicies = add(Quota{"group-inline-policies", "characters of a group's inline policies", 5120, 5120})
	ManagedPolicy       = add(Quota{"managed-policy", "characters of a managed policy", 6144, 6144})
	TrustPolicy         = add(Quota{"trust-policy", "characters of a role's trust policy", 2048, 8192})
)

// Of organisations. The policies of a unit are those attached to it itself, and one of AWS's
// that allows everything is among those of service and resource control. AWS doubled both
// for service control policies in May 2026.
//
//   - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
//   - https://aws.amazon.com/about-aws/whats-new/2026/05/aws-organizations-increased-scp-quotas
var (
	// A new organisation may have fewer, and an account that is closed counts for 90 days.
	Accounts                = add(Quota{"accounts", "accounts of an organisation", 10, 10000})
	ServiceControlPolicy    = add(Quota{"service-control-policy", "characters of a service control policy", 10240, 10240})
	ServiceControlPolicies  = add(Quota{"service-control-policies", "service control policies attached to a unit", 10, 10})
	ResourceControlPolicy   = add(Quota{"resource-control-policy", "characters of a resource control policy", 5120, 5120})
	ResourceControlPolicies = add(Quota{"resource-control-policies", "resource control policies attached to a unit", 5, 5})
	DeclarativePolicy       = add(Quota{"declarative-policy", "characters of a declarative policy", 10000, 10000})
	AIOptOutPolicy          = add(Quota{"ai-opt-out-policy", "characters of an AI services opt-out policy", 2500, 2500})
	TagPolicy               = add(Quota{"tag-policy", "characters of a tag policy", 10000, 10000})
)

// Of IAM Identity Center: https://docs.aws.amazon.com/singlesignon/latest/userguide/limits.html
var (
	PermissionSets        = add(Quota{"permission-sets", "permission sets of IAM Identity Center", 2000, 0})
	AccountPermissionSets = add(Quota{"account-permission-sets", "permission sets in one account", 250, 0})
	PermissionSetPolicies = add(Quota{"permission-set-policies", "policies of AWS and of one's own in a permission set", 20, 20})
	PermissionSetInline   = add(Quota{"permission-set-inline", "characters of a permission set's inline policy", 10240, 10240})
)

// Of the policies of other resources, and of registries and clusters:
//
//   - https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html
//   - https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
//   - https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutResourcePolicy.html
//   - https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-policies.html
//   - https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
//   - https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_SetRepositoryPolicy.html
//   - https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
//   - https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html
var (
	BucketPolicy     = add(Quota{"bucket-policy", "bytes of a bucket's policy", 20480, 20480})
	KeyPolicy        = add(Quota{"key-policy", "bytes of a key's policy", 32768, 32768})
	LogsPolicy       = add(Quota{"logs-policy", "characters of a policy of CloudWatch Logs", 5120, 5120})
	QueuePolicy      = add(Quota{"queue-policy", "bytes of a queue's policy", 8192, 8192})
	SecretPolicy     = add(Quota{"secret-policy", "characters of a secret's policy", 20480, 20480})
	TopicPolicy      = add(Quota{"topic-policy", "bytes of a topic's policy", 30720, 30720})
	RepositoryPolicy = add(Quota{"repository-policy", "characters of a repository's policy", 10240, 10240})
	LifecyclePolicy  = add(Quota{"lifecycle-policy", "characters of a repository's lifecycle policy", 30720, 30720})
	LifecycleRules   = add(Quota{"lifecycle-rules", "rules of a repository's lifecycle policy", 50, 50})
	NodeGroups       = add(Quota{"node-groups", "managed node groups of a cluster", 30, 0})
)

var table []Quota

func add(q Quota) Quota {
	table = append(table, q)
	return q
}

// All are the quotas, in the order of the table.
func All() []Quota { return append([]Quota{}, table...) }

// Named is the quota with a key; false if there is none.
func Named(key string) (Quota, bool) {
	for _, q := range table {
		if q.Key == key {
			return q, true
		}
	}
	return Quota{}, false
}
