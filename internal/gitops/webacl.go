package gitops

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"hubspoke/estate/waf"
)

// ingressClassParams are the load balancer controller's settings of all Ingresses of a class, as
// far as the bundle uses them. The tests check them against the published schema.
// https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/ingress_class/
type (
	ingressClassParams struct {
		metav1.TypeMeta   `json:",inline"`
		metav1.ObjectMeta `json:"metadata"`
		Spec              ingressClassParamsSpec `json:"spec"`
	}
	ingressClassParamsSpec struct {
		WAFv2ACLName string `json:"wafv2AclName"`
	}
)

// elbv2Group is the group of the load balancer controller's objects.
const elbv2Group = "elbv2.k8s.aws"

// noWebACL is what has the controller take a web ACL from its load balancers. Without any name it
// leaves them the one that they have.
const noWebACL = "none"

// webACL puts the cluster's web ACL before the load balancers of all Ingresses of the class: what
// the class says, the controller takes instead of what an Ingress says.
func (c cluster) webACL() *ingressClassParams {
	name := c.estate.ClusterWebACL(c.spoke.Name)
	if c.WAF.Mode == waf.Detached {
		name = noWebACL
	}
	return &ingressClassParams{
		TypeMeta:   metav1.TypeMeta{APIVersion: elbv2Group + "/v1beta1", Kind: "IngressClassParams"},
		ObjectMeta: metav1.ObjectMeta{Name: ingressClass},
		Spec:       ingressClassParamsSpec{WAFv2ACLName: name},
	}
}
