"""The environment of the Lambda function → a typed, validated `Config`. Pure: it is handed the environment.

The names in `VARIABLES` are a public contract; `terraform/modules/handler` sets them.
"""

import enum
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from stripe_subscription_handler.decisions.policy import (
    DEFAULT_USER_ID_PATTERN,
    ConnectEvents,
    Livemode,
    Policy,
    Unmapped,
)
from stripe_subscription_handler.decisions.view import reserved_names
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.errors import ConfigError
from stripe_subscription_handler.events.own_attributes import compiled
from stripe_subscription_handler.events.selection import DEFAULT_USER_ID_METADATA_KEY, Selection
from stripe_subscription_handler.profile_keys import USER_ID_PLACEHOLDER, ProfileKeys
from stripe_subscription_handler.value import Value

STRIPE_KEY_VARIABLES = ("STRIPE_SECRET_KEY", "STRIPE_SECRET_ARN", "STRIPE_SECRET_PARAMETER")
"""Where the Stripe key is: the key itself, a secret's ARN, a parameter of SSM. At most one is set."""
STRIPE_API_URL = "https://api.stripe.com"
KEY_SETTINGS = tuple(field.name for field in attrs.fields(ProfileKeys))
"""The attributes of `Config` that say how the keys of the profiles are made."""
_STRIPE_API_URLS = re.compile(
    rf"{re.escape(STRIPE_API_URL)}|http://(127\.0\.0\.1|localhost|\[::1\])(:[0-9]{{1,5}})?"
)


class LogLevel(enum.StrEnum):
    """The least severity that is logged."""

    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"


class ClientKind(enum.StrEnum):
    """By what the function that handles events talks to DynamoDB.

    `AUTO`: by the lean client where the environment is an ordinary Lambda function's, else by botocore's.
    """

    AUTO = "auto"
    BOTOCORE = "botocore"


@attrs.frozen(eq=False, repr=False)
class Config(Value):
    """Settings of one environment; `VARIABLES` names the variable of each.

    Attributes:
        sync_table_name: This project's own table, of owner links and parked events.
        user_id_metadata_key: The key of the subscription's metadata that holds the app's user id.
        user_id_pattern: A regular expression that a whole user id matches.
        sort_key_name: Empty for a table without a sort key.
        partition_key_template: Holds `{userId}` exactly once.
        sort_key_template: May hold `{userId}`.
        delivery_queue_url: The dead-letter queue of the rules; empty: the hourly count does not look into it.
        failure_queue_url: The queue of what the function failed on; likewise.
        stripe_api_url: Where Stripe is asked: Stripe's own address, or an http URL of the loopback for a
            stand-in on the same machine.
        shows: What the profiles show, of all the settings of `ViewSettings`.
        selection: What is read of Stripe's objects, which follows from the other settings.
        keys: How the keys of the profiles are made, which does too.
    """

    table_name: str
    sync_table_name: str
    user_id_metadata_key: str = DEFAULT_USER_ID_METADATA_KEY
    user_id_pattern: str = DEFAULT_USER_ID_PATTERN
    partition_key_name: str = "PK"
    sort_key_name: str = "SK"
    partition_key_template: str = f"USER#{USER_ID_PLACEHOLDER}"
    sort_key_template: str = "PROFILE"
    livemode: Livemode = Livemode.ANY
    log_level: LogLevel = LogLevel.INFO
    dynamodb_client: ClientKind = ClientKind.AUTO
    unmapped: Unmapped = Unmapped.PARK
    create_missing_profile: bool = True
    connect_events: ConnectEvents = ConnectEvents.SKIP
    forget_deleted_customers: bool = False
    delivery_queue_url: str = ""
    failure_queue_url: str = ""
    stripe_api_url: str = STRIPE_API_URL
    shows: ViewSettings = attrs.Factory(ViewSettings)
    selection: Selection = attrs.field(
        init=False,
        eq=False,
        repr=False,
        default=attrs.Factory(lambda self: self._own_selection(), takes_self=True),
    )
    keys: ProfileKeys = attrs.field(
        init=False,
        eq=False,
        repr=False,
        default=attrs.Factory(lambda self: self._own_keys(), takes_self=True),
    )

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
        for field in ("user_id_metadata_key", "user_id_pattern", "partition_key_name"):
            if values.get(field) == "":
                raise ConfigError(f"{VARIABLES[field]} is empty")
        for field, choices in _CHOICES.items():
            if field in values and values[field] not in choices:
                raise ConfigError(f"{VARIABLES[field]} must be one of {', '.join(choices)}")
        given: dict[str, Any] = {
            name: _CHOICES.get(name, {}).get(value, value) for name, value in values.items()
        }
        config = cls(**given, shows=_view_settings(environment))
        config._check()
        return config

    def _check(self) -> None:
        self.keys.check()
        try:
            re.compile(self.user_id_pattern)
        except re.error as error:
            raise ConfigError(f"USER_ID_PATTERN is no regular expression: {error}") from None
        taken = {self.partition_key_name, self.sort_key_name} | reserved_names(self.shows.profile_attributes)
        collisions = sorted(taken & self.shows.profile_attributes.keys())
        if collisions:
            raise ConfigError(f"PROFILE_ATTRIBUTES names {collisions[0]}, which the item has already")
        if not _STRIPE_API_URLS.fullmatch(self.stripe_api_url):
            raise ConfigError(
                f"STRIPE_API_URL must be {STRIPE_API_URL} or an http URL of the loopback without a path, "
                "for example http://127.0.0.1:12111: a Stripe key is never sent anywhere else"
            )

    def _own_selection(self) -> Selection:
        return Selection(
            self.user_id_metadata_key,
            tuple(sorted(self.shows.required_metadata)),
            compiled(self.shows.profile_attributes, VIEW_VARIABLES["profile_attributes"]),
            reads_products=bool(self.shows.handled_product_ids),
        )

    def policy(self, *, can_ask_stripe: bool) -> Policy:
        return Policy(
            unmapped=self.unmapped,
            create_missing_profile=self.create_missing_profile,
            connect_events=self.connect_events,
            forget_deleted_customers=self.forget_deleted_customers,
            can_ask_stripe=can_ask_stripe,
            partition_key_name=self.partition_key_name,
            user_id_pattern=self.user_id_pattern,
            shows=self.shows,
        )

    def _own_keys(self) -> ProfileKeys:
        return ProfileKeys(**{name: getattr(self, name) for name in KEY_SETTINGS})

    def profile_key(self, user_id: str) -> dict[str, str]:
        return self.keys.key_of(user_id)


