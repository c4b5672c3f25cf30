# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "prod-network"
  name        = "prod-network"
  description = "The stack prod-network of the estate innovate, in the account prod"
  tags        = ["by-pipeline", "account-prod"]
  after       = ["/terramate/hub-dns", "/terramate/hub-egress", "/terramate/hub-logs", "/terramate/hub-network", "/terramate/prod-baseline"]
  watch       = ["/cdktf.out/stacks/prod-network/cdk.tf.json"]
}
