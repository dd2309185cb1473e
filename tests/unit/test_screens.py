"""What each command prints holds at every width: ids are whole, and words say what colours say."""

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import attrs
import pytest
from rich.console import Console
from rich.text import Text

from stripe_handler_cli.common.tables import fields
from stripe_handler_cli.lab.chaos.certificate import Certificate
from stripe_handler_cli.lab.chaos.counterexamples import Counterexample
from stripe_handler_cli.lab.chaos.day.certificate import DayCertificate, Healing
from stripe_handler_cli.lab.chaos.day.certificate import Difference as Different
from stripe_handler_cli.lab.chaos.day.incidents import Kind as Kinds
from stripe_handler_cli.lab.chaos.day.report import print_day
from stripe_handler_cli.lab.chaos.report import print_certificate
from stripe_handler_cli.lab.simulator.statistics import Statistics
from stripe_handler_cli.operate.dlq import report as dead_letters
from stripe_handler_cli.operate.doctor.areas.rule import rule_enabled
from stripe_handler_cli.operate.doctor.check import Status
from stripe_handler_cli.operate.doctor.examination import Result
from stripe_handler_cli.operate.doctor.exercise.report import Report as Exercised
from stripe_handler_cli.operate.doctor.exercise.report import print_result as print_step
from stripe_handler_cli.operate.doctor.exercise.report import print_road
from stripe_handler_cli.operate.doctor.exercise.report import print_summary as print_exercise
from stripe_handler_cli.operate.doctor.exercise.steps import STEPS, failed, passed, unanswered
from stripe_handler_cli.operate.doctor.exercise.steps import Result as StepResult
from stripe_handler_cli.operate.doctor.report import print_report
from stripe_handler_cli.operate.explain.attribution import Attribution
from stripe_handler_cli.operate.explain.gathering import Explanation
from stripe_handler_cli.operate.explain.report import print_explanation
from stripe_handler_cli.operate.explain.timeline import Entry, Failure, State
from stripe_handler_cli.operate.forget.letters import Looked
from stripe_handler_cli.operate.forget.remaining import of_person
from stripe_handler_cli.operate.forget.report import Report
from stripe_handler_cli.operate.forget.report import print_report as print_forgotten
from stripe_handler_cli.operate.parked.report import print_waiting
from stripe_handler_cli.operate.parked.waiting import Waiting, WaitingEvent
from stripe_handler_cli.operate.profile_events import redriving
from stripe_handler_cli.operate.profile_events.messages import LostChanges
from stripe_handler_cli.operate.profile_events.report import print_lost, print_results
from stripe_handler_cli.operate.reconcile.asked_report import print_asked
from stripe_handler_cli.operate.reconcile.owners import OwnersFound
from stripe_handler_cli.operate.reconcile.report import print_differences, print_owners, print_summary
from stripe_handler_cli.operate.reconcile.sync import Asked
from stripe_handler_cli.operate.replay.report import print_summary as print_replay
from stripe_handler_cli.operate.replay.summary import Summary
from stripe_handler_cli.operate.show.report import print_customer, print_user
from stripe_handler_cli.stack.archive import Replay
from stripe_handler_cli.stack.dead_letters.messages import DeadLetter, Layer
from stripe_handler_cli.stack.dead_letters.queues import Counts, Listing, Queue
from stripe_handler_cli.stack.event_rows import print_header
from stripe_handler_cli.stack.following.outcome import handled, not_handled, print_outcome
from stripe_handler_cli.stack.function_log import LogLine
from stripe_handler_cli.stack.lost_ledger import LedgerLook
from stripe_handler_cli.stack.stored import CustomerRecord, ParkedEvent, UserRecord
from stripe_handler_cli.stack.stored.lost import Lost
from stripe_handler_cli.stack.stored.misplaced import Misplaced
from stripe_handler_cli.tools.packaging import BuiltZip
from stripe_handler_cli.tools.packaging.command import print_built
from stripe_subscription_handler.comparison.differences import Difference, Kind
from stripe_subscription_handler.comparison.fields import Field
from stripe_subscription_handler.comparison.tally import Tally
from stripe_subscription_handler.conversation.forgetting import Forgotten
from stripe_subscription_handler.conversation.links import Customer, Link
from stripe_subscription_handler.conversation.marking import FromCustomer
from stripe_subscription_handler.conversation.messages import Links
from stripe_subscription_handler.decisions.claims import Claim
from stripe_subscription_handler.decisions.claims import Kind as ClaimKind
from stripe_subscription_handler.decisions.view_settings import DEFAULTS
from stripe_subscription_handler.events.envelope import parse_event
from support import events
from support.doctor.exercise import a_road
from support.imports import imported_names, modules
from support.model import Tables
from support.screens import MIDDLE, NARROW, WIDE, plain, screen

