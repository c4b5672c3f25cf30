package compliance

import (
	"slices"
	"strings"

	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// contact says whether AWS knows whom to write to about security of an account.
func contact(s *source.Source, number string) bool {
	return slices.ContainsFunc(s.Made("aws_account_alternate_contact"), func(r *config.Resource) bool {
		if r.Argument("alternate_contact_type") != "SECURITY" {
			return false
		}
		of := r.Argument("account_id")
		if of == nil {
			return r.Account == number
		}
		if member := source.Target(of); member != nil {
			return s.Estate.Accounts[source.Name(member)] == number
		}
		return source.Text(of) == number
	})
}

func rsa2048(_ *source.Source, r *config.Resource) bool {
	return r.Argument("key_algorithm") != "RSA_1024"
}

// executionLog says whether API Gateway logs how it handles requests of a stage.
func executionLog(s *source.Source, r *config.Resource) bool {
	return slices.ContainsFunc(s.Made("aws_api_gateway_method_settings"), func(m *config.Resource) bool {
		level := source.Text(source.Block(m, "settings")["logging_level"])
		return m.Stack == r.Stack && source.Text(m.Argument("rest_api_id")) == source.Text(r.Argument("rest_api_id")) && (level == "ERROR" || level == "INFO")
	})
}

// trailed says whether a trail of all regions, and of all management events, records an account.
func trailed(s *source.Source, number string) bool {
	return s.Recorded(number, func(trail *config.Resource) bool {
		return source.Is(trail.Argument("is_multi_region_trail")) && trail.Argument("event_selector") == nil && trail.Argument("advanced_event_selector") == nil
	})
}

func recorded(s *source.Source, number string) bool {
	return has(s, number, func(r *config.Resource) bool {
		return strings.HasSuffix(source.Text(r.Argument("role_arn")), "/AWSServiceRoleForConfig")
	}, "aws_config_configuration_recorder")
}

// template is the launch template that a resource names.
func template(s *source.Source, r *config.Resource) *config.Resource {
	of := source.Block(r, "launch_template")
	for _, name := range []string{"id", "name"} {
		if t := s.Find("aws_launch_template", of[name], r); t != nil {
			return t
		}
	}
	return nil
}

func instanceMetadata(s *source.Source, r *config.Resource) bool {
	if options := source.Block(r, "metadata_options"); len(options) > 0 {
		return options["http_tokens"] == "required"
	}
	t := template(s, r)
	return t != nil && templateMetadata(s, t)
}

func templateMetadata(_ *source.Source, r *config.Resource) bool {
	return source.Block(r, "metadata_options")["http_tokens"] == "required"
}

func noPublicAddress(s *source.Source, r *config.Resource) bool {
	if source.Is(r.Argument("associate_public_ip_address")) {
		return false
	}
	subnet := source.Target(r.Argument("subnet_id"))
	return subnet == nil || !source.Is(subnet.Argument("map_public_ip_on_launch"))
}

func templateWithoutPublic(_ *source.Source, r *config.Resource) bool {
	return !slices.ContainsFunc(source.Blocks(r.Argument("network_interfaces")), func(i map[string]any) bool { return source.Is(i["associate_public_ip_address"]) })
}

func templateEncrypted(_ *source.Source, r *config.Resource) bool {
	mappings := source.Blocks(r.Argument("block_device_mappings"))
	return !slices.ContainsFunc(mappings, func(m map[string]any) bool {
		ebs := source.First(m["ebs"])
		return len(ebs) > 0 && !source.Is(ebs["encrypted"])
	})
}

// endpointFor checks that each VPC has an interface endpoint for a service, as Security Hub does, which
// does not see that a VPC may use another's.
func endpointFor(service string) check {
	return each([]string{"aws_vpc"}, func(s *source.Source, r *config.Resource) bool {
		return slices.ContainsFunc(s.Made("aws_vpc_endpoint"), func(e *config.Resource) bool {
			return e.Argument("vpc_endpoint_type") == "Interface" && strings.HasSuffix(source.Text(e.Argument("service_name")), "."+service) && source.Target(e.Argument("vpc_id")) == r
		})
	})
}

// ingress checks every rule of a security group that lets in one of two ranges, by its ports.
func ingress(four, six string, ok func(from, to int) bool) check {
	return func(s *source.Source) (all result) {
		for _, r := range s.Made("aws_vpc_security_group_ingress_rule") {
			from := source.Text(r.Argument("cidr_ipv4")) + source.Text(r.Argument("cidr_ipv6"))
			first, last := source.Number(r.Argument("from_port")), source.Number(r.Argument("to_port"))
			if source.Text(r.Argument("ip_protocol")) == "-1" {
				first, last = 0, 65535
			}
			all.say(from != four && from != six || ok(first, last), r.String())
		}
		return all
	}
}

// highRisk are the ports that Security Hub calls so.
// https://docs.aws.amazon.com/securityhub/latest/userguide/ec2-controls.html#ec2-19
var highRisk = []int{20, 21, 22, 23, 25, 110, 135, 143, 445, 1433, 1434, 3000, 3306, 3389, 4333, 5000, 5432, 5500, 5601, 8080, 8088, 8888, 9200, 9300}

func covers(from, to int, ports ...int) bool {
	return slices.ContainsFunc(ports, func(p int) bool { return from <= p && p <= to })
}

// aclClosed says whether a network ACL keeps the internet off SSH and RDP: the first rule that matches decides.
func aclClosed(_ *source.Source, r *config.Resource) bool {
	rules := source.Blocks(r.Argument("ingress"))
	slices.SortStableFunc(rules, func(a, b map[string]any) int { return source.Number(a["rule_no"]) - source.Number(b["rule_no"]) })
	for _, port := range []int{22, 3389} {
		for _, rule := range rules {
			protocol := source.Text(rule["protocol"])
			all := protocol == "-1" || protocol == "all"
			tcp := (protocol == "tcp" || protocol == "6") && covers(source.Number(rule["from_port"]), source.Number(rule["to_port"]), port)
			if rule["cidr_block"] != "0.0.0.0/0" || !all && !tcp {
				continue
			}
			if rule["action"] == "allow" {
				return false
			}
			break
		}
	}
	return true
}

// detection checks that GuardDuty, or a feature of it, is on in all accounts of an organisation.
func detection(feature string) check {
	kind, name := "aws_guardduty_organization_configuration", "auto_enable_organization_members"
	if feature != "" {
		kind, name = "aws_guardduty_organization_configuration_feature", "auto_enable"
	}
	return func(s *source.Source) (all result) {
		found := false
		for _, r := range s.Made(kind) {
			if feature == "" || r.Argument("name") == feature {
				found = true
				all.say(r.Argument(name) == "ALL", r.String())
			}
		}
		if !found {
			all.say(false, "no stack has it on")
		}
		return all
	}
}

// scanning checks that Inspector scans resources of a kind in each account.
func scanning(kind string) check {
	return perAccount(func(s *source.Source, number string) bool {
		return slices.ContainsFunc(s.Made("aws_inspector2_enabler"), func(r *config.Resource) bool {
			return slices.Contains(stackjson.List(r.Argument("account_ids")), any(number)) && slices.Contains(stackjson.List(r.Argument("resource_types")), any(kind))
		})
	})
}

func passwords(ok func(*config.Resource) bool) func(*source.Source, string) bool {
	return func(s *source.Source, number string) bool {
		return has(s, number, ok, "aws_iam_account_password_policy")
	}
}

// strong is what Security Hub calls a strong password policy.
// https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-7
func strong(r *config.Resource) bool {
	for _, name := range []string{"require_uppercase_characters", "require_lowercase_characters", "require_symbols", "require_numbers"} {
		if !source.Is(r.Argument(name)) {
			return false
		}
	}
	return source.Number(r.Argument("minimum_password_length")) >= 8
}

// notAllKeys says whether no statement lets somebody decrypt with every key.
func notAllKeys(statements []source.Statement) bool {
	return !slices.ContainsFunc(statements, func(st source.Statement) bool {
		return !st.Denies && (st.Has("kms:Decrypt") || st.Has("kms:ReEncryptFrom")) && slices.ContainsFunc(st.Resources, func(r string) bool {
			return r == "*" || strings.Contains(r, ":kms:") && strings.HasSuffix(r, ":key/*")
		})
	})
}

func hasRuleGroups(_ *source.Source, r *config.Resource) bool {
	policy := source.Block(r, "firewall_policy")
	return len(source.Blocks(policy["stateful_rule_group_reference"]))+len(source.Blocks(policy["stateless_rule_group_reference"])) > 0
}

func stateless(name string) func(*source.Source, *config.Resource) bool {
	return func(_ *source.Source, r *config.Resource) bool {
		actions := stackjson.List(source.Block(r, "firewall_policy")[name])
		return slices.Contains(actions, any("aws:drop")) || slices.Contains(actions, any("aws:forward_to_sfe"))
	}
}

// encryptedDatabase says so of a replica too, which has the encryption of its source.
func encryptedDatabase(s *source.Source, r *config.Resource) bool {
	if of := s.Find("aws_db_instance", r.Argument("replicate_source_db"), r); of != nil && of != r {
		return encryptedDatabase(s, of)
	}
	return source.Is(r.Argument("storage_encrypted"))
}

func blocked(r *config.Resource) bool {
	for _, name := range []string{"block_public_acls", "block_public_policy", "ignore_public_acls", "restrict_public_buckets"} {
		if !source.Is(r.Argument(name)) {
			return false
		}
	}
	return true
}
