package hubdns

import "hubspoke/internal/base"

// Outputs are what hub-dns tells the spokes, and the people who delegate to it.
type Outputs struct {
	PrivateZoneIDs   base.Map   `output:"private_zone_ids" doc:"The private hosted zones, by domain name."`
	EndpointZoneIDs  base.Map   `output:"endpoint_zone_ids" doc:"The private zones of the central endpoints, by service."`
	QueryLogConfigID *string    `output:"query_log_config_id" doc:"The resolver query logging configuration that VPCs associate with."`
	QueryLogShareARN *string    `output:"query_log_share_arn" doc:"The RAM share of the query logging configuration, where spokes must accept it."`
	NameServers      base.Lists `output:"name_servers,people" doc:"The name servers of each public zone, for delegation from the parent domain."`
	RecordRoleARNs   base.Map   `output:"record_role_arns,people" doc:"The roles that spokes' workloads assume to write records, by spoke and workload."`
}
