package estatevpc

import (
	"hubspoke/internal/output"
	"hubspoke/internal/subnet"
)

// SubnetOutputs are part of the outputs of every stack that makes a VPC, or takes one
// that is there already: by them somebody's own Terraform stands on it. A tier without
// subnets has neither of its two.
//
// Subnets of one tier share a route table where zones are not routed differently: then
// it is under each zone. Which subnets have a route table that was there before the
// estate, nobody says: it is under its own id.
type SubnetOutputs struct {
	PublicSubnetIDs     output.Map `output:"public_subnet_ids,people" doc:"The public subnets, by zone id."`
	PrivateSubnetIDs    output.Map `output:"private_subnet_ids,people" doc:"The private subnets, by zone id."`
	DatabaseSubnetIDs   output.Map `output:"database_subnet_ids,people" doc:"The database subnets, by zone id."`
	AttachmentSubnetIDs output.Map `output:"attachment_subnet_ids,people" doc:"The subnets of the transit gateway's interfaces, by zone id."`

	PublicRouteTableIDs     output.Map `output:"public_route_table_ids,people" doc:"The route tables of the public subnets, by zone id. Zones may share one."`
	PrivateRouteTableIDs    output.Map `output:"private_route_table_ids,people" doc:"The route tables of the private subnets, by zone id, or, if they were there already, by their own id. Zones may share one."`
	DatabaseRouteTableIDs   output.Map `output:"database_route_table_ids,people" doc:"The route tables of the database subnets, by zone id. Zones may share one."`
	AttachmentRouteTableIDs output.Map `output:"attachment_route_table_ids,people" doc:"The route tables of the subnets of the transit gateway's interfaces, by zone id. Zones may share one."`
}

// Outputs returns the outputs about the VPC's subnets.
func (v *VPC) Outputs() SubnetOutputs {
	return SubnetOutputs{
		PublicSubnetIDs:     v.subnetIDs(subnet.Public),
		PrivateSubnetIDs:    v.subnetIDs(subnet.Private),
		DatabaseSubnetIDs:   v.subnetIDs(subnet.Database),
		AttachmentSubnetIDs: v.subnetIDs(subnet.Attachment),

		PublicRouteTableIDs:     v.tableIDs(subnet.Public),
		PrivateRouteTableIDs:    v.tableIDs(subnet.Private),
		DatabaseRouteTableIDs:   v.tableIDs(subnet.Database),
		AttachmentRouteTableIDs: v.tableIDs(subnet.Attachment),
	}
}

func (v *VPC) subnetIDs(tier subnet.Tier) output.Map {
	ids := map[string]*string{}
	for _, s := range v.Subnets(tier) {
		ids[s.Zone] = s.ID
	}
	return output.MapOf(ids)
}

func (v *VPC) tableIDs(tier subnet.Tier) output.Map {
	ids := map[string]*string{}
	for _, s := range v.Subnets(tier) {
		if s.Table != nil {
			ids[s.Zone] = s.Table.ID
		}
	}
	if tier == subnet.Private {
		for i, table := range v.ExistingTables() {
			ids[v.Config.ExistingPrivateTables[i]] = table
		}
	}
	return output.MapOf(ids)
}
