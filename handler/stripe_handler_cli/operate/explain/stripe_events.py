"""Lists Stripe's own events, newest first, with the operator's key. Uses the stripe client, decides nothing.

Stripe's list knows no filter by object, so every event of the wanted types is read, page by page.
Source: https://docs.stripe.com/api/events/list
"""

import json
import logging
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import attrs

from stripe_handler_cli.common.errors import CliError
from stripe_subscription_handler.stripe_side.api import API_VERSION

if TYPE_CHECKING:
    from types import ModuleType

LISTED_DAYS = 30
"""Stripe lists events for so long."""
PAGE = 100
"""Events a page; Stripe's maximum."""
_MOST_TYPES = 20
_TIMEOUT_SECONDS = 30


@attrs.frozen
class StripeEvents:
    """Stripe's list of events.

    Attributes:
        key: The API key; reading events must be allowed.
        key_variable: The environment variable it is from, for messages.
        url: Stripe's address.
        most_retries: How often a request is repeated that failed for a moment.
    """

    key: str = attrs.field(repr=False)
    key_variable: str
    url: str
    most_retries: int = 3

    def pages(
        self, types: Sequence[str], since: datetime, most: int, progress: Callable[[int, int], None]
    ) -> Iterator[list[dict[str, Any]]]:
        """Read pages of events, newest first.

        Args:
            types: Stripe's event types; 20 at most.
            since: No event from before this moment.
            most: So many pages at most.
            progress: Told how many pages are read, of how many at most.

        Raises:
            CliError: Stripe refuses, or does not answer.
        """
        if len(types) > _MOST_TYPES:
            raise CliError(f"Stripe lists at most {_MOST_TYPES} event types at a time, not {len(types)}")
        parameters: dict[str, Any] = {
            "types": list(types),
            "created": {"gte": int(since.timestamp())},
            "limit": PAGE,
        }
        list_events = self._lister()
        for number in range(1, most + 1):
            answer = list_events(parameters)
            found = answer.get("data")
            if not isinstance(found, list) or not found:
                return
            progress(number, most)
            yield found
            if not answer.get("has_more"):
                return
            parameters["starting_after"] = found[-1]["id"]

    def _lister(self) -> Callable[[Mapping[str, Any]], Mapping[str, Any]]:
        stripe = _stripe()
        client = stripe.StripeClient(
            self.key,
            stripe_version=API_VERSION,
            base_addresses={"api": self.url},
            max_network_retries=self.most_retries,
            http_client=stripe.RequestsClient(timeout=_TIMEOUT_SECONDS),
        )

        def list_events(parameters: Mapping[str, Any]) -> Mapping[str, Any]:
            try:
                body = json.loads(client.raw_request("get", "/v1/events", **parameters).body)
            except (stripe.AuthenticationError, stripe.PermissionError) as error:
                raise CliError(
                    f"Stripe refuses the key in ${self.key_variable} (HTTP {error.http_status}); it must be "
                    "allowed to read events"
                ) from None
            except stripe.StripeError as error:
                told = f"HTTP {error.http_status}" if error.http_status else "no answer"
                raise CliError(f"Stripe's events cannot be listed: {told}") from None
            return body if isinstance(body, dict) else {}

        return list_events


def _stripe() -> "ModuleType":
    # Set, this variable makes stripe print whole response bodies to standard error.
    os.environ.pop("STRIPE_LOG", None)
    import stripe  # noqa: PLC0415 - takes its time to import, and most commands do without it

    stripe.enable_telemetry = False
    logging.getLogger("stripe").disabled = True
    return stripe
