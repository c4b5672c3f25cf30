package bootstrap

// Outputs are what bootstrap tells the people who set up CI. The other stacks know
// these names from the estate.
type Outputs struct {
	StateBucket    *string `output:"state_bucket,people" doc:"The bucket of the states."`
	StateKeyARN    *string `output:"state_key_arn,people" doc:"The key that encrypts them."`
	CIPlanRoleARN  *string `output:"ci_plan_role_arn,people" doc:"The role that workflows assume to plan."`
	CIApplyRoleARN *string `output:"ci_apply_role_arn,people" doc:"The role that workflows assume to apply."`
}
