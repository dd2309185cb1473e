"""The real stripe client against a fake Stripe: what is read, how fresh it is, and every way it can fail."""

from collections.abc import Iterator
from typing import Any

import attrs
import pytest
import stripe

from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, Fault, objects, rate_limited
from stripe_subscription_handler.errors import (
    InvalidEventError,
    NotAtStripeError,
    StripeBusyError,
    StripeUnavailableError,
)
from stripe_subscription_handler.events.event_types import Subject
from stripe_subscription_handler.events.selection import PLAIN
from stripe_subscription_handler.events.subscriptions import read_subscription
from stripe_subscription_handler.stripe_side.api import (
    API_VERSION,
    PREVIEW_VERSION,
    StripeApi,
    key_mode,
    request_timeouts,
    snapshot_as_of,
)
from stripe_subscription_handler.stripe_side.patience import LONGEST_TURN_SECONDS, MAX_ATTEMPTS
from stripe_subscription_handler.stripe_side.secret import StripeKey
from support import events

T0_DATE = "Sat, 22 Nov 2025 08:26:40 GMT"
SUBSCRIPTION = events.subscription()
CUSTOMER = {"id": "cus_1", "object": "customer", "email": "ada@example.com", "metadata": {"userId": "user_1"}}


@attrs.define(repr=False)
class World:
    """An API over a fake Stripe, whose clocks move only when something sleeps.

    Attributes:
        stripe: The fake.
        environment: Holds the API key.
        remaining: Seconds left of the invocation.
        ticks: Round trips, taken from the front; 0 when there are none.
        pauses: What was slept.
        now: Seconds since the start.
    """

    stripe: FakeStripe
    environment: dict[str, str]
    remaining: float = 30.0
    ticks: list[float] = attrs.Factory(list)
    pauses: list[float] = attrs.Factory(list)
    now: float = 0.0
    api: StripeApi = attrs.field(init=False)
    _measuring: bool = False

    def __attrs_post_init__(self) -> None:
        """Wire it."""
        key = StripeKey.from_environment(self.environment)
        assert key is not None
        self.stripe.now = lambda: events.T0 + self.now
        self.api = StripeApi(
            key, lambda: self.remaining - self.now, url=self.stripe.url, sleep=self._sleep, clock=self._clock
        )

    def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        self.now += seconds

    def _clock(self) -> float:
        # The API reads the clock before and after each request.
        self._measuring = not self._measuring
        if not self._measuring and self.ticks:
            return self.now + self.ticks.pop(0)
        return self.now


@pytest.fixture
def world() -> Iterator[World]:
    """A Stripe with one subscription and its customer, at T0."""
    with FakeStripe(objects(SUBSCRIPTION, CUSTOMER)) as fake:
        yield World(fake, {"STRIPE_SECRET_KEY": API_KEY})


def unavailable(world: World) -> str:
    """Fail to fetch the subscription; return the message, which shows neither key nor content."""
    with pytest.raises(StripeUnavailableError) as caught:
        world.api.fetch_subscription("sub_1")
    assert caught.value.transient
    message = str(caught.value)
    assert not any(word in message for word in (*world.stripe.keys, API_KEY, "Something failed", "cus_1"))
    return message


def test_a_subscription_is_plain_json(world: World) -> None:
    """Plain dicts, lists and integers, as an event has them: one reader serves both."""
    snapshot = world.api.fetch_subscription("sub_1")
    assert snapshot is not None
    assert snapshot.object == SUBSCRIPTION
    assert type(snapshot.object["items"]) is dict
    assert read_subscription(snapshot.object, "object", PLAIN) == read_subscription(
        SUBSCRIPTION, "object", PLAIN
    )


def test_a_repr_shows_no_content(world: World) -> None:
    """A snapshot in a message or a log tells its time, nothing else."""
    assert repr(world.api.fetch_subscription("sub_1")) == "Snapshot(as_of='2025-11-22T08:26:39Z')"
    assert API_KEY not in repr(world.api)


def test_a_canceled_subscription_is_still_told(world: World) -> None:
    """Stripe keeps it, with that status."""
    world.stripe.account = objects(events.subscription(status="canceled"))
    snapshot = world.api.fetch_subscription("sub_1")
    assert snapshot is not None
    assert snapshot.object["status"] == "canceled"


