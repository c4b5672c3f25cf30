package invariant

import "hubspoke/proof/config"

// What is found here.
var (
	wrongAccount = catalogue.Add("wrong-account",
		"A resource that changes another one (a route its table, a rule its security group, a record its zone) is made "+
			"with a provider of another account than the owner's. AWS lets the owner alone change these, even if the resource "+
			"is shared through RAM: the apply ends with AccessDenied, or with an id that is not found.",
		"Set the resource's `provider` to a configuration that works in the owner's account.")
)

// changed are the types of resources that change another one, which only its owner
// can do, with the argument that names it. Sharing does not help: it lets others
// attach VPCs, and place interfaces and groups of their own.
//
// https://docs.aws.amazon.com/vpc/latest/userguide/vpc-share-limitations.html
// https://docs.aws.amazon.com/vpc/latest/tgw/transit-gateway-share.html
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

// checkAccounts checks that what changes a resource is made in the account that owns
// it. What is looked up may be another account's.
func (k *checker) checkAccounts() {
	for _, s := range k.config.Stacks {
		for _, r := range s.Resources {
			argument, ok := changed[r.Type]
			if !ok || r.Data {
				continue
			}
			if owned := ref(r, argument); owned != nil && !owned.Data && foreign(r, owned) {
				k.Violation(wrongAccount, about(r, owned), "%s is made in the account %s and changes %s, which belongs to the account %s: "+
					"AWS lets nobody else change it; choose a provider of that account", r, r.Account, owned, owned.Account)
			}
		}
	}
}

// foreign says whether two resources are known to be in different accounts.
func foreign(a, b *config.Resource) bool {
	return a.Account != "" && b.Account != "" && a.Account != b.Account
}
