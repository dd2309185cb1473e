"""The command `stripe-handler send`: events in, outcomes out. Thin; `sender` does the work."""

import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from stripe_handler_cli.common.progress import step
from stripe_handler_cli.lab.demo import report
from stripe_handler_cli.operate.send.files import read_events
from stripe_handler_cli.operate.send.made_events import MADE_TYPES, made_event
from stripe_handler_cli.operate.send.outcome import print_outcome
from stripe_handler_cli.operate.send.renamed_user import with_user
from stripe_handler_cli.operate.send.sender import Sender
from stripe_handler_cli.operate.send.wiring import Wired, wire
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.options import stack_options
from stripe_subscription_handler.decisions.policy import Livemode

_WIDTH = 140
_BATCH = 10
_EXAMPLES = """\b
Examples:
  stripe-handler send customer.subscription.created --user user_42 --local .stripe-handler/demo
  stripe-handler send customer.subscription.created invoice.payment_failed --user user_42
  stripe-handler send events.jsonl --user user_42 --json
  stripe-handler simulate --users 1 --out - | stripe-handler send -
  stripe-handler send event.json --no-follow

\b
Types that can be made:
  """ + "\n  ".join(MADE_TYPES)


@click.command(epilog=_EXAMPLES)
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
    what: tuple[str, ...],
    stack: DeployedStack,
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
    admits the type of none.

    Works on a custom bus whose rule admits a bridge's source (bridge_event_source), and on any local bus. On
    a partner bus on AWS only Stripe can put events.
    """
    makes = [item in MADE_TYPES for item in what]
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
        if item in MADE_TYPES:
            now = int(time.time())
            made = made_event(item, str(user), now, seed=seed, metadata_key=key, livemode=livemode)
            events.append(made)
        else:
            read = read_events(Path(item))
            events += read if user is None else [with_user(event, key, user) for event in read]
    if no_follow:
        return _put(wired, events, as_json=as_json)
    sender = Sender(wired.pipeline.put, wired.bus, wired.tail(), wired.profiles(), key, timeout_seconds)
    return _send(sender, events, as_json=as_json)


def _put(wired: Wired, events: list[dict[str, Any]], *, as_json: bool) -> int:
    with step(Console(stderr=True), "Put the events on the bus") as putting:
        counted = putting.counter("events")
        for start in range(0, len(events), _BATCH):
            batch = events[start : start + _BATCH]
            wired.pipeline.put(*batch)
            counted(start + len(batch), len(events))
        ignored = [event["type"] for event in events if not wired.bus.admits(event["type"])]
        if ignored:
            names = ", ".join(sorted(set(ignored)))
            putting(f"The rule does not admit {names} (Terraform variable event_types).")
    if as_json:
        for event in events:
            click.echo(json.dumps({"event_id": event["id"], "event_type": event["type"]}))
        click.echo(json.dumps({"summary": {"sent": len(events), "not_admitted": len(ignored)}}))
    return 1 if len(ignored) == len(events) else 0


def _send(sender: Sender, events: Iterable[Mapping[str, Any]], *, as_json: bool) -> int:
    console = Console()
    if not console.is_terminal:
        console = Console(width=_WIDTH)
    if not as_json:
        report.print_header(console)
    tally: Counter[str] = Counter(sent=0, failed=0, not_admitted=0)
    for number, event in enumerate(events, start=1):
        outcome = sender.send(event)
        tally["sent"] += 1
        tally["failed"] += outcome.is_failure
        tally["not_admitted"] += not (outcome.is_failure or outcome.is_handled)
        if as_json:
            click.echo(json.dumps(outcome.as_json(), default=str))
        else:
            print_outcome(console, number, outcome)
    if as_json:
        click.echo(json.dumps({"summary": tally}))
    else:
        console.print(
            f"{tally['sent']} sent, {tally['failed']} failed, {tally['not_admitted']} of other types."
        )
    return 1 if tally["failed"] or tally["not_admitted"] == tally["sent"] else 0
