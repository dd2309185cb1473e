"""The command `stripe-handler send`: events in, outcomes out."""

import functools
import time
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import click

from stripe_handler_cli.stack.options import stack_options

if TYPE_CHECKING:
    from stripe_handler_cli.stack.deployed import DeployedStack

_EXAMPLES = """\b
Examples:
  stripe-handler send customer.subscription.created customer.subscription.updated --user user_7
  stripe-handler send invoice.payment_failed customer.subscription.updated --user user_7
  stripe-handler send events.jsonl --user user_7 --json
  stripe-handler simulate --users 1 --out - | stripe-handler send -
  stripe-handler send event.json --no-follow

\b
Types that can be made:
  """


@attrs.frozen
class Making:
    """How events are made: of which types, and by what, given types and whom they are for."""

    types: Collection[str]
    make: Callable[..., list[dict[str, Any]]]


def send_command(making: Making) -> click.Command:
    """Make the command."""
    command = functools.wraps(send)(functools.partial(send, making=making))
    return click.command(epilog=_EXAMPLES + "\n  ".join(making.types))(command)


@click.argument("what", metavar="FILE|TYPE...", nargs=-1, required=True)
@stack_options
@click.option("--user", help="Your user's id: whose subscription it is. A type needs one.")
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Of made events: another is another subscription."
)
@click.option(
    "--mode",
    type=click.Choice(["test", "live"]),
    help="Give every event this mode, also one that the environment does not take.",
)
@click.option(
    "--timeout",
    "timeout_seconds",
    type=click.FloatRange(min=0),
    default=60,
    show_default=True,
    help="How many seconds the handler may take for one event.",
)
@click.option(
    "--no-follow", is_flag=True, help="Only put the events on the bus; do not wait for the handler."
)
@click.option("--json", "as_json", is_flag=True, help="Print a JSON object per event, then a summary.")
def send(  # noqa: PLR0913 - one argument per option
    *,
    making: Making,
    what: tuple[str, ...],
    stack: "DeployedStack",
    user: str | None,
    seed: int,
    mode: str | None,
    timeout_seconds: float,
    no_follow: bool,
    as_json: bool,
) -> int:
    """Put events on the bus and follow each to the profile.

    FILE holds one Stripe event, a JSON array, or JSON lines as `simulate` writes them; - is standard input.
    TYPE is a Stripe event type. Several make one life of a subscription of your user that has come to its
    last event now; the same user and seed mean the same subscription. Events are sent one after the other,
    each when the one before is handled. Exit code 1 if one failed or was not handled in time, or if the rule
    admits none. An event of a mode that the environment does not take is not sent unless --mode names it.

    Works on a custom bus whose rule admits a bridge's source (bridge_event_source), and on any local bus. On
    a partner bus on AWS only Stripe can put events.
    """
    from stripe_handler_cli.operate.send.files import read_events
    from stripe_handler_cli.operate.send.modes import in_mode, refuse_other_mode
    from stripe_handler_cli.operate.send.sending import put, put_and_follow
    from stripe_handler_cli.stack.following.wiring import wire
    from stripe_handler_cli.stack.renamed_user import with_user
    from stripe_subscription_handler.decisions.policy import Livemode

    kinds = [item for item in what if item in making.types]
    if kinds and user is None:
        raise click.UsageError("a made event needs a user: --user user_7")
    for item in what:
        if item not in making.types and item != "-" and not Path(item).is_file():
            raise click.UsageError(f"{item} is neither a file nor a type that can be made; see --help")
    wired = wire(stack)
    if user is not None or mode is not None:
        wired.refuse_made_up()
    config = stack.config
    made: Iterator[dict[str, Any]] = iter([])
    if kinds:
        made = iter(
            making.make(
                kinds,
                user_id=str(user),
                now=int(time.time()),
                seed=seed,
                metadata_key=config.user_id_metadata_key,
                livemode=config.livemode is Livemode.LIVE,
                goes_on="subscriptionId" in wired.pipeline.profile(str(user)),
            )
        )
    events: list[dict[str, Any]] = []
    for item in what:
        if item in making.types:
            events.append(next(made))
        else:
            read = read_events(Path(item))
            key = config.user_id_metadata_key
            events += read if user is None else [with_user(event, key, user) for event in read]
    if mode is not None:
        events = [in_mode(event, mode) for event in events]
    else:
        refuse_other_mode(events, config.livemode)
    if no_follow:
        return put(wired, events, as_json=as_json)
    return put_and_follow(wired, events, timeout_seconds, as_json=as_json)
