"""Events without a user wait in the sync table, and are applied when their subscription is labelled."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from stripe_handler_cli.lab.fake_stripe import API_KEY
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_subscription_handler.dynamodb.sync_table import customer_key
from support.commands import Commands
from support.lives import Life
from support.stripe_feeding import stripe_feeding

if TYPE_CHECKING:
    from conftest import Stack


@pytest.fixture
def commands(endpoint: Endpoint, stack: "Stack", tmp_path: Path) -> Commands:
    """The commands, for the first workspace."""
    return Commands.of(endpoint.variables, stack.outputs, tmp_path)


def parked(pipeline: Pipeline, life: Life) -> list[dict[str, Any]]:
    """The parked events of the life's customer."""
    found: Any = pipeline.dynamodb.query(
        TableName=pipeline.config.sync_table_name,
        KeyConditionExpression="PK = :customer AND begins_with(SK, :parked)",
        ExpressionAttributeValues={
            ":customer": {"S": customer_key(f"cus_{life.name}")["PK"]},
            ":parked": {"S": "PARKED#"},
        },
        ConsistentRead=True,
    )
    return found["Items"]


def test_an_unlabelled_checkout_is_applied_when_the_label_comes(pipeline: Pipeline) -> None:
    """Checkout and payment wait, with an expiry; the update that adds the user applies all three."""
    life = Life("parked")
    for event in (life.created(user=None), life.paid("paid", 2, user=None)):
        pipeline.put(event)
        assert pipeline.follow(event["id"])["reason"] == "parked"
    waiting = parked(pipeline, life)
    assert {item["SK"]["S"] for item in waiting} == {
        f"PARKED#{life.event_id('created')}",
        f"PARKED#{life.event_id('paid')}",
    }
    thirty_days = 30 * 24 * 3600
    assert all(int(i["expiresAt"]["N"]) - int(i["parkedAt"]["N"]) == thirty_days for i in waiting)
    assert pipeline.profile(life.user_id) == {}

    label = life.updated("label", 5, {"metadata": {"userId": None}})
    pipeline.put(label)
    line = pipeline.follow(label["id"])
    assert (line["decision"], line["drained"]) == ("write", 2)
    profile = pipeline.profile(life.user_id)
    assert (profile["subscriptionStatus"], profile["lastPaymentStatus"]) == ("active", "succeeded")
    assert parked(pipeline, life) == []


def test_an_event_that_waits_and_comes_again_expires_when_it_would_have(pipeline: Pipeline) -> None:
    """A replay delivers it ten days later; the days are made by moving what is stored."""
    life = Life("parked_again")
    event = life.created(user=None)
    pipeline.put(event)
    pipeline.follow(event["id"])
    [first] = parked(pipeline, life)
    times = {name: str(int(first[name]["N"]) - 10 * 24 * 3600) for name in ("parkedAt", "expiresAt")}
    pipeline.dynamodb.update_item(
        TableName=pipeline.config.sync_table_name,
        Key={name: first[name] for name in ("PK", "SK")},
        UpdateExpression="SET parkedAt = :parked, expiresAt = :expires",
        ExpressionAttributeValues={
            ":parked": {"N": times["parkedAt"]},
            ":expires": {"N": times["expiresAt"]},
        },
    )
    pipeline.put(event)
    assert pipeline.follow(event["id"], deliveries=2)["reason"] == "parked"
    assert parked(pipeline, life) == [first | {name: {"N": value} for name, value in times.items()}]


