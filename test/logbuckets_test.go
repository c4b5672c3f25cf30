package test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/proof/stackjson"
	"hubspoke/stacks"
)

// maxSessionPolicy is how many characters AWS takes as a session policy:
// https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRole.html
const maxSessionPolicy = 2048

// A flow log that is made by somebody who may change the policy of its bucket changes
// it, behind the back of the stack that wrote it.
func TestOnlyHubLogsMayTouchThePoliciesOfLogBuckets(t *testing.T) {
	eachEstate(t, func(t *testing.T, e *synthesis) {
		var buckets []string
		for _, r := range e.stack("hub-logs").Resources() {
			if r.Type == "aws_s3_bucket" {
				buckets = append(buckets, fmt.Sprintf("arn:%s:s3:::%s", e.Partition(), r.Body["bucket"]))
			}
		}
		if len(buckets) < 2 {
			t.Fatalf("hub-logs has the buckets %v", buckets)
		}
		for _, listed := range e.list {
			for _, p := range providers(e.stack(listed.Name)) {
				inside := slices.Contains(p.accounts, e.Accounts[e.Logs.Account])
				trusted := listed.Kind == stacks.Bootstrap || listed.Kind == stacks.HubLogs
				kept := buckets
				if listed.Kind == stacks.HubDNS {
					// Whoever makes the query log configuration may need the policy of its bucket.
					kept = slices.DeleteFunc(slices.Clone(buckets), func(b string) bool { return strings.Contains(b, "-"+string(estate.QueryLogKind)+"-") })
					if inside && len(p.sessionProblems(buckets, true)) == 0 {
						t.Errorf("%s: provider %s may not even read the policy of the bucket that it sends queries to", listed.Name, p.name)
					}
				}
				for _, problem := range p.sessionProblems(kept, inside && !trusted) {
					t.Errorf("%s: provider %s: %s", listed.Name, p.name, problem)
				}
			}
		}
	})
}

// configured is a provider of a stack: the accounts that it works in, and the session
// policy with which it does.
type configured struct {
	name     string
	accounts []string
	session  string
}

func providers(s *stackjson.Stack) []configured {
	var content struct {
		Provider struct {
			AWS []struct {
				Alias             string   `json:"alias"`
				AllowedAccountIDs []string `json:"allowed_account_ids"`
				AssumeRole        []struct {
					Policy string `json:"policy"`
				} `json:"assume_role"`
			} `json:"aws"`
		} `json:"provider"`
	}
	if err := json.Unmarshal(s.Text, &content); err != nil {
		panic(err)
	}
	var all []configured
	for _, p := range content.Provider.AWS {
		c := configured{name: "aws." + p.Alias, accounts: p.AllowedAccountIDs}
		for _, role := range p.AssumeRole {
			c.session += role.Policy
		}
		all = append(all, c)
	}
	return all
}

// sessionProblems says how a session policy fails to keep a provider from the policies
// of some buckets, and from nothing else; or that there is one where none belongs.
func (c configured) sessionProblems(buckets []string, wanted bool) []string {
	if !wanted {
		if c.session != "" {
			return []string{"has a session policy that it does not need"}
		}
		return nil
	}
	if c.session == "" {
		return []string{"may change the policies of the log buckets"}
	}
	var document struct{ Statement []statement }
	if err := json.Unmarshal([]byte(c.session), &document); err != nil {
		return []string{err.Error()}
	}
	var problems []string
	if len(c.session) > maxSessionPolicy {
		problems = append(problems, fmt.Sprintf("its session policy has %d characters, and AWS takes %d", len(c.session), maxSessionPolicy))
	}
	may := func(action, resource string) bool {
		says := func(effect string) bool {
			return slices.ContainsFunc(document.Statement, func(s statement) bool {
				return s.Effect == effect && matchesAny(s.Action, action) && matchesAny(s.Resource, resource)
			})
		}
		return says("Allow") && !says("Deny")
	}
	for _, bucket := range buckets {
		for _, action := range []string{"s3:PutBucketPolicy", "s3:GetBucketPolicy", "s3:DeleteBucketPolicy"} {
			if may(action, bucket) {
				problems = append(problems, "may "+action+" of "+bucket)
			}
		}
		if !may("s3:PutObject", bucket+"/x") {
			problems = append(problems, "may not even write to "+bucket)
		}
	}
	if !may("s3:PutBucketPolicy", "arn:aws:s3:::another") {
		problems = append(problems, "may not change the policies of other buckets")
	}
	return problems
}

func TestProvidersThatMayTouchLogBucketsAreSeen(t *testing.T) {
	const all = `{"Effect":"Allow","Action":["*"],"Resource":["*"]}`
	policy := func(actions, resources string) string {
		return `{"Statement":[` + all + `,{"Effect":"Deny","Action":[` + actions + `],"Resource":[` + resources + `]}]}`
	}
	const three, bucket = `"s3:PutBucketPolicy","s3:GetBucketPolicy","s3:DeleteBucketPolicy"`, `"arn:aws:s3:::logs"`
	for _, test := range []struct {
		name, session string
		wanted, good  bool
	}{
		{"nothing where nothing is needed", "", false, true},
		{"nothing where it is needed", "", true, false},
		{"as it should be", policy(three, bucket), true, true},
		{"where it is not needed", policy(three, bucket), false, false},
		{"another bucket", policy(three, `"arn:aws:s3:::lags"`), true, false},
		{"an action less", policy(`"s3:PutBucketPolicy"`, bucket), true, false},
		{"too much", policy(`"s3:*"`, `"*"`), true, false},
		{"allowed", `{"Statement":[` + all + `]}`, true, false},
	} {
		problems := configured{session: test.session}.sessionProblems([]string{"arn:aws:s3:::logs"}, test.wanted)
		if (len(problems) == 0) != test.good {
			t.Errorf("%s: %v", test.name, problems)
		}
	}
}
