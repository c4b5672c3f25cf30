# Written by `estate pipeline terramate` from the estate piksel. To change it, change the estate and write it again.
stack {
  id          = "dev-share"
  name        = "dev-share"
  description = "The stack dev-share of the estate piksel, in the account dev"
  tags        = ["by-pipeline", "account-dev"]
  after       = ["/terramate/hub-dns", "/terramate/hub-network"]
  watch       = ["/cdktf.out/stacks/dev-share/cdk.tf.json"]
}
