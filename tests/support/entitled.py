"""Worlds whose customers have entitlements, and the judge of who is shown which."""

from typing import Any

import attrs
from hypothesis import strategies as st

from stripe_subscription_handler.events.entitlements import EntitlementSummary
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.delivery import Delivery
from support.happenings import Fact, World
from support.model import Tables
from support.streams import MOST_COPIES, Stream
from support.tapes import Tape, cut, parted
from support.walks import proven_end
from support.worlds import CHOICES, Kinds, drawn_world

PARTS = (CHOICES, 32, 64, 224)
"""Choices that make the world, that add summaries, that arrange the deliveries, and that schedule these."""
KEYS = ("audit", "seats", "sso")
LISTED = 2
"""So many keys are listed at most; Stripe lists ten."""


@attrs.frozen
class _Drawn:
    """A summary that is to happen: after which fact, what it says, and whether it says what was before."""

    place: int
    customer_id: str
    keys: frozenset[str]
    tells_former: bool


def _drawn(world: World, tape: Tape) -> list[_Drawn]:
    customers = sorted({fact.customer_id for fact in world.facts})
    return [
        _Drawn(
            place=tape.pick(len(world.facts)),
            customer_id=tape.one_of(customers),
            keys=frozenset(key for key in KEYS if tape.pick(2)),
            tells_former=bool(tape.pick(5)),
        )
        for _ in range(1 + tape.pick(5))
    ]


def _with_summaries(world: World, drawn: list[_Drawn]) -> World:
    """The world in which these happen too, each right after the fact at its place and in its second."""
    facts, shown = list[Fact](), [world.shown[0]]
    now: dict[str, frozenset[str]] = {}
    for place, fact in enumerate(world.facts):
        facts.append(fact)
        shown.append(_showing(world.shown[place + 1], now))
        for one in (one for one in drawn if one.place == place):
            facts.append(_fact(one, now.get(one.customer_id, frozenset()), fact.second, len(facts)))
            now[one.customer_id] = one.keys
            shown.append(_showing(world.shown[place + 1], now))
    return World(tuple(facts), tuple(shown))


def _showing(shown: Any, now: dict[str, frozenset[str]]) -> Any:
    summaries = {customer_id: EntitlementSummary(customer_id, keys) for customer_id, keys in now.items()}
    return attrs.evolve(shown, entitlements=summaries)


def _fact(one: _Drawn, before: frozenset[str], second: int, number: int) -> Fact:
    listed = sorted(one.keys)[:LISTED]
    body = events.summary(*listed, customer=one.customer_id, has_more=len(listed) < len(one.keys))
    former = sorted(before) if one.tells_former and len(before) <= LISTED else None
    # Event ids say nothing about order.
    event_id = f"evt_e{number * 7 % 11:02d}{number}"
    event = parse_event(events.entitled(body, before=former, event_id=event_id, created=second))
    return Fact(event, second, one.customer_id, None, None)


@st.composite
def entitled_streams(draw: st.DrawFn, kinds: Kinds, *between: Delivery) -> Stream:
    """Worlds of these kinds in which customers get and lose entitlements, delivered in any way."""
    making, adding, arranging, delivering = parted(
        draw(st.binary(min_size=sum(PARTS), max_size=sum(PARTS))), *PARTS
    )
    before = drawn_world(making.pick, kinds)
    world = _with_summaries(before, _drawn(before, adding))
    every = (*world.events, *arranging.some_of(world.events, MOST_COPIES), *between)
    return Stream(world, tuple(arranging.shuffled(every)), cut(delivering))


def check_entitlements(tables: Tables) -> None:
    """A customer's entitlements are in one item at most, that of the user whose they are, and in no other.

    Raises:
        AssertionError: They are in another item, or not in this one, or an item shows others than it has.
    """
    held: dict[str, dict[str, set[str]]] = {user: {} for user in tables.profiles}
    for customer_id, record in tables.customers.items():
        kept = record.get("entitlements")
        if kept is None:
            continue
        user = _owner(tables, customer_id)
        assert kept.get("user") == user, f"{customer_id} is shown to {kept.get('user')}, and is {user}'s"
        if user is not None and kept["keys"]:
            held[user][customer_id] = set(kept["keys"])
    for user, item in tables.profiles.items():
        prefix = "stripeLedgerEntitlements_"
        found = {name.removeprefix(prefix): set(item[name]) for name in item if name.startswith(prefix)}
        assert found == held[user], f"the item of {user} has {found}, and should have {held[user]}"
        shown = item.get("entitlements")
        assert (set(shown) if shown else set()) == set().union(*found.values()), f"{user} sees {shown}"
        assert shown is None or shown, "an empty set cannot be stored"


def check_nobody_elses_entitlements(tables: Tables) -> None:
    """The half of it that still holds when the app deletes profiles: what an item has is shown there.

    Raises:
        AssertionError: An item has a customer's entitlements, and another one shows them by its record.
    """
    prefix = "stripeLedgerEntitlements_"
    for user, item in tables.profiles.items():
        for customer_id in (name.removeprefix(prefix) for name in item if name.startswith(prefix)):
            shown_to = tables.customers[customer_id]["entitlements"].get("user")
            assert shown_to == user, f"{user} has the entitlements of {customer_id}, shown to {shown_to}"


def _owner(tables: Tables, customer_id: str) -> str | None:
    """Whose a customer's entitlements are, by the links and the customer's claim."""
    links = (link for (customer, _), link in tables.links.items() if customer == customer_id)
    owners = {link["owner"] for link in links if "owner" in link}
    claimed = tables.customers[customer_id].get("claim", {}).get("u")
    return owners.pop() if len(owners) == 1 else claimed if claimed in owners else None


def judge_entitlements(tables: Tables, world: World, *, key: bool) -> None:
    """Every customer's record has the newest summary.

    Raises:
        AssertionError: It has an older one, or none.
    """
    check_entitlements(tables)
    for customer_id in {fact.customer_id for fact in world.facts if fact.event.entitlements}:
        found = frozenset(tables.customers[customer_id]["entitlements"]["keys"])
        possible = _possible(world, customer_id, key=key)
        assert found in possible, f"{customer_id} has {set(found)}, and should have one of {possible}"


def _possible(world: World, customer_id: str, *, key: bool) -> list[frozenset[str]]:
    """What may be the last in the end; one alone where that is certain."""
    facts = [fact for fact in world.facts if fact.event.entitlements and fact.customer_id == customer_id]
    if key:
        return [world.shown[-1].entitlements[customer_id].keys]
    rivals = [one.event.entitlements for one in facts if one.second == facts[-1].second]
    told = [one for one in rivals if one is not None]
    steps = [(one.former_keys, one.keys) for one in told]
    is_proven = all(one.former_keys is not None for one in told) and proven_end(steps) is not None
    return [told[-1].keys] if is_proven or len(told) == 1 else [one.keys for one in told]
