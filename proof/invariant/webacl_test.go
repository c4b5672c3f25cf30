package invariant

// webACL makes a REST API with a stage, and a web ACL that logs.
func (e estate) webACL(scope, more string) {
	e.add("one/aws_api_gateway_rest_api.shop", `{"name": "shop", "endpoint_configuration": {"types": ["REGIONAL"]}}`)
	e.add("one/aws_api_gateway_stage.shop", `{"rest_api_id": "${aws_api_gateway_rest_api.shop.id}", "deployment_id": "d", "stage_name": "live"}`)
	e.add("one/aws_wafv2_web_acl.shop", `{"name": "shop", "scope": "`+scope+`"`+more+`}`)
	e.add("one/aws_wafv2_web_acl_logging_configuration.shop", `{"resource_arn": "${aws_wafv2_web_acl.shop.arn}"}`)
}

const association = "one/aws_wafv2_web_acl_association.shop"

var webACLMistakes = []struct {
	name   string
	change func(e estate)
	want   string
}{
	{"a web ACL before a stage", func(e estate) {
		e.webACL("REGIONAL", "")
		e.add(association, `{"resource_arn": "${aws_api_gateway_stage.shop.arn}", "web_acl_arn": "${aws_wafv2_web_acl.shop.arn}"}`)
	}, ""},
	{"a web ACL that only logs", func(e estate) { e.webACL("REGIONAL", "") }, "web-acl-attached-to-nothing"},
	{"a web ACL beside the one that is associated", func(e estate) {
		e.webACL("REGIONAL", "")
		e.add("one/aws_wafv2_web_acl.other", `{"name": "other", "scope": "REGIONAL"}`)
		e.add(association, `{"resource_arn": "${aws_api_gateway_stage.shop.arn}", "web_acl_arn": "${aws_wafv2_web_acl.other.arn}"}`)
	}, "web-acl-attached-to-nothing"},
	{"a web ACL that an output gives to others", func(e estate) {
		e.webACL("REGIONAL", "")
		e.stack("one")["output"] = map[string]any{"acl": map[string]any{"value": "${aws_wafv2_web_acl.shop.arn}"}}
	}, "web-acl-attached-to-nothing?"},
	{"a web ACL of CloudFront", func(e estate) { e.webACL("CLOUDFRONT", "") }, ""},
	{"a web ACL for the load balancers of a cluster", func(e estate) {
		e.webACL("REGIONAL", `, "tags": {"kubernetes.io/cluster/shop": "shared"}`)
		e.add("one/aws_eks_cluster.shop", `{"name": "shop"}`)
	}, ""},
	{"a web ACL for the load balancers of a cluster that nobody makes", func(e estate) {
		e.webACL("REGIONAL", `, "tags": {"kubernetes.io/cluster/shop": "shared"}`)
		e.add("one/aws_eks_cluster.shop", `{"name": "other"}`)
	}, "web-acl-attached-to-nothing"},
}
