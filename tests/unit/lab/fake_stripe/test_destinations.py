"""Event destinations of the fake Stripe, asked by the real `stripe` client over HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, InMemoryPartner
from stripe_handler_cli.lab.fake_stripe.destinations import Destinations
from stripe_handler_cli.stack.event_destinations import EventDestinations, NewDestination
from stripe_handler_cli.stack.stripe_options import StripeAccess
from stripe_subscription_handler.stripe_side.api import API_VERSION, load_stripe

ACCOUNT = "123456789012"
TYPES = ("customer.subscription.updated", "invoice.payment_failed")


@pytest.fixture
def fake() -> Iterator[FakeStripe]:
    """The server."""
    with FakeStripe() as server:
        yield server


@pytest.fixture
def partner(fake: FakeStripe) -> InMemoryPartner:
    """Its event sources."""
    assert isinstance(fake.destinations.partner, InMemoryPartner)
    return fake.destinations.partner


def at(fake: FakeStripe, key: str = API_KEY) -> EventDestinations:
    """Our own client of it."""
    return EventDestinations.at(StripeAccess(key, "OPS_KEY", fake.url))


def service(fake: FakeStripe) -> Any:
    """The bare `stripe` client, for what ours does not do."""
    client = load_stripe().StripeClient(API_KEY, base_addresses={"api": fake.url}, max_network_retries=0)
    return client.v2.core.event_destinations


def new(**changes: Any) -> NewDestination:
    """A destination to make."""
    given = {
        "name": "ours",
        "account_id": ACCOUNT,
        "region": "eu-west-1",
        "event_types": TYPES,
        "payload": "snapshot",
        "metadata": {"workspace": "development"},
    }
    return NewDestination(**{**given, **changes})


def test_a_destination_makes_a_pending_event_source_of_its_own_name(
    fake: FakeStripe, partner: InMemoryPartner
) -> None:
    """As Stripe tells it: id, account, region, ARN, state, and what it sends."""
    made = at(fake).create(new())
    assert made.id.startswith("ed_test_")
    assert made.source_name == f"aws.partner/stripe.com/{made.id}"
    assert (made.account_id, made.region, made.source_status) == (ACCOUNT, "eu-west-1", "pending")
    assert (made.payload, made.api_version, made.enabled_events) == (
        "snapshot",
        API_VERSION,
        frozenset(TYPES),
    )
    assert made.is_enabled
    assert partner.accounts == {made.source_name: ACCOUNT}
    assert at(fake).eventbridge() == [made]


def test_every_page_is_listed_newest_first(fake: FakeStripe) -> None:
    """The client follows `next_page_url`; webhook endpoints are no EventBridge destinations."""
    made = [at(fake).create(new(name=str(number))).id for number in range(5)]
    webhook = {"type": "webhook_endpoint", "name": "w", "event_payload": "snapshot", "enabled_events": ["*"]}
    service(fake).create({**webhook, "webhook_endpoint": {"url": f"{fake.url}/hook"}})
    listed = list(service(fake).list({"limit": 2}).auto_paging_iter())
    assert [one.id for one in listed][1:] == made[::-1]
    assert [one.id for one in at(fake).eventbridge()] == made[::-1]


def test_what_can_change_changes_and_the_rest_is_refused(fake: FakeStripe) -> None:
    """Types, name and metadata; a payload is for ever, and so is whose events it sends."""
    made = at(fake).create(new())
    at(fake).send(made.id, ["invoice.paid"])
    service(fake).update(made.id, {"metadata": {"workspace": "", "other": "1"}, "name": "theirs"})
    [seen] = at(fake).eventbridge()
    assert (seen.enabled_events, seen.metadata, seen.name) == (
        frozenset({"invoice.paid"}),
        {"other": "1"},
        "theirs",
    )
    for name, value in {"event_payload": "thin", "events_from": ["@accounts"]}.items():
        with pytest.raises(load_stripe().StripeError, match=f"Unknown field: {name}"):
            service(fake).update(made.id, {name: value})


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        (("@self",), {"@self"}),
        (("@self", "@accounts"), {"@self", "@accounts"}),
        (("other_accounts",), {"@accounts"}),
        (("@organization_members",), {"@organization_members"}),
    ],
)
def test_whose_events_it_sends_is_kept(fake: FakeStripe, given: tuple[str, ...], kept: set[str]) -> None:
    """In today's words, whichever were given."""
    at(fake).create(new(events_from=given))
    assert at(fake).eventbridge()[0].events_from == kept


