// Package privateendpoint makes the way of a VPC to an endpoint service of another account:
// an interface endpoint with a fixed address in each zone, and the acceptance of its
// connection, which is made in the service's account.
//
// It gives the service no name in the VPC: whoever uses it knows the addresses, and verifies
// the name by the certificate. Endpoints of services other than AWS's take no policies.
//
//   - https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html#share-endpoint-service
//   - https://docs.aws.amazon.com/vpc/latest/privatelink/configure-endpoint-service.html#accept-reject-connection-requests
package privateendpoint

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcendpoint"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcendpointconnectionaccepter"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/alarm"
	"hubspoke/constructs/dashboard"
	"hubspoke/constructs/securitygroup"
	"hubspoke/internal/tf"
)

// Port is the one port of a service.
const Port = 443

// Config describes a private endpoint.
type Config struct {
	// Name is the endpoint's name, and its group's.
	Name string
	// Service says whose service it is, for people.
	Service string
	// VPCID is the VPC of the subnets.
	VPCID *string
	// Places are where the endpoint has interfaces, by zone id. The service's load balancer is in these zones too.
	Places map[string]Place
	// ServiceName and ServiceID are the endpoint service's.
	ServiceName, ServiceID *string
	// ServiceProvider acts in the account of the service.
	ServiceProvider cdktf.TerraformProvider
	// Topics are the ARNs of the SNS topics that are told when the endpoint drops packets. Default: none, and there is no alarm.
	Topics []string
}

// Place is where an endpoint has an interface.
type Place struct {
	// SubnetID is a subnet.
	SubnetID *string
	// Address is the interface's in it, which nothing else may have taken: `10.1.0.22`.
	Address string
}

// Endpoint is what the construct made.
type Endpoint struct {
	// ID is the endpoint's id.
	ID *string
	// Group is the endpoint's group, which admits nobody yet.
	Group *securitygroup.Group
	// Addresses are the endpoint's, by zone id.
	Addresses map[string]string
	// Accepted is the acceptance of the connection. Before, nothing gets through.
	Accepted cdktf.ITerraformDependable
	// Graphs show what goes through the endpoint.
	Graphs []dashboard.Graph
}

// New makes the endpoint `aws_vpc_endpoint.<id>`, its acceptance, and its group. With other
// addresses AWS replaces its interfaces, which interrupts all connections:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SubnetConfiguration.html
func New(scope constructs.Construct, id string, config Config) (*Endpoint, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("private endpoint %q: %w", config.Name, err)
	}
	group, err := securitygroup.New(scope, id, securitygroup.Config{
		Name:        config.Name,
		Description: "Endpoint of the service " + config.Service + ": by rules of its own, who uses it",
		VPCID:       config.VPCID,
	})
	if err != nil {
		return nil, err
	}
	endpoint := config.endpoint(scope, id, group)
	accepted := tf.Named(id, vpcendpointconnectionaccepter.NewVpcEndpointConnectionAccepter(scope, tf.ID("aws_vpc_endpoint_connection_accepter", id), &vpcendpointconnectionaccepter.VpcEndpointConnectionAccepterConfig{
		Provider:             config.ServiceProvider,
		VpcEndpointId:        endpoint.Id(),
		VpcEndpointServiceId: config.ServiceID,
	}))
	if err := config.watch(scope, id, endpoint); err != nil {
		return nil, err
	}
	made := &Endpoint{ID: endpoint.Id(), Group: group, Addresses: map[string]string{}, Accepted: accepted}
	made.Graphs = []dashboard.Graph{{
		Title: "Endpoint of " + config.Service, Namespace: namespace, Dimensions: config.dimensions(endpoint),
		Metrics: map[string]string{"ActiveConnections": "Average", "NewConnections": "Sum", "PacketsDropped": "Sum", "RstPacketsReceived": "Sum"},
	}}
	for zone, place := range config.Places {
		made.Addresses[zone] = place.Address
	}
	return made, nil
}

func (c Config) check() error {
	switch {
	case c.Name == "" || c.Service == "":
		return fmt.Errorf("want a name, and whose service it is")
	case c.VPCID == nil || len(c.Places) == 0:
		return fmt.Errorf("want a VPC, and addresses in its subnets")
	case c.ServiceName == nil || c.ServiceID == nil || c.ServiceProvider == nil:
		return fmt.Errorf("want a service, and a provider of its account")
	}
	return nil
}

// endpoint has its subnets twice: the provider makes interfaces in those of `subnet_ids`, and
// gives them the addresses of `subnet_configuration`. Without the one it asks AWS for
// interfaces in no subnet, without the other for any address.
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs/resources/vpc_endpoint
func (c Config) endpoint(scope constructs.Construct, id string, group *securitygroup.Group) vpcendpoint.VpcEndpoint {
	var subnets []*string
	var addresses []*vpcendpoint.VpcEndpointSubnetConfiguration
	for _, zone := range tf.Keys(c.Places) {
		place := c.Places[zone]
		subnets = append(subnets, place.SubnetID)
		addresses = append(addresses, &vpcendpoint.VpcEndpointSubnetConfiguration{SubnetId: place.SubnetID, Ipv4: tf.String(place.Address)})
	}
	return tf.Named(id, vpcendpoint.NewVpcEndpoint(scope, tf.ID("aws_vpc_endpoint", id), &vpcendpoint.VpcEndpointConfig{
		VpcId:               c.VPCID,
		VpcEndpointType:     tf.String("Interface"),
		ServiceName:         c.ServiceName,
		SubnetIds:           tf.Tokens(subnets...),
		SubnetConfiguration: addresses,
		SecurityGroupIds:    tf.Tokens(group.ID),
		PrivateDnsEnabled:   false,
		Tags:                tf.Tags(c.Name, map[string]string{"Reason": "the service " + c.Service}),
	}))
}

// namespace has the metrics of endpoints.
// https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-cloudwatch-metrics.html
const namespace = "AWS/PrivateLinkEndpoints"

// dimensions are those of the endpoint's metrics.
func (c Config) dimensions(endpoint vpcendpoint.VpcEndpoint) map[string]*string {
	return map[string]*string{
		"Endpoint Type": tf.String("Interface"), "Service Name": c.ServiceName, "VPC Endpoint Id": endpoint.Id(), "VPC Id": c.VPCID,
	}
}

// watch tells the topics when the endpoint drops packets, which it does if the service, or
// the way to it, is down.
func (c Config) watch(scope constructs.Construct, id string, endpoint vpcendpoint.VpcEndpoint) error {
	if len(c.Topics) == 0 {
		return nil
	}
	_, err := alarm.New(scope, tf.Name(id, "dropped"), alarm.Config{
		Name:        c.Name + "-dropped",
		Description: "The endpoint has dropped packets for a quarter of an hour: the service " + c.Service + ", or the way to it, is down (" + c.Name + ")",
		Namespace:   namespace,
		Metric:      "PacketsDropped",
		Dimensions:  c.dimensions(endpoint),
		Statistic:   "Sum",
		Comparison:  alarm.Above,
		Threshold:   0,
		Periods:     3,
		Topics:      c.Topics,
	})
	return err
}
