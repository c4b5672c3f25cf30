package invariant

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"hubspoke/proof/config"
	"hubspoke/proof/network"
	"hubspoke/proof/packet"
)

// What is found here.
var (
	portNotAdmitted = catalogue.Add("port-not-admitted",
		"No security group of a database, a cache, a file system, an endpoint, a resolver's endpoint or a load balancer lets anybody in at the port "+
			"at which it answers. Its clients run into timeouts. Violated if the groups let in something else, so that a port "+
			"is probably wrong; a note if they let in nothing, as before there are clients.",
		"Correct the port of the rule, or add an ingress rule for it that names the clients' group or range.")
)

// listener says at which ports a type of resources answers by TCP.
type listener struct {
	argument string
	// otherwise are the ports where the argument is not set, any of which will do.
	otherwise []int
}

// listeners are the types of which the port is known.
//
// https://registry.terraform.io/providers/hashicorp/aws/5.100.0/docs
var listeners = map[string]listener{
	"aws_dax_cluster":                   {"", []int{8111, 9111}},
	"aws_docdb_cluster":                 {"port", []int{27017}},
	"aws_efs_mount_target":              {"", []int{2049}},
	"aws_elasticache_cluster":           {"port", []int{6379, 11211}},
	"aws_elasticache_replication_group": {"port", []int{6379}},
	"aws_elasticache_serverless_cache":  {"", []int{6379, 11211}},
	"aws_elasticsearch_domain":          {"", []int{443, 80}},
	"aws_fsx_openzfs_file_system":       {"", []int{2049}},
	"aws_memorydb_cluster":              {"port", []int{6379}},
	"aws_msk_cluster":                   {"", []int{9092, 9094, 9096, 9098}},
	"aws_msk_serverless_cluster":        {"", []int{9098}},
	"aws_neptune_cluster":               {"port", []int{8182}},
	"aws_opensearch_domain":             {"", []int{443, 80}},
	"aws_redshift_cluster":              {"port", []int{5439}},
	"aws_redshiftserverless_workgroup":  {"port", []int{5439}},
}

// engines are the ports of databases by the beginning of their engine.
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html
var engines = []struct {
	prefix string
	port   int
}{
	{"aurora-postgresql", 5432}, {"postgres", 5432}, {"aurora", 3306}, {"mysql", 3306}, {"mariadb", 3306},
	{"oracle", 1521}, {"custom-oracle", 1521}, {"sqlserver", 1433}, {"custom-sqlserver", 1433}, {"db2", 50000},
}

// ports are the ports at which a resource answers, none if they are not known.
func (k *checker) ports(r *config.Resource) []int {
	switch r.Type {
	case "aws_db_instance", "aws_rds_cluster":
		engine, _ := r.Argument("engine").(string)
		for _, e := range engines {
			if strings.HasPrefix(engine, e.prefix) {
				return portOf(r, "port", []int{e.port})
			}
		}
		return portOf(r, "port", nil)
	case "aws_vpc_endpoint":
		// What mail is sent by has other ports, and what others offer any.
		name, _ := r.Argument("service_name").(string)
		if region, service := network.ServiceName(name); region != "" && !strings.Contains(service, "smtp") {
			return []int{443}
		}
		return nil
	case "aws_route53_resolver_endpoint":
		// By HTTPS, beside plain DNS:
		// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-forwarding-inbound-queries-values.html
		protocols, _ := r.Argument("protocols").([]any)
		if r.Argument("direction") == "INBOUND" && (slices.Contains(protocols, any("DoH")) || slices.Contains(protocols, any("DoH-FIPS"))) {
			return []int{443}
		}
		return nil
	case "aws_lb", "aws_alb":
		return k.balanced[r]
	}
	l, ok := listeners[r.Type]
	if !ok {
		return nil
	}
	return portOf(r, l.argument, l.otherwise)
}