VARIABLES = {
    "table_name": "DYNAMODB_TABLE_NAME",
    "sync_table_name": "SYNC_TABLE_NAME",
    "user_id_metadata_key": "USER_ID_METADATA_KEY",
    "user_id_pattern": "USER_ID_PATTERN",
    "partition_key_name": "PARTITION_KEY_NAME",
    "sort_key_name": "SORT_KEY_NAME",
    "partition_key_template": "PARTITION_KEY_TEMPLATE",
    "sort_key_template": "SORT_KEY_TEMPLATE",
    "livemode": "LIVEMODE",
    "log_level": "LOG_LEVEL",
    "dynamodb_client": "DYNAMODB_CLIENT",
    "unmapped": "UNMAPPED",
    "create_missing_profile": "CREATE_MISSING_PROFILE",
    "connect_events": "CONNECT_EVENTS",
    "forget_deleted_customers": "FORGET_DELETED_CUSTOMERS",
    "delivery_queue_url": "DELIVERY_QUEUE_URL",
    "failure_queue_url": "FAILURE_QUEUE_URL",
    "stripe_api_url": "STRIPE_API_URL",
}
"""Attribute of `Config` → environment variable."""

_CHOICES: dict[str, dict[str, Any]] = {
    "livemode": {str(choice): choice for choice in Livemode},
    "log_level": {str(choice): choice for choice in LogLevel},
    "dynamodb_client": {str(choice): choice for choice in ClientKind},
    "unmapped": {str(choice): choice for choice in Unmapped},
    "create_missing_profile": {"true": True, "false": False},
    "connect_events": {str(choice): choice for choice in ConnectEvents},
    "forget_deleted_customers": {"true": True, "false": False},
}

VIEW_VARIABLES = {
    "access_renewal_grace_hours": "ACCESS_RENEWAL_GRACE_HOURS",
    "access_past_due_days": "ACCESS_PAST_DUE_DAYS",
    "access_while_collection_paused": "ACCESS_WHILE_COLLECTION_PAUSED",
    "plan_product_ids": "PLAN_PRODUCT_IDS",
    "handled_product_ids": "HANDLED_PRODUCT_IDS",
    "required_metadata": "REQUIRED_METADATA",
    "profile_attributes": "PROFILE_ATTRIBUTES",
}
"""Attribute of `ViewSettings` → environment variable."""


def _number(text: str) -> int:
    if not re.fullmatch(r"[0-9]{1,6}", text):
        raise ValueError("a whole number that is not negative")
    return int(text)


def _boolean(text: str) -> bool:
    if text not in {"true", "false"}:
        raise ValueError("true or false")
    return text == "true"


def _texts(text: str) -> tuple[str, ...]:
    found = _parsed(text)
    if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
        raise ValueError("a JSON list of texts that are not empty")
    return tuple(found)


def _text_map(text: str) -> dict[str, str]:
    found = _parsed(text)
    if not isinstance(found, dict) or not all(
        isinstance(one, str) and one for pair in found.items() for one in pair
    ):
        raise ValueError("a JSON object of texts that are not empty")
    return found


def _parsed(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return None


_READERS: dict[str, Callable[[str], Any]] = {
    "access_renewal_grace_hours": _number,
    "access_past_due_days": _number,
    "access_while_collection_paused": _boolean,
    "plan_product_ids": _texts,
    "handled_product_ids": lambda text: frozenset(_texts(text)),
    "required_metadata": _text_map,
    "profile_attributes": _text_map,
}


def _view_settings(environment: Mapping[str, str]) -> ViewSettings:
    values = {}
    for field, variable in VIEW_VARIABLES.items():
        if variable not in environment:
            continue
        try:
            values[field] = _READERS[field](environment[variable])
        except ValueError as error:
            raise ConfigError(f"{variable} must be {error}") from None
    return ViewSettings(**values)
