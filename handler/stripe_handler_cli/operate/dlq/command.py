"""The command group `stripe-handler dlq`."""

import click

from stripe_handler_cli.operate.dlq.drop_command import drop
from stripe_handler_cli.operate.dlq.list_command import list_, show
from stripe_handler_cli.operate.dlq.redrive_command import redrive


@click.group()
def dlq() -> None:
    """Events that could not be applied: look at them, send them again, drop them.

    They wait in two queues. The delivery dead-letter queue has what EventBridge could not hand to the
    function; the failure queue has what the function failed on in all its attempts. Looking at a message
    hides it from other commands for a moment: SQS has no other way.
    """


for command in (list_, show, redrive, drop):
    dlq.add_command(command)
