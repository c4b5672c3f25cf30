// Package logs reports what is logged, where it goes, how long it is kept, and who can read or lose it.
package logs

import (
	"fmt"
	"slices"
	"strings"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
)

// Of is the report on an estate.
func Of(s *source.Source) *document.Document {
	d := &document.Document{
		Title: "Logs of " + s.Estate.Name,
		About: []string{
			"What the synthesized stacks have logged, where that goes, how long it stays, and who reads or deletes it. " +
				"Whether a log arrives is not known here: the alarms on delivery, and the queries below, say that.",
		},
	}
	all := Sources(s)
	gaps(s, d, all)
	sources(s, d, all)
	buckets(s, d, all)
	groups(s, d, all)
	maintenance(s, d)
	return d
}

func sources(s *source.Source, d *document.Document, all []Source) {
	section := d.Section("What is logged").Table("account", "log", "of", "to", "below")
	for _, one := range all {
		to := one.Named + " (no stack makes it)"
		if one.To != nil {
			to = source.Name(one.To)
		}
		section.Row(s.Where(one.Resource), one.What, one.Of, to, one.Prefix)
	}
}

// gaps are what is not logged, not kept, or can be lost.
func gaps(s *source.Source, d *document.Document, all []Source) {
	section := d.Section("Gaps").Table("account", "what", "gap")
	for _, vpc := range s.Made("aws_vpc") {
		if !slices.ContainsFunc(s.Made("aws_flow_log"), func(r *config.Resource) bool { return source.Target(r.Argument("vpc_id")) == vpc }) {
			section.Row(s.Where(vpc), vpc.String(), "no flow log")
		}
		if !slices.ContainsFunc(s.Made("aws_route53_resolver_query_log_config_association"), func(r *config.Resource) bool { return source.Target(r.Argument("resource_id")) == vpc }) {
			section.Row(s.Where(vpc), vpc.String(), "its DNS queries are not logged")
		}
	}
	for _, cluster := range s.Made("aws_eks_cluster") {
		if !slices.Contains(texts(cluster.Argument("enabled_cluster_log_types")), "audit") {
			section.Row(s.Where(cluster), cluster.String(), "no audit log")
		}
	}
	for _, r := range s.Made("aws_cloudtrail") {
		if !source.Is(r.Argument("enable_log_file_validation")) {
			section.Row(s.Where(r), r.String(), "no digests: what was deleted or changed in the bucket is not seen")
		}
		if !source.Is(r.Argument("is_multi_region_trail")) {
			section.Row(s.Where(r), r.String(), "one region alone")
		}
	}
	for _, number := range s.Accounts() {
		if !s.Recorded(number, func(*config.Resource) bool { return true }) {
			section.Row(s.Account(number), "account", "no trail records it")
		}
	}
	for _, one := range all {
		if one.To == nil {
			section.Row(s.Where(one.Resource), one.Resource.String(), "it is written to "+one.Named+", which no stack makes: how long it is kept is not known")
		}
	}
	for _, r := range placesOf(all) {
		for _, gap := range keeping(s, r) {
			section.Row(s.Where(r), r.String(), gap)
		}
	}
	if len(section.Rows) == 0 {
		section.Text = []string{"None."}
	}
}

// placesOf are the buckets and groups of some logs, each once.
func placesOf(all []Source) []*config.Resource {
	var places []*config.Resource
	for _, one := range all {
		if one.To != nil && !slices.Contains(places, one.To) {
			places = append(places, one.To)
		}
	}
	return places
}

// keeping is what is wrong with how a place keeps its logs.
func keeping(s *source.Source, r *config.Resource) []string {
	var all []string
	if r.Type == "aws_cloudwatch_log_group" {
		if source.Number(r.Argument("retention_in_days")) == 0 {
			all = append(all, "nothing in it ever expires")
		}
		return all
	}
	if !versioned(s, r) {
		all = append(all, "no versions: what is overwritten or deleted is gone")
	}
	if kept, _ := lifecycle(s, r); kept == 0 {
		all = append(all, "nothing in it ever expires")
	}
	return all
}

func versioned(s *source.Source, bucket *config.Resource) bool {
	r := s.Beside("aws_s3_bucket_versioning", "bucket", bucket)
	return r != nil && source.Block(r, "versioning_configuration")["status"] == "Enabled"
}

// lifecycle is after how many days a bucket's objects expire, 0 for never, and when they go where before.
func lifecycle(s *source.Source, bucket *config.Resource) (days int, archived string) {
	r := s.Beside("aws_s3_bucket_lifecycle_configuration", "bucket", bucket)
	if r == nil {
		return 0, ""
	}
	for _, rule := range source.Blocks(r.Argument("rule")) {
		if rule["status"] != "Enabled" {
			continue
		}
		if n := source.Number(source.First(rule["expiration"])["days"]); n > 0 && (days == 0 || n < days) {
			days = n
		}
		if t := source.First(rule["transition"]); t["storage_class"] != nil {
			archived = fmt.Sprintf("%s after %d days", source.Text(t["storage_class"]), source.Number(t["days"]))
		}
	}
	return days, archived
}

