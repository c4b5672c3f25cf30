package cluster

import (
	"maps"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"golang.org/x/mod/semver"

	"hubspoke/estate/internal/format"
	"hubspoke/estate/internal/ipv4"
	"hubspoke/internal/yamldoc"
)

// Surroundings are what the rules of a cluster need to know of the rest of the estate.
type Surroundings struct {
	// Prefix is what the names of the cluster and its roles begin with: `<project>-<spoke>`.
	Prefix string
	// Region is the region of the estate, and Account the number of the cluster's account; "" if one is not known.
	Region, Account string
	// RoleARN is the ARN of a role of the cluster's account.
	RoleARN func(name string) string
	// RecordRoles are the workloads that write records in the hub's zones.
	RecordRoles []string
	// ReadSecrets are the identities that read secrets of the spoke.
	ReadSecrets []string
	// OtherRoles are the last parts of names of roles that the account has for something else.
	OtherRoles []string
	// Zones are those of the network's private subnets, lowest first; nil if they are not known.
	Zones []string
	// Neighbours are the networks that pods reach, or may come to reach.
	Neighbours []Neighbour
	// HTTPSOnly says that the cluster's load balancers can answer HTTPS alone.
	HTTPSOnly bool
	// AsOf is the day by which the end of support is judged; the zero time if none is.
	AsOf time.Time
}

// role is the name of a role of the cluster.
func (in Surroundings) role(name string) string { return in.Prefix + "-" + name }

// Validate checks what a cluster's section says, beside what its tags ask.
func (c *Config) Validate(s yamldoc.Section, in Surroundings) {
	validateVersion(s.Key("version"), c.Version, in.AsOf)
	c.validateNames(s, in)
	c.validateControlPlaneZones(s.Key("control_plane_zones"), in)
	c.validateServiceCIDR(s.Key("service_cidr"), in)
	validatePublicAccess(s.Key("public_access"), c.PublicAccess)
	c.validateAccess(s.Key("access"), in)
	validateNodeGroup(s.Key("system_nodes"), c.SystemNodes, Taint{Key: "CriticalAddonsOnly", Effect: "NoSchedule"})
	if *c.SystemNodes.MinSize == 0 {
		s.Key("system_nodes", "min_size").Errorf("Karpenter and the cluster's names run on these nodes, and nothing would bring the first one: want 1 or more")
	}
	for _, name := range slices.Sorted(maps.Keys(c.NodeGroups)) {
		at := s.Key("node_groups", name)
		if name == SystemNodeGroup {
			at.Errorf("%q is the node group of system_nodes", name)
		}
		g := c.NodeGroups[name]
		validateNodeGroup(at, g)
		if *g.MinSize == 0 && len(c.NodePools) == 0 {
			at.Key("min_size").Warnf("nothing gives the group a node, and there is no node pool: workloads wait until somebody sets its size (aws eks update-nodegroup-config --scaling-config)")
		}
	}
	c.warnNodes(s)
	c.warnSecrets(s)
	c.validateAddOnVersions(s.Key("add_on_versions"))
	c.validateIdentities(s, in)
	c.validateSecretFiles(s, in)
	c.validateNodePools(s)
	validateNamespaces(s.Key("namespaces"), c.Namespaces)
	if version := s.Key("chart_versions", ExternalDNS); version.Has() && !slices.Contains(in.RecordRoles, ExternalDNS) {
		version.Errorf("external-dns is not installed: it comes with record_roles.external-dns")
	}
	c.validateMesh(s)
	c.validateImages(s)
	c.validateBundle(s.Key("bundle"))
	c.validateSamples(s)
	c.validateCertificate(s, in)
}

// validateNames checks the names that the cluster has without being told.
// https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
func (c *Config) validateNames(s yamldoc.Section, in Surroundings) {
	if name := in.Prefix; len(name) > 100 {
		s.Errorf("the cluster would be called %s, which has %d characters: EKS takes 100", name, len(name))
	}
	// The longest is enough: whoever mends that has mended all.
	longest := in.role(Role)
	for _, w := range c.Controllers(in.RecordRoles) {
		if name := in.role(w.Name); len(name) > len(longest) {
			longest = name
		}
	}
	if problem := format.RoleNameProblem(longest); problem != "" {
		s.Errorf("%s", problem)
	}
}

// widest is the shortest prefix length of a public range that may reach a
// cluster's API: no registry gives larger ranges to anyone.
const widest = 8

