"""The operator's own access to Stripe, as commands hand it on. A type only."""

import attrs


@attrs.frozen
class StripeAccess:
    """A Stripe key and where it is sent.

    Attributes:
        variable: The environment variable it is from, for messages.
        url: Where it is sent; None for the Stripe that the function asks.
    """

    key: str = attrs.field(repr=False)
    variable: str
    url: str | None = None
