// Package cluster is the section `cluster` of a spoke's file: an EKS cluster, its nodes,
// who may use it, and what runs in it.
package cluster

import "net/netip"

// Config is a spoke's EKS cluster, with what runs in it. It is called
// `<project>-<spoke>`.
type Config struct {
	// Version is the Kubernetes version, `1.35` (default).
	Version string `yaml:"version" format:"kubernetes-version" default:"'1.35'"`
	// PublicAccess are the ranges that may reach the API from the internet. Default: none, the API has a private endpoint alone.
	PublicAccess []netip.Prefix `yaml:"public_access" jsonschema:"maxItems=40,uniqueItems=true" why:"a quota of EKS" example:"[203.0.113.0/24]"`
	// ControlPlaneZones are the zones, two or more of the network's, in which EKS has the control plane's interfaces. They are chosen when the cluster is made, and cannot be changed; nodes and load balancers use all zones of the network. Default: the two lowest of the network's zones.
	ControlPlaneZones []string `yaml:"control_plane_zones" jsonschema:"minItems=2,uniqueItems=true" why:"EKS wants subnets in two zones" example:"[apse3-az1, apse3-az2]"`
	// ServiceCIDR is the range of the addresses of Kubernetes services, /24 to /12 of RFC 1918 space. They exist in the cluster alone, so clusters may share it; nothing that pods reach may lie in it. It is chosen when the cluster is made, and cannot be changed. Default: `172.20.0.0/16`.
	ServiceCIDR netip.Prefix `yaml:"service_cidr" default:"172.20.0.0/16"`
	// Access says who may use the Kubernetes API, by a name for each entry.
	Access map[string]AccessEntry `yaml:"access" keys:"label" example:"{admin: {role: platform-admin, policy: AmazonEKSClusterAdminPolicy}}"`
	// SystemNodes are the managed nodes that carry the cluster's own workloads and Karpenter. Only pods that tolerate the taint CriticalAddonsOnly run there.
	SystemNodes NodeGroup `yaml:"system_nodes"`
	// NodeGroups are further managed node groups, by name. Workloads that Karpenter can place need none.
	NodeGroups map[string]NodeGroup `yaml:"node_groups" keys:"label"`
	// AddOnVersions pins EKS add-ons to a version, by add-on name (`vpc-cni: v1.20.4-eksbuild.1`). Default: what EKS takes as default for the Kubernetes version, looked up by each plan, so that add-ons move with the cluster.
	AddOnVersions map[string]string `yaml:"add_on_versions" keys:"add-on" format:"add-on-version" example:"{vpc-cni: v1.20.4-eksbuild.1}"`
	// PrefixDelegation gives nodes their pod addresses in blocks of 16, which allows more pods on small nodes. Default: false.
	PrefixDelegation bool `yaml:"prefix_delegation" default:"false"`
	// IgnoreNetworkPolicies turns the enforcement of Kubernetes network policies by the VPC CNI off. Default: false, they are enforced.
	IgnoreNetworkPolicies bool `yaml:"ignore_network_policies" default:"false"`
	// GuardDutyAgent installs the agent of GuardDuty runtime monitoring, which must be switched on in the account. Default: false.
	GuardDutyAgent bool `yaml:"guardduty_agent" default:"false"`
	// NodeSessions lets people who may start sessions open a shell on nodes by Session Manager. It is root's, with the secrets of every pod on the node. Default: false.
	NodeSessions bool `yaml:"node_sessions" default:"false"`
	// Secrets installs the Secrets Store CSI driver with AWS's provider, by which pods have secrets of Secrets Manager as files: those that `identities.<name>.secret_files` name. Default: false.
	Secrets bool `yaml:"secrets" default:"false"`
	// Identity is how workloads get AWS permissions, unless they say otherwise: `pod-identity` (default) or `irsa`.
	Identity IdentityKind `yaml:"identity" default:"pod-identity"`
	// Identities are the AWS permissions of further workloads, by name. The role is `<project>-<spoke>-<name>`. The cluster's own controllers have theirs without being named.
	Identities map[string]Identity `yaml:"identities" keys:"label"`
	// NodePools are what Karpenter may launch, by name. Default: `graviton` and `amd64`.
	NodePools map[string]NodePool `yaml:"node_pools" keys:"label"`
	// Namespaces are the workloads' namespaces, by name, with their limits.
	Namespaces map[string]Namespace `yaml:"namespaces" keys:"namespace" example:"{shop: {cpu: 4, memory_gib: 8, pods: 30}}"`
	// Mesh is the service mesh of the workloads' namespaces: `istio`, in ambient mode, with mutual TLS between all of their pods. Default: none.
	Mesh Mesh `yaml:"mesh" example:"istio"`
	// VerifyImages has Kyverno look at the images of new pods: `audit` reports, and `enforce` refuses, those of the hub's registry that the workflows which push them have not signed, and those from anywhere that the namespace's `images` do not name. It takes `registry.signing: keyless` in hub.yaml, and a way to Sigstore's services. Default: none, nobody looks.
	VerifyImages Verification `yaml:"verify_images" example:"audit"`
	// GitOps is what applies the bundle: `argocd` (default) or `flux`.
	GitOps GitOps `yaml:"gitops" default:"argocd"`
	// ChartVersions pins the Helm charts of the bundle, by name (`karpenter: 1.14.0`); `istio` are the mesh's four, which have one version. The defaults are in the code, and change only with it.
	ChartVersions map[string]string `yaml:"chart_versions" keys:"chart" format:"chart-version" example:"{karpenter: 1.14.0}"`
	// ChartRepository is where all of the bundle's Helm charts are mirrored (`oci://<registry>/charts`), for clusters that do not reach where they are published. In the hub's registry, each chart has a repository without being named, and the cluster a role that reads it. Default: nowhere.
	ChartRepository string `yaml:"chart_repository" format:"chart-repository"`
	// CertificateARN is the ACM certificate by which the load balancers of the sample application answer HTTPS, in the cluster's account. Default: none, and they answer HTTP. With the spoke's `security_groups`, which admit HTTPS alone, the sample application needs one.
	CertificateARN string `yaml:"certificate_arn" format:"certificate-arn"`
	// Bundle is where Git holds the bundle. Default: nowhere, and the bundle is the folders alone; with it, `apps/` points Argo CD or Flux at each of them.
	Bundle Bundle `yaml:"bundle"`
	// NodeImageRelease pins the release of AL2023 that Karpenter's nodes run (`v20260810`). Default: `latest`, which replaces nodes, a tenth at a time, when AWS publishes a release.
	NodeImageRelease string `yaml:"node_image_release" format:"node-image-release" default:"latest" example:"v20260810"`
}