func validatePublicAccess(s yamldoc.Section, ranges []netip.Prefix) {
	for i, p := range ranges {
		switch at := s.Item(i); {
		case !p.IsValid():
		case p.Bits() < widest:
			at.Errorf("%s opens the cluster's API to the world: name the ranges from which it is used", p)
		case p != p.Masked():
			at.Errorf("%s has host bits set: write %s", p, p.Masked())
		case slices.ContainsFunc(ipv4.PrivateSpace(), p.Overlaps):
			at.Errorf("%s is private address space, which reaches the API by its private endpoint", p)
		}
	}
}

// validateAccess checks the access entries:
// https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
func (c *Config) validateAccess(s yamldoc.Section, in Surroundings) {
	if len(c.Access) == 0 && !s.Incomplete() {
		// Whoever made the cluster has no access by that either.
		s.Warnf("nobody can use the Kubernetes API, not even to install what applies the bundle: name a role here")
	}
	roles := map[string]string{}
	for _, own := range []string{NodeRole, ManagedNodeRole, Role} {
		roles[in.RoleARN(in.role(own))] = "the cluster itself"
	}
	for _, name := range slices.Sorted(maps.Keys(c.Access)) {
		at, entry := s.Key(name), c.Access[name]
		if name == "nodes" {
			at.Errorf("the cluster has an entry of that name already, for its nodes")
		}
		role := at.Key("role")
		if problem := notAPrincipal(entry.Role); problem != "" {
			role.Errorf("%q %s", entry.Role, problem)
		} else if arn := entry.ARN(in.RoleARN); roles[arn] != "" {
			role.Errorf("%s has an entry already, for %s: EKS takes one for each role", arn, roles[arn])
		} else {
			roles[arn] = name
		}
		validateAccessEntry(at, entry)
	}
}

// notAPrincipal says why an access entry cannot be for a role, or "".
func notAPrincipal(role string) string {
	m := format.RoleARN.Find(role)
	switch {
	case m == nil && !format.RoleName.Match(role):
		return "is neither the ARN of a role, arn:aws:iam::<account>:role/…, nor the name of one"
	case m == nil:
		return ""
	case strings.Contains(m[2], "*"):
		return "has a wildcard: EKS knows roles by their whole name"
	case strings.HasPrefix(m[2], "aws-service-role/"):
		return "is a service-linked role, which EKS does not take"
	}
	return ""
}

func validateAccessEntry(s yamldoc.Section, entry AccessEntry) {
	switch {
	case s.Key("policy").Incomplete() || s.Key("groups").Incomplete():
	case entry.Policy != "" && len(entry.Groups) > 0:
		s.Errorf("policy and groups are two ways to say what the role may do: choose one")
	case entry.Policy == "" && len(entry.Groups) == 0:
		s.Errorf("the role could do nothing: name a policy or groups")
	case entry.Policy == "" && len(entry.Namespaces) > 0:
		s.Key("namespaces").Errorf("namespaces limit a policy: what groups may do is said by role bindings in the cluster")
	}
	for i, group := range entry.Groups {
		if strings.HasPrefix(group, "system:") {
			s.Key("groups").Item(i).Errorf("EKS refuses groups that begin with system:, as %q does; for administrators there is the policy AmazonEKSClusterAdminPolicy", group)
		}
	}
}

// validateNodeGroup checks a node group that has some taints without being told.
func validateNodeGroup(s yamldoc.Section, g NodeGroup, own ...Taint) {
	validateInstanceTypes(s, g.Architecture, g.InstanceTypes)
	least, wanted, most := s.Key("min_size"), s.Key("desired_size"), s.Key("max_size")
	if !least.Broken() && *g.MinSize > g.DesiredSize {
		wanted.Errorf("%d nodes are fewer than the %d of min_size", g.DesiredSize, *g.MinSize)
	}
	wantedBy := "desired_size"
	switch {
	case wanted.Has():
	case least.Has():
		wantedBy = "min_size"
	default:
		wantedBy = "min_size, by default"
	}
	if !wanted.Broken() && !least.Broken() && g.DesiredSize > g.MaxSize {
		most.Errorf("%d nodes are fewer than the %d of %s", g.MaxSize, g.DesiredSize, wantedBy)
	}
	for _, key := range slices.Sorted(maps.Keys(g.Labels)) {
		if domain := reservedDomain(key); domain != "" {
			s.Key("labels", key).Errorf("nodes may not give themselves labels of %s", domain)
		}
	}
	for i, text := range g.Taints {
		taint, ok := ParseTaint(text)
		if ok && slices.ContainsFunc(own, func(o Taint) bool { return o.Key == taint.Key && o.Effect == taint.Effect }) {
			s.Key("taints").Item(i).Errorf("the nodes have a taint %s:%s already", taint.Key, taint.Effect)
		}
		own = append(own, taint)
	}
}

