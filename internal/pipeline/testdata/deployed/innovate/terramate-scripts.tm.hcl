# Written by `estate pipeline terramate` from the estate innovate. To change it, change the estate and write it again.
terramate {
  config {
    experiments = ["scripts"]
  }
}

script "plan" {
  description = "Plan the stack, and save the plan"
  job {
    commands = [
      ["terraform", "-chdir=../../cdktf.out/stacks/${terramate.stack.name}", "init", "-input=false"],
      ["terraform", "-chdir=../../cdktf.out/stacks/${terramate.stack.name}", "plan", "-input=false", "-lock-timeout=5m", "-out=saved.tfplan"],
    ]
  }
}

script "deploy" {
  description = "Plan the stack, and apply that plan"
  job {
    commands = [
      ["terraform", "-chdir=../../cdktf.out/stacks/${terramate.stack.name}", "init", "-input=false"],
      ["terraform", "-chdir=../../cdktf.out/stacks/${terramate.stack.name}", "plan", "-input=false", "-lock-timeout=5m", "-out=saved.tfplan"],
      ["terraform", "-chdir=../../cdktf.out/stacks/${terramate.stack.name}", "apply", "-input=false", "-lock-timeout=5m", "saved.tfplan"],
    ]
  }
}
