package estate

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// charts is lone with a cluster in production that takes its charts from there.
func charts(repository string, edits ...edit) []edit {
	return append([]edit{{"production.yaml", "cluster: {}", "cluster: {chart_repository: " + repository + "}"}}, edits...)
}

const hubCharts = "oci://111111111111.dkr.ecr.eu-central-1.amazonaws.com/charts"

func TestChartsInTheHubsRegistryHaveRepositories(t *testing.T) {
	want := []string{"charts/aws-load-balancer-controller", "charts/karpenter", "charts/karpenter-crd"}
	if diff := cmp.Diff(want, loadLone(t, charts(hubCharts)...).ChartRepositories()); diff != "" {
		t.Error(diff)
	}
	for name, edits := range map[string][]edit{
		"no mirror":                      nil,
		"a mirror elsewhere":             charts("oci://registry.example.com/charts"),
		"another account's registry":     charts("oci://999999999999.dkr.ecr.eu-central-1.amazonaws.com/charts"),
		"the hub's, in another region":   charts("oci://111111111111.dkr.ecr.eu-west-1.amazonaws.com/charts"),
		"a host that only looks like it": charts("oci://111111111111.dkr.ecr.eu-central-1.amazonaws.com.example.com/charts"),
	} {
		if repositories := loadLone(t, edits...).ChartRepositories(); repositories != nil {
			t.Errorf("%s: %v", name, repositories)
		}
	}
}

func TestChartRepositoriesThatCannotBeAreTold(t *testing.T) {
	const at = "lone/production.yaml:12: cluster.chart_repository: "
	for _, test := range []struct {
		name  string
		edits []edit
		want  string
	}{
		{"a path that ECR does not take", charts(hubCharts + "/a..b"), at + `"charts/a..b" cannot begin the name of a repository in ECR: those are of lower-case letters and digits, parted by single . _ - and /`},
		{"a path of the cache's", charts("oci://111111111111.dkr.ecr.eu-central-1.amazonaws.com/public.ecr.aws/charts"), at + `repositories below public.ecr.aws are those of the pull-through cache: choose another path`},
		{"a repository like another one's", charts(hubCharts, edit{"hub.yaml", "pull_through_cache", "repositories: {charts-karpenter: {}}, pull_through_cache"}),
			at + `charts/karpenter and charts-karpenter would have the same Terraform address`},
	} {
		t.Run(test.name, func(t *testing.T) {
			if _, err := load(editedFiles(t, lone, test.edits...), "lone", "lone"); err == nil || err.Error() != test.want {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestChartsThatNobodyMayReadAreWarnedAbout(t *testing.T) {
	for _, test := range []struct {
		name  string
		edits []edit
		want  string
	}{
		{"another account's registry", charts("oci://999999999999.dkr.ecr.eu-central-1.amazonaws.com/charts"),
			"lone/production.yaml:12: cluster.chart_repository: 999999999999.dkr.ecr.eu-central-1.amazonaws.com is not the hub's registry (111111111111.dkr.ecr.eu-central-1.amazonaws.com): its repositories are not made here, and their policies have to admit account 222222222222"},
		{"charts that are deleted by age", charts(hubCharts, edit{"hub.yaml", "pull_through_cache", "repositories: {charts/karpenter: {lifecycle: {any_days: 30}}}, pull_through_cache"}),
			`lone/hub.yaml:1: registry.repositories["charts/karpenter"]: charts are deleted after 30 days here, those that clusters install too: leave the repository out, and it is made without that rule`},
	} {
		t.Run(test.name, func(t *testing.T) {
			warnings := loadLone(t, test.edits...).Warnings
			if !slices.ContainsFunc(warnings, func(w *Error) bool { return w.Error() == test.want }) {
				t.Errorf("got %v, want %s", warnings, test.want)
			}
		})
	}
}
