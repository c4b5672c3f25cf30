package estate

import (
	"slices"
	"strings"

	"hubspoke/internal/subnet"
	"hubspoke/internal/yamldoc"
)

// validateStandalone checks what a spoke's VPC has instead of the hub's: endpoints,
// security groups, routes, a bastion.
func (e *Estate) validateStandalone() {
	for _, s := range e.Spokes {
		d := e.spokes[s.Name]
		validatePrivateOnly(d, s.Network)
		e.validateExisting(s)
		e.validateRoutes(s)
		e.validateOwnEndpoints(s)
		e.validateZonesOfCluster(s)
		e.validateSecurityGroups(s)
		e.validateBastion(s)
	}
}

func validatePrivateOnly(d *yamldoc.Document, n Network) {
	if n.PrivateOnly && n.NAT != NATNone {
		d.Errorf("network.nat", "%s is a way to the internet, and a private-only network has none: leave it out, or private_only", n.NAT)
	}
}

// validateZonesOfCluster checks what takes subnets in two zones:
// https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html
func (e *Estate) validateZonesOfCluster(s *Spoke) {
	d := e.spokes[s.Name]
	if s.Cluster == nil || d.Incomplete("network") || e.settings.Incomplete("zones") || e.settings.Incomplete("region") {
		return
	}
	zones := e.UsedZones(s.Network)
	for _, zone := range zones {
		if slices.Contains(notForControlPlanes, zone) {
			d.Errorf("cluster", "EKS has no control planes in zone %s, which the network uses: leave the zone out of zones in estate.yaml, or out of the network's subnets", zone)
		}
	}
	if !s.Network.PrivateOnly || len(zones) > 1 {
		return
	}
	d.Errorf("cluster", "EKS wants subnets in two zones, and the network has one: %s, or leave the cluster out", secondZone(s.Network, subnet.Private))
}

// secondZone says which setting gives a tier its second zone.
func secondZone(n Network, tier subnet.Tier) string {
	switch {
	case n.Existing != nil && len(n.ranges(tier)) == 0:
		return "name a subnet in a second zone under network.existing." + string(tier) + "_subnet_ids"
	case n.Explicit():
		return "name a range in a second zone under network.subnets." + string(tier)
	}
	return "set network.az_count: 2"
}

// validateOwnEndpoints checks that what is in a VPC without NAT has a way to the
// APIs that it uses.
func (e *Estate) validateOwnEndpoints(s *Spoke) {
	d, at := e.spokes[s.Name], "network.enable_vpc_endpoints"
	if d.Incomplete("network") || e.settings.Incomplete("segments") || e.settings.Incomplete("segmentation") {
		return
	}
	if e.HasOwnEndpoints(s.Name) {
		if e.HasHubNetwork() {
			d.Errorf(at, "endpoints are in the hub's network, whose private zones answer for the same names: leave this out")
			return
		}
		for _, c := range s.calls() {
			if c.endpoint() == "" && c.service != "s3" && s.Network.NAT == NATNone {
				d.Warnf(c.path, "without NAT, the workload reaches %s only if the service has an endpoint in VPCs: this program knows none", c.service)
			}
		}
		return
	}
	if len(s.Network.Endpoints) > 0 {
		d.Errorf("network.endpoints", "the VPC has no endpoints of its own: set enable_vpc_endpoints: true, or leave this out")
	}
	if lost := s.lostWithoutEndpoints(); len(lost) > 0 && s.Network.NAT == NATNone && !e.HasHubNetwork() {
		d.Errorf(at, "without NAT and without endpoints there is no way out for %s: set enable_vpc_endpoints: true", strings.Join(lost, ", nor for "))
	}
}

// lostWithoutEndpoints are the parts of a spoke that use AWS APIs, with what for.
func (s *Spoke) lostWithoutEndpoints() []string {
	var lost []string
	if s.Cluster != nil {
		lost = append(lost, "the cluster (image pulls by ecr.api and ecr.dkr, nodes by ec2 and eks, credentials of pods by sts)")
	}
	if s.Bastion != nil {
		lost = append(lost, "the bastion (Session Manager by ssm and ssmmessages, its logs)")
	}
	if s.Probe {
		lost = append(lost, "the probe (Session Manager by ssm and ssmmessages, its log)")
	}
	return lost
}

func (e *Estate) validateSecurityGroups(s *Spoke) {
	d, g, at := e.spokes[s.Name], s.SecurityGroups, "security_groups"
	if g == nil {
		return
	}
	bastion := yamldoc.Child(at, "bastion_security_group_id")
	if g.BastionSecurityGroupID != "" && s.Bastion != nil {
		d.Errorf(bastion, "the bastion of this file has a group of its own: leave out one of the two")
	}
	switch {
	case e.HasHubNetwork():
		d.Errorf(at, "nodes in these groups send nothing out of the VPC, and endpoints are in the hub's network: leave them out")
	case s.Cluster == nil && !d.Incomplete("cluster"):
		d.Errorf(at, "these are the groups of a cluster and its load balancers, and the spoke has no cluster: leave them out")
	case !e.HasOwnEndpoints(s.Name) && !d.Incomplete("network"):
		d.Errorf(at, "nodes in these groups send nothing out of the VPC but to S3, and the VPC has no endpoints: set network.enable_vpc_endpoints: true, or leave them out")
	}
}

// graviton says that the instances of a type have AWS processors: t4g, m7gd.
func graviton(instanceType string) bool {
	family, _, ok := strings.Cut(instanceType, ".")
	i := strings.IndexAny(family, "0123456789")
	return ok && i > 0 && strings.HasPrefix(strings.TrimLeft(family[i:], "0123456789"), "g")
}

func (e *Estate) validateBastion(s *Spoke) {
	d := e.spokes[s.Name]
	if s.Bastion == nil {
		return
	}
	if !graviton(s.Bastion.InstanceType) {
		d.Errorf("bastion.instance_type", "%q is not a Graviton instance type, such as t4g.micro", s.Bastion.InstanceType)
	}
	if e.HasHubNetwork() {
		d.Errorf("bastion", "the bastion sends nothing out of its VPC, and endpoints are in the hub's network: leave it out")
	} else if s.Network.NAT != NATNone && !e.HasOwnEndpoints(s.Name) && !d.Incomplete("network") {
		d.Errorf("bastion", "the bastion sends nothing out of its VPC but to S3: set network.enable_vpc_endpoints: true")
	}
}
