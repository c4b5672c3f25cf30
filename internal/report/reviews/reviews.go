// Package reviews reports what of an estate is to be looked at again, how often, and by which command.
package reviews

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"hubspoke/estate/cluster"
	"hubspoke/internal/report/document"
	"hubspoke/internal/report/source"
	"hubspoke/internal/words"
)

// Of is the schedule of an estate.
func Of(s *source.Source) *document.Document {
	d := &document.Document{
		Title: "Reviews of " + s.Estate.Name,
		About: []string{
			"What to look at again, how often, and how, by what the estate has. How often is a proposal: what it commits to is yours. " +
				"Keep each report under version control, and read its difference.",
		},
	}
	ends(s, d)
	weekly(s, d)
	monthly(s, d)
	quarterly(s, d)
	yearly(s, d)
	return d
}

// ends is the section on what has an end.
func ends(s *source.Source, d *document.Document) {
	about := "Days are reckoned from `as_of` in estate.yaml, " + s.Estate.AsOf.String() + ", or `--date`."
	if s.Estate.AsOf.IsZero() {
		about = "`as_of` in estate.yaml, or `--date`, says from which day on: without it no days are counted."
	}
	section := d.Section("What ends", about).Table("what", "ends", "in days", "then")
	for _, r := range s.Made("aws_eks_cluster") {
		version := source.Text(r.Argument("version"))
		standard, extended, ok := cluster.SupportEnds(version)
		if !ok {
			section.Row(fmt.Sprintf("Kubernetes %s of %s", version, source.Name(r)), "not known", "", "look it up: the table of versions is older than it")
			continue
		}
		section.Row(fmt.Sprintf("Kubernetes %s of %s, standard support", version, source.Name(r)), standard.Format(time.DateOnly), days(s, standard), "EKS charges extra")
		section.Row(fmt.Sprintf("Kubernetes %s of %s, extended support", version, source.Name(r)), extended.Format(time.DateOnly), days(s, extended), "EKS upgrades it by itself")
	}
	slices.SortStableFunc(section.Rows, func(a, b []string) int { return strings.Compare(a[1]+a[0], b[1]+b[0]) })
	for _, r := range s.Made("aws_acm_certificate") {
		section.Row("certificate of "+source.Text(r.Argument("domain_name")), "a year after it was issued", "", "ACM renews it, as long as its record is in DNS")
	}
	for _, r := range s.Made("aws_db_instance") {
		if r.Argument("replicate_source_db") == nil {
			section.Row(fmt.Sprintf("%s %s of %s", source.Text(r.Argument("engine")), source.Text(r.Argument("engine_version")), source.Name(r)), "by AWS's calendar", "", "RDS charges extra, then upgrades it: `aws rds describe-db-major-engine-versions`")
		}
	}
	if len(section.Rows) == 0 {
		section.Text = append(section.Text, "Nothing that the estate names has an end.")
	}
}

// days are those until a day, from the day that the estate was reviewed on.
func days(s *source.Source, day time.Time) string {
	if s.Estate.AsOf.IsZero() {
		return ""
	}
	from, err := time.Parse(time.DateOnly, s.Estate.AsOf.String())
	if err != nil {
		return ""
	}
	return fmt.Sprint(int(day.Sub(from) / (24 * time.Hour)))
}

func weekly(s *source.Source, d *document.Document) {
	section := d.Section("Every week")
	alarms := map[string]int{}
	for _, r := range s.Made("aws_cloudwatch_metric_alarm") {
		alarms[r.Region]++
	}
	if len(alarms) > 0 {
		for _, region := range slices.Sorted(maps.Keys(alarms)) {
			section.Do("", fmt.Sprintf("Which of %s in %s ring, in each account.", words.Count(alarms[region], "alarm"), region),
				fmt.Sprintf("aws cloudwatch describe-alarms --region %s --state-value ALARM --query 'MetricAlarms[].[AlarmName,StateUpdatedTimestamp]' --output text", region))
		}
	} else {
		section.Do("", "There are no alarms: `alarms.topics` in estate.yaml makes them. Until then look at what logs say, by the saved queries of `report logs`.")
	}
	if s.Estate.HasSecurity() {
		section.Do(s.Estate.Org.Security.Account, "New findings of GuardDuty, Inspector, Access Analyzer and Security Hub.",
			fmt.Sprintf(`aws securityhub get-findings --region %s --filters '{"WorkflowStatus":[{"Value":"NEW","Comparison":"EQUALS"}],"RecordState":[{"Value":"ACTIVE","Comparison":"EQUALS"}],"SeverityLabel":[{"Value":"CRITICAL","Comparison":"EQUALS"},{"Value":"HIGH","Comparison":"EQUALS"}]}' --query 'Findings[].[AwsAccountId,Title]' --output text`, s.Estate.Region))
	}
	for _, r := range s.Made("aws_ecr_repository") {
		section.Do(s.Account(r.Account), "What scans found in the images of "+source.Name(r)+". `tag` is the one that runs.",
			fmt.Sprintf(`aws ecr describe-image-scan-findings --region %s --repository-name %s --image-id imageTag="$tag" --query imageScanFindings.findingSeverityCounts`, r.Region, source.Name(r)))
	}
	section.Do("", "What has changed in AWS, and not in the estate.", "make diff")
}

