package guardrails

import (
	_ "embed"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"hubspoke/internal/awsaction"
	"hubspoke/proof/config"
	"hubspoke/proof/stackjson"
)

//go:embed deploy.txt
var deployText string

// call is an action that Terraform needs for a resource.
type call struct {
	action  string
	removes bool // only to remove it
}

// calls are the actions that Terraform needs for resources, by type.
var calls = sync.OnceValue(func() map[string][]call {
	all := map[string][]call{}
	for line := range strings.Lines(deployText) {
		words := strings.Fields(line)
		if words[0] == "#" {
			continue
		}
		for _, word := range words[2:] {
			name, removes := strings.CutPrefix(word, "-")
			if !strings.Contains(name, ":") {
				name = words[1] + ":" + name
			}
			all[words[0]] = append(all[words[0]], call{name, removes})
		}
	}
	return all
})

// settled are keys of conditions that an argument of the resource decides, by action.
//
//   - https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
//   - https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonrds.html
var settled = map[string]map[string]argument{
	"aws_instance":            {"ec2:instancetype": {"instance_type", ""}},
	"aws_db_instance":         {"rds:storageencrypted": {"storage_encrypted", "false"}, "rds:databaseengine": {"engine", ""}, "rds:publiclyaccessible": {"publicly_accessible", "false"}, "rds:databaseclass": {"instance_class", ""}},
	"aws_rds_cluster":         {"rds:storageencrypted": {"storage_encrypted", "false"}, "rds:databaseengine": {"engine", ""}},
	"aws_efs_file_system":     {"elasticfilesystem:encrypted": {"encrypted", "false"}},
	"aws_lambda_function_url": {"lambda:functionurlauthtype": {"authorization_type", ""}},
	"aws_ram_resource_share":  {"ram:requestedallowsexternalprincipals": {"allow_external_principals", "false"}},
}

// argument is what decides a key, and what it is where it is not written: "" for what is not known.
type argument struct{ name, otherwise string }

// passed are the arguments by which a resource gets a role of its own.
var passed = []string{"cloudwatch_role_arn", "cloud_watch_logs_role_arn", "execution_role_arn", "iam_role_arn", "monitoring_role_arn", "node_role_arn", "role_arn", "task_role_arn"}

// Deed is an action that a resource needs of the role that its stack is deployed by.
type Deed struct {
	Resource *config.Resource
	Role     string // its ARN
	Request  Request
	removes  bool
}

// deployments are all that the roles of the stacks' providers do in member accounts: all calls
// for all resources. Of a type that is not in the table nothing is known.
func (o *Organization) deployments() []Deed {
	if o.deeds != nil {
		return o.deeds
	}
	o.unlistedTypes = map[string]bool{}
	for _, s := range o.config.Stacks {
		for _, r := range s.Resources {
			account := o.byNumber[r.Account]
			if r.Data || account == nil || !strings.HasPrefix(r.Type, "aws_") {
				continue
			}
			role, _ := r.MadeBy().(string)
			if config.AccountOf(role) == "" {
				continue // people's own credentials, or not known
			}
			needs, known := calls()[r.Type]
			if !known {
				o.unlistedTypes[r.Type] = true
			}
			for _, c := range needs {
				if !c.removes || !kept(r) {
					o.deeds = append(o.deeds, o.deed(r, account, role, c, o.arn(r)))
				}
			}
			for _, name := range passed {
				if ref, ok := r.Argument(name).(config.Ref); ok && ref.Resource != nil && ref.Resource.Type == "aws_iam_role" {
					o.deeds = append(o.deeds, o.deed(r, account, role, call{action: "iam:PassRole"}, o.arn(ref.Resource)))
				}
			}
		}
	}
	return o.deeds
}

