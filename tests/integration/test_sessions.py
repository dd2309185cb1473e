"""Scripted sessions: what people type who meet a fault, on terminals of every width, in pipes, uncoloured.

A session's commands stand in a table. What must be on the screen stands there too; what holds for every
screen is in `support.screen_rules`.
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attrs
import pytest

from stripe_handler_cli.lab.fake_stripe import API_KEY, FakeStripe, objects
from stripe_handler_cli.lab.fake_stripe.outliving import outliving
from stripe_handler_cli.stack.endpoint import Endpoint
from stripe_handler_cli.stack.pipeline import Pipeline
from stripe_handler_cli.tools.terraform.workspace import INPUTS
from support import events
from support.dead_letters import envelope, error, failure_record
from support.drift_checks import DriftChecks
from support.lives import Life
from support.provoking import configuration
from support.screen_rules import in_one_line, offences, text
from support.sessions import CTRL_C, MODES, NARROW, PIPED, Ended, Mode, Running, Typed, start
from support.terraform import ROOT
from support.wiping import put_over

if TYPE_CHECKING:
    from conftest import Stack

pytestmark = pytest.mark.embedded

CHANGED, UPGRADED = Life("1QsChangedTqWzKd93MvbnXcLp"), Life("1QsUpgradedHr6YtGfVbNmJuKi")
WAITING, BROKEN = Life("1QsWaitingPo9IuZtRewQaSdFg"), Life("1QsBrokenXc4VbNmLkJhGfDsAq")
WIPED = Life("1QsWipedEd7RfTgBvHnJuMkIol")
LIVES = CHANGED, UPGRADED, WAITING, BROKEN, WIPED
IDS = tuple(life.name for life in LIVES)
"""Every id that is on a screen has one of these in it."""
PAID: dict[str, Any] = {"status": "paid", "status_transitions": {"paid_at": events.T0 + 2}, "total": 2000}


@attrs.frozen
class Desk:
    """A person with the outputs of a stack, AWS credentials and a Stripe key.

    Attributes:
        stack: The stack.
        variables: The environment.
        directory: Where commands are typed.
    """

    stack: "Stack"
    variables: Mapping[str, str]
    directory: Path

    @property
    def pipeline(self) -> Pipeline:
        """The stack's moving parts."""
        return self.stack.pipeline

    def begun(self, arguments: Sequence[str], mode: Mode, variables: Mapping[str, str]) -> Running:
        """Start a command about this stack; `{mode}` in it is another word for each mode."""
        words = [one.format(mode=mode.name.replace(" ", "-")) for one in arguments]
        return start(words, {**self.variables, **variables}, self.directory, mode)

    def run(self, arguments: Sequence[str], mode: Mode = NARROW, *typed: Typed, **more: Any) -> Ended:
        """Run a command to its end, and see that its screen is as every screen is."""
        variables = {**self.variables, **more.pop("variables", {})}
        directory = more.pop("directory", self.directory)
        ended = start(arguments, variables, directory, mode, typed, **more).ended()
        assert offences(ended, IDS) == [], ended.screen
        return ended

    def told(self, *arguments: str, mode: Mode = NARROW, typed: Sequence[Typed] = (), **more: Any) -> Ended:
        """The same, about the stack of the outputs."""
        return self.run([*arguments, "--outputs", "outputs.json"], mode, *typed, **more)


@pytest.fixture(scope="module")
def desk(
    endpoint: Endpoint,
    other_stack: "Stack",
    stripe: FakeStripe,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Desk]:
    """Events were handled; one attribute was changed by hand, one event waits, one is in a queue."""
    directory = tmp_path_factory.mktemp("desk")
    outputs = {name: {"value": value} for name, value in other_stack.outputs.items()}
    (directory / "outputs.json").write_text(json.dumps(outputs), encoding="utf-8")
    desk = Desk(other_stack, {**endpoint.variables, "STRIPE_API_KEY": API_KEY}, directory)
    before, checks = stripe.account, DriftChecks(endpoint, other_stack.pipeline)
    checks.empty_tables()
    endpoint.queues.purge_queue(QueueUrl=other_stack.outputs["failure_queue_url"])
    stripe.account = objects(WAITING.subscription(livemode=False, user=None))
    _play(desk.pipeline, WAITING.created(user=None))
    bill = WIPED.invoice(livemode=False, **PAID)
    second = UPGRADED.subscription(2, livemode=False, created=events.T0 + 20)
    stripe.account = objects(
        CHANGED.subscription(livemode=False),
        UPGRADED.subscription(livemode=False),
        second,
        WIPED.subscription(livemode=False, latest_invoice=bill["id"]),
        bill,
    )
    _play(
        desk.pipeline,
        CHANGED.created(),
        UPGRADED.created(),
        UPGRADED.created("second", second=20, number=2, created=events.T0 + 20),
        WIPED.created(),
        WIPED.paid("paid", 2, **PAID),
    )
    _change(desk.pipeline, CHANGED, "subscriptionStatus", "free")
    broken = BROKEN.updated("poison", 1, status=None)
    endpoint.queues.send_message(
        QueueUrl=other_stack.outputs["failure_queue_url"],
        MessageBody=failure_record(
            envelope(broken), error(message="detail.data.object.status: must be a non-empty string")
        ),
    )
    yield desk
    endpoint.queues.purge_queue(QueueUrl=other_stack.outputs["failure_queue_url"])
    checks.empty_tables()
    stripe.account = before


