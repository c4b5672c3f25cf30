// Package spokeapi makes what a spoke uses of other spokes' services, and the APIs that it
// puts before them: private endpoints, whose connections it accepts in the services' own
// accounts, and APIs with the links and the load balancers that lead to the endpoints.
package spokeapi

import (
	"slices"

	"github.com/hashicorp/terraform-cdk-go/cdktf"

	"hubspoke/constructs/dashboard"
	"hubspoke/constructs/httpapi"
	"hubspoke/constructs/privateendpoint"
	"hubspoke/constructs/restapi"
	"hubspoke/constructs/securitygroup"
	"hubspoke/constructs/vpclink"
	"hubspoke/estate"
	"hubspoke/internal/base"
	"hubspoke/internal/output"
	"hubspoke/internal/tf"
	"hubspoke/stacks/baseline"
	"hubspoke/stacks/hubdns"
	"hubspoke/stacks/spokenetwork"
	"hubspoke/stacks/spokeservice"
)

// New fills the stack.
func New(s *base.Stack) error {
	e, network := s.Estate, spokenetwork.Read(s, s.Account)
	endpoints, err := privateEndpoints(s, network)
	if err != nil {
		return err
	}
	groups := map[string]*string{}
	for key, endpoint := range endpoints {
		groups[key] = endpoint.Group.ID
	}
	outputs := Outputs{EndpointGroupIDs: output.MapOf(groups)}
	if len(e.Spoke(s.Account).APIs) > 0 {
		urls, keyIDs, err := apis(s, network, endpoints)
		if err != nil {
			return err
		}
		outputs.APIURLs = output.MapOf(urls)
		if len(keyIDs) > 0 {
			outputs.APIKeyIDs = output.MapOf(keyIDs)
		}
	}
	output.Write(s.Scope, outputs)
	return nil
}

// endpointID is what an endpoint, and what is before it, is called in Terraform.
func endpointID(ref estate.ServiceRef) string { return tf.Name(ref.Spoke, ref.Name) }

// endpointName is what they are called in AWS, where the name may be long.
func endpointName(s *base.Stack, ref estate.ServiceRef) string {
	return s.Prefix() + "-" + ref.Spoke + "-" + ref.Name
}

// privateEndpoints makes the endpoints, by service.
func privateEndpoints(s *base.Stack, network spokenetwork.Outputs) (map[string]*privateendpoint.Endpoint, error) {
	e, endpoints := s.Estate, map[string]*privateendpoint.Endpoint{}
	providers := map[string]cdktf.TerraformProvider{}
	for _, ref := range e.ConsumedServices(s.Account) {
		if providers[ref.Spoke] == nil {
			providers[ref.Spoke] = s.Provider(ref.Spoke)
		}
		service, addresses := spokeservice.Read(s, ref.Spoke), e.EndpointAddresses(s.Account, ref)
		config := privateendpoint.Config{
			Name:            endpointName(s, ref),
			Service:         ref.String(),
			VPCID:           network.VPCID,
			Places:          map[string]privateendpoint.Place{},
			ServiceName:     service.ServiceNames.Get(ref.Name),
			ServiceID:       service.ServiceIDs.Get(ref.Name),
			ServiceProvider: providers[ref.Spoke],
			Topics:          e.Alarms.Topics,
		}
		for zone, address := range addresses {
			config.Places[zone] = privateendpoint.Place{SubnetID: network.PrivateSubnetIDs.Get(zone), Address: address}
		}
		made, err := privateendpoint.New(s.Scope, endpointID(ref), config)
		if err != nil {
			return nil, err
		}
		if e.HasProbe(s.Account) {
			if err := made.Group.Admit(securitygroup.Rule{
				Name: "from_probe", Description: "Checks that the endpoint answers", Protocol: "tcp", Port: privateendpoint.Port,
				Group: &securitygroup.Group{ID: network.ProbeGroupID},
			}); err != nil {
				return nil, err
			}
		}
		endpoints[ref.String()] = made
	}
	return endpoints, nil
}

// apis makes the link, a load balancer before each endpoint that a route leads to, the APIs,
// and a dashboard for each. It returns where callers reach them, by name, and the ids of their
// keys, by names of APIs and consumers.
func apis(s *base.Stack, network spokenetwork.Outputs, endpoints map[string]*privateendpoint.Endpoint) (urls, keyIDs map[string]*string, err error) {
	e := s.Estate
	link, err := httpLink(s, network)
	if err != nil {
		return nil, nil, err
	}
	services, graphs := map[string]httpapi.Service{}, map[string][]dashboard.Graph{}
	restServices := map[string]restapi.Service{}
	for _, ref := range e.RoutedServices(s.Account) {
		front, err := front(s, network, link, endpoints[ref.String()], ref)
		if err != nil {
			return nil, nil, err
		}
		graphs[ref.String()] = slices.Concat(front.Graphs, endpoints[ref.String()].Graphs)
		services[ref.String()] = httpapi.Service{ListenerARN: front.ListenerARN, Domain: e.Service(ref).Domain}
		restServices[ref.String()] = restapi.Service{LinkID: front.RESTLinkID, Domain: e.Service(ref).Domain}
	}
	logs, err := admit(s)
	if err != nil {
		return nil, nil, err
	}
	zones := apiZones(s)
	urls, keyIDs = map[string]*string{}, map[string]*string{}
	for _, name := range tf.Keys(e.Spoke(s.Account).APIs) {
		var url *string
		var shown []dashboard.Graph
		if e.Spoke(s.Account).APIs[name].Kind == estate.RESTAPI {
			made, err := rest(s, name, restServices, logs, zones)
			if err != nil {
				return nil, nil, err
			}
			url, shown = made.URL, made.Graphs
			for consumer, id := range made.KeyIDs {
				keyIDs[name+"."+consumer] = id
			}
		} else {
			made, err := httpapi.New(s.Scope, tf.Name(name), api(s, name, link, services, logs, zones))
			if err != nil {
				return nil, nil, err
			}
			url, shown = made.URL, made.Graphs
		}
		urls[name] = url
		if err := overview(s, name, shown, graphs); err != nil {
			return nil, nil, err
		}
	}
	return urls, keyIDs, nil
}

