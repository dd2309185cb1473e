"""The API key is read from its one place, cached for minutes, read again on demand, and never shown."""

from typing import Any

import attrs
import pytest
from botocore.exceptions import ClientError, ConnectTimeoutError

from stripe_subscription_handler.errors import ConfigError, HandlerError, StripeUnavailableError
from stripe_subscription_handler.stripe_side.secret import CACHE_SECONDS, StripeKey
from support.dynamodb import client_error

KEY = "sk_test_first"
SECOND_KEY = "sk_test_second"
PARAMETER = "/app/stripe"
ARN = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:stripe-AbCdEf"


@attrs.define
class Aws:
    """Secrets Manager and SSM with one text each call, or an error; and a clock that stands still.

    Attributes:
        texts: What to answer, in order.
        made: Services a client was made for.
        asked: Parameters of each call.
        now: The time.
    """

    texts: list[str | Exception]
    made: list[str] = attrs.Factory(list)
    asked: list[dict[str, Any]] = attrs.Factory(list)
    now: float = 1000.0

    def client(self, service: str) -> "Aws":
        """Make a client."""
        self.made.append(service)
        return self

    def get_secret_value(self, **parameters: Any) -> dict[str, Any]:
        """Answer as Secrets Manager."""
        return {"SecretString": self._next(parameters)}

    def get_parameter(self, **parameters: Any) -> dict[str, Any]:
        """Answer as SSM."""
        return {"Parameter": {"Value": self._next(parameters)}}

    def key(self, **environment: str) -> StripeKey:
        """Make the key of an environment, Secrets Manager's by default."""
        values = environment or {"STRIPE_SECRET_ARN": ARN}
        key = StripeKey.from_environment(values, clients=self.client, clock=lambda: self.now)
        assert key is not None
        return key

    def _next(self, parameters: dict[str, Any]) -> str:
        self.asked.append(parameters)
        text = self.texts.pop(0)
        if isinstance(text, Exception):
            raise text
        return text


def test_the_environment_variable_is_the_key_itself() -> None:
    """For local use; no AWS client is made."""
    aws = Aws([])
    assert aws.key(STRIPE_SECRET_KEY=KEY).get() == KEY
    assert aws.made == []


def test_a_secret_is_read_on_first_use_and_once() -> None:
    """Making the key costs nothing; using it twice is one request."""
    aws = Aws([KEY])
    key = aws.key()
    assert (aws.made, aws.asked) == ([], [])
    assert [key.get(), key.get()] == [KEY, KEY]
    assert (aws.made, aws.asked) == (["secretsmanager"], [{"SecretId": ARN}])


def test_a_parameter_is_read_decrypted() -> None:
    """SSM keeps it as a SecureString."""
    aws = Aws([KEY])
    assert aws.key(STRIPE_SECRET_PARAMETER=PARAMETER).get() == KEY
    assert (aws.made, aws.asked) == (["ssm"], [{"Name": PARAMETER, "WithDecryption": True}])


@pytest.mark.parametrize(
    "text",
    [
        f" {KEY}\n",
        f'{{"STRIPE_SECRET_KEY": "{KEY}"}}',
        f'{{"apiKey": "{KEY}", "webhookSecret": "whsec_1"}}',
        f'{{"apiKey": "sk_test_other", "STRIPE_SECRET_KEY": "{KEY}"}}',
    ],
)
def test_a_place_holds_plain_text_or_json(text: str) -> None:
    """Secrets Manager's console makes JSON objects, its API takes text with a stray newline."""
    assert Aws([text]).key().get() == KEY


@pytest.mark.parametrize(
    "text", ["", "  ", "{}", "{broken sk_test_first", '{"apiKey": 7}', '{"apiKey": ""}', "two words", "sk_ü"]
)
def test_what_is_no_key_is_named_by_its_place(text: str) -> None:
    """The message says where to look and shows nothing of what was found."""
    with pytest.raises(ConfigError) as caught:
        Aws([text]).key().get()
    message = str(caught.value)
    assert message.startswith(f"Secrets Manager secret {ARN} ")
    assert "sk_" not in message
    assert caught.value.__context__ is None


