"""Subscriptions that came to a user or went to another one, as the log and the links tell it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import attrs

from stripe_handler_cli.operate.explain.handovers import Passed, passed
from stripe_handler_cli.stack.function_log import LogLine
from stripe_handler_cli.stack.stored import Ownership
from stripe_subscription_handler.conversation.links import Link
from stripe_subscription_handler.decisions.ledger import Ledger
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.model import Tables

T0 = events.T0
BEGIN = datetime(2026, 11, 23, tzinfo=UTC)


@attrs.define
class Told:
    """A stack in memory, with its log."""

    tables: Tables = attrs.Factory(Tables)
    lines: list[LogLine] = attrs.Factory(list)

    def deliver(self, *raws: dict[str, Any]) -> "Told":
        """Handle events, one after the other."""
        for raw in raws:
            event = parse_event(raw)
            outcome = self.tables.deliver(event)
            self.lines.append(
                LogLine(
                    handled_at=BEGIN + timedelta(minutes=len(self.lines)),
                    decision="write" if outcome.applied else "skip",
                    event_id=event.id,
                    event_type=event.type,
                    event_created=event.created,
                    subscription_id=event.subscription_id,
                    user_id=outcome.user_id or event.user_id,
                    reason=str(outcome.reason),
                    changed=outcome.changed if outcome.applied else None,
                    also_applied=outcome.also_applied,
                )
            )
        return self

    def passed(self, user_id: str) -> tuple[Passed, ...]:
        """What a user is told, by log and links."""
        links = {}
        for (_, key), item in self.tables.links.items():
            link = Link.from_attributes(item)
            ledger = Ledger.from_item(self.tables.profiles.get(link.owner or ""))
            links[key] = Ownership.of(key, link, ledger.of(key).claim)
        return passed(user_id, self.lines, links)

    def sentences(self, user_id: str) -> list[str]:
        """The same in words."""
        return [one.sentence for one in self.passed(user_id)]


CREATED = events.created(events.subscription(), event_id="evt_created")


def label(user: str | None, before: str | None, second: int = 60, **changes: Any) -> dict[str, Any]:
    """The subscription's label is changed."""
    body = events.subscription(user=user, **changes)
    previous = {"metadata": {"userId": before}}
    return events.updated(body, event_id=f"evt_{second}", created=T0 + second, previous=previous)


def test_both_users_are_told_of_a_move() -> None:
    """Whose it is, since when, by which claim; and who had it until then."""
    told = Told().deliver(CREATED, label("user_2", "user_1"))
    by = "sub_1 belongs to user_2 since 2025-11-22T08:27:40Z by its own label"
    assert told.sentences("user_1") == [f"{by}; until then it was shown here"]
    assert told.sentences("user_2") == [f"{by}; before that it was user_1's"]
    assert told.sentences("user_3") == []
    [left], [came] = told.passed("user_1"), told.passed("user_2")
    assert (left.as_json()["direction"], came.as_json()["direction"]) == ("left", "came")
    assert left.as_json()["event_id"] == "evt_60"


def test_a_user_whose_other_subscription_is_shown_is_told_that_this_one_was_not() -> None:
    """Nothing that the app sees has changed."""
    newer = events.created(events.subscription(id="sub_2", created=T0 + 5), event_id="evt_2", created=T0 + 5)
    told = Told().deliver(CREATED, newer, label("user_2", "user_1"))
    assert told.sentences("user_1")[0].endswith("until then it was here, not shown")


def test_what_came_back_is_told_once() -> None:
    """As it is now."""
    told = Told().deliver(CREATED, label("user_2", "user_1"), label("user_1", "user_2", 70))
    assert told.sentences("user_1") == [
        "sub_1 belongs to user_1 since 2025-11-22T08:27:50Z by its own label; before that it was user_2's"
    ]


def test_without_a_log_the_link_tells_whom_the_label_named_before() -> None:
    """The log's retention is over."""
    told = Told().deliver(CREATED, label("user_2", "user_1"))
    told.lines.clear()
    assert told.sentences("user_1")[0].endswith("; before that this user was named")
    assert told.sentences("user_2")[0].endswith("; before that it was user_1's")


def test_without_a_link_the_log_tells_where_it_went() -> None:
    """Of a user whose id the log does not spell out, say, whose profile cannot be read."""
    told = Told().deliver(CREATED, label("user_2", "user_1"))
    told.tables.links.clear()
    assert told.sentences("user_1") == [
        "sub_1 went to user_2 with an event of 2025-11-22T08:27:40Z; until then it was shown here"
    ]


def of_customer(user: str, before: str | None, second: int) -> dict[str, Any]:
    """The customer's metadata names a user."""
    previous = {"metadata": {"userId": before}}
    return events.event(
        "customer.updated",
        events.customer(user=user),
        event_id=f"evt_customer_{second}",
        created=T0 + second,
        previous=previous,
    )


def test_a_customers_event_tells_of_each_subscription_that_it_moved() -> None:
    """Its line names none of them; their links name the event."""
    both = [
        events.created(events.subscription(id=key, user=None), event_id=f"evt_{key}", created=T0)
        for key in ("sub_1", "sub_2")
    ]
    told = Told().deliver(of_customer("user_1", None, -9), *both, of_customer("user_2", "user_1", 9))
    by = "belongs to user_2 since 2025-11-22T08:26:49Z by the customer's metadata or a checkout session"
    sentences = told.sentences("user_1")
    assert [one.partition(";")[0] for one in sentences] == [f"sub_1 {by}", f"sub_2 {by}"]
    assert all(one.handover is not None for one in told.passed("user_1"))
    assert told.sentences("user_2") == [
        f"{key} {by}; before that it was user_1's" for key in ("sub_1", "sub_2")
    ]


def test_a_move_to_a_user_without_a_profile_waits() -> None:
    """It has left; whom it waits for is told."""
    told = Told().deliver(CREATED)
    told.tables.profiles["user_1"] = {**told.tables.profiles["user_1"], "PK": "USER#user_1"}
    told.tables.policy = Policy(create_missing_profile=False)
    told.deliver(label("user_2", "user_1"))
    [sentence] = told.sentences("user_1")
    assert sentence == (
        "sub_1 is for user_2 since 2025-11-22T08:27:40Z by its own label, and waits until that user has a "
        "profile; until then it was shown here"
    )
