# Written by `estate pipeline terramate` from the estate piksel. To change it, change the estate and write it again.
stack {
  id          = "prod-eks"
  name        = "prod-eks"
  description = "The stack prod-eks of the estate piksel, in the account prod"
  tags        = ["by-pipeline", "account-prod"]
  after       = ["/terramate/prod-link", "/terramate/prod-network"]
  watch       = ["/cdktf.out/stacks/prod-eks/cdk.tf.json"]
}
