package offlineplan

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"

	"hubspoke/internal/arn"
)

// idPrefixes begin the ids of resources whose ids are told apart by them.
var idPrefixes = map[string]string{
	"aws_customer_gateway":                            "cgw-",
	"aws_ec2_transit_gateway":                         "tgw-",
	"aws_ec2_transit_gateway_route_table":             "tgw-rtb-",
	"aws_ec2_transit_gateway_vpc_attachment":          "tgw-attach-",
	"aws_ec2_transit_gateway_vpc_attachment_accepter": "tgw-attach-",
	"aws_internet_gateway":                            "igw-",
	"aws_launch_template":                             "lt-",
	"aws_nat_gateway":                                 "nat-",
	"aws_network_interface":                           "eni-",
	"aws_organizations_policy":                        "p-",
	"aws_route53_resolver_endpoint":                   "rslvr-in-",
	"aws_route53_resolver_firewall_domain_list":       "rslvr-fdl-",
	"aws_route53_resolver_firewall_rule_group":        "rslvr-frg-",
	"aws_route53_resolver_query_log_config":           "rqlc-",
	"aws_route53_resolver_rule":                       "rslvr-rr-",
	"aws_route_table":                                 "rtb-",
	"aws_security_group":                              "sg-",
	"aws_subnet":                                      "subnet-",
	"aws_vpc":                                         "vpc-",
	"aws_vpc_dhcp_options":                            "dopt-",
	"aws_vpc_endpoint":                                "vpce-",
	"aws_vpc_endpoint_service":                        "vpce-svc-",
	"aws_vpn_connection":                              "vpn-",
}

// named matches a reference to an attribute of a resource, perhaps deep in it.
var named = regexp.MustCompile(`\b(aws_\w+)\.(\w+)\.(\w+)((?:\[[^\]]*\]|\.\w+)*)`)

// reference matches an expression.
var reference = regexp.MustCompile(`\$\{[^{}]*\}`)

// madeUp is what AWS might say of an attribute of a resource: of the right shape, the same in
// every run, and another for each resource.
func madeUp(at arn.Account, kind, name, attribute string) string {
	sum := sha256.Sum256([]byte(at.Number + kind + name))
	digits := hex.EncodeToString(sum[:])
	switch {
	case attribute == "id" && kind == "aws_organizations_organization":
		return "o-" + digits[:10]
	case attribute == "id" && kind == "aws_organizations_organizational_unit":
		return "ou-" + digits[:4] + "-" + digits[4:12]
	case attribute == "id" && kind == "aws_organizations_account":
		return fmt.Sprintf("%012d", binary.BigEndian.Uint64(sum[:])%1_000_000_000_000)
	case attribute == "arn" || strings.HasSuffix(attribute, "_arn"):
		return at.ARN(strings.SplitN(strings.TrimPrefix(kind, "aws_"), "_", 2)[0], "made-up/"+digits[:20])
	case attribute == "transit_gateway_attachment_id":
		return "tgw-attach-" + digits[:17]
	case attribute == "zone_id" || attribute == "hosted_zone_id":
		return "Z" + strings.ToUpper(digits[:20])
	case attribute == "issuer":
		return "https://oidc.eks." + at.Region + ".amazonaws.com/id/" + strings.ToUpper(digits[:32])
	case attribute == "prefix_list_id":
		return "pl-" + digits[:8]
	case attribute == "key_id" || attribute == "group_id":
		return fmt.Sprintf("%s-%s-%s-%s-%s", digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32])
	}
	return idPrefixes[kind] + digits[:17]
}

// resolved is an output's value in which references are what AWS might say.
func resolved(at arn.Account, value any) any {
	switch v := value.(type) {
	case map[string]any:
		all := map[string]any{}
		for key, item := range v {
			all[key] = resolved(at, item)
		}
		return all
	case []any:
		all := make([]any, len(v))
		for i, item := range v {
			all[i] = resolved(at, item)
		}
		return all
	case string:
		whole := reference.FindString(v) == v
		if m := named.FindStringSubmatch(v); m != nil && whole && strings.HasSuffix(v, ".name_servers}") {
			return []any{"ns-1.awsdns-01.com", "ns-2.awsdns-02.net", "ns-3.awsdns-03.org", "ns-4.awsdns-04.co.uk"}
		}
		return reference.ReplaceAllStringFunc(v, func(r string) string {
			if m := named.FindStringSubmatch(r); m != nil {
				path := m[3] + m[4]
				last := path[strings.LastIndexAny(path, ".]")+1:]
				if last == "" {
					last = m[3]
				}
				return madeUp(at, m[1], m[2], last)
			}
			return r
		})
	}
	return value
}

// typeOf is the type of an output as state files write it.
func typeOf(value any) any {
	switch v := value.(type) {
	case map[string]any:
		types := map[string]any{}
		for key, item := range v {
			types[key] = typeOf(item)
		}
		return []any{"object", types}
	case []any:
		types := make([]any, len(v))
		for i, item := range v {
			types[i] = typeOf(item)
		}
		return []any{"tuple", types}
	}
	return "string"
}
