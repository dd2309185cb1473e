"""The function tries what it will need, under its own role, and tells what was refused. Changes nothing.

Its policy shows what the role should allow; only the function can show what it does allow. Each write has a
condition that can never hold, so DynamoDB authorises it, evaluates it, and writes nothing.
"""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from botocore.exceptions import BotoCoreError, ClientError

from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.dynamodb.sync_table import PARKED_INDEX, WAITING_FOR
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.errors import HandlerError
from stripe_subscription_handler.events.event_types import Subject
from stripe_subscription_handler.operations.queue_ages import oldest_seconds, queues_client
from stripe_subscription_handler.stripe_side.api import StripeApi, key_mode
from stripe_subscription_handler.stripe_side.hurry import hurried

if TYPE_CHECKING:
    from mypy_boto3_sqs import SQSClient

_DISTRIBUTION = "stripe-subscription-handler"
_NOBODY = "stripe-subscription-handler/self-check"
"""A user whom no app has; nothing is stored of them."""
_NEVER = "attribute_exists(#key) AND attribute_not_exists(#key)"
_AUTHORISED = frozenset({None, "None", "ConditionalCheckFailed", "TransactionConflict"})
"""Why a transaction of these writes is cancelled when every one of them was permitted."""
_READ_TO_ANSWER: Mapping[str, tuple[Subject, str]] = {
    "invoices": ("invoice", "in_stripeHandlerSelfCheck"),
    "checkout sessions": ("checkout.session", "cs_test_stripeHandlerSelfCheck"),
}
"""What `operations/asking.py` reads that handling an event does not; there are none by these ids."""


def self_check(store: Store, queues: "Callable[[], SQSClient]" = queues_client) -> dict[str, Any]:
    """Try the tables, the dead-letter queues, the Stripe key and Stripe.

    Returns:
        `version` of the library; `livemode` as configured; `viewSettings`: the fingerprint of the settings
        that shape the profiles, as this code computes it; `profileTable` and `syncTable`: null, or what was
        refused; `deadLetterQueues`: the same of the hourly count's look into them; `stripeKey`: null
        without a configured key, else its `place`, its `mode` (`live`, `test`, or null where the key does
        not tell), `problem` (null when it could be read), `stripeProblem` (null when Stripe lets it read
        subscriptions and customers), `eventsProblem` (the same of events) and `askingProblems` (of what is
        read besides to answer a question: what it is, and why it is not shown; empty when all is). Never a
        key, never an item's content.
    """
    return {
        "version": _version(),
        "livemode": str(store.config.livemode),
        "viewSettings": store.config.shows.fingerprint,
        "profileTable": _problem(lambda: _try_profile_table(store)),
        "syncTable": _problem(lambda: _try_sync_table(store)),
        "deadLetterQueues": _problem(lambda: _try_queues(store, queues)),
        "stripeKey": None if store.stripe is None else _try_stripe(store.stripe),
    }


def _version() -> str | None:
    from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - no event needs it

    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:  # run from a directory of sources
        return None


def _problem(attempt: Callable[[], object]) -> str | None:
    try:
        attempt()
    except ClientError as error:
        return f"{error.operation_name}: {error.response['Error'].get('Code')}"
    except BotoCoreError as error:
        return type(error).__name__
    except HandlerError as error:
        return str(error)
    return None


def _try_profile_table(store: Store) -> None:
    config = store.config
    item: dict[str, Any] = {"TableName": config.table_name, "Key": to_wire(config.profile_key(_NOBODY))}
    names = {"#key": config.partition_key_name}
    never: dict[str, Any] = {"ConditionExpression": _NEVER, "ExpressionAttributeNames": names}
    store.client.get_item(**item, ProjectionExpression="#key", ExpressionAttributeNames=names)
    _try_batch(store, item, names)
    try:
        store.client.update_item(**item, **never, UpdateExpression="REMOVE selfCheck")
    except ClientError as error:
        if error.response["Error"].get("Code") != "ConditionalCheckFailedException":
            raise
    _try_transaction(store, [{"ConditionCheck": {**item, **never}}])


def _try_sync_table(store: Store) -> None:
    table: dict[str, Any] = {"TableName": store.config.sync_table_name}
    never: dict[str, Any] = {
        **table,
        "ConditionExpression": _NEVER,
        "ExpressionAttributeNames": {"#key": "PK"},
    }
    check, put, delete, update = (to_wire({"PK": "SELF-CHECK", "SK": str(number)}) for number in range(4))
    store.client.get_item(**table, Key=check)
    _try_batch(store, {**table, "Key": check}, {"#key": "PK"})
    query = {**table, "ExpressionAttributeValues": to_wire({":nobody": "SELF-CHECK"}), "Limit": 1}
    store.client.query(**query, KeyConditionExpression="PK = :nobody")
    store.client.query(**query, IndexName=PARKED_INDEX, KeyConditionExpression=f"{WAITING_FOR} = :nobody")
    items: Any = [
        {"ConditionCheck": {**never, "Key": check}},
        {"Put": {**never, "Item": put}},
        {"Delete": {**never, "Key": delete}},
        {"Update": {**never, "Key": update, "UpdateExpression": "REMOVE selfCheck"}},
    ]
    _try_transaction(store, items)


def _try_queues(store: Store, queues: "Callable[[], SQSClient]") -> None:
    for url in (store.config.delivery_queue_url, store.config.failure_queue_url):
        if url:
            oldest_seconds(queues(), url, store.clock())


def _try_batch(store: Store, item: dict[str, Any], names: dict[str, str]) -> None:
    wanted: Any = {
        "Keys": [item["Key"]],
        "ProjectionExpression": "#key",
        "ExpressionAttributeNames": names,
    }
    store.client.batch_get_item(RequestItems={item["TableName"]: wanted})


def _try_transaction(store: Store, items: Any) -> None:
    try:
        store.client.transact_write_items(TransactItems=items)
    except ClientError as error:
        reasons: Any = error.response.get("CancellationReasons", [])
        if not reasons or not {reason.get("Code") for reason in reasons} <= _AUTHORISED:
            raise


def _try_stripe(stripe: StripeApi) -> dict[str, Any]:
    problem = _problem(stripe.key.refresh)
    if problem is not None:
        unknown = dict.fromkeys(("mode", "stripeProblem", "eventsProblem", "askingProblems"))
        return {"place": stripe.key.place, **unknown, "problem": problem}
    # Somebody waits for the answer, so not all of the invocation is spent on a Stripe that is away.
    with hurried(stripe):
        return {
            "place": stripe.key.place,
            "mode": key_mode(stripe.key.get()),
            "problem": None,
            "stripeProblem": _problem(lambda: _ask(stripe)),
            "eventsProblem": _problem(lambda: stripe.try_events("evt_stripeHandlerSelfCheck")),
            "askingProblems": dict(_asking_problems(stripe)),
        }


def _asking_problems(stripe: StripeApi) -> Iterator[tuple[str, str]]:
    for what, (kind, identifier) in _READ_TO_ANSWER.items():
        problem = _problem(partial(stripe.fetch_fresh, kind, identifier, ""))
        if problem is not None:
            yield what, problem


def _ask(stripe: StripeApi) -> None:
    # Stripe says "no such subscription" only to a key that may read subscriptions.
    stripe.fetch_subscription("sub_stripeHandlerSelfCheck")
    stripe.fetch_customer_metadata("cus_stripeHandlerSelfCheck")
