package guardrail

import (
	"fmt"
	"strings"
	"testing"
)

const good = `{
  "Version": "2012-10-17",
  "Statement": [
    {
      "Sid": "NoGraphicsProcessors",
      "Effect": "Deny",
      "Action": ["ec2:RunInstances",
                 "ec2:StartInstances"],
      "Resource": "*",
      "Condition": {"StringLike": {"ec2:InstanceType": "p*"}}
    }
  ]
}
`

func told(problems []Problem) string {
	var all []string
	for _, p := range problems {
		doubt := ""
		if p.Doubtful {
			doubt = "?"
		}
		all = append(all, fmt.Sprintf("%d%s: %s", p.Line, doubt, p.Text))
	}
	return strings.Join(all, "\n")
}

func TestAPolicyIsStoredWithoutWhiteSpaceAndInItsOwnOrder(t *testing.T) {
	content, problems := Check([]byte(good), ServiceControl)
	want := `{"Version":"2012-10-17","Statement":[{"Sid":"NoGraphicsProcessors","Effect":"Deny","Action":["ec2:RunInstances","ec2:StartInstances"],"Resource":"*","Condition":{"StringLike":{"ec2:InstanceType":"p*"}}}]}`
	if content != want || problems != nil {
		t.Errorf("got %s, %v", content, problems)
	}
}

func TestWhatIsWrongWithAPolicyIsSaidWithItsLine(t *testing.T) {
	for _, test := range []struct {
		name, old, new, want string
	}{
		{"a comma too many", `"*",`, `"*",,`, "9: not JSON: invalid character ',' looking for beginning of object key string"},
		{"an end too early", "  ]\n}\n", "", "12: not JSON: unexpected end of JSON input"},
		{"something after it", "  ]\n}\n", "  ]\n}\n{}\n", "14: not JSON: invalid character '{' after top-level value"},
		{"a key stated twice", `"Effect": "Deny",`, `"Effect": "Deny", "Effect": "Allow",`, "6: Effect is stated twice"},
		{"a list", good, "[]", `1: want a policy: {"Version": "2012-10-17", "Statement": […]}`},
		{"no statement", good, `{"Version": "2012-10-17"}`, "1: there is no statement"},
		{"an older version", "2012-10-17", "2008-10-17", `2: Version has to be "2012-10-17"`},
		{"a misspelt element", `"Resource"`, `"Resources"`, "4: a statement has one of Resource and NotResource\n9: Resources is no element here: those are Action, Condition, Effect, NotAction, NotPrincipal, NotResource, Principal, Resource, Sid (did you mean \"Resource\"?)"},
		{"an effect that is none", `"Deny"`, `"deny"`, "6: Effect has to be Allow or Deny"},
		{"a misspelt action", "ec2:StartInstances", "ec2:StartInstence", "8: ec2:StartInstence is no action of ec2 (did you mean ec2:StartInstances? If it is newer than 2026-09, write ec2:StartInstence*)"},
		{"an action that may be new", "ec2:StartInstances", "ec2:Reticulate*", "8?: ec2:Reticulate* is like no action that AWS had in 2026-09: a policy about none does nothing"},
		{"a number for an action", `"ec2:StartInstances"`, `7`, "8: want the name of an action, such as s3:GetObject"},
		{"a principal", `"Effect"`, "\"Principal\": \"*\",\n      \"Effect\"", "6: a service control policy takes no Principal: it is about everybody in the accounts; exempt roles by a condition on aws:PrincipalArn"},
		{"an operator that is none", "StringLike", "StringsLike", `10: StringsLike is no operator of conditions (did you mean "StringLike"?)`},
		{"a condition without keys", `{"ec2:InstanceType": "p*"}`, `"p*"`, "10: want keys of the request and their values under StringLike"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if strings.Count(good, test.old) != 1 {
				t.Fatalf("%q stands %d times", test.old, strings.Count(good, test.old))
			}
			_, problems := Check([]byte(strings.Replace(good, test.old, test.new, 1)), ServiceControl)
			if got := told(problems); got != test.want {
				t.Errorf("got\n%s\nwant\n%s", got, test.want)
			}
		})
	}
}

func TestAResourceControlPolicyDeniesEverybodyByTheNameOfServices(t *testing.T) {
	for name, test := range map[string]struct{ statement, want string }{
		"right":                      {`"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"`, ""},
		"without a principal":        {`"Effect": "Deny", "Action": "s3:*", "Resource": "*"`, `1: Principal of a resource control policy has to be "*": exempt whom you mean by a condition`},
		"another principal":          {`"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "s3:*", "Resource": "*"`, `1: Principal of a resource control policy has to be "*": exempt whom you mean by a condition`},
		"allowing":                   {`"Effect": "Allow", "Principal": "*", "Action": "s3:*", "Resource": "*"`, "1: a resource control policy denies: AWS's own alone allows"},
		"not some actions":           {`"Effect": "Deny", "Principal": "*", "NotAction": "s3:*", "Resource": "*"`, "1: a resource control policy takes no NotAction: name the actions"},
		"everything":                 {`"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"`, "1: a resource control policy names services: s3:*"},
		"a service that has none":    {`"Effect": "Deny", "Principal": "*", "Action": "ec2:*", "Resource": "*"`, "1?: resource control policies were not about resources of ec2 in 2026-09"},
		"everybody but some":         {`"Effect": "Deny", "NotPrincipal": "*", "Action": "s3:*", "Resource": "*"`, "1: a resource control policy takes no NotPrincipal: exempt whom you mean by a condition on aws:PrincipalArn"},
		"two statements of one name": {`"Sid": "A", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"}, {"Sid": "A", "Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "*"`, "1: Sid A is another statement's too"},
	} {
		_, problems := Check([]byte(`{"Version": "2012-10-17", "Statement": [{`+test.statement+`}]}`), ResourceControl)
		if got := told(problems); got != test.want {
			t.Errorf("%s: got\n%s\nwant\n%s", name, got, test.want)
		}
	}
}

// Whatever a file holds, its lines are those of the file and nothing panics.
func FuzzCheck(f *testing.F) {
	f.Add(good)
	f.Add(`{"Version": 7, "Statement": [[], {"Action": {}, "Condition": {"Null": []}, "Effect": null}, 1]}`)
	f.Add(`[{"Statement": {"Principal": {"AWS": "*"}}}]`)
	f.Fuzz(func(t *testing.T, text string) {
		for _, kind := range []Type{ServiceControl, ResourceControl} {
			content, problems := Check([]byte(text), kind)
			for _, p := range problems {
				if p.Line < 1 || p.Line > 1+strings.Count(text, "\n") || p.Text == "" {
					t.Errorf("%q: %+v", text, p)
				}
			}
			if content == "" && problems == nil {
				t.Errorf("%q is no policy, and nothing is wrong with it", text)
			}
		}
	})
}
