# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "staging-baseline"
  name        = "staging-baseline"
  description = "The stack staging-baseline of the estate innovate, in the account staging"
  tags        = ["by-pipeline", "account-staging"]
  after       = ["/terramate/hub-logs", "/terramate/management-baseline"]
  watch       = ["/cdktf.out/stacks/staging-baseline/cdk.tf.json"]
}
