"""`stripe-handler simulate` writes JSON lines and counts what it wrote."""

import json
from pathlib import Path

from click.testing import CliRunner, Result

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.simulator import SimulationOptions, iterate_lives, thin_event
from stripe_handler_cli.lab.simulator.command import simulate as command


def _run(*arguments: str) -> Result:
    return CliRunner().invoke(command, arguments)


def test_it_writes_every_event_and_profile(tmp_path: Path) -> None:
    """Customer by customer, one JSON object a line."""
    events, profiles = tmp_path / "events.jsonl", tmp_path / "profiles.jsonl"
    result = _run("--users", "7", "--seed", "3", "--out", str(events), "--profiles", str(profiles))
    assert result.exit_code == 0, result.output
    lives = list(iterate_lives(3, 7))
    assert [json.loads(line) for line in events.read_text().splitlines()] == [
        event for life in lives for event in life.events
    ]
    assert [json.loads(line) for line in profiles.read_text().splitlines()] == [
        {"userId": user, "profile": profile} for life in lives for user, profile in life.profiles.items()
    ]
    assert "7/7 customers" in result.stderr
    assert "customer.subscription.created" in result.stdout


def test_the_json_summary_counts_what_was_written(tmp_path: Path) -> None:
    """Counts by type, by second and by scenario add up."""
    out = tmp_path / "events.jsonl"
    result = _run("--users", "9", "--out", str(out), "--json", "--also", "shared_customer")
    summary = json.loads(result.stdout)
    events = [json.loads(line) for line in out.read_text().splitlines()]
    assert summary["events"] == len(events) == sum(summary["events_by_type"].values())
    assert summary["lives"] == 9 == sum(summary["lives_by_era"].values())
    assert sum(summary["lives_by_scenario"].values()) >= 9
    assert 0 < summary["events_sharing_a_second"] <= len(events)


def test_stdout_can_be_the_file() -> None:
    """The summary then goes to stderr; envelopes and thin events go together."""
    result = _run("--users", "2", "--seed", "5", "--out", "-", "--thin", "--envelope")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    lives = iterate_lives(5, 2, SimulationOptions(eras=("2026-endive",)))
    assert [line["detail"] for line in lines] == [
        thin_event(event) for life in lives for event in life.events
    ]
    assert "events/s" in result.stderr


def test_what_cannot_be_done_is_one_message(tmp_path: Path) -> None:
    """Impossible options, an unwritable file and two uses of one place are user errors."""
    out = str(tmp_path / "events.jsonl")
    for arguments, message in (
        (("--out", out, "--thin", "--era", "2014"), "thin events exist only"),
        (("--out", str(tmp_path / "no" / "such")), "cannot write"),
        (("--out", "-", "--json"), "both want stdout"),
        (("--out", out, "--profiles", out), "the same file"),
    ):
        error = _run(*arguments).exception
        assert isinstance(error, CliError)
        assert message in str(error)
