// Package endpointservice makes what pods serve to VPCs of other accounts by AWS
// PrivateLink: a VPC endpoint service, the internal Network Load Balancer behind it with a
// TLS listener and its certificate, and the target group that pods are put into.
//
// The load balancer has a security group that admits nobody, and does not ask it about
// what comes by PrivateLink: so nothing in the VPC, nor behind a transit gateway, reaches the
// service by the load balancer's addresses. Every connection has to be accepted.
//
// It puts no targets into the group, which is the load balancer controller's work, and
// accepts no connections. It gives the service no private DNS name: consumers have
// addresses of their own for it. It makes no access logs: flow logs have the connections,
// and whoever serves the requests logs those.
//
//   - https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html
//   - https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
package endpointservice

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lb"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lblistener"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lbtargetgroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcendpointservice"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/certificate"
	"hubspoke/constructs/securitygroup"
	"hubspoke/internal/tf"
)

// ListenerPort is the one port of a service, whatever its pods have.
const ListenerPort = 443

// securityPolicy is what AWS recommends for clients that may speak TLS 1.2 or 1.3. With it
// the load balancer speaks 1.3 to targets as well.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/network/describe-ssl-policies.html
const securityPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"

// maxName is how long names of load balancers and target groups may be:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
const maxName = 32

// Config describes a service.
type Config struct {
	// Name is the load balancer's name, of at most 32 characters.
	Name string
	// TargetGroup is the target group's name. AWS never changes a group's protocol: a group that speaks another has another name.
	TargetGroup string
	// VPCID is the VPC of the subnets.
	VPCID *string
	// Subnets are the private subnets, by zone id. Endpoints can be in their zones. AWS takes no zone from a load balancer behind a service that has endpoints there.
	Subnets map[string]*string
	// Nodes is the security group of the nodes on which the pods run. It gets a rule that admits the load balancer.
	Nodes *securitygroup.Group
	// Port is the one on which pods answer.
	Port int
	// Plaintext says that the load balancer speaks plain TCP and HTTP to pods. Default: TLS, whatever certificate the pods have.
	Plaintext bool
	// HealthPath is what pods are asked for, and answer with 200 to 399 if they are well.
	HealthPath string
	// Domain is the name that the certificate is for. The zone that it lies in has the record by which ACM validates it.
	Domain string
	// ZoneProvider acts in the account of the public hosted zone ZoneID.
	ZoneProvider cdktf.TerraformProvider
	ZoneID       *string
	// Principals are the ARNs of who may ask for a connection.
	Principals []string
	// Topics are the ARNs of the SNS topics that are told of alarms, and of endpoints that connect, are accepted or rejected, or go. Default: none, and no alarms.
	Topics []string
}

// Service is what the construct made.
type Service struct {
	// ID and ServiceName are the endpoint service's: `vpce-svc-…`, and the name by which endpoints connect to it.
	ID, ServiceName *string
}

// service is a service in the making.
type service struct {
	Config
	scope constructs.Construct
	id    string
}

// New makes the service `aws_vpc_endpoint_service.<id>` and all that is behind it under the
// same name.
func New(scope constructs.Construct, id string, config Config) (*Service, error) {
	if err := config.check(); err != nil {
		return nil, fmt.Errorf("endpoint service %q: %w", config.Name, err)
	}
	s := &service{Config: config, scope: scope, id: id}
	group, err := s.group()
	if err != nil {
		return nil, err
	}
	issued, err := certificate.New(scope, id, certificate.Config{Name: s.Name, Domain: s.Domain, ZoneProvider: s.ZoneProvider, ZoneID: s.ZoneID})
	if err != nil {
		return nil, err
	}
	balancer, targets := s.loadBalancer(group), s.targetGroup()
	s.listener(balancer, targets, issued)
	made := tf.Named(id, vpcendpointservice.NewVpcEndpointService(scope, tf.ID("aws_vpc_endpoint_service", id), &vpcendpointservice.VpcEndpointServiceConfig{
		NetworkLoadBalancerArns: tf.Tokens(balancer.Arn()),
		// Who may ask is an account, so each connection is looked at: what accepts it knows the endpoint.
		AcceptanceRequired:      true,
		AllowedPrincipals:       tf.Strings(config.Principals...),
		SupportedIpAddressTypes: tf.Strings("ipv4"),
		Tags:                    tf.Tags(config.Name),
	}))
	s.notifications(made)
	if err := s.alarms(balancer, targets); err != nil {
		return nil, err
	}
	return &Service{ID: made.Id(), ServiceName: made.ServiceName()}, nil
}

