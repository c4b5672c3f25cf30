// Package madeup has what AWS might say after an apply: values of the right shape, the same in
// every run and different for different resources, so that the provider's own checks of formats
// have something to check. Nothing of it is ever sent to AWS.
package madeup

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"hubspoke/internal/arn"
	"hubspoke/proof/stackjson"
)

// Attribute matches a reference to an attribute of a resource, perhaps deep in it:
// aws_vpc_endpoint.sts.dns_entry[0].dns_name. Its groups are the resource's type and name, the
// attribute, and what follows that.
var Attribute = regexp.MustCompile(`\b(aws_\w+)\.(\w+)\.(\w+)((?:\[[^\]]*\]|\.\w+)*)`)

// expression matches an expression in a text.
var expression = regexp.MustCompile(`\$\{[^{}]*\}`)

// Resolve is a value in which references are what they might refer to, in an account and region.
func Resolve(at arn.Account, value any) any {
	switch v := value.(type) {
	case map[string]any:
		resolved := map[string]any{}
		for key, item := range v {
			resolved[key] = Resolve(at, item)
		}
		return resolved
	case []any:
		resolved := make([]any, len(v))
		for i, item := range v {
			resolved[i] = Resolve(at, item)
		}
		return resolved
	case string:
		if m := Attribute.FindStringSubmatch(v); m != nil && expression.FindString(v) == v {
			return Value(at, m[1], m[2], m[3]+m[4])
		}
		return expression.ReplaceAllStringFunc(v, func(r string) string {
			if m := Attribute.FindStringSubmatch(r); m != nil {
				return fmt.Sprint(Value(at, m[1], m[2], m[3]+m[4]))
			}
			return r
		})
	}
	return value
}

// idPrefixes begin the ids of resources whose ids are told apart by them.
var idPrefixes = map[string]string{
	"aws_customer_gateway":                            "cgw-",
	"aws_ec2_transit_gateway":                         "tgw-",
	"aws_ec2_transit_gateway_route_table":             "tgw-rtb-",
	"aws_ec2_transit_gateway_vpc_attachment":          "tgw-attach-",
	"aws_launch_template":                             "lt-",
	"aws_organizations_policy":                        "p-",
	"aws_network_interface":                           "eni-",
	"aws_route53_resolver_endpoint":                   "rslvr-in-",
	"aws_route53_resolver_firewall_domain_list":       "rslvr-fdl-",
	"aws_route53_resolver_firewall_rule_group":        "rslvr-frg-",
	"aws_route53_resolver_query_log_config":           "rqlc-",
	"aws_route53_resolver_rule":                       "rslvr-rr-",
	"aws_security_group":                              "sg-",
	"aws_subnet":                                      "subnet-",
	"aws_vpc":                                         "vpc-",
	"aws_vpc_endpoint":                                "vpce-",
	"aws_vpc_endpoint_service":                        "vpce-svc-",
	"aws_vpn_connection":                              "vpn-",
	"aws_vpc_dhcp_options":                            "dopt-",
	"aws_route_table":                                 "rtb-",
	"aws_nat_gateway":                                 "nat-",
	"aws_internet_gateway":                            "igw-",
	"aws_ec2_transit_gateway_vpc_attachment_accepter": "tgw-attach-",
}

// services are the names that ARNs have for the services of some resources,
// where it is not the second word of the resource's type.
var services = map[string]string{
	"accessanalyzer":  "access-analyzer",
	"cloudwatch":      "logs",
	"db":              "rds",
	"default":         "ec2",
	"instance":        "ec2",
	"lb":              "elasticloadbalancing",
	"nat":             "ec2",
	"network":         "ec2",
	"networkfirewall": "network-firewall",
	"route53":         "route53",
	"security":        "ec2",
	"subnet":          "ec2",
	"vpc":             "ec2",
}

