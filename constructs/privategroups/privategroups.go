// Package privategroups makes the security groups of a network that keeps its
// traffic within the VPC: those of an EKS control plane, of its nodes, of the
// internal and the frontend Application Load Balancer, and of VPC endpoints.
//
// The VPC's range counts as one neighbourhood here: it reaches nodes, the Kubernetes
// API and endpoints. Nodes send nothing out of it, but to S3, whose gateway endpoint
// takes packets for public addresses. Databases have a group of their own, made with
// the database, that admits nodes alone.
//
// It makes no load balancers: the controller in the cluster does, with these groups.
//
//   - https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
//   - https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-s3.html
package privategroups

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/aws/constructs-go/constructs/v10"

	"hubspoke/constructs/securitygroup"
	"hubspoke/internal/tf"
)

// Config describes the groups of a cluster and its load balancers.
type Config struct {
	// Name is what the groups' names begin with.
	Name string
	// VPCID and CIDR are the VPC and its range.
	VPCID *string
	CIDR  netip.Prefix
	// S3PrefixListID is the list of S3's addresses.
	S3PrefixListID *string
	// NodeTags are added to the group of the nodes, for controllers that find it by tag.
	NodeTags map[string]string
	// Additional are groups that may reach the Kubernetes API, by name.
	Additional map[string]*securitygroup.Group
	// Bastion is the group of a bastion, which may reach both load balancers; nil if there is none.
	Bastion *securitygroup.Group
	// ETCD adds rules for the ports of etcd.
	ETCD bool
}

// Groups are the groups of a cluster and its load balancers.
type Groups struct {
	// Cluster is the control plane's group, and Nodes that of its nodes.
	Cluster, Nodes *securitygroup.Group
	// InternalALB is the group of internal load balancers, and FrontendALB that of the frontend's.
	InternalALB, FrontendALB *securitygroup.Group
}

// New makes the groups `aws_security_group.<id>_cluster`, `<id>_nodes`,
// `<id>_internal_alb` and `<id>_frontend_alb`, with their rules.
func New(scope constructs.Construct, id string, config Config) (*Groups, error) {
	if config.Name == "" || config.VPCID == nil || !config.CIDR.IsValid() {
		return nil, fmt.Errorf("groups of %q: want a name, and a VPC with its range", config.Name)
	}
	g := &Groups{}
	for _, group := range []struct {
		target            **securitygroup.Group
		name, description string
		tags              map[string]string
	}{
		{&g.Cluster, "cluster", "EKS control plane", nil},
		{&g.Nodes, "nodes", "EKS nodes and their pods", config.NodeTags},
		{&g.InternalALB, "internal-alb", "Internal load balancer of the backend", nil},
		{&g.FrontendALB, "frontend-alb", "Load balancer of the frontend", nil},
	} {
		made, err := securitygroup.New(scope, tf.Name(id, group.name), securitygroup.Config{
			Name: config.Name + "-" + group.name, Description: group.description, VPCID: config.VPCID, Tags: group.tags,
		})
		if err != nil {
			return nil, err
		}
		*group.target = made
	}
	return g, errors.Join(
		g.Cluster.Admit(config.toCluster(g)...),
		g.Cluster.Send(toAnywhere("Required for cluster operations and AWS API calls")),
		g.Nodes.Admit(config.toNodes()...),
		g.Nodes.Send(config.fromNodes()...),
		g.InternalALB.Admit(config.toInternalALB(g)...),
		g.InternalALB.Send(toAnywhere("ALB needs to reach target pods")),
		g.FrontendALB.Admit(config.toFrontendALB()...),
		g.FrontendALB.Send(toAnywhere("ALB needs to reach target pods")),
	)
}

// EndpointsConfig describes the group of VPC endpoints.
type EndpointsConfig struct {
	// Name is the group's name.
	Name string
	// VPCID and CIDR are the VPC and its range.
	VPCID *string
	CIDR  netip.Prefix
}

// NewEndpoints makes the group of VPC endpoints, `aws_security_group.<id>`.
func NewEndpoints(scope constructs.Construct, id string, config EndpointsConfig) (*securitygroup.Group, error) {
	if config.Name == "" || config.VPCID == nil || !config.CIDR.IsValid() {
		return nil, fmt.Errorf("group of endpoints %q: want a name, and a VPC with its range", config.Name)
	}
	return securitygroup.New(scope, id, securitygroup.Config{
		Name: config.Name, Description: "VPC interface endpoints", VPCID: config.VPCID,
		Ingress: []securitygroup.Rule{
			{Name: "https_from_vpc", Description: "HTTPS from all VPC resources", CIDR: config.CIDR, Protocol: "tcp", Port: 443},
		},
	})
}

