package estate

import (
	"net/netip"
	"slices"
	"strings"

	"golang.org/x/mod/semver"

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
	Service string `yaml:"service" jsonschema:"required" format:"kubernetes-service" example:"orders"`
	// Port is the one on which pods answer, and by which the Kubernetes Service has them. Consumers use 443.
	Port int `yaml:"port" jsonschema:"required,maximum=65535" why:"those are the ports there are" example:"8443"`
	// Plaintext says that pods speak HTTP. TLS from the consumer then ends at the load balancer. Default: false, and the load balancer speaks TLS to pods too, whatever certificate they have.
	Plaintext bool `yaml:"plaintext" default:"false"`
	// HealthPath is what the load balancer asks pods for, which answer 200 to 399 if they are well, and a consumer's probe the endpoint. Default: `/healthz`.
	HealthPath string `yaml:"health_path" format:"url-path" default:"/healthz"`
	// Domain is the name that the service's certificate is for, below a public zone of the estate. Consumers verify it; it need not resolve to anything.
	Domain string `yaml:"domain" jsonschema:"required" format:"domain" example:"orders.svc.example.com"`
	// Consumers are the accounts whose VPC may connect. Each names the service under `private_endpoints` in its own file, and its connection is accepted as that is deployed.
	Consumers []string `yaml:"consumers" jsonschema:"required,minItems=1,uniqueItems=true" why:"a service without consumers serves nobody" example:"[gateway]"`
}

// PrivateEndpoint is the way of a spoke's VPC to a service of another spoke: an interface
// endpoint with an address in each zone that both have.
type PrivateEndpoint struct {
	// Slot is which of the ten addresses that each private subnet keeps free the endpoint has, 1 to 10. Two endpoints have two slots. A change of it gives the endpoint other interfaces, and APIs another load balancer before it: its requests fail meanwhile, and no other endpoint may have had the slot in the same deployment.
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

// privateZonesOf are the zones of an account's private subnets, in the order of the plan. There are none as
// long as the plan does not fit, which is told elsewhere.
func (e *Estate) privateZonesOf(account string) []string {
	var zones []string
	plan, err := e.AddressPlan(account, e.Network(account))
	if err != nil {
		return nil
	}
	for _, s := range plan {
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

// refusedPrefix begins the names that AWS keeps for itself.
const refusedPrefix = "internal-"

// longestBalancerName is how long names of load balancers and target groups may be:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateLoadBalancer.html
const longestBalancerName = 32

// validatePrivateLink checks what spokes serve to others, and what they use of others.
func (e *Estate) validatePrivateLink() {
	domains := map[string]ServiceRef{}
	for _, s := range e.Spokes {
		d := e.spokes[s.Name]
		for _, name := range sortedKeys(s.Services) {
			at := yamldoc.Child("services", name)
			e.validateService(d.Section(at), s, name, domains)
		}
		slots := map[int]string{}
		for _, key := range sortedKeys(s.PrivateEndpoints) {
			e.validatePrivateEndpoint(d.Section(yamldoc.Child("private_endpoints", key)), s, key, slots)
		}
	}
}

func (e *Estate) validateService(at yamldoc.Section, s *Spoke, name string, domains map[string]ServiceRef) {
	service, ref := s.Services[name], ServiceRef{s.Name, name}
	e.validateServicePods(at, s, service)
	if !e.HasHubNetwork() {
		at.Errorf("its certificate is validated in the hub's public zones, and the hub has no network: give hub.yaml one, or leave the service out")
		return
	}
	if !e.settings.Broken("project") {
		if other, taken := strings.CutSuffix(name, plaintextSuffix); taken && s.Services[other].Plaintext {
			at.Errorf("its target group would be called as that of %s, which speaks plain text: give it another name", other)
		}
		if group := e.ServiceTargetGroup(ref); len(group) > longestBalancerName {
			at.Errorf("%s, the name of its target group, has %d characters, and AWS takes %d: shorten the service's name", group, len(group), longestBalancerName)
		}
		if strings.HasPrefix(e.ServiceName(ref), refusedPrefix) {
			at.Errorf("AWS takes no load balancer whose name begins with %s, as %s does: a project of another name can have services", refusedPrefix, e.ServiceName(ref))
		}
	}
	e.validateServiceDomain(at.Key("domain"), ref, service.Domain, domains)
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

// validateServicePods checks that the cluster can put pods behind the service.
func (e *Estate) validateServicePods(at yamldoc.Section, s *Spoke, service PrivateService) {
	cluster := e.spokes[s.Name].Section("cluster")
	if s.Cluster == nil {
		if !cluster.Broken() {
			at.Errorf("its targets are pods, and %s has no cluster: give it one, or leave the service out", s.Name)
		}
		return
	}
	if _, ok := s.Cluster.Namespaces[service.Namespace]; !ok && service.Namespace != "" && !at.Key("namespace").Broken() && !cluster.Key("namespaces").Incomplete() {
		at.Key("namespace").Errorf("the bundle admits load balancers to pods in namespaces that it makes: name %s under %s%s",
			service.Namespace, cluster.Key("namespaces").Path(), yamldoc.Suggest(service.Namespace, sortedKeys(s.Cluster.Namespaces)))
	}
	if version, ok := s.Cluster.ChartVersions[controllerChart]; ok && semver.IsValid("v"+version) && semver.Compare("v"+version, "v"+groupsByName) < 0 {
		at.Errorf("the load balancer controller of the chart %s %s knows target groups by their ARNs alone: take %s or a newer one under %s",
			controllerChart, version, groupsByName, cluster.Key("chart_versions").Path())
	}
}

// The chart of the load balancer controller, and its first version that finds target groups by their names:
// https://github.com/kubernetes-sigs/aws-load-balancer-controller/releases/tag/v2.11.0
const (
	controllerChart = "aws-load-balancer-controller"
	groupsByName    = "1.11.0"
)

// longestCommonName is how long the first name of a certificate may be:
// https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html
const longestCommonName = 64

// validateServiceDomain checks the name that a certificate is for: each has one record in its zone, by which it
// is validated.
func (e *Estate) validateServiceDomain(at yamldoc.Section, ref ServiceRef, domain string, taken map[string]ServiceRef) {
	if domain == "" || at.Broken() {
		return
	}
	if !e.settings.Incomplete("dns.public_zones") && e.PublicZoneOf(domain) == "" {
		at.Errorf("%s lies in none of dns.public_zones, where its certificate would be validated: add the zone to estate.yaml, or name a domain below one", domain)
	}
	if len(domain) > longestCommonName {
		at.Errorf("%s has %d characters, and a certificate's name at most %d: choose a shorter one", domain, len(domain), longestCommonName)
	}
	if other, ok := taken[domain]; ok {
		at.Errorf("%s is the name of %s: consumers tell services by their certificates, so give this one another", domain, other)
	}
	taken[domain] = ref
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
	case s.Network.Existing == nil && len(e.EndpointZones(s.Name, ref)) == 0 && len(e.privateZonesOf(s.Name)) > 0 && len(e.privateZonesOf(ref.Spoke)) > 0:
		at.Errorf("an endpoint has addresses in zones that both VPCs have: those of %s are %s, and those of %s %s",
			s.Name, strings.Join(e.privateZonesOf(s.Name), ", "), ref.Spoke, strings.Join(e.privateZonesOf(ref.Spoke), ", "))
	}
	if s.Network.Existing != nil {
		at.Errorf("addresses of endpoints are kept free in subnets that the estate makes, and this VPC was there before: leave it out")
	}
}
