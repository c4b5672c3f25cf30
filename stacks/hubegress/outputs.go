package hubegress

import "hubspoke/internal/output"

// Outputs are what hub-egress tells people: no stack reads them.
type Outputs struct {
	VPCID               *string    `output:"vpc_id,people" doc:"The egress VPC."`
	PublicRouteTableIDs output.Map `output:"public_route_table_ids,people" doc:"The route tables of the NAT gateways' subnets, by zone id."`
	NATAddresses        output.Map `output:"nat_addresses,people" doc:"The public addresses that every VPC with central NAT comes from, by zone, for those who admit them."`
	FirewallARN         *string    `output:"firewall_arn,people" doc:"The firewall, if there is one."`
}
