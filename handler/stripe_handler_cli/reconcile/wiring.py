"""From a deployed stack and a Stripe key to everything a run needs. Connects; decides nothing."""

from collections.abc import Callable

import attrs

from stripe_handler_cli.stack import DeployedStack
from stripe_subscription_handler.drift.account import Account
from stripe_subscription_handler.drift.comparing import Comparer, Settings
from stripe_subscription_handler.drift.differences import Difference
from stripe_subscription_handler.drift.tables import Tables
from stripe_subscription_handler.drift.tally import Tally
from stripe_subscription_handler.store import Store
from stripe_subscription_handler.stripe_api import StripeApi


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
