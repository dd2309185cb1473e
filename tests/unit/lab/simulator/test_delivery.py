"""Thin events and envelopes say the same as the events they are made from."""

from stripe_handler_cli.lab.simulator import SimulationOptions, envelope, simulate, thin_event


def test_a_thin_event_names_the_object_and_says_nothing_of_it() -> None:
    """Type, second and object are the snapshot event's; there is no data."""
    event = simulate(51, 1, SimulationOptions(scenarios=("checkout",), eras=("2026-endive",))).events[0]
    thin = thin_event(event)
    body = event["data"]["object"]
    assert thin["object"] == "v2.core.event"
    assert thin["type"] == "v1.customer.subscription.created"
    assert thin["related_object"] == {
        "id": body["id"],
        "type": "subscription",
        "url": f"/v1/subscriptions/{body['id']}",
    }
    assert thin["snapshot_event"] == event["id"]
    assert "data" not in thin
    assert envelope(thin)["time"] == envelope(event)["time"]


def test_a_thin_simulation_is_the_same_lives() -> None:
    """Same seed, same truth: only the form of the events differs."""
    thin = simulate(52, 10, SimulationOptions(thin=True))
    snapshots = simulate(52, 10, SimulationOptions(eras=("2026-endive",)))
    assert thin.events == [thin_event(event) for event in snapshots.events]
    assert thin.profiles == snapshots.profiles
    assert thin.subscriptions == snapshots.subscriptions


def test_an_envelope_is_eventbridges() -> None:
    """Its id is not Stripe's, its detail type is the event's, and it is the same every time."""
    event = simulate(53, 1).events[0]
    wrapped = envelope(event)
    assert wrapped == envelope(event)
    assert wrapped["detail"] == event
    assert wrapped["detail-type"] == event["type"]
    assert wrapped["source"].startswith("aws.partner/stripe.com/")
    assert wrapped["id"] != event["id"]
