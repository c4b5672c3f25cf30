package network

import (
	"regexp"
	"slices"
	"strings"

	"hubspoke/proof/config"
)

// callers are types that call AWS's own API when they run, with the argument that says what.
//
// https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-targets-universal.html
// https://docs.aws.amazon.com/step-functions/latest/dg/supported-services-awssdk.html
// https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-targets.html
var callers = map[string]string{
	"aws_scheduler_schedule":      "target",
	"aws_sfn_state_machine":       "definition",
	"aws_cloudwatch_event_target": "arn",
}

// networkAPIs are the services, as the SDK calls them, whose API can change a network, or who
// may change it.
var networkAPIs = []string{
	"autoscaling", "cloudcontrol", "cloudformation", "directconnect", "ec2", "eks", "elasticloadbalancing", "elasticloadbalancingv2", "fms",
	"globalaccelerator", "iam", "networkfirewall", "networkmanager", "organizations", "ram", "route53", "route53domains", "route53profiles",
	"route53resolver", "servicecatalog", "ssm", "vpclattice",
}

var (
	sdkCall = regexp.MustCompile(`(?i)aws-sdk:([a-z0-9-]+):([a-z0-9]+)`)
	// Documents of Systems Manager, which may do anything.
	automation = regexp.MustCompile(`(?i):ssm:[^"]*:(automation-definition|document)/`)
	// What an expression takes from another place, and is not in it.
	elsewhere = regexp.MustCompile(`\b(file|templatefile|local\.|var\.|data\.)`)
	reads     = regexp.MustCompile(`(?i)^(describe|get|list|search|lookup)`)
)

// calls says what of AWS's API a resource calls that may change a network, empty if nothing.
func calls(r *config.Resource) string {
	argument := callers[r.Type]
	if argument == "" {
		return ""
	}
	why := ""
	config.Each(r.Argument(argument), func(leaf any) {
		switch v := leaf.(type) {
		case string:
			why = first(why, called(v))
		case config.Text:
			why = first(why, called(v.String()))
		case config.Ref:
			if v.Resource.Type == "aws_ssm_document" {
				why = first(why, "it runs "+v.Resource.String()+", which may change the network")
			}
		case config.Unknown:
			// What is encoded in the stack is in the expression itself.
			written := r.Written(argument)
			why = first(why, called(written))
			if r.Type == "aws_sfn_state_machine" && (!strings.HasPrefix(written, "${jsonencode(") || elsewhere.MatchString(written)) {
				why = first(why, "what it calls is not known, and may change the network: "+v.Why)
			}
		}
	})
	return why
}

func first(texts ...string) string {
	at := slices.IndexFunc(texts, func(text string) bool { return text != "" })
	if at < 0 {
		return ""
	}
	return texts[at]
}

// called is why what a text calls may change a network.
func called(text string) string {
	if automation.MatchString(text) {
		return "it runs a document of Systems Manager, which may change the network"
	}
	for _, call := range sdkCall.FindAllStringSubmatch(text, -1) {
		if slices.Contains(networkAPIs, strings.ToLower(call[1])) && !reads.MatchString(call[2]) {
			return "it calls " + call[1] + ":" + call[2] + ", which may change the network"
		}
	}
	return ""
}
