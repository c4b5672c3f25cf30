package test

import (
	"fmt"
	"strings"
	"testing"

	"hubspoke/proof/stackjson"
)

func TestEveryLogGroupHasAKey(t *testing.T) { eachStack(t, keylessGroups) }

// keylessGroups are the log groups that no key of the estate encrypts.
func keylessGroups(s *stackjson.Stack) []string {
	var problems []string
	for _, r := range s.Resources() {
		if r.Type == "aws_cloudwatch_log_group" && !r.Data && r.Body["kms_key_id"] == nil {
			problems = append(problems, r.Address()+" has no key")
		}
	}
	return problems
}

func TestEveryBucketSaysWhoAskedIt(t *testing.T) { eachStack(t, silentBuckets) }

// silentBuckets are those whose access nobody logs, but for those that take such logs.
func silentBuckets(s *stackjson.Stack) []string {
	logged := map[string]bool{}
	for _, r := range s.Resources() {
		if r.Type == "aws_s3_bucket_logging" {
			for _, key := range []string{"bucket", "target_bucket"} {
				logged[fmt.Sprint(r.Body[key])] = true
			}
		}
	}
	var problems []string
	for _, r := range s.Resources() {
		if r.Type == "aws_s3_bucket" && !r.Data && !logged["${"+r.Address()+".id}"] {
			problems = append(problems, r.Address()+" logs no access")
		}
	}
	return problems
}

// Whoever names a topic has every account's trail watched, as CIS asks. An organisation
// has one, which knows two things more.
func TestTrailsAreWatchedWhereSomebodyIsTold(t *testing.T) {
	const events, ofOrganization = 14, 2
	eachEstate(t, func(t *testing.T, e *synthesis) {
		for _, account := range e.AccountNames() {
			stack, want := account+"-baseline", 0
			if len(e.Alarms.Topics) > 0 && e.HasTrail(account) {
				want = events
			}
			if want > 0 && e.IsOrganization() {
				want += ofOrganization
			}
			for _, kind := range []string{"aws_cloudwatch_metric_alarm", "aws_cloudwatch_log_metric_filter"} {
				if got := count(e, stack, kind); got != want {
					t.Errorf("%s: %d resources %s, want %d", stack, got, kind, want)
				}
			}
			for _, r := range e.stack(stack).Resources() {
				if r.Type == "aws_cloudtrail" && (r.Body["cloud_watch_logs_role_arn"] != nil) != (want > 0) {
					t.Errorf("%s: the trail goes to %v", stack, r.Body["cloud_watch_logs_group_arn"])
				}
			}
		}
	})
}

func TestWhatIsNotWatchedIsSeen(t *testing.T) {
	s, err := stackjson.Parse("one", "one.json", []byte(`{"resource": {
		"aws_cloudwatch_log_group": {"bare": {"name": "a"}, "good": {"kms_key_id": "k"}},
		"aws_s3_bucket": {"silent": {}, "good": {}, "target": {}},
		"aws_s3_bucket_logging": {"good": {"bucket": "${aws_s3_bucket.good.id}", "target_bucket": "${aws_s3_bucket.target.id}"}}}}`))
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(append(keylessGroups(s), silentBuckets(s)...), ", ")
	if want := "aws_cloudwatch_log_group.bare has no key, aws_s3_bucket.silent logs no access"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
