"""Brings one user up to date by asking the function, which has a Stripe key: its operation `sync`.

Whoever has a key of his own needs no function for that; see the command.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.operation import asked
from stripe_subscription_handler.comparison.up_to_date import Traces, Wanted
from stripe_subscription_handler.config import STRIPE_KEY_VARIABLES
from stripe_subscription_handler.operations.names import SYNC

Ask = Callable[[Mapping[str, str]], dict[str, Any]]
"""Asks the function's operation `sync` with arguments."""


def has_key(stack: DeployedStack) -> bool:
    """Whether the function has a Stripe key of its own."""
    return any(stack.function_environment.get(variable) for variable in STRIPE_KEY_VARIABLES)


def asking(stack: DeployedStack) -> Ask:
    return lambda arguments: asked(stack, SYNC, arguments)


def nothing_tells(user_id: str | None) -> CliError:
    """Nothing says what Stripe has of a user."""
    return CliError(
        f"Nothing tells what Stripe has of {user_id}: not the profile, nor a link, nor the "
        "function's log. Name the subscription (--subscription sub_…) or the customer (--customer cus_…)."
    )


@attrs.frozen
class Asked:
    """A question to the function, and what it answered.

    Attributes:
        kind: The argument that named it.
        id: What was named.
        answer: See `operations.answers`.
    """

    kind: str
    id: str
    answer: Mapping[str, Any]

    @property
    def is_well(self) -> bool:
        """Whether nothing differs any more."""
        return bool(self.answer["ok"]) and not self.answer["left"]

    @property
    def code(self) -> str | None:
        """Why it was refused; None if it was not."""
        return None if self.answer["ok"] else str(self.answer["error"]["code"])


def through_function(wanted: Wanted, ask: Ask, traces: Traces) -> Iterator[Asked]:
    """Ask the function for all that is wanted, and for a user's traces where the profile tells nothing.

    Raises:
        CliError: Nothing says what Stripe has of the user, or the function cannot be asked.
    """
    if wanted.user_id is not None:
        of_user = Asked("user_id", wanted.user_id, ask({"user_id": wanted.user_id}))
        is_named = bool(wanted.customer_ids or wanted.subscription_ids)
        if of_user.code != "nothing_known":
            yield of_user
        elif not is_named:
            wanted = traces(wanted.user_id)
            if not (wanted.customer_ids or wanted.subscription_ids):
                raise nothing_tells(of_user.id)
    for kind, ids in (("customer", wanted.customer_ids), ("subscription", wanted.subscription_ids)):
        for identifier in sorted(ids):
            yield Asked(kind, identifier, ask({kind: identifier}))
