"""Makes events of types through the simulator, as one life that has come to now. Pure: the clock comes in."""

import random
import zlib
from collections.abc import Sequence
from typing import Any

import attrs

from stripe_handler_cli.lab.simulator import CURRENT, EVENT_TYPES, SimulationOptions, iterate_lives
from stripe_handler_cli.lab.simulator.life import stripe_id
from stripe_handler_cli.lab.simulator.options import ENTITLEMENTS_UPDATED
from stripe_handler_cli.stack.renamed_user import with_user

MADE_TYPES = EVENT_TYPES
"""The event types that can be made."""

Json = dict[str, Any]

_USUAL_SCENARIO = "dunning_canceled"
"""Bought by Checkout, renewed, not paid, canceled: every main type, of one subscription, and its session."""
_OTHER_SCENARIOS = {
    **{f"customer.subscription.{kind}": "trial_pauses" for kind in ("paused", "resumed", "trial_will_end")},
    "invoice.voided": "invoice_voided",
    "invoice.marked_uncollectible": "invoice_written_off",
}
"""Event type → the scenario that has it, where the usual one has not."""
_OF_CUSTOMERS = ("customer.created", "customer.updated", "customer.deleted")
_LATER_OF_CUSTOMER = ("customer.updated", "customer.deleted")
"""These are made of the event that says that the customer was created."""
_LIVES = 100
"""So many lives are searched for one that has the event; for each type one of the first few does."""
_ROUNDS = 6


@attrs.frozen(kw_only=True)
class MadeFor:
    """Whom events are made for, and when.

    Attributes:
        now: Unix seconds; nothing happens later.
        seed: The same seed and user have the same subscription and customer.
        goes_on: Whether their profile shows that subscription already: then every event happens now, because
            what is older than what a profile shows is rightly skipped.
    """

    user_id: str
    now: int
    seed: int = 1
    metadata_key: str = "userId"
    livemode: bool
    goes_on: bool = False


def made_events(event_types: Sequence[str], wanted: MadeFor) -> list[Json]:
    """Make Stripe events of the current API version, one of each type, in this order.

    They are of one life: each is the first of its type after the one before it (a payment that fails is
    followed by the update that says `past_due`), with the times of that life, which has come to its last one
    now. Where the life has no later one of a type, it is its first. An event's id is new in every second.
    """
    start = wanted.now
    for _ in range(_ROUNDS):
        found = _chosen(event_types, wanted, start)
        last = max(event["created"] for event in found)
        if last == wanted.now:
            break
        # Months differ in length, so a moved life is not exactly as long as it was.
        start += wanted.now - last
    return [
        _given(event, kind, number, wanted, last)
        for number, (event, kind) in enumerate(zip(found, event_types, strict=True))
    ]


def _chosen(event_types: Sequence[str], wanted: MadeFor, start: int) -> list[Json]:
    seed = zlib.crc32(f"{wanted.seed} {wanted.user_id}".encode())
    found: list[Json] = []
    for event_type in event_types:
        events = _events(event_type, seed, start, livemode=wanted.livemode)
        later = [event for event in events if found and _is_after(event, found[-1], event_type)]
        found.append(later[0] if later else events[0])
    return found


def _is_after(event: Json, before: Json, event_type: str) -> bool:
    """Whether it comes after another; within one second only where that is of another type."""
    same_second = event["created"] == before["created"] and before["type"] != event_type
    return bool(event["created"] > before["created"] or same_second)


def _given(event: Json, event_type: str, number: int, wanted: MadeFor, last: int) -> Json:
    chance = random.Random(f"{wanted.seed} {wanted.user_id} {event_type} {number} {wanted.now}")  # noqa: S311 - repeatable on purpose
    if event_type == "customer.updated":
        # What was null before is set now: the update that names the user.
        event["data"]["previous_attributes"] = {"metadata": {wanted.metadata_key: None}}
    # Where the lengths of months leave no start that fits, the rest is a matter of days.
    happened = wanted.now if wanted.goes_on else event["created"] + wanted.now - last
    made = event | {"id": stripe_id(chance, "evt"), "type": event_type, "created": happened}
    return with_user(made, wanted.metadata_key, wanted.user_id)


def _events(event_type: str, seed: int, start: int, *, livemode: bool) -> list[Json]:
    """Every event of a type in the first life that has one."""
    options = SimulationOptions(
        scenarios=(_OTHER_SCENARIOS.get(event_type, _USUAL_SCENARIO),),
        eras=(CURRENT.era,),
        second_scenario_share=0,
        expanded_share=0,
        own_page_share=0,
        livemode=livemode,
        sessions=event_type == "checkout.session.completed",
        customers=event_type in _OF_CUSTOMERS,
        entitlements=event_type == ENTITLEMENTS_UPDATED,
        entitled_share=1,
        start_second=start,
        spread_seconds=0,
    )
    kind = "customer.created" if event_type in _LATER_OF_CUSTOMER else event_type
    lives = (
        [one for one in life.events if one["type"] == kind] for life in iterate_lives(seed, _LIVES, options)
    )
    return next(events for events in lives if events)
