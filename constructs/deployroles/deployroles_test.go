package deployroles

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
)

// The sizes that IAM takes, without white space:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
const (
	rolePolicySize  = 10240
	trustPolicySize = 2048
)

// mostReads are the most that a plan may read.
var mostReads = Config{
	Account:    arn.Account{Partition: "aws-us-gov", Region: "us-gov-west-1", Number: "111111111111"},
	Parameters: []string{"/probe/a-project-of-twenty-c-a-spoke-of-twenty-cha-probe/*"},
	Secrets:    []string{"a-project-of-twenty-c-a-spoke-of-twenty-cha-database"},
}

func TestPoliciesFitThreeHundredAccounts(t *testing.T) {
	ci := CIConfig{
		Account:    arn.Account{Partition: "aws", Number: "111111111111"},
		Roles:      []string{"a-project-of-twenty-c-apply", "a-project-of-twenty-c-plan"},
		StateRoles: []string{"a-project-of-twenty-c-state-*", "a-project-of-twenty-c-plan-state-*"},
		Others:     []string{"arn:aws:iam::999999999999:role/a-project-of-twenty-c-plan"},
	}
	for i := range 300 {
		ci.Accounts = append(ci.Accounts, fmt.Sprintf("%012d", i))
	}
	if size := len(*policy.Document(ci.statements()...)); size > rolePolicySize*3/4 {
		t.Errorf("the CI role's policy has %d characters", size)
	}
	if size := len(*policy.Document(mostReads.dataReads()...)); size > rolePolicySize/2 {
		t.Errorf("the plan role's policy has %d characters", size)
	}
}

func TestTheHubsStateRoleFits(t *testing.T) {
	key := "arn:aws:kms:ap-southeast-3:111111111111:key/00000000-0000-0000-0000-000000000000"
	config := StateConfig{BucketARN: "arn:aws:s3:::piksel-terraform-state-111111111111", KeyARN: &key}
	for _, name := range []string{"hub-logs", "hub-network", "hub-dns", "hub-registry", "hub-baseline"} {
		config.Own = append(config.Own, "piksel/"+name+".tfstate")
	}
	if size := len(*policy.Document(config.statements()...)); size > rolePolicySize/2 {
		t.Errorf("the hub's state role has a policy of %d characters", size)
	}
}

func TestTrustFitsADozenAdministrators(t *testing.T) {
	from := policy.Trusted{Sid: "AssumedFromTheHub", Account: arn.Account{Partition: "aws", Number: "111111111111"}}
	for range 12 {
		from.ARNs = append(from.ARNs, "arn:aws:iam::111111111111:role/aws-reserved/sso.amazonaws.com/ap-southeast-3/AWSReservedSSO_PlatformEngineers_*")
	}
	document, err := Trust{from}.document()
	if err != nil {
		t.Fatal(err)
	}
	if len(*document) > trustPolicySize {
		t.Errorf("%d characters", len(*document))
	}
}

func TestARoleThatNobodyMayAssumeIsAnError(t *testing.T) {
	for _, trust := range []Trust{nil, {{Account: arn.Account{Partition: "aws", Number: "111111111111"}}}} {
		if document, err := trust.document(); err == nil {
			t.Errorf("got %s", *document)
		}
	}
}

func TestStateRoleWritesItsOwnAndOnlyReadsOthers(t *testing.T) {
	checkActions(t, stateOfDev().statements(), map[string][]string{
		"arn:aws:s3:::states":                      {"s3:ListBucket"},
		"arn:aws:s3:::states/p/dev.tfstate":        {"s3:GetObject", "s3:PutObject"},
		"arn:aws:s3:::states/p/dev.tfstate.tflock": {"s3:DeleteObject", "s3:GetObject", "s3:PutObject"},
		"arn:aws:s3:::states/p/hub.tfstate":        {"s3:GetObject"},
		"key":                                      {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"},
	})
}

func TestPlanStateRoleWritesNothingButLocks(t *testing.T) {
	plan := stateOfDev()
	plan.Plan = true
	checkActions(t, plan.statements(), map[string][]string{
		"arn:aws:s3:::states":                      {"s3:ListBucket"},
		"arn:aws:s3:::states/p/dev.tfstate":        {"s3:GetObject"},
		"arn:aws:s3:::states/p/dev.tfstate.tflock": {"s3:DeleteObject", "s3:GetObject", "s3:PutObject"},
		"arn:aws:s3:::states/p/hub.tfstate":        {"s3:GetObject"},
		"key":                                      {"kms:Decrypt", "kms:GenerateDataKey"},
	})
}

func stateOfDev() StateConfig {
	key := "key"
	return StateConfig{BucketARN: "arn:aws:s3:::states", KeyARN: &key, Own: []string{"p/dev.tfstate"}, Read: []string{"p/hub.tfstate"}}
}

// checkActions compares what statements allow, by resource, with all that is wanted.
func checkActions(t *testing.T, statements []policy.Statement, want map[string][]string) {
	t.Helper()
	got := map[string][]string{}
	for _, s := range statements {
		for _, action := range s.Action {
			for _, resource := range s.Resource {
				got[resource] = append(got[resource], action)
			}
		}
	}
	for resource, actions := range want {
		if !slices.Equal(got[resource], actions) {
			t.Errorf("%s: got %v, want %v", resource, got[resource], actions)
		}
		delete(got, resource)
	}
	if len(got) > 0 {
		t.Errorf("and more: %v", got)
	}
}

func TestApplyCannotChangeTheRolesThatDeploy(t *testing.T) {
	config := Config{Plan: "p-plan", Apply: "p-apply", Account: arn.Account{Partition: "aws", Number: "111111111111"}, Protected: []string{"p-state-*"}}
	for _, s := range config.guard() {
		if s.Effect != "Deny" {
			t.Errorf("%s allows: the guard only takes away", s.Sid)
		}
		if s.Sid == "LeaveTheDeployRolesAlone" {
			if got, want := strings.Join(s.Resource, " "), "arn:aws:iam::111111111111:role/p-plan arn:aws:iam::111111111111:role/p-apply arn:aws:iam::111111111111:role/p-state-*"; got != want {
				t.Errorf("got %s, want %s", got, want)
			}
		}
	}
}