// lock is how a bucket keeps objects from being deleted, "" if it does not.
func lock(s *source.Source, bucket *config.Resource) string {
	r := s.Beside("aws_s3_bucket_object_lock_configuration", "bucket", bucket)
	if r == nil {
		return ""
	}
	kept := source.First(source.Block(r, "rule")["default_retention"])
	return fmt.Sprintf("%s, %d days", strings.ToLower(source.Text(kept["mode"])), source.Number(kept["days"]))
}

// Kept is how long a bucket or a log group keeps what is written to it: `400 days`, or `for ever`.
func Kept(s *source.Source, r *config.Resource) string {
	days := source.Number(r.Argument("retention_in_days"))
	if r.Type == "aws_s3_bucket" {
		days, _ = lifecycle(s, r)
	}
	if days == 0 {
		return "for ever"
	}
	return fmt.Sprintf("%d days", days)
}

func buckets(s *source.Source, d *document.Document, all []Source) {
	section := d.Section("Buckets",
		"Who is named by the bucket's policy; roles of the bucket's own account need no more than their own policies. A deleted object leaves a version behind, until versions expire. "+
			"A lock in governance mode is lifted by whoever may `s3:BypassGovernanceRetention`, one in compliance mode by nobody.").
		Table("bucket", "account", "kept", "archived", "lock", "key", "who writes", "who reads", "who may not delete")
	for _, r := range placesOf(all) {
		if r.Type != "aws_s3_bucket" {
			continue
		}
		var writes, reads, denied string
		if policy := s.Beside("aws_s3_bucket_policy", "bucket", r); policy != nil {
			statements, err := source.Policy(policy.Argument("policy"))
			if err != nil {
				writes = err.Error()
			}
			writes, reads = strings.Join(s.Allowed(statements, "s3:PutObject"), "\n"), strings.Join(s.Allowed(statements, "s3:GetObject"), "\n")
			denied = cannotDelete(s, statements)
		}
		if reads == "" {
			reads = "account " + s.Account(r.Account)
		}
		_, archived := lifecycle(s, r)
		section.Row(source.Name(r), s.Where(r), Kept(s, r), archived, or(lock(s, r), "none"), key(s, r), writes, reads, or(denied, "nobody is kept from it by the policy"))
	}
}

// cannotDelete are those whom a bucket's policy keeps from deleting.
func cannotDelete(s *source.Source, statements []source.Statement) string {
	var all []string
	for _, st := range statements {
		if !st.Denies || !st.Has("s3:DeleteObject") || len(st.Condition("aws:SecureTransport")) > 0 {
			continue
		}
		all = append(all, or(st.Sid, "anybody"))
	}
	return strings.Join(all, ", ")
}

func key(s *source.Source, r *config.Resource) string {
	named := r.Argument("kms_key_id")
	if r.Type == "aws_s3_bucket" {
		configuration := s.Beside("aws_s3_bucket_server_side_encryption_configuration", "bucket", r)
		if configuration == nil {
			return "S3's own"
		}
		named = source.First(source.Block(configuration, "rule")["apply_server_side_encryption_by_default"])["kms_master_key_id"]
	}
	if named == nil {
		return "AWS's own"
	}
	if target := source.Target(named); target != nil {
		return s.KeyName(target)
	}
	return source.Text(named)
}

func groups(s *source.Source, d *document.Document, all []Source) {
	section := d.Section("Log groups", "A log group has no policy of its own on reading: whoever may `logs:*` in its account reads it, and deletes it. What is kept from that is in a bucket.").
		Table("log group", "account", "kept", "key", "saved queries")
	for _, r := range placesOf(all) {
		if r.Type == "aws_cloudwatch_log_group" {
			section.Row(source.Name(r), s.Where(r), Kept(s, r), key(s, r), strings.Join(SavedQueries(s, r), "\n"))
		}
	}
}

// SavedQueries are the names of the saved queries of a log group, sorted.
func SavedQueries(s *source.Source, group *config.Resource) []string {
	var all []string
	for _, q := range s.Made("aws_cloudwatch_query_definition") {
		if q.Account != group.Account || q.Region != group.Region {
			continue
		}
		names, _ := q.Argument("log_group_names").([]any)
		if slices.ContainsFunc(names, func(n any) bool {
			return source.Target(n) == group || source.Text(n) == source.Name(group)
		}) {
			all = append(all, source.Name(q))
		}
	}
	slices.Sort(all)
	return all
}

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
