package estate

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"hubspoke/estate/cluster"
)

// cluster is a cluster in which everything is stated that a file can state. It
// begins on line 9 of prod.yaml.
const clusterYAML = `cluster:
  version: "1.34"
  public_access: [203.0.113.0/24]
  access:
    admin:
      role: platform-admin
      policy: AmazonEKSClusterAdminPolicy
    team:
      role: arn:aws:iam::111111111111:role/sso/team
      policy: AmazonEKSEditPolicy
      namespaces: [shop, "team-*"]
    robot:
      role: robot
      groups: [deployers]
  system_nodes:
    architecture: arm64
    image: bottlerocket
    instance_types: [m7g.large, m6g.large]
    capacity: on-demand
    min_size: 2
    desired_size: 3
    max_size: 4
    disk_gib: 50
  node_groups:
    batch:
      architecture: amd64
      instance_types: [c5.large, c5.xlarge]
      labels:
        team: data
      taints: [batch=true:NoSchedule]
  add_on_versions:
    vpc-cni: v1.20.4-eksbuild.1
  identity: irsa
  identities:
    shop:
      namespace: shop
      service_account: shop
      kind: pod-identity
      pull_images: true
      managed_policies: ["arn:aws:iam::aws:policy/ReadOnlyAccess"]
      allow:
        orders:
          actions: [s3:GetObject, s3:Put*]
          resources: ["arn:aws:s3:::acme-orders/*"]
  node_pools:
    big:
      architecture: arm64
      instance_types: [m7g.xlarge, r8gd.2xlarge]
      capacity_types: [on-demand]
      cpu_limit: 100
      memory_limit_gib: 400
      consolidate_after_minutes: 10
      expire_after_hours: 24
      disk_gib: 100
      weight: 10
  namespaces:
    shop:
      pod_security: baseline
      cpu: 4
      memory_gib: 8
      pods: 20
      sample: false
  gitops: flux
  chart_versions:
    karpenter: 1.14.0
`

// clustered is acme with that cluster in prod, and some edits of it.
func clustered(edits ...edit) []edit {
	return append([]edit{{"prod.yaml", "", clusterYAML}}, edits...)
}

// withServices is acme with that cluster in prod, and the range of its services.
func withServices(cidr string) []edit {
	return clustered(edit{"prod.yaml", "", "  service_cidr: " + cidr + "\n"})
}

