// Package directconnect associates a Direct Connect gateway with a transit gateway, which
// attaches it. The gateway itself, its virtual interfaces and the lines are made elsewhere.
//
// AWS makes the attachment, and this version of the provider does not say its id. A data
// source could; but it would be read anew with every change of what is announced, and
// replace all that names the attachment, which is an outage:
// https://github.com/hashicorp/terraform-provider-aws/issues/36889
//
// https://docs.aws.amazon.com/directconnect/latest/UserGuide/direct-connect-transit-gateways.html
package directconnect

import (
	"fmt"
	"net/netip"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/dxgatewayassociation"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/tf"
)

// Config describes an association.
type Config struct {
	// GatewayID is the Direct Connect gateway of the account.
	GatewayID string
	// TransitGatewayID is the account's transit gateway. Its ASN is another one than the Direct Connect gateway's.
	TransitGatewayID *string
	// AllowedPrefixes are announced to on-premises, as they stand here.
	AllowedPrefixes []netip.Prefix
}

// Association is what the construct made.
type Association struct {
	// Resource is the association itself, for what must wait for it and names it by another way.
	Resource cdktf.ITerraformDependable
}

// New makes the association `aws_dx_gateway_association.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Association, error) {
	if config.GatewayID == "" || config.TransitGatewayID == nil || len(config.AllowedPrefixes) == 0 {
		return nil, fmt.Errorf("association with the Direct Connect gateway %q: want its id, a transit gateway and prefixes", config.GatewayID)
	}
	var prefixes []string
	for _, p := range config.AllowedPrefixes {
		prefixes = append(prefixes, p.String())
	}
	return &Association{Resource: tf.Named(id, dxgatewayassociation.NewDxGatewayAssociation(scope, tf.ID("aws_dx_gateway_association", id), &dxgatewayassociation.DxGatewayAssociationConfig{
		DxGatewayId:         tf.String(config.GatewayID),
		AssociatedGatewayId: config.TransitGatewayID,
		AllowedPrefixes:     tf.Strings(prefixes...),
	}))}, nil
}
