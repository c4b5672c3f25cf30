# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "prod-baseline"
  name        = "prod-baseline"
  description = "The stack prod-baseline of the estate innovate, in the account prod"
  tags        = ["by-pipeline", "account-prod"]
  after       = ["/terramate/hub-logs", "/terramate/management-baseline"]
  watch       = ["/cdktf.out/stacks/prod-baseline/cdk.tf.json"]
}
