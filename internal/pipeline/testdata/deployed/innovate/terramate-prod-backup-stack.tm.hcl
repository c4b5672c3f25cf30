# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "prod-backup"
  name        = "prod-backup"
  description = "The stack prod-backup of the estate innovate, in the account prod"
  tags        = ["by-pipeline", "account-prod"]
  after       = ["/terramate/backup-vaults"]
  watch       = ["/cdktf.out/stacks/prod-backup/cdk.tf.json"]
}