SUBSCRIPTION = "sub_1MowQVLkdIwHu7ixeRlqHVzs"
CUSTOMER = "cus_NffrFeUfNV2Hib"
EVENT = "evt_1QMovewQVLkdIwHu7ixeRlqHVzs"
USER = "d290f1ee-6c54-4b01-90e6-d701748f0851:key:eu-central-1"
INVOICE = "in_1MtHbELkdIwHu7ixl4OzzPMv"
TYPE = "customer.subscription.updated"
SECOND = "2026-11-03T10:00:00Z"
MESSAGE = "9b5a0d6e-7a53-4e0c-9f2e-3c1f5d8a7b60"
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
ARN = "arn:aws:lambda:eu-central-1:123456789012:function:bayon-stripe-subscription-handler-production"
WORDS = "the message of an error goes on and on, " * 4


@attrs.frozen
class Shown:
    """What a command shows.

    Attributes:
        whole: What must be found in it as it is.
        together: What stands in one line of a pipe.
        marks: Words that say what a colour says.
    """

    show: Callable[[Console], Any]
    whole: tuple[str, ...]
    together: tuple[str, ...]
    marks: tuple[str, ...] = ()


def profile() -> UserRecord:
    """A user with one subscription, whose status the app has overwritten."""
    tables = Tables()
    body = events.subscription(id=SUBSCRIPTION, customer=CUSTOMER, user=USER)
    tables.deliver(parse_event(events.created(body, event_id=EVENT)))
    stored = {**tables.profiles[USER], "subscriptionStatus": "trialing"}
    return UserRecord.of(USER, {"PK": f"USER#{USER}", "SK": "PROFILE"}, stored, DEFAULTS)


def line(decision: str, **more: Any) -> LogLine:
    """A line of the function's log."""
    return LogLine(
        handled_at=NOW,
        decision=decision,
        event_id=EVENT,
        event_type=TYPE,
        event_created=SECOND,
        subscription_id=SUBSCRIPTION,
        user_id=USER,
        **more,
    )


def explained(console: Console) -> None:
    """An attribute of another's making, one late event, one failed, and Stripe's list."""
    event = parse_event(events.updated(events.subscription(id=SUBSCRIPTION), event_id=EVENT))
    late = line("skip", reason="stale")
    status = Attribution(
        "subscriptionStatus", "active", None, (), None, (late,), is_found=False, found="trialing"
    )
    explanation = Explanation(
        record=profile(),
        customers=(),
        attributions=(status,),
        passed=(),
        failures=(Failure(line("error", error_type="KeyError", reason=WORDS), 1),),
        timeline=(Entry(event, State.NOT_SEEN, None, 0, is_covered=False),),
        stripe_since=NOW,
        log_since=NOW,
        decisions_are_logged=True,
        lines=1,
        lines_left_out=False,
    )
    print_explanation(console, explanation, "")


def customer(console: Console) -> None:
    """One subscription of nobody, one event that waits."""
    claim = Claim(ClaimKind.CUSTOMER, f"{SECOND} 1", USER)
    waits = ParkedEvent(EVENT, TYPE, CUSTOMER, SUBSCRIPTION, SECOND, "2026-12-03T10:00:00Z")
    links = Links(Customer(claim, frozenset({EVENT})), {SUBSCRIPTION: Link(None, claim)})
    print_customer(console, CustomerRecord.of(CUSTOMER, links, {}, (waits,)))


