"""The bridge's environment: where its bus and its signing secrets are."""

from typing import Any

import pytest

from stripe_subscription_handler.errors import ConfigError
from stripe_subscription_handler.webhook_bridge.settings import Settings
from stripe_subscription_handler.webhook_bridge.signing_secrets import SigningSecrets, split_secrets


def test_the_settings_and_their_defaults() -> None:
    """The bus alone is required."""
    assert Settings.from_environment({"EVENT_BUS_NAME": "b"}) == Settings("b", "stripe-webhook-bridge")
    full = {"EVENT_BUS_NAME": "b", "EVENT_SOURCE": "s", "LOG_LEVEL": "ERROR"}
    assert Settings.from_environment(full) == Settings("b", "s", "ERROR")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({}, "EVENT_BUS_NAME"),
        ({"EVENT_BUS_NAME": ""}, "EVENT_BUS_NAME"),
        ({"EVENT_BUS_NAME": "b", "LOG_LEVEL": "loud"}, "LOG_LEVEL"),
    ],
)
def test_a_setting_that_cannot_be_used_is_named(environment: dict[str, str], words: str) -> None:
    """In the error."""
    with pytest.raises(ConfigError, match=words):
        Settings.from_environment(environment)


class SecretsManager:
    """Secrets Manager with one text."""

    def __init__(self, text: str) -> None:
        """Keep the text."""
        self.text = text

    def get_secret_value(self, SecretId: str) -> dict[str, Any]:  # noqa: N803 - boto3's name
        """Answer as Secrets Manager."""
        assert SecretId == "arn:one"
        return {"SecretString": self.text}


@pytest.mark.parametrize(
    "text", ["whsec_a,whsec_b", '{"STRIPE_WEBHOOK_SECRET": "whsec_a,whsec_b"}', " whsec_a,whsec_b\n"]
)
def test_several_secrets_are_read_from_one_place(text: str) -> None:
    """As plain text or in a JSON object."""
    secrets = SigningSecrets.from_environment(
        {"WEBHOOK_SECRET_ARN": "arn:one"}, clients=lambda _: SecretsManager(text)
    )
    assert secrets is not None
    assert secrets.all() == ("whsec_a", "whsec_b")


def test_an_api_key_in_the_secrets_place_is_refused_unquoted() -> None:
    """The two are easily mistaken."""
    with pytest.raises(ConfigError, match="secret 2 is no signing secret") as caught:
        split_secrets("whsec_a,sk_test_123", "the secret")
    assert "123" not in str(caught.value)


def test_without_a_place_there_are_no_secrets() -> None:
    """And two places are one too many."""
    assert SigningSecrets.from_environment({}) is None
    with pytest.raises(ConfigError, match="at most one"):
        SigningSecrets.from_environment({"WEBHOOK_SECRET_ARN": "a", "WEBHOOK_SECRET_PARAMETER": "b"})
