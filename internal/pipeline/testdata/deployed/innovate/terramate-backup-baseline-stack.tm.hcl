# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "backup-baseline"
  name        = "backup-baseline"
  description = "The stack backup-baseline of the estate innovate, in the account backup"
  tags        = ["by-pipeline", "account-backup"]
  after       = ["/terramate/hub-logs", "/terramate/management-baseline"]
  watch       = ["/cdktf.out/stacks/backup-baseline/cdk.tf.json"]
}
