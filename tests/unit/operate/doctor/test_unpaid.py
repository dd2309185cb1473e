"""The doctor asks Stripe who is past due, and since when each owes: a bounded number of questions."""

import datetime as dt
from typing import Any

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.fake_stripe import FakeStripe, objects
from stripe_handler_cli.operate.doctor.areas.unpaid import OWED_DAYS, UnpaidFacts, look_at_unpaid
from stripe_handler_cli.stack.stripe_options import StripeAccess
from support import events
from support.doctor.aws import Aws

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)
DAY = 86_400
JUST = int(NOW.timestamp()) - OWED_DAYS * DAY
"""The second from which on an invoice is not old enough."""


def past_due(number: int, status: str = "past_due") -> dict[str, Any]:
    """A subscription that Stripe still tries to collect for, or has given up."""
    return events.subscription(id=f"sub_{number}", status=status)


def owed(number: int, created: int = JUST - 1, **changes: Any) -> dict[str, Any]:
    """An open invoice of such a subscription, of the last second that counts."""
    invoice = events.invoice(id=f"in_{number}_{created}", sub=f"sub_{number}", created=created)
    return {**invoice, "status": "open", **changes}


def look(
    *bodies: dict[str, Any], variables: dict[str, str] | None = None, has_key: bool = True
) -> UnpaidFacts:
    """What is seen at a Stripe with these objects."""
    settings = {"DYNAMODB_TABLE_NAME": "t", "SYNC_TABLE_NAME": "s", **(variables or {})}
    answers = {"get_function_configuration": {"Environment": {"Variables": settings}}}
    with FakeStripe(objects(*bodies), now=NOW.timestamp) as stripe:
        access = StripeAccess(next(iter(stripe.keys)), "STRIPE_API_KEY", stripe.url) if has_key else None
        return look_at_unpaid(Aws(answers).site({"function_name": "f"}, stripe=access, now=NOW))


def test_what_has_been_owed_for_long_is_told_the_oldest_first() -> None:
    """Each subscription once, with its oldest invoice."""
    facts = look(past_due(1), past_due(2), owed(1), owed(2, JUST - 9 * DAY), owed(2, JUST - 2 * DAY))
    assert facts == UnpaidFacts(past_due=2, owing={"sub_2": "2026-09-22", "sub_1": "2026-10-01"})


@pytest.mark.parametrize(
    "bodies",
    [
        (past_due(1), owed(1, JUST)),
        (past_due(1), owed(1, status="paid")),
        (past_due(1), owed(1, status="uncollectible")),
        (past_due(1), owed(1, due_date=JUST)),
        (past_due(1), owed(2)),
        (past_due(1), owed(1, parent=None)),
    ],
    ids=["young", "paid", "given up", "due later", "another's", "of no subscription"],
)
def test_other_invoices_say_nothing(bodies: tuple[dict[str, Any], ...]) -> None:
    """Nobody is told of who may still pay in time, or owes for something else."""
    assert look(*bodies) == UnpaidFacts(past_due=1)


def test_a_subscription_that_is_not_past_due_has_no_such_access() -> None:
    """Stripe called it unpaid: access has ended."""
    assert look(past_due(1, "unpaid"), owed(1)) == UnpaidFacts()


@pytest.mark.parametrize(
    "more", [[past_due(n) for n in range(101)], [owed(1, JUST - n) for n in range(1, 102)]]
)
def test_that_there_is_more_than_a_page_is_told(more: list[dict[str, Any]]) -> None:
    """Of either list; one page is read of each."""
    assert look(past_due(1), *more).are_more


def test_another_apps_subscription_has_no_access() -> None:
    """By the filters of the function's settings."""
    theirs = {**past_due(1), "metadata": {"userId": "user_1", "app": "theirs"}}
    ours = {**past_due(2), "metadata": {"userId": "user_1", "app": "ours"}}
    facts = look(theirs, ours, owed(1), owed(2), variables={"REQUIRED_METADATA": '{"app": "ours"}'})
    assert facts == UnpaidFacts(past_due=1, owing={"sub_2": "2026-10-01"})


def test_what_cannot_be_read_is_said() -> None:
    """Rather than left out."""
    with pytest.raises(CliError, match="cannot be read"):
        look({**past_due(1), "items": "none"})


def test_where_a_setting_ends_access_stripe_is_not_asked() -> None:
    """No key is needed either."""
    facts = look(past_due(1), owed(1), variables={"ACCESS_PAST_DUE_DAYS": "14"}, has_key=False)
    assert facts == UnpaidFacts(limit_days=14)


def test_without_a_key_nothing_is_seen() -> None:
    """Which is said, and is no good news."""
    with pytest.raises(CliError, match="no Stripe key"):
        look(past_due(1), owed(1), has_key=False)


def test_a_key_of_the_other_mode_sees_other_subscriptions() -> None:
    """It is not used."""
    with pytest.raises(CliError, match="accepts only live"):
        look(past_due(1), variables={"LIVEMODE": "live"})