// Every way in which a cluster can be wrong, with all that is said about it.
var badClusters = []struct {
	name  string
	edits []edit
	want  string
}{
	{"not a cluster", []edit{{"dev.yaml", "", "cluster: true\n"}}, `acme/dev.yaml:15: cluster: want keys and values, not the truth value true`},
	{"a misspelt key", clustered(edit{"prod.yaml", "gitops:", "gitop:"}), `acme/prod.yaml:71: cluster.gitop: unknown key (did you mean "gitops"?)`},
	{"not a date", []edit{{"estate.yaml", "", "as_of: 21.11.2026\n"}}, `acme/estate.yaml:49: as_of: "21.11.2026" is not a date like 2026-11-21`},

	// The version.
	{"a version that is too old", clustered(edit{"prod.yaml", `"1.34"`, `"1.29"`}), `acme/prod.yaml:10: cluster.version: "1.29" is not a Kubernetes version that EKS is known to support: those are 1.30, 1.31, 1.32, 1.33, 1.34, 1.35`},
	{"a version that is a number", clustered(edit{"prod.yaml", `"1.34"`, `1.34`}), `acme/prod.yaml:10: cluster.version: want a text, not the number 1.34: put it in quotes`},
	{"a version past extended support", clustered(edit{"prod.yaml", `"1.34"`, `"1.30"`}, edit{"estate.yaml", "", "as_of: 2026-07-23\n"}), `acme/prod.yaml:10: cluster.version: extended support of Kubernetes 1.30 ended on 2026-07-23, and EKS upgrades such clusters by itself; longer in standard support: 1.34, 1.35`},

	// Zones.
	{"one zone", clustered(edit{"prod.yaml", "az_count: 3", "az_count: 1"}), `acme/prod.yaml:4: network.az_count: 1 is not 2 or 3: one zone is no availability, and EKS and RDS subnet groups need two`},

	{"a control plane where the network is not", clustered(edit{"prod.yaml", "az_count: 3", "az_count: 2"}, edit{"prod.yaml", "", "  control_plane_zones: [apse3-az1, apse3-az3]\n"}), `acme/prod.yaml:74: cluster.control_plane_zones[1]: the network has no private subnet in "apse3-az3": it has some in apse3-az1, apse3-az2. A cluster that has its control plane there keeps it there, so the network must not leave that zone`},
	{"a control plane in one zone", clustered(edit{"prod.yaml", "", "  control_plane_zones: [apse3-az1]\n"}), `acme/prod.yaml:74: cluster.control_plane_zones: want 2 or more, not 1: EKS wants subnets in two zones`},

	// The range of services.
	{"services in the cluster's VPC", withServices("10.2.128.0/20"), `acme/prod.yaml:74: cluster.service_cidr: 10.2.128.0/20 overlaps its VPC (10.2.0.0/16), which pods could not reach: 172.20.0.0/16 is free, for a cluster that is not made yet`},
	{"services in the VPC of another account", withServices("10.0.0.0/16"), `acme/prod.yaml:74: cluster.service_cidr: 10.0.0.0/16 overlaps the VPC of hub (10.0.0.0/16), which pods could not reach: 172.20.0.0/16 is free, for a cluster that is not made yet`},
	{"services on premises, by default", clustered(edit{"estate.yaml", "[192.168.0.0/16]", "[172.16.0.0/12, 192.168.0.0/16]"}), `acme/prod.yaml:9: cluster.service_cidr: 172.20.0.0/16 overlaps on_premises.cidrs[0] of estate.yaml (172.16.0.0/12), which pods could not reach: 10.100.0.0/16 is free, for a cluster that is not made yet`},
	{"services with host bits", withServices("10.100.0.1/16"), `acme/prod.yaml:74: cluster.service_cidr: 10.100.0.1/16 has host bits set: write 10.100.0.0/16`},
	{"more services than EKS takes", withServices("10.96.0.0/11"), `acme/prod.yaml:74: cluster.service_cidr: 10.96.0.0/11 is not a size that EKS takes: /24 to /12`},
	{"fewer services than EKS takes", withServices("10.100.0.0/25"), `acme/prod.yaml:74: cluster.service_cidr: 10.100.0.0/25 is not a size that EKS takes: /24 to /12`},
	{"services on the internet", withServices("100.64.0.0/16"), `acme/prod.yaml:74: cluster.service_cidr: 100.64.0.0/16 is not private address space (RFC 1918), which EKS wants for services`},

	// The public endpoint.
	{"an API open to the world", clustered(edit{"prod.yaml", "[203.0.113.0/24]", "[0.0.0.0/0]"}), `acme/prod.yaml:11: cluster.public_access[0]: 0.0.0.0/0 opens the cluster's API to the world: name the ranges from which it is used`},
	{"an API open to half the world, twice", clustered(edit{"prod.yaml", "[203.0.113.0/24]", "[0.0.0.0/1, 128.0.0.0/1]"}), `
acme/prod.yaml:11: cluster.public_access[0]: 0.0.0.0/1 opens the cluster's API to the world: name the ranges from which it is used
acme/prod.yaml:11: cluster.public_access[1]: 128.0.0.0/1 opens the cluster's API to the world: name the ranges from which it is used
`},
	{"an IPv6 range", clustered(edit{"prod.yaml", "[203.0.113.0/24]", "[2001:db8::/32]"}), `acme/prod.yaml:11: cluster.public_access[0]: "2001:db8::/32" is not an IPv4 address range like 10.1.0.0/16`},
	{"a range with host bits", clustered(edit{"prod.yaml", "[203.0.113.0/24]", "[203.0.113.7/24]"}), `acme/prod.yaml:11: cluster.public_access[0]: 203.0.113.7/24 has host bits set: write 203.0.113.0/24`},
	{"a private range", clustered(edit{"prod.yaml", "[203.0.113.0/24]", "[10.0.0.0/16]"}), `acme/prod.yaml:11: cluster.public_access[0]: 10.0.0.0/16 is private address space, which reaches the API by its private endpoint`},
	{"a range named twice", clustered(edit{"prod.yaml", "[203.0.113.0/24]", "[203.0.113.0/24, 203.0.113.0/24]"}), `acme/prod.yaml:11: cluster.public_access[1]: "203.0.113.0/24" is named twice, first on line 11`},
	{"too many ranges", clustered(edit{"prod.yaml", "[203.0.113.0/24]", "[" + publicRanges(41) + "]"}), `acme/prod.yaml:11: cluster.public_access: want at most 40, not 41: a quota of EKS`},
	{"not a range", clustered(edit{"prod.yaml", "[203.0.113.0/24]", "[office]"}), `acme/prod.yaml:11: cluster.public_access[0]: "office" is not an IPv4 address range like 10.1.0.0/16`},

	// Access entries.
	{"an access entry with a name of the cluster's", clustered(edit{"prod.yaml", "    robot:", "    nodes:"}), `acme/prod.yaml:20: cluster.access.nodes: the cluster has an entry of that name already, for its nodes`},
	{"a bundle without a repository", clustered(edit{"prod.yaml", "  gitops: flux", "  gitops: flux\n  bundle: {path: somewhere}"}), `acme/prod.yaml:72: cluster.bundle: without a repository, the rest says nothing`},
	{"a bundle outside of the repository", clustered(edit{"prod.yaml", "  gitops: flux", "  gitops: flux\n  bundle: {repository: https://example.com/x.git, path: ../elsewhere}"}), `acme/prod.yaml:72: cluster.bundle.path: "../elsewhere" is not a folder in the repository`},
	{"a secret for Argo CD", clustered(edit{"prod.yaml", "  gitops: flux", "  gitops: argocd\n  bundle: {repository: https://example.com/x.git, secret: key}"}), `acme/prod.yaml:72: cluster.bundle.secret: only Flux takes one: Argo CD finds its own by the repository's URL`},
	{"an image release that is none", clustered(edit{"prod.yaml", "  gitops: flux", "  gitops: flux\n  node_image_release: al2023@v20260810"}), `acme/prod.yaml:72: cluster.node_image_release: "al2023@v20260810" is not latest, nor a release such as v20260810`},
	{"an unknown access policy", clustered(edit{"prod.yaml", "policy: AmazonEKSEditPolicy", "policy: AmazonEKSEditorPolicy"}), `acme/prod.yaml:18: cluster.access.team.policy: "AmazonEKSEditorPolicy" is not an EKS access policy for roles of people and tools (did you mean "AmazonEKSEditPolicy"?): those are AmazonAIOpsAssistantPolicy, AmazonARCRegionSwitchScalingPolicy, AmazonEKSAdminPolicy, AmazonEKSAdminViewPolicy, AmazonEKSClusterAdminPolicy, AmazonEKSEditPolicy, AmazonEKSSecretAdminPolicy, AmazonEKSSecretReaderPolicy, AmazonEKSViewPolicy`},
	{"an IAM policy for an access policy", clustered(edit{"prod.yaml", "policy: AmazonEKSEditPolicy", `policy: "arn:aws:iam::aws:policy/AdministratorAccess"`}), `acme/prod.yaml:18: cluster.access.team.policy: "arn:aws:iam::aws:policy/AdministratorAccess" is not an EKS access policy for roles of people and tools: those are AmazonAIOpsAssistantPolicy, AmazonARCRegionSwitchScalingPolicy, AmazonEKSAdminPolicy, AmazonEKSAdminViewPolicy, AmazonEKSClusterAdminPolicy, AmazonEKSEditPolicy, AmazonEKSSecretAdminPolicy, AmazonEKSSecretReaderPolicy, AmazonEKSViewPolicy`},
	{"a group that Terraform would evaluate", clustered(edit{"prod.yaml", "groups: [deployers]", `groups: ["a${b}"]`}), `acme/prod.yaml:22: cluster.access.robot.groups[0]: "a${b}" is not the name of a Kubernetes group: letters, digits and - _ . : / @`},
	{"a sample application without nodes", clustered(edit{"prod.yaml", "sample: false", "sample: true"}), `acme/prod.yaml:70: cluster.namespaces.shop.sample: the frontend of the sample application runs on amd64, and no node pool has that architecture`},
	{"a sample application larger than its namespace", []edit{{"prod.yaml", "", "cluster:\n  namespaces: {shop: {cpu: 2, memory_gib: 2, pods: 18, sample: true}}\n"}}, `
acme/prod.yaml:10: cluster.namespaces.shop.cpu: 2 is too little for the sample application, which grows to 2300 mCPU: give the namespace 3 or more
acme/prod.yaml:10: cluster.namespaces.shop.memory_gib: 2 is too little for the sample application, which grows to 2624 MiB: give the namespace 3 or more
acme/prod.yaml:10: cluster.namespaces.shop.pods: 18 is too little for the sample application, which grows to 19 pods: give the namespace 19 or more
`},
	{"a policy that outgrows IAM", clustered(edit{"prod.yaml", `["arn:aws:s3:::acme-orders/*"]`, manyResources(300)}), `acme/prod.yaml:43: cluster.identities.shop: 10353 of 10240 characters of a role's inline policies are used (what the workload is allowed): AWS gives nobody more: name several actions or resources by one with a wildcard, or make a managed policy of your own and name it under managed_policies`},
	{"policies of one name to Terraform", clustered(edit{"prod.yaml", `["arn:aws:iam::aws:policy/ReadOnlyAccess"]`, `["arn:aws:iam::aws:policy/a/b", "arn:aws:iam::aws:policy/a_b"]`}), `acme/prod.yaml:48: cluster.identities.shop.managed_policies[1]: shop/a_b and shop/a/b would have the same Terraform address`},
	{"a policy and groups", clustered(edit{"prod.yaml", "groups: [deployers]", "groups: [deployers]\n      policy: AmazonEKSViewPolicy"}), `acme/prod.yaml:20: cluster.access.robot: policy and groups are two ways to say what the role may do: choose one`},
	{"neither a policy nor groups", clustered(edit{"prod.yaml", "      groups: [deployers]\n", ""}), `acme/prod.yaml:20: cluster.access.robot: the role could do nothing: name a policy or groups`},
	{"namespaces without a policy", clustered(edit{"prod.yaml", "groups: [deployers]", "groups: [deployers]\n      namespaces: [shop]"}), `acme/prod.yaml:23: cluster.access.robot.namespaces: namespaces limit a policy: what groups may do is said by role bindings in the cluster`},
	{"a group that EKS refuses", clustered(edit{"prod.yaml", "groups: [deployers]", `groups: ["system:masters", deployers, deployers]`}), `
acme/prod.yaml:22: cluster.access.robot.groups[0]: EKS refuses groups that begin with system:, as "system:masters" does; for administrators there is the policy AmazonEKSClusterAdminPolicy
acme/prod.yaml:22: cluster.access.robot.groups[2]: "deployers" is named twice, first on line 22
`},
	{"namespaces that are none", clustered(edit{"prod.yaml", `[shop, "team-*"]`, `[Shop, "team-*", "team-*"]`}), `
acme/prod.yaml:19: cluster.access.team.namespaces[0]: "Shop" is not a namespace, nor a pattern of some such as team-*
acme/prod.yaml:19: cluster.access.team.namespaces[2]: "team-*" is named twice, first on line 19
`},
	{"a user", clustered(edit{"prod.yaml", "role: robot", "role: arn:aws:iam::333333333333:user/robot"}), `acme/prod.yaml:21: cluster.access.robot.role: "arn:aws:iam::333333333333:user/robot" is neither the ARN of a role, arn:aws:iam::<account>:role/…, nor the name of one`},
	{"a pattern of roles", clustered(edit{"prod.yaml", "role: robot", "role: arn:aws:iam::333333333333:role/*"}), `acme/prod.yaml:21: cluster.access.robot.role: "arn:aws:iam::333333333333:role/*" has a wildcard: EKS knows roles by their whole name`},
	{"a service-linked role", clustered(edit{"prod.yaml", "role: robot", "role: arn:aws:iam::333333333333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS"}), `acme/prod.yaml:21: cluster.access.robot.role: "arn:aws:iam::333333333333:role/aws-service-role/eks.amazonaws.com/AWSServiceRoleForAmazonEKS" is a service-linked role, which EKS does not take`},
	{"a role with two entries", clustered(edit{"prod.yaml", "role: robot", "role: arn:aws:iam::333333333333:role/platform-admin"}), `acme/prod.yaml:21: cluster.access.robot.role: arn:aws:iam::333333333333:role/platform-admin has an entry already, for admin: EKS takes one for each role`},
	{"the nodes' role", clustered(edit{"prod.yaml", "role: robot", "role: acme-prod-nodes"}), `acme/prod.yaml:21: cluster.access.robot.role: arn:aws:iam::333333333333:role/acme-prod-nodes has an entry already, for the cluster itself: EKS takes one for each role`},
	{"an entry without a role, with a name that is none", clustered(edit{"prod.yaml", "    robot:\n      role: robot", "    Robot:"}), `
acme/prod.yaml:20: cluster.access.Robot: "Robot" is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen
acme/prod.yaml:20: cluster.access.Robot.role: missing: write one, such as role: platform-admin
`},

	// Nodes.
	{"instance types of the wrong architecture", clustered(edit{"prod.yaml", "    instance_types: [m7g.large, m6g.large]", "    instance_types: [m7g.large, m5.large]"}), `acme/prod.yaml:26: cluster.system_nodes.instance_types[1]: m5.large is amd64, and architecture says arm64`},
	{"an architecture that the types are not of", clustered(edit{"prod.yaml", "    batch:\n      architecture: amd64\n", "    batch:\n"}), `
acme/prod.yaml:34: cluster.node_groups.batch.instance_types[0]: c5.large is amd64, and architecture is arm64 by default: add ` + "`architecture: amd64`" + `
acme/prod.yaml:34: cluster.node_groups.batch.instance_types[1]: c5.xlarge is amd64, and architecture is arm64 by default: add ` + "`architecture: amd64`" + `
`},
	{"an architecture that is none", clustered(edit{"prod.yaml", "architecture: amd64", "architecture: x86_64"}), `acme/prod.yaml:34: cluster.node_groups.batch.architecture: "x86_64" is not one of arm64, amd64`},
	{"instance types that are none", clustered(edit{"prod.yaml", "[c5.large, c5.xlarge]", "[c5, c5.large, c5.large, mac2.metal]"}), `
acme/prod.yaml:35: cluster.node_groups.batch.instance_types[0]: "c5" is not an instance type of Linux nodes, such as m7g.large
acme/prod.yaml:35: cluster.node_groups.batch.instance_types[2]: "c5.large" is named twice, first on line 35
acme/prod.yaml:35: cluster.node_groups.batch.instance_types[3]: "mac2.metal" is not an instance type of Linux nodes, such as m7g.large
`},
	{"system nodes that nothing brings", clustered(edit{"prod.yaml", "min_size: 2", "min_size: 0"}), `acme/prod.yaml:28: cluster.system_nodes.min_size: Karpenter and the cluster's names run on these nodes, and nothing would bring the first one: want 1 or more`},
	{"fewer nodes than none", clustered(edit{"prod.yaml", "min_size: 2", "min_size: -1"}), `acme/prod.yaml:28: cluster.system_nodes.min_size: want a number of 0 or more, not -1`},
	{"fewer nodes than the least", clustered(edit{"prod.yaml", "min_size: 2", "min_size: 4"}), `acme/prod.yaml:29: cluster.system_nodes.desired_size: 3 nodes are fewer than the 4 of min_size`},
	{"more nodes at the least than at the most", clustered(edit{"prod.yaml", "min_size: 2", "min_size: 5"}, edit{"prod.yaml", "    desired_size: 3\n", ""}), `acme/prod.yaml:29: cluster.system_nodes.max_size: 4 nodes are fewer than the 5 of min_size`},
	{"more nodes than the most", clustered(edit{"prod.yaml", "max_size: 4", "max_size: 2"}), `acme/prod.yaml:30: cluster.system_nodes.max_size: 2 nodes are fewer than the 3 of desired_size`},
	{"a number of nodes that is none", clustered(edit{"prod.yaml", "desired_size: 3", "desired_size: some"}), `acme/prod.yaml:29: cluster.system_nodes.desired_size: want a whole number, not "some"`},
	{"a disk that is too small", clustered(edit{"prod.yaml", "disk_gib: 50", "disk_gib: 10"}), `acme/prod.yaml:31: cluster.system_nodes.disk_gib: want a number from 20 to 16384, not 10: the images of EKS need 20 GiB, and a gp3 volume ends at 16 TiB`},
	{"node groups with names that are none", clustered(edit{"prod.yaml", "    batch:", "    Batch: {}\n    system: {}\n    batch:"}), `
acme/prod.yaml:33: cluster.node_groups.Batch: "Batch" is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen
acme/prod.yaml:34: cluster.node_groups.system: "system" is the node group of system_nodes
`},
	{"labels that are none", clustered(edit{"prod.yaml", "        team: data", "        team: data science\n        Team/a/b: x\n        node-role.kubernetes.io/batch: x\n        node.kubernetes.io/kind: x"}), `
acme/prod.yaml:37: cluster.node_groups.batch.labels.team: "data science" is not the value of a Kubernetes label: up to 63 letters, digits, - _ and .
acme/prod.yaml:38: cluster.node_groups.batch.labels["Team/a/b"]: "Team/a/b" is not the key of a Kubernetes label: up to 63 letters, digits, - _ and ., and a domain and / before it
acme/prod.yaml:39: cluster.node_groups.batch.labels["node-role.kubernetes.io/batch"]: nodes may not give themselves labels of kubernetes.io
`},
	{"taints that are none", clustered(edit{"prod.yaml", "[batch=true:NoSchedule]", `[batch=true, "batch:NoExecute", "batch=1:NoExecute", "a b:NoSchedule", "batch:Never"]`}), `
acme/prod.yaml:38: cluster.node_groups.batch.taints[0]: "batch=true" is not a taint: key=value:NoSchedule, with PreferNoSchedule and NoExecute as other effects
acme/prod.yaml:38: cluster.node_groups.batch.taints[2]: the nodes have a taint batch:NoExecute already
acme/prod.yaml:38: cluster.node_groups.batch.taints[3]: "a b:NoSchedule" is not a taint: key=value:NoSchedule, with PreferNoSchedule and NoExecute as other effects
acme/prod.yaml:38: cluster.node_groups.batch.taints[4]: "batch:Never" is not a taint: key=value:NoSchedule, with PreferNoSchedule and NoExecute as other effects
`},

	{"the taint of system nodes", clustered(edit{"prod.yaml", "    disk_gib: 50", "    disk_gib: 50\n    taints: [CriticalAddonsOnly=true:NoSchedule]"}), `acme/prod.yaml:32: cluster.system_nodes.taints[0]: the nodes have a taint CriticalAddonsOnly:NoSchedule already`},

	// Add-ons and charts.
	{"an unknown add-on", clustered(edit{"prod.yaml", "    vpc-cni: v1.20.4-eksbuild.1", "    vpc-cmi: v1.20.4-eksbuild.1"}), `acme/prod.yaml:40: cluster.add_on_versions.vpc-cmi: "vpc-cmi" is not an add-on of the cluster (did you mean "vpc-cni"?): those are aws-guardduty-agent, aws-secrets-store-csi-driver-provider, aws-ebs-csi-driver, coredns, eks-pod-identity-agent, kube-proxy, metrics-server, vpc-cni`},
	{"an add-on version that is none", clustered(edit{"prod.yaml", "v1.20.4-eksbuild.1", "v1.20.4"}), `acme/prod.yaml:40: cluster.add_on_versions.vpc-cni: "v1.20.4" is not the version of an EKS add-on, such as v1.20.4-eksbuild.1`},
	{"the version of an add-on that is not installed", clustered(edit{"prod.yaml", "vpc-cni: v1", "aws-guardduty-agent: v1"}), `acme/prod.yaml:40: cluster.add_on_versions.aws-guardduty-agent: the agent is not installed: set guardduty_agent`},
	{"an unknown chart", clustered(edit{"prod.yaml", "    karpenter: 1.14.0", "    carpenter: 1.14.0"}), `acme/prod.yaml:73: cluster.chart_versions.carpenter: "carpenter" is not a Helm release of the bundle (did you mean "karpenter"?): those are aws-load-balancer-controller, external-dns, istio, karpenter, kyverno`},
	{"a chart version that is none", clustered(edit{"prod.yaml", "karpenter: 1.14.0", "karpenter: v1.14.0"}), `acme/prod.yaml:73: cluster.chart_versions.karpenter: "v1.14.0" is not the version of a chart, such as 1.14.0`},
	{"the version of a mesh that is not installed", clustered(edit{"prod.yaml", "karpenter: 1.14.0", "istio: 1.31.1"}), `acme/prod.yaml:73: cluster.chart_versions.istio: istio is not installed: set mesh`},
	{"the mesh's own namespace", clustered(edit{"prod.yaml", "\ncluster:\n", "\ncluster:\n  mesh: istio\n"}, edit{"prod.yaml", "\n  namespaces:\n", "\n  namespaces:\n    istio-system: {}\n"}), `acme/prod.yaml:66: cluster.namespaces.istio-system: "istio-system" is the mesh's own namespace: workloads have others`},
	{"a mesh that is none", clustered(edit{"prod.yaml", "\ncluster:\n", "\ncluster:\n  mesh: linkerd\n"}), `acme/prod.yaml:10: cluster.mesh: "linkerd" is not one of istio`},
	{"the version of a chart that is not installed", clustered(edit{"prod.yaml", "karpenter: 1.14.0", "external-dns: 1.19.0"}, edit{"prod.yaml", "record_roles:\n  external-dns:\n    zones: [app.acme.example]\n", ""}), `acme/prod.yaml:70: cluster.chart_versions.external-dns: external-dns is not installed: it comes with record_roles.external-dns`},

	// Identities.
	{"a service account trusted twice", clustered(edit{"prod.yaml", "  node_pools:", "    cart:\n      namespace: shop\n      service_account: shop\n      pull_images: true\n  node_pools:"}), `acme/prod.yaml:45: cluster.identities.shop.service_account: service account shop/shop has the role of cart already`},
	{"a service account of the cluster's own", clustered(edit{"prod.yaml", "      namespace: shop\n      service_account: shop", "      namespace: kube-system\n      service_account: karpenter"}), `acme/prod.yaml:45: cluster.identities.shop.service_account: service account kube-system/karpenter has the role of the cluster's own karpenter already`},
	{"a role of the cluster's own", clustered(edit{"prod.yaml", "    shop:\n      namespace", "    nodes:\n      namespace"}), `acme/prod.yaml:43: cluster.identities.nodes: the role would be called acme-prod-nodes, like one that the spoke has anyway`},
	{"a controller's name", clustered(edit{"prod.yaml", "    shop:\n      namespace", "    karpenter:\n      namespace"}), `acme/prod.yaml:43: cluster.identities.karpenter: the role would be called acme-prod-karpenter, like one that the spoke has anyway`},
	{"an identity with names that are none", clustered(edit{"prod.yaml", "    shop:\n      namespace: shop\n      service_account: shop", "    Shop:\n      namespace: the.shop\n      service_account: Shop"}), `
acme/prod.yaml:43: cluster.identities.Shop: "Shop" is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen
acme/prod.yaml:44: cluster.identities.Shop.namespace: "the.shop" is not a namespace: up to 63 lower-case letters, digits and hyphens
acme/prod.yaml:45: cluster.identities.Shop.service_account: "Shop" is not a service account: lower-case letters, digits, hyphens and dots
`},
	{"identities that lack the same", clustered(edit{"prod.yaml", "  node_pools:", "    cart:\n      service_account: shop\n      pull_images: true\n  node_pools:"}, edit{"prod.yaml", "      namespace: shop\n", ""}), `
acme/prod.yaml:43: cluster.identities.shop.namespace: missing
acme/prod.yaml:52: cluster.identities.cart.namespace: missing
`},
	{"secrets without their driver", clustered(edit{"prod.yaml", "      service_account: shop\n", "      service_account: shop\n      secret_files: {key: shop/key}\n"}), `acme/prod.yaml:46: cluster.identities.shop.secret_files: pods mount secrets by a driver that is not installed: set cluster.secrets, or leave them out`},
	{"secrets that pods could not mount", clustered(edit{"prod.yaml", "      namespace: shop\n      service_account: shop\n", "      namespace: stall\n      service_account: shop\n      secret_files:\n        key: arn:aws:secretsmanager:eu-west-1:444444444444:secret:key-AbC123\n        ../key: a key\n"}, edit{"prod.yaml", "\ncluster:\n", "\ncluster:\n  secrets: true\n"}), `
acme/prod.yaml:47: cluster.identities.shop.secret_files: the bundle says what pods may mount in namespaces that it makes: name stall under cluster.namespaces
acme/prod.yaml:48: cluster.identities.shop.secret_files.key: the secret is in eu-west-1: the driver asks for secrets in the cluster's region, ap-southeast-3, where Secrets Manager can keep a replica of it
acme/prod.yaml:49: cluster.identities.shop.secret_files["../key"]: "../key" is not the name of a file: letters, digits, dots, hyphens and underscores, none but a letter, a digit or an underscore first
acme/prod.yaml:49: cluster.identities.shop.secret_files["../key"]: "a key" is not the name of a secret, nor its whole ARN, arn:aws:secretsmanager:<region>:<account>:secret:<name>-<six characters>
`},
	{"the version of the driver of secrets without it", clustered(edit{"prod.yaml", "vpc-cni: v1", "aws-secrets-store-csi-driver-provider: v1"}), `acme/prod.yaml:40: cluster.add_on_versions.aws-secrets-store-csi-driver-provider: the driver is not installed: set secrets`},
	{"an identity that may do nothing", clustered(edit{"prod.yaml", "  node_pools:", "    cart:\n      namespace: shop\n      service_account: cart\n  node_pools:"}), `acme/prod.yaml:53: cluster.identities.cart: the workload could do nothing: give it pull_images, secret_files, managed_policies or allow`},
	{"managed policies that are none", clustered(edit{"prod.yaml", `["arn:aws:iam::aws:policy/ReadOnlyAccess"]`, `[ReadOnlyAccess, "arn:aws:iam::aws:policy/A", "arn:aws:iam::aws:policy/A"]`}), `
acme/prod.yaml:48: cluster.identities.shop.managed_policies[0]: "ReadOnlyAccess" is not the ARN of a managed policy, arn:aws:iam::aws:policy/…
acme/prod.yaml:48: cluster.identities.shop.managed_policies[2]: "arn:aws:iam::aws:policy/A" is named twice, first on line 48
`},
	{"a managed policy of another account", clustered(edit{"prod.yaml", "arn:aws:iam::aws:policy/ReadOnlyAccess", "arn:aws:iam::222222222222:policy/Read"}), `acme/prod.yaml:48: cluster.identities.shop.managed_policies[0]: arn:aws:iam::222222222222:policy/Read is a policy of account 222222222222: a role takes those of AWS and of its own account, 333333333333`},
	{"resources of another partition", clustered(edit{"prod.yaml", `["arn:aws:s3:::acme-orders/*"]`, `["arn:aws-cn:s3:::acme-orders/*"]`}), `acme/prod.yaml:52: cluster.identities.shop.allow.orders.resources[0]: "arn:aws-cn:s3:::acme-orders/*" is not the ARN of a resource`},
	{"too many managed policies", clustered(edit{"prod.yaml", `["arn:aws:iam::aws:policy/ReadOnlyAccess"]`, "[" + managedPolicies(26) + "]"}), `acme/prod.yaml:48: cluster.identities.shop.managed_policies: want at most 25, not 26: IAM gives no role more`},
	{"actions that are none", clustered(edit{"prod.yaml", "[s3:GetObject, s3:Put*]", `["*", "s3:*", GetObject, s3:GetObject, s3:GetObject]`}), `
acme/prod.yaml:51: cluster.identities.shop.allow.orders.actions[0]: "*" is not an IAM action, such as s3:GetObject
acme/prod.yaml:51: cluster.identities.shop.allow.orders.actions[1]: "s3:*" is everything that s3 can do: name what the workload needs
acme/prod.yaml:51: cluster.identities.shop.allow.orders.actions[2]: "GetObject" is not an IAM action, such as s3:GetObject
acme/prod.yaml:51: cluster.identities.shop.allow.orders.actions[4]: "s3:GetObject" is named twice, first on line 51
`},
	{"resources that are none", clustered(edit{"prod.yaml", `["arn:aws:s3:::acme-orders/*"]`, `["*", acme-orders, "arn:aws:s3:::${var.bucket}", "arn:aws:s3:::a", "arn:aws:s3:::a"]`}), `
acme/prod.yaml:52: cluster.identities.shop.allow.orders.resources[0]: * is every resource, which only actions that Describe or List can need: name the ARNs
acme/prod.yaml:52: cluster.identities.shop.allow.orders.resources[1]: "acme-orders" is not the ARN of a resource
acme/prod.yaml:52: cluster.identities.shop.allow.orders.resources[2]: "arn:aws:s3:::${var.bucket}" is not the ARN of a resource
acme/prod.yaml:52: cluster.identities.shop.allow.orders.resources[4]: "arn:aws:s3:::a" is named twice, first on line 52
`},
	{"a permission for nothing", clustered(edit{"prod.yaml", "        orders:\n          actions: [s3:GetObject, s3:Put*]\n          resources: [\"arn:aws:s3:::acme-orders/*\"]", "        Orders:\n          actions: []\n          resources: []"}), `
acme/prod.yaml:50: cluster.identities.shop.allow.Orders: "Orders" is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen
acme/prod.yaml:51: cluster.identities.shop.allow.Orders.actions: names nothing: want 1 or more: a permission is of some actions on some resources
acme/prod.yaml:52: cluster.identities.shop.allow.Orders.resources: names nothing: want 1 or more: a permission is of some actions on some resources
`},

	// Node pools.
	{"a node pool without a limit", clustered(edit{"prod.yaml", "      cpu_limit: 100\n", ""}), `acme/prod.yaml:54: cluster.node_pools.big.cpu_limit: missing: write one, such as cpu_limit: 100`},
	{"a node pool with a limit of nothing", clustered(edit{"prod.yaml", "cpu_limit: 100", "cpu_limit: 0"}), `acme/prod.yaml:58: cluster.node_pools.big.cpu_limit: want a number of 1 or more, not 0`},
	{"a node pool of nothing", clustered(edit{"prod.yaml", "[m7g.xlarge, r8gd.2xlarge]", "[]"}), `acme/prod.yaml:56: cluster.node_pools.big.instance_types: names nothing: want 1 or more: Karpenter chooses among them`},
	{"a node pool of the wrong architecture", clustered(edit{"prod.yaml", "r8gd.2xlarge", "r8i.2xlarge"}), `acme/prod.yaml:56: cluster.node_pools.big.instance_types[1]: r8i.2xlarge is amd64, and architecture says arm64`},
	{"capacity that EC2 does not sell", clustered(edit{"prod.yaml", "[on-demand]", "[ON_DEMAND, spot, spot]"}), `
acme/prod.yaml:57: cluster.node_pools.big.capacity_types[0]: "ON_DEMAND" is not one of on-demand, spot
acme/prod.yaml:57: cluster.node_pools.big.capacity_types[2]: "spot" is named twice, first on line 57
`},
	{"a weight that is none", clustered(edit{"prod.yaml", "weight: 10", "weight: 101"}, edit{"prod.yaml", "disk_gib: 100", "disk_gib: 20000"}), `
acme/prod.yaml:62: cluster.node_pools.big.disk_gib: want a number from 20 to 16384, not 20000: the images of EKS need 20 GiB, and a gp3 volume ends at 16 TiB
acme/prod.yaml:63: cluster.node_pools.big.weight: want a number from 1 to 100, not 101
`},
	{"a node pool with a name that is none", clustered(edit{"prod.yaml", "    big:", "    Big:"}), `acme/prod.yaml:54: cluster.node_pools.Big: "Big" is not a name of up to 30 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen`},
	{"no nodes for workloads", []edit{{"prod.yaml", "", "cluster:\n  node_pools: {}\n"}}, `acme/prod.yaml:10: cluster.node_pools: workloads would have no nodes: the system nodes are not for them, so name a node pool or a node group`},

	// Namespaces.
	{"namespaces of the cluster's own", clustered(edit{"prod.yaml", "  gitops:", "    kube-shop: {}\n    argocd: {}\n  gitops:"}), `
acme/prod.yaml:71: cluster.namespaces.kube-shop: "kube-shop" is a namespace of the cluster's own: workloads have others
acme/prod.yaml:72: cluster.namespaces.argocd: "argocd" is a namespace of the cluster's own: workloads have others
`},
	{"a namespace that is none", clustered(edit{"prod.yaml", "  gitops:", "    the.shop: {}\n  gitops:"}), `acme/prod.yaml:71: cluster.namespaces["the.shop"]: "the.shop" is not a namespace: up to 63 lower-case letters, digits and hyphens`},
	{"values that are none of the known", clustered(edit{"prod.yaml", "gitops: flux", "gitops: helm"}, edit{"prod.yaml", "pod_security: baseline", "pod_security: none"}, edit{"prod.yaml", "identity: irsa", "identity: kiam"}, edit{"prod.yaml", "image: bottlerocket", "image: al2"}), `
acme/prod.yaml:25: cluster.system_nodes.image: "al2" is not one of al2023, bottlerocket (did you mean "al2023"?)
acme/prod.yaml:41: cluster.identity: "kiam" is not one of pod-identity, irsa
acme/prod.yaml:66: cluster.namespaces.shop.pod_security: "none" is not one of restricted, baseline, privileged
acme/prod.yaml:71: cluster.gitops: "helm" is not one of argocd, flux
`},

	// Names.
	{"a controller's role name that is too long", []edit{
		{"estate.yaml", "project: acme", "project: acme-and-daughters-1"},
		{"estate.yaml", "  audit:", "  quality-assurance-01: \"555555555555\"\n  audit:"},
		{"quality-assurance-01.yaml", "", "segment: dev\nnetwork:\n  cidr: 10.3.0.0/16\ncluster: {}\n"},
	}, `acme/quality-assurance-01.yaml:4: cluster: the role would be called acme-and-daughters-1-quality-assurance-01-load-balancer-controller, which has 66 characters: IAM takes 64`},
	{"a workload's role name that is too long", []edit{
		{"estate.yaml", "project: acme", "project: acme-and-daughters-1"},
		{"estate.yaml", "  audit:", "  quality-assurance: \"555555555555\"\n  audit:"},
		{"quality-assurance.yaml", "", "segment: dev\nnetwork:\n  cidr: 10.3.0.0/16\ncluster:\n  identities:\n    image-processing-of-last-night:\n      namespace: batch\n      service_account: batch\n      pull_images: true\n"},
	}, `acme/quality-assurance.yaml:6: cluster.identities.image-processing-of-last-night: the role would be called acme-and-daughters-1-quality-assurance-image-processing-of-last-night, which has 69 characters: IAM takes 64`},
	{"a cluster name that is too long", []edit{
		{"estate.yaml", "  audit:", "  " + long + ": \"555555555555\"\n  audit:"},
		{long + ".yaml", "", "segment: dev\nnetwork:\n  cidr: 10.3.0.0/16\ncluster: {}\n"},
	}, `
acme/estate.yaml:8: accounts.` + long + `: "` + long + `" is not an account name of up to 20 lower-case letters, digits and hyphens that begins with a letter and does not end with a hyphen
acme/` + long + `.yaml:1: the file's name is the account's: up to 20 lower-case letters, digits and hyphens, beginning with a letter and not ending with a hyphen
acme/` + long + `.yaml:4: cluster: the cluster would be called acme-` + long + `, which has 101 characters: EKS takes 100
acme/` + long + `.yaml:4: cluster: the role would be called acme-` + long + `-load-balancer-controller, which has 126 characters: IAM takes 64
`},

	// Zones.
	{"a control plane in a zone without any", []edit{
		{"estate.yaml", "region: ap-southeast-3", "region: us-east-1"},
		{"estate.yaml", "[apse3-az1, apse3-az2, apse3-az3]", "[use1-az1, use1-az2, use1-az3]"},
		{"prod.yaml", "", "cluster: {}\n"},
	}, `acme/prod.yaml:9: cluster: EKS has no control planes in zone use1-az3, which the network uses: leave the zone out of zones in estate.yaml, or out of the network's subnets`},

	// Without a way to the internet.
	{"endpoints that nodes need", []edit{{"dev.yaml", "  external-dns:", "  cert-manager:"}, {"dev.yaml", "", "cluster: {}\n"}}, `acme/dev.yaml:15: cluster: without NAT nodes reach AWS only through endpoints: add ec2, eks, eks-auth, elasticloadbalancing, sqs to endpoints in hub.yaml`},
	{"endpoints that nodes need without pod identity", []edit{{"dev.yaml", "  external-dns:", "  cert-manager:"}, {"dev.yaml", "", "cluster:\n  identity: irsa\n"}}, `acme/dev.yaml:15: cluster: without NAT nodes reach AWS only through endpoints: add ec2, eks, elasticloadbalancing, sqs to endpoints in hub.yaml`},
	{"endpoints that sessions on nodes need", []edit{{"dev.yaml", "  external-dns:", "  cert-manager:"}, {"dev.yaml", "", "cluster:\n  identity: irsa\n  node_sessions: true\n"}, {"hub.yaml", "[sts, logs, ssm, ssmmessages]", "[ec2, eks, elasticloadbalancing, logs, sqs, ssm, sts]"}, {"dev.yaml", "probe: true\n", ""}}, `acme/dev.yaml:14: cluster: without NAT nodes reach AWS only through endpoints: add ssmmessages to endpoints in hub.yaml`},
	{"endpoints that pods with secrets need", []edit{{"dev.yaml", "  external-dns:", "  cert-manager:"}, {"dev.yaml", "", "cluster:\n  identity: irsa\n  secrets: true\n"}, {"hub.yaml", "[sts, logs, ssm, ssmmessages]", "[ec2, eks, elasticloadbalancing, logs, sqs, ssm, sts]"}, {"dev.yaml", "probe: true\n", ""}}, `acme/dev.yaml:14: cluster: without NAT nodes reach AWS only through endpoints: add secretsmanager to endpoints in hub.yaml`},
	{"endpoints that one workload needs", []edit{{"dev.yaml", "  external-dns:", "  cert-manager:"}, {"dev.yaml", "", "cluster:\n  identity: irsa\n  identities:\n    shop:\n      namespace: shop\n      service_account: shop\n      kind: pod-identity\n      pull_images: true\n"}, {"hub.yaml", "[sts,", "[ec2, eks, elasticloadbalancing, sqs, sts,"}}, `acme/dev.yaml:15: cluster: without NAT nodes reach AWS only through endpoints: add eks-auth to endpoints in hub.yaml`},
	{"external-dns without NAT", []edit{{"dev.yaml", "", "cluster: {}\n"}, {"hub.yaml", "[sts,", "[ec2, eks, eks-auth, elasticloadbalancing, sqs, sts,"}}, `acme/dev.yaml:15: cluster: without NAT external-dns does not reach Route 53, which has no endpoint in a VPC: take external-dns out of record_roles, or give the network NAT`},
	{"a storage driver that is too old", clustered(edit{"prod.yaml", "vpc-cni: v1.20.4-eksbuild.1", "aws-ebs-csi-driver: v1.57.9-eksbuild.2"}), `acme/prod.yaml:40: cluster.add_on_versions.aws-ebs-csi-driver: v1.57.9-eksbuild.2 does not tag volumes with the cluster's name, which its role asks for: v1.58 is the first that does`},
	{"endpoints that nodes cannot reach", []edit{{"dev.yaml", "", "cluster: {}\n"}, {"dev.yaml", "probe: true\n", ""}, {"estate.yaml", "  dev:\n    reaches: [shared]", "  dev: {}"}}, `acme/dev.yaml:14: cluster: without NAT nodes reach AWS only through the hub, which segment "dev" does not reach`},
}