func (o *Organization) deed(r *config.Resource, account *Target, role string, c call, arn string) Deed {
	region := r.Region
	if at := globalRegion(c.action); at != "" {
		region = at
	}
	keys := o.member(account, role)
	keys["ec2:roledelivery"] = absent // no instance has this role
	if region != "" {
		keys["aws:requestedregion"] = Is(region)
	}
	for key, from := range settled[r.Type] {
		switch value := o.argument(r, from.name).(type) {
		case nil:
			if from.otherwise != "" {
				keys[key] = Is(from.otherwise)
			}
		case string, bool, float64:
			keys[key] = Is(fmt.Sprint(value))
		}
	}
	o.aliases(r, keys)
	requestTags(r, c.action, keys)
	return Deed{Resource: r, Role: role, removes: c.removes, Request: Request{Account: account, Member: true, Action: c.action, Resource: arn, Context: keys}}
}

// aliases says by which names a policy knows the key that a request is about: those which stacks give it.
// https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html
func (o *Organization) aliases(r *config.Resource, keys Context) {
	key := r
	switch r.Type {
	case "aws_kms_alias":
		if key = o.called("aws_kms_key", "", r.Argument("target_key_id"), r.Account); key == nil {
			return
		}
	case "aws_kms_key":
	default:
		return
	}
	names, known := []string{}, true
	for _, alias := range o.config.All("aws_kms_alias") {
		if o.called("aws_kms_key", "", alias.Argument("target_key_id"), alias.Account) == key {
			name, ok := alias.Argument("name").(string)
			names, known = append(names, name), known && ok
		}
	}
	switch {
	case !known:
	case len(names) == 0:
		keys["kms:resourcealiases"] = absent
	default:
		keys["kms:resourcealiases"] = Is(names...)
	}
}

// argument is an argument of a resource, or of the launch template that an instance has it from.
func (o *Organization) argument(r *config.Resource, name string) any {
	if value := r.Argument(name); value != nil || r.Type != "aws_instance" {
		return value
	}
	for _, item := range stackjson.List(r.Argument("launch_template")) {
		block, _ := item.(map[string]any)
		for _, key := range []string{"id", "name"} {
			if t := o.called("aws_launch_template", "name", block[key], r.Account); t != nil {
				return t.Argument(name)
			}
		}
	}
	return nil
}

// called is the resource of a type that a value refers to, or whose name it is, nil if that is none of these stacks.
func (o *Organization) called(kind, argument string, value any, account string) *config.Resource {
	if ref, ok := value.(config.Ref); ok && ref.Resource != nil && ref.Resource.Type == kind {
		return ref.Resource
	}
	name, ok := value.(string)
	if !ok || name == "" {
		return nil
	}
	for _, r := range o.config.All(kind) {
		if r.Account == account && r.Argument(argument) == name {
			return r
		}
	}
	return nil
}

// requestTags says which tags a request brings: what makes or tags a resource brings all of the
// resource's, other requests none.
func requestTags(r *config.Resource, action string, keys Context) {
	_, name, _ := strings.Cut(action, ":")
	making := slices.ContainsFunc([]string{"Create", "Run", "Tag", "AddTags", "Request", "Allocate", "POST", "PUT"}, func(verb string) bool { return strings.HasPrefix(name, verb) })
	tags, known := r.Tags()
	if making && !known {
		return
	}
	keys["aws:requesttag/*"], keys["aws:tagkeys"] = absent, absent
	if !making || len(tags) == 0 {
		return
	}
	names := slices.Sorted(maps.Keys(tags))
	keys["aws:tagkeys"] = Is(names...)
	for name, value := range tags {
		if text, ok := value.(string); ok {
			keys["aws:requesttag/"+strings.ToLower(name)] = Is(text)
		} else {
			delete(keys, "aws:requesttag/*")
		}
	}
}

// kept says whether Terraform refuses to destroy a resource.
func kept(r *config.Resource) bool {
	for _, item := range stackjson.List(r.Argument("lifecycle")) {
		if block, _ := item.(map[string]any); block["prevent_destroy"] == true || block["prevent_destroy"] == "true" {
			return true
		}
	}
	return false
}

