package network

import (
	"maps"
	"strings"
	"sync"
)

// harmlessEverywhere are arguments that change nothing in the model, whatever resource
// they are of: names, tags, and what AWS says about a resource in a state. Those that read
// tags ask for them.
var harmlessEverywhere = []string{"id", "arn", "owner_id", "tags", "tags_all", "timeouts", "description"}

// readByInvariants are the types that the invariants read, and the model does not.
var readByInvariants = []string{
	"aws_ec2_tag", "aws_iam_group", "aws_iam_openid_connect_provider", "aws_iam_policy", "aws_iam_role", "aws_iam_role_policy",
	"aws_iam_role_policy_attachment", "aws_iam_user", "aws_ram_principal_association", "aws_ram_resource_association",
	"aws_ram_resource_share", "aws_ram_resource_share_accepter",
}

// ignorable are arguments of which Terraform has to ignore changes so that other resources
// can say them: the two forms of one thing.
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/route53_zone_association
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/default_network_acl
var ignorable = map[string][]string{
	"aws_route53_zone":        {"vpc"},
	"aws_default_network_acl": {"subnet_ids"},
}

// allowance is why an argument may stand in a resource though the model did not ask for it.
type allowance struct {
	// read says that it is read, where it matters or by an invariant, so that it is to be
	// there as it is written.
	read bool
	// values are those that change nothing, nil if all do so.
	values []string
	// within says that this stands for what is within blocks of a name, `ingress.`: they
	// are looked at one by one.
	within bool
}

// inert says whether the argument changes nothing, whatever its value.
func (a allowance) inert() bool { return !a.read && a.values == nil }

// allowances is the tables of what was reviewed, by type and path.
var allowances = sync.OnceValue(func() map[string]map[string]allowance {
	all := make(map[string]map[string]allowance, len(reviewed)+len(reviewedServices))
	tables := maps.Clone(reviewed)
	maps.Copy(tables, reviewedServices)
	for kind, text := range tables {
		paths := map[string]allowance{}
		for _, word := range strings.Fields(text) {
			path, values, conditional := strings.Cut(word, "=")
			path, read := strings.CutSuffix(path, "!")
			a := allowance{read: read}
			if conditional {
				a.values = strings.Split(values, ",")
			}
			paths[path] = a
			for i := range path {
				if path[i] == '.' {
					paths[path[:i+1]] = allowance{within: true}
				}
			}
		}
		all[kind] = paths
	}
	return all
})