// Bundle is the place in Git of what `cdktf.out/gitops/<cluster>` holds.
type Bundle struct {
	// Repository is the repository's URL, as Argo CD or Flux clones it.
	Repository string `yaml:"repository" example:"https://github.com/example/gitops"`
	// Revision is the branch. Default: `main`.
	Revision string `yaml:"revision" default:"main"`
	// Path is the bundle's folder in the repository. Default: `gitops/<cluster>`.
	Path string `yaml:"path"`
	// Secret is the name of the secret, in Flux's namespace, that opens a private repository. Argo CD finds its own by the repository's URL.
	Secret string `yaml:"secret"`
}

// AccessEntry gives an IAM role access to the Kubernetes API.
type AccessEntry struct {
	// Role is the ARN of an IAM role, or the name of one in the cluster's account.
	Role string `yaml:"role" jsonschema:"required" example:"platform-admin"`
	// Policy is an EKS access policy (`AmazonEKSAdminViewPolicy`). Either this or `groups`.
	Policy string `yaml:"policy" format:"access-policy"`
	// Namespaces limits the policy to some namespaces. Default: the whole cluster.
	Namespaces []string `yaml:"namespaces" jsonschema:"uniqueItems=true" format:"access-namespace" example:"[shop, team-*]"`
	// Groups are Kubernetes groups, which role bindings in the cluster refer to.
	Groups []string `yaml:"groups" jsonschema:"uniqueItems=true" format:"kubernetes-group"`
}

