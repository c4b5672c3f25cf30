package compare

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Terraform deletes nothing by a provider that is gone: neither in an account that leaves nor
// in a region that is used no more, and it forgets nothing there either.
func TestWhatIsGoneWithItsProviderIsNotReached(t *testing.T) {
	const with = `{
		"provider": {"aws": [{"region": "eu-central-1"}, {"alias": "qa"}, {"alias": "dev"}]},
		"resource": {
			"aws_iam_role": {"apply_qa": {"provider": "aws.qa", "name": "apply"}, "apply_dev": {"provider": "aws.dev", "name": "apply"}, "state_qa": {"name": "state"}},
			"aws_iam_role_policy": {"apply_qa": {"provider": "aws.qa", "role": "${aws_iam_role.apply_qa.name}"}},
			"aws_kms_key": {"qa": {"provider": "aws.qa", "lifecycle": {"prevent_destroy": true}}}
		}
	}`
	const rest = `"resource": {"aws_iam_role": {"apply_dev": {"provider": "aws.dev", "name": "apply"}}}`
	const found = "unreachable bootstrap"
	for _, test := range []struct {
		name, after string
		want        []string
	}{
		{"an account that leaves", `{"provider": {"aws": [{"region": "eu-central-1"}, {"alias": "dev"}]}, ` + rest + `}`, []string{found, "lost bootstrap/aws_kms_key.qa"}},
		{"what is retired as well", `{"provider": {"aws": [{"region": "eu-central-1"}, {"alias": "dev"}]}, "removed": [{"from": "aws_kms_key.qa", "lifecycle": {"destroy": false}}], ` + rest + `}`, []string{found, "forgotten bootstrap/aws_kms_key.qa"}},
		{"a provider that stays", `{"provider": {"aws": [{"region": "eu-central-1"}, {"alias": "qa"}, {"alias": "dev"}]}, "removed": [{"from": "aws_kms_key.qa", "lifecycle": {"destroy": false}}], ` + rest + `}`, []string{"forgotten bootstrap/aws_kms_key.qa"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := Outputs(outputOf(t, map[string]string{"bootstrap": with}), outputOf(t, map[string]string{"bootstrap": test.after}), nil)
			if diff := cmp.Diff(test.want, findings(c)); diff != "" {
				t.Errorf("findings (-want +got):\n%s", diff)
			}
			const advice = "before bootstrap is deployed, and after the stacks that are destroyed: synthesize the old files once more, and take away what the new ones do not reach: " +
				"terraform -chdir=cdktf.out/stacks/bootstrap state rm aws_kms_key.qa; terraform -chdir=cdktf.out/stacks/bootstrap destroy -target=aws_iam_role.apply_qa"
			for _, f := range c.Findings {
				if f.Kind == Unreachable && (f.Advice != advice || !strings.HasPrefix(f.Why, "3 resources were made by aws.qa,")) {
					t.Errorf("got %s: %s", f.Why, f.Advice)
				}
			}
		})
	}
}
