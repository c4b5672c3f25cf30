// Package replacement says what becomes of a resource in AWS when its block changes:
// which arguments replace it, what names it to AWS, and what others stand on. Terraform
// itself says the first only in a plan, for which it needs an account and a state; the
// schema that the provider publishes is silent about it.
package replacement

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

//go:embed table.json
var table []byte

// behaviour is what the provider did with a type of resource when it was tried, by
// arguments: `vpc_config.subnet_ids`, or `labels.*` for every key of a map.
type behaviour struct {
	// Replaces and Updates are the arguments whose change replaced a resource, or changed it in place. Untried ones have one value only.
	Replaces, Updates, Untried []string
	// Refused are those that Terraform would change in place and AWS never does, with the reason and the document that says so.
	Refused map[string]string
}

var tried = load()

func load() (t struct {
	Provider string
	Types    map[string]behaviour
}) {
	if err := json.Unmarshal(table, &t); err != nil {
		panic(fmt.Sprintf("table.json: %v", err))
	}
	return t
}

// Provider is the version of the AWS provider that was tried.
func Provider() string { return tried.Provider }

// Arguments are the arguments of a type of resource whose change replaces a resource;
// those of nested blocks are joined with dots.
func Arguments(resourceType string) []string { return tried.Types[resourceType].Replaces }

// Effect is what a change of an argument does to a resource.
type Effect string

// The effects that there are. The zero value is that of an argument which nobody has tried.
const (
	// Updates changes the resource in place.
	Updates Effect = "updates"
	// Replaces makes another resource in its place.
	Replaces Effect = "replaces"
	// Refused is planned by Terraform as a change in place, and fails when it is applied.
	Refused Effect = "refused"
)

// EffectOf is what a change of an argument does, "" if nobody knows. No tag ever replaced
// anything.
func EffectOf(resourceType, argument string) Effect {
	b := tried.Types[resourceType]
	if b.Refused[argument] != "" {
		return Refused
	}
	for ; ; argument = argument[:strings.LastIndex(argument, ".")] + ".*" {
		switch {
		case slices.Contains(b.Replaces, argument):
			return Replaces
		case slices.Contains(b.Updates, argument), argument == "tags", argument == "tags.*":
			return Updates
		}
		// The keys of a map may have dots in them.
		if argument = strings.TrimSuffix(argument, ".*"); !strings.Contains(argument, ".") {
			return ""
		}
	}
}

// Known says that it was tried what a change of an argument does, or that it has only
// ever had one value.
func Known(resourceType, argument string) bool {
	return EffectOf(resourceType, argument) != "" || slices.Contains(tried.Types[resourceType].Untried, argument)
}

// OnlyGrows are the arguments of a resource that are lists to which AWS adds, and from which
// it takes nothing away: a change that does not make the list longer replaces the resource.
//
//   - https://docs.aws.amazon.com/elasticloadbalancing/latest/network/availability-zones.html
//   - https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/lb#subnets
func OnlyGrows(resourceType string, body map[string]any) []string {
	if resourceType == "aws_lb" && body["load_balancer_type"] == "network" {
		return []string{"subnets"}
	}
	return nil
}

// Foundation says of a type that others stand on it: in its own stack and in those
// that read it, by an id or an address that a new one would not have. AWS refuses to
// delete one in use, so its replacement fails half-way, or takes down what is on it.
// The text says what to do instead; it is empty for other types.
func Foundation(resourceType string) string { return foundations[resourceType] }