// NodeGroup is a managed node group.
type NodeGroup struct {
	// Architecture is `arm64` (default) or `amd64`.
	Architecture Architecture `yaml:"architecture" default:"arm64"`
	// Image is `al2023` (default) or `bottlerocket`.
	Image NodeImage `yaml:"image" default:"al2023"`
	// InstanceTypes are of that architecture. Default: `m7g.large` for arm64, `m5.large` for amd64.
	InstanceTypes []string `yaml:"instance_types" jsonschema:"uniqueItems=true" format:"instance-type" example:"[m7g.large, m6g.large]"`
	// Capacity is `on-demand` (default) or `spot`.
	Capacity Capacity `yaml:"capacity" default:"on-demand"`
	// MinSize is the least number of nodes. 0 makes a group that is empty until somebody gives it nodes, which no part of the cluster does by itself: for nodes that come and go there are `node_pools`. Default: 2.
	MinSize *int `yaml:"min_size" jsonschema:"minimum=0" default:"2"`
	// DesiredSize is the number of nodes at first. Later it is what the cluster has. Default: `min_size`.
	DesiredSize int `yaml:"desired_size"`
	// MaxSize is the greatest number of nodes. Default: one more than `desired_size`.
	MaxSize int `yaml:"max_size"`
	// DiskGiB is the size of the node's volume. Default: 50.
	DiskGiB int `yaml:"disk_gib" jsonschema:"minimum=20,maximum=16384" default:"50" why:"the images of EKS need 20 GiB, and a gp3 volume ends at 16 TiB"`
	// Labels are the nodes' Kubernetes labels.
	Labels map[string]string `yaml:"labels" keys:"label-key" format:"label-value" example:"{team: data}"`
	// Taints keep pods away that do not tolerate them, as `key=value:NoSchedule`.
	Taints []string `yaml:"taints" format:"taint" example:"[batch=true:NoSchedule]"`
}

// Identity is the AWS role of one Kubernetes service account.
type Identity struct {
	// Namespace is that of the service account: one of the cluster's `namespaces`, in which the bundle makes it, or one that somebody else makes, with the service account.
	Namespace string `yaml:"namespace" jsonschema:"required" format:"namespace"`
	// ServiceAccount is the one service account that has the role.
	ServiceAccount string `yaml:"service_account" jsonschema:"required" format:"service-account"`
	// Kind overrides the cluster's `identity` for this workload.
	Kind IdentityKind `yaml:"kind"`
	// PullImages lets the workload read the hub's registry through the ECR API. Nodes pull images without it. Default: false.
	PullImages bool `yaml:"pull_images" default:"false"`
	// SecretFiles are what the workload's pods may mount from Secrets Manager, by the names of the files that they are in a volume of the SecretProviderClass of the identity's name: the name of a secret in the cluster's account and region, or its ARN. A secret with a key of its own needs `kms:Decrypt` under `allow`.
	SecretFiles map[string]string `yaml:"secret_files" keys:"secret-file" format:"secret" example:"{api-key: shop/api-key}"`
	// ManagedPolicies are the ARNs of managed policies, 10 for a role at first.
	ManagedPolicies []string `yaml:"managed_policies" jsonschema:"maxItems=25,uniqueItems=true" format:"policy-arn" why:"IAM gives no role more"`
	// Allow are further permissions, by a name for each.
	Allow map[string]Permission `yaml:"allow" keys:"label" example:"{files: {actions: ['s3:GetObject'], resources: ['arn:aws:s3:::example/*']}}"`
}

// Permission is a statement of an IAM policy that allows something.
type Permission struct {
	// Actions are IAM actions, `s3:GetObject`. Not `*`.
	Actions []string `yaml:"actions" jsonschema:"required,minItems=1,uniqueItems=true" format:"iam-action" why:"a permission is of some actions on some resources"`
	// Resources are ARNs, with wildcards where IAM takes them.
	Resources []string `yaml:"resources" jsonschema:"required,minItems=1,uniqueItems=true" format:"iam-resource" why:"a permission is of some actions on some resources"`
}

// NodePool is a Karpenter NodePool with an EC2NodeClass of the same name.
type NodePool struct {
	// Architecture is `arm64` or `amd64`.
	Architecture Architecture `yaml:"architecture" jsonschema:"required"`
	// InstanceTypes are what Karpenter chooses from, all of that architecture.
	InstanceTypes []string `yaml:"instance_types" jsonschema:"required,minItems=1,uniqueItems=true" format:"instance-type" why:"Karpenter chooses among them" example:"[m7g.large, m7g.xlarge]"`
	// CapacityTypes are `spot` and `on-demand`: Karpenter prefers spot and falls back. Default: `spot`, `on-demand`.
	CapacityTypes []Capacity `yaml:"capacity_types" jsonschema:"uniqueItems=true" default:"[spot, on-demand]"`
	// CPULimit is how many vCPUs the pool may have in all.
	CPULimit int `yaml:"cpu_limit" jsonschema:"required" example:"100"`
	// MemoryLimitGiB is how much memory the pool may have in all. Default: no limit but that of the CPUs.
	MemoryLimitGiB int `yaml:"memory_limit_gib"`
	// ConsolidateAfterMinutes is how long a node may be underused before Karpenter replaces or removes it. Default: 5.
	ConsolidateAfterMinutes int `yaml:"consolidate_after_minutes" default:"5"`
	// ExpireAfterHours is a node's longest life. Default: 720.
	ExpireAfterHours int `yaml:"expire_after_hours" default:"720"`
	// DiskGiB is the size of a node's volume. Default: 50.
	DiskGiB int `yaml:"disk_gib" jsonschema:"minimum=20,maximum=16384" default:"50" why:"the images of EKS need 20 GiB, and a gp3 volume ends at 16 TiB"`
	// Weight decides between pools that both fit: the higher goes first, 1 to 100. Default: no preference.
	Weight int `yaml:"weight" jsonschema:"minimum=1,maximum=100"`
}

