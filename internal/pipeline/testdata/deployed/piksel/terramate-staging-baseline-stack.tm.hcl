# Written by `estate pipeline terramate` from the estate piksel. To change it, change the estate and write it again.
stack {
  id          = "staging-baseline"
  name        = "staging-baseline"
  description = "The stack staging-baseline of the estate piksel, in the account staging"
  tags        = ["by-pipeline", "account-staging"]
  after       = ["/terramate/hub-logs"]
  watch       = ["/cdktf.out/stacks/staging-baseline/cdk.tf.json"]
}
