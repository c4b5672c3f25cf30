package test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"hubspoke/constructs/sessionpreferences"
	"hubspoke/internal/runner"
	"hubspoke/internal/tf"
	"hubspoke/proof/stackjson"
)

// savedPreferences are what Session Manager's console saves for somebody who has changed
// nothing there.
const savedPreferences = `{"schemaVersion": "1.0", "description": "Document to hold regional settings for Session Manager", "sessionType": "Standard_Stream",
 "inputs": {"s3BucketName": "", "s3KeyPrefix": "", "s3EncryptionEnabled": true, "cloudWatchLogGroupName": "", "cloudWatchEncryptionEnabled": true,
 "cloudWatchStreamingEnabled": true, "kmsKeyId": "", "runAsEnabled": false, "runAsDefaultUser": "", "idleSessionTimeout": "20", "maxSessionDuration": ""}}`

// preferences are the session preferences that an account has, nil if none are made.
func preferences(t *testing.T, e *synthesis, account string) map[string]any {
	t.Helper()
	for _, r := range e.stack(account + "-baseline").Resources() {
		if r.Type != "aws_ssm_document" {
			continue
		}
		var document struct{ Inputs map[string]any }
		if err := json.Unmarshal([]byte(text(r.Body["content"])), &document); err != nil {
			t.Fatal(err)
		}
		return document.Inputs
	}
	return nil
}

// Every account has one set of preferences, made by its baseline, which encrypt sessions and
// log them, unless something else makes them.
func TestEveryAccountHasItsSessionPreferences(t *testing.T) {
	for _, name := range tf.Keys(estates) {
		e := synthesized(t, name)
		documents := 0
		for _, s := range e.stacks {
			for _, r := range s.Resources() {
				if r.Type == "aws_ssm_document" {
					documents++
				}
			}
		}
		if want := len(e.AccountNames()) - len(e.Sessions.Elsewhere); documents != want {
			t.Errorf("%s: %d documents of preferences, want %d", name, documents, want)
		}
		for _, account := range e.AccountNames() {
			switch p := preferences(t, e, account); {
			case !e.HasSessionPreferences(account):
				if p != nil {
					t.Errorf("%s: %s has preferences, which are made elsewhere", name, account)
				}
			case p["kmsKeyId"] != "${aws_kms_key.sessions.arn}" || p["cloudWatchEncryptionEnabled"] != true || p["cloudWatchLogGroupName"] != e.SessionLogGroup(account):
				t.Errorf("%s: the sessions of %s are not encrypted and logged: %v", name, account, p)
			}
		}
	}
}

// Preferences are for every instance of the account. An instance that cannot use their key, or
// cannot write their log, has no sessions.
func TestEveryInstanceOfSessionManagerUsesItsAccountsPreferences(t *testing.T) {
	found := map[bool]int{}
	for _, name := range tf.Keys(estates) {
		e := synthesized(t, name)
		for _, s := range e.stacks {
			account := e.listed(s.Name).Account
			logging, resources := map[string]bool{}, map[string]stackjson.Resource{}
			for _, r := range s.Resources() {
				if r.Type == "aws_iam_role_policy" {
					resources[r.Name] = r
				}
			}
			eachPolicy(s, func(where string, statements []statement) {
				key, log := false, false
				for _, st := range statements {
					key = key || slices.Contains(st.Action, "kms:Decrypt") && slices.Contains(st.Condition["ForAnyValue:StringEquals"]["kms:ResourceAliases"], sessionpreferences.KeyAlias(e.SessionsName(account)))
					log = log || slices.Contains(st.Action, "logs:PutLogEvents") && slices.ContainsFunc(st.Resource, func(r string) bool { return strings.HasSuffix(r, ":"+e.SessionLogGroup(account)+":*") })
				}
				if resource, ok := strings.CutPrefix(where, "aws_iam_role_policy."); ok {
					logging[roleOf(resources[strings.TrimSuffix(resource, ".policy")])] = key && log
				}
			})
			for _, r := range s.Resources() {
				if r.Type != "aws_iam_role_policy_attachment" || !strings.HasSuffix(text(r.Body["policy_arn"]), "/AmazonSSMManagedInstanceCore") {
					continue
				}
				want := e.HasSessionPreferences(account)
				found[want]++
				if got := logging[roleOf(r)]; got != want {
					t.Errorf("%s: %s: %s may use the account's preferences: %v", s.Name, r.Address(), r.Body["role"], got)
				}
			}
		}
	}
	if found[true] < 3 {
		t.Errorf("only %v instances", found)
	}
}

// roleOf is the role that a policy is of, by name or by id.
func roleOf(r stackjson.Resource) string {
	return strings.TrimSuffix(strings.TrimSuffix(text(r.Body["role"]), ".id}"), ".name}")
}

// What somebody saved in the console is imported, and becomes what the estate says; without
// that, AWS would refuse a second document of the name.
func TestSavedSessionPreferencesAreTakenOver(t *testing.T) {
	installation := terraformFor(t)
	existing := edited(t, "piksel", edit{"estate.yaml", `\ndns:`, "\nsessions: {existing: [dev]}$0"})
	for name, test := range map[string]struct {
		saved bool
		want  runner.Changes
		fails string
	}{
		"saved":       {true, runner.Changes{Add: resources(existing.stack("dev-baseline")) - 1, Change: 1}, ""},
		"never saved": {false, runner.Changes{}, "Cannot import non-existent remote object"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			aws := withStates(t, existing)
			if test.saved {
				aws.PutSessionPreferences(existing.Accounts["dev"], savedPreferences)
			}
			folder, err := installation.Scratch(existing.stack("dev-baseline"), aws.Environment(existing.Accounts[existing.EntryAccount()]))
			if err != nil {
				t.Fatal(err)
			}
			if err := folder.Init(t.Context()); err != nil {
				t.Fatal(err)
			}
			changes, err := folder.Plan(t.Context())
			switch {
			case test.fails == "" && err != nil:
				t.Fatal(err)
			case test.fails != "" && (err == nil || !strings.Contains(strings.Join(strings.Fields(err.Error()), " "), test.fails)):
				t.Errorf("error %v, want one that says %q", err, test.fails)
			case changes != test.want:
				t.Errorf("the plan has %s, want %s", changes, test.want)
			}
			if refused := aws.Refused(); len(refused) > 0 {
				t.Errorf("the plan called AWS: %v", refused)
			}
		})
	}
	if imports := stackjson.List(existing.stack("hub-baseline").JSON["import"]); imports != nil {
		t.Errorf("the hub imports %v, where nothing is saved", imports)
	}
}
