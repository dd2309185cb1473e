"""The endpoint's signing secrets, several while one is rolled: in one text, or where Lambda reads it."""

from typing import ClassVar

from stripe_subscription_handler.errors import ConfigError
from stripe_subscription_handler.stripe_side.secret import KeptSecret

_PREFIX = "whsec_"


def split_secrets(text: str, place: str) -> tuple[str, ...]:
    """The secrets in a text, separated by commas; `place` says in messages where it stands.

    Raises:
        ConfigError: There is no secret, or something else stands there.
    """
    found = tuple(part.strip() for part in text.split(",") if part.strip())
    if not found:
        raise ConfigError(f"{place} holds no signing secret")
    for number, secret in enumerate(found, start=1):
        if not secret.startswith(_PREFIX) or secret == _PREFIX or not secret.isascii():
            raise ConfigError(f"{place}: secret {number} is no signing secret; those begin with {_PREFIX}")
    return found


class SigningSecrets(KeptSecret):
    """The bridge's signing secrets, read lazily and cached as the Stripe API key is.

    The place holds `whsec_…`, several separated by commas, as plain text or under the name
    `STRIPE_WEBHOOK_SECRET` of a JSON object.
    """

    what: ClassVar[str] = "signing secret"
    variables: ClassVar[tuple[str, str, str]] = (
        "STRIPE_WEBHOOK_SECRET",
        "WEBHOOK_SECRET_ARN",
        "WEBHOOK_SECRET_PARAMETER",
    )
    json_names: ClassVar[tuple[str, ...]] = ("STRIPE_WEBHOOK_SECRET",)

    def all(self) -> tuple[str, ...]:
        """Return the secrets, or raise as `get`; also `ConfigError` where one is no signing secret."""
        return split_secrets(self.get(), self.place)
