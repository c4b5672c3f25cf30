# Written by `estate pipeline terramate` from the estate piksel. To change it, change the estate and write it again.
stack {
  id          = "prod-link"
  name        = "prod-link"
  description = "The stack prod-link of the estate piksel, in the account prod"
  tags        = ["by-pipeline", "account-prod"]
  after       = ["/terramate/hub-dns", "/terramate/hub-network", "/terramate/prod-network"]
  watch       = ["/cdktf.out/stacks/prod-link/cdk.tf.json"]
}
