package estate

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/estate/cluster"
	"hubspoke/estate/internal/format"
	"hubspoke/estate/internal/ipv4"
	"hubspoke/internal/subnet"
	"hubspoke/internal/yamldoc"
)

// This file checks the sections that are packages of their own, and how they fit into the
// rest of the estate: whether a cluster without a way to the internet has what it calls,
// and a database subnets to be in.

// databaseMonitoring is the last part of the name of a database's monitoring role.
const databaseMonitoring = "database-monitoring"

// otherRoles are the last parts of names of roles that a spoke has beside its cluster's.
var otherRoles = []string{backupJobs, databaseMonitoring, "flow-logs", "probe", "trail"}

// validateSections checks every spoke's database and cluster, if it has one.
func (e *Estate) validateSections() {
	for _, s := range e.Spokes {
		d := e.spokes[s.Name]
		if s.Database != nil {
			at, instance := d.Section("database"), e.DatabaseName(s.Name)
			if e.settings.Broken("project") {
				instance = ""
			}
			s.Database.Validate(at, instance)
			e.validateTopics(at.Key("alarms", "topics"), s.Database.Alarms.Topics)
			validateRoleName(at, e.DatabaseMonitoringRole(s.Name))
			e.validateDatabasePlace(d, s)
		}
		e.validateSecrets(s)
		if s.Cluster != nil {
			s.Cluster.Validate(d.Section("cluster"), e.clusterSurroundings(s))
			e.validatePrivateCluster(d, s)
			e.validatePrivateImages(d, s)
			validateMeshImages(d, s)
			e.validateVerification(d, s)
			e.validateChartRepository(d, s)
			e.warnAddresses(d, s)
		}
	}
}

// validateTopics checks whom alarms tell: CloudWatch takes topics of its own region alone.
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/AlarmThatSendsEmail.html
func (e *Estate) validateTopics(s yamldoc.Section, topics []string) {
	for i, topic := range topics {
		if parts := strings.Split(topic, ":"); len(parts) > 4 && parts[3] != e.Region && !e.settings.Broken("region") {
			s.Item(i).Errorf("the topic is in %s: alarms tell those of their own region, %s", parts[3], e.Region)
		}
	}
}

// clusterSurroundings are what the cluster of a spoke needs to know.
func (e *Estate) clusterSurroundings(s *Spoke) cluster.Surroundings {
	region := e.Region
	if e.settings.Broken("region") {
		region = ""
	}
	return cluster.Surroundings{
		Prefix:      e.Prefix(s.Name),
		Region:      region,
		Account:     e.Accounts[s.Name],
		RoleARN:     func(name string) string { return e.RoleARN(s.Name, name) },
		RecordRoles: sortedKeys(s.RecordRoles),
		ReadSecrets: s.secretReaders(),
		OtherRoles:  otherRoles,
		Zones:       e.knownZones(s),
		Neighbours:  e.neighbours(s),
		HTTPSOnly:   s.SecurityGroups != nil,
		AsOf:        e.AsOf.day,
	}
}

// knownZones are the zones of a spoke's private subnets; nil if what the files say of
// them is broken.
func (e *Estate) knownZones(s *Spoke) []string {
	if d := e.spokes[s.Name]; d.Incomplete("network") || d.Broken("network") || e.settings.Incomplete("zones") || e.settings.Incomplete("region") {
		return nil
	}
	return e.UsedZones(s.Network)
}

// neighbours are the networks that pods of a spoke reach, or may come to reach: its own
// VPC, all others if a transit gateway can connect them, since segments change and the
// cluster's range of services does not, and what lies beyond the estate.
func (e *Estate) neighbours(s *Spoke) []cluster.Neighbour {
	all := []cluster.Neighbour{{Name: "its VPC", CIDR: s.Network.CIDR}}
	for _, v := range e.vpcs() {
		if v.name != s.Name && e.HasHubNetwork() {
			all = append(all, cluster.Neighbour{Name: "the VPC of " + v.name, CIDR: v.network.CIDR})
		}
	}
	for i, p := range e.OnPremises.CIDRs {
		if at := yamldoc.Index("on_premises.cidrs", i); !e.settings.Broken(at) {
			all = append(all, cluster.Neighbour{Name: at + " of estate.yaml", CIDR: p})
		}
	}
	for _, name := range sortedKeys(s.Network.Routes) {
		// Others are refused: see validateRoutes.
		if cidr := s.Network.Routes[name].CIDR; ipv4.Inside(cidr, ipv4.PrivateSpace()) {
			all = append(all, cluster.Neighbour{Name: yamldoc.Child("network.routes", name), CIDR: cidr})
		}
	}
	return all
}

// validateRoleName checks the one limit that a name put together from valid parts can
// still break.
func validateRoleName(s yamldoc.Section, name string) {
	if problem := format.RoleNameProblem(name); problem != "" {
		s.Errorf("%s", problem)
	}
}

