package estate

import (
	"net/netip"
	"slices"
	"strings"

	"hubspoke/internal/subnet"
	"hubspoke/internal/yamldoc"
)

// PrivateService is what pods of a spoke's cluster serve to VPCs of other accounts through
// AWS PrivateLink: an endpoint service with an internal load balancer, whose targets are the
// pods. Consumers reach its one port, and nothing else of the VPC.
// https://docs.aws.amazon.com/vpc/latest/privatelink/privatelink-share-your-services.html
type PrivateService struct {
	// Namespace is where its pods run.
	Namespace string `yaml:"namespace" jsonschema:"required" format:"namespace" example:"shop"`
	// Service is the Kubernetes Service that the pods are behind.
	Service string `yaml:"service" jsonschema:"required" format:"service-account" example:"orders"`
	// Port is the one on which pods answer, and by which the Kubernetes Service has them. Consumers use 443.
	Port int `yaml:"port" jsonschema:"required,maximum=65535" why:"those are the ports there are" example:"8443"`
	// Plaintext says that pods speak HTTP. TLS from the consumer then ends at the load balancer. Default: false, and the load balancer speaks TLS to pods too, whatever certificate they have.
	Plaintext bool `yaml:"plaintext" default:"false"`
	// HealthPath is what the load balancer asks pods for, which answer 200 to 399 if they are well. Default: `/healthz`.
	HealthPath string `yaml:"health_path" format:"url-path" default:"/healthz"`
	// Domain is the name that the service's certificate is for, below a public zone of the estate. Consumers verify it; it need not resolve to anything.
	Domain string `yaml:"domain" jsonschema:"required" format:"domain" example:"orders.svc.example.com"`
	// Consumers are the accounts whose VPC may connect. Each names the service under `private_endpoints` in its own file, and its connection is accepted as that is deployed.
	Consumers []string `yaml:"consumers" jsonschema:"required,minItems=1,uniqueItems=true" why:"a service without consumers serves nobody" example:"[gateway]"`
}

// PrivateEndpoint is the way of a spoke's VPC to a service of another spoke: an interface
// endpoint with an address in each zone that both have.
type PrivateEndpoint struct {
	// Slot is which of the ten addresses that each private subnet keeps free the endpoint has, 1 to 10. Two endpoints have two slots, and one whose slot changes is another endpoint.
	Slot int `yaml:"slot" jsonschema:"required,minimum=1,maximum=10" why:"a private subnet keeps ten addresses free for endpoints" example:"1"`
}

// endpointHost is the last of the fixed addresses in a private subnet that others have: the
// inbound resolver and the probe.
const endpointHost = 21

// EndpointAddress is the address of an endpoint with a slot in a private subnet.
func EndpointAddress(private netip.Prefix, slot int) netip.Addr {
	return host(private, endpointHost+slot)
}

// ServiceRef is a service by the names of its spoke and its own, as files write it:
// `<spoke>.<service>`.
type ServiceRef struct{ Spoke, Name string }

func (r ServiceRef) String() string { return r.Spoke + "." + r.Name }

// ParseServiceRef reads `<spoke>.<service>`.
func ParseServiceRef(text string) ServiceRef {
	spoke, name, _ := strings.Cut(text, ".")
	return ServiceRef{Spoke: spoke, Name: name}
}

// Service is a service of a spoke, nil if there is none.
func (e *Estate) Service(r ServiceRef) *PrivateService {
	s := e.Spoke(r.Spoke)
	if s == nil {
		return nil
	}
	service, ok := s.Services[r.Name]
	if !ok {
		return nil
	}
	return &service
}

// ConsumedServices are the services that a spoke has endpoints for, sorted by their names.
func (e *Estate) ConsumedServices(account string) []ServiceRef {
	s := e.Spoke(account)
	if s == nil {
		return nil
	}
	var refs []ServiceRef
	for _, key := range sortedKeys(s.PrivateEndpoints) {
		refs = append(refs, ParseServiceRef(key))
	}
	return refs
}

// EndpointZones are the zones in which a spoke's endpoint for a service has an address:
// those of its private subnets that the provider's are in too.
// https://docs.aws.amazon.com/vpc/latest/privatelink/create-endpoint-service.html
func (e *Estate) EndpointZones(consumer string, r ServiceRef) []string {
	return slices.DeleteFunc(e.privateZonesOf(consumer), func(zone string) bool {
		return !slices.Contains(e.privateZonesOf(r.Spoke), zone)
	})
}

// privateZonesOf are the zones of an account's private subnets, in the order of the plan.
func (e *Estate) privateZonesOf(account string) []string {
	var zones []string
	for _, s := range e.Plan(account) {
		if s.Used && s.Tier == subnet.Private {
			zones = append(zones, s.Zone)
		}
	}
	return zones
}

// ServiceName is the name of a service's load balancer and target group: `<project>-<spoke>-<service>`.
func (e *Estate) ServiceName(r ServiceRef) string { return e.Prefix(r.Spoke) + "-" + r.Name }

