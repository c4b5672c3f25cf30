package estate

import (
	"net/netip"

	"hubspoke/estate/cluster"
	"hubspoke/estate/database"
	"hubspoke/estate/registry"
)

//go:generate go run ./internal/genschema

// Settings is estate.yaml: what holds for the whole estate.
type Settings struct {
	// Project is the short name of the estate. Every AWS name begins with it: `<project>-<account>`.
	Project string `yaml:"project" jsonschema:"required" format:"project"`
	// Region is the AWS region that holds everything, for example `ap-southeast-3`.
	Region string `yaml:"region" jsonschema:"required" format:"region" example:"ap-southeast-3"`
	// Zones are the availability zones that VPCs may use, by zone id (`apse3-az1`), which names the same zone in every account. Their order has no meaning: a VPC uses those with the lowest numbers, so a lower one that is added later would move it there.
	Zones []string `yaml:"zones" jsonschema:"required,minItems=2,uniqueItems=true" why:"EKS, RDS subnet groups and resolver endpoints all need two" example:"[apse3-az1, apse3-az2, apse3-az3]"`
	// AsOf is the day on which the estate was last reviewed, `2026-11-21`. What has an end of support is checked against it. Default: none, and nothing is checked against dates.
	AsOf Date `yaml:"as_of" example:"2026-11-21"`
	// Accounts gives every account its name and its 12-digit number, in quotes. There is one named `hub`, one for each spoke file, and in an estate with organization.yaml one named `management`; there `new` creates an account.
	Accounts map[string]string `yaml:"accounts" jsonschema:"required" keys:"account-name" format:"account-number" example:"{hub: '111111111111', dev: '222222222222'}"`
	// AddressSpace is the private address space that the estate may use (RFC 1918). Every VPC lies in it. Default: `10.0.0.0/8`.
	AddressSpace []netip.Prefix `yaml:"address_space" default:"[10.0.0.0/8]"`
	// Segmentation is how the transit gateway connects spokes: `segments` (default) lets only those talk that `segments` names, `mesh` lets all of them talk.
	Segmentation Segmentation `yaml:"segmentation" default:"segments"`
	// Segments are the transit gateway's routing domains, one route table each, by name. An estate has some exactly if the hub has a network.
	Segments map[string]Segment `yaml:"segments" keys:"label" example:"{shared: {}, dev: {reaches: [shared]}}"`
	// DNS holds the hosted zones and how spokes resolve names.
	DNS DNS `yaml:"dns"`
	// OnPremises describes the networks outside AWS that the estate knows of.
	OnPremises OnPremises `yaml:"on_premises"`
	// Organization is the AWS organisation, if the accounts are in one that is not this estate's: see organization.yaml.
	Organization Organization `yaml:"organization"`
	// State says where Terraform keeps its state.
	State State `yaml:"state"`
	// Logs says how long logs are kept, and where.
	Logs Logs `yaml:"logs"`
	// Alarms says who is told of alarms.
	Alarms Alarms `yaml:"alarms"`
	// Sessions are the preferences of Session Manager, in every account: how long sessions last, and whose shells are.
	Sessions Sessions `yaml:"sessions"`
	// GitHub names the repository that deploys this estate, through GitHub's OpenID Connect provider.
	GitHub GitHub `yaml:"github"`
	// EndpointNames are the DNS names of services that this program does not know, by the last part of the endpoint's service name, so that `endpoints` may name them: `aws ec2 describe-vpc-endpoint-services --service-names com.amazonaws.<region>.<service>` lists it under PrivateDnsNames. A name that is wrong fails silently, by way of the internet, and the proof knows the zone alone. Default: none.
	EndpointNames map[string]string `yaml:"endpoint_names" keys:"endpoint-service" format:"endpoint-name" example:"{comprehend: comprehend.eu-central-1.amazonaws.com}"`
	// Quotas are those of AWS that it has raised for this estate, by name. Default: what every account has at first. An estate that comes near to one is warned about.
	Quotas map[string]int `yaml:"quotas" keys:"quota" example:"{transit-gateway-route-tables: 60}"`
	// Tags are put on every resource, beside `Project`, `Environment`, `Stack` and `ManagedBy`. Keys that AWS or controllers in a cluster act on, such as `kubernetes.io/…` and `karpenter.sh/…`, are refused.
	Tags map[string]string `yaml:"tags" jsonschema:"maxProperties=40" keys:"tag-key" format:"tag-value" why:"AWS takes 50 for a resource, and stacks add some"`
	// Shield is AWS Shield Advanced against attacks that flood, a contract of a year. Default: none, and Shield Standard.
	Shield *ShieldContract `yaml:"shield" example:"{accounts: [hub], yearly_contract_usd: 36000}"`
	// Retire names what Terraform forgets when the estate makes it no more, instead of deleting it: a resource as `<stack>/<address>`, or a whole stack. It stays in AWS, and nobody looks after it. An entry has no effect as long as the estate makes what it names, and may stay for ever. `estate check --against` says which are needed.
	Retire []string `yaml:"retire" jsonschema:"uniqueItems=true" format:"retired" example:"[dev-network/aws_kms_key.session_logs]"`
	// Renamed gives a resource that the estate makes under another name than before, as `<stack>/<address>`, its new name: Terraform moves it, instead of deleting it and making another. An entry has no effect as long as the estate makes the old one. `estate check --against` says which are needed.
	Renamed map[string]string `yaml:"renamed" keys:"resource" format:"resource-name" example:"{dev-eks/aws_eks_access_entry.admins: platform}"`
}

