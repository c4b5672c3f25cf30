# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "security-baseline"
  name        = "security-baseline"
  description = "The stack security-baseline of the estate innovate, in the account security"
  tags        = ["by-pipeline", "account-security"]
  after       = ["/terramate/hub-logs", "/terramate/management-baseline"]
  watch       = ["/cdktf.out/stacks/security-baseline/cdk.tf.json"]
}
