"""The command tree of `stripe-handler`; every command group lives in `commands/`."""

import sys

import click
from botocore.exceptions import BotoCoreError, ClientError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.chaos.command import chaos
from stripe_handler_cli.lab.demo.command import demo
from stripe_handler_cli.lab.simulator.command import simulate
from stripe_handler_cli.operate.connect.command import connect
from stripe_handler_cli.operate.connect.disconnect_command import disconnect
from stripe_handler_cli.operate.dlq.command import dlq
from stripe_handler_cli.operate.doctor.command import doctor
from stripe_handler_cli.operate.explain.command import explain
from stripe_handler_cli.operate.listen.command import listen
from stripe_handler_cli.operate.parked.command import parked
from stripe_handler_cli.operate.reconcile.command import reconcile
from stripe_handler_cli.operate.reconcile.sync_command import sync
from stripe_handler_cli.operate.replay.command import replay
from stripe_handler_cli.operate.send.command import send
from stripe_handler_cli.operate.show.command import show
from stripe_handler_cli.tools.local_aws.command import local
from stripe_handler_cli.tools.packaging.command import package


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="stripe-subscription-handler")
def root() -> None:
    """Stripe subscription state in your DynamoDB user profiles: see, explain, repair, try out."""


root.add_command(chaos)
root.add_command(connect)
root.add_command(demo)
root.add_command(disconnect)
root.add_command(dlq)
root.add_command(doctor)
root.add_command(explain)
root.add_command(listen)
root.add_command(local)
root.add_command(package)
root.add_command(parked)
root.add_command(reconcile)
root.add_command(replay)
root.add_command(send)
root.add_command(show)
root.add_command(simulate)
root.add_command(sync)


def cli(arguments: list[str] | None = None) -> int:
    """Run the command line; user errors become one message on stderr, never a stack trace."""
    try:
        result = root.main(args=arguments, prog_name="stripe-handler", standalone_mode=False)
    except click.exceptions.Abort:
        sys.stderr.write("Stopped.\n")
        return 130
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except CliError as error:
        sys.stderr.write(f"Error: {error}\n")
        return 1
    except (BotoCoreError, ClientError) as error:
        # The message names the operation and AWS's reason, and holds no request or response body.
        sys.stderr.write(f"Error: AWS: {error}\n")
        return 1
    return result if isinstance(result, int) else 0
