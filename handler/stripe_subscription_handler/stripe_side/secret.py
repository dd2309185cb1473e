"""Where Stripe's secrets come from, the API key first of all: read lazily, cached for minutes, never shown.

Nothing here talks to Stripe. Error messages name the place of a secret, never what it holds.
"""

import functools
import json
import logging
import time
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

import attrs
from botocore.exceptions import BotoCoreError, ClientError

from stripe_subscription_handler.aws_clients import aws_client as make_aws_client
from stripe_subscription_handler.config import STRIPE_KEY_VARIABLES
from stripe_subscription_handler.errors import ConfigError, StripeUnavailableError

KEY_VARIABLE, SECRET_ARN_VARIABLE, PARAMETER_VARIABLE = STRIPE_KEY_VARIABLES
CACHE_SECONDS = 300.0

_PERMANENT = frozenset(
    {
        "AccessDeniedException",
        "DecryptionFailure",
        "InvalidKeyId",
        "InvalidParameterException",
        "InvalidRequestException",
        "ParameterNotFound",
        "ResourceNotFoundException",
        "ValidationException",
    }
)
"""AWS error codes that no retry heals."""

Clients = Callable[[str], Any]
"""Makes the AWS client of a service."""


def aws_client(service: str) -> Any:
    """Make a client whose time-outs and one retry end within 7 seconds."""
    # At DEBUG it logs whole responses, and with them the key.
    logging.getLogger("botocore.parsers").setLevel(logging.INFO)
    retries = {"mode": "standard", "total_max_attempts": 2}
    return make_aws_client(service, connect_timeout=1, read_timeout=2, retries=retries)


@attrs.define(eq=False)
class KeptSecret:
    """A secret of this environment; a subclass says which.

    It is read on first use, and again when it is older than 5 minutes, so that a rotated one is picked up
    without a deployment.

    Attributes:
        what: The secret's name, for messages.
        variables: The environment variables that hold the secret itself (for local use), the ARN of a secret
            of Secrets Manager, and the name of a parameter of SSM.
        json_names: Names under which a JSON object may hold it; the first one present counts.
        place: Where it is kept, for messages.
        clock: Seconds. Wall clock: a monotonic one may stand still while Lambda freezes the process.
    """

    what: ClassVar[str]
    variables: ClassVar[tuple[str, str, str]]
    json_names: ClassVar[tuple[str, ...]]
    place: str
    _read: Callable[[], str] = attrs.field(repr=False)
    _clock: Callable[[], float] = attrs.field(default=time.time, repr=False)
    _key: str | None = attrs.field(default=None, init=False, repr=False)
    _read_at: float = attrs.field(default=0.0, init=False, repr=False)

    @classmethod
    def from_environment(
        cls,
        environment: Mapping[str, str],
        *,
        clients: Clients = aws_client,
        clock: Callable[[], float] = time.time,
    ) -> Self | None:
        """Find the secret's place, if one is configured; read nothing yet.

        The place holds it as plain text, or a JSON object with it under one of `json_names`. An empty
        variable counts as not set. `clients` is called once, on first use.

        Raises:
            ConfigError: More than one place is configured.
        """
        value, secret_arn, parameter = cls.variables
        places = {
            value: (f"the environment variable {value}", _read_value),
            secret_arn: ("Secrets Manager secret {}", _read_secret),
            parameter: ("SSM parameter {}", _read_parameter),
        }
        configured = [variable for variable in places if environment.get(variable)]
        if not configured:
            return None
        if len(configured) > 1:
            raise ConfigError(f"set at most one of {', '.join(configured)}")
        [variable] = configured
        place, read = places[variable]
        place, client = place.format(environment[variable]), functools.cache(clients)
        return cls(place, lambda: read(environment.get(variable, ""), client), clock)

    def get(self) -> str:
        """Return the secret.

        Raises:
            ConfigError: The place does not exist, may not be read, or holds no secret.
            StripeUnavailableError: AWS could not be asked just now.
        """
        # An age below zero is a clock that was set back.
        if self._key is not None and 0 <= self._clock() - self._read_at < CACHE_SECONDS:
            return self._key
        return self._read_again()

    def refresh(self) -> bool:
        """Read the secret again and tell whether it is another one; after an error of `get` the old stays."""
        previous = self._key
        return self._read_again() != previous

    def _read_again(self) -> str:
        started = self._clock()
        key = self._secret_in(self._text())
        self._key, self._read_at = key, started
        return key

    def _text(self) -> str:
        try:
            return self._read()
        except ClientError as error:
            code = error.response["Error"].get("Code", "")
            if code in _PERMANENT:
                raise ConfigError(f"{self.place} cannot be read: {code}") from None
            raise StripeUnavailableError(f"{self.place} cannot be read now: {code}") from None
        except BotoCoreError as error:
            raise StripeUnavailableError(f"{self.place} cannot be read now: {type(error).__name__}") from None

    def _secret_in(self, text: str) -> str:
        key: Any = text.strip()
        if key.startswith("{"):
            try:
                found = json.loads(key)
            except ValueError:
                found = None
            # Raised outside the except block: a JSON error carries the whole text with it.
            if found is None:
                raise ConfigError(f"{self.place} begins like a JSON object but is not one")
            key = next((found[name] for name in self.json_names if name in found), None)
            if key is None:
                raise ConfigError(f"{self.place} is a JSON object without {' or '.join(self.json_names)}")
            key = key.strip() if isinstance(key, str) else ""
        # Anything else would break the HTTP header it goes into, and that error would show it.
        if not key or not all("!" <= character <= "~" for character in key):
            raise ConfigError(f"{self.place} holds no {self.what}: it must be printable ASCII without spaces")
        return str(key)


class StripeKey(KeptSecret):
    """The Stripe API key of this environment.

    The place is `STRIPE_SECRET_KEY` (the key itself), `STRIPE_SECRET_ARN` or `STRIPE_SECRET_PARAMETER`; in a
    JSON object the key stands under `STRIPE_SECRET_KEY` or `apiKey`.
    """

    what: ClassVar[str] = "Stripe API key"
    variables: ClassVar[tuple[str, str, str]] = STRIPE_KEY_VARIABLES
    json_names: ClassVar[tuple[str, ...]] = (KEY_VARIABLE, "apiKey")


def _read_value(value: str, _: Clients) -> str:
    return value


def _read_secret(arn: str, client: Clients) -> str:
    return str(client("secretsmanager").get_secret_value(SecretId=arn).get("SecretString", ""))


def _read_parameter(name: str, client: Clients) -> str:
    return str(client("ssm").get_parameter(Name=name, WithDecryption=True)["Parameter"]["Value"])
