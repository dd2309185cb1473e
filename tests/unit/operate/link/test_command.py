"""From a stack and a key to the label, and what is told of it; the whole command runs on the real stack."""

import io
import json
from pathlib import Path
from typing import Any

import attrs
import click
import pytest
from click.testing import CliRunner
from rich.console import Console

from stripe_handler_cli.cli import root
from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.operate.link import wiring
from stripe_handler_cli.operate.link.linking import Outcome, Wanted
from stripe_handler_cli.operate.link.report import Terminal, print_outcome
from stripe_handler_cli.stack.deployed import DeployedStack
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.stripe_options import StripeAccess
from stripe_subscription_handler.dynamodb.wire import to_wire
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.model import Tables

WANTED = Wanted(subscription_id="sub_1", user_id="user_1")
SETTINGS = {"DYNAMODB_TABLE_NAME": "profiles", "SYNC_TABLE_NAME": "sync"}


@attrs.define
class Aws:
    """Lambda with one function, and DynamoDB with one profile that appears after some looks.

    Attributes:
        settings: The function's environment.
        item: The profile in the end.
        empty_looks: How many looks find none.
    """

    settings: dict[str, str] = attrs.Factory(lambda: dict(SETTINGS))
    item: dict[str, Any] = attrs.Factory(dict)
    empty_looks: int = 0

    def get_function_configuration(self, **_: Any) -> dict[str, Any]:
        """The function."""
        return {"Environment": {"Variables": self.settings}}

    def batch_get_item(self, **_: Any) -> dict[str, Any]:
        """The profile."""
        self.empty_looks -= 1
        is_there = self.item and self.empty_looks < 0
        return {"Responses": {"profiles": [to_wire(self.item)] if is_there else []}}

    @property
    def stack(self) -> DeployedStack:
        """A stack on this AWS."""
        return DeployedStack(Endpoint({}, lambda _: self), {"function_name": "f"})


def profile(*raws: dict[str, Any]) -> dict[str, Any]:
    """The profile of `user_1` after these events."""
    tables = Tables()
    for raw in raws:
        tables.deliver(parse_event(raw))
    return {"PK": "USER#user_1", "SK": "PROFILE", **tables.profiles["user_1"]}


CREATED = events.created(events.subscription())


def waited(aws: Aws, wanted: Wanted = WANTED, timeout_seconds: float = 60) -> bool | None:
    """Whether the profile came to have the subscription while somebody waited."""
    console = Console(file=io.StringIO())
    return wiring.wait(aws.stack, wanted, Outcome(), console, timeout_seconds, lambda _: None).is_applied


def test_the_wait_ends_when_the_profile_has_the_subscription() -> None:
    """However many looks that takes."""
    assert waited(Aws(item=profile(CREATED), empty_looks=3))


def test_the_wait_is_bounded() -> None:
    """No profile, or one with another subscription only."""
    assert waited(Aws(), timeout_seconds=0) is False
    other = attrs.evolve(WANTED, subscription_id="sub_2")
    assert waited(Aws(item=profile(CREATED)), other, timeout_seconds=0) is False


def test_a_key_of_the_other_mode_is_refused_before_stripe_is_asked() -> None:
    """Both modes are named."""
    stack = Aws({**SETTINGS, "LIVEMODE": "live"}).stack
    terminal = Terminal(Console(file=io.StringIO()), yes=True)
    with pytest.raises(CliError, match="OPS_KEY is for test mode, but this stack accepts only live"):
        wiring.link(stack, StripeAccess("rk_test_x", "OPS_KEY", "http://127.0.0.1:1"), WANTED, terminal)


def test_without_a_key_the_command_is_made_of_the_stacks_settings() -> None:
    """Its metadata key, and where its function asks Stripe."""
    settings = {**SETTINGS, "USER_ID_METADATA_KEY": "uid", "STRIPE_API_URL": "http://127.0.0.1:9"}
    outcome = wiring.by_hand(Aws(settings).stack, WANTED)
    assert outcome.command is not None
    assert "'metadata[uid]=user_1' http://127.0.0.1:9/v1/subscriptions/sub_1" in outcome.command
    assert not outcome.is_done


class Tty(io.StringIO):
    """A terminal's input."""

    def isatty(self) -> bool:
        """It is one."""
        return True


