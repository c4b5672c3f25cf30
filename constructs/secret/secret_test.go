package secret

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/arn"
)

var account = arn.Account{Partition: "aws", Region: "eu-central-1", Number: "111111111111"}

func TestANameThatIsTooLongIsRefused(t *testing.T) {
	key := "key"
	if _, err := New(nil, "x", Config{Name: strings.Repeat("x", 513), Account: account, KeyARN: &key}); err == nil || !strings.Contains(err.Error(), "takes 512") {
		t.Error(err)
	}
}

// The policy of a secret gives nobody anything: it keeps out other accounts, and from the
// value all but those that it names.
func TestOnlyReadersHaveTheValue(t *testing.T) {
	for _, readers := range [][]string{nil, {account.Role("acme-dev-backend")}} {
		statements := Config{Name: "x", Account: account, Readers: readers}.statements()
		for _, s := range statements {
			if s.Effect != "Deny" || !s.Principal.Anyone {
				t.Errorf("%s allows something, or not for everybody", s.Sid)
			}
		}
		if got := statements[0].Condition["StringNotEquals"]["aws:PrincipalAccount"]; !slices.Equal(got, []string{account.Number}) {
			t.Errorf("it is for %v", got)
		}
		if got := statements[1].Condition["ArnNotEquals"]["aws:PrincipalArn"]; !slices.Equal(got, readers) {
			t.Errorf("%v read it, want %v", got, readers)
		}
	}
}
