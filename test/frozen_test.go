package test

import (
	"path"
	"slices"
	"testing"

	"hubspoke/internal/tf"
)

// growth is a change that people make to an estate that is deployed.
type growth struct {
	name   string
	estate string
	// before are edits of the estate that are deployed already.
	before []edit
	edits  []edit
	// reviewed are the resources that do not stay as they are, as [fate] writes them, with
	// patterns for many, by the reason why that is right. All others must stay.
	reviewed map[string][]string
}

// The reasons that several changes have.
const (
	nodesMove   = "nodes are where their group has subnets; the new group is there before the old one's nodes are drained"
	nodesDiffer = "EC2 changes no instance; the new group is there before the old one's nodes are drained"
	newServers  = "an option set cannot be changed; the VPC gets the new one before the old one goes"
	checks      = "the probe checks less"
	asAsked     = "what the file names no more"
	linkMoves   = "AWS changes no link; APIs change to the new one before the old one goes"
)

// growths are the kinds of change that the files of an estate allow, with what a deployed
// estate would see of them beside additions and changes in place.
var growths = []growth{
	{name: "a zone of a spoke with a cluster", estate: "piksel",
		edits:    []edit{{"dev.yaml", `az_count: 2`, `az_count: 3`}},
		reviewed: map[string][]string{nodesMove: {"dev-eks aws_eks_node_group.system subnet_ids: a new one beside the old"}}},
	{name: "a zone of the hub", estate: "piksel",
		before: []edit{{"hub.yaml", `az_count: 3`, `az_count: 2`}},
		edits:  []edit{{"hub.yaml", `az_count: 2`, `az_count: 3`}}},
	{name: "a zone of a spoke with a database", estate: "options",
		edits:    []edit{{"lab.yaml", `nat: single`, "nat: single\n  az_count: 3"}},
		reviewed: map[string][]string{nodesMove: {"lab-eks aws_eks_node_group.system subnet_ids: a new one beside the old"}}},
	{name: "a zone of networks that name their subnets", estate: "artos",
		edits: []edit{
			{"dev.yaml", `euc1-az1: 10.1.10.0/24`, "$0\n      euc1-az2: 10.1.20.0/24"},
			{"existing.yaml", `euc1-az2: subnet-0aaa2222222222222`, "$0\n      euc1-az3: subnet-0aaa3333333333333"},
		},
		reviewed: map[string][]string{nodesMove: {"existing-eks aws_eks_node_group.system subnet_ids: a new one beside the old"}}},
	{name: "a zone less", estate: "options",
		before: []edit{{"apps-one.yaml", `control_plane_zones: .*`, "version: \"1.35\""}},
		edits:  []edit{{"apps-one.yaml", `az_count: 3`, `az_count: 2`}},
		reviewed: map[string][]string{
			nodesMove: {"apps-one-eks aws_eks_node_group.* subnet_ids: a new one beside the old"},
			asAsked:   {"apps-one-network aws_*.*_euc1_az3: gone", "apps-one-network aws_route.*_euc1_az3_to_*: gone"},
		}},
	{name: "a zone with a lower number", estate: "options",
		before: []edit{
			{"estate.yaml", `euc1-az3, euc1-az1, euc1-az2`, `euc1-az3, euc1-az2`},
			{"hub.yaml", `az_count: 3`, `az_count: 2`}, {"hub.yaml", `zone_count: 3`, `zone_count: 2`}, {"apps-one.yaml", `az_count: 3`, `az_count: 2`},
		},
		edits: []edit{
			{"estate.yaml", `euc1-az3, euc1-az2`, `euc1-az3, euc1-az1, euc1-az2`},
			{"hub.yaml", `az_count: 2`, `az_count: 3`}, {"apps-one.yaml", `az_count: 2`, `az_count: 3`},
			{"apps-two.yaml", `az_count: 2`, `az_count: 3`}, {"lab.yaml", `nat: single`, "nat: single\n  az_count: 3"},
			{"lab.yaml", `cluster:\n`, "${0}  control_plane_zones: [euc1-az2, euc1-az3]\n"},
		},
		reviewed: map[string][]string{
			nodesMove:  {"*-eks aws_eks_node_group.* subnet_ids: a new one beside the old"},
			linkMoves:  {"apps-two-api aws_apigatewayv2_vpc_link.apis subnet_ids: a new one beside the old"},
			newServers: {"*-network aws_vpc_dhcp_options.main domain_name_servers: a new one beside the old"},
			"the probe is in the lowest zone, and holds nothing": {
				"*-network aws_instance.probe private_ip: a new one after the old", "*-network aws_instance.probe subnet_id: a new one after the old",
				"*-network aws_ssm_parameter.probe_resolver_10_64_192_20: gone",
			},
			"a single gateway is in the lowest zone; the new one has the routes before the old one goes": {
				"lab-network aws_eip.nat_euc1_az2: gone", "lab-network aws_nat_gateway.nat_euc1_az2: gone",
			},
		}},
	{name: "an address of the inbound resolver", estate: "piksel",
		before:   []edit{{"estate.yaml", `resolver_order: amazon-only`, `resolver_order: amazon-first`}},
		edits:    []edit{{"hub.yaml", `transit_gateway:`, "inbound_resolver: {zone_count: 3}\n\n$0"}},
		reviewed: map[string][]string{newServers: {"*-network aws_vpc_dhcp_options.main domain_name_servers: a new one beside the old"}}},
	{name: "a gateway in each zone", estate: "piksel",
		edits: []edit{{"dev.yaml", `nat: single`, `nat: one_per_az`}}},
	{name: "one gateway for all zones", estate: "piksel",
		edits:    []edit{{"prod.yaml", `nat: one_per_az`, `nat: single`}},
		reviewed: map[string][]string{asAsked: {"prod-network aws_eip.nat_*: gone", "prod-network aws_nat_gateway.nat_*: gone"}}},
	{name: "repositories, zones and endpoints", estate: "piksel",
		edits: []edit{
			{"hub.yaml", `  repositories:\n`, "$0    piksel/api: {}\n"},
			{"hub.yaml", `keep_releases: 15`, `keep_releases: 20`},
			{"hub.yaml", `eks-auth, sqs`, `eks-auth, sqs, kms`},
			{"estate.yaml", `    - app\.piksel\.big\.go\.id\n`, "$0    - api.piksel.big.go.id\n"},
			{"estate.yaml", `    dev\.piksel\.internal:\n`, "    api.piksel.internal:\n      visible_to: [hub, dev]\n$0"},
			{"estate.yaml", `visible_to: \[hub, dev\]`, `visible_to: [hub, dev, staging]`},
			{"staging.yaml", `zones: \[staging\.piksel\.internal, `, "${0}dev.piksel.internal, "},
		}},
	{name: "registries that are cached", estate: "artos",
		edits: []edit{{"hub.yaml", `public\.ecr\.aws`, `public.ecr.aws, quay.io`}}},
	{name: "how images are scanned, and who is told", estate: "options",
		edits: []edit{{"hub.yaml", `    frequency: on-push\n    continuous: .*\n`, ""}, {"hub.yaml", `\[ecr, lambda\]`, "[ecr]"}, {"hub.yaml", `severity: high\n    fixable: true`, "severity: critical"}}},
	{name: "images are scanned by Inspector from now on", estate: "mesh",
		edits: []edit{{"hub.yaml", `  scanning:\n`, "$0    kind: enhanced\n"}}},
	{name: "what a cluster's web ACL does", estate: "mesh",
		edits: []edit{{"blue.yaml", `mode: block\n    rate: 1000\n    client_header: .*`, "mode: detached\n    rate: 500"}}},
	{name: "the end of a contract about Shield", estate: "options",
		edits: []edit{{"estate.yaml", `renew: true`, "renew: false"}}},
	{name: "networks outside AWS, and their names", estate: "piksel",
		edits: []edit{{"estate.yaml", `\nstate:`, "\non_premises:\n  cidrs: [192.168.0.0/16]\n  domains: {corp.example: [192.168.0.10]}\n$0"}},
		reviewed: map[string][]string{
			"the gateway leads there as soon as somebody connects it": {"hub-network aws_ec2_transit_gateway_route.*_blackhole_192_168_0_0_16: gone"},
		}},
	{name: "more networks outside AWS, and their names", estate: "options",
		edits: []edit{
			{"estate.yaml", `cidrs: \[192\.168\.0\.0/16, 10\.0\.0\.0/16, `, `cidrs: [192.168.0.0/16, 10.0.0.0/15, `},
			{"estate.yaml", `cidrs: \[10\.0\.0\.0/16\]`, `cidrs: [10.0.0.0/15]`},
			{"estate.yaml", `192\.168\.0\.11\]`, `192.168.0.11, 192.168.0.12]`},
			{"estate.yaml", `    office\.example\.net`, "    branch.example.net: [10.1.0.53]\n$0"},
		},
		reviewed: map[string][]string{asAsked: {
			"*-network aws_route.*_to_on_premises_10_0_0_0_16: gone", "hub-network aws_vpc_security_group_ingress_rule.*_from_on_premises_10_0_0_0_16: gone",
			"hub-hybrid aws_ec2_transit_gateway_route.*_to_on_premises_10_0_0_0_16: gone",
		}}},
	{name: "more ways to on-premises, and who uses them", estate: "options",
		edits: []edit{
			{"estate.yaml", `10\.8\.0\.0/16\]\n  reached_by: \[apps\]`, "10.8.0.0/16, 10.9.0.0/16]\n  reached_by: [apps, lab]"},
			{"estate.yaml", `    standby:`, "    depot: {address: 203.0.113.40, asn: 65040, cidrs: [10.9.0.0/16]}\n$0"},
			{"estate.yaml", `allowed_prefixes: \[`, "${0}10.66.0.0/16, "},
		}},
	{name: "another device at the other end of a VPN", estate: "options",
		edits: []edit{{"estate.yaml", `address: 203\.0\.113\.10, asn: 65010`, `address: 203.0.113.11, asn: 4200000011`}},
		reviewed: map[string][]string{"AWS changes no customer gateway; the connection changes to the new one in place, and keeps its keys": {
			"hub-hybrid aws_customer_gateway.office bgp_asn: a new one beside the old", "hub-hybrid aws_customer_gateway.office bgp_asn_extended: a new one beside the old", "hub-hybrid aws_customer_gateway.office ip_address: a new one beside the old",
		}}},
	{name: "a VPN without BGP", estate: "options",
		edits: []edit{{"estate.yaml", `asn: 65010`, `routing: static`}},
		reviewed: map[string][]string{"AWS lets no connection change between BGP and static routing: docs/operations.md says how to do without an outage": {
			"hub-hybrid aws_customer_gateway.office bgp_asn: a new one beside the old", "hub-hybrid aws_vpn_connection.office static_routes_only: a new one after the old",
		}}},
	{name: "from a VPN to another, and to Direct Connect", estate: "options",
		edits: []edit{
			{"estate.yaml", `asn: 4200000010, cidrs: \[\]`, `asn: 4200000010, cidrs: [10.8.0.0/16]`},
			{"estate.yaml", `routing: static, cidrs: \[10\.8\.0\.0/16\]`, `routing: static, cidrs: []`},
			{"estate.yaml", `asn: 65010, cidrs: \[192\.168\.0\.0/16\]`, `asn: 65010, cidrs: []`},
			{"estate.yaml", `    cidrs: \[10\.0\.0\.0/16\]`, `    cidrs: [10.0.0.0/16, 192.168.0.0/16]`},
		},
		reviewed: map[string][]string{
			"AWS takes one static route for a range: for some seconds there is none": {"hub-hybrid aws_ec2_transit_gateway_route.*_to_on_premises_* transit_gateway_attachment_id: a new one after the old"},
			"what stands by carries nothing":                                         {"hub-hybrid aws_ec2_transit_gateway_route_table_association.vpn_branch: gone", "hub-hybrid aws_ec2_transit_gateway_route_table_association.vpn_office: gone"},
		}},
	{name: "rules about names, and queries by HTTPS", estate: "piksel",
		before: []edit{{"estate.yaml", `\n  firewall:\n.*\n.*\n  doh: true`, ""}, {"intents.yaml", `- resolve: .*(dns\.google|zip), .*\n`, ""}, {"intents.yaml", `- allow: .*port: 443\}\n\n# "Private hosted`, "\n# \"Private hosted"}},
		edits:  []edit{{"estate.yaml", `resolver_order: amazon-only`, "$0\n  firewall: {block: [evil.example]}\n  doh: true"}}},
	{name: "more names that are blocked, lists of AWS, and a spoke that resolves few", estate: "piksel",
		edits: []edit{
			{"estate.yaml", `dns\.google, `, "${0}evil.example, "},
			{"estate.yaml", `    fail_open: true`, "    mode: alert\n    allow_only: {dev: [pypi.org]}\n    managed: {aggregate: rslvr-fdl-0123, malware: rslvr-fdl-4567}"},
		}},
	{name: "other names, lists and spokes", estate: "options",
		edits: []edit{
			{"estate.yaml", `evil\.example, zip`, `evil.example, mov`},
			{"estate.yaml", `aggregate: rslvr-fdl-0123456789abcdef, `, `botnet: rslvr-fdl-aaaa, guardduty: rslvr-fdl-bbbb, `},
			{"estate.yaml", `mode: enforce`, `mode: alert`},
			{"estate.yaml", `doh: true`, `doh: false`},
		},
		reviewed: map[string][]string{asAsked: {
			"hub-dns aws_route53_resolver_firewall_rule.names_aggregate: gone",
			"hub-network aws_vpc_security_group_ingress_rule.inbound_https_from_*: gone",
		}}},
	{name: "a list of AWS in another region's place", estate: "options",
		edits: []edit{{"estate.yaml", `rslvr-fdl-fedcba9876543210`, `rslvr-fdl-0000`}},
		reviewed: map[string][]string{"a rule is of one list; the next one takes its place": {
			"hub-dns aws_route53_resolver_firewall_rule.names_malware firewall_domain_list_id: a new one after the old",
		}}},
	{name: "no rules about names", estate: "piksel",
		edits: []edit{{"estate.yaml", `\n  firewall:\n.*\n.*\n`, "\n"}},
		reviewed: map[string][]string{asAsked: {
			"hub-dns aws_route53_resolver_firewall_*.names*: gone", "*-network aws_route53_resolver_firewall_*.names*: gone",
			"*-share aws_ram_resource_association.query_log_dns_firewall: gone",
			"*-network aws_cloudwatch_*.dns_queries_blocked*: gone",
		}}},
	{name: "a mesh", estate: "piksel",
		edits:    []edit{{"estate.yaml", `segmentation: segments`, `segmentation: mesh`}},
		reviewed: map[string][]string{checks: {"*-network aws_ssm_parameter.probe_segment_*: gone"}}},
	{name: "a segment that reaches another", estate: "piksel",
		edits:    []edit{{"estate.yaml", `  dev:\n    reaches: \[shared\]`, "  dev:\n    reaches: [shared, staging]"}},
		reviewed: map[string][]string{checks: {"*-network aws_ssm_parameter.probe_segment_*: gone"}}},
	{name: "who may use the cluster, and who may deploy", estate: "piksel",
		edits: []edit{
			{"estate.yaml", `  administrators:\n`, "$0    - arn:aws:iam::111111111111:role/operators\n"},
			{"estate.yaml", `repository: piksel-ina/piksel-infra`, "$0\n  apply_ref: refs/heads/release"},
			{"dev.yaml", `  access:\n`, "$0    viewers: {role: viewers, policy: AmazonEKSViewPolicy}\n"},
			{"hub.yaml", `refs/heads/dev, `, `refs/heads/develop, `},
		}},
	{name: "how long logs are kept, and tags", estate: "piksel",
		edits: []edit{
			{"estate.yaml", `retention_days: 90`, "retention_days: 365\n  object_lock_days: 30"},
			{"estate.yaml", `expire_after_days: 400`, "expire_after_days: 800"},
			{"estate.yaml", `Owner: cloud-infrastructure`, "$0\n  CostCenter: \"4711\""},
		}},
	{name: "node groups, identities, pools and options of a cluster", estate: "piksel",
		edits: []edit{
			{"dev.yaml", `\n  namespaces:\n`, "\n  node_groups:\n    batch:\n      architecture: amd64$0"},
			{"dev.yaml", `\n  identities:\n`, "$0    backup:\n      namespace: odc\n      service_account: backup\n      pull_images: true\n"},
			{"dev.yaml", `  node_pools:\n`, "$0    big:\n      architecture: arm64\n      instance_types: [m7g.4xlarge]\n      cpu_limit: 32\n"},
			{"dev.yaml", `max_size: 3`, `max_size: 5`},
			{"dev.yaml", `prefix_delegation: true`, `prefix_delegation: false`},
			{"dev.yaml", `gitops: argocd`, "$0\n  guardduty_agent: true\n  public_access: [203.0.113.0/24]\n  ignore_network_policies: true"},
		}},
	{name: "a Kubernetes version", estate: "piksel",
		before: []edit{{"dev.yaml", `version: "1.35"`, `version: "1.34"`}},
		edits:  []edit{{"dev.yaml", `version: "1.34"`, `version: "1.35"`}}},
	{name: "other instances for nodes", estate: "piksel",
		edits: []edit{{"prod.yaml", `instance_types: \[m7g.large, m6g.large\]\n    capacity: on-demand`, "instance_types: [m7g.xlarge, m6g.xlarge]\n    capacity: spot\n    image: bottlerocket\n    disk_gib: 100"}},
		reviewed: map[string][]string{nodesDiffer: {
			"prod-eks aws_eks_node_group.system ami_type: a new one beside the old",
			"prod-eks aws_eks_node_group.system capacity_type: a new one beside the old",
			"prod-eks aws_eks_node_group.system instance_types: a new one beside the old",
		}}},
	{name: "a database", estate: "piksel", edits: []edit{{"dev.yaml", `\ncluster:`, "\ndatabase: {}\n$0"}}},
	{name: "the size, standby, replicas and windows of a database", estate: "options",
		edits: []edit{
			{"apps-one.yaml", `instance_class: db.r7g.large`, `instance_class: db.r7g.xlarge`},
			{"apps-one.yaml", `storage_gib: 400\n  max_storage_gib: 1000`, "storage_gib: 500\n  max_storage_gib: 2000"},
			{"apps-one.yaml", `    search-index: \{\}`, "$0\n    copy: {}"},
			{"apps-one.yaml", `backup_window: 01:00-02:00`, `backup_window: 01:30-02:30`},
			{"apps-one.yaml", `max_connections: "500"`, "max_connections: \"600\"\n    work_mem: \"65536\""},
			{"lab.yaml", `database: \{\}`, "database: {multi_az: true, backup_retention_days: 30, parameters: {work_mem: \"65536\"}}"},
		}},
	{name: "the password of a database, and a first replica", estate: "options",
		edits: []edit{{"apps-one.yaml", `password_version: 3`, `password_version: 4`}, {"lab.yaml", `database: \{\}`, "database: {read_replicas: {reports: {}}}"}},
		reviewed: map[string][]string{
			"a version of a secret cannot be changed; the old one answers until the new one does": {"apps-one-data aws_secretsmanager_secret_version.database secret_string_wo_version: a new one beside the old"},
		}},
	{name: "a minor version of PostgreSQL", estate: "options",
		edits: []edit{{"apps-one.yaml", `version: "16.10"`, `version: "16.11"`}}},
	{name: "a major version of PostgreSQL", estate: "options",
		edits: []edit{{"apps-one.yaml", `version: "16.10"`, `version: "17.7"`}},
		reviewed: map[string][]string{
			"parameters are of one major version; the instance has the old group until it is upgraded": {
				"apps-one-data aws_db_parameter_group.database family: a new one beside the old",
				"apps-one-data aws_db_parameter_group.database name: a new one beside the old",
			},
		}},
	{name: "probes", estate: "piksel",
		before: []edit{{"dev.yaml", `probe: true`, `probe: false`}, {"hub.yaml", `probe: true`, `probe: false`},
			// No promise is made about what is not there.
			{"intents.yaml", `\n- deny: .*to: hub\.instance\.probe\}`, ""}},
		edits: []edit{{"dev.yaml", `probe: false`, `probe: true`}, {"hub.yaml", `probe: false`, `probe: true`}}},
	{name: "a cluster, a database and what they use", estate: "options",
		before: []edit{{"lab.yaml", `(?s)cluster:\n.*database: .*?\n`, ""}},
		edits:  []edit{{"lab.yaml", `segment: lab`, "$0\ncluster: {service_cidr: 10.100.0.0/16}\ndatabase: {}"}}},
	{name: "how long sessions last, and whose shells are", estate: "options",
		edits: []edit{
			{"estate.yaml", `  idle_minutes: 30\n  max_minutes: 480\n  run_as: ec2-user\n`, "  idle_minutes: 10\n  max_minutes: 120\n"},
			{"estate.yaml", `  existing: \[apps-one\]\n`, ""},
		}},
	{name: "routes, endpoints, groups of others, a larger bastion", estate: "artos",
		edits: []edit{
			{"production.yaml", `    office:\n`, "    branch:\n      cidr: 172.18.0.0/16\n      via: vgw-0123456789abcdef0\n$0"},
			{"production.yaml", `  enable_vpc_endpoints: true\n`, "$0  endpoints: [sns]\n"},
			{"production.yaml", `etcd: true`, "$0\n  additional_security_group_ids: [sg-0123456789abcdef0]"},
			{"production.yaml", `bastion: \{\}`, "bastion: {instance_type: t4g.small}"},
		}},

	{name: "who may call an API, how often, by what name, and for how long it waits", estate: "options",
		edits: []edit{
			{"apps-two.yaml", `    iam: true\n    timeout_seconds: 10`, "    jwt: {issuer: https://login.example.com, audience: [reports]}\n    rate: 10\n    burst: 20\n    domain: internal.options.example.com"},
			{"apps-two.yaml", `    mutual_tls:\n      .*\n      .*\n`, ""},
			{"apps-two.yaml", `GET /reports/\{id\}`, "GET /reports/{number}"},
		},
		reviewed: map[string][]string{asAsked: {"apps-two-api aws_apigatewayv2_route.partners_get_reports_id_*: gone"}}},
	{name: "another domain of an API", estate: "options",
		edits: []edit{{"apps-two.yaml", `partners\.options`, "friends.options"}},
		reviewed: map[string][]string{
			"callers have to learn the new name anyway, and the old one leads nowhere": {
				"apps-two-api aws_apigatewayv2_domain_name.partners domain_name: a new one after the old", "apps-two-api aws_route53_record.partners name: a new one after the old",
			},
			"a certificate is for one name; the new one is there before": {
				"apps-two-api aws_acm_certificate.partners domain_name: a new one beside the old",
			},
		}},
	{name: "routes, callers and the web ACL of a REST API", estate: "options",
		edits: []edit{
			{"apps-two.yaml", `mode: block\n      rate: 500`, "rate: 1000"},
			{"apps-two.yaml", `GET /reports/\{report\}/pages`, "POST /reports/{report}/pages"},
			{"apps-two.yaml", `    open: true\n    mutual_tls: \{.*\}\n`, "    iam: true\n    timeout_seconds: 5\n"},
		},
		reviewed: map[string][]string{
			asAsked: {"apps-two-api aws_api_gateway_integration.shop_get_reports_report_pages_*: gone", "apps-two-api aws_api_gateway_method.shop_get_reports_report_pages_*: gone"},
			"what changed is deployed so, and callers go over to it at once": {"apps-two-api aws_api_gateway_deployment.shop triggers.content: a new one beside the old"},
		}},
	{name: "the limits of consumers, and one less", estate: "options",
		edits: []edit{
			{"apps-two.yaml", `      shop-front: \{\}\n`, ""},
			{"apps-two.yaml", `rate: 10, burst: 20, quota: \{requests: 10000, per: week\}`, "rate: 5, burst: 6, quota: {requests: 20, per: month}"},
		},
		reviewed: map[string][]string{asAsked: {
			"apps-two-api aws_api_gateway_api_key.stock_shop_front: gone", "apps-two-api aws_api_gateway_usage_plan.stock_shop_front: gone", "apps-two-api aws_api_gateway_usage_plan_key.stock_shop_front: gone",
		}}},
	{name: "an API that is private no more, and asks for no keys", estate: "options",
		edits: []edit{{"apps-two.yaml", `    private: true\n`, ""}, {"apps-two.yaml", `(?s)    keys:\n.*?    routes`, "    routes"}},
		reviewed: map[string][]string{
			asAsked: {
				"apps-two-api aws_api_gateway_api_key.stock_*: gone", "apps-two-api aws_api_gateway_usage_plan.stock_*: gone", "apps-two-api aws_api_gateway_usage_plan_key.stock_*: gone",
				"apps-two-api aws_cloudwatch_query_definition.stock_requests_by_key: gone",
			},
			"docs/privatelink.md says that it refuses everybody until it is deployed once more": {
				"apps-two-api aws_api_gateway_rest_api_policy.stock: gone", "apps-two-api aws_api_gateway_deployment.stock triggers.*: a new one beside the old",
			},
		}},
	{name: "a zone of APIs", estate: "privatelink",
		edits: []edit{{"gateway.yaml", `az_count: 2`, `az_count: 3`}, {"service.yaml", `az_count: 2`, `az_count: 3`}},
		reviewed: map[string][]string{
			nodesMove: {"service-eks aws_eks_node_group.system subnet_ids: a new one beside the old"},
			linkMoves: {"gateway-api aws_apigatewayv2_vpc_link.apis subnet_ids: a new one beside the old"},
		}},
	{name: "another slot of an endpoint", estate: "privatelink",
		edits: []edit{{"gateway.yaml", `slot: 1`, `slot: 2`}},
		reviewed: map[string][]string{"the slot is a name of what is before the endpoint, and the schema says that requests fail meanwhile": {
			"gateway-api aws_lb.service_orders name: a new one after the old", "gateway-api aws_lb_target_group.service_orders name: a new one beside the old",
			"gateway-api aws_lb_target_group_attachment.service_orders_* target_id: a new one after the old",
		}}},

	// What nobody can change, and the files say so: nothing is lost when somebody tries.
	{name: "the name of a database and of its master user", estate: "options",
		edits: []edit{{"apps-one.yaml", `name: apps\n`, "name: shop\n"}, {"apps-one.yaml", `username: owner`, "username: clerk"}},
		reviewed: map[string][]string{"neither can be changed": {
			"apps-one-data aws_db_instance.database db_name: refused by Terraform", "apps-one-data aws_db_instance.database username: refused by Terraform",
		}}},
	{name: "a zone of the firewall", estate: "innovate",
		before: []edit{{"hub.yaml", `cidr: 10\.255\.254\.0/23\n  az_count: 3`, "cidr: 10.255.254.0/23\n  az_count: 2"}, {"prod.yaml", `az_count: 3`, `az_count: 2`}, {"hub.yaml", `az_count: 3`, `az_count: 2`}},
		edits:  []edit{{"hub.yaml", `cidr: 10\.255\.254\.0/23\n  az_count: 2`, "cidr: 10.255.254.0/23\n  az_count: 3"}, {"hub.yaml", `mode: enforce`, "$0\n    changeable: true"}}},
	{name: "names that may be asked for, and who may", estate: "innovate",
		edits: []edit{{"hub.yaml", `      - cdn\.amazonlinux\.com`, "      - .debian.org\n$0"}, {"hub.yaml", `      dev:\n`, "      prod:\n        - api.example.com\n$0"}, {"hub.yaml", `        - pypi\.org\n`, ""}}},
	{name: "a VPC more behind the firewall", estate: "innovate",
		before:   []edit{{"prod.yaml", `nat: central`, `nat: single`}, without("intents.yaml")},
		edits:    []edit{{"prod.yaml", `nat: single`, `nat: central`}},
		reviewed: map[string][]string{asAsked: {"prod-network aws_eip.*: gone", "prod-network aws_nat_gateway.*: gone"}}},
	{name: "a firewall where there was none", estate: "innovate",
		before: []edit{{"hub.yaml", `(?s)  firewall:\n.*rules: firewall\.rules\n`, ``}, without("intents.yaml")},
		edits:  []edit{{"hub.yaml", `cidr: 10\.255\.254\.0/23\n  az_count: 3\n`, "$0  firewall: {mode: alert}\n"}}},
	{name: "rules, managed groups and the mode of a firewall", estate: "innovate",
		edits:    []edit{{"hub.yaml", `mode: enforce`, `mode: alert`}, {"hub.yaml", `managed_rules: \[`, "$0AbusedLegitMalwareDomains, "}, {"hub.yaml", `    rules: firewall\.rules\n`, ``}},
		reviewed: map[string][]string{asAsked: {"hub-egress aws_networkfirewall_rule_group.own: gone"}}},
	{name: "what people may do, for how long and why", estate: "innovate",
		edits: []edit{{"organization.yaml", `hours: 4`, "hours: 2"}, {"organization.yaml", `reason: deploys by hand`, "reason: mends by hand"}, {"developer.json", `ListClusters`, "ListNodegroups"},
			{"organization.yaml", `policies: \[ReadOnlyAccess\]`, "policies: [ReadOnlyAccess, AmazonSQSFullAccess]"}}},
	{name: "a boundary, and a policy less", estate: "innovate",
		edits: []edit{{"organization.yaml", `boundary: PowerUserAccess`, "boundary: ReadOnlyAccess"}, {"organization.yaml", `SecurityAudit, ViewOnlyAccess`, "SecurityAudit"}},
		reviewed: map[string][]string{
			asAsked: {"identity-access aws_ssoadmin_managed_policy_attachment.investigate_job_function_ViewOnlyAccess: gone"},
			"a set has one boundary, and the removal of the old one would remove the new one too": {
				"identity-access aws_ssoadmin_permissions_boundary_attachment.developer permissions_boundary.managed_policy_arn: a new one after the old",
			}}},
	{name: "budgets and who is told", estate: "innovate",
		edits: []edit{{"organization.yaml", `budget: 10000`, "budget: 20000"}, {"organization.yaml", `notify: \[finance@innovate\.example\]`, "notify: [finance@innovate.example, cfo@innovate.example]"},
			{"organization.yaml", `prod: \{budget: 6000\}`, "prod: {budget: 7000}"}, {"organization.yaml", `staging: \{budget: 1500\}`, "staging: {budget: 1500, stop: true}"}}},
	{name: "an account more, first without a number", estate: "innovate",
		before: []edit{{"estate.yaml", `(?m)^  dev: "`, "  qa: new\n$0"}, {"organization.yaml", `\[staging, dev\]`, "[staging, dev, qa]"}},
		edits:  []edit{{"estate.yaml", `qa: new`, `qa: "123456789012"`}}},
	{name: "an account in another unit, which is new", estate: "innovate",
		edits:    []edit{{"organization.yaml", `\[staging, dev\]`, "[dev]\n  workloads/staging: [staging]"}},
		reviewed: map[string][]string{"who is somebody in a unit is nobody elsewhere": {"identity-access aws_ssoadmin_account_assignment.*_staging: gone"}}},
	{name: "a region more that accounts may use, and is watched", estate: "innovate",
		edits: []edit{{"organization.yaml", `(?m)^guardrails:\n`, "guardrails:\n  regions: [ap-northeast-1, ap-southeast-1, ap-southeast-2]\n"}}},
	{name: "a guardrail less in one unit more", estate: "innovate",
		edits:    []edit{{"organization.yaml", `  own:\n`, "    infrastructure:\n      backups: nothing there\n$0"}},
		reviewed: map[string][]string{asAsked: {"organization-guardrails aws_organizations_policy_attachment.workloads_backups_in_infrastructure: gone"}}},
	{name: "a guardrail that is on again", estate: "innovate",
		edits:    []edit{{"organization.yaml", `  off:\n    workloads/development:\n      backups: .*\n`, ""}},
		reviewed: map[string][]string{"it is back in the policy that it had left": {"organization-guardrails aws_organizations_policy.workloads_backups: gone", "organization-guardrails aws_organizations_policy_attachment.workloads_backups_in_*: gone"}}},
	{name: "who administers, contacts and who can break the glass", estate: "innovate",
		edits: []edit{{"organization.yaml", `AWSReservedSSO_Organization_\*`, "AWSReservedSSO_Owner_*"}, {"organization.yaml", `name: Security, title`, "name: Watch, title"},
			{"organization.yaml", `break-glass-2`, "break-glass-2, break-glass-3"}}},
	{name: "other plans, standards, scans and people who are told", estate: "innovate",
		edits: []edit{{"organization.yaml", `runtime: true, malware: true`, "malware: true"}, {"organization.yaml", `\[fsbp, cis-3\.0\]`, "[fsbp, nist-800-53-5]"},
			{"organization.yaml", `unused_access_days: 90`, "unused_access_days: 90\n  inspector: [ec2, ecr]"}, {"organization.yaml", `notify: \[security@innovate\.example\]`, "notify: [security@innovate.example, on-call@innovate.example]"},
			{"organization.yaml", `tag1Key: Project`, "tag1Key: Owner"}}},
	{name: "how long backups live, and when they are made", estate: "innovate",
		edits: []edit{{"organization.yaml", `keep_days: 35`, "keep_days: 60"}, {"organization.yaml", `copy_days: 90`, "copy_days: 120\n  hour: 15"}}},
	{name: "an account more that is backed up", estate: "innovate",
		edits: []edit{{"organization.yaml", `units: \[workloads/production\]`, "units: [workloads/production, workloads/development]"}}},
	{name: "what was there is renamed, and a policy changes", estate: "organization",
		edits: []edit{{"organization.yaml", `dev: Orbit Development`, "dev: Orbit Dev"}, {"organization.yaml", `serial-console: [^}]*`, "tls: a test"}, {"organization.yaml", `units: \[security\]`, "units: [security, infrastructure]"}}},
	{name: "a service more, and a consumer", estate: "privatelink",
		before: []edit{{"estate.yaml", `  service: "333333333333".*\n`, "$0  shop: \"444444444444\"\n"}, {"estate.yaml", `  service:\n    reaches: \[shared\]\n`, "$0  shop:\n    reaches: [shared]\n"},
			{"shop.yaml", ``, "segment: shop\nnetwork:\n  cidr: 10.3.0.0/16\n  private_only: true\n"}, without("intents.yaml")},
		edits: []edit{
			{"service.yaml", `consumers: \[gateway\]\n`, "consumers: [gateway, shop]\n  returns:\n    namespace: shop\n    service: returns\n    port: 8444\n    domain: returns.privatelink.example.com\n    consumers: [shop]\n"},
			{"shop.yaml", `private_only: true\n`, "$0private_endpoints:\n  service.orders: {slot: 1}\n  service.returns: {slot: 2}\n"},
		}},
	{name: "a first private endpoint of a spoke with a probe", estate: "privatelink",
		before:   []edit{{"gateway.yaml", `(?s)\nprivate_endpoints:.*\z`, "\n"}, without("intents.yaml")},
		edits:    []edit{{"gateway.yaml", `probe: true\n`, "$0\nprivate_endpoints:\n  service.orders: {slot: 1}\n"}},
		reviewed: map[string][]string{"the probe gets the program that asks, and holds nothing": {"gateway-network aws_instance.probe user_data: a new one after the old"}}},
	{name: "the pods of a service: their port, Service, health path", estate: "privatelink",
		edits: []edit{{"service.yaml", `service: orders\n    port: 8443\n    health_path: /healthz`, "service: orders-v2\n    port: 9443\n    health_path: /ready"}}},
	{name: "a zone of a spoke with services", estate: "privatelink",
		edits:    []edit{{"service.yaml", `az_count: 2`, `az_count: 3`}},
		reviewed: map[string][]string{nodesMove: {"service-eks aws_eks_node_group.system subnet_ids: a new one beside the old"}}},
	{name: "pods that leave TLS to the load balancer", estate: "privatelink",
		edits: []edit{{"service.yaml", `port: 8443`, "$0\n    plaintext: true"}},
		reviewed: map[string][]string{"a target group has its protocol for ever; the listener leads to the new one before the old one goes": {
			"service-service aws_lb_target_group.orders name: a new one beside the old", "service-service aws_lb_target_group.orders protocol: a new one beside the old",
		}, "there is no TLS with pods that could fail": {"service-service aws_cloudwatch_metric_alarm.orders_tls: gone"}}},
	{name: "the name on a service's certificate", estate: "privatelink",
		edits: []edit{{"service.yaml", `domain: orders\.`, "domain: sales."}},
		reviewed: map[string][]string{"a certificate is for its name; the listener has the new one before the old one goes": {
			"service-service aws_acm_certificate.orders domain_name: a new one beside the old",
		}}},
	{name: "the services of a cluster", estate: "piksel",
		edits: []edit{{"dev.yaml", `\n  gitops:`, "\n  service_cidr: 10.100.0.0/16$0"}},
		reviewed: map[string][]string{"the range is the cluster's for ever": {
			"dev-eks aws_eks_cluster.cluster kubernetes_network_config.service_ipv4_cidr: refused by Terraform",
		}}},
	{name: "the zones of a control plane", estate: "piksel",
		edits: []edit{{"prod.yaml", `apse3-az1, apse3-az2, apse3-az3`, `apse3-az1, apse3-az2`}},
		reviewed: map[string][]string{"the zones are the cluster's for ever": {
			"prod-eks aws_eks_cluster.cluster vpc_config.subnet_ids: refused by AWS",
		}}},
}