// arn is the ARN of a resource as a pattern, `*` for what is not known of it. What is the account's has none.
func (o *Organization) arn(r *config.Resource) string {
	named := func(argument string) string {
		text, err := o.written(r.Argument(argument))
		if err != nil || text == "" {
			return "*"
		}
		return strings.ReplaceAll(text, hole, "*")
	}
	// refers is the ARN of what an argument names, which has the name in an argument of its own.
	refers := func(argument, kind, name, before string) string {
		if to := o.called(kind, name, r.Argument(argument), r.Account); to != nil {
			return o.arn(to)
		}
		return before + named(argument)
	}
	at := o.at(r.Account, r.Region)
	switch r.Type {
	case "aws_iam_role":
		path := "/"
		if r.Argument("path") != nil {
			path = named("path")
		}
		return at.IAM("role" + path + named("name"))
	case "aws_iam_role_policy", "aws_iam_role_policy_attachment":
		return refers("role", "aws_iam_role", "name", at.Role("*"))
	case "aws_iam_instance_profile":
		return at.IAM("instance-profile/" + named("name"))
	case "aws_s3_bucket":
		return at.Bucket(named("bucket"))
	case "aws_cloudwatch_log_group":
		return at.LogGroup(named("name"))
	case "aws_cloudwatch_log_metric_filter":
		return refers("log_group_name", "aws_cloudwatch_log_group", "name", at.LogGroup(""))
	case "aws_s3_account_public_access_block":
		return ""
	case "aws_instance":
		return at.ARN("ec2", "instance/*")
	}
	if strings.HasPrefix(r.Type, "aws_s3_bucket_") {
		return refers("bucket", "aws_s3_bucket", "bucket", at.Bucket(""))
	}
	return "*"
}

// reads are what a plan reads of the services that an account's stacks use: all that these
// have of it, in the regions where they use them.
func (o *Organization) reads(account *Target) map[string][]string {
	in := map[string]map[string]bool{} // the regions of services
	for _, d := range o.deployments() {
		if d.Request.Account == account {
			service, _, _ := strings.Cut(d.Request.Action, ":")
			if in[service] == nil {
				in[service] = map[string]bool{}
			}
			in[service][d.Resource.Region] = true
		}
	}
	all := map[string][]string{}
	for service, regions := range in {
		for _, verb := range []string{"Describe*", "Get*", "List*"} {
			if len(awsaction.Matching(service, verb)) > 0 {
				all[service+":"+verb] = slices.Sorted(maps.Keys(regions))
			}
		}
	}
	return all
}

// home is the region in which stacks have most in an account, and the organisation's where they have nothing.
func (o *Organization) home(account *Target) string {
	if o.homes == nil {
		number := map[string]map[string]int{}
		o.homes = map[string]string{}
		for _, s := range o.config.Stacks {
			for _, r := range s.Resources {
				if number[r.Account] == nil {
					number[r.Account] = map[string]int{}
				}
				if r.Region != "" {
					number[r.Account][r.Region]++
				}
			}
		}
		for account, in := range number {
			for _, region := range slices.Sorted(maps.Keys(in)) {
				if in[region] > in[o.homes[account]] {
					o.homes[account] = region
				}
			}
		}
	}
	if region := o.homes[account.Number]; region != "" {
		return region
	}
	return o.Resource.Region
}

// globalRegion is the region that requests to a service with one endpoint for all regions name, ""
// for a service that has an endpoint in each.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requestedregion
func globalRegion(action string) string {
	service, _, _ := strings.Cut(strings.ToLower(action), ":")
	switch service {
	case "account", "artifact", "billing", "budgets", "ce", "cloudfront", "health", "iam", "organizations", "route53", "route53domains", "shield", "support":
		return "us-east-1"
	case "globalaccelerator", "networkmanager":
		return "us-west-2"
	}
	return ""
}

// partition is AWS's partition of the organisation's region.
func (o *Organization) partition() string {
	switch region := o.Resource.Region; {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
