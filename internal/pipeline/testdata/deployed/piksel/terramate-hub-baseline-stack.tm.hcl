# Written by `estate pipeline terramate` from the estate piksel. To change it, change the estate and write it again.
stack {
  id          = "hub-baseline"
  name        = "hub-baseline"
  description = "The stack hub-baseline of the estate piksel, in the account hub"
  tags        = ["by-pipeline", "account-hub"]
  after       = ["/terramate/hub-logs"]
  watch       = ["/cdktf.out/stacks/hub-baseline/cdk.tf.json"]
}
