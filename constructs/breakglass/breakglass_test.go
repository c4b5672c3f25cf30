package breakglass

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"hubspoke/internal/arn"
	"hubspoke/internal/policy"
)

var management = arn.Account{Partition: "aws", Region: "ap-southeast-1", Number: "999999999999"}

func config() Config {
	return Config{Name: "acme-break-glass", Organization: "o-abcdefghij",
		Users: Users{Account: management, Path: "/break-glass/", Names: []string{"first", "second"}}}
}

// A password alone, which a thief may have, opens nothing: what it allows without a
// second factor is to have one.
func TestAPasswordAloneOpensNothing(t *testing.T) {
	own := management.IAM("user/break-glass/$${aws:username}")
	for _, s := range config().statements() {
		if s.Effect == "Deny" || s.Condition["Bool"]["aws:MultiFactorAuthPresent"] != nil {
			continue
		}
		for _, action := range s.Action {
			harmless := strings.HasPrefix(action, "iam:Get") || strings.HasPrefix(action, "iam:List")
			if !harmless && !slices.Equal(s.Resource, []string{own}) && action != "iam:CreateVirtualMFADevice" {
				t.Errorf("%s allows %s on %v without a second factor", s.Sid, action, s.Resource)
			}
		}
	}
}

// Whatever is allowed before there is a device, the deny leaves out: or nobody could ever
// have one.
func TestWhoHasNoDeviceYetCanHaveOne(t *testing.T) {
	var allowed []string
	for _, s := range config().statements() {
		if s.Effect != "Deny" && s.Condition == nil {
			allowed = append(allowed, s.Action...)
		}
		if s.Effect != "Deny" {
			continue
		}
		for _, action := range allowed {
			if !slices.Contains(s.NotAction, action) {
				t.Errorf("%s denies %s, which an earlier statement allows", s.Sid, action)
			}
		}
	}
}

func TestTheRoleAsksForASecondFactor(t *testing.T) {
	trust := RoleConfig{Name: "acme-break-glass", Account: management.Of("222222222222"), Users: config().Users}.trust()
	if got := trust.Condition["Bool"]["aws:MultiFactorAuthPresent"]; !slices.Equal(got, []string{"true"}) {
		t.Errorf("the second factor is %v", got)
	}
	want := []string{"arn:aws:iam::999999999999:user/break-glass/first", "arn:aws:iam::999999999999:user/break-glass/second"}
	if got := trust.Condition["ArnEquals"]["aws:PrincipalArn"]; !slices.Equal(got, want) {
		t.Errorf("it admits %v", got)
	}
}

// IAM takes 2,048 characters of a trust policy, and 5,120 of a group's policies:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
func TestPoliciesFit(t *testing.T) {
	c := config()
	c.Users.Names = nil
	for i := range 10 {
		c.Users.Names = append(c.Users.Names, fmt.Sprintf("%064d", i))
	}
	if size := len(*policy.Document(RoleConfig{Users: c.Users}.trust())); size > 2048 {
		t.Errorf("the trust policy has %d characters", size)
	}
	if size := len(*policy.Document(c.statements()...)); size > 5120 {
		t.Errorf("the group's policy has %d characters", size)
	}
}