def test_what_stripe_does_not_have_is_none(world: World) -> None:
    """`resource_missing` is an answer, not a failure."""
    assert world.api.fetch_subscription("sub_2") is None
    assert world.api.fetch_fresh("subscription", "sub_2", "2025-11-22T08:26:40Z") is None
    assert world.api.fetch_customer_metadata("cus_2") is None
    assert world.api.requests == 3


SNAPSHOT_EVENT = {**events.updated(SUBSCRIPTION, event_id="evt_1"), "object": "event"}
SAID = {"id": "evt_said", "object": "v2.core.event", "data": {"impact": {}}}


def versions(world: World) -> list[str]:
    """The API version of each request."""
    return [headers["Stripe-Version"] for _, headers in world.stripe.received]


def test_events_of_both_forms_are_read_by_their_ids(world: World) -> None:
    """A thin event of a preview is asked for with a preview's version, and in its account's context."""
    world.stripe.account = objects(SNAPSHOT_EVENT, SAID)
    world.stripe.related = {"acct_1": objects(SAID)}
    assert world.api.fetch_event("event", "evt_1") == SNAPSHOT_EVENT
    assert world.api.fetch_event("v2.core.event", "evt_said", of_preview=True) == SAID
    assert world.api.fetch_event("v2.core.event", "evt_said", account="acct_1") == SAID
    assert versions(world) == [API_VERSION, PREVIEW_VERSION, API_VERSION]


@pytest.mark.parametrize("status", [400, 403, 404])
def test_an_event_that_stripe_does_not_show_is_none(world: World, status: int) -> None:
    """It is gone, of a preview that the account does not have, or the key may not read events."""
    refusal = Fault(status=status, code="not_found")
    world.stripe.misbehave([refusal])
    assert world.api.fetch_event("event", "evt_1") is None
    world.stripe.misbehave([refusal] * 2)
    assert world.api.fetch_event("v2.core.event", "evt_said", of_preview=True) is None
    assert versions(world)[1:] == [PREVIEW_VERSION, API_VERSION], "the second is asked for in both versions"
    assert world.pauses == []


def test_an_event_that_stripe_cannot_tell_of_now_comes_back(world: World) -> None:
    """A key that is refused altogether, too: that is no event that is gone."""
    world.stripe.misbehave([Fault(status=503)] * 4)
    with pytest.raises(StripeUnavailableError):
        world.api.fetch_event("event", "evt_1")
    world.stripe.keys = set()
    with pytest.raises(StripeUnavailableError, match="refuses the API key"):
        world.api.fetch_event("event", "evt_1")


@pytest.mark.parametrize(
    ("date", "round_trip", "expected"),
    [
        (T0_DATE, 0.0, "2025-11-22T08:26:39Z"),
        (T0_DATE, 0.2, "2025-11-22T08:26:38Z"),
        (T0_DATE, 1.0, "2025-11-22T08:26:38Z"),
        (T0_DATE, 1.001, "2025-11-22T08:26:37Z"),
        ("Thu, 01 Jan 2026 00:00:01 GMT", 0.2, "2025-12-31T23:59:59Z"),
        ("Sat, 22 Nov 2025 09:26:40 +0100", 0.2, "2025-11-22T08:26:38Z"),
    ],
)
def test_as_of_allows_for_the_round_trip(date: str, round_trip: float, expected: str) -> None:
    """Date, less the round trip rounded up, less the one second the read may have begun in."""
    assert snapshot_as_of(date, round_trip) == expected


@pytest.mark.parametrize("date", [None, "", "yesterday", "Sat, 22 Nov 2025 08:26:40 -0000", "99999"])
def test_a_response_without_a_usable_date_is_no_snapshot(date: str | None) -> None:
    """Its age would be a guess, and a guess could overwrite something newer."""
    with pytest.raises(StripeUnavailableError, match="Date header"):
        snapshot_as_of(date, 0.2)


def test_a_missing_date_header_is_transient(world: World) -> None:
    """The event comes back, and with it another response."""
    world.stripe.faults = [Fault(without_date=True)]
    assert "Date header" in unavailable(world)
    assert world.api.fetch_subscription("sub_1") is not None


