package network

import (
	"slices"
	"strings"

	"hubspoke/proof/config"
)

// placement says where a type of resources has its network interfaces: one in each of the
// subnets, all with the same security groups.
type placement struct {
	kind InterfaceKind
	// within is the block that names them, with dots between blocks; empty for the
	// resource itself. A resource without the block is in no VPC.
	within string
	// subnets is the argument with subnets or, where by is set, with the name of a group of
	// subnets, of the type by.
	subnets, by string
	groups      string
	// public is the argument that gives it public addresses, and always what holds where it
	// is not set.
	public string
	always bool
}

// placements are the types that are nothing to the network but interfaces in subnets.
// Brokers, caches, file systems and jobs count as plain interfaces: `database` in an intent
// is what is asked in a language of queries.
//
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs
var placements = map[string]placement{
	"aws_codebuild_project":             {kind: OtherInterface, within: "vpc_config", subnets: "subnets", groups: "security_group_ids"},
	"aws_dax_cluster":                   {kind: OtherInterface, subnets: "subnet_group_name", by: "aws_dax_subnet_group", groups: "security_group_ids"},
	"aws_docdb_cluster":                 {kind: DatabaseInstance, subnets: "db_subnet_group_name", by: "aws_docdb_subnet_group", groups: "vpc_security_group_ids"},
	"aws_ecs_service":                   {kind: OtherInterface, within: "network_configuration", subnets: "subnets", groups: "security_groups", public: "assign_public_ip"},
	"aws_ecs_task_set":                  {kind: OtherInterface, within: "network_configuration", subnets: "subnets", groups: "security_groups", public: "assign_public_ip"},
	"aws_elasticache_replication_group": {kind: OtherInterface, subnets: "subnet_group_name", by: "aws_elasticache_subnet_group", groups: "security_group_ids"},
	"aws_elasticache_serverless_cache":  {kind: OtherInterface, subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_elasticsearch_domain":          {kind: DatabaseInstance, within: "vpc_options", subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_fsx_lustre_file_system":        {kind: OtherInterface, subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_fsx_ontap_file_system":         {kind: OtherInterface, subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_fsx_openzfs_file_system":       {kind: OtherInterface, subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_fsx_windows_file_system":       {kind: OtherInterface, subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_memorydb_cluster":              {kind: OtherInterface, subnets: "subnet_group_name", by: "aws_memorydb_subnet_group", groups: "security_group_ids"},
	"aws_mq_broker":                     {kind: OtherInterface, subnets: "subnet_ids", groups: "security_groups", public: "publicly_accessible"},
	"aws_msk_cluster":                   {kind: OtherInterface, within: "broker_node_group_info", subnets: "client_subnets", groups: "security_groups"},
	"aws_msk_serverless_cluster":        {kind: OtherInterface, within: "vpc_config", subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_neptune_cluster":               {kind: DatabaseInstance, subnets: "neptune_subnet_group_name", by: "aws_neptune_subnet_group", groups: "vpc_security_group_ids"},
	"aws_opensearch_domain":             {kind: DatabaseInstance, within: "vpc_options", subnets: "subnet_ids", groups: "security_group_ids"},
	"aws_redshift_cluster":              {kind: DatabaseInstance, subnets: "cluster_subnet_group_name", by: "aws_redshift_subnet_group", groups: "vpc_security_group_ids", public: "publicly_accessible", always: true},
	"aws_redshiftserverless_workgroup":  {kind: DatabaseInstance, subnets: "subnet_ids", groups: "security_group_ids", public: "publicly_accessible"},
}

// makePlaced adds the interfaces of what is only placed into subnets.
func (b *builder) makePlaced() {
	for kind, p := range placements {
		b.modelled[kind] = true
		for _, r := range b.config.All(kind) {
			b.place(r, p)
		}
	}
	b.each("aws_elasticache_cluster", func(r *config.Resource, in block) {
		// A member of a replication group is where the group is.
		if !in.isSet("replication_group_id") {
			b.place(r, placement{kind: OtherInterface, subnets: "subnet_group_name", by: "aws_elasticache_subnet_group", groups: "security_group_ids"})
		}
	})
	b.each("aws_neptune_cluster_instance", func(r *config.Resource, in block) {
		if in.bool("publicly_accessible", false) {
			for _, i := range b.attached(in, "cluster_identifier", "id", "cluster_identifier") {
				i.Public = true
			}
		}
	})
	b.makeExposedBrokers()
}

// place adds the interfaces of one resource.
func (b *builder) place(r *config.Resource, p placement) {
	all := []block{blockOf(r, &b.Unknown)}
	for _, name := range strings.FieldsFunc(p.within, func(c rune) bool { return c == '.' }) {
		var inner []block
		for _, in := range all {
			inner = append(inner, in.blocks(name)...)
		}
		all = inner
	}
	for _, in := range all {
		subnets := b.placedSubnets(in, p)
		for _, i := range b.addInterfaces(in, p.kind, r.Name, subnets, b.groupsOf(in, p.groups)) {
			i.Public = p.public != "" && in.bool(p.public, p.always)
		}
	}
}

func (b *builder) placedSubnets(in block, p placement) []*Subnet {
	if p.by == "" {
		return b.subnetsOf(in, p.subnets)
	}
	value := in.get(p.subnets)
	ref, _ := value.(config.Ref)
	name, named := value.(string)
	for _, g := range b.config.All(p.by) {
		if ref.Resource == g || named && g.Argument("name") == name && g.Account == in.resource.Account {
			return b.subnetsOf(blockOf(g, in.unknown), "subnet_ids")
		}
	}
	return nil
}

// makeExposedBrokers gives brokers of Kafka the public addresses that they ask for, and
// notes those that other VPCs reach by PrivateLink.
// https://docs.aws.amazon.com/msk/latest/developerguide/public-access.html
func (b *builder) makeExposedBrokers() {
	for _, r := range b.config.All("aws_msk_cluster") {
		for _, info := range blockOf(r, &b.Unknown).blocks("broker_node_group_info") {
			connectivity := info.first("connectivity_info")
			access := connectivity.first("public_access").text("type")
			for _, i := range b.interfacesOf(r) {
				i.Public = access != "" && access != "DISABLED"
				if connectivity.isSet("vpc_connectivity") {
					b.wayInto(i.VPC, r, "which other VPCs reach it by PrivateLink is not known")
				}
			}
		}
	}
}

// wayInto notes a way into a VPC or out of it that is not modelled: what is asked about
// that VPC is unproven, and nothing else is.
func (b *builder) wayInto(v *VPC, r *config.Resource, why string) {
	u := Unknown{r, why}
	if !slices.Contains(v.Unknown, u) {
		v.Unknown = append(v.Unknown, u)
	}
}
