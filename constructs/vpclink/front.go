package vpclink

import (
	"fmt"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lb"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lblistener"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lbtargetgroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lbtargetgroupattachment"

	"hubspoke/constructs/alarm"
	"hubspoke/constructs/dashboard"
	"hubspoke/constructs/privateendpoint"
	"hubspoke/constructs/securitygroup"
	"hubspoke/internal/tf"
)

// maxName is how long names of load balancers and target groups may be:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
const maxName = 32

// FrontConfig describes a load balancer between a link and a private endpoint.
type FrontConfig struct {
	// Name is the name of the load balancer and its target group, of at most 32 characters. AWS changes neither.
	Name string
	// Label is what they are called in tags and alarms.
	Label string
	// VPCID is the VPC of the subnets.
	VPCID *string
	// SubnetIDs are where the load balancer has addresses: the endpoint's subnets, by zone id.
	SubnetIDs map[string]*string
	// Link is where requests of HTTP APIs come from. Default: none come.
	Link *Link
	// REST says that requests of REST APIs come too, by a link of the load balancer's own. Default: none do.
	REST bool
	// Endpoint is where they go.
	Endpoint *privateendpoint.Endpoint
	// Topics are the ARNs of the SNS topics that are told when an address of the endpoint does not answer. Default: none, and there is no alarm.
	Topics []string
}

// Front is what the construct made.
type Front struct {
	// ListenerARN is the listener's, which integrations of an HTTP API name.
	ListenerARN *string
	// RESTLinkID is the link's, which integrations of a REST API name; nil without [FrontConfig.REST].
	RESTLinkID *string
	// Graphs show what the load balancer passes on, and whether the endpoint answers.
	Graphs []dashboard.Graph
}

// NewFront makes the internal Network Load Balancer `aws_lb.<id>`, whose targets are the
// endpoint's addresses, and the rules that let requests from the link to it and on to the
// endpoint.
func NewFront(scope constructs.Construct, id string, config FrontConfig) (*Front, error) {
	if config.Name == "" || len(config.Name) > maxName || config.Label == "" {
		return nil, fmt.Errorf("load balancer %q before a private endpoint: want a name of at most %d characters, and a label", config.Name, maxName)
	}
	if config.VPCID == nil || len(config.SubnetIDs) == 0 || config.Link == nil && !config.REST || config.Endpoint == nil {
		return nil, fmt.Errorf("load balancer %q before a private endpoint: want a VPC, subnets in it, a link and an endpoint", config.Name)
	}
	group, err := config.group(scope, id)
	if err != nil {
		return nil, err
	}
	balancer := config.loadBalancer(scope, id, group)
	targets := config.targets(scope, id)
	listener := tf.Named(id, lblistener.NewLbListener(scope, tf.ID("aws_lb_listener", id), &lblistener.LbListenerConfig{
		LoadBalancerArn: balancer.Arn(),
		Protocol:        tf.String("TCP"),
		Port:            tf.Number(port),
		DefaultAction:   []*lblistener.LbListenerDefaultAction{{Type: tf.String("forward"), TargetGroupArn: targets.Arn()}},
		Tags:            tf.Tags(config.Label),
	}))
	if err := config.watch(scope, id, balancer, targets); err != nil {
		return nil, err
	}
	front := &Front{ListenerARN: listener.Arn(), Graphs: []dashboard.Graph{
		{Title: "Load balancer before " + config.Label, Namespace: namespace, Dimensions: map[string]*string{"LoadBalancer": balancer.ArnSuffix()},
			Metrics: map[string]string{"NewFlowCount": "Sum", "ActiveFlowCount": "Average", "TCP_Target_Reset_Count": "Sum", "PortAllocationErrorCount": "Sum"}},
		{Title: "Addresses of " + config.Label + " that answer", Namespace: namespace, Dimensions: dimensions(balancer, targets),
			Metrics: map[string]string{"HealthyHostCount": "Minimum", "UnHealthyHostCount": "Maximum"}},
	}}
	if config.REST {
		front.RESTLinkID = restLink(scope, id, config.Label, balancer)
	}
	return front, nil
}

// group admits the link and sends to the endpoint, and lets both do their part.
func (c FrontConfig) group(scope constructs.Construct, id string) (*securitygroup.Group, error) {
	name := tf.Name(id, "front")
	var ingress []securitygroup.Rule
	if c.Link != nil {
		ingress = []securitygroup.Rule{{Name: "from_link", Description: "Requests of APIs", Group: c.Link.group, Protocol: "tcp", Port: port}}
	}
	group, err := securitygroup.New(scope, name, securitygroup.Config{
		Name:        c.Label + "-front",
		Description: "Load balancer before a private endpoint: requests from API Gateway's link",
		VPCID:       c.VPCID,
		Ingress:     ingress,
		Egress:      []securitygroup.Rule{{Name: "to_endpoint", Description: "Requests and health checks", Group: c.Endpoint.Group, Protocol: "tcp", Port: port}},
	})
	if err != nil {
		return nil, err
	}
	if c.Link != nil {
		if err := c.Link.group.Send(securitygroup.Rule{Name: "to_" + id, Description: "Requests for " + c.Label, Group: group, Protocol: "tcp", Port: port}); err != nil {
			return nil, err
		}
	}
	return group, c.Endpoint.Group.Admit(securitygroup.Rule{Name: "from_front", Description: "Requests of APIs, and health checks", Group: group, Protocol: "tcp", Port: port})
}

