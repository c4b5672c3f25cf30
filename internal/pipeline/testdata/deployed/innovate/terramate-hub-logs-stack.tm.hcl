# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "hub-logs"
  name        = "hub-logs"
  description = "The stack hub-logs of the estate innovate, in the account log-archive"
  tags        = ["by-pipeline", "account-log-archive"]
  watch       = ["/cdktf.out/stacks/hub-logs/cdk.tf.json"]
}
