package estate

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"hubspoke/estate/waf"
	"hubspoke/internal/subnet"
	"hubspoke/internal/yamldoc"
)

// API is an API of API Gateway in front of services that a spoke has private endpoints
// for: the internet reaches the API, and the API alone reaches the services.
//
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api.html
//   - https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-rest-api.html
type API struct {
	// Kind is `http`, or `rest`, which costs more, can be `private`, and can have a `waf` and `keys`, and no `jwt`. Another kind is another API, at another name if it has no domain. Default: `http`.
	Kind APIKind `yaml:"kind" default:"http"`
	// Domain is the API's name, below a public zone of the estate, with a certificate and a record of its own. Default: none, and the API has the name that AWS gives it, which changes with the API.
	Domain string `yaml:"domain" format:"domain" example:"api.example.com"`
	// JWT lets in who has a token of an identity provider. An API has exactly one of `jwt`, `iam` and `open`.
	JWT *JWT `yaml:"jwt"`
	// IAM lets in who signs requests with AWS credentials of the API's own account that are allowed `execute-api:Invoke`, and, where it is `private`, with those of the estate's other accounts. The others have no policies of their own, by which they could admit more: who is in another account assumes a role. Default: false.
	IAM bool `yaml:"iam" default:"false"`
	// Open lets in everybody: the services themselves, or `mutual_tls`, say who may do what. Default: false.
	Open bool `yaml:"open" default:"false"`
	// MutualTLS lets in only who has a certificate of one of your authorities, beside what else the API asks for. It takes a `domain`. Default: none.
	MutualTLS *MutualTLS `yaml:"mutual_tls"`
	// Rate is how many requests in a second all callers together may make for longer, before they are refused with the status 429. All APIs of an account share 10000 in a region at first, and 2500 in newer ones. Default: 100.
	Rate int `yaml:"rate" jsonschema:"minimum=1" default:"100" why:"an API that nobody may call is none" example:"50"`
	// Burst is how many requests they may make at once. All APIs of an account share 5000 in a region at first, and 1250 in newer ones. Default: 200.
	Burst int `yaml:"burst" jsonschema:"minimum=1" default:"200" why:"an API that nobody may call is none" example:"100"`
	// TimeoutSeconds is how long the API waits for a service's answer, before it answers with the status 504. A REST API waits 29 at the most, and takes 30 for that. Default: 30, the longest there is.
	TimeoutSeconds int `yaml:"timeout_seconds" jsonschema:"minimum=1,maximum=30" default:"30" why:"an HTTP API waits no longer" example:"10"`
	// Private keeps an API of `kind: rest` off the internet: whoever reaches the hub's endpoint for `execute-api`, which `endpoints` in hub.yaml has to name, calls it there, by the name that the output `api_urls` says. What is private stays so: a public API is another one, at another name. Default: false.
	Private bool `yaml:"private" default:"false"`
	// Keys are the consumers of an API of `kind: rest`, each with limits of its own and a key, which AWS makes up, that its requests have in the header `x-api-key`. Without a key nobody is let in then. A key says who calls, and is no proof of it: `iam` or `open` is still to be said. Default: none, and requests need no key.
	Keys map[string]APIKey `yaml:"keys" keys:"label" example:"{partner: {rate: 10, burst: 20, quota: {requests: 10000, per: day}}}"`
	// WAF puts a web ACL before an API of `kind: rest`, which AWS charges for by the month and by requests. Default: none.
	WAF *waf.WebACL `yaml:"waf"`
	// Routes say which service of `private_endpoints` answers what, by method and path: `ANY /orders/{proxy+}` is everything below `/orders`. The service is asked for the same path.
	Routes map[string]string `yaml:"routes" jsonschema:"required,minProperties=1" keys:"api-route" format:"service-ref" why:"an API without routes answers nothing" example:"{'ANY /orders/{proxy+}': dev.orders}"`
}

// JWT is an identity provider whose tokens an API takes.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html
type JWT struct {
	// Issuer is who signs the tokens, as their `iss` says. API Gateway asks it for its keys by way of the internet, at `<issuer>/.well-known/openid-configuration`, which has to answer when the API is made.
	Issuer string `yaml:"issuer" jsonschema:"required" format:"https-url" example:"https://login.example.com"`
	// Audience are those that tokens are made out for, by `aud` or `client_id`: one of them suffices.
	Audience []string `yaml:"audience" jsonschema:"required,minItems=1,maxItems=50,uniqueItems=true" why:"without one, the issuer's tokens for anybody else would be good here too, and AWS takes 50" example:"[orders]"`
}

