package network

import (
	"slices"
	"strings"

	"hubspoke/proof/config"
)

// otherServices are the beginnings of types of services that have no part of a network in
// any argument, by the provider's schema, and make none by themselves.
//
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs
var otherServices = []string{
	"aws_account_", "aws_acmpca_", "aws_amplify_", "aws_appautoscaling_", "aws_appconfig_", "aws_appfabric_", "aws_appflow_",
	"aws_appintegrations_", "aws_applicationinsights_", "aws_athena_", "aws_auditmanager_", "aws_autoscalingplans_",
	"aws_bcmdataexports_", "aws_ce_", "aws_chatbot_", "aws_cleanrooms_", "aws_cloudfrontkeyvaluestore_", "aws_codeartifact_",
	"aws_codecommit_", "aws_codeguruprofiler_", "aws_codegurureviewer_", "aws_codepipeline", "aws_codestarnotifications_",
	"aws_cognito_", "aws_computeoptimizer_", "aws_costoptimizationhub_", "aws_cur_", "aws_dataexchange_", "aws_detective_",
	"aws_devopsguru_", "aws_dlm_", "aws_ecrpublic_", "aws_fis_", "aws_glacier_", "aws_identitystore_", "aws_key_pair",
	"aws_keyspaces_", "aws_kinesis_stream", "aws_lakeformation_", "aws_licensemanager_", "aws_location_", "aws_macie2_",
	"aws_notifications_", "aws_notificationscontacts_", "aws_oam_", "aws_organizations_", "aws_paymentcryptography_",
	"aws_placement_group", "aws_qldb_", "aws_rbin_", "aws_resiliencehub_", "aws_resourceexplorer2_", "aws_rolesanywhere_",
	"aws_rum_", "aws_schemas_", "aws_servicequotas_", "aws_ses_", "aws_sesv2_", "aws_sfn_", "aws_signer_", "aws_ssmcontacts_",
	"aws_ssmincidents_", "aws_ssoadmin_", "aws_timestreamquery_", "aws_timestreamwrite_", "aws_verifiedpermissions_", "aws_xray_",
}

// otherProviders are the providers, by what their types begin with, that change nothing in
// AWS: what they make is in the state alone, on the machine that runs Terraform, or with a
// company that is not AWS. Those that work in AWS, such as awscc, are not here; nor are
// kubernetes and helm, since a Service may be a load balancer, and a chart may be anything.
var otherProviders = []string{
	"archive", "assert", "cloudinit", "http", "local", "null", "random", "template", "terraform", "time", "tls", "utils",
	"datadog", "github", "gitlab", "grafana", "opsgenie", "pagerduty", "sentry", "sops",
}

// makers are types that make other resources, adopt them, or run what may, so that they
// are a part of the network without naming any: by a template, a document, a function.
var makers = []string{
	"aws_cloudcontrolapi_resource", "aws_cloudformation_stack", "aws_cloudformation_stack_instances", "aws_cloudformation_stack_set_instance",
	"aws_serverlessapplicationrepository_cloudformation_stack", "aws_servicecatalog_provisioned_product",
	"aws_config_conformance_pack", "aws_config_organization_conformance_pack", "aws_config_remediation_configuration",
	"aws_lambda_invocation", "aws_ssm_association", "aws_ssm_maintenance_window_task", "aws_ssmquicksetup_configuration_manager",
	// A policy of Firewall Manager makes groups, network ACLs and firewalls:
	// https://docs.aws.amazon.com/waf/latest/developerguide/working-with-policies.html
	"aws_fms_policy",
	// The VPC that every account has, with a way to the internet:
	// https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc-components.html
	"aws_default_vpc", "aws_default_subnet",
	"aws_elastic_beanstalk_environment", "aws_lightsail_instance", "aws_lightsail_lb", "aws_lightsail_database",
}

// facts are the beginnings of data sources that are no part of a network: what they tell is
// about an account, a region, a price list.
var facts = []string{
	"aws_ami", "aws_arn", "aws_availability_zone", "aws_billing_service_account", "aws_caller_identity", "aws_canonical_user_id",
	"aws_default_tags", "aws_ec2_instance_type", "aws_eks_addon_version", "aws_eks_cluster_versions", "aws_elb_hosted_zone_id",
	"aws_elb_service_account", "aws_ip_ranges", "aws_lb_hosted_zone_id", "aws_partition", "aws_rds_engine_version",
	"aws_rds_orderable_db_instance", "aws_region", "aws_service", "aws_service_principal",
}

// isFact says whether what a data source tells is no part of a network. Any other may be:
// the ids of subnets, for one.
func isFact(kind string) bool {
	return isBystander(kind) || slices.ContainsFunc(facts, func(prefix string) bool { return strings.HasPrefix(kind, prefix) })
}

// strange says why a resource that the model does not know may change it, empty for one
// that does not.
func (b *builder) strange(r *config.Resource) string {
	if why := calls(r); why != "" && !r.Data {
		return why
	}
	switch {
	// Reading is to change nothing, and calling a function or a program may:
	// https://developer.hashicorp.com/terraform/plugin/framework/data-sources
	// A prefix list is read with what names it.
	case r.Data && r.Type != "aws_lambda_invocation" && r.Type != "external", b.modelled[r.Type], isBystander(r.Type), strings.HasPrefix(r.Type, "aws_ec2_managed_prefix_list"):
		return ""
	case !strings.HasPrefix(r.Type, "aws_"):
		return "what " + r.Type + " makes is not known, and may be in the network: its provider is not one that is known to change nothing in AWS"
	case slices.Contains(makers, r.Type):
		return "what " + r.Type + " makes or runs is not known, and may change the network"
	case b.inNetwork(r):
		return "the model knows no " + r.Type + ", which refers to a network"
	}
	return ""
}

// joinMachines makes a network interface that is attached to a machine the machine's, so that
// what is asked about the machine is asked about all its interfaces; and it notes machines
// with an interface in each of two VPCs, which may carry packets from one to the other:
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/scenarios-enis.html
func (b *builder) joinMachines() {
	b.each("aws_network_interface_attachment", func(r *config.Resource, in block) {
		b.joinMachine(in, b.attached(in, "instance_id"), b.attached(in, "network_interface_id"))
	})
	for _, r := range b.config.All("aws_network_interface") {
		in := blockOf(r, &b.Unknown)
		for _, attachment := range in.blocks("attachment") {
			if attachment.isSet("instance") {
				b.joinMachine(in, b.attached(attachment, "instance"), b.interfacesOf(r))
			}
		}
	}
}

func (b *builder) joinMachine(in block, machines, interfaces []*Interface) {
	for _, m := range machines {
		for _, i := range interfaces {
			i.Kind, i.Name = m.Kind, m.Name
			if m.VPC != i.VPC {
				in.note("%s has a network interface in %s and one in %s: whether it carries packets between them is not known", m.Resource, m.VPC.Resource, i.VPC.Resource)
			}
		}
	}
}