var long = strings.Repeat("x", 96)

// publicRanges are so many /24 of 198.18.0.0/15.
func publicRanges(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("198.18.%d.0/24", i))
	}
	return strings.Join(list, ", ")
}

func manyResources(n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("\"arn:aws:s3:::acme-orders/%03d/*\"", i)
	}
	return "[" + strings.Join(list, ", ") + "]"
}

func managedPolicies(n int) string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("\"arn:aws:iam::aws:policy/P%d\"", i))
	}
	return strings.Join(list, ", ")
}

func TestBadClustersAreToldWithFileAndLine(t *testing.T) {
	for _, test := range badClusters {
		t.Run(test.name, func(t *testing.T) {
			_, err := load(edited(t, test.edits...), "acme", "acme")
			if err == nil {
				t.Fatalf("loads, want:\n%s", test.want)
			}
			if got := err.Error(); got != strings.TrimSpace(test.want) {
				t.Errorf("got:\n%s\nwant:\n%s", got, test.want)
			}
		})
	}
}

func TestTheClusterOfTheTestsIsGood(t *testing.T) {
	if e := loadEdited(t, clustered()...); len(e.Warnings) > 0 {
		t.Errorf("warnings without a date: %v", e.Warnings)
	}
}

// What nobody can use, and what nobody makes, is said.
func TestAClusterWithoutUsersAndAnIdentityWithoutANamespaceAreWarnedAbout(t *testing.T) {
	e := loadEdited(t, edit{"prod.yaml", "", `cluster:
  system_nodes: {instance_types: [m7g.large, m6g.large]}
  identities:
    cart:
      namespace: shop
      service_account: cart
      pull_images: true
    mesh:
      namespace: kube-system
      service_account: mesh
      pull_images: true
`})
	const want = `warning: acme/prod.yaml:9: cluster.access: nobody can use the Kubernetes API, not even to install what applies the bundle: name a role here
warning: acme/prod.yaml:13: cluster.identities.cart.namespace: "shop" is not one of the cluster's namespaces, so the bundle makes no service account cart in it: name it under namespaces, or make both yourself
`
	if got := e.Warnings.Warning(); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
}

