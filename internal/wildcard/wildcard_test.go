package wildcard

import "testing"

func TestPatternsMatchAsInPolicies(t *testing.T) {
	for _, test := range []struct {
		pattern, text string
		want          bool
	}{
		{"*", "", true}, {"", "", true}, {"", "a", false}, {"a", "a", true}, {"a", "A", false}, {"?", "", false},
		{"iam:*", "iam:PassRole", true}, {"iam:*", "sts:AssumeRole", false}, {"*:Get?tem", "dynamodb:GetItem", true},
		{"arn:aws:iam::*:role/*", "arn:aws:iam::111111111111:role/path/name", true}, {"arn:aws:iam::*:role/a", "arn:aws:iam::111111111111:role/b/a", false},
		{"a*b*c", "abbbc", true}, {"a*b*c", "abbb", false}, {"**", "x", true}, {"[a]", "a", false},
		{"*a*a*a*a*a*a*a*a*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", false}, // in no time
	} {
		if got := Matches(test.pattern, test.text); got != test.want {
			t.Errorf("Matches(%q, %q): got %v", test.pattern, test.text, got)
		}
	}
}
