# Written by `estate pipeline terramate` from the estate piksel. To change it, change the estate and write it again.
stack {
  id          = "staging-link"
  name        = "staging-link"
  description = "The stack staging-link of the estate piksel, in the account staging"
  tags        = ["by-pipeline", "account-staging"]
  after       = ["/terramate/hub-dns", "/terramate/hub-network", "/terramate/staging-network"]
  watch       = ["/cdktf.out/stacks/staging-link/cdk.tf.json"]
}
