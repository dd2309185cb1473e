"""A Stripe event on the bus becomes a profile update: bus → rule → the real zip → DynamoDB."""

import json
from typing import Any

import pytest

from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_subscription_handler.config import Config
from support import events
from support.lives import Life

VIEW = ("subscriptionStatus", "subscriptionPriceId", "lastPaymentStatus")


def play(pipeline: Pipeline, *stripe_events: dict[str, Any]) -> list[dict[str, Any]]:
    """Deliver events one after the other; returns the handler's log line of each."""
    lines = []
    counts: dict[str, int] = {}
    for event in stripe_events:
        counts[event["id"]] = counts.get(event["id"], 0) + 1
        pipeline.put(event)
        lines.append(pipeline.follow(event["id"], counts[event["id"]]))
    return lines


def test_all_five_event_types_reach_the_profile(pipeline: Pipeline) -> None:
    """Each type changes what it should, and nothing else of the view."""
    life, renewal = Life("types"), {"id": "in_renewal", "created": events.T0 + 55}
    steps = [
        (life.created(status="incomplete"), ("incomplete", "price_basic", None)),
        (life.updated("active", 0, {"status": "incomplete"}), ("active", "price_basic", None)),
        (life.paid("paid", 2), ("active", "price_basic", "succeeded")),
        (life.failed("failed", 60, **renewal), ("active", "price_basic", "failed")),
        (life.deleted("deleted", 90), ("canceled", "price_basic", "failed")),
    ]
    for event, expected in steps:
        play(pipeline, event)
        profile = pipeline.profile(life.user_id)
        assert tuple(profile.get(name) for name in VIEW) == expected


def test_a_duplicate_changes_nothing(pipeline: Pipeline) -> None:
    """At-least-once delivery leaves no trace."""
    life = Life("duplicate")
    play(pipeline, life.created(), life.paid("paid", 2))
    before = pipeline.profile(life.user_id)
    lines = play(pipeline, life.created("created_2"))
    assert [line["reason"] for line in lines] == ["duplicate"]
    pipeline.put(life.paid("paid", 2))
    assert pipeline.follow(life.event_id("paid"), 2)["reason"] == "duplicate"
    assert pipeline.profile(life.user_id) == before


def test_a_late_event_changes_nothing(pipeline: Pipeline) -> None:
    """The activation arrives first, the creation after it, an older update last."""
    life = Life("late")
    lines = play(
        pipeline,
        life.updated("cancels", 50, {"cancel_at_period_end": False}, cancel_at_period_end=True),
        life.created(status="incomplete"),
        life.updated("older", 20, {"status": "incomplete"}),
    )
    assert [line["reason"] for line in lines] == ["first_event", "stale", "stale"]
    assert pipeline.profile(life.user_id)["subscriptionCancelAtPeriodEnd"] is True


def test_requests_on_the_wire(pipeline: Pipeline) -> None:
    """The design's table, counted by the deployed function itself."""
    life = Life("requests")
    lines = play(
        pipeline,
        life.created(status="incomplete"),
        life.updated("active", 0, {"status": "incomplete"}),
        life.updated("renewed", 10),
        life.paid("paid", 11),
        life.paid("paid", 11),
        life.updated("renewed", 10),
        life.created("second", second=20, number=2, created=1_763_800_020),
        life.updated("lapsed", 30, {"status": "active"}, status="past_due"),
        life.updated("tie_a", 40, {"status": "past_due"}, status="unpaid"),
        life.updated("tie_b", 40, {"status": "unpaid"}, status="past_due"),
    )
    assert [(line["reason"], line["requests"]) for line in lines] == [
        ("first_event", 1),
        ("primary", 1),
        ("primary", 1),
        ("primary", 1),
        ("duplicate", 1),
        ("duplicate", 1),
        ("recomputed", 2),
        ("recomputed", 2),
        ("recomputed", 2),
        ("tie_settled", 2),
    ]


def test_an_update_or_an_invoice_may_come_first(pipeline: Pipeline) -> None:
    """Two requests each, and the same profile as in order."""
    first, second = Life("update_first"), Life("invoice_first")
    assert play(pipeline, first.updated("active", 5))[0]["requests"] == 2
    assert play(pipeline, second.paid("paid", 5))[0]["requests"] == 2
    play(pipeline, second.created())
    assert pipeline.profile(second.user_id)["lastPaymentStatus"] == "succeeded"


def test_an_old_invoice_without_metadata_finds_its_user(pipeline: Pipeline) -> None:
    """By the owner link that was written with the first event."""
    life = Life("unlabelled")
    play(pipeline, life.created(), life.paid("paid", 3, user=None))
    assert pipeline.profile(life.user_id)["lastPaymentStatus"] == "succeeded"


def test_an_unhandled_event_on_the_bus_never_invokes_the_function(pipeline: Pipeline) -> None:
    """The rule admits the configured types only."""
    life = Life("unhandled")
    stranger = {**life.created("stranger"), "type": "charge.refunded"}
    pipeline.put(stranger)
    play(pipeline, life.created())
    assert not [line for line in pipeline.log_lines() if line.get("event_id") == stranger["id"]]


def test_the_apps_own_attributes_survive(pipeline: Pipeline) -> None:
    """What the app keeps on the profile is never touched."""
    life = Life("app_data")
    key = Config(table_name="", sync_table_name="").profile_key(life.user_id)
    item: Any = {name: {"S": value} for name, value in {**key, "theme": "dark"}.items()}
    pipeline.dynamodb.put_item(TableName=pipeline.config.table_name, Item=item)
    play(pipeline, life.created(), life.deleted("deleted", 5))
    profile = pipeline.profile(life.user_id)
    assert (profile["theme"], profile["subscriptionStatus"]) == ("dark", "canceled")


def test_a_burst_for_one_user_converges(pipeline: Pipeline) -> None:
    """Thirty updates at once, in whatever order they are handled: the newest one is what the app reads."""
    life = Life("burst")
    burst = [life.updated(f"u{n}", n, quantity=n) for n in range(1, 31)]
    pipeline.put(*reversed(burst[15:]), *burst[:15])
    for event in burst:
        pipeline.follow(event["id"])
    assert pipeline.profile(life.user_id)["subscriptionQuantity"] == 30


def test_the_log_holds_no_personal_data(pipeline: Pipeline) -> None:
    """E-mail, name and hosted invoice URL of the customer are in the event and not in the log."""
    life = Life("private")
    play(
        pipeline,
        life.created(),
        life.paid(
            "paid",
            1,
            customer_email="ada@example.com",
            customer_name="Ada Example",
            hosted_invoice_url="https://invoice.example.com/i/1",
        ),
    )
    pages = pipeline.logs.get_paginator("filter_log_events").paginate(
        logGroupName=pipeline.outputs["log_group_name"]
    )
    logged = json.dumps([event["message"] for page in pages for event in page["events"]])
    assert life.event_id("paid") in logged
    assert not any(word in logged for word in ("ada@", "Ada Example", "invoice.example.com"))


@pytest.mark.partner_bus
def test_the_bus_is_stripes_own(pipeline: Pipeline) -> None:
    """A partner bus has its event source's name."""
    assert pipeline.outputs["event_bus_name"] == pipeline.source
    assert pipeline.source.startswith("aws.partner/stripe.com/")
