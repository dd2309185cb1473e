"""Connects a Stripe account to one environment of the stack, and takes it apart again.

`tfvars` and `settings` read the environment's settings, `choosing` finds its event destination, `planning`
says which steps are left (all pure); `aws_side` and `terraform_root` look and act, `connection` takes the
steps.
"""
