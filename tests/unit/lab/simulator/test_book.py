"""The simulated Stripe answers as its API would: any object, now or as it was."""

from stripe_handler_cli.lab.simulator import CURRENT, ERAS, SimulationOptions, simulate


def test_an_object_is_what_it_was_at_the_end_of_a_second() -> None:
    """After each event's second the API shows what the second's last event of the object showed."""
    made = simulate(41, 30, SimulationOptions(eras=(CURRENT.era,), expanded_share=0.0))
    checked = 0
    for life in made.lives:
        last = {}
        for happening in life.happenings:
            body = happening.event["data"]["object"]
            last[(body["id"], happening.second)] = body
        for (identifier, second), body in last.items():
            read = made.subscription_at if identifier.startswith("sub_") else made.invoice_at
            assert read(identifier, second) == body
            checked += 1
    assert checked > 200


def test_before_its_creation_there_is_no_object() -> None:
    """And an unknown id is none at any time."""
    made = simulate(42, 1, SimulationOptions(scenarios=("checkout",)))
    body = next(iter(made.subscriptions.values()))
    assert made.subscription_at(body["id"], body["created"]) is not None
    assert made.subscription_at(body["id"], body["created"] - 1) is None
    assert made.subscription_at("sub_unknown") is None
    assert made.invoice_at("in_unknown") is None
    assert made.customer("cus_unknown") is None


def test_the_api_answers_in_the_current_shape_whatever_the_events_are_in() -> None:
    """Periods stand on the items, and no old field is left."""
    for era in ERAS:
        made = simulate(43, 5, SimulationOptions(eras=(era,)))
        for body in made.subscriptions.values():
            assert not body.keys() & {"plan", "quantity", "start", "current_period_end"}
            assert all(item["current_period_end"] for item in body["items"]["data"])


def test_the_api_can_answer_in_the_version_of_the_account() -> None:
    """For a handler that asks in the version its events are in."""
    made = simulate(44, 5, SimulationOptions(eras=("2014",)))
    life = made.lives[0]
    identifier = next(iter(life.book.subscriptions))
    body = made.subscription_at(identifier, version=life.version)
    assert body is not None
    assert {"plan", "start", "current_period_end"} <= body.keys()
    assert "items" not in body


def test_the_last_answer_is_the_last_event() -> None:
    """The final objects are all there, each as its last event showed it."""
    made = simulate(45, 20, SimulationOptions(eras=(CURRENT.era,), expanded_share=0.0))
    last = {event["data"]["object"]["id"]: event["data"]["object"] for event in made.events}
    told = {key: body for key, body in last.items() if key.startswith("sub_")}
    assert made.subscriptions == told
    assert made.invoices.items() >= {key: body for key, body in last.items() if key.startswith("in_")}.items()
    assert set(made.customers) == {identifier for life in made.lives for identifier in life.book.customers}


def test_a_customer_may_name_the_user_where_no_subscription_does() -> None:
    """As some accounts do it; the truth is that user's profile all the same."""
    made = simulate(46, 5, SimulationOptions(scenarios=("customer_metadata",)))
    users = {body["metadata"]["userId"] for body in made.customers.values()}
    assert users == set(made.profiles)
    assert all(
        body["metadata"] == {} for body in made.subscriptions.values() if "team" not in body["metadata"]
    )
    assert all(profile["subscriptionId"] for profile in made.profiles.values())
