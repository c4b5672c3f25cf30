package logs

import (
	"fmt"

	"hubspoke/internal/report/document"
	"hubspoke/internal/report/source"
	"hubspoke/proof/config"
)

// maintenance is the section on what to do with the logs from time to time.
func maintenance(s *source.Source, d *document.Document) {
	verify := d.Section("Verify the trails",
		"CloudTrail writes a signed digest every hour. The first command lists what was changed or deleted since it was written. Dates are examples.")
	for _, r := range s.Made("aws_cloudtrail") {
		if !source.Is(r.Argument("enable_log_file_validation")) {
			continue
		}
		name := source.Name(r)
		trailARN := s.Estate.Account(s.Account(r.Account)).In(r.Region).ARN("cloudtrail", "trail/"+name)
		whose := ""
		if source.Is(r.Argument("is_organization_trail")) {
			whose = ` --account-id "$account"  # each of the organisation's, one after the other`
		}
		verify.Do(s.Account(r.Account), "The trail "+name+".",
			fmt.Sprintf("aws cloudtrail validate-logs --region %s --trail-arn %s --start-time 2026-11-01T00:00:00Z --verbose%s", r.Region, trailARN, whose),
			fmt.Sprintf("aws cloudtrail get-trail-status --region %s --name %s", r.Region, trailARN))
	}
	restore := d.Section("Restore what was deleted", "A deleted object of a bucket with versions is behind a delete marker. `object` is its key.")
	for _, r := range placesOf(Sources(s)) {
		if r.Type == "aws_s3_bucket" && versioned(s, r) {
			restore.Do(s.Account(r.Account), "In "+source.Name(r)+".", deleted(r)...)
		}
	}
	extend := d.Section("Keep logs longer",
		"How long logs stay is `logs` in estate.yaml: `retention_days` for log groups, `expire_after_days` and `archive_after_days` for buckets, `object_lock_days` for their lock. "+
			"A longer time holds for what is there too; a lock for what is written from then on. What an inquiry needs is copied out, or held, before it expires:")
	for _, r := range placesOf(Sources(s)) {
		if r.Type == "aws_s3_bucket" && lock(s, r) != "" {
			extend.Do(s.Account(r.Account), "Hold an object of "+source.Name(r)+", for as long as nobody takes the hold away.",
				fmt.Sprintf("aws s3api put-object-legal-hold --region %s --bucket %s --key \"$object\" --legal-hold Status=ON", r.Region, source.Name(r)))
		}
	}
	if len(extend.Steps) == 0 {
		extend.Do("", "No bucket has a lock, so an inquiry copies what it needs to a place of its own.", `aws s3 sync "s3://$bucket/$prefix" "s3://$evidence/$prefix"`)
	}
}

func deleted(r *config.Resource) []string {
	name := source.Name(r)
	return []string{
		fmt.Sprintf(`aws s3api list-object-versions --region %s --bucket %s --prefix "$object" --query 'DeleteMarkers[?IsLatest].[Key,VersionId,LastModified]' --output text`, r.Region, name),
		fmt.Sprintf(`aws s3api delete-object --region %s --bucket %s --key "$object" --version-id "$marker"  # the marker's version: the object is back`, r.Region, name),
	}
}