def test_only_the_answered_attempt_counts_as_round_trip(world: World) -> None:
    """The failed attempt took 4 seconds and the pause after it 0.5; neither made the answer older."""
    world.stripe.faults = [Fault(status=500)]
    world.stripe.now = lambda: events.T0
    world.ticks = [4.0, 0.3]
    snapshot = world.api.fetch_subscription("sub_1")
    assert snapshot is not None
    assert snapshot.as_of == "2025-11-22T08:26:38Z"


def test_a_fresh_enough_snapshot_is_taken_at_once(world: World) -> None:
    """The event is a few seconds old, as most are on arrival."""
    snapshot = world.api.fetch_fresh("subscription", "sub_1", "2025-11-22T08:26:39Z")
    assert snapshot is not None
    assert (snapshot.as_of, world.pauses, world.api.requests) == ("2025-11-22T08:26:39Z", [], 1)


def test_a_snapshot_gets_fresh_by_waiting_for_what_is_missing(world: World) -> None:
    """An event of this very second, and slow answers: two seconds more, then one."""
    world.ticks = [0.2, 1.5, 0.2]
    snapshot = world.api.fetch_fresh("subscription", "sub_1", "2025-11-22T08:26:40Z")
    assert snapshot is not None
    assert snapshot.as_of == "2025-11-22T08:26:41Z"
    assert (world.pauses, world.api.requests) == ([2.0, 1.0], 3)


def test_waiting_for_freshness_ends_after_three_seconds(world: World) -> None:
    """An event from the future, by Stripe's clock, is left to a retry."""
    with pytest.raises(StripeUnavailableError, match="08:26:42Z, but that of 2025-11-22T08:27:40Z"):
        world.api.fetch_fresh("subscription", "sub_1", "2025-11-22T08:27:40Z")
    assert world.pauses == [3.0]


def test_no_waiting_for_freshness_beyond_the_invocation(world: World) -> None:
    """There must be time left to ask again and to write."""
    world.remaining = 4.5
    with pytest.raises(StripeUnavailableError, match="no time is left to wait"):
        world.api.fetch_fresh("subscription", "sub_1", "2025-11-22T08:26:41Z")
    assert world.pauses == []


def test_a_customers_metadata(world: World) -> None:
    """Only the metadata leaves this module, not the customer."""
    assert world.api.fetch_customer_metadata("cus_1") == {"userId": "user_1"}


@pytest.mark.parametrize(
    ("customer", "expected"),
    [
        ({"id": "cus_1", "object": "customer", "deleted": True}, None),
        ({"id": "cus_1", "object": "customer", "metadata": None}, {}),
        ({"id": "cus_1", "object": "customer"}, {}),
    ],
)
def test_a_customer_without_metadata(world: World, customer: dict[str, Any], expected: dict | None) -> None:
    """A deleted customer is None, one without metadata is empty."""
    world.stripe.account = objects(customer)
    assert world.api.fetch_customer_metadata("cus_1") == expected


@pytest.mark.parametrize(
    ("kind", "body", "path"),
    [
        ("checkout.session", events.session(), "/v1/checkout/sessions/cs_1"),
        ("invoice", events.invoice(), "/v1/invoices/in_1"),
        ("customer", events.customer(), "/v1/customers/cus_1"),
        ("customer", {"id": "cus_1", "object": "customer", "deleted": True}, "/v1/customers/cus_1"),
    ],
)
def test_every_kind_of_object_is_read_by_its_id(
    world: World, kind: Subject, body: dict[str, Any], path: str
) -> None:
    """A thin event names any of them; a deleted customer is an object like any other."""
    world.stripe.account = objects(body)
    snapshot = world.api.fetch_fresh(kind, body["id"], "2025-11-22T08:26:39Z")
    assert snapshot is not None
    assert snapshot.object == body
    assert [asked for asked, _ in world.stripe.received] == [path]


def test_a_rate_limited_request_is_repeated_when_stripe_says(world: World) -> None:
    """Retry-After is kept to, and all who were told it come back spread out; nothing is lost."""
    world.stripe.faults = [rate_limited(retry_after="3"), rate_limited()]
    assert world.api.fetch_subscription("sub_1") is not None
    assert 3.4 <= world.pauses[0] <= 5.0
    assert 0.8 <= world.pauses[1] <= 4.0
    assert world.api.requests == len(world.stripe.received) == 3


