package network

import (
	"slices"
	"strings"

	"hubspoke/proof/config"
)

// bystanders are the beginnings of types that may refer to a network, and open no
// way into it or through it. Any other type that the model does not know is unknown.
var bystanders = []string{
	// Services that are no network.
	"aws_accessanalyzer_", "aws_acm_", "aws_backup_", "aws_budgets_", "aws_cloudtrail", "aws_cloudwatch_", "aws_config_",
	"aws_dynamodb_", "aws_ebs_", "aws_ecr_", "aws_guardduty_", "aws_iam_", "aws_kms_",
	"aws_resourcegroups_", "aws_s3_", "aws_secretsmanager_", "aws_securityhub_", "aws_sns_", "aws_sqs_", "aws_ssm_",
	"aws_shield_", "aws_waf_", "aws_wafregional_", "aws_wafv2_",
	// What says how something in a network works, or watches it.
	"aws_db_event_subscription", "aws_db_option_group", "aws_db_parameter_group", "aws_db_snapshot", "aws_rds_cluster_parameter_group",
	"aws_efs_access_point", "aws_efs_backup_policy", "aws_efs_file_system",
	"aws_eks_access_", "aws_eks_addon", "aws_eks_identity_provider_config", "aws_eks_pod_identity_association",
	"aws_flow_log", "aws_lambda_alias", "aws_lambda_event_source_mapping", "aws_lambda_permission",
	"aws_route53_health_check", "aws_route53_query_log", "aws_route53_resolver_config", "aws_route53_resolver_dnssec_config",
	"aws_route53_resolver_query_log_config", "aws_volume_attachment",
	"aws_autoscaling_lifecycle_hook", "aws_autoscaling_notification", "aws_autoscaling_policy", "aws_autoscaling_schedule",
	"aws_docdb_cluster_instance", "aws_docdb_cluster_parameter_group", "aws_elasticache_parameter_group", "aws_elasticache_user",
	"aws_ecs_cluster", "aws_ecs_capacity_provider", "aws_ecs_task_definition", "aws_memorydb_acl", "aws_memorydb_parameter_group",
	"aws_mq_configuration", "aws_msk_configuration", "aws_neptune_cluster_parameter_group", "aws_neptune_parameter_group",
	"aws_opensearch_domain_policy", "aws_opensearch_domain_saml_options", "aws_redshift_parameter_group", "aws_redshiftserverless_namespace",
	// What is at the other end of a connection: the connection itself is modelled.
	"aws_customer_gateway", "aws_dx_",
	// Parts that do something only in what uses them.
	"aws_dax_subnet_group", "aws_db_subnet_group", "aws_docdb_subnet_group", "aws_elasticache_subnet_group", "aws_memorydb_subnet_group",
	"aws_neptune_subnet_group", "aws_redshift_subnet_group", "aws_launch_configuration", "aws_launch_template", "aws_lb_listener", "aws_alb_listener", "aws_lb_target_group", "aws_alb_target_group",
	"aws_lb_ssl_negotiation_policy",
	// Who is told of connections, and parts of an API that decide about requests: where those go, its integrations say.
	"aws_vpc_endpoint_connection_notification", "aws_apigatewayv2_api", "aws_apigatewayv2_authorizer", "aws_apigatewayv2_deployment",
	"aws_apigatewayv2_domain_name", "aws_apigatewayv2_integration_response", "aws_apigatewayv2_model", "aws_apigatewayv2_route_response", "aws_apigatewayv2_stage",
	"aws_api_gateway_account", "aws_api_gateway_api_key", "aws_api_gateway_authorizer", "aws_api_gateway_base_path_mapping", "aws_api_gateway_client_certificate",
	"aws_api_gateway_deployment", "aws_api_gateway_documentation_", "aws_api_gateway_domain_name", "aws_api_gateway_gateway_response", "aws_api_gateway_integration_response",
	"aws_api_gateway_method", "aws_api_gateway_model", "aws_api_gateway_request_validator", "aws_api_gateway_resource", "aws_api_gateway_stage", "aws_api_gateway_usage_plan",
	// Names and shares: their own packages look at them.
	"aws_ec2_tag", "aws_ec2_subnet_cidr_reservation", "aws_ram_",
	// What a firewall behind an endpoint does opens no way: package invariant looks at it.
	"aws_networkfirewall_firewall_policy", "aws_networkfirewall_logging_configuration", "aws_networkfirewall_resource_policy",
	"aws_networkfirewall_rule_group", "aws_networkfirewall_tls_inspection_configuration",
}

// isBystander says whether a type is known to change nothing in the model.
func isBystander(kind string) bool {
	begins := func(prefix string) bool { return strings.HasPrefix(kind, prefix) }
	provider, _, _ := strings.Cut(kind, "_")
	if provider != "aws" {
		return slices.Contains(otherProviders, provider)
	}
	return !slices.Contains(makers, kind) && (slices.ContainsFunc(bystanders, begins) || slices.ContainsFunc(otherServices, begins))
}

