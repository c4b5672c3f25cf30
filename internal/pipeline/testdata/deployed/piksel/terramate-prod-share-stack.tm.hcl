# Written by `estate pipeline terramate` from the estate piksel. To change it, change the estate and write it again.
stack {
  id          = "prod-share"
  name        = "prod-share"
  description = "The stack prod-share of the estate piksel, in the account prod"
  tags        = ["by-pipeline", "account-prod"]
  after       = ["/terramate/hub-dns", "/terramate/hub-network"]
  watch       = ["/cdktf.out/stacks/prod-share/cdk.tf.json"]
}
