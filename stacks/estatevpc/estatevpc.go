// Package estatevpc makes the VPC of an account as the estate describes it: what
// a hub and a spoke have in common.
package estatevpc

import (
	"net/netip"

	"hubspoke/constructs/endpoints"
	"hubspoke/constructs/flowlogs"
	"hubspoke/constructs/querylog"
	"hubspoke/constructs/vpc"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
	"hubspoke/stacks/baseline"
	"hubspoke/stacks/hublogs"
)

// VPC is the VPC of an account.
type VPC struct {
	*vpc.VPC
	// S3PrefixListID is the list of S3's addresses, which the VPC's gateway endpoint answers for.
	S3PrefixListID *string
}

// New makes the VPC `aws_vpc.main` of the stack's account, with its flow logs, its
// S3 gateway endpoint and its routes to networks beyond the estate. One that is
// there already is looked up. Tags are added to the subnets of a tier.
func New(s *base.Stack, tags map[subnet.Tier]map[string]string) (*VPC, error) {
	e, network := s.Estate, s.Estate.Network(s.Account)
	made, err := vpc.New(s.Scope, "main", config(e, s.Account, tags))
	if err != nil {
		return nil, err
	}
	v := &VPC{VPC: made}
	if err := LogFlows(s, v.ID, Flows{
		Name: s.Prefix(), LogGroup: e.FlowLogGroup(s.Account), CIDR: network.CIDR, Databases: network.DatabaseSubnets,
	}); err != nil {
		return nil, err
	}
	if err := logQueries(s, v.ID); err != nil {
		return nil, err
	}
	for _, name := range tf.Keys(network.Routes) {
		if err := v.Route(name, network.Routes[name].CIDR, network.Routes[name].Via); err != nil {
			return nil, err
		}
	}
	subnets := append(v.Subnets(subnet.Public), v.Subnets(subnet.Private)...)
	if len(vpc.Tables(subnets)) == 0 && len(v.ExistingTables()) == 0 {
		// The route tables of a VPC that was there, with a way to S3 of their own.
		return v, nil
	}
	s3, err := endpoints.NewS3(s.Scope, "s3", endpoints.S3Config{
		Account: e.Account(s.Account), VPC: made, Accounts: e.AccountNumbers(),
		Subnets:  subnets,
		TableIDs: v.ExistingTables(),
	})
	if err != nil {
		return nil, err
	}
	v.S3PrefixListID = s3.PrefixListID
	return v, nil
}

// config is the VPC as the estate describes it.
func config(e *estate.Estate, account string, tags map[subnet.Tier]map[string]string) vpc.Config {
	network := e.Network(account)
	config := vpc.Config{
		Name:         e.Prefix(account),
		CIDR:         network.CIDR,
		Reachable:    reachable(e, account),
		Privately:    privately(e, account),
		TablePerTier: network.PrivateOnly,
	}
	if x := network.Existing; x != nil {
		config.ExistingID, config.ExistingPrivateTables = x.VPCID, x.PrivateRouteTableIDs
	}
	for _, slot := range e.Plan(account) {
		switch {
		case slot.Existing != "":
			config.Subnets = append(config.Subnets, vpc.SubnetConfig{Tier: slot.Tier, Zone: slot.Zone, ExistingID: slot.Existing})
		case slot.Used:
			s := vpc.SubnetConfig{Tier: slot.Tier, Zone: slot.Zone, CIDR: slot.CIDR, Tags: tags[slot.Tier]}
			if s.Tier == subnet.Private {
				s.Reserved = estate.FixedAddresses(slot.CIDR)
			}
			config.Subnets = append(config.Subnets, s)
		}
	}
	switch zones := e.UsedZones(network); network.NAT {
	case estate.NATSingle:
		config.NATZones = zones[:1]
	case estate.NATOnePerAZ:
		config.NATZones = zones
	}
	return config
}

// Flows are the flows of a VPC of the stack's account.
type Flows struct {
	// Name is the VPC's name, and LogGroup that of the log group to make.
	Name, LogGroup string
	// CIDR is the VPC's range.
	CIDR netip.Prefix
	// Databases says that the VPC has database subnets.
	Databases bool
}

