"""The console's parts that know no page: looks, boxes, jobs, what is hidden, the runbook's sections."""

import gc
import threading
import tomllib
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.composed.console import command
from stripe_handler_cli.composed.console.boxes import BAD, OK, UNKNOWN, WARN, picture
from stripe_handler_cli.composed.console.hiding import HIDDEN, hide
from stripe_handler_cli.composed.console.jobs import Job, Jobs
from stripe_handler_cli.composed.console.looks import looks_at
from stripe_handler_cli.composed.console.metrics import POINTS, Series, metrics_of, read_series
from stripe_handler_cli.composed.console.pages.pipeline import fragments
from stripe_handler_cli.composed.console.play import told_anew
from stripe_handler_cli.composed.console.runbook import runbook, section
from stripe_handler_cli.composed.console.server import listening
from stripe_handler_cli.composed.console.site import FILES
from stripe_handler_cli.composed.console.watch import Seen, Watch
from stripe_handler_cli.lab.demo import life
from stripe_handler_cli.operate.parked.waiting import Waiting
from stripe_handler_cli.stack.dead_letters.queues import Counts
from support.checkout import ROOT
from support.looked_at import OUTPUTS, looked_at

HOUR = timedelta(hours=1)


def test_a_look_that_hangs_holds_up_nobody_and_is_made_once() -> None:
    """The others are told; it is told as late, and then with what it saw."""
    goes_on, made = threading.Event(), []

    def slow() -> str:
        made.append(1)
        goes_on.wait()
        return "seen"

    with ThreadPoolExecutor(4) as threads:
        watch = Watch({"slow": slow, "quick": lambda: 7}, threads, 0.0, patience_seconds=0.02)
        for _ in range(3):
            seen = watch.look()
            assert seen["quick"].value == 7
            assert seen["slow"].late_seconds is not None
        assert made == [1]
        goes_on.set()
        watch.patience_seconds = 10
        assert (watch.look()["slow"].value, len(made)) == ("seen", 1)


def test_a_look_that_is_refused_keeps_what_it_saw_before() -> None:
    """With the reason it could not look now."""
    answers: list[Any] = [3, CliError("the output is missing"), 4]

    def look() -> int:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return int(answer)

    with ThreadPoolExecutor(1) as threads:
        watch = Watch({"one": look}, threads, 0.0)
        assert watch.look()["one"].value == 3
        refused = watch.look()["one"]
        assert (refused.value, refused.error) == (3, "the output is missing")
        assert watch.look()["one"].error is None


def test_looks_are_made_no_oftener_than_wanted() -> None:
    """However many pages are open."""
    now, made = [100.0], []
    with ThreadPoolExecutor(1) as threads:
        watch = Watch({"one": lambda: made.append(1)}, threads, 30.0, clock=lambda: now[0])
        for moment in (100.0, 110.0, 129.0, 131.0):
            now[0] = moment
            watch.look()
    assert len(made) == 2


def seen(**changes: Seen) -> dict[str, Seen]:
    """Looks at a stack where all is well."""
    series = {key: Series() for key in metrics_of(OUTPUTS)}
    counts = Counts(0, 0, 1_209_600)
    usual = {"figures": series, "rule": {"state": "ENABLED"}, "delivery": counts, "failure": counts}
    told = {name: Seen(value) for name, value in usual.items()}
    return {**told, "parked": Seen(Waiting(0, 0, ())), "alarms": Seen(()), **changes}


def states(**changes: Seen) -> dict[str, str]:
    """The state of each box."""
    return {one.key: one.state for one in picture(seen(**changes), OUTPUTS, "now").boxes}


def test_a_box_says_how_it_is() -> None:
    """A queue that holds something, a rule that is off, events that expire: trouble. What waits: a look."""
    assert set(states().values()) == {OK}
    assert states(failure=Seen(Counts(1, 0, 1)))["failure"] == BAD
    assert states(rule=Seen({"state": "DISABLED"}))["rule"] == BAD
    assert states(parked=Seen(Waiting(2, 0, ())))["profiles"] == WARN
    assert states(parked=Seen(Waiting(2, 1, ())))["profiles"] == BAD
    assert states(untold=Seen(3))["untold"] == WARN
    assert states(delivery=Seen(error="refused"))["delivery"] == UNKNOWN
    assert states(delivery=Seen(late_seconds=4))["delivery"] == UNKNOWN
    drift = picture(seen(drift=Seen(None)), OUTPUTS, "now")
    assert any("no pass yet" in figure.label for box in drift.boxes for figure in box.figures)


def test_a_picture_is_told_in_a_sentence() -> None:
    """For whoever does not see it."""
    assert picture(seen(), OUTPUTS, "now").summary == "0 alarms ringing. Every box is well."
    told = picture(seen(failure=Seen(Counts(1, 0, 1))), OUTPUTS, "now").summary
    assert told == "0 alarms ringing. Failure queue: trouble."


def test_looking_for_a_day_takes_no_more_memory() -> None:
    """What a look has seen takes the place of what it saw before."""
    desk = looked_at().desk
    watch = Watch(looks_at(desk), desk.threads, 0.0)

    def left_after(polls: int) -> int:
        for _ in range(polls):
            fragments(picture(watch.look(), desk.outputs, "now"))
        gc.collect()
        return tracemalloc.get_traced_memory()[0]

    tracemalloc.start()
    try:
        before = left_after(50)
        assert left_after(150) - before < 100_000
    finally:
        tracemalloc.stop()


