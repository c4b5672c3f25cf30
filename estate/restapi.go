package estate

import (
	"regexp"
	"slices"
	"strings"

	"hubspoke/estate/waf"
	"hubspoke/internal/yamldoc"
)

// APIKind is which of API Gateway's two kinds of APIs an API is.
type APIKind string

// The kinds of APIs: https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-vs-rest.html
const (
	HTTPAPI APIKind = "http"
	RESTAPI APIKind = "rest"
)

// Values are the kinds that there are.
func (APIKind) Values() []string { return []string{string(HTTPAPI), string(RESTAPI)} }

// APIKey is a consumer of an API: its limits, which AWS keeps as well as it can, and not to the
// request.
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
type APIKey struct {
	// Rate is how many requests in a second the consumer may make for longer, at most the API's. Default: the API's.
	Rate int `yaml:"rate" jsonschema:"minimum=1" why:"a key that lets nothing in is none" example:"10"`
	// Burst is how many requests it may make at once, at most the API's. Default: the API's.
	Burst int `yaml:"burst" jsonschema:"minimum=1" why:"a key that lets nothing in is none" example:"20"`
	// Quota is how many requests it may make in a day, a week or a month. Default: none, and as many as the rate allows.
	Quota *KeyQuota `yaml:"quota"`
}

// KeyQuota is how many requests a consumer may make in a period.
// https://docs.aws.amazon.com/apigateway/latest/api/API_QuotaSettings.html
type KeyQuota struct {
	// Requests is how many there may be, before they are refused with the status 429.
	Requests int `yaml:"requests" jsonschema:"required,minimum=1" why:"a key that lets nothing in is none" example:"10000"`
	// Per is the period: `day`, `week` or `month`. Default: `day`.
	Per QuotaPeriod `yaml:"per" default:"day"`
}

// QuotaPeriod is the period of a quota.
type QuotaPeriod string

// The periods that there are.
const (
	PerDay   QuotaPeriod = "day"
	PerWeek  QuotaPeriod = "week"
	PerMonth QuotaPeriod = "month"
)

// Values are the periods that there are.
func (QuotaPeriod) Values() []string {
	return []string{string(PerDay), string(PerWeek), string(PerMonth)}
}

// applyDefaults gives the consumers the limits of the API.
func (a API) applyDefaults() {
	for name, key := range a.Keys {
		def(&key.Rate, a.Rate)
		def(&key.Burst, a.Burst)
		a.Keys[name] = key
	}
}

// PrivateAPIs is the service of AWS by whose endpoint private APIs are called.
const PrivateAPIs = "execute-api"

// longestRESTTimeout is how long a REST API waits for an answer, in seconds, unless AWS allows
// an account more.
const longestRESTTimeout = 29

// mostResources is how many parts of paths a REST API has, unless AWS allows an account more:
// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
const mostResources = 300

// Timeout is how long the API waits for a service's answer, in seconds.
func (a API) Timeout() int {
	if a.Kind == RESTAPI {
		return min(a.TimeoutSeconds, longestRESTTimeout)
	}
	return a.TimeoutSeconds
}

// HasAPIs says whether a spoke has APIs of a kind.
func (e *Estate) HasAPIs(account string, kind APIKind) bool {
	for _, api := range e.Spoke(account).APIs {
		if api.Kind == kind {
			return true
		}
	}
	return false
}

// HasWAF says whether an API of a spoke, or its cluster, has a web ACL.
func (e *Estate) HasWAF(account string) bool {
	apis := e.Spoke(account).APIs
	return e.ClusterWAF(account) != nil || slices.ContainsFunc(sortedKeys(apis), func(name string) bool { return apis[name].WAF != nil })
}

// ClusterWAF is the web ACL of the load balancers of a spoke's cluster; nil if there is none.
func (e *Estate) ClusterWAF(account string) *waf.WebACL {
	if spoke := e.Spoke(account); spoke != nil && spoke.Cluster != nil {
		return spoke.Cluster.WAF
	}
	return nil
}

// ClusterWebACL is the name of that web ACL, which the load balancer controller knows it by. No API's
// is called like the cluster: those have the name of the API after it.
func (e *Estate) ClusterWebACL(account string) string { return e.ClusterName(account) }

// ClusterWAFLogGroup is the log group of what that web ACL met. No API has a name with a _ in it.
func (e *Estate) ClusterWAFLogGroup(account string) string {
	return e.WAFLogGroup(account, "load_balancers")
}

// HasPrivateAPIs says whether an API of a spoke is private.
func (e *Estate) HasPrivateAPIs(account string) bool {
	apis := e.Spoke(account).APIs
	return slices.ContainsFunc(sortedKeys(apis), func(name string) bool { return apis[name].Private })
}

// Leads says whether a route of an API of a kind leads from a spoke to a service.
func (e *Estate) Leads(account string, kind APIKind, r ServiceRef) bool {
	for _, api := range e.Spoke(account).APIs {
		for _, target := range api.Routes {
			if api.Kind == kind && target == r.String() {
				return true
			}
		}
	}
	return false
}

