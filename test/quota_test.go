package test

import (
	"fmt"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/internal/quota"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
)

// sizes are the quotas of documents, by resource type and argument.
var sizes = map[string]quota.Quota{
	// AWS does not say how long it may be. Ours name no account, and are shorter than any policy may be.
	"aws_backup_vault_policy.policy":                          quota.TrustPolicy,
	"aws_cloudwatch_log_resource_policy.policy_document":      quota.LogsPolicy,
	"aws_ecr_lifecycle_policy.policy":                         quota.LifecyclePolicy,
	"aws_api_gateway_rest_api_policy.policy":                  quota.APIPolicy,
	"aws_ecr_registry_policy.policy":                          quota.RepositoryPolicy,
	"aws_ecr_repository_policy.policy":                        quota.RepositoryPolicy,
	"aws_iam_group_policy.policy":                             quota.GroupInlinePolicies,
	"aws_iam_policy.policy":                                   quota.ManagedPolicy,
	"aws_iam_role.assume_role_policy":                         quota.TrustPolicy,
	"aws_kms_key.policy":                                      quota.KeyPolicy,
	"aws_organizations_policy.content":                        quota.ServiceControlPolicy,
	"aws_s3_bucket_policy.policy":                             quota.BucketPolicy,
	"aws_secretsmanager_secret_policy.policy":                 quota.SecretPolicy,
	"aws_ssoadmin_permission_set_inline_policy.inline_policy": quota.PermissionSetInline,
	"aws_sns_topic_policy.policy":                             quota.TopicPolicy,
	"aws_sqs_queue_policy.policy":                             quota.QueuePolicy,
	"aws_vpc_endpoint.policy":                                 quota.EndpointPolicy,
	"aws_ecr_repository_creation_template.repository_policy":  quota.RepositoryPolicy,
	"aws_ecr_repository_creation_template.lifecycle_policy":   quota.LifecyclePolicy,
}

// resolved is a document as long as AWS may see it: what Terraform refers to is an ARN, or
// less.
func resolved(text string) string { return reference.ReplaceAllString(text, strings.Repeat("x", 128)) }

// What is synthesized keeps within the quotas that every account has at first, with policies as
// they are written: a kind of document that nobody has a quota for is a mistake too.
func TestEveryPolicyFitsIntoItsQuota(t *testing.T) {
	eachStack(t, tooLarge)
}

func tooLarge(s *stackjson.Stack) []string {
	var problems []string
	inline := map[string]int{}
	for _, r := range s.Resources() {
		stackjson.Strings(r.Body, func(path, text string) {
			if !strings.HasPrefix(text, "{") || !strings.Contains(text, `"Statement"`) && !strings.Contains(text, `"rules"`) {
				return
			}
			size := len(resolved(text))
			if r.Type == "aws_iam_role_policy" {
				inline[fmt.Sprint(r.Body["role"])] += size
				return
			}
			q, known := sizes[r.Type+"."+path]
			if !known {
				problems = append(problems, fmt.Sprintf("%s: nobody knows how long %s may be", r.Address(), path))
			} else if size > q.Default {
				problems = append(problems, fmt.Sprintf("%s: %d of %d %s", r.Address(), size, q.Default, q.Name))
			}
		})
	}
	for _, role := range tf.Keys(inline) {
		if q := quota.RoleInlinePolicies; inline[role] > q.Default {
			problems = append(problems, fmt.Sprintf("%s: %d of %d %s", role, inline[role], q.Default, q.Name))
		}
	}
	return problems
}

func TestAPolicyThatIsTooLargeIsSeen(t *testing.T) {
	long := `{"Statement":"` + strings.Repeat("x", 10000) + `"}`
	for name, resources := range map[string]string{
		"a role's policies together":       `{"aws_iam_role_policy": {"a": {"role": "r", "policy": %[1]q}, "b": {"role": "r", "policy": %[1]q}}}`,
		"a trust policy":                   `{"aws_iam_role": {"a": {"assume_role_policy": %q}}}`,
		"a policy that nobody knows about": `{"aws_sns_topic": {"a": {"policy": %q}}}`,
	} {
		s, err := stackjson.Parse("dev", "dev.json", []byte(fmt.Sprintf(`{"resource": `+resources+`}`, long)))
		if err != nil {
			t.Fatal(err)
		}
		if got := tooLarge(s); len(got) != 1 {
			t.Errorf("%s: got %q", name, got)
		}
	}
}

