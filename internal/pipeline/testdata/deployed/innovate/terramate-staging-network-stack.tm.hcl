# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "staging-network"
  name        = "staging-network"
  description = "The stack staging-network of the estate innovate, in the account staging"
  tags        = ["by-pipeline", "account-staging"]
  after       = ["/terramate/hub-dns", "/terramate/hub-egress", "/terramate/hub-logs", "/terramate/hub-network", "/terramate/staging-baseline"]
  watch       = ["/cdktf.out/stacks/staging-network/cdk.tf.json"]
}
