"""The operation `sync` as the function does it: its arguments, its answers, its one log line, its time."""

import io
import json
from typing import Any

import pytest

from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, objects
from stripe_subscription_handler.config import Config
from stripe_subscription_handler.decisions.policy import Policy
from stripe_subscription_handler.dynamodb.store import Store
from stripe_subscription_handler.errors import ConfigError, InvalidEventError
from stripe_subscription_handler.logger import make_logger
from stripe_subscription_handler.operations.dispatch import perform
from stripe_subscription_handler.operations.names import OPERATION_KEY
from stripe_subscription_handler.operations.question import Question
from stripe_subscription_handler.stripe_side.api import StripeApi
from stripe_subscription_handler.stripe_side.hurry import LONGEST_ASKING_SECONDS, hurried
from stripe_subscription_handler.stripe_side.secret import StripeKey
from support import events
from support.dynamodb import ScriptedDynamoDB

CONFIG = Config(table_name="profiles", sync_table_name="sync")
PERSONAL = "jenny@example.com"


def api(url: str, **rest: Any) -> StripeApi:
    """Stripe's API with a good key and 30 seconds left."""
    key = StripeKey("Secrets Manager secret arn:x", lambda: API_KEY)
    return StripeApi(key, lambda: 30.0, url=url, **{"sleep": lambda _: None, **rest})