// What looks like the mistakes above, and is none.
func TestGoodClustersLoad(t *testing.T) {
	for name, edits := range map[string][]edit{
		"a label with a domain":              clustered(edit{"prod.yaml", "        team: data", "        example.com/team: data\n        node.kubernetes.io/kind: batch"}),
		"a taint with another effect":        clustered(edit{"prod.yaml", "    disk_gib: 50", "    disk_gib: 50\n    taints: [CriticalAddonsOnly=true:NoExecute]"}),
		"a list on every resource":           clustered(edit{"prod.yaml", "[s3:GetObject, s3:Put*]", "[s3:ListAllMyBuckets, ec2:Describe*]"}, edit{"prod.yaml", `["arn:aws:s3:::acme-orders/*"]`, `["*"]`}),
		"the same account in two namespaces": clustered(edit{"prod.yaml", "  node_pools:", "    cart:\n      namespace: cart\n      service_account: shop\n      pull_images: true\n  node_pools:"}),
		"a workload that writes records": clustered(
			edit{"prod.yaml", "record_roles:", "record_roles:\n  certificates:\n    zones: [app.acme.example]"},
			edit{"prod.yaml", "  node_pools:", "    certificates:\n      namespace: cert-manager\n      service_account: cert-manager\n  node_pools:"}),
		"nodes of node groups alone":       {{"prod.yaml", "", "cluster:\n  node_groups:\n    batch: {}\n  node_pools: {}\n"}},
		"a private cluster with endpoints": {{"dev.yaml", "  external-dns:", "  cert-manager:"}, {"dev.yaml", "", "cluster: {}\n"}, {"hub.yaml", "[sts,", "[ec2, eks, eks-auth, elasticloadbalancing, sqs, sts,"}},
	} {
		t.Run(name, func(t *testing.T) { loadEdited(t, edits...) })
	}
}

