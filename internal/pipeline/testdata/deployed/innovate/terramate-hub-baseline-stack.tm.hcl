# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "hub-baseline"
  name        = "hub-baseline"
  description = "The stack hub-baseline of the estate innovate, in the account hub"
  tags        = ["by-pipeline", "account-hub"]
  after       = ["/terramate/hub-logs", "/terramate/management-baseline"]
  watch       = ["/cdktf.out/stacks/hub-baseline/cdk.tf.json"]
}