// Segment is a routing domain of the transit gateway: the VPCs that are
// associated with one of its route tables.
type Segment struct {
	// Reaches names the segments that this one exchanges traffic with. Routing is two-way: naming a pair on one side is enough. A segment that names itself lets its own VPCs talk to each other.
	Reaches []string `yaml:"reaches" jsonschema:"uniqueItems=true" example:"[shared]"`
}

// DNS holds the estate's hosted zones and how spokes resolve names.
type DNS struct {
	// ResolverOrder is the list of name servers in the spokes' DHCP options: `amazon-only` (default: AmazonProvidedDNS), `amazon-first` (AmazonProvidedDNS, then the hub's inbound endpoint) or `hub-first`. With the last two, the inbound endpoint answers all workloads of spokes that reach the hub, and it answers as the hub's VPC does, which sees every private zone: one environment can then look up the names of another. Clients ask the first server, or any that they choose, and take what it says, NXDOMAIN included.
	ResolverOrder ResolverOrder `yaml:"resolver_order" default:"amazon-only"`
	// PublicZones are the public hosted zones, made in the hub. A zone below another one of the list is delegated from it.
	PublicZones []string `yaml:"public_zones" jsonschema:"uniqueItems=true" format:"domain" example:"[example.com, app.example.com]"`
	// PrivateZones are the private hosted zones, made in the hub, by domain name.
	PrivateZones map[string]PrivateZone `yaml:"private_zones" keys:"domain" example:"{corp.internal: {visible_to: [hub, dev]}}"`
	// Firewall is Route 53 Resolver DNS Firewall: what the resolvers of all VPCs answer, and what they do not. It sees what is asked of the VPCs' own resolvers, and of the inbound endpoint; a client that sends its queries to a name server elsewhere passes it by. Default: none.
	Firewall *DNSFirewall `yaml:"firewall"`
	// DoH lets the inbound endpoint answer by HTTPS too (RFC 8484, TCP port 443), beside plain DNS, those who may ask it. A VPC's own resolver answers by plain DNS alone. Default: the endpoint answers as it has until now, by plain DNS if nothing else was said; `false` switches HTTPS off again.
	DoH *bool `yaml:"doh"`
}

