"""Whose products are these? Subscriptions that another app on the same Stripe account sells."""

from typing import Any

import pytest

from stripe_subscription_handler.decisions.decision import Reason
from stripe_subscription_handler.decisions.ledger import known_ids
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.catalogue import item, items
from support.profiles import USER, profile_after, tables_after
from support.stripe_account import selection_of
from support.true_views import VIEW

T0 = events.T0
OURS, THEIRS = items(item("prod_basic")), items(item("prod_other"))
MIXED = items(item("prod_other"), item("prod_basic"))
GONE = items(item("prod_other"), item("prod_basic", deleted=True))
HANDLED: dict[str, Any] = {"handled_product_ids": frozenset({"prod_basic", "prod_pro"})}
TAGGED: dict[str, Any] = {"required_metadata": {"app": "ours", "tier": "1"}}


def subscription(user: str | None = USER, **changes: Any) -> dict[str, Any]:
    """A subscription; `tags` stand in its metadata beside the label."""
    label = {} if user is None else {"userId": user}
    return events.subscription(**{"metadata": {**label, **changes.pop("tags", {})}, **changes})


def updated(second: int, previous: dict[str, Any] | None = None, **changes: Any) -> dict[str, Any]:
    """It goes on."""
    about = {
        "event_id": f"evt_{second}",
        "created": T0 + second,
        "previous": previous or {"latest_invoice": None},
    }
    return events.updated(subscription(**changes), **about)


@pytest.mark.parametrize(
    ("state", "settings", "is_shown"),
    [
        ({"items": OURS}, HANDLED, True),
        ({"items": THEIRS}, HANDLED, False),
        ({"items": MIXED}, HANDLED, True),
        ({"items": GONE}, HANDLED, False),
        ({"items": THEIRS}, {}, True),
        ({"tags": {"app": "ours", "tier": "1"}}, TAGGED, True),
        ({"tags": {"app": "ours", "tier": "1", "more": "x"}}, TAGGED, True),
        ({"tags": {"app": "ours"}}, TAGGED, False),
        ({"tags": {"app": "theirs", "tier": "1"}}, TAGGED, False),
        ({}, TAGGED, False),
        ({"items": OURS, "tags": {"app": "ours", "tier": "1"}}, {**HANDLED, **TAGGED}, True),
        ({"items": OURS}, {**HANDLED, **TAGGED}, False),
        ({"items": THEIRS, "tags": {"app": "ours", "tier": "1"}}, {**HANDLED, **TAGGED}, False),
    ],
)
@pytest.mark.parametrize("status", ["active", "past_due", "unpaid", "canceled"])
def test_what_is_shown_of_a_subscription_with_a_user(
    state: dict[str, Any], settings: dict[str, Any], status: str, *, is_shown: bool
) -> None:
    """All of it or nothing. It is kept either way: the filter may be corrected."""
    ended = T0 + 5 if status == "canceled" else None
    profile = profile_after(updated(5, status=status, ended_at=ended, **state), **settings)
    assert "stripeLedger_sub_1" in profile
    assert known_ids(profile) == {"sub_1"}
    assert "stripeLedgerClosed" not in profile
    assert ("subscriptionId" in profile) is is_shown
    assert ("sub_1" in profile.get("stripeLedgerLive", ())) is (is_shown and status != "canceled")
    if not is_shown:
        assert not VIEW & profile.keys()


@pytest.mark.parametrize(
    ("state", "settings"), [({"items": THEIRS}, HANDLED), ({"items": OURS, "tags": {"app": "x"}}, TAGGED)]
)
@pytest.mark.parametrize("build", [events.created, events.updated, events.deleted])
def test_without_a_user_it_is_skipped(build: Any, state: dict[str, Any], settings: dict[str, Any]) -> None:
    """And not parked: nobody will ever ask for it."""
    tables = tables_after(**settings)
    event = parse_event(build(subscription(None, **state)), selection_of(tables.policy.shows))
    outcome = tables.deliver(event)
    assert (outcome.applied, outcome.reason) == (False, Reason.FILTERED)
    assert not tables.profiles
    assert not any(tables.parked.values())


def test_without_a_user_ours_waits() -> None:
    """Somebody may name him yet."""
    tables = tables_after(**HANDLED)
    event = parse_event(events.created(subscription(None, items=OURS)), selection_of(tables.policy.shows))
    assert tables.deliver(event).reason is Reason.PARKED


def test_one_that_has_an_owner_is_not_skipped_for_want_of_a_label() -> None:
    """It has become another app's, which its user's profile must learn."""
    raw = [
        events.created(subscription(items=OURS), event_id="evt_1"),
        updated(5, {"metadata": {"userId": USER}}, user=None, items=OURS),
        updated(9, {"items": {"data": OURS["data"]}}, user=None, items=THEIRS),
    ]
    assert "subscriptionId" in profile_after(*raw[:2], **HANDLED)
    assert not VIEW & profile_after(*raw, **HANDLED).keys()


def test_another_apps_subscription_hides_none_of_ours() -> None:
    """Although it is the better one."""
    raw = [
        updated(5, id="sub_1", items=OURS, status="past_due"),
        updated(6, id="sub_2", items=THEIRS, created=T0 + 3),
    ]
    for order in (raw, raw[::-1]):
        profile = profile_after(*order, **HANDLED)
        assert profile["subscriptionId"] == "sub_1"
        assert set(profile["subscriptionProducts"]) == {"prod_basic"}
        assert profile["stripeLedgerLive"] == {"sub_1"}


def test_an_older_state_that_was_ours_does_not_show_when_it_comes_late() -> None:
    """The newer one, another app's, was kept."""
    raw = [
        events.created(subscription(items=OURS), event_id="evt_1"),
        updated(5, items=OURS, status="past_due", previous={"status": "active"}),
        updated(9, items=THEIRS, status="past_due", previous={"items": {"data": OURS["data"]}}),
    ]
    for order in ((2, 1, 0), (2, 0, 1), (1, 2, 0), (0, 2, 1), (1, 0, 2), (0, 1, 2)):
        assert not VIEW & profile_after(*(raw[place] for place in order), **HANDLED).keys()


def test_a_dead_one_of_another_app_takes_no_place_from_the_best_of_ours() -> None:
    """What is kept of the dead is the best of ours, though another app's ended later."""
    raw = [
        events.deleted(
            subscription(id=f"sub_{number}", items=sold, status="canceled", ended_at=T0 + number),
            event_id=f"evt_{number}",
            created=T0 + number,
        )
        for number, sold in enumerate((OURS, OURS, THEIRS), start=1)
    ]
    for order in (raw, raw[::-1]):
        profile = profile_after(*order, **HANDLED)
        assert profile["subscriptionId"] == "sub_2"
        assert profile["subscriptionAccessUntil"] == "2025-11-22T08:26:42Z"
