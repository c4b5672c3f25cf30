package spokeeks

import (
	"hubspoke/constructs/httpapi"
	"hubspoke/constructs/webacl"
	"hubspoke/estate/waf"
	"hubspoke/internal/base"
	"hubspoke/stacks/baseline"
)

// webACL makes the web ACL of the cluster's load balancers, if the estate wants one. The bundle
// tells the load balancer controller its name, which is known before the ACL is there; its ARN
// is not.
func webACL(s *base.Stack) error {
	e, spec := s.Estate, s.Estate.ClusterWAF(s.Account)
	if spec == nil {
		return nil
	}
	const id = "load_balancers"
	delivery, err := httpapi.NewDelivery(s.Scope, id, httpapi.DeliveryConfig{
		Name: s.Prefix() + "-cluster-waf", Groups: e.ClusterWAFLogGroup(s.Account), Account: e.Account(s.Account),
	})
	if err != nil {
		return err
	}
	_, err = webacl.New(s.Scope, id, webacl.Config{
		Name:          e.ClusterWebACL(s.Account),
		Block:         spec.Mode == waf.Block,
		Rate:          spec.Rate,
		ClientHeader:  spec.ClientHeader,
		Cluster:       e.ClusterName(s.Account),
		LogGroup:      e.ClusterWAFLogGroup(s.Account),
		RetentionDays: e.Logs.RetentionDays,
		KeyARN:        baseline.Read(s).LogKeyARN,
		Admitted:      delivery.Admitted,
	})
	return err
}
