package reviews

import (
	"bytes"
	"strings"
	"testing"

	"hubspoke/internal/report/reporttest"
	"hubspoke/internal/report/source"
)

func text(t *testing.T, s *source.Source) string {
	t.Helper()
	var out bytes.Buffer
	if err := Of(s).Write(&out, "markdown"); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// What an estate has is reviewed, and what it has not is not.
func TestTheScheduleIsThatOfTheEstate(t *testing.T) {
	for what, estates := range map[string]struct{ with, without string }{
		"Kubernetes 1.35 of piksel-dev, standard support | 2027-03-27": {"piksel", "innovate"},
		"Try break glass as":                   {"innovate", "piksel"},
		"Restore something of the plan":        {"innovate", "piksel"},
		"What scans found in the images of":    {"piksel", "innovate"},
		"aws securityhub get-findings":         {"innovate", "piksel"},
		"Names that the firewall":              {"innovate", "piksel"},
		"Names that DNS Firewall":              {"piksel", "innovate"},
		"can be restored.":                     {"artos", "piksel"},
		"When the secret":                      {"options", "piksel"},
		"certificate of":                       {"privatelink", "piksel"},
		"Which of 73 alarms in ap-southeast-3": {"piksel", "innovate"},
		"There are no alarms":                  {"mesh", "piksel"},
		"groups that permission sets go to":    {"innovate", "piksel"},
		"go to the unit `suspended`":           {"innovate", "piksel"},
	} {
		if got := text(t, reporttest.Reviewed(t, estates.with)); !strings.Contains(got, what) {
			t.Errorf("%s: %q is not in\n%s", estates.with, what, got)
		}
		if got := text(t, reporttest.Reviewed(t, estates.without)); strings.Contains(got, what) {
			t.Errorf("%s: %q is there", estates.without, what)
		}
	}
}

// Days are those from the day that the estate was reviewed on; a version that the table does
// not have has none.
func TestDaysAreReckonedFromTheReview(t *testing.T) {
	if got := text(t, reporttest.Reviewed(t, "piksel")); !strings.Contains(got, "| 2027-03-27 | 126 |") { // from 2026-11-21
		t.Errorf("126 days are not in\n%s", got)
	}
	got := text(t, reporttest.Reviewed(t, "piksel", reporttest.Change{Stack: "dev-eks", From: `"version": "1.35"`, To: `"version": "1.99"`}))
	if !strings.Contains(got, "Kubernetes 1.99 of piksel-dev | not known |") {
		t.Errorf("a version that nobody knows is not said in\n%s", got)
	}
}
