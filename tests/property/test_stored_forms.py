"""What the ledger stores is read back as it was, and DynamoDB compares it as the rules do."""

from datetime import UTC, datetime
from typing import Any

import attrs
from hypothesis import given
from hypothesis import strategies as st

from stripe_subscription_handler.decisions.claims import KEY, Claim, Kind
from stripe_subscription_handler.decisions.ledger import Held
from stripe_subscription_handler.decisions.payments import VERSION, Payment
from stripe_subscription_handler.decisions.registers import VERSION as REGISTER_VERSION
from stripe_subscription_handler.decisions.registers import (
    Candidate,
    Register,
    subscription_version,
)
from stripe_subscription_handler.decisions.short_forms import (
    LOWEST_SECOND,
    read_time,
    read_word,
    stored_time,
    stored_word,
)
from stripe_subscription_handler.dynamodb.wire import from_wire, to_wire
from stripe_subscription_handler.events.event_types import INVOICE_EVENTS, Rank
from stripe_subscription_handler.events.invoices import Invoice
from stripe_subscription_handler.events.subscription_items import SubscriptionItem
from stripe_subscription_handler.events.subscriptions import Subscription
from support.examples import MANY

_EDGES = (0, 1, 999_999_999, 1_763_800_000, 1_763_800_001, 9_999_999_999, 10_000_000_000, 253_402_300_799)


def _iso(seconds: int) -> str:
    return datetime.fromtimestamp(seconds, UTC).replace(tzinfo=None).isoformat() + "Z"


TIMES = (st.sampled_from(_EDGES) | st.integers(_EDGES[0], _EDGES[-1])).map(_iso)
"""Of the years that Stripe's times can be of, with those at which the short form changes."""
SECONDS = st.just(LOWEST_SECOND) | TIMES
TEXTS = st.sampled_from(["", "a", "in 1", "1763800000", "-", "=", ".", "~1"])
USERS = st.sampled_from(["u1", "u2"])


def _maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


ITEMS = st.builds(
    SubscriptionItem,
    product_id=_maybe(TEXTS),
    price_id=_maybe(TEXTS),
    lookup_key=_maybe(TEXTS),
    quantity=_maybe(st.integers(0, 3)),
    metered=st.booleans(),
    period_end=_maybe(TIMES),
)


@st.composite
def subscriptions(draw: st.DrawFn) -> Subscription:
    """A state as the reader of events makes it."""
    start = draw(_maybe(TIMES))
    return Subscription(
        id="sub_1",
        customer_id=draw(TEXTS),
        status=draw(st.sampled_from(["active", "canceled", "new"])),
        user_id=draw(_maybe(USERS)),
        created=draw(TIMES),
        items=tuple(draw(st.lists(ITEMS, max_size=2))),
        current_period_start=start,
        latest_period_start=draw(TIMES) if start is None else draw(st.just(start) | TIMES),
        cancel_at_period_end=draw(st.booleans()),
        metadata=tuple(sorted(draw(st.dictionaries(TEXTS, _maybe(TEXTS), max_size=2)).items())),
        own=draw(_maybe(TEXTS)),
        **{
            name: draw(_maybe(TIMES))
            for name in (
                "ended",
                "current_period_end",
                "trial_end",
                "cancel_at",
                "canceled_at",
                "pause_resumes_at",
            )
        },
        pause_collection=draw(_maybe(TEXTS)),
    )


@st.composite
def registers(draw: st.DrawFn) -> Register:
    """A register whose lone candidate, where there is one, is the state itself."""
    state, second = draw(subscriptions()), draw(TIMES)
    candidates: dict[str, Candidate] = {}
    for event_id in draw(st.sets(st.sampled_from(["evt_1", "evt_2", "evt_3"]))):
        candidates[event_id] = Candidate(draw(subscriptions()), draw(_maybe(subscriptions())))
    if len(candidates) == 1:
        candidates = {key: attrs.evolve(one, after=state) for key, one in candidates.items()}
    version = subscription_version(state, second, draw(st.sampled_from(Rank)))
    return Register(version, second, state, candidates)