// MutualTLS are the authorities whose certificates an API takes of its callers.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-mutual-tls.html
type MutualTLS struct {
	// Truststore is the object with the authorities' certificates (PEM), in a bucket of the API's region that whoever applies may read.
	Truststore string `yaml:"truststore" jsonschema:"required" format:"s3-object" example:"s3://acme-trust/authorities.pem"`
	// Version is the object's version, if the bucket keeps some. API Gateway reads the object when this changes, and never by itself. Default: none.
	Version string `yaml:"version" format:"s3-version" example:"3sL4kqtJlcpXroDTDmJ.rmSpXd3dIbrHY"`
}

// Formats of what an API's file says.
var (
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "api-route",
		Wanted:    "a method and a path that begins with a slash, such as GET /orders/{id}, or ANY /orders/{proxy+} for all below",
		Pattern:   regexp.MustCompile(`^(?:ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) /(?:(?:[A-Za-z0-9._~-]+|\{[A-Za-z0-9._-]+\})/)*(?:[A-Za-z0-9._~-]+|\{[A-Za-z0-9._-]+\+?\})?$`),
		MaxLength: 128, Example: "ANY /orders/{proxy+}"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "https-url",
		Wanted:  "a URL that begins with https://, without a query",
		Pattern: regexp.MustCompile(`^https://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~/-]*)?$`), MaxLength: 512, Example: "https://login.example.com"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "s3-object",
		Wanted:  "an object of S3, such as s3://acme-trust/authorities.pem",
		Pattern: regexp.MustCompile(`^s3://[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]/[A-Za-z0-9!_.*'()/-]{1,512}$`), Example: "s3://acme-trust/authorities.pem"})
	_ = yamldoc.NewFormat(yamldoc.Format{Name: "s3-version",
		Wanted:  "the version of an object of S3",
		Pattern: regexp.MustCompile(`^[A-Za-z0-9._-]{1,64}$`)})
)

// withoutVPCLinks are the zones in which API Gateway makes no interfaces of a VPC link. Load
// balancers may be there, and a link reaches them from the other zones.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vpc-links.html
var withoutVPCLinks = []string{"ape1-az1", "apne1-az3", "apne2-az4", "cac1-az4", "euw2-az4", "euw3-az2", "use1-az3", "usw1-az2"}

// listedForVPCLinks are the regions that the same page has zones of. What it does not list
// may be late, and not only absent.
var listedForVPCLinks = []string{
	"ap-east-1", "ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1",
	"eu-central-1", "eu-north-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3", "me-south-1", "sa-east-1",
	"us-east-1", "us-east-2", "us-west-1", "us-west-2",
}

// VPCLinkZones are the zones of a spoke's private subnets in which a VPC link has interfaces.
func (e *Estate) VPCLinkZones(account string) []string {
	return slices.DeleteFunc(e.privateZonesOf(account), func(zone string) bool { return slices.Contains(withoutVPCLinks, zone) })
}

// RoutedServices are the services that routes of a spoke's APIs lead to, sorted by their names.
func (e *Estate) RoutedServices(account string) []ServiceRef {
	s := e.Spoke(account)
	if s == nil {
		return nil
	}
	routed := map[string]bool{}
	for _, api := range s.APIs {
		for _, key := range api.Routes {
			routed[key] = true
		}
	}
	var refs []ServiceRef
	for _, key := range sortedKeys(routed) {
		refs = append(refs, ParseServiceRef(key))
	}
	return refs
}

// HealthPaths are the health paths of the services that an API leads to, by service, as far
// as a GET of the path gets to the service.
func (e *Estate) HealthPaths(api API) map[string]string {
	paths := map[string]string{}
	for _, key := range api.Routes {
		if path := e.Service(ParseServiceRef(key)).HealthPath; api.answers(path) == key {
			paths[key] = path
		}
	}
	return paths
}

// answers is the service that a GET of a path gets to: that of the route with exactly this
// path, or else the one that all routes lead to whose variables match it. It is "" if none
// does, or if they do not agree, so that it would depend on how API Gateway ranks them.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-develop-routes.html
func (a API) answers(path string) string {
	for _, method := range []string{"GET", "ANY"} {
		if key, ok := a.Routes[method+" "+path]; ok {
			return key
		}
	}
	answer := ""
	for _, route := range sortedKeys(a.Routes) {
		method, pattern, _ := strings.Cut(route, " ")
		if method != "GET" && method != "ANY" || !matches(pattern, path) {
			continue
		}
		if answer != "" && answer != a.Routes[route] {
			return ""
		}
		answer = a.Routes[route]
	}
	return answer
}