// The keys of an estate's files are named here because this is all that decides these
// arguments.
var foundations = map[string]string{
	"aws_vpc":                                  "its range is network.cidr of the account's file, or egress.cidr of hub.yaml: put it back. A VPC with another range is a new one: make a new spoke beside it, move its workloads, and remove this one",
	"aws_subnet":                               "its range follows from network.cidr, network.prefix_lengths and network.subnets, its zone from zones: put them back. Addresses for more come from another tier or a new spoke",
	"aws_ec2_transit_gateway":                  "every attachment, route and association is lost with it: put back what changed",
	"aws_ec2_transit_gateway_route_table":      "every association, propagation and route in it is lost with it: put back what changed",
	"aws_ec2_transit_gateway_vpc_attachment":   "the VPC is cut off until its link stack has been deployed again: put back what changed",
	"aws_route53_resolver_endpoint":            "nothing answers at its addresses meanwhile, which resolvers elsewhere have by heart: put back what changed",
	"aws_vpn_connection":                       "its addresses and keys are lost, and the device has to be configured anew: put back what changed, or make a VPN beside it, and move its ranges there when its tunnels are up",
	"aws_eip":                                  "its address is lost for good, and others may have allowed it: put back what changed",
	"aws_route53_resolver_firewall_rule_group": "VPCs of other stacks are associated with it, and AWS deletes none that is in use: put back what changed",
}

// Key are the arguments that together name a resource to AWS, where it refuses a second
// one with the same values: `EntityAlreadyExists`, `RouteAlreadyExists`,
// `InvalidPermission.Duplicate` and the like. It is nil where AWS makes up an id and
// takes as many as one likes.
func Key(resourceType string) []string { return keys[resourceType] }

// KeyType is the type of resource in whose list of keys AWS has those of a type: mostly its own.
func KeyType(resourceType string) string {
	if shared, ok := keyTypes[resourceType]; ok {
		return shared
	}
	return resourceType
}

// API Gateway has the domains of both kinds of APIs under one list of names.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/how-to-custom-domains.html
var keyTypes = map[string]string{"aws_api_gateway_domain_name": "aws_apigatewayv2_domain_name"}

// Room says how to give AWS room for a resource whose key another one has, of another type or
// by another spelling, in two deployments.
func Room(resourceType string) string { return rooms[KeyType(resourceType)] }

var rooms = map[string]string{
	"aws_apigatewayv2_domain_name": "two deployments: the first changes the API's `kind`, and leaves its `domain` out; the second puts that back",
	"aws_apigatewayv2_route":       "two deployments: the first is without the routes that have the variable; the second has them back, with its new name",
	"aws_vpc_endpoint":             "two deployments: the first takes one of the endpoints away, or gives it a `slot` that is free; the second gives the other one its slot",
	"aws_api_gateway_resource":     "two deployments: the first is without the routes that have the variable; the second has them back, with its new name",
}

// KeyPart is what counts of the value of an argument of a key. What a variable in the path
// of an API is called does not: AWS has room for one in its place.
//
//   - "A sibling of this resource already has a variable path part -- only one is allowed"
//   - "has a conflicting variable on the same hierarchical level"
func KeyPart(resourceType, argument, value string) string {
	switch resourceType + "." + argument {
	case "aws_api_gateway_resource.path_part":
		return variable.ReplaceAllString(value, "{}")
	case "aws_apigatewayv2_route.route_key":
		return variable.ReplaceAllString(value, "{$1}")
	}
	return value
}

// variable is one of a path, with the plus of one that stands for all the rest.
var variable = regexp.MustCompile(`\{[^{}+]*(\+?)\}`)

// Keyed says whether it is known what names a type of resource to AWS.
func Keyed(resourceType string) bool {
	_, ok := keys[resourceType]
	return ok
}

