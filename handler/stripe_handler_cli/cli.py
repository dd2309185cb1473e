"""The command tree of `stripe-handler`: one table, and what becomes of errors. May import everything.

Nothing is imported before it is called, so that `--help`, `--version` and each command load only what is
theirs. A command's own module follows the same rule: what its options need stands at the top, and what its
work needs is imported in its body.
"""

import io
import os
import sys
from pathlib import Path

import click

from stripe_handler_cli.common import interrupts
from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.common.lazy_group import Deferred, LazyGroup

COMMANDS = (
    Deferred(
        "lab.chaos.command:chaos",
        "Deliver simulated events as badly as can be, and compare every profile with the truth.",
    ),
    Deferred(
        "operate.connect.command:connect",
        "Connect a Stripe account to this environment, from nothing to a ping that arrives.",
    ),
    Deferred(
        "composed.console.command:console",
        "Look at the pipeline and at users in a browser: pages on this machine's loopback.",
    ),
    Deferred("lab.demo.command:demo", "Run one subscription's life through the real stack on local AWS."),
    Deferred(
        "operate.connect.command:disconnect",
        "Take Stripe's event destination away from this environment: the way back from `connect`.",
    ),
    Deferred(
        "operate.dlq.command:dlq",
        "Events that could not be applied: look at them, send them again, drop them.",
    ),
    Deferred(
        "operate.doctor.command:doctor",
        "Go through the production checklist of a deployed stack: pass, warn or fail, and what puts "
        "it right.",
    ),
    Deferred(
        "operate.explain.command:explain",
        "Say of each attribute of a profile which event set it, when, and by which rule.",
    ),
    Deferred(
        "operate.forget.command:forget",
        "Forget USER: what is ours on the profile, the links, parked events, and messages in both queues.",
    ),
    Deferred(
        "operate.init.command:init",
        "Write an environment's variable file: your prefix, table, keys and e-mail addresses.",
    ),
    Deferred(
        "operate.link.command:link",
        "Say at Stripe whose a subscription is, which applies every event that waits for it.",
    ),
    Deferred(
        "operate.listen.command:listen",
        "Take Stripe's webhooks, put their events on the bus, and show what each did to the profile.",
    ),
    Deferred("composed.local:local", "AWS on this machine: MiniStack with the AWS behaviours it lacks."),
    Deferred(
        "tools.packaging.command:package",
        "Build the Lambda zip from hashed requirements, byte for byte the same on every build.",
    ),
    Deferred(
        "operate.parked.command:parked", "List the events that wait for a user, the first to expire first."
    ),
    Deferred(
        "operate.profile_events.command:profile-events",
        "Changes of profiles that could not be told: look at them, tell them again.",
    ),
    Deferred(
        "operate.reconcile.command:reconcile",
        "Compare every subscription in Stripe with every profile, in both directions.",
    ),
    Deferred(
        "operate.replay.command:replay",
        "Send archived events to the function again, and tell what that changed.",
    ),
    Deferred("composed.send:send", "Put events on the bus and follow each to the profile."),
    Deferred(
        "operate.show.command:show",
        "Show what is stored of a user: until when there is access and to what, then the rest.",
    ),
    Deferred(
        "lab.simulator.command:simulate",
        "Write the events Stripe would send for made-up customers, and the profiles they must lead to.",
    ),
    Deferred(
        "operate.reconcile.command:sync",
        "Bring the profile of USER up to date from Stripe, now, by the rules of live events.",
    ),
)
"""Each command by its place, whose last part is its name, and the first sentence of its help."""


@click.group(cls=LazyGroup, commands=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="stripe-subscription-handler")
def root() -> None:
    """Stripe subscription state in your DynamoDB user profiles: see, explain, repair, try out."""


def cli(arguments: list[str] | None = None) -> int:
    """Run the command line; user errors become one message on stderr, never a stack trace."""
    if sys.stdin is None:
        # Closed by the caller. What asks is to find nobody there, as with an empty input.
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - for the process's life
    try:
        result = root.main(args=arguments, prog_name="stripe-handler", standalone_mode=False)
    except interrupts.StoppedError:
        return interrupts.stopped()
    except click.exceptions.Abort:
        # A question that got no answer, whose line is not at its end.
        sys.stderr.write("\nStopped.\n")
        return interrupts.EXIT_CODE
    except click.ClickException as error:
        shown = io.StringIO()
        error.show(shown)
        _tell(shown.getvalue().rstrip())
        return error.exit_code
    except CliError as error:
        _tell(f"Error: {error}")
        return 1
    except _aws_errors() as error:
        # The message names the operation and AWS's reason, and holds no request or response body.
        _tell(f"Error: AWS: {error}")
        return 1
    return result if isinstance(result, int) else 0


def _tell(message: str) -> None:
    from stripe_handler_cli.common.messages import tell  # noqa: PLC0415 - loaded by who needs it

    tell(message)


def _aws_errors() -> tuple[type[Exception], ...]:
    """The errors of botocore; none where nothing has imported it, for then nothing can have raised them."""
    module = sys.modules.get("botocore.exceptions")
    return (module.BotoCoreError, module.ClientError) if module else ()
