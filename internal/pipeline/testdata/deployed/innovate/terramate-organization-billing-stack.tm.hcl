# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "organization-billing"
  name        = "organization-billing"
  description = "The stack organization-billing of the estate innovate, in the account management"
  tags        = ["by-people", "account-management"]
  watch       = ["/cdktf.out/stacks/organization-billing/cdk.tf.json"]
}
