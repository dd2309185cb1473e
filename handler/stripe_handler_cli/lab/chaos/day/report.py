"""Draws a day's certificate for people. Only prints."""

from rich.console import Console
from rich.text import Text

from stripe_handler_cli.common.tables import fields, shown, table
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.lab.chaos.day.certificate import DayCertificate, Difference, Healing
from stripe_handler_cli.lab.simulator.calendar_time import iso

_SHOWN = 3
_MINUTE, _HOUR = 60, 3600


def span(seconds: float | None) -> str:
    """A time span in hours and minutes: `2 h 05 min`, `40 s`; empty of None."""
    if seconds is None:
        return ""
    if seconds < _MINUTE:
        return f"{seconds:.0f} s"
    minutes = round(seconds / _MINUTE)
    return f"{minutes // 60} h {minutes % 60:02} min" if seconds >= _HOUR else f"{minutes} min"


def print_day(console: Console, certificate: DayCertificate) -> None:
    """Print the certificate, what went wrong and how it healed, then a story per user that differs."""
    console.print(fields(_rows(certificate), "Certificate of a day"))
    console.print("\nWhat went wrong, and when profiles were right again (the account's time)", style="bold")
    rows = table(
        "what went wrong",
        *("times", "profiles wrong", "p50", "p99", "longest"),
        right=("times", "profiles wrong", "p50", "p99", "longest"),
    )
    for kind, one in certificate.healing.items():
        rows.add_row(str(kind), *_healing(one))
    console.print(rows)
    for difference in certificate.differences[:_SHOWN]:
        _print_difference(console, difference)
    if len(certificate.differences) > _SHOWN:
        console.print(f"… and {len(certificate.differences) - _SHOWN} more; --json shows all")


def _healing(one: Healing) -> tuple[str, ...]:
    longest = f"{one.unhealed} never" if one.unhealed else span(one.longest)
    return f"{one.incidents:,}", f"{one.profiles:,}", span(one.p50), span(one.p99), longest


def _rows(one: DayCertificate) -> list[tuple[str, object]]:
    usual = ", ".join(
        f"{name} {value:.2f} s"
        for name, value in zip(("p50", "p99", "longest"), one.usual, strict=True)
        if value is not None
    )
    errors = ", ".join(f"{count} {name}" for name, count in one.errors.items()) or "none"
    found = ", ".join(f"{count} {kind}" for kind, count in one.found.items()) or "nothing"
    alarms = ", ".join(f"{name} {count}x" for name, count in one.alarms.items()) or "none"
    checks = (
        f"{plural(one.passes, 'pass', 'passes')}, one in {one.check_every_hours:g} h, "
        f"{'with' if one.repair else 'without'} repair"
    )
    ended = (
        "never" if one.right_after_hours is None else f"{span(one.right_after_hours * _HOUR)} after the day"
    )
    rows: list[tuple[str, object]] = [
        ("seed", f"{one.seed}"),
        ("users", f"{plural(one.users, 'customer')}, {plural(one.profiles, 'profile')}"),
        ("day", f"{one.day}, an hour of it in {_HOUR / one.speed:.1f} s"),
        ("before it", f"{plural(one.past_events, 'event')}, in {one.past_seconds:.0f} s"),
        ("events", f"{one.events:,}, all that the rule admits"),
        (
            "deliveries",
            f"{one.deliveries:,}: {plural(one.duplicates, 'duplicate')}, {one.thin_events:,} thin",
        ),
        ("attempts", f"{one.attempts:,}, {one.kills:,} of whose processes were killed"),
        ("errors", errors),
        ("Stripe", f"{plural(one.stripe_requests, 'request')}, {plural(one.stripe_faults, 'wrong answer')}"),
        ("as usual", f"from put to handled {usual} (our time)"),
        ("drift check", checks),
        ("it found", found),
        ("it repaired", f"{one.repaired:,}"),
        ("failed slices", f"{one.slice_errors:,}"),
        ("health events", f"{one.told_missed:,} handled"),
        ("alarms", alarms),
        (
            "left in queues",
            f"{one.waiting[0]:,} failure queue, {one.waiting[1]:,} delivery dead-letter queue",
        ),
        ("by hand", "nothing"),
        ("ever wrong", f"{plural(one.ever_wrong, 'profile')} by an incident"),
        ("all right", f"{ended}, in {plural(one.looks, 'look')} at all profiles"),
        *(("left out", text) for text in one.left_out),
        *(("it leaves", text) for text in one.leaves),
    ]
    differing = len(one.differences)
    style = "bold red" if differing else "bold green"
    return [*rows, ("differences", Text(f"{differing:,}", style=style)), ("time", f"{one.seconds:.0f} s")]


def _print_difference(console: Console, one: Difference) -> None:
    console.print(f"\n[bold red]{shown(one.user_id)}[/] is not the truth")
    rows = table("attribute", "expected", "found", prose=("expected", "found"))
    for name, (expected, found) in one.differing.items():
        rows.add_row(name, shown(expected), shown(found))
    console.print(rows)
    story = table("at", "what happened", "what came of it", prose=("what came of it",))
    for at, what, came in one.story:
        story.add_row(iso(int(at)), shown(what), shown(came))
    console.print(story)
