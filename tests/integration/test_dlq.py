"""`stripe-handler dlq` on a real stack: whatever the two queues hold is listed, sent again, or dropped."""

import json
import os
import shlex
import signal
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest
from click.testing import CliRunner

from stripe_handler_cli.cli import cli
from stripe_handler_cli.common.waiting import wait_for
from stripe_handler_cli.stack.endpoint import Endpoint
from support.dead_letters import envelope, error, failure_record
from support.lives import Life
from support.provoking import permission_withdrawn
from support.terminals import CTRL_C, typed_at_a_terminal

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded

EMAIL = "jane@example.com"


@attrs.frozen
class Ran:
    """A command that has ended.

    Attributes:
        exit_code: Its exit code.
        stdout: Its results.
        stderr: Its notes.
    """

    exit_code: int
    stdout: str
    stderr: str

    @property
    def results(self) -> list[dict[str, Any]]:
        """The messages of a redrive with `--json`."""
        return [json.loads(line) for line in self.stdout.splitlines()[:-1]]

    @property
    def summary(self) -> dict[str, Any]:
        """The summary of a redrive with `--json`."""
        summary: dict[str, Any] = json.loads(self.stdout.splitlines()[-1])["summary"]
        return summary


@attrs.frozen
class Operator:
    """Somebody at a terminal, with the outputs of a stack whose queues are empty at first.

    Attributes:
        endpoint: The AWS.
        stack: The stack.
        outputs_file: Its outputs, as `terraform output -json` prints them.
    """

    endpoint: Endpoint
    stack: "Stack"
    outputs_file: Path

    def start(self, command: str, *options: str) -> "subprocess.Popen[str]":
        """Start a `dlq` command in a process of its own."""
        return subprocess.Popen(  # noqa: S603 - our own command
            [
                *(sys.executable, "-m", "stripe_handler_cli", "dlq", command, *options),
                *("--outputs", str(self.outputs_file)),
            ],
            env={**os.environ, **self.endpoint.variables},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, command: str, *options: str, typed: str = "") -> Ran:
        """Run a `dlq` command to its end, in this process."""
        with CliRunner().isolation(input=typed, env=self.endpoint.variables) as (stdout, stderr, _):
            exit_code = cli(["dlq", command, *options, "--outputs", str(self.outputs_file)])
            sys.stdout.flush()
            sys.stderr.flush()
            return Ran(exit_code, stdout.getvalue().decode(), stderr.getvalue().decode())

    def queue_url(self, layer: str) -> str:
        """A queue's URL."""
        names = {"delivery": "delivery_dead_letter_queue_url", "function": "failure_queue_url"}
        return str(self.stack.outputs[names[layer]])

    def count(self, layer: str) -> tuple[int, int]:
        """How many messages of a queue can be had, and how many somebody holds."""
        names = "ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"
        found: Any = self.endpoint.queues.get_queue_attributes(
            QueueUrl=self.queue_url(layer), AttributeNames=["All"]
        )["Attributes"]
        return int(found[names[0]]), int(found[names[1]])

    def fail(self, *events: dict[str, Any]) -> None:
        """Put events on the bus, and wait until the failure queue has one message more for each."""
        visible, _ = self.count("function")
        self.stack.pipeline.put(*events)
        wanted = visible + len(events), 0
        wait_for(lambda: self.count("function") == wanted or None, "the events are in the failure queue", 60)

    def put_back(self, *events: dict[str, Any]) -> None:
        """Put events into the failure queue as Lambda would, for tests that need many."""
        for event in events:
            self.endpoint.queues.send_message(
                QueueUrl=self.queue_url("function"), MessageBody=failure_record(envelope(event), error())
            )


def ended(process: "subprocess.Popen[str]") -> Ran:
    """Wait for a command's end."""
    stdout, stderr = process.communicate(timeout=60)
    assert "Traceback" not in stderr, stderr
    return Ran(process.returncode, stdout, stderr)


@pytest.fixture
def operator(endpoint: Endpoint, other_stack: "Stack", tmp_path: Path) -> Iterator[Operator]:
    """An operator of the second workspace."""
    path = tmp_path / "outputs.json"
    outputs = {name: {"value": value} for name, value in other_stack.outputs.items()}
    path.write_text(json.dumps(outputs), encoding="utf-8")
    operator = Operator(endpoint, other_stack, path)
    for layer in ("delivery", "function"):
        endpoint.queues.purge_queue(QueueUrl=operator.queue_url(layer))
    yield operator
    for layer in ("delivery", "function"):
        endpoint.queues.purge_queue(QueueUrl=operator.queue_url(layer))


@pytest.fixture
def repair(endpoint: Endpoint, other_stack: "Stack") -> Iterator[Callable[[], None]]:
    """The function set to the other of Stripe's modes, so that it refuses every event; call it to repair."""
    name = other_stack.outputs["function_name"]
    before: Any = endpoint.functions.get_function_configuration(FunctionName=name)["Environment"]
    wrong = {"Variables": {**before["Variables"], "LIVEMODE": "live"}}
    endpoint.functions.update_function_configuration(FunctionName=name, Environment=wrong)

    def repaired() -> None:
        endpoint.functions.update_function_configuration(FunctionName=name, Environment=before)

    yield repaired
    repaired()


