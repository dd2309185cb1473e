"""Scripted sessions of people who act: they are asked, stopped, two at once, new here, or at a kept demo."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import attrs
import pytest

from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe
from stripe_handler_cli.lab.fake_stripe.outliving import outliving
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.tools.terraform.workspace import INPUTS
from support.desk import BROKEN, CHANGED, IDS, UPGRADED, Desk, sub
from support.provoking import configuration
from support.screen_rules import in_one_line, offences
from support.sessions import CTRL_C, NARROW, PIPED, Typed
from support.terraform import ROOT

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded


def test_reconcile_ends_on_ctrl_c(desk: Desk) -> None:
    """7. One line, and the same command goes on; nothing was repaired."""
    typed = Typed("Compare", CTRL_C)
    ended = desk.told("reconcile", "--rate", "1", "--state-file", "stopped.sqlite", typed=[typed])
    assert (ended.exit_code, ended.screen.endswith("\nStopped.\n")) == (130, True), ended.screen


def test_two_people_reconcile_at_once(wiped: Desk) -> None:
    """4. One of them does it, the other is told; afterwards nothing differs."""
    words = ("reconcile", "--apply", "--outputs", "outputs.json")
    people = [wiped.begun(words, mode, {}) for mode in (NARROW, PIPED)]
    ends = [one.ended() for one in people]
    for ended in ends:
        assert offences(ended, IDS) == [], ended.screen
    refused = [ended for ended in ends if "Another run of reconcile uses" in in_one_line(ended.screen)]
    assert [ended.exit_code for ended in ends if ended not in refused] == [0] * (2 - len(refused))
    assert [ended.exit_code for ended in refused] == [1] * len(refused)
    after = wiped.told("reconcile")
    assert (after.exit_code, "no differences" in after.screen) == (0, True), after.screen


def test_a_drop_leaves_nothing_for_git_to_take(desk: Desk, tmp_path: Path) -> None:
    """12. Whole events are personal data: they are kept outside of the checkout; who insists is warned."""

    def git(*words: str) -> str:
        ran = subprocess.run(["git", *words], cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603, S607
        return ran.stdout

    git("init", "--quiet")
    outputs = str(desk.directory / "outputs.json")
    state = {"variables": {"XDG_STATE_HOME": str(desk.directory / "state")}, "directory": tmp_path}
    drop = ["dlq", "drop", "--layer", "function", "--outputs", outputs]
    kept = desk.run([*drop, "--out", "dropped.jsonl"], NARROW, Typed("Delete these", b"n\n"), **state)
    assert "dropped.jsonl is in a git checkout that does not ignore it" in in_one_line(kept.screen)
    assert (kept.exit_code, git("status", "--porcelain")) == (1, "")
    done = desk.run(drop, NARROW, Typed("Delete these", b"y\n"), **state)
    assert (done.exit_code, git("status", "--porcelain")) == (0, ""), done.screen
    [written] = (desk.directory / "state").glob("stripe-handler/dropped/*.jsonl")
    assert BROKEN.event_id("poison") in written.read_text("utf-8")


def planned(stack: "Stack", **variables: str) -> "subprocess.CompletedProcess[str]":
    """What Terraform says of the first workspace with other variables."""
    workspace = stack.deployment.workspace
    words = ["plan", "-input=false", "-no-color", "-refresh=false", "-lock=false", f"-var-file={INPUTS}"]
    return subprocess.run(  # noqa: S603 - our own Terraform
        [str(workspace.terraform), *words, *(f"-var={name}={value}" for name, value in variables.items())],
        cwd=workspace.directory,
        env={**os.environ, **stack.deployment.endpoint.variables},
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_plan_refuses_a_sandboxs_events_for_live_mode(stack: "Stack") -> None:
    """13. Every event would be refused by the function, and nothing would say so before."""
    refused = planned(stack, livemode="live")
    assert refused.returncode == 1
    assert 'livemode is "live", and stripe_event_source_name (ed_test_...) is that of a' in refused.stderr


@pytest.mark.parametrize(
    ("stream", "told"),
    [
        (None, "aws dynamodb update-table --table-name"),
        ("KEYS_ONLY", "the view type NEW_AND_OLD_IMAGES. That of the table"),
    ],
)
def test_the_plan_refuses_a_table_whose_changes_nobody_could_tell(
    stack: "Stack", endpoint: Endpoint, stream: Literal["KEYS_ONLY"] | None, told: str
) -> None:
    """The app's own table without a stream, or with one that does not show both sides of a change."""
    name = f"itest-app-{stream or 'no-stream'}"
    keys: list[tuple[str, Literal["HASH", "RANGE"]]] = [("PK", "HASH"), ("SK", "RANGE")]
    endpoint.dynamodb.create_table(
        TableName=name,
        KeySchema=[{"AttributeName": key, "KeyType": kind} for key, kind in keys],
        AttributeDefinitions=[{"AttributeName": key, "AttributeType": "S"} for key, _ in keys],
        BillingMode="PAY_PER_REQUEST",
        **({"StreamSpecification": {"StreamEnabled": True, "StreamViewType": stream}} if stream else {}),
    )
    refused = planned(stack, create_profile_table="false", profile_table_name=name)
    endpoint.dynamodb.delete_table(TableName=name)
    assert refused.returncode == 1
    assert told in refused.stderr


