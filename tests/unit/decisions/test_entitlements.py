"""Which summary is newer, whose it is, and what it changes in an item."""

import pytest

from stripe_subscription_handler.decisions.conditions import Absent
from stripe_subscription_handler.decisions.decision import Reason, Write
from stripe_subscription_handler.decisions.entitlements import (
    NO_KEYS,
    Entitlements,
    holder,
    newest,
    with_entitlements,
)

SSO, AUDIT = frozenset({"sso"}), frozenset({"audit"})
CHECK = Write("user_1", {}, (), Absent(("a",)), Reason.ENTITLED)
ATTRIBUTE = "stripeLedgerEntitlements_cus_1"


@pytest.mark.parametrize(
    "kept",
    [
        Entitlements("2026-01-01T00:00:00Z 3", SSO | AUDIT),
        Entitlements("2026-01-01T00:00:00Z 1", NO_KEYS, {"evt_1": (None, NO_KEYS)}, "user_1"),
        Entitlements("2026-01-01T00:00:00Z 1", SSO, {"evt_1": (SSO, AUDIT), "evt_2": (AUDIT, SSO)}),
    ],
)
def test_what_is_stored_is_read_back(kept: Entitlements) -> None:
    """Sets that may be empty are stored as lists."""
    assert Entitlements.from_attribute(kept.to_attribute()) == kept


def test_a_newer_summary_keeps_whose_item_shows_the_customer() -> None:
    """Who is shown them does not follow from the summary."""
    standing = Entitlements("2026-01-01T00:00:00Z 1", SSO, {"evt_1": (None, SSO)}, "user_1")
    told = Entitlements("2026-01-01T00:00:01Z 1", AUDIT, {"evt_2": (None, AUDIT)})
    assert newest(standing, told)[0].shown_to == "user_1"
    assert newest(told, standing) == (told, True)


def test_what_stripe_showed_is_newer_than_an_event_of_that_second() -> None:
    """It includes the whole second."""
    event = Entitlements("2026-01-01T00:00:00Z 1", SSO, {"evt_1": (None, SSO)})
    shown = Entitlements("2026-01-01T00:00:00Z 3", AUDIT)
    assert newest(event, shown) == newest(shown, event) == (shown, True)


@pytest.mark.parametrize(
    ("owners", "claimed", "expected"),
    [
        ([], None, None),
        ([], "u1", None),
        (["u1"], None, "u1"),
        (["u1"], "u2", "u1"),
        (["u1", "u2"], None, None),
        (["u1", "u2"], "u2", "u2"),
        (["u1", "u2"], "u3", None),
    ],
)
def test_whose_they_are(owners: list[str], claimed: str | None, expected: str | None) -> None:
    """The only owner's; of several, the one's whom the customer's own metadata names."""
    assert holder(owners, claimed) == expected


def test_an_item_that_shows_them_already_is_not_written() -> None:
    """The write stays a check."""
    item = {ATTRIBUTE: {"sso"}, "entitlements": {"sso"}}
    assert with_entitlements(CHECK, item, "cus_1", SSO) == CHECK
    assert with_entitlements(CHECK, None, "cus_1", NO_KEYS) == CHECK


def test_the_last_keys_take_the_attributes_away() -> None:
    """DynamoDB stores no empty set."""
    item = {ATTRIBUTE: {"sso"}, "entitlements": {"sso"}}
    write = with_entitlements(CHECK, item, "cus_1", NO_KEYS)
    assert (write.set, set(write.remove)) == ({}, {ATTRIBUTE, "entitlements"})


def test_other_customers_keys_stay() -> None:
    """The union is over all of the user's customers."""
    item = {"stripeLedgerEntitlements_cus_2": {"audit"}, "entitlements": {"audit"}}
    write = with_entitlements(CHECK, item, "cus_1", SSO)
    assert write.set == {ATTRIBUTE: SSO, "entitlements": SSO | AUDIT}


def test_a_write_that_shows_them_is_told_not_to() -> None:
    """A recomputed view has the item's entitlements, before the item loses them."""
    item = {ATTRIBUTE: {"sso"}, "entitlements": {"sso"}}
    recomputed = Write("user_1", {"entitlements": SSO, "x": 1}, ("y",), Absent(("a",)), Reason.MOVED)
    write = with_entitlements(recomputed, item, "cus_1", NO_KEYS)
    assert (write.set, set(write.remove)) == ({"x": 1}, {"y", ATTRIBUTE, "entitlements"})