func TestEveryGroupTableAndACLFitsIntoItsQuota(t *testing.T) {
	eachStack(t, func(s *stackjson.Stack) []string {
		var problems []string
		used := map[quota.Quota]map[string]int{quota.SecurityGroupRules: {}, quota.RouteTableRoutes: {}, quota.NetworkACLRules: {}}
		for _, r := range s.Resources() {
			switch r.Type {
			case "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule":
				used[quota.SecurityGroupRules][r.Type+" of "+fmt.Sprint(r.Body["security_group_id"])]++
			case "aws_route":
				used[quota.RouteTableRoutes][fmt.Sprint(r.Body["route_table_id"])]++
			case "aws_network_acl":
				for _, direction := range []string{"ingress", "egress"} {
					rules, _ := r.Body[direction].([]any)
					used[quota.NetworkACLRules][r.Address()+" "+direction] = len(rules)
				}
			}
		}
		for q, places := range used {
			for _, place := range tf.Keys(places) {
				if places[place] > q.Default {
					problems = append(problems, fmt.Sprintf("%s: %d of %d %s", place, places[place], q.Default, q.Name))
				}
			}
		}
		return problems
	})
}

// What the estate's files say that it uses of a quota is what the stacks use.
func TestTheEstateKnowsWhatItsStacksUse(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		predicted := map[string]int{}
		for _, u := range e.Usage() {
			predicted[u.Quota.Key] = max(predicted[u.Quota.Key], u.Used)
		}
		for _, key := range tf.Keys(predicted) {
			measure, ok := measures[key]
			if !ok {
				continue
			}
			if got := measure(e); got != predicted[key] {
				t.Errorf("%s: the stacks use %d, and the estate says %d", key, got, predicted[key])
			}
		}
	})
}

// measures are how the use of a quota is seen in stacks.
var measures = map[string]func(*synthesis) int{
	quota.TransitGatewayRouteTables.Key: func(e *synthesis) int { return total(e, "aws_ec2_transit_gateway_route_table") },
	quota.TransitGatewayAttachments.Key: func(e *synthesis) int {
		return total(e, "aws_ec2_transit_gateway_vpc_attachment") + total(e, "aws_vpn_connection") + total(e, "aws_dx_gateway_association")
	},
	quota.APIRoutes.Key: mostRoutes,
	quota.UsagePlans.Key: func(e *synthesis) int {
		return mostInAccount(e, func(r stackjson.Resource) bool { return r.Type == "aws_api_gateway_usage_plan" })
	},
	quota.VPNConnections.Key:    func(e *synthesis) int { return total(e, "aws_vpn_connection") },
	quota.HostedZones.Key:       func(e *synthesis) int { return total(e, "aws_route53_zone") },
	quota.QueryLogVPCs.Key:      loggedByTheHub,
	quota.ResolverRules.Key:     func(e *synthesis) int { return total(e, "aws_route53_resolver_rule") },
	quota.ElasticIPs.Key:        mostAddresses,
	quota.DomainListDomains.Key: longestDomainList,
	quota.NodeGroups.Key: func(e *synthesis) int {
		return most(e, "aws_eks_node_group", func(stackjson.Resource) bool { return true })
	},
	quota.InterfaceEndpoints.Key: func(e *synthesis) int {
		return mostInAccount(e, func(r stackjson.Resource) bool {
			return r.Type == "aws_vpc_endpoint" && r.Body["vpc_endpoint_type"] == "Interface"
		})
	},
	quota.NetworkLoadBalancers.Key: func(e *synthesis) int {
		return mostInAccount(e, func(r stackjson.Resource) bool {
			return r.Type == "aws_lb" && r.Body["load_balancer_type"] == "network"
		})
	},
	quota.SecurityGroupRules.Key: func(e *synthesis) int {
		return most(e, "aws_vpc_security_group_ingress_rule", func(r stackjson.Resource) bool {
			return r.Body["security_group_id"] == "${aws_security_group.inbound.id}"
		})
	},
	quota.BucketPolicy.Key: func(e *synthesis) int { return longest(e, stacks.HubLogs.Name(), "aws_s3_bucket_policy", "policy") },
	quota.KeyPolicy.Key:    func(e *synthesis) int { return longest(e, stacks.HubLogs.Name(), "aws_kms_key", "policy") },
	quota.RoleInlinePolicies.Key: func(e *synthesis) int {
		greatest := 0
		for _, spoke := range e.Spokes {
			if spoke.Cluster == nil {
				continue
			}
			for name := range spoke.Cluster.Identities {
				greatest = max(greatest, longest(e, stacks.SpokeEKS.Of(spoke.Name), "aws_iam_role_policy", "policy", tf.Name(name)))
			}
		}
		return greatest
	},
	quota.TrustPolicy.Key: func(e *synthesis) int {
		return longest(e, stacks.Bootstrap.Name(), "aws_iam_role", "assume_role_policy", "plan")
	},
}