def test_a_request_too_many_waits_for_its_turn_and_not_for_ever(world: World) -> None:
    """It is no failure: it is asked as often as fits into twenty seconds. Then Lambda tries again."""
    world.stripe.faults = [rate_limited()] * 100
    assert "HTTP 429" in unavailable(world)
    assert MAX_ATTEMPTS < world.api.requests < 20
    assert sum(world.pauses) <= LONGEST_TURN_SECONDS
    world.stripe.faults, world.now = [rate_limited()] * MAX_ATTEMPTS, 0.0
    assert world.api.fetch_subscription("sub_1") is not None


@pytest.mark.parametrize(
    ("fault", "failed"),
    [
        (rate_limited(), StripeBusyError),
        (rate_limited(retry_after="28"), StripeBusyError),
        (Fault(status=500), StripeUnavailableError),
        (Fault(status=503, headers={"Retry-After": "28"}), StripeUnavailableError),
        (Fault(status=403), StripeUnavailableError),
    ],
)
def test_a_turn_that_did_not_come_is_told_from_a_stripe_that_is_away(
    world: World, fault: Fault, failed: type[StripeUnavailableError]
) -> None:
    """The first puts itself right, and rings nothing by its name; for the others somebody must act."""
    world.stripe.faults = [fault] * 100
    with pytest.raises(StripeUnavailableError) as caught:
        world.api.fetch_subscription("sub_1")
    assert type(caught.value) is failed
    assert caught.value.transient


def test_no_turn_is_waited_for_that_the_invocation_does_not_live_to_see(world: World) -> None:
    """What is left of it bounds the wait, whatever Retry-After asks for."""
    world.remaining = 8.0
    world.stripe.faults = [rate_limited()] * 100
    assert "no time is left to wait" in unavailable(world)
    assert world.now <= 5.0


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(status=409, code="lock_timeout"), "HTTP 409"),
        (Fault(status=500), "HTTP 500"),
        (Fault(status=503, body="<html>cus_1</html>"), "HTTP 503"),
        (Fault(body="<html>cus_1</html>"), "HTTP 200"),
        (Fault(drop=True), "no answer from Stripe (ProtocolError)"),
        (Fault(hang=True), "no answer from Stripe (ReadTimeoutError)"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_passes_is_repeated_and_then_left_to_a_retry(world: World, fault: Fault, words: str) -> None:
    """Four attempts with growing pauses, then a transient error; a fault that passes is not seen at all."""
    world.api.longest_request_seconds = 0.1 if fault.hang else 8.0
    world.stripe.faults = [fault] * 4
    assert words in unavailable(world)
    assert world.api.requests == len(world.stripe.received) == 4
    assert [0.25 <= world.pauses[0] <= 0.5, 0.5 <= world.pauses[1] <= 1, 1 <= world.pauses[2] <= 2] == [
        True
    ] * 3
    world.api.longest_request_seconds = 8.0
    world.stripe.faults = [fault] if not fault.hang else []
    assert world.api.fetch_subscription("sub_1") is not None


def test_an_address_where_nobody_listens(world: World) -> None:
    """A refused connection is repeated like a dropped one."""
    with FakeStripe() as closed:
        world.api.url = closed.url
    assert "no answer from Stripe" in unavailable(world)
    assert world.api.requests == 4


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (Fault(status=400, code="parameter_unknown"), "HTTP 400 parameter_unknown"),
        (Fault(status=404), "HTTP 404"),
        (Fault(status=400, body='{"id": "sub_1"}'), "HTTP 400"),
        (Fault(status=402, body='{"error": "invalid_request", "error_description": "cus_1"}'), "HTTP 402"),
        (Fault(status=400, body="[]"), "HTTP 400"),
        (
            Fault(status=503, body="<html>cus_1</html>", headers={"Retry-After": "28"}),
            "HTTP 503; no time is left to wait 28.0 s",
        ),
        (Fault(status=503, headers={"Retry-After": "28"}), "HTTP 503; no time is left to wait 28.0 s"),
        (rate_limited(retry_after="21"), "HTTP 429"),
        (Fault(body="[]"), "not an object"),
        (Fault(body='{"object": "subscription", "id": "sub_2"}'), "something else"),
        (Fault(body='{"object": "customer", "id": "sub_1"}'), "something else"),
    ],
)
def test_what_does_not_pass_is_not_repeated(world: World, fault: Fault, words: str) -> None:
    """One request, no pause."""
    world.stripe.faults = [fault]
    assert words in unavailable(world)
    assert (world.api.requests, world.pauses) == (1, [])


