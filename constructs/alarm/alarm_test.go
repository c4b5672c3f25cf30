package alarm

import (
	"strings"
	"testing"
)

// An alarm compares a metric or the value of a query, and never both.
func TestAnAlarmIsAboutAMetricOrAQuery(t *testing.T) {
	both := Config{Name: "a", Namespace: "AWS/Backup", Metric: "m", Statistic: "Sum", Query: `SELECT SUM(m) FROM "AWS/Backup"`, Comparison: Above, Periods: 1}
	neither := Config{Name: "a", Comparison: Above, Periods: 1}
	for _, c := range []Config{both, neither} {
		if _, err := New(nil, "x", c); err == nil || !strings.Contains(err.Error(), "want a name, a metric") {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
