# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "dev-network"
  name        = "dev-network"
  description = "The stack dev-network of the estate innovate, in the account dev"
  tags        = ["by-pipeline", "account-dev"]
  after       = ["/terramate/dev-baseline", "/terramate/hub-dns", "/terramate/hub-egress", "/terramate/hub-logs", "/terramate/hub-network"]
  watch       = ["/cdktf.out/stacks/dev-network/cdk.tf.json"]
}
