"""`local` is a tool, and the lab applies a stack of one's own to it."""

from stripe_handler_cli.lab.own_stack.command import apply
from stripe_handler_cli.tools.local_aws.command import local

local.add_command(apply)

__all__ = ["local"]
