package loggroup

import (
	"strings"
	"testing"

	"hubspoke/internal/arn"
)

func TestALogGroupThatWouldKeepItsEventsForEverIsRefused(t *testing.T) {
	for _, config := range []Config{{RetentionDays: 30}, {Name: "/a"}, {Name: "/a", RetentionDays: -1}} {
		if _, err := New(nil, "a", config); err == nil || !strings.Contains(err.Error(), "want a name and how many days") {
			t.Errorf("%+v: got %v", config, err)
		}
	}
}

// The order of the statement must not depend on that of whoever calls.
func TestAKeyIsForTheNamedGroupsAlone(t *testing.T) {
	s := KeyStatement("Logs", arn.Account{Partition: "aws", Region: "ap-southeast-3", Number: "222222222222"}, "/b", "/a")
	got := strings.Join(s.Condition["ArnEquals"]["kms:EncryptionContext:aws:logs:arn"], " ")
	if want := "arn:aws:logs:ap-southeast-3:222222222222:log-group:/a arn:aws:logs:ap-southeast-3:222222222222:log-group:/b"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if s.Principal.Anyone || strings.Join(s.Principal.Service, " ") != "logs.ap-southeast-3.amazonaws.com" {
		t.Errorf("it admits %+v", s.Principal)
	}
}