def test_no_place_is_no_key() -> None:
    """Empty variables, as Terraform may set them, count as not set."""
    assert StripeKey.from_environment({"STRIPE_SECRET_ARN": "", "STRIPE_SECRET_KEY": ""}) is None


def test_two_places_are_refused() -> None:
    """Which one would count must not be a guess."""
    with pytest.raises(ConfigError, match="at most one of STRIPE_SECRET_ARN, STRIPE_SECRET_PARAMETER"):
        Aws([]).key(STRIPE_SECRET_ARN=ARN, STRIPE_SECRET_PARAMETER=PARAMETER)


@pytest.mark.parametrize("age", [CACHE_SECONDS, 10 * CACHE_SECONDS, -1])
def test_an_old_key_is_read_again(age: float) -> None:
    """A rotation is picked up within five minutes; a clock set back counts as old."""
    aws = Aws([KEY, SECOND_KEY])
    key = aws.key()
    key.get()
    aws.now += age
    assert key.get() == SECOND_KEY
    assert aws.made == ["secretsmanager"]  # the client itself is kept


def test_a_young_key_is_not_read_again() -> None:
    """Within five minutes Secrets Manager is asked once."""
    aws = Aws([KEY])
    key = aws.key()
    key.get()
    aws.now += CACHE_SECONDS - 1
    assert key.get() == KEY


def test_refresh_tells_whether_the_key_changed() -> None:
    """After a refused key: another one is worth another attempt, the same is not."""
    key = Aws([KEY, KEY, SECOND_KEY]).key()
    key.get()
    assert [key.refresh(), key.refresh()] == [False, True]
    assert key.get() == SECOND_KEY


def test_a_changed_environment_is_seen_by_refresh() -> None:
    """A local process can be given another key as well."""
    environment = {"STRIPE_SECRET_KEY": KEY}
    key = StripeKey.from_environment(environment)
    assert key is not None
    key.get()
    environment["STRIPE_SECRET_KEY"] = SECOND_KEY
    assert key.refresh()
    del environment["STRIPE_SECRET_KEY"]
    with pytest.raises(ConfigError, match="the environment variable STRIPE_SECRET_KEY"):
        key.refresh()


def test_a_failed_refresh_keeps_the_old_key() -> None:
    """A hiccup of AWS does not take away a key that works."""
    key = Aws([KEY, client_error("ThrottlingException")]).key()
    key.get()
    with pytest.raises(StripeUnavailableError):
        key.refresh()
    assert key.get() == KEY


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (client_error("ResourceNotFoundException"), ConfigError),
        (client_error("AccessDeniedException"), ConfigError),
        (client_error("DecryptionFailure"), ConfigError),
        (client_error("ThrottlingException"), StripeUnavailableError),
        (client_error("InternalServiceError"), StripeUnavailableError),
        (ConnectTimeoutError(endpoint_url="https://aws.example"), StripeUnavailableError),
    ],
)
def test_an_unreadable_place_is_named(
    error: ClientError | ConnectTimeoutError, expected: type[HandlerError]
) -> None:
    """What no retry heals is a ConfigError; the rest is transient. AWS's own words stay out."""
    with pytest.raises(expected) as caught:
        Aws([error]).key().get()
    assert ARN in str(caught.value)
    assert "secret detail" not in str(caught.value)
    assert caught.value.transient == (expected is StripeUnavailableError)


def test_its_repr_never_shows_the_key() -> None:
    """Neither before nor after it was read."""
    key = Aws([KEY]).key()
    key.get()
    assert repr(key) == f"StripeKey(place='Secrets Manager secret {ARN}')"
    assert KEY not in repr(Aws([]).key(STRIPE_SECRET_KEY=KEY))
