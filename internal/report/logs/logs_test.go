package logs

import (
	"strings"
	"testing"

	"hubspoke/internal/report/reporttest"
)

func TestWhatIsNotLoggedOrNotKeptIsAGap(t *testing.T) {
	for name, test := range map[string]struct {
		estate string
		change reporttest.Change
		want   string
	}{
		"no flow log":   {"piksel", reporttest.Change{Stack: "dev-network", From: `"aws_flow_log"`, To: `"aws_other"`}, "dev-network/aws_vpc.main | no flow log |"},
		"no queries":    {"piksel", reporttest.Change{Stack: "dev-network", From: `"aws_route53_resolver_query_log_config_association"`, To: `"aws_other"`}, "dev-network/aws_vpc.main | its DNS queries are not logged |"},
		"no audit log":  {"piksel", reporttest.Change{Stack: "dev-eks", From: `"audit"`, To: `"other"`}, "dev-eks/aws_eks_cluster.cluster | no audit log |"},
		"no digests":    {"piksel", reporttest.Change{Stack: "dev-baseline", From: `"enable_log_file_validation": true`, To: `"enable_log_file_validation": false`}, "dev-baseline/aws_cloudtrail.account | no digests"},
		"one region":    {"piksel", reporttest.Change{Stack: "dev-baseline", From: `"is_multi_region_trail": true`, To: `"is_multi_region_trail": false`}, "one region alone"},
		"no trail":      {"piksel", reporttest.Change{Stack: "dev-baseline", From: `"enable_logging": true`, To: `"enable_logging": false`}, "| dev | account | no trail records it |"},
		"not of all":    {"innovate", reporttest.Change{Stack: "management-baseline", From: `"is_organization_trail": true`, To: `"is_organization_trail": false`}, "| prod | account | no trail records it |"},
		"kept for ever": {"piksel", reporttest.Change{Stack: "dev-network", From: `"retention_in_days": 90`, To: `"retention_in_days": 0`}, "dev-network/aws_cloudwatch_log_group.main_flow_logs | nothing in it ever expires |"},
		"no versions": {"piksel", reporttest.Change{Stack: "hub-logs", From: `"status": "Enabled"
        }`, To: `"status": "Suspended"
        }`}, "hub-logs/aws_s3_bucket.trail | no versions"},
		"nothing expires": {"piksel", reporttest.Change{Stack: "hub-logs", From: `"days": 400`, To: `"days": 0`}, "hub-logs/aws_s3_bucket.trail | nothing in it ever expires |"},
		"elsewhere":       {"piksel", reporttest.Change{Stack: "hub-dns", From: `"destination_arn": "${data.terraform_remote_state.hub_logs.outputs.query_logs_bucket_arn}"`, To: `"destination_arn": "arn:aws:s3:::theirs"`}, "it is written to arn:aws:s3:::theirs, which no stack makes"},
	} {
		if before := reporttest.Section(t, Of(reporttest.Reviewed(t, test.estate)), "Gaps"); strings.Contains(before, test.want) {
			t.Errorf("%s: is a gap before the change:\n%s", name, before)
		}
		if after := reporttest.Section(t, Of(reporttest.Reviewed(t, test.estate, test.change)), "Gaps"); !strings.Contains(after, test.want) {
			t.Errorf("%s: %q is not among\n%s", name, test.want, after)
		}
	}
}

// Every kind of writer is in an estate under test, and says where it writes.
func TestEveryLogHasAPlace(t *testing.T) {
	seen := map[string]bool{}
	for _, estate := range reporttest.Estates {
		for _, one := range Sources(reporttest.Reviewed(t, estate)) {
			seen[one.Resource.Type] = true
			if one.To == nil && one.Named == "" {
				t.Errorf("%s: %s: %s is written nowhere", estate, one.Resource, one.What)
			}
			if one.To != nil && one.To.Type == "aws_s3_bucket" && one.Prefix == "" {
				t.Errorf("%s: %s: %s has no prefix in %s", estate, one.Resource, one.What, one.To)
			}
		}
	}
	for kind := range writers {
		if !seen[kind] {
			t.Errorf("no estate has a log of %s", kind)
		}
	}
}

func TestALockIsSaidAndHolds(t *testing.T) {
	s := reporttest.Reviewed(t, "options")
	if got := reporttest.Section(t, Of(s), "Buckets"); !strings.Contains(got, "governance, 30 days") {
		t.Errorf("no lock is in\n%s", got)
	}
	if got := reporttest.Section(t, Of(s), "Keep logs longer"); !strings.Contains(got, "aws s3api put-object-legal-hold") {
		t.Errorf("no hold is in\n%s", got)
	}
	if got := reporttest.Section(t, Of(reporttest.Reviewed(t, "piksel")), "Keep logs longer"); strings.Contains(got, "put-object-legal-hold") {
		t.Errorf("a bucket without a lock takes no holds:\n%s", got)
	}
}