// httpLink makes the link of HTTP APIs; nil if there are none.
func httpLink(s *base.Stack, network spokenetwork.Outputs) (*vpclink.Link, error) {
	if !s.Estate.HasAPIs(s.Account, estate.HTTPAPI) {
		return nil, nil
	}
	config := vpclink.Config{Name: s.Prefix() + "-apis", VPCID: network.VPCID}
	for _, zone := range s.Estate.VPCLinkZones(s.Account) {
		config.SubnetIDs = append(config.SubnetIDs, network.PrivateSubnetIDs.Get(zone))
	}
	return vpclink.New(s.Scope, "apis", config)
}

// front makes the load balancer before an endpoint.
func front(s *base.Stack, network spokenetwork.Outputs, link *vpclink.Link, endpoint *privateendpoint.Endpoint, ref estate.ServiceRef) (*vpclink.Front, error) {
	e, subnets := s.Estate, map[string]*string{}
	for zone := range endpoint.Addresses {
		subnets[zone] = network.PrivateSubnetIDs.Get(zone)
	}
	if !e.Leads(s.Account, estate.HTTPAPI, ref) {
		link = nil
	}
	return vpclink.NewFront(s.Scope, endpointID(ref), vpclink.FrontConfig{
		Name:      e.FrontName(s.Account, ref),
		Label:     endpointName(s, ref),
		VPCID:     network.VPCID,
		SubnetIDs: subnets,
		Link:      link,
		REST:      e.Leads(s.Account, estate.RESTAPI, ref),
		Endpoint:  endpoint,
		Topics:    e.Alarms.Topics,
	})
}

// overview makes a dashboard of the way of an API's requests: the API, and for each service
// that it leads to the load balancer and the endpoint.
func overview(s *base.Stack, name string, shown []dashboard.Graph, graphs map[string][]dashboard.Graph) error {
	routed := map[string]bool{}
	for _, service := range s.Estate.Spoke(s.Account).APIs[name].Routes {
		routed[service] = true
	}
	for _, service := range tf.Keys(routed) {
		shown = append(shown, graphs[service]...)
	}
	_, err := dashboard.New(s.Scope, tf.Name(name), dashboard.Config{
		Name: s.Prefix() + "-api-" + name, Region: s.Estate.Region, Graphs: shown,
	})
	return err
}

// zones is how public hosted zones are written to; nil if no API has a domain.
type zones struct {
	provider cdktf.TerraformProvider
	ids      output.Map
}

func apiZones(s *base.Stack) *zones {
	for _, api := range s.Estate.Spoke(s.Account).APIs {
		if api.Domain != "" {
			return &zones{provider: s.Provider(estate.HubAccount), ids: hubdns.Read(s).PublicZoneIDs}
		}
	}
	return nil
}

// api is an HTTP API as the estate describes it.
func api(s *base.Stack, name string, link *vpclink.Link, services map[string]httpapi.Service, logs *logs, zones *zones) httpapi.Config {
	e, spec := s.Estate, s.Estate.Spoke(s.Account).APIs[name]
	config := httpapi.Config{
		Name:           s.Prefix() + "-" + name,
		LinkID:         link.ID,
		Services:       services,
		Routes:         spec.Routes,
		Callers:        httpapi.Callers{IAM: spec.IAM, Anybody: spec.Open},
		Rate:           spec.Rate,
		Burst:          spec.Burst,
		TimeoutSeconds: spec.TimeoutSeconds,
		Log:            requestLog(s, name, logs.http),
		Topics:         e.Alarms.Topics,
		Account:        e.Account(s.Account),
	}
	if spec.JWT != nil {
		config.Callers.JWT = &httpapi.JWT{Issuer: spec.JWT.Issuer, Audience: slices.Sorted(slices.Values(spec.JWT.Audience))}
	}
	config.Domain = domain(s, name, zones)
	return config
}

// requestLog is where an API logs its requests, when that is admitted.
func requestLog(s *base.Stack, name string, admitted cdktf.ITerraformDependable) httpapi.Log {
	return httpapi.Log{
		Group:         s.Estate.APILogGroup(s.Account, name),
		RetentionDays: s.Estate.Logs.RetentionDays,
		KeyARN:        baseline.Read(s).LogKeyARN,
		Admitted:      admitted,
		Folder:        s.Prefix() + "/api-" + name,
	}
}

// domain is an API's own; nil if it has none.
func domain(s *base.Stack, name string, zones *zones) *httpapi.Domain {
	spec := s.Estate.Spoke(s.Account).APIs[name]
	if spec.Domain == "" {
		return nil
	}
	d := &httpapi.Domain{Name: spec.Domain, ZoneProvider: zones.provider, ZoneID: zones.ids.Get(s.Estate.PublicZoneOf(spec.Domain))}
	if spec.MutualTLS != nil {
		d.Truststore, d.TruststoreVersion = spec.MutualTLS.Truststore, spec.MutualTLS.Version
	}
	return d
}