def waiting(console: Console) -> None:
    """One event that expires soon."""
    one = WaitingEvent(EVENT, TYPE, CUSTOMER, SUBSCRIPTION, SECOND, "2026-11-25T10:00:00Z", is_expiring=True)
    print_waiting(console, Waiting(1, 1, (one,)), " --workspace production")


def listed(console: Console) -> None:
    """One dead letter with a long message, in a list and alone."""
    letter = DeadLetter(
        "5fea7756-0ea4-451a-a703-a558b933e274",
        Layer.FUNCTION,
        event_id=EVENT,
        event_type=TYPE,
        user_id=USER,
        sent_at=NOW - timedelta(days=2),
        received=1,
        attempts=3,
        error_type="ResourceNotFoundException",
        error_message=WORDS,
    )
    queue: Any = Queue(None, "https://queue", Layer.FUNCTION, "userId")  # type: ignore[arg-type]
    dead_letters.print_listings(
        console, [Listing(queue, Counts(1, 0, 1_209_600), (letter,), 1, is_whole=True)], NOW
    )
    dead_letters.print_letter(console, letter, None, NOW)


def lost(console: Console) -> None:
    """A change that could not be told, and that its stream has no more."""
    one = LostChanges(
        MESSAGE,
        "receipt",
        count=1,
        reason="ChangeTooLargeError",
        message=WORDS,
        since=NOW - timedelta(days=2),
    )
    print_lost(console, [one], NOW)
    print_results(console, [redriving.Result(one, outcome, WORDS.strip()) for outcome in redriving.Outcome])


def examined(console: Console) -> None:
    """A failure that names an ARN, and a check that passed."""
    results = [
        Result(
            rule_enabled, Status.FAIL, f"the target is {ARN}, and not the function", None, has_looked=True
        ),
        Result(rule_enabled, Status.PASS, "1 rule", None, has_looked=True),
    ]
    print_report(console, results)


def compared(console: Console) -> None:
    """One difference in a truth value."""
    tally = Tally(profiles=1)
    changes = (Field("subscriptionCancelAtPeriodEnd", stored=False, stripe=True),)
    tally.add(Difference(Kind.STALE, SUBSCRIPTION, USER, CUSTOMER, changes, note=WORDS))
    print_differences(console, tally)
    print_summary(console, tally, apply=False)


def owned(console: Console) -> None:
    """One subscription in a profile that does not own it, one that its owner's has lost."""
    misplaced = (Misplaced(SUBSCRIPTION, USER, "user_2", CUSTOMER),)
    print_owners(console, OwnersFound(misplaced, 1, 1, (Lost(f"{SUBSCRIPTION}_2", USER, CUSTOMER),)), "")


def answered(console: Console) -> None:
    """One profile put right by the function, one question refused."""
    changed = ["subscriptionCancelAtPeriodEnd", "subscriptionStatus"]
    done = [{"what": "stale", "subscriptionId": SUBSCRIPTION, "changed": changed, "note": WORDS}]
    well = {"ok": True, "userId": USER, "profile": {}, "done": done, "left": []}
    error = {"code": "unmapped", "message": WORDS}
    refused = Asked("customer", CUSTOMER, {"ok": False, "error": error})
    print_asked(console, [Asked("user_id", USER, well), refused])


def replayed(console: Console) -> None:
    """One event that changed a profile, one that failed."""
    summary = Summary()
    summary.add(line("write", reason="primary", changed=("subscriptionStatus",)))
    summary.add(attrs.evolve(line("error", error_type="KeyError"), event_id=f"{EVENT}_2"))
    replay = Replay("again", "COMPLETED", None, NOW, NOW, NOW, None)
    print_replay(console, replay, summary, is_told=True)


def followed(console: Console) -> None:
    """One event that was written, one that nobody handled."""
    said = {"decision": "write", "reason": "primary", "requests": 1, "user_id": USER}
    changes = {"subscriptionCancelAtPeriodEnd": (False, True), "subscriptionId": (SUBSCRIPTION, None)}
    print_header(console)
    print_outcome(console, 1, handled(EVENT, TYPE, said, changes))
    print_outcome(console, 2, not_handled(f"{EVENT}_2", TYPE, 5))


