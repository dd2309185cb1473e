"""Makes an event of a type through the simulator, as if it happened now. Pure: the clock comes in."""

import random
import zlib
from typing import Any

from stripe_handler_cli.lab.simulator import CURRENT, EVENT_TYPES, SimulationOptions, iterate_lives
from stripe_handler_cli.lab.simulator.life import stripe_id
from stripe_handler_cli.lab.simulator.options import ENTITLEMENTS_UPDATED
from stripe_handler_cli.stack.renamed_user import with_user

MADE_TYPES = EVENT_TYPES
"""The event types that can be made."""

_USUAL_SCENARIO = "dunning_canceled"
"""Bought, paid, renewed, not paid, canceled: every main type, of one subscription, and its checkout."""
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


def made_event(
    event_type: str, user_id: str, now: int, *, seed: int = 1, metadata_key: str = "userId", livemode: bool
) -> dict[str, Any]:
    """Make a Stripe event of the current API version that happens now.

    The same seed and user have the same subscription and customer, so that events of several types belong
    together; the event's id is new in every second. Times within the objects are as far apart as in the
    simulated life, which is moved so that the event happens now (Unix seconds).
    """
    life_seed = zlib.crc32(f"{seed} {user_id}".encode())
    start = now
    for _ in range(_ROUNDS):
        event = _first(event_type, life_seed, start, livemode=livemode)
        if event["created"] == now:
            break
        # Months differ in length, so a moved life is not exactly as long as it was.
        start += now - event["created"]
    chance = random.Random(f"{seed} {user_id} {event_type} {now}")  # noqa: S311 - repeatable on purpose
    if event_type == "customer.updated":
        # What was null before is set now: the update that names the user.
        event["data"]["previous_attributes"] = {"metadata": {metadata_key: None}}
    # Where the lengths of months leave no start that fits, the rest is a matter of days.
    made = event | {"id": stripe_id(chance, "evt"), "type": event_type, "created": now}
    return with_user(made, metadata_key, user_id)


def _first(event_type: str, seed: int, start: int, *, livemode: bool) -> dict[str, Any]:
    options = SimulationOptions(
        scenarios=(_OTHER_SCENARIOS.get(event_type, _USUAL_SCENARIO),),
        eras=(CURRENT.era,),
        second_scenario_share=0,
        expanded_share=0,
        livemode=livemode,
        sessions=event_type == "checkout.session.completed",
        customers=event_type in _OF_CUSTOMERS,
        entitlements=event_type == ENTITLEMENTS_UPDATED,
        entitled_share=1,
        start_second=start,
        spread_seconds=0,
    )
    wanted = "customer.created" if event_type in _LATER_OF_CUSTOMER else event_type
    events = (event for life in iterate_lives(seed, _LIVES, options) for event in life.events)
    return next(event for event in events if event["type"] == wanted)