// What AWS has frozen when it made something must not follow from what people change
// afterwards.
func TestWhatExistsStaysWhenAnEstateChanges(t *testing.T) {
	for _, g := range growths {
		t.Run(g.estate+"/"+g.name, func(t *testing.T) {
			before := synthesized(t, g.estate)
			if g.before != nil {
				before = edited(t, g.estate, g.before...)
			}
			after := edited(t, g.estate, slices.Concat(g.before, g.edits)...)
			used := map[string]bool{}
			for _, f := range fates(t, before, after) {
				known := false
				for _, patterns := range g.reviewed {
					for _, pattern := range patterns {
						if ok, err := path.Match(pattern, f.String()); err != nil {
							t.Fatal(err)
						} else if ok {
							known, used[pattern] = true, true
						}
					}
				}
				if !known {
					t.Errorf("nobody has reviewed that this does not stay as it is: %s", f)
				}
			}
			for _, reason := range tf.Keys(g.reviewed) {
				for _, pattern := range g.reviewed[reason] {
					if !used[pattern] {
						t.Errorf("this is not so: %s", pattern)
					}
				}
			}
		})
	}
}

// shared are the types that others hold in lists which they change in place. When one of
// them goes, those must let go of it before.
var shared = []string{"aws_apigatewayv2_authorizer", "aws_nat_gateway", "aws_networkfirewall_firewall", "aws_networkfirewall_rule_group", "aws_route_table", "aws_security_group", "aws_subnet", "aws_vpc_dhcp_options"}

// Terraform deletes before it changes, unless it is told otherwise; and AWS deletes
// nothing that is in use.
func TestWhatOthersHoldIsDeletedOnceTheyLetGoOfIt(t *testing.T) {
	seen := map[string]bool{}
	eachEstate(t, func(t *testing.T, e *synthesis) {
		for _, s := range e.stacks {
			for _, r := range s.Resources() {
				if r.Data || !slices.Contains(shared, r.Type) {
					continue
				}
				seen[r.Type] = true
				if lifecycle, _ := r.Body["lifecycle"].(map[string]any); lifecycle["create_before_destroy"] != true {
					t.Errorf("%s: %s is deleted before those that have it let go of it: it wants tf.ReplacedFirst", s.Name, r.Address())
				}
			}
		}
	})
	for _, kind := range shared {
		if !seen[kind] {
			t.Errorf("no stack has %s any more: mend this test", kind)
		}
	}
}
