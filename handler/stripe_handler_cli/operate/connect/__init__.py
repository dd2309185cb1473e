"""Connects a Stripe account to one environment of the stack, and takes it apart again.

`settings` says what the environment's variable file means, `choosing` finds its event destination, `planning`
says which steps are left (all pure); `aws_side` and `terraform_root` look and act, `var_file` writes,
`connection` takes the steps, `report` tells them.
"""
