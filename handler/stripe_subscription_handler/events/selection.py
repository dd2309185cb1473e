"""What an environment wants read of Stripe's objects, by its settings. Pure."""

from collections.abc import Mapping
from typing import Any, Protocol

import attrs

from stripe_subscription_handler.value import Value

DEFAULT_USER_ID_METADATA_KEY = "userId"


class Expression(Protocol):
    """A compiled JMESPath expression."""

    def search(self, value: Any) -> Any:
        """Evaluate it on parsed JSON."""


@attrs.frozen(repr=False)
class Selection(Value):
    """What is read besides what every environment needs.

    Attributes:
        user_id_metadata_key: The key of the metadata that holds the app's user id.
        metadata_keys: Further keys of a subscription's metadata, of which the values are kept.
        expressions: Attribute of the profile → what it shows of the subscription.
        reads_products: Whether the products that an invoice bills are read.
    """

    user_id_metadata_key: str = DEFAULT_USER_ID_METADATA_KEY
    metadata_keys: tuple[str, ...] = ()
    expressions: Mapping[str, Expression] = attrs.Factory(dict)
    reads_products: bool = False


PLAIN = Selection()
"""What an environment reads whose settings are the defaults."""