def proven(console: Console) -> None:
    """A certificate with one user that differs."""
    wrong = Counterexample(
        user_id=USER,
        differences={"subscriptionCancelAtPeriodEnd": (True, False)},
        events=[{"time": SECOND, "id": EVENT, "type": TYPE, "decision": "write", "reason": None}],
        story=None,  # type: ignore[arg-type]
    )
    counts = dict.fromkeys(
        ("seed", "users", "events", "thin_events", "deliveries", "duplicates", "reorderings", "kills"), 1
    )
    more = dict.fromkeys(("attempts", "cut_short", "redriven", "parked", "profiles_compared"), 1)
    certificate = Certificate(
        **counts, **more, errors={}, seconds=1.0, profiles_showing={}, counterexamples=[wrong]
    )
    print_certificate(console, certificate)


def healed(console: Console) -> None:
    """A day's certificate: one kind of incident, and one user that differs."""
    counts = dict.fromkeys(
        ("seed", "users", "profiles", "past_events", "events", "deliveries", "duplicates", "thin_events"), 1
    )
    more = dict.fromkeys(("kills", "stripe_faults", "stripe_requests", "attempts", "ever_wrong"), 1)
    rest = dict.fromkeys(("passes", "repaired", "slice_errors", "told_missed", "looks"), 1)
    certificate = DayCertificate(
        **counts,
        **more,
        **rest,
        day="2026-06-01",
        speed=240.0,
        check_every_hours=6.0,
        repair=True,
        past_seconds=1.0,
        errors={"StripeUnavailableError": 1},
        healing={Kinds.NOT_GENERATED: Healing(1, 1, 0, 5400.0, 5400.0, 5400.0)},
        usual=(0.02, 0.45, 1.31),
        found={"missed_event": 1},
        alarms={"drift_found": 1},
        waiting=(1, 0),
        seconds=1.0,
        right_after_hours=None,
        left_out=("killed processes: the function's cannot be reached",),
        differences=(
            Different(
                USER,
                {"subscriptionCancelAtPeriodEnd": (True, False)},
                ((1_780_272_000.0, f"{TYPE} sub_1", "event never came"),),
            ),
        ),
    )
    print_day(console, certificate)


def simulated(console: Console) -> None:
    """Counts of one life."""
    Statistics(1, 1, Counter({"trial": 1}), Counter({"2025-basil": 1}), Counter({TYPE: 1})).print_summary(
        console, 1.0
    )


def packaged(console: Console) -> None:
    """A zip in a deep directory."""
    path = Path("/srv") / ("a-deep-directory/" * 8) / "handler.zip"
    print_built(
        console,
        BuiltZip(
            path=path,
            size_bytes=1,
            unpacked_size_bytes=1,
            file_count=1,
            sha256="e3b0c44298fc1c149afbf4c8996fb924" * 2,
            bytecode_python=None,
            has_stripe=True,
        ),
    )


def asked(console: Console) -> None:
    """What the demo's app asks, under a title."""
    console.print(fields([("may it in", Text("yes")), ("to", {"is": True, "of": ARN})], "The app asks"))


def forgotten(console: Console) -> None:
    """A part of a shared customer, one message, and what is left."""
    part = FromCustomer(CUSTOMER, frozenset({"user_2"}), frozenset({SUBSCRIPTION}), frozenset({EVENT}))
    done = Forgotten(USER, (part,), ("subscriptionId",), left=("name",))
    queues = (Looked(Layer.DELIVERY, 2, 1, 1), Looked(Layer.FUNCTION, 1, 1, 0))
    left = of_person(done.left, 1, 1, [Path("/srv/dropped.jsonl")], "Profiles")
    print_forgotten(console, Report(done, queues, left, 7), "")


def exercised(console: Console) -> None:
    """A step that went well, one that nobody answers, and one that failed."""
    road = a_road()
    results = (
        StepResult(STEPS[0], unanswered("local AWS lets everybody do everything"), 0.0),
        StepResult(STEPS[2], failed(f"the function {ARN} did not write"), 120.0),
        StepResult(STEPS[-1], passed("removed the profile; nothing is left"), 1.2),
    )
    print_road(console, road)
    for result in results:
        print_step(console, result, " --workspace production")
    print_exercise(console, Exercised(road, USER, results, {}))