// What a file leaves out is as if it stated the documented default.
func TestAnEmptyClusterHasTheDocumentedDefaults(t *testing.T) {
	short := loadEdited(t, edit{"prod.yaml", "", "cluster:\n  node_groups:\n    batch:\n      architecture: amd64\n  namespaces:\n    shop:\n"})
	long := loadEdited(t, edit{"prod.yaml", "", `cluster:
  version: "1.35"
  public_access: []
  system_nodes: {architecture: arm64, image: al2023, instance_types: [m7g.large], capacity: on-demand, min_size: 2, desired_size: 2, max_size: 3, disk_gib: 50}
  node_groups:
    batch: {architecture: amd64, image: al2023, instance_types: [m5.large], capacity: on-demand, min_size: 2, desired_size: 2, max_size: 3, disk_gib: 50}
  prefix_delegation: false
  ignore_network_policies: false
  guardduty_agent: false
  identity: pod-identity
  node_pools:
    graviton:
      architecture: arm64
      instance_types: [c7g.large, c7g.xlarge, c7g.2xlarge, m7g.large, m7g.xlarge, m7g.2xlarge, r7g.large, r7g.xlarge, r7g.2xlarge]
      capacity_types: [spot, on-demand]
      cpu_limit: 1000
      consolidate_after_minutes: 5
      expire_after_hours: 720
      disk_gib: 50
    amd64:
      architecture: amd64
      instance_types: [c5.large, c5.xlarge, c5.2xlarge, m5.large, m5.xlarge, m5.2xlarge, r5.large, r5.xlarge, r5.2xlarge]
      capacity_types: [spot, on-demand]
      cpu_limit: 2000
      consolidate_after_minutes: 5
      expire_after_hours: 720
      disk_gib: 50
  namespaces:
    shop: {pod_security: restricted, cpu: 16, memory_gib: 32, pods: 100, sample: false}
  gitops: argocd
`})
	got, want := *short.Spoke("prod").Cluster, *long.Spoke("prod").Cluster
	want.PublicAccess = nil
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%+v, want\n%+v", got, want)
	}
}

