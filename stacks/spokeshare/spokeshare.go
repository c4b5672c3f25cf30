// Package spokeshare shares what a stack of the hub makes with all spokes, and
// accepts it in theirs.
package spokeshare

import (
	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/share"
	"hubspoke/internal/base"
)

// New shares resources of the hub, by a name for each, with every spoke: through the
// organisation if it shares without invitations, otherwise by an invitation to each
// account. It returns the share's ARN if spokes have to accept it, and nil if they do
// not. Without spokes there is nothing to share.
func New(s *base.Stack, id string, resources map[string]*string) (*string, error) {
	config := share.Config{Name: s.Prefix() + "-" + id, Resources: resources}
	if s.Estate.Organization.ResourceSharing {
		config.Organization = s.Estate.Organization.ARN
	} else if len(s.Estate.Spokes) == 0 {
		return nil, nil
	} else {
		config.Principals = map[string]string{}
		for _, spoke := range s.Estate.Spokes {
			config.Principals[spoke.Name] = s.Estate.Accounts[spoke.Name]
		}
	}
	made, err := share.New(s.Scope, id, config)
	if err != nil || config.Organization != "" {
		return nil, err
	}
	return made.ARN, nil
}

// Accept accepts a share of the hub in the stack's account. It returns what the users
// of the shared resources must wait for: nothing, if the organisation shares without
// invitations.
func Accept(s *base.Stack, id string, arn *string) ([]cdktf.ITerraformDependable, error) {
	if s.Estate.Organization.ResourceSharing {
		return nil, nil
	}
	accepter, err := share.NewAccepter(s.Scope, id, share.AccepterConfig{ShareARN: arn})
	if err != nil {
		return nil, err
	}
	return []cdktf.ITerraformDependable{accepter.Accepted}, nil
}
