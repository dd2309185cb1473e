"""From a stack and a key to what `linking` needs, and the wait until the label has come through."""

import time
from collections.abc import Callable

import attrs
from rich.console import Console
from rich.markup import escape

from stripe_handler_cli.common.waiting import poll
from stripe_handler_cli.operate.link import linking
from stripe_handler_cli.operate.link.by_hand import Request
from stripe_handler_cli.operate.link.labels import Labels
from stripe_handler_cli.operate.link.linking import Outcome, Wanted
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.stripe_api import check_key_mode
from stripe_handler_cli.stack.stripe_client import OperatorsStripe
from stripe_handler_cli.stack.stripe_options import DEFAULT_VARIABLE, StripeAccess

_LOOK_SECONDS = 0.5
_PERMISSION = "to write subscriptions"


def link(stack: DeployedStack, access: StripeAccess, wanted: Wanted, person: linking.Person) -> Outcome:
    """Write the label with a key.

    Raises:
        CliError: The key or the subscription is of the other mode; or another reason of `linking.link`.
    """
    config = stack.config
    check_key_mode(access, config.livemode)
    stripe = OperatorsStripe(access, access.url or config.stripe_api_url, _PERMISSION)
    labels = Labels(stripe, config.user_id_metadata_key, wanted.account)
    return linking.link(wanted, labels, stack.tables.customer, person, config.livemode)


def by_hand(stack: DeployedStack, wanted: Wanted) -> Outcome:
    """Leave the label to somebody who has a key."""
    request = Request(
        url=stack.config.stripe_api_url,
        subscription_id=wanted.subscription_id,
        metadata_key=stack.config.user_id_metadata_key,
        user_id=wanted.user_id,
        account=wanted.account,
        key_variable=DEFAULT_VARIABLE,
    )
    return Outcome(command=request.command)


def wait(
    stack: DeployedStack,
    wanted: Wanted,
    outcome: Outcome,
    console: Console,
    timeout_seconds: float,
    sleep: Callable[[float], None] = time.sleep,
) -> Outcome:
    """Look at the user's profile until it has the subscription, or the time is over."""
    tables = stack.tables
    with console.status(f"Wait until the profile of {escape(wanted.user_id)} has it"):
        found = poll(
            lambda: tables.user(wanted.user_id).has(wanted.subscription_id) or None,
            every_seconds=_LOOK_SECONDS,
            timeout_seconds=timeout_seconds,
            sleep=sleep,
        )
    return attrs.evolve(outcome, is_applied=found is not None)
