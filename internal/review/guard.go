package review

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/compare"
	"hubspoke/proof/stackjson"
)

// guard is an argument that protects as long as it has a value.
type guard struct {
	path, safe string
	// fallback is the value that the provider takes where none is written.
	fallback string
	means    string
}

// guarding are the arguments that protect, by type of resource. The provider plans to switch them
// off like any other change.
var guarding = map[string][]guard{
	"aws_cloudtrail": {
		{"enable_logging", "true", "true", "the trail records nothing any more"},
		{"is_multi_region_trail", "true", "false", "the trail records other regions no more"},
		{"enable_log_file_validation", "true", "false", "nobody can tell any more whether its records were changed"},
	},
	"aws_ebs_encryption_by_default":      {{"enabled", "true", "true", "volumes are not encrypted by themselves any more"}},
	"aws_instance":                       {{"metadata_options.http_tokens", "required", "optional", "whoever can make it send a request reads the credentials of its role"}},
	"aws_kms_key":                        {{"enable_key_rotation", "true", "false", "the key is not rotated any more"}},
	"aws_launch_template":                {{"metadata_options.http_tokens", "required", "optional", "whoever can make an instance send a request reads the credentials of its role"}},
	"aws_ram_resource_share":             {{"allow_external_principals", "false", "true", "it may be shared outside of the organisation"}},
	"aws_s3_account_public_access_block": publicAccess,
	"aws_s3_bucket_public_access_block":  publicAccess,
}

// watchers are the types of resources whose end nobody else tells of, and what it means.
var watchers = map[string]string{
	"aws_cloudtrail":                     "what it recorded is recorded no more",
	"aws_ebs_encryption_by_default":      "volumes are not encrypted by themselves any more",
	"aws_flow_log":                       "who spoke to whom there is recorded no more",
	"aws_s3_account_public_access_block": "buckets of the account may become public",
}

var publicAccess = []guard{
	{"block_public_acls", "true", "false", "objects may become public"},
	{"block_public_policy", "true", "false", "a policy may make it public"},
	{"ignore_public_acls", "true", "false", "what was made public before is so again"},
	{"restrict_public_buckets", "true", "false", "a public policy lets in other accounts again"},
}

// switchedOff says which protection a resource has no more.
func switchedOff(c compare.Change) []string {
	var all []string
	if now := c.Is["provisioner"]; now != nil && compare.Text(now) != compare.Text(c.Was["provisioner"]) {
		all = append(all, "its provisioner runs a program when Terraform applies, with the credentials of whoever does")
	}
	if c.Is == nil && c.Effect == compare.Delete && watchers[c.Type] != "" {
		all = append(all, "is gone: "+watchers[c.Type])
	}
	if c.Was == nil || c.Is == nil {
		return all
	}
	for _, g := range guarding[c.Type] {
		if g.in(c.Was) == g.safe && g.in(c.Is) != g.safe {
			all = append(all, fmt.Sprintf("%s is no longer %s: %s", g.path, g.safe, g.means))
		}
	}
	if was, is := c.Was["permissions_boundary"], c.Is["permissions_boundary"]; was != nil && is == nil {
		all = append(all, "permissions_boundary is taken away: its own policies alone say what it may do")
	}
	ignored := func(body map[string]any) []string {
		lifecycle := block(body["lifecycle"])
		var names []string
		for _, name := range stackjson.List(lifecycle["ignore_changes"]) {
			names = append(names, fmt.Sprint(name))
		}
		return names
	}
	was := ignored(c.Was)
	if more := slices.DeleteFunc(ignored(c.Is), func(name string) bool { return slices.Contains(was, name) || slices.Contains(was, "all") }); len(more) > 0 {
		all = append(all, "lifecycle.ignore_changes has "+strings.Join(more, ", ")+": Terraform neither makes that as it is written here, nor notices what others do to it")
	}
	return all
}

// in is the value of the argument in a block.
func (g guard) in(body map[string]any) string {
	var value any = body
	for _, name := range strings.Split(g.path, ".") {
		value = block(value)[name]
	}
	if value == nil {
		return g.fallback
	}
	return fmt.Sprint(value)
}
