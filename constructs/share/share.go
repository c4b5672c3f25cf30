// Package share makes AWS RAM resource shares, by which a resource of one
// account is used in another, and accepts them.
//
// An account that has accepted a share cannot be invited to it again, and a second
// invitation that it accepts keeps the provider from reading the first. So a share and
// its acceptance are made and destroyed together: the next one is another share.
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
	// Provider acts in the account of what is shared; nil is the stack's own.
	Provider cdktf.TerraformProvider
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
	// Associations are what the share consists of: whom it invites, and to what.
	Associations []cdktf.ITerraformDependable
}

// New makes the share `aws_ram_resource_share.<id>`.
func New(scope constructs.Construct, id string, config Config) (*Share, error) {
	if (config.Organization == "") == (len(config.Principals) == 0) {
		return nil, errors.New("share " + config.Name + ": want either an organisation or accounts")
	}
	resource := tf.Named(id, ramresourceshare.NewRamResourceShare(scope, tf.ID("aws_ram_resource_share", id), &ramresourceshare.RamResourceShareConfig{
		Provider:                config.Provider,
		Name:                    tf.String(config.Name),
		AllowExternalPrincipals: config.Organization == "",
		Tags:                    tf.Tags(config.Name),
	}))
	share := &Share{ARN: resource.Arn()}
	for _, name := range tf.Keys(config.Resources) {
		association := tf.Name(id, name)
		share.Associations = append(share.Associations, tf.Named(association, ramresourceassociation.NewRamResourceAssociation(scope, tf.ID("aws_ram_resource_association", association), &ramresourceassociation.RamResourceAssociationConfig{
			Provider:         config.Provider,
			ResourceArn:      config.Resources[name],
			ResourceShareArn: share.ARN,
		})))
	}
	if config.Organization != "" {
		share.invite(scope, tf.Name(id, "organization"), config.Organization, config.Provider)
	}
	for _, name := range tf.Keys(config.Principals) {
		share.invite(scope, tf.Name(id, name), config.Principals[name], config.Provider)
	}
	return share, nil
}

func (s *Share) invite(scope constructs.Construct, name, principal string, provider cdktf.TerraformProvider) {
	s.Associations = append(s.Associations, tf.Named(name, ramprincipalassociation.NewRamPrincipalAssociation(scope, tf.ID("aws_ram_principal_association", name), &ramprincipalassociation.RamPrincipalAssociationConfig{
		Provider:         provider,
		Principal:        &principal,
		ResourceShareArn: s.ARN,
	})))
}

// AccepterConfig describes the acceptance of an invitation.
type AccepterConfig struct {
	// ShareARN is the share, which has invited the account of scope.
	ShareARN *string
	// After is what must exist first: the invitation, and what it is to. On the way back the account leaves before those go.
	After []cdktf.ITerraformDependable
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
		ShareArn:  config.ShareARN,
		DependsOn: tf.DependsOn(config.After...),
	}))}, nil
}
