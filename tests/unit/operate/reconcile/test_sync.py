"""`sync` through the function: what is asked of it, and what its answers come to."""

import io
import json
from typing import Any

import attrs
import pytest
from botocore.exceptions import ClientError

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.reconcile.asked_report import conclude_asked
from stripe_handler_cli.operate.reconcile.sync import Asked, has_key, through_function
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.operation import asked
from stripe_subscription_handler.comparison.up_to_date import Wanted

DONE = {"what": "stale", "subscriptionId": "sub_1", "changed": ["subscriptionStatus"]}
WELL: dict[str, Any] = {"ok": True, "userId": "user_1", "profile": {}, "done": [DONE], "left": []}
NOTHING_KNOWN = {"ok": False, "error": {"code": "nothing_known", "message": "m"}}


def never(_user_id: str) -> Wanted:
    """Nobody looks for more."""
    raise AssertionError


@attrs.define
class Function:
    """Answers as the deployed function does, which knows nothing of some users.

    Attributes:
        unknown: These users.
        questions: What it was asked.
    """

    unknown: frozenset[str] = frozenset()
    questions: list[dict[str, str]] = attrs.Factory(list)

    def __call__(self, arguments: Any) -> dict[str, Any]:
        """Answer one question."""
        self.questions.append(dict(arguments))
        return NOTHING_KNOWN if arguments.get("user_id") in self.unknown else WELL


def test_each_thing_that_is_wanted_is_a_question() -> None:
    """The function takes one at a time."""
    function = Function()
    wanted = Wanted("user_1", frozenset({"sub_2", "sub_1"}), frozenset({"cus_1"}))
    answers = list(through_function(wanted, function, never))
    assert function.questions == [
        {"user_id": "user_1"},
        {"customer": "cus_1"},
        {"subscription": "sub_1"},
        {"subscription": "sub_2"},
    ]
    assert all(one.is_well for one in answers)


def test_a_wiped_profile_s_user_is_found_by_what_is_left_elsewhere() -> None:
    """The command looks at links and log, as it does with a key; the function is asked for what they name."""
    function = Function(frozenset({"user_9"}))
    left = Wanted(customer_ids=frozenset({"cus_9"}))
    answers = list(through_function(Wanted("user_9"), function, lambda _: left))
    assert (function.questions[-1], len(answers)) == ({"customer": "cus_9"}, 1)
    with pytest.raises(CliError, match="Nothing tells what Stripe has of user_9"):
        list(through_function(Wanted("user_9"), function, lambda _: Wanted()))
    named = Wanted("user_9", frozenset({"sub_1"}))
    assert [one.kind for one in through_function(named, function, never)] == ["subscription"]


def test_the_exit_code_says_whether_anything_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    """In JSON there is a line an answer, and a summary that says which way it went."""
    well, refused = Asked("user_id", "user_1", WELL), Asked("customer", "cus_1", NOTHING_KNOWN)
    left = Asked("user_id", "user_1", {**WELL, "left": [DONE]})
    assert conclude_asked([well], as_json=True) == 0
    first, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert first == {"asked": {"user_id": "user_1"}, **WELL}
    assert last["summary"] == {"through": "function", "asked": 1, "done": 1, "left": 0, "refused": 0}
    assert conclude_asked([well, refused], as_json=False) == 1
    assert "2 questions: 1 repaired, 0 left, 1 refused." in capsys.readouterr().out
    assert conclude_asked([left], as_json=False) == 1


@attrs.define
class Functions:
    """Lambda, with a function of these variables.

    Attributes:
        answer: What `Invoke` answers, or raises.
        invoked: The function's name and the payload.
    """

    answer: Any
    variables: dict[str, str] = attrs.Factory(dict)
    invoked: tuple[str, Any] | None = None

    def get_function_configuration(self, **_request: Any) -> dict[str, Any]:
        """The function."""
        return {"Timeout": 30, "Environment": {"Variables": self.variables}}

    def invoke(self, **request: Any) -> Any:
        """Answer as told."""
        self.invoked = request["FunctionName"], json.loads(request["Payload"])
        if isinstance(self.answer, Exception):
            raise self.answer
        return {**self.answer, "Payload": io.BytesIO(self.answer["Payload"])}


def stack(functions: Functions) -> DeployedStack:
    """A stack whose function is invoked by its alias."""
    outputs = {"function_name": "f", "function_alias_name": "live"}
    return DeployedStack(Endpoint({}, lambda _service: functions), outputs)


def test_the_function_is_asked_by_its_alias() -> None:
    """With the operation and its arguments; the answer is what it says."""
    functions = Functions({"Payload": json.dumps(WELL).encode()})
    assert asked(stack(functions), "sync", {"user_id": "user_1"}) == WELL
    assert functions.invoked == (
        "f:live",
        {"stripe-subscription-handler": "sync", "user_id": "user_1"},
    )


DENIED = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "no"}}, "Invoke")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (DENIED, "f:live cannot be asked: .*AccessDenied"),
        (
            {
                "FunctionError": "Unhandled",
                "Payload": b'{"errorType": "ConfigError", "errorMessage": "x is"}',
            },
            "ended with ConfigError: x is",
        ),
        ({"Payload": b"null"}, "ended with an error: no message"),
    ],
    ids=["denied", "fault", "no answer"],
)
def test_a_function_that_cannot_answer_is_a_message(answer: Any, message: str) -> None:
    """And no stack trace."""
    with pytest.raises(CliError, match=message):
        asked(stack(Functions(answer)), "sync", {})


def test_whether_the_function_has_a_key_is_in_its_variables() -> None:
    """The secret's place, whichever it is."""
    assert has_key(stack(Functions(None, {"STRIPE_SECRET_ARN": "arn:x"})))
    assert not has_key(stack(Functions(None, {"STRIPE_SECRET_ARN": ""})))
