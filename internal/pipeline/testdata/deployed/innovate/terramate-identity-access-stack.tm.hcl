# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "identity-access"
  name        = "identity-access"
  description = "The stack identity-access of the estate innovate, in the account identity"
  tags        = ["by-people", "account-identity"]
  watch       = ["/cdktf.out/stacks/identity-access/cdk.tf.json"]
}
