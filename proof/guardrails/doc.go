// Package guardrails evaluates the policies of an AWS organisation as its Terraform makes
// them: whether they stop somebody who wants to do something in an account.
//
// It reads `aws_organizations_*` of all stacks, whoever wrote them: the root, the units
// and accounts below it, the policies of service and resource control, and where they are
// attached. AWS's own FullAWSAccess is wherever none of them says otherwise. It knows no estates.
//
// What is not known is not guessed. A condition holds, does not, or may ([Maybe]): keys of the
// request that are not given may have any value. Whoever promises something has it
// proven only if it holds whatever they are.
//
// What identities may do by policies of their own is not in it: guardrails allow
// nothing, so that what they stop is stopped, and what they let through may be stopped
// elsewhere.
//
//   - https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_scps_evaluation.html
//   - https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
package guardrails
