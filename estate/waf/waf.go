// Package waf is the section `waf` of what has a web ACL before it: an API, or the load
// balancers of a cluster.
package waf

// WebACL is AWS's rules against addresses that are known to be bad, bad inputs and
// what is bad in any application, and a limit for each address.
// https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
type WebACL struct {
	// Mode is whether requests that match a rule are refused with the status 403 (`block`), or let through and counted (`count`), to see first whom that would meet; or, of a cluster, `detached`: its load balancers give the web ACL up, after which `waf` can be left out. Default: `count`.
	Mode Mode `yaml:"mode" default:"count"`
	// Rate is how many requests an address may make in five minutes, 10 to 2000000000. Default: 2000.
	Rate int `yaml:"rate" jsonschema:"minimum=10,maximum=2000000000" default:"2000" why:"AWS WAF takes no other limits" example:"500"`
	// ClientHeader is the header in which a proxy before it says who calls, where all requests come by one, such as `X-Forwarded-For`: the limit is for the first address in it. Whoever gets past the proxy writes what he likes there. Default: none, and the limit is for whoever connects.
	ClientHeader string `yaml:"client_header" format:"http-header" example:"X-Forwarded-For"`
}

// Mode is what becomes of requests that match a rule.
type Mode string

// What becomes of requests that match a rule.
const (
	Count    Mode = "count"
	Block    Mode = "block"
	Detached Mode = "detached"
)

// Values are the modes that there are.
func (Mode) Values() []string { return []string{string(Count), string(Block), string(Detached)} }
