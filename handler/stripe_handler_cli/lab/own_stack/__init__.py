"""The command `local apply`: the stack with a person's own settings, on local AWS, in a place of its own.

`settings` says what stays of an environment's variable file there (pure), `command` brings it up. Terraform's
state, copy of the code and plugins are the place's own, so it never meets a workspace of a real account.
"""