def test_without_a_word_it_sends_its_own_accounts_events(fake: FakeStripe) -> None:
    """Stripe's default, told as such."""
    place = {"amazon_eventbridge": {"aws_account_id": ACCOUNT, "aws_region": "us-east-1"}}
    given = {"type": "amazon_eventbridge", "name": "n", "event_payload": "thin", "enabled_events": ["v1.a"]}
    assert service(fake).create({**given, **place}).events_from == ["@self"]


def test_it_is_disabled_enabled_and_deleted(fake: FakeStripe, partner: InMemoryPartner) -> None:
    """A disabled one tells who did it; a deleted one takes its event source with it."""
    made = at(fake).create(new())
    at(fake).disable(made.id)
    [seen] = at(fake).eventbridge()
    assert (seen.is_enabled, seen.disabled_reason) == (False, "user")
    at(fake).enable(made.id)
    assert at(fake).eventbridge()[0].is_enabled
    at(fake).delete(made.id)
    assert (at(fake).eventbridge(), partner.statuses) == ([], {})
    with pytest.raises(CliError, match="No such event destination"):
        at(fake).ping(made.id)


def test_without_its_event_source_it_is_disabled_for_good(fake: FakeStripe, partner: InMemoryPartner) -> None:
    """AWS removes a source that nobody associated in 7 days; Stripe then wants a new destination."""
    made = at(fake).create(new())
    del partner.statuses[made.source_name]
    [seen] = at(fake).eventbridge()
    assert (seen.is_enabled, seen.disabled_reason) == (False, "no_aws_event_source_exists")
    assert seen.source_status == "deleted"
    with pytest.raises(CliError, match="no longer exists"):
        at(fake).enable(made.id)


def test_a_ping_arrives_on_the_associated_bus_alone(fake: FakeStripe, partner: InMemoryPartner) -> None:
    """Lost while the source is pending, as anything else; not sent by a disabled destination."""
    made = at(fake).create(new())
    at(fake).ping(made.id)
    partner.statuses[made.source_name] = "active"
    event_id = at(fake).ping(made.id)
    at(fake).disable(made.id)
    at(fake).ping(made.id)
    [event] = partner.delivered[made.source_name]
    assert (event["id"], event["type"]) == (event_id, "v2.core.event_destination.ping")
    assert event["related_object"]["id"] == made.id


def test_a_repeated_creation_makes_one() -> None:
    """The client's own retries carry the same idempotency key."""
    destinations = Destinations()
    given = {"type": "amazon_eventbridge", "name": "n", "event_payload": "thin", "enabled_events": ["v1.a"]}
    place = {"amazon_eventbridge": {"aws_account_id": ACCOUNT, "aws_region": "us-east-1"}}
    first, second = (destinations.create({**given, **place}, "key") for _ in range(2))
    assert first is second
    assert len(list(destinations)) == 1


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"payload": "thin"}, "is not sent as a thin event"),
        ({"event_types": ["v1.invoice.paid"]}, "is not sent as a snapshot event"),
        ({"account_id": "12"}, "12 digits"),
        ({"name": ""}, "name"),
        ({"events_from": ["@everybody"]}, "events_from"),
        ({"events_from": ["@accounts", "@organization_members"]}, "events_from"),
        ({"events_from": []}, "events_from"),
    ],
)
def test_a_wrong_request_is_refused(fake: FakeStripe, changes: dict[str, Any], problem: str) -> None:
    """With Stripe's status, and our client tells Stripe's words."""
    with pytest.raises(CliError, match=problem):
        at(fake).create(new(**changes))
    assert at(fake).eventbridge() == []


def test_a_refused_key_is_not_told(fake: FakeStripe) -> None:
    """The variable it is from is."""
    with pytest.raises(CliError) as caught:
        at(fake, key="rk_test_revoked").eventbridge()
    assert str(caught.value) == (
        "Stripe: HTTP 401, with the key in OPS_KEY: Stripe knows no such key, or it has expired"
    )


def test_a_secret_is_told_once(fake: FakeStripe) -> None:
    """At its creation, and only to who asks."""
    given = {
        "type": "webhook_endpoint",
        "name": "w",
        "event_payload": "snapshot",
        "enabled_events": ["invoice.paid"],
        "webhook_endpoint": {"url": f"{fake.url}/hook"},
    }
    include = ["webhook_endpoint.signing_secret", "webhook_endpoint.url"]
    made = service(fake).create({**given, "include": include})
    assert made.webhook_endpoint.signing_secret.startswith("whsec_")
    seen = service(fake).retrieve(made.id, {"include": ["webhook_endpoint.url"]})
    assert seen.webhook_endpoint.signing_secret is None
    assert seen.webhook_endpoint.url == f"{fake.url}/hook"
    with pytest.raises(load_stripe().StripeError, match="on this machine"):
        service(fake).create({**given, "webhook_endpoint": {"url": "https://example.com/hook"}})
