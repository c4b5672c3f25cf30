package spokenetwork

import (
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/stacks"
	"hubspoke/stacks/estatevpc"
)

// Outputs are what a spoke's network tells the stack that links it to the hub, those
// that make its cluster and its database, and somebody's own Terraform.
type Outputs struct {
	estatevpc.SubnetOutputs

	VPCID        *string `output:"vpc_id,people" doc:"The spoke's VPC."`
	AttachmentID *string `output:"attachment_id" doc:"The VPC's attachment to the transit gateway."`
	ProbeGroupID *string `output:"probe_group_id" doc:"The probe's group, if the spoke has private endpoints, which admit it."`
	DNSGroupID   *string `output:"dns_group_id" doc:"The group that admits DNS from the hub, if the spoke has a cluster."`

	ClusterGroupID     *string `output:"cluster_group_id" doc:"The control plane's group, if the network makes it."`
	NodesGroupID       *string `output:"nodes_group_id" doc:"The nodes' group, if the network makes it."`
	InternalALBGroupID *string `output:"internal_alb_group_id,people" doc:"The group of internal load balancers, which Ingresses name."`
	FrontendALBGroupID *string `output:"frontend_alb_group_id,people" doc:"The group of the frontend's load balancers, which Ingresses name."`
	BastionID          *string `output:"bastion_id,people" doc:"The bastion, for aws ssm start-session --target."`
}

// Read returns the outputs of a spoke's network, as the stack reads them.
func Read(s *base.Stack, spoke string) Outputs {
	return output.Read[Outputs](s.Remote(stacks.SpokeNetwork.Of(spoke)))
}
