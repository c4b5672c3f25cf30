# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "management-baseline"
  name        = "management-baseline"
  description = "The stack management-baseline of the estate innovate, in the account management"
  tags        = ["by-people", "account-management"]
  after       = ["/terramate/hub-logs"]
  watch       = ["/cdktf.out/stacks/management-baseline/cdk.tf.json"]
}
