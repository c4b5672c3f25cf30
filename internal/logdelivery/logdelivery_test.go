package logdelivery

import (
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
)

func senders(numbers ...string) Senders {
	archive := arn.Account{Partition: "aws", Region: "ap-southeast-3", Number: "111111111111"}
	s := Senders{Archive: archive, Accounts: numbers}
	for _, number := range numbers {
		s.Trails = append(s.Trails, archive.Of(number).ARN("cloudtrail", "trail/acme-trail"))
	}
	return s
}

const bucketARN = "arn:aws:s3:::acme-logs"

func statements(s Senders) []policy.Statement {
	return slices.Concat(s.Logs(bucketARN), s.LogsKey(), s.Trail(bucketARN), s.TrailKey())
}

// Services deliver for any account that asks them to, so each statement about a
// service says for which, in a condition that nothing makes optional.
func TestEveryStatementNamesTheEstatesAccounts(t *testing.T) {
	s := senders("111111111111", "222222222222")
	for _, st := range statements(s) {
		if st.Effect != "" || len(st.Principal.Service) == 0 {
			t.Errorf("%s is not about a service", st.Sid)
		}
		of := st.Condition["StringEquals"]
		if !slices.Equal(of["aws:SourceAccount"], s.Accounts) && !slices.Equal(of["aws:SourceArn"], s.Trails) {
			t.Errorf("%s does not name every account in a condition on its source", st.Sid)
		}
	}
}

// In an organisation its id stands for the accounts, of which nothing then says how many
// there are.
func TestAnOrganizationStandsForItsAccounts(t *testing.T) {
	s := senders("111111111111", "222222222222")
	s.Organization, s.Owner, s.Trails = "o-abcdefghij", "999999999999", []string{"arn:aws:cloudtrail:ap-southeast-3:999999999999:trail/acme-trail"}
	for _, st := range statements(s) {
		of := st.Condition["StringEquals"]
		if !slices.Equal(of["aws:SourceOrgID"], []string{s.Organization}) && !slices.Equal(of["aws:SourceArn"], s.Trails) {
			t.Errorf("%s does not name the organisation, or its trail", st.Sid)
		}
		if text := *policy.Document(st); strings.Contains(text, "222222222222") {
			t.Errorf("%s names an account", st.Sid)
		}
	}
	want := []string{bucketARN, bucketARN + "/AWSLogs/999999999999/*", bucketARN + "/AWSLogs/o-abcdefghij/*"}
	if got := s.Trail(bucketARN)[0].Resource; !slices.Equal(got, want) {
		t.Errorf("the trail is filed in %v", got)
	}
}

// What a policy gains with an account decides with how many the bucket or the key is
// full. So each statement names an account once.
func TestAStatementNamesAnAccountOnce(t *testing.T) {
	const other = "222222222222"
	for _, st := range statements(senders("111111111111", other)) {
		if n := strings.Count(*policy.Document(st), other); n != 1 {
			t.Errorf("%s names an account %d times", st.Sid, n)
		}
	}
}

// Where services may write is where AWS files logs, and no other part of the bucket.
func TestServicesWriteBelowTheirPrefixAlone(t *testing.T) {
	for _, st := range statements(senders("111111111111")) {
		if !slices.Contains(st.Action, "s3:PutObject") {
			continue
		}
		for _, resource := range st.Resource {
			if resource != bucketARN && resource != bucketARN+"/AWSLogs/*" {
				t.Errorf("%s admits writes to %s", st.Sid, resource)
			}
		}
	}
}

// Config is admitted from the organisation alone, by statements that no account makes longer.
func TestConfigIsAdmittedFromTheOrganisation(t *testing.T) {
	one, two := senders("111111111111"), senders("111111111111", "222222222222")
	one.Organization, two.Organization = "o-abcdefghij", "o-abcdefghij"
	before, after := append(one.Config(bucketARN), one.ConfigKey()...), append(two.Config(bucketARN), two.ConfigKey()...)
	for i, st := range before {
		if !slices.Equal(st.Condition["StringEquals"]["aws:SourceOrgID"], []string{"o-abcdefghij"}) {
			t.Errorf("%s is not limited to the organisation", st.Sid)
		}
		if *policy.Document(st) != *policy.Document(after[i]) {
			t.Errorf("%s grows with the accounts", st.Sid)
		}
	}
}
