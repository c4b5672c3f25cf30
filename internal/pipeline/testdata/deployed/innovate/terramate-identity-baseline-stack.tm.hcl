# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "identity-baseline"
  name        = "identity-baseline"
  description = "The stack identity-baseline of the estate innovate, in the account identity"
  tags        = ["by-people", "account-identity"]
  after       = ["/terramate/hub-logs", "/terramate/management-baseline"]
  watch       = ["/cdktf.out/stacks/identity-baseline/cdk.tf.json"]
}
