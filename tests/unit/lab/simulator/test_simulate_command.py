"""`stripe-handler simulate` writes JSON lines and counts what it wrote."""

import json
from pathlib import Path

import attrs
from click.testing import CliRunner, Result

from stripe_handler_cli.common.errors import CliError
from stripe_handler_cli.lab.simulator import SimulationOptions, iterate_lives, thin_event
from stripe_handler_cli.lab.simulator.command import simulate as command
from stripe_handler_cli.lab.simulator.truth.settings import CHOSEN


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
        (("--out", out, "--setting", "plan=1"), "--setting: unknown setting 'plan'"),
    ):
        error = _run(*arguments).exception
        assert isinstance(error, CliError)
        assert message in str(error)


def test_settings_shape_the_profiles_and_nothing_else(tmp_path: Path) -> None:
    """One by one over the defaults, or those that fit the simulator's catalogue."""

    def written(name: str, *arguments: str) -> tuple[str, str]:
        files = [tmp_path / f"{name}.{kind}" for kind in ("events", "profiles")]
        out = ("--out", str(files[0]), "--profiles", str(files[1]))
        result = _run("--users", "12", "--seed", "4", *out, *arguments)
        assert result.exit_code == 0, result.output
        events, profiles = (path.read_text() for path in files)
        return events, profiles

    plain = written("plain")
    graceless = written("graceless", "--setting", "access_renewal_grace_hours=0")
    assert graceless[0] == plain[0]
    assert graceless[1] != plain[1]
    chosen, told = written("chosen", "--chosen", "--entitlements", "--setting", "access_past_due_days=null")
    settings = attrs.evolve(CHOSEN, access_past_due_days=None)
    lives = list(iterate_lives(4, 12, SimulationOptions(entitlements=True, settings=settings)))
    assert [json.loads(line) for line in chosen.splitlines()] == [
        event for life in lives for event in life.events
    ]
    assert [json.loads(line)["profile"] for line in told.splitlines()] == [
        profile for life in lives for profile in life.profiles.values()
    ]
    assert '"entitlements":' in told
