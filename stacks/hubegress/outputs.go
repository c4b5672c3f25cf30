package hubegress

import (
	"hubspoke/internal/output"
	"hubspoke/stacks/estatevpc"
)

// Outputs are what hub-egress tells people: no stack reads them.
type Outputs struct {
	estatevpc.SubnetOutputs

	VPCID        *string    `output:"vpc_id,people" doc:"The egress VPC."`
	NATAddresses output.Map `output:"nat_addresses,people" doc:"The public addresses that every VPC with central NAT comes from, by zone, for those who admit them."`
}
