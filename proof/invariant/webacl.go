package invariant

import (
	"maps"
	"slices"
	"strings"

	"hubspoke/internal/awstag"
	"hubspoke/proof/config"
)

var webACLAttachedToNothing = catalogue.Add("web-acl-attached-to-nothing",
	"A web ACL stands before nothing: no association names it, and what it was made for takes every request. AWS charges for it all the "+
		"same. A note if an output gives it to others, who may use it. One that a cluster's load balancer controller attaches says so by "+
		"the tag kubernetes.io/cluster/<name>; violated if no stack makes that cluster.",
	"Associate it with the stage, load balancer or user pool that it is for (`aws_wafv2_web_acl_association`), or remove it.")

// clusterTag begins the tag by which a web ACL says whose load balancers it is for.
var clusterTag = awstag.Cluster("")

// checkWebACLs checks that web ACLs of a region stand before something. One of CloudFront's is
// named by the distribution, which names it in whatever region it is.
// https://docs.aws.amazon.com/waf/latest/developerguide/web-acl-associating-aws-resource.html
func (k *checker) checkWebACLs() {
	used := k.usedWebACLs()
	for _, acl := range k.config.All("aws_wafv2_web_acl") {
		if used[acl] || acl.Argument("scope") == "CLOUDFRONT" {
			continue
		}
		cluster, tagged := clusterOf(acl)
		output := outputOf(acl)
		switch {
		case tagged && !k.makesCluster(cluster):
			k.Violation(webACLAttachedToNothing, about(acl), "%s is for the load balancers of the cluster %s, which no stack makes: remove it, or correct the tag", acl, cluster)
		case tagged:
		case output != "":
			k.Note(webACLAttachedToNothing, about(acl), "%s stands before nothing here: only the output %s gives it to others", acl, output)
		default:
			k.Violation(webACLAttachedToNothing, about(acl), "%s stands before nothing: associate it with what it is for, or remove it", acl)
		}
	}
}

// usedWebACLs are those that a resource names, other than to say what they log.
func (k *checker) usedWebACLs() map[*config.Resource]bool {
	used := map[*config.Resource]bool{}
	for _, stack := range k.config.Stacks {
		for _, r := range stack.Resources {
			if r.Type == "aws_wafv2_web_acl_logging_configuration" {
				continue
			}
			for _, named := range r.References() {
				used[named] = used[named] || named.Type == "aws_wafv2_web_acl" && named != r
			}
		}
	}
	return used
}

// clusterOf is the cluster whose load balancers an ACL is for, by its tag.
func clusterOf(acl *config.Resource) (string, bool) {
	tags, _ := acl.Argument("tags").(map[string]any)
	for _, tag := range slices.Sorted(maps.Keys(tags)) {
		if name, found := strings.CutPrefix(tag, clusterTag); found {
			return name, true
		}
	}
	return "", false
}

func (k *checker) makesCluster(name string) bool {
	return slices.ContainsFunc(k.config.All("aws_eks_cluster"), func(r *config.Resource) bool {
		made, known := r.Argument("name").(string)
		return !known || made == name
	})
}

// outputOf is an output that holds something of a resource, "" if there is none.
func outputOf(r *config.Resource) string {
	outputs := r.Stack.Outputs()
	for _, name := range slices.Sorted(maps.Keys(outputs)) {
		if of, ok := outputs[name].(config.Ref); ok && of.Resource == r {
			return name
		}
	}
	return ""
}
