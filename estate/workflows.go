package estate

import "hubspoke/internal/workflow"

// PlanWorkflows are the workflow runs that may plan the estate.
func (g GitHub) PlanWorkflows() workflow.Runs {
	runs := g.ApplyWorkflows()
	runs.PullRequests = true
	return runs
}

// ApplyWorkflows are the workflow runs that may apply the estate.
func (g GitHub) ApplyWorkflows() workflow.Runs {
	return workflow.Runs{Repository: g.Repository, Refs: []string{g.ApplyRef}}
}

// TrustedWorkflows are the workflow runs that each of the estate's roles trusts, by the
// role's name. All of them are in the hub account.
func (e *Estate) TrustedWorkflows() map[string]workflow.Runs {
	trusted := map[string]workflow.Runs{}
	if e.GitHub.Repository != "" {
		trusted[e.CIPlanRole()] = e.GitHub.PlanWorkflows()
		trusted[e.CIApplyRole()] = e.GitHub.ApplyWorkflows()
	}
	for _, repository := range e.Hub.Registry.Repositories {
		for name, role := range repository.Push {
			trusted[e.PushRole(name)] = role.Workflows()
		}
	}
	return trusted
}