func (c Config) check() error {
	switch {
	case c.Name == "" || c.TargetGroup == "" || len(c.Name) > maxName || len(c.TargetGroup) > maxName:
		return fmt.Errorf("want names of at most %d characters, of the load balancer and of the target group %q", maxName, c.TargetGroup)
	case c.VPCID == nil || len(c.Subnets) == 0 || c.Nodes == nil:
		return fmt.Errorf("want a VPC, subnets in it, and the security group of the nodes")
	case c.Port < 1 || c.HealthPath == "":
		return fmt.Errorf("want the port of the pods, and what they are asked for")
	case c.Domain == "" || c.ZoneProvider == nil || c.ZoneID == nil:
		return fmt.Errorf("want a domain, and the public zone that it lies in")
	case len(c.Principals) == 0:
		return fmt.Errorf("want who may connect")
	}
	return nil
}

// group admits nobody. It sends to the nodes, on the one port: requests, and health checks, which
// go by its rules too.
func (s *service) group() (*securitygroup.Group, error) {
	group, err := securitygroup.New(s.scope, s.id, securitygroup.Config{
		// The cluster's groups begin with the spoke's name, too: `<project>-<spoke>-nodes`.
		Name:        s.Name + "-nlb",
		Description: "Load balancer of an endpoint service: nothing comes in by its addresses",
		VPCID:       s.VPCID,
		Egress: []securitygroup.Rule{{
			Name: "to_nodes", Description: "Requests and health checks for pods of " + s.id, Group: s.Nodes, Protocol: "tcp", Port: s.Port,
		}},
	})
	if err != nil {
		return nil, err
	}
	_, err = securitygroup.NewRules(s.scope, "nodes", securitygroup.RulesConfig{Name: s.Name + "-nodes", Group: s.Nodes, Ingress: []securitygroup.Rule{{
		Name: tf.Name("from", s.id), Description: "Requests and health checks by the load balancer of " + s.id, Group: group, Protocol: "tcp", Port: s.Port,
	}}})
	return group, err
}

// loadBalancer has its group from the beginning: AWS gives none to one that was made without.
//
// It has no deletion protection. AWS deletes no load balancer that an endpoint service has, and no
// endpoint service that has connections, so both are kept as long as anybody uses them.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteLoadBalancer.html
func (s *service) loadBalancer(group *securitygroup.Group) lb.Lb {
	var subnets []*string
	for _, zone := range tf.Keys(s.Subnets) {
		subnets = append(subnets, s.Subnets[zone])
	}
	return tf.Named(s.id, lb.NewLb(s.scope, tf.ID("aws_lb", s.id), &lb.LbConfig{
		Name:             tf.String(s.Name),
		LoadBalancerType: tf.String("network"),
		Internal:         true,
		Subnets:          tf.Tokens(subnets...),
		SecurityGroups:   tf.Tokens(group.ID),
		// "on" would ask the group about the address that a client has in the consumer's VPC.
		EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: tf.String("off"),
		// An endpoint in a zone is led to this zone's address, and has no pods there if they run in another.
		EnableCrossZoneLoadBalancing: true,
		Tags:                         tf.Tags(s.Name),
	}))
}

// targetGroup is empty: pods get into it as they start. Each has a port of its own there, so that
// of the group is never used.
func (s *service) targetGroup() lbtargetgroup.LbTargetGroup {
	protocol, check := "TLS", "HTTPS"
	if s.Plaintext {
		protocol, check = "TCP", "HTTP"
	}
	return tf.Named(s.id, lbtargetgroup.NewLbTargetGroup(s.scope, tf.ID("aws_lb_target_group", s.id), &lbtargetgroup.LbTargetGroupConfig{
		Name:       tf.String(s.TargetGroup),
		VpcId:      s.VPCID,
		TargetType: tf.String("ip"),
		Protocol:   tf.String(protocol),
		Port:       tf.Number(ListenerPort),
		// What comes by PrivateLink has the load balancer's address in any case.
		PreserveClientIp: tf.String("false"),
		HealthCheck: &lbtargetgroup.LbTargetGroupHealthCheck{
			Protocol: tf.String(check),
			Path:     tf.String(s.HealthPath),
			Port:     tf.String("traffic-port"),
			Matcher:  tf.String("200-399"),
			// A pod that fails is left out after 20 seconds, and a new one let in after as many.
			Interval: tf.Number(10), Timeout: tf.Number(5), HealthyThreshold: tf.Number(2), UnhealthyThreshold: tf.Number(2),
		},
		Tags:      tf.Tags(s.TargetGroup),
		Lifecycle: tf.ReplacedFirst(),
	}))
}

func (s *service) listener(balancer lb.Lb, targets lbtargetgroup.LbTargetGroup, issued *certificate.Certificate) {
	tf.Named(s.id, lblistener.NewLbListener(s.scope, tf.ID("aws_lb_listener", s.id), &lblistener.LbListenerConfig{
		LoadBalancerArn: balancer.Arn(),
		Port:            tf.Number(ListenerPort),
		Protocol:        tf.String("TLS"),
		SslPolicy:       tf.String(securityPolicy),
		CertificateArn:  issued.ARN,
		DefaultAction:   []lblistener.LbListenerDefaultAction{{Type: tf.String("forward"), TargetGroupArn: targets.Arn()}},
		Tags:            tf.Tags(s.Name),
	}))
}