// APILogRole is the role by which API Gateway writes the logs of an account's REST APIs.
func (e *Estate) APILogRole(account string) string { return e.Prefix(account) + "-api-logs" }

// WAFLogGroup is the log group of what the web ACL of an API met. Its name begins as AWS wants it.
// https://docs.aws.amazon.com/waf/latest/developerguide/logging-cw-logs.html
func (e *Estate) WAFLogGroup(account, api string) string {
	return "aws-waf-logs-" + e.Prefix(account) + "-" + api
}

// refusedPart is what REST APIs do not take in a path, and HTTP APIs do.
var refusedPart = regexp.MustCompile(`~`)

// validateREST checks what the two kinds of APIs do not have in common.
func (e *Estate) validateREST(at yamldoc.Section, api API) {
	if api.Kind != RESTAPI {
		if at.Key("kind").Broken() {
			return
		}
		if api.WAF != nil {
			at.Key("waf").Errorf("HTTP APIs take no web ACL: say kind: rest, or leave this out")
		}
		if api.Private {
			at.Key("private").Errorf("HTTP APIs are called by way of the internet: say kind: rest, or leave this out")
		}
		if len(api.Keys) > 0 {
			at.Key("keys").Errorf("HTTP APIs know no keys: say kind: rest, or leave this out")
		}
		return
	}
	if api.WAF != nil && api.WAF.Mode == waf.Detached {
		at.Key("waf", "mode").Errorf("an API gives its web ACL up with the key: leave waf out, or say count")
	}
	if api.Private {
		e.validatePrivate(at, api)
	}
	for _, name := range sortedKeys(api.Keys) {
		key := at.Key("keys", name)
		if rate := api.Keys[name].Rate; rate > api.Rate && !at.Key("rate").Broken() {
			key.Key("rate").Errorf("%d requests in a second are more than the %d that the API takes of all callers together: say less, or raise the API's rate", rate, api.Rate)
		}
		if burst := api.Keys[name].Burst; burst > api.Burst && !at.Key("burst").Broken() {
			key.Key("burst").Errorf("%d requests at once are more than the %d that the API takes of all callers together: say less, or raise the API's burst", burst, api.Burst)
		}
	}
	if api.JWT != nil {
		at.Key("jwt").Errorf("REST APIs do not look at tokens of an identity provider by themselves: say iam: true or open: true instead, or kind: http")
	}
	resources, variable := map[string]bool{}, map[string]string{}
	for _, route := range sortedKeys(api.Routes) {
		key := at.Key("routes", route)
		if key.Broken() {
			continue
		}
		_, path, _ := strings.Cut(route, " ")
		if refusedPart.MatchString(path) {
			key.Errorf("REST APIs take no ~ in a path: leave it out, or say kind: http")
		}
		if path != "/" && strings.HasSuffix(path, "/") {
			key.Errorf("REST APIs have no path that ends in a slash, and take a request for one as one for the path without: leave the slash out")
			continue
		}
		parent := ""
		for _, part := range strings.Split(strings.TrimSuffix(path, "/"), "/")[1:] {
			if strings.HasPrefix(part, "{") {
				if other, taken := variable[parent]; taken && other != part {
					key.Errorf("%s and %s are both below %s, where a REST API has one variable: call both the same", other, part, orRoot(parent))
				} else {
					variable[parent] = part
				}
			}
			parent += "/" + part
			resources[parent] = true
		}
	}
	if len(resources) > mostResources {
		at.Key("routes").Errorf("they have %d parts of paths, and a REST API has %d at the most: let {proxy+} stand for what is below one, or make two APIs", len(resources), mostResources)
	}
}

// validatePrivate checks that a private API can be called, and asks for nothing that it cannot have.
func (e *Estate) validatePrivate(at yamldoc.Section, api API) {
	if api.Domain != "" {
		at.Key("domain").Errorf("a private API has the name that AWS gives it, below the hub's endpoint: leave the domain out")
	}
	if api.MutualTLS != nil {
		at.Key("mutual_tls").Errorf("AWS asks for certificates of callers at domains on the internet alone: leave this out, or private")
	}
	if e.HasHubNetwork() && !slices.Contains(e.Hub.Endpoints, PrivateAPIs) && !e.hub.Incomplete("endpoints") {
		at.Key("private").Errorf("it is called by the hub's endpoint for private APIs, and there is none: add %s to endpoints in hub.yaml", PrivateAPIs)
	}
}

func orRoot(path string) string {
	if path == "" {
		return "/"
	}
	return path
}

// hasHTTP says whether a spoke has APIs whose link is in its subnets.
func (s *Spoke) hasHTTP() bool {
	return slices.ContainsFunc(sortedKeys(s.APIs), func(name string) bool { return s.APIs[name].Kind != RESTAPI })
}
