# Written by `estate pipeline terramate` from the estate piksel. To change it, change the estate and write it again.
stack {
  id          = "staging-network"
  name        = "staging-network"
  description = "The stack staging-network of the estate piksel, in the account staging"
  tags        = ["by-pipeline", "account-staging"]
  after       = ["/terramate/hub-dns", "/terramate/hub-logs", "/terramate/hub-network", "/terramate/staging-baseline", "/terramate/staging-share"]
  watch       = ["/cdktf.out/stacks/staging-network/cdk.tf.json"]
}
