# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "organization-guardrails"
  name        = "organization-guardrails"
  description = "The stack organization-guardrails of the estate innovate, in the account management"
  tags        = ["by-people", "account-management"]
  watch       = ["/cdktf.out/stacks/organization-guardrails/cdk.tf.json"]
}
