"""The second workspace after events, with what a person at a desk may find there."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, objects
from stripe_handler_cli.stack.endpoint import Endpoint
from support import events
from support.dead_letters import envelope, error, failure_record
from support.desk import BROKEN, CHANGED, PAID, UPGRADED, WAITING, WIPED, Desk, change, play
from support.drift_checks import DriftChecks
from support.wiping import put_over

if TYPE_CHECKING:
    from conftest import Stack


@pytest.fixture(scope="module")
def desk(
    endpoint: Endpoint,
    other_stack: "Stack",
    stripe: FakeStripe,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """Events were handled; one attribute was changed by hand, one event waits, one is in a queue."""
    directory = tmp_path_factory.mktemp("desk")
    outputs = {name: {"value": value} for name, value in other_stack.outputs.items()}
    (directory / "outputs.json").write_text(json.dumps(outputs), encoding="utf-8")
    desk = Desk(other_stack.pipeline, {**endpoint.variables, "STRIPE_API_KEY": API_KEY}, directory)
    before, checks = stripe.account, DriftChecks(endpoint, other_stack.pipeline)
    checks.empty_tables()
    endpoint.queues.purge_queue(QueueUrl=other_stack.outputs["failure_queue_url"])
    stripe.account = objects(WAITING.subscription(livemode=False, user=None))
    play(desk.pipeline, WAITING.created(user=None))
    bill = WIPED.invoice(livemode=False, **PAID)
    second = UPGRADED.subscription(2, livemode=False, created=events.T0 + 20)
    stripe.account = objects(
        CHANGED.subscription(livemode=False),
        UPGRADED.subscription(livemode=False),
        second,
        WIPED.subscription(livemode=False, latest_invoice=bill["id"]),
        bill,
    )
    play(
        desk.pipeline,
        CHANGED.created(),
        UPGRADED.created(),
        UPGRADED.created("second", second=20, number=2, created=events.T0 + 20),
        WIPED.created(),
        WIPED.paid("paid", 2, **PAID),
    )
    change(desk.pipeline, CHANGED, "subscriptionStatus", "free")
    broken = BROKEN.updated("poison", 1, status=None)
    endpoint.queues.send_message(
        QueueUrl=other_stack.outputs["failure_queue_url"],
        MessageBody=failure_record(
            envelope(broken), error(message="detail.data.object.status: must be a non-empty string")
        ),
    )
    yield desk
    endpoint.queues.purge_queue(QueueUrl=other_stack.outputs["failure_queue_url"])
    checks.empty_tables()
    stripe.account = before


@pytest.fixture(scope="module")
def wiped(desk: Desk) -> Desk:
    """The app has put over one of the profiles."""
    put_over(desk.pipeline, WIPED.user_id)
    return desk