SCREENS = {
    "show": Shown(
        lambda console: print_user(console, profile(), LedgerLook(), NOW, ""),
        (USER, SUBSCRIPTION),
        ("subscriptionStatus", "trialing", "the ledger says active"),
        ("no access any more", "past", "the ledger says"),
    ),
    "show --customer": Shown(
        customer, (CUSTOMER, SUBSCRIPTION, EVENT, USER), (SUBSCRIPTION, USER, SECOND), ("nobody yet",)
    ),
    "explain": Shown(
        explained,
        (USER, EVENT),
        (EVENT, TYPE, "not seen", "the profile lacks it"),
        (
            "but the app reads trialing: somebody else has changed it",
            "failed, and not handled since",
            "not seen",
        ),
    ),
    "forget": Shown(
        forgotten,
        (USER, CUSTOMER, SUBSCRIPTION),
        (CUSTOMER, SUBSCRIPTION, "only this user's part"),
        ("Left, and until when", "the app deletes them"),
    ),
    "parked": Shown(
        waiting, (EVENT, SUBSCRIPTION, CUSTOMER), (EVENT, SUBSCRIPTION, CUSTOMER, "soon"), ("soon",)
    ),
    "profile-events": Shown(
        lost, (MESSAGE,), (MESSAGE, "ChangeTooLargeError", "no more"), ("no more", "ChangeTooLargeError")
    ),
    "dlq": Shown(
        listed,
        (EVENT, USER),
        (EVENT, TYPE, USER, "ResourceNotFoundException"),
        ("ResourceNotFoundException",),
    ),
    "doctor": Shown(examined, (ARN,), ("fail", ARN), ("fail", "pass")),
    "doctor --exercise": Shown(
        exercised,
        (ARN,),
        ("fail", "Event arrives", "120.0 s", ARN),
        ("fail", "pass", "open", "not answered here", "docs/runbook.md, delivery_queue_messages"),
    ),
    "reconcile": Shown(
        compared,
        (SUBSCRIPTION, USER),
        (SUBSCRIPTION, USER, "subscriptionCancelAtPeriodEnd no → yes", WORDS.strip()),
    ),
    "reconcile --owners": Shown(
        owned,
        (SUBSCRIPTION, USER, f"{SUBSCRIPTION}_2", CUSTOMER),
        (SUBSCRIPTION, USER, "it belongs to user_2"),
    ),
    "sync --through-function": Shown(
        answered,
        (SUBSCRIPTION, USER, CUSTOMER),
        (SUBSCRIPTION, USER, "stale, repaired"),
        ("stale, repaired", "unmapped"),
    ),
    "replay": Shown(
        replayed, (EVENT, f"{EVENT}_2", USER), (USER, EVENT, "subscriptionStatus"), ("failed event", "error")
    ),
    "send": Shown(
        followed,
        (EVENT, f"{EVENT}_2", USER),
        (EVENT, "subscriptionCancelAtPeriodEnd  no → yes"),
        ("removed", "not handled"),
    ),
    "chaos": Shown(
        proven, (USER, EVENT), ("subscriptionCancelAtPeriodEnd", "yes", "no"), ("is not the truth",)
    ),
    "chaos day": Shown(
        healed, (USER, "1 h 30 min"), ("event not generated", "1 h 30 min"), ("is not the truth",)
    ),
    "simulate": Shown(simulated, (TYPE,), (TYPE, "1")),
    "package": Shown(packaged, ("/srv/" + "a-deep-directory/" * 8 + "handler.zip",), ("files", "1")),
    "demo": Shown(asked, (ARN,), ("to", ARN)),
}
SHOWN_BY_THEIR_PARTS = {"stripe_handler_cli.lab.demo.show"}
"""The demo needs a stack to run; its rows are those of `send`, its other tables have a screen here."""
EVERY = pytest.mark.parametrize("shown", SCREENS.values(), ids=SCREENS)
TERMINALS = pytest.mark.parametrize("columns", [NARROW, 100, MIDDLE, WIDE])
COLOURS = re.compile(r"\x1b\[[0-9;]*\b[39][0-7][0-9;]*m")
ONE_OF_MANY = re.compile(r"\b(?<![,.])1 (?!is\b|pass\b|events/s)[a-z]+s\b")


