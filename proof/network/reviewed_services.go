package network

// reviewedServices continues the table reviewed with services that are only placed in a
// network, and with ways into it. Those that the model does not read change nothing here.
var reviewedServices = map[string]string{
	"aws_alb_listener_rule":           "action! condition listener_arn! priority",
	"aws_alb_target_group_attachment": "availability_zone port! target_group_arn! target_id!",
	"aws_api_gateway_integration": "" +
		"cache_key_parameters cache_namespace connection_id! connection_type content_handling credentials http_method integration_http_method " +
		"passthrough_behavior request_parameters request_templates resource_id rest_api_id! timeout_milliseconds tls_config type uri!",
	"aws_api_gateway_rest_api": "" +
		"api_key_source binary_media_types body! created_date disable_execute_api_endpoint! endpoint_configuration! execution_arn fail_on_warnings " +
		"minimum_compression_size name parameters policy! put_rest_api_mode root_resource_id",
	"aws_api_gateway_rest_api_policy": "policy! rest_api_id!",
	"aws_api_gateway_vpc_link":        "name",
	"aws_apigatewayv2_integration": "" +
		"api_id! connection_id! connection_type content_handling_strategy credentials_arn integration_method " +
		"integration_response_selection_expression integration_subtype integration_type integration_uri! " +
		"passthrough_behavior payload_format_version request_parameters request_templates response_parameters " +
		"template_selection_expression timeout_milliseconds tls_config!",
	"aws_apigatewayv2_route": "" +
		"api_id! api_key_required authorization_scopes authorization_type! authorizer_id model_selection_expression " +
		"operation_name request_models request_parameter route_key route_response_selection_expression target!",
	"aws_apigatewayv2_vpc_link": "name",
	"aws_autoscaling_group": "" +
		"availability_zone_distribution availability_zones capacity_rebalance capacity_reservation_specification " +
		"context default_cooldown default_instance_warmup desired_capacity desired_capacity_type enabled_metrics " +
		"force_delete force_delete_warm_pool health_check_grace_period health_check_type " +
		"ignore_failed_scaling_activities initial_lifecycle_hook instance_maintenance_policy instance_refresh " +
		"launch_template.name! launch_template.version! max_instance_lifetime max_size metrics_granularity " +
		"min_elb_capacity min_size mixed_instances_policy.instances_distribution " +
		"mixed_instances_policy.launch_template.launch_template_specification.version " +
		"mixed_instances_policy.launch_template.override.instance_requirements " +
		"mixed_instances_policy.launch_template.override.instance_type " +
		"mixed_instances_policy.launch_template.override.launch_template_specification.version " +
		"mixed_instances_policy.launch_template.override.weighted_capacity name name_prefix placement_group " +
		"predicted_capacity protect_from_scale_in service_linked_role_arn suspended_processes tag " +
		"termination_policies wait_for_capacity_timeout wait_for_elb_capacity warm_pool warm_pool_size",
	"aws_codebuild_project": "" +
		"artifacts badge_enabled badge_url build_batch_config build_timeout cache concurrent_build_limit " +
		"encryption_key environment file_system_locations logs_config name project_visibility " +
		"public_project_alias queued_timeout resource_access_role secondary_artifacts secondary_source_version " +
		"secondary_sources service_role source source_version vpc_config.vpc_id",
	"aws_dax_cluster": "" +
		"availability_zones cluster_address cluster_endpoint_encryption_type cluster_name configuration_endpoint " +
		"iam_role_arn maintenance_window node_type nodes notification_topic_arn parameter_group_name port " +
		"replication_factor server_side_encryption",
	"aws_dax_subnet_group": "name vpc_id",
	"aws_directory_service_directory": "" +
		"access_url alias desired_number_of_domain_controllers dns_ip_addresses edition enable_sso name password " +
		"security_group_id short_name size type",
	"aws_docdb_cluster": "" +
		"allow_major_version_upgrade apply_immediately availability_zones backup_retention_period " +
		"cluster_identifier cluster_identifier_prefix cluster_members cluster_resource_id " +
		"db_cluster_parameter_group_name deletion_protection enabled_cloudwatch_logs_exports endpoint engine " +
		"engine_version final_snapshot_identifier global_cluster_identifier hosted_zone_id kms_key_id " +
		"manage_master_user_password master_password master_password_wo master_password_wo_version " +
		"master_user_secret master_username port preferred_backup_window preferred_maintenance_window " +
		"reader_endpoint restore_to_point_in_time skip_final_snapshot snapshot_identifier storage_encrypted " +
		"storage_type",
	"aws_docdb_subnet_group": "name name_prefix",
	"aws_dx_gateway_association": "" +
		"allowed_prefixes associated_gateway_owner_account_id associated_gateway_type dx_gateway_association_id " +
		"dx_gateway_owner_account_id proposal_id",
	"aws_ec2_fleet": "" +
		"context excess_capacity_termination_policy fleet_instance_set fleet_state fulfilled_capacity " +
		"fulfilled_on_demand_capacity launch_template_config.launch_template_specification.version " +
		"launch_template_config.override.availability_zone launch_template_config.override.instance_requirements " +
		"launch_template_config.override.instance_type launch_template_config.override.max_price " +
		"launch_template_config.override.priority launch_template_config.override.weighted_capacity " +
		"on_demand_options replace_unhealthy_instances spot_options target_capacity_specification " +
		"terminate_instances terminate_instances_with_expiration type valid_from valid_until",
	"aws_ec2_instance_connect_endpoint": "availability_zone dns_name fips_dns_name network_interface_ids vpc_id",
	"aws_ec2_transit_gateway_connect": "" +
		"protocol transit_gateway_default_route_table_association transit_gateway_default_route_table_propagation",
	"aws_ec2_transit_gateway_peering_attachment": "options peer_account_id peer_region state",
	"aws_ec2_transit_gateway_peering_attachment_accepter": "" +
		"peer_account_id peer_region peer_transit_gateway_id transit_gateway_id",
	"aws_ecs_service": "" +
		"alarms availability_zone_rebalancing capacity_provider_strategy cluster deployment_circuit_breaker " +
		"deployment_controller deployment_maximum_percent deployment_minimum_healthy_percent desired_count " +
		"enable_ecs_managed_tags enable_execute_command force_delete force_new_deployment " +
		"health_check_grace_period_seconds iam_role launch_type load_balancer name ordered_placement_strategy " +
		"placement_constraints platform_version propagate_tags scheduling_strategy service_registries " +
		"task_definition triggers volume_configuration wait_for_steady_state",
	"aws_ecs_task_set": "" +
		"capacity_provider_strategy cluster external_id force_delete launch_type load_balancer platform_version " +
		"scale service service_registries stability_status status task_definition task_set_id wait_until_stable " +
		"wait_until_stable_timeout",
	"aws_elasticache_cluster": "" +
		"apply_immediately auto_minor_version_upgrade availability_zone az_mode cache_nodes cluster_address " +
		"cluster_id configuration_endpoint engine engine_version engine_version_actual final_snapshot_identifier " +
		"ip_discovery log_delivery_configuration maintenance_window network_type node_type notification_topic_arn " +
		"num_cache_nodes parameter_group_name port preferred_availability_zones snapshot_arns snapshot_name " +
		"snapshot_retention_limit snapshot_window transit_encryption_enabled",
	"aws_elasticache_replication_group": "" +
		"apply_immediately at_rest_encryption_enabled auth_token auth_token_update_strategy " +
		"auto_minor_version_upgrade automatic_failover_enabled cluster_enabled cluster_mode " +
		"configuration_endpoint_address data_tiering_enabled engine engine_version engine_version_actual " +
		"final_snapshot_identifier global_replication_group_id ip_discovery kms_key_id log_delivery_configuration " +
		"maintenance_window member_clusters multi_az_enabled network_type node_type notification_topic_arn " +
		"num_cache_clusters num_node_groups parameter_group_name port preferred_cache_cluster_azs " +
		"primary_endpoint_address reader_endpoint_address replicas_per_node_group replication_group_id " +
		"snapshot_arns snapshot_name snapshot_retention_limit snapshot_window transit_encryption_enabled " +
		"transit_encryption_mode user_group_ids",
	"aws_elasticache_serverless_cache": "" +
		"cache_usage_limits create_time daily_snapshot_time endpoint engine full_engine_version kms_key_id " +
		"major_engine_version name reader_endpoint snapshot_arns_to_restore snapshot_retention_limit status " +
		"user_group_id",
	"aws_elasticache_subnet_group": "name vpc_id",
	"aws_elasticsearch_domain": "" +
		"access_policies advanced_options advanced_security_options auto_tune_options cluster_config " +
		"cognito_options domain_endpoint_options domain_id domain_name ebs_options elasticsearch_version " +
		"encrypt_at_rest endpoint kibana_endpoint log_publishing_options node_to_node_encryption snapshot_options " +
		"vpc_options.availability_zones vpc_options.vpc_id",
	"aws_elb": "" +
		"access_logs availability_zones connection_draining connection_draining_timeout cross_zone_load_balancing " +
		"desync_mitigation_mode dns_name health_check idle_timeout instances listener name name_prefix " +
		"source_security_group source_security_group_id zone_id",
	"aws_fsx_lustre_file_system": "" +
		"auto_import_policy automatic_backup_retention_days backup_id copy_tags_to_backups " +
		"daily_automatic_backup_start_time data_compression_type data_read_cache_configuration deployment_type " +
		"dns_name drive_cache_type efa_enabled export_path file_system_type_version final_backup_tags import_path " +
		"imported_file_chunk_size kms_key_id log_configuration metadata_configuration mount_name " +
		"network_interface_ids per_unit_storage_throughput root_squash_configuration skip_final_backup " +
		"storage_capacity storage_type throughput_capacity vpc_id weekly_maintenance_start_time",
	"aws_fsx_ontap_file_system": "" +
		"automatic_backup_retention_days daily_automatic_backup_start_time deployment_type " +
		"disk_iops_configuration dns_name endpoints fsx_admin_password ha_pairs kms_key_id network_interface_ids " +
		"preferred_subnet_id storage_capacity storage_type throughput_capacity throughput_capacity_per_ha_pair " +
		"vpc_id weekly_maintenance_start_time",
	"aws_fsx_openzfs_file_system": "" +
		"automatic_backup_retention_days backup_id copy_tags_to_backups copy_tags_to_volumes " +
		"daily_automatic_backup_start_time delete_options deployment_type disk_iops_configuration dns_name " +
		"endpoint_ip_address final_backup_tags kms_key_id network_interface_ids preferred_subnet_id " +
		"root_volume_configuration root_volume_id skip_final_backup storage_capacity storage_type " +
		"throughput_capacity vpc_id weekly_maintenance_start_time",
	"aws_fsx_windows_file_system": "" +
		"active_directory_id aliases audit_log_configuration automatic_backup_retention_days backup_id " +
		"copy_tags_to_backups daily_automatic_backup_start_time deployment_type disk_iops_configuration dns_name " +
		"final_backup_tags kms_key_id network_interface_ids preferred_file_server_ip preferred_subnet_id " +
		"remote_administration_endpoint self_managed_active_directory skip_final_backup storage_capacity " +
		"storage_type throughput_capacity vpc_id weekly_maintenance_start_time",
	"aws_launch_configuration": "" +
		"ebs_block_device ebs_optimized enable_monitoring ephemeral_block_device iam_instance_profile image_id " +
		"instance_type key_name metadata_options name name_prefix placement_tenancy root_block_device spot_price " +
		"user_data user_data_base64",
	"aws_memorydb_cluster": "" +
		"acl_name auto_minor_version_upgrade cluster_endpoint data_tiering engine engine_patch_version " +
		"engine_version final_snapshot_name kms_key_arn maintenance_window multi_region_cluster_name name " +
		"name_prefix node_type num_replicas_per_shard num_shards parameter_group_name port shards snapshot_arns " +
		"snapshot_name snapshot_retention_limit snapshot_window sns_topic_arn tls_enabled",
	"aws_memorydb_subnet_group": "name name_prefix vpc_id",
	"aws_mq_broker": "" +
		"apply_immediately authentication_strategy auto_minor_version_upgrade broker_name configuration " +
		"data_replication_mode data_replication_primary_broker_arn deployment_mode encryption_options engine_type " +
		"engine_version host_instance_type instances ldap_server_metadata logs maintenance_window_start_time " +
		"pending_data_replication_mode storage_type user",
	"aws_msk_cluster": "" +
		"bootstrap_brokers bootstrap_brokers_public_sasl_iam bootstrap_brokers_public_sasl_scram " +
		"bootstrap_brokers_public_tls bootstrap_brokers_sasl_iam bootstrap_brokers_sasl_scram " +
		"bootstrap_brokers_tls bootstrap_brokers_vpc_connectivity_sasl_iam " +
		"bootstrap_brokers_vpc_connectivity_sasl_scram bootstrap_brokers_vpc_connectivity_tls " +
		"broker_node_group_info.az_distribution broker_node_group_info.instance_type " +
		"broker_node_group_info.storage_info client_authentication cluster_name cluster_uuid configuration_info " +
		"current_version encryption_info enhanced_monitoring kafka_version logging_info number_of_broker_nodes " +
		"open_monitoring storage_mode zookeeper_connect_string zookeeper_connect_string_tls",
	"aws_msk_serverless_cluster": "bootstrap_brokers_sasl_iam client_authentication cluster_name cluster_uuid",
	"aws_neptune_cluster": "" +
		"allow_major_version_upgrade apply_immediately availability_zones backup_retention_period " +
		"cluster_identifier cluster_identifier_prefix cluster_members cluster_resource_id copy_tags_to_snapshot " +
		"deletion_protection enable_cloudwatch_logs_exports endpoint engine engine_version " +
		"final_snapshot_identifier global_cluster_identifier hosted_zone_id iam_database_authentication_enabled " +
		"iam_roles kms_key_arn neptune_cluster_parameter_group_name neptune_instance_parameter_group_name port " +
		"preferred_backup_window preferred_maintenance_window reader_endpoint replication_source_identifier " +
		"serverless_v2_scaling_configuration skip_final_snapshot snapshot_identifier storage_encrypted " +
		"storage_type",
	"aws_neptune_cluster_instance": "" +
		"address apply_immediately auto_minor_version_upgrade availability_zone cluster_identifier! " +
		"dbi_resource_id endpoint engine engine_version identifier identifier_prefix instance_class kms_key_arn " +
		"neptune_parameter_group_name neptune_subnet_group_name port preferred_backup_window " +
		"preferred_maintenance_window promotion_tier skip_final_snapshot storage_encrypted storage_type writer",
	"aws_neptune_subnet_group": "name name_prefix",
	"aws_networkmanager_vpc_attachment": "" +
		"attachment_policy_rule_number attachment_type core_network_arn edge_location options owner_account_id " +
		"resource_arn segment_name state",
	"aws_opensearch_domain": "" +
		"access_policies advanced_options advanced_security_options auto_tune_options cluster_config " +
		"cognito_options dashboard_endpoint dashboard_endpoint_v2 domain_endpoint_options " +
		"domain_endpoint_v2_hosted_zone_id domain_id domain_name ebs_options encrypt_at_rest endpoint endpoint_v2 " +
		"engine_version ip_address_type kibana_endpoint log_publishing_options node_to_node_encryption " +
		"off_peak_window_options snapshot_options software_update_options vpc_options.availability_zones " +
		"vpc_options.vpc_id",
	"aws_redshift_cluster": "" +
		"allow_version_upgrade apply_immediately aqua_configuration_status automated_snapshot_retention_period " +
		"availability_zone availability_zone_relocation_enabled cluster_identifier cluster_namespace_arn " +
		"cluster_nodes cluster_parameter_group_name cluster_public_key cluster_revision_number cluster_type " +
		"cluster_version database_name default_iam_role_arn dns_name elastic_ip encrypted endpoint " +
		"enhanced_vpc_routing final_snapshot_identifier iam_roles kms_key_id logging maintenance_track_name " +
		"manage_master_password manual_snapshot_retention_period master_password master_password_secret_arn " +
		"master_password_secret_kms_key_id master_password_wo master_password_wo_version master_username multi_az " +
		"node_type number_of_nodes owner_account port preferred_maintenance_window skip_final_snapshot " +
		"snapshot_arn snapshot_cluster_identifier snapshot_copy snapshot_identifier",
	"aws_redshift_subnet_group": "name",
	"aws_redshiftserverless_workgroup": "" +
		"base_capacity config_parameter endpoint enhanced_vpc_routing max_capacity namespace_name port " +
		"price_performance_target track_name workgroup_id workgroup_name",
	"aws_spot_fleet_request": "" +
		"allocation_strategy client_token context excess_capacity_termination_policy fleet_type iam_fleet_role " +
		"instance_interruption_behaviour instance_pools_to_use_count launch_specification.ami " +
		"launch_specification.availability_zone launch_specification.ebs_block_device " +
		"launch_specification.ebs_optimized launch_specification.ephemeral_block_device " +
		"launch_specification.iam_instance_profile launch_specification.iam_instance_profile_arn " +
		"launch_specification.instance_type launch_specification.key_name launch_specification.monitoring " +
		"launch_specification.placement_group launch_specification.placement_tenancy " +
		"launch_specification.root_block_device launch_specification.spot_price launch_specification.tags " +
		"launch_specification.user_data launch_specification.weighted_capacity " +
		"launch_template_config.launch_template_specification.version " +
		"launch_template_config.overrides.availability_zone " +
		"launch_template_config.overrides.instance_requirements launch_template_config.overrides.instance_type " +
		"launch_template_config.overrides.priority launch_template_config.overrides.spot_price " +
		"launch_template_config.overrides.weighted_capacity load_balancers on_demand_allocation_strategy " +
		"on_demand_max_total_price on_demand_target_capacity replace_unhealthy_instances " +
		"spot_maintenance_strategies spot_price spot_request_state target_capacity target_capacity_unit_type " +
		"target_group_arns terminate_instances_on_delete terminate_instances_with_expiration valid_from " +
		"valid_until wait_for_fulfillment",
	"aws_spot_instance_request": "" +
		"ami availability_zone block_duration_minutes capacity_reservation_specification cpu_core_count " +
		"cpu_options cpu_threads_per_core credit_specification disable_api_stop disable_api_termination " +
		"ebs_block_device ebs_optimized enable_primary_ipv6 enclave_options ephemeral_block_device " +
		"get_password_data hibernation host_id host_resource_group_arn iam_instance_profile " +
		"instance_initiated_shutdown_behavior instance_interruption_behavior instance_state instance_type " +
		"ipv6_address_count ipv6_addresses key_name launch_group launch_template.name! launch_template.version! " +
		"maintenance_options metadata_options monitoring outpost_arn password_data placement_group " +
		"placement_partition_number primary_network_interface_id private_dns private_dns_name_options public_dns " +
		"public_ip root_block_device source_dest_check=true spot_bid_status spot_instance_id spot_price " +
		"spot_request_state spot_type tenancy user_data user_data_base64 user_data_replace_on_change valid_from " +
		"valid_until volume_tags wait_for_fulfillment",
	"aws_verifiedaccess_endpoint": "" +
		"application_domain attachment_type cidr_options device_validation_domain domain_certificate_arn " +
		"endpoint_domain endpoint_domain_prefix endpoint_type policy_document rds_options security_group_ids " +
		"sse_specification verified_access_group_id verified_access_instance_id",
	"aws_vpc_route_server": "" +
		"amazon_side_asn persist_routes persist_routes_duration route_server_id sns_notifications_enabled " +
		"sns_topic_arn",
	"aws_vpc_route_server_vpc_association":           "route_server_id",
	"aws_vpclattice_resource_gateway":                "ip_address_type name security_group_ids status subnet_ids",
	"aws_vpclattice_service_network_vpc_association": "created_by security_group_ids service_network_identifier status",
	"aws_vpclattice_target_group": "" +
		"config.health_check config.ip_address_type config.lambda_event_structure_version config.port " +
		"config.protocol config.protocol_version name status type",
	"aws_workspaces_directory": "" +
		"active_directory_config alias certificate_based_auth_properties customer_user_name directory_name " +
		"directory_type dns_ip_addresses iam_role_id ip_group_ids registration_code saml_properties " +
		"self_service_permissions user_identity_type workspace_access_properties workspace_creation_properties " +
		"workspace_directory_description workspace_directory_name workspace_security_group_id workspace_type",
	"aws_lb_listener_rule":           "action! condition listener_arn! priority",
	"aws_lb_target_group_attachment": "availability_zone port! target_group_arn! target_id!",
}
