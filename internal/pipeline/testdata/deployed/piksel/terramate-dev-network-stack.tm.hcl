# Written by `estate pipeline terramate` from the estate piksel. To change it, change the estate and write it again.
stack {
  id          = "dev-network"
  name        = "dev-network"
  description = "The stack dev-network of the estate piksel, in the account dev"
  tags        = ["by-pipeline", "account-dev"]
  after       = ["/terramate/dev-baseline", "/terramate/dev-share", "/terramate/hub-dns", "/terramate/hub-logs", "/terramate/hub-network"]
  watch       = ["/cdktf.out/stacks/dev-network/cdk.tf.json"]
}
