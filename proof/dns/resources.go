package dns

import (
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// endpoint is the addresses of an interface endpoint.
func (q *query) endpoint(e *network.Endpoint) Target {
	t := Target{Kind: Endpoint, Endpoint: e, Service: e.Service}
	t.Interfaces, t.Addresses = q.interfaces(e.Resource)
	return t
}

func (q *query) interfaces(r *config.Resource) (interfaces []*network.Interface, addresses []packet.Range) {
	for _, i := range q.network.Interfaces {
		if i.Resource == r {
			interfaces = append(interfaces, i)
			addresses = append(addresses, i.Addresses)
		}
	}
	return interfaces, addresses
}

// resource is what an attribute of a resource leads to: a name that AWS makes up,
// or an address.
func (q *query) resource(vpc *network.VPC, ref config.Ref) Target {
	r := ref.Resource
	interfaces, addresses := q.interfaces(r)
	private := Target{Kind: Interface, Interfaces: interfaces, Addresses: addresses}
	public := Target{Kind: Internet, Interfaces: interfaces, Addresses: network.Internet}
	switch {
	case r.Data:
		return unknown("%s is not made by a stack here", r)
	case r.Type == "aws_vpc_endpoint":
		return q.endpointName(ref)
	case r.Type == "aws_eks_cluster":
		return q.cluster(vpc, r, private)
	case r.Type == "aws_eip" || ref.Attribute == "public_ip" || r.Type == "aws_cloudfront_distribution":
		return public
	case r.Type == "aws_s3_bucket":
		return publicService("s3", r.Region, vpc.Region)
	case len(interfaces) == 0:
		return unknown("the addresses of %s are not modelled", ref)
	// An internet-facing load balancer has public addresses everywhere:
	// https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/how-elastic-load-balancing-works.html
	case r.Type == "aws_lb" && interfaces[0].Public:
		return public
	// The public names of instances and databases lead to private addresses in
	// their own VPC:
	// https://docs.aws.amazon.com/vpc/latest/userguide/AmazonDNS-concepts.html#vpc-dns-hostnames
	// https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html
	case interfaces[0].Public && (r.Type == "aws_db_instance" || ref.Attribute == "public_dns") && interfaces[0].VPC != vpc:
		return public
	}
	return private
}

// endpointName is what the names of an endpoint's own lead to. The first one is
// that of the whole endpoint, and public DNS answers for it with the private
// addresses:
// https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-access-aws-services.html#interface-endpoint-dns-hostnames
func (q *query) endpointName(ref config.Ref) Target {
	for _, v := range q.network.VPCs {
		for _, e := range v.Endpoints {
			if e.Resource != ref.Resource {
				continue
			}
			if e.Type != network.InterfaceEndpoint {
				return unknown("%s is not an interface endpoint: it has no addresses", ref.Resource)
			}
			if !strings.HasPrefix(ref.Attribute, "dns_entry[0]") {
				return unknown("%s is not the name of the whole endpoint, which is dns_entry[0]", ref)
			}
			return q.endpoint(e)
		}
	}
	return unknown("the endpoint %s is not understood", ref.Resource)
}

// cluster is what the name of a cluster's API leads to. With private access, the
// cluster's VPC gets private addresses; without public access, so does everyone:
// https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html
func (q *query) cluster(vpc *network.VPC, r *config.Resource, private Target) Target {
	access, ok := vpcConfig(r)
	if !ok || len(private.Interfaces) == 0 {
		return unknown("how %s is reached is not understood", r)
	}
	inside := private.Interfaces[0].VPC == vpc
	switch {
	case !access.public:
		q.step(r, "has no public access, so its name leads to private addresses everywhere")
		return private
	case !access.private || !inside:
		q.step(r, "its name leads to public addresses in %s", vpc.Resource)
		return Target{Kind: Internet, Interfaces: private.Interfaces, Addresses: network.Internet}
	case !vpc.DNSHostnames || !vpc.DNSSupport:
		return unknown("private access to %s needs enable_dns_support and enable_dns_hostnames", r)
	}
	q.step(r, "has private access, so its name leads to private addresses in its VPC")
	return private
}

type access struct{ private, public bool }

// vpcConfig reads how a cluster's API is reached. The defaults are AWS's.
func vpcConfig(r *config.Resource) (access, bool) {
	block := r.Argument("vpc_config")
	if list, ok := block.([]any); ok && len(list) == 1 {
		block = list[0]
	}
	body, ok := block.(map[string]any)
	if !ok {
		return access{}, false
	}
	a := access{public: true}
	for name, field := range map[string]*bool{"endpoint_private_access": &a.private, "endpoint_public_access": &a.public} {
		switch v := body[name].(type) {
		case nil:
		case bool:
			*field = v
		default:
			return access{}, false
		}
	}
	return a, true
}