// keys follow the import section of each resource in the provider's documentation,
// which names the parts of its id, and the errors of the API that makes it.
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs
var keys = map[string][]string{
	"aws_accessanalyzer_analyzer":                          {"analyzer_name"},
	"aws_account_alternate_contact":                        {"account_id", "alternate_contact_type"},
	"aws_account_region":                                   {"account_id", "region_name"},
	"aws_acm_certificate":                                  nil,
	"aws_acm_certificate_validation":                       {"certificate_arn"},
	"aws_api_gateway_account":                              {},
	"aws_api_gateway_api_key":                              nil, // but for its value, which AWS makes up
	"aws_api_gateway_base_path_mapping":                    {"domain_name", "base_path"},
	"aws_api_gateway_deployment":                           nil,
	"aws_api_gateway_domain_name":                          {"domain_name"},
	"aws_api_gateway_integration":                          {"rest_api_id", "resource_id", "http_method"},
	"aws_api_gateway_method":                               {"rest_api_id", "resource_id", "http_method"},
	"aws_api_gateway_method_settings":                      {"rest_api_id", "stage_name", "method_path"},
	"aws_api_gateway_resource":                             {"rest_api_id", "parent_id", "path_part"},
	"aws_api_gateway_rest_api":                             nil,
	"aws_api_gateway_rest_api_policy":                      {"rest_api_id"},
	"aws_api_gateway_stage":                                {"rest_api_id", "stage_name"},
	"aws_api_gateway_usage_plan":                           nil,
	"aws_api_gateway_usage_plan_key":                       {"usage_plan_id", "key_id"},
	"aws_api_gateway_vpc_link":                             nil,
	"aws_apigatewayv2_api":                                 nil,
	"aws_apigatewayv2_api_mapping":                         nil,
	"aws_apigatewayv2_authorizer":                          {"api_id", "name"},
	"aws_apigatewayv2_domain_name":                         {"domain_name"},
	"aws_apigatewayv2_integration":                         nil,
	"aws_apigatewayv2_route":                               {"api_id", "route_key"},
	"aws_apigatewayv2_stage":                               {"api_id", "name"},
	"aws_apigatewayv2_vpc_link":                            nil,
	"aws_backup_global_settings":                           {},
	"aws_budgets_budget":                                   {"name"},
	"aws_budgets_budget_action":                            nil,
	"aws_ce_anomaly_monitor":                               nil,
	"aws_ce_anomaly_subscription":                          {"name"},
	"aws_ce_cost_allocation_tag":                           {"tag_key"},
	"aws_backup_plan":                                      nil,
	"aws_backup_region_settings":                           {},
	"aws_backup_restore_testing_plan":                      {"name"},
	"aws_backup_restore_testing_selection":                 {"restore_testing_plan_name", "name"},
	"aws_backup_selection":                                 nil,
	"aws_backup_vault":                                     {"name"},
	"aws_backup_vault_lock_configuration":                  {"backup_vault_name"},
	"aws_backup_vault_policy":                              {"backup_vault_name"},
	"aws_cloudtrail":                                       {"name"},
	"aws_cloudwatch_dashboard":                             {"dashboard_name"},
	"aws_cloudwatch_event_rule":                            {"name"},
	"aws_cloudwatch_event_target":                          {"rule", "target_id"},
	"aws_cloudwatch_log_group":                             {"name"},
	"aws_cloudwatch_log_metric_filter":                     {"log_group_name", "name"},
	"aws_cloudwatch_log_resource_policy":                   {"policy_name"},
	"aws_cloudwatch_metric_alarm":                          {"alarm_name"},
	"aws_cloudwatch_query_definition":                      nil,
	"aws_config_configuration_aggregator":                  {"name"},
	"aws_config_configuration_recorder":                    {},
	"aws_config_configuration_recorder_status":             {},
	"aws_config_delivery_channel":                          {},
	"aws_config_organization_managed_rule":                 {"name"},
	"aws_customer_gateway":                                 {"ip_address", "bgp_asn", "bgp_asn_extended"}, // the second is the first
	"aws_db_instance":                                      {"identifier"},
	"aws_db_parameter_group":                               {"name"},
	"aws_db_subnet_group":                                  {"name"},
	"aws_default_security_group":                           {"vpc_id"},
	"aws_dx_gateway_association":                           {"dx_gateway_id", "associated_gateway_id"},
	"aws_ebs_encryption_by_default":                        {},
	"aws_ec2_subnet_cidr_reservation":                      {"subnet_id", "cidr_block"},
	"aws_ec2_transit_gateway":                              nil,
	"aws_ec2_transit_gateway_route":                        {"transit_gateway_route_table_id", "destination_cidr_block"},
	"aws_ec2_transit_gateway_route_table":                  nil,
	"aws_ec2_transit_gateway_route_table_association":      {"transit_gateway_attachment_id"},
	"aws_ec2_transit_gateway_route_table_propagation":      {"transit_gateway_route_table_id", "transit_gateway_attachment_id"},
	"aws_ec2_transit_gateway_vpc_attachment":               {"transit_gateway_id", "vpc_id"},
	"aws_ecr_account_setting":                              {"name"},
	"aws_ecr_lifecycle_policy":                             {"repository"},
	"aws_ecr_pull_through_cache_rule":                      {"ecr_repository_prefix"},
	"aws_ecr_registry_policy":                              {},
	"aws_ecr_registry_scanning_configuration":              {},
	"aws_ecr_repository":                                   {"name"},
	"aws_ecr_repository_creation_template":                 {"prefix"},
	"aws_ecr_repository_policy":                            {"repository"},
	"aws_eip":                                              nil,
	"aws_eks_access_entry":                                 {"cluster_name", "principal_arn"},
	"aws_eks_access_policy_association":                    {"cluster_name", "principal_arn", "policy_arn"},
	"aws_eks_addon":                                        {"cluster_name", "addon_name"},
	"aws_eks_cluster":                                      {"name"},
	"aws_eks_node_group":                                   nil, // It has a prefix, and AWS the rest.
	"aws_eks_pod_identity_association":                     {"cluster_name", "namespace", "service_account"},
	"aws_flow_log":                                         {"vpc_id", "log_destination", "traffic_type"},
	"aws_guardduty_detector_feature":                       {"name"},
	"aws_guardduty_organization_configuration":             {},
	"aws_guardduty_organization_configuration_feature":     {"name"},
	"aws_guardduty_organization_admin_account":             {},
	"aws_iam_account_password_policy":                      {},
	"aws_iam_group":                                        {"name"},
	"aws_iam_group_policy":                                 {"group", "name"},
	"aws_iam_instance_profile":                             {"name"},
	"aws_iam_openid_connect_provider":                      {"url"},
	"aws_iam_organizations_features":                       {},
	"aws_iam_role":                                         {"name"},
	"aws_iam_role_policy":                                  {"role", "name"},
	"aws_iam_role_policy_attachment":                       {"role", "policy_arn"},
	"aws_iam_service_linked_role":                          {"aws_service_name"},
	"aws_inspector2_enabler":                               {"account_ids"},
	"aws_inspector2_member_association":                    {"account_id"},
	"aws_inspector2_organization_configuration":            {},
	"aws_inspector2_delegated_admin_account":               {},
	"aws_iam_user":                                         {"name"},
	"aws_iam_user_group_membership":                        {"user"},
	"aws_identitystore_group":                              {"identity_store_id", "display_name"},
	"aws_instance":                                         nil,
	"aws_internet_gateway":                                 {"vpc_id"},
	"aws_kms_alias":                                        {"name"},
	"aws_kms_key":                                          nil,
	"aws_launch_template":                                  {"name"},
	"aws_lb":                                               {"name"},
	"aws_lb_listener":                                      {"load_balancer_arn", "port"},
	"aws_lb_target_group":                                  {"name"},
	"aws_lb_target_group_attachment":                       {"target_group_arn", "target_id", "port"},
	"aws_nat_gateway":                                      nil,
	"aws_network_acl":                                      nil,
	"aws_networkfirewall_firewall":                         {"name"},
	"aws_networkfirewall_firewall_policy":                  {"name"},
	"aws_networkfirewall_logging_configuration":            {"firewall_arn"},
	"aws_networkfirewall_rule_group":                       {"name"},
	"aws_organizations_account":                            {"email"},
	"aws_organizations_delegated_administrator":            {"account_id", "service_principal"},
	"aws_organizations_organization":                       {},
	"aws_organizations_organizational_unit":                {"parent_id", "name"},
	"aws_organizations_policy":                             {"name", "type"},
	"aws_organizations_policy_attachment":                  {"policy_id", "target_id"},
	"aws_ram_principal_association":                        {"resource_share_arn", "principal"},
	"aws_ram_resource_association":                         {"resource_share_arn", "resource_arn"},
	"aws_ram_resource_share":                               nil,
	"aws_ram_resource_share_accepter":                      {"share_arn"},
	"aws_ram_sharing_with_organization":                    {},
	"aws_route":                                            {"route_table_id", "destination_cidr_block", "destination_prefix_list_id"},
	"aws_route53_record":                                   {"zone_id", "name", "type"},
	"aws_route53_resolver_endpoint":                        nil,
	"aws_route53_resolver_firewall_config":                 {"resource_id"},
	"aws_route53_resolver_firewall_domain_list":            nil,
	"aws_route53_resolver_firewall_rule":                   {"firewall_rule_group_id", "firewall_domain_list_id"},
	"aws_route53_resolver_firewall_rule_group":             nil,
	"aws_route53_resolver_firewall_rule_group_association": {"firewall_rule_group_id", "vpc_id"},
	"aws_route53_resolver_query_log_config":                nil,
	"aws_route53_resolver_query_log_config_association":    {"resolver_query_log_config_id", "resource_id"},
	"aws_route53_resolver_rule":                            nil,
	"aws_route53_resolver_rule_association":                {"resolver_rule_id", "vpc_id"},
	"aws_route53_vpc_association_authorization":            {"zone_id", "vpc_id"},
	"aws_route53_zone":                                     nil,
	"aws_route53_zone_association":                         {"zone_id", "vpc_id"},
	"aws_route_table":                                      nil,
	"aws_route_table_association":                          {"subnet_id"},
	"aws_s3_account_public_access_block":                   {},
	"aws_s3_bucket":                                        {"bucket"},
	"aws_s3_bucket_lifecycle_configuration":                {"bucket"},
	"aws_s3_bucket_logging":                                {"bucket"},
	"aws_s3_bucket_object_lock_configuration":              {"bucket"},
	"aws_s3_bucket_ownership_controls":                     {"bucket"},
	"aws_s3_bucket_policy":                                 {"bucket"},
	"aws_s3_bucket_public_access_block":                    {"bucket"},
	"aws_s3_bucket_server_side_encryption_configuration":   {"bucket"},
	"aws_s3_bucket_versioning":                             {"bucket"},
	"aws_secretsmanager_secret":                            {"name"},
	"aws_secretsmanager_secret_policy":                     {"secret_arn"},
	"aws_secretsmanager_secret_version":                    {"secret_id"},
	"aws_security_group":                                   {"vpc_id", "name"},
	"aws_securityhub_account":                              {},
	"aws_securityhub_configuration_policy":                 {"name"},
	"aws_securityhub_configuration_policy_association":     {"target_id"},
	"aws_securityhub_finding_aggregator":                   {},
	"aws_securityhub_organization_configuration":           {},
	"aws_signer_signing_profile":                           {"name"},
	"aws_sns_topic":                                        {"name"},
	"aws_sns_topic_policy":                                 {"arn"},
	"aws_sns_topic_subscription":                           {"topic_arn", "protocol", "endpoint"},
	"aws_securityhub_organization_admin_account":           {},
	"aws_sqs_queue":                                        {"name"},
	"aws_sqs_queue_policy":                                 {"queue_url"},
	"aws_ssm_document":                                     {"name"},
	"aws_ssm_parameter":                                    {"name"},
	"aws_ssoadmin_account_assignment":                      {"instance_arn", "permission_set_arn", "principal_id", "target_id"},
	"aws_ssoadmin_customer_managed_policy_attachment":      {"instance_arn", "permission_set_arn", "customer_managed_policy_reference.name"},
	"aws_ssoadmin_managed_policy_attachment":               {"instance_arn", "permission_set_arn", "managed_policy_arn"},
	"aws_ssoadmin_permission_set":                          {"instance_arn", "name"},
	"aws_ssoadmin_permission_set_inline_policy":            {"instance_arn", "permission_set_arn"},
	"aws_ssoadmin_permissions_boundary_attachment":         {"instance_arn", "permission_set_arn"},
	"aws_subnet":                                           {"vpc_id", "cidr_block"},
	"aws_vpc":                                              nil,
	"aws_vpc_dhcp_options":                                 nil,
	"aws_vpc_dhcp_options_association":                     {"vpc_id"},
	"aws_vpc_endpoint":                                     {"vpc_id", "service_name"},
	"aws_vpc_endpoint_connection_accepter":                 {"vpc_endpoint_service_id", "vpc_endpoint_id"},
	"aws_vpc_endpoint_connection_notification":             nil,
	"aws_vpc_endpoint_service":                             nil,
	"aws_vpc_security_group_egress_rule":                   rule,
	"aws_vpc_security_group_ingress_rule":                  rule,
	"aws_vpn_connection":                                   {"customer_gateway_id", "transit_gateway_id"},
	"aws_wafv2_web_acl":                                    {"name", "scope"},
	"aws_wafv2_web_acl_association":                        {"resource_arn"},
	"aws_wafv2_web_acl_logging_configuration":              {"resource_arn"},
}