// PrivateZone is a Route 53 private hosted zone.
type PrivateZone struct {
	// VisibleTo names the accounts whose VPC resolves the zone. `hub` is always one of them: Route 53 makes a private zone with a VPC of the zone's own account, and on-premises resolvers ask there.
	VisibleTo []string `yaml:"visible_to" jsonschema:"required,uniqueItems=true" example:"[hub, dev]"`
}

// OnPremises describes networks outside AWS. The hub admits them, routes them to
// the transit gateway and resolves their names. Packets get there by VPNs and Direct
// Connect, or by what somebody else connects to the gateway.
type OnPremises struct {
	// CIDRs are the address ranges outside AWS. They may query the inbound resolver endpoint, and no VPC overlaps them.
	CIDRs []netip.Prefix `yaml:"cidrs"`
	// ReachedBy names the segments, beside the hub's, whose VPCs exchange traffic with on-premises by `vpns` and `direct_connect`: their private subnets, as far as security groups admit it. Default: none.
	ReachedBy []string `yaml:"reached_by" jsonschema:"uniqueItems=true" example:"[dev, prod]"`
	// VPNs are Site-to-Site VPN connections of the transit gateway, by name. Default: none.
	VPNs map[string]VPN `yaml:"vpns" keys:"label" example:"{office: {address: 203.0.113.10, asn: 65010}}"`
	// DirectConnect is a Direct Connect gateway that leads to the transit gateway. Default: none.
	DirectConnect *DirectConnect `yaml:"direct_connect"`
	// Domains are the domains that on-premises name servers answer for, with the addresses of those servers, which lie in `cidrs`. Naming one makes an outbound resolver endpoint and a forwarding rule shared with every spoke.
	Domains map[string][]netip.Addr `yaml:"domains" jsonschema:"minItems=1,maxItems=6,uniqueItems=true" keys:"domain" why:"a rule forwards the domain to its servers, six at most" example:"{corp.example: [192.168.0.10]}"`
}

// Organization is the AWS organisation that the accounts belong to.
type Organization struct {
	// ARN is the organisation's ARN, `arn:aws:organizations::<management account>:organization/o-…`.
	ARN string `yaml:"arn" format:"organization-arn" example:"arn:aws:organizations::111111111111:organization/o-abcdefghij"`
	// ResourceSharing says that AWS RAM shares within the organisation without invitations (`aws ram enable-sharing-with-aws-organization`). Then shares go to the organisation, and no spoke has to accept one. Default: false.
	ResourceSharing bool `yaml:"resource_sharing" default:"false"`
}

// State says where Terraform keeps the state of each stack.
type State struct {
	// Backend is `s3` (default) or `local` (a folder, for a first try). The environment variable `STATE_BACKEND` overrides it.
	Backend Backend `yaml:"backend" default:"s3"`
	// Bucket is the state bucket. Default: `<project>-terraform-state-<hub account>`.
	Bucket string `yaml:"bucket" format:"bucket"`
	// Path is the folder of the local backend, relative to the folder that holds `cdktf.out`. Default: `.state`.
	Path string `yaml:"path" format:"folder-path" default:".state"`
	// BootstrapRole is the role that the `bootstrap` stack assumes in every account but the hub, to make the roles that all other stacks assume. It must trust whoever bootstraps: `OrganizationAccountAccessRole` trusts the management account alone, and invited accounts do not have it. Default: `OrganizationAccountAccessRole`.
	BootstrapRole string `yaml:"bootstrap_role" format:"role-name" default:"OrganizationAccountAccessRole"`
	// BootstrapProfiles are profiles of the AWS CLI's configuration with which `bootstrap` acts in accounts, in place of that role; in the hub, in place of the credentials of whoever runs it. A profile may sign in, or assume whatever role whoever bootstraps can.
	BootstrapProfiles map[string]string `yaml:"bootstrap_profiles" format:"profile" keys:"account-name" example:"{hub: acme-hub, dev: acme-dev}"`
	// Administrators are the ARNs of roles in the hub account whose sessions may assume the plan, apply and state roles by hand. `*` stands for any characters within a name.
	Administrators []string `yaml:"administrators" jsonschema:"uniqueItems=true" format:"role-arn" example:"['arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/*/AWSReservedSSO_AdministratorAccess_*']"`
	// BootstrapInBucket keeps the bootstrap stack's own state in the bucket too. Turn it on after the first deployment of bootstrap, and let `terraform init -migrate-state` move it. Default: false.
	BootstrapInBucket bool `yaml:"bootstrap_in_bucket" default:"false"`
}