def test_figures_stand_at_their_time() -> None:
    """The last one is that of the period which is under way; a time that is not asked for counts nowhere."""
    now = datetime(2026, 12, 1, 10, 2, tzinfo=UTC)

    class CloudWatch:
        def get_metric_data(self, **request: Any) -> dict[str, Any]:
            assert request["EndTime"] == datetime(2026, 12, 1, 10, 5, tzinfo=UTC)
            times = [request["StartTime"] - HOUR, request["StartTime"], request["EndTime"] - HOUR / 12]
            return {"MetricDataResults": [{"Id": "matched", "Timestamps": times, "Values": [9, 1, 2]}]}

    found = read_series(CloudWatch(), metrics_of(OUTPUTS), now)
    assert found["matched"].values == (1.0, *(0.0,) * (POINTS - 2), 2.0)
    assert (found["matched"].total, found["matched"].last, found["write"].total) == (3, 2, 0)


def test_of_each_kind_one_job_runs_and_few_are_kept() -> None:
    """A second one is the first; an error is told, of what nobody expected its kind alone."""
    goes_on = threading.Event()
    with ThreadPoolExecutor(2) as threads:
        jobs = Jobs(threads)
        first = jobs.begin("doctor", "first", lambda _: goes_on.wait())
        assert jobs.begin("doctor", "second", lambda _: None) is first
        goes_on.set()
    for number in range(30):
        with ThreadPoolExecutor(1) as jobs.threads:
            jobs.begin("drift", str(number), lambda job: [job.say(str(line)) for line in range(500)])
    last = jobs.last("drift", "doctor")
    assert last is not None
    assert (last.title, len(last.lines), last.is_running) == ("29", 200, False)
    assert jobs.get(first.number) is None
    assert sum(jobs.get(number) is not None for number in range(40)) <= 21


def test_a_job_that_fails_says_why() -> None:
    """A user error whole, another error by its kind: its text may quote anything."""

    def fails(error: Exception) -> str | None:
        with ThreadPoolExecutor(1) as threads:
            job = Jobs(threads).begin("x", "x", lambda _: (_ for _ in ()).throw(error))
        return job.error

    assert fails(CliError("no drift check")) == "no drift check"
    assert fails(RuntimeError("jane@example.com")) == "an error in the console itself: RuntimeError"


def test_progress_is_told_with_what_there_is() -> None:
    """About how many, where somebody knows."""
    job = Job(1, "x", "x", "now")
    job.progress("profiles", 1200, 5000)
    assert job.count == "1,200 of about 5,000 profiles"
    job.progress("items", 3, 0)
    assert job.count == "3 items"


def test_what_nobody_has_thought_of_is_hidden() -> None:
    """Texts and numbers under other keys than the named ones; the shape stays, and so do ids."""
    event = {
        "id": "evt_1",
        "data": {
            "object": {"id": "sub_1", "email": "jane@example.com", "metadata": {"userId": "jane", "x": "y"}}
        },
        "amounts": [1, {"phone": "+49"}],
        "client_secret": "pi_1_secret_2",
        "default_payment_method": "pm_1Abc",
        "livemode": False,
    }
    assert hide(event, user_key="userId") == {
        "id": "evt_1",
        "data": {"object": {"id": "sub_1", "email": HIDDEN, "metadata": {"userId": "jane", "x": HIDDEN}}},
        "amounts": [HIDDEN, {"phone": HIDDEN}],
        "client_secret": HIDDEN,
        "default_payment_method": "pm_1Abc",
        "livemode": False,
    }


def test_every_alarm_has_its_section_of_the_runbook() -> None:
    """With the commands as code; links are told as their text."""
    page = runbook(ROOT)
    parts = section(page, "failure_queue_messages")
    assert [one.kind for one in parts[:1]] == ["text"]
    assert any(one.kind == "code" and "stripe-handler dlq list" in one.text for one in parts)
    assert not any("](" in one.text for one in parts if one.kind != "code")
    assert section(page, "no_such_alarm") == ()


def test_without_a_checkout_there_is_no_runbook(tmp_path: Path) -> None:
    """An alarm's own description says the same in short."""
    assert runbook(tmp_path) == ""


def test_the_demos_life_is_told_anew_with_ids_of_its_own() -> None:
    """Nothing of it is about the demo's own user, customer or subscription."""
    for delivery in life.story():
        told = str(told_anew(delivery.event, "user_play_1", "ab12"))
        assert life.USER_ID not in told
        assert "'sub_1QDemoSubscription'" not in told
        assert "'cus_DemoCustomer'" not in told
        assert "user_play_1" in told


def test_a_port_that_is_taken_is_told_or_another_one_found() -> None:
    """It is told where it was named."""
    with listening(0, is_named=True) as taken:
        port = taken.getsockname()[1]
        assert taken.getsockname()[0] == "127.0.0.1"
        with pytest.raises(CliError, match=f"Port {port}"):
            listening(port, is_named=True)
        with listening(port, is_named=False) as other:
            assert other.getsockname()[1] != port


def test_every_file_of_the_pages_goes_into_the_package() -> None:
    """By the patterns of pyproject.toml; nothing is built from them."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    patterns = project["tool"]["setuptools"]["package-data"]["stripe_handler_cli"]
    package = FILES.parents[1]
    files = [one.relative_to(package) for kind in ("templates", "static") for one in (FILES / kind).iterdir()]
    assert files
    assert [one for one in files if not any(one.match(pattern) for pattern in patterns)] == []


def test_a_missing_extra_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """With what to install; the other commands need none of it."""
    monkeypatch.setattr(command, "NEEDED", ("no_such_package",))
    with pytest.raises(CliError, match=r"no_such_package.*\n.*\n  pip install '\.\[console\]'"):
        command.require_packages()
