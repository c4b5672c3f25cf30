# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "hub-egress"
  name        = "hub-egress"
  description = "The stack hub-egress of the estate innovate, in the account hub"
  tags        = ["by-pipeline", "account-hub"]
  after       = ["/terramate/hub-baseline", "/terramate/hub-logs", "/terramate/hub-network"]
  watch       = ["/cdktf.out/stacks/hub-egress/cdk.tf.json"]
}
