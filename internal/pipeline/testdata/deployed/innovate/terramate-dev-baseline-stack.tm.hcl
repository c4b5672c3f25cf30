# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "dev-baseline"
  name        = "dev-baseline"
  description = "The stack dev-baseline of the estate innovate, in the account dev"
  tags        = ["by-pipeline", "account-dev"]
  after       = ["/terramate/hub-logs", "/terramate/management-baseline"]
  watch       = ["/cdktf.out/stacks/dev-baseline/cdk.tf.json"]
}