def asked(stripe: StripeApi | None, **arguments: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The answer, and the line in the log. DynamoDB is not asked anything here."""
    output = io.StringIO()
    store = Store(ScriptedDynamoDB([]), CONFIG, stripe)  # type: ignore[arg-type]
    answer = perform({OPERATION_KEY: "sync", **arguments}, store, make_logger(output=output))
    [line] = output.getvalue().splitlines()
    assert json.loads(json.dumps(answer)) == answer
    return answer, json.loads(line)


def test_without_a_key_nothing_can_be_asked() -> None:
    """The answer says which settings name one."""
    answer, line = asked(None, checkout_session="cs_1")
    assert answer["error"]["code"] == line["answer"] == "no_key"
    assert "stripe_secret_arn" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ({}, "sync: takes exactly one of checkout_session, subscription, customer, user_id; there is none"),
        ({"subscription": None}, "there is none"),
        ({"subscription": "sub_1", "customer": "cus_1"}, "there is subscription and customer"),
        ({"subscription": 7}, "subscription: must be an id of Stripe's"),
        ({"subscription": ""}, "subscription: must be an id of Stripe's"),
        ({"subscription": ".."}, "subscription: must be an id of Stripe's"),
        ({"customer": ".."}, "customer: must be an id of Stripe's"),
        ({"customer": "\ud800"}, "customer: must be an id of Stripe's"),
        ({"customer": "rk_live_secret"}, "customer: must be an id of Stripe's"),
        ({"subscription": "sub_1?expand=x"}, "subscription: must be an id of Stripe's"),
        ({"checkout_session": PERSONAL}, "checkout_session: must be an id of Stripe's"),
        ({"checkout_session": "sk_live_secret"}, "checkout_session: must be an id of Stripe's"),
        ({"user_id": "user 1"}, "user_id: must be a user id that matches USER_ID_PATTERN"),
        ({"user_id": ["u"]}, "user_id: must be a user id"),
        ({"user_id": "u" * 2_000}, "user_id: must be a user id"),
        ({"subscription": "sub_1", "expected_user_id": ""}, "expected_user_id: must be a user id"),
        ({"subscription": "sub_1", "expected_user": "u"}, "expected_user: is not one of"),
        ({"subscription": "sub_1", PERSONAL: "u"}, "sha256:"),
    ],
    ids=str,
)
def test_a_slip_in_the_arguments_is_an_answer_that_names_the_field(
    arguments: dict[str, Any], named: str
) -> None:
    """And no error of the function, which would ring its alarm; no value is told."""
    answer, line = asked(None, **arguments)
    assert answer["error"]["code"] == line["answer"] == "bad_argument"
    assert named in answer["error"]["message"]
    assert not any(value in json.dumps([answer, line]) for value in (PERSONAL, "sk_live"))


def test_a_question_is_read() -> None:
    """An argument that is null is not there: so apps write what they do not have."""
    arguments = {"subscription": None, "user_id": "u@x", "expected_user_id": None}
    assert Question.read(arguments, Policy()) == Question("user_id", "u@x")


def test_what_stripe_does_not_have_takes_one_request() -> None:
    """DynamoDB is not asked; the log tells what was asked about."""
    with FakeStripe() as fake:
        answer, line = asked(api(fake.url), checkout_session="cs_9")
    assert answer["error"]["code"] == "not_found"
    assert {name: line[name] for name in ("event", "level", "asked", "asked_id", "answer")} == {
        "event": "sync",
        "level": "info",
        "asked": "checkout_session",
        "asked_id": "cs_9",
        "answer": "not_found",
    }
    assert (line["requests"], line["stripe_requests"]) == (0, 1)


def test_a_customer_whom_stripe_does_not_have_is_told() -> None:
    """Stripe refuses the list then, which is no Stripe that is away."""
    with FakeStripe() as fake:
        answer, line = asked(api(fake.url), customer="cus_9")
    assert answer["error"]["code"] == line["answer"] == "not_found"
    assert line["stripe_requests"] == 1


def test_a_user_s_id_is_logged_as_ever() -> None:
    """One that may be personal by its fingerprint."""
    _, line = asked(None, user_id=PERSONAL)
    assert line["asked_id"].startswith("sha256:")


def test_a_session_without_a_subscription_asks_nothing_of_dynamodb() -> None:
    """Stripe tells all of it."""
    session = events.session(status="open", sub=None)
    with FakeStripe(objects(session)) as fake:
        answer, line = asked(api(fake.url), checkout_session="cs_1")
    assert (answer["error"]["code"], line["requests"]) == ("not_completed", 0)


def test_a_stripe_that_is_away_is_an_answer() -> None:
    """The app shows that it does not know yet, and asks again, or waits for the event."""
    answer, line = asked(api("http://127.0.0.1:9"), subscription="sub_1")
    assert answer["error"]["code"] == line["answer"] == "stripe_unavailable"
    assert line["stripe_requests"] > 1


def test_a_key_that_stripe_refuses_is_an_answer() -> None:
    """It names the key's place, never the key."""
    with FakeStripe(keys={"another"}) as fake:
        answer, _ = asked(api(fake.url), subscription="sub_1")
    assert answer["error"]["code"] == "stripe_unavailable"
    assert "refuses the API key of Secrets Manager secret arn:x" in answer["error"]["message"]


def test_a_key_that_cannot_be_read_is_a_fault() -> None:
    """No app can do anything about it, so it is raised, and the alarm rings."""

    def refused() -> str:
        raise ConfigError("Secrets Manager secret arn:x cannot be read: AccessDeniedException")

    stripe = StripeApi(StripeKey("Secrets Manager secret arn:x", refused), lambda: 30.0)
    with pytest.raises(ConfigError):
        asked(stripe, subscription="sub_1")


def test_asking_ends_long_before_the_function_does() -> None:
    """No request begins when the time for asking is nearly over, however much the invocation has left."""
    now = [0.0]
    stripe = api("http://127.0.0.1:9", clock=lambda: now[0])
    left = stripe.remaining_seconds
    with hurried(stripe):
        assert stripe.remaining_seconds() == LONGEST_ASKING_SECONDS
        now[0] = LONGEST_ASKING_SECONDS - 1
        assert stripe.remaining_seconds() == 1.0
        answer, _ = asked(stripe, subscription="sub_1")
    assert "too little time is left" in answer["error"]["message"]
    assert stripe.remaining_seconds is left
    assert LONGEST_ASKING_SECONDS < 15


@pytest.mark.parametrize("name", ["count-parked", "self-check"])
def test_operations_without_arguments_take_none(name: str) -> None:
    """A misspelt one is an error that names it."""
    store = Store(ScriptedDynamoDB([]), CONFIG)  # type: ignore[arg-type]
    with pytest.raises(InvalidEventError, match="customer: is no argument of this operation"):
        perform({OPERATION_KEY: name, "customer": "cus_1"}, store, make_logger(output=io.StringIO()))