// Logs says how long logs are kept, and where.
type Logs struct {
	// Account names the account that holds the central log buckets. Default: `hub`.
	Account string `yaml:"account" default:"hub"`
	// RetentionDays is how long CloudWatch keeps log groups. One of the values that CloudWatch Logs knows. Default: 90.
	RetentionDays int `yaml:"retention_days" format:"log-retention" default:"90"`
	// FlowLogs says which flows of the VPCs are recorded, and where.
	FlowLogs FlowLogs `yaml:"flow_logs"`
	// FlowLogDays is how long CloudWatch keeps the flow logs of VPCs. Default: `retention_days`.
	FlowLogDays int `yaml:"flow_log_days" format:"log-retention"`
	// QueryLogGroup also keeps the DNS queries of each VPC in a log group of its own account, beside the central bucket, with saved queries, and alarms when many are not answered, are for names that there are not, are very long, or meet a rule of `dns.firewall`. CloudWatch charges for each GB. Default: false.
	QueryLogGroup bool `yaml:"query_log_group" default:"false"`
	// ArchiveAfterDays is the age at which objects in the central buckets move to Glacier Instant Retrieval. Default: 90.
	ArchiveAfterDays int `yaml:"archive_after_days" default:"90"`
	// ExpireAfterDays is the age at which objects in the central buckets are deleted. Default: 400.
	ExpireAfterDays int `yaml:"expire_after_days" default:"400"`
	// ObjectLockDays, if set, locks every object of the central buckets for so many days (governance mode). It can be switched on later, but never off again.
	ObjectLockDays int `yaml:"object_lock_days" jsonschema:"maximum=36500"`
}

// Alarms says who is told of alarms.
type Alarms struct {
	// Topics are the ARNs of the SNS topics that are told, of any account; each topic's policy admits CloudWatch, for the accounts of the estate. With one, resolver endpoints, the query logs' groups, VPNs, services for other accounts and each account's trail have alarms. Default: none, and these have no alarms.
	Topics []string `yaml:"topics" jsonschema:"uniqueItems=true" format:"topic-arn" example:"['arn:aws:sns:eu-central-1:111111111111:alarms']"`
}

// Sessions are the preferences of Session Manager in the estate's accounts. Sessions are encrypted with a key of their account,
// and what is said in shells is logged there.
type Sessions struct {
	// IdleMinutes is after how long a session ends in which nobody types: 1 to 60. Default: 20.
	IdleMinutes int `yaml:"idle_minutes" jsonschema:"minimum=1,maximum=60" default:"20" why:"Session Manager takes 1 to 60 minutes"`
	// MaxMinutes is how long a session lasts at most, also one that forwards a port: 1 to 1440. Default: 60.
	MaxMinutes int `yaml:"max_minutes" jsonschema:"minimum=1,maximum=1440" default:"60" why:"Session Manager takes 1 to 1440 minutes"`
	// RunAs is the user of the operating system that shells are of. An instance that has no such user has no sessions. A tag `SSMSessionRunAs` of whoever starts the session names another. Left out, shells are of `ssm-user`, whom the agent makes and who may become root.
	RunAs string `yaml:"run_as" format:"os-user" example:"ec2-user"`
	// Existing names the accounts where somebody has saved session preferences before, with Session Manager's console or another tool: theirs are imported, and changed to these. `estate sessions` prints how to find out. An entry has no effect any more once it is imported. Default: none.
	Existing []string `yaml:"existing" jsonschema:"uniqueItems=true" format:"account-name" example:"[dev]"`
	// Elsewhere names the accounts whose session preferences something else makes. They have none from here. Default: none.
	Elsewhere []string `yaml:"elsewhere" jsonschema:"uniqueItems=true" format:"account-name" example:"[dev]"`
}

