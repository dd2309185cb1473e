"""A simulated account through the real pipeline, with all that may go wrong on the way."""

import json
from typing import TYPE_CHECKING

import pytest

from stripe_handler_cli.lab.chaos.certificate import Certificate
from stripe_handler_cli.lab.chaos.run import Chaos
from stripe_handler_cli.lab.fake_stripe import FakeStripe
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.tools.local_aws import LocalAws
from stripe_subscription_handler.events.event_types import DEFAULT_EVENT_TYPES
from stripe_subscription_handler.loggable import loggable
from support import events
from support.personal import people, personal_data

if TYPE_CHECKING:
    from conftest import Stack

CHAOS = Chaos(users=4, seed=495, event_types=DEFAULT_EVENT_TYPES)


@pytest.fixture(scope="module")
def certificate(
    endpoint: Endpoint, other_stack: "Stack", running: LocalAws, stripe: FakeStripe
) -> Certificate:
    """The one chaos run, which every test here looks at."""
    return CHAOS.run(endpoint, other_stack.pipeline, running, stripe)


@pytest.mark.embedded
def test_chaos_ends_in_the_truth(certificate: Certificate) -> None:
    """Every profile equals what the simulator knows.

    Handlers did die, events did come twice and late, Stripe was asked, and did fail when it was. Labels did
    move, and sessions and customers did name users who had no label.
    """
    lived = {scenario for life in CHAOS.simulation().lives for scenario in life.scenarios}
    assert lived >= {"moved_about", "shared_by_sessions", "customer_relabelled", "session_and_customer"}
    assert certificate.counterexamples == []
    assert certificate.profiles_compared >= 8
    assert min(certificate.kills, certificate.duplicates, certificate.reorderings) > 0
    assert certificate.refetches > certificate.stripe_faults > 0


@pytest.mark.embedded
def test_no_log_holds_anything_personal(
    certificate: Certificate, endpoint: Endpoint, stacks: tuple["Stack", "Stack"], running: LocalAws
) -> None:
    """Neither the functions' log groups nor local AWS's own log, where a function's output would end too.

    The events do hold e-mail addresses, names, cards and pages of invoices, and some ids are none.
    """
    made = CHAOS.simulation()
    raw = [json.dumps(event) for event in made.events]
    assert {"a name", "an e-mail address", "a page of an invoice"} <= {
        line.partition(": ")[0] for line in personal_data(raw, people(made))
    }
    pipeline = stacks[0].pipeline
    odd = events.created(
        events.subscription(id="sub_odd", customer="cus_odd", user="ada@example.com"),
        event_id="evt ada@example.com",
    )
    pipeline.put({**odd, "livemode": False})
    assert pipeline.follow(str(loggable("evt ada@example.com")))["user_id"] == loggable("ada@example.com")

    lines = [line for each in stacks for line in _log_lines(endpoint, each.outputs["log_group_name"])]
    assert sum("evt_" in line for line in lines) > certificate.events
    logs = [*lines, running.log_path.read_text(encoding="utf-8", errors="replace")]
    assert personal_data(logs, people(made)) == []


def _log_lines(endpoint: Endpoint, log_group: str) -> list[str]:
    """Every line of a log group, Lambda's own among them."""
    pages = endpoint.logs.get_paginator("filter_log_events").paginate(logGroupName=log_group)
    return [event["message"] for page in pages for event in page["events"]]