def _play(pipeline: Pipeline, *stripe_events: dict[str, Any]) -> None:
    for event in stripe_events:
        pipeline.put(event)
    for event in stripe_events:
        pipeline.follow(event["id"])


def _change(pipeline: Pipeline, life: Life, attribute: str, value: str) -> None:
    """Write into a profile what only the function should."""
    key: Any = {name: {"S": text} for name, text in pipeline.config.profile_key(life.user_id).items()}
    pipeline.dynamodb.update_item(
        TableName=pipeline.config.table_name,
        Key=key,
        UpdateExpression="SET #attribute = :value",
        ExpressionAttributeNames={"#attribute": attribute},
        ExpressionAttributeValues={":value": {"S": value}},
    )


@attrs.frozen
class Session:
    """What somebody types, and what that shows.

    Attributes:
        typed: The command, without its name and the options that lead to the stack.
        shows: What is on the screen as it stands here, however narrow it is.
        exit_code: Its exit code.
        together: What one line of a pipe holds.
        key: The Stripe key; None for the right one.
        modes: Where it is typed.
    """

    typed: str
    shows: tuple[str, ...]
    exit_code: int = 0
    together: tuple[str, ...] = ()
    key: str | None = None
    modes: tuple[Mode, ...] = MODES

    def typed_at(self, desk: Desk) -> None:
        """Type it in every mode at once: the commands only look."""
        variables = {} if self.key is None else {"STRIPE_API_KEY": self.key}
        words = [*self.typed.split(), "--outputs", "outputs.json"]
        for ended in [one.ended() for one in [desk.begun(words, mode, variables) for mode in self.modes]]:
            self.holds(ended)

    def holds(self, ended: Ended) -> None:
        """See what it shows."""
        assert offences(ended, IDS) == [], ended.screen
        assert ended.exit_code == self.exit_code, ended.screen
        for wanted in self.shows:
            assert wanted in text(ended.screen) or wanted in in_one_line(ended.screen), ended.screen
        if ended.mode is PIPED and self.together:
            rows = ended.screen.splitlines()
            assert any(all(part in row for part in self.together) for row in rows), ended.screen


def sub(life: Life, number: int = 1) -> str:
    """A subscription's id."""
    return f"sub_{life.name}_{number}"


def cus(life: Life) -> str:
    """A customer's id."""
    return f"cus_{life.name}"


SESSIONS = {
    # 2. The cause is another subscription's event: what it changed in the one shown, nobody claims.
    "explain": Session(f"explain {UPGRADED.user_id}", (sub(UPGRADED, 2), UPGRADED.event_id("second"))),
    # 3. What is known is shown, and then that Stripe does not answer.
    "explain without Stripe's answer": Session(
        f"explain {UPGRADED.user_id}",
        (UPGRADED.event_id("second"), "Error: ", "$STRIPE_API_KEY"),
        exit_code=1,
        key="sk_test_of_somebody_else",
        modes=(NARROW, PIPED),
    ),
    # 8. One changed attribute is one difference.
    "reconcile": Session(
        "reconcile --state-file {mode}.sqlite",
        (sub(CHANGED), CHANGED.user_id, "1 difference"),
        exit_code=1,
        together=(sub(CHANGED), CHANGED.user_id, "subscriptionStatus free → active"),
    ),
    "sync --dry-run": Session(
        f"sync {CHANGED.user_id} --dry-run",
        (sub(CHANGED), "1 difference"),
        exit_code=1,
        together=(sub(CHANGED), CHANGED.user_id),
    ),
    "show": Session(
        f"show {CHANGED.user_id}",
        (sub(CHANGED), "the ledger says"),
        exit_code=1,
        together=("subscriptionStatus", "free", "the ledger says active"),
    ),
    "show --customer": Session(
        f"show --customer {cus(WAITING)}", (cus(WAITING), WAITING.event_id("created")), exit_code=1
    ),
    "parked": Session(
        "parked",
        (
            WAITING.event_id("created"),
            sub(WAITING),
            cus(WAITING),
            f"  stripe-handler link {sub(WAITING)} USER",
        ),
        together=(WAITING.event_id("created"), sub(WAITING), cus(WAITING)),
    ),
    "replay --dry-run": Session(
        "replay --from 2h --dry-run", ("Nothing was started.",), modes=(NARROW, PIPED)
    ),
    # Messages alone: wrong usage, and an id that nobody has.
    "wrong usage": Session(
        "dlq redrive",
        ("say which messages: --id, --error-type, --layer, or --all",),
        exit_code=2,
        modes=(NARROW, PIPED),
    ),
    "nobody": Session(
        f"sync {WIPED.user_id}_who_never_was",
        (f"{WIPED.user_id}_who_never_was",),
        exit_code=1,
        modes=(NARROW, PIPED),
    ),
}


