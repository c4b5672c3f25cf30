package vpc

import (
	"fmt"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawsroutetable"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawssubnet"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dataawsvpc"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/tf"
)

// What is there already is asked about while planning, and everything else waits for
// the answers: a plan with the wrong ids ends here, before anything is made.
//
// A `check` block would only warn:
// https://developer.hashicorp.com/terraform/language/expressions/custom-conditions

// lookUp finds a VPC, which must have the range that the estate knows, and the DNS
// that private names of endpoints take:
// https://docs.aws.amazon.com/vpc/latest/privatelink/manage-dns-names.html
func (v *VPC) lookUp(id string) {
	c := v.Config
	v.ID = tf.Named(id, dataawsvpc.NewDataAwsVpc(v.scope, tf.ID("data.aws_vpc", id), &dataawsvpc.DataAwsVpcConfig{
		Id: tf.String(c.ExistingID),
		Lifecycle: expect(
			condition(fmt.Sprintf("contains(self.cidr_block_associations[*].cidr_block, %q)", c.CIDR),
				fmt.Sprintf("%s does not have the range %s: correct network.cidr or network.existing.vpc_id.", c.ExistingID, c.CIDR)),
			condition("self.enable_dns_support && self.enable_dns_hostnames",
				fmt.Sprintf("%s has DNS support or DNS hostnames switched off, which endpoints and EKS need: switch both on.", c.ExistingID)),
		),
	})).Id()
	for _, table := range c.ExistingPrivateTables {
		v.existingTables = append(v.existingTables, v.lookUpTable(table))
	}
}

// lookUpTable finds the route table of private subnets and returns its id.
func (v *VPC) lookUpTable(table string) *string {
	name := tf.Name("private", table)
	return tf.Named(name, dataawsroutetable.NewDataAwsRouteTable(v.scope, tf.ID("data.aws_route_table", name), &dataawsroutetable.DataAwsRouteTableConfig{
		RouteTableId: tf.String(table),
		Lifecycle: expect(
			condition(fmt.Sprintf("self.vpc_id == %q", v.Config.ExistingID),
				fmt.Sprintf("%s is not a route table of %s: correct network.existing.private_route_table_ids.", table, v.Config.ExistingID)),
			condition(`!contains(self.routes[*].cidr_block, "0.0.0.0/0")`,
				fmt.Sprintf("%s leads to the internet, and the network is private_only.", table)),
		),
	})).RouteTableId()
}

// lookUpSubnet finds a subnet, which must be in the VPC, in the zone that the estate
// knows, and give nobody a public address.
func (v *VPC) lookUpSubnet(s *Subnet) {
	at := fmt.Sprintf("network.existing.%s_subnet_ids", s.Tier)
	s.ID = tf.Named(s.Name, dataawssubnet.NewDataAwsSubnet(v.scope, tf.ID("data.aws_subnet", s.Name), &dataawssubnet.DataAwsSubnetConfig{
		Id: tf.String(s.ExistingID),
		Lifecycle: expect(
			condition(fmt.Sprintf("self.vpc_id == %q", v.Config.ExistingID),
				fmt.Sprintf("%s is not a subnet of %s: correct %s.", s.ExistingID, v.Config.ExistingID, at)),
			condition(fmt.Sprintf("self.availability_zone_id == %q", s.Zone),
				fmt.Sprintf("%s is not in zone %s: correct %s.", s.ExistingID, s.Zone, at)),
			condition("!self.map_public_ip_on_launch",
				fmt.Sprintf("%s gives its instances public addresses, and the network is private_only.", s.ExistingID)),
		),
	})).Id()
}

// ExistingTables are the route tables of private subnets that are there already.
func (v *VPC) ExistingTables() []*string { return v.existingTables }

func expect(conditions ...*cdktf.Postcondition) *cdktf.TerraformResourceLifecycle {
	return &cdktf.TerraformResourceLifecycle{Postcondition: &conditions}
}

func condition(expression, message string) *cdktf.Postcondition {
	return &cdktf.Postcondition{Condition: "${" + expression + "}", ErrorMessage: &message}
}