// FlowLogs says which flows of the VPCs are recorded, and where. AWS charges for every
// GB that it delivers, to each of the two.
type FlowLogs struct {
	// Bucket is what the central bucket keeps: `all` flows, only the `rejected` ones, or `none`. Default: `all`.
	Bucket Flows `yaml:"bucket" default:"all"`
	// LogGroup is what the log group of each VPC keeps, which saved queries ask: `all` flows, only the `rejected` ones, or `none`. Default: `rejected`.
	LogGroup Flows `yaml:"log_group" default:"rejected"`
	// IntervalSeconds is how long packets are counted before they become a record: 60 or 600. Interfaces of Nitro instances are never counted longer than 60 seconds. Default: 600.
	IntervalSeconds int `yaml:"interval_seconds" format:"flow-log-interval" default:"600"`
}

// GitHub names the repository that deploys this estate.
type GitHub struct {
	// Repository is `owner/name` of the repository whose workflows plan and apply this estate, in upper and lower case as GitHub shows it. One that was made, renamed or transferred since 2026-07-15 is `owner@<id>/name@<id>`: `estate check --subjects` prints the command that says so.
	Repository string `yaml:"repository" jsonschema:"required" format:"github-repository"`
	// ApplyRef is the git reference whose workflows may apply. Default: `refs/heads/main`. Pull requests may plan.
	ApplyRef string `yaml:"apply_ref" format:"git-ref" default:"refs/heads/main"`
}

// Hub is hub.yaml: the account with the shared network, DNS and registry.
type Hub struct {
	// Segment is the transit gateway segment of the hub VPC. Default: `shared`.
	Segment string `yaml:"segment" default:"shared"`
	// Network is the hub VPC, with the transit gateway and all else that the spokes' VPCs share. Default: none. Then every spoke stands alone, and the hub holds state, logs and registry.
	Network Network `yaml:"network"`
	// TransitGateway is the gateway that connects the VPCs.
	TransitGateway TransitGateway `yaml:"transit_gateway"`
	// Endpoints are the AWS services with a central interface endpoint, by the last part of the endpoint's service name (`sts`, `logs`, …). `ecr.api` and `ecr.dkr` are always among them. Those whose names are not known here need one under `endpoint_names` in estate.yaml. `execute-api` is for private APIs.
	Endpoints []string `yaml:"endpoints" jsonschema:"uniqueItems=true" format:"endpoint-service" example:"[sts, logs, ssm, ssmmessages]"`
	// InboundResolver is the Route 53 Resolver inbound endpoint.
	InboundResolver InboundResolver `yaml:"inbound_resolver"`
	// Egress is the way to the internet that VPCs with `nat: central` share. Default: none.
	Egress *Egress `yaml:"egress"`
	// Registry holds the container repositories.
	Registry registry.Config `yaml:"registry"`
	// Probe makes a small instance that checks names and connections and logs what it finds. Default: false.
	Probe bool `yaml:"probe" default:"false"`
}

