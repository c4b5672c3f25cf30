package estate

import (
	"hubspoke/internal/yamldoc"

	"maps"
	"net/netip"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/mod/semver"
)

// validateClusters checks every spoke's cluster, if it has one.
func (e *Estate) validateClusters() {
	for _, s := range e.Spokes {
		if s.Cluster == nil {
			continue
		}
		d, c := e.spokes[s.Name], s.Cluster
		e.validateVersion(d, "cluster.version", c.Version)
		e.validateClusterNames(d, s.Name)
		validatePublicAccess(d, c.PublicAccess)
		e.validateAccess(d, s.Name, c.Access)
		validateNodeGroup(d, "cluster.system_nodes", c.SystemNodes, Taint{Key: "CriticalAddonsOnly", Effect: "NoSchedule"})
		validateNodeGroups(d, c.NodeGroups)
		validateAddOnVersions(d, c)
		e.validateIdentities(d, s)
		validateNodePools(d, c)
		validateNamespaces(d, c.Namespaces)
		validateChartVersions(d, s)
		validateBundle(d, c)
		e.validatePrivateCluster(d, s)
		e.validatePrivateImages(d, s)
		e.validateSample(d, s)
	}
}

// warn records something that is not wrong yet.
func (e *Estate) warn(d *yamldoc.Document, at, format string, args ...any) {
	if !d.Broken(at) {
		e.Warnings = append(e.Warnings, d.At(at, format, args...))
	}
}

// validateClusterNames checks the names that the cluster has without being told.
// https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateCluster.html
func (e *Estate) validateClusterNames(d *yamldoc.Document, spoke string) {
	if name := e.ClusterName(spoke); len(name) > 100 {
		d.Errorf("cluster", "the cluster would be called %s, which has %d characters: EKS takes 100", name, len(name))
	}
	// The longest is enough: whoever mends that has mended all.
	longest := e.ClusterRole(spoke)
	for _, w := range e.Controllers(spoke) {
		if name := e.WorkloadRole(spoke, w.Name); len(name) > len(longest) {
			longest = name
		}
	}
	validateRoleName(d, "cluster", longest)
}

// widest is the shortest prefix length of a public range that may reach a
// cluster's API: no registry gives larger ranges to anyone.
const widest = 8

// maxPublicAccess is an EKS quota:
// https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html
const maxPublicAccess = 40

func validatePublicAccess(d *yamldoc.Document, ranges []netip.Prefix) {
	at := "cluster.public_access"
	for i, p := range ranges {
		switch at := yamldoc.Index(at, i); {
		case !p.IsValid():
		case !p.Addr().Is4():
			d.Errorf(at, "%s is not an IPv4 range", p)
		case p.Bits() < widest:
			d.Errorf(at, "%s opens the cluster's API to the world: name the ranges from which it is used", p)
		case p != p.Masked():
			d.Errorf(at, "%s has host bits set: write %s", p, p.Masked())
		case slices.ContainsFunc(privateSpace, p.Overlaps):
			d.Errorf(at, "%s is private address space, which reaches the API by its private endpoint", p)
		case slices.Index(ranges, p) < i:
			d.Errorf(at, "%s is named twice", p)
		}
	}
	if len(ranges) > maxPublicAccess {
		d.Errorf(at, "%d ranges: EKS takes %d", len(ranges), maxPublicAccess)
	}
}

// accessPolicies are the EKS access policies for the roles of people and of the
// tools that they use. The others EKS gives to its own roles.
// https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
var accessPolicies = []string{
	"AmazonAIOpsAssistantPolicy",
	"AmazonARCRegionSwitchScalingPolicy",
	"AmazonEKSAdminPolicy",
	"AmazonEKSAdminViewPolicy",
	"AmazonEKSClusterAdminPolicy",
	"AmazonEKSEditPolicy",
	"AmazonEKSSecretAdminPolicy",
	"AmazonEKSSecretReaderPolicy",
	"AmazonEKSViewPolicy",
}

// accessNamespace is a namespace of an access scope, which may hold wildcards.
var accessNamespace = regexp.MustCompile(`^[a-z0-9*]([a-z0-9*-]{0,61}[a-z0-9*])?$`)

