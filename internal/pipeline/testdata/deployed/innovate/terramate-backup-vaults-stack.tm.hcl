# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "backup-vaults"
  name        = "backup-vaults"
  description = "The stack backup-vaults of the estate innovate, in the account backup"
  tags        = ["by-pipeline", "account-backup"]
  watch       = ["/cdktf.out/stacks/backup-vaults/cdk.tf.json"]
}