// mostAddresses is how many Elastic IP addresses the account has that has most of them.
func mostAddresses(e *synthesis) int {
	return mostInAccount(e, func(r stackjson.Resource) bool { return r.Type == "aws_eip" })
}

// mostInAccount is how many resources the account makes that makes most of them.
func mostInAccount(e *synthesis, counts func(stackjson.Resource) bool) int {
	greatest, accounts := 0, map[string]int{}
	for _, stack := range e.list {
		for _, r := range e.stack(stack.Name).Resources() {
			if counts(r) {
				accounts[stack.Account]++
			}
		}
		greatest = max(greatest, accounts[stack.Account])
	}
	return greatest
}

// mostRoutes is how many routes the API has that has most of them.
func mostRoutes(e *synthesis) int {
	greatest, apis := 0, map[string]int{}
	for _, s := range e.stacks {
		for _, r := range s.Resources() {
			if r.Type == "aws_apigatewayv2_route" || r.Type == "aws_api_gateway_method" {
				api := s.Name + fmt.Sprint(r.Body["api_id"], r.Body["rest_api_id"])
				apis[api]++
				greatest = max(greatest, apis[api])
			}
		}
	}
	return greatest
}

// loggedByTheHub is how many VPCs are associated with configurations of the hub's account.
func loggedByTheHub(e *synthesis) int {
	n := 0
	for _, stack := range e.list {
		for _, r := range e.stack(stack.Name).Resources() {
			own := strings.HasPrefix(fmt.Sprint(r.Body["resolver_query_log_config_id"]), "${aws_route53_resolver_query_log_config.")
			if r.Type == "aws_route53_resolver_query_log_config_association" && (!own || stack.Account == estate.HubAccount) {
				n++
			}
		}
	}
	return n
}

// longestDomainList is how many domains the longest list of DNS Firewall has.
func longestDomainList(e *synthesis) int {
	greatest := 0
	for _, s := range e.stacks {
		for _, r := range s.Resources() {
			if domains, ok := r.Body["domains"].([]any); ok && r.Type == "aws_route53_resolver_firewall_domain_list" {
				greatest = max(greatest, len(domains))
			}
		}
	}
	return greatest
}

// total is how many resources of a type the estate has.
func total(e *synthesis, kind string) int {
	n := 0
	for _, s := range e.stacks {
		n += count(e, s.Name, kind)
	}
	return n
}

// most is how many resources of a type a stack has that has most.
func most(e *synthesis, kind string, which func(stackjson.Resource) bool) int {
	greatest := 0
	for _, s := range e.stacks {
		n := 0
		for _, r := range s.Resources() {
			if r.Type == kind && which(r) {
				n++
			}
		}
		greatest = max(greatest, n)
	}
	return greatest
}

// longest is how long the longest argument is of all resources of a type in a stack whose
// names begin so.
func longest(e *synthesis, stack, kind, argument string, begin ...string) int {
	greatest := 0
	for _, r := range e.stack(stack).Resources() {
		text, _ := r.Body[argument].(string)
		if r.Type == kind && strings.HasPrefix(r.Name, strings.Join(begin, "")) {
			greatest = max(greatest, len(text))
		}
	}
	return greatest
}
