"""What happens on the day, and when: deliveries, incidents, kills, Stripe's faults. Pure and seeded."""

import random
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import attrs

from stripe_handler_cli.lab.chaos.day.incidents import Amounts, Incident, Kind
from stripe_handler_cli.lab.fake_stripe import Fault, drawn_faults
from stripe_handler_cli.lab.simulator.calendar_time import iso
from stripe_handler_cli.lab.simulator.days import SimulatedDay
from stripe_handler_cli.lab.simulator.life import Happening, stripe_id
from stripe_subscription_handler.events.event_types import GENERATION_FAILURE_EVENT

Event = Mapping[str, Any]

_SOON_SECONDS, _LATE_SECONDS = 3.0, 1800.0
_MOST_AGAIN_SECONDS = 3600.0
_RESOLVED_SECONDS = 1200, 7200
"""How long after the event Stripe says that it could not make it."""
_HOUR = 3600
_WORKING_HOURS = 8, 18
"""When the destination may be disabled."""
_COPIED_HOURS, _RESTORED_AFTER_HOURS = (6, 12), (2, 5)
_NO_TIME_OF_ITS_OWN = ("customer.created", "customer.updated", "customer.deleted")
"""Of these the object does not tell when its label was put there, which is a limit of docs/semantics.md."""


@attrs.frozen
class DayPlan:
    """What happens on the day.

    Attributes:
        deliveries: (second, event as it is sent), ascending.
        told_late: Event id → the event that says what Stripe failed to generate, as Stripe shows it.
        not_generated: Ids of the snapshot events that there never were.
        copied: When the profile table is copied, and
        restored: when it is set back to that; both None where it is not.
        replaced: (second, user) of the app's PutItem, ascending.
        kills: When a process of the function is killed.
        faults: (second, what Stripe's next answers meet).
        disabled: From when to when nothing is delivered.
    """

    deliveries: tuple[tuple[float, Event], ...]
    incidents: tuple[Incident, ...]
    events: int
    duplicates: int
    told_late: Mapping[str, Event] = attrs.Factory(dict)
    not_generated: frozenset[str] = frozenset()
    copied: int | None = None
    restored: int | None = None
    replaced: tuple[tuple[int, str], ...] = ()
    kills: tuple[float, ...] = ()
    faults: tuple[tuple[float, tuple[Fault, ...]], ...] = ()
    disabled: tuple[int, int] | None = None


def plan_day(
    day: SimulatedDay, seed: int, amounts: Amounts, admits: Callable[[Event], bool] = lambda _event: True
) -> DayPlan:
    """Plan a day. Only events that the stack's rule `admits` are sent, so only they can be missed."""
    rng = random.Random(f"stripe-handler chaos day {seed}")  # noqa: S311 - repeatable on purpose
    sent = [
        (one, life.users)
        for life in day.account.lives
        for one in life.happenings
        if one.second >= day.start and admits(one.event)
    ]
    sent.sort(key=lambda pair: pair[0].second)
    disabled = _disabled(rng, day.start, amounts)
    fates = _fates(rng, [one for one, _ in sent], amounts)
    deliveries: list[tuple[float, Event]] = []
    incidents: list[Incident] = []
    told_late: dict[str, Event] = {}
    not_generated: set[str] = set()
    for happening, whose in sent:
        fate = fates.get(happening.event["id"])
        if disabled is not None and disabled[0] <= happening.second < disabled[1]:
            fate = Kind.DISABLED if fate is not Kind.NOT_GENERATED else fate
        if fate is Kind.NOT_GENERATED:
            second, delivered, shown = _said_later(rng, happening)
            told_late[shown["id"]] = shown
            not_generated.add(happening.snapshot["id"])
            deliveries.append((second, delivered))
        elif fate in {None, Kind.LATE}:
            deliveries.append((_arrival(rng, happening.second, fate), happening.event))
        if fate is not None:
            incidents.append(Incident(fate, happening.second, whose, happening.event["id"]))
    copies = rng.sample(deliveries, round(len(deliveries) * amounts.duplicates))
    again = [(second + rng.uniform(1, _MOST_AGAIN_SECONDS), event) for second, event in copies]
    copied, restored = _restore(rng, day.start, amounts)
    users = sorted(day.moments)
    replaced = tuple(
        sorted((day.start + rng.randrange(20 * _HOUR), user) for user in _some(rng, users, amounts.replaced))
    )
    incidents += [Incident(Kind.REPLACED, second, (user,)) for second, user in replaced]
    if copied is not None and restored is not None:
        changed = (user for user in users if any(copied < one <= restored for one in day.moments[user]))
        incidents += [Incident(Kind.RESTORED, restored, (user,)) for user in changed]
    bursts = drawn_faults(rng, round(len(sent) * amounts.stripe_faults))
    return DayPlan(
        deliveries=tuple(sorted(deliveries + again, key=lambda pair: pair[0])),
        incidents=tuple(sorted(incidents, key=lambda one: one.second)),
        events=len(sent),
        duplicates=len(again),
        told_late=told_late,
        not_generated=frozenset(not_generated),
        copied=copied,
        restored=restored,
        replaced=replaced,
        kills=_at_events(rng, sent, round(len(sent) * amounts.kills)),
        faults=tuple(zip(_at_events(rng, sent, len(bursts)), map(tuple, bursts), strict=True)),
        disabled=disabled,
    )


