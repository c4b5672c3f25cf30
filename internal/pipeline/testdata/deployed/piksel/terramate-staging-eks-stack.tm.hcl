# Written by `estate pipeline terramate` from the estate piksel. To change it, change the estate and write it again.
stack {
  id          = "staging-eks"
  name        = "staging-eks"
  description = "The stack staging-eks of the estate piksel, in the account staging"
  tags        = ["by-pipeline", "account-staging"]
  after       = ["/terramate/staging-link", "/terramate/staging-network"]
  watch       = ["/cdktf.out/stacks/staging-eks/cdk.tf.json"]
}