func TestASpokeWithoutAClusterHasNone(t *testing.T) {
	e := loadEdited(t, clustered()...)
	if e.Spoke("dev").Cluster != nil || len(e.Controllers("dev")) > 0 {
		t.Error("dev has a cluster")
	}
}

func date(t *testing.T, text string) Date {
	t.Helper()
	var d Date
	if err := d.UnmarshalText([]byte(text)); err != nil {
		t.Fatal(err)
	}
	return d
}

// Support ends as a day begins, and is warned about 90 days ahead.
func TestSupportEndsOnTheDaysOfTheReleaseCalendar(t *testing.T) {
	const at = "acme/prod.yaml:10: cluster.version: "
	for day, want := range map[string]string{
		"2026-09-02": "",
		"2026-09-03": "warning: " + at + "standard support of Kubernetes 1.34 ends soon, on 2026-12-02; longer in standard support: 1.35\n",
		"2026-12-01": "warning: " + at + "standard support of Kubernetes 1.34 ends soon, on 2026-12-02; longer in standard support: 1.35\n",
		"2026-12-02": "warning: " + at + "standard support of Kubernetes 1.34 ended on 2026-12-02: EKS charges extra, and upgrades the cluster by itself on 2027-12-02; longer in standard support: 1.35\n",
		"2027-12-01": "warning: " + at + "standard support of Kubernetes 1.34 ended on 2026-12-02: EKS charges extra, and upgrades the cluster by itself on 2027-12-02\n",
		"2027-12-02": at + "extended support of Kubernetes 1.34 ended on 2027-12-02, and EKS upgrades such clusters by itself",
	} {
		t.Run(day, func(t *testing.T) {
			stated, err := load(edited(t, clustered(edit{"estate.yaml", "", "as_of: " + day + "\n"})...), "acme", "acme")
			overridden, again := loadAsOf(edited(t, clustered(edit{"estate.yaml", "", "as_of: 2020-01-01\n"})...), "acme", "acme", date(t, day))
			if fmt.Sprint(err) != fmt.Sprint(again) {
				t.Fatalf("got %v in the file, %v in its place", err, again)
			}
			if err != nil {
				if err.Error() != want {
					t.Errorf("got %v, want %s", err, want)
				}
				return
			}
			if got := stated.Warnings.Warning(); got != want {
				t.Errorf("got %s, want %s", got, want)
			}
			if stated.AsOf != overridden.AsOf || !reflect.DeepEqual(stated.Warnings, overridden.Warnings) {
				t.Errorf("in the file: %v, %v; in its place: %v, %v", stated.AsOf, stated.Warnings, overridden.AsOf, overridden.Warnings)
			}
		})
	}
}