func monthly(s *source.Source, d *document.Document) {
	section := d.Section("Every month")
	section.Do("", "Who may do what, against the last report: whoever is new from outside, and each administrator.", "go run ./cmd/estate report access "+s.Estate.Name)
	if len(s.Made("aws_ssoadmin_permission_set")) > 0 {
		section.Do("", "Who is in the groups that permission sets go to: "+strings.Join(groups(s), ", ")+". The estate does not know that.")
	}
	section.Do("", "What the proof notes, and what it excepts.", "make prove ARGS=--all")
	section.Do("", "What is charged for.", "make cost")
	for _, r := range s.Made("aws_networkfirewall_firewall") {
		section.Do(s.Account(r.Account), "Names that the firewall "+source.Name(r)+" lets out and nobody asks for any more, and those that it stops every day: its saved queries, in `report logs`.")
	}
	if len(s.Made("aws_route53_resolver_firewall_rule")) > 0 {
		section.Do("", "Names that DNS Firewall blocks and somebody needs, or only reports and should block: `dns.firewall` in estate.yaml.")
	}
}

// groups are the names of the groups that permission sets are given to.
func groups(s *source.Source) []string {
	all := map[string]bool{}
	for _, a := range s.Estate.Assignments() {
		all[a.Group] = true
	}
	return slices.Sorted(maps.Keys(all))
}

func quarterly(s *source.Source, d *document.Document) {
	section := d.Section("Every quarter")
	section.Do("", "What is encrypted, by which key, and who may use that.", "go run ./cmd/estate report encryption "+s.Estate.Name)
	section.Do("", "Whether the trails are whole: `Verify the trails` in this report.", "go run ./cmd/estate report logs "+s.Estate.Name)
	section.Do("", "Which controls are met, and why others are not.", "go run ./cmd/estate report compliance "+s.Estate.Name)
	section.Do("", "Which repositories are trusted, and whether each still is the one that is meant.", "go run ./cmd/estate check --subjects "+s.Estate.Name)
	section.Do("", "What the scanner finds, and which exceptions still have their reason.", "make scan")
	for _, r := range s.Made("aws_backup_plan") {
		section.Do(s.Account(r.Account), "Restore something of the plan "+source.Name(r)+", and use it: a backup is what was restored.",
			fmt.Sprintf("aws backup list-restore-jobs --region %s --by-status COMPLETED --max-results 20", r.Region))
	}
	for _, r := range s.Made("aws_db_instance") {
		if r.Argument("replicate_source_db") == nil {
			section.Do(s.Account(r.Account), "How far back "+source.Name(r)+" can be restored.",
				fmt.Sprintf("aws rds describe-db-instances --region %s --db-instance-identifier %s --query 'DBInstances[0].[LatestRestorableTime,BackupRetentionPeriod]'", r.Region, source.Name(r)))
		}
	}
	for _, r := range s.Made("aws_secretsmanager_secret") {
		section.Do(s.Account(r.Account), "When the secret "+source.Name(r)+" was changed, and read.",
			fmt.Sprintf("aws secretsmanager describe-secret --region %s --secret-id %s --query '[LastChangedDate,LastAccessedDate]'", r.Region, source.Name(r)))
	}
}

func yearly(s *source.Source, d *document.Document) {
	section := d.Section("Once or twice a year")
	section.Do("", "Try the runbook, in an account that nobody needs: an instance, a role, a spoke.", "go run ./cmd/estate report incident "+s.Estate.Name)
	for _, r := range s.Made("aws_iam_user") {
		section.Do(s.Account(r.Account), "Try break glass as "+source.Name(r)+", twice a year: the password, the device, one account. The alarm rings.",
			fmt.Sprintf("aws iam get-user --user-name %s --query User.PasswordLastUsed", source.Name(r)))
	}
	if len(s.Estate.Quotas) > 0 {
		section.Do("", fmt.Sprintf("Whether AWS still has %s at what estate.yaml states.", words.Count(len(s.Estate.Quotas), "quota")), "make check")
	}
	section.Do("", "Whether what was put off still is: versions, and the day in `as_of`, which a review moves.", "go run ./cmd/estate check --date \"$(date +%F)\" "+s.Estate.Name)
	section.Do("", "How long logs have to stay, by law and by contract, against what `report logs` says.")
	if s.Estate.IsOrganization() {
		section.Do("management", "Each account: does somebody need it, and does AWS know whom to write to? Those that nobody needs go to the unit `suspended`.",
			"aws organizations list-accounts --query 'Accounts[].[Name,Id,Status]' --output text")
	}
}
