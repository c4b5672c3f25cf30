package hubnetwork

import "hubspoke/internal/base"

// Outputs are what hub-network tells the hub's zones and every spoke.
type Outputs struct {
	VPCID             *string  `output:"vpc_id" doc:"The hub VPC."`
	TransitGatewayID  *string  `output:"transit_gateway_id" doc:"The transit gateway."`
	RouteTableIDs     base.Map `output:"route_table_ids" doc:"The transit gateway's route tables, by segment."`
	ShareARN          *string  `output:"share_arn" doc:"The RAM share of the gateway and the forwarding rules, where spokes must accept it."`
	EndpointDNSNames  base.Map `output:"endpoint_dns_names" doc:"The regional DNS names of the interface endpoints, by service."`
	EndpointZoneIDs   base.Map `output:"endpoint_dns_zone_ids" doc:"The hosted zones of those names, which an alias record needs, by service."`
	InboundAddresses  base.Map `output:"inbound_addresses,people" doc:"The addresses of the inbound resolver endpoint, by zone, for on-premises resolvers to forward to."`
	ForwardingRuleIDs base.Map `output:"forwarding_rule_ids" doc:"The resolver rules that forward on-premises domains, by domain."`
}
