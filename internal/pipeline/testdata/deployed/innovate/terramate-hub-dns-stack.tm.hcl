# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "hub-dns"
  name        = "hub-dns"
  description = "The stack hub-dns of the estate innovate, in the account hub"
  tags        = ["by-pipeline", "account-hub"]
  after       = ["/terramate/hub-logs", "/terramate/hub-network"]
  watch       = ["/cdktf.out/stacks/hub-dns/cdk.tf.json"]
}
