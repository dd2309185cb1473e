"""The real `stripe` client with the operator's own key, for what the library's client does not do: writing.

No error message holds the key, or what Stripe says of it.
"""

from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from typing import Any, TypeVar

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.stack.stripe_options import StripeAccess
from stripe_subscription_handler.stripe_side.api import API_VERSION, load_stripe

_TIMEOUT_SECONDS = 10
_TOLD_STATUSES = frozenset({HTTPStatus.BAD_REQUEST, HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT})
"""Stripe's own words are told of these: they are about what was asked for. Those of others quote the key."""
_NO_ACCESS = "account_invalid"
"""Stripe's code where a key is good, but not for the account that was named."""
_Answer = TypeVar("_Answer")


@attrs.frozen(slots=False)
class OperatorsStripe:
    """Stripe's API at a URL; `permission` is what a restricted key must be allowed, for messages."""

    access: StripeAccess
    url: str
    permission: str

    def ask(self, question: Callable[[Any], _Answer]) -> _Answer:
        """Put a question to a `stripe.StripeClient`.

        One that is broken off is put once more, a POST with the same idempotency key.

        Raises:
            CliError: Stripe does not answer, or refuses.
        """
        client = self._client
        try:
            return question(client)
        except load_stripe().StripeError as error:
            raise CliError(_told(error, self.access.variable, self.permission)) from None

    @cached_property
    def _client(self) -> Any:
        stripe = load_stripe()
        return stripe.StripeClient(
            self.access.key,
            stripe_version=API_VERSION,
            base_addresses={"api": self.url},
            max_network_retries=1,
            http_client=stripe.RequestsClient(timeout=_TIMEOUT_SECONDS),
        )


def _told(error: Any, variable: str, permission: str) -> str:
    status = error.http_status
    if not status:
        return f"Stripe: no answer ({type(error).__name__}), with the key in {variable}"
    no_access = getattr(error.error, "code", None) == _NO_ACCESS  # `error.code` is not set for every status
    words = {
        HTTPStatus.UNAUTHORIZED: "Stripe knows no such key, or it has expired",
        HTTPStatus.FORBIDDEN: (
            "it has no access to the account that was named, or there is none"
            if no_access
            else f"it needs the permission {permission}"
        ),
        HTTPStatus.TOO_MANY_REQUESTS: "too many requests at this moment; run this again a little later",
        **dict.fromkeys(_TOLD_STATUSES, error.user_message),
    }.get(status)
    return f"Stripe: HTTP {status}, with the key in {variable}" + (f": {words}" if words else "")