def poison(life: Life) -> dict[str, Any]:
    """An event that no attempt can apply, with an e-mail address."""
    event = life.updated("poison", 1, status=None)
    event["data"]["object"]["customer_email"] = EMAIL
    return event


def without_permission(operator: Operator, *events: dict[str, Any]) -> None:
    """Put events on the bus while EventBridge may not invoke the function."""
    outputs = operator.stack.outputs
    with permission_withdrawn(operator.endpoint, outputs["function_name"], outputs["rule_arn"]):
        operator.stack.pipeline.put(*events)
        wait_for(lambda: operator.count("delivery")[0] == len(events) or None, "the events are kept", 30)


def test_both_layers_are_listed_shown_and_sent_again(operator: Operator) -> None:
    """One table, no personal data; the event that can be applied is, the other stays with its history."""
    lost, broken = Life("dlq_lost"), Life("dlq_broken")
    without_permission(operator, lost.created())
    operator.fail(poison(broken))

    listed = operator.run("list", "--json")
    rows = {row["event_id"]: row for row in json.loads(listed.stdout)["messages"]}
    assert rows.keys() == {lost.event_id("created"), broken.event_id("poison")}
    delivery, function = rows[lost.event_id("created")], rows[broken.event_id("poison")]
    assert (delivery["layer"], delivery["user_id"]) == ("delivery", lost.user_id)
    assert delivery["error_type"] == "NO_PERMISSIONS"
    assert (function["layer"], function["user_id"]) == ("function", broken.user_id)
    assert (function["attempts"], function["error_type"]) == (3, "InvalidEventError")
    assert function["error_message"] == "detail.data.object.status: must be a non-empty string, is missing"
    assert EMAIL not in listed.stdout + listed.stderr

    dry = operator.run("redrive", "--all", "--dry-run", "--json")
    assert (dry.exit_code, dry.summary["would_send"]) == (0, 2)
    assert (operator.count("delivery"), operator.count("function")) == ((1, 0), (1, 0))
    assert operator.stack.pipeline.profile(lost.user_id) == {}

    sent = operator.run("redrive", "--all", "--json")
    assert sent.exit_code == 1
    assert {row["event_id"]: row["outcome"] for row in sent.results} == {
        lost.event_id("created"): "applied",
        broken.event_id("poison"): "left",
    }
    assert operator.stack.pipeline.profile(lost.user_id)["subscriptionStatus"] == "active"
    assert (operator.count("delivery"), operator.count("function")) == ((0, 0), (1, 0))

    shown = operator.run("show", broken.event_id("poison"))
    assert (shown.exit_code, shown.stdout.count("  error  InvalidEventError")) == (0, 4)
    assert EMAIL in shown.stdout
    [row] = json.loads(operator.run("list", "--layer", "function", "--json").stdout)["messages"]
    # Listed, looked through by the dry run, sent, shown; the first error is kept.
    assert (row["received"], row["error_message"]) == (4, function["error_message"])


def test_after_the_repair_everything_is_applied(operator: Operator, repair: Callable[[], None]) -> None:
    """By error type; what was parked or is a duplicate is dealt with as well."""
    life, stray = Life("dlq_repair"), Life("dlq_stray")
    operator.fail(life.created(), life.paid("paid", 5), stray.created(user=None))
    before = operator.run("redrive", "--error-type", "InvalidEventError", "--json")
    assert (before.exit_code, before.summary["left"], operator.count("function")) == (1, 3, (3, 0))
    repair()
    after = operator.run("redrive", "--error-type", "InvalidEventError")
    assert after.exit_code == 0
    assert "3 messages applied: " in after.stdout
    assert "Parked: kept for 30 days" in after.stdout
    assert operator.count("function") == (0, 0)
    profile = operator.stack.pipeline.profile(life.user_id)
    assert (profile["subscriptionStatus"], profile["lastPaymentStatus"]) == ("active", "succeeded")


def test_two_people_redrive_at_once(operator: Operator) -> None:
    """Between them every event is applied and every message deleted; neither run fails."""
    lives = [Life(f"dlq_both_{number}") for number in range(16)]
    operator.put_back(*(life.created() for life in lives))
    options = ("redrive", "--layer", "function", "--rate", "15", "--json")
    people = operator.start(*options), operator.start(*options)
    runs = [ended(process) for process in people]
    assert [ran.exit_code for ran in runs] == [0, 0]
    applied = {row["event_id"] for ran in runs for row in ran.results if row["outcome"] == "applied"}
    assert applied == {life.event_id("created") for life in lives}
    assert operator.count("function") == (0, 0)
    statuses = {operator.stack.pipeline.profile(life.user_id)["subscriptionStatus"] for life in lives}
    assert statuses == {"active"}