// networkParts are the types that are parts of a network, beside those that are modelled:
// what refers to one may be a way in.
var networkParts = []string{
	"aws_lb_target_group", "aws_alb_target_group", "aws_lb_listener", "aws_alb_listener", "aws_db_subnet_group", "aws_launch_template",
	"aws_ec2_managed_prefix_list",
}

// inNetwork says whether a resource refers to a part of a network, or what it refers to
// cannot be read.
func (b *builder) inNetwork(r *config.Resource) bool {
	for _, to := range r.References() {
		if b.modelled[to.Type] || slices.Contains(networkParts, to.Type) || to.Data && !isFact(to.Type) {
			return true
		}
	}
	return slices.ContainsFunc(r.Arguments(), func(name string) bool { return !config.IsMeta(name) && mayHoldNetwork(r.Argument(name)) })
}

// idPrefixes are the beginnings of ids that AWS gives to parts of networks.
var idPrefixes = []string{"vpc-", "subnet-", "sg-", "rtb-", "eni-", "tgw-", "vpce-", "acl-"}

// mayHoldNetwork says whether a value holds what may be a part of a network, unseen: an id,
// or what cannot be read.
func mayHoldNetwork(value any) bool {
	found := false
	config.Each(value, func(leaf any) {
		switch v := leaf.(type) {
		case config.Unknown:
			found = true
		case string:
			found = found || slices.ContainsFunc(idPrefixes, func(prefix string) bool { return strings.HasPrefix(v, prefix) })
		}
	})
	return found
}

// madeInVPC are types that make something in a VPC and change nothing that is there
// already. What is not understood about them concerns that VPC alone.
var madeInVPC = []string{
	"aws_security_group", "aws_vpc_endpoint", "aws_instance", "aws_network_interface", "aws_eks_cluster", "aws_eks_node_group",
	"aws_db_instance", "aws_db_subnet_group", "aws_rds_cluster", "aws_lambda_function", "aws_efs_mount_target", "aws_launch_template",
	"aws_lb", "aws_flow_log",
}

// groupRules are types that change the group of their security_group_id.
var groupRules = []string{"aws_security_group_rule", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"}

// setAside takes what stacks make in VPCs that they look up out of what is not
// understood: nothing is known about such a VPC, but it concerns no other. What changes
// something that is looked up stays unknown, as does everything in an account that has
// a VPC of the model: what is looked up may be that one.
func (b *builder) setAside() {
	lookedUp := b.lookedUp()
	if len(lookedUp) == 0 {
		return
	}
	for more := true; more; {
		more = false
		for _, s := range b.config.Stacks {
			for _, r := range s.Resources {
				if !lookedUp[r] && !r.Data && b.inLookedUp(r, lookedUp) {
					lookedUp[r], more = true, true
				}
			}
		}
	}
	set := map[*config.Resource]bool{}
	b.Unknown = slices.DeleteFunc(b.Unknown, func(u Unknown) bool {
		if u.Resource == nil || u.Resource.Data || !lookedUp[u.Resource] {
			return false
		}
		if !set[u.Resource] {
			set[u.Resource] = true
			b.LookedUp = append(b.LookedUp, u.Resource)
		}
		return true
	})
}

// lookedUp are the VPCs and subnets that are looked up in accounts without a VPC of
// the model.
func (b *builder) lookedUp() map[*config.Resource]bool {
	looked := map[*config.Resource]bool{}
	for _, s := range b.config.Stacks {
		for _, r := range s.Resources {
			if !r.Data || r.Type != "aws_vpc" && r.Type != "aws_subnet" {
				continue
			}
			known := r.Account == "" || slices.ContainsFunc(b.VPCs, func(v *VPC) bool { return v.Account == r.Account || v.Account == "" })
			if !known {
				looked[r] = true
			}
		}
	}
	return looked
}

// inLookedUp says whether the resource is something new in a VPC that is looked up.
func (b *builder) inLookedUp(r *config.Resource, lookedUp map[*config.Resource]bool) bool {
	if slices.Contains(groupRules, r.Type) {
		ref, ok := r.Argument("security_group_id").(config.Ref)
		return ok && !ref.Resource.Data && lookedUp[ref.Resource]
	}
	if !slices.Contains(madeInVPC, r.Type) {
		return false
	}
	// A foot in each of two VPCs is more than something in one.
	here := func(to *config.Resource) bool {
		return b.vpcs[to] != nil || b.subnets[to] != nil || b.tables[to] != nil
	}
	refers := r.References()
	return !slices.ContainsFunc(refers, here) && slices.ContainsFunc(refers, func(to *config.Resource) bool { return lookedUp[to] })
}
