"""Draws the certificate and the counterexamples for people. Only prints."""

from rich.console import Console
from rich.table import Table

from stripe_handler_cli.chaos.certificate import Certificate, Counterexample

_SHOWN = 5


def print_certificate(console: Console, certificate: Certificate) -> None:
    """Print the certificate, then a counterexample per user that differs."""
    errors = ", ".join(f"{count} {name}" for name, count in certificate.errors.items())
    failed = certificate.cut_short + sum(certificate.errors.values())
    found = certificate.counterexamples
    rows = [
        ("seed", f"{certificate.seed}"),
        ("users", f"{certificate.users:,}"),
        ("events", f"{certificate.events:,}"),
        ("deliveries", f"{certificate.deliveries:,}"),
        ("duplicates", f"{certificate.duplicates:,}"),
        ("reorderings", f"{certificate.reorderings:,} handled after a later event of the same customer"),
        ("kills", f"{certificate.kills:,} handler processes"),
        ("attempts", f"{certificate.attempts:,}, {certificate.retries:,} of them retries"),
        (
            "failed attempts",
            f"{failed:,}: {certificate.cut_short:,} died in the midst{', ' if errors else ''}{errors}",
        ),
        ("redriven", f"{certificate.redriven:,} from the failure queue"),
        ("refetches", f"{certificate.refetches:,} (no Stripe key here)"),
        ("profiles compared", f"{certificate.profiles_compared:,}"),
        ("differences", f"[bold {'red' if found else 'green'}]{len(found):,}[/]"),
        ("time", f"{certificate.seconds:.1f} s, {certificate.events_per_second:.1f} events/s"),
    ]
    table = Table(title="Certificate", title_justify="left", show_header=False)
    table.add_column(style="cyan")
    table.add_column()
    for name, value in rows:
        table.add_row(name, value)
    console.print(table)
    for example in found[:_SHOWN]:
        _print_counterexample(console, example)
    if len(found) > _SHOWN:
        console.print(f"… and {len(found) - _SHOWN} more; --json shows all")


def _print_counterexample(console: Console, example: Counterexample) -> None:
    console.print(f"\n[bold red]{example.user_id}[/] is not the truth", highlight=False)
    table = Table("attribute", "expected", "found")
    for name, (expected, found) in example.differences.items():
        table.add_row(name, _shown(expected), _shown(found))
    console.print(table)
    events = Table("time", "event", "type", "decision", "reason", title="As handled", title_justify="left")
    for line in example.events:
        events.add_row(*(_shown(line[name]) for name in ("time", "id", "type", "decision", "reason")))
    console.print(events)


def _shown(value: object) -> str:
    return "" if value is None else str(value)
