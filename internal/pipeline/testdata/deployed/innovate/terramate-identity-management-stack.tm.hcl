# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "identity-management"
  name        = "identity-management"
  description = "The stack identity-management of the estate innovate, in the account management"
  tags        = ["by-people", "account-management"]
  after       = ["/terramate/identity-access"]
  watch       = ["/cdktf.out/stacks/identity-management/cdk.tf.json"]
}