def test_a_key_of_the_other_mode_is_not_a_missing_object(world: World) -> None:
    """Stripe answers `resource_missing` then too; taking it for an answer would lose the subscription."""
    message = (
        "No such subscription: 'sub_1'; a similar object exists in live mode, but a test mode key was used"
    )
    world.stripe.faults = [Fault(status=404, code="resource_missing", message=message)]
    assert "belongs to the other mode" in unavailable(world)


@pytest.mark.parametrize("remaining", [-1.0, 0.0, 2.9])
def test_no_request_starts_that_cannot_end_in_time(world: World, remaining: float) -> None:
    """Two seconds stay for what comes after; a request gets at least one."""
    world.remaining = remaining
    assert "too little time" in unavailable(world)
    assert (world.api.requests, world.stripe.received) == (0, [])


def test_no_pause_begins_that_leaves_no_time_to_ask_again(world: World) -> None:
    """The failure is reported at once instead."""
    world.remaining = 3.1
    world.stripe.faults = [Fault(status=500)]
    assert "HTTP 500; no time is left" in unavailable(world)
    assert (world.api.requests, world.pauses) == (1, [])


def test_a_request_is_given_up_when_the_invocation_must_go_on(world: World) -> None:
    """One second is left for it, half of that for the answer, which comes later than that."""
    world.remaining = 3.0
    world.stripe.faults = [Fault(delay_seconds=1.5)]
    assert "no answer from Stripe (ReadTimeoutError)" in unavailable(world)


@pytest.mark.parametrize("available", [1.0, 3.0, 8.0])
def test_time_outs_fit_into_the_time_for_a_request(available: float) -> None:
    """Connect and read together take no more than that, and both get something."""
    connect, read = request_timeouts(available)
    assert connect + read == available
    assert 0 < connect <= 2
    assert read >= available / 2


def test_a_rotated_key_is_picked_up_when_the_old_one_is_refused(world: World) -> None:
    """One refused request, one reading of the key, and the next request passes."""
    world.api.fetch_subscription("sub_1")
    [world.environment["STRIPE_SECRET_KEY"]] = world.stripe.keys = {"rk_test_rotated"}
    assert world.api.fetch_subscription("sub_1") is not None
    assert (world.api.requests, world.pauses) == (3, [])


@pytest.mark.parametrize(("rotated", "requests"), [(None, 1), ("rk_test_also_wrong", 2)])
def test_a_refused_key_is_named_by_its_place(world: World, rotated: str | None, requests: int) -> None:
    """An unchanged key is not tried twice, a changed one once; the message does not show it."""
    world.api.key.get()
    world.stripe.keys = {"rk_test_elsewhere"}
    if rotated:
        world.environment["STRIPE_SECRET_KEY"] = rotated
    message = unavailable(world)
    assert message == ("Stripe refuses the API key of the environment variable STRIPE_SECRET_KEY (HTTP 401)")
    assert world.api.requests == requests


def test_a_key_without_the_permission_is_refused(world: World) -> None:
    """A restricted key that may not read subscriptions; reading it again would not help."""
    world.stripe.faults = [Fault(status=403)]
    assert "refuses the API key" in unavailable(world)
    assert world.api.requests == 1


def test_requests_carry_the_pinned_version_and_the_key(world: World) -> None:
    """The shape that is read does not depend on the account's default version."""
    world.api.fetch_subscription("sub_1")
    [(path, headers)] = world.stripe.received
    assert path == "/v1/subscriptions/sub_1"
    assert headers["Stripe-Version"] == API_VERSION
    assert headers["Authorization"] == f"Bearer {API_KEY}"
    assert {"Stripe-Account", "Stripe-Context"}.isdisjoint(headers)


def test_the_pinned_version_is_that_of_the_stripe_package() -> None:
    """A new stripe package asks for a decision here."""
    assert stripe.api_version == API_VERSION


