"""The search for personal data in logs finds it where it is: in the raw events, and in each form."""

import json

import pytest

from stripe_handler_cli.lab.simulator import SimulationOptions, simulate
from support.personal import FORMS, people, personal_data

EXAMPLES = {
    "an e-mail address": '{"user": "ada.lovelace+x@mail.example.com"}',
    "a card number": "card 4242424242424242 declined",
    "a page of an invoice": "see https://invoice.stripe.com/i/acct_1/live",
    "a telephone number": "call +15555550100",
    "a key or a signing secret": "rk_live_invented refused",
}
HARMLESS = (
    '{"event_id": "evt_1", "reason": "stale", "timestamp": "2026-11-24T05:52:52.252727Z", "requests": 1}',
    "START RequestId: 8d4f1c1a-1234-4321-9876-123456789012 Version: $LATEST",
    "no user is named by the metadata of subscription sub_1, and customer cus_1 has no owner link for it",
    "secret arn:aws:secretsmanager:eu-west-1:111122223333:secret:stripe-AbCdEf cannot be read",
)


@pytest.mark.parametrize("kind", FORMS)
def test_each_form_is_found(kind: str) -> None:
    """Wherever it stands in a line."""
    assert [found.partition(": ")[0] for found in personal_data([EXAMPLES[kind]], ())] == [kind]


def test_what_logs_may_hold_is_no_finding() -> None:
    """Ids, times, request ids, account ids."""
    assert personal_data(HARMLESS, ()) == []


def test_simulated_events_hold_every_kind_but_keys() -> None:
    """Names, streets, addresses, cards and invoice pages: a handler that logs its event is found out."""
    made = simulate(5, 90, SimulationOptions(expanded_share=0.5))
    found = personal_data((json.dumps(event) for event in made.events), people(made))
    kinds = {line.partition(": ")[0] for line in found}
    assert kinds == {*FORMS, "a name", "a street", "a remark"} - {"a key or a signing secret"}
