package gitops

import (
	"slices"
	"testing"

	networkingv1 "k8s.io/api/networking/v1"

	"hubspoke/estate"
	estatecluster "hubspoke/estate/cluster"
	"hubspoke/estate/waf"
)

func TestIngressClassParamsAreWhatTheControllerTakes(t *testing.T) {
	taken(t, "load-balancer-controller", "IngressClassParams")
}

func TestTheDefinitionOfIngressClassParamsRefusesWhatIsWrong(t *testing.T) {
	definition := definitions(t, "load-balancer-controller")["IngressClassParams"]
	for name, spec := range map[string]map[string]any{
		"an unknown field":         {"wafAclName": "a"},
		"a scheme that is none":    {"wafv2AclName": "a", "scheme": "public"},
		"a name that is no string": {"wafv2AclName": int64(1)},
	} {
		object := map[string]any{"apiVersion": "elbv2.k8s.aws/v1beta1", "kind": "IngressClassParams", "metadata": map[string]any{"name": "a"}, "spec": spec}
		if len(definition.problems(t, object)) == 0 {
			t.Errorf("%s: it is taken", name)
		}
	}
}

// No Ingress of the cluster gets a load balancer without the web ACL: the only class says which it
// is, the controller takes that instead of what an Ingress says, and no Ingress has the class in
// another way. Who leaves a web ACL leaves it by name, since the controller would keep it otherwise.
func TestEveryIngressHasTheWebACLOfItsCluster(t *testing.T) {
	eachCluster(t, func(t *testing.T, v variant, s *estate.Spoke, cluster string) {
		params := objects[*ingressClassParams](t, v, cluster)
		classes := objects[*networkingv1.IngressClass](t, v, cluster)
		old, _ := installed(t, v, cluster)["aws-load-balancer-controller"].values["disableIngressClassAnnotation"].(bool)
		if s.Cluster.WAF == nil {
			if len(params) > 0 || old {
				t.Errorf("%s: %d classes have parameters, without a web ACL", cluster, len(params))
			}
			return
		}
		want := v.ClusterWebACL(s.Name)
		if s.Cluster.WAF.Mode == waf.Detached {
			want = "none"
		}
		for name, class := range classes {
			p := class.Spec.Parameters
			if p == nil || p.Kind != "IngressClassParams" || *p.APIGroup != "elbv2.k8s.aws" {
				t.Fatalf("%s: parameters %+v", name, p)
			}
			found := false
			for _, of := range params {
				found = found || of.Name == p.Name && of.Spec.WAFv2ACLName == want
			}
			if !found {
				t.Errorf("%s: its parameters do not name the web ACL %s", name, want)
			}
		}
		if len(classes) != 1 || !old {
			t.Errorf("%s: %d classes, and Ingresses are without any by the old annotation: %t", cluster, len(classes), !old)
		}
	})
}

// The definition of the parameters comes with the controller.
func TestWhatTheControllerDefinesComesAfterIt(t *testing.T) {
	for _, config := range []*waf.WebACL{nil, {Mode: waf.Count}} {
		c := cluster{Config: &estatecluster.Config{WAF: config}}
		if got := slices.Contains(c.classesAfter(), "controllers"); got != (config != nil) {
			t.Errorf("with %+v the folder waits for the controllers: %t", config, got)
		}
	}
}