@st.composite
def payments(draw: st.DrawFn) -> Payment:
    """A payment as an invoice's event makes it."""
    invoice = Invoice(
        id=draw(st.sampled_from(["in_1", "in 1", "1763800000 - ="])),
        subscription_id="sub_1",
        customer_id="cus_1",
        user_id=None,
        created=draw(TIMES),
        status=draw(_maybe(st.sampled_from(["paid", "void", "uncollectible", "open"]))),
        amount_paid=draw(_maybe(st.integers(-3, 10**10))),
        amount_due=draw(_maybe(st.integers(-3, 10**10))),
        currency=draw(_maybe(TEXTS)),
        attempt_count=draw(_maybe(st.integers(0, 10**7))),
        **{
            name: draw(_maybe(TIMES))
            for name in ("paid_at", "voided_at", "uncollectible_at", "next_payment_attempt")
        },
    )
    return Payment.of(invoice, draw(st.sampled_from(sorted(INVOICE_EVENTS))), draw(TIMES))


@st.composite
def claims(draw: st.DrawFn) -> Claim:
    """A claim of each kind, with the versions that `naming` gives them."""
    second, rank = draw(SECONDS), draw(st.integers(0, 4))
    kind, version = draw(
        st.sampled_from(
            [
                (Kind.GUESS, ""),
                (Kind.CUSTOMER, f"{second} {rank}"),
                (Kind.CUSTOMER, f"{LOWEST_SECOND} {rank} {second}"),
                (Kind.INVOICE, f"{second} in 1763800000"),
                (Kind.LABEL, f"0 {second} {rank}"),
                (Kind.LABEL, f"1 {second} {rank}"),
            ]
        )
    )
    steps = draw(
        st.dictionaries(st.sampled_from(["evt_1", "evt_2"]), st.tuples(_maybe(USERS), _maybe(USERS)))
    )
    return Claim(kind, version, draw(USERS), steps)


@st.composite
def what_is_held(draw: st.DrawFn) -> Held:
    """Of one subscription, in one item."""
    claim = draw(_maybe(claims()))
    return Held(
        draw(_maybe(registers())), draw(_maybe(payments())), claim, claim is None or draw(st.booleans())
    )


@MANY
@given(what_is_held())
def test_what_is_held_is_read_back_as_it_was(held: Held) -> None:
    """Through DynamoDB's own form of it; a label that the claim says is stored once."""
    attributes = {name: value for name, value in held.to_attributes("sub_1").items() if value is not None}
    assert Held.from_attributes("sub_1", from_wire(to_wire(attributes)) or {}) == held


def _register(status: str, second: str, rank: Rank) -> Register:
    state = Subscription("sub_1", "cus_1", status, None, second)
    return Register(subscription_version(state, second, rank), second, state)


SIMPLE = st.builds(_register, st.sampled_from(["active", "canceled"]), TIMES, st.sampled_from(Rank))


@MANY
@given(st.tuples(payments(), payments()), st.tuples(claims(), claims()), st.tuples(SIMPLE, SIMPLE))
def test_dynamodb_puts_versions_in_the_same_order(
    paid: tuple[Payment, Payment], claimed: tuple[Claim, Claim], seen: tuple[Register, Register]
) -> None:
    """Its conditions compare the stored texts, and the rules compare the versions."""
    pairs = (
        ([one.version for one in paid], [one.to_attribute()[VERSION] for one in paid]),
        ([one.key for one in claimed], [one.to_attribute()[KEY] for one in claimed]),
        ([one.version for one in seen], [one.to_attribute(None)[REGISTER_VERSION] for one in seen]),
    )
    for (one, other), (stored_one, stored_other) in pairs:
        assert (one < other, one == other) == (stored_one < stored_other, stored_one == stored_other)


@MANY
@given(SECONDS, SECONDS)
def test_times_inside_versions_sort_as_times(one: str, other: str) -> None:
    """Also beyond the ten digits of our days, and all after the lowest second there is."""
    assert (one < other) == (stored_word(one) < stored_word(other))
    assert read_word(stored_word(one)) == one


@MANY
@given(TIMES, TEXTS | st.sampled_from(["2025-W01-1T00:00:00Z", "2025-13-01T00:00:00Z", LOWEST_SECOND]))
def test_what_is_no_time_stays_as_it_is(time: str, text: str) -> None:
    """And a time is a number."""
    assert read_time(stored_time(time)) == time
    assert isinstance(stored_time(time), int)
    assert stored_time(text) == text
