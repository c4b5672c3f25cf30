# Written by `estate pipeline terramate` from the estate piksel. To change it, change the estate and write it again.
stack {
  id          = "staging-share"
  name        = "staging-share"
  description = "The stack staging-share of the estate piksel, in the account staging"
  tags        = ["by-pipeline", "account-staging"]
  after       = ["/terramate/hub-dns", "/terramate/hub-network"]
  watch       = ["/cdktf.out/stacks/staging-share/cdk.tf.json"]
}
