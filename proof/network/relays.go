package network

import (
	"slices"
	"strings"

	"hubspoke/proof/config"
)

// makeRelays finds what opens connections for others. Which targets a load balancer has
// is not looked at: those that controllers in a cluster add are in no stack.
func (b *builder) makeRelays() {
	balancers := map[*config.Resource][]*Interface{}
	for _, i := range b.Interfaces {
		// A gateway load balancer hands packets to a firewall, and gets them back.
		if i.Kind == LoadBalancer && i.Resource.Argument("load_balancer_type") != "gateway" {
			balancers[i.Resource] = append(balancers[i.Resource], i)
		}
	}
	for _, kind := range []string{"aws_lb", "aws_alb", "aws_elb"} {
		for _, r := range b.config.All(kind) {
			if all := balancers[r]; all != nil {
				b.Relays = append(b.Relays, Relay{r, all, all})
			}
		}
	}
	for _, service := range b.EndpointServices {
		in := blockOf(service.Resource, &b.Unknown)
		var behind []*Interface
		for _, r := range in.refs("network_load_balancer_arns", "arn", "id") {
			if balancers[r] == nil {
				in.note("the load balancer %s is not known", r)
			}
			behind = append(behind, balancers[r]...)
		}
		for _, v := range b.VPCs {
			for _, e := range v.Endpoints {
				if len(behind) > 0 && e.Type == InterfaceEndpoint && mayServe(service.Resource, e) {
					b.Relays = append(b.Relays, Relay{e.Resource, b.interfacesOf(e.Resource), behind})
				}
			}
		}
	}
}

func (b *builder) interfacesOf(r *config.Resource) []*Interface {
	return slices.DeleteFunc(slices.Clone(b.Interfaces), func(i *Interface) bool { return i.Resource != r })
}

// mayServe says whether the endpoint is one of the service: for certain by a
// reference, and perhaps by a name that AWS gives.
func mayServe(service *config.Resource, e *Endpoint) bool {
	switch name := e.Resource.Argument("service_name").(type) {
	case config.Ref:
		return name.Resource == service || name.Resource.Type != service.Type
	case string:
		return strings.Contains(name, ".vpce.") || strings.Contains(name, "vpce-svc-")
	}
	return true
}