// validateAccess checks the access entries:
// https://docs.aws.amazon.com/eks/latest/userguide/creating-access-entries.html
func (e *Estate) validateAccess(d *yamldoc.Document, spoke string, access map[string]AccessEntry) {
	roles := map[string]string{}
	for _, own := range []string{e.NodeRole(spoke), e.ManagedNodeRole(spoke), e.ClusterRole(spoke)} {
		roles[e.RoleARN(spoke, own)] = "the cluster itself"
	}
	for _, name := range sortedKeys(access) {
		at, entry := yamldoc.Child("cluster.access", name), access[name]
		if !label.MatchString(name) {
			d.Errorf(at, "%q is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter", name)
		}
		if name == "nodes" {
			d.Errorf(at, "the cluster has an entry of that name already, for its nodes")
		}
		if problem := notAPrincipal(entry.Role); problem != "" {
			d.Errorf(yamldoc.Child(at, "role"), "%q %s", entry.Role, problem)
		} else if arn := e.AccessRoleARN(spoke, entry); roles[arn] != "" {
			d.Errorf(yamldoc.Child(at, "role"), "%s has an entry already, for %s: EKS takes one for each role", arn, roles[arn])
		} else {
			roles[arn] = name
		}
		validateAccessEntry(d, at, entry)
	}
}

