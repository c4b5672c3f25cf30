package eks

import (
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcendpoint"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/securitygroup"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// guardDutyEndpoint makes the endpoint `aws_vpc_endpoint.guardduty`, to which the
// agent sends what it sees. GuardDuty makes one itself only where it manages the
// agent, too.
// https://docs.aws.amazon.com/guardduty/latest/ug/eksrunmon-prereq-deploy-security-agent.html
func (c *Cluster) guardDutyEndpoint() (cdktf.ITerraformDependable, error) {
	const id = "guardduty"
	name := c.Config.Name + "-" + id
	group, err := securitygroup.New(c.scope, id, securitygroup.Config{
		Name:        name,
		Description: "GuardDuty endpoint: runtime events from the nodes",
		VPCID:       c.Config.VPCID,
		Ingress: []securitygroup.Rule{{
			Name: "from_nodes", Description: "Runtime events", Group: c.Nodes, Protocol: "tcp", Port: 443,
		}},
	})
	if err != nil {
		return nil, err
	}
	return tf.Named(id, vpcendpoint.NewVpcEndpoint(c.scope, tf.ID("aws_vpc_endpoint", id), &vpcendpoint.VpcEndpointConfig{
		VpcId:             c.Config.VPCID,
		VpcEndpointType:   jsii.String("Interface"),
		ServiceName:       tf.String("com.amazonaws." + c.Config.Account.Region + ".guardduty-data"),
		SubnetIds:         tf.Tokens(c.Config.NodeSubnetIDs...),
		SecurityGroupIds:  tf.Tokens(group.ID),
		PrivateDnsEnabled: true,
		Policy: policy.Document(policy.Statement{
			Sid:       "PrincipalsOfTheAccount",
			Principal: policy.Principal{Anyone: true},
			Action:    []string{"*"},
			Resource:  []string{"*"},
			Condition: policy.Condition{"StringEquals": {"aws:PrincipalAccount": {c.Config.Account.Number}}},
		}),
		Tags: tf.Tags(name),
	})), nil
}
