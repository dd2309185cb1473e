"""What the function tells of itself: every right it needs is tried, nothing is written, no key is shown."""

import io
import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs
import pytest
from botocore.exceptions import EndpointConnectionError

from stripe_handler_cli.lab.fake_stripe import FakeStripe, Fault
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.decisions.policy import Livemode
from stripe_subscription_handler.decisions.view_settings import DEFAULTS
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.errors import InvalidEventError
from stripe_subscription_handler.logger import make_logger
from stripe_subscription_handler.operations.dispatch import perform
from stripe_subscription_handler.operations.names import OPERATION_KEY, is_operation
from stripe_subscription_handler.stripe_side.api import StripeApi
from stripe_subscription_handler.stripe_side.secret import StripeKey
from support import events
from support.dynamodb import client_error, condition_failed, transaction_canceled

SELF_CHECK = {OPERATION_KEY: "self-check"}
KEY = "sk_test_fake"
REFUSED_WRITES = transaction_canceled(*[{"Code": "ConditionalCheckFailed"}] * 4)


def _never(condition: str) -> bool:
    return condition == "attribute_exists(#key) AND attribute_not_exists(#key)"


@attrs.define
class DynamoDB:
    """Permits everything but what it is told to refuse; a write that could happen fails the test.

    Attributes:
        refusals: Operation → error.
        tried: Every right asked for, as IAM names it, with its table.
    """

    refusals: Mapping[str, Exception] = attrs.Factory(dict)
    tried: list[tuple[str, str]] = attrs.Factory(list)

    def _asked(self, action: str, table: str) -> None:
        self.tried.append((action, table))
        if action in self.refusals:
            raise self.refusals[action]

    def get_item(self, **request: Any) -> dict[str, Any]:
        """Find nothing."""
        self._asked("GetItem", request["TableName"])
        return {}

    def batch_get_item(self, **request: Any) -> dict[str, Any]:
        """Find nothing."""
        for table in request["RequestItems"]:
            self._asked("BatchGetItem", table)
        return {}

    def query(self, **request: Any) -> dict[str, Any]:
        """Find nothing."""
        self._asked("Query", "/".join([request["TableName"], *request.get("IndexName", "").split()]))
        return {"Items": []}

    def update_item(self, **request: Any) -> None:
        """Refuse by the condition."""
        self._asked("UpdateItem", request["TableName"])
        assert _never(request["ConditionExpression"])
        raise condition_failed()

    def transact_write_items(self, **request: Any) -> None:
        """Refuse by the conditions."""
        for item in request["TransactItems"]:
            [(kind, part)] = item.items()
            assert _never(part["ConditionExpression"])
            self._asked(kind, part["TableName"])
        raise REFUSED_WRITES


def checked(dynamodb: DynamoDB | None = None, stripe: StripeApi | None = None) -> dict[str, Any]:
    """What the function answers."""
    config = Config(table_name="profiles", sync_table_name="sync", livemode=Livemode.TEST)
    store = Store(dynamodb or DynamoDB(), config, stripe)  # type: ignore[arg-type]
    answer = perform(SELF_CHECK, store, make_logger(output=io.StringIO()))
    assert json.loads(json.dumps(answer)) == answer
    return answer


def test_a_healthy_function_has_no_problem() -> None:
    """Without a Stripe key there is nothing to say of one."""
    answer = checked()
    assert answer.pop("version")
    assert answer == {
        "livemode": "test",
        "viewSettings": DEFAULTS.fingerprint,
        "profileTable": None,
        "syncTable": None,
        "deadLetterQueues": None,
        "stripeKey": None,
    }


def test_every_right_of_the_role_on_the_tables_is_tried() -> None:
    """The actions that terraform/modules/handler/role.tf names for each table."""
    dynamodb = DynamoDB()
    checked(dynamodb)
    assert set(dynamodb.tried) == {
        ("BatchGetItem", "profiles"),
        ("GetItem", "profiles"),
        ("UpdateItem", "profiles"),
        ("ConditionCheck", "profiles"),
        ("BatchGetItem", "sync"),
        ("GetItem", "sync"),
        ("Query", "sync"),
        ("Query", "sync/parked-by-expiry"),
        *((kind, "sync") for kind in ("ConditionCheck", "Put", "Delete", "Update")),
    }