// matches says whether a path is one that a route's path with variables stands for.
func matches(pattern, path string) bool {
	parts, given := strings.Split(pattern, "/"), strings.Split(path, "/")
	for i, part := range parts {
		switch {
		case i >= len(given):
			return false
		case strings.HasSuffix(part, "+}"):
			return given[i] != ""
		case strings.HasPrefix(part, "{"):
			if given[i] == "" {
				return false
			}
		case part != given[i]:
			return false
		}
	}
	return len(parts) == len(given)
}

// AnyPath is a path that a GET by the API leads somewhere with, whichever: that of the first
// of its routes that take one, with `probe` for variables. It is "" if none does.
func (a API) AnyPath() string {
	for _, route := range sortedKeys(a.Routes) {
		if method, path, _ := strings.Cut(route, " "); method == "GET" || method == "ANY" {
			return parameter.ReplaceAllString(path, "probe")
		}
	}
	return ""
}

// EndpointAddresses are the fixed addresses of a spoke's endpoint for a service, by zone.
func (e *Estate) EndpointAddresses(consumer string, r ServiceRef) map[string]string {
	endpoint, addresses := e.Spoke(consumer).PrivateEndpoints[r.String()], map[string]string{}
	zones := e.EndpointZones(consumer, r)
	for _, s := range Subnets(e.Plan(consumer), subnet.Private) {
		if slices.Contains(zones, s.Zone) {
			addresses[s.Zone] = EndpointAddress(s.CIDR, endpoint.Slot).String()
		}
	}
	return addresses
}

// FrontName is the name of the load balancer, and of its target group, that leads from a
// spoke's APIs to an endpoint: `<project>-<spoke>-front-<slot>`. The slot is the endpoint's own
// in its VPC, as the service's name is not.
func (e *Estate) FrontName(consumer string, r ServiceRef) string {
	return fmt.Sprintf("%s-front-%d", e.Prefix(consumer), e.Spoke(consumer).PrivateEndpoints[r.String()].Slot)
}

// APILogGroup is the log group of the requests of an API.
func (e *Estate) APILogGroup(account, api string) string {
	return "/apis/" + e.Prefix(account) + "/" + api
}

// validateAPIs checks the APIs of spokes.
func (e *Estate) validateAPIs() {
	domains := map[string]string{}
	for _, s := range e.Spokes {
		for _, name := range sortedKeys(s.Services) {
			if domain := s.Services[name].Domain; domain != "" {
				domains[domain] = s.Name + "." + name
			}
		}
	}
	for _, s := range e.Spokes {
		d := e.spokes[s.Name]
		for _, key := range sortedKeys(s.PrivateEndpoints) {
			e.validateFront(d.Section(yamldoc.Child("private_endpoints", key)), s, ParseServiceRef(key))
		}
		for _, name := range sortedKeys(s.APIs) {
			at := d.Section(yamldoc.Child("apis", name))
			e.validateAPI(at, s, name)
			e.validateAPIDomain(at, s, name, domains)
		}
		validateAPINames(d, s)
		e.validateVPCLink(d.Section("apis"), s)
	}
}

// validateFront checks the name of what stands before an endpoint.
func (e *Estate) validateFront(at yamldoc.Section, s *Spoke, ref ServiceRef) {
	if !slices.Contains(e.RoutedServices(s.Name), ref) || e.settings.Broken("project") || at.Incomplete() {
		return
	}
	name := e.FrontName(s.Name, ref)
	if len(name) > longestBalancerName {
		at.Errorf("%s, the name of the load balancer that APIs reach it by, has %d characters, and AWS takes %d: only an account or a project of a shorter name can have APIs", name, len(name), longestBalancerName)
	}
	if strings.HasPrefix(name, refusedPrefix) {
		at.Errorf("AWS takes no load balancer whose name begins with %s, as %s does: a project of another name can have APIs", refusedPrefix, name)
	}
}

