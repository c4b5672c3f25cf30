package proof

import (
	"strings"
	"testing"
)

func TestWhatIsNoQuestionIsToldByTheWord(t *testing.T) {
	for question, want := range map[string]string{
		"":                          "there is no -> in it",
		"dev":                       "there is no -> in it",
		"-> dev":                    "nobody stands before ->",
		"dev hub -> prod":           `one sender stands before ->, not "dev hub"`,
		"dev ->":                    "nobody stands after ->",
		"dev -> prod tcp/443 now":   `"now" is too much: after the receiver stands one word such as tcp/443`,
		"dev -> prod 443":           `"443" is a port without a protocol: write tcp/443 or udp/443`,
		"dev -> prod tpc/443":       `"tpc" is not one of tcp, udp, icmp, all (did you mean "tcp"?)`,
		"dev -> prod icmp/8":        "icmp has no ports: leave /8 out",
		"dev -> prod tcp/https":     `"https" is not a port like 443 or a range like 8000-8080`,
		"dev -> prod tcp/8080-8000": `"8080-8000" is not a port like 443 or a range like 8000-8080`,
	} {
		_, err := parse(question)
		if err == nil || !strings.Contains(err.Error(), ": "+want+"; want FROM -> TO") {
			t.Errorf("%q: got %v, want %s", question, err, want)
		}
	}
}

func TestQuestionsAreRead(t *testing.T) {
	for question, want := range map[string]string{
		"dev.private -> prod.private tcp/5432": "dev.private -> prod.private tcp/5432",
		"dev->10.1.2.3 udp/8000-8080":          "dev -> 10.1.2.3 udp/8000-8080",
		" * -> internet ":                      "* -> internet",
		"dev -> hub icmp":                      "dev -> hub icmp",
	} {
		f, err := parse(question)
		if err != nil || describe(f) != want {
			t.Errorf("%q is read as %q, %v", question, describe(f), err)
		}
	}
}
