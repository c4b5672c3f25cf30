package encryption

import (
	"strings"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
)

// channels are the types of resources that take connections, with how they are encrypted and
// what is missing, "" if nothing is.
var channels = map[string]func(*source.Source, *config.Resource) (said, gap string){
	"aws_lb_listener":              listener,
	"aws_apigatewayv2_domain_name": domain("domain_name_configuration"),
	"aws_api_gateway_domain_name":  domain(""),
}

func channelTypes() []string { return sorted(channels) }

// transit is the section on what is encrypted on its way and holds nothing.
func transit(s *source.Source, d *document.Document) {
	section := d.Section("What takes connections").Table("stack", "account", "what", "how")
	for _, r := range s.Made(channelTypes()...) {
		said, _ := channels[r.Type](s, r)
		section.Row(r.Stack.Name, s.Where(r), r.Address(), said)
	}
	if len(section.Rows) == 0 {
		section.Text = []string{"No listener and no domain of an API is in a stack. What controllers in clusters make is not known here."}
	}
}

// listener is one of a load balancer. TCP passes what it gets: whether that is encrypted is
// up to the targets.
func listener(_ *source.Source, r *config.Resource) (said, gap string) {
	protocol := source.Text(r.Argument("protocol"))
	switch protocol {
	case "HTTPS", "TLS":
		policy := source.Text(r.Argument("ssl_policy"))
		if policy == "" {
			return protocol + " with the load balancer's default policy", "the default policy takes versions of TLS that are no longer recommended"
		}
		return protocol + ", " + policy, ""
	case "HTTP":
		if action := source.Block(r, "default_action"); action["type"] == "redirect" && source.First(action["redirect"])["protocol"] == "HTTPS" {
			return "HTTP, which only leads to HTTPS", ""
		}
		return "HTTP", "what passes it is not encrypted"
	}
	return protocol + ", as the targets encrypt", "the listener does not say that what passes it is encrypted"
}

func domain(block string) func(*source.Source, *config.Resource) (said, gap string) {
	return func(_ *source.Source, r *config.Resource) (said, gap string) {
		policy := r.Argument("security_policy")
		if block != "" {
			policy = source.Block(r, block)["security_policy"]
		}
		text := source.Text(policy)
		said = "TLS, " + text
		if len(source.Block(r, "mutual_tls_authentication")) > 0 {
			said += ", with certificates of callers"
		}
		if text == "" || strings.EqualFold(text, "TLS_1_0") {
			return said, "takes versions of TLS before 1.2"
		}
		return said, ""
	}
}
