// Package estatevpc makes the VPC of an account as the estate describes it: what
// a hub and a spoke have in common.
package estatevpc

import (
	"net/netip"

	"hubspoke/constructs/endpoints"
	"hubspoke/constructs/flowlogs"
	"hubspoke/constructs/vpc"
	"hubspoke/environments"
	"hubspoke/internal/stack"
	"hubspoke/stacks/hublogs"
)

// New makes the VPC `aws_vpc.main` of the stack's account, with its flow logs and
// its S3 gateway endpoint. Tags are added to the subnets of a tier.
func New(s *stack.Stack, tags map[vpc.Tier]map[string]string) (*vpc.VPC, error) {
	e, network := s.Estate, s.Estate.Network(s.Account)
	config := vpc.Config{
		Name:      s.Prefix(),
		CIDR:      network.CIDR,
		Reachable: reachable(e, s.Account),
	}
	for _, slot := range e.Plan(s.Account) {
		if tier := vpc.Tier(slot.Tier); slot.Used {
			subnet := vpc.SubnetConfig{Tier: tier, Zone: slot.Zone, CIDR: slot.CIDR, Tags: tags[tier]}
			if tier == vpc.Private {
				subnet.Reserved = environments.FixedAddresses(slot.CIDR)
			}
			config.Subnets = append(config.Subnets, subnet)
		}
	}
	switch zones := e.UsedZones(network); network.NAT {
	case environments.NATSingle:
		config.NATZones = zones[:1]
	case environments.NATOnePerAZ:
		config.NATZones = zones
	}
	v, err := vpc.New(s.Scope, "main", config)
	if err != nil {
		return nil, err
	}
	if err := logFlows(s, v); err != nil {
		return nil, err
	}
	_, err = endpoints.NewS3(s.Scope, "s3", endpoints.S3Config{
		Region: e.Region, Partition: e.Partition(), VPC: v, Accounts: e.AccountNumbers(),
		Subnets: append(v.Subnets(vpc.Public), v.Subnets(vpc.Private)...),
	})
	return v, err
}

func logFlows(s *stack.Stack, v *vpc.VPC) error {
	e := s.Estate
	_, err := flowlogs.New(s.Scope, "main", flowlogs.Config{
		Name:          s.Prefix(),
		VPCID:         v.ID,
		LogGroup:      e.FlowLogGroup(s.Account),
		RetentionDays: e.Logs.RetentionDays,
		BucketARN:     stack.Read[hublogs.Outputs](s, "hub-logs").FlowLogsBucketARN,
		Partition:     e.Partition(),
		Region:        e.Region,
		Account:       s.Number(),
	})
	return err
}

// reachable are the ranges that the network ACLs admit. A VPC that talks to
// spokes admits the whole address space: the gateway's route tables are exact,
// and an ACL with a line for each spoke would outgrow its 20 lines.
func reachable(e *environments.Estate, account string) []netip.Prefix {
	if account == environments.HubAccount {
		return append(append([]netip.Prefix{}, e.AddressSpace...), e.OnPremises.CIDRs...)
	}
	var ranges []netip.Prefix
	for _, peer := range e.Peers(account) {
		if peer != environments.HubAccount {
			return e.AddressSpace
		}
		ranges = append(ranges, e.Hub.Network.CIDR)
	}
	return ranges
}
