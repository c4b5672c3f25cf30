package spokeeks

import (
	"hubspoke/constructs/eks"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/stacks"
)

// Outputs are what people want to know of a cluster, and the stacks that make the
// database that its nodes reach and the services that reach its pods.
type Outputs struct {
	ClusterName          *string    `output:"cluster_name,people" doc:"The cluster's name, for aws eks update-kubeconfig."`
	Endpoint             *string    `output:"cluster_endpoint,people" doc:"The Kubernetes API, which only private addresses reach unless ranges are named."`
	CertificateAuthority *string    `output:"certificate_authority,people" doc:"The certificate by which clients know the API, in base64."`
	IssuerURL            *string    `output:"oidc_issuer_url,people" doc:"The OpenID Connect issuer of the cluster's service accounts."`
	NodesGroupID         *string    `output:"nodes_group_id" doc:"The security group of all nodes, if the spoke has a database, which admits it."`
	PodsGroupID          *string    `output:"pods_group_id" doc:"The security group of all pods, which is that of the nodes, if the spoke has services, whose load balancers it admits."`
	Roles                output.Map `output:"workload_role_arns,people" doc:"The roles of the cluster's workloads, by workload."`
}

func outputs(cluster *eks.Cluster, roles map[string]*string) Outputs {
	return Outputs{
		ClusterName:          cluster.Name,
		Endpoint:             cluster.Endpoint,
		CertificateAuthority: cluster.CertificateAuthority,
		IssuerURL:            cluster.IssuerURL,
		Roles:                output.MapOf(roles),
	}
}

// Read returns the outputs of a spoke's cluster, as the stack reads them.
func Read(s *base.Stack, spoke string) Outputs {
	return output.Read[Outputs](s.Remote(stacks.SpokeEKS.Of(spoke)))
}