// reservedDomain is the domain of a label that a node cannot have from its node
// group, or "". The kubelet refuses those of Kubernetes, except two.
// https://kubernetes.io/docs/reference/access-authn-authz/admission-controllers/#noderestriction
func reservedDomain(key string) string {
	domain, _, ok := strings.Cut(key, "/")
	if !ok || domain == "node.kubernetes.io" || domain == "kubelet.kubernetes.io" {
		return ""
	}
	for _, reserved := range []string{"kubernetes.io", "k8s.io", "eks.amazonaws.com", "karpenter.sh", "karpenter.k8s.aws"} {
		if domain == reserved || strings.HasSuffix(domain, "."+reserved) {
			return reserved
		}
	}
	return ""
}

func (c *Config) validateAddOnVersions(s yamldoc.Section) {
	for _, name := range slices.Sorted(maps.Keys(c.AddOnVersions)) {
		switch at, version := s.Key(name), c.AddOnVersions[name]; {
		case name == guardDutyAgent && !c.GuardDutyAgent:
			at.Errorf("the agent is not installed: set guardduty_agent")
		case name == secretsStore && !c.Secrets:
			at.Errorf("the driver is not installed: set secrets")
		case name == "aws-ebs-csi-driver" && semver.Compare(semver.MajorMinor(version), "v1.58") < 0:
			// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEBSCSIDriverEKSClusterScopedPolicy.html
			at.Errorf("%s does not tag volumes with the cluster's name, which its role asks for: v1.58 is the first that does", version)
		}
	}
}

func (c *Config) validateNodePools(s yamldoc.Section) {
	for _, name := range slices.Sorted(maps.Keys(c.NodePools)) {
		validateInstanceTypes(s.Key("node_pools", name), c.NodePools[name].Architecture, c.NodePools[name].InstanceTypes)
	}
	if len(c.NodePools) == 0 && len(c.NodeGroups) == 0 && !s.Key("node_groups").Incomplete() {
		s.Key("node_pools").Errorf("workloads would have no nodes: the system nodes are not for them, so name a node pool or a node group")
	}
}

// systemNamespaces are the namespaces that the cluster has without being told.
var systemNamespaces = []string{"amazon-guardduty", "argocd", "default", ExternalDNS, "flux-system"}

func ownNamespace(name string) bool {
	return strings.HasPrefix(name, "kube-") || slices.Contains(systemNamespaces, name)
}

func validateNamespaces(s yamldoc.Section, namespaces map[string]Namespace) {
	for _, name := range slices.Sorted(maps.Keys(namespaces)) {
		if ownNamespace(name) {
			s.Key(name).Errorf("%q is a namespace of the cluster's own: workloads have others", name)
		}
	}
}

// validateMesh checks what the mesh takes for itself, and what is only there with it.
func (c *Config) validateMesh(s yamldoc.Section) {
	if version := s.Key("chart_versions", istioCharts); version.Has() && c.Mesh != Istio && !s.Key("mesh").Broken() {
		version.Errorf("istio is not installed: set mesh")
	}
	if _, ok := c.Namespaces[MeshNamespace]; ok && c.Mesh == Istio {
		s.Key("namespaces", MeshNamespace).Errorf("%q is the mesh's own namespace: workloads have others", MeshNamespace)
	}
}

// validateBundle checks what only the GitOps bundle needs.
func (c *Config) validateBundle(s yamldoc.Section) {
	if s.Has() && c.Bundle.Repository == "" && !s.Key("repository").Broken() {
		s.Errorf("without a repository, the rest says nothing")
	}
	if c.Bundle.Secret != "" && c.GitOps != Flux {
		s.Key("secret").Errorf("only Flux takes one: Argo CD finds its own by the repository's URL")
	}
	if c.Bundle.Path != "" && !filepath.IsLocal(c.Bundle.Path) {
		s.Key("path").Errorf("%q is not a folder in the repository", c.Bundle.Path)
	}
}

// validateCertificate checks what the load balancers of the sample application need.
func (c *Config) validateCertificate(s yamldoc.Section, in Surroundings) {
	at := s.Key("certificate_arn")
	if c.CertificateARN == "" && in.HTTPSOnly && !at.Broken() {
		for _, name := range slices.Sorted(maps.Keys(c.Namespaces)) {
			if c.Namespaces[name].Sample {
				s.Key("namespaces", name, "sample").Errorf("security_groups let the frontend's load balancer answer HTTPS alone: name a certificate under %s", at.Path())
			}
		}
		return
	}
	m := certificateARN.Find(c.CertificateARN)
	if m != nil && in.Region != "" && in.Account != "" && (m[1] != in.Region || m[2] != in.Account) {
		at.Errorf("the certificate is in %s of account %s: a load balancer takes one of its own region and account, %s and %s", m[1], m[2], in.Region, in.Account)
	}
}
