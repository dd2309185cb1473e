"""`stripe-handler send` and `listen` on a real stack: from a type, a file or a webhook to the profile."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.error import HTTPError

import attrs
import pytest
from click.testing import CliRunner
from stripe import WebhookSignature

from stripe_handler_cli.cli import cli
from stripe_handler_cli.lab.simulator import SimulationOptions, simulate
from stripe_handler_cli.stack.endpoint import Endpoint
from support.lives import Life

if TYPE_CHECKING:
    from conftest import Stack

OLD_SECRET, NEW_SECRET = "whsec_old", "whsec_new"

OutputsFile = Callable[["Stack"], str]


@pytest.fixture
def outputs_file(tmp_path: Path) -> OutputsFile:
    """Writes a stack's outputs as `terraform output -json` prints them."""

    def write(stack: "Stack") -> str:
        path = tmp_path / "outputs.json"
        path.write_text(
            json.dumps({name: {"value": value} for name, value in stack.outputs.items()}), "utf-8"
        )
        return str(path)

    return write


def sent(endpoint: Endpoint, *arguments: str) -> tuple[int, list[dict[str, Any]]]:
    """Run `send --json` in this process; its exit code and what it printed."""
    with CliRunner().isolation(env=endpoint.variables) as (stdout, _, _):
        exit_code = cli(["send", "--json", *arguments])
        sys.stdout.flush()
        return exit_code, [json.loads(line) for line in stdout.getvalue().decode().splitlines()]


@pytest.mark.parametrize(
    "which",
    [pytest.param(0, marks=pytest.mark.partner_bus, id="partner_bus"), pytest.param(1, id="custom_bus")],
)
def test_made_events_are_sent_and_followed_to_the_profile(
    which: int, stacks: tuple["Stack", "Stack"], endpoint: Endpoint, outputs_file: OutputsFile
) -> None:
    """Bought, paid, canceled: each event is written, and its change in the profile told."""
    stack, user = stacks[which], f"user_made_{which}"
    types = [f"customer.subscription.{kind}" for kind in ("created", "updated", "deleted")]
    options = "--user", user, "--outputs", outputs_file(stack)
    exit_code, lines = sent(endpoint, *types, "invoice.payment_succeeded", *options)

    assert exit_code == 0, lines
    *outcomes, summary = lines
    assert summary == {"summary": {"sent": 4, "failed": 0, "not_admitted": 0}}
    assert [outcome["decision"] for outcome in outcomes] == ["write"] * 4
    statuses = [outcome["changes"].get("subscriptionStatus") for outcome in outcomes]
    assert statuses == [[None, "active"], None, ["active", "canceled"], None]
    profile = stack.pipeline.profile(user)
    assert (profile["subscriptionStatus"], profile["lastPaymentStatus"]) == ("canceled", "succeeded")


def test_a_file_of_simulated_events_ends_in_the_simulated_profile(
    other_stack: "Stack", endpoint: Endpoint, outputs_file: OutputsFile, tmp_path: Path
) -> None:
    """Given to one's own user; a type that the rule does not admit is told, and is no failure."""
    options = SimulationOptions(scenarios=("upgrade",), eras=("2025-clover",), second_scenario_share=0)
    [life] = simulate(5, 1, options).lives
    [profile] = life.profiles.values()
    events = [event for event in life.events if event["type"] != "invoice.paid"][:8]
    path = tmp_path / "events.jsonl"
    path.write_text(
        "\n".join(map(json.dumps, [*events, {"id": "evt_file", "type": "charge.failed"}])), "utf-8"
    )
    exit_code, lines = sent(
        endpoint, str(path), "--user", "user_of_file", "--outputs", outputs_file(other_stack)
    )

    assert exit_code == 0
    assert lines[-1] == {"summary": {"sent": len(events) + 1, "failed": 0, "not_admitted": 1}}
    assert "event_types" in lines[-2]["note"]
    assert {outcome["user_id"] for outcome in lines[:-2]} == {"user_of_file"}
    seen = other_stack.pipeline.profile("user_of_file")
    assert seen["subscriptionId"] == profile["subscriptionId"]