// Value is what AWS might say of an attribute of a resource, which a path leads to: a text, or
// the list of name servers.
func Value(at arn.Account, kind, name, path string) any {
	first, _, _ := strings.Cut(strings.ReplaceAll(path, "[", "."), ".")
	last := path[strings.LastIndexAny(path, ".]")+1:]
	if last == "" {
		last = first
	}
	sum := sha256.Sum256([]byte(at.Number + kind + name))
	digits := hex.EncodeToString(sum[:])
	switch {
	case kind == "aws_organizations_organization" && first == "roots":
		return "r-" + digits[:4]
	case kind == "aws_organizations_organization" && last == "id":
		return "o-" + digits[:10]
	case kind == "aws_organizations_organizational_unit" && last == "id":
		return "ou-" + digits[:4] + "-" + digits[4:12]
	case kind == "aws_organizations_account" && last == "id":
		return numberOf(sum)
	case last == "arn" || strings.HasSuffix(last, "_arn"):
		return ARN(at, kind, digits)
	case last == "transit_gateway_attachment_id":
		return "tgw-attach-" + digits[:17]
	case last == "name_servers":
		return []any{"ns-1.awsdns-01.com", "ns-2.awsdns-02.net", "ns-3.awsdns-03.org", "ns-4.awsdns-04.co.uk"}
	case last == "zone_id" || last == "hosted_zone_id":
		return "Z" + strings.ToUpper(digits[:20])
	case last == "dns_name":
		return "vpce-" + digits[:17] + ".service." + at.Region + ".vpce.amazonaws.com"
	case last == "issuer":
		return "https://oidc.eks." + at.Region + ".amazonaws.com/id/" + strings.ToUpper(digits[:32])
	case last == "prefix_list_id":
		return "pl-" + digits[:8]
	case last == "key_id" || last == "group_id" || last == "id" && kind == "aws_securityhub_configuration_policy":
		return uuid(digits)
	case (last == "id" || last == "bucket" || last == "name") && kind == "aws_s3_bucket":
		return "made-up-" + digits[:17]
	}
	return idPrefixes[kind] + digits[:17]
}

// numberOf is the number of an account that is made.
func numberOf(sum [sha256.Size]byte) string {
	return fmt.Sprintf("%012d", binary.BigEndian.Uint64(sum[:])%1_000_000_000_000)
}

// ARN is that of a resource, in the form that its type has. At least 32 hexadecimal digits tell
// it from others.
func ARN(at arn.Account, kind, digits string) string {
	word := strings.Split(kind, "_")[1]
	service, ok := services[word]
	if !ok {
		service = word
	}
	switch kind {
	case "aws_s3_bucket":
		return at.Bucket("made-up-" + digits[:17])
	case "aws_kms_key":
		return at.ARN("kms", "key/"+uuid(digits))
	case "aws_cloudwatch_log_group":
		return at.LogGroup("made-up-" + digits[:17])
	case "aws_route53_zone":
		return at.In("").Of("").ARN("route53", "hostedzone/Z"+strings.ToUpper(digits[:20]))
	}
	if service == "iam" {
		at = at.In("")
	}
	return at.ARN(service, strings.ReplaceAll(strings.TrimPrefix(kind, "aws_"), "_", "-")+"/"+uuid(digits))
}

func uuid(digits string) string {
	return fmt.Sprintf("%s-%s-%s-%s-%s", digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:32])
}

// TypeOf is the type of an output as state files write it.
func TypeOf(value any) any {
	switch v := value.(type) {
	case map[string]any:
		types := map[string]any{}
		for key, item := range v {
			types[key] = TypeOf(item)
		}
		return []any{"object", types}
	case []any:
		types := make([]any, len(v))
		for i, item := range v {
			types[i] = TypeOf(item)
		}
		return []any{"tuple", types}
	}
	return "string"
}

// Destroyable overrides prevent_destroy, with which Terraform neither destroys what it made up
// nor makes a plan that replaces something; nil where there is nothing to override.
// https://developer.hashicorp.com/terraform/language/files/override
func Destroyable(s *stackjson.Stack) []byte {
	resources := map[string]map[string]any{}
	for _, r := range s.Resources() {
		for _, l := range stackjson.List(r.Body["lifecycle"]) {
			if block, ok := l.(map[string]any); ok && block["prevent_destroy"] == true {
				if resources[r.Type] == nil {
					resources[r.Type] = map[string]any{}
				}
				resources[r.Type][r.Name] = map[string]any{"lifecycle": map[string]any{"prevent_destroy": false}}
			}
		}
	}
	if len(resources) == 0 {
		return nil
	}
	text, err := json.Marshal(map[string]any{"resource": resources})
	if err != nil {
		panic(err) // maps of texts and truth values always encode
	}
	return text
}
