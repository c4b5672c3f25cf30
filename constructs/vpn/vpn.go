// Package vpn makes Site-to-Site VPN connections of a transit gateway: for each a customer
// gateway, which is what AWS knows of the device on-premises, and a connection of two
// tunnels. Which ranges go there, and who may send, is up to the gateway's route tables,
// and which of the tunnels is taken to the device, by BGP or by its own configuration.
//
// Keys are made by AWS, and kept in Secrets Manager: neither Terraform nor its state sees
// them. The addresses within the tunnels are AWS's choice too: a change of one replaces
// the connection.
//
// https://docs.aws.amazon.com/vpn/latest/s2svpn/how_it_works.html
package vpn

import (
	"fmt"
	"net/netip"
	"strconv"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/aws/jsii-runtime-go"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/customergateway"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/vpnconnection"

	"hubspoke/constructs/alarm"
	"hubspoke/internal/tf"
)

// Config describes a VPN connection.
type Config struct {
	// Name is the connection's name.
	Name string
	// GatewayID is the transit gateway of the connection's own account.
	GatewayID *string
	// Address is the public address of the device.
	Address netip.Addr
	// ASN is the number by which the device speaks BGP. Default: none, and AWS learns no routes.
	ASN int
	// Logs are where the tunnels say what they negotiate.
	Logs *LogGroup
	// Topics are the ARNs of the SNS topics that are told when a tunnel is down. Default: none, and there is no alarm.
	Topics []string
}

// Connection is what the construct made.
type Connection struct {
	// ID is the connection's id, and AttachmentID that of the transit gateway's attachment.
	ID, AttachmentID *string
	// Addresses are the public addresses of the two tunnels on Amazon's side.
	Addresses [2]*string
	// KeyARN is the secret with the keys of both tunnels.
	KeyARN *string
}

// staticASN is the number that AWS takes for a device that names none:
// https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateCustomerGateway.html
const staticASN = 65000

// largestASN is the largest number that the older of two arguments takes.
const largestASN = 1<<31 - 1

// New makes the customer gateway `aws_customer_gateway.<id>`, the connection
// `aws_vpn_connection.<id>` and the alarms `<id>_degraded` and `<id>_down`.
func New(scope constructs.Construct, id string, config Config) (*Connection, error) {
	if config.Name == "" || config.GatewayID == nil || !config.Address.IsValid() || config.Logs == nil {
		return nil, fmt.Errorf("VPN %q: want a name, a transit gateway, the address of the device and a log group", config.Name)
	}
	made := config.connection(scope, id, config.device(scope, id))
	if len(config.Topics) > 0 {
		if err := config.watch(scope, id, made.Id()); err != nil {
			return nil, err
		}
	}
	return &Connection{
		ID: made.Id(), AttachmentID: made.TransitGatewayAttachmentId(),
		Addresses: [2]*string{made.Tunnel1Address(), made.Tunnel2Address()},
		KeyARN:    made.GetStringAttribute(jsii.String("preshared_key_arn")),
	}, nil
}

// device is the customer gateway. AWS changes none, and deletes none that a connection
// has: another one is made first, which the connection then changes to in place.
// https://docs.aws.amazon.com/vpn/latest/s2svpn/change-vpn-cgw.html
func (c Config) device(scope constructs.Construct, id string) *string {
	arguments := &customergateway.CustomerGatewayConfig{
		Type:      jsii.String("ipsec.1"),
		IpAddress: tf.String(c.Address.String()),
		Tags:      tf.Tags(c.Name),
		Lifecycle: tf.ReplacedFirst(),
	}
	switch {
	case c.ASN == 0:
		arguments.BgpAsn = tf.String(strconv.Itoa(staticASN))
	case c.ASN > largestASN:
		arguments.BgpAsnExtended = tf.String(strconv.Itoa(c.ASN))
	default:
		arguments.BgpAsn = tf.String(strconv.Itoa(c.ASN))
	}
	return tf.Named(id, customergateway.NewCustomerGateway(scope, tf.ID("aws_customer_gateway", id), arguments)).Id()
}

// What both tunnels agree to, and nothing else: IKEv2, and of what AWS has the strongest.
// Left out, AWS also takes SHA-1, 128 bits and the 1024-bit group of 1998, if the device
// asks for them.
//
// AWS begins the negotiation, and begins anew when the device does not answer, so that a
// tunnel does not wait for packets from there. And it asks before it replaces its own end
// of a tunnel, until the date that it names.
//
//   - https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html
//   - https://docs.aws.amazon.com/vpn/latest/s2svpn/tunnel-endpoint-lifecycle.html
var (
	versions   = []string{"ikev2"}
	groups     = []int{20, 21}
	encryption = []string{"AES256-GCM-16"}
	integrity  = []string{"SHA2-384", "SHA2-512"}
)

