package spokenetwork

import (
	"strings"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/bastion"
	"hubspoke/constructs/eks"
	"hubspoke/constructs/endpoints"
	"hubspoke/constructs/privategroups"
	"hubspoke/constructs/securitygroup"
	"hubspoke/constructs/vpc"
	"hubspoke/internal/base"
	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
	"hubspoke/stacks/baseline"
	"hubspoke/stacks/estatevpc"
)

// standAlone makes what a VPC has in itself that others have of the hub: endpoints,
// groups that know the VPC alone, and a way in for people.
func standAlone(s *base.Stack, v *estatevpc.VPC, outputs *Outputs) error {
	own, err := ownEndpoints(s, v.VPC)
	if err != nil {
		return err
	}
	host, err := newBastion(s, v, own)
	if err != nil {
		return err
	}
	if host != nil {
		outputs.BastionID = host.ID
	}
	if s.Estate.Spoke(s.Account).SecurityGroups != nil {
		if err := groups(s, v, host, outputs); err != nil {
			return err
		}
	}
	if s.Estate.Spoke(s.Account).Probe {
		_, err := estatevpc.Probe(s, v.VPC)
		return err
	}
	return nil
}

// ownEndpoints makes the interface endpoints, each with a tag that says what for,
// and returns them.
func ownEndpoints(s *base.Stack, v *vpc.VPC) ([]cdktf.ITerraformDependable, error) {
	e := s.Estate
	services, reasons := []string{}, map[string]string{}
	for _, endpoint := range e.OwnEndpoints(s.Account) {
		services = append(services, endpoint.Service)
		reasons[endpoint.Service] = strings.Join(endpoint.Reasons, " / ")
	}
	if len(services) == 0 {
		return nil, nil
	}
	group, err := privategroups.NewEndpoints(s.Scope, "vpc_endpoints", privategroups.EndpointsConfig{
		Name: s.Prefix() + "-vpc-endpoints", VPCID: v.ID, CIDR: v.Config.CIDR,
	})
	if err != nil {
		return nil, err
	}
	made, err := endpoints.NewInterface(s.Scope, "endpoints", endpoints.InterfaceConfig{
		Name:       s.Prefix(),
		Region:     e.Region,
		VPCID:      v.ID,
		Subnets:    v.Subnets(subnet.Private),
		Services:   services,
		Reasons:    reasons,
		Group:      group,
		PrivateDNS: true,
		Accounts:   e.AccountNumbers(),
	})
	if err != nil {
		return nil, err
	}
	return made.Endpoints, nil
}

// newBastion makes the bastion in the first private subnet, once the VPC's own
// endpoints are there; nil if there is none.
func newBastion(s *base.Stack, v *estatevpc.VPC, own []cdktf.ITerraformDependable) (*bastion.Bastion, error) {
	e, spec := s.Estate, s.Estate.Spoke(s.Account).Bastion
	if spec == nil {
		return nil, nil
	}
	return bastion.New(s.Scope, "bastion", bastion.Config{
		Name:           e.BastionName(s.Account),
		InstanceType:   spec.InstanceType,
		VPCID:          v.ID,
		CIDR:           v.Config.CIDR,
		Subnet:         v.Subnets(subnet.Private)[0],
		S3PrefixListID: v.S3PrefixListID,
		Sessions:       baseline.SessionStatements(s),
		After:          own,
		Account:        e.Account(s.Account),
	})
}

// groups makes the groups of the cluster and of its load balancers. A bastion of the
// estate may reach all of them.
func groups(s *base.Stack, v *estatevpc.VPC, host *bastion.Bastion, outputs *Outputs) error {
	e, spec := s.Estate, s.Estate.Spoke(s.Account).SecurityGroups
	config := privategroups.Config{
		Name:           s.Prefix(),
		VPCID:          v.ID,
		CIDR:           v.Config.CIDR,
		S3PrefixListID: v.S3PrefixListID,
		NodeTags:       eks.NodeTags(e.ClusterName(s.Account)),
		Additional:     map[string]*securitygroup.Group{},
		ETCD:           spec.ETCD,
	}
	for _, id := range spec.AdditionalSecurityGroupIDs {
		config.Additional[tf.Name(id)] = &securitygroup.Group{ID: tf.String(id)}
	}
	switch {
	case host != nil:
		config.Additional["bastion"], config.Bastion = host.Group, host.Group
	case spec.BastionSecurityGroupID != "":
		config.Bastion = &securitygroup.Group{ID: tf.String(spec.BastionSecurityGroupID)}
	}
	made, err := privategroups.New(s.Scope, "eks", config)
	if err != nil {
		return err
	}
	outputs.ClusterGroupID, outputs.NodesGroupID = made.Cluster.ID, made.Nodes.ID
	outputs.InternalALBGroupID, outputs.FrontendALBGroupID = made.InternalALB.ID, made.FrontendALB.ID
	return nil
}