// Namespace is a namespace of the cluster's workloads.
type Namespace struct {
	// PodSecurity is the level that Pod Security Admission enforces: `restricted` (default), `baseline` or `privileged`.
	PodSecurity PodSecurity `yaml:"pod_security" default:"restricted"`
	// CPU is how many vCPUs all pods of the namespace may request. Default: 16.
	CPU int `yaml:"cpu" default:"16"`
	// MemoryGiB is how much memory all pods of the namespace may request. Default: 32.
	MemoryGiB int `yaml:"memory_gib" default:"32"`
	// Pods is the number of pods. Default: 100.
	Pods int `yaml:"pods" default:"100"`
	// Sample adds the sample application: a backend on Graviton, a frontend on amd64, a worker that prefers one and takes the other, with autoscaling and disruption budgets. Default: false.
	Sample bool `yaml:"sample" default:"false"`
	// Images are the repositories whose images may run in the namespace without a signature of the hub's registry, where the cluster has `verify_images`: one each, or with `/*` all below a path. Images are named with their registry, so `docker.io/library/nginx` admits no image that is called `nginx`. What is named of a registry that the hub's caches is also admitted from the cache. Default: none.
	Images []string `yaml:"images" jsonschema:"uniqueItems=true" format:"image-source" example:"[public.ecr.aws/nginx/nginx, quay.io/example/*]"`
}

// IdentityKind is how a workload gets its AWS role.
type IdentityKind string

// The values of [IdentityKind].
const (
	PodIdentity IdentityKind = "pod-identity"
	IRSA        IdentityKind = "irsa"
)

// Values lists what a file may say.
func (IdentityKind) Values() []string { return []string{string(PodIdentity), string(IRSA)} }

// Architecture is a processor architecture, by the name that Kubernetes has for it.
type Architecture string

// The values of [Architecture].
const (
	ARM64 Architecture = "arm64"
	AMD64 Architecture = "amd64"
)

// Values lists what a file may say.
func (Architecture) Values() []string { return []string{string(ARM64), string(AMD64)} }

// NodeImage is the operating system of nodes.
type NodeImage string

// The values of [NodeImage].
const (
	AL2023       NodeImage = "al2023"
	Bottlerocket NodeImage = "bottlerocket"
)

// Values lists what a file may say.
func (NodeImage) Values() []string { return []string{string(AL2023), string(Bottlerocket)} }

// Capacity is how EC2 sells instances, by the name that Karpenter has for it.
type Capacity string

// The values of [Capacity].
const (
	OnDemand Capacity = "on-demand"
	Spot     Capacity = "spot"
)

// Values lists what a file may say.
func (Capacity) Values() []string { return []string{string(OnDemand), string(Spot)} }

// PodSecurity is a level of Kubernetes' Pod Security Standards.
type PodSecurity string

// The values of [PodSecurity].
const (
	Restricted PodSecurity = "restricted"
	BaselinePS PodSecurity = "baseline"
	Privileged PodSecurity = "privileged"
)

// Values lists what a file may say.
func (PodSecurity) Values() []string {
	return []string{string(Restricted), string(BaselinePS), string(Privileged)}
}

// Mesh is a service mesh.
type Mesh string

// Istio is the value of [Mesh].
const Istio Mesh = "istio"

// Values lists what a file may say.
func (Mesh) Values() []string { return []string{string(Istio)} }

// Verification is what becomes of pods whose images are not admitted.
type Verification string

// The values of [Verification].
const (
	Audit   Verification = "audit"
	Enforce Verification = "enforce"
)

// Values lists what a file may say.
func (Verification) Values() []string { return []string{string(Audit), string(Enforce)} }

// GitOps is the tool that applies the bundle.
type GitOps string

// The values of [GitOps].
const (
	ArgoCD GitOps = "argocd"
	Flux   GitOps = "flux"
)

// Values lists what a file may say.
func (GitOps) Values() []string { return []string{string(ArgoCD), string(Flux)} }
