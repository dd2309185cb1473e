"""Until when may a user in? Every status, pause, cancel, period and setting, as the table says by hand."""

import itertools
from typing import Any

import pytest

from stripe_subscription_handler.decisions.decide import UNREAD, decide
from stripe_subscription_handler.decisions.decision import Decision, ReadItem, Write
from stripe_subscription_handler.decisions.policy import Circumstances, Policy
from stripe_subscription_handler.events.envelope import parse_event
from support import access_table as table
from support import events
from support.access_cases import ALL, Case
from support.catalogue import MONTH, YEAR, item, items
from support.profiles import profile_after

USER = "user_1"
OF_CASE = "subscriptionAccessUntil"
T0 = events.T0


def decided(case: Case, *item: None) -> Decision:
    """What an update to the case's state does; with None, to a user without an item."""
    event = parse_event(events.updated(case.body(), created=table.ENDED, previous={}))
    circumstances = Circumstances(Policy(shows=case.settings))
    return decide(event, *(item or (UNREAD,)), user_id=USER, circumstances=circumstances)


def test_the_table_is_whole() -> None:
    """Each combination stands in it exactly once."""
    settings = range(len(table.SETTINGS))
    every = itertools.product(table.STATUSES, (False, True), table.CANCELS, table.PERIODS, settings)
    assert sorted(case.key for case in ALL) == sorted(every)


@pytest.mark.parametrize("status", table.STATUSES)
def test_every_row_for_a_user_without_an_item(status: str) -> None:
    """The answer is written; none gives no attribute."""
    for case in ALL:
        if case.key[0] == status:
            write = decided(case, None)
            assert isinstance(write, Write)
            assert write.set.get(OF_CASE) == case.until, case


@pytest.mark.parametrize("status", table.STATUSES)
def test_every_row_without_having_seen_the_item(status: str) -> None:
    """The blind write says the same, and removes what stood there; only `past_due` with a limit has none."""
    for case in ALL:
        if case.key[0] != status:
            continue
        write = decided(case)
        if status == "past_due" and (case.settings.access_past_due_days or 0) > 0:
            assert isinstance(write, ReadItem)
        else:
            assert isinstance(write, Write)
            assert write.set.get(OF_CASE) == case.until, case
            assert (OF_CASE in write.remove) is (case.until is None), case


def until(*raw: dict[str, Any], **settings: Any) -> str | None:
    """Until when the user has access after some events."""
    found: str | None = profile_after(*raw, **settings).get(OF_CASE)
    return found


def test_of_several_items_the_one_that_lasts_longest_counts() -> None:
    """A yearly add-on beside a monthly plan: each item has a period of its own."""
    body = events.subscription(items=items(item("prod_1", period=MONTH), item("prod_2", period=YEAR)))
    assert until(events.created(body)) == "2026-11-24T08:26:40Z"


def test_a_deleted_item_gives_nothing() -> None:
    """However long its period is."""
    body = events.subscription(items=items(item("prod_2", period=YEAR, deleted=True), item("prod_1")))
    assert until(events.created(body)) == "2025-12-25T08:26:40Z"


def test_the_end_of_time_is_the_latest() -> None:
    """Grace leads nowhere beyond it."""
    body = events.subscription(items=items(item("prod_1", period=(T0, 253_402_300_799))))
    assert until(events.created(body)) == "9999-12-31T23:59:59Z"


def past_due(**changes: Any) -> dict[str, Any]:
    """The user's subscription becomes past due."""
    body = events.subscription(status="past_due", **changes)
    return events.updated(body, event_id="evt_2", created=T0 + 100, previous={"status": "active"})


def failed(**changes: Any) -> dict[str, Any]:
    """A payment of it fails."""
    body = events.invoice(**{"total": 2000, "status": "open", **changes})
    return events.failed(body, event_id="evt_3", created=T0 + 200_000)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param([past_due()], "2025-11-29T08:26:40Z", id="of the period's start"),
        pytest.param(
            [
                past_due(
                    items=items(item("prod_1", period=MONTH), item("prod_2", period=(T0 + 86_400, T0 + 9**8)))
                )
            ],
            "2025-11-30T08:26:40Z",
            id="of the latest of all items' periods",
        ),
        pytest.param(
            [past_due(), failed(created=T0 + 172_800)],
            "2025-12-01T08:26:40Z",
            id="of the newest failed invoice",
        ),
        pytest.param(
            [failed(created=T0 + 172_800), past_due()],
            "2025-12-01T08:26:40Z",
            id="of the newest failed invoice that came first",
        ),
        pytest.param(
            [past_due(), failed(created=T0 - 172_800)],
            "2025-11-29T08:26:40Z",
            id="of an invoice older than the period",
        ),
        pytest.param(
            [past_due(), failed(created=T0 + 172_800, status="void")],
            "2025-11-29T08:26:40Z",
            id="of an invoice that is not owed",
        ),
    ],
)
def test_past_due_lasts_so_many_days(raw: list[dict[str, Any]], expected: str) -> None:
    """Seven days from the start of what is unpaid."""
    assert until(events.created(events.subscription()), *raw, access_past_due_days=7) == expected


def test_of_several_subscriptions_the_one_that_lasts_longest_counts() -> None:
    """Not only the one that is shown."""
    shown = events.subscription(id="sub_1", created=T0 + 5)
    longer = events.subscription(id="sub_2", items=items(item("prod_2", period=YEAR)))
    raw = [events.created(shown), events.created(longer, event_id="evt_2")]
    assert until(*raw) == "2026-11-24T08:26:40Z"


def test_one_that_has_ended_gives_nothing_while_another_lives() -> None:
    """Not even until its end."""
    ended = events.subscription(status="canceled", ended_at=T0 + 9**8)
    waits = events.subscription(id="sub_2", status="incomplete")
    raw = [events.deleted(ended, created=T0 + 5), events.created(waits, event_id="evt_2")]
    assert until(*raw) is None


def test_of_several_that_have_ended_the_last_end_counts() -> None:
    """An expired one never had any access, so it does not count however late it expired."""
    raw = [
        events.deleted(
            events.subscription(id=f"sub_{number}", status=status, ended_at=T0 + number),
            event_id=f"evt_{number}",
        )
        for number, status in enumerate(("canceled", "canceled", "incomplete_expired"))
    ]
    assert until(*raw) == "2025-11-22T08:26:41Z"


def test_a_deletion_whose_object_does_not_say_so_is_an_end() -> None:
    """It has ended by its type, at the time of the event."""
    raw = [events.created(events.subscription()), events.deleted(events.subscription(), created=T0 + 5)]
    assert until(*raw) == "2025-11-22T08:26:45Z"