@pytest.fixture
def kept(
    desk: Desk, endpoint: Endpoint, other_stack: "Stack", stripe: FakeStripe, tmp_path: Path
) -> Iterator[Desk]:
    """10. A stack in the place of a kept demo's; its fake Stripe outlives the command that made it."""
    directory, workspace = tmp_path / ".stripe-handler" / "demo", other_stack.deployment.workspace
    (directory / "terraform" / "workspaces").mkdir(parents=True)
    (directory / "terraform" / "workspaces" / "demo").symlink_to(workspace.directory)
    running = workspace.state_directory.resolve().parent / "local-aws"
    (directory / "local-aws").symlink_to(running)
    with outliving(FakeStripe(stripe.account), directory, None) as ending:
        url = ending.url
    variables = {"STRIPE_API_KEY": API_KEY}
    with configuration(endpoint, desk.pipeline.outputs["function_name"], STRIPE_API_URL=url):
        yield attrs.evolve(desk, variables=variables, directory=tmp_path)
    # Then it ends by itself.
    (directory / "local-aws").unlink()


def test_a_kept_demo_is_found_works_and_is_not_lost(kept: Desk) -> None:
    """10. No option says where it is; its Stripe answers; another demo asks before it takes its place."""
    shown = kept.run(["show", CHANGED.user_id])
    assert "Stack: .stripe-handler/demo on local AWS" in in_one_line(shown.screen)
    assert sub(CHANGED) in shown.screen
    for words in (["reconcile"], ["sync", UPGRADED.user_id]):
        asked = kept.run(words, PIPED)
        assert "Stack: .stripe-handler/demo on local AWS" in asked.screen
        assert "of Stripe" in asked.screen.splitlines()[-1]
    cure = kept.run(["doctor", "--only", "alarm-subscribers"], PIPED)
    assert "apply -var-file=inputs.tfvars.json" in cure.screen
    no = kept.run(["demo"], NARROW, Typed("begin anew? [y/N]:", b"n\n"))
    assert (no.exit_code, "It is left as it is." in in_one_line(no.screen)) == (1, True), no.screen
    nobody = kept.run(["demo", "--keep"], PIPED)
    assert (nobody.exit_code, "--yes ends it" in nobody.screen) == (1, True), nobody.screen
    # 11. The line that `local up` names leads to it, with the command on PATH.
    up = kept.run(["local", "up", "--state-directory", ".stripe-handler/demo/local-aws"], PIPED)
    [line] = [one for one in up.screen.splitlines() if one.startswith("Use it from this shell: ")]
    typed = f"{line.partition(': ')[2]} && stripe-handler show {UPGRADED.user_id}"
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    env = {"PATH": path, "HOME": str(kept.directory)}
    ran = subprocess.run(  # noqa: S602 - our own line
        typed, shell=True, cwd=kept.directory, env=env, capture_output=True, text=True, check=False
    )
    assert (ran.returncode, "AWS_ENDPOINT_URL leads to it" in ran.stderr) == (0, True), ran.stderr


def test_a_new_user_is_asked_and_nothing_tracked_is_changed(desk: Desk, tmp_path: Path) -> None:
    """`init` on a terminal: defaults by Enter; the file is not git's, and every command finds it."""
    (tmp_path / "terraform" / "environments").mkdir(parents=True)
    for path in [*ROOT.glob("variables*.tf"), *ROOT.glob("environments/*.example")]:
        shutil.copy(path, tmp_path / "terraform" / path.relative_to(ROOT))
    answers = (
        ("every resource's name", "acme"),
        ("profile table", "acme-users"),
        ("create that table", ""),
        ("partition key [", ""),
        ("user {userId} [", ""),
        ("sort key (none", ""),
        ("of the sort key [", ""),
        ("nobody) [none]", "ops@example.com"),
    )
    made = desk.run(
        ["init"],
        NARROW,
        *(Typed(until, f"{answer}\n".encode()) for until, answer in answers),
        directory=tmp_path,
    )
    assert made.exit_code == 0, made.screen
    assert "terraform/environments/development.tfvars, which git does not track" in in_one_line(made.screen)
    written = (tmp_path / "terraform" / "environments" / "development.tfvars").read_text("utf-8")
    assert 'prefix             = "acme"' in written or 'prefix = "acme"' in written
    again = desk.run(["init"], NARROW, Typed("Replace it? [y/N]:", b"n\n"), directory=tmp_path)
    assert (again.exit_code, "stays as it is" in in_one_line(again.screen)) == (1, True)


def test_whoever_takes_a_subscription_from_somebody_is_asked(desk: Desk) -> None:
    """The question holds on a narrow terminal too; a no, and an end of input, write nothing."""
    words = ("link", sub(UPGRADED), f"{CHANGED.user_id}_who_wants_it")
    no = desk.told(*words, typed=[Typed("[y/N]:", b"n\n")])
    gone = desk.told(*words, typed=[Typed("[y/N]:", b"\x04")])
    assert [no.exit_code, gone.exit_code] == [130, 130], no.screen + gone.screen
    assert desk.told(*words, mode=PIPED).exit_code == 1
    shown = desk.told("show", UPGRADED.user_id)
    assert (shown.exit_code, sub(UPGRADED) in shown.screen) == (0, True)


def test_what_is_sent_is_followed_everywhere(desk: Desk) -> None:
    """Stands last: Stripe does not know of these users' subscriptions."""
    words = [
        "send",
        "customer.subscription.created",
        "--user",
        "user_1QsSent{mode}",
        "--outputs",
        "outputs.json",
    ]
    modes = (NARROW, PIPED)
    for ended in [one.ended() for one in [desk.begun(words, mode, {}) for mode in modes]]:
        assert offences(ended, IDS) == [], ended.screen
        assert (ended.exit_code, "1 sent, 0 failed" in ended.screen) == (0, True), ended.screen
        assert f"user_1QsSent{ended.mode.name.replace(' ', '-')}" in ended.screen
