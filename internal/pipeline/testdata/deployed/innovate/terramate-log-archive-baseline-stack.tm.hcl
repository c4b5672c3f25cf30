# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "log-archive-baseline"
  name        = "log-archive-baseline"
  description = "The stack log-archive-baseline of the estate innovate, in the account log-archive"
  tags        = ["by-pipeline", "account-log-archive"]
  after       = ["/terramate/hub-logs", "/terramate/management-baseline"]
  watch       = ["/cdktf.out/stacks/log-archive-baseline/cdk.tf.json"]
}