const (
	whenDead    = "restart"
	whenStarted = "start"
)

// connection is the connection with its two tunnels, which are alike.
func (c Config) connection(scope constructs.Construct, id string, device *string) vpnconnection.VpnConnection {
	numbers := make([]*float64, len(groups))
	for i, n := range groups {
		numbers[i] = tf.Number(n)
	}
	made := tf.Named(id, vpnconnection.NewVpnConnection(scope, tf.ID("aws_vpn_connection", id), &vpnconnection.VpnConnectionConfig{
		Type:              jsii.String("ipsec.1"),
		CustomerGatewayId: device,
		TransitGatewayId:  c.GatewayID,
		StaticRoutesOnly:  c.ASN == 0,

		Tunnel1IkeVersions:                  tf.Strings(versions...),
		Tunnel1Phase1DhGroupNumbers:         &numbers,
		Tunnel1Phase1EncryptionAlgorithms:   tf.Strings(encryption...),
		Tunnel1Phase1IntegrityAlgorithms:    tf.Strings(integrity...),
		Tunnel1Phase2DhGroupNumbers:         &numbers,
		Tunnel1Phase2EncryptionAlgorithms:   tf.Strings(encryption...),
		Tunnel1Phase2IntegrityAlgorithms:    tf.Strings(integrity...),
		Tunnel1DpdTimeoutAction:             jsii.String(whenDead),
		Tunnel1StartupAction:                jsii.String(whenStarted),
		Tunnel1EnableTunnelLifecycleControl: true,
		Tunnel1LogOptions: &vpnconnection.VpnConnectionTunnel1LogOptions{
			CloudwatchLogOptions: &vpnconnection.VpnConnectionTunnel1LogOptionsCloudwatchLogOptions{
				LogEnabled: true, LogGroupArn: c.Logs.ARN, LogOutputFormat: jsii.String("json"),
			},
		},

		Tunnel2IkeVersions:                  tf.Strings(versions...),
		Tunnel2Phase1DhGroupNumbers:         &numbers,
		Tunnel2Phase1EncryptionAlgorithms:   tf.Strings(encryption...),
		Tunnel2Phase1IntegrityAlgorithms:    tf.Strings(integrity...),
		Tunnel2Phase2DhGroupNumbers:         &numbers,
		Tunnel2Phase2EncryptionAlgorithms:   tf.Strings(encryption...),
		Tunnel2Phase2IntegrityAlgorithms:    tf.Strings(integrity...),
		Tunnel2DpdTimeoutAction:             jsii.String(whenDead),
		Tunnel2StartupAction:                jsii.String(whenStarted),
		Tunnel2EnableTunnelLifecycleControl: true,
		Tunnel2LogOptions: &vpnconnection.VpnConnectionTunnel2LogOptions{
			CloudwatchLogOptions: &vpnconnection.VpnConnectionTunnel2LogOptionsCloudwatchLogOptions{
				LogEnabled: true, LogGroupArn: c.Logs.ARN, LogOutputFormat: jsii.String("json"),
			},
		},

		Tags:      tf.Tags(c.Name),
		DependsOn: tf.DependsOn(c.Logs.admitted),
	}))
	// The bindings are older than the argument.
	made.AddOverride(jsii.String("preshared_key_storage"), "SecretsManager")
	return made
}

// watch tells the topics when a tunnel has been down for ten minutes, and when both have.
// The metric of a connection is 1 if both are up, and less if one is not: of two values,
// or of their mean, only 0 says that no tunnel is up.
// https://docs.aws.amazon.com/vpn/latest/s2svpn/monitoring-cloudwatch-vpn.html
func (c Config) watch(scope constructs.Construct, id string, connection *string) error {
	state := alarm.Config{
		Namespace:  "AWS/VPN",
		Metric:     "TunnelState",
		Dimensions: map[string]*string{"VpnId": connection},
		Periods:    2,
		Topics:     c.Topics,
	}
	degraded := state
	degraded.Name = c.Name + "-degraded"
	degraded.Description = "A tunnel of the VPN is down: nothing is lost until the other one is too (" + c.Name + ")"
	degraded.Statistic, degraded.Comparison, degraded.Threshold = "Minimum", alarm.Below, 1
	if _, err := alarm.New(scope, tf.Name(id, "degraded"), degraded); err != nil {
		return err
	}
	down := state
	down.Name = c.Name + "-down"
	down.Description = "Both tunnels of the VPN are down: nothing gets to on-premises by it, or from there (" + c.Name + ")"
	down.Statistic, down.Comparison, down.Threshold = "Maximum", alarm.AtMost, 0
	down.SilenceIsBad = true
	_, err := alarm.New(scope, tf.Name(id, "down"), down)
	return err
}
