package trail

import (
	"strings"
	"testing"
)

// CloudWatch refuses a longer pattern in the middle of an apply:
// https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutMetricFilter.html
func TestPatternsAreWhatCloudWatchTakes(t *testing.T) {
	const most = 1024
	seen := map[string]bool{}
	c := Config{Organization: "o-abcdefghij", Alarms: &Alarms{BreakGlass: &BreakGlass{Users: "arn:aws:iam::999999999999:user/break-glass/*", Role: "acme-break-glass"}}}
	all := c.watched()
	if len(all) != len(events)+2 {
		t.Errorf("%d events are watched", len(all))
	}
	for _, e := range all {
		if len(e.pattern) > most {
			t.Errorf("%s: %d characters", e.id, len(e.pattern))
		}
		for _, pair := range []string{"()", "{}"} {
			if strings.Count(e.pattern, pair[:1]) != strings.Count(e.pattern, pair[1:]) {
				t.Errorf("%s: unbalanced %s: %s", e.id, pair, e.pattern)
			}
		}
		if !strings.HasPrefix(e.pattern, "{") || !strings.HasSuffix(e.pattern, "}") || seen[e.id] {
			t.Errorf("%s: %s", e.id, e.pattern)
		}
		seen[e.id] = true
	}
}

// The pattern is CIS's own, letter by letter.
func TestChangesOfATrailAreFoundAsCISDoes(t *testing.T) {
	const want = `{($.eventName=CreateTrail)||($.eventName=UpdateTrail)||($.eventName=DeleteTrail)||($.eventName=StartLogging)||($.eventName=StopLogging)}`
	for _, e := range events {
		if e.id == "trail_changed" && e.pattern != want {
			t.Errorf("got %s, want %s", e.pattern, want)
		}
	}
}