var rule = []string{"security_group_id", "ip_protocol", "from_port", "to_port", "cidr_ipv4", "prefix_list_id", "referenced_security_group_id"}

// Configures says that a resource of the type part only configures one of the type
// whole, as a bucket's policy does a bucket. One that Terraform forgets keeps its
// configuration if that is forgotten with it.
func Configures(part, whole string) bool { return slices.Contains(parts[whole], part) }

var parts = map[string][]string{
	"aws_s3_bucket": {
		"aws_s3_bucket_lifecycle_configuration", "aws_s3_bucket_logging", "aws_s3_bucket_object_lock_configuration", "aws_s3_bucket_ownership_controls", "aws_s3_bucket_policy",
		"aws_s3_bucket_public_access_block", "aws_s3_bucket_server_side_encryption_configuration", "aws_s3_bucket_versioning",
	},
	"aws_backup_vault":          {"aws_backup_vault_lock_configuration", "aws_backup_vault_policy"},
	"aws_ecr_repository":        {"aws_ecr_lifecycle_policy", "aws_ecr_repository_policy"},
	"aws_route53_zone":          {"aws_route53_record"},
	"aws_secretsmanager_secret": {"aws_secretsmanager_secret_policy", "aws_secretsmanager_secret_version"},
}

// Hold is what keeps a resource from being deleted.
type Hold struct {
	// By are the types of resources that AWS deletes none for as long as one of them names it.
	By []string
	// Instead says how to do without, in two deployments.
	Instead string
}