func (c Config) toCluster(g *Groups) []securitygroup.Rule {
	rules := []securitygroup.Rule{
		{Name: "https_from_nodes", Description: "HTTPS API server from nodes", Group: g.Nodes, Protocol: "tcp", Port: 443},
		{Name: "https_from_vpc", Description: "HTTPS from all VPC resources", CIDR: c.CIDR, Protocol: "tcp", Port: 443},
	}
	for _, name := range tf.Keys(c.Additional) {
		rules = append(rules, securitygroup.Rule{
			Name: "https_from_" + name, Description: "HTTPS from bastion/other resources", Group: c.Additional[name], Protocol: "tcp", Port: 443,
		})
	}
	if c.ETCD {
		rules = append(rules,
			securitygroup.Rule{Name: "etcd", Description: "etcd client/server communication", Self: true, Protocol: "tcp", Port: 2379, ToPort: 2380},
			securitygroup.Rule{Name: "etcd_metrics", Description: "etcd metrics", Self: true, Protocol: "tcp", Port: 12379})
	}
	return rules
}

// lastPort is the last port of TCP and UDP; the first is 0.
const lastPort = 65535

// toNodes are more rules than it takes: some lie within others. They say what the
// traffic is, to whoever reads them one by one.
func (c Config) toNodes() []securitygroup.Rule {
	rules := []securitygroup.Rule{
		{Name: "tcp_from_nodes", Description: "Node-to-node communication", Self: true, Protocol: "tcp", ToPort: lastPort},
		{Name: "tcp_from_vpc", Description: "Communication from cluster", CIDR: c.CIDR, Protocol: "tcp", ToPort: lastPort},
		{Name: "dynamic_ports", Description: "Dynamic port range for services", Self: true, Protocol: "tcp", Port: 1025, ToPort: lastPort},
		{Name: "udp_from_nodes", Description: "Pod-to-pod UDP traffic", Self: true, Protocol: "udp", ToPort: lastPort},
		{Name: "kubelet", Description: "kubelet API", CIDR: c.CIDR, Protocol: "tcp", Port: 10250},
		{Name: "node_ports", Description: "NodePort services", Self: true, Protocol: "tcp", Port: 30000, ToPort: 32767},
		{Name: "https_from_vpc", Description: "HTTPS API access", CIDR: c.CIDR, Protocol: "tcp", Port: 443},
	}
	if c.ETCD {
		rules = append(rules,
			securitygroup.Rule{Name: "etcd", Description: "etcd communication", CIDR: c.CIDR, Protocol: "tcp", Port: 2379, ToPort: 2380},
			securitygroup.Rule{Name: "etcd_metrics", Description: "etcd metrics", CIDR: c.CIDR, Protocol: "tcp", Port: 12379})
	}
	return rules
}

// fromNodes: image layers come from S3, at public addresses that the gateway endpoint
// answers for.
func (c Config) fromNodes() []securitygroup.Rule {
	return []securitygroup.Rule{
		{Name: "to_vpc", Description: "Allows communication within VPC", CIDR: c.CIDR, Protocol: securitygroup.AllProtocols},
		{Name: "to_s3", Description: "Image layers and files in S3 by the gateway endpoint", PrefixListID: c.S3PrefixListID, Protocol: "tcp", Port: 443},
	}
}

func (c Config) toInternalALB(g *Groups) []securitygroup.Rule {
	return append([]securitygroup.Rule{
		{Name: "http_from_frontend", Description: "HTTP from frontend", Group: g.FrontendALB, Protocol: "tcp", Port: 80},
		{Name: "https_from_frontend", Description: "HTTPS from frontend", Group: g.FrontendALB, Protocol: "tcp", Port: 443},
	}, c.fromBastion()...)
}

func (c Config) toFrontendALB() []securitygroup.Rule {
	return append([]securitygroup.Rule{
		{Name: "https_from_vpc", Description: "HTTPS from VPC resources", CIDR: c.CIDR, Protocol: "tcp", Port: 443},
	}, c.fromBastion()...)
}

func (c Config) fromBastion() []securitygroup.Rule {
	if c.Bastion == nil {
		return nil
	}
	return []securitygroup.Rule{
		{Name: "https_from_bastion", Description: "HTTPS from bastion (optional)", Group: c.Bastion, Protocol: "tcp", Port: 443},
	}
}

func toAnywhere(why string) securitygroup.Rule {
	return securitygroup.Rule{Name: "to_anywhere", Description: why, CIDR: securitygroup.Anywhere, Protocol: securitygroup.AllProtocols}
}