func TestEveryServiceAccountOfTheClusterItselfIsTrustedOnce(t *testing.T) {
	e := loadEdited(t, clustered()...)
	seen := map[string]string{}
	for _, w := range e.Controllers("prod") {
		account := w.Namespace + "/" + w.ServiceAccount
		if seen[account] != "" {
			t.Errorf("%s is that of %s and %s", account, seen[account], w.Name)
		}
		seen[account] = w.Name
		if w.Kind != cluster.IRSA {
			t.Errorf("%s has its role by %s, and the cluster says irsa", w.Name, w.Kind)
		}
	}
	if want := []string{cluster.EBSCSI, cluster.ExternalDNS, cluster.Karpenter, cluster.LoadBalancerController, cluster.VPCCNI}; !slices.Equal(slices.Sorted(maps.Values(seen)), want) {
		t.Errorf("the controllers are %v", seen)
	}
}

// The hub trusts the spoke's role by its name alone.
func TestExternalDNSHasTheRoleThatTheHubTrusts(t *testing.T) {
	e := loadEdited(t, clustered()...)
	if got, want := e.WorkloadRole("prod", cluster.ExternalDNS), e.RecordRole("prod", "external-dns"); got != want {
		t.Errorf("the role is %s, and the hub trusts %s", got, want)
	}
	e = loadEdited(t, clustered(edit{"prod.yaml", "record_roles:\n  external-dns:\n    zones: [app.acme.example]\n", ""})...)
	if slices.ContainsFunc(e.Controllers("prod"), func(w cluster.Workload) bool { return w.Name == cluster.ExternalDNS }) {
		t.Error("external-dns has a role without a zone to write to")
	}
}