// notAPrincipal says why an access entry cannot be for a role, or "".
func notAPrincipal(role string) string {
	m := roleARN.FindStringSubmatch(role)
	switch {
	case m == nil && !roleName.MatchString(role):
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

func validateAccessEntry(d *yamldoc.Document, at string, entry AccessEntry) {
	policy, groups, namespaces := yamldoc.Child(at, "policy"), yamldoc.Child(at, "groups"), yamldoc.Child(at, "namespaces")
	switch {
	case d.Incomplete(policy) || d.Incomplete(groups):
	case entry.Policy != "" && len(entry.Groups) > 0:
		d.Errorf(at, "policy and groups are two ways to say what the role may do: choose one")
	case entry.Policy == "" && len(entry.Groups) == 0:
		d.Errorf(at, "the role could do nothing: name a policy or groups")
	case entry.Policy == "" && len(entry.Namespaces) > 0:
		d.Errorf(namespaces, "namespaces limit a policy: what groups may do is said by role bindings in the cluster")
	}
	if entry.Policy != "" && !slices.Contains(accessPolicies, entry.Policy) {
		d.Errorf(policy, "%q is not an EKS access policy for roles of people and tools%s: those are %s", entry.Policy, yamldoc.Suggest(entry.Policy, accessPolicies), strings.Join(accessPolicies, ", "))
	}
	for i, group := range entry.Groups {
		switch at := yamldoc.Index(groups, i); {
		case strings.HasPrefix(group, "system:"):
			d.Errorf(at, "EKS refuses groups that begin with system:, as %q does; for administrators there is the policy AmazonEKSClusterAdminPolicy", group)
		case slices.Index(entry.Groups, group) < i:
			d.Errorf(at, "%q is named twice", group)
		}
	}
	for i, namespace := range entry.Namespaces {
		switch at := yamldoc.Index(namespaces, i); {
		case !accessNamespace.MatchString(namespace):
			d.Errorf(at, "%q is not a namespace, nor a pattern of some such as team-*", namespace)
		case slices.Index(entry.Namespaces, namespace) < i:
			d.Errorf(at, "%q is named twice", namespace)
		}
	}
}

// SystemNodeGroup is the name of the node group of [Cluster.SystemNodes].
const SystemNodeGroup = "system"

func validateNodeGroups(d *yamldoc.Document, groups map[string]NodeGroup) {
	for _, name := range sortedKeys(groups) {
		at := yamldoc.Child("cluster.node_groups", name)
		switch {
		case !label.MatchString(name):
			d.Errorf(at, "%q is not a node group name of up to 30 lower-case letters, digits and hyphens that begins with a letter", name)
		case name == SystemNodeGroup:
			d.Errorf(at, "%q is the node group of system_nodes", name)
		}
		validateNodeGroup(d, at, groups[name])
	}
}

// validateNodeGroup checks a node group that has some taints without being told.
func validateNodeGroup(d *yamldoc.Document, at string, g NodeGroup, own ...Taint) {
	validateInstanceTypes(d, yamldoc.Child(at, "instance_types"), g.Architecture, g.InstanceTypes)
	least, wanted, most := yamldoc.Child(at, "min_size"), yamldoc.Child(at, "desired_size"), yamldoc.Child(at, "max_size")
	if !d.Broken(least) && g.MinSize > g.DesiredSize {
		d.Errorf(wanted, "%d nodes are fewer than the %d of min_size", g.DesiredSize, g.MinSize)
	}
	if !d.Broken(wanted) && g.DesiredSize > g.MaxSize {
		d.Errorf(most, "%d nodes are fewer than the %d of desired_size", g.MaxSize, g.DesiredSize)
	}
	validateDisk(d, yamldoc.Child(at, "disk_gib"), g.DiskGiB)
	for _, key := range sortedKeys(g.Labels) {
		at := yamldoc.Child(yamldoc.Child(at, "labels"), key)
		if !labelKey.MatchString(key) || !labelValue.MatchString(g.Labels[key]) {
			d.Errorf(at, "%s=%s is not a Kubernetes label: up to 63 letters, digits, - _ and . on each side, and a domain and / before the key", key, g.Labels[key])
		} else if domain := reservedDomain(key); domain != "" {
			d.Errorf(at, "nodes may not give themselves labels of %s", domain)
		}
	}
	for i, text := range g.Taints {
		at := yamldoc.Index(yamldoc.Child(at, "taints"), i)
		taint, ok := ParseTaint(text)
		switch {
		case !ok:
			d.Errorf(at, "%q is not a taint: key=value:NoSchedule, with PreferNoSchedule and NoExecute as other effects", text)
		case slices.ContainsFunc(own, func(o Taint) bool { return o.Key == taint.Key && o.Effect == taint.Effect }):
			d.Errorf(at, "the nodes have a taint %s:%s already", taint.Key, taint.Effect)
		}
		own = append(own, taint)
	}
}

// What a node's volume can be: EKS's images need 20 GiB, and gp3 ends at 16 TiB.
// https://docs.aws.amazon.com/ebs/latest/userguide/general-purpose.html
const minDiskGiB, maxDiskGiB = 20, 16384

func validateDisk(d *yamldoc.Document, at string, size int) {
	if size < minDiskGiB || size > maxDiskGiB {
		d.Errorf(at, "%d GiB is not a volume of %d to %d GiB", size, minDiskGiB, maxDiskGiB)
	}
}

// Kubernetes' names:
//   - https://kubernetes.io/docs/concepts/overview/working-with-objects/names/
//   - https://kubernetes.io/docs/concepts/overview/working-with-objects/labels/#syntax-and-character-set
var (
	dnsLabel     = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)
	dnsSubdomain = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	labelKey     = regexp.MustCompile(`^([a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$`)
	labelValue   = regexp.MustCompile(`^([A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?)?$`)
)

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

// Taint keeps pods off a node that do not tolerate it.
type Taint struct {
	Key, Value string
	// Effect is `NoSchedule`, `PreferNoSchedule` or `NoExecute`.
	Effect string
}

var taintText = regexp.MustCompile(`^([^=:]+)(?:=([^=:]*))?:(NoSchedule|PreferNoSchedule|NoExecute)$`)

// ParseTaint reads a taint as kubectl writes it: `key=value:Effect` or `key:Effect`.
func ParseTaint(text string) (Taint, bool) {
	m := taintText.FindStringSubmatch(text)
	if m == nil || !labelKey.MatchString(m[1]) || !labelValue.MatchString(m[2]) {
		return Taint{}, false
	}
	return Taint{Key: m[1], Value: m[2], Effect: m[3]}, true
}

// AddOns are the EKS add-ons of a cluster; aws-guardduty-agent is the only one
// that has to be asked for.
var AddOns = []string{guardDutyAgent, "aws-ebs-csi-driver", "coredns", "eks-pod-identity-agent", "kube-proxy", "metrics-server", "vpc-cni"}

const guardDutyAgent = "aws-guardduty-agent"

var addOnVersion = regexp.MustCompile(`^v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+$`)

func validateAddOnVersions(d *yamldoc.Document, c *Cluster) {
	for _, name := range sortedKeys(c.AddOnVersions) {
		at := yamldoc.Child("cluster.add_on_versions", name)
		switch version := c.AddOnVersions[name]; {
		case !slices.Contains(AddOns, name):
			d.Errorf(at, "there is no add-on %q in the cluster%s: it has %s", name, yamldoc.Suggest(name, AddOns), strings.Join(AddOns, ", "))
		case !addOnVersion.MatchString(version):
			d.Errorf(at, "%q is not the version of an EKS add-on, such as v1.20.4-eksbuild.1", version)
		case name == guardDutyAgent && !c.GuardDutyAgent:
			d.Errorf(at, "the agent is not installed: set guardduty_agent")
		case name == "aws-ebs-csi-driver" && semver.Compare(semver.MajorMinor(version), "v1.58") < 0:
			// https://docs.aws.amazon.com/aws-managed-policy/latest/reference/AmazonEBSCSIDriverEKSClusterScopedPolicy.html
			d.Errorf(at, "%s does not tag volumes with the cluster's name, which its role asks for: v1.58 is the first that does", version)
		}
	}
}

// Charts are the Helm releases of the bundle, which have the names of their
// charts.
var Charts = []string{"aws-load-balancer-controller", "external-dns", "karpenter"}

var chartVersion = regexp.MustCompile(`^[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.-]+)?$`)

func validateChartVersions(d *yamldoc.Document, s *Spoke) {
	for _, name := range sortedKeys(s.Cluster.ChartVersions) {
		at := yamldoc.Child("cluster.chart_versions", name)
		_, records := s.RecordRoles[ExternalDNS]
		switch version := s.Cluster.ChartVersions[name]; {
		case !slices.Contains(Charts, name):
			d.Errorf(at, "there is no Helm release %q in the bundle%s: it has %s", name, yamldoc.Suggest(name, Charts), strings.Join(Charts, ", "))
		case !chartVersion.MatchString(version):
			d.Errorf(at, "%q is not the version of a chart, such as 1.14.0", version)
		case name == ExternalDNS && !records:
			d.Errorf(at, "external-dns is not installed: it comes with record_roles.external-dns")
		}
	}
}

func validateNodePools(d *yamldoc.Document, c *Cluster) {
	for _, name := range sortedKeys(c.NodePools) {
		at, p := yamldoc.Child("cluster.node_pools", name), c.NodePools[name]
		if !label.MatchString(name) {
			d.Errorf(at, "%q is not a node pool name of up to 30 lower-case letters, digits and hyphens that begins with a letter", name)
		}
		if len(p.InstanceTypes) == 0 {
			d.Errorf(yamldoc.Child(at, "instance_types"), "name the instance types that Karpenter may choose from")
		}
		validateInstanceTypes(d, yamldoc.Child(at, "instance_types"), p.Architecture, p.InstanceTypes)
		for i, capacity := range p.CapacityTypes {
			if slices.Index(p.CapacityTypes, capacity) < i {
				d.Errorf(yamldoc.Index(yamldoc.Child(at, "capacity_types"), i), "%q is named twice", capacity)
			}
		}
		validateDisk(d, yamldoc.Child(at, "disk_gib"), p.DiskGiB)
		if p.Weight > 100 {
			d.Errorf(yamldoc.Child(at, "weight"), "%d is not a weight from 1 to 100", p.Weight)
		}
	}
	if len(c.NodePools) == 0 && len(c.NodeGroups) == 0 && !d.Incomplete("cluster.node_groups") {
		d.Errorf("cluster.node_pools", "workloads would have no nodes: the system nodes are not for them, so name a node pool or a node group")
	}
}

// systemNamespaces are the namespaces that the cluster has without being told.
var systemNamespaces = []string{"amazon-guardduty", "argocd", "default", ExternalDNS, "flux-system"}

func validateNamespaces(d *yamldoc.Document, namespaces map[string]Namespace) {
	for _, name := range sortedKeys(namespaces) {
		at := yamldoc.Child("cluster.namespaces", name)
		switch {
		case !dnsLabel.MatchString(name):
			d.Errorf(at, "%q is not a namespace: up to 63 lower-case letters, digits and hyphens", name)
		case strings.HasPrefix(name, "kube-") || slices.Contains(systemNamespaces, name):
			d.Errorf(at, "%q is a namespace of the cluster's own: workloads have others", name)
		}
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
		e.validateExternalDNS(d, s)
		return
	}
	_, known := e.Segments[s.Segment]
	_, hubKnown := e.Segments[e.Hub.Segment]
	if known && hubKnown && !e.ReachesHub(s.Name) {
		d.Errorf("cluster", "without NAT nodes reach AWS only through the hub, which segment %q does not reach", s.Segment)
		return
	}
	e.validateExternalDNS(d, s)
	needed := slices.Clone(privateEndpoints)
	if s.Cluster.usesPodIdentity() {
		needed = append(needed, "eks-auth")
	}
	slices.Sort(needed)
	missing := slices.DeleteFunc(needed, func(service string) bool { return slices.Contains(e.CentralEndpoints(), service) })
	if len(missing) > 0 {
		d.Errorf("cluster", "without NAT nodes reach AWS only through endpoints: add %s to endpoints in hub.yaml", strings.Join(missing, ", "))
	}
}

func (e *Estate) validateExternalDNS(d *yamldoc.Document, s *Spoke) {
	if _, ok := s.RecordRoles[ExternalDNS]; ok {
		d.Errorf("cluster", "without NAT external-dns does not reach Route 53, which has no endpoint in a VPC: take external-dns out of record_roles, or give the network NAT")
	}
}

func (c *Cluster) usesPodIdentity() bool {
	return c.Identity == PodIdentity || slices.ContainsFunc(slices.Collect(maps.Values(c.Identities)), func(i Identity) bool { return i.Kind == PodIdentity })
}

// imageRelease is a release of EKS's AL2023 images:
// https://github.com/awslabs/amazon-eks-ami/releases
var imageRelease = regexp.MustCompile(`^(latest|v[0-9]{8})$`)

// What the bundle's charts and load balancers refer to:
//   - https://helm.sh/docs/topics/registries/
//   - https://docs.aws.amazon.com/acm/latest/userguide/acm-concepts.html
var (
	chartRepository = regexp.MustCompile(`^oci://[a-z0-9][a-z0-9.-]*(:[0-9]+)?(/[a-z0-9][a-z0-9._-]*)+$`)
	certificateARN  = regexp.MustCompile(`^arn:aws[a-z-]*:acm:([a-z0-9-]+):([0-9]{12}):certificate/[0-9a-f-]{36}$`)
)

// validateSample checks what the load balancers of the sample application need.
func (e *Estate) validateSample(d *yamldoc.Document, s *Spoke) {
	c, at := s.Cluster, "cluster.certificate_arn"
	m := certificateARN.FindStringSubmatch(c.CertificateARN)
	switch {
	case c.CertificateARN == "" && s.SecurityGroups != nil:
		for _, name := range sortedKeys(c.Namespaces) {
			if c.Namespaces[name].Sample {
				d.Errorf(yamldoc.Child(yamldoc.Child("cluster.namespaces", name), "sample"), "security_groups let the frontend's load balancer answer HTTPS alone: name a certificate under cluster.certificate_arn")
			}
		}
	case c.CertificateARN == "":
	case m == nil:
		d.Errorf(at, "%q is not the ARN of a certificate, arn:aws:acm:<region>:<account>:certificate/…", c.CertificateARN)
	case m[1] != e.Region || m[2] != e.Accounts[s.Name] && !e.settings.Incomplete("accounts"):
		d.Errorf(at, "the certificate is in %s of account %s: a load balancer takes one of its own region and account, %s and %s", m[1], m[2], e.Region, e.Accounts[s.Name])
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

// validateBundle checks what only the GitOps bundle needs.
func validateBundle(d *yamldoc.Document, c *Cluster) {
	if c.ChartRepository != "" && !chartRepository.MatchString(c.ChartRepository) {
		d.Errorf("cluster.chart_repository", "%q is not the repository of charts in a registry, oci://<registry>/<path>", c.ChartRepository)
	}
	b := c.Bundle
	if b.Repository == "" && b != (Bundle{}) {
		d.Errorf("cluster.bundle", "without a repository, the rest says nothing")
	}
	if b.Secret != "" && c.GitOps != Flux {
		d.Errorf("cluster.bundle.secret", "only Flux takes one: Argo CD finds its own by the repository's URL")
	}
	if b.Path != "" && !filepath.IsLocal(b.Path) {
		d.Errorf("cluster.bundle.path", "%q is not a folder in the repository", b.Path)
	}
	if c.NodeImageRelease != "" && !imageRelease.MatchString(c.NodeImageRelease) {
		d.Errorf("cluster.node_image_release", "%q is neither latest nor a release such as v20260810", c.NodeImageRelease)
	}
}
