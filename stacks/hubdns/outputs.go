package hubdns

import (
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/stacks"
)

// Outputs are what hub-dns tells the spokes, and the people who delegate to it.
type Outputs struct {
	PublicZoneIDs      output.Map   `output:"public_zone_ids" doc:"The public hosted zones in which spokes' certificates are validated, by domain name."`
	PrivateZoneIDs     output.Map   `output:"private_zone_ids" doc:"The private hosted zones, by domain name."`
	EndpointZoneIDs    output.Map   `output:"endpoint_zone_ids" doc:"The private zones of the central endpoints, by service."`
	QueryLogConfigID   *string      `output:"query_log_config_id" doc:"The resolver query logging configuration that VPCs associate with."`
	QueryLogConfigARN  *string      `output:"query_log_config_arn" doc:"The same configuration, for the shares with spokes that must accept them."`
	FirewallGroupID    *string      `output:"firewall_group_id" doc:"The rule group of DNS Firewall for all VPCs."`
	FirewallGroupARN   *string      `output:"firewall_group_arn" doc:"The same rule group, for the shares with spokes that must accept them."`
	AllowOnlyGroupIDs  output.Map   `output:"allow_only_group_ids" doc:"The rule groups of spokes that resolve some names alone, by spoke."`
	AllowOnlyGroupARNs output.Map   `output:"allow_only_group_arns" doc:"The same rule groups, by spoke, for the shares with spokes that must accept them."`
	NameServers        output.Lists `output:"name_servers,people" doc:"The name servers of each public zone, for delegation from the parent domain."`
	RecordRoleARNs     output.Map   `output:"record_role_arns,people" doc:"The roles that spokes' workloads assume to write records, by spoke and workload."`
}

// Read returns the outputs of hub-dns, as the stack reads them.
func Read(s *base.Stack) Outputs { return output.Read[Outputs](s.Remote(stacks.HubDNS.Name())) }
