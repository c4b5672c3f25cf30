# Written by `estate pipeline terramate` from the estate piksel. To change it, change the estate and write it again.
stack {
  id          = "hub-logs"
  name        = "hub-logs"
  description = "The stack hub-logs of the estate piksel, in the account hub"
  tags        = ["by-pipeline", "account-hub"]
  watch       = ["/cdktf.out/stacks/hub-logs/cdk.tf.json"]
}