// Spoke is one spoke file: an account with a VPC for workloads. The file's name
// is the account's name.
type Spoke struct {
	// Name is the file's name without `.yaml`.
	Name string `yaml:"-"`
	// Segment is the transit gateway segment of the VPC. A spoke has one exactly if the hub has a network.
	Segment string `yaml:"segment" example:"dev"`
	// Network is the spoke's VPC.
	Network Network `yaml:"network" jsonschema:"required"`
	// RecordRoles are workloads of this spoke that write records in the hub's zones, by workload name (`external-dns`). Each gets a role in the hub that the spoke's role `<project>-<spoke>-<workload>` may assume with the external id `<workload>-<spoke>`.
	RecordRoles map[string]RecordRole `yaml:"record_roles" keys:"label" example:"{external-dns: {zones: [dev.example.internal]}}"`
	// Probe makes a small instance that checks names and connections, asks private endpoints and APIs, and logs what it finds. Default: false.
	Probe bool `yaml:"probe" default:"false"`
	// Database is the spoke's PostgreSQL database, which admits the cluster's nodes. Default: none.
	Database *database.PostgreSQL `yaml:"database"`
	// Cluster is the spoke's EKS cluster. Default: none.
	Cluster *cluster.Config `yaml:"cluster"`
	// Services are services of the spoke's cluster that other accounts use through AWS PrivateLink, by name. Default: none.
	Services map[string]PrivateService `yaml:"services" keys:"label" example:"{orders: {namespace: shop, service: orders, port: 8443, domain: orders.svc.example.com, consumers: [gateway]}}"`
	// PrivateEndpoints are the services of other spokes that this one uses, as `<spoke>.<service>`. Default: none.
	PrivateEndpoints map[string]PrivateEndpoint `yaml:"private_endpoints" keys:"service-ref" example:"{dev.orders: {slot: 1}}"`
	// APIs are HTTP APIs in front of services that this spoke has private endpoints for, by name. Default: none.
	APIs map[string]API `yaml:"apis" keys:"label" example:"{public: {iam: true, routes: {'ANY /orders/{proxy+}': dev.orders}}}"`
	// SecurityGroups makes the security groups of cluster, nodes and load balancers with the network, by rules that admit the VPC's range and send nothing out of it but to S3. Default: none, and the cluster has narrower groups of its own, whose nodes may send anywhere.
	SecurityGroups *SecurityGroups `yaml:"security_groups"`
	// Bastion is an instance for people, in a private subnet, that only Session Manager reaches. Default: none.
	Bastion *Bastion `yaml:"bastion"`
	// Secrets are secrets of the account whose values people put in, and workloads read, by name. Default: none.
	Secrets map[string]Secret `yaml:"secrets" keys:"label" example:"{stripe: {readers: [backend]}}"`
	// Backup lets the account's data be backed up, if it stands in a unit that organization.yaml backs up. Default: true.
	Backup *bool `yaml:"backup" default:"true"`
}

// SecurityGroups are choices about the security groups of a network that holds
// everything within its VPC.
type SecurityGroups struct {
	// ETCD adds rules for etcd's ports, 2379, 2380 and 12379. EKS runs etcd where no security group of yours matters. Default: false.
	ETCD bool `yaml:"etcd" default:"false"`
	// AdditionalSecurityGroupIDs are groups of this VPC, made elsewhere, that may reach the Kubernetes API.
	AdditionalSecurityGroupIDs []string `yaml:"additional_security_group_ids" jsonschema:"uniqueItems=true" format:"security-group-id"`
	// BastionSecurityGroupID is the group of a bastion that is made elsewhere. It may reach both load balancers. A bastion of this file needs no mention.
	BastionSecurityGroupID string `yaml:"bastion_security_group_id" format:"security-group-id"`
}

// Bastion is an instance for people, reached through Session Manager alone.
type Bastion struct {
	// InstanceType is a Graviton one. Default: `t4g.micro`.
	InstanceType string `yaml:"instance_type" default:"t4g.micro"`
}