// LogFlows makes the flow logs `main` of a VPC, as the estate wants them.
func LogFlows(s *base.Stack, vpcID *string, flows Flows) error {
	e := s.Estate
	recorded := flowlogs.Recorded{
		VPC:       flows.CIDR,
		Accepted:  e.Logs.FlowLogs.LogGroup == estate.AllFlows,
		Databases: flows.Databases,
	}
	if e.HasHubNetwork() {
		recorded.Known = append(append([]netip.Prefix{}, e.AddressSpace...), e.OnPremises.CIDRs...)
	}
	config := flowlogs.Config{
		Name:            flows.Name,
		VPCID:           vpcID,
		IntervalSeconds: e.Logs.FlowLogs.IntervalSeconds,
		ToLogGroup:      traffic(e.Logs.FlowLogs.LogGroup),
		LogGroup:        flows.LogGroup,
		RetentionDays:   e.Logs.FlowLogDays,
		KeyARN:          baseline.Read(s).LogKeyARN,
		ToBucket:        traffic(e.Logs.FlowLogs.Bucket),
		Queries:         flowlogs.Queries(recorded),
		Account:         e.Account(s.Account),
	}
	if config.ToBucket != "" {
		config.BucketARN = hublogs.Read(s).FlowLogsBucketARN
	}
	_, err := flowlogs.New(s.Scope, "main", config)
	return err
}

// mostBeyond is how many queries for other names than it may ask for a restricted VPC makes
// in five minutes before an alarm rings: programs look for updates, and repeat themselves.
const mostBeyond = 200

// logQueries keeps the DNS queries of the VPC in a log group of its account, if the
// estate asks for it.
func logQueries(s *base.Stack, vpcID *string) error {
	e := s.Estate
	if !e.Logs.QueryLogGroup {
		return nil
	}
	// What a spoke may not ask for is no sign of anything, unless it asks for much of it.
	mostBlocked := 0
	if e.DNS.Firewall.Restricts(s.Account) {
		mostBlocked = mostBeyond
	}
	_, err := querylog.NewLogGroup(s.Scope, "dns_queries", querylog.LogGroupConfig{
		Name:          s.Prefix(),
		VPCID:         vpcID,
		LogGroup:      e.QueryLogGroup(s.Account),
		RetentionDays: e.Logs.RetentionDays,
		KeyARN:        baseline.Read(s).LogKeyARN,
		Namespace:     e.Project + "/dns",
		Firewall:      e.DNS.Firewall.BlocksForAll() || e.DNS.Firewall.Restricts(s.Account),
		MostBlocked:   mostBlocked,
		Topics:        e.Alarms.Topics,
		Account:       e.Account(s.Account),
	})
	return err
}

// traffic is what AWS calls the flows that the estate asks for.
func traffic(f estate.Flows) flowlogs.Traffic {
	switch f {
	case estate.AllFlows:
		return flowlogs.All
	case estate.RejectedFlows:
		return flowlogs.Rejected
	}
	return ""
}

// reachable are the ranges that the network ACLs admit. A VPC that talks to
// spokes admits the whole address space: the gateway's route tables are exact,
// and an ACL with a line for each spoke would outgrow its 20 lines.
func reachable(e *estate.Estate, account string) []netip.Prefix {
	if account == estate.HubAccount {
		ranges := append([]netip.Prefix{}, e.AddressSpace...)
		if !e.IsHybrid() {
			// Who makes the way there may route public subnets too.
			ranges = append(ranges, e.OnPremises.CIDRs...)
		}
		return ranges
	}
	var ranges, beyond []netip.Prefix
	for _, name := range tf.Keys(e.Network(account).Routes) {
		beyond = append(beyond, e.Network(account).Routes[name].CIDR)
	}
	for _, peer := range e.Peers(account) {
		if peer != estate.HubAccount {
			return append(beyond, e.AddressSpace...)
		}
		ranges = append(ranges, e.Hub.Network.CIDR)
	}
	return append(ranges, beyond...)
}

// privately are the ranges that the ACL of private subnets alone admits: to on-premises,
// other subnets have no route.
func privately(e *estate.Estate, account string) []netip.Prefix {
	if !e.ReachesOnPremises(account) {
		return nil
	}
	return e.OnPremises.CIDRs
}