@EVERY
@TERMINALS
def test_what_is_copied_is_whole(shown: Shown, columns: int) -> None:
    """Nothing is broken or cut; nothing else is wider than the terminal; there is no box."""
    text = plain(screen(shown.show, columns))
    for wanted in shown.whole:
        assert wanted in text
    for line in text.splitlines():
        last = line.split()[-1] if line.split() else ""
        assert len(line) <= columns or len(last) > columns // 3 or "stripe-handler" in line, line
    assert not set(text) & set("│┃┏┓╭╮|")


@EVERY
def test_a_pipe_gets_a_row_in_a_line(shown: Shown) -> None:
    """For grep and copy: no colour, no box, no rule, and what belongs together in one line."""
    text = screen(shown.show)
    assert any(all(part in line for part in shown.together) for line in text.splitlines()), text
    assert not set(text) & set("\x1b│┃┏┓╭╮─━")
    assert text == "\n".join(line.rstrip() for line in text.split("\n"))


@EVERY
@pytest.mark.parametrize("columns", [NARROW, WIDE, None])
def test_no_colour_is_the_only_mark(
    shown: Shown, columns: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With NO_COLOR there is none, and the words say the same."""
    monkeypatch.setenv("NO_COLOR", "1")
    text = screen(shown.show, columns)
    assert COLOURS.search(text) is None
    for mark in shown.marks:
        assert mark in " ".join(plain(text).split())


@EVERY
@pytest.mark.parametrize("columns", [NARROW, WIDE, None])
def test_one_is_no_plural_and_a_truth_is_yes_or_no(shown: Shown, columns: int | None) -> None:
    """As people say it."""
    text = plain(screen(shown.show, columns))
    assert ONE_OF_MANY.findall(text) == []
    assert not re.search(r"\b(True|False|None)\b", text)


TABLES = "stripe_handler_cli.common.tables"
CLI = {
    name: imported_names(name, path)
    for name, path in modules().items()
    if name.startswith("stripe_handler_cli.")
}


@pytest.mark.parametrize("name", CLI)
def test_tables_and_consoles_are_made_in_one_place(name: str) -> None:
    """Else there would be two styles, and a width at which one of them breaks ids."""
    made = {"rich.table.Table", "rich.box", "rich.panel.Panel", "rich.columns.Columns"}
    assert not CLI[name] & made
    text = modules()[name].read_text(encoding="utf-8")
    assert name == "stripe_handler_cli.common.console" or not re.search(r"\bConsole\(", text)


MESSAGES = {"stripe_handler_cli.common.messages", "stripe_handler_cli.common.interrupts"}
STARTING = {"stripe_handler_cli.cli", "stripe_handler_cli.__main__"}
"""Before a command is loaded, nothing else is."""
PROGRAMS_OF_THEIR_OWN = {
    "stripe_handler_cli.tools.packaging.lock",
    "stripe_handler_cli.tools.terraform.__main__",
}


@pytest.mark.parametrize("name", sorted(CLI.keys() - MESSAGES - STARTING - PROGRAMS_OF_THEIR_OWN))
def test_errors_notes_and_questions_are_told_in_one_place(name: str) -> None:
    """Else the terminal breaks them, ids and all."""
    text = modules()[name].read_text(encoding="utf-8")
    assert re.findall(r"stderr\.write|click\.(?:confirm|prompt)|\berr=True", text) == []


def test_every_module_that_makes_a_table_is_shown_here() -> None:
    """Whoever adds a table adds a screen."""
    makers = {name for name, needs in CLI.items() if needs & {f"{TABLES}.table", f"{TABLES}.fields"}}
    imported = imported_names("test_screens", Path(__file__))
    here = imported | {one.rpartition(".")[0] for one in imported}
    assert makers - here - SHOWN_BY_THEIR_PARTS == set()
