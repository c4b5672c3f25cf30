package test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"hubspoke/estate"
	"hubspoke/proof/stackjson"
)

// EKS leaves add-ons as they are when a cluster gets another version: Terraform asks
// which version of each belongs to it, unless the estate has pinned one.
func TestAddOnsMoveWithTheCluster(t *testing.T) {
	for _, test := range []struct{ estate, file, stack, pinned string }{
		{"piksel", "dev.yaml", "dev-eks", ""},
		{"options", "apps-one.yaml", "apps-one-eks", "vpc-cni"},
	} {
		after := edited(t, test.estate, edit{test.file, `cluster:\n(  version: .*\n)?`, "cluster:\n  version: \"1.33\"\n"}).stack(test.stack)
		addOns := 0
		for _, r := range after.Resources() {
			if r.Type != "aws_eks_addon" {
				continue
			}
			addOns++
			lookup := after.JSON["data"].(map[string]any)["aws_eks_addon_version"].(map[string]any)[r.Name]
			if r.Body["addon_name"] == test.pinned {
				if lookup != nil || r.Body["addon_version"] != "v1.20.4-eksbuild.1" {
					t.Errorf("%s is pinned, and has the version %v", r.Address(), r.Body["addon_version"])
				}
				continue
			}
			asked, _ := lookup.(map[string]any)
			got := []any{r.Body["addon_version"], asked["addon_name"], asked["kubernetes_version"]}
			want := []any{fmt.Sprintf("${data.aws_eks_addon_version.%s.version}", r.Name), r.Body["addon_name"], "1.33"}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: version, and what is asked for it (-want +got):\n%s", r.Address(), diff)
			}
		}
		if addOns < 6 {
			t.Errorf("%s has %d add-ons", test.stack, addOns)
		}
	}
}

// The role of the EBS CSI driver knows volumes by a tag that older drivers do not set.
func TestAPlanRefusesAnEBSDriverThatIsTooOldForItsRole(t *testing.T) {
	installation := terraformFor(t)
	e := synthesized(t, "piksel")
	for version, refused := range map[string]bool{"v1.57.1-eksbuild.1": true, "v1.58.0-eksbuild.1": false, "v1.100.0-eksbuild.2": false, "v2.0.0-eksbuild.1": false} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			aws := withStates(t, e)
			aws.PutAddOnVersion("aws-ebs-csi-driver", version)
			folder, err := installation.Scratch(e.stack("dev-eks"), aws.Environment(e.Accounts[estate.HubAccount]))
			if err != nil {
				t.Fatal(err)
			}
			if err := folder.Init(t.Context()); err != nil {
				t.Fatal(err)
			}
			_, err = folder.Plan(t.Context())
			if got := err != nil && strings.Contains(err.Error(), "pin v1.58 or later"); got != refused || err != nil && !refused {
				t.Errorf("error %v, want one about the version: %v", err, refused)
			}
		})
	}
}

// Whoever pins a minor version of PostgreSQL upgrades it: an instance that RDS has
// upgraded by itself could never be applied again. Where RDS chooses the minor versions,
// Terraform asks for none after the first.
func TestADatabaseIsUpgradedByRDSOrByTheEstateAndNotByBoth(t *testing.T) {
	seen := map[bool]bool{}
	eachStack(t, func(s *stackjson.Stack) []string {
		var problems []string
		version := ""
		for _, r := range databases(s) {
			if v, ok := r.Body["engine_version"].(string); ok {
				version = v
			}
		}
		pinned := strings.Contains(version, ".")
		for _, r := range databases(s) {
			seen[pinned] = true
			if r.Body["auto_minor_version_upgrade"] != !pinned {
				problems = append(problems, fmt.Sprintf("%s: RDS upgrades it by itself: %v, and the version is %s", r.Address(), r.Body["auto_minor_version_upgrade"], version))
			}
			if r.Body["engine_version"] == nil {
				continue // a replica has that of its source
			}
			lifecycle := r.Body["lifecycle"].(map[string]any)
			if (lifecycle["ignore_changes"] == nil) != pinned || (lifecycle["postcondition"] == nil) != pinned {
				problems = append(problems, fmt.Sprintf("%s: Terraform follows RDS: %v, and the version is %s", r.Address(), lifecycle, version))
			}
		}
		return problems
	})
	if len(seen) != 2 {
		t.Error("no two estates under test differ in this any more: mend this test")
	}
}