@pytest.mark.parametrize("session", SESSIONS.values(), ids=SESSIONS)
def test_a_screen_holds_everywhere(session: Session, desk: Desk) -> None:
    """Ids are whole, nothing is too wide, colours stay where they are wanted, a pipe has a row in a line."""
    session.typed_at(desk)


@pytest.mark.parametrize("mode", [NARROW, PIPED], ids=lambda mode: mode.name)
def test_dead_letters_hold_too(mode: Mode, desk: Desk) -> None:
    """One after the other, for one who looks hides them from the other."""
    event = BROKEN.event_id("poison")
    listed = Session(
        "dlq list", (event, "InvalidEventError"), together=(event, BROKEN.user_id, "InvalidEventError")
    )
    listed.holds(desk.told("dlq", "list", mode=mode))


WIPED_SESSIONS = {
    # 1. The ledger is gone, and the command that restores it.
    name: Session(
        f"{name} {WIPED.user_id}",
        (
            "The ledger is gone",
            WIPED.event_id(""),
            f"stripe-handler sync {WIPED.user_id} --outputs outputs.json",
        ),
        exit_code=1,
    )
    for name in ("show", "explain")
}


@pytest.fixture(scope="module")
def wiped(desk: Desk) -> Desk:
    """The app has put over one of the profiles."""
    put_over(desk.pipeline, WIPED.user_id)
    return desk


@pytest.mark.parametrize("session", WIPED_SESSIONS.values(), ids=WIPED_SESSIONS)
def test_a_wiped_profile_is_told_everywhere(session: Session, wiped: Desk) -> None:
    """1. With the command that restores it, which is in one line to copy."""
    session.typed_at(wiped)


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


# 14. A missing table is named.
MISSING = "itest-no-such-table-of-a-long-name"
MISSING_SESSIONS = [
    Session(typed, (f"there is no table {MISSING}",), exit_code=1, modes=(NARROW, PIPED))
    for typed in (
        f"show {CHANGED.user_id}",
        f"explain {CHANGED.user_id}",
        "send customer.subscription.created --user user_of_no_table",
    )
]


def test_a_missing_table_is_named(desk: Desk, endpoint: Endpoint) -> None:
    """14. By show, explain and send."""
    function = desk.stack.outputs["function_name"]
    with configuration(endpoint, function, DYNAMODB_TABLE_NAME=MISSING):
        for session in MISSING_SESSIONS:
            session.typed_at(desk)


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


def test_the_plan_refuses_a_sandboxs_events_for_live_mode(stack: "Stack") -> None:
    """13. Every event would be refused by the function, and nothing would say so before."""
    workspace = stack.deployment.workspace
    words = ["plan", "-input=false", "-no-color", "-refresh=false", "-lock=false", f"-var-file={INPUTS}"]
    planned = subprocess.run(  # noqa: S603 - our own Terraform
        [str(workspace.terraform), *words, "-var=livemode=live"],
        cwd=workspace.directory,
        env={**os.environ, **stack.deployment.endpoint.variables},
        capture_output=True,
        text=True,
        check=False,
    )
    assert planned.returncode == 1
    assert 'livemode is "live", and stripe_event_source_name (ed_test_...) is that of a' in planned.stderr


@pytest.fixture
def kept(desk: Desk, endpoint: Endpoint, stripe: FakeStripe, tmp_path: Path) -> Iterator[Desk]:
    """10. A stack in the place of a kept demo's; its fake Stripe outlives the command that made it."""
    directory, workspace = tmp_path / ".stripe-handler" / "demo", desk.stack.deployment.workspace
    (directory / "terraform" / "workspaces").mkdir(parents=True)
    (directory / "terraform" / "workspaces" / "demo").symlink_to(workspace.directory)
    running = workspace.state_directory.resolve().parent / "local-aws"
    (directory / "local-aws").symlink_to(running)
    with outliving(FakeStripe(stripe.account), directory, None) as ending:
        url = ending.url
    variables = {"STRIPE_API_KEY": API_KEY}
    with configuration(endpoint, desk.stack.outputs["function_name"], STRIPE_API_URL=url):
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
    assert kept.run(["show", UPGRADED.user_id]).exit_code == 0


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
