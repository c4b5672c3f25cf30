package cluster

import (
	"regexp"
	"strings"
	"testing"
)

// Policies of two accounts, or in two paths, may have the same name.
func TestManagedPoliciesHaveDifferentTerraformNames(t *testing.T) {
	seen := map[string]string{}
	for _, arn := range []string{
		"arn:aws:iam::aws:policy/ViewOnlyAccess",
		"arn:aws:iam::aws:policy/job-function/ViewOnlyAccess",
		"arn:aws:iam::222222222222:policy/ViewOnlyAccess",
		"arn:aws-us-gov:iam::222222222222:policy/team/a+b@c",
	} {
		name := strings.ReplaceAll(PolicyKey(arn), "/", "_")
		if other, ok := seen[name]; ok {
			t.Errorf("%s and %s are both %s", arn, other, name)
		}
		if !regexp.MustCompile(`^[\w-]+$`).MatchString(name) {
			t.Errorf("%s: %s is not a Terraform name", arn, name)
		}
		seen[name] = arn
	}
}

func TestStatementNamesAreWhatIAMTakes(t *testing.T) {
	for name, want := range map[string]string{"read-data": "AllowReadData", "s3": "AllowS3", "pull-images": "AllowPullImages"} {
		if got := sid(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