// holds are those of what an estate lets go while what holds it stays. Terraform deletes
// before it changes, unless there is create_before_destroy.
//
//   - "Cannot delete Integration because it is referenced by the following Routes"
//   - https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
var holds = map[string]Hold{
	"aws_apigatewayv2_integration": {By: []string{"aws_apigatewayv2_route"},
		Instead: "two deployments: the first leaves a route to the service that the API leads to no more, such as `ANY /old/{proxy+}`, and moves the others; the second takes that route away"},
	"aws_lb": {By: []string{"aws_vpc_endpoint_service"},
		Instead: "two deployments: the first takes the service away, and the `private_endpoints` and routes that lead to it; the second changes what it is about, and puts them back. Requests fail meanwhile, unless consumers move to a service of another spoke before"},
}

// Holds says what keeps a type of resource from being deleted; it is empty for what nothing keeps.
func Holds(resourceType string) Hold { return holds[resourceType] }

// Protection names the arguments by which a resource has AWS refuse what Terraform plans.
type Protection struct {
	// Deletion is the argument that keeps it from being deleted, "" if there is none.
	Deletion string
	// Change is the argument that keeps the argument Of from being changed, "" if there is none.
	Change, Of string
	// Off is what an estate says to switch both off.
	Off string
}

// protections are those of what an estate can let go.
// https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_UpdateSubnetChangeProtection.html
var protections = map[string]Protection{
	"aws_networkfirewall_firewall": {Deletion: "delete_protection", Change: "subnet_change_protection", Of: "subnet_mapping", Off: "`changeable: true` under egress.firewall in hub.yaml"},
}

// Protections are those of a type of resource, empty if it has none that an estate switches.
func Protections(resourceType string) Protection { return protections[resourceType] }
