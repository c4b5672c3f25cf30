package source_test

import (
	"slices"
	"testing"

	"hubspoke/internal/report/reporttest"
	"hubspoke/internal/report/source"
)

func TestAPolicyIsReadWithTheNamesOfWhatItRefersTo(t *testing.T) {
	s := reporttest.Made(t, `"aws_iam_role": {"r": {"name": "reader"}}, "aws_kms_key": {"k": {"policy":
		"{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": {\"AWS\": \"${aws_iam_role.r.arn}\"}, \"Action\": \"kms:Dec*\", \"Resource\": \"*\", \"Condition\": {\"StringEquals\": {\"${aws_iam_role.r.name}:sub\": \"x\"}}}}"}}`)
	statements, err := source.Policy(s.Made("aws_kms_key")[0].Argument("policy"))
	if err != nil || len(statements) != 1 {
		t.Fatalf("%v, %v", statements, err)
	}
	st := statements[0]
	if st.Denies || !slices.Equal(st.Principals["AWS"], []string{"reader"}) || !st.Has("kms:decrypt") || st.Has("kms:Encrypt") || !slices.Equal(st.Condition("reader:sub"), []string{"x"}) {
		t.Errorf("read as %+v", st)
	}
	for _, text := range []any{"no policy", nil, 3.0} {
		if _, err := source.Policy(text); err == nil {
			t.Errorf("%v is a policy", text)
		}
	}
}

// A condition that holds without the key, or for all but some values, lets in others.
func TestAConditionThatBindsNobodyIsNone(t *testing.T) {
	for operator, want := range map[string]bool{"StringEquals": true, "ArnLike": true, "StringNotEquals": false, "StringEqualsIfExists": false, "Null": false} {
		st := source.Statement{Conditions: map[string]map[string][]string{operator: {"aws:PrincipalArn": {"x"}}}}
		if got := len(st.Condition("AWS:principalARN")) > 0; got != want {
			t.Errorf("%s: %t", operator, got)
		}
	}
}

func TestActionsArePatterns(t *testing.T) {
	for action, want := range map[string]bool{"*": true, "s3:*": true, "s3:Get*": true, "s3:Get?bject": true, "s3:Put*": false, "s3:Get": false, "": false} {
		if got := (source.Statement{Actions: []string{action}}).Has("s3:GetObject"); got != want {
			t.Errorf("%q: %t", action, got)
		}
	}
}

// A name that is known before it is deployed finds its resource, in the same account alone.
func TestAThingIsFoundByReferenceOrByName(t *testing.T) {
	s := reporttest.Made(t, `"aws_iam_role": {"a": {"name": "one"}, "b": {"name": "two"}},
		"aws_iam_role_policy": {"by_name": {"role": "two"}, "by_reference": {"role": "${aws_iam_role.a.id}"}, "nowhere": {"role": "three"}, "unset": {}}`)
	for name, want := range map[string]string{"by_name": "b", "by_reference": "a", "nowhere": "", "unset": ""} {
		for _, r := range s.Made("aws_iam_role_policy") {
			if r.Name != name {
				continue
			}
			got := ""
			if found := s.Find("aws_iam_role", r.Argument("role"), r); found != nil {
				got = found.Name
			}
			if got != want {
				t.Errorf("%s: found %q, want %q", name, got, want)
			}
		}
	}
}

func TestPeopleReadNamesOfAccounts(t *testing.T) {
	s := reporttest.Reviewed(t, "piksel")
	for text, want := range map[string]string{
		"*": "anybody", "222222222222": "dev", "999999999999": "999999999999", "arn:aws:iam::222222222222:root": "account dev", "arn:aws:iam::999999999999:role/x": "role/x of 999999999999",
	} {
		if got := s.Principal("AWS", text); got != want {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
