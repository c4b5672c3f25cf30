# Written by `estate pipeline terramate` from the estate piksel. To change it, change the estate and write it again.
stack {
  id          = "hub-registry"
  name        = "hub-registry"
  description = "The stack hub-registry of the estate piksel, in the account hub"
  tags        = ["by-pipeline", "account-hub"]
  watch       = ["/cdktf.out/stacks/hub-registry/cdk.tf.json"]
}
