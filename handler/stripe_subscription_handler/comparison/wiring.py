"""Connects all that a comparison needs. Decides nothing."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import attrs

from stripe_subscription_handler.comparison.account import Account
from stripe_subscription_handler.comparison.comparer import Comparer, Settings, why_not
from stripe_subscription_handler.comparison.crew import Worker
from stripe_subscription_handler.comparison.differences import Difference
from stripe_subscription_handler.comparison.payments import Attempts, NewestPayments, no_attempts
from stripe_subscription_handler.comparison.repairs import Repairs
from stripe_subscription_handler.comparison.tables import Tables
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.comparison.views import Views
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.conversation.messages import Handling
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.stripe_side.api import StripeApi

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient


@attrs.frozen
class Work:
    """What a comparison works with."""

    stripe: Account
    tables: Tables
    comparer: Comparer

    @property
    def worker(self) -> Worker:
        """What a crew has of it."""
        return Worker(self.comparer, self.stripe)

    def with_payments(self, *, is_thorough: bool = False, attempts: Attempts = no_attempts) -> "Work":
        """Compare newest payments too, for which the key must be allowed to read invoices.

        For `is_thorough` and `attempts` see `payments.NewestPayments`.
        """
        stripe = attrs.evolve(self.stripe, with_invoices=True)
        payments = NewestPayments(stripe, stripe.selection, is_thorough, attempts)
        return attrs.evolve(self, stripe=stripe, comparer=attrs.evolve(self.comparer, payments=payments))


def views(
    config: Config,
    client: "DynamoDBClient",
    report: Callable[[Difference], None],
    *,
    apply: bool,
    tally: Tally,
) -> Views:
    """Connect a look at views alone, which needs no Stripe key."""
    store, policy = Store(client, config), config.policy(can_ask_stripe=False)

    def carry(conversation: Handling) -> str | None:
        return why_not(lambda: store.run(conversation, {}))

    def tell(difference: Difference) -> None:
        tally.add(difference)
        report(difference)

    return Views(policy, carry if apply else None, tell, tally)


def work(
    config: Config,
    client: "DynamoDBClient",
    api: StripeApi,
    report: Callable[[Difference], None],
    *,
    apply: bool,
    tally: Tally,
) -> Work:
    """Connect a comparison, which repairs what differs if `apply` says so."""
    stripe, tables = Account(api, config.selection), Tables(client, config)
    store = Store(client, config, api)
    settings = Settings(config.policy(can_ask_stripe=True), config.livemode, config.selection)
    comparer = Comparer(
        tables,
        stripe,
        settings,
        Repairs(store) if apply else None,
        report,
        tally,
    )
    return Work(stripe, tables, comparer)
