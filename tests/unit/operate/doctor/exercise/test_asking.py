"""Nothing is sent before somebody agreed; the question says whom it will reach."""

import pytest
from click.testing import CliRunner

from stripe_handler_cli.operate.doctor.command import doctor
from stripe_handler_cli.operate.doctor.exercise.asking import Wishes, exercise_stack
from stripe_handler_cli.operate.doctor.exercise.steps import STEPS
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from support.doctor.aws import ACCOUNT
from support.doctor.exercise import NOTHING_THERE, OUTPUTS, SETTINGS, Located
from support.typed_input import Input

RULE = {"EventPattern": '{"source": [{"prefix": "aws.partner/"}], "detail-type": ["x"]}'}
EVERY = [step.key for step in STEPS]


def aws() -> Located:
    """An AWS with a stack on a partner bus, and nothing of an exercise."""
    answers = {
        **NOTHING_THERE,
        "get_caller_identity": {"Account": ACCOUNT},
        "get_function_configuration": SETTINGS,
        "describe_rule": RULE,
    }
    return Located(answers, url="https://events.eu-central-1.amazonaws.com")


def test_who_says_no_has_changed_nothing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The question names user, table, road and topic; after a no nothing was written, sent or invoked."""
    found = aws()
    monkeypatch.setattr("sys.stdin", Input("n\n", is_terminal=False))
    assert exercise_stack(DeployedStack(Endpoint({}, lambda _: found), OUTPUTS), Wishes(EVERY), "") == 1
    told = " ".join(capsys.readouterr().err.split())
    for wanted in (
        "environment production",
        "stripe-handler-exercise",
        "straight to the function",
        "table Profiles",
        OUTPUTS["alarm_topic_arn"],
    ):
        assert str(wanted) in told
    assert not {"invoke", "put_events", "update_item", "delete_item", "start_replay"} & found.asked.keys()


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--exercise", "--only", "alarms"], "alarms is not a step of --exercise"),
        (["--only", "alarm"], "alarm is not a check without --exercise"),
        (["--report", "x.json"], "are options of --exercise"),
        (["--yes"], "are options of --exercise"),
    ],
)
def test_checks_and_steps_are_not_mixed(arguments: list[str], told: str) -> None:
    """The name of the other kind is a usage error, and so is an option without what it belongs to."""
    ran = CliRunner().invoke(
        doctor, [*arguments, "--resource", "function_name=f", "--terraform-directory", "none"]
    )
    assert ran.exit_code == 2
    assert told in " ".join(ran.output.split())
