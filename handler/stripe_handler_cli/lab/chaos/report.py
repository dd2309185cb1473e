"""Draws the certificate and the counterexamples for people. Only prints."""

from collections.abc import Mapping
from typing import Any

from rich.console import Console
from rich.text import Text

from stripe_handler_cli.common.tables import fields, shown, table
from stripe_handler_cli.common.words import plural
from stripe_handler_cli.lab.chaos.certificate import Certificate
from stripe_handler_cli.lab.chaos.counterexamples import Counterexample, differences
from stripe_handler_cli.lab.chaos.plan import Event
from stripe_handler_cli.lab.chaos.rerun import SCHEDULES, Smallest
from stripe_handler_cli.lab.simulator import second_of, subject_id
from stripe_handler_cli.lab.simulator.calendar_time import iso

_SHOWN = 3


def print_certificate(console: Console, certificate: Certificate) -> None:
    """Print the certificate, then a counterexample per user that differs."""
    errors = ", ".join(f"{count} {name}" for name, count in certificate.errors.items())
    failed = certificate.cut_short + sum(certificate.errors.values())
    found = certificate.counterexamples
    shown = certificate.profiles_showing
    rows = [
        ("seed", f"{certificate.seed}"),
        ("users", f"{certificate.users:,}"),
        ("events", f"{certificate.events:,}, {certificate.thin_events:,} of them thin"),
        ("deliveries", f"{certificate.deliveries:,}"),
        ("duplicates", f"{certificate.duplicates:,}"),
        ("reorderings", f"{certificate.reorderings:,} handled after a later event of the same customer"),
        ("kills", plural(certificate.kills, "handler process", "handler processes")),
        ("attempts", f"{certificate.attempts:,}, {certificate.retries:,} of them retries"),
        (
            "failed attempts",
            f"{failed:,}: {certificate.cut_short:,} died in the midst{', ' if errors else ''}{errors}",
        ),
        ("unlogged", f"{plural(certificate.unlogged, 'event')} whose line was lost with a killed process"),
        ("redriven", f"{certificate.redriven:,} from the failure queue"),
        ("parked", f"{certificate.parked:,} until their user was known"),
        ("refetches", f"{plural(certificate.refetches, 'request')} to Stripe"),
        ("Stripe faults", f"{certificate.stripe_faults:,} of these answers"),
        ("profiles compared", f"{certificate.profiles_compared:,}"),
        ("they show", ", ".join(f"{name} {count:,}" for name, count in shown.items())),
        ("differences", Text(f"{len(found):,}", style="bold red" if found else "bold green")),
        ("time", f"{certificate.seconds:.1f} s, {certificate.events_per_second:.1f} events/s"),
    ]
    console.print(fields(rows, "Certificate"))
    for example in found[:_SHOWN]:
        _print_counterexample(console, example)
    if len(found) > _SHOWN:
        console.print(f"… and {len(found) - _SHOWN} more; --json shows all")


def _print_counterexample(console: Console, example: Counterexample) -> None:
    console.print(f"\n[bold red]{example.user_id}[/] is not the truth")
    _print_differences(console, example.differences)
    if example.smallest is not None:
        _print_smallest(console, example.smallest)
        return
    if example.rerun:
        console.print(
            f"Played again in memory in {SCHEDULES} ways, this ends right: the reason lies in what memory "
            "does not have (processes, retries, AWS itself). All that was handled:"
        )
    console.print("\nAs handled", style="bold")
    events = table("time", "event", "type", "decision", "reason")
    for line in example.events:
        events.add_row(*(shown(line[name]) for name in ("time", "id", "type", "decision", "reason")))
    console.print(events)


def _print_smallest(console: Console, smallest: Smallest) -> None:
    story = smallest.story
    whole = f"{plural(len(story.deliveries), 'delivery', 'deliveries')} of {story.life.version.name}"
    how = f"interleaving {smallest.schedule}" if smallest.schedule else "handled one after the other"
    console.print(f"The smallest part of it that ends wrong in memory, too: {whole}, {how}")
    events = table("happened", "event", "type", "object", "what it tells", prose=("what it tells",))
    for event in story.deliveries:
        events.add_row(iso(second_of(event)), event["id"], event["type"], *_told(event))
    console.print(events)
    for user, truth in story.truth.items():
        differing = differences(truth, smallest.found[user])
        if differing:
            console.print(f"In the end, {user}:")
            _print_differences(console, differing)


def _told(event: Event) -> tuple[str, str]:
    subject = f"{subject_id(event)}"
    if "related_object" in event:
        return subject, "thin"
    body = event["data"]["object"]
    previous = event["data"].get("previous_attributes")
    changed = f", changed {', '.join(previous)}" if previous else ""
    return subject, f"{body.get('status', '')}{changed}"


def _print_differences(console: Console, differing: Mapping[str, tuple[Any, Any]]) -> None:
    rows = table("attribute", "expected", "found", prose=("expected", "found"))
    for name, (expected, found) in differing.items():
        rows.add_row(name, shown(expected), shown(found))
    console.print(rows)