// ServiceTargetGroup is the name of a service's target group, by which the cluster finds it: that of its load
// balancer. AWS never changes a group's protocol, so one for plain text is another group.
func (e *Estate) ServiceTargetGroup(r ServiceRef) string {
	if e.Service(r).Plaintext {
		return e.ServiceName(r) + plaintextSuffix
	}
	return e.ServiceName(r)
}

const plaintextSuffix = "-http"

// ValidatingZones are the public zones in which certificates of spokes are validated, sorted.
func (e *Estate) ValidatingZones() []string {
	zones := map[string]bool{}
	for _, s := range e.Spokes {
		for _, service := range s.Services {
			zones[e.PublicZoneOf(service.Domain)] = true
		}
		for _, api := range s.APIs {
			if api.Domain != "" {
				zones[e.PublicZoneOf(api.Domain)] = true
			}
		}
	}
	return sortedKeys(zones)
}

// longestBalancerName is how long names of load balancers and target groups may be:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
const longestBalancerName = 32

// validatePrivateLink checks what spokes serve to others, and what they use of others.
func (e *Estate) validatePrivateLink() {
	for _, s := range e.Spokes {
		d := e.spokes[s.Name]
		for _, name := range sortedKeys(s.Services) {
			at := yamldoc.Child("services", name)
			e.validateService(d.Section(at), s, name)
		}
		slots := map[int]string{}
		for _, key := range sortedKeys(s.PrivateEndpoints) {
			e.validatePrivateEndpoint(d.Section(yamldoc.Child("private_endpoints", key)), s, key, slots)
		}
	}
}

func (e *Estate) validateService(at yamldoc.Section, s *Spoke, name string) {
	service, ref := s.Services[name], ServiceRef{s.Name, name}
	if s.Cluster == nil && !e.spokes[s.Name].Broken("cluster") {
		at.Errorf("its targets are pods, and %s has no cluster: give it one, or leave the service out", s.Name)
	}
	if !e.HasHubNetwork() {
		at.Errorf("its certificate is validated in the hub's public zones, and the hub has no network: give hub.yaml one, or leave the service out")
		return
	}
	if length := len(e.ServiceName(ref)); length > longestBalancerName && !e.settings.Broken("project") {
		at.Errorf("%s, the name of its load balancer, has %d characters, and AWS takes %d: shorten the service's name", e.ServiceName(ref), length, longestBalancerName)
	}
	if service.Domain != "" && !at.Key("domain").Broken() && !e.settings.Incomplete("dns.public_zones") && e.PublicZoneOf(service.Domain) == "" {
		at.Key("domain").Errorf("%s lies in none of dns.public_zones, where its certificate would be validated: add the zone to estate.yaml, or name a domain below one", service.Domain)
	}
	for i, consumer := range service.Consumers {
		item := at.Key("consumers").Item(i)
		switch other := e.Spoke(consumer); {
		case consumer == s.Name:
			item.Errorf("%s serves it itself: what runs in its own VPC uses the Kubernetes Service", consumer)
		case other == nil && !e.misnamed[consumer]:
			item.Errorf("there is no spoke %q%s", consumer, yamldoc.Suggest(consumer, sortedKeys(e.spokes)))
		}
	}
}

// PublicZoneOf is the public zone that a name lies in, the longest; "" if there is none.
func (e *Estate) PublicZoneOf(name string) string {
	if slices.Contains(e.DNS.PublicZones, name) {
		return name
	}
	return e.ParentZone(name)
}

func (e *Estate) validatePrivateEndpoint(at yamldoc.Section, s *Spoke, key string, slots map[int]string) {
	ref := ParseServiceRef(key)
	service := e.Service(ref)
	endpoint := s.PrivateEndpoints[key]
	if other, taken := slots[endpoint.Slot]; taken && !at.Key("slot").Broken() {
		at.Errorf("%s has slot %d already: give this one another, 1 to 10", other, endpoint.Slot)
	}
	slots[endpoint.Slot] = key
	switch provider := e.Spoke(ref.Spoke); {
	case provider == nil:
		if !e.misnamed[ref.Spoke] {
			at.Errorf("there is no spoke %q%s: a service is named as <spoke>.<service>", ref.Spoke, yamldoc.Suggest(ref.Spoke, sortedKeys(e.spokes)))
		}
	case ref.Spoke == s.Name:
		at.Errorf("%s serves it itself: what runs in its own VPC uses the Kubernetes Service", s.Name)
	case service == nil:
		if !e.spokes[ref.Spoke].Broken("services") {
			at.Errorf("%s has no service %q%s", ref.Spoke, ref.Name, yamldoc.Suggest(ref.Name, sortedKeys(provider.Services)))
		}
	case !slices.Contains(service.Consumers, s.Name) && !e.spokes[ref.Spoke].Incomplete(yamldoc.Child("services", ref.Name)):
		at.Errorf("%s does not let %s connect: add it to services.%s.consumers in %s.yaml", ref, s.Name, ref.Name, ref.Spoke)
	}
	if s.Network.Existing != nil {
		at.Errorf("addresses of endpoints are kept free in subnets that the estate makes, and this VPC was there before: leave it out")
	}
}
