"""Following events to the profile, one by one (`send`) or many at a time (`listen`)."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import attrs
import pytest
from botocore.exceptions import ClientError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.listen.following import Follower, Forwarder
from stripe_handler_cli.operate.send.sending import Sender
from stripe_handler_cli.stack.bus import Bus
from stripe_handler_cli.stack.event_pattern import EventPattern
from stripe_handler_cli.stack.following.outcome import Outcome
from stripe_handler_cli.stack.following.wiring import ProfileWatch
from stripe_handler_cli.stack.function_log import FunctionLog, LogTail
from stripe_subscription_handler.put_events import LIMIT_BYTES
from stripe_subscription_handler.webhook_bridge.receiving import ForwardingError
from support import events
from support.aws_fakes import FakeLogs
from support.lives import Life

NOW = datetime(2026, 11, 2, 10, tzinfo=UTC)
MS = int(NOW.timestamp() * 1000)
PATTERN = {
    "source": ["bridge"],
    "$or": [
        {"detail-type": ["customer.subscription.created", "customer.subscription.updated"]},
        {
            "detail-type": ["customer.created"],
            "detail": {"data": {"object": {"metadata": {"userId": [{"exists": True}]}}}},
        },
    ],
}
BUS = Bus("bridge", EventPattern.of({"EventPattern": json.dumps(PATTERN)}), is_local=True)
LIFE = Life("follow")
CREATED, UPDATED = LIFE.created(), LIFE.updated("updated", 1)


@attrs.define
class World:
    """A bus whose handler does as it is told, when it is told.

    Attributes:
        logs: The function's log.
        profile: The user's profile.
        on_put: What the handler makes of an event put on the bus.
        seconds: The clock.
        put_events: What is on the bus.
    """

    logs: FakeLogs = attrs.Factory(FakeLogs)
    profile: dict[str, Any] = attrs.Factory(dict)
    on_put: Callable[[Mapping[str, Any]], None] = lambda _: None
    seconds: float = 0.0
    put_events: list[Mapping[str, Any]] = attrs.Factory(list)
    told: list[Outcome] = attrs.Factory(list)

    def put(self, event: Mapping[str, Any]) -> None:
        """Put an event on the bus."""
        self.put_events.append(event)
        self.on_put(event)

    def handle(self, event: Mapping[str, Any], **attributes: Any) -> None:
        """Handle an event."""
        self.profile |= attributes
        self.logs.say(MS, event_id=event["id"], user_id=LIFE.user_id)

    def tail(self) -> LogTail:
        """The log from now on."""
        client: Any = self.logs
        return FunctionLog(client, "group").tail(NOW)

    def profiles(self) -> ProfileWatch:
        """The profiles."""
        return ProfileWatch(lambda _: dict(self.profile))

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.seconds += seconds

    def sender(self) -> Sender:
        """What `send` uses."""
        return Sender(
            self.put, BUS, self.tail(), self.profiles(), "userId", 5, self.sleep, lambda: self.seconds
        )

    def follower(self) -> Follower:
        """What `listen` uses."""
        return Follower(
            BUS, self.tail(), self.profiles(), "userId", self.told.append, 5, lambda: self.seconds
        )


def test_a_sent_event_is_followed_to_what_it_changed() -> None:
    """The view's attributes, old and new; the ledger is not shown."""
    world = World(profile={"subscriptionStatus": "incomplete", "PK": "x"})
    world.on_put = lambda event: world.handle(event, subscriptionStatus="active", stripeLedgerLive={"a"})
    outcome = world.sender().send(CREATED)
    assert outcome.changes == {"subscriptionStatus": ("incomplete", "active")}
    assert outcome.as_json()["decision"] == "write"
    assert not outcome.is_failure


def test_numbers_of_the_profile_are_numbers_in_json() -> None:
    """DynamoDB's decimals are no texts to whoever reads the output."""
    world = World(profile={"lastPaymentAmount": Decimal(1500)})
    world.on_put = lambda event: world.handle(event, lastPaymentAmount=Decimal("1800.5"))
    outcome = world.sender().send(CREATED)
    assert outcome.as_json()["changes"] == {"lastPaymentAmount": [1500, 1800.5]}


def test_an_event_sent_again_is_not_taken_for_its_earlier_delivery() -> None:
    """Only a line logged since then counts."""
    world = World()
    world.handle(CREATED)
    outcome = world.sender().send(CREATED)
    assert (outcome.line, outcome.is_failure) == (None, True)
    assert outcome.note.startswith("not handled within 5 s")


def test_an_error_of_the_handler_is_a_failure() -> None:
    """With the error's type and the handler's own message."""
    world = World()
    world.on_put = lambda event: world.logs.say(
        MS, event_id=event["id"], decision="error", error_type="InvalidEventError", reason="detail: no"
    )
    outcome = world.sender().send(CREATED)
    assert outcome.is_failure
    assert outcome.as_json()["error_type"] == "InvalidEventError"


