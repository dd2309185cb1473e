"""Sends events to a stack on local AWS and says at which box each is, until the profile has changed.

The events are made, or those of the demo's life, told again for a new user; `send` puts and follows them.
"""

import json
import secrets
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.composed.console.desk import Desk
from stripe_handler_cli.composed.console.jobs import Job
from stripe_handler_cli.lab.demo import life
from stripe_handler_cli.lab.made_events import MADE_TYPES, MadeFor, made_events
from stripe_handler_cli.operate.send.sending import Sender
from stripe_handler_cli.stack.following.outcome import Outcome
from stripe_handler_cli.stack.following.wiring import Wired, wire
from stripe_subscription_handler.decisions.policy import Livemode

TYPES = MADE_TYPES
_TIMEOUT_SECONDS = 30
_SEEN_SECONDS = 0.4
"""How long an event stays at a box for the eye. Nothing waits for it but the next light."""
_THEIRS = "1QDemo", "cus_DemoCustomer"
"""What the ids of the demo's life have in them."""


@attrs.frozen
class Played:
    """What came of it: whose profile it is about, and the outcomes."""

    user_id: str
    outcomes: tuple[Outcome, ...]


def refuse_aws(desk: Desk) -> None:
    """See that nobody plays with a stack on AWS.

    Raises:
        CliError: It is one.
    """
    if not desk.is_local:
        raise CliError("Only a stack on local AWS is played with; this one is on AWS.")


def send_one(desk: Desk, event_type: str, user_id: str, job: Job) -> Played:
    """Make an event of a type for a user, and send it.

    Raises:
        CliError: No such event can be made, or the stack is on AWS.
    """
    refuse_aws(desk)
    if event_type not in TYPES:
        raise CliError(f"No event of this type can be made: {event_type}")
    stack = desk.stack
    wired = wire(stack)
    wanted = MadeFor(
        user_id=user_id,
        now=int(time.time()),
        metadata_key=stack.config.user_id_metadata_key,
        livemode=stack.config.livemode is Livemode.LIVE,
        goes_on="subscriptionId" in wired.pipeline.profile(user_id),
    )
    return Played(
        user_id, tuple(_sent(wired, [("", event) for event in made_events([event_type], wanted)], job))
    )


def run_life(desk: Desk, job: Job) -> Played:
    """Tell the demo's life of a new user.

    Raises:
        CliError: The stack is on AWS.
    """
    refuse_aws(desk)
    mark = secrets.token_hex(3)
    user_id = f"user_play_{mark}"
    wired = wire(desk.stack)
    story = [(one.title, told_anew(one.event, user_id, mark)) for one in life.story()]
    return Played(user_id, tuple(_sent(wired, story, job)))


def told_anew(event: Mapping[str, Any], user_id: str, mark: str) -> dict[str, Any]:
    """An event of the demo's life about another user, with ids of its own."""
    text = json.dumps(event)
    for one in _THEIRS:
        text = text.replace(one, f"{one}{mark}")
    told: dict[str, Any] = json.loads(text.replace(json.dumps(life.USER_ID), json.dumps(user_id)))
    return told


def _sent(wired: Wired, events: Sequence[tuple[str, Mapping[str, Any]]], job: Job) -> Iterator[Outcome]:
    key, tail, profiles = wired.stack.config.user_id_metadata_key, wired.tail(), wired.profiles()

    def put(event: Mapping[str, Any]) -> None:
        job.say(f"{event['type']} is put on the bus", "bus")
        wired.pipeline.put(event)
        time.sleep(_SEEN_SECONDS)
        if wired.bus.admits(event):
            job.say("the rule admits it; the function has it", "function")

    sender = Sender(put, wired.bus, tail, profiles, key, _TIMEOUT_SECONDS)
    for number, (title, event) in enumerate(events, start=1):
        if title:
            job.say(f"{number}. {title}", "stripe")
        outcome = sender.send(event)
        job.progress("events", number, len(events))
        _tell(outcome, job)
        time.sleep(_SEEN_SECONDS)
        yield outcome


def _tell(outcome: Outcome, job: Job) -> None:
    line = outcome.line
    if line is None:
        job.say(outcome.note, "bus" if not outcome.is_failure else "function")
    elif outcome.is_failure:
        job.say(
            f"failed: {line.get('error_type')}; Lambda tries it twice more, then the failure queue", "failure"
        )
    else:
        names = ", ".join(outcome.changes or ()) or "nothing"
        job.say(f"{line['decision']} · {line['reason']}; changed: {names}", "profiles")
