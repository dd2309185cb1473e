"""The command `stripe-handler send`: events in, outcomes out."""

import functools
import time
from collections.abc import Callable, Collection
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from stripe_handler_cli.stack.options import stack_options

if TYPE_CHECKING:
    from stripe_handler_cli.stack.deployed import DeployedStack

_EXAMPLES = """\b
Examples:
  stripe-handler send customer.subscription.created --user user_42 --local .stripe-handler/demo
  stripe-handler send customer.subscription.created invoice.payment_failed --user user_42
  stripe-handler send events.jsonl --user user_42 --json
  stripe-handler simulate --users 1 --out - | stripe-handler send -
  stripe-handler send event.json --no-follow

\b
Types that can be made:
  """


def send_command(types: Collection[str], made_event: Callable[..., dict[str, Any]]) -> click.Command:
    """Make the command; `made_event` makes an event of one of the types for a user, as of a second."""
    command = functools.wraps(send)(functools.partial(send, types=types, made_event=made_event))
    return click.command(epilog=_EXAMPLES + "\n  ".join(types))(command)


@click.argument("what", metavar="FILE|TYPE...", nargs=-1, required=True)
@stack_options
@click.option("--user", help="Your user's id: whose subscription it is. A type needs one.")
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Of made events: another is another subscription."
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
    types: Collection[str],
    made_event: Callable[..., dict[str, Any]],
    what: tuple[str, ...],
    stack: "DeployedStack",
    user: str | None,
    seed: int,
    timeout_seconds: float,
    no_follow: bool,
    as_json: bool,
) -> int:
    """Put events on the bus and follow each to the profile.

    FILE holds one Stripe event, a JSON array, or JSON lines as `simulate` writes them; - is standard input.
    TYPE is a Stripe event type: an event of a made-up subscription of your user that happens now; the same
    user and seed mean the same subscription. Events are sent one after the other, each when the one before
    is handled. Exit code 1 if one failed or was not handled in time, or if the rule
    admits none.

    Works on a custom bus whose rule admits a bridge's source (bridge_event_source), and on any local bus. On
    a partner bus on AWS only Stripe can put events.
    """
    from stripe_handler_cli.operate.send.files import read_events
    from stripe_handler_cli.operate.send.sending import put, put_and_follow
    from stripe_handler_cli.stack.following.wiring import wire
    from stripe_handler_cli.stack.renamed_user import with_user
    from stripe_subscription_handler.decisions.policy import Livemode

    makes = [item in types for item in what]
    if any(makes) and user is None:
        raise click.UsageError("a made event needs a user: --user user_42")
    for item, is_type in zip(what, makes, strict=True):
        if not is_type and item != "-" and not Path(item).is_file():
            raise click.UsageError(f"{item} is neither a file nor a type that can be made; see --help")
    wired = wire(stack)
    if user is not None:
        wired.refuse_made_up()
    key, livemode = stack.config.user_id_metadata_key, stack.config.livemode is Livemode.LIVE
    events: list[dict[str, Any]] = []
    for item in what:
        if item in types:
            now = int(time.time())
            made = made_event(item, str(user), now, seed=seed, metadata_key=key, livemode=livemode)
            events.append(made)
        else:
            read = read_events(Path(item))
            events += read if user is None else [with_user(event, key, user) for event in read]
    if no_follow:
        return put(wired, events, as_json=as_json)
    return put_and_follow(wired, events, timeout_seconds, as_json=as_json)
