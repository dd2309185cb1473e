"""Events without a user wait in the sync table, and are applied when their subscription is labelled."""

from typing import Any

from stripe_handler_cli.stack.pipeline import Pipeline
from support.lives import Life


def parked(pipeline: Pipeline, life: Life) -> list[dict[str, Any]]:
    """The parked events of the life's customer."""
    found: Any = pipeline.dynamodb.query(
        TableName=pipeline.config.sync_table_name,
        KeyConditionExpression="PK = :customer AND begins_with(SK, :parked)",
        ExpressionAttributeValues={
            ":customer": {"S": f"CUSTOMER#cus_{life.name}"},
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
    assert profile["stripeLedgerKnown"] == {f"sub_{life.name}_10"}
    assert len(profile["stripeLedgerClosed"]) == 9
    late = life.updated("late", 16, number=1)
    pipeline.put(late)
    assert pipeline.follow(late["id"])["reason"] == "closed"