func TestClusterNamesFollowTheProjectAndTheSpoke(t *testing.T) {
	e := loadEdited(t, clustered()...)
	for got, want := range map[string]string{
		e.ClusterName("prod"):            "acme-prod",
		e.ClusterRole("prod"):            "acme-prod-cluster",
		e.ManagedNodeRole("prod"):        "acme-prod-managed-nodes",
		e.NodeRole("prod"):               "acme-prod-nodes",
		e.WorkloadRole("prod", "shop"):   "acme-prod-shop",
		e.KarpenterQueue("prod"):         "acme-prod-karpenter",
		e.ClusterKeyAlias("prod"):        "alias/acme-prod-eks",
		e.ClusterLogGroup("prod"):        "/aws/eks/acme-prod/cluster",
		e.RegistryHost():                 "111111111111.dkr.ecr.ap-southeast-3.amazonaws.com",
		e.accessRole(t, "prod", "admin"): "arn:aws:iam::333333333333:role/platform-admin",
		e.accessRole(t, "prod", "team"):  "arn:aws:iam::111111111111:role/sso/team",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

func (e *Estate) accessRole(t *testing.T, spoke, entry string) string {
	t.Helper()
	return e.AccessRoleARN(spoke, e.Spoke(spoke).Cluster.Access[entry])
}

// What is added to a cluster adds to the estate, and changes nothing of it.
func TestAddingToAClusterMovesNothing(t *testing.T) {
	before := loadEdited(t, clustered()...)
	for name, addition := range map[string]edit{
		"a node group": {"prod.yaml", "  add_on_versions:", "    apples: {}\n  add_on_versions:"},
		"an identity":  {"prod.yaml", "  node_pools:", "    apples:\n      namespace: apples\n      service_account: apples\n      pull_images: true\n  node_pools:"},
		"a node pool":  {"prod.yaml", "  namespaces:\n    shop:", "    apples:\n      architecture: arm64\n      instance_types: [m7g.large]\n      cpu_limit: 1\n  namespaces:\n    shop:"},
		"a namespace":  {"prod.yaml", "  gitops:", "    apples: {}\n  gitops:"},
	} {
		t.Run(name, func(t *testing.T) {
			after := loadEdited(t, clustered(addition)...)
			for _, account := range []string{HubAccount, "dev", "prod"} {
				if !reflect.DeepEqual(before.Plan(account), after.Plan(account)) {
					t.Errorf("the address plan of %s differs", account)
				}
			}
			if !reflect.DeepEqual(before.Controllers("prod"), after.Controllers("prod")) {
				t.Error("the controllers differ")
			}
			was, is := reflect.ValueOf(*before.Spoke("prod").Cluster), reflect.ValueOf(*after.Spoke("prod").Cluster)
			if reflect.DeepEqual(was.Interface(), is.Interface()) {
				t.Error("nothing was added")
			}
			for i := range was.NumField() {
				if field := was.Type().Field(i).Name; was.Field(i).Kind() != reflect.Map {
					if !reflect.DeepEqual(was.Field(i).Interface(), is.Field(i).Interface()) {
						t.Errorf("%s differs", field)
					}
				} else {
					for _, key := range was.Field(i).MapKeys() {
						if !reflect.DeepEqual(was.Field(i).MapIndex(key).Interface(), is.Field(i).MapIndex(key).Interface()) {
							t.Errorf("%s.%s differs", field, key)
						}
					}
				}
			}
		})
	}
}