// portOf is the port that an argument says, or what holds where it does not.
func portOf(r *config.Resource, argument string, otherwise []int) []int {
	var value any
	if argument != "" {
		value = r.Argument(argument)
	}
	switch v := value.(type) {
	case nil:
		return otherwise
	case float64:
		return []int{int(v)}
	case string:
		if n, err := strconv.Atoi(v); err == nil {
			return []int{n}
		}
	}
	return nil
}

// readListeners finds the ports of the load balancers that listen by TCP.
func (k *checker) readListeners() map[*config.Resource][]int {
	ports := map[*config.Resource][]int{}
	for _, kind := range []string{"aws_lb_listener", "aws_alb_listener"} {
		for _, r := range k.config.All(kind) {
			if protocol, _ := r.Argument("protocol").(string); strings.Contains(protocol, "UDP") || protocol == "GENEVE" {
				continue
			}
			if balancer := ref(r, "load_balancer_arn"); balancer != nil {
				ports[balancer] = append(ports[balancer], portOf(r, "port", nil)...)
			}
		}
	}
	return ports
}

// checkPorts checks that groups let somebody in where something answers. A load balancer
// needs each of its listeners, and the rest one of their ports.
func (k *checker) checkPorts() {
	k.balanced = k.readListeners()
	done := map[*config.Resource]bool{}
	for _, i := range k.Interfaces {
		ports := k.ports(i.Resource)
		if done[i.Resource] || len(ports) == 0 || len(i.Groups) == 0 || slices.ContainsFunc(i.Groups, undecided) {
			continue
		}
		done[i.Resource] = true
		if k.privateOnly(i) {
			continue
		}
		if i.Kind != network.LoadBalancer {
			if !slices.ContainsFunc(ports, func(port int) bool { return admitted(i, port) }) {
				k.noPort(i, ports[0])
			}
			continue
		}
		for _, port := range ports {
			if !admitted(i, port) {
				k.noPort(i, port)
			}
		}
	}
}

// privateOnly says whether a load balancer is to be reached by endpoints alone, to which its
// groups do not apply: see [serviceBalancerWithoutGroup].
func (k *checker) privateOnly(i *network.Interface) bool {
	return i.Resource.Argument("enforce_security_group_inbound_rules_on_private_link_traffic") == "off" &&
		slices.ContainsFunc(k.EndpointServices, func(s *network.EndpointService) bool { return slices.Contains(s.Balancers, i) }) &&
		!slices.ContainsFunc(i.Groups, func(g *network.Group) bool { return len(g.Ingress) > 0 })
}

func (k *checker) noPort(i *network.Interface, port int) {
	var rules []*config.Resource
	for _, g := range i.Groups {
		for _, r := range g.Ingress {
			rules = append(rules, r.Resource)
		}
	}
	// Of an endpoint with the default group, checkEndpointGroups says so.
	if len(rules) == 0 && i.Kind == network.EndpointAddress && i.Groups[0].Resource.Type != "aws_security_group" {
		return
	}
	if len(rules) == 0 {
		k.Note(portNotAdmitted, about(i.Resource, i.Groups[0].Resource), "%s answers at TCP port %d, and no group of it lets anybody in: it has no clients yet", i.Resource, port)
		return
	}
	k.Violation(portNotAdmitted, append(about(i.Resource), rules...), "%s answers at TCP port %d, and its groups let in other ports alone (%s): correct the port, or add a rule for it",
		i.Resource, port, cmp.Or(names(slices.Compact(rules)), "no rule"))
}

// undecided says whether it is not known whom a group lets in.
func undecided(g *network.Group) bool { return len(g.Unknown) > 0 }

// admitted says whether a group of the interface lets anybody in at a port.
func admitted(i *network.Interface, port int) bool {
	at := packet.One(uint32(port))
	return slices.ContainsFunc(i.Groups, func(g *network.Group) bool {
		return slices.ContainsFunc(g.Ingress, func(r network.GroupRule) bool {
			return contains(r.Traffic.Protocol, packet.One(packet.TCP)) && contains(r.Traffic.Port, at)
		})
	})
}