def test_link_ends_the_wait_with_the_command_that_parked_names(
    pipeline: Pipeline, commands: Commands
) -> None:
    """The label is written once, and the profile has both events; to take it away again, one must say so."""
    life, heir = Life("linked"), "user_linked_heir"
    subscription = life.subscription(user=None, livemode=False)
    for event in (life.created(user=None), life.paid("paid", 2, user=None)):
        pipeline.put(event)
        assert pipeline.follow(event["id"])["reason"] == "parked"
    listed = commands.run("parked", "--json").json["events"]
    steps = {one["next"] for one in listed if one["subscription_id"] == subscription["id"]}
    [step] = steps
    words = step.replace("USER", life.user_id, 1).split()
    assert words[:4] == ["stripe-handler", "link", subscription["id"], life.user_id]

    with stripe_feeding(pipeline, subscription) as stripe:

        def link(user_id: str, *more: str, key: str = API_KEY) -> Any:
            options = ["--stripe-url", stripe.url, "--json", *more]
            return commands.run("link", subscription["id"], user_id, *options, STRIPE_API_KEY=key)

        unable = link(life.user_id, key="")
        assert (unable.exit_code, unable.json["written"]) == (1, False), unable.err
        assert f"/v1/subscriptions/{subscription['id']}" in unable.json["command"]
        linked = link(life.user_id, "--wait")
        assert linked.exit_code == 0, linked.err
        told = {name: linked.json[name] for name in ("label_before", "waiting", "written", "applied")}
        assert told == {"label_before": None, "waiting": 2, "written": True, "applied": True}
        [event] = stripe.edits.events.values()
        assert pipeline.follow(event["id"])["drained"] == 2
        profile = pipeline.profile(life.user_id)
        assert (profile["subscriptionId"], profile["lastPaymentStatus"]) == (subscription["id"], "succeeded")
        assert parked(pipeline, life) == []

        again = link(life.user_id, "--wait")
        assert (again.exit_code, again.json["written"], again.json["applied"]) == (0, False, True)
        refused = link(heir)
        assert (refused.exit_code, refused.out, "--yes" in refused.err) == (1, "", True)
        assert len(stripe.edits.events) == 1
        moved = link(heir, "--yes", "--wait")
        assert (moved.exit_code, moved.json["owner_before"]) == (0, life.user_id), moved.err
        _, move = stripe.edits.events.values()
        assert pipeline.follow(move["id"])["decision"] == "write"
        assert "subscriptionId" not in pipeline.profile(life.user_id)


def test_a_parked_invoice_waits_for_its_own_subscription(pipeline: Pipeline) -> None:
    """Another subscription of the customer is written at once; the invoice waits on, then is applied."""
    life = Life("waits")
    invoice = life.paid("paid", 9, number=2, user=None)
    first, second = life.created("first"), life.created("second", second=8, number=2)
    pipeline.put(invoice)
    assert pipeline.follow(invoice["id"])["reason"] == "parked"
    pipeline.put(first)
    assert pipeline.follow(first["id"])["decision"] == "write"
    assert len(parked(pipeline, life)) == 1
    pipeline.put(second)
    assert pipeline.follow(second["id"])["drained"] == 1
    assert parked(pipeline, life) == []


def test_a_subscription_handed_to_another_user(pipeline: Pipeline) -> None:
    """Both profiles learn of it, and the owner link follows: an unlabelled invoice goes to the new user."""
    life, heir = Life("giver"), "user_heir"
    move = life.updated("move", 5, {"metadata": {"userId": life.user_id}}, user=heir)
    invoice = life.paid("paid", 9, user=None)
    for event in (life.created(), move, invoice):
        pipeline.put(event)
        pipeline.follow(event["id"])
    assert "subscriptionStatus" not in pipeline.profile(life.user_id)
    profile = pipeline.profile(heir)
    assert (profile["subscriptionStatus"], profile["lastPaymentStatus"]) == ("active", "succeeded")


def test_dead_subscriptions_shrink_to_their_ids(pipeline: Pipeline) -> None:
    """Ten subscriptions one after the other: the ledger keeps the best dead one and nine ids."""
    life = Life("loyal")
    for number in range(1, 11):
        second = number * 10
        begin = life.created(f"c{number}", second=second, number=number, created=1_763_800_000 + second)
        end = life.deleted(f"d{number}", second + 5, number=number, created=1_763_800_000 + second)
        for event in (begin, end):
            pipeline.put(event)
            assert pipeline.follow(event["id"])["decision"] == "write"
    profile = pipeline.profile(life.user_id)
    assert profile["subscriptionId"] == f"sub_{life.name}_10"
    assert profile["stripeLedgerOthers"] == {f"sub_{life.name}_10"}
    assert len(profile["stripeLedgerClosed"]) == 9
    late = life.updated("late", 16, number=1)
    pipeline.put(late)
    assert pipeline.follow(late["id"])["reason"] == "closed"