// Network is a VPC.
type Network struct {
	// CIDR is the VPC's address range, /16 to /28 of RFC 1918 space, written without host bits.
	CIDR netip.Prefix `yaml:"cidr" jsonschema:"required"`
	// AZCount is how many of the estate's zones the VPC uses, 2 or 3, lowest zone first. A private-only network without cluster and database may have 1. Default: 2.
	AZCount int `yaml:"az_count" jsonschema:"minimum=1,maximum=3" default:"2" why:"a VPC uses two or three zones, and one only if it is private_only"`
	// NAT is how private subnets reach the internet: `single` (default) NAT gateway, `one_per_az`, `central` (through the transit gateway, by the NAT gateways of the hub's `egress`), or `none` (default of a private-only network).
	NAT NAT `yaml:"nat"`
	// DatabaseSubnets adds a tier of subnets without any route but the local one. Default: true if the spoke has a `database`, otherwise false.
	DatabaseSubnets bool `yaml:"database_subnets"`
	// PrefixLengths are the sizes of the subnets. They shape the address plan, so choose them before the VPC exists.
	PrefixLengths PrefixLengths `yaml:"prefix_lengths"`
	// PrivateOnly makes a VPC without any way to or from the internet: neither NAT, nor an internet gateway, nor public subnets. All subnets of a tier have one route table. Default: false.
	PrivateOnly bool `yaml:"private_only" default:"false"`
	// Subnets names the subnets' ranges one by one, in place of the address plan's slots: `az_count`, `database_subnets` and `prefix_lengths` are then left out.
	Subnets SubnetRanges `yaml:"subnets"`
	// Existing is a VPC that is there already. It is looked up, and never changed.
	Existing *ExistingVPC `yaml:"existing"`
	// Routes lead from the private subnets to networks beyond the VPC, by name, over what somebody else has connected. A peering connection or a gateway of this VPC exists only after the VPC does: add its routes after the first deployment.
	Routes map[string]Route `yaml:"routes" jsonschema:"maxProperties=9" keys:"label" why:"the network ACLs of a VPC can name no more ranges; put neighbouring ones together"`
	// EnableVPCEndpoints makes interface endpoints, with private DNS, in the VPC itself. Default: true if the hub has no network and the VPC no NAT. What uses AWS APIs then needs it.
	EnableVPCEndpoints *bool `yaml:"enable_vpc_endpoints"`
	// Endpoints are services with an interface endpoint in the VPC beside those that the estate knows to be needed, by the last part of the endpoint's service name (`sns`).
	Endpoints []string `yaml:"endpoints" jsonschema:"uniqueItems=true" format:"endpoint-service"`
}

// SubnetRanges are subnets' address ranges, by zone id. A further zone is a
// further line: it moves no other.
type SubnetRanges struct {
	// Private is for nodes and workloads, /16 to /26.
	Private map[string]netip.Prefix `yaml:"private"`
	// Database is for databases.
	Database map[string]netip.Prefix `yaml:"database"`
	// Public is for load balancers and NAT gateways.
	Public map[string]netip.Prefix `yaml:"public"`
	// Attachment is for the transit gateway, in every zone of the private subnets, if the hub has a network.
	Attachment map[string]netip.Prefix `yaml:"attachment"`
}

// ExistingVPC is a VPC that is there already, with those of its subnets that are.
// The others are made from `subnets`.
type ExistingVPC struct {
	// VPCID is the VPC, whose range `cidr` is.
	VPCID string `yaml:"vpc_id" jsonschema:"required" format:"vpc-id"`
	// PrivateSubnetIDs are its private subnets, by zone id.
	PrivateSubnetIDs map[string]string `yaml:"private_subnet_ids" format:"subnet-id"`
	// DatabaseSubnetIDs are its database subnets, by zone id.
	DatabaseSubnetIDs map[string]string `yaml:"database_subnet_ids" format:"subnet-id"`
	// PrivateRouteTableIDs are the route tables of those private subnets. They get the route to S3, which endpoints take. None of them may have one yet: AWS refuses a second.
	PrivateRouteTableIDs []string `yaml:"private_route_table_ids" jsonschema:"uniqueItems=true" format:"route-table-id"`
}

// Route leads to a network beyond the VPC.
type Route struct {
	// CIDR is the other network's range.
	CIDR netip.Prefix `yaml:"cidr" jsonschema:"required"`
	// Via is the id of a VPC peering connection (`pcx-…`), a virtual private gateway (`vgw-…`) or a transit gateway (`tgw-…`) that the VPC is attached to.
	Via string `yaml:"via" jsonschema:"required" format:"gateway-id"`
}

