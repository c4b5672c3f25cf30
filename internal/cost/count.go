package cost

import (
	"fmt"
	"regexp"
	"strings"

	"hubspoke/proof/stackjson"
)

// charge is so many of an item.
type charge struct {
	item  string
	count float64
}

// counter counts what a resource is charged for. The other resources of its stack are
// there for those that it names.
type counter func(c *counting, body map[string]any) []charge

// charged are the types of resources that AWS charges for because they are there.
var charged = map[string]counter{
	"aws_budgets_budget_action":                 one(stoppingBudget),
	"aws_cloudwatch_metric_alarm":               one("CloudWatch alarm"),
	"aws_db_instance":                           database,
	"aws_dx_gateway_association":                one(gatewayAttachment), // which comes with it
	"aws_ec2_transit_gateway_vpc_attachment":    one(gatewayAttachment),
	"aws_eip":                                   one("Public IPv4 address"),
	"aws_eks_cluster":                           cluster,
	"aws_eks_node_group":                        nodeGroup,
	"aws_instance":                              instance,
	"aws_kms_key":                               one("KMS key"),
	"aws_lb":                                    one("Load balancer"), // application or network, at the same price
	"aws_nat_gateway":                           one("NAT gateway"),
	"aws_networkfirewall_firewall":              perItem("Network Firewall endpoint", "subnet_mapping"),
	"aws_route53_resolver_endpoint":             perItem("Resolver endpoint, each address", "ip_address"),
	"aws_route53_zone":                          one(hostedZone),
	"aws_secretsmanager_secret":                 one("Secret"),
	"aws_vpc_endpoint":                          endpoint,
	"aws_vpn_connection":                        connection,
	"aws_wafv2_web_acl":                         webACL,
	"aws_route53_resolver_firewall_domain_list": perItem("DNS Firewall, each domain of own lists", "domains"),
}

const (
	gatewayAttachment = "Transit gateway attachment"

	hostedZone     = "Hosted zone, the first 25 of an account"
	moreZones      = "Hosted zone, above 25"
	cheaperFrom    = 25
	stoppingBudget = "Budget with an action, above two of an account"
	freeStopping   = 2

	secret         = "Secret"
	volume         = "EBS gp3 volume, each GB"
	defaultVolume  = 8 // GB, the root volume of Amazon Linux's images
	rootVolume     = 20
	databaseVolume = "RDS gp3 storage, each GB"
)

// byUse are services that cost much and have no price of their own here, by a type that
// switches each of them on: what they cost follows from what they see.
//
//   - https://aws.amazon.com/backup/pricing/
//   - https://aws.amazon.com/config/pricing/
//   - https://aws.amazon.com/guardduty/pricing/
//   - https://aws.amazon.com/security-hub/pricing/
//   - https://aws.amazon.com/inspector/pricing/
var byUse = map[string]string{
	"aws_backup_plan":                                  "AWS Backup (what is kept, and copied)",
	"aws_config_configuration_recorder":                "AWS Config (what it records, and its rules)",
	"aws_guardduty_organization_configuration":         "GuardDuty (events, processes, volumes)",
	"aws_inspector2_organization_configuration":        "Inspector (instances, images, functions)",
	"aws_securityhub_configuration_policy_association": "Security Hub (checks)",
}

// free are the types that cost nothing by being there: AWS charges for their use, or
// for nothing. A type ends in * if all that begin so are.
var free = []string{
	"aws_accessanalyzer_analyzer",           // of external access; of unused access by the roles that there are
	"aws_account_*", "aws_acm_certificate*", // a public one, that cannot be exported
	"aws_api_gateway_*", "aws_apigatewayv2_*", // by requests
	"aws_budgets_budget", "aws_ce_*", // budgets without actions, anomalies, tags
	"aws_backup_*",                                                                                      // by what is kept
	"aws_config_configuration_*", "aws_config_delivery_channel", "aws_config_organization_managed_rule", // by what is recorded and evaluated
	"aws_guardduty_*", "aws_inspector2_*", "aws_securityhub_*", // by what is watched, scanned and checked
	"aws_cloudtrail",           // the first copy of management events
	"aws_cloudwatch_dashboard", // the first three of an account
	"aws_cloudwatch_event_*", "aws_cloudwatch_log_*", "aws_cloudwatch_query_definition",
	"aws_customer_gateway", "aws_db_parameter_group", "aws_db_subnet_group", "aws_default_security_group",
	"aws_ebs_encryption_by_default", "aws_ec2_subnet_cidr_reservation", "aws_ec2_tag",
	"aws_ec2_transit_gateway", "aws_ec2_transit_gateway_route*",
	"aws_ecr_*", "aws_eks_access_*", "aws_eks_addon", "aws_eks_pod_identity_association",
	"aws_flow_log", "aws_iam_*", "aws_identitystore_group", "aws_internet_gateway", "aws_kms_alias", "aws_launch_template", "aws_lb_listener", "aws_lb_target_group*",
	"aws_organizations_*", "aws_network_acl*", "aws_networkfirewall_firewall_policy", "aws_networkfirewall_logging_configuration", "aws_networkfirewall_rule_group", "aws_ram_*",
	"aws_route", "aws_route53_record", "aws_route53_resolver_firewall_config", "aws_route53_resolver_firewall_rule*",
	"aws_route53_resolver_query_log_config*", "aws_route53_resolver_rule*",
	"aws_route53_vpc_association_authorization", "aws_route53_zone_association", "aws_route_table*",
	"aws_s3_*", "aws_secretsmanager_secret_policy", "aws_secretsmanager_secret_version", "aws_security_group", "aws_signer_signing_profile", "aws_sns_*", "aws_sqs_*", "aws_ssoadmin_*",
	"aws_ssm_document", "aws_ssm_parameter", // of the standard tier
	"aws_subnet", "aws_vpc", "aws_vpc_dhcp_options*", "aws_vpc_endpoint_connection_*", "aws_vpc_endpoint_service", "aws_vpc_security_group_*",
	"aws_wafv2_web_acl_*",
	"terraform_data",
}

