package endpointservice

import (
	"strings"

	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lb"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/lbtargetgroup"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcendpointconnectionnotification"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpcendpointservice"

	"hubspoke/constructs/alarm"
	"hubspoke/internal/tf"
)

// notifications tell the topics of each endpoint that asks for a connection, is accepted or rejected,
// or is deleted. A topic's policy has to let vpce.amazonaws.com publish.
// https://docs.aws.amazon.com/vpc/latest/privatelink/create-notification-endpoint-service.html
func (s *service) notifications(made vpcendpointservice.VpcEndpointService) {
	for _, topic := range s.Topics {
		// An ARN ends with the topic's account and name.
		parts := strings.Split(topic, ":")
		// Terraform's names have no hyphens here, so an underscore of the topic's own is doubled.
		name := tf.Name(s.id, parts[4], strings.ReplaceAll(parts[5], "_", "__"))
		tf.Named(name, vpcendpointconnectionnotification.NewVpcEndpointConnectionNotification(s.scope, tf.ID("aws_vpc_endpoint_connection_notification", name), &vpcendpointconnectionnotification.VpcEndpointConnectionNotificationConfig{
			VpcEndpointServiceId:      made.Id(),
			ConnectionNotificationArn: tf.String(topic),
			ConnectionEvents:          tf.Strings("Accept", "Connect", "Delete", "Reject"),
		}))
	}
}

// alarms ring if pods do not answer, and if connections fail between the load balancer and them, where
// somebody is told. The metrics are those of https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-cloudwatch-metrics.html
func (s *service) alarms(balancer lb.Lb, targets lbtargetgroup.LbTargetGroup) error {
	if len(s.Topics) == 0 {
		return nil
	}
	ofBalancer := map[string]*string{"LoadBalancer": balancer.ArnSuffix()}
	ofTargets := map[string]*string{"LoadBalancer": balancer.ArnSuffix(), "TargetGroup": targets.ArnSuffix()}
	for _, a := range []struct {
		name   string
		config alarm.Config
	}{
		{"healthy", alarm.Config{
			Description: "No pod answers: consumers get nothing.",
			Metric:      "HealthyHostCount", Dimensions: ofTargets, Statistic: "Maximum", Comparison: alarm.Below, Threshold: 1, Periods: 1,
			// A group without targets says nothing.
			SilenceIsBad: true,
		}},
		{"unhealthy", alarm.Config{
			Description: "Pods fail their health checks for a quarter of an hour.",
			Metric:      "UnHealthyHostCount", Dimensions: ofTargets, Statistic: "Minimum", Comparison: alarm.Above, Threshold: 0, Periods: 3,
		}},
		{"ports", alarm.Config{
			Description: "The load balancer has no ports left for connections to pods: run more of them.",
			Metric:      "PortAllocationErrorCount", Dimensions: ofBalancer, Statistic: "Sum", Comparison: alarm.Above, Threshold: 0, Periods: 1,
		}},
		{"tls", alarm.Config{
			Description: "Pods refuse TLS to the load balancer.",
			Metric:      "TargetTLSNegotiationErrorCount", Dimensions: ofBalancer, Statistic: "Sum", Comparison: alarm.Above, Threshold: 0, Periods: 3,
		}},
	} {
		if a.name == "tls" && s.Plaintext {
			continue
		}
		a.config.Name, a.config.Namespace, a.config.Topics = s.Name+"-"+a.name, "AWS/NetworkELB", s.Topics
		if _, err := alarm.New(s.scope, tf.Name(s.id, a.name), a.config); err != nil {
			return err
		}
	}
	return nil
}