// reviewed are, for each type that is read, the arguments and attributes of the provider's
// schema that may be there without being asked for: `name` changes nothing in the model,
// `name!` is read where it matters (the ports of a rule about TCP, and not of one about
// everything) or by an invariant, and `name=a,b` changes nothing if it is a or b. IPv6 is not
// modelled, and a VPC that has it is unknown as a whole. What is neither here nor asked for
// is not understood.
//
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs
var reviewed = map[string]string{
	"aws_alb": "" +
		"access_logs arn_suffix client_keep_alive connection_logs desync_mitigation_mode dns_name " +
		"dns_record_client_routing_policy drop_invalid_header_fields enable_cross_zone_load_balancing " +
		"enable_deletion_protection enable_http2 enable_tls_version_and_cipher_suite_headers enable_waf_fail_open " +
		"enable_xff_client_port enable_zonal_shift enforce_security_group_inbound_rules_on_private_link_traffic! " +
		"idle_timeout ip_address_type ipam_pools load_balancer_type! minimum_load_balancer_capacity name " +
		"name_prefix preserve_host_header subnet_mapping.allocation_id subnet_mapping.ipv6_address " +
		"subnet_mapping.outpost_id subnet_mapping.private_ipv4_address vpc_id xff_header_processing_mode zone_id",
	"aws_db_instance": "" +
		"address allocated_storage allow_major_version_upgrade apply_immediately auto_minor_version_upgrade " +
		"availability_zone backup_retention_period backup_target backup_window blue_green_update " +
		"ca_cert_identifier character_set_name copy_tags_to_snapshot custom_iam_instance_profile " +
		"customer_owned_ip_enabled=false database_insights_mode db_name dedicated_log_volume " +
		"delete_automated_backups deletion_protection domain domain_auth_secret_arn domain_dns_ips domain_fqdn " +
		"domain_iam_role_name domain_ou enabled_cloudwatch_logs_exports endpoint engine engine_lifecycle_support " +
		"engine_version engine_version_actual final_snapshot_identifier hosted_zone_id " +
		"iam_database_authentication_enabled identifier identifier_prefix instance_class iops kms_key_id " +
		"latest_restorable_time license_model listener_endpoint maintenance_window manage_master_user_password " +
		"master_user_secret master_user_secret_kms_key_id max_allocated_storage monitoring_interval " +
		"monitoring_role_arn multi_az nchar_character_set_name network_type option_group_name " +
		"parameter_group_name password password_wo password_wo_version performance_insights_enabled " +
		"performance_insights_kms_key_id performance_insights_retention_period port replica_mode replicas " +
		"resource_id restore_to_point_in_time s3_import skip_final_snapshot snapshot_identifier status " +
		"storage_encrypted storage_throughput storage_type timezone upgrade_storage_config username",
	"aws_db_subnet_group": "name name_prefix supported_network_types vpc_id",
	"aws_default_network_acl": "" +
		"egress.action! egress.from_port! egress.icmp_code! egress.icmp_type! egress.ipv6_cidr_block " +
		"egress.protocol! egress.rule_no! egress.to_port! ingress.action! ingress.from_port! ingress.icmp_code! " +
		"ingress.icmp_type! ingress.ipv6_cidr_block ingress.protocol! ingress.rule_no! ingress.to_port! vpc_id",
	"aws_default_route_table": "vpc_id",
	"aws_default_security_group": "" +
		"egress.cidr_blocks! egress.description egress.from_port! egress.ipv6_cidr_blocks egress.prefix_list_ids! " +
		"egress.security_groups! egress.self! egress.to_port! ingress.cidr_blocks! ingress.description " +
		"ingress.from_port! ingress.ipv6_cidr_blocks ingress.prefix_list_ids! ingress.security_groups! " +
		"ingress.self! ingress.to_port! name name_prefix revoke_rules_on_delete",
	"aws_ec2_managed_prefix_list":       "address_family entry.description max_entries name version",
	"aws_ec2_managed_prefix_list_entry": "",
	"aws_ec2_tag":                       "key! resource_id! value!",
	"aws_ec2_transit_gateway": "" +
		"amazon_side_asn association_default_route_table_id auto_accept_shared_attachments! dns_support " +
		"multicast_support propagation_default_route_table_id transit_gateway_cidr_blocks vpn_ecmp_support",
	"aws_ec2_transit_gateway_route":                   "",
	"aws_ec2_transit_gateway_route_table":             "default_association_route_table default_propagation_route_table",
	"aws_ec2_transit_gateway_route_table_association": "replace_existing_association! resource_id resource_type",
	"aws_ec2_transit_gateway_route_table_propagation": "resource_id resource_type",
	"aws_ec2_transit_gateway_vpc_attachment": "" +
		"dns_support ipv6_support transit_gateway_default_route_table_association! " +
		"transit_gateway_default_route_table_propagation! vpc_owner_id",
	"aws_ec2_transit_gateway_vpc_attachment_accepter": "" +
		"appliance_mode_support dns_support ipv6_support security_group_referencing_support subnet_ids " +
		"transit_gateway_default_route_table_association! transit_gateway_default_route_table_propagation! " +
		"transit_gateway_id vpc_id vpc_owner_id",
	"aws_efs_mount_target": "" +
		"availability_zone_id availability_zone_name dns_name file_system_arn file_system_id ip_address " +
		"mount_target_dns_name network_interface_id",
	"aws_eip": "" +
		"address allocation_id associate_with_private_ip association_id carrier_ip customer_owned_ip " +
		"customer_owned_ipv4_pool domain instance! ipam_pool_id network_border_group network_interface! " +
		"private_dns private_ip ptr_record public_dns public_ip public_ipv4_pool vpc",
	"aws_eip_association": "allocation_id allow_reassociation network_interface_id! private_ip_address public_ip",
	"aws_eks_cluster": "" +
		"access_config bootstrap_self_managed_addons certificate_authority cluster_id " +
		"compute_config.enabled=false created_at enabled_cluster_log_types encryption_config endpoint " +
		"force_update_version identity kubernetes_network_config.elastic_load_balancing " +
		"kubernetes_network_config.ip_family=ipv4 kubernetes_network_config.service_ipv4_cidr " +
		"kubernetes_network_config.service_ipv6_cidr name! platform_version role_arn status storage_config " +
		"upgrade_policy version vpc_config.cluster_security_group_id vpc_config.endpoint_private_access! " +
		"vpc_config.public_access_cidrs! vpc_config.vpc_id zonal_shift_config",
	"aws_eks_node_group": "" +
		"ami_type capacity_type cluster_name! disk_size force_update_version instance_types labels " +
		"launch_template.name! launch_template.version! node_group_name node_group_name_prefix node_repair_config " +
		"node_role_arn release_version remote_access.source_security_group_ids! resources scaling_config status " +
		"taint update_config version",
	"aws_iam_group":                   "name! path! unique_id",
	"aws_iam_openid_connect_provider": "client_id_list! thumbprint_list url!",
	"aws_iam_policy":                  "attachment_count name! name_prefix! path! policy! policy_id",
	"aws_iam_role": "" +
		"assume_role_policy! create_date force_detach_policies inline_policy! managed_policy_arns! " +
		"max_session_duration name! name_prefix! path! permissions_boundary! unique_id",
	"aws_iam_role_policy":            "name! name_prefix! policy! role!",
	"aws_iam_role_policy_attachment": "policy_arn! role!",
	"aws_iam_user":                   "force_destroy name! path! permissions_boundary unique_id",
	"aws_instance": "" +
		"ami availability_zone capacity_reservation_specification cpu_core_count cpu_options cpu_threads_per_core " +
		"credit_specification disable_api_stop disable_api_termination ebs_block_device ebs_optimized " +
		"enable_primary_ipv6 enclave_options ephemeral_block_device get_password_data hibernation host_id " +
		"host_resource_group_arn iam_instance_profile instance_initiated_shutdown_behavior instance_lifecycle " +
		"instance_market_options instance_state instance_type ipv6_address_count ipv6_addresses key_name " +
		"launch_template.name! launch_template.version! maintenance_options metadata_options monitoring " +
		"outpost_arn password_data placement_group placement_partition_number primary_network_interface_id " +
		"private_dns private_dns_name_options public_dns public_ip root_block_device source_dest_check=true " +
		"spot_instance_request_id tenancy user_data user_data_base64 user_data_replace_on_change volume_tags",
	"aws_internet_gateway":            "",
	"aws_internet_gateway_attachment": "",
	"aws_lambda_function": "" +
		"architectures code_sha256 code_signing_config_arn dead_letter_config environment ephemeral_storage " +
		"file_system_config filename function_name handler image_config image_uri invoke_arn kms_key_arn " +
		"last_modified layers logging_config memory_size package_type publish qualified_arn qualified_invoke_arn " +
		"replace_security_groups_on_destroy replacement_security_group_ids reserved_concurrent_executions role " +
		"runtime s3_bucket s3_key s3_object_version signing_job_arn signing_profile_version_arn skip_destroy " +
		"snap_start source_code_hash source_code_size timeout tracing_config version " +
		"vpc_config.ipv6_allowed_for_dual_stack vpc_config.vpc_id",
	"aws_launch_template": "" +
		"block_device_mappings capacity_reservation_specification cpu_options credit_specification " +
		"default_version disable_api_stop disable_api_termination ebs_optimized elastic_gpu_specifications " +
		"elastic_inference_accelerator enclave_options hibernation_options iam_instance_profile image_id " +
		"instance_initiated_shutdown_behavior instance_market_options instance_requirements instance_type " +
		"kernel_id key_name latest_version license_specification maintenance_options metadata_options monitoring " +
		"name name_prefix network_interfaces.associate_carrier_ip_address=false " +
		"network_interfaces.connection_tracking_specification network_interfaces.delete_on_termination " +
		"network_interfaces.description network_interfaces.device_index network_interfaces.ena_srd_specification " +
		"network_interfaces.interface_type network_interfaces.ipv4_address_count " +
		"network_interfaces.ipv4_addresses network_interfaces.ipv4_prefix_count network_interfaces.ipv4_prefixes " +
		"network_interfaces.ipv6_address_count network_interfaces.ipv6_addresses " +
		"network_interfaces.ipv6_prefix_count network_interfaces.ipv6_prefixes " +
		"network_interfaces.network_card_index network_interfaces.primary_ipv6 " +
		"network_interfaces.private_ip_address placement private_dns_name_options ram_disk_id tag_specifications " +
		"update_default_version user_data",
	"aws_lb": "" +
		"access_logs arn_suffix client_keep_alive connection_logs desync_mitigation_mode dns_name " +
		"dns_record_client_routing_policy drop_invalid_header_fields enable_cross_zone_load_balancing " +
		"enable_deletion_protection enable_http2 enable_tls_version_and_cipher_suite_headers enable_waf_fail_open " +
		"enable_xff_client_port enable_zonal_shift enforce_security_group_inbound_rules_on_private_link_traffic! " +
		"idle_timeout ip_address_type ipam_pools load_balancer_type! minimum_load_balancer_capacity name " +
		"name_prefix preserve_host_header subnet_mapping.allocation_id subnet_mapping.ipv6_address " +
		"subnet_mapping.outpost_id subnet_mapping.private_ipv4_address vpc_id xff_header_processing_mode zone_id",
	"aws_main_route_table_association": "original_route_table_id",
	"aws_nat_gateway": "" +
		"allocation_id! association_id network_interface_id private_ip public_ip secondary_allocation_ids " +
		"secondary_private_ip_address_count secondary_private_ip_addresses",
	"aws_networkfirewall_firewall": "" +
		"delete_protection enabled_analysis_types encryption_configuration firewall_policy_arn " +
		"firewall_policy_change_protection firewall_status name subnet_change_protection " +
		"subnet_mapping.ip_address_type update_token",
	"aws_network_acl": "" +
		"egress.action! egress.from_port! egress.icmp_code! egress.icmp_type! egress.ipv6_cidr_block " +
		"egress.protocol! egress.rule_no! egress.to_port! ingress.action! ingress.from_port! ingress.icmp_code! " +
		"ingress.icmp_type! ingress.ipv6_cidr_block ingress.protocol! ingress.rule_no! ingress.to_port!",
	"aws_network_acl_association": "",
	"aws_network_acl_rule": "" +
		"cidr_block! from_port! icmp_code! icmp_type! ipv6_cidr_block protocol! rule_action! rule_number! " +
		"to_port!",
	"aws_network_interface": "" +
		"attachment.attachment_id attachment.device_index attachment.network_card_index enable_primary_ipv6 " +
		"interface_type ipv4_prefix_count ipv4_prefixes ipv6_address_count ipv6_address_list " +
		"ipv6_address_list_enabled ipv6_addresses ipv6_prefix_count ipv6_prefixes mac_address outpost_arn " +
		"private_dns_name private_ip private_ip_list private_ip_list_enabled private_ips private_ips_count " +
		"source_dest_check=true",
	"aws_network_interface_attachment":    "attachment_id device_index status",
	"aws_network_interface_sg_attachment": "",
	"aws_ram_principal_association":       "principal! resource_share_arn!",
	"aws_ram_resource_association":        "resource_arn! resource_share_arn!",
	"aws_ram_resource_share":              "allow_external_principals! name permission_arns!",
	"aws_ram_resource_share_accepter": "" +
		"invitation_arn receiver_account_id resources sender_account_id share_arn! share_id share_name status",
	"aws_rds_cluster": "" +
		"allocated_storage allow_major_version_upgrade apply_immediately availability_zones backtrack_window " +
		"backup_retention_period ca_certificate_identifier ca_certificate_valid_till cluster_identifier " +
		"cluster_identifier_prefix cluster_members cluster_resource_id cluster_scalability_type " +
		"copy_tags_to_snapshot database_insights_mode database_name db_cluster_instance_class " +
		"db_cluster_parameter_group_name db_instance_parameter_group_name db_system_id delete_automated_backups " +
		"deletion_protection domain domain_iam_role_name enable_global_write_forwarding enable_http_endpoint " +
		"enable_local_write_forwarding enabled_cloudwatch_logs_exports endpoint engine engine_lifecycle_support " +
		"engine_mode engine_version engine_version_actual final_snapshot_identifier global_cluster_identifier " +
		"hosted_zone_id iam_database_authentication_enabled iam_roles iops kms_key_id manage_master_user_password " +
		"master_password master_password_wo master_password_wo_version master_user_secret " +
		"master_user_secret_kms_key_id master_username monitoring_interval monitoring_role_arn network_type " +
		"performance_insights_enabled performance_insights_kms_key_id performance_insights_retention_period port " +
		"preferred_backup_window preferred_maintenance_window reader_endpoint replication_source_identifier " +
		"restore_to_point_in_time s3_import scaling_configuration serverlessv2_scaling_configuration " +
		"skip_final_snapshot snapshot_identifier source_region storage_encrypted storage_type",
	"aws_rds_cluster_instance": "" +
		"apply_immediately auto_minor_version_upgrade availability_zone ca_cert_identifier cluster_identifier! " +
		"copy_tags_to_snapshot custom_iam_instance_profile db_parameter_group_name db_subnet_group_name " +
		"dbi_resource_id endpoint engine engine_version engine_version_actual force_destroy identifier " +
		"identifier_prefix instance_class kms_key_id monitoring_interval monitoring_role_arn network_type " +
		"performance_insights_enabled performance_insights_kms_key_id performance_insights_retention_period port " +
		"preferred_backup_window preferred_maintenance_window promotion_tier storage_encrypted writer",
	"aws_route": "instance_id instance_owner_id origin state",
	"aws_route53_record": "" +
		"alias.evaluate_target_health alias.zone_id allow_overwrite failover_routing_policy fqdn " +
		"geoproximity_routing_policy health_check_id latency_routing_policy multivalue_answer_routing_policy " +
		"set_identifier ttl weighted_routing_policy",
	"aws_route53_resolver_endpoint":                        "host_vpc_id ip_address.ip_id ip_address.ipv6 name resolver_endpoint_type",
	"aws_route53_resolver_firewall_config":                 "firewall_fail_open resource_id",
	"aws_route53_resolver_firewall_domain_list":            "domains! name",
	"aws_route53_resolver_firewall_rule":                   "block_override_dns_type block_override_domain block_override_ttl name",
	"aws_route53_resolver_firewall_rule_group":             "name share_status",
	"aws_route53_resolver_firewall_rule_group_association": "firewall_rule_group_id! mutation_protection name priority! status",
	"aws_route53_resolver_rule":                            "name share_status target_ip.ipv6 target_ip.port=53 target_ip.protocol=Do53",
	"aws_route53_resolver_rule_association":                "name",
	"aws_route53_vpc_association_authorization":            "vpc_region",
	"aws_route53_zone": "" +
		"comment delegation_set_id force_destroy name_servers primary_name_server vpc.vpc_region zone_id",
	"aws_route53_zone_association": "owning_account vpc_region",
	"aws_route_table":              "",
	"aws_route_table_association":  "",
	"aws_security_group": "" +
		"egress.cidr_blocks! egress.description egress.from_port! egress.ipv6_cidr_blocks egress.prefix_list_ids! " +
		"egress.security_groups! egress.self! egress.to_port! ingress.cidr_blocks! ingress.description " +
		"ingress.from_port! ingress.ipv6_cidr_blocks ingress.prefix_list_ids! ingress.security_groups! " +
		"ingress.self! ingress.to_port! name name_prefix revoke_rules_on_delete",
	"aws_security_group_rule": "" +
		"cidr_blocks! from_port! ipv6_cidr_blocks prefix_list_ids! protocol! security_group_rule_id self! " +
		"source_security_group_id! to_port!",
	"aws_subnet": "" +
		"assign_ipv6_address_on_creation availability_zone! enable_dns64 enable_lni_at_device_index " +
		"enable_resource_name_dns_a_record_on_launch enable_resource_name_dns_aaaa_record_on_launch " +
		"ipv6_cidr_block ipv6_cidr_block_association_id ipv6_native map_customer_owned_ip_on_launch=false " +
		"private_dns_hostname_type_on_launch",
	"aws_vpc": "" +
		"default_network_acl_id default_route_table_id default_security_group_id dhcp_options_id " +
		"enable_network_address_usage_metrics instance_tenancy ipv4_ipam_pool_id ipv4_netmask_length " +
		"ipv6_association_id ipv6_cidr_block_network_border_group ipv6_netmask_length main_route_table_id",
	"aws_vpc_dhcp_options": "" +
		"domain_name ipv6_address_preferred_lease_time netbios_name_servers netbios_node_type ntp_servers",
	"aws_vpc_dhcp_options_association": "",
	"aws_vpc_endpoint": "" +
		"auto_accept! cidr_blocks dns_entry dns_options.dns_record_ip_type=ipv4,dualstack,service-defined " +
		"dns_options.private_dns_only_for_inbound_resolver_endpoint=false ip_address_type=ipv4,dualstack " +
		"network_interface_ids prefix_list_id requester_managed service_name! state subnet_configuration.ipv6",
	"aws_vpc_endpoint_connection_accepter":        "vpc_endpoint_state",
	"aws_vpc_endpoint_policy":                     "policy",
	"aws_vpc_endpoint_route_table_association":    "",
	"aws_vpc_endpoint_security_group_association": "replace_default_association!",
	"aws_vpc_endpoint_service": "" +
		"availability_zones base_endpoint_dns_names gateway_load_balancer_arns manages_vpc_endpoints " +
		"network_load_balancer_arns! private_dns_name! private_dns_name_configuration service_name service_type " +
		"state supported_ip_address_types supported_regions",
	"aws_vpc_endpoint_service_allowed_principal": "principal_arn!",
	"aws_vpc_endpoint_subnet_association":        "",
	"aws_vpc_ipv4_cidr_block_association":        "ipv4_ipam_pool_id ipv4_netmask_length",
	"aws_vpc_peering_connection": "" +
		"accept_status accepter.allow_remote_vpc_dns_resolution=false auto_accept! peer_owner_id peer_region " +
		"requester.allow_remote_vpc_dns_resolution=false",
	"aws_vpc_peering_connection_accepter": "" +
		"accept_status accepter.allow_remote_vpc_dns_resolution=false auto_accept! peer_owner_id peer_region " +
		"peer_vpc_id requester.allow_remote_vpc_dns_resolution=false vpc_id",
	"aws_vpc_security_group_egress_rule": "" +
		"cidr_ipv4! cidr_ipv6 from_port! prefix_list_id! referenced_security_group_id! security_group_rule_id " +
		"to_port!",
	"aws_vpc_security_group_ingress_rule": "" +
		"cidr_ipv4! cidr_ipv6 from_port! prefix_list_id! referenced_security_group_id! security_group_rule_id " +
		"to_port!",
	"aws_vpn_connection": "" +
		"core_network_arn core_network_attachment_arn customer_gateway_configuration customer_gateway_id " +
		"enable_acceleration local_ipv4_network_cidr local_ipv6_network_cidr outside_ip_address_type " +
		"preshared_key_arn preshared_key_storage remote_ipv4_network_cidr remote_ipv6_network_cidr routes " +
		"static_routes_only transit_gateway_attachment_id tunnel1_address tunnel1_bgp_asn tunnel1_bgp_holdtime " +
		"tunnel1_cgw_inside_address tunnel1_dpd_timeout_action tunnel1_dpd_timeout_seconds " +
		"tunnel1_enable_tunnel_lifecycle_control tunnel1_ike_versions tunnel1_inside_cidr " +
		"tunnel1_inside_ipv6_cidr tunnel1_log_options tunnel1_phase1_dh_group_numbers " +
		"tunnel1_phase1_encryption_algorithms tunnel1_phase1_integrity_algorithms tunnel1_phase1_lifetime_seconds " +
		"tunnel1_phase2_dh_group_numbers tunnel1_phase2_encryption_algorithms tunnel1_phase2_integrity_algorithms " +
		"tunnel1_phase2_lifetime_seconds tunnel1_preshared_key tunnel1_rekey_fuzz_percentage " +
		"tunnel1_rekey_margin_time_seconds tunnel1_replay_window_size tunnel1_startup_action " +
		"tunnel1_vgw_inside_address tunnel2_address tunnel2_bgp_asn tunnel2_bgp_holdtime " +
		"tunnel2_cgw_inside_address tunnel2_dpd_timeout_action tunnel2_dpd_timeout_seconds " +
		"tunnel2_enable_tunnel_lifecycle_control tunnel2_ike_versions tunnel2_inside_cidr " +
		"tunnel2_inside_ipv6_cidr tunnel2_log_options tunnel2_phase1_dh_group_numbers " +
		"tunnel2_phase1_encryption_algorithms tunnel2_phase1_integrity_algorithms tunnel2_phase1_lifetime_seconds " +
		"tunnel2_phase2_dh_group_numbers tunnel2_phase2_encryption_algorithms tunnel2_phase2_integrity_algorithms " +
		"tunnel2_phase2_lifetime_seconds tunnel2_preshared_key tunnel2_rekey_fuzz_percentage " +
		"tunnel2_rekey_margin_time_seconds tunnel2_replay_window_size tunnel2_startup_action " +
		"tunnel2_vgw_inside_address tunnel_inside_ip_version type vgw_telemetry vpn_gateway_id",
	"aws_vpn_gateway":                   "amazon_side_asn availability_zone",
	"aws_vpn_gateway_attachment":        "",
	"aws_vpn_gateway_route_propagation": "vpn_gateway_id",
}
