package config

import (
	"regexp"
	"slices"
	"strings"
)

// Changes is the argument by which resources of a type name the one that they change, "" if they change none. Its owner
// alone can: sharing does not help, which lets others attach VPCs, and place interfaces and groups of their own.
//
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-share-limitations.html
// https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-share.html
func Changes(kind string) string { return changed[kind] }

var changed = map[string]string{
	"aws_subnet":                                "vpc_id",
	"aws_internet_gateway":                      "vpc_id",
	"aws_vpc_ipv4_cidr_block_association":       "vpc_id",
	"aws_route_table":                           "vpc_id",
	"aws_route":                                 "route_table_id",
	"aws_route_table_association":               "route_table_id",
	"aws_main_route_table_association":          "vpc_id",
	"aws_vpn_gateway_route_propagation":         "route_table_id",
	"aws_network_acl":                           "vpc_id",
	"aws_network_acl_rule":                      "network_acl_id",
	"aws_network_acl_association":               "network_acl_id",
	"aws_security_group_rule":                   "security_group_id",
	"aws_vpc_security_group_ingress_rule":       "security_group_id",
	"aws_vpc_security_group_egress_rule":        "security_group_id",
	"aws_ec2_transit_gateway_route_table":       "transit_gateway_id",
	"aws_ec2_transit_gateway_route":             "transit_gateway_route_table_id",
	"aws_route53_record":                        "zone_id",
	"aws_route53_vpc_association_authorization": "zone_id",

	"aws_ec2_transit_gateway_route_table_association": "transit_gateway_route_table_id",
	"aws_ec2_transit_gateway_route_table_propagation": "transit_gateway_route_table_id",
}

// beside are types of resources that AWS makes in the account of another one alone, or that are part of it, with the
// argument that names it: neither they themselves nor their ARN say whose they are.
//
//   - https://docs.aws.amazon.com/ram/latest/APIReference/API_AssociateResourceShare.html
//   - https://docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html
//   - https://docs.aws.amazon.com/Route53/latest/APIReference/API_route53resolver_AssociateResolverRule.html
//   - https://docs.aws.amazon.com/vpc/latest/tgw/acccept-tgw-attach.html
var beside = map[string]string{
	"aws_ec2_transit_gateway_vpc_attachment_accepter":   "transit_gateway_id",
	"aws_iam_group_policy":                              "group",
	"aws_iam_group_policy_attachment":                   "group",
	"aws_iam_role_policy":                               "role",
	"aws_iam_role_policy_attachment":                    "role",
	"aws_iam_user_group_membership":                     "user",
	"aws_iam_user_policy":                               "user",
	"aws_iam_user_policy_attachment":                    "user",
	"aws_nat_gateway":                                   "subnet_id",
	"aws_ram_principal_association":                     "resource_share_arn",
	"aws_ram_resource_association":                      "resource_share_arn",
	"aws_route53_resolver_firewall_rule":                "firewall_rule_group_id",
	"aws_route53_resolver_query_log_config_association": "resource_id",
	"aws_route53_resolver_rule_association":             "vpc_id",
	"aws_route53_zone_association":                      "vpc_id",
	"aws_vpc_dhcp_options_association":                  "vpc_id",
	"aws_vpc_endpoint_connection_accepter":              "vpc_endpoint_service_id",
	"aws_vpc_endpoint_policy":                           "vpc_endpoint_id",
	"aws_vpc_endpoint_route_table_association":          "route_table_id",
	"aws_vpc_endpoint_security_group_association":       "vpc_endpoint_id",
	"aws_vpc_endpoint_subnet_association":               "vpc_endpoint_id",
	"aws_vpc_endpoint_service_allowed_principal":        "vpc_endpoint_service_id",
}

// owners are the attributes by which AWS says whose a resource is, before its ARN: that of a subscription is its topic's.
var owners = []string{"owner_id", "registry_id", "receiver_account_id"}

var accountNumber = regexp.MustCompile(`^[0-9]{12}$`)

// told is the account that AWS says a resource is in, "" if it does not say.
func (r *Resource) told() string {
	for _, name := range owners {
		if owner, _ := r.body[name].(string); accountNumber.MatchString(owner) {
			return owner
		}
	}
	if slices.Contains(named, r.Type) {
		return ""
	}
	// The ARN of an API has no account, and that by which it is executed has.
	// https://docs.aws.amazon.com/apigateway/latest/developerguide/arn-format-reference.html
	for _, name := range []string{"arn", "execution_arn"} {
		arn, _ := r.body[name].(string)
		if account := AccountOf(arn); accountNumber.MatchString(account) {
			return account
		}
	}
	return ""
}

// named are the types whose `arn` is that of something else, which people write.
var named = []string{"aws_cloudwatch_event_target", "aws_lakeformation_resource", "aws_notifications_channel_association"}

// place finds where resources are whose providers do not say so, as in any state, which does not tell what made them: by
// what AWS says of them, by what it says of others of the same provider in a plan, by what they are part of, and by what has
// been said of their root. Of any other it is not known.
func (c *Config) place() {
	var open []*Resource
	worksIn := working{}
	for _, s := range c.Stacks {
		for _, r := range s.Resources {
			if r.path != "" {
				r.placeRegion()
			}
			if r.Account == "" && r.path != "" {
				r.Account = r.told()
				worksIn.learn(r)
			}
			if r.Account == "" {
				open = append(open, r)
			}
		}
	}
	for _, r := range open {
		r.Account = worksIn[configuredBy(r)]
	}
	// A zone's ARN has no account, and who is associated with it is told.
	for _, a := range c.All("aws_route53_zone_association") {
		owner, _ := a.body["owning_account"].(string)
		if zone, ok := a.Argument("zone_id").(Ref); ok && zone.Resource.path != "" && zone.Resource.Account == "" && accountNumber.MatchString(owner) {
			zone.Resource.Account = owner
		}
	}
	for _, r := range open {
		r.Account = r.wholeAccount(map[*Resource]bool{})
	}
}

// configured is a provider of a root.
type configured struct {
	stack *Stack
	name  string
}

func configuredBy(r *Resource) configured { return configured{r.Stack, r.provider.name} }

// working are the accounts in which providers work that do not say so; "" where two of their resources say two.
type working map[configured]string

func (w working) learn(r *Resource) {
	by := configuredBy(r)
	if r.Account == "" || r.Data || by.name == "" {
		return
	}
	if other, ok := w[by]; ok && other != r.Account {
		w[by] = ""
	} else {
		w[by] = r.Account
	}
}

// wholeAccount is the account of what a resource is part of, that of its root if it is part of nothing, "" if that is not known.
func (r *Resource) wholeAccount(seen map[*Resource]bool) string {
	if r.Account != "" || seen[r] {
		return r.Account
	}
	seen[r] = true
	argument := changed[r.Type]
	if argument == "" {
		argument = beside[r.Type]
	}
	if whole, ok := r.Argument(argument).(Ref); ok && !r.Data && r.path != "" {
		return whole.Resource.wholeAccount(seen)
	}
	if key := r.body["provider"]; !strings.HasPrefix(r.Type, "aws_") || key != nil && key != "aws" {
		return ""
	}
	return r.Stack.source.Account
}

// placeRegion takes a planned resource's region from its ARN, if its provider says none.
func (r *Resource) placeRegion() {
	arn, _ := r.body["arn"].(string)
	if parts := strings.SplitN(arn, ":", 6); r.Region == "" && len(parts) == 6 && parts[0] == "arn" {
		r.Region = parts[3]
	}
}