func isFree(kind string) bool {
	for _, pattern := range free {
		if prefix, all := strings.CutSuffix(pattern, "*"); pattern == kind || all && strings.HasPrefix(kind, prefix) {
			return true
		}
	}
	return false
}

func one(item string) counter {
	return func(*counting, map[string]any) []charge { return []charge{{item, 1}} }
}

// perItem counts the items of a list.
func perItem(item, list string) counter {
	return func(_ *counting, body map[string]any) []charge { return []charge{{item, float64(length(body[list]))}} }
}

// webACL is charged for, and each of its rules, of which a group of AWS's is one.
func webACL(_ *counting, body map[string]any) []charge {
	return []charge{{"Web ACL", 1}, {"Web ACL, each rule", float64(length(body["rule"]))}}
}

// length is how many items a list has; 1 if that is known after an apply only.
func length(value any) int {
	if list, ok := value.([]any); ok {
		return len(list)
	}
	return 1
}

// endpoint is charged for each zone that it has an interface in. Gateway endpoints are free.
func endpoint(_ *counting, body map[string]any) []charge {
	if text(body, "vpc_endpoint_type") != "Interface" {
		return nil
	}
	return []charge{{"Interface endpoint, each zone", float64(length(body["subnet_ids"]))}}
}

// connection is charged for twice if a transit gateway has it, and for the secret that AWS
// keeps the keys of its tunnels in.
func connection(_ *counting, body map[string]any) []charge {
	charges := []charge{{"VPN connection", 1}}
	if body["transit_gateway_id"] != nil {
		charges = append(charges, charge{gatewayAttachment, 1})
	}
	if text(body, "preshared_key_storage") == "SecretsManager" {
		charges = append(charges, charge{secret, 1})
	}
	return charges
}

func cluster(c *counting, body map[string]any) []charge {
	if c.extended != nil && c.extended(text(body, "version")) {
		return []charge{{"EKS cluster in extended support", 1}}
	}
	return []charge{{"EKS cluster", 1}}
}

// nodeGroup is charged for the nodes that it begins with and does not go below. Which of
// several types on spare capacity run, and for how much, the market decides.
func nodeGroup(c *counting, body map[string]any) []charge {
	scaling, _ := body["scaling_config"].(map[string]any)
	nodes := max(number(scaling["min_size"]), number(scaling["desired_size"]))
	item := "EC2 spot, any of several types"
	if text(body, "capacity_type") != "SPOT" {
		item = "EC2 (a type known after apply)"
		if types, ok := body["instance_types"].([]any); ok && len(types) > 0 {
			item = "EC2 " + fmt.Sprint(types[0])
		}
	}
	size := diskSize(c.template(body), rootVolume)
	return []charge{{item, nodes}, {volume, nodes * size}}
}

func instance(c *counting, body map[string]any) []charge {
	template := c.template(body)
	kind := text(body, "instance_type")
	if kind == "" {
		kind = text(template, "instance_type")
	}
	return []charge{{"EC2 " + kind, 1}, {volume, diskSize(template, defaultVolume)}}
}

// database is charged twice where there is a standby, and for the secret that RDS keeps
// the password in.
func database(_ *counting, body map[string]any) []charge {
	copies := 1.0
	if body["multi_az"] == true {
		copies = 2
	}
	charges := []charge{{"RDS PostgreSQL " + text(body, "instance_class"), copies}}
	if size := number(body["allocated_storage"]); size > 0 {
		charges = append(charges, charge{databaseVolume, copies * size})
	}
	if body["manage_master_user_password"] == true {
		charges = append(charges, charge{secret, 1})
	}
	return charges
}

// counting is what counters know beside the resource.
type counting struct {
	stack    *stackjson.Stack
	extended func(version string) bool
}

// template is the launch template of the stack that a resource names, or nil.
func (c *counting) template(body map[string]any) map[string]any {
	launch, _ := body["launch_template"].(map[string]any)
	for _, key := range []string{"id", "name"} {
		if m := templateReference.FindStringSubmatch(text(launch, key)); m != nil {
			for _, r := range c.stack.Resources() {
				if r.Address() == m[1] {
					return r.Body
				}
			}
		}
	}
	return nil
}

var templateReference = regexp.MustCompile(`^\$\{(aws_launch_template\.[A-Za-z0-9_-]+)\.`)

// diskSize is the size of a launch template's volumes, in GB.
func diskSize(template map[string]any, otherwise float64) float64 {
	disks, _ := template["block_device_mappings"].([]any)
	total := 0.0
	for _, d := range disks {
		mapping, _ := d.(map[string]any)
		ebs, _ := mapping["ebs"].(map[string]any)
		if size := number(ebs["volume_size"]); size > 0 {
			total += size
		} else {
			total += otherwise
		}
	}
	if total == 0 {
		return otherwise
	}
	return total
}

func text(body map[string]any, key string) string {
	value, _ := body[key].(string)
	return value
}

func number(value any) float64 {
	n, _ := value.(float64)
	return n
}