def _fates(rng: random.Random, sent: list[Happening], amounts: Amounts) -> dict[str, Kind]:
    """What befalls which event, by its id; one thing at most."""
    ids = [one.event["id"] for one in sent]
    fates = dict.fromkeys(_some(rng, ids, amounts.late), Kind.LATE)
    fates |= dict.fromkeys(_some(rng, ids, amounts.lost), Kind.LOST)
    found_again = [one.event["id"] for one in sent if one.snapshot["type"] not in _NO_TIME_OF_ITS_OWN]
    return fates | dict.fromkeys(_some(rng, found_again, amounts.not_generated), Kind.NOT_GENERATED)


def _some(rng: random.Random, of: list[str], share: float) -> list[str]:
    """A share of them, and one at least where there is to be any."""
    return rng.sample(of, min(len(of), max(1, round(len(of) * share)))) if share else []


def _arrival(rng: random.Random, second: int, fate: Kind | None) -> float:
    if fate is Kind.LATE:
        return second + rng.uniform(60, _LATE_SECONDS)
    return second + rng.expovariate(1 / _SOON_SECONDS)


def _said_later(rng: random.Random, happening: Happening) -> tuple[float, Event, Event]:
    """When Stripe says that it failed to make an event; what it sends then, and what it shows when asked.

    Source: https://docs.stripe.com/webhooks/handle-irrecoverable-events
    """
    snapshot = happening.snapshot
    body = snapshot["data"]["object"]
    second = happening.second + rng.randrange(*_RESOLVED_SECONDS)
    said = {
        "id": stripe_id(rng, "evt"),
        "object": "v2.core.event",
        "type": GENERATION_FAILURE_EVENT,
        "created": iso(second).replace("Z", ".000Z"),
        "livemode": snapshot["livemode"],
        "context": None,
    }
    if "id" in body:
        related = {"id": body["id"], "type": body["object"], "url": f"/v1/{body['object']}s/{body['id']}"}
    else:
        url = f"/v1/entitlements/active_entitlements?customer={body['customer']}"
        related = {"id": "", "type": body["object"], "url": url}
    impact = {"event_type": snapshot["type"], "related_object": related}
    return second + rng.uniform(0, _SOON_SECONDS), said, {**said, "data": {"impact": impact}}


def _disabled(rng: random.Random, start: int, amounts: Amounts) -> tuple[int, int] | None:
    if not amounts.disabled_minutes:
        return None
    since = start + rng.randrange(*(hour * _HOUR for hour in _WORKING_HOURS))
    return since, since + amounts.disabled_minutes * 60


def _restore(rng: random.Random, start: int, amounts: Amounts) -> tuple[int | None, int | None]:
    if not amounts.restores:
        return None, None
    copied = start + rng.randrange(*(hour * _HOUR for hour in _COPIED_HOURS))
    return copied, copied + rng.randrange(*(hour * _HOUR for hour in _RESTORED_AFTER_HOURS))


def _at_events(rng: random.Random, sent: Iterable[tuple[Happening, Any]], count: int) -> tuple[float, ...]:
    """Moments at which there is something to hit."""
    seconds = [one.second for one, _ in sent]
    return tuple(sorted(rng.choice(seconds) + rng.uniform(0, 5) for _ in range(count if seconds else 0)))
