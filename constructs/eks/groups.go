package eks

import (
	"slices"

	"hubspoke/constructs/securitygroup"
	"hubspoke/internal/awstag"
	"hubspoke/internal/tf"
)

// port is one that the control plane opens to nodes and pods.
type port struct {
	name, description string
	number            int
}

// controlPlanePorts are those that AWS documents, and of the aggregated API and
// the webhooks that run in pods, where the control plane is the client:
//
//   - https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
//   - https://docs.aws.amazon.com/eks/latest/userguide/metrics-server.html
//   - https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/configurations/
var controlPlanePorts = []port{
	{"https", "Extension API servers and webhooks", 443},
	{"kubelet", "Logs, exec and port forwarding by the kubelet", 10250},
	{"metrics_server", "Resource metrics by metrics-server, where the EKS add-on listens", 10251},
	{"load_balancer_controller", "Webhook of the load balancer controller", 9443},
}

// istiodPort is where istiod checks what is applied of the mesh's configuration:
// https://istio.io/latest/docs/ops/deployment/application-requirements/#ports-used-by-istio
var istiodPort = port{"istiod", "Webhooks of istiod", 15017}

func (c Config) controlPlanePorts() []port {
	if c.Mesh {
		return append(slices.Clone(controlPlanePorts), istiodPort)
	}
	return controlPlanePorts
}

// groups make the security groups of the control plane and of the nodes.
//
// EKS makes a further group for the cluster, of which everything reaches
// everything. The control plane's interfaces always have it; nodes do not, since
// their launch template names groups of its own.
func (c *Cluster) groups() (err error) {
	if c.Config.ControlPlane != nil && c.Config.Nodes != nil {
		c.ControlPlane, c.Nodes = c.Config.ControlPlane, c.Config.Nodes
		return nil
	}
	c.ControlPlane, err = securitygroup.New(c.scope, tf.Name(c.id, "control_plane"), securitygroup.Config{
		Name:        c.Config.Name + "-control-plane",
		Description: "EKS control plane: the Kubernetes API for nodes and named clients",
		VPCID:       c.Config.VPCID,
	})
	if err != nil {
		return err
	}
	c.Nodes, err = securitygroup.New(c.scope, tf.Name(c.id, "nodes"), securitygroup.Config{
		Name:        c.Config.Name + "-nodes",
		Description: "EKS nodes and their pods",
		VPCID:       c.Config.VPCID,
		Tags:        NodeTags(c.Config.Name),
	})
	if err != nil {
		return err
	}
	if err := c.controlPlaneRules(); err != nil {
		return err
	}
	return c.nodeRules()
}

// NodeTags are those of the security group of a cluster's nodes, by which
// controllers find it.
func NodeTags(cluster string) map[string]string {
	return map[string]string{
		// The load balancer controller opens this group to its load balancers. It
		// wants the tag on exactly one group of a node:
		// https://docs.aws.amazon.com/eks/latest/userguide/network-load-balancing.html
		awstag.Cluster(cluster): "owned",
		awstag.Discovery:        cluster,
	}
}

func (c *Cluster) controlPlaneRules() error {
	api := []securitygroup.Rule{{
		Name: "from_nodes", Description: "Kubernetes API for nodes and pods", Group: c.Nodes, Protocol: "tcp", Port: 443,
	}}
	for _, client := range tf.Keys(c.Config.Clients) {
		api = append(api, securitygroup.Rule{
			Name: "from_" + client, Description: "Kubernetes API for clients in " + client,
			CIDR: c.Config.Clients[client], Protocol: "tcp", Port: 443,
		})
	}
	if err := c.ControlPlane.Admit(api...); err != nil {
		return err
	}
	for _, p := range c.Config.controlPlanePorts() {
		if err := c.ControlPlane.Send(securitygroup.Rule{
			Name: "to_nodes_" + p.name, Description: p.description, Group: c.Nodes, Protocol: "tcp", Port: p.number,
		}); err != nil {
			return err
		}
	}
	return nil
}

// nodeRules let nodes and pods of the cluster say anything to each other. Which
// pods may is up to network policies, which know them; a group only knows nodes.
func (c *Cluster) nodeRules() error {
	for _, p := range c.Config.controlPlanePorts() {
		if err := c.Nodes.Admit(securitygroup.Rule{
			Name: "from_control_plane_" + p.name, Description: p.description, Group: c.ControlPlane, Protocol: "tcp", Port: p.number,
		}); err != nil {
			return err
		}
	}
	if err := c.Nodes.Admit(securitygroup.Rule{
		Name: "from_nodes", Description: "Nodes and pods of the cluster, CoreDNS and kubelets among them", Self: true, Protocol: securitygroup.AllProtocols,
	}); err != nil {
		return err
	}
	if len(c.Config.Egress) == 0 {
		return c.Nodes.Send(securitygroup.Rule{
			Name: "to_anywhere", Description: "Kubernetes API, other nodes, AWS APIs, images and what pods need",
			CIDR: securitygroup.Anywhere, Protocol: securitygroup.AllProtocols,
		})
	}
	for _, p := range c.Config.Egress {
		if err := c.Nodes.Send(securitygroup.Rule{
			Name: "to_" + p.String(), Description: "Everything in " + p.String(), CIDR: p, Protocol: securitygroup.AllProtocols,
		}); err != nil {
			return err
		}
	}
	return nil
}
