# Written by `estate pipeline terramate` from the estate piksel. To change it, change the estate and write it again.
stack {
  id          = "dev-eks"
  name        = "dev-eks"
  description = "The stack dev-eks of the estate piksel, in the account dev"
  tags        = ["by-pipeline", "account-dev"]
  after       = ["/terramate/dev-link", "/terramate/dev-network"]
  watch       = ["/cdktf.out/stacks/dev-eks/cdk.tf.json"]
}
