package hublogs

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"hubspoke/estate"
	"hubspoke/internal/policy"
)

func acme() *estate.Estate {
	e := &estate.Estate{}
	e.Project, e.Region = "acme", "ap-southeast-3"
	e.Accounts = map[string]string{"hub": "222222222222", "dev": "333333333333", "archive": "111111111111"}
	return e
}

func lists(s senders) [][]string {
	return [][]string{s.accounts, s.logs, s.trails, s.prefixes("arn:aws:s3:::b")}
}

func TestANewAccountIsInsertedAndMovesNothing(t *testing.T) {
	e := acme()
	before := lists(sendersOf(e))
	e.Accounts["qa"] = "250000000000"
	for i, after := range lists(sendersOf(e)) {
		added := slices.IndexFunc(after, func(v string) bool { return strings.Contains(v, "250000000000") })
		if added < 0 {
			t.Errorf("%q misses the new account", after)
		} else if rest := slices.Delete(slices.Clone(after), added, added+1); !slices.Equal(rest, before[i]) {
			t.Errorf("without the new account %q is left, want %q", rest, before[i])
		}
	}
}

// Services deliver for any account that asks them to, so each statement about a
// service says for which.
func TestEveryStatementNamesTheEstatesAccounts(t *testing.T) {
	s := sendersOf(acme())
	statements := slices.Concat(s.logDelivery("arn:aws:s3:::b"), s.logDeliveryKey(), s.trail("arn:aws:s3:::b"), s.trailKey())
	for _, st := range statements {
		if st.Effect != "" || len(st.Principal.Service) == 0 {
			t.Errorf("%s is not about a service", st.Sid)
		}
		if !namesAll(st.Condition, s.accounts) {
			t.Errorf("%s does not name every account in a condition on its source", st.Sid)
		}
	}
}

func namesAll(c policy.Condition, accounts []string) bool {
	for _, keys := range c {
		text, _ := json.Marshal(keys["aws:SourceArn"])
		if !slices.ContainsFunc(accounts, func(a string) bool { return !strings.Contains(string(text), ":"+a+":") }) {
			return true
		}
	}
	return false
}
