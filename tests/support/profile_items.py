"""Profile items as the handler leaves them, for the tests of those who read them, and all that they ask."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from stripe_subscription_handler.reading import ATTRIBUTES, PRODUCT_FIELDS, Attribute, Kind, Profile

A_MOMENT = datetime(2026, 12, 1, tzinfo=UTC)
IDS = st.text("abc_1", min_size=1, max_size=5)
STATUSES = ("trialing", "active", "past_due", "unpaid", "canceled", "a_future_word")

ANSWERS: Mapping[str, Callable[[Profile, datetime], Any]] = {
    "has_access": Profile.has_access,
    "access_until": lambda profile, _: profile.access_until,
    "has_product": lambda profile, now: profile.has_product("a", now),
    "quantity": lambda profile, now: profile.quantity("a", now),
    "products": lambda profile, _: profile.products,
    "status": lambda profile, _: profile.status,
    "subscription_id": lambda profile, _: profile.subscription_id,
    "customer_id": lambda profile, _: profile.customer_id,
    "price_id": lambda profile, _: profile.price_id,
    "product_id": lambda profile, _: profile.product_id,
    "on_trial": Profile.on_trial,
    "ends_at": lambda profile, _: profile.ends_at,
    "payment": lambda profile, _: profile.payment,
    "entitlements": lambda profile, _: profile.entitlements,
    "has_entitlement": lambda profile, _: profile.has_entitlement("a"),
    "is_collection_paused": lambda profile, _: profile.is_collection_paused,
    "collection_resumes_at": lambda profile, _: profile.collection_resumes_at,
    "subscriptions": lambda profile, _: profile.subscriptions,
    "own": lambda profile, _: profile.own("plan"),
}
"""Each question that a profile answers → how it is asked at a moment."""


def iso(moment: datetime) -> str:
    """A moment as the items have it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def times() -> st.SearchStrategy[str]:
    """Around `A_MOMENT`, it itself and the last second of all included."""
    near = st.integers(-3, 3).map(lambda seconds: iso(A_MOMENT + timedelta(seconds=seconds)))
    return near | st.just("9999-12-31T23:59:59Z")


def _values(name: str, attribute: Attribute) -> st.SearchStrategy[Any]:
    if attribute.words:
        return st.sampled_from(attribute.words)
    if name in {"subscriptionStatus", "status"}:
        return st.sampled_from(STATUSES)
    kinds: dict[Kind, st.SearchStrategy[Any]] = {
        Kind.TEXT: IDS,
        Kind.TIME: times(),
        Kind.WHOLE_NUMBER: st.integers(0, 2**53 - 1),
        Kind.FLAG: st.booleans(),
        Kind.TEXTS: st.sets(IDS, min_size=1, max_size=3),
    }
    if attribute.kind is Kind.PRODUCTS:
        # Ids that are also DynamoDB's names of types: an account chooses the ids of its products.
        return st.dictionaries(IDS | st.sampled_from(["S", "M", "N"]), _maps(PRODUCT_FIELDS), min_size=1)
    return kinds[attribute.kind]


def _maps(table: Mapping[str, Attribute]) -> st.SearchStrategy[dict[str, Any]]:
    values = {name: _values(name, one) for name, one in table.items()}
    needed = {name: one for name, one in values.items() if table[name].is_required}
    return st.fixed_dictionaries(
        needed, optional={name: one for name, one in values.items() if name not in needed}
    )


def stamp(day: int, month: int) -> int:
    """A day of 2026 as the ledger has it."""
    return int(datetime(2026, month, day, tzinfo=UTC).timestamp())


def register(**fields: Any) -> dict[str, Any]:
    """What the ledger keeps of a subscription, a plan with five seats unless fields say otherwise.

    The fields go by their stored names: `decisions.registers.FIELDS`.
    """
    usual = {
        "c": "cus_1",
        "s": "active",
        "b": stamp(1, 11),
        "i": [{"p": "prod_team", "r": "price_team", "q": 5}],
        "f": stamp(1, 11),
        "e": stamp(1, 12),
    }
    return {"r": {"v": f"0 {stamp(1, 11)} 1"} | usual | fields}


def items() -> st.SearchStrategy[dict[str, Any]]:
    """Plain values: any of the contract's attributes, some of the app's own, perhaps a live subscription."""
    ledger = {"stripeLedgerLive": {"sub_1"}, "stripeLedger_sub_1": register()}
    own = st.fixed_dictionaries(
        {"PK": st.just("USER#u1"), "SK": st.just("PROFILE")},
        optional={"plan": IDS, "settings": st.fixed_dictionaries({"S": IDS}), "none": st.none()},
    )
    return st.builds(
        lambda *parts: {name: value for part in parts for name, value in part.items()},
        own,
        _maps(ATTRIBUTES),
        st.sampled_from([{}, ledger]),
    )