// loadBalancer has its group from the beginning: AWS gives none to one that was made
// without. The group does not apply to the link of REST APIs, which comes by PrivateLink, from
// addresses that are AWS's own. It holds nothing that would be lost, and goes with the last route to the service:
// it has no deletion protection.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-security-groups.html
func (c FrontConfig) loadBalancer(scope constructs.Construct, id string, group *securitygroup.Group) lb.Lb {
	var subnets []*string
	for _, zone := range tf.Keys(c.SubnetIDs) {
		subnets = append(subnets, c.SubnetIDs[zone])
	}
	arguments := &lb.LbConfig{
		Name:             tf.String(c.Name),
		LoadBalancerType: tf.String("network"),
		Internal:         true,
		Subnets:          tf.Tokens(subnets...),
		SecurityGroups:   tf.Tokens(group.ID),
		// An address of the endpoint that does not answer is not the end of its zone.
		EnableCrossZoneLoadBalancing: true,
		Tags:                         tf.Tags(c.Label),
	}
	if c.REST {
		arguments.EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic = tf.String("off")
	}
	return tf.Named(id, lb.NewLb(scope, tf.ID("aws_lb", id), arguments))
}

// targets are the endpoint's addresses. They become targets when the connection is accepted:
// before, health checks would fail, and the alarm ring. Their packets come from the load
// balancer's own addresses, or the endpoint's group would not know them.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html
func (c FrontConfig) targets(scope constructs.Construct, id string) lbtargetgroup.LbTargetGroup {
	group := tf.Named(id, lbtargetgroup.NewLbTargetGroup(scope, tf.ID("aws_lb_target_group", id), &lbtargetgroup.LbTargetGroupConfig{
		Name:             tf.String(c.Name),
		VpcId:            c.VPCID,
		TargetType:       tf.String("ip"),
		Protocol:         tf.String("TCP"),
		Port:             tf.Number(port),
		PreserveClientIp: tf.String("false"),
		HealthCheck: &lbtargetgroup.LbTargetGroupHealthCheck{
			Protocol: tf.String("TCP"), Port: tf.String("traffic-port"),
			Interval: tf.Number(10), HealthyThreshold: tf.Number(3), UnhealthyThreshold: tf.Number(3),
		},
		Tags:      tf.Tags(c.Label),
		Lifecycle: tf.ReplacedFirst(),
	}))
	for _, zone := range tf.Keys(c.Endpoint.Addresses) {
		name := tf.Name(id, zone)
		tf.Named(name, lbtargetgroupattachment.NewLbTargetGroupAttachment(scope, tf.ID("aws_lb_target_group_attachment", name), &lbtargetgroupattachment.LbTargetGroupAttachmentConfig{
			TargetGroupArn: group.Arn(),
			TargetId:       tf.String(c.Endpoint.Addresses[zone]),
			Port:           tf.Number(port),
			DependsOn:      tf.DependsOn(c.Endpoint.Accepted),
		}))
	}
	return group
}

// namespace has the metrics of load balancers.
// https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html
const namespace = "AWS/NetworkELB"

// dimensions are those of the metrics about targets.
func dimensions(balancer lb.Lb, targets lbtargetgroup.LbTargetGroup) map[string]*string {
	return map[string]*string{"LoadBalancer": balancer.ArnSuffix(), "TargetGroup": targets.ArnSuffix()}
}

// watch tells the topics when an address of the endpoint does not answer.
func (c FrontConfig) watch(scope constructs.Construct, id string, balancer lb.Lb, targets lbtargetgroup.LbTargetGroup) error {
	if len(c.Topics) == 0 {
		return nil
	}
	_, err := alarm.New(scope, tf.Name(id, "unhealthy"), alarm.Config{
		Name:        c.Label + "-unhealthy",
		Description: "An address of the private endpoint has not answered for ten minutes: its connection is not accepted, or the load balancer of the service does not answer (" + c.Label + ")",
		Namespace:   namespace,
		Metric:      "UnHealthyHostCount",
		Dimensions:  dimensions(balancer, targets),
		Statistic:   "Maximum",
		Comparison:  alarm.Above,
		Threshold:   0,
		Periods:     2,
		Topics:      c.Topics,
	})
	return err
}
