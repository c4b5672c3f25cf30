# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "dev-link"
  name        = "dev-link"
  description = "The stack dev-link of the estate innovate, in the account dev"
  tags        = ["by-pipeline", "account-dev"]
  after       = ["/terramate/dev-network", "/terramate/hub-dns", "/terramate/hub-network"]
  watch       = ["/cdktf.out/stacks/dev-link/cdk.tf.json"]
}
