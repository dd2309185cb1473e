"""A Stripe checkout session of any API version, as far as it says whose subscription it made. Pure."""

from collections.abc import Mapping
from typing import Any

import attrs

from stripe_subscription_handler.events.fields import (
    metadata_value,
    optional_id,
    optional_text,
    optional_time,
    text,
)
from stripe_subscription_handler.events.selection import Selection
from stripe_subscription_handler.value import Value

_SUBSCRIPTION_MODE = "subscription"


@attrs.frozen(repr=False)
class CheckoutSession(Value):
    """What this library keeps of a checkout session.

    Attributes:
        subscription_id: The subscription that the session made; None where it made none.
        customer_id: Who pays it. None where the session made no subscription, as is the user.
        user_id: The user named by the metadata, else by `client_reference_id`.
        created: When the session was made, ISO-8601 UTC; None where an old event does not tell.
    """

    id: str
    subscription_id: str | None
    customer_id: str | None
    user_id: str | None
    created: str | None = None


def read_checkout_session(source: Mapping[str, Any], path: str, selection: Selection) -> CheckoutSession:
    """Normalise a Stripe checkout session, which stands at `path` in the event.

    Of a session that made no subscription only the id is read, so nothing else can be wrong with it.

    Raises:
        InvalidEventError: A field that must be there is missing, or one has the wrong type.

    Source: https://docs.stripe.com/api/checkout/sessions/object
    """
    identifier = text(source, "id", path)
    subscription_id = None
    if optional_text(source, "mode", path) in {None, _SUBSCRIPTION_MODE}:  # the oldest sessions have no mode
        subscription_id = optional_id(source, "subscription", path)
    if subscription_id is None:
        return CheckoutSession(identifier, None, None, None)
    return CheckoutSession(
        id=identifier,
        subscription_id=subscription_id,
        customer_id=optional_id(source, "customer", path),
        user_id=named_user(source, path, selection),
        created=optional_time(source, "created", path),
    )


def named_user(source: Mapping[str, Any], path: str, selection: Selection) -> str | None:
    """The user whom a session names, whether it made a subscription or may still make one.

    Raises:
        InvalidEventError: What names the user has the wrong type.
    """
    named = metadata_value(source, selection.user_id_metadata_key, path)
    return named or optional_text(source, "client_reference_id", path) or None
