package proof

import (
	"slices"
	"strings"
	"testing"
)

// What is synthesized encrypts sessions and their log; who takes a key away is told.
func TestSessionLogsWithoutAKeyAreFound(t *testing.T) {
	const group, document = "dev-baseline resource aws_cloudwatch_log_group sessions kms_key_id", "dev-baseline resource aws_ssm_document sessions content"
	edit := func(old, new string) change {
		return func(s stacks) {
			body := s.at("dev-baseline resource aws_ssm_document sessions")
			before, _ := body["content"].(string)
			if !strings.Contains(before, old) {
				panic(document + " has no " + old)
			}
			body["content"] = strings.Replace(before, old, new, 1)
		}
	}
	for name, test := range map[string]struct {
		change change
		want   string
	}{
		"as it is":                 {nil, ""},
		"a log without a key":      {drop(group), "session-log-without-key"},
		"a log that may have none": {edit(`"cloudWatchEncryptionEnabled":true`, `"cloudWatchEncryptionEnabled":false`), "session-log-without-key"},
		"sessions without a key":   {edit("${aws_kms_key.sessions.arn}", ""), "session-without-key"},
		"sessions without a log":   {edit(`"cloudWatchLogGroupName":"/sessions/piksel-dev"`, `"cloudWatchLogGroupName":""`), "session-not-logged"},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for _, f := range prove(t, test.change).Invariants {
				if code := f.Kind.Code(); strings.HasPrefix(code, "session-") && !slices.Contains(got, code) {
					got = append(got, code)
				}
			}
			if strings.Join(got, " ") != test.want {
				t.Errorf("found %v, want %s", got, test.want)
			}
		})
	}
}
