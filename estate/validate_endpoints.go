package estate

import (
	"slices"
	"strings"

	"hubspoke/internal/awsservice"
	"hubspoke/internal/yamldoc"
)

// validateEndpoints checks the services that have an interface endpoint, and the names that
// the estate states for those which are not known here.
func (e *Estate) validateEndpoints() {
	used := slices.Clone(e.Hub.Endpoints)
	e.validateServices(e.hub.Section("endpoints"), e.Hub.Endpoints, true)
	for _, s := range e.Spokes {
		used = append(used, s.Network.Endpoints...)
		e.validateServices(e.spokes[s.Name].Section("network").Key("endpoints"), s.Network.Endpoints, false)
	}
	owners := map[string]string{}
	for _, service := range sortedKeys(e.EndpointNames) {
		at, name := e.settings.Section("endpoint_names").Key(service), strings.TrimPrefix(e.EndpointNames[service], "*.")
		switch {
		case awsservice.Known(service):
			at.Errorf("the names of %s are known here: leave this out", service)
		case owners[name] != "":
			at.Errorf("%s is the name of %s already", name, owners[name])
		case !slices.Contains(used, service):
			at.Warnf("no endpoint is of %s: name it under endpoints in hub.yaml, or in the network of a spoke", service)
		}
		owners[name] = service
		if hidden, of := e.hides(name); hidden != "" && !awsservice.Known(service) {
			at.Errorf("a zone %s would hide %s, by which clients know %s", name, hidden, of)
		}
	}
}

// hides is a name of a service that a private zone would answer for in place of AWS, and
// the service; "" if there is none.
func (e *Estate) hides(zone string) (name, service string) {
	for _, service := range awsservice.All() {
		for _, name := range awsservice.Names(service, e.Region) {
			if name = strings.TrimPrefix(name, "*."); strings.HasSuffix("."+name, "."+zone) {
				return name, service
			}
		}
	}
	return "", ""
}

// validateServices checks a list of services that get an interface endpoint, in the hub or in a
// VPC of its own.
func (e *Estate) validateServices(s yamldoc.Section, services []string, central bool) {
	for i, service := range services {
		switch _, named := e.EndpointNames[service]; {
		case service == "s3":
			s.Item(i).Errorf("s3 needs no interface endpoint: every VPC has its own gateway endpoint, which is free")
		case service == PrivateAPIs && central:
		case service == PrivateAPIs:
			s.Item(i).Errorf("private APIs are called by the hub's endpoint: name %s under endpoints in hub.yaml, and not here", service)
		case awsservice.Known(service) && !isEndpointService(service):
			s.Item(i).Errorf("%s gets no interface endpoint here: it has a gateway endpoint", service)
		case !named && !isEndpointService(service) && !e.settings.Broken("endpoint_names"):
			s.Item(i).Errorf("%q is not an AWS service whose endpoint has a private DNS name that is known here%s: those are %s; state the name of another one under endpoint_names in estate.yaml",
				service, yamldoc.Suggest(service, EndpointServices()), strings.Join(EndpointServices(), ", "))
		}
	}
}
