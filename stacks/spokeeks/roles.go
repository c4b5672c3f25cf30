package spokeeks

import (
	"fmt"

	"hubspoke/constructs/eks"
	"hubspoke/constructs/workloadrole"
	"hubspoke/estate"
	estatecluster "hubspoke/estate/cluster"
	"hubspoke/internal/base"
	"hubspoke/internal/controllerpolicy"
	"hubspoke/internal/policy"
	"hubspoke/internal/subnet"
	"hubspoke/internal/tf"
)

// permissions are what a role may do.
type permissions struct {
	statements []policy.Statement
	managed    map[string]string
}

// workloadRoles makes the roles of the cluster's controllers and of the estate's
// further workloads, and returns their ARNs by workload.
func workloadRoles(s *base.Stack, cluster *eks.Cluster, queueARN string) (map[string]*string, error) {
	arns := map[string]*string{}
	for _, w := range s.Estate.Controllers(s.Account) {
		may, err := permit(s, w.Name, queueARN)
		if err != nil {
			return nil, err
		}
		if arns[w.Name], err = workloadRole(s, cluster, w, may); err != nil {
			return nil, err
		}
	}
	identities := s.Estate.Spoke(s.Account).Cluster.Identities
	for _, name := range tf.Keys(identities) {
		identity := identities[name]
		w := estatecluster.Workload{
			Name: name, Namespace: identity.Namespace, ServiceAccount: identity.ServiceAccount, Kind: identity.Kind,
		}
		var err error
		if arns[name], err = workloadRole(s, cluster, w, allow(s, name, identity)); err != nil {
			return nil, err
		}
	}
	return arns, nil
}

// workloadRole makes the role of one workload and returns its ARN.
func workloadRole(s *base.Stack, cluster *eks.Cluster, w estatecluster.Workload, may permissions) (*string, error) {
	e := s.Estate
	// An add-on makes its association itself.
	_, addOn := addOnOf[w.Name]
	config := workloadrole.Config{
		Name:            e.WorkloadRole(s.Account, w.Name),
		Description:     "Service account " + w.ServiceAccount + " in namespace " + w.Namespace + " of " + e.ClusterName(s.Account),
		Account:         e.Account(s.Account),
		ClusterName:     e.ClusterName(s.Account),
		Namespace:       w.Namespace,
		ServiceAccount:  w.ServiceAccount,
		Kind:            workloadrole.Kind(w.Kind),
		Associate:       w.Kind == estatecluster.PodIdentity && !addOn,
		Cluster:         cluster.Name,
		Statements:      may.statements,
		ManagedPolicies: may.managed,
	}
	if w.Kind == estatecluster.IRSA {
		config.Issuer, config.ProviderARN = cluster.IssuerURL, cluster.Provider()
	}
	role, err := workloadrole.New(s.Scope, tf.Name(w.Name), config)
	if err != nil {
		return nil, err
	}
	return role.ARN, nil
}

// permit says what a controller may do.
func permit(s *base.Stack, controller, queueARN string) (permissions, error) {
	e := s.Estate
	cluster := controllerpolicy.Cluster{Account: e.Account(s.Account), Name: e.ClusterName(s.Account)}
	cluster.GivenSubnets, cluster.OnlyGiven = e.Given(s.Account, subnet.Private)
	switch controller {
	case estatecluster.EBSCSI:
		return permissions{managed: controllerpolicy.EBSCSI(cluster.Account)}, nil
	case estatecluster.VPCCNI:
		return permissions{managed: controllerpolicy.VPCCNI(cluster.Account)}, nil
	case estatecluster.Karpenter:
		return permissions{statements: cluster.Karpenter(e.RoleARN(s.Account, e.NodeRole(s.Account)), queueARN)}, nil
	case estatecluster.LoadBalancerController:
		return permissions{statements: cluster.LoadBalancerController()}, nil
	case estatecluster.ExternalDNS:
		role := e.RoleARN(estate.HubAccount, e.RecordRole(s.Account, estatecluster.ExternalDNS))
		return permissions{statements: controllerpolicy.ExternalDNS(role)}, nil
	case estatecluster.ChartReader:
		return permissions{statements: controllerpolicy.PullImages(charts(s)...)}, nil
	case estatecluster.ImageVerifier:
		var repositories []string
		for _, name := range e.SignedRepositories() {
			repositories = append(repositories, e.Account(estate.HubAccount).ARN("ecr", "repository/"+name))
		}
		return permissions{statements: controllerpolicy.PullImages(repositories...)}, nil
	}
	return permissions{}, fmt.Errorf("nobody says what the controller %s may do", controller)
}

// charts are the ARNs of the repositories of the cluster's charts.
func charts(s *base.Stack) []string {
	spoke := s.Estate.Spoke(s.Account)
	registry, _ := spoke.Cluster.ChartRegistry()
	var arns []string
	for _, release := range spoke.Cluster.Releases(tf.Keys(spoke.RecordRoles)) {
		arns = append(arns, s.Estate.Account(s.Account).In(registry.Region).Of(registry.Account).ARN("ecr", "repository/"+registry.Path+"/"+release))
	}
	return arns
}

// allow says what a workload may do that the estate names.
func allow(s *base.Stack, name string, identity estatecluster.Identity) permissions {
	p := permissions{statements: identity.Statements(s.Estate.Grants(s.Account, name)), managed: map[string]string{}}
	for _, arn := range identity.ManagedPolicies {
		p.managed[estatecluster.PolicyKey(arn)] = arn
	}
	return p
}