@pytest.mark.parametrize(
    ("action", "error", "table", "told"),
    [
        ("GetItem", client_error("AccessDeniedException", "GetItem"), "profileTable", "GetItem: Access"),
        ("UpdateItem", client_error("AccessDeniedException"), "profileTable", "UpdateItem: Access"),
        ("Query", client_error("AccessDeniedException", "Query"), "syncTable", "Query: AccessDenied"),
        ("Put", client_error("AccessDeniedException", "TransactWriteItems"), "syncTable", "TransactWrite"),
        ("Put", client_error("ResourceNotFoundException", "TransactWriteItems"), "syncTable", "ResourceNot"),
        ("Delete", transaction_canceled({"Code": "ThrottlingError"}), "syncTable", "TransactionCanceled"),
        ("Query", EndpointConnectionError(endpoint_url="http://x"), "syncTable", "EndpointConnectionError"),
    ],
)
def test_a_refused_right_is_named(action: str, error: Exception, table: str, told: str) -> None:
    """The operation and AWS's code; never AWS's message, which may name an item."""
    problem = checked(DynamoDB({action: error}))[table]
    assert told in problem
    assert "secret detail" not in problem


def stripe_with(read: Callable[[], str], url: str = "http://127.0.0.1:9") -> StripeApi:
    """Stripe's API with a key read so."""
    key = StripeKey("Secrets Manager secret arn:x", read)
    return StripeApi(key, remaining_seconds=lambda: 30.0, url=url, sleep=lambda _: None)


def test_a_key_that_stripe_accepts() -> None:
    """Place and mode are told, the key is not; both kinds of object, and events, are asked for."""
    with FakeStripe() as fake:
        answer = checked(stripe=stripe_with(lambda: KEY, fake.url))
        asked = [path.split("/")[2] for path, _ in fake.received]
    assert answer["stripeKey"] == {
        "place": "Secrets Manager secret arn:x",
        "mode": "test",
        "problem": None,
        "stripeProblem": None,
        "eventsProblem": None,
        "askingProblems": {},
    }
    assert asked == ["subscriptions", "customers", "events", "core", "invoices", "checkout"]
    assert KEY not in json.dumps(answer)


def test_a_key_that_stripe_refuses() -> None:
    """A revoked or too narrow key is found before an event needs it."""
    with FakeStripe(keys={"another"}) as fake:
        found = checked(stripe=stripe_with(lambda: KEY, fake.url))["stripeKey"]
    assert "refuses the API key" in found["stripeProblem"]
    assert KEY not in json.dumps(found)


def test_a_key_that_may_not_read_events() -> None:
    """The others are not troubled by that; thin events are."""
    with FakeStripe() as fake:
        fake.misbehave([Fault(), Fault(), Fault(status=403)])
        found = checked(stripe=stripe_with(lambda: KEY, fake.url))["stripeKey"]
    assert found["stripeProblem"] is None
    assert "refuses the API key" in found["eventsProblem"]


def test_a_key_that_may_not_read_what_a_question_needs() -> None:
    """It is said what: a restricted key is made by ticking each."""
    with FakeStripe() as fake:
        fake.misbehave([*[Fault()] * 5, Fault(status=403)])
        found = checked(stripe=stripe_with(lambda: KEY, fake.url))["stripeKey"]
    assert (found["stripeProblem"], found["eventsProblem"]) == (None, None)
    assert list(found["askingProblems"]) == ["checkout sessions"]
    assert "refuses the API key" in found["askingProblems"]["checkout sessions"]


def test_a_secret_that_cannot_be_read() -> None:
    """The place and AWS's code; Stripe is not asked."""

    def refused() -> str:
        raise client_error("AccessDeniedException", "GetSecretValue")

    found = checked(stripe=stripe_with(refused))["stripeKey"]
    assert found["problem"] == "Secrets Manager secret arn:x cannot be read: AccessDeniedException"
    assert (found["mode"], found["stripeProblem"]) == (None, None)


@pytest.mark.parametrize(
    "raw",
    [
        events.envelope(events.created(events.subscription())),
        events.created(events.subscription()),
        {**events.envelope(events.created(events.subscription())), OPERATION_KEY: "self-check"},
        {},
        "self-check",
        None,
    ],
)
def test_an_event_is_never_taken_for_an_operation(raw: Any) -> None:
    """Not even one that somebody has given the key."""
    assert not is_operation(raw)


@pytest.mark.parametrize("name", ["nonsense", None, ["self-check"], {"self-check": 1}])
def test_an_unknown_operation_is_an_error_that_names_the_key(name: Any) -> None:
    """Somebody mistyped it; the message lists what there is."""
    raw = {OPERATION_KEY: name}
    assert is_operation(raw)
    with pytest.raises(InvalidEventError, match="must be one of count-parked, self-check, sync"):
        perform(
            raw,
            Store(DynamoDB(), Config(table_name="t", sync_table_name="s")),
            make_logger(output=io.StringIO()),
        )  # type: ignore[arg-type]