def test_a_type_the_rule_does_not_admit_is_not_waited_for() -> None:
    """It is on the bus all the same, for whoever else listens there."""
    world = World()
    outcome = world.sender().send({**CREATED, "type": "charge.succeeded"})
    assert (outcome.is_failure, outcome.is_handled, len(world.put_events)) == (False, False, 1)
    assert "event_types" in outcome.note


def test_an_event_that_the_rule_holds_back_is_not_waited_for() -> None:
    """The function never sees a customer who names nobody."""
    world = World()
    made = events.event("customer.created", events.customer(user=None))
    outcome = world.sender().send(made)
    assert (outcome.is_failure, outcome.is_handled, len(world.put_events)) == (False, False, 1)
    assert "holds it back" in outcome.note
    world.on_put = world.handle
    assert world.sender().send({**made, "data": {"object": events.customer()}}).is_handled


def test_a_malformed_event_can_be_sent() -> None:
    """To see what becomes of it."""
    world = World()
    world.on_put = world.handle
    assert world.sender().send({"id": "evt_x", "type": "customer.subscription.created"}).line


def test_a_webhooks_event_is_told_when_the_handler_has_logged_it() -> None:
    """Not before."""
    world = World()
    follower = world.follower()
    Forwarder(world.put, "bridge", follower)(CREATED)
    follower.follow()
    assert world.told == []
    world.handle(CREATED, subscriptionStatus="active")
    follower.follow()
    assert [outcome.changes for outcome in world.told] == [{"subscriptionStatus": (None, "active")}]


def test_events_of_one_user_at_a_time_tell_each_change_once() -> None:
    """The second event's look must not hide what the first one changed, nor tell it twice."""
    world = World()
    follower = world.follower()
    forward = Forwarder(world.put, "bridge", follower)
    forward(CREATED)
    world.handle(CREATED, subscriptionStatus="active")
    forward(UPDATED)
    world.handle(UPDATED)
    follower.follow()
    changes = [outcome.changes for outcome in world.told]
    assert changes == [{"subscriptionStatus": (None, "active")}, {}]


def test_the_same_event_twice_is_told_twice() -> None:
    """Stripe delivers at least once; the second one changes nothing."""
    world = World()
    follower = world.follower()
    forward = Forwarder(world.put, "bridge", follower)
    for _ in range(2):
        forward(CREATED)
        world.handle(CREATED, subscriptionStatus="active")
    follower.follow()
    assert [outcome.event_id for outcome in world.told] == [CREATED["id"]] * 2


def test_an_event_nobody_handles_is_given_up() -> None:
    """And told as a failure, once."""
    world = World()
    follower = world.follower()
    Forwarder(world.put, "bridge", follower)(CREATED)
    world.seconds = 6
    follower.follow()
    follower.follow()
    [outcome] = world.told
    assert (outcome.line, outcome.is_failure) == (None, True)


def test_other_types_are_forwarded_and_told_at_once() -> None:
    """`stripe listen` forwards all types; that is no failure."""
    world = World()
    Forwarder(world.put, "bridge", world.follower())({**CREATED, "type": "charge.succeeded"})
    assert [outcome.is_failure for outcome in world.told] == [False]
    assert len(world.put_events) == 1


@pytest.mark.parametrize(
    "failure", [CliError("refused"), ClientError({"Error": {"Code": "Throttling"}}, "PutEvents")]
)
def test_an_event_the_bus_refuses_is_not_followed(failure: Exception) -> None:
    """Stripe is answered 503 and sends it again."""
    world = World()
    follower = world.follower()

    def refuse(_: Mapping[str, Any]) -> None:
        raise failure

    world.on_put = refuse
    with pytest.raises(ForwardingError) as caught:
        Forwarder(world.put, "bridge", follower)(CREATED)
    assert caught.value.status is HTTPStatus.SERVICE_UNAVAILABLE
    world.seconds = 100
    follower.follow()
    assert world.told == []


@pytest.mark.parametrize(("padding", "taken"), [(LIMIT_BYTES - 10_000, True), (LIMIT_BYTES, False)])
def test_an_event_eventbridge_cannot_take_is_refused_with_413(padding: int, *, taken: bool) -> None:
    """Its size counts with the envelope that EventBridge adds."""
    world = World()
    forward = Forwarder(world.put, "bridge", world.follower())
    event = {**CREATED, "padding": " " * padding}
    if taken:
        forward(event)
    else:
        with pytest.raises(ForwardingError) as caught:
            forward(event)
        assert caught.value.status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    assert bool(world.put_events) is taken