func (e *Estate) validateAPI(at yamldoc.Section, s *Spoke, name string) {
	api := s.APIs[name]
	var stated []string
	for key, has := range map[string]bool{"jwt": api.JWT != nil || at.Key("jwt").Broken(), "iam": api.IAM, "open": api.Open} {
		if has {
			stated = append(stated, key)
		}
	}
	slices.Sort(stated)
	switch {
	case len(stated) == 0 && !at.Incomplete():
		at.Errorf("nobody says who may call it: name an issuer under jwt, or say iam: true, or, if everybody may, open: true")
	case len(stated) > 1:
		at.Errorf("%s contradict each other: an API has one of them", strings.Join(stated, " and "))
	}
	if api.MutualTLS != nil && api.Domain == "" && !api.Private && !at.Key("domain").Broken() {
		at.Key("mutual_tls").Errorf("certificates of callers are asked for by a domain of the API's own alone: give it a domain, or leave this out")
	}
	e.validateREST(at, api)
	shapes := map[string]string{}
	for _, route := range sortedKeys(api.Routes) {
		key := at.Key("routes", route)
		shape := parameter.ReplaceAllString(route, "{$1}")
		if other, taken := shapes[shape]; taken {
			key.Errorf("%s is the same to API Gateway, whatever its variables are called: leave one of the two out", other)
		}
		shapes[shape] = route
		target := api.Routes[route]
		if _, has := s.PrivateEndpoints[target]; !has && !key.Broken() && !e.spokes[s.Name].Broken("private_endpoints") {
			key.Errorf("%s has no private endpoint here%s: name it under private_endpoints, with a slot", target, yamldoc.Suggest(target, sortedKeys(s.PrivateEndpoints)))
		}
	}
}

// parameter is a variable of a route, with the plus of one that stands for all the rest.
var parameter = regexp.MustCompile(`\{[^{}+]*(\+?)\}`)

func (e *Estate) validateAPIDomain(at yamldoc.Section, s *Spoke, name string, domains map[string]string) {
	domain := s.APIs[name].Domain
	if domain == "" || s.APIs[name].Private || at.Key("domain").Broken() {
		return
	}
	switch other, taken := domains[domain]; {
	case taken:
		at.Key("domain").Errorf("%s is the domain of %s already", domain, other)
	case !e.HasHubNetwork():
		at.Key("domain").Errorf("its certificate is validated in the hub's public zones, and the hub has no network: give hub.yaml one, or leave the domain out")
	case !e.settings.Incomplete("dns.public_zones") && e.PublicZoneOf(domain) == "":
		at.Key("domain").Errorf("%s lies in none of dns.public_zones, where its certificate is validated and its record is: add the zone to estate.yaml, or name a domain below one", domain)
	}
	if len(domain) > longestCommonName {
		at.Key("domain").Errorf("%s has %d characters, and a certificate's name at most %d: choose a shorter one", domain, len(domain), longestCommonName)
	}
	domains[domain] = s.Name + ".api." + name
}

// validateAPINames checks that what is made of a spoke's endpoints and APIs has names of its
// own: hyphens stand within names and between them.
func validateAPINames(d *yamldoc.Document, s *Spoke) {
	taken := map[string]string{}
	claim := func(at, kind, name string) {
		name = strings.ReplaceAll(name, ".", "-")
		if other, ok := taken[kind+name]; ok && other != at {
			d.Errorf(at, "something of it would be called %s, like something of %s: choose another name for one of the two", name, other)
			return
		}
		taken[kind+name] = at
	}
	for _, key := range sortedKeys(s.PrivateEndpoints) {
		at := yamldoc.Child("private_endpoints", key)
		claim(at, "endpoint ", key)
		claim(at, "endpoint ", key+"-front") // the load balancer's group
	}
	for _, name := range sortedKeys(s.APIs) {
		at := yamldoc.Child("apis", name)
		for _, route := range sortedKeys(s.APIs[name].Routes) {
			claim(at, "integration ", name+"."+s.APIs[name].Routes[route])
		}
		for _, key := range sortedKeys(s.APIs[name].Keys) {
			claim(at, "key ", name+"."+key)
		}
		if s.APIs[name].Domain != "" {
			claim(at, "record ", name)
			claim(at, "record ", name+"-validation")
		}
	}
}

// validateVPCLink checks that a link has zones to be in.
func (e *Estate) validateVPCLink(at yamldoc.Section, s *Spoke) {
	if !s.hasHTTP() || s.Network.Existing != nil || e.settings.Incomplete("zones") || e.settings.Incomplete("region") || e.spokes[s.Name].Incomplete("network") {
		return
	}
	if _, err := e.AddressPlan(s.Name, s.Network); err != nil {
		return // validateRange says why
	}
	if zones := e.privateZonesOf(s.Name); len(zones) > 0 && len(e.VPCLinkZones(s.Name)) == 0 {
		at.Errorf("APIs reach the VPC by a link, which AWS makes in no zone of its private subnets (%s): give the network another zone", strings.Join(zones, ", "))
	}
	if !slices.Contains(listedForVPCLinks, e.Region) {
		at.Warnf("AWS lists no zones of %s for VPC links, by which APIs reach the VPC: ask for one with aws apigatewayv2 create-vpc-link before you build on it", e.Region)
	}
}
