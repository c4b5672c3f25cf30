package review

import (
	"fmt"
	"path/filepath"
	"slices"
	"testing"
)

// The plan is Terraform's own, of a stack that was applied to an emulator of AWS: what
// did not change is left out of the file, and all else is as `terraform show -json` printed it.
func TestAPlanOfAPipelineIsReadWithItsDrift(t *testing.T) {
	stack, planned, err := ReadPlan(filepath.Join("testdata", "gateway-api.json"))
	if err != nil {
		t.Fatal(err)
	}
	if stack != "gateway-api" {
		t.Errorf("stack %q", stack)
	}
	var got []string
	for _, r := range planned.Resources {
		got = append(got, fmt.Sprintf("%s %s", r.Effect, r.Address))
	}
	want := []string{
		"create aws_apigatewayv2_api_mapping.public",
		"replace aws_apigatewayv2_domain_name.public",
		"create aws_route53_record.public",
		"change aws_vpc_endpoint.service_orders",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	// What the provider writes as null after an apply, and as empty after a read, is no drift.
	got = nil
	for _, d := range planned.Drift {
		if d.Stack != stack {
			t.Errorf("drift of %q", d.Stack)
		}
		got = append(got, d.Address+": "+d.What)
	}
	want = []string{
		"aws_apigatewayv2_domain_name.public: api_mapping_selection_expression, arn, mutual_tls_authentication changed",
		"aws_lb_target_group.service_orders: load_balancer_arns changed",
		"aws_security_group.apis: egress changed",
		"aws_security_group.service_orders: ingress changed",
		"aws_security_group.service_orders_front: egress, ingress changed",
		"aws_vpc_endpoint.service_orders: state, subnet_configuration changed",
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}
