"""The environment of the Lambda function → a typed, validated `Config`. Pure: is handed the environment.

The names are a public contract; `terraform/modules/handler` sets them.
"""

import enum
from collections.abc import Mapping
from typing import TypeVar

import attrs

from stripe_subscription_handler.envelope import DEFAULT_USER_ID_METADATA_KEY
from stripe_subscription_handler.errors import ConfigError

USER_ID_PLACEHOLDER = "{userId}"
_Choice = TypeVar("_Choice", bound=enum.StrEnum)


class Livemode(enum.StrEnum):
    """Which of Stripe's modes an environment accepts events of."""

    LIVE = "live"
    TEST = "test"
    ANY = "any"


class LogLevel(enum.StrEnum):
    """Least severity that is logged."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


@attrs.frozen
class Config:
    """Settings of one environment.

    Attributes:
        table_name: `DYNAMODB_TABLE_NAME`, the table of the user profiles. Required.
        sync_table_name: `SYNC_TABLE_NAME`, this project's own table of owner links. Required.
        user_id_metadata_key: `USER_ID_METADATA_KEY`, metadata key that holds the app's user id; `userId`.
        partition_key_name: `PARTITION_KEY_NAME`; `PK`.
        sort_key_name: `SORT_KEY_NAME`; `SK`. Empty for a table without a sort key.
        partition_key_template: `PARTITION_KEY_TEMPLATE`, holds `{userId}` once; `USER#{userId}`.
        sort_key_template: `SORT_KEY_TEMPLATE`, may hold `{userId}`; `PROFILE`.
        livemode: `LIVEMODE`, `live`, `test` or `any`; `any`.
        log_level: `LOG_LEVEL`, `DEBUG`, `INFO`, `WARNING` or `ERROR`; `INFO`.
    """

    table_name: str
    sync_table_name: str
    user_id_metadata_key: str = DEFAULT_USER_ID_METADATA_KEY
    partition_key_name: str = "PK"
    sort_key_name: str = "SK"
    partition_key_template: str = f"USER#{USER_ID_PLACEHOLDER}"
    sort_key_template: str = "PROFILE"
    livemode: Livemode = Livemode.ANY
    log_level: LogLevel = LogLevel.INFO

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Config":
        """Read the settings.

        Raises:
            ConfigError: A variable is missing or cannot be used; the message names it.
        """
        values = {
            field: environment[variable] for field, variable in VARIABLES.items() if variable in environment
        }
        for field in ("table_name", "sync_table_name"):
            if not values.get(field):
                raise ConfigError(f"{VARIABLES[field]} is not set; it names a DynamoDB table and is required")
        for field in ("user_id_metadata_key", "partition_key_name"):
            if values.get(field) == "":
                raise ConfigError(f"{VARIABLES[field]} is empty")
        config = cls(
            **{field: value for field, value in values.items() if field not in {"livemode", "log_level"}},
            livemode=_one_of(Livemode, values.get("livemode", Livemode.ANY), "LIVEMODE"),
            log_level=_one_of(LogLevel, values.get("log_level", LogLevel.INFO), "LOG_LEVEL"),
        )
        if config.partition_key_template.count(USER_ID_PLACEHOLDER) != 1:
            raise ConfigError(f"PARTITION_KEY_TEMPLATE must hold {USER_ID_PLACEHOLDER} exactly once")
        if config.sort_key_name and not config.sort_key_template:
            raise ConfigError("SORT_KEY_TEMPLATE is empty although SORT_KEY_NAME is set")
        return config

    def profile_key(self, user_id: str) -> dict[str, str]:
        """The key of a user's profile item."""
        key = {self.partition_key_name: self.partition_key_template.replace(USER_ID_PLACEHOLDER, user_id)}
        if self.sort_key_name:
            key[self.sort_key_name] = self.sort_key_template.replace(USER_ID_PLACEHOLDER, user_id)
        return key


VARIABLES = {
    "table_name": "DYNAMODB_TABLE_NAME",
    "sync_table_name": "SYNC_TABLE_NAME",
    "user_id_metadata_key": "USER_ID_METADATA_KEY",
    "partition_key_name": "PARTITION_KEY_NAME",
    "sort_key_name": "SORT_KEY_NAME",
    "partition_key_template": "PARTITION_KEY_TEMPLATE",
    "sort_key_template": "SORT_KEY_TEMPLATE",
    "livemode": "LIVEMODE",
    "log_level": "LOG_LEVEL",
}
"""Attribute of `Config` → environment variable."""


def _one_of(choices: type[_Choice], value: str, variable: str) -> _Choice:
    try:
        return choices(value)
    except ValueError:
        wanted = ", ".join(choices)
        raise ConfigError(f"{variable} must be one of {wanted}") from None
