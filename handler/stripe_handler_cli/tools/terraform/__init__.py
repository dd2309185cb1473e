"""Runs Terraform for the demo, the integration tests and `make test`, without touching the source tree.

`process` runs one command, `binary` finds or fetches Terraform, `providers` finds a provider where the
registry cannot be reached, `working_copy` holds a copy of the root and initialises it, `workspace` applies
it, `console` evaluates an expression, `variables` checks values by the root's rules, `check` is what
`make test` runs.
"""

from stripe_handler_cli.tools.terraform.binary import PINNED_VERSION, find_terraform
from stripe_handler_cli.tools.terraform.workspace import Plan, Workspace

__all__ = ["PINNED_VERSION", "Plan", "Workspace", "find_terraform"]
