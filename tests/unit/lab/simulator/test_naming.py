"""Sessions and customers name users only where that is asked for, and nothing else changes with them."""

import json
from typing import Any

import attrs
import pytest

from stripe_handler_cli.lab.fake_stripe import CustomerClocks, SimulatedAccount
from stripe_handler_cli.lab.simulator import (
    CURRENT,
    SimulatedLife,
    Simulation,
    SimulationOptions,
    iterate_lives,
    simulate,
    thin_event,
)

BOTH: dict[str, Any] = {"sessions": True, "customers": True}
ELSEWHERE = frozenset(
    {"checkout.session.completed", *(f"customer.{kind}" for kind in ("created", "updated", "deleted"))}
)


def _made(era: str = "2023", **options: Any) -> Simulation:
    alone: dict[str, Any] = {"second_scenario_share": 0, "expanded_share": 0}
    return simulate(31, 60, SimulationOptions(scenarios=("mixed",), eras=(era,), **alone, **options))


def _kept(life: SimulatedLife) -> str:
    """The events that are not about sessions and customers, without what names a user."""
    kept = [event for event in life.events if event["type"] not in ELSEWHERE]

    def plain(value: Any) -> Any:
        if isinstance(value, list):
            return [plain(one) for one in value]
        if isinstance(value, dict):
            return {name: plain(one) for name, one in value.items() if name != "userId"}
        return value

    return json.dumps(plain(kept))


def _told(made: Simulation) -> set[str]:
    return {event["type"] for event in made.events} & ELSEWHERE


def test_they_happen_only_when_asked_for() -> None:
    """Each switch brings its own event types, and nothing where the destination does not send them all."""
    assert _told(_made()) == set()
    assert _told(_made(sessions=True)) == {"checkout.session.completed"}
    assert _told(_made(customers=True)) == ELSEWHERE - {"checkout.session.completed"}
    some = ("customer.subscription.created", "customer.created")
    assert _told(_made(**BOTH, event_types=some)) == set()
    assert "userId" not in json.dumps([made.customers for made in (_made(), _made(**BOTH, event_types=some))])


def test_nothing_else_changes_with_them() -> None:
    """The same things happen to subscriptions and invoices, and in the same seconds."""
    without, with_both = _made(), _made(**BOTH)
    assert [_kept(life) for life in without.lives] == [_kept(life) for life in with_both.lives]


def test_in_some_lives_nothing_else_names_the_user() -> None:
    """The session, by metadata or reference; or the customer, from the beginning or later."""
    by: dict[str, int] = {"label": 0, "metadata": 0, "reference": 0, "created": 0, "updated": 0}
    for life in _made(**BOTH).lives:
        [made] = [event for event in life.events if event["type"] == "customer.subscription.created"]
        bodies = {event["type"]: event["data"]["object"] for event in reversed(life.events)}
        session, customer = bodies["checkout.session.completed"], bodies["customer.created"]
        if made["data"]["object"]["metadata"]:
            by["label"] += 1
        elif session["metadata"].get("userId"):
            by["metadata"] += 1
        elif session["client_reference_id"]:
            by["reference"] += 1
        else:
            by["created" if customer["metadata"] else "updated"] += 1
        assert life.profiles[life.users[0]]
        assert life.profiles[life.users[0]]["subscriptionId"] == made["data"]["object"]["id"]
    assert min(by.values()) > 0
    assert by["label"] > 20


def test_a_session_may_name_somebody_else_than_the_label() -> None:
    """Then the label counts, and the other has nothing."""
    mistaken = [life for life in _made(sessions=True).lives if len(life.users) > 1]
    assert mistaken
    assert all(life.profiles[life.users[0]] and not life.profiles[life.users[1]] for life in mistaken)


def test_an_update_of_a_customer_tells_what_it_was_about() -> None:
    """A label where there was none, or something else."""
    old = [
        event["data"]["previous_attributes"]
        for event in _made(customers=True).events
        if event["type"] == "customer.updated"
    ]
    assert {json.dumps(one) for one in old} == {'{"metadata": {"userId": null}}', '{"description": null}'}


def test_a_customer_may_be_deleted_in_the_end() -> None:
    """Its event is whole; Stripe shows an id from then on, and lists it no more."""
    options = SimulationOptions(scenarios=("immediate_cancel",), customers=True, second_scenario_share=0)
    made = simulate(32, 30, options)
    deleted = [event for event in made.events if event["type"] == "customer.deleted"]
    assert 0 < len(deleted) < 30
    for event in deleted:
        body = event["data"]["object"]
        assert "metadata" in body
        assert made.customer(body["id"]) == {"id": body["id"], "object": "customer", "deleted": True}
        assert body["id"] not in made.customers
        life = made.life_of(body["id"])
        assert life is not None
        assert life.book.find("customer", body["id"], event["created"] - 1, life.version) == body


@pytest.mark.parametrize("scenario", ["moved_about", "mixed"])
def test_a_life_told_in_thin_events_is_the_same_life(scenario: str) -> None:
    """Labels are taken off and customers deleted there too: their events can be read for 30 days."""
    options = SimulationOptions(scenarios=(scenario,), eras=("2026-endive",), moves=True, **BOTH)
    told = list(iterate_lives(33, 30, attrs.evolve(options, thin=True)))
    happened = list(iterate_lives(33, 30, options))
    assert [[one.snapshot for one in life.happenings] for life in told] == [life.events for life in happened]
    assert [life.profiles for life in told] == [life.profiles for life in happened]


def test_a_thin_event_names_the_session() -> None:
    """With the path it is read at."""
    event = next(one for one in _made(**BOTH).events if one["type"] == "checkout.session.completed")
    identifier = event["data"]["object"]["id"]
    assert thin_event(event)["related_object"] == {
        "id": identifier,
        "type": "checkout.session",
        "url": f"/v1/checkout/sessions/{identifier}",
    }


def test_the_fake_stripe_shows_sessions_and_customers_as_they_were() -> None:
    """A session from its completion on, a customer with the label of that moment."""
    made = _made(CURRENT.era, **BOTH)
    account = SimulatedAccount(made, CustomerClocks(ahead_seconds=0, monotonic=lambda: 0.0))
    labels = 0
    for life in made.lives:
        for event in life.events:
            account.sent([event])
            body = event["data"]["object"]
            if event["type"] in ELSEWHERE - {"customer.deleted"}:
                assert account.find(body["object"], body["id"]).body == body
                assert account.find("event", event["id"]).body == event
                labels += "userId" in json.dumps(event["data"].get("previous_attributes"))
    assert labels > 0
    assert set(account.newest_first("checkout.session")) == set(made.sessions)
