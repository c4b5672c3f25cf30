package hubnetwork

import (
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/stacks"
	"hubspoke/stacks/estatevpc"
)

// Outputs are what hub-network tells the hub's zones, every spoke, and those who
// connect what is not the estate's.
type Outputs struct {
	estatevpc.SubnetOutputs

	VPCID              *string    `output:"vpc_id,people" doc:"The hub VPC."`
	TransitGatewayID   *string    `output:"transit_gateway_id,people" doc:"The transit gateway."`
	RouteTableIDs      output.Map `output:"route_table_ids,people" doc:"The transit gateway's route tables, by segment."`
	TransitGatewayARN  *string    `output:"transit_gateway_arn" doc:"The transit gateway, for the shares with spokes that must accept them."`
	PrivateAPIsID      *string    `output:"private_apis_endpoint_id,people" doc:"The endpoint by which private APIs of API Gateway are called, for their policies."`
	EndpointDNSNames   output.Map `output:"endpoint_dns_names" doc:"The regional DNS names of the interface endpoints, by service."`
	EndpointZoneIDs    output.Map `output:"endpoint_dns_zone_ids" doc:"The hosted zones of those names, which an alias record needs, by service."`
	InboundAddresses   output.Map `output:"inbound_addresses,people" doc:"The addresses of the inbound resolver endpoint, by zone, for on-premises resolvers to forward to."`
	ForwardingRuleIDs  output.Map `output:"forwarding_rule_ids" doc:"The resolver rules that forward on-premises domains, by domain."`
	ForwardingRuleARNs output.Map `output:"forwarding_rule_arns" doc:"The same rules, by domain, for the shares with spokes that must accept them."`
}

// Read returns the outputs of hub-network, as the stack reads them.
func Read(s *base.Stack) Outputs { return output.Read[Outputs](s.Remote(stacks.HubNetwork.Name())) }