def test_an_interrupted_redrive_has_deleted_only_what_was_applied(operator: Operator) -> None:
    """Control-C: the rest is there for the next one, at once."""
    lives = [Life(f"dlq_stop_{number}") for number in range(12)]
    operator.put_back(*(life.created() for life in lives))
    process = operator.start("redrive", "--layer", "function", "--rate", "4", "--json")
    assert process.stdout is not None
    first = json.loads(process.stdout.readline())
    process.send_signal(signal.SIGINT)
    ran = ended(process)
    assert ran.exit_code == 130
    applied = {first["event_id"], *(row["event_id"] for row in ran.results)}
    remaining, held = operator.count("function")
    # The event in hand may have been applied, its message not yet deleted.
    assert (len(applied) + remaining, held) == (12, 0)
    assert (ran.summary["is_whole"], ran.summary["waiting"]) == (False, {"function": remaining})
    handled = {
        line["event_id"] for line in operator.stack.pipeline.log_lines() if line["decision"] == "write"
    }
    assert applied <= handled
    assert operator.run("redrive", "--layer", "function", "--rate", "100").exit_code == 0
    assert operator.count("function") == (0, 0)


def test_ctrl_c_at_a_terminal_tells_what_is_left_and_the_command_that_goes_on(operator: Operator) -> None:
    """Without a stack trace; and that command, typed as it stands, sends the rest."""
    lives = [Life(f"dlq_typed_{number}") for number in range(8)]
    operator.put_back(*(life.created() for life in lives))
    arguments = ["dlq", "redrive", "--layer", "function", "--rate", "4"]
    command = [
        sys.executable,
        "-m",
        "stripe_handler_cli",
        *arguments,
        "--outputs",
        str(operator.outputs_file),
    ]
    ended = typed_at_a_terminal(
        command, {**os.environ, **operator.endpoint.variables}, until="2/8 messages", keys=CTRL_C
    )
    assert (ended.exit_code, "Traceback" in ended.screen) == (130, False), ended.screen
    assert "Broken off. Left, chosen or not: about " in ended.screen
    assert ended.screen.endswith("Stopped.\n")
    again = ended.screen.partition("To go on: stripe-handler dlq ")[2].splitlines()[0]
    assert operator.run(*shlex.split(again)).exit_code == 0
    assert operator.count("function") == (0, 0)
    assert {operator.stack.pipeline.profile(life.user_id)["subscriptionStatus"] for life in lives} == {
        "active"
    }


def test_what_somebody_else_holds_is_counted_and_left_alone(operator: Operator) -> None:
    """It is neither listed nor sent; the commands say that there is more."""
    life = Life("dlq_held")
    operator.put_back(life.created())
    queue_url = operator.queue_url("function")
    [message] = operator.endpoint.queues.receive_message(QueueUrl=queue_url, VisibilityTimeout=600)[
        "Messages"
    ]
    sent = operator.run("redrive", "--id", life.event_id("created"), "--layer", "function")
    assert sent.exit_code == 1
    assert f"Neither queue has a message of {life.event_id('created')}." in sent.stdout
    assert "About 1 more is held by another command" in sent.stdout
    assert operator.stack.pipeline.profile(life.user_id) == {}
    operator.endpoint.queues.delete_message(QueueUrl=queue_url, ReceiptHandle=message["ReceiptHandle"])


def test_without_the_function_the_queues_can_be_read_and_nothing_is_lost(operator: Operator) -> None:
    """Just then the delivery queue fills; sending again is refused before anything is taken."""
    life = Life("dlq_missing")
    operator.put_back(life.created())
    missing = ("--layer", "function", "--resource", "function_name=missing")
    listed = operator.run("list", *missing)
    assert (listed.exit_code, life.event_id("created") in listed.stdout) == (0, True)
    assert "settings cannot be read" in listed.stderr
    sent = operator.run("redrive", *missing)
    assert (sent.exit_code, "Error: AWS: " in sent.stderr) == (1, True)
    assert operator.count("function") == (1, 0)


def test_dropped_messages_are_in_a_file_and_can_be_sent_from_it(operator: Operator, tmp_path: Path) -> None:
    """Junk and all; a no, or no answer, drops nothing."""
    life, path = Life("dlq_drop"), tmp_path / "dropped.jsonl"
    operator.put_back(life.created())
    operator.endpoint.queues.send_message(QueueUrl=operator.queue_url("function"), MessageBody="junk")
    options = ("--layer", "function", "--out", str(path))
    assert operator.run("drop", *options, typed="n\n").exit_code == 1
    assert operator.run("drop", *options).exit_code == 130
    assert (operator.count("function"), path.exists()) == ((2, 0), False)

    dropped = operator.run("drop", *options, "--yes", "--json")
    assert dropped.exit_code == 0
    assert json.loads(dropped.stdout)["dropped"] == 2
    assert operator.count("function") == (0, 0)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert operator.stack.pipeline.profile(life.user_id) == {}

    sent = operator.run("redrive", "--from-file", str(path), "--json")
    assert (sent.exit_code, sent.summary["applied"], sent.summary["unreadable"]) == (1, 1, 1)
    assert operator.stack.pipeline.profile(life.user_id)["subscriptionStatus"] == "active"
