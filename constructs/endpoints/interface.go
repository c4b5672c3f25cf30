package endpoints

import (
	"fmt"
	"net/netip"
	"slices"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcendpoint"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/securitygroup"
	"hubspoke/constructs/vpc"
	"hubspoke/internal/policy"
	"hubspoke/internal/tf"
)

// InterfaceConfig describes the interface endpoints of a VPC.
type InterfaceConfig struct {
	// Name is the VPC's name.
	Name string
	// Region is the VPC's region.
	Region string
	// VPCID and Subnets say where the endpoints' interfaces are, which take any free address.
	VPCID   *string
	Subnets []*vpc.Subnet
	// Services are the last parts of the endpoints' service names, `ecr.api`.
	Services []string
	// Clients are the ranges that may connect, by name. Default: those that Group admits.
	Clients map[string]netip.Prefix
	// Group is the endpoints' security group. Default: one that admits Clients.
	Group *securitygroup.Group
	// PrivateDNS makes the services' own names resolve to the endpoints, in this VPC alone.
	PrivateDNS bool
	// Reasons say what each endpoint is there for, by service, as a tag that a plan shows.
	Reasons map[string]string
	// Accounts are the numbers of the accounts whose principals may use the endpoints.
	Accounts []string
}

// Interface is a set of interface endpoints.
type Interface struct {
	// IDs are the endpoints' ids, by service.
	IDs map[string]*string
	// DNSNames and DNSZoneIDs are each endpoint's regional name and the hosted zone of that name, by service.
	DNSNames, DNSZoneIDs map[string]*string
	// Endpoints are the endpoints, for what calls their services as it starts.
	Endpoints []cdktf.ITerraformDependable
}

// NewInterface makes an endpoint `aws_vpc_endpoint.<service>` for each service,
// behind the security group `aws_security_group.<id>`, unless another one is given.
//
// Endpoints for several VPCs have their private DNS off, which would work in this
// VPC alone. A private zone for each service, associated with every VPC, takes its
// place:
// https://docs.aws.amazon.com/whitepapers/latest/building-scalable-secure-multi-vpc-network-infrastructure/centralized-access-to-vpc-private-endpoints.html
func NewInterface(scope constructs.Construct, id string, config InterfaceConfig) (*Interface, error) {
	if config.Name == "" || config.Region == "" || config.VPCID == nil || len(config.Accounts) == 0 {
		return nil, fmt.Errorf("interface endpoints of %q: want the name of the VPC, a region, the VPC, and the accounts that may use them", config.Name)
	}
	if config.Group == nil && len(config.Clients) == 0 {
		return nil, fmt.Errorf("interface endpoints of %s: want a group, or clients to admit", config.Name)
	}
	group, err := config.group(scope, id)
	if err != nil {
		return nil, err
	}
	made := &Interface{IDs: map[string]*string{}, DNSNames: map[string]*string{}, DNSZoneIDs: map[string]*string{}}
	for _, service := range config.Services {
		name := tf.Name(service)
		endpoint := tf.Named(name, vpcendpoint.NewVpcEndpoint(scope, tf.ID("aws_vpc_endpoint", name), &vpcendpoint.VpcEndpointConfig{
			VpcId:             config.VPCID,
			VpcEndpointType:   jsii.String("Interface"),
			ServiceName:       tf.String("com.amazonaws." + config.Region + "." + service),
			SubnetIds:         tf.Tokens(vpc.IDs(config.Subnets)...),
			SecurityGroupIds:  tf.Tokens(group.ID),
			PrivateDnsEnabled: config.PrivateDNS,
			Policy:            config.policy(service),
			Tags:              tf.Tags(config.Name+"-"+service, config.reason(service)),
			DependsOn:         tf.DependsOn(vpc.Reservations(config.Subnets...)...),
		}))
		// The first entry is the regional name, which answers with an address in
		// every zone.
		entry := endpoint.DnsEntry().Get(jsii.Number(0))
		made.IDs[service] = endpoint.Id()
		made.DNSNames[service] = entry.DnsName()
		made.DNSZoneIDs[service] = entry.HostedZoneId()
		made.Endpoints = append(made.Endpoints, endpoint)
	}
	return made, nil
}

func (c InterfaceConfig) group(scope constructs.Construct, id string) (*securitygroup.Group, error) {
	if c.Group != nil {
		return c.Group, nil
	}
	rules := []securitygroup.Rule{}
	for _, client := range tf.Keys(c.Clients) {
		rules = append(rules, securitygroup.Rule{
			Name: "from_" + client, Description: "AWS APIs from " + client, CIDR: c.Clients[client], Protocol: "tcp", Port: 443,
		})
	}
	return securitygroup.New(scope, id, securitygroup.Config{
		Name:        c.Name + "-endpoints",
		Description: "Interface endpoints: AWS APIs from the hub and the spokes",
		VPCID:       c.VPCID,
		Ingress:     rules,
	})
}

// reason is the tag that says what an endpoint is there for.
func (c InterfaceConfig) reason(service string) map[string]string {
	if reason := c.Reasons[service]; reason != "" {
		return map[string]string{"Reason": reason}
	}
	return nil
}

// policy admits the principals of the estate's accounts and nobody else's, so
// that nobody carries data away with credentials of their own. It does not stop the
// estate's principals from using resources of other accounts.
func (c InterfaceConfig) policy(service string) *string {
	if service == "execute-api" {
		// Who calls an open API is no principal, whose account is `anonymous`. Whoever is one
		// has to be the estate's, and so does the API, which says whom it lets in.
		//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-vpc-endpoint-policies.html
		//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalaccount
		return policy.Document(policy.Statement{
			Sid:       "APIsOfTheEstate",
			Principal: policy.Principal{Anyone: true},
			Action:    []string{"execute-api:Invoke"},
			Resource:  []string{"*"},
			Condition: policy.Condition{
				"StringEquals":         {"aws:ResourceAccount": c.Accounts},
				"StringEqualsIfExists": {"aws:PrincipalAccount": append(slices.Clone(c.Accounts), "anonymous")},
			},
		})
	}
	statements := []policy.Statement{principals(c.Accounts, "*")}
	if service == "sts" {
		// Whoever assumes a role with a token of an identity provider, as pods do,
		// is no AWS principal yet. The role must be the estate's.
		statements = append(statements, policy.Statement{
			Sid:       "RolesOfTheEstateByToken",
			Principal: policy.Principal{Anyone: true},
			Action:    []string{"sts:AssumeRoleWithSAML", "sts:AssumeRoleWithWebIdentity"},
			Resource:  []string{"*"},
			Condition: policy.Condition{"StringEquals": {"aws:ResourceAccount": c.Accounts}},
		})
	}
	return policy.Document(statements...)
}

// principals admits the principals of accounts, by number, to the actions of an
// endpoint's service.
func principals(accounts []string, action string) policy.Statement {
	return policy.Statement{
		Sid:       "PrincipalsOfTheEstate",
		Principal: policy.Principal{Anyone: true},
		Action:    []string{action},
		Resource:  []string{"*"},
		Condition: policy.Condition{"StringEquals": {"aws:PrincipalAccount": accounts}},
	}
}
