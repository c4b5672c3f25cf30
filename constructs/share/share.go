// Package share makes AWS RAM resource shares, by which a resource of one
// account is used in another, and accepts them.
//
// https://docs.aws.amazon.com/ram/latest/userguide/what-is.html
package share

import (
	"errors"

	"github.com/aws/constructs-go/constructs/v10"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ramprincipalassociation"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ramresourceassociation"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ramresourceshare"
	"github.com/cdktf/cdktf-provider-aws-go/aws/v19/ramresourceshareaccepter"
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/internal/tf"
)

// Config describes a share.
type Config struct {
	// Name is the share's name.
	Name string
	// Principals are the account numbers, by account name, that get an invitation each. Empty if Organization is set.
	Principals map[string]string
	// Organization is the ARN of the organisation that shares without invitations.
	Organization string
	// Resources are the ARNs of what is shared, by a name for each.
	Resources map[string]*string
}

// Share is what the construct made.
type Share struct {
	// ARN is the share's ARN.
	ARN *string
}

// New makes the share `aws_ram_resource_share.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Share, error) {
	if (config.Organization == "") == (len(config.Principals) == 0) {
		return nil, errors.New("share " + config.Name + ": want either an organisation or accounts")
	}
	share := tf.Named(id, ramresourceshare.NewRamResourceShare(scope, tf.ID("aws_ram_resource_share", id), &ramresourceshare.RamResourceShareConfig{
		Name:                    tf.String(config.Name),
		AllowExternalPrincipals: config.Organization == "",
		Tags:                    tf.Tags(config.Name),
	}))
	for _, name := range tf.Keys(config.Resources) {
		association := tf.Name(id, name)
		tf.Named(association, ramresourceassociation.NewRamResourceAssociation(scope, tf.ID("aws_ram_resource_association", association), &ramresourceassociation.RamResourceAssociationConfig{
			ResourceArn:      config.Resources[name],
			ResourceShareArn: share.Arn(),
		}))
	}
	if config.Organization != "" {
		principal(scope, tf.Name(id, "organization"), config.Organization, share)
	}
	for _, name := range tf.Keys(config.Principals) {
		principal(scope, tf.Name(id, name), config.Principals[name], share)
	}
	return &Share{ARN: share.Arn()}, nil
}

func principal(scope constructs.Construct, name, principal string, share ramresourceshare.RamResourceShare) {
	tf.Named(name, ramprincipalassociation.NewRamPrincipalAssociation(scope, tf.ID("aws_ram_principal_association", name), &ramprincipalassociation.RamPrincipalAssociationConfig{
		Principal:        &principal,
		ResourceShareArn: share.Arn(),
	}))
}

// AccepterConfig describes the acceptance of an invitation.
type AccepterConfig struct {
	// ShareARN is the share, which has invited the account of scope.
	ShareARN *string
}

// Accepter is the acceptance of an invitation.
type Accepter struct {
	// Accepted is what the users of the shared resources wait for: AWS does not know those before.
	Accepted cdktf.ITerraformDependable
}

// NewAccepter accepts the invitation to a share in the account of scope, as
// `aws_ram_resource_share_accepter.<id>`.
func NewAccepter(scope constructs.Construct, id string, config AccepterConfig) (*Accepter, error) {
	if config.ShareARN == nil {
		return nil, errors.New("acceptance of share " + id + ": want a share")
	}
	return &Accepter{Accepted: tf.Named(id, ramresourceshareaccepter.NewRamResourceShareAccepter(scope, tf.ID("aws_ram_resource_share_accepter", id), &ramresourceshareaccepter.RamResourceShareAccepterConfig{
		ShareArn: config.ShareARN,
	}))}, nil
}
