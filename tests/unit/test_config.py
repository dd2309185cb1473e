"""The function's environment: typed, with one clear error."""

import pytest

from stripe_subscription_handler.config import VARIABLES, VIEW_VARIABLES, ClientKind, Config, LogLevel
from stripe_subscription_handler.decisions.policy import ConnectEvents, Livemode, Policy, Unmapped
from stripe_subscription_handler.decisions.view_settings import ViewSettings
from stripe_subscription_handler.errors import ConfigError

REQUIRED = {"DYNAMODB_TABLE_NAME": "profiles", "SYNC_TABLE_NAME": "sync"}


def test_the_two_tables_are_enough() -> None:
    """Everything else has the owner's defaults."""
    config = Config.from_environment(REQUIRED)
    assert config == Config(table_name="profiles", sync_table_name="sync")
    assert config.profile_key("42") == {"PK": "USER#42", "SK": "PROFILE"}
    assert config.user_id_metadata_key == "userId"


def test_every_variable_is_read() -> None:
    """Each documented variable ends in its attribute."""
    values = {
        **REQUIRED,
        "USER_ID_METADATA_KEY": "uid",
        "USER_ID_PATTERN": "[0-9]+",
        "PARTITION_KEY_NAME": "id",
        "SORT_KEY_NAME": "kind",
        "PARTITION_KEY_TEMPLATE": "u-{userId}",
        "SORT_KEY_TEMPLATE": "p-{userId}",
        "LIVEMODE": "live",
        "LOG_LEVEL": "DEBUG",
        "DYNAMODB_CLIENT": "botocore",
        "UNMAPPED": "dead-letter",
        "CREATE_MISSING_PROFILE": "false",
        "CONNECT_EVENTS": "handle",
        "FORGET_DELETED_CUSTOMERS": "true",
        "DELIVERY_QUEUE_URL": "https://sqs.example/delivery",
        "FAILURE_QUEUE_URL": "https://sqs.example/failures",
        "STRIPE_API_URL": "http://127.0.0.1:12111",
    }
    assert set(values) == set(VARIABLES.values())
    values |= {
        "ACCESS_RENEWAL_GRACE_HOURS": "0",
        "ACCESS_PAST_DUE_DAYS": "14",
        "ACCESS_WHILE_COLLECTION_PAUSED": "false",
        "PLAN_PRODUCT_IDS": '["prod_b","prod_a"]',
        "HANDLED_PRODUCT_IDS": '["prod_a","prod_b"]',
        "REQUIRED_METADATA": '{"app":"shop"}',
        "PROFILE_ATTRIBUTES": '{"plan":"metadata.plan"}',
    }
    assert set(values) == {*VARIABLES.values(), *VIEW_VARIABLES.values()}
    config = Config.from_environment(values)
    assert config.profile_key("7") == {"id": "u-7", "kind": "p-7"}
    assert (config.livemode, config.log_level) == (Livemode.LIVE, LogLevel.DEBUG)
    assert config.dynamodb_client is ClientKind.BOTOCORE
    assert config.user_id_metadata_key == "uid"
    assert config.stripe_api_url == "http://127.0.0.1:12111"
    assert config.delivery_queue_url.endswith("/delivery")
    assert config.failure_queue_url.endswith("/failures")
    assert config.policy(can_ask_stripe=True) == Policy(
        unmapped=Unmapped.DEAD_LETTER,
        create_missing_profile=False,
        connect_events=ConnectEvents.HANDLE,
        forget_deleted_customers=True,
        can_ask_stripe=True,
        partition_key_name="id",
        user_id_pattern="[0-9]+",
        shows=ViewSettings(
            access_renewal_grace_hours=0,
            access_past_due_days=14,
            access_while_collection_paused=False,
            plan_product_ids=("prod_b", "prod_a"),
            handled_product_ids=frozenset({"prod_a", "prod_b"}),
            required_metadata={"app": "shop"},
            profile_attributes={"plan": "metadata.plan"},
        ),
    )
    assert (config.selection.user_id_metadata_key, config.selection.metadata_keys) == ("uid", ("app",))
    assert config.selection.reads_products
    assert config.selection.expressions["plan"].search({"metadata": {"plan": "pro"}}) == "pro"


@pytest.mark.parametrize(
    "url",
    [
        "https://api.stripe.com",
        "http://localhost",
        "http://localhost:80",
        "http://[::1]:12111",
        "http://127.0.0.1",
    ],
)
def test_stripe_is_asked_at_its_own_address_or_on_the_loopback(url: str) -> None:
    """A stand-in on the same machine is the only other place a Stripe key may go to."""
    assert Config.from_environment({**REQUIRED, "STRIPE_API_URL": url}).stripe_api_url == url


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://api.stripe.com",
        "https://api.stripe.com.example.com",
        "https://api.stripe.com@example.com",
        "https://api.stripe.com/v1",
        "https://127.0.0.1",
        "http://127.0.0.1.example.com",
        "http://127.0.0.1@example.com",
        "http://localhost:80@example.com",
        "http://localhost:80/#@example.com",
        "http://localhost:",
        "http://localhost:80\n",
        "http://0.0.0.0:80",
        "http://10.0.0.1",
        "HTTP://localhost",
        "localhost:80",
    ],
)
def test_a_stripe_key_is_never_sent_elsewhere(url: str) -> None:
    """Whatever only looks like one of the two is refused, before any key is read."""
    with pytest.raises(ConfigError, match="STRIPE_API_URL must be"):
        Config.from_environment({**REQUIRED, "STRIPE_API_URL": url})


