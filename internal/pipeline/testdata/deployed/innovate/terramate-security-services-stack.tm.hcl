# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
stack {
  id          = "security-services"
  name        = "security-services"
  description = "The stack security-services of the estate innovate, in the account security"
  tags        = ["by-pipeline", "account-security"]
  after       = ["/terramate/backup-baseline", "/terramate/dev-baseline", "/terramate/hub-baseline", "/terramate/identity-baseline", "/terramate/log-archive-baseline", "/terramate/management-baseline", "/terramate/prod-baseline", "/terramate/security-baseline", "/terramate/staging-baseline"]
  watch       = ["/cdktf.out/stacks/security-services/cdk.tf.json"]
}