def test_a_wrong_mode_is_not_sent_unasked(
    other_stack: "Stack", endpoint: Endpoint, outputs_file: OutputsFile, tmp_path: Path
) -> None:
    """The function would fail it, with an alarm; the other mode can be given to it."""
    life = Life("mode")
    path = tmp_path / "event.json"
    path.write_text(json.dumps({**life.created(), "livemode": True}), "utf-8")
    options = str(path), "--outputs", outputs_file(other_stack)
    assert sent(endpoint, *options) == (1, [])
    assert other_stack.pipeline.profile(life.user_id) == {}
    exit_code, lines = sent(endpoint, *options, "--mode", "test")
    assert (exit_code, lines[0]["decision"]) == (0, "write")


@attrs.frozen
class Listening:
    """A running `stripe-handler listen --json`.

    Attributes:
        process: Its process.
        url: Where it listens.
    """

    process: "subprocess.Popen[str]"
    url: str

    def post(self, event: dict[str, Any], secret: str) -> int:
        """Send a webhook as Stripe signs it; the answer's status."""
        payload = json.dumps(event)
        signature = WebhookSignature.generate_signature_header(payload, secret, int(time.time()))
        headers = {"Content-Type": "application/json", "Stripe-Signature": signature}
        request = urllib.request.Request(self.url, payload.encode(), headers)  # noqa: S310 - loopback
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - loopback
                return int(answer.status)
        except HTTPError as error:
            with error:
                return error.code

    def outcome(self) -> dict[str, Any]:
        """The next outcome it prints."""
        assert self.process.stdout
        outcome: dict[str, Any] = json.loads(self.process.stdout.readline())
        return outcome


@pytest.fixture
def listening(endpoint: Endpoint, other_stack: "Stack", outputs_file: OutputsFile) -> Iterator[Listening]:
    """The endpoint of the second workspace, in the midst of a change of secrets."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [
            *(sys.executable, "-m", "stripe_handler_cli", "listen", "--port", "0", "--json"),
            *("--outputs", outputs_file(other_stack)),
        ],
        env={**os.environ, **endpoint.variables, "STRIPE_WEBHOOK_SECRET": f"{OLD_SECRET},{NEW_SECRET}"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stderr
        ready = process.stderr.readline()
        assert ready.startswith("Ready on http://127.0.0.1:"), ready + process.stderr.read()
        yield Listening(process, ready.split()[2].removesuffix(","))
    finally:
        process.kill()
        process.communicate()


def test_a_signed_webhook_reaches_the_profile(listening: Listening, other_stack: "Stack") -> None:
    """With the old secret and the new one; twice does no harm; unsigned ones get nowhere; Ctrl-C ends it."""
    life = Life("webhook")
    created = life.created()
    assert listening.post(created, OLD_SECRET) == 200
    first = listening.outcome()
    assert (first["event_id"], first["decision"]) == (created["id"], "write")
    assert first["changes"]["subscriptionStatus"][0] is None
    assert (
        other_stack.pipeline.profile(life.user_id)["subscriptionId"] == first["changes"]["subscriptionId"][1]
    )

    assert listening.post(created, NEW_SECRET) == 200
    again = listening.outcome()
    assert (again["decision"], again["reason"], again["changes"]) == ("skip", "duplicate", {})

    assert listening.post(life.updated("forged", 5, status="past_due"), "whsec_of_somebody_else") == 400
    assert listening.post({**created, "id": "evt_other", "type": "charge.succeeded"}, NEW_SECRET) == 200
    assert listening.outcome()["note"].startswith("on the bus; the rule does not admit this type")

    listening.process.send_signal(signal.SIGINT)
    stdout, stderr = listening.process.communicate(timeout=30)
    assert (listening.process.returncode, stdout) == (0, "")
    assert "400 signature: no signature matches" in stderr
    assert "Traceback" not in stderr
    assert other_stack.pipeline.profile(life.user_id)["subscriptionStatus"] != "past_due"
