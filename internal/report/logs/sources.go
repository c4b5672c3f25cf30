package logs

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

// Source is something that writes a log, with one of the places to which it does.
type Source struct {
	// Resource is what has the log written.
	Resource *config.Resource
	// What is the kind of log: `flow log`, `trail`.
	What string
	// Of is what the log is about: a VPC, a cluster.
	Of string
	// To is the bucket or log group, nil if no stack makes it.
	To *config.Resource
	// Named is what the place is called, where no stack makes it.
	Named string
	// Prefix is where in a bucket the log begins, "" in a log group.
	Prefix string
}

// writers are the types of resources that have logs written.
var writers = map[string]func(*source.Source, *config.Resource) []Source{
	"aws_api_gateway_stage":                     accessLog,
	"aws_apigatewayv2_stage":                    accessLog,
	"aws_cloudtrail":                            trail,
	"aws_config_delivery_channel":               configuration,
	"aws_db_instance":                           database,
	"aws_eks_cluster":                           controlPlane,
	"aws_flow_log":                              flows,
	"aws_networkfirewall_logging_configuration": firewall,
	"aws_route53_resolver_query_log_config":     queries,
	"aws_s3_bucket_logging":                     requests,
	"aws_ssm_document":                          sessions,
	"aws_vpn_connection":                        tunnels,
	"aws_wafv2_web_acl_logging_configuration":   webACL,
}

// Sources are all logs of an estate, in the order of stacks. Log groups that something writes by their
// name alone, such as an agent, come last.
func Sources(s *source.Source) []Source {
	var all []Source
	for _, r := range s.Made() {
		if read := writers[r.Type]; read != nil {
			all = append(all, read(s, r)...)
		}
	}
	for _, group := range s.Made("aws_cloudwatch_log_group") {
		if !slices.ContainsFunc(all, func(one Source) bool { return one.To == group }) {
			all = append(all, Source{Resource: group, What: "what is written by its name", Of: source.Name(group), To: group})
		}
	}
	return all
}

// place is the bucket or group that a value names.
func (one Source) place(s *source.Source, value any) Source {
	text := source.Text(value)
	if r := source.Target(value); r != nil && (r.Type == "aws_cloudwatch_log_group" || r.Type == "aws_s3_bucket") {
		one.To = r
	} else if bucket := s.Bucket(value); bucket != nil {
		one.To = bucket
	} else if group := s.Find("aws_cloudwatch_log_group", text, one.Resource); group != nil {
		one.To = group
	} else {
		one.Named = text
	}
	if one.To == nil || one.To.Type != "aws_s3_bucket" {
		one.Prefix = ""
	}
	return one
}

func trail(s *source.Source, r *config.Resource) []Source {
	prefix, of := "AWSLogs/"+r.Account+"/CloudTrail/", "API calls in "+s.Account(r.Account)
	if source.Is(r.Argument("is_organization_trail")) {
		prefix, of = "AWSLogs/", "API calls in every account"
		if s.Estate.Org != nil {
			prefix += s.Estate.Org.ID + "/"
		}
	}
	if at := source.Text(r.Argument("s3_key_prefix")); at != "" {
		prefix = at + "/" + prefix
	}
	all := []Source{Source{Resource: r, What: "trail", Of: of, Prefix: prefix}.place(s, r.Argument("s3_bucket_name"))}
	if group := r.Argument("cloud_watch_logs_group_arn"); group != nil {
		all = append(all, Source{Resource: r, What: "trail", Of: of}.place(s, group))
	}
	return all
}

func flows(s *source.Source, r *config.Resource) []Source {
	of := source.Text(r.Argument("vpc_id"))
	if of == "" {
		of = source.Text(r.Argument("transit_gateway_id"))
	}
	what := "flow log"
	if kind := source.Text(r.Argument("traffic_type")); kind != "" {
		what += ", " + strings.ToLower(kind)
	}
	return []Source{Source{Resource: r, What: what, Of: of, Prefix: fmt.Sprintf("AWSLogs/%s/vpcflowlogs/%s/", r.Account, r.Region)}.place(s, r.Argument("log_destination"))}
}

func queries(s *source.Source, r *config.Resource) []Source {
	var of []string
	for _, a := range s.Made("aws_route53_resolver_query_log_config_association") {
		if source.Target(a.Argument("resolver_query_log_config_id")) == r {
			of = append(of, source.Text(a.Argument("resource_id")))
		}
	}
	slices.Sort(of)
	return []Source{Source{Resource: r, What: "DNS queries", Of: strings.Join(of, ", "), Prefix: "AWSLogs/"}.place(s, r.Argument("destination_arn"))}
}

