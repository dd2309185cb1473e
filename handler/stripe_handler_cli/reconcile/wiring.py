"""From a deployed stack and a Stripe key to everything a run needs. Connects; decides nothing."""

from collections.abc import Callable, Iterable
from typing import Any

import attrs

from stripe_handler_cli.reconcile import account
from stripe_handler_cli.reconcile.comparing import Comparer, Settings
from stripe_handler_cli.reconcile.drift import Difference
from stripe_handler_cli.reconcile.tables import Tables
from stripe_handler_cli.reconcile.tally import Tally
from stripe_handler_cli.stack import DeployedStack
from stripe_subscription_handler.store import Store
from stripe_subscription_handler.stripe_api import Page, Snapshot, StripeApi
from stripe_subscription_handler.subscriptions import Subscription, read_subscription


@attrs.frozen
class Account:
    """A Stripe account.

    Attributes:
        api: Its API.
        user_id_metadata_key: Key of the metadata that names the user.
    """

    api: StripeApi
    user_id_metadata_key: str

    def subscriptions(self, after: str | None = None, customer_id: str | None = None) -> Iterable[Page]:
        """Every subscription of the account or of one customer, newest first, on from one."""
        return account.subscriptions(self.api, after, customer_id)

    def subscription(self, subscription_id: str) -> Snapshot | None:
        """One subscription; None where there is none."""
        return self.api.fetch_subscription(subscription_id)

    def customer_user(self, customer_id: str) -> str | None:
        """The user that a customer's metadata names."""
        metadata = self.api.fetch_customer_metadata(customer_id) or {}
        return metadata.get(self.user_id_metadata_key) or None

    def current(self, subscription_id: str) -> Subscription | None:
        """A subscription as it is now, normalised; None where there is none."""
        snapshot = self.subscription(subscription_id)
        if snapshot is None:
            return None
        return read_subscription(snapshot.object, "subscription", self.user_id_metadata_key)

    def events(self, since: int, after: str | None) -> Iterable[Page]:
        """Every event that is handled, newest first, from a second on."""
        return account.events(self.api, since, after)

    def newest_payment_events(self, subscription_id: str, invoices: int) -> Iterable[dict[str, Any]]:
        """The payment events of a subscription's newest invoices, as far as Stripe still lists them."""
        query = (("subscription", subscription_id), ("limit", str(invoices)))
        for invoice in self.api.fetch_page("invoices", query).objects:
            yield from account.payment_events(self.api, invoice)


@attrs.frozen
class Work:
    """What a run works with.

    Attributes:
        stripe: Stripe.
        tables: The two tables, for reading.
        comparer: Compares and repairs.
    """

    stripe: Account
    tables: Tables
    comparer: Comparer


def work(
    stack: DeployedStack,
    api: StripeApi,
    report: Callable[[Difference], None],
    *,
    apply: bool,
    tally: Tally,
) -> Work:
    """Connect a run to a stack.

    Args:
        stack: The stack.
        api: Stripe's API, with the operator's key.
        report: Told of each difference.
        apply: Whether what differs is repaired.
        tally: Counts.

    Raises:
        CliError: The stack's function cannot be read.
    """
    config, client = stack.config, stack.endpoint.dynamodb
    stripe, tables = Account(api, config.user_id_metadata_key), Tables(client, config)
    store = Store(client, config, api)
    settings = Settings(config.policy(can_ask_stripe=True), config.livemode, config.user_id_metadata_key)
    comparer = Comparer(
        tables,
        stripe,
        settings,
        (lambda conversation, _event, raw: store.run(conversation, raw)) if apply else None,
        report,
        tally,
    )
    return Work(stripe, tables, comparer)