def test_a_table_without_sort_key() -> None:
    """An empty sort key name means the table has none."""
    config = Config.from_environment({**REQUIRED, "SORT_KEY_NAME": ""})
    assert config.profile_key("42") == {"PK": "USER#42"}


def test_a_user_id_with_braces_is_taken_literally() -> None:
    """The template is filled once; a user id is never read as a template."""
    config = Config.from_environment(REQUIRED)
    assert config.profile_key("{userId}") == {"PK": "USER#{userId}", "SK": "PROFILE"}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"DYNAMODB_TABLE_NAME": ""}, "DYNAMODB_TABLE_NAME is not set"),
        ({"SYNC_TABLE_NAME": ""}, "SYNC_TABLE_NAME is not set"),
        ({"USER_ID_METADATA_KEY": ""}, "USER_ID_METADATA_KEY is empty"),
        ({"USER_ID_PATTERN": ""}, "USER_ID_PATTERN is empty"),
        ({"USER_ID_PATTERN": "user_("}, "USER_ID_PATTERN is no regular expression"),
        ({"PARTITION_KEY_NAME": ""}, "PARTITION_KEY_NAME is empty"),
        ({"PARTITION_KEY_TEMPLATE": "USER"}, "PARTITION_KEY_TEMPLATE must hold {userId} exactly once"),
        ({"SORT_KEY_TEMPLATE": ""}, "SORT_KEY_TEMPLATE is empty"),
        ({"LIVEMODE": "production"}, "LIVEMODE must be one of live, test, any"),
        ({"UNMAPPED": "drop"}, "UNMAPPED must be one of park, dead-letter, ignore"),
        ({"CREATE_MISSING_PROFILE": "yes"}, "CREATE_MISSING_PROFILE must be one of true, false"),
        ({"CONNECT_EVENTS": "all"}, "CONNECT_EVENTS must be one of skip, handle"),
        ({"ACCESS_RENEWAL_GRACE_HOURS": "-1"}, "ACCESS_RENEWAL_GRACE_HOURS must be a whole number"),
        ({"ACCESS_PAST_DUE_DAYS": "1.5"}, "ACCESS_PAST_DUE_DAYS must be a whole number"),
        ({"ACCESS_WHILE_COLLECTION_PAUSED": "no"}, "ACCESS_WHILE_COLLECTION_PAUSED must be true or false"),
        ({"PLAN_PRODUCT_IDS": "prod_1"}, "PLAN_PRODUCT_IDS must be a JSON list"),
        ({"HANDLED_PRODUCT_IDS": '["prod_1",""]'}, "HANDLED_PRODUCT_IDS must be a JSON list of texts"),
        ({"REQUIRED_METADATA": '{"app":1}'}, "REQUIRED_METADATA must be a JSON object of texts"),
        ({"PROFILE_ATTRIBUTES": "[]"}, "PROFILE_ATTRIBUTES must be a JSON object of texts"),
        ({"PROFILE_ATTRIBUTES": '{"plan":"a["}'}, "PROFILE_ATTRIBUTES: the JMESPath of plan does not parse"),
        ({"PROFILE_ATTRIBUTES": '{"subscriptionId":"id"}'}, "PROFILE_ATTRIBUTES names subscriptionId"),
        ({"PROFILE_ATTRIBUTES": '{"stripeLedgerX":"id"}'}, "PROFILE_ATTRIBUTES names stripeLedgerX"),
        ({"PROFILE_ATTRIBUTES": '{"SK":"id"}'}, "PROFILE_ATTRIBUTES names SK"),
        ({"LOG_LEVEL": "verbose"}, "LOG_LEVEL must be one of DEBUG, INFO, WARNING, ERROR"),
        ({"DYNAMODB_CLIENT": "boto3"}, "DYNAMODB_CLIENT must be one of auto, botocore"),
    ],
)
def test_a_bad_variable_is_named(changes: dict[str, str], message: str) -> None:
    """The error names the variable and what it must be."""
    with pytest.raises(ConfigError, match=message.replace("{", r"\{").replace("}", r"\}")):
        Config.from_environment(REQUIRED | changes)


def test_missing_tables_are_named() -> None:
    """An empty environment is one clear error, not a KeyError."""
    with pytest.raises(ConfigError, match="DYNAMODB_TABLE_NAME"):
        Config.from_environment({})