// PrefixLengths are the sizes of a VPC's subnets, as prefix lengths.
type PrefixLengths struct {
	// Public is for load balancers and NAT gateways. Default: 24 (251 usable addresses).
	Public int `yaml:"public" jsonschema:"minimum=16,maximum=28" default:"24" why:"AWS has subnets of these sizes"`
	// Private is for nodes and workloads. Default: 18 (16379 usable addresses).
	Private int `yaml:"private" jsonschema:"minimum=16,maximum=26" default:"18" why:"AWS has these sizes, and a private subnet reserves a /28 for addresses that are given by hand"`
	// Database is for databases. Default: 24.
	Database int `yaml:"database" jsonschema:"minimum=16,maximum=28" default:"24" why:"AWS has subnets of these sizes"`
}

// TransitGateway is the gateway that connects the VPCs.
type TransitGateway struct {
	// ASN is the gateway's private autonomous system number on Amazon's side. Default: 64512.
	ASN int `yaml:"asn" jsonschema:"minimum=64512,maximum=4294967294" default:"64512" why:"private numbers are 64512 to 65534, and 4200000000 to 4294967294"`
}

// InboundResolver is the Route 53 Resolver inbound endpoint of the hub.
type InboundResolver struct {
	// ZoneCount is the number of zones, and so of addresses, it has: 2 (default) or 3.
	ZoneCount int `yaml:"zone_count" jsonschema:"minimum=2,maximum=3" default:"2" why:"an inbound endpoint has addresses in two zones or more"`
}

// RecordRole is the permission to write records in some of the hub's zones.
type RecordRole struct {
	// Zones are the public and private zones, by domain name, whose records the workload may change.
	Zones []string `yaml:"zones" jsonschema:"required,minItems=1,uniqueItems=true" why:"a role for no zone has no use"`
}

// Segmentation is how the transit gateway connects the spokes.
type Segmentation string

// The values of [Segmentation].
const (
	Segments Segmentation = "segments"
	Mesh     Segmentation = "mesh"
)

// Values lists what a file may say.
func (Segmentation) Values() []string { return []string{string(Segments), string(Mesh)} }

// Flows are the flows of a VPC that are recorded.
type Flows string

// The values of [Flows].
const (
	AllFlows      Flows = "all"
	RejectedFlows Flows = "rejected"
	NoFlows       Flows = "none"
)

// Values lists what a file may say.
func (Flows) Values() []string {
	return []string{string(AllFlows), string(RejectedFlows), string(NoFlows)}
}

// ResolverOrder is the list of name servers in the spokes' DHCP options.
type ResolverOrder string

// The values of [ResolverOrder].
const (
	AmazonOnly  ResolverOrder = "amazon-only"
	AmazonFirst ResolverOrder = "amazon-first"
	HubFirst    ResolverOrder = "hub-first"
)

// Values lists what a file may say.
func (ResolverOrder) Values() []string {
	return []string{string(AmazonOnly), string(AmazonFirst), string(HubFirst)}
}

// Backend is where Terraform keeps state.
type Backend string

// The values of [Backend].
const (
	BackendS3    Backend = "s3"
	BackendLocal Backend = "local"
)

// Values lists what a file may say.
func (Backend) Values() []string { return []string{string(BackendS3), string(BackendLocal)} }

// DeployRole is what Terraform may do with the stacks. A backend takes no
// variables, so a stack is synthesized for one or the other.
type DeployRole string

// The values of [DeployRole].
const (
	RoleApply DeployRole = "apply"
	RolePlan  DeployRole = "plan"
)

// Values lists what DEPLOY_ROLE may say.
func (DeployRole) Values() []string { return []string{string(RoleApply), string(RolePlan)} }

// NAT is how private subnets reach the internet.
type NAT string

// The values of [NAT].
const (
	NATSingle   NAT = "single"
	NATOnePerAZ NAT = "one_per_az"
	NATCentral  NAT = "central"
	NATNone     NAT = "none"
)

// Values lists what a file may say.
func (NAT) Values() []string {
	return []string{string(NATSingle), string(NATOnePerAZ), string(NATCentral), string(NATNone)}
}
