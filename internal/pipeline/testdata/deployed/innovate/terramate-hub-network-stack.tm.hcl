# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "hub-network"
  name        = "hub-network"
  description = "The stack hub-network of the estate innovate, in the account hub"
  tags        = ["by-pipeline", "account-hub"]
  after       = ["/terramate/hub-baseline", "/terramate/hub-logs"]
  watch       = ["/cdktf.out/stacks/hub-network/cdk.tf.json"]
}