// privateEndpoints are what a cluster calls that no way leads to but its
// endpoint, where there is none to the internet. ECR's are always there, and S3
// has a gateway endpoint in every VPC.
//   - https://docs.aws.amazon.com/eks/latest/userguide/private-clusters.html
//   - https://karpenter.sh/docs/getting-started/getting-started-with-karpenter/#private-clusters
var privateEndpoints = []string{"ec2", "eks", "elasticloadbalancing", "sqs", "ssm", "sts"}

// validatePrivateCluster checks that a cluster without a way to the internet has
// the endpoints that its nodes and controllers need.
func (e *Estate) validatePrivateCluster(d *yamldoc.Document, s *Spoke) {
	if s.Network.NAT != NATNone || e.settings.Incomplete("segments") || e.hub.Incomplete("endpoints") {
		return
	}
	if !e.HasHubNetwork() {
		validateExternalDNS(d, s)
		return
	}
	_, known := e.Segments[s.Segment]
	_, hubKnown := e.Segments[e.Hub.Segment]
	if known && hubKnown && !e.ReachesHub(s.Name) {
		d.Errorf("cluster", "without NAT nodes reach AWS only through the hub, which segment %q does not reach", s.Segment)
		return
	}
	validateExternalDNS(d, s)
	needed := slices.Clone(privateEndpoints)
	if s.Cluster.UsesPodIdentity() {
		needed = append(needed, "eks-auth")
	}
	if s.Cluster.Secrets || len(s.secretReaders()) > 0 {
		needed = append(needed, "secretsmanager")
	}
	if s.Cluster.NodeSessions {
		// https://docs.aws.amazon.com/systems-manager/latest/userguide/setup-create-vpc.html
		needed = append(needed, "ssmmessages")
	}
	slices.Sort(needed)
	missing := slices.DeleteFunc(needed, func(service string) bool { return slices.Contains(e.CentralEndpoints(), service) })
	if len(missing) > 0 {
		d.Errorf("cluster", "without NAT nodes reach AWS only through endpoints: add %s to endpoints in hub.yaml", strings.Join(missing, ", "))
	}
}

func validateExternalDNS(d *yamldoc.Document, s *Spoke) {
	if _, ok := s.RecordRoles[cluster.ExternalDNS]; ok {
		d.Errorf("cluster", "without NAT external-dns does not reach Route 53, which has no endpoint in a VPC: take external-dns out of record_roles, or give the network NAT")
	}
}

// validateMeshImages checks that a cluster's nodes reach the images of its mesh, which
// are in a registry that ECR's pull-through cache does not know.
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html
func validateMeshImages(d *yamldoc.Document, s *Spoke) {
	if s.Cluster.Mesh == "" || d.Broken("cluster.mesh") || d.Incomplete("network") {
		return
	}
	switch {
	case s.Network.NAT == NATNone:
		d.Errorf("cluster.mesh", "without NAT nodes do not reach registry.istio.io, where the images of the mesh are, and which no pull-through cache knows: give the network NAT, or leave the mesh out")
	case s.SecurityGroups != nil:
		d.Errorf("cluster.mesh", "nodes in the groups of security_groups send nothing out of the VPC, and the images of the mesh are on registry.istio.io: leave one of the two out")
	}
}

// validatePrivateImages checks that a cluster without a way to the internet finds
// the images of its controllers.
func (e *Estate) validatePrivateImages(d *yamldoc.Document, s *Spoke) {
	if s.Network.NAT != NATNone || e.HasHubNetwork() || e.hub.Incomplete("registry") || slices.Contains(e.Hub.Registry.PullThroughCache, "public.ecr.aws") {
		return
	}
	d.Errorf("cluster", "without NAT the images of Karpenter and the load balancer controller come from the hub's registry alone: add public.ecr.aws to registry.pull_through_cache in hub.yaml")
}

// minDatabaseZones is how many zones a DB subnet group has:
// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
const minDatabaseZones = 2

// validateDatabasePlace checks that there are subnets for the database, and somebody
// who uses it.
func (e *Estate) validateDatabasePlace(d *yamldoc.Document, s *Spoke) {
	if s.Cluster == nil && !d.Incomplete("cluster") {
		d.Errorf("database", "it admits the nodes of the spoke's cluster and nothing else, and there is none: give the spoke a cluster")
	}
	if !s.Network.DatabaseSubnets && d.Has("network.database_subnets") {
		d.Errorf("network.database_subnets", "the database is in these subnets: leave the key out, or say true")
		return
	}
	if d.Incomplete("network") || e.settings.Incomplete("zones") || e.settings.Incomplete("region") {
		return
	}
	plan, err := e.AddressPlan(s.Name, s.Network)
	if err != nil {
		return // validateRange says why
	}
	if zones := len(Subnets(plan, subnet.Database)); zones < minDatabaseZones {
		remedy := fmt.Sprintf("set network.az_count to %d", minDatabaseZones)
		if s.Network.Explicit() {
			remedy = fmt.Sprintf("name ranges in %d zones under network.subnets.database", minDatabaseZones)
		}
		d.Errorf("database", "the network has database subnets in %d of its zones, and RDS wants %d or more, even for an instance without a standby, so that it can move to another zone: %s",
			zones, minDatabaseZones, remedy)
	}
}