def test_where_nobody_can_be_asked_the_answer_must_be_given(monkeypatch: pytest.MonkeyPatch) -> None:
    """The message says how."""
    monkeypatch.setattr("sys.stdin", io.StringIO("y\n"))
    console = Console(file=io.StringIO())
    with pytest.raises(CliError, match=r"Take it\? Nobody is here to answer.*--yes"):
        Terminal(console, yes=False).agree("Take it?")
    Terminal(console, yes=True).agree("Take it?")


@pytest.mark.parametrize("answer", ["n", ""])
def test_a_person_can_say_no(monkeypatch: pytest.MonkeyPatch, answer: str) -> None:
    """Which is what a mere return means."""
    monkeypatch.setattr("sys.stdin", Tty(f"{answer}\n"))
    with pytest.raises(click.Abort):
        Terminal(Console(file=io.StringIO()), yes=False).agree("Take it?")


def test_a_person_can_say_yes(monkeypatch: pytest.MonkeyPatch) -> None:
    """And the command goes on."""
    monkeypatch.setattr("sys.stdin", Tty("y\n"))
    Terminal(Console(file=io.StringIO()), yes=False).agree("Take it?")


NOW, ALREADY = (
    "sub_1 is labelled with user_1 now (metadata userId).",
    "sub_1 is labelled with user_1 already; nothing was written.",
)
APPLIES = "Stripe sends customer.subscription.updated, which applies it"
HELP = (
    "`stripe-handler doctor` looks at everything on the way; "
    "`stripe-handler sync --subscription sub_1` reads it from Stripe now."
)


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (
            Outcome(waiting=2, is_written=True),
            [NOW, f"{APPLIES} and whatever waits for it (2 events)."],
        ),
        (Outcome(waiting=0, is_written=True), [NOW, f"{APPLIES}."]),
        (Outcome(waiting=1, is_written=True, is_applied=True), [NOW, "The profile of user_1 has it."]),
        (
            Outcome(waiting=1, is_written=True, is_applied=False),
            [NOW, f"The profile of user_1 did not get it in time. {HELP}"],
        ),
        (Outcome(waiting=0, label_before="user_1"), [ALREADY]),
        (Outcome(waiting=1, label_before="user_1"), [ALREADY, f"1 event still waits for it. {HELP}"]),
        (Outcome(command="curl …"), ["curl …"]),
    ],
)
def test_it_is_said_what_was_done_and_what_follows(
    outcome: Outcome, told: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A command for somebody else stands alone on standard output, so that it can be piped."""
    print_outcome(WANTED, "userId", outcome, as_json=False)
    assert capsys.readouterr().out.splitlines() == told


def test_json_tells_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    """With every field in any case."""
    outcome = Outcome(label_before="user_0", waiting=2, is_written=True, is_applied=True)
    print_outcome(WANTED, "userId", outcome, as_json=True)
    assert json.loads(capsys.readouterr().out) == {
        "subscription_id": "sub_1",
        "user_id": "user_1",
        "account": None,
        "metadata_key": "userId",
        "label_before": "user_0",
        "owner_before": None,
        "waiting": 2,
        "written": True,
        "applied": True,
        "command": None,
    }


def test_no_command_reads_another_accounts_list(capsys: pytest.CaptureFixture[str]) -> None:
    """`sync` asks about the key's own account, so it is not recommended."""
    foreign = attrs.evolve(WANTED, account="acct_1")
    print_outcome(foreign, "userId", Outcome(waiting=0, is_written=True, is_applied=False), as_json=False)
    assert "sync" not in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [[], ["sub_1"]])
def test_both_are_to_be_named(tmp_path: Path, arguments: list[str]) -> None:
    """Else it is wrong usage."""
    (tmp_path / "outputs.json").write_text("{}")
    result = CliRunner().invoke(root, ["link", *arguments, "--outputs", str(tmp_path / "outputs.json")])
    assert (result.exit_code, "Missing argument" in result.output) == (2, True), result.output


def test_the_command_explains_itself() -> None:
    """With examples; and a key is never the value of an option."""
    result = CliRunner().invoke(root, ["link", "--help"])
    assert (result.exit_code, result.output.count("stripe-handler link ")) == (0, 4)
    assert "--stripe-key-variable" in result.output
