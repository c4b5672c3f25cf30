# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "staging-link"
  name        = "staging-link"
  description = "The stack staging-link of the estate innovate, in the account staging"
  tags        = ["by-pipeline", "account-staging"]
  after       = ["/terramate/hub-dns", "/terramate/hub-network", "/terramate/staging-network"]
  watch       = ["/cdktf.out/stacks/staging-link/cdk.tf.json"]
}