func firewall(s *source.Source, r *config.Resource) []Source {
	var all []Source
	for _, c := range source.Blocks(source.Block(r, "logging_configuration")["log_destination_config"]) {
		kind, to := source.Text(c["log_type"]), source.First(c["log_destination"])
		value := to["bucketName"]
		if value == nil {
			value = to["logGroup"]
		}
		prefix := fmt.Sprintf("AWSLogs/%s/network-firewall/%s/", r.Account, strings.ToLower(kind))
		if at := source.Text(to["prefix"]); at != "" {
			prefix = at + "/" + prefix
		}
		all = append(all, Source{Resource: r, What: "firewall, " + strings.ToLower(kind), Of: source.Text(r.Argument("firewall_arn")), Prefix: prefix}.place(s, value))
	}
	return all
}

func webACL(s *source.Source, r *config.Resource) []Source {
	var all []Source
	for _, value := range stackjson.List(r.Argument("log_destination_configs")) {
		all = append(all, Source{Resource: r, What: "web ACL", Of: source.Text(r.Argument("resource_arn")), Prefix: fmt.Sprintf("AWSLogs/%s/WAFLogs/", r.Account)}.place(s, value))
	}
	return all
}

func requests(s *source.Source, r *config.Resource) []Source {
	return []Source{Source{Resource: r, What: "requests to a bucket", Of: source.Text(r.Argument("bucket")), Prefix: source.Text(r.Argument("target_prefix"))}.place(s, r.Argument("target_bucket"))}
}

func configuration(s *source.Source, r *config.Resource) []Source {
	prefix := fmt.Sprintf("AWSLogs/%s/Config/%s/", r.Account, r.Region)
	if at := source.Text(r.Argument("s3_key_prefix")); at != "" {
		prefix = at + "/" + prefix
	}
	return []Source{Source{Resource: r, What: "configuration", Of: s.Where(r), Prefix: prefix}.place(s, r.Argument("s3_bucket_name"))}
}

// controlPlane writes to the group with this name, whether or not a stack makes it.
// https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
func controlPlane(s *source.Source, r *config.Resource) []Source {
	kinds := texts(r.Argument("enabled_cluster_log_types"))
	if len(kinds) == 0 {
		return nil
	}
	return []Source{Source{Resource: r, What: "cluster: " + strings.Join(kinds, ", "), Of: source.Name(r)}.place(s, "/aws/eks/"+source.Name(r)+"/cluster")}
}

func database(s *source.Source, r *config.Resource) []Source {
	var all []Source
	for _, kind := range texts(r.Argument("enabled_cloudwatch_logs_exports")) {
		all = append(all, Source{Resource: r, What: "database, " + kind, Of: source.Name(r)}.place(s, "/aws/rds/instance/"+source.Name(r)+"/"+kind))
	}
	return all
}

func accessLog(s *source.Source, r *config.Resource) []Source {
	to := source.Block(r, "access_log_settings")["destination_arn"]
	if to == nil {
		return nil
	}
	of := r.Argument("api_id")
	if of == nil {
		of = r.Argument("rest_api_id")
	}
	return []Source{Source{Resource: r, What: "API", Of: source.Text(of)}.place(s, to)}
}

func tunnels(s *source.Source, r *config.Resource) []Source {
	for _, tunnel := range []string{"tunnel1_log_options", "tunnel2_log_options"} {
		options := source.First(source.Block(r, tunnel)["cloudwatch_log_options"])
		if source.Is(options["log_enabled"]) {
			return []Source{Source{Resource: r, What: "VPN tunnels", Of: source.Name(r)}.place(s, options["log_group_arn"])}
		}
	}
	return nil
}

// sessions are the preferences of Session Manager in an account.
func sessions(s *source.Source, r *config.Resource) []Source {
	if r.Argument("document_type") != "Session" {
		return nil
	}
	text, _, err := config.WithHoles(r.Argument("content"))
	if err != nil {
		return nil
	}
	var content struct {
		Inputs struct{ CloudWatchLogGroupName, S3BucketName, S3KeyPrefix string }
	}
	if json.Unmarshal([]byte(text), &content) != nil {
		return nil
	}
	var all []Source
	if name := content.Inputs.CloudWatchLogGroupName; name != "" {
		all = append(all, Source{Resource: r, What: "sessions", Of: s.Account(r.Account)}.place(s, name))
	}
	if name := content.Inputs.S3BucketName; name != "" {
		all = append(all, Source{Resource: r, What: "sessions", Of: s.Account(r.Account), Prefix: content.Inputs.S3KeyPrefix}.place(s, name))
	}
	return all
}

func texts(value any) []string {
	var all []string
	for _, item := range stackjson.List(value) {
		if text, ok := item.(string); ok {
			all = append(all, text)
		}
	}
	return all
}