@pytest.mark.parametrize("key", [API_KEY, "sk_org_test_1"])
@pytest.mark.parametrize("account", ["acct_1", "acct_platform/acct_1"])
def test_another_account_is_named_to_stripe(world: World, account: str, key: str) -> None:
    """Its objects are read, and not those of the key's own account; an organization's key may name any."""
    theirs = {**CUSTOMER, "metadata": {"userId": "user_of_theirs"}}
    world.stripe.related = {account: objects(SUBSCRIPTION, theirs)}
    world.stripe.account = objects()
    [world.environment["STRIPE_SECRET_KEY"]] = world.stripe.keys = {key}
    assert world.api.fetch_subscription("sub_1", account=account) is not None
    second = "2025-11-22T00:00:00Z"
    assert world.api.fetch_fresh("subscription", "sub_1", second, account=account) is not None
    assert world.api.fetch_customer_metadata("cus_1", account=account) == {"userId": "user_of_theirs"}
    assert [headers["Stripe-Context"] for _, headers in world.stripe.received] == [account] * 3
    assert not any("Stripe-Account" in headers for _, headers in world.stripe.received)


def test_an_account_that_the_key_may_not_ask_about_is_refused(world: World) -> None:
    """Never taken for an account without this object."""
    with pytest.raises(StripeUnavailableError, match="HTTP 403"):
        world.api.fetch_subscription("sub_1", account="acct_of_somebody_else")


def test_an_organizations_key_needs_an_account(world: World) -> None:
    """Stripe would refuse the request, so it is not sent; the message says where which key belongs."""
    [world.environment["STRIPE_SECRET_KEY"]] = world.stripe.keys = {"sk_org_test_1"}
    message = unavailable(world)
    assert "a key of the account itself into the environment variable STRIPE_SECRET_KEY" in message
    assert "sk_org" not in message
    with pytest.raises(StripeUnavailableError, match="an organization's API key"):
        world.api.fetch_page("subscriptions", [])
    assert world.stripe.received == []


def test_the_connection_is_kept_between_requests(world: World) -> None:
    """Waiting for freshness must not pay for a handshake each time."""
    for _ in range(3):
        world.api.fetch_subscription("sub_1")
    assert (world.api.requests, world.stripe.connections) == (3, 1)


def test_an_id_cannot_lead_to_another_path(world: World) -> None:
    """Old accounts chose customer ids freely; each stays one segment of the path."""
    odd = {"id": "../v1/ü?a=b#c", "object": "customer", "metadata": {"userId": "user_2"}}
    world.stripe.account = objects(odd)
    assert world.api.fetch_customer_metadata(odd["id"]) == {"userId": "user_2"}
    for impossible in ("", ".", ".."):
        with pytest.raises(InvalidEventError, match="customer id"):
            world.api.fetch_customer_metadata(impossible)
    assert world.api.requests == 1


@pytest.mark.parametrize(
    ("key", "mode"),
    [
        ("sk_live_1", "live"),
        ("rk_live_1", "live"),
        ("sk_test_1", "test"),
        ("rk_test_1", "test"),
        ("pk_live_1", None),
        ("other", None),
    ],
)
def test_a_keys_prefix_tells_its_mode(key: str, mode: str | None) -> None:
    """Enough to refuse a test key in production before anything is asked."""
    assert key_mode(key) == mode


def test_a_checkout_session_is_read_in_any_state(world: World) -> None:
    """Open or complete; of one that there is not, nothing."""
    world.stripe.account = objects(events.session(status="open", sub=None))
    found = world.api.fetch_checkout_session("cs_1")
    assert found is not None
    assert (found.object["status"], found.object["mode"]) == ("open", "subscription")
    assert world.api.fetch_checkout_session("cs_2") is None


def test_a_list_of_a_customer_whom_stripe_does_not_have_is_an_error_of_its_own(world: World) -> None:
    """So it is not taken for a Stripe that is away."""
    world.stripe.faults = [Fault(status=404, code="resource_missing")]
    with pytest.raises(NotAtStripeError, match="nothing by an id that its list of subscriptions"):
        world.api.fetch_page("subscriptions", [("customer", "cus_9")])


def test_whether_a_list_may_be_read(world: World) -> None:
    """Only a refusal says that it may not; a Stripe that does not answer says nothing."""
    assert world.api.may_read("invoices")
    world.stripe.misbehave([Fault(status=403)])
    assert not world.api.may_read("events")
    world.stripe.misbehave([Fault(status=500)] * 20)
    with pytest.raises(StripeUnavailableError):
        world.api.may_read("events")
